"""The rules of an alarm's condition whose breach CloudWatch reports late or never; pure.

Each rule yields :class:`~northsouth.errors.Problem` values located at ``when``. Sources are pages of the CloudWatch
user guide unless another is named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from northsouth.errors import Problem
from northsouth.metrics import catalogue, reporting
from northsouth.metrics.algebra import Call, Condition, Several
from northsouth.metrics.metric import Metric, metrics_of
from northsouth.metrics.render import duration, render
from northsouth.tokens import is_token

MAX_METRICS = 10
"""Metrics in the math of one alarm (alarm-limits)."""
MAX_DIMENSIONS = 30
"""Dimensions of one metric (API_PutMetricAlarm, Dimensions)."""
MAX_EXPRESSION = 1024
"""Characters of one expression of an alarm: CloudWatch takes 2048 (API_MetricDataQuery, Expression), but the provider
no more than these (``aws_cloudwatch_metric_alarm``, ``metric_query.expression``, tried with 5.100)."""
DAY = 86400
WEEK = 7 * DAY

_STATISTICS = frozenset({"Average", "IQM", "Maximum", "Minimum", "SampleCount", "Sum"})
_PERCENTILE = re.compile(r"(?:p|tm|wm|tc|ts)(?:100|\d{1,2}(?:\.\d{1,10})?)")
_RANGE = re.compile(r"(?:TM|WM|TC|TS|PR)\((?:\d+(?:\.\d+)?%?)?:(?:\d+(?:\.\d+)?%?)?\)")

_FETCHED = (
    "its result depends on how many data points CloudWatch happened to fetch, which is more than the alarm judges"
)
_SCALAR = "over a single series it returns one number, which an alarm cannot judge, and it depends on the fetched range"
UNRELIABLE: Mapping[str, str] = {
    "RUNNING_SUM": f"{_FETCHED}: it starts counting at the first of them",
    "REMOVE_EMPTY": f"{_FETCHED}: it drops a series when none of them exists",
    "DATAPOINT_COUNT": f"{_FETCHED}: it counts them",
    "FIRST": f"{_FETCHED}: it picks from a list whose length varies",
    "LAST": f"{_FETCHED}: it picks from a list whose length varies",
    "SLICE": f"{_FETCHED}: it picks from a list whose length varies",
    "SORT": f"{_FETCHED}: it orders series by a value over all of them",
    "SEARCH": "alarms do not allow it: what it finds changes with the account",
    "INSIGHT_RULE_METRIC": "it needs a Contributor Insights rule, which this library does not declare",
    "METRICS": "it takes in every metric of the request, also those added later; name the series instead",
    "ANOMALY_DETECTION_BAND": "its band is a model that only AWS can evaluate, so the alarm could not be replayed",
}
"""Functions refused in alarms, with the reason (using-metric-math)."""
_NEED_SLACK = frozenset({"RATE", "DIFF", "DIFF_TIME", "FILL"})
_OVER_A_LIST = frozenset({"SUM", "AVG", "MAX", "MIN", "STDDEV"})


def condition_problems(condition: Condition) -> Iterator[Problem]:
    """Yield everything that is wrong with what an alarm waits for."""
    for rule in _RULES:
        for problem in rule(condition):
            yield problem.within("when")


def window_problems(condition: Condition) -> Iterator[Problem]:
    """Check M of N: both at least 1, M at most N, and a window no longer than CloudWatch allows."""
    m, n = condition.datapoints, condition.of
    if not all(isinstance(count, int) and not isinstance(count, bool) and count >= 1 for count in (m, n)):
        yield Problem("datapoints", f"{m} of {n}", "data points are counted from 1", "Say for_datapoints(3, of=4).")
        return
    if m > n:
        fix = f"Look at {m} data points, or ask for {n} of them at most."
        yield Problem("datapoints", f"{m} of {n}", "DatapointsToAlarm is at most EvaluationPeriods", fix)
    for period in sorted({metric.period for metric in metrics_of(condition.truth)}):
        longest = WEEK if period >= 3600 else DAY
        if period * n > longest:
            yield Problem(
                "datapoints",
                f"{n} data points of {duration(period)}",
                f"a window is at most {duration(longest)} long for this period",
                f"Look at {longest // period} data points at most, or take a longer period.",
                "API_PutMetricAlarm, Period",
            )


def period_problems(condition: Condition) -> Iterator[Problem]:
    """Check periods: one for the whole expression, of a length CloudWatch has, and no shorter than the metric's own."""
    metrics = metrics_of(condition.truth)
    periods = sorted({metric.period for metric in metrics})
    if len(periods) > 1:
        periods_of_metrics = ", ".join(f"{metric.name} {metric.period} s" for metric in metrics)
        fix = "Give the expression one with .with_period(300)."
        yield Problem("period", periods_of_metrics, "all metrics of an alarm have one period", fix, "using-metric-math")
    for metric in metrics:
        if metric.period not in (10, 20, 30) and (metric.period < 60 or metric.period % 60):
            rule = "a period is 10, 20 or 30 s, or a multiple of 60 s"
            yield _of(metric, Problem("period", f"{metric.period} s", rule, "Take 60, 300 or 3600."))
        elif metric.period < 60 and metric.namespace.startswith("AWS/"):
            rule = "metrics of AWS services are stored by the minute"
            yield _of(metric, Problem("period", f"{metric.period} s", rule, "Take 60 or more."))
        elif metric.period < (published := reporting.interval(metric)):
            rule = f"it is published every {duration(published)}, so most data points would be missing"
            yield _of(metric, Problem("period", f"{metric.period} s", rule, f"Take {published} or more."))


