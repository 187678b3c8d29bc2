"""Reads the Route 53 records that stand in a template; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from northsouth.dns.names import InvalidNameError, canonical_target
from northsouth.dns.records import InvalidQueryError, Record, query_name
from northsouth.template import Resource, Template, Value
from northsouth.tokens import is_token

_TYPES = frozenset({"A", "AAAA", "CNAME"})


def records(template: Template, vpc: Callable[[Resource, str], str]) -> Iterator[Record]:
    """Yield the A, AAAA, CNAME and alias records of a template whose names and values are known.

    Args:
        template: the document.
        vpc: returns the address of the VPC that an attribute of a resource means.

    """
    zones = dict(_private_zones(template, vpc))
    for resource in template.of_type("aws_route53_record"):
        zone = template.one(resource, "zone_id", "aws_route53_zone")
        owner = _owner(template, resource, zone)
        kind = template.value(resource, "type")
        if owner is None or not isinstance(kind, str) or kind.upper() not in _TYPES:
            continue
        values = _values(template.value(resource, "records"), kind.upper())
        alias = _name(template.value(resource, "alias.name"))
        seen_by = zones.get(zone.address) if zone else None
        if values:
            yield Record(owner, kind.upper(), values, resource.address, seen_by)
        elif alias is not None:
            yield Record(owner, "ALIAS", (alias,), resource.address, seen_by)


def _private_zones(template: Template, vpc: Callable[[Resource, str], str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each private zone's address with the VPCs that see it."""
    more: dict[str, list[str]] = {}
    for association in template.of_type("aws_route53_zone_association"):
        zone = template.one(association, "zone_id", "aws_route53_zone")
        if zone is not None:
            more.setdefault(zone.address, []).append(vpc(association, "vpc_id"))
    for zone in template.of_type("aws_route53_zone", mode=None):
        blocks = zone.values.get("vpc")
        if isinstance(blocks, tuple):
            paths = [f"vpc[{position}].vpc_id" for position in range(len(blocks))]
        else:
            paths = ["vpc.vpc_id"] if blocks else []
        seen_by = [*(vpc(zone, path) for path in paths), *more.get(zone.address, ())]
        if seen_by:
            yield zone.address, frozenset(seen_by)


def _owner(template: Template, resource: Resource, zone: Resource | None) -> str | None:
    """Return a record's full name: Terraform takes it with or without the zone's name."""
    name = template.value(resource, "fqdn") or template.value(resource, "name")
    parent = _name(template.value(zone, "name")) if zone else None
    if not isinstance(name, str) or is_token(name):
        return None
    name = name.replace("\\052", "*")
    if not name:
        return parent
    try:
        owner = query_name(name)
        if parent is None or owner == parent or owner.endswith(f".{parent}"):
            return owner
        return query_name(f"{owner}{parent}")
    except InvalidQueryError:
        return None


def _values(values: Value, kind: str) -> tuple[str, ...]:
    texts = (
        [item for item in values if isinstance(item, str) and not is_token(item)] if isinstance(values, tuple) else []
    )
    if kind == "CNAME":
        return tuple(name for item in texts if (name := _name(item)) is not None)
    return tuple(texts)


def _name(value: Value) -> str | None:
    if not isinstance(value, str) or is_token(value):
        return None
    try:
        return canonical_target(value)
    except InvalidNameError:
        return None
