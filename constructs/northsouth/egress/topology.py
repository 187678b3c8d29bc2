"""The ids of a network, made here or elsewhere. The other egress constructs build on them; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal, Protocol

from northsouth.arguments.kinds import AtSynth
from northsouth.egress.zones import check_zones, region_of
from northsouth.errors import Problem
from northsouth.tokens import is_token

Tier = Annotated[Literal["public", "private", "isolated"], AtSynth]
"""``public`` subnets route to the internet gateway, ``private`` ones to NAT, ``isolated`` ones nowhere."""

TIERS: tuple[Tier, ...] = ("public", "private", "isolated")

ByZone = Mapping[str, str]


class NetworkSource(Protocol):
    """Anything that can name its network's ids: :class:`Network`, or :class:`NetworkIds` itself."""

    @property
    def ids(self) -> NetworkIds:
        """Return the ids of the network."""


@dataclass(frozen=True, kw_only=True)
class NetworkIds:
    """The ids of one VPC's parts, by zone name.

    Attributes:
        vpc_id: the VPC.
        public_subnets: a public subnet's id for each zone; NAT gateways stand there.
        private_subnets: a private subnet's id for each zone; interface endpoints stand there.
        isolated_subnets: an isolated subnet's id for each zone.
        public_route_tables: the route table of each zone's public subnets; several zones may share one.
        private_route_tables: the route table of each zone's private subnets, which NAT routes go into. A table that
            several zones share is given once, under any of them: it has room for one default route.
        isolated_route_tables: the route table of each zone's isolated subnets.
        cidr_blocks: the VPC's IPv4 CIDR blocks; the security group of interface endpoints admits them.
        ipv6: whether the VPC has an IPv6 block.
        ipv6_cidr_blocks: the VPC's IPv6 CIDR blocks; the security group of interface endpoints admits them too.
        dns64: whether the private subnets have DNS64.

    """

    vpc_id: str
    public_subnets: ByZone = field(default_factory=dict)
    private_subnets: ByZone = field(default_factory=dict)
    isolated_subnets: ByZone = field(default_factory=dict)
    public_route_tables: ByZone = field(default_factory=dict)
    private_route_tables: ByZone = field(default_factory=dict)
    isolated_route_tables: ByZone = field(default_factory=dict)
    cidr_blocks: tuple[str, ...] = ()
    ipv6: bool = False
    ipv6_cidr_blocks: tuple[str, ...] = ()
    dns64: bool = False

    @property
    def ids(self) -> NetworkIds:
        """Return itself, so that ids can be given wherever a network is expected."""
        return self

    @property
    def zones(self) -> tuple[str, ...]:
        """Every zone that has a subnet or a route table, sorted by name."""
        return tuple(sorted({zone for by_zone in self._maps().values() for zone in by_zone}))

    @property
    def region(self) -> str | None:
        """The Region, as the zones' names tell it."""
        return region_of(self.zones)

    def subnets(self, tier: Tier) -> ByZone:
        """Return the subnet ids of one tier by zone."""
        return self._maps()[f"{tier}_subnets"]

    def route_tables(self, tier: Tier) -> ByZone:
        """Return the route table ids of one tier by zone."""
        return self._maps()[f"{tier}_route_tables"]

    def _maps(self) -> dict[str, ByZone]:
        return {
            "public_subnets": self.public_subnets,
            "private_subnets": self.private_subnets,
            "isolated_subnets": self.isolated_subnets,
            "public_route_tables": self.public_route_tables,
            "private_route_tables": self.private_route_tables,
            "isolated_route_tables": self.isolated_route_tables,
        }


def check_network_ids(ids: NetworkIds, *, region: str | None = None, where: str = "") -> Iterator[Problem]:
    """Yield what is wrong with the ids of an existing network; ids known only to Terraform are not judged.

    Args:
        ids: the ids.
        region: the Region the zones must belong to; without it, that of the first zone.
        where: the path of the argument that holds them, for the report.

    """
    yield from (problem.within(where) if where else problem for problem in _check_ids(ids, region))


def _check_ids(ids: NetworkIds, region: str | None) -> Iterator[Problem]:
    yield from _check_id(ids.vpc_id, "vpc", "vpc_id")
    yield from check_zones(ids.zones, region=region, where="zones")
    for where, by_zone in ids._maps().items():
        kind = "subnet" if where.endswith("subnets") else "rtb"
        for zone, value in by_zone.items():
            yield from _check_id(value, kind, f"{where}.{zone}")
    for tier in TIERS:
        yield from _check_shared(ids.subnets(tier), f"{tier}_subnets")
    yield from _check_shared(ids.private_route_tables, "private_route_tables")


def _check_id(value: str, kind: str, where: str) -> Iterator[Problem]:
    if not is_token(value) and not re.fullmatch(rf"{kind}-[0-9a-f]{{8}}([0-9a-f]{{9}})?", value):
        yield Problem(
            where,
            repr(value),
            f"an id looks like {kind}- and 8 or 17 hexadecimal digits",
            "Copy it from the console or from a Terraform output.",
            "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html",
        )


def _check_shared(by_zone: ByZone, where: str) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for zone, value in by_zone.items():
        if is_token(value):
            continue
        if value in first:
            yield Problem(
                f"{where}.{zone}",
                repr(value),
                f"already given for {first[value]}",
                "Give it once: a subnet lies in one zone, and a route table has one default route.",
            )
        first.setdefault(value, zone)
