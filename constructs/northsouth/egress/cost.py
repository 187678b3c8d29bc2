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

The bill for data sent to AWS services in the same Region has no line "to the internet". Prices are those of
:mod:`northsouth.egress.prices`; tiers count what one call is asked about, as if nothing else passed that month.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from northsouth.egress.prices import DAYS_PER_MONTH, Prices, Tiered, charge, first_price
from northsouth.errors import Problem, refuse

HOURS_PER_DAY = 24


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
    crossing = traffic.total_bytes * (1 - gateways / traffic.zones)
    return PathCost(
        path="NAT in one zone" if gateways == 1 < traffic.zones else f"NAT in {_zones(gateways)}",
        hours=gateways * traffic.hours * prices.nat_gateway_hour,
        addresses=gateways * addresses_per_gateway * traffic.hours * prices.public_ipv4_hour,
        processed=_charge(traffic, traffic.total_bytes, prices, prices.nat_gb),
        cross_zone=_charge(traffic, crossing, prices, prices.cross_zone_gb) * 2,
        internet=_charge(traffic, traffic.bytes_out, prices, prices.internet_gb) if traffic.to_internet else 0.0,
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
        processed=_charge(traffic, traffic.total_bytes, prices, prices.endpoint_gb),
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
        The bytes a day, in both directions together, at the first tier's prices; infinity if NAT is no dearer by the
        GB.

    """
    prices = prices or Prices()
    saved = first_price(prices.nat_gb) - first_price(prices.endpoint_gb)
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


def _charge(traffic: Traffic, count: float, prices: Prices, price: Tiered) -> float:
    """Return the cost of bytes over the traffic's days; their price tier is that of a month at the same rate."""
    if not traffic.days:
        return 0.0
    months = traffic.days / DAYS_PER_MONTH
    return charge(prices.gigabytes(count) / months, price) * months


def _row(cost: PathCost) -> tuple[str, ...]:
    parts = (cost.hours, cost.addresses, cost.processed, cost.cross_zone, cost.internet, cost.total)
    return (cost.path, *(f"{part:,.2f}" for part in parts))


def _aligned(row: Iterable[str], widths: Sequence[int]) -> str:
    name, *figures = row
    return "  ".join(
        [name.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(figures, widths[1:], strict=True))]
    )


def _zones(count: int) -> str:
    return "1 zone" if count == 1 else f"{count} zones"