def metric_problems(condition: Condition) -> Iterator[Problem]:
    """Check each metric: its name, statistic and dimensions; and how many of them there are."""
    metrics = metrics_of(condition.truth)
    if not metrics:
        yield Problem("", "no metric", "an alarm judges at least one metric", "Compare a Metric with a threshold.")
    if len(metrics) > MAX_METRICS:
        yield Problem(
            "",
            f"{len(metrics)} metrics",
            f"the math of one alarm holds at most {MAX_METRICS}",
            "Split it into several alarms and join them with any_of(...) in a CompositeAlarm.",
            "alarm-limits",
        )
    for metric in metrics:
        yield from _metric(metric)


def _metric(metric: Metric) -> Iterator[Problem]:
    for argument, text, longest in (("namespace", metric.namespace, 255), ("name", metric.name, 255)):
        if not is_token(text) and not (1 <= len(text) <= longest and text.isascii()):
            rule = f"a {argument} is 1 to {longest} ASCII characters"
            yield _of(metric, Problem(argument, repr(text), rule, "Copy it from the CloudWatch console."))
    for problem in catalogue.metric_problems(metric):
        yield _of(metric, problem)
    yield from _account(metric)
    if not is_statistic(metric.statistic):
        rule = "statistics are Sum, Average, Minimum, Maximum, SampleCount, IQM, p99, tm99, TM(10%:90%) and their kin"
        yield _of(
            metric, Problem("statistic", repr(metric.statistic), rule, "See CloudWatch-Statistics for the syntax.")
        )
    if len(metric.dimensions) > MAX_DIMENSIONS:
        rule = f"a metric has at most {MAX_DIMENSIONS} dimensions"
        yield _of(metric, Problem("dimensions", f"{len(metric.dimensions)}", rule, "Publish it with fewer."))
    yield from _dimensions(metric)


def _dimensions(metric: Metric) -> Iterator[Problem]:
    sets = reporting.dimension_sets(metric)
    if sets and frozenset(metric.dimensions) not in sets:
        known = " or ".join("+".join(sorted(dimensions)) for dimensions in sets)
        rule = f"CloudWatch matches dimensions exactly, and {metric.namespace} is published by {known}"
        yield _of(metric, Problem("dimensions", "+".join(metric.dimensions) or "none", rule, "Give one of these sets."))
    for key, value in metric.dimensions.items():
        prefix = reporting.value_prefix(metric, key)
        if is_token(value):
            continue
        if not 1 <= len(value) <= 1024:
            rule = "a dimension's value is 1 to 1024 characters"
            yield _of(metric, Problem(f"dimensions.{key}", repr(value), rule, "Give the value it is published with."))
        elif not value.startswith(prefix):
            rule = f"the dimension {key} begins with {prefix}"
            fix = "Give the resource's arn_suffix." if prefix.endswith("/") else "Give the resource's id or ARN."
            yield _of(metric, Problem(f"dimensions.{key}", repr(value), rule, fix))


