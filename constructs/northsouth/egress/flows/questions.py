"""What is asked of ``transfers``: sums in bytes and US dollars a day, and remedies; pure.

``transfers`` is the last step of :mod:`northsouth.egress.flows.sql`.

Prices are those of a month's first GB. A worked example with the default prices, one day and two zones: 255 GB to S3 in
the same Region, of which 45 GB cross zones, and 3 GB to the internet, 2 GB of them sent::

    NAT processing      258 GB * 0.045                 = 11.61
    across zones         45 GB * 0.01 * 2              =  0.90
    to the internet       2 GB * 0.09                  =  0.18   together 12.69
    gateway endpoint    255 GB * 0.045 + 0.90 - 0      = 12.375  saved
    what remains          3 GB * 0.045 + 0.18          =  0.315  together 12.69
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from northsouth.egress.cost import HOURS_PER_DAY
from northsouth.egress.flows.endpoint_hosts import INTERFACE
from northsouth.egress.flows.sql import CROSS_ZONE, NONE
from northsouth.egress.prices import Prices, first_price

SENDER = ("source", "instance_id", "ecs_service", "tags", "zone")
"""Columns that describe a sender."""
GROUPS = {
    "sources": SENDER,
    "destinations": ("destination", "names", "service", "region"),
    "services": ("service", "region"),
    "names": ("names", "name_count"),
    "paths": ("source", "instance_id", "ecs_service", "names", "service"),
    "gateways": ("place",),
}
"""What sums are by, and the columns that each group has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """The statements over ``transfers``.

    Attributes:
        prices: what AWS asks.
        days: how many days the records cover.
        zones: in how many zones an interface endpoint would stand.

    """

    prices: Prices
    days: float = 1.0
    zones: int = 1

    def total(self) -> str:
        """Return the sum of everything: one row."""
        return f"SELECT {self._sums()} FROM transfers"

    def by(self, group: str, top: int) -> str:
        """Return sums by one of `GROUPS`, the ``top`` ones with the most bytes."""
        return self.by_columns(GROUPS[group], top)

    def by_columns(self, names: Sequence[str], top: int) -> str:
        """Return sums by columns of ``transfers``, the ``top`` ones with the most bytes."""
        columns = ", ".join(names)
        return (
            f"SELECT {columns}, {self._sums()}\nFROM transfers GROUP BY {columns}\n"
            f"ORDER BY bytes DESC, {columns} LIMIT {top}"
        )

    def remedies(self) -> str:
        """Return what each remedy carries, costs today and afterwards, dearest first; every byte is in one row.

        Columns: ``remedy``, ``target``, sums, ``usd_after`` and ``usd_saved`` a day, and ``pays``: whether it saves.
        """
        nat, hours = self._usd("bytes", first_price(self.prices.nat_gb)), HOURS_PER_DAY
        endpoint = first_price(self.prices.endpoint_gb)
        gateway = hours * (self.prices.nat_gateway_hour + self.prices.public_ipv4_hour)
        after = {
            INTERFACE: f"{self._usd('bytes', endpoint)} + {_number(hours * self.zones * self.prices.endpoint_hour)}",
            CROSS_ZONE: f"{nat} + {self._internet('internet_bytes')} + {_number(gateway)}",
            NONE: "usd_per_day",
        }
        cases = " ".join(f"WHEN '{remedy}' THEN {sql}" for remedy, sql in after.items())
        return (
            f"SELECT *, usd_per_day - usd_after AS usd_saved, remedy <> '{NONE}' AND usd_after < usd_per_day AS pays\n"
            f"FROM (\n  SELECT *, CASE remedy {cases} ELSE {_number(0)} END AS usd_after\n"
            f"  FROM (\n    SELECT remedy, target, count(DISTINCT source) AS senders, {self._sums()}\n"
            "    FROM transfers GROUP BY 1, 2\n  ) summed\n) priced\n"
            "ORDER BY usd_saved DESC, bytes DESC, remedy, target"
        )

    def avoidable(self) -> str:
        """Return what all remedies that pay would save a day: one row."""
        return (
            f"SELECT coalesce(sum(CASE WHEN pays THEN usd_saved END), {_number(0)}) AS usd\nFROM ({self.remedies()}) r"
        )

    def _sums(self) -> str:
        crossing = f"2 * {self._usd('sum(cross_zone_bytes)', first_price(self.prices.cross_zone_gb))}"
        nat = self._usd("sum(bytes)", first_price(self.prices.nat_gb))
        internet = self._internet("sum(internet_bytes)")
        return (
            "sum(upload) AS upload_bytes, sum(download) AS download_bytes, sum(bytes) AS bytes,\n"
            "  sum(cross_zone_bytes) AS cross_zone_bytes, sum(unknown_zone_bytes) AS unknown_zone_bytes,\n"
            f"  sum(internet_bytes) AS internet_bytes, {nat} AS usd_nat, {crossing} AS usd_cross_zone,\n"
            f"  {internet} AS usd_internet, {nat} + {crossing} + {internet} AS usd_per_day"
        )

    def _internet(self, count: str) -> str:
        return self._usd(count, first_price(self.prices.internet_gb))

    def _usd(self, count: str, price: float) -> str:
        """Return SQL for what bytes cost a day."""
        return f"{count} * {_number(price)} / {_number(self.prices.bytes_per_gb * self.days)}"


def _number(value: float) -> str:
    """Return a number as a double in SQL; without an exponent Athena reads it as a decimal."""
    return f"{value:.12f}".rstrip("0").rstrip(".") + "E0"
