"""Reads alarms from Terraform JSON: a synthesized ``cdk.tf.json``, or ``terraform show -json`` of a plan or a state.

What cannot be replayed is refused alarm by alarm, with the reason; the rest is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import TypeVar

from northsouth.alerts.mutes.schedule import ScheduleError, parse_duration, parse_schedule
from northsouth.alerts.mutes.zones import ZoneError, zone
from northsouth.alerts.replay.alarms import (
    Actions,
    Alarms,
    Comparison,
    CompositeAlarm,
    MetricAlarm,
    MetricStat,
    Missing,
    MuteRule,
    Query,
    Suppressor,
    WarmUp,
)
from northsouth.alerts.replay.clock import WALL_CLOCK_PERIODS
from northsouth.alerts.replay.composite import RuleError, alarm_name, parse_rule
from northsouth.alerts.replay.math_syntax import MathError
from northsouth.alerts.replay.metric_math import looks_at_neighbours, trees
from northsouth.alerts.replay.series import MetricKey
from northsouth.alerts.replay.timeline import Refusal
from northsouth.metrics.rules import DAY, WEEK, is_statistic
from northsouth.template import Resource, Template, Value, read
from northsouth.template.values import at
from northsouth.tokens import is_token

METRIC_ALARM = "aws_cloudwatch_metric_alarm"
COMPOSITE_ALARM = "aws_cloudwatch_composite_alarm"
MUTE_RULE = "aws_cloudwatch_alarm_mute_rule"
LOG_ALARM = "aws_cloudwatch_log_alarm"

_NAME = re.compile(
    r"\$\{((?:aws_cloudwatch_metric_alarm|aws_cloudwatch_composite_alarm)\.[\w-]+(?:\[[^\]]*\])?)\.(?:alarm_name|arn|id)\}"
)

Read = TypeVar("Read", MetricAlarm, CompositeAlarm, MuteRule)


class _Refused(Exception):  # noqa: N818 (becomes a Refusal)
    def __init__(self, reason: str, fix: str = "") -> None:
        super().__init__(reason)
        self.fix = fix


def read_alarms(source: Template | str | Path) -> Alarms:
    """Return the alarms of a file, and why some of them cannot be replayed.

    Args:
        source: a file of Terraform JSON, or what :func:`northsouth.template.read` made of it.

    Raises:
        TemplateError: if the file is not Terraform JSON.

    """
    template = source if isinstance(source, Template) else read(source)
    return _Reader(template).alarms()


class _Reader:
    def __init__(self, template: Template) -> None:
        self.template = template
        self.refused: list[Refusal] = []
        self.taken: set[tuple[bool, str]] = set()

    def alarms(self) -> Alarms:
        metric = {alarm.name: alarm for alarm in self._read_all(METRIC_ALARM, "alarm_name", self._metric_alarm)}
        composite = {alarm.name: alarm for alarm in self._read_all(COMPOSITE_ALARM, "alarm_name", self._composite)}
        mutes = tuple(self._read_all(MUTE_RULE, "name", self._mute_rule))
        for resource in self.template.of_type(LOG_ALARM):
            reason = "it is a log alarm, and what its query finds is not in the history of any metric"
            self.refused.append(Refusal(self._name(resource, "alarm_name"), resource.address, reason))
        return Alarms(metric, composite, mutes, tuple(self.refused))

    def _read_all(self, kind: str, name_key: str, read: Callable[[str, Resource, Value], Read]) -> Iterator[Read]:
        for resource in self.template.of_type(kind):
            name = self._name(resource, name_key)
            try:
                if resource.repeated:
                    raise _Refused(
                        "one block stands for several alarms whose number only Terraform knows",
                        "Replay a plan or a state instead.",
                    )
                if (kind == MUTE_RULE, name) in self.taken:
                    raise _Refused("another alarm of the file has its name", "Replay their stacks one by one.")
                self.taken.add((kind == MUTE_RULE, name))
                yield read(name, resource, self.template.value(resource))
            except (_Refused, RuleError, ScheduleError, ZoneError, MathError) as error:
                fix = error.fix if isinstance(error, _Refused) else ""
                self.refused.append(Refusal(name, resource.address, str(error), fix))

    def _name(self, resource: Resource, key: str) -> str:
        value = self.template.value(resource, key)
        return value if isinstance(value, str) and value and not is_token(value) else resource.address

    def _metric_alarm(self, name: str, resource: Resource, values: Value) -> MetricAlarm:
        _refuse_kinds(values)
        _refuse_unknown(resource, "threshold", "evaluation_periods", "period", "dimensions", "metric_query")
        operator = _text(values, "comparison_operator")
        if operator not in set(Comparison):
            raise _Refused(f"its comparison {operator!r} needs a band, which only AWS can evaluate")
        queries, judged = _queries(values)
        _check_math(queries, judged)
        period = _one_period(queries)
        periods = _whole_number(values, "evaluation_periods", least=1)
        datapoints = _whole_number(values, "datapoints_to_alarm", default=periods, least=1)
        if datapoints > periods:
            raise _Refused(f"it asks for {datapoints} of {periods} data points")
        _refuse_length(period, periods)
        return MetricAlarm(
            name,
            resource.address,
            queries,
            judged,
            Comparison(operator),
            _number(values, "threshold"),
            periods,
            datapoints,
            period,
            _missing(values),
            at(values, "evaluate_low_sample_count_percentiles") == "ignore",
            _time_zone(values, period),
            _warm_up(values),
            _actions(values),
        )

    def _composite(self, name: str, resource: Resource, values: Value) -> CompositeAlarm:
        _refuse_unknown(resource, "alarm_rule")
        rule = self._with_alarm_names(_text(values, "alarm_rule"))
        parse_rule(rule)
        suppressor = None
        if at(values, "actions_suppressor.alarm") is not None:
            suppressor = Suppressor(
                alarm_name(self._with_alarm_names(_text(values, "actions_suppressor.alarm"))),
                _whole_number(values, "actions_suppressor.wait_period", default=0),
                _whole_number(values, "actions_suppressor.extension_period", default=0),
            )
        return CompositeAlarm(name, resource.address, rule, suppressor, _actions(values))

    def _mute_rule(self, name: str, resource: Resource, values: Value) -> MuteRule:
        expression = _text(values, "rule.schedule.expression")
        parse_schedule(expression)
        time_zone = at(values, "rule.schedule.timezone")
        zone(time_zone if isinstance(time_zone, str) else "UTC")
        targets = at(values, "mute_targets.alarm_names")
        names = targets if isinstance(targets, tuple) else ()
        return MuteRule(
            name,
            resource.address,
            expression,
            parse_duration(_text(values, "rule.schedule.duration")),
            time_zone if isinstance(time_zone, str) else "UTC",
            tuple(alarm_name(self._with_alarm_names(str(name))) for name in names),
            _moment(values, "start_date"),
            _moment(values, "expire_date"),
        )

    def _with_alarm_names(self, text: str) -> str:
        """Return text with each reference to an alarm replaced by the alarm's name."""

        def name(match: re.Match[str]) -> str:
            resource = self.template.resources.get(match[1].replace('\\"', '"'))
            return match[0] if resource is None else self._name(resource, "alarm_name").replace('"', '\\"')

        return _NAME.sub(name, text)


