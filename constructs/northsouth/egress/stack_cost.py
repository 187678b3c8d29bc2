"""What the ways out of a whole stack cost in a month, by path and resource; pure.

A month has 30 days, 720 hours. Tiers of internet transfer and PrivateLink count everything in the figure together, as
AWS counts a Region; each resource gets its share by GB. What a file does not say is not judged, and never counted as
zero.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from northsouth.egress.prices import DAYS_PER_MONTH, Prices, Tiered, charge
from northsouth.egress.usage import KEYS, Usage
from northsouth.template import Resource, Template
from northsouth.template.model import Value
from northsouth.tokens import is_token

HOURS = DAYS_PER_MONTH * 24
"""Hours of a month."""

PARTS = ("hours", "addresses", "processed", "cross_zone", "internet")
"""What a resource is billed for."""

NAT, ADDRESSES = "NAT gateways", "public IPv4 addresses"
INTERFACE, GATEWAY, OTHER = "interface endpoints", "gateway endpoints", "other endpoints"
EGRESS_ONLY = "egress-only internet gateways"
PATHS = (NAT, ADDRESSES, INTERFACE, GATEWAY, OTHER, EGRESS_ONLY)

_PATH_TYPES = ("aws_nat_gateway", "aws_eip", "aws_vpc_endpoint", "aws_egress_only_internet_gateway")
NO_USAGE = "GB that no usage file says"


@dataclass(frozen=True, kw_only=True)
class ResourceCost:
    """What one resource costs in a month, in US dollars.

    Attributes:
        stack: its stack.
        address: its address.
        path: the kind of way out it belongs to.
        parts: by part, the dollars; a part that it is not billed for, or that is not judged, is missing.
        not_judged: what is not in the figure, and why.

    """

    stack: str
    address: str
    path: str
    parts: Mapping[str, float] = field(default_factory=dict)
    not_judged: tuple[str, ...] = ()

    @property
    def total(self) -> float:
        """What is judged of it."""
        return sum(self.parts.values())


@dataclass(frozen=True, kw_only=True)
class StackCost:
    """What the ways out of some stacks cost together.

    Attributes:
        resources: each resource, by path and address.
        prices: the prices.
        regions: the Regions of the stacks, as far as they say.
        outside: by type, how many resources of other types the stacks declare; they are not in the figure.
        modules: calls of modules whose resources the file does not hold.

    """

    resources: tuple[ResourceCost, ...]
    prices: Prices
    regions: frozenset[str] = frozenset()
    outside: Mapping[str, int] = field(default_factory=dict)
    modules: tuple[str, ...] = ()

    @property
    def total(self) -> float:
        """The one figure: all that is judged."""
        return sum(resource.total for resource in self.resources)

    @property
    def complete(self) -> bool:
        """Whether everything is judged; otherwise the figure is the least it can be."""
        return not self.modules and not any(resource.not_judged for resource in self.resources)

    @property
    def foreign_regions(self) -> tuple[str, ...]:
        """The stacks' Regions that the prices are not of."""
        return tuple(sorted(self.regions - {self.prices.region}))

    def by_path(self) -> dict[str, tuple[ResourceCost, ...]]:
        """Return the resources of each path that has any, in the order of ``PATHS``."""
        grouped = {path: tuple(resource for resource in self.resources if resource.path == path) for path in PATHS}
        return {path: members for path, members in grouped.items() if members}


@dataclass(frozen=True)
class _Measured:
    """A resource with what is billed by GB still in GB, because its price depends on everybody's."""

    cost: ResourceCost
    internet_gb: float | None = None
    endpoint_gb: float | None = None


def passing(template: Template) -> Iterator[Resource]:
    """Yield the resources of a stack whose usage a file can say."""
    yield from template.of_type(*KEYS)


