"""Reads the Route 53 hosted zones and records that stand in a template; pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from northsouth.dns.records import InvalidQueryError, Record, query_name
from northsouth.template import Mode, Resource, Template, Value
from northsouth.tokens import is_token

ZONE = "aws_route53_zone"


@dataclass(slots=True)
class Zone:
    """One hosted zone.

    Attributes:
        address: where it is declared, or its id where it is not.
        domain: its canonical name; None if the document does not say it.
        vpcs: the addresses of the VPCs that see it.
        private: whether it is a private zone; None if the document does not say.
        records: the record sets of it that the document declares.
        incomplete: why it may hold others; empty if these are all.

    """

    address: str
    domain: str | None
    vpcs: list[str] = field(default_factory=list)
    private: bool | None = None
    records: list[Record] = field(default_factory=list)
    incomplete: str = ""


def read_zones(template: Template, vpc: Callable[[Resource, str], str]) -> dict[str, Zone]:
    """Return the hosted zones of a template by address, those too that it mentions and does not hold.

    Args:
        template: the document.
        vpc: returns the address of the VPC that an attribute of a resource means.

    """
    zones = {resource.address: _zone(template, resource, vpc) for resource in template.of_type(ZONE, mode=None)}
    for association in template.of_type("aws_route53_zone_association"):
        zone = _mentioned(zones, template, association)
        zone.private = True
        zone.vpcs.append(vpc(association, "vpc_id"))
    for resource in template.of_type("aws_route53_record"):
        _add_record(_mentioned(zones, template, resource), template, resource)
    return zones


def _zone(template: Template, resource: Resource, vpc: Callable[[Resource, str], str]) -> Zone:
    domain = name_of(template.value(resource, "name"))
    if resource.mode is Mode.DATA:
        private = template.value(resource, "private_zone")
        zone = Zone(
            resource.address, domain, private=private is True, incomplete="its records are not all in this file"
        )
        if resource.values.get("vpc_id"):
            zone.vpcs, zone.private = [vpc(resource, "vpc_id")], True
        return zone
    blocks = resource.values.get("vpc")
    paths = [f"vpc[{at}].vpc_id" for at in range(len(blocks))] if isinstance(blocks, tuple) else ["vpc.vpc_id"]
    seen_by = [vpc(resource, path) for path in paths] if blocks else []
    zone = Zone(resource.address, domain, seen_by, private=bool(seen_by))
    if resource.repeated:
        zone.incomplete = "it stands for instances known only after apply"
    if domain is not None:  # Route 53 makes both with the zone
        zone.records = [Record(domain, kind, (), resource.address, resource.address) for kind in ("NS", "SOA")]
    return zone


def _mentioned(zones: dict[str, Zone], template: Template, resource: Resource) -> Zone:
    """Return the zone that ``zone_id`` means; one that is not in the document is added."""
    declared = template.one(resource, "zone_id", ZONE)
    if declared is not None:
        return zones[declared.address]
    address = written(template, resource, "zone_id")
    return zones.setdefault(address, Zone(address, None, incomplete="the zone is not in this file"))


def written(template: Template, resource: Resource, path: str) -> str:
    """Return what an attribute is written as: a literal, or the one reference it holds, without ``${}``."""
    value = template.value(resource, path)
    if isinstance(value, str) and not is_token(value):
        return value
    references = [link.reference for link in template.links(resource, path)]
    if len(references) != 1 or references[0].root in ("each", "count"):
        return value if isinstance(value, str) and len(references) > 1 else f"{path} of {resource.address}"
    return references[0].text


def _add_record(zone: Zone, template: Template, resource: Resource) -> None:
    """Add a record to its zone; one whose name or type is not known makes the zone incomplete."""
    owner = _owner(template, resource, zone.domain)
    kind = template.value(resource, "type")
    if owner is None or not isinstance(kind, str) or is_token(kind) or resource.repeated:
        zone.incomplete = zone.incomplete or f"the name of {resource.address} is known only after apply"
        return
    kind = kind.upper()
    if resource.values.get("alias"):
        target = name_of(template.value(resource, "alias.name"))
        leads_to = () if target is None else (target,)
        zone.records.append(Record(owner, "ALIAS", leads_to, resource.address, zone.address, kind))
    else:
        values = _values(template.value(resource, "records"), kind)
        zone.records.append(Record(owner, kind, values, resource.address, zone.address))


def _owner(template: Template, resource: Resource, parent: str | None) -> str | None:
    """Return a record's full name: Terraform takes it with or without the zone's name."""
    name = template.value(resource, "fqdn") or template.value(resource, "name")
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
    """Return a record set's values; none if one of them is known only after apply."""
    if not isinstance(values, tuple):
        return ()
    texts = [item for item in values if isinstance(item, str) and not is_token(item)]
    if len(texts) < len(values):
        return ()
    if kind == "CNAME":
        return tuple(name for item in texts if (name := name_of(item)) is not None)
    return tuple(texts)


def name_of(value: Value) -> str | None:
    """Return a value as a canonical name; None if it is none, or known only after apply."""
    if not isinstance(value, str) or is_token(value):
        return None
    try:
        return query_name(value)
    except InvalidQueryError:
        return None
