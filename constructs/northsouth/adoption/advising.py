"""What to give to which construct, so that it declares an object as it is; pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from northsouth.adoption.existing import LIST, RULE
from northsouth.adoption.fitting import Fit
from northsouth.template import Resource, Value
from northsouth.template.values import at

_GROUP = "aws_route53_resolver_firewall_rule_group"
_ALARMS = ("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm")

NAMES: Mapping[str, str] = {
    LIST: "name",
    RULE: "name",
    _GROUP: "name",
    f"{_GROUP}_association": "name",
    "aws_route53_resolver_query_log_config": "name",
    "aws_ram_resource_share": "name",
    **dict.fromkeys(
        (
            "aws_default_security_group", "aws_egress_only_internet_gateway", "aws_eip", "aws_internet_gateway",
            "aws_nat_gateway", "aws_route_table", "aws_security_group", "aws_subnet", "aws_vpc", "aws_vpc_endpoint",
        ),
        "tags.Name",
    ),
}  # fmt: skip
"""The attribute of each resource type that the argument ``names`` of its construct decides."""

_INSIDE: Mapping[str, int] = {
    LIST: 3, RULE: 3, f"{_GROUP}_association": 3, _GROUP: 2, "aws_route53_resolver_query_log_config": 2,
    "aws_ram_resource_share": 2,
}  # fmt: skip
"""How many steps of the path lead from a resource to the construct that takes its name; one, where nothing is said."""


@dataclass(slots=True)
class Advice:
    """The arguments that one construct should get.

    Attributes:
        path: the construct's path within its stack.
        names: the names to give, by resource type and the name that is declared.
        tags: the tags that all of its objects have and that are not declared.
        others: arguments that differ, each as a line.

    """

    path: str
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)

    def python(self) -> list[str]:
        """Return the arguments as lines of Python."""
        lines = [f"names={_literal(self.names)},"] if self.names else []
        lines += [f"tags={_literal(self.tags)},"] if self.tags else []
        return lines

    def toml(self) -> list[str]:
        """Return the arguments as lines of an environment file, below the section of the construct."""
        lines = []
        for kind, names in self.names.items():
            lines += [
                f"[{self.path.rpartition('/')[2]}.names.{kind}]",
                *(f"{json.dumps(old)} = {json.dumps(new)}" for old, new in names.items()),
            ]
        return lines


def advice(resources: Mapping[str, Resource], fits: Iterable[Fit]) -> tuple[Advice, ...]:
    """Return what to give to the constructs.

    Args:
        resources: the declared resources by address.
        fits: how they fit.

    """
    by_path: dict[str, Advice] = {}
    tags: dict[str, list[dict[str, str | None]]] = {}
    for fit in fits:
        resource = resources[fit.address]
        path = owner(resource)
        own = by_path.setdefault(path, Advice(path))
        _name(own, resource, fit)
        tags.setdefault(path, []).append(_other_tags(resource, fit))
        own.others += _other_differences(resource, fit)
    for path, own in by_path.items():
        _settle_tags(own, tags[path])
    return tuple(entry for entry in by_path.values() if entry.names or entry.tags or entry.others)


def owner(resource: Resource) -> str:
    """Return the path, within its stack, of the construct that declares a resource; its address if none is known."""
    path = at(resource.values, "//.metadata.path")
    if not isinstance(path, str):
        return resource.address
    steps = path.split("/")[1:]
    inside = _INSIDE.get(resource.type, 1)
    if resource.type in (LIST, RULE) and steps[-1] in ("list", "rule"):  # one resource with for_each for all overrides
        inside = 2
    return "/".join(steps[:-inside]) or "/".join(steps)


def _name(own: Advice, resource: Resource, fit: Fit) -> None:
    attribute = NAMES.get(resource.type)
    if attribute is None:
        return
    for place in fit.differences:
        if place.path == attribute and isinstance(place.after, str):
            own.names.setdefault(resource.type, {})[place.after] = str(place.before or "")
        elif place.path == "tags" and isinstance(place.after, Mapping):
            own.names.setdefault(resource.type, {})[str(place.after.get("Name", ""))] = ""


def _other_tags(resource: Resource, fit: Fit) -> dict[str, str | None]:
    """Return the tags beside the name that an object has and the declaration lacks, or that differ."""
    name_path = NAMES.get(resource.type)
    places = [
        difference
        for difference in fit.differences
        if difference.top == "tags" and difference.path not in ("tags", name_path)
    ]
    return {place.path.removeprefix("tags."): None if place.before is None else str(place.before) for place in places}


def _settle_tags(own: Advice, tags_of_objects: list[dict[str, str | None]]) -> None:
    common = set.intersection(*(set(tags.items()) for tags in tags_of_objects)) if tags_of_objects else set()
    own.tags = {key: value for key, value in sorted(common) if value is not None}
    for tags in tags_of_objects:
        for key, value in tags.items():
            if (key, value) not in common or value is None:
                line = f"the tag {key!r}: " + ("only the declaration has it" if value is None else f"{value!r} there")
                own.others += [line] if line not in own.others else []


def _other_differences(resource: Resource, fit: Fit) -> list[str]:
    name_path = NAMES.get(resource.type)
    lines = []
    for place in fit.differences:
        if place.top == "tags" or place.path == name_path:
            continue
        if resource.type in _ALARMS and place.path == "alarm_name":
            before, after = json.dumps(place.before), json.dumps(place.after)
            lines.append(f"name={before}; for an alarm of a pack: Response(…, names={{{after}: {before}}})")
        elif resource.type == RULE and place.path == "priority":
            lines.append(f"Override(…, priority={place.before}) for {_domains(resource)}")
        else:
            lines.append(f"{fit.address}: {place.path} is {_short(place.before)}, declared {_short(place.after)}")
    return lines


def _domains(resource: Resource) -> str:
    path = at(resource.values, "//.metadata.path")
    return str(path).rpartition("/")[2] if isinstance(path, str) else resource.address


def _short(value: Value) -> str:
    text = json.dumps(value, ensure_ascii=False, default=dict)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _literal(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
