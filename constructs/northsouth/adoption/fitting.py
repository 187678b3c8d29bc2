"""Where a declaration differs from the object it is to adopt, and what Terraform would make of that; pure.

An import never changes an object. What differs is changed by the same apply: in place, or, if the argument cannot be
changed (`northsouth.comparison.replacement`), by destroying the object and creating another.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from northsouth.adoption.declared import Declared
from northsouth.adoption.existing import RULE, Existing
from northsouth.adoption.kinds import comparable
from northsouth.adoption.matching import Matches
from northsouth.comparison.difference import Difference, differences, empty
from northsouth.comparison.replacement import FORCES_REPLACEMENT, META
from northsouth.template import Resource, Value
from northsouth.template.model import top

_ALARM = ("alarm_actions", "alarm_description", "insufficient_data_actions", "ok_actions")
CLEARED: Mapping[str, tuple[str, ...]] = {
    "aws_cloudwatch_composite_alarm": _ALARM,
    "aws_cloudwatch_metric_alarm": (
        *_ALARM, "datapoints_to_alarm", "extended_statistic", "statistic", "threshold_metric_id", "unit",
    ),
    "aws_cloudwatch_log_group": ("kms_key_id", "retention_in_days"),
}  # fmt: skip
"""Arguments that an apply takes away from an object if the declaration does not have them."""

_DERIVED = {RULE: frozenset({"domains"})}
_SWITCHES = frozenset({"force_destroy", "skip_destroy"})
"""Arguments that only Terraform knows; an import does not find them, and no object has them."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A declared resource and the object it is to adopt.

    Attributes:
        address: the declared address.
        existing: the object.
        differences: what the object has (``before``), and what is declared (``after``).
        forced: the arguments because of which Terraform would replace the object.
        made: addresses, by argument, that the arguments refer to and that do not exist yet.

    """

    address: str
    existing: Existing
    differences: tuple[Difference, ...]
    forced: tuple[str, ...]
    made: Mapping[str, str]

    @property
    def fits(self) -> bool:
        """Whether the object survives the import."""
        return not self.forced


def fits(matches: Matches) -> tuple[Fit, ...]:
    """Return how well each pair fits, in the order of the stack."""
    declared = matches.declared
    pairs = [
        (resource, declared.pairs[resource.address])
        for resource in declared.resources()
        if resource.address in declared.pairs
    ]
    created_targets = {resource.address: _created_targets(declared, resource) for resource, _ in pairs}
    fit_of = {
        resource.address: _fit(declared, resource, existing, created_targets[resource.address])
        for resource, existing in pairs
    }
    # What is created in place of an object that does not fit is new to all that refer to it.
    changed = True
    while changed:
        changed = False
        unfit = {address for address, fit in fit_of.items() if not fit.fits}
        for resource, existing in pairs:
            lost = {
                top(use.path): use.target.address
                for use in declared.uses(resource)
                if use.target.address in unfit and _fixed(resource.type, top(use.path))
            }
            if lost and fit_of[resource.address].fits:
                fit_of[resource.address] = _fit(declared, resource, existing, created_targets[resource.address] | lost)
                changed = True
    return tuple(fit_of.values())


def _fixed(type: str, argument: str) -> bool:
    return argument in FORCES_REPLACEMENT.get(type, ())


def _created_targets(declared: Declared, resource: Resource) -> dict[str, str]:
    """Return what a resource's arguments refer to and what will only be created, by argument."""
    return {
        top(link.path): target.address
        for link in declared.template.links(resource)
        for target in link.targets
        if target.mode.value == "managed" and target.address not in declared.pairs and top(link.path) not in META
    }


def _fit(declared: Declared, resource: Resource, existing: Existing, created_targets: Mapping[str, str]) -> Fit:
    places = tuple(_places(declared, resource, existing, created_targets))
    forced = dict.fromkeys(place.top for place in places if _fixed(resource.type, place.top))
    for argument in created_targets:
        if _fixed(resource.type, argument) and not empty(existing.values.get(argument)):
            forced[argument] = None
    return Fit(resource.address, existing, places, tuple(forced), created_targets)