def stack_cost(
    stacks: Mapping[str, Template],
    usage: Usage | None = None,
    prices: Prices | None = None,
    *,
    regions: Sequence[str] = (),
    modules: Sequence[str] = (),
) -> StackCost:
    """Return what the ways out of stacks cost in a month.

    Args:
        stacks: the stacks by name.
        usage: the GB that pass; what it does not say is not judged.
        prices: what AWS asks; the documented defaults when ``None``.
        regions: the Regions of the stacks.
        modules: calls of modules whose resources the files do not hold.

    """
    usage, prices = usage or Usage(), prices or Prices()
    measured = [
        path
        for stack, template in stacks.items()
        for resource in template.of_type(*_PATH_TYPES)
        for path in _measure(stack, template, resource, usage, prices)
    ]
    internet = _shares([path.internet_gb for path in measured], prices.internet_gb)
    endpoints = _shares([path.endpoint_gb for path in measured], prices.endpoint_gb)
    resources = []
    for path, sent, handled in zip(measured, internet, endpoints, strict=True):
        by_gb = {"internet": sent, "processed": handled}
        known = {part: usd for part, usd in by_gb.items() if usd is not None}
        resources.append(replace(path.cost, parts={**path.cost.parts, **known}))
    outside = Counter(
        resource.type
        for template in stacks.values()
        for resource in template
        if resource.mode == "managed" and resource.type not in _PATH_TYPES
    )
    ordered = sorted(
        resources,
        key=lambda resource_cost: (PATHS.index(resource_cost.path), resource_cost.stack, resource_cost.address),
    )
    return StackCost(
        resources=tuple(ordered),
        prices=prices,
        regions=frozenset(regions),
        outside=dict(sorted(outside.items())),
        modules=tuple(modules),
    )


def _shares(amounts: Sequence[float | None], price: Tiered) -> list[float | None]:
    """Return each amount's share of what all cost together, in US dollars."""
    total = sum(amount or 0.0 for amount in amounts)
    average = charge(total, price) / total if total else 0.0
    return [None if amount is None else amount * average for amount in amounts]


def _measure(stack: str, template: Template, resource: Resource, usage: Usage, prices: Prices) -> Iterator[_Measured]:
    known = usage.of(stack, resource.address)
    if resource.type == "aws_eip":
        yield _address(stack, resource, prices)
    elif resource.type == "aws_vpc_endpoint":
        yield _endpoint(stack, template, resource, known, prices)
    elif resource.type == "aws_nat_gateway":
        yield _nat(stack, template, resource, known, prices)
    else:
        missing = () if "gb_internet" in known else (NO_USAGE,)
        cost = ResourceCost(stack=stack, address=resource.address, path=EGRESS_ONLY, not_judged=missing)
        yield _Measured(cost, internet_gb=known.get("gb_internet"))


def _address(stack: str, resource: Resource, prices: Prices) -> _Measured:
    if resource.repeated:
        return _Measured(_uncounted(stack, resource, ADDRESSES))
    parts = {"addresses": HOURS * prices.public_ipv4_hour}
    return _Measured(ResourceCost(stack=stack, address=resource.address, path=ADDRESSES, parts=parts))


def _endpoint(
    stack: str, template: Template, resource: Resource, known: Mapping[str, float], prices: Prices
) -> _Measured:
    kind = template.value(resource, "vpc_endpoint_type") or "Gateway"
    path = {"Gateway": GATEWAY, "Interface": INTERFACE}.get(str(kind), OTHER)
    if resource.repeated:
        return _Measured(_uncounted(stack, resource, path))
    cost = ResourceCost(stack=stack, address=resource.address, path=path)
    if path == GATEWAY:
        return _Measured(cost)
    if path == OTHER:
        return _Measured(replace(cost, not_judged=(f"no price here for endpoints of type {kind}",)))
    zones = _count(template.value(resource, "subnet_ids")) or _count(template.value(resource, "subnet_configuration"))
    missing = () if "gb" in known else (NO_USAGE,)
    if not zones:
        return _Measured(replace(cost, not_judged=("in how many zones it stands", *missing)), None, known.get("gb"))
    parts = {"hours": zones * HOURS * prices.endpoint_hour}
    return _Measured(replace(cost, parts=parts, not_judged=missing), None, known.get("gb"))


