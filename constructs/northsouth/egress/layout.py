"""Where each subnet lies in the VPC's address range; pure arithmetic.

The layout depends on each zone's own name alone, so adding, removing or reordering zones, or switching a tier on, never
moves another subnet. The price is reserved room. With the default of 8 zone blocks, ``10.0.0.0/16`` divides so::

    zone letter   a             b              c              ...  h
    zone block    10.0.0.0/19   10.0.32.0/19   10.0.64.0/19        10.0.224.0/19      16 + 3 bits, number 0 .. 7

    inside a zone block (b)     share   CIDR           addresses   newbits, netnum of cidrsubnet()
    private                     1/2     10.0.32.0/20   4,096       3 + 1 = 4, 1 * 2 + 0 = 2
    isolated                    1/4     10.0.48.0/21   2,048       3 + 2 = 5, 1 * 4 + 2 = 6
    public                      1/8     10.0.56.0/22   1,024       3 + 3 = 6, 1 * 8 + 6 = 14
    (free)                      1/8     10.0.60.0/22   1,024       3 + 3 = 6, 1 * 8 + 7 = 15

Private subnets hold the workloads and get half; public ones hold load balancers and NAT gateways and need little.
Of each subnet AWS keeps five addresses.
"""

from __future__ import annotations

import ipaddress
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from northsouth.egress.topology import Tier
from northsouth.egress.zones import parse_zone
from northsouth.errors import Problem
from northsouth.tokens import is_token

SOURCE = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html"
SMALLEST_PREFIX = 28
LARGEST_PREFIX = 16
IPV6_SUBNETS_PER_ZONE = 8
IPV6_ZONES = 256 // IPV6_SUBNETS_PER_ZONE  # a VPC gets a /56, a subnet is a /64

