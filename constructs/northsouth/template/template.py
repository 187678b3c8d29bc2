"""A document's resources, and the way from a reference to what it means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from northsouth.template import values
from northsouth.template.expressions import Reference, references
from northsouth.template.model import (
    MAX_RESOURCES,
    Kind,
    Link,
    Mode,
    ModeName,
    Resource,
    TemplateError,
    Value,
    below,
    strings,
    top,
)
from northsouth.template.modules import module_steps, step_index, without_indices

MAX_HOPS = 64
"""Longest way through locals, variables and module outputs that a reference is followed."""


@dataclass(frozen=True, slots=True)
class Definition:
    """What a local, a variable or a module output stands for.

    Attributes:
        module: the path of the module call whose scope ``references`` are written in, without indices.
        references: what its expression refers to.
        repetition: what the ``for_each`` or ``count`` around the expression refers to.
        value: its value, when the document says it; None otherwise.

    """

    module: tuple[str, ...]
    references: tuple[Reference, ...]
    repetition: tuple[Reference, ...] = ()
    value: Value = None


@dataclass(frozen=True, slots=True)
class Written:
    """The references written in one resource's block.

    Attributes:
        references: pairs of an attribute's path and what it refers to.
        repetition: what ``for_each`` or ``count`` refers to.

    """

    references: tuple[tuple[str, Reference], ...] = ()
    repetition: tuple[Reference, ...] = ()


Definitions = Mapping[tuple[tuple[str, ...], str], Definition]
"""Locals, variables and outputs by (path of the module call, ``local.x`` / ``var.x`` / ``module.m.x``)."""


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where a reference stands: a module instance, and which instance of a repeated block.

    ``selects`` tells that the reference, or one beside it, picks the instance by ``each`` or ``count``.
    """

    module: tuple[str, ...]
    index: str | int | None
    repetition: tuple[Reference, ...]
    selects: bool


