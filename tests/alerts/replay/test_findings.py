"""Findings: what surprises people about their alarms, and that nothing is found where nothing is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from northsouth.alerts.replay import Alarms, MetricAlarm, Settings, points, replay
from northsouth.alerts.replay.alarms import Missing
from northsouth.alerts.replay.findings import LATE_HEARTBEAT, LATE_RECOVERY, SLIDING, STUCK, TOO_FEW_SAMPLES, findings
from northsouth.alerts.replay.series import Numbers, Series
from tests.alerts.replay.test_account import ALARM, KEY, START


def names(alarm: MetricAlarm, values: Numbers) -> list[str]:
    alarms, history = Alarms(metric={alarm.name: alarm}), {KEY: points(START, values)}
    return [each.name for each in findings(replay(alarms, history), alarms, history, Settings())]


def test_nothing() -> None:
    assert names(ALARM, np.ones(600)) == []


def test_late_recovery() -> None:
    values = np.ones(600)
    values[100:110], values[110:200] = 9, np.nan
    assert names(ALARM, values) == [LATE_RECOVERY]


def test_heartbeat_later_than_its_periods() -> None:
    values = np.ones(600)
    values[100:200] = np.nan
    assert LATE_HEARTBEAT in names(replace(ALARM, missing=Missing.BREACHING), values)


def test_sliding_windows() -> None:
    (query,) = ALARM.queries
    assert query.stat is not None
    queries = (replace(query, stat=replace(query.stat, period=300)),)
    values = np.zeros(600)
    values[[103, 106]] = 3
    assert names(replace(ALARM, queries=queries, period=300, periods=1, datapoints=1), values) == [SLIDING]


def test_stuck() -> None:
    assert names(ALARM, np.full(3000, 9.0)) == [STUCK]


@pytest.mark.parametrize(("samples", "found"), [(20, [TOO_FEW_SAMPLES]), (2000, [])])
def test_never_enough_samples(samples: int, found: list[str]) -> None:
    (query,) = ALARM.queries
    assert query.stat is not None
    queries = (replace(query, stat=replace(query.stat, statistic="p99")),)
    alarm = replace(ALARM, queries=queries, keeps_on_low_samples=True)
    times = START + 60 * np.arange(600)
    series = Series(times, {"p99": np.ones(600), "SampleCount": np.full(600, samples)})
    alarms, history = Alarms(metric={alarm.name: alarm}), {KEY: series}
    listed = findings(replay(alarms, history), alarms, history, Settings())
    assert [each.name for each in listed] == found
    assert all(f"more than {samples} samples" in each.text for each in listed)
