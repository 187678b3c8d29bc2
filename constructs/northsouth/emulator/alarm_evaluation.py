"""Judges alarms from the data that was put, as CloudWatch would have between two moments.

Nothing is judged by itself, so that a state set by ``SetAlarmState`` stays: ``Emulator.judge_alarms`` does it when a
test asks, and ``python -m northsouth.emulator --judge-alarms`` every minute. What an alarm does at a change is in
``alarm_actions``; composites follow their children.

What real AWS does differently: warm-up periods and mute rules are not known here; data can be read a while after it
was put, here at once. Alarms that cannot be replayed (``northsouth.alerts.replay``) keep their state.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from moto.cloudwatch import models
from moto.cloudwatch.models import (
    Alarm,
    CloudWatchBackend,
    MetricAggregatedDatum,
    MetricDatumBase,
    cloudwatch_backends,
)
from moto.core.utils import utcnow

from northsouth.alerts.replay import (
    Alarms,
    MetricKey,
    Samples,
    Series,
    Settings,
    State,
    Transition,
    read_alarms,
    replay,
)
from northsouth.emulator import alarm_states, patching
from northsouth.emulator.composite_alarms import CompositeAlarm
from northsouth.template import parse

MINUTE = 60
_log = logging.getLogger(__name__)
_moments: list[datetime] = []
"""The moment of the change that is being made, if one is."""


def install() -> None:
    """Let changes of state happen at the moment of their evaluation, and alarms have every statistic."""

    def now() -> datetime:
        return _moments[-1] if _moments else utcnow()

    def put_metric_alarm(backend: Any, *, extended_statistic: str | None = None, **parameters: Any) -> Alarm:
        present = backend.alarms.get(parameters["name"])
        # moto takes percentiles only; the documented rules have refused what is no statistic.
        alarm: Alarm = put(backend, **parameters)
        alarm.extended_statistic = extended_statistic
        alarm_states.take_over(alarm, present)
        return alarm

    patching.replace(models, "utcnow", now)
    put = patching.replace(CloudWatchBackend, "put_metric_alarm", put_metric_alarm)


Change = tuple[int, str, Alarm, Transition]
"""A moment in seconds since 1970 UTC, the alarm's name, the alarm, and what becomes of it."""


def changes(start: datetime, end: datetime) -> list[tuple[datetime, list[Change]]]:
    """Judge every metric alarm at each of its evaluations from ``start`` to ``end``.

    Args:
        start: the first moment, with a time zone.
        end: the last one.

    Returns:
        the moments at which alarms change their states, each with the changes; nothing has happened yet.

    """
    span = int(start.timestamp()), int(end.timestamp())
    backends = [backend for regions in list(cloudwatch_backends.values()) for backend in list(regions.values())]
    judged = sorted((judgement for backend in backends for judgement in _judge(backend, *span)), key=itemgetter(0, 1))
    return [(datetime.fromtimestamp(time, UTC), list(group)) for time, group in groupby(judged, key=itemgetter(0))]


def make(moment: datetime, group: Iterable[Change]) -> None:
    """Let alarms change their states at a moment, and act."""
    _moments.append(moment.replace(tzinfo=None))
    try:
        for _, _, alarm, change in group:
            alarm.update_state(change.reason, "{}", change.state.value)
    finally:
        _moments.pop()


def _judge(backend: Any, start: int, end: int) -> Iterator[Change]:
    plain = {alarm.name: alarm for alarm in backend.alarms.values() if not isinstance(alarm, CompositeAlarm)}
    if not plain:
        return
    blocks = {f"a{number}": _block(alarm) for number, alarm in enumerate(plain.values())}
    alarms = read_alarms(parse({"resource": {"aws_cloudwatch_metric_alarm": blocks}}))
    initial = {name: State(alarm.state_value) for name, alarm in plain.items()}
    settings = Settings(start=start, end=end, initial=initial, created=False, mark_unknowns=False)
    result = replay(alarms, _history(alarms, backend.get_all_metrics()), settings)
    for refusal in result.refused:
        _log.warning("%s", refusal)
    for name, line in result.timelines.items():
        yield from ((change.time, name, plain[name], change) for change in line.transitions)


