"""What a path out of the VPC costs: NAT, interface endpoint, gateway endpoint; pure.

A worked example with the default prices, three zones, 1,000 GB out and 4,000 GB in over 30 days (720 hours)::

    NAT per zone          hours      3 gateways * 720 h * 0.045               =   97.20
                          addresses  3 * 720 h * 0.005                        =   10.80
                          processed  5,000 GB * 0.045                         =  225.00
                          to the internet  1,000 GB * 0.09                    =   90.00   together 423.00
    NAT in one zone       hours      1 * 720 h * 0.045                        =   32.40
                          addresses  1 * 720 h * 0.005                        =    3.60
                          processed  5,000 GB * 0.045                         =  225.00
                          across zones  5,000 GB * 2/3 * 0.01 * 2             =   66.67
                          to the internet  1,000 GB * 0.09                    =   90.00   together 417.67
    interface endpoint    hours      3 zones * 720 h * 0.01                   =   21.60
                          processed  5,000 GB * 0.01                          =   50.00   together  71.60
    gateway endpoint                                                                      together   0.00

The bill for data sent to AWS services in the same Region has no line "to the internet".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields

from northsouth.errors import Problem, refuse

HOURS_PER_DAY = 24


@dataclass(frozen=True, kw_only=True)
class Prices:
    """What AWS asks in one Region, in US dollars before tax; give your own for other Regions or contracts.

    Attributes:
        nat_gateway_hour: an hour of one NAT gateway (a regional one: of each zone it is in).
        nat_gb: a GB through a NAT gateway, in either direction.
        endpoint_hour: an hour of an interface endpoint in one zone.
        endpoint_gb: a GB through an interface endpoint, in either direction; the first petabyte of a month.
        cross_zone_gb: a GB that crosses zones, charged once in each of the two.
        internet_gb: a GB to the internet, the first 10 TB of a month; the way in is free.
        public_ipv4_hour: an hour of one public IPv4 address, in use or idle.
        bytes_per_gb: 10^9. A bill that counts 2^30 comes out 7 % lower than this.
        region: the Region the prices are of.
        as_of: the month or day they were looked up.
        source: where.

    """

    nat_gateway_hour: float = 0.045
    nat_gb: float = 0.045
    endpoint_hour: float = 0.01
    endpoint_gb: float = 0.01
    cross_zone_gb: float = 0.01
    internet_gb: float = 0.09
    public_ipv4_hour: float = 0.005
    bytes_per_gb: int = 10**9
    region: str = "us-east-1"
    as_of: str = "2026-05"
    source: str = "https://aws.amazon.com/vpc/pricing/, as quoted by https://www.usage.ai/blogs/aws-network-costs/"

    def __post_init__(self) -> None:
        refuse("Prices", self._problems())

    def gigabytes(self, count: float) -> float:
        """Return a number of bytes in the GB of the bill."""
        return count / self.bytes_per_gb

    def _problems(self) -> Iterator[Problem]:
        for price in fields(self):
            value = getattr(self, price.name)
            if isinstance(value, str):
                continue
            if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
                yield Problem(price.name, repr(value), "a price is a number, not below zero", "Give US dollars.")
        if self.bytes_per_gb == 0:
            yield Problem("bytes_per_gb", "0", "a gigabyte has bytes", "Give 10**9 or 2**30.")


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """What passed on one path over some days.

    Attributes:
        bytes_out: bytes sent by the VPC's clients.
        bytes_in: bytes they received.
        days: over how many days.
        zones: in how many zones the clients are, evenly.
        to_internet: whether it leaves AWS's Region, so that sending costs internet transfer too.

    """

    bytes_out: float
    bytes_in: float
    days: float = 30
    zones: int = 3
    to_internet: bool = True

    def __post_init__(self) -> None:
        refuse("Traffic", self._problems())

    @property
    def hours(self) -> float:
        """The days in hours."""
        return self.days * HOURS_PER_DAY

    @property
    def total_bytes(self) -> float:
        """Bytes in both directions, which is what processing is billed by."""
        return self.bytes_out + self.bytes_in

    def _problems(self) -> Iterator[Problem]:
        for name, least in (("bytes_out", 0), ("bytes_in", 0), ("days", 0), ("zones", 1)):
            value = getattr(self, name)
            if not math.isfinite(value) or value < least:
                yield Problem(name, repr(value), f"at least {least}", "Correct the number.")


@dataclass(frozen=True, kw_only=True)
class PathCost:
    """What one path costs for some traffic, in US dollars.

    Attributes:
        path: which path.
        hours: for its existence.
        addresses: for its public addresses.
        processed: for the bytes it handles.
        cross_zone: for bytes that cross zones on the way to it.
        internet: for bytes it sends to the internet.

    """

    path: str
    hours: float = 0.0
    addresses: float = 0.0
    processed: float = 0.0
    cross_zone: float = 0.0
    internet: float = 0.0

    @property
    def total(self) -> float:
        """All of it."""
        return self.hours + self.addresses + self.processed + self.cross_zone + self.internet


def nat_cost(
    traffic: Traffic, prices: Prices | None = None, *, gateways: int | None = None, addresses_per_gateway: int = 1
) -> PathCost:
    """Return what NAT gateways cost for some traffic.

    Args:
        traffic: what passes.
        prices: what AWS asks; the documented defaults when ``None``.
        gateways: in how many zones there is one, from 1 (all in one zone) to ``traffic.zones``, the default. Clients in
            other zones cross zones to reach it, on the way out and on the way back.
        addresses_per_gateway: public addresses of each; 0 for private gateways.

    Raises:
        ConfigurationError: if there are more gateways than zones, or none.

    """
    prices = prices or Prices()
    gateways = traffic.zones if gateways is None else gateways
    if not 1 <= gateways <= traffic.zones:
        allowed = f"1 to {traffic.zones}, one in each zone"
        refuse("nat_cost", [Problem("gateways", str(gateways), allowed, "Correct the number, or traffic.zones.")])
    gigabytes = prices.gigabytes(traffic.total_bytes)
    crossing = gigabytes * (1 - gateways / traffic.zones)
    return PathCost(
        path="NAT in one zone" if gateways == 1 < traffic.zones else f"NAT in {_zones(gateways)}",
        hours=gateways * traffic.hours * prices.nat_gateway_hour,
        addresses=gateways * addresses_per_gateway * traffic.hours * prices.public_ipv4_hour,
        processed=gigabytes * prices.nat_gb,
        cross_zone=crossing * prices.cross_zone_gb * 2,
        internet=prices.gigabytes(traffic.bytes_out) * prices.internet_gb if traffic.to_internet else 0.0,
    )


def interface_endpoint_cost(traffic: Traffic, prices: Prices | None = None, *, services: int = 1) -> PathCost:
    """Return what interface endpoints in each zone cost for some traffic.

    Args:
        traffic: what passes through all of them together.
        prices: what AWS asks; the documented defaults when ``None``.
        services: how many endpoints share the traffic; each is billed by the hour in each zone.

    """
    prices = prices or Prices()
    return PathCost(
        path="interface endpoint" if services == 1 else f"{services} interface endpoints",
        hours=services * traffic.zones * traffic.hours * prices.endpoint_hour,
        processed=prices.gigabytes(traffic.total_bytes) * prices.endpoint_gb,
    )


def gateway_endpoint_cost() -> PathCost:
    """Return what a gateway endpoint (S3, DynamoDB) costs: nothing."""
    return PathCost(path="gateway endpoint")


def path_costs(traffic: Traffic, prices: Prices | None = None) -> tuple[PathCost, ...]:
    """Return what each path would cost for the same traffic, for ``as_text`` or a table of one's own."""
    nat = [nat_cost(traffic, prices)]
    if traffic.zones > 1:
        nat.append(nat_cost(traffic, prices, gateways=1))
    if traffic.to_internet:
        return tuple(nat)
    return (*nat, interface_endpoint_cost(traffic, prices), gateway_endpoint_cost())


