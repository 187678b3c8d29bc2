"""Which existing object is which declared resource; pure.

Two are the same if they agree in what identifies an object of their type (`kinds`), and no other object or resource has
the same. What a resource refers to is known by it, too: the address of a gateway that was found is the one that this
gateway has. Everything else is left open and named; nothing is chosen by likeness.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from northsouth.adoption.declared import Declared
from northsouth.adoption.existing import Existing, with_domains
from northsouth.adoption.kinds import KINDS, Values, identified
from northsouth.template import Resource, Template, TemplateError
from northsouth.template.values import at


@dataclass(frozen=True, slots=True)
class Unclear:
    """A declared resource for which several objects are possible.

    Attributes:
        address: the declared address.
        candidates: the objects.
        reason: what they have in common.

    """

    address: str
    candidates: tuple[Existing, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Matches:
    """Which object belongs to which resource, and what is unclear.

    Attributes:
        declared: the stack, with the pairs that were found.
        unclear: resources for which several objects are possible.
        absent: addresses of resources for which nothing exists.
        spare: objects that no resource is declared for.

    """

    declared: Declared
    unclear: tuple[Unclear, ...]
    absent: tuple[str, ...]
    spare: tuple[Existing, ...]

    @property
    def pairs(self) -> Mapping[str, Existing]:
        """The existing object of each declared address."""
        return self.declared.pairs


def match(template: Template, existing: Iterable[Existing], *, chosen: Mapping[str, str] | None = None) -> Matches:
    """Find the existing object of each declared resource.

    Args:
        template: what is declared: a ``cdk.tf.json``, or a plan.
        existing: what exists.
        chosen: import ids by declared address, where the user has decided.

    Raises:
        TemplateError: if a chosen address is not declared, or there is no such object.

    """
    search = _Search(Declared(template), with_domains(existing))
    search.choose(chosen or {})
    search.run()
    return search.result()


class _Search:
    def __init__(self, declared: Declared, existing: tuple[Existing, ...]) -> None:
        self._declared = declared
        self._existing = existing
        self._resources = {resource.address: resource for resource in declared.resources()}
        self._taken: set[tuple[str, str]] = set()
        self._unclear: dict[str, Unclear] = {}

    def choose(self, chosen: Mapping[str, str]) -> None:
        """Take the user's decisions."""
        for address, import_id in chosen.items():
            resource = self._resources.get(address)
            if resource is None:
                raise TemplateError(f"{address}: no such resource can be adopted in {self._declared.template.source}")
            objects = [
                candidate
                for candidate in self._existing
                if (candidate.type, candidate.id) == (resource.type, import_id)
            ]
            if not objects:
                raise TemplateError(f"{address}: there is no {resource.type} with the id {import_id}")
            self._pair(address, objects[0])

    def run(self) -> None:
        """Look for pairs until a round finds none; the more certain identities come first."""
        steps = max(len(kind.identities) for kind in KINDS.values())
        step = 0
        while step < steps:
            before = len(self._declared.pairs)
            self._unclear = {}
            self._identify(step)
            self._follow()
            step = 0 if len(self._declared.pairs) > before else step + 1

    def result(self) -> Matches:
        """Return what was found."""
        pairs = self._declared.pairs
        unclear = {address: question for address, question in self._open_questions().items() if address not in pairs}
        absent = tuple(address for address in self._resources if address not in pairs and address not in unclear)
        spare = tuple(candidate for candidate in self._existing if (candidate.type, candidate.id) not in self._taken)
        return Matches(self._declared, tuple(unclear.values()), absent, spare)

    def _open_questions(self) -> dict[str, Unclear]:
        """Return the addresses that are still unclear at the end, by any identity."""
        self._unclear = {}
        for step in range(max(len(kind.identities) for kind in KINDS.values())):
            self._identify(step)
        self._follow()
        return self._unclear

    def _pair(self, address: str, existing: Existing) -> None:
        self._declared.pairs[address] = existing
        self._taken.add((existing.type, existing.id))

    def _identify(self, step: int) -> None:
        """Pair resources and objects that alone have the same identity."""
        wanted: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for address, resource in self._resources.items():
            key = self._key(resource.type, step, self._declared.values(resource))
            if key is not None:
                wanted.setdefault((resource.type, key), []).append(address)
        there: dict[tuple[str, tuple[str, ...]], list[Existing]] = {}
        for candidate in self._existing:
            key = self._key(candidate.type, step, candidate.values)
            if key is not None:
                there.setdefault((candidate.type, key), []).append(candidate)
        for (kind, key), addresses in wanted.items():
            objects = there.get((kind, key), [])
            pairing = [address for address in addresses if address not in self._declared.pairs]
            if len(addresses) == len(objects) == 1 and pairing and not self._is_taken(objects[0]):
                self._pair(addresses[0], objects[0])
            elif objects and pairing:
                named = ", ".join(
                    f"{path} {value}" for path, value in zip(KINDS[kind].identities[step], key, strict=True)
                )
                self._ask(pairing, objects, named)

    def _key(self, type: str, step: int, values: Values) -> tuple[str, ...] | None:
        kind = KINDS[type]
        return identified(kind, kind.identities[step], values) if step < len(kind.identities) else None

    def _ask(self, addresses: Iterable[str], objects: Iterable[Existing], named: str) -> None:
        open_objects = tuple(candidate for candidate in objects if not self._is_taken(candidate))
        for address in addresses if open_objects else ():
            self._unclear.setdefault(address, Unclear(address, open_objects, named))

    def _is_taken(self, existing: Existing) -> bool:
        return (existing.type, existing.id) in self._taken

    def _follow(self) -> None:
        """Pair what the arguments of pairs lead to."""
        led: dict[str, dict[str, Existing]] = {}
        for address, existing in list(self._declared.pairs.items()):
            for target, object_ in self._led_to(self._resources[address], existing):
                led.setdefault(target, {})[object_.id] = object_
        for address, objects in led.items():
            if len(objects) == 1 and not self._is_taken(*objects.values()):
                self._pair(address, *objects.values())
            else:
                self._ask([address], objects.values(), "what refers to it leads to different objects")

    def _led_to(self, resource: Resource, existing: Existing) -> Iterator[tuple[str, Existing]]:
        for use in self._declared.uses(resource):
            value = _same_place(existing, use.path)
            target = use.target
            if not isinstance(value, str) or target.address not in self._resources:
                continue
            if target.address in self._declared.pairs:
                continue
            for candidate in self._existing:
                if candidate.type == target.type and at(candidate.values, use.attribute) == value:
                    yield target.address, candidate


def _same_place(existing: Existing, path: str) -> object:
    """Return what an object has in the place of an argument; of a list only if it has a single member."""
    block, bracket, _ = path.partition("[")
    value = at(existing.values, block if bracket else path)
    if bracket and path.endswith("[0]") and isinstance(value, tuple):
        return value[0] if len(value) == 1 else None
    return None if bracket else value