def _places(
    declared: Declared, resource: Resource, existing: Existing, created_targets: Mapping[str, str]
) -> Iterator[Difference]:
    values = declared.values(resource)
    ignored = (
        META
        | {"for_each", "count", "tags"}
        | _DERIVED.get(resource.type, frozenset())
        | _SWITCHES
        | created_targets.keys()
    )
    for argument, wanted in values.items():
        # Whoever listed the object may not have asked for every attribute of it.
        listed = argument in existing.values
        if listed and argument not in ignored and wanted is not None and not _unknown(wanted):
            actual = existing.values.get(argument)
            if not (empty(actual) and _only_terraform(wanted)):
                yield from differences(_shaped(actual, wanted), _canonical(wanted), argument)
    for argument in CLEARED.get(resource.type, ()):
        if values.get(argument) is None and not _is_empty(existing.values.get(argument)):
            yield Difference(argument, existing.values[argument], None)
    if {"tags", "tags_all"} & existing.values.keys():
        yield from _tags(values.get("tags"), existing)


def _only_terraform(wanted: Value) -> bool:
    """Tell whether a declared value says no more than that nothing is there."""
    return wanted is False or empty(wanted)


def _is_empty(value: Value) -> bool:
    return value in (None, "", 0, ()) or value == {}


def _tags(wanted: Value, existing: Existing) -> Iterator[Difference]:
    """Yield the tags that differ; those of AWS itself (``aws:``) are not Terraform's."""
    if _unknown(wanted):
        return
    actual = existing.values.get("tags_all") or existing.values.get("tags") or {}
    own = dict(wanted) if isinstance(wanted, Mapping) else {}
    if isinstance(actual, Mapping):
        user_tags = {key: value for key, value in actual.items() if not key.startswith("aws:")}
        yield from differences(user_tags, own, "tags")


def _unknown(value: Value) -> bool:
    if isinstance(value, str):
        return "${" in value
    items: Iterable[Value] = value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else ()
    return any(map(_unknown, items))


def _shaped(actual: Value, wanted: Value) -> Value:
    """Return what an object has, reduced to what is declared: a provider reads back all attributes of a block."""
    if isinstance(wanted, Mapping):
        block = actual[0] if isinstance(actual, tuple) and len(actual) == 1 else actual
        if not isinstance(block, Mapping):
            return actual
        return {key: _shaped(block[key], item) if key in block else item for key, item in wanted.items()}
    if isinstance(wanted, tuple):
        members = actual if isinstance(actual, tuple) else () if actual is None else (actual,)
        if len(members) == len(wanted) and any(isinstance(item, Mapping) for item in wanted):
            return tuple(_shaped(own, item) for own, item in zip(members, wanted, strict=True))
        return _canonical(members)
    if isinstance(actual, tuple) and len(actual) == 1:
        return _shaped(actual[0], wanted)
    if comparable(actual) == comparable(wanted) or _as_number(actual) == _as_number(wanted) is not None:
        return wanted
    return _canonical(actual)


def _as_number(value: Value) -> float | None:
    try:
        return float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
    except ValueError:
        return None


def _canonical(value: Value) -> Value:
    """Return a value with sets in order, and policies in the form in which AWS compares them."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            return json.dumps(_policy(json.loads(value)), sort_keys=True)
        except ValueError:
            return value
    if isinstance(value, tuple) and all(isinstance(item, str | int | float) for item in value):
        return tuple(sorted(value, key=str))
    return value


def _policy(value: object) -> object:
    if isinstance(value, dict):
        return {key: _policy(item) for key, item in value.items()}
    if isinstance(value, list):
        items = [_policy(item) for item in value]
        if all(isinstance(item, str) for item in items):
            return items[0] if len(items) == 1 else sorted(map(str, items))
        return items
    return value
