"""What a plan says of the difference between declared and real state, and who made it; pure.

A plan holds three states of a resource: what Terraform last knew (``resource_drift``, before), what is really there
(``resource_drift``, after, which is also ``resource_changes``, before), and what is declared (``resource_changes``,
after). An attribute that differs between the first two was changed outside Terraform; one that differs between the last
two alone is declared and not applied. Source: the Terraform documentation, "JSON Output Format", "Plan Representation".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from northsouth.comparison import Difference, differences
from northsouth.comparison.difference import empty, masked, member
from northsouth.template import Deed, Plan, PlannedChange, Template, TemplateError, Value, parse_plan
from northsouth.template.model import object_address, top

Key = tuple[str, str]
"""An address and a deposed key; the key is empty for what is not deposed."""


class Kind(StrEnum):
    """Who made a difference."""

    GONE = "gone"
    """Deleted outside Terraform."""
    OUTSIDE = "changed-outside"
    """Changed outside Terraform."""
    FOLLOWS = "follows"
    """Nobody changed it; a deploy changes it only because it refers to something that is gone or was changed."""
    DEPOSED = "deposed"
    """Left behind by a failed ``create_before_destroy``: it still exists, beside the resource of its address."""
    UNDEPLOYED = "not-applied"
    """Declared, and not applied yet."""


@dataclass(frozen=True, slots=True)
class DriftFinding:
    """One resource, or one deposed object, that is not as it is declared.

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
        deposed: the key of a deposed object; empty for a resource itself.

    """

    address: str
    kind: Kind
    deed: Deed
    differences: tuple[Difference, ...] = ()
    unknown: tuple[str, ...] = ()
    forced_by: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    previous: str = ""
    deposed: str = ""

    @property
    def key(self) -> Key:
        """The object that it is about."""
        return self.address, self.deposed


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a plan says of one stack.

    Attributes:
        findings: what is not as declared: what is gone first, then what was changed, what follows, what was left
            behind, what is not applied.
        resources: how many resources the stack declares.
        deployed: False if nothing of it exists in the state.

    """

    findings: tuple[DriftFinding, ...]
    resources: int
    deployed: bool


_KINDS = {kind: place for place, kind in enumerate(Kind)}
_URGENT = {Deed.REPLACE: 0, Deed.DELETE: 0}
_BY_TRIGGER = "replace_by_triggers"


def judge(plan: Plan | Mapping[str, Any]) -> Judgement:
    """Return what a plan says.

    Args:
        plan: what ``terraform show -json`` prints of a plan that was made with a refresh: decoded, or as
            `northsouth.template.read_plan` reads it, which takes little memory.

    Raises:
        TemplateError: if it is no such plan.

    """
    read = plan if isinstance(plan, Plan) else parse_plan(plan)
    drifts = {change.address: change for change in read.drift if not change.deposed}
    planned = _by_key(read.changes)
    findings = [*_gone(drifts, planned), *_silent(read, drifts, planned), *_deposed(planned)]
    settled = {finding.key for finding in findings}
    for key, change in planned.items():
        if change.deed is not Deed.NOTHING and key not in settled:
            findings += _attributed(change, drifts.get(change.address))
    findings = [_without_repeated_tags(finding) for finding in _followed(findings, planned, drifts, read.template)]
    findings.sort(key=lambda finding: (_KINDS[finding.kind], _URGENT.get(finding.deed, 1), finding.key))
    own = [change for change in planned.values() if not change.deposed]
    exists = bool(drifts) or len(own) < len(planned) or any(change.deed is not Deed.CREATE for change in own)
    declared = sum(change.deed not in (Deed.DELETE, Deed.FORGET) for change in own)
    return Judgement(tuple(findings), declared, deployed=exists or not planned)


def _by_key(changes: Iterable[PlannedChange]) -> dict[Key, PlannedChange]:
    entries: dict[Key, PlannedChange] = {}
    for change in changes:
        if change.key in entries:
            raise TemplateError(f"plan: resource_changes has {object_address(*change.key)} twice")
        entries[change.key] = change
    return entries