def _nat(stack: str, template: Template, resource: Resource, known: Mapping[str, float], prices: Prices) -> _Measured:
    if resource.repeated:
        return _Measured(_uncounted(stack, resource, NAT))
    public = template.value(resource, "connectivity_type") != "private"
    parts: dict[str, float] = {}
    missing: list[str] = []
    zones = _nat_zones(template, resource)
    if zones:
        parts["hours"] = zones * HOURS * prices.nat_gateway_hour
    else:
        missing.append("in how many zones it stands")
    foreign = _foreign_addresses(template, resource) if public else 0
    if foreign:
        parts["addresses"] = foreign * HOURS * prices.public_ipv4_hour
    if public and zones and _manages_addresses(resource):
        missing.append("how many public addresses AWS gives it")
    out, into = known.get("gb_out"), known.get("gb_in")
    internet = None
    if out is None or into is None:
        missing.append(NO_USAGE)
    else:
        parts["processed"] = charge(out + into, prices.nat_gb)
        internet = known.get("gb_internet", out) if public else None
        crossing = _crossing(template, resource, known, out + into)
        if crossing is None:
            missing.append("how many of its GB cross zones")
        elif crossing:
            parts["cross_zone"] = charge(crossing, prices.cross_zone_gb) * 2
    cost = ResourceCost(stack=stack, address=resource.address, path=NAT, parts=parts, not_judged=tuple(missing))
    return _Measured(cost, internet_gb=internet)


def _uncounted(stack: str, resource: Resource, path: str) -> ResourceCost:
    why = ("how many there are: its count or for_each is known at apply only",)
    return ResourceCost(stack=stack, address=resource.address, path=path, not_judged=why)


def _count(value: Value) -> int | None:
    """Return how many members a list has; ``None`` where only Terraform knows it."""
    return len(value) if isinstance(value, tuple) and value else None


def _is_regional(resource: Resource) -> bool:
    return resource.values.get("availability_mode") == "regional"


def _manages_addresses(resource: Resource) -> bool:
    return _is_regional(resource) and not resource.values.get("availability_zone_address")


def _nat_zones(template: Template, resource: Resource) -> int | None:
    """Return in how many zones a gateway is billed: one, or those of a regional gateway."""
    if not _is_regional(resource):
        return 1
    declared = _count(template.value(resource, "availability_zone_address"))
    return declared or len(_zones(template, template.of_type("aws_subnet"))) or None


def _foreign_addresses(template: Template, resource: Resource) -> int:
    """Return how many given addresses a gateway has that no ``aws_eip`` of the stack stands for."""
    listed = [template.value(resource, "allocation_id"), template.value(resource, "secondary_allocation_ids")]
    blocks = template.value(resource, "availability_zone_address")
    by_zone = [block for block in blocks if isinstance(block, Mapping)] if isinstance(blocks, tuple) else []
    listed += [block.get("allocation_ids") for block in by_zone]
    ids = [member for value in listed for member in (value if isinstance(value, tuple) else (value,))]
    return sum(1 for member in ids if isinstance(member, str) and not is_token(member))


def _crossing(template: Template, resource: Resource, known: Mapping[str, float], handled: float) -> float | None:
    """Return the GB that reach a gateway from other zones: as the file says, else evenly from the zones it serves."""
    if "gb_cross_zone" in known:
        return known["gb_cross_zone"]
    if _is_regional(resource):
        return 0.0
    served = {
        zone
        for route in template.of_type("aws_route")
        if resource in template.follow(route, "nat_gateway_id")
        for zone in _zones_of_table(template, route)
    }
    subnet = template.one(resource, "subnet_id", "aws_subnet")
    own = _zones(template, [subnet] if subnet else [])
    if not served or not own:
        return None
    return handled * len(served - own) / len(served)


def _zones_of_table(template: Template, route: Resource) -> set[str]:
    tables = template.follow(route, "route_table_id")
    subnets = [
        subnet
        for association in template.of_type("aws_route_table_association")
        if set(template.follow(association, "route_table_id")) & set(tables)
        for subnet in template.follow(association, "subnet_id")
    ]
    return _zones(template, subnets)


def _zones(template: Template, subnets: Sequence[Resource]) -> set[str]:
    zones = (template.value(subnet, "availability_zone") for subnet in subnets)
    return {zone for zone in zones if isinstance(zone, str) and not is_token(zone)}
