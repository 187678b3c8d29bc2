"""Metric math and the history of alarms, asked for over HTTP."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from northsouth.alerts.replay.account import read_account
from northsouth.emulator.server import Emulator

START = datetime(2026, 11, 21, 12, tzinfo=UTC)


def stat(name: str, *, shown: bool = False) -> dict[str, Any]:
    metric = {"Namespace": "Web", "MetricName": name}
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": 300, "Stat": "Sum"}, "ReturnData": shown}


def test_metric_math_counts_a_missing_point_as_zero_and_drops_a_division_by_zero(emulator: Emulator) -> None:
    cloudwatch = emulator.client("cloudwatch")
    for minute, name, value in ((0, "asked", 10), (5, "asked", 20), (5, "failed", 5), (10, "failed", 1)):
        datum = {"MetricName": name, "Value": value, "Timestamp": START + timedelta(minutes=minute)}
        cloudwatch.put_metric_data(Namespace="Web", MetricData=[datum])
    found = cloudwatch.get_metric_data(
        MetricDataQueries=[
            stat("asked"),
            stat("failed"),
            {"Id": "result", "Expression": "IF(asked >= 1, 1 - failed / asked, 1) * 100"},
            {"Id": "share", "Expression": "failed / asked"},
        ],
        StartTime=START,
        EndTime=START + timedelta(hours=1),
    )["MetricDataResults"]
    values = {each["Id"]: each["Values"] for each in found}
    # The condition of an IF has no point where its metric has none (using-metric-math), so the last one is dropped.
    assert values == {"result": [100, 75], "share": [0, 0.25]}


def test_the_history_of_plain_and_composite_alarms(emulator: Emulator) -> None:
    cloudwatch = emulator.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="child",
        Namespace="Web",
        MetricName="failed",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    cloudwatch.put_composite_alarm(AlarmName="web", AlarmRule='ALARM("child")')
    for state in ("OK", "ALARM", "ALARM", "OK"):
        cloudwatch.set_alarm_state(AlarmName="child", StateValue=state, StateReason="test")
        cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])

    def summaries(name: str, **options: Any) -> list[str]:
        items = cloudwatch.describe_alarm_history(AlarmName=name, **options)["AlarmHistoryItems"]
        return [item["HistorySummary"] for item in items]

    there_and_back = ["Alarm updated from ALARM to OK", "Alarm updated from OK to ALARM"]
    first = "Alarm updated from INSUFFICIENT_DATA to OK"
    assert summaries("child") == [*there_and_back, first]
    assert summaries("child", ScanBy="TimestampAscending", MaxRecords=1) == [first]
    assert summaries("web") == []
    assert summaries("web", AlarmTypes=["CompositeAlarm", "MetricAlarm"])[:2] == there_and_back
    assert summaries("none") == []


def test_the_replay_reads_the_history_of_the_emulator(emulator: Emulator, tmp_path: Path) -> None:
    cloudwatch = emulator.client("cloudwatch")
    for name in ("first", "second"):
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace="Web",
            MetricName="failed",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )
    cloudwatch.set_alarm_state(AlarmName="second", StateValue="ALARM", StateReason="too many")
    answer = cloudwatch.describe_alarm_history()
    file = tmp_path / "history.json"
    file.write_text(json.dumps({"AlarmHistoryItems": answer["AlarmHistoryItems"]}, default=str), encoding="utf-8")
    (change,) = read_account([file]).alarms["second"].changes
    assert (change.before, change.after, change.reason) == ("INSUFFICIENT_DATA", "ALARM", "too many")