def _changed(change: PlannedChange) -> tuple[str, ...]:
    """Return the attributes that an entry changes."""
    return tuple(key for key in sorted({*change.before, *change.after}) if _differences(change, key))


def _differences(change: PlannedChange, attribute: str) -> tuple[Difference, ...]:
    """Return how an attribute differs; nothing if it is the same, empty on both sides, or known only later."""
    if attribute in change.unknown:
        return ()
    return _meaningful(change.before.get(attribute), change.after.get(attribute), attribute, change.sensitive)


def _meaningful(before: Value, after: Value, attribute: str, sensitive: frozenset[str]) -> tuple[Difference, ...]:
    if empty(before) and empty(after):
        return ()
    return masked(differences(_pruned(before), _pruned(after), attribute), sensitive)


def _pruned(value: Value) -> Value:
    """Return a value without members that say nothing: a provider reads back "" where a block sets no description."""
    if isinstance(value, Mapping):
        members = {key: _pruned(item) for key, item in value.items()}
        return {key: item for key, item in members.items() if not empty(item)}
    return tuple(map(_pruned, value)) if isinstance(value, tuple) else value


def _without_repeated_tags(finding: DriftFinding) -> DriftFinding:
    """Return a finding in which ``tags_all`` does not repeat what ``tags`` says."""
    tags = {tag for difference in finding.differences if difference.top == "tags" for tag in _tags(difference)}
    reported = tuple(
        difference
        for difference in finding.differences
        if difference.top != "tags_all" or not tags.issuperset(_tags(difference))
    )
    unknown = tuple(attribute for attribute in finding.unknown if attribute != "tags_all" or not tags)
    return replace(finding, differences=reported, unknown=unknown)


def _tags(difference: Difference) -> Iterator[tuple[str, str, str]]:
    """Yield each tag that a difference is about, with its value before and after."""
    path = difference.path.removeprefix(difference.top)
    before, after = difference.before, difference.after
    if path:
        yield path, str(before), str(after)
        return
    old, new = (side if isinstance(side, Mapping) else {} for side in (before, after))
    for key in old.keys() | new.keys():
        yield member(difference.top, key).removeprefix(difference.top), str(old.get(key)), str(new.get(key))


def _gone(drifts: Mapping[str, PlannedChange], planned: Mapping[Key, PlannedChange]) -> Iterator[DriftFinding]:
    for address, drift in drifts.items():
        if drift.deed is Deed.DELETE:
            again = (address, "") in planned and planned[address, ""].deed is Deed.CREATE
            yield DriftFinding(address, Kind.GONE, Deed.CREATE if again else Deed.FORGET)


def _deposed(planned: Mapping[Key, PlannedChange]) -> Iterator[DriftFinding]:
    for change in planned.values():
        if change.deposed:
            yield DriftFinding(change.address, Kind.DEPOSED, change.deed, deposed=change.deposed)


def _silent(
    plan: Plan, drifts: Mapping[str, PlannedChange], planned: Mapping[Key, PlannedChange]
) -> Iterator[DriftFinding]:
    """Yield what was changed outside and stays changed, but affects other resources.

    Most other drift in a plan is no change by anybody: a provider reads a value back in another form, or another
    resource of the stack changed it. Terraform names the attributes that matter to its plan.
    """
    for address, drift in drifts.items():
        used = plan.relevant.get(address, frozenset()) | plan.relevant.get(address.partition("[")[0], frozenset())
        attributes = [attribute for attribute in _changed(drift) if attribute in used] if used else []
        untouched = (address, "") not in planned or planned[address, ""].deed is Deed.NOTHING
        if drift.deed is Deed.UPDATE and untouched and attributes:
            details = tuple(difference for attribute in attributes for difference in _differences(drift, attribute))
            yield DriftFinding(address, Kind.OUTSIDE, Deed.NOTHING, details)


