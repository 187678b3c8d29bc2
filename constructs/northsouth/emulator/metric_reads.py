"""What moto lacks of reading CloudWatch: metric math in ``GetMetricData``, and ``DescribeAlarmHistory``.

Metric math is evaluated as alarms on history are (``northsouth.alerts.replay``).

What real AWS does differently: ``GetMetricData`` knows every function and each metric's period, here the period is the
smallest distance of two points, or a minute; its points end up to minutes before now; the history has configuration
updates and actions too, the whole of an item's data, pages, and is forgotten after 30 days.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    patching.require(Alarm, "update_state")
    patching.add_operations(CloudWatchResponse, "cloudwatch", "cloudwatch_backend", OPERATIONS)


def _evaluated(expression: str, results: list[dict[str, Any]]) -> tuple[list[float], list[datetime]]:
    series = {each["id"]: dict(zip(each["timestamps"], each["values"], strict=True)) for each in results}
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
    alarm = backend.alarms.get(parameters.get("AlarmName"))
    kind = "CompositeAlarm" if isinstance(alarm, CompositeAlarm) else "MetricAlarm"
    # Without AlarmTypes, metric alarms only.
    if alarm is None or kind not in (parameters.get("AlarmTypes") or ["MetricAlarm"]):
        return {"AlarmHistoryItems": []}
    states = [(state, at) for _, _, _, state, at in alarm.history] + [
        (alarm.state_value, alarm.state_updated_timestamp)
    ]
    items = [
        {
            "AlarmName": alarm.name,
            "AlarmType": kind,
            "Timestamp": at,
            "HistoryItemType": "StateUpdate",
            "HistorySummary": f"Alarm updated from {before} to {after}",
            "HistoryData": "{}",
        }
        for (before, _), (after, at) in pairwise(states)
        if before != after
    ]
    if parameters.get("ScanBy", "TimestampDescending") == "TimestampDescending":
        items.reverse()
    return {"AlarmHistoryItems": items[: parameters.get("MaxRecords", 100)]}


OPERATIONS: Mapping[str, Operation] = {"DescribeAlarmHistory": _history}