def _block(alarm: Alarm) -> dict[str, Any]:
    """Return an alarm as Terraform declares it."""
    block = {
        "alarm_name": alarm.name,
        "comparison_operator": alarm.comparison_operator,
        "evaluation_periods": alarm.evaluation_periods,
        "datapoints_to_alarm": alarm.datapoints_to_alarm,
        "threshold": alarm.threshold,
        "threshold_metric_id": alarm.threshold_metric_id,
        "treat_missing_data": alarm.treat_missing_data,
        "evaluate_low_sample_count_percentiles": alarm.evaluate_low_sample_count_percentile,
        "metric_name": alarm.metric_name,
        "namespace": alarm.namespace,
        "period": alarm.period,
        "statistic": alarm.statistic,
        "extended_statistic": alarm.extended_statistic,
        "unit": alarm.unit,
        "dimensions": {dimension.name: dimension.value for dimension in alarm.dimensions},
        "metric_query": [_query(query) for query in alarm.metric_data_queries or []],
    }
    return {key: value for key, value in block.items() if value not in (None, "", [], {})}


def _query(query: Any) -> dict[str, Any]:
    stat = query.metric_stat
    if stat is None:
        returned = str(query.return_data).lower() == "true"
        return {"id": query.id, "expression": query.expression, "return_data": returned}
    metric = {
        "metric_name": stat.metric.metric_name,
        "namespace": stat.metric.namespace,
        "dimensions": {dimension.name: dimension.value for dimension in stat.metric.dimensions},
        "period": int(stat.period),
        "stat": stat.stat,
    }
    return {"id": query.id, "metric": metric, "return_data": str(query.return_data).lower() == "true"}


def _history(alarms: Alarms, data: Iterable[MetricDatumBase]) -> dict[MetricKey, Series]:
    """Return what was put of the metrics that alarms read; a metric without data has an empty series."""
    known: dict[MetricKey, dict[int, list[MetricDatumBase]]] = {metric: {} for metric in alarms.metrics}
    finest = min((alarm.period for alarm in alarms.metric.values()), default=MINUTE)
    step = MINUTE if finest >= MINUTE else 10
    for datum in data:
        dimensions = tuple((dimension.name or "", dimension.value or "") for dimension in datum.dimensions)
        metric = MetricKey(datum.namespace, datum.name, dimensions)
        if metric in known:
            at = datum.timestamp if datum.timestamp.tzinfo else datum.timestamp.replace(tzinfo=UTC)
            known[metric].setdefault(int(at.timestamp()) // step * step, []).append(datum)
    return {metric: _series(points, step, str(metric)) for metric, points in known.items()}


def _series(points: dict[int, list[MetricDatumBase]], step: int, name: str) -> Series:
    rows = [list(_sets(points[time])) for time in sorted(points)]
    singles = all(low == high for row in rows for low, high, _, _ in row)
    values = [low for row in rows for low, _, _, _ in row]
    counts = [count for row in rows for _, _, _, count in row]
    offsets = np.cumsum([0, *(len(row) for row in rows)])
    statistics = {
        "Minimum": np.array([min(low for low, _, _, _ in row) for row in rows]),
        "Maximum": np.array([max(high for _, high, _, _ in row) for row in rows]),
        "Sum": np.array([sum(total for _, _, total, _ in row) for row in rows]),
        "SampleCount": np.array([sum(count for _, _, _, count in row) for row in rows]),
    }
    samples = Samples(offsets, np.array(values), np.array(counts)) if singles else None
    return Series(np.array(sorted(points), dtype=np.int64), statistics, step, samples=samples, name=name)


def _sets(data: Iterable[Any]) -> Iterator[tuple[float, float, float, float]]:
    """Yield minimum, maximum, sum and count of each datum."""
    for datum in data:
        if isinstance(datum, MetricAggregatedDatum):
            yield float(datum.min), float(datum.max), float(datum.sum), float(datum.sample_count)
        else:
            value = float(datum.value)
            yield value, value, value, 1.0