def _attributed(change: PlannedChange, drift: PlannedChange | None) -> Iterator[DriftFinding]:
    """Yield one or two findings of a resource that a deploy would change: what others did, and what is not applied."""
    if change.deed not in (Deed.UPDATE, Deed.REPLACE):
        yield DriftFinding(change.address, Kind.UNDEPLOYED, change.deed, previous=change.previous)
        return
    if drift is not None:  # what either entry marks is a secret in both
        secrets = change.sensitive | drift.sensitive
        change, drift = replace(change, sensitive=secrets), replace(drift, sensitive=secrets)
    changed = _changed(change)
    drifted = set(_changed(drift)) if drift and drift.deed is Deed.UPDATE else set()
    outside = [attribute for attribute in (*changed, *sorted(change.unknown)) if attribute in drifted]
    known: Mapping[str, Value] = drift.before if drift else {}
    own = [
        attribute
        for attribute in changed
        if attribute not in drifted
        or _meaningful(known.get(attribute), change.after.get(attribute), attribute, change.sensitive)
    ]
    if outside and drift:
        drift_differences = tuple(difference for attribute in outside for difference in _differences(drift, attribute))
        forced = tuple(attribute for attribute in change.forced_by if attribute in drifted)
        yield DriftFinding(change.address, Kind.OUTSIDE, change.deed, drift_differences, forced_by=forced)
    if own or not outside:
        yield DriftFinding(
            change.address,
            Kind.UNDEPLOYED,
            change.deed,
            tuple(difference for attribute in own for difference in _differences(change, attribute)),
            () if own and change.deed is Deed.UPDATE else _telling(change),
            tuple(attribute for attribute in change.forced_by if attribute not in drifted),
            previous=change.previous,
        )


def _telling(change: PlannedChange) -> tuple[str, ...]:
    """Return the unknown attributes that explain a change; all computed ones of a replaced resource are unknown."""
    if change.deed is Deed.REPLACE:
        return tuple(attribute for attribute in change.forced_by if attribute in change.unknown)
    return tuple(sorted(change.unknown))


def _followed(
    findings: Iterable[DriftFinding],
    planned: Mapping[Key, PlannedChange],
    drifts: Mapping[str, PlannedChange],
    template: Template,
) -> list[DriftFinding]:
    """Turn findings that only follow from other findings into `Kind.FOLLOWS`, until none is left to turn."""
    judged = list(findings)
    own = [
        finding
        for finding in judged
        if finding.kind is Kind.UNDEPLOYED and (finding.differences or finding.deed in _OPEN)
    ]
    while True:
        causes = {finding.address: finding for finding in judged if finding.kind not in (Kind.UNDEPLOYED, Kind.DEPOSED)}
        rejudged = [_judged_anew(finding, causes, drifts, template) for finding in judged]
        if rejudged == judged:
            break
        judged = rejudged
    lonely = not [finding for finding in own if finding in judged] and bool(causes)
    return [
        replace(finding, kind=Kind.FOLLOWS)
        if finding.kind is Kind.UNDEPLOYED and lonely and planned[finding.key].reason == _BY_TRIGGER
        else finding
        for finding in judged
    ]


_OPEN = frozenset(Deed) - {Deed.UPDATE, Deed.REPLACE}


def _judged_anew(
    finding: DriftFinding,
    causes: Mapping[str, DriftFinding],
    drifts: Mapping[str, PlannedChange],
    template: Template,
) -> DriftFinding:
    if finding.kind is not Kind.UNDEPLOYED or finding.address not in template.resources:
        return finding
    attributes = sorted({difference.top for difference in finding.differences} | set(finding.unknown))
    sources: dict[str, None] = {}
    for attribute in attributes:
        leads = [
            target.address
            for link in template.links(template[finding.address], attribute)
            for target in link.targets
            if target.address in causes
            and _explains(
                causes[target.address], link.reference.attribute, drifts, known=attribute not in finding.unknown
            )
        ]
        if not leads:
            return finding
        sources |= dict.fromkeys(leads)
    return replace(finding, kind=Kind.FOLLOWS, because=tuple(sources)) if sources else finding


def _explains(cause: DriftFinding, attribute: str, drifts: Mapping[str, PlannedChange], *, known: bool) -> bool:
    """Tell whether a cause changes what is referred to: its unknown attributes if it is made anew, else its drift."""
    if not known:
        return cause.deed in (Deed.CREATE, Deed.REPLACE) or cause.kind is Kind.FOLLOWS
    drift = drifts.get(cause.address)
    return drift is not None and top(attribute) in _changed(drift)
