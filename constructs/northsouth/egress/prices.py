"""What AWS asks for the paths out of a VPC, by tier, with date and source; the one table of the library; pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import pairwise

from northsouth.errors import Problem, refuse
from northsouth.price_rules import field_problems, price_problems

DAYS_PER_MONTH = 30
"""Tiers are counted by the month. Traffic of other spans counts at its rate over this many days."""

TB = 1024
"""GB in a TB as AWS's price list counts tiers: the first 10 TB end at 10,240 GB."""

PB = 1024 * TB
"""GB in a PB as AWS's price list counts tiers."""


@dataclass(frozen=True)
class Tier:
    """A part of a month's traffic and its price.

    Attributes:
        usd_per_gb: the price of a GB in this tier.
        up_to_gb: where the tier ends, in GB from the month's first byte on; the last tier has no end.

    """

    usd_per_gb: float
    up_to_gb: float = math.inf


Tiered = float | tuple[Tier, ...]
"""The price of a GB: one number, or tiers in ascending order."""


def charge(gigabytes: float, price: Tiered) -> float:
    """Return what a month's GB cost in US dollars, each at the price of its tier."""
    total, start = 0.0, 0.0
    for tier in _tiers(price):
        total += (min(max(gigabytes, start), tier.up_to_gb) - start) * tier.usd_per_gb
        if gigabytes <= tier.up_to_gb:
            break
        start = tier.up_to_gb
    return total


def first_price(price: Tiered) -> float:
    """Return the price of a month's first GB."""
    return _tiers(price)[0].usd_per_gb


def _tiers(price: Tiered) -> tuple[Tier, ...]:
    return price if isinstance(price, tuple) else (Tier(price),)


@dataclass(frozen=True, kw_only=True)
class Prices:
    """AWS's prices in one Region, in US dollars before tax. Give your own for other Regions or contracts.

    Attributes:
        nat_gateway_hour: an hour of one NAT gateway (a regional one: of each zone it is in).
        nat_gb: a GB through a NAT gateway, in either direction; AWS has one tier.
        endpoint_hour: an hour of an interface endpoint in one zone.
        endpoint_gb: a GB through an interface endpoint, in either direction. The tiers count all interface endpoints
            of the Region together.
        cross_zone_gb: a GB that crosses zones, charged once in each of the two; AWS has one tier.
        internet_gb: a GB to the internet. Traffic from the internet is free. The tiers count all services of the
            account together.
        public_ipv4_hour: an hour of one public IPv4 address, in use or idle.
        bytes_per_gb: bytes in a billed GB: 10^9. If AWS counts 2^30, the bill is 7 % lower than the figure.
        region: the Region the prices are of.
        as_of: the month or day of the price list.
        source: where the prices are from.

    """

    nat_gateway_hour: float = 0.045
    nat_gb: Tiered = 0.045
    endpoint_hour: float = 0.01
    endpoint_gb: Tiered = (Tier(0.01, PB), Tier(0.006, 5 * PB), Tier(0.004))
    cross_zone_gb: Tiered = 0.01
    internet_gb: Tiered = (Tier(0.09, 10 * TB), Tier(0.085, 50 * TB), Tier(0.07, 150 * TB), Tier(0.05))
    public_ipv4_hour: float = 0.005
    bytes_per_gb: int = 10**9
    region: str = "us-east-1"
    as_of: str = "2026-05"
    source: str = (
        "AWS's price pages of VPC, PrivateLink and EC2, as quoted by others; check the tiers against "
        "https://aws.amazon.com/vpc/pricing/, https://aws.amazon.com/privatelink/pricing/ and "
        "https://aws.amazon.com/ec2/pricing/on-demand/"
    )

    def __post_init__(self) -> None:
        refuse("Prices", self._problems())

    def gigabytes(self, count: float) -> float:
        """Return a number of bytes in the GB of the bill."""
        return count / self.bytes_per_gb

    def _problems(self) -> Iterator[Problem]:
        for price in fields(self):
            value = getattr(self, price.name)
            if price.type == "Tiered" and isinstance(value, tuple):
                yield from _check_tiers(price.name, value)
            else:
                yield from field_problems(price, value)
        if self.bytes_per_gb == 0:
            yield Problem("bytes_per_gb", "0", "a gigabyte has bytes", "Give 10**9 or 2**30.")


def _check_tiers(where: str, tiers: tuple[Tier, ...]) -> Iterator[Problem]:
    if not tiers or not all(isinstance(tier, Tier) for tier in tiers):
        yield Problem(where, repr(tiers), "a price is a number or at least one Tier", "Give Tier(usd_per_gb).")
        return
    for index, tier in enumerate(tiers):
        yield from price_problems(f"{where}[{index}].usd_per_gb", tier.usd_per_gb)
    ends = [0.0, *(tier.up_to_gb for tier in tiers)]
    if not all(before < after for before, after in pairwise(ends)) or ends[-1] != math.inf:
        given = ", ".join(f"{end:g}" for end in ends[1:])
        yield Problem(where, given, "tiers end in ascending order, and the last has no end", "Sort the tiers.")