def break_even_bytes_per_day(prices: Prices | None = None, *, zones: int = 3) -> float:
    """Return from how many bytes a day an interface endpoint is cheaper than NAT that is there anyway.

    Args:
        prices: what AWS asks; the documented defaults when ``None``.
        zones: in how many zones the endpoint stands.

    Returns:
        The bytes a day, in both directions together; infinity if NAT is no dearer by the GB.

    """
    prices = prices or Prices()
    saved = prices.nat_gb - prices.endpoint_gb
    if saved <= 0:
        return math.inf
    return zones * HOURS_PER_DAY * prices.endpoint_hour / saved * prices.bytes_per_gb


def as_text(costs: Sequence[PathCost], prices: Prices | None = None) -> str:
    """Return a table of costs as plain text, with the prices' Region, day and source below."""
    prices = prices or Prices()
    head = ("path", "hours", "addresses", "processed", "cross-zone", "internet", "total USD")
    rows = [head, *(_row(cost) for cost in costs)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [_aligned(row, widths) for row in rows]
    return "\n".join([*lines, f"Prices of {prices.region} as of {prices.as_of}: {prices.source}"])


def _row(cost: PathCost) -> tuple[str, ...]:
    parts = (cost.hours, cost.addresses, cost.processed, cost.cross_zone, cost.internet, cost.total)
    return (cost.path, *(f"{part:,.2f}" for part in parts))


def _aligned(row: Iterable[str], widths: Sequence[int]) -> str:
    first, *others = row
    return "  ".join(
        [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))]
    )


def _zones(count: int) -> str:
    return "1 zone" if count == 1 else f"{count} zones"
