"""Rules of ``PutMetricAlarm``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from northsouth.alerts.replay.math_syntax import names, parse
from northsouth.emulator.documented import metric_math
from northsouth.emulator.documented.rule import Rule
from northsouth.emulator.request import Request
from northsouth.metrics.rules import DAY, MAX_METRICS, WEEK, is_statistic

_HOUR = 3600
_API = "AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm"
_QUERY = "AmazonCloudWatch/latest/APIReference/API_MetricDataQuery"
_MATH = "AmazonCloudWatch/latest/monitoring/using-metric-math"
_MISSING = ("breaching", "ignore", "missing", "notBreaching")
_ARN = re.compile(r"arn:aws[a-z-]*:(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):(\d{12}|ec2)?:.+")
_TARGETS = frozenset(("aiops", "autoscaling", "automate", "lambda", "sns", "ssm", "ssm-incidents", "swf"))
"""Services whose ARNs are actions of alarms (API_PutMetricAlarm, AlarmActions)."""

_ID = re.compile(r"[a-z][A-Za-z0-9_]*")
_OF_ONE_METRIC = ("Namespace", "MetricName", "Dimensions", "Period", "Unit", "Statistic", "ExtendedStatistic")
"""What stands in the elements of ``Metrics``, if there are any (API_PutMetricAlarm, Metrics)."""

_BANDS = ("LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold")
"""Comparisons with a band of anomaly detection."""

_ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")


def _metrics(request: Request) -> list[Mapping[str, Any]]:
    return list(request.parameters.get("Metrics") or [])


def _own_periods(request: Request) -> list[int]:
    among = [metric.get("MetricStat", {}).get("Period") or metric.get("Period") for metric in _metrics(request)]
    return [period for period in among if period]


def _periods(request: Request) -> list[int]:
    return [period for period in (request.parameters.get("Period"), *_own_periods(request)) if period]


def _period(request: Request) -> str | None:
    # MetricStat's page knows 1 and 5 as well.
    short = (1, 5, 10, 20, 30) if _metrics(request) else (10, 20, 30)
    wrong = [period for period in _periods(request) if period not in short and period % 60]
    return f"Period must be 10, 20, 30, or a multiple of 60, not {wrong[0]}" if wrong else None


def _span(request: Request) -> str | None:
    longest = max(_periods(request), default=0)
    seconds = longest * request.parameters.get("EvaluationPeriods", 1)
    if seconds > WEEK:
        return f"Metrics cannot be checked across more than 7 days (EvaluationPeriods * Period must be <= {WEEK})."
    if seconds > DAY and longest < _HOUR:
        return f"Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= {DAY})."
    return None


def _data_points(request: Request) -> str | None:
    wanted, of = request.parameters.get("DatapointsToAlarm"), request.parameters.get("EvaluationPeriods")
    if wanted is None or of is None or wanted <= of:
        return None
    return f"The number of data points to alarm ({wanted}) must not exceed the number of evaluation periods ({of})"


def _either(request: Request) -> str | None:
    if "EvaluationCriteria" in request.parameters:
        return None
    metrics = _metrics(request)
    present = [name for name in _OF_ONE_METRIC if name in request.parameters]
    if metrics and "MetricName" not in present and present:
        return f"{present[0]} must not be specified with Metrics"
    if bool(metrics) == ("MetricName" in request.parameters):
        return "Exactly one of MetricName and Metrics must be given"
    missing = [name for name in ("Namespace", "Period") if name not in present]
    return f"The parameter {missing[0]} must be present" if missing and not metrics else None


def _statistic(request: Request) -> str | None:
    parameters = request.parameters
    if "MetricName" in parameters and ("Statistic" in parameters) == ("ExtendedStatistic" in parameters):
        return "Exactly one of Statistic and ExtendedStatistic must be given"
    unknown = [text for text in _statistics(request) if not is_statistic(text)]
    return f"The value {unknown[0]} for parameter ExtendedStatistic is not supported." if unknown else None


def _statistics(request: Request) -> Iterator[str]:
    if "ExtendedStatistic" in request.parameters:
        yield request.parameters["ExtendedStatistic"]
    yield from (metric["MetricStat"]["Stat"] for metric in _metrics(request) if "MetricStat" in metric)


def _count(request: Request) -> str | None:
    # Metrics, not the expressions on them (alarm-limits: "10 metrics in a metric math expression").
    number = sum("MetricStat" in metric for metric in _metrics(request))
    return f"An alarm can have up to {MAX_METRICS} metrics, not {number}" if number > MAX_METRICS else None


def _result(request: Request) -> str | None:
    metrics = _metrics(request)
    results = [metric for metric in metrics if metric.get("ReturnData", True)]
    # The metric and its band both return data.
    wanted = 2 if "ThresholdMetricId" in request.parameters else 1
    if metrics and len(results) != wanted:
        return f"Exactly {wanted} of the metrics should return data, not {len(results)}"
    if metrics and not _own_periods(request):
        return "Period must not be null"
    return None


def _ids(request: Request) -> str | None:
    ids = [metric["Id"] for metric in _metrics(request)]
    wrong = [id_ for id_ in ids if not _ID.fullmatch(id_)]
    if wrong:
        return f"Invalid id '{wrong[0]}': the first character must be a lowercase letter"
    twice = [id_ for id_ in ids if ids.count(id_) > 1]
    return f"The id '{twice[0]}' is not unique among the metrics" if twice else None


def _kinds(request: Request) -> str | None:
    wrong = [metric["Id"] for metric in _metrics(request) if ("Expression" in metric) == ("MetricStat" in metric)]
    return f"Exactly one of Expression and MetricStat must be given for '{wrong[0]}'" if wrong else None


def _expressions(request: Request) -> dict[str, str]:
    """Return the metric math by its ids, without queries of Metrics Insights."""
    texts = {metric["Id"]: metric.get("Expression", "") for metric in _metrics(request) if "Expression" in metric}
    return {name: text for name, text in texts.items() if not text.upper().lstrip().startswith("SELECT")}


def _math(request: Request) -> str | None:
    ids = {metric["Id"] for metric in _metrics(request)}
    expressions = _expressions(request)
    for name, text in expressions.items():
        fault = metric_math.fault(text)
        if fault is None:
            unknown = [name for name in names(parse(text)) if name not in ids]
            fault = f"Undefined variable '{unknown[0]}'" if unknown else None
        if fault:
            return f"Error in expression '{name}': {fault}"
    return next(_circles(expressions), None)


def _circles(expressions: Mapping[str, str]) -> Iterator[str]:
    uses = {name: set(names(parse(text))) for name, text in expressions.items()}
    for name in uses:
        reached, waiting = set[str](), [name]
        while waiting:
            further = uses.get(waiting.pop(), set()) - reached
            reached |= further
            waiting += sorted(further)
        if name in reached:
            yield f"Error in expression '{name}': Circular reference"


def _series(request: Request) -> str | None:
    results = {metric["Id"] for metric in _metrics(request) if metric.get("ReturnData", True)}
    for name, text in _expressions(request).items():
        is_band = name == request.parameters.get("ThresholdMetricId")
        if name in results and not is_band and metric_math.is_several(text):
            return f"Error in expression '{name}': An alarm expression must return a single time series"
    return None


def _threshold(request: Request) -> str | None:
    parameters = request.parameters
    if "EvaluationCriteria" in parameters:
        return None
    band = parameters.get("ThresholdMetricId")
    if parameters.get("ComparisonOperator") in _BANDS and band is None:
        return "ThresholdMetricId must be specified for a comparison with a band"
    if (band is None) == ("Threshold" not in parameters):
        return "Exactly one of Threshold and ThresholdMetricId must be given"
    bands = [name for name, text in _expressions(request).items() if "ANOMALY_DETECTION_BAND" in text]
    return None if band is None or band in bands else f"ThresholdMetricId {band} is not the id of an anomaly band"


def _arns(request: Request) -> str | None:
    for arn in (arn for key in _ACTIONS for arn in request.parameters.get(key, [])):
        parts = _ARN.fullmatch(arn)
        if parts is None or parts["service"] not in _TARGETS:
            return f"Invalid arn syntax: {arn}"
        if parts["region"] not in ("", request.region):
            return f"Invalid region {parts['region']} specified. Only {request.region} is supported."
    return None


def _treatment(request: Request) -> str | None:
    treatment = request.parameters.get("TreatMissingData", "missing")
    return None if treatment in _MISSING else f"The value {treatment} for parameter TreatMissingData is not supported."


def _needed(request: Request) -> str | None:
    needed = () if "EvaluationCriteria" in request.parameters else ("ComparisonOperator", "EvaluationPeriods")
    missing = [key for key in needed if key not in request.parameters]
    return f"The parameter {missing[0]} must be present" if missing else None


def _rule(description: str, refusal: Callable[[Request], str | None], source: str = _API) -> Rule:
    return Rule("cloudwatch", ("PutMetricAlarm",), description, source, "ValidationError", refusal)


RULES = (
    _rule("neither MetricName nor Metrics, or parameters of both", _either),
    _rule("no ComparisonOperator or no EvaluationPeriods", _needed),
    _rule("neither Threshold nor ThresholdMetricId, both, or one that is no band", _threshold),
    _rule("a period that is not 10, 20, 30 or a multiple of 60 seconds", _period),
    _rule("a span of over a day, or over 7 days with periods of an hour and more", _span),
    _rule("DatapointsToAlarm over EvaluationPeriods (M > N)", _data_points),
    _rule("neither Statistic nor ExtendedStatistic, both, or an unknown one", _statistic),
    _rule("an unknown TreatMissingData", _treatment),
    _rule("more than 10 metrics", _count, "AmazonCloudWatch/latest/monitoring/cloudwatch_limits"),
    _rule("an id that is there twice, or does not begin with a lowercase letter", _ids, _QUERY),
    _rule("a metric with both an Expression and a MetricStat, or with neither", _kinds, _QUERY),
    _rule("no metric that returns data, several, or no period", _result),
    _rule("metric math that cannot be read, calls what is not there, or names itself", _math, _MATH),
    _rule("metric math that returns several time series", _series, _MATH),
    _rule("an action that is no ARN of an action, or of another Region", _arns),
)
