"""What the alarms of a declared state cost in a month; pure.

AWS bills an alarm for each metric that it reads, and a composite for itself. An anomaly detection band counts as two
metrics more. A worked example with the default prices::

    success rate of a load balancer   metric math on 3 metrics = 3 * 0.10  =  0.30
    latency within a band             1 metric + 2 of the band = 3 * 0.10  =  0.30
    queue by 10 seconds               1 metric                 = 1 * 0.30  =  0.30
    the three under a composite                                = 1 * 0.50  =  0.50   together 1.40 a month

The free tier (ten metrics of standard resolution) is not taken off, because it is one for the whole account. Custom
metrics, dashboards and messages are not in it. Source: https://aws.amazon.com/cloudwatch/pricing/, Alarms.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from northsouth.errors import Problem, refuse
from northsouth.price_rules import field_problems
from northsouth.template import Resource, Template, Value
from northsouth.template.values import at

METRIC, COMPOSITE, LOG = (
    "aws_cloudwatch_metric_alarm",
    "aws_cloudwatch_composite_alarm",
    "aws_cloudwatch_log_alarm",
)
_BAND_METRICS = 2
_BAND = re.compile(r"\bANOMALY_DETECTION_BAND\s*\(", re.IGNORECASE)
_INSIGHTS = re.compile(r"\s*SELECT\b", re.IGNORECASE)
_UNDER_A_MINUTE = re.compile(r"[0-5]?\d(\.0)?")
_CENT = 0.005


@dataclass(frozen=True, kw_only=True)
class AlarmPrices:
    """AWS's prices of alarms in one Region, in US dollars a month before tax.

    Attributes:
        metric: each metric of an alarm with a period of 60 seconds or more (standard resolution).
        high_resolution_metric: each metric of an alarm with a shorter period.
        composite: a composite alarm.
        region: the Region the prices are of.
        as_of: the month of the price list.
        source: where the prices are from.

    """

    metric: float = 0.10
    high_resolution_metric: float = 0.30
    composite: float = 0.50
    region: str = "us-east-1"
    as_of: str = "2026-02"
    source: str = "AWS's price page of CloudWatch, as quoted by others; check it against https://aws.amazon.com/cloudwatch/pricing/"

    def __post_init__(self) -> None:
        refuse("AlarmPrices", self._problems())

    def _problems(self) -> Iterator[Problem]:
        for price in fields(self):
            yield from field_problems(price, getattr(self, price.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmCost:
    """What one alarm costs in a month.

    Attributes:
        address: its address.
        type: the type of the resource.
        metrics: how many metrics it is billed for; 0 of a composite.
        usd: the dollars; of what is not judged, the least that it can be.
        not_judged: what is not in the figure, and why; nothing if all is.

    """

    address: str
    type: str
    metrics: int
    usd: float
    not_judged: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmsCost:
    """What the alarms of some stacks cost together.

    Attributes:
        alarms: each of them.
        prices: the prices.

    """

    alarms: tuple[AlarmCost, ...]
    prices: AlarmPrices

    @property
    def total(self) -> float:
        """US dollars a month; the least it can be, unless it is complete."""
        return math.fsum(alarm.usd for alarm in self.alarms)

    @property
    def metrics(self) -> int:
        """How many metrics are billed."""
        return sum(alarm.metrics for alarm in self.alarms)

    @property
    def composites(self) -> int:
        """How many composites there are."""
        return sum(alarm.type == COMPOSITE for alarm in self.alarms)

    @property
    def complete(self) -> bool:
        """Whether everything is judged."""
        return not any(alarm.not_judged for alarm in self.alarms)

    def as_data(self) -> dict[str, Any]:
        """Return the figure as JSON values."""
        return {
            "alarms": len(self.alarms),
            "metrics": self.metrics,
            "composites": self.composites,
            "usd_per_month": round(self.total, 4),
            "complete": self.complete,
            "not_judged": dict(sorted(Counter(alarm.not_judged for alarm in self.alarms if alarm.not_judged).items())),
            "prices": {"region": self.prices.region, "as_of": self.prices.as_of, "source": self.prices.source},
        }


def alarm_cost(*stacks: Template, prices: AlarmPrices | None = None) -> AlarmsCost:
    """Return what the alarms of some stacks cost in a month.

    Args:
        *stacks: the stacks.
        prices: what AWS asks; the documented defaults when ``None``.

    """
    used_prices = prices or AlarmPrices()
    alarms = [
        _alarm(resource, stack, used_prices) for stack in stacks for resource in stack.of_type(METRIC, COMPOSITE, LOG)
    ]
    return AlarmsCost(alarms=tuple(alarms), prices=used_prices)


def headline(cost: AlarmsCost) -> str:
    """Return the figure in one line."""
    least = "" if cost.complete else "at least "
    composites = f" and {_counted(cost.composites, 'composite')}" if cost.composites else ""
    billed = f"{_counted(cost.metrics, 'metric')}{composites}"
    return f"alarms: {len(cost.alarms)} ({billed}), {least}{cost.total:,.2f} USD a month"


def change(before: AlarmsCost, after: AlarmsCost) -> str:
    """Return in one line what a change does to the number and the price of alarms; nothing if it does nothing."""
    difference = after.total - before.total
    if len(before.alarms) == len(after.alarms) and abs(difference) < _CENT:
        return ""
    least = "" if before.complete and after.complete else ", of what can be judged"
    return f"alarms: {len(before.alarms)} → {len(after.alarms)}, {difference:+,.2f} USD a month{least}"


def notes(cost: AlarmsCost) -> Iterator[str]:
    """Yield what a reader must know beside the figure."""
    for reason, count in sorted(Counter(alarm.not_judged for alarm in cost.alarms if alarm.not_judged).items()):
        yield f"not judged: {reason}: {_counted(count, 'alarm')}"
    prices = cost.prices
    yield f"prices of alarms of {prices.region} as of {prices.as_of}: {prices.source}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _alarm(resource: Resource, template: Template, prices: AlarmPrices) -> AlarmCost:
    values = template.value(resource)
    metrics, usd, reason = _billed(resource.type, values, prices)
    if resource.repeated:
        reason = "how many alarms one block stands for"
    return AlarmCost(address=resource.address, type=resource.type, metrics=metrics, usd=usd, not_judged=reason)


def _billed(kind: str, values: Value, prices: AlarmPrices) -> tuple[int, float, str]:
    """Return the metrics of an alarm, its price, and what is not judged of it."""
    if kind == COMPOSITE:
        return 0, prices.composite, ""
    if kind == LOG or at(values, "evaluation_criteria") not in (None, ()):
        return 0, 0.0, "what a query of logs or of PromQL costs"
    blocks = at(values, "metric_query")
    queries = blocks if isinstance(blocks, tuple) else () if blocks is None else (blocks,)
    if not queries:
        dynamic = at(values, "dynamic") not in (None, ())
        price = _price(at(values, "period"), prices)
        return 1, price, "how many metrics a dynamic block makes" if dynamic else ""
    expressions = [str(at(query, "expression") or "") for query in queries]
    periods = [at(query, "metric.period") for query in queries if at(query, "metric") not in (None, ())]
    bands = sum(len(_BAND.findall(expression)) for expression in expressions)
    insights = [at(query, "period") for query in queries if _INSIGHTS.match(str(at(query, "expression") or ""))]
    billed = [*periods, *insights]
    metrics = len(billed) + _BAND_METRICS * bands
    price = max((_price(period, prices) for period in billed), default=prices.metric)
    return metrics, metrics * price, "how many metrics a query of Metrics Insights reads" if insights else ""


def _price(period: Value, prices: AlarmPrices) -> float:
    """Return the price of a metric by its period in seconds, which may be text."""
    return prices.high_resolution_metric if _UNDER_A_MINUTE.fullmatch(str(period)) else prices.metric


def prices_from(table: Mapping[str, object], *, region: str, as_of: str, source: str) -> AlarmPrices:
    """Return the prices of a table of a file; what it does not say is the default.

    Raises:
        ConfigurationError: if it says anything else than prices.

    """
    known = [price.name for price in fields(AlarmPrices) if price.type != "str"]
    rule = f"the prices of alarms are {', '.join(known)}"
    refuse(
        "AlarmPrices", (Problem(key, repr(table[key]), rule, "Correct the key.") for key in table if key not in known)
    )
    values: dict[str, Any] = dict(table)
    return AlarmPrices(**values, region=region, as_of=as_of, source=source)
