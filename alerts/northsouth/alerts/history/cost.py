"""What keeping a history costs; pure.

A worked example with the default prices: the 12 series of three NAT gateways with four metric names each, for 30 days,
kept for 455 days::

    updates    12 series * 43,200 minutes = 518,400 * 0.003 / 1,000              =  1.56
    Firehose   518,400 updates * 400 bytes = 0.21 GB * 0.029                     =  0.01
    objects    one in 15 minutes = 2,880 * 0.005 / 1,000                         =  0.01
    storage    0.21 GB * 0.1 compressed * 455 / 30 months = 0.31 GB * 0.023      =  0.01   together 1.58 a month

The updates are nearly all of it, and they count every series of a streamed name: a stream knows no dimensions.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields

from northsouth.errors import Problem, refuse
from northsouth.price_rules import field_problems

MINUTES_PER_DAY = 1440
_FIREHOSE_STEP_BYTES = 5 * 1024
_STATISTICS_PER_UPDATE = 5


@dataclass(frozen=True, kw_only=True)
class HistoryPrices:
    """AWS's prices in one Region, in US dollars before tax. Give your own for other Regions or contracts.

    Attributes:
        thousand_updates: 1,000 metric updates of a metric stream.
        firehose_gb: a GB into Firehose; the price of the first 500 TB of a month.
        storage_gb_month: a GB in S3 Standard for a month; the price of the first 50 TB.
        thousand_puts: 1,000 objects written to S3 Standard.
        region: the Region the prices are of.
        as_of: the month of the price list.
        source: where the prices are from.

    """

    thousand_updates: float = 0.003
    firehose_gb: float = 0.029
    storage_gb_month: float = 0.023
    thousand_puts: float = 0.005
    region: str = "us-east-1"
    as_of: str = "2026-11"
    source: str = "https://aws.amazon.com/cloudwatch/pricing/, https://aws.amazon.com/firehose/pricing/, https://aws.amazon.com/s3/pricing/"

    def __post_init__(self) -> None:
        refuse("HistoryPrices", self._problems())

    def _problems(self) -> Iterator[Problem]:
        for price in fields(self):
            yield from field_problems(price, getattr(self, price.name))


@dataclass(frozen=True, kw_only=True)
class HistoryCost:
    """What a history costs, in US dollars.

    Attributes:
        updates: for the metric stream.
        firehose: for the bytes Firehose takes.
        objects: for writing the objects.
        storage: for keeping them.

    """

    updates: float
    firehose: float
    objects: float
    storage: float

    @property
    def total(self) -> float:
        """All of it."""
        return self.updates + self.firehose + self.objects + self.storage


def history_cost(
    series: int,
    prices: HistoryPrices | None = None,
    *,
    days: float = 30,
    percentiles: int = 0,
    buffer_seconds: int = 900,
    kept_days: float = 455,
    bytes_per_update: int = 400,
    compressed: float = 0.1,
) -> HistoryCost:
    """Return what a history costs over some days, once it is as long as it will be.

    Args:
        series: how many metrics the stream sends: for each declared name, all combinations of dimensions there are.
        prices: the prices; those of us-east-1 if not given.
        days: over how many days.
        percentiles: additional statistics of each metric; five of them cost as much as one more update
            (CloudWatch-metric-streams-statistics).
        buffer_seconds: seconds between two objects, as in ``MetricHistory``.
        kept_days: after how many days the lifecycle deletes an object.
        bytes_per_update: length of one line of JSON; a percentile adds some 15 bytes.
        compressed: what gzip leaves of it.

    Raises:
        ConfigurationError: if a number makes no sense.

    """
    prices = prices or HistoryPrices()
    refuse(
        "history_cost",
        _number_problems(
            series=(series, 0),
            days=(days, 0),
            percentiles=(percentiles, 0),
            buffer_seconds=(buffer_seconds, 1),
            kept_days=(kept_days, 0),
            bytes_per_update=(bytes_per_update, 1),
            compressed=(compressed, 0),
        ),
    )
    minutes = days * MINUTES_PER_DAY
    updates = series * minutes * (1 + math.ceil(percentiles / _STATISTICS_PER_UPDATE))
    size = series * minutes * bytes_per_update
    # Firehose bills each record in steps of 5 KB, and CloudWatch sends at least one record a minute.
    billed = max(size, minutes * _FIREHOSE_STEP_BYTES) if series else 0
    objects = minutes * 60 / buffer_seconds if series else 0
    months = days / 30
    stored = size / days * kept_days * compressed if days else 0
    return HistoryCost(
        updates=updates / 1000 * prices.thousand_updates,
        firehose=billed / 1e9 * prices.firehose_gb,
        objects=objects / 1000 * prices.thousand_puts,
        storage=stored / 1e9 * prices.storage_gb_month * months,
    )


def _number_problems(**numbers: tuple[float, float]) -> Iterator[Problem]:
    for where, (value, least) in numbers.items():
        if isinstance(value, bool) or not math.isfinite(value) or value < least:
            yield Problem(where, repr(value), f"a number of at least {least:g}", "Correct the number.")