def _account(metric: Metric) -> Iterator[Problem]:
    if metric.account_id and not is_token(metric.account_id) and not re.fullmatch(r"\d{12}", metric.account_id):
        rule = "an account's id is twelve digits"
        yield _of(
            metric, Problem("account_id", repr(metric.account_id), rule, "Give the id of the account of the metric.")
        )


def is_statistic(text: str) -> bool:
    """Tell whether CloudWatch knows this statistic; tokens pass."""
    known = text in _STATISTICS or _PERCENTILE.fullmatch(text) or _RANGE.fullmatch(text)
    return bool(known) or is_token(text)


def is_percentile(text: str) -> bool:
    """Tell whether a statistic is one of the percentile kind, which few samples make unreliable."""
    return text not in _STATISTICS and is_statistic(text)


def expression_problems(condition: Condition) -> Iterator[Problem]:
    """Refuse functions that an alarm cannot rely on, and expressions that are not one series or are too long."""
    truth = condition.truth
    for part in truth.walk():
        if isinstance(part, Call):
            yield from _call(part, condition)
    try:
        length = expression_length(condition)
    except TypeError as error:
        yield Problem("", f"{type(truth).__name__}", str(error), "Build it with operators and functions.")
        return
    if length > MAX_EXPRESSION:
        rule = f"an expression that Terraform declares has at most {MAX_EXPRESSION} characters"
        fix = "Give the metrics shorter labels, or split it into several alarms."
        yield Problem("", f"{length} characters of metric math", rule, fix, "aws_cloudwatch_metric_alarm, expression")


def expression_length(condition: Condition) -> int:
    """Return the characters of the longest expression that a condition is written as; 0 for a bare metric."""
    return max((len(query.expression) for query in render(condition).queries), default=0)


def _call(call: Call, condition: Condition) -> Iterator[Problem]:
    name = call.function
    if name in UNRELIABLE:
        yield Problem("", f"{name}(…)", UNRELIABLE[name], _instead(name), "using-metric-math")
    if name in _OVER_A_LIST and not (len(call.arguments) == 1 and isinstance(call.arguments[0], Several)):
        yield Problem("", f"{name}(…) over one series", _SCALAR, f"Give {name} several series.", "using-metric-math")
    if name == "PERIOD" and not (len(call.arguments) == 1 and isinstance(call.arguments[0], Metric)):
        yield Problem("", "PERIOD(…) of an expression", "only a metric has a period", "Give it the metric itself.")
    if name in _NEED_SLACK and condition.datapoints >= condition.of:
        yield Problem(
            "datapoints",
            f"{condition.datapoints} of {condition.of} with {name}",
            f"{name} makes up the newest point of a sparse or late metric, and an alarm that needs every point then "
            "stays in one state for ever",
            f"Ask for fewer than are looked at: for_datapoints({condition.datapoints}, of={condition.of + 1}).",
            "using-metric-math",
        )


def _instead(function: str) -> str:
    return {
        "RUNNING_SUM": "Take a longer period with the statistic Sum.",
        "SEARCH": "Name each metric.",
        "METRICS": "Say SUM(a, b, c).",
    }.get(function, "Say it with comparisons, IF and SUM over named series.")


def _of(metric: Metric, problem: Problem) -> Problem:
    """Return a problem with the metric it is about in its place."""
    return problem.within(metric.label or metric.name or "metric")


_RULES: tuple[Callable[[Condition], Iterator[Problem]], ...] = (
    metric_problems,
    period_problems,
    window_problems,
    expression_problems,
)
