"""What a plan says of the difference between declared and real state, and who made it; pure.

A plan holds three states of a resource: what Terraform last knew (``resource_drift``, before), what is really there
(``resource_drift``, after, which is also ``resource_changes``, before), and what is declared (``resource_changes``,
after). An attribute that differs between the first two was changed outside Terraform; one that differs between the last
two alone is declared and not applied. Source: the Terraform documentation, "JSON Output Format", "Plan Representation".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from northsouth.comparison import Difference, differences
from northsouth.template import Template, TemplateError, parse

Json = Mapping[str, Any]


class Kind(StrEnum):
    """Who made a difference."""

    GONE = "gone"
    """Deleted outside Terraform."""
    OUTSIDE = "changed-outside"
    """Changed outside Terraform."""
    FOLLOWS = "follows"
    """Nobody changed it; a deploy changes it only because it refers to something that is gone or was changed."""
    UNDEPLOYED = "not-applied"
    """Declared, and not applied yet."""


class Deed(StrEnum):
    """What a deploy would do."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    MOVE = "move"
    IMPORT = "import"
    FORGET = "forget"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One resource that is not as it is declared.

    Attributes:
        address: its address.
        kind: who made the difference.
        deed: what a deploy would do with it.
        differences: where it differs. Of what was changed outside: from what Terraform last knew to what is there. Of
            what is not applied: from what is there to what is declared.
        unknown: attributes that a deploy would change to values which are known only then.
        forced_by: attributes because of which it would be replaced.
        because: the addresses of what it follows from.
        previous: the address it had, if it was moved.

    """

    address: str
    kind: Kind
    deed: Deed
    differences: tuple[Difference, ...] = ()
    unknown: tuple[str, ...] = ()
    forced_by: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    previous: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a plan says of one stack.

    Attributes:
        findings: what is not as declared: what is gone first, then what was changed, what follows, what is not applied.
        resources: how many resources the stack declares.
        deployed: False if nothing of it exists in the state.

    """

    findings: tuple[Finding, ...]
    resources: int
    deployed: bool


SENSITIVE = "(sensitive)"
"""Stands for a value that the provider or the configuration marks as sensitive."""

_KINDS = {kind: place for place, kind in enumerate(Kind)}
_DEEDS = {
    ("create",): Deed.CREATE,
    ("update",): Deed.UPDATE,
    ("delete",): Deed.DELETE,
    ("forget",): Deed.FORGET,
    ("delete", "create"): Deed.REPLACE,
    ("create", "delete"): Deed.REPLACE,
    ("create", "forget"): Deed.REPLACE,
}
_URGENT = {Deed.REPLACE: 0, Deed.DELETE: 0}
_BY_TRIGGER = "replace_by_triggers"


def judge(plan: Json) -> Judgement:
    """Return what a plan says.

    Args:
        plan: what ``terraform show -json`` prints of a plan that was made with a refresh.

    Raises:
        TemplateError: if it is no such plan.

    """
    if "planned_values" not in plan or plan.get("errored"):
        raise TemplateError("a plan that Terraform did not finish")
    drifts = {each.address: each for each in _read(plan.get("resource_drift"))}
    planned = {each.address: each for each in _read(plan.get("resource_changes"))}
    template = parse(plan, source="plan")
    found = [*_gone(drifts, planned), *_silent(plan, drifts, planned)]
    for address, change in planned.items():
        if change.deed is not Deed.NOTHING and address not in {each.address for each in found}:
            found += _attributed(change, drifts.get(address))
    settled = _followed(found, planned, drifts, template)
    creates = all(change.deed is Deed.CREATE for change in planned.values())
    findings = sorted(settled, key=lambda each: (_KINDS[each.kind], _URGENT.get(each.deed, 1), each.address))
    declared = sum(change.deed not in (Deed.DELETE, Deed.FORGET) for change in planned.values())
    return Judgement(tuple(findings), declared, deployed=bool(drifts) or not planned or not creates)


