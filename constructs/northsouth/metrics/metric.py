"""One CloudWatch metric with its statistic and period, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from northsouth.errors import Problem
from northsouth.metrics import dimensions as u
from northsouth.metrics.algebra import Expression, Series
from northsouth.metrics.dimensions import CLOUDWATCH_UNITS, Unit
from northsouth.metrics.remembering import remembering
from northsouth.metrics.units import UnitError

Statistic: TypeAlias = Literal["Sum", "Average", "Minimum", "Maximum", "SampleCount", "p50", "p90", "p95", "p99"] | str
"""A statistic: one of these, or another percentile, as ``"p99.9"``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric(Series):
    """A CloudWatch metric, the statistic to take of it, and over how long.

    Arithmetic with metrics builds metric math; see :mod:`northsouth.metrics.algebra`.

    Attributes:
        namespace: for example ``AWS/NATGateway``.
        name: the metric's name, for example ``BytesOutToDestination``.
        statistic: ``Sum``, ``Average``, ``Minimum``, ``Maximum``, ``SampleCount`` or a percentile (``p99``).
        unit: what the metric counts, in CloudWatch's own words (``Bytes``, ``Count``, ``Seconds``, ``Percent``), or
            ``Days``. It types the arithmetic and is never sent: an alarm whose unit differs from the published one
            stays in ``INSUFFICIENT_DATA`` for ever (PutMetricAlarm, ``Unit``).
        dimensions: the dimensions by name; every one of them, because CloudWatch matches them exactly.
        period: seconds that one data point covers.
        account_id: the account that has the metric, if it is another one than the alarm's; it has to share its metrics
            with the alarm's account (CloudWatch-Unified-Cross-Account).
        label: what a reader calls this series; names it in graphs and in metric math. The metric's name if empty.

    Raises:
        UnitError: if CloudWatch has no such unit.

    """

    namespace: str
    name: str
    statistic: Statistic
    unit: str
    dimensions: Mapping[str, str] = field(default_factory=dict)
    period: int = 60
    label: str = ""
    account_id: str = ""

    def __post_init__(self) -> None:
        if self.unit not in CLOUDWATCH_UNITS:
            known = f"CloudWatch's units are {', '.join(CLOUDWATCH_UNITS)}"
            problem = Problem("unit", repr(self.unit), known, "Name the unit the metric is published in.")
            raise UnitError(f"Metric {self.name!r}", [problem])
        object.__setattr__(self, "dimensions", dict(self.dimensions))

    def __hash__(self) -> int:
        parts = (self.namespace, self.name, self.statistic, self.unit, self.period, self.account_id)
        return hash((*parts, *sorted(self.dimensions)))

    @property
    def measure(self) -> Unit:
        """The unit of the statistic: a ``SampleCount`` is a count, whatever was measured."""
        return u.COUNT if self.statistic == "SampleCount" else CLOUDWATCH_UNITS[self.unit]

    def with_period(self, seconds: int) -> Metric:
        """Return the same metric taken over ``seconds``."""
        return replace(self, period=seconds)

    def with_statistic(self, statistic: Statistic) -> Metric:
        """Return another statistic of the same metric."""
        return replace(self, statistic=statistic)


@remembering
def metrics_of(expression: Expression) -> tuple[Metric, ...]:
    """Return the different metrics in ``expression``, in reading order."""
    distinct: dict[Metric, None] = {}
    for part in expression.walk():
        if isinstance(part, Metric):
            distinct.setdefault(part)
    return tuple(distinct)