_RESERVED = tuple(ipaddress.ip_network(cidr) for cidr in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4"))


@dataclass(frozen=True, slots=True)
class Share:
    """A tier's place in a zone block: ``bits`` more prefix bits, and its number among the blocks of that size."""

    bits: int
    number: int


SHARES: Mapping[Tier, Share] = MappingProxyType(
    {"private": Share(1, 0), "isolated": Share(2, 2), "public": Share(3, 6)}
)
_IPV6_NUMBER: Mapping[Tier, int] = MappingProxyType({"private": 0, "isolated": 1, "public": 2})


@dataclass(frozen=True)
class CidrLayout:
    """How subnets get their CIDR blocks. Use one of the named constructors.

    Attributes:
        reserved_zones: how many zone blocks the VPC is divided into: 1, 2, 4, 8 or 16.
        slots: the number of the zone block, for zones whose letter does not determine it.
        given: the CIDR blocks by tier and zone. With them, nothing is computed.

    """

    reserved_zones: int = 8
    slots: Mapping[str, int] = field(default_factory=dict)
    given: Mapping[Tier, Mapping[str, str]] | None = None

    @classmethod
    def by_letter(cls, *, reserved_zones: int = 8, slots: Mapping[str, int] | None = None) -> CidrLayout:
        """Give zone ``a`` the first of ``reserved_zones`` equal blocks, ``b`` the second, and so on.

        Args:
            reserved_zones: a power of two. 8 has room for every letter AWS uses today; 4 gives larger subnets and takes
                zones ``a`` to ``d``. Changing it later moves every subnet.
            slots: the block, counted from 0, of each Local Zone, or of a lettered zone that is to lie elsewhere.

        """
        return cls(reserved_zones=reserved_zones, slots=slots or {})

    @classmethod
    def explicit(
        cls,
        *,
        public: Mapping[str, str] | None = None,
        private: Mapping[str, str] | None = None,
        isolated: Mapping[str, str] | None = None,
        slots: Mapping[str, int] | None = None,
    ) -> CidrLayout:
        """Take each subnet's CIDR block as given, by zone name.

        Args:
            public: the public subnets' blocks.
            private: the private subnets' blocks.
            isolated: the isolated subnets' blocks.
            slots: the number of each Local Zone's IPv6 block, only needed with IPv6.

        """
        blocks: dict[Tier, Mapping[str, str]] = {"public": public or {}, "private": private or {}}
        return cls(given={**blocks, "isolated": isolated or {}}, slots=slots or {})

    def slot(self, zone: str) -> int | None:
        """Return the number of the zone's block, or ``None`` if its name does not determine one."""
        if zone in self.slots:
            return self.slots[zone]
        parsed = parse_zone(zone)
        if parsed is None or parsed.kind != "availability-zone":
            return None
        return string.ascii_lowercase.index(parsed.letter)

    def subnet_number(self, tier: Tier, zone: str) -> tuple[int, int]:
        """Return ``newbits`` and ``netnum`` of Terraform's ``cidrsubnet`` for one subnet.

        Raises:
            ValueError: if the zone has no block; :func:`check_layout` reports that first.

        """
        share = SHARES[tier]
        return self.zone_bits + share.bits, (self._slot(zone) << share.bits) + share.number

    def ipv6_number(self, tier: Tier, zone: str) -> int:
        """Return the number of the subnet's /64 in the VPC's /56.

        Raises:
            ValueError: if the zone has no block; :func:`check_layout` reports that first.

        """
        return self._slot(zone) * IPV6_SUBNETS_PER_ZONE + _IPV6_NUMBER[tier]

    @property
    def zone_bits(self) -> int:
        """How many prefix bits tell zone blocks apart."""
        return self.reserved_zones.bit_length() - 1

    def cidr(self, vpc_cidr: str, tier: Tier, zone: str) -> str:
        """Return one subnet's CIDR block.

        Raises:
            ValueError: if it does not fit; :func:`check_layout` reports that first.

        """
        if self.given is not None:
            return self.given[tier][zone]
        return cidrsubnet(vpc_cidr, *self.subnet_number(tier, zone))

    def _slot(self, zone: str) -> int:
        slot = self.slot(zone)
        if slot is None:
            raise ValueError(f"zone {zone!r} has no block in this layout")
        return slot


def cidrsubnet(prefix: str, newbits: int, netnum: int) -> str:
    """Compute what Terraform's function of the same name does.

    >>> cidrsubnet("10.0.0.0/16", 4, 2)
    '10.0.32.0/20'

    Raises:
        ValueError: if the number or the bits do not fit.

    """
    network = ipaddress.ip_network(prefix, strict=False)
    length = network.prefixlen + newbits
    if length > network.max_prefixlen or not 0 <= netnum < 1 << newbits:
        raise ValueError(f"subnet {netnum} of {newbits} more bits does not fit into {prefix}")
    base = int(network.network_address) + (netnum << (network.max_prefixlen - length))
    return str(ipaddress.ip_network((base, length)))


def check_cidr(cidr: str, *, where: str = "cidr") -> Iterator[Problem]:
    """Yield what AWS would not accept in an IPv4 CIDR block of a VPC or subnet."""
    if is_token(cidr):
        return
    try:
        network = ipaddress.IPv4Network(cidr, strict=False)
    except ValueError:
        yield Problem(where, repr(cidr), "not an IPv4 CIDR block", "Write it as 10.0.0.0/16.", SOURCE)
        return
    if str(network) != cidr:
        yield Problem(where, repr(cidr), "not the canonical form of a block", f"Write {network}.", SOURCE)
    if not LARGEST_PREFIX <= network.prefixlen <= SMALLEST_PREFIX:
        yield Problem(
            where,
            repr(cidr),
            f"a block is between /{LARGEST_PREFIX} and /{SMALLEST_PREFIX}",
            f"Choose a prefix length from {LARGEST_PREFIX} to {SMALLEST_PREFIX}.",
            SOURCE,
        )
    for reserved in _RESERVED:
        if network.overlaps(reserved):
            yield Problem(
                where,
                repr(cidr),
                f"AWS does not route {reserved} in a VPC",
                "Use a private range: 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16.",
                SOURCE,
            )


def check_layout(
    layout: CidrLayout, *, cidr: str, zones: Sequence[str], tiers: Sequence[Tier], ipv6: bool = False
) -> Iterator[Problem]:
    """Yield why ``zones`` times ``tiers`` do not fit into ``cidr`` in this layout.

    Problems that :func:`check_cidr` and ``check_zones`` report are not repeated.

    Args:
        layout: how the VPC's block is divided.
        cidr: the VPC's block.
        zones: the zones, in the order of their places in the block.
        tiers: the kinds of subnets in each zone.
        ipv6: whether each subnet gets an IPv6 block, too.

    """
    if layout.given is None or ipv6:
        yield from _check_slots(layout, zones, ipv6=ipv6)
    if any(check_cidr(cidr)):
        return
    if layout.given is not None:
        yield from _check_given(layout.given, cidr, zones, tiers)
    elif not is_token(cidr) and _is_power_of_two(layout.reserved_zones):
        yield from _check_size(layout, ipaddress.IPv4Network(cidr), tiers)


def _is_power_of_two(number: int) -> bool:
    return number > 0 and number & (number - 1) == 0


def _check_slots(layout: CidrLayout, zones: Sequence[str], *, ipv6: bool) -> Iterator[Problem]:
    reserved = layout.reserved_zones
    room = min(reserved, IPV6_ZONES) if ipv6 and layout.given is None else IPV6_ZONES if ipv6 else reserved
    if not _is_power_of_two(reserved) or reserved > LARGEST_PREFIX:
        yield Problem(
            "layout.reserved_zones",
            str(reserved),
            "zone blocks are equal parts of the VPC: 1, 2, 4, 8 or 16",
            "Take the next power of two.",
        )
        return
    zone_of_slot: dict[int, str] = {}
    for zone in dict.fromkeys(zones):
        if is_token(zone) or parse_zone(zone) is None:
            continue
        slot = layout.slot(zone)
        if slot is None:
            yield Problem(
                "layout.slots",
                f"no block for {zone!r}",
                "only an Availability Zone's letter tells its block",
                f'Choose a free number below {room}: slots={{"{zone}": {room - 1}}}.',
            )
        elif not 0 <= slot < room:
            yield Problem(
                "layout.reserved_zones",
                f"block {slot} for {zone!r}",
                f"there are {room} zone blocks, from 0",
                "Reserve more zones (this moves every subnet), or give the zone a free block with slots.",
            )
        elif slot in zone_of_slot:
            yield Problem(
                "layout.slots",
                f"block {slot} for {zone!r}",
                f"{zone_of_slot[slot]} has it",
                "Give it a block of its own.",
            )
        else:
            zone_of_slot[slot] = zone


def _check_size(layout: CidrLayout, network: ipaddress.IPv4Network, tiers: Sequence[Tier]) -> Iterator[Problem]:
    bits = layout.zone_bits + max((SHARES[tier].bits for tier in tiers if tier in SHARES), default=0)
    smallest = network.prefixlen + bits
    if smallest > SMALLEST_PREFIX:
        yield Problem(
            "cidr",
            repr(str(network)),
            f"divided for {layout.reserved_zones} zones its smallest subnet would be a /{smallest}, AWS's is /28",
            f"Use a /{max(SMALLEST_PREFIX - bits, LARGEST_PREFIX)} or larger, reserve fewer zones, "
            "or give the blocks with CidrLayout.explicit.",
            SOURCE,
        )


def _check_given(
    blocks: Mapping[Tier, Mapping[str, str]], cidr: str, zones: Sequence[str], tiers: Sequence[Tier]
) -> Iterator[Problem]:
    vpc = None if is_token(cidr) else ipaddress.IPv4Network(cidr)
    placed: list[tuple[str, ipaddress.IPv4Network]] = []
    for tier, by_zone in blocks.items():
        wanted = set(zones) if tier in tiers else set()
        for zone in sorted(wanted - set(by_zone)):
            yield Problem(f"layout.{tier}", f"no block for {zone}", "each zone needs one", f"Add layout.{tier}.{zone}.")
        for zone in sorted(set(by_zone) - wanted):
            yield Problem(
                f"layout.{tier}.{zone}",
                repr(by_zone[zone]),
                "no such subnet is asked for",
                f"Add {zone} to zones and {tier} to tiers, or remove it.",
            )
        for zone, block in by_zone.items():
            where = f"layout.{tier}.{zone}"
            problems = list(check_cidr(block, where=where))
            yield from problems
            if problems or is_token(block):
                continue
            network = ipaddress.IPv4Network(block)
            if vpc is not None and not network.subnet_of(vpc):
                yield Problem(where, repr(block), f"outside the VPC's {vpc}", f"Choose a block inside {vpc}.", SOURCE)
            for other_where, other in placed:
                if network.overlaps(other):
                    yield Problem(
                        where, repr(block), f"overlaps {other} of {other_where}", "Choose a free block.", SOURCE
                    )
            placed.append((where, network))