@dataclass(frozen=True, slots=True)
class _Change:
    """One entry of ``resource_drift`` or ``resource_changes``; secrets are masked."""

    address: str
    deed: Deed
    before: Json
    after: Json
    unknown: frozenset[str]
    forced_by: tuple[str, ...]
    reason: str
    previous: str
    sensitive: frozenset[str] = field(default_factory=frozenset)

    def differences(self, attribute: str) -> tuple[Difference, ...]:
        """Return how an attribute differs; nothing if it is the same, empty on both sides, or known only later."""
        if attribute in self.unknown:
            return ()
        return _meaningful(self.before.get(attribute), self.after.get(attribute), attribute, self.sensitive)

    def changed(self) -> tuple[str, ...]:
        """Return the attributes that differ."""
        return tuple(key for key in sorted(self.before.keys() | self.after.keys()) if self.differences(key))


def _meaningful(before: object, after: object, attribute: str, sensitive: frozenset[str]) -> tuple[Difference, ...]:
    if _empty(before) and _empty(after):
        return ()
    found = differences(before, after, attribute)
    return (Difference(attribute, SENSITIVE, SENSITIVE),) if found and attribute in sensitive else found


def _empty(value: object) -> bool:
    """Tell whether a value says nothing: providers read back an empty list where none was declared."""
    return value is None or value in ("", [], {}, ())


def _read(entries: Iterable[Json] | None) -> Iterator[_Change]:
    for entry in entries or ():
        if entry.get("mode") == "managed":
            yield _change(entry)


def _change(entry: Json) -> _Change:
    change = entry["change"]
    previous = entry.get("previous_address", "")
    deed = _DEEDS.get(tuple(change["actions"]), Deed.NOTHING)
    if deed is Deed.NOTHING and change.get("importing"):
        deed = Deed.IMPORT
    elif deed is Deed.NOTHING and previous:
        deed = Deed.MOVE
    masked = _marked(change.get("before_sensitive")) | _marked(change.get("after_sensitive"))
    return _Change(
        entry["address"],
        deed,
        change.get("before") or {},
        change.get("after") or {},
        _marked(change.get("after_unknown")),
        tuple(dict.fromkeys(str(path[0]) for path in change.get("replace_paths", ()) if path)),
        entry.get("action_reason", ""),
        previous,
        masked,
    )


def _marked(marks: object) -> frozenset[str]:
    """Return the attributes that hold a mark, at whatever depth."""
    return frozenset(key for key, value in marks.items() if _any(value)) if isinstance(marks, Mapping) else frozenset()