def _refuse_kinds(values: Value) -> None:
    """Refuse the alarms that are judged on something else than metrics."""
    if at(values, "evaluation_criteria") not in (None, ()):
        raise _Refused("it is a PromQL alarm", "Test its query with promtool.")
    if at(values, "threshold_metric_id") not in (None, ""):
        raise _Refused("its threshold is an anomaly band, a model that only AWS can evaluate")


def _refuse_unknown(resource: Resource, *keys: str) -> None:
    for key in keys:
        if key in resource.unknown:
            fix = "Replay the synthesized file, or a state, instead."
            raise _Refused(f"its {key} will be known only after the apply", fix)


def _refuse_length(period: int, periods: int) -> None:
    """Refuse windows that CloudWatch does not have (API_PutMetricAlarm, Period and EvaluationPeriods)."""
    if period not in (10, 20, 30) and (period < 60 or period % 60):
        raise _Refused(f"its period of {period} s is not 10, 20 or 30 s, or a multiple of 60 s")
    longest = WEEK if period >= 3600 else DAY
    if period * periods > longest:
        raise _Refused(f"its window of {periods} times {period} s is longer than the {longest} s that CloudWatch takes")


def _queries(values: Value) -> tuple[tuple[Query, ...], str]:
    """Return what an alarm reads, and the id of what it judges."""
    blocks = at(values, "metric_query")
    blocks = blocks if isinstance(blocks, tuple) else () if blocks is None else (blocks,)
    if not blocks:
        stat = _stat(values, _text(values, "metric_name"), "extended_statistic", "statistic")
        return (Query("m1", stat),), "m1"
    queries = tuple(_query(block) for block in blocks)
    returned = [_text(block, "id") for block in blocks if at(block, "return_data") in (True, "true")]
    if len(blocks) == 1:
        returned = [queries[0].id]
    if len(returned) != 1:
        raise _Refused(f"{len(returned)} of its queries return data, and an alarm judges one series")
    return queries, returned[0]


