"""What moto lacks of reading CloudWatch: metric math in ``GetMetricData``, and ``DescribeAlarmHistory``.

Metric math is evaluated as alarms on history are (``northsouth.alerts.replay``).

What real AWS does differently: ``GetMetricData`` knows every function and each metric's period, here the period is the
smallest distance of two points, or a minute; its points end up to minutes before now; the history has configuration
updates and actions too, the data points of a change, pages, and is forgotten after 30 days.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
from moto.cloudwatch import models
from moto.cloudwatch.models import Alarm
from moto.cloudwatch.responses import CloudWatchResponse

from northsouth.alerts.replay.math_syntax import MathError, parse
from northsouth.alerts.replay.metric_math import Frame
from northsouth.emulator import patching
from northsouth.emulator.composite_alarms import CompositeAlarm
from northsouth.emulator.patching import Operation, Parameters, RequestError


def install() -> None:
    """Put both in."""
    patching.replace(models, "parse_expression", _evaluated)
    _look_at_what_is_asked_for()
    patching.require(Alarm, "update_state")
    patching.add_operations(CloudWatchResponse, "cloudwatch_backend", OPERATIONS)


def _look_at_what_is_asked_for() -> None:
    """Let ``GetMetricData`` look at the data of its metrics alone: moto looks at all data for each point."""

    def get_metric_data(backend: Any, queries: list[dict[str, Any]], *args: Any, **kwargs: Any) -> Any:
        metrics = [query["MetricStat"]["Metric"] for query in queries if "MetricStat" in query]
        if any(str(query.get("Expression")).startswith("SELECT") for query in queries):
            return original(backend, queries, *args, **kwargs)
        names = {(metric["Namespace"], metric["MetricName"]) for metric in metrics}
        all_data = backend.metric_data
        # One request at a time: nothing is put meanwhile.
        backend.metric_data = [datum for datum in all_data if (datum.namespace, datum.name) in names]
        try:
            return original(backend, queries, *args, **kwargs)
        finally:
            backend.metric_data = all_data

    original = patching.replace(models.CloudWatchBackend, "get_metric_data", get_metric_data)


def _evaluated(expression: str, results: list[dict[str, Any]]) -> tuple[list[float], list[datetime]]:
    series = {result["id"]: dict(zip(result["timestamps"], result["values"], strict=True)) for result in results}
    stamps = sorted({at for points in series.values() for at in points}, reverse=True)
    # One row, newest first: the form in which every function can be evaluated.
    metrics = {name: np.array([[float(points.get(at, "nan")) for at in stamps]]) for name, points in series.items()}
    starts = np.array([[int(at.timestamp()) for at in stamps]])
    period = min((int((new - old).total_seconds()) for new, old in pairwise(stamps)), default=60)
    try:
        [values] = Frame(metrics, starts, period, {"": parse(expression)}).result("").tolist()
    except MathError as error:
        raise RequestError("ValidationError", f"Error in expression: {error}") from None
    there = [(value, at) for value, at in zip(values, stamps, strict=True) if value == value]  # NaN is no point
    there.reverse()
    return [value for value, _ in there], [at for _, at in there]


def _history(backend: Any, parameters: Parameters) -> dict[str, Any]:
    name, kinds = parameters.get("AlarmName"), parameters.get("AlarmTypes") or ["MetricAlarm"]
    items = [
        item
        for alarm in backend.alarms.values()
        if name in (None, alarm.name) and _kind(alarm) in kinds
        for item in _changes(alarm)
    ]
    newest_first = parameters.get("ScanBy", "TimestampDescending") == "TimestampDescending"
    items.sort(key=lambda item: item["Timestamp"], reverse=newest_first)
    return {"AlarmHistoryItems": items[: parameters.get("MaxRecords", 100)]}


def _kind(alarm: Alarm) -> str:
    return "CompositeAlarm" if isinstance(alarm, CompositeAlarm) else "MetricAlarm"


def _changes(alarm: Alarm) -> Iterator[dict[str, Any]]:
    states = [
        *((reason, data, state, at) for _, reason, data, state, at in alarm.history),
        (alarm.state_reason, alarm.state_reason_data, alarm.state_value, alarm.state_updated_timestamp),
    ]
    for before, after in pairwise(states):
        if before[2] != after[2]:
            change = {"version": "1.0", "oldState": _state(*before[:3]), "newState": _state(*after[:3])}
            yield {
                "AlarmName": alarm.name,
                "AlarmType": _kind(alarm),
                "Timestamp": after[3],
                "HistoryItemType": "StateUpdate",
                "HistorySummary": f"Alarm updated from {before[2]} to {after[2]}",
                "HistoryData": json.dumps(change),
            }


def _state(reason: str, data: str, state: str) -> dict[str, Any]:
    return {"stateValue": state, "stateReason": reason, "stateReasonData": json.loads(data or "{}")}


OPERATIONS: Mapping[str, Operation] = {"DescribeAlarmHistory": _history}