def _any(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(map(_any, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_any, value))
    return value is True


def _gone(drifts: Mapping[str, _Change], planned: Mapping[str, _Change]) -> Iterator[Finding]:
    for address, drift in drifts.items():
        if drift.deed is Deed.DELETE:
            again = address in planned and planned[address].deed is Deed.CREATE
            yield Finding(address, Kind.GONE, Deed.CREATE if again else Deed.FORGET)


def _silent(plan: Json, drifts: Mapping[str, _Change], planned: Mapping[str, _Change]) -> Iterator[Finding]:
    """Yield what was changed outside and stays so, but changes something else.

    Most other drift that a plan lists is none: values that a provider reads back in another form, or that another
    resource of the stack has changed. Terraform names those that matter to its plan.
    """
    relevant: dict[str, set[str]] = {}
    for each in plan.get("relevant_attributes", ()):
        if each.get("attribute"):
            relevant.setdefault(each["resource"], set()).add(str(each["attribute"][0]))
    for address, drift in drifts.items():
        told = relevant.get(address, set()) | relevant.get(address.partition("[")[0], set())
        attributes = [each for each in drift.changed() if each in told]
        left = address not in planned or planned[address].deed is Deed.NOTHING
        if drift.deed is Deed.UPDATE and left and attributes:
            shown = tuple(one for each in attributes for one in drift.differences(each))
            yield Finding(address, Kind.OUTSIDE, Deed.NOTHING, shown)


def _attributed(change: _Change, drift: _Change | None) -> Iterator[Finding]:
    """Yield one or two findings of a resource that a deploy would change: what others did, and what is not applied."""
    if change.deed not in (Deed.UPDATE, Deed.REPLACE):
        yield Finding(change.address, Kind.UNDEPLOYED, change.deed, previous=change.previous)
        return
    changed = change.changed()
    drifted = set(drift.changed()) if drift and drift.deed is Deed.UPDATE else set()
    outside = [each for each in (*changed, *sorted(change.unknown)) if each in drifted]
    known = drift.before if drift else {}
    own = [
        each
        for each in changed
        if each not in drifted or _meaningful(known.get(each), change.after.get(each), each, change.sensitive)
    ]
    if outside and drift:
        shown = tuple(one for each in outside for one in drift.differences(each))
        forced = tuple(each for each in change.forced_by if each in drifted)
        yield Finding(change.address, Kind.OUTSIDE, change.deed, shown, forced_by=forced)
    if own or not outside:
        shown = tuple(one for each in own for one in change.differences(each))
        yield Finding(
            change.address,
            Kind.UNDEPLOYED,
            change.deed,
            shown,
            () if own and change.deed is Deed.UPDATE else _telling(change),
            tuple(each for each in change.forced_by if each not in drifted),
            previous=change.previous,
        )


def _telling(change: _Change) -> tuple[str, ...]:
    """Return the unknown attributes that say why: of a replaced resource every computed one is unknown."""
    if change.deed is Deed.REPLACE:
        return tuple(each for each in change.forced_by if each in change.unknown)
    return tuple(sorted(change.unknown))


def _followed(
    found: Iterable[Finding], planned: Mapping[str, _Change], drifts: Mapping[str, _Change], template: Template
) -> list[Finding]:
    """Tell what is not applied from what only follows from others' changes, until no more is found."""
    findings = list(found)
    own = [each for each in findings if each.kind is Kind.UNDEPLOYED and (each.differences or each.deed in _OPEN)]
    while True:
        causes = {each.address: each for each in findings if each.kind is not Kind.UNDEPLOYED}
        again = [_judged_anew(each, causes, drifts, template) for each in findings]
        if again == findings:
            break
        findings = again
    lonely = not [each for each in own if each in findings] and bool(causes)
    return [
        replace(each, kind=Kind.FOLLOWS)
        if each.kind is Kind.UNDEPLOYED and lonely and planned[each.address].reason == _BY_TRIGGER
        else each
        for each in findings
    ]


_OPEN = frozenset(Deed) - {Deed.UPDATE, Deed.REPLACE}


def _judged_anew(
    finding: Finding,
    causes: Mapping[str, Finding],
    drifts: Mapping[str, _Change],
    template: Template,
) -> Finding:
    if finding.kind is not Kind.UNDEPLOYED or finding.address not in template.resources:
        return finding
    tops = sorted({each.top for each in finding.differences} | set(finding.unknown))
    sources: dict[str, None] = {}
    for top in tops:
        leads = [
            target.address
            for link in template.links(template[finding.address], top)
            for target in link.targets
            if target.address in causes
            and _explains(causes[target.address], link.reference.attribute, drifts, known=top not in finding.unknown)
        ]
        if not leads:
            return finding
        sources |= dict.fromkeys(leads)
    return replace(finding, kind=Kind.FOLLOWS, because=tuple(sources)) if sources else finding


def _explains(cause: Finding, attribute: str, drifts: Mapping[str, _Change], *, known: bool) -> bool:
    """Tell whether a cause changes what is referred to: its unknown attributes if it is made anew, else its drift."""
    if not known:
        return cause.deed in (Deed.CREATE, Deed.REPLACE) or cause.kind is Kind.FOLLOWS
    drift = drifts.get(cause.address)
    return drift is not None and attribute.partition(".")[0].partition("[")[0] in drift.changed()
