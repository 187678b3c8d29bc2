"""Rules of ``PutMetricAlarm``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from northsouth.alerts.replay.math_syntax import MathError, names, parse
from northsouth.emulator.documented.rule import Rule
from northsouth.emulator.request import Request
from northsouth.metrics.rules import DAY, MAX_METRICS, WEEK, is_statistic

_HOUR = 3600
_API = "AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm"
_MISSING = ("breaching", "ignore", "missing", "notBreaching")
_ARN = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12})?:.+")
_ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")


def _metrics(request: Request) -> list[Mapping[str, Any]]:
    return list(request.parameters.get("Metrics", []))


def _periods(request: Request) -> list[int]:
    single = request.parameters.get("Period")
    among = [each.get("MetricStat", {}).get("Period") or each.get("Period") for each in _metrics(request)]
    return [period for period in (single, *among) if period]


def _period(request: Request) -> str | None:
    wrong = [period for period in _periods(request) if period not in (10, 20, 30) and period % 60]
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
    if ("Metrics" in request.parameters) == ("MetricName" in request.parameters):
        return "Exactly one of MetricName and Metrics must be given"
    return None


def _statistic(request: Request) -> str | None:
    given = request.parameters
    if "MetricName" in given and ("Statistic" in given) == ("ExtendedStatistic" in given):
        return "Exactly one of Statistic and ExtendedStatistic must be given"
    unknown = [text for text in _statistics(request) if not is_statistic(text)]
    return f"The value {unknown[0]} for parameter ExtendedStatistic is not supported." if unknown else None


def _statistics(request: Request) -> Iterator[str]:
    if "ExtendedStatistic" in request.parameters:
        yield request.parameters["ExtendedStatistic"]
    yield from (each["MetricStat"]["Stat"] for each in _metrics(request) if "MetricStat" in each)


def _count(request: Request) -> str | None:
    # Metrics, not the expressions on them (alarm-limits: "10 metrics in a metric math expression").
    number = sum("MetricStat" in each for each in _metrics(request))
    return f"An alarm can have up to {MAX_METRICS} metrics, not {number}" if number > MAX_METRICS else None


def _result(request: Request) -> str | None:
    metrics = _metrics(request)
    results = [each for each in metrics if each.get("ReturnData", True)]
    if metrics and len(results) != 1:
        return f"Exactly one element of the metrics list should return data, not {len(results)}"
    return None


def _ids(request: Request) -> str | None:
    ids = [each["Id"] for each in _metrics(request)]
    twice = [each for each in ids if ids.count(each) > 1]
    return f"The id '{twice[0]}' is not unique among the metrics" if twice else None


def _math(request: Request) -> str | None:
    ids = {each["Id"] for each in _metrics(request)}
    for each in _metrics(request):
        expression = each.get("Expression", "")
        if not expression or expression.upper().lstrip().startswith("SELECT"):
            continue
        try:
            unknown = [name for name in names(parse(expression)) if name not in ids]
        except MathError as error:
            return f"Error in expression '{each['Id']}': {error}"
        if unknown:
            return f"Error in expression '{each['Id']}': Undefined variable '{unknown[0]}'"
    return None


def _arns(request: Request) -> str | None:
    given = [arn for key in _ACTIONS for arn in request.parameters.get(key, [])]
    wrong = [arn for arn in given if not _ARN.fullmatch(arn)]
    return f"Invalid arn syntax: {wrong[0]}" if wrong else None


def _treatment(request: Request) -> str | None:
    given = request.parameters.get("TreatMissingData", "missing")
    return None if given in _MISSING else f"The value {given} for parameter TreatMissingData is not supported."


def _needed(request: Request) -> str | None:
    missing = [key for key in ("ComparisonOperator", "EvaluationPeriods") if key not in request.parameters]
    return f"The parameter {missing[0]} must be present" if missing else None


def _rule(what: str, refusal: Callable[[Request], str | None], source: str = _API) -> Rule:
    return Rule("cloudwatch", ("PutMetricAlarm",), what, source, "ValidationError", refusal)


RULES = (
    _rule("neither MetricName nor Metrics, or both", _either),
    _rule("no ComparisonOperator or no EvaluationPeriods", _needed),
    _rule("a period that is not 10, 20, 30 or a multiple of 60 seconds", _period),
    _rule("a span of over a day, or over 7 days with periods of an hour and more", _span),
    _rule("DatapointsToAlarm over EvaluationPeriods (M > N)", _data_points),
    _rule("neither Statistic nor ExtendedStatistic, both, or an unknown one", _statistic),
    _rule("an unknown TreatMissingData", _treatment),
    _rule("more than 10 metrics", _count, "AmazonCloudWatch/latest/monitoring/cloudwatch_limits"),
    _rule("no metric that returns data, or several", _result),
    _rule("an id that is there twice", _ids, "AmazonCloudWatch/latest/APIReference/API_MetricDataQuery"),
    _rule(
        "metric math that cannot be read, or names an id that is not there",
        _math,
        "AmazonCloudWatch/latest/monitoring/using-metric-math",
    ),
    _rule("an action that is no ARN", _arns),
)