class Template:
    """The resources of one Terraform document; read-only.

    Args:
        kind: where the document comes from.
        source: its path or another name for messages.
        resources: all its resources.
        written: for each block, by (module path, block address), the references in it.
        definitions: what locals, variables and outputs stand for.

    Raises:
        TemplateError: if two resources have one address, or there are more than ``MAX_RESOURCES``.

    """

    __slots__ = ("_blocks", "_definitions", "_ids", "_modules", "_written", "kind", "resources", "source")

    def __init__(
        self,
        kind: Kind,
        source: str,
        resources: Iterable[Resource],
        *,
        written: Mapping[tuple[tuple[str, ...], str], Written] | None = None,
        definitions: Definitions | None = None,
    ) -> None:
        self.kind = kind
        self.source = source
        self._written = written or {}
        self._definitions = definitions or {}
        by_address: dict[str, Resource] = {}
        blocks: dict[tuple[tuple[str, ...], str], list[Resource]] = {}
        modules: dict[tuple[str, ...], dict[tuple[str, ...], None]] = {}
        for resource in resources:
            if resource.address in by_address:
                raise TemplateError(f"{source}: {resource.address} is declared twice")
            by_address[resource.address] = resource
            if len(by_address) > MAX_RESOURCES:
                raise TemplateError(f"{source}: more than {MAX_RESOURCES} resources")
            path = module_steps(resource.module)
            if not resource.deposed:  # an expression never means a deposed object
                blocks.setdefault((path, resource.block), []).append(resource)
            for length in range(1, len(path) + 1):
                modules.setdefault(without_indices(path[:length]), {})[path[:length]] = None
        self.resources: Mapping[str, Resource] = MappingProxyType(by_address)
        self._blocks = {key: tuple(members) for key, members in blocks.items()}
        self._modules = {key: tuple(members) for key, members in modules.items()}
        self._ids: dict[tuple[str, str], Resource | None] | None = None

    def __repr__(self) -> str:
        return f"<Template {self.kind} {self.source!r}: {len(self.resources)} resources>"

    def __len__(self) -> int:
        return len(self.resources)

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.resources.values())

    def __getitem__(self, address: str) -> Resource:
        return self.resources[address]

    def of_type(self, *types: str, mode: Mode | ModeName | None = Mode.MANAGED) -> tuple[Resource, ...]:
        """Return the resources of one or several types, in the document's order; of a state also deposed objects.

        Args:
            *types: resource types, such as ``aws_vpc``.
            mode: only managed resources, only data sources (``Mode.DATA``), or both (``None``).

        """
        wanted = frozenset(types)
        return tuple(
            resource for resource in self if resource.type in wanted and (mode is None or resource.mode == mode)
        )

    def links(self, resource: Resource, path: str = "") -> tuple[Link, ...]:
        """Return the references in a resource, each with the resources it leads to.

        Args:
            resource: one of this template's resources.
            path: an attribute, or a part of one, such as ``tags`` or ``ingress[0].cidr_blocks``; empty for all.

        """
        module = module_steps(resource.module)
        written = self._written.get((without_indices(module), resource.block))
        if written is None:
            return ()
        if self.kind is Kind.SYNTHESIZED and resource.index is not None:
            # What `each` stands for is in the instance's values: an `each.value` leads where that of this key leads.
            texts = strings(values.at(resource.values, path), path)
            uses = [(at, reference) for at, text in texts if top(at) != "//" for reference in references(text)]
        else:
            uses = [(at, reference) for at, reference in written.references if below(at, path)]
        by_instance = {at for at, reference in uses if reference.root in ("each", "count")}
        return tuple(
            Link(at, reference, self._targets(reference, resource, module, written, selects=at in by_instance))
            for at, reference in uses
        )

    def follow(self, resource: Resource, path: str) -> tuple[Resource, ...]:
        """Return the resources an attribute leads to, by reference or, in a plan or state, by their ``id`` or ``arn``.

        Args:
            resource: one of this template's resources.
            path: the attribute, such as ``firewall_rule_group_id``.

        """
        targets = {target.address: target for link in self.links(resource, path) for target in link.targets}
        if not targets:
            value = values.at(resource.values, path)
            for item in value if isinstance(value, tuple) else (value,):
                known = self.by_id(item) if isinstance(item, str) else None
                if known is not None:
                    targets[known.address] = known
        return tuple(targets.values())

    def one(self, resource: Resource, path: str, *types: str) -> Resource | None:
        """Return the resource that an attribute leads to, or None if there is not exactly one.

        Args:
            resource: one of this template's resources.
            path: the attribute, such as ``vpc_id``.
            *types: resource types to consider; any if none is value.

        """
        if not types:
            targets = self.follow(resource, path)
        else:
            targets = tuple(target for target in self.follow(resource, path) if target.type in types)
            value = values.at(resource.values, path)
            if not targets and isinstance(value, str):
                targets = tuple(match for kind in types if (match := self.by_id(value, kind)) is not None)
        return targets[0] if len(targets) == 1 else None

    def value(self, resource: Resource, path: str = "") -> Value:
        """Return an attribute's value with references replaced by what they stand for, as far as the document says.

        Text whose references lead to values that only Terraform will know stays as it was written
        (``northsouth.tokens.is_token`` tells). An attribute that is absent, or unknown in a plan, is None.

        Args:
            resource: one of this template's resources.
            path: the attribute, such as ``domains`` or ``tags.Name``; empty for all values.

        Raises:
            TemplateError: if the replacement does not end, or only after too many steps (a hostile document).

        """
        raw = values.at(resource.values, path)
        if self.kind is not Kind.SYNTHESIZED:
            return raw
        try:
            return values.substitute(raw, lambda reference: self._value_of(resource, reference), self.source)
        except RecursionError:
            raise TemplateError(f"{self.source}: references nested too deeply") from None

    def by_id(self, id: str, type: str | None = None) -> Resource | None:
        """Return the resource whose ``id`` or ``arn`` is ``id``, or None if there is none or more than one.

        Args:
            id: an id as AWS gave it, such as ``vpc-0123456789abcdef0``.
            type: the resource type; with None, the id must be unique among all types.

        """
        if self._ids is None:
            self._ids = {}
            for resource in self:
                for known in {resource.values.get("id"), resource.values.get("arn")}:
                    if isinstance(known, str) and known:
                        for key in (resource.type, ""):
                            clash = (key, known) in self._ids
                            self._ids[key, known] = None if clash else resource
        return self._ids.get((type or "", id))

    def _value_of(self, resource: Resource, reference: Reference) -> Value:
        """Return the value a reference in a synthesized document stands for, or None if it does not say."""
        if reference.root in ("local", "var"):
            definition = self._definitions.get(((), reference.subject))
            return values.at(definition.value, reference.attribute) if definition else None
        written = Written()
        targets = self._targets(reference, resource, (), written, selects=False)
        if len(targets) == 1 and reference.attribute and not targets[0].repeated:
            return values.at(targets[0].values, reference.attribute)
        return None

    def _targets(
        self, reference: Reference, resource: Resource, module: tuple[str, ...], written: Written, *, selects: bool
    ) -> tuple[Resource, ...]:
        own = selects or "[each." in reference.text or "[count." in reference.text
        scope = _Scope(module, resource.index, written.repetition, own)
        targets: dict[str, Resource] = {}
        seen: set[tuple[str, tuple[str, ...]]] = set()
        for target in self._resolve(reference, scope, seen, MAX_HOPS):
            targets[target.address] = target
        return tuple(targets.values())

    def _resolve(
        self, reference: Reference, scope: _Scope, seen: set[tuple[str, tuple[str, ...]]], hops: int
    ) -> Iterator[Resource]:
        mark = (reference.text, scope.module)
        if hops == 0 or mark in seen:
            return
        seen.add(mark)
        if reference.subject == "each.value":
            for source in scope.repetition:
                narrowed = _Scope(scope.module, scope.index, (), selects=True)
                yield from self._resolve(source, narrowed, seen, hops - 1)
        elif reference.root in ("var", "local"):
            definition = self._definitions.get((without_indices(scope.module), reference.subject))
            if definition is not None:
                yield from self._through(definition, scope, scope.module, seen, hops)
        elif reference.root == "module":
            yield from self._output(reference, scope, seen, hops)
        else:
            yield from _instances(self._blocks.get((scope.module, reference.subject), ()), reference, scope)

    def _through(
        self,
        definition: Definition,
        scope: _Scope,
        instance: tuple[str, ...],
        seen: set[tuple[str, tuple[str, ...]]],
        hops: int,
    ) -> Iterator[Resource]:
        """Follow a definition from the module instance it belongs to."""
        if len(definition.module) < len(instance):  # a variable: its value was written in the calling module
            index = step_index(instance[-1])
            inner = _Scope(instance[:-1], scope.index if index is None else index, definition.repetition, scope.selects)
        else:
            inner = _Scope(instance, scope.index, definition.repetition, scope.selects)
        for reference in definition.references:
            yield from self._resolve(reference, inner, seen, hops - 1)

    def _output(
        self, reference: Reference, scope: _Scope, seen: set[tuple[str, tuple[str, ...]]], hops: int
    ) -> Iterator[Resource]:
        output = reference.attribute.partition(".")[0].partition("[")[0]
        callee = (*without_indices(scope.module), reference.subject)
        definition = self._definitions.get((callee[:-1], f"{reference.subject}.{output}"))
        if definition is None:
            return
        for instance in self._modules.get(callee, ()):
            same_parent = instance[:-1] == scope.module
            if same_parent and (reference.index is None or step_index(instance[-1]) == reference.index):
                yield from self._through(definition, scope, instance, seen, hops)


def _instances(block: tuple[Resource, ...], reference: Reference, scope: _Scope) -> tuple[Resource, ...]:
    """Return the instances of a block that a reference means."""
    if reference.index is not None:
        return tuple(
            resource
            for resource in block
            if resource.index == reference.index or (len(block) == 1 and resource.repeated)
        )
    if len(block) > 1 and scope.selects and scope.index is not None:
        return tuple(resource for resource in block if resource.index == scope.index) or block
    return block
