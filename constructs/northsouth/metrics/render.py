"""Writes a condition the way CloudWatch takes it: one metric with a threshold, or a list of queries.

The result is plain data; the ``Alarm`` construct, a dashboard or a replay turns it into its own form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from northsouth.metrics import dimensions as u
from northsouth.metrics.algebra import Comparison, Condition, Expression, Literal, Truth, convert
from northsouth.metrics.metric import Metric, metrics_of
from northsouth.metrics.remembering import remembering
from northsouth.metrics.syntax import number, write
from northsouth.metrics.units import Quantity
from northsouth.tokens import is_token

LONGEST_ID = 200
"""Characters of an id that come from a name; CloudWatch takes 255 (API_MetricDataQuery, Id)."""
OPERATORS = {
    "<": "LessThanThreshold",
    "<=": "LessThanOrEqualToThreshold",
    ">": "GreaterThanThreshold",
    ">=": "GreaterThanOrEqualToThreshold",
}
"""An alarm's comparison operators by sign; there is none for equality."""
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


@dataclass(frozen=True, slots=True)
class Query:
    """One element of an alarm's ``metric_query`` list: a metric, or the expression that is judged.

    Attributes:
        id: its name within expressions.
        metric: the metric it stands for, or ``None`` for an expression.
        expression: the metric math, or empty for a metric.
        label: what graphs call it.

    """

    id: str
    metric: Metric | None
    expression: str
    label: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A condition in CloudWatch's terms.

    Attributes:
        metric: the one metric that is judged as it is; ``None`` when there is metric math.
        queries: the metrics and, last, the expression that is judged; empty when there is one metric.
        comparison_operator: CloudWatch's name for the relation.
        threshold: the number it is compared with, in the metric's unit, or that of the expression.
        unit: that unit.
        evaluation_periods: how many data points are looked at (N).
        datapoints_to_alarm: how many of them must breach (M).
        formula: what is judged, written with the ids of the queries.
        limit: what it is compared with, in the unit it was declared in: ``> 2 Gbit/s``; empty if the formula says it.
        window: how many data points must breach, of how many, and their length.

    """

    metric: Metric | None
    queries: tuple[Query, ...]
    comparison_operator: str
    threshold: int | float
    unit: u.Unit
    evaluation_periods: int
    datapoints_to_alarm: int
    formula: str
    limit: str
    window: str

    @property
    def text(self) -> str:
        """The condition as a person would write it."""
        return self.said(self.formula)

    def said(self, formula: str) -> str:
        """Return the condition with other words for what is judged."""
        return f"{formula} {self.limit} at {self.window}" if self.limit else f"{formula} at {self.window}"

    @property
    def period(self) -> int:
        """Seconds that one data point covers."""
        judged = [query.metric for query in self.queries] if self.metric is None else [self.metric]
        return _period(metric for metric in judged if metric is not None)


@remembering
def render(condition: Condition) -> Rendered:
    """Return ``condition`` in CloudWatch's terms.

    One metric compared with a number keeps the alarm's plain form, which the console can draw with all its tools, and
    its threshold is converted into the metric's unit. Everything else becomes metric math, and there the expression is
    converted into the unit of the threshold, so that the graph reads as the declaration does. So does a single metric
    of another account, because the plain form has no account.
    """
    judged, relation, threshold = _normal(condition.truth)
    ids = name_metrics(judged)
    formula, limit = _sentence(condition.truth, ids)
    unit = threshold.unit or judged.measure
    plain: Metric | None = None
    queries: tuple[Query, ...] = ()
    if isinstance(judged, Metric) and not judged.account_id:
        converted = convert(threshold, judged.measure)
        value = converted.value if isinstance(converted, Literal) else threshold.value
        plain, unit = judged, judged.measure
    else:
        judged, value = convert(judged, unit), threshold.value
        queries = (
            *(Query(name, metric, "", metric.label or metric.name) for metric, name in ids.items()),
            Query(_free("result", set(ids.values())), None, write(judged, ids), unit.symbol or "ratio"),
        )
    return Rendered(
        metric=plain,
        queries=queries,
        comparison_operator=OPERATORS[relation],
        threshold=value,
        unit=unit,
        evaluation_periods=condition.of,
        datapoints_to_alarm=condition.datapoints,
        formula=formula,
        limit=limit,
        window=f"{condition.datapoints} of {condition.of} data points of {duration(_period(ids))}",
    )


def name_metrics(expression: Expression) -> dict[Metric, str]:
    """Return an id for each metric in ``expression``, made of its label or name: ``bytes_out_to_destination``.

    If two metrics have one name, their ids name what differs: the statistic, then the value of a dimension if it is
    known, then a number.
    """
    named: dict[Metric, str] = {}
    metrics = metrics_of(expression)
    bases = {metric: _identifier(metric.label or metric.name) for metric in metrics}
    for metric, base in bases.items():
        rivals = [other for other, name in bases.items() if name == base and other != metric]
        candidate = base
        if any(rival.statistic != metric.statistic for rival in rivals):
            candidate = f"{base}_{_identifier(metric.statistic)}"
        elif rivals:
            telling = [
                value
                for key, value in metric.dimensions.items()
                if not is_token(value) and any(rival.dimensions.get(key) != value for rival in rivals)
            ]
            candidate = "_".join([base, *(_identifier(value) for value in telling)])
        named[metric] = _free(candidate, set(named.values()))
    return named


def _normal(truth: Truth) -> tuple[Expression, str, Literal]:
    """Bring a condition into the form "expression, relation, number" that an alarm has."""
    if not isinstance(truth, Comparison) or truth.relation not in OPERATORS:
        return truth, ">", Literal(0)
    left, relation, right = truth.left, str(truth.relation), truth.right
    if isinstance(left, Literal) and not isinstance(right, Literal):
        left, relation, right = right, _FLIPPED[relation], left
    if isinstance(right, Literal):
        return left, relation, right
    return left - right, relation, Literal(0)


def _period(metrics: Iterable[Metric]) -> int:
    return max((metric.period for metric in metrics), default=60)


def _sentence(truth: Truth, ids: Mapping[Metric, str]) -> tuple[str, str]:
    """Return what is judged and the limit in its own unit: ``bytes / PERIOD(bytes)`` and ``> 2 Gbit/s``."""
    left, relation, right = _normal(truth)
    if left is truth or (isinstance(truth, Comparison) and left not in (truth.left, truth.right)):
        return write(truth, ids), ""
    limit = str(Quantity(right.value, right.unit)) if right.unit else number(right.value)
    return write(left, ids), f"{relation} {limit}"


def duration(seconds: int) -> str:
    """Return seconds as a person says them: ``5 min``, ``1 day``."""
    for unit, size in (("day", 86400), ("h", 3600), ("min", 60)):
        if seconds % size == 0 and seconds >= size:
            number_of = seconds // size
            return f"{number_of} {unit}{'s' if unit == 'day' and number_of > 1 else ''}"
    return f"{seconds} s"


def _identifier(text: str) -> str:
    """Turn ``HTTPCode_Target_5XX_Count`` into ``http_code_target_5xx_count``: ids begin with a lower case letter."""
    if is_token(text):
        return "metric"
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", text)
    plain = re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")
    return (plain if plain[:1].isalpha() else f"m_{plain}".rstrip("_"))[:LONGEST_ID]


def _free(name: str, taken: set[str]) -> str:
    """Return ``name``, or the first of ``name_2``, ``name_3``, … that is not taken."""
    candidate, n = name, 1
    while candidate in taken:
        n += 1
        candidate = f"{name}_{n}"
    return candidate
