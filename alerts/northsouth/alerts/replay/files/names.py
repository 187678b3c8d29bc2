"""What a file calls a series, and which metric of an alarm that is; pure.

A mapping is a list of lines, each ``what = what``::

    ${aws_nat_gateway.a.id} = nat-0123
    m1 = Sum of AWS/NATGateway/BytesOutToDestination{NatGatewayId=nat-0123}
    march.csv:value = Average of AWS/EC2/CPUUtilization{InstanceId=i-1}
    (none) = AWS/ApplicationELB/HTTPCode_Target_5XX_Count{LoadBalancer=app/a/1}

The first says what AWS made of a reference of Terraform. The second says which metric an Id, a label or a column is;
the third says it for one file. The last says that a metric had no points.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from northsouth.alerts.replay.series import MetricKey
from northsouth.errors import Problem, refuse
from northsouth.metrics.rules import is_statistic

NO_POINTS = "(none)"
"""What stands in a mapping for a series without points."""
_TOKEN = re.compile(r"\$\{[^{}]*\}")
_STATISTIC = re.compile(r"(?P<statistic>\S+) of (?P<metric>.+)")
_METRIC = re.compile(r"(?:(?P<account>\d{12}):)?(?P<namespace>[^{}]+)/(?P<name>[^/{}]+)(?:\{(?P<dimensions>.*)\})?")
_DIMENSION = re.compile(r"\s*(?P<name>[^=,{}]+?)\s*=\s*(?P<value>(?:\$\{[^{}]*\}|[^,])*?)\s*(?:,|$)")


@dataclass(frozen=True, slots=True)
class Meant:
    """What a mapping says about a series: its metric and, if needed, its statistic."""

    metric: MetricKey
    statistic: str | None = None

    def __str__(self) -> str:
        return f"{self.statistic} of {self.metric}" if self.statistic else str(self.metric)


@dataclass(frozen=True, slots=True)
class Names:
    """A mapping.

    Attributes:
        tokens: what AWS made of references, by the reference with ``${`` and ``}``.
        series: metrics by what files call them.
        without_points: metrics that had no points.

    """

    tokens: Mapping[str, str] = field(default_factory=dict)
    series: Mapping[str, Meant] = field(default_factory=dict)
    without_points: frozenset[MetricKey] = frozenset()

    @classmethod
    def of(cls, lines: Iterable[str]) -> Names:
        """Return the mapping that some lines say; empty lines and lines that begin with ``#`` say nothing.

        Raises:
            ConfigurationError: with every line that cannot be understood, or contradicts another.

        """
        tokens: dict[str, str] = {}
        series: dict[str, Meant] = {}
        without: set[MetricKey] = set()
        problems: list[Problem] = []
        for line in lines:
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            left, right = _sides(line)
            if not left or not right:
                problems.append(
                    Problem(line.strip(), "no two sides", "a line is 'what = what'", f"Write m1 = {EXAMPLE}.")
                )
            elif _TOKEN.fullmatch(left):
                problems += _twice(left, tokens.get(left), right)
                tokens[left] = right
            else:
                metric_meant = _parsed(right)
                if metric_meant is None:
                    problems.append(_no_metric(left, right))
                elif left == NO_POINTS:
                    without.add(metric_meant.metric)
                else:
                    problems += _twice(left, series.get(left), metric_meant)
                    series[left] = metric_meant
        refuse("the mapping", problems)
        return cls(tokens, series, frozenset(without))

    def real(self, metric: MetricKey) -> MetricKey:
        """Return a metric with its references replaced, as far as they are known."""
        pairs = tuple((name, self._replaced(value)) for name, value in metric.dimensions)
        return MetricKey(self._replaced(metric.namespace), self._replaced(metric.name), pairs, metric.account)

    def _replaced(self, text: str) -> str:
        return _TOKEN.sub(lambda match: self.tokens.get(match[0], match[0]), text)


EXAMPLE = "Sum of AWS/NATGateway/BytesOutToDestination{NatGatewayId=nat-0123}"


def tokens_in(metric: MetricKey) -> Iterator[tuple[str, str]]:
    """Yield the references of a metric that are not replaced, each with the dimension it belongs to."""
    for name, value in metric.dimensions:
        for token in _TOKEN.findall(value):
            yield name, token


def metric_of(text: str) -> MetricKey:
    """Return the metric that a text names, written as ``namespace/name{dimension=value, …}``.

    Raises:
        ConfigurationError: if the text names none.

    """
    metric_meant = _parsed(text)
    if metric_meant is None or metric_meant.statistic:
        refuse("metric", [_no_metric("metric", text)])
        raise AssertionError
    return metric_meant.metric


def _sides(line: str) -> tuple[str, str]:
    """Split a line at its first `` = ``, or else at its first ``=``."""
    left, equals, right = line.partition(" = ")
    if not equals:
        left, _, right = line.partition("=")
    return left.strip(), right.strip()


def _parsed(text: str) -> Meant | None:
    statistic = None
    if (match_of_statistic := _STATISTIC.fullmatch(text)) and is_statistic(match_of_statistic["statistic"]):
        statistic, text = match_of_statistic["statistic"], match_of_statistic["metric"].strip()
    match = _METRIC.fullmatch(text)
    if match is None:
        return None
    dimensions: list[tuple[str, str]] = []
    rest = match["dimensions"] or ""
    while rest:
        pair = _DIMENSION.match(rest)
        if pair is None:
            return None
        dimensions.append((pair["name"], pair["value"]))
        rest = rest[pair.end() :]
    return Meant(MetricKey(match["namespace"], match["name"], tuple(dimensions), match["account"] or ""), statistic)


def _no_metric(left: str, right: str) -> Problem:
    rule = "a metric is written namespace/name{dimension=value}, with 'Sum of' or another statistic before it if needed"
    return Problem(left, repr(right), rule, f"Write for example {left} = {EXAMPLE}.")


def _twice(left: str, before: object, now: object) -> Iterator[Problem]:
    if before is not None and before != now:
        given = f"both {before} and {now}"
        yield Problem(
            left, given, "a series belongs to one metric, and a reference is one value", "Keep one line of it."
        )
