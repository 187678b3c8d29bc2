"""What moto lacks of reading CloudWatch: metric math in ``GetMetricData``, and ``DescribeAlarmHistory``.

Metric math is evaluated by the tests' own reference. Where one metric of an expression has a point and another has
none, that one counts as 0; what would divide by zero has no point (using-metric-math).

What real AWS does differently: ``GetMetricData`` knows every function, and its points end up to minutes before now; the
history has configuration updates and actions too, the whole of an item's data, pages, and is forgotten after 30 days.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from itertools import pairwise
from typing import Any

from moto.cloudwatch import models
from moto.cloudwatch.models import Alarm
from moto.cloudwatch.responses import CloudWatchResponse

from northsouth.emulator import patching
from northsouth.emulator.composite_alarms import CompositeAlarm
from northsouth.emulator.metric_math import evaluate
from northsouth.emulator.patching import Operation, Parameters


def install() -> None:
    """Put both in."""
    patching.replace(models, "parse_expression", _evaluated)
    patching.require(Alarm, "update_state")
    patching.add_operations(CloudWatchResponse, "cloudwatch", "cloudwatch_backend", OPERATIONS)


def _evaluated(expression: str, results: list[dict[str, Any]]) -> tuple[list[float], list[datetime]]:
    series = {each["id"]: dict(zip(each["timestamps"], each["values"], strict=True)) for each in results}
    values: list[float] = []
    timestamps: list[datetime] = []
    for at in sorted({at for points in series.values() for at in points}):
        present = {name: Fraction(str(points.get(at, 0))) for name, points in series.items()}
        try:
            values.append(float(evaluate(expression, present)))
        except ZeroDivisionError:
            continue
        timestamps.append(at)
    return values, timestamps


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