def _query(block: Value) -> Query:
    name = _text(block, "id")
    metric = at(block, "metric")
    if metric is not None and metric != ():
        account = at(block, "account_id")
        return Query(name, _stat(metric, _text(metric, "metric_name"), "stat", account=account))
    expression = _text(block, "expression")
    if expression.lstrip().upper().startswith("SELECT"):
        raise _Refused("it is a Metrics Insights query, whose metrics are found when it runs")
    return Query(name, expression=expression)


def _stat(values: Value, name: str, *statistics: str, account: Value = None) -> MetricStat:
    statistic = next((text for key in statistics if isinstance(text := at(values, key), str) and text), None)
    if statistic is None or not is_statistic(statistic):
        raise _Refused(f"its statistic {statistic!r} is not one of CloudWatch's")
    declared = at(values, "dimensions")
    dimensions = declared if isinstance(declared, Mapping) else {}
    unit = at(values, "unit")
    key = MetricKey(
        _text(values, "namespace"),
        name,
        tuple((dimension, str(value)) for dimension, value in dimensions.items()),
        account if isinstance(account, str) else "",
    )
    return MetricStat(
        key, statistic, _whole_number(values, "period", least=1), unit if isinstance(unit, str) and unit else None
    )


def _one_period(queries: tuple[Query, ...]) -> int:
    periods = {query.stat.period for query in queries if query.stat is not None}
    if len(periods) != 1:
        period_text = ", ".join(f"{period} s" for period in sorted(periods)) or "no metric"
        raise _Refused(
            f"its metrics have the periods {period_text}, and all metrics of an alarm have one (using-metric-math)"
        )
    return periods.pop()


def _check_math(queries: tuple[Query, ...], judged: str) -> None:
    """Refuse metric math that cannot be evaluated, before any history is read."""
    metrics = tuple(query.id for query in queries if query.stat is not None)
    looks_at_neighbours(judged, metrics, trees({query.id: query.expression for query in queries if query.stat is None}))


def _missing(values: Value) -> Missing:
    choice = at(values, "treat_missing_data")
    if choice is None:
        return Missing.MISSING
    if choice not in set(Missing):
        raise _Refused(f"it treats missing data as {choice!r}, which CloudWatch does not know")
    return Missing(str(choice))


def _time_zone(values: Value, period: int) -> str | None:
    window = at(values, "evaluation_window.wall_clock_window")
    if window is None or window == ():
        return None
    if period not in WALL_CLOCK_PERIODS:
        allowed = ", ".join(map(str, WALL_CLOCK_PERIODS))
        raise _Refused(f"its wall-clock window has a period of {period} s, and CloudWatch takes {allowed}")
    declared = at(values, "evaluation_window.wall_clock_window.timezone")
    name = declared if isinstance(declared, str) and declared else "UTC"
    zone(name)
    return name


def _warm_up(values: Value) -> WarmUp | None:
    block = at(values, "warm_up_configuration")
    if block is None or block == ():
        return None
    minutes = _whole_number(block, "warm_up_period_duration_in_minutes", least=1)
    return WarmUp(minutes, at(block, "only_start_evaluating_after_warm_up_period_ends") in (True, "true"))


def _actions(values: Value) -> Actions:
    enabled = at(values, "actions_enabled") not in (False, "false")
    return Actions(
        _texts(values, "alarm_actions"),
        _texts(values, "ok_actions"),
        _texts(values, "insufficient_data_actions"),
        enabled,
    )


def _texts(values: Value, key: str) -> tuple[str, ...]:
    texts = at(values, key)
    return tuple(str(text) for text in texts) if isinstance(texts, tuple) else ()


def _text(values: Value, path: str) -> str:
    value = at(values, path)
    if not isinstance(value, str) or not value:
        raise _Refused(f"it has no {path}", "Write it, or replay the plan if only Terraform knows it.")
    return value


def _number(values: Value, path: str) -> float:
    value = at(values, path)
    try:
        number = float("nan") if isinstance(value, bool) or not isinstance(value, int | float | str) else float(value)
        if not isfinite(number):
            raise ValueError
        return number
    except (ValueError, OverflowError):
        given = "nothing" if value is None else repr(value)
        raise _Refused(
            f"its {path} is {given}, not a number known now", "Replay the plan if only Terraform knows it."
        ) from None


def _whole_number(values: Value, path: str, *, default: int | None = None, least: int = 0) -> int:
    if default is not None and at(values, path) in (None, 0):
        return default
    number = _number(values, path)
    if number != int(number) or number < least:
        raise _Refused(f"its {path} is {number:g}, not a whole number from {least}")
    return int(number)


def _moment(values: Value, path: str) -> int | None:
    value = at(values, path)
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise _Refused(f"its {path} {value!r} is not a time such as 2026-10-01T02:00:00Z") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
