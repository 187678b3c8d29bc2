"""One CloudWatch metric with its statistic and period, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A CloudWatch metric, the statistic to take of it, and over how long.

    Attributes:
        namespace: for example ``AWS/NATGateway``.
        name: the metric's name, for example ``BytesOutToDestination``.
        statistic: ``Sum``, ``Average``, ``Minimum``, ``Maximum``, ``SampleCount`` or a percentile (``p99``).
        unit: what the metric counts, in CloudWatch's own words (``Bytes``, ``Count``, ``Seconds``, ``Percent``). It
            types the arithmetic and is never sent: an alarm whose unit differs from the published one stays in
            ``INSUFFICIENT_DATA`` for ever (PutMetricAlarm, ``Unit``).
        dimensions: the dimensions by name; every one of them, because CloudWatch matches them exactly.
        period: seconds that one data point covers.

    """

    namespace: str
    name: str
    statistic: str
    unit: str
    dimensions: Mapping[str, str] = field(default_factory=dict)
    period: int = 60
