"""The history that CloudWatch keeps of alarms: read, compared with ours, and counted as noise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from northsouth.alerts.replay import Alarms, MetricAlarm, MetricKey, Settings, State, points, replay
from northsouth.alerts.replay.account import read_account
from northsouth.alerts.replay.against import compare, initial_states, measure
from northsouth.alerts.replay.alarms import Comparison, MetricStat, Missing, Query
from northsouth.alerts.replay.noise import noise
from northsouth.alerts.replay.timeline import stamp
from northsouth.errors import ConfigurationError

START = 1_790_848_800
KEY = MetricKey("Shop", "Orders")
ALARM = MetricAlarm(
    "orders",
    "aws_cloudwatch_metric_alarm.orders",
    (Query("m1", MetricStat(KEY, "Sum", 60)),),
    "m1",
    Comparison.GREATER,
    threshold=5.0,
    periods=3,
    datapoints=3,
    period=60,
    missing=Missing.NOT_BREACHING,
)


def item(name: str, time: int, before: str, after: str, **more: Any) -> dict[str, Any]:
    data = {"queryDate": stamp(time), "period": 60, "startDate": stamp(time - 180), "evaluatedDatapoints": [
        {"timestamp": stamp(time - 60 * back), "value": 9.0} for back in (1, 2, 3)
    ]}  # fmt: skip
    change = {"oldState": {"stateValue": before}, "newState": {"stateValue": after, "stateReasonData": data}}
    return {
        "AlarmName": name,
        "AlarmType": "MetricAlarm",
        "Timestamp": stamp(time),
        "HistoryItemType": "StateUpdate",
        "HistoryData": json.dumps(change),
        **more,
    }


def written(path: Path, *items: dict[str, Any], **more: Any) -> Path:
    path.write_text(json.dumps({"AlarmHistoryItems": items, **more}))
    return path


def test_pages_are_merged_and_repeated_items_count_once(tmp_path: Path) -> None:
    first, second = item("orders", START, "OK", "ALARM"), item("orders", START + 600, "ALARM", "OK")
    account = read_account([written(tmp_path / "1", second, first), written(tmp_path / "2", first, NextToken="more")])
    assert [each.time for each in account.alarms["orders"].changes] == [START, START + 600]
    assert (account.start, account.end) == (START, START + 600)
    assert "NextToken" in account.notes[0]
    assert "composite" in account.notes[1]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('{"AlarmHistoryItems": [', "JSON that is whole"),
        ('{"MetricDataResults": []}', "an answer of describe-alarm-history"),
        ('{"AlarmHistoryItems": [{"AlarmName": "a"}]}', "items with AlarmName and Timestamp"),
    ],
)
def test_what_is_no_history_is_refused(tmp_path: Path, text: str, error: str) -> None:
    (tmp_path / "h").write_text(text)
    with pytest.raises(ConfigurationError, match=error):
        read_account([tmp_path / "h"])


def test_noise_is_sorted_and_says_which_alarm_nobody_heard_of(tmp_path: Path) -> None:
    action = {"AlarmName": "loud", "Timestamp": stamp(START), "HistoryItemType": "Action", "HistoryData": "{}"}
    account = read_account(
        [
            written(
                tmp_path / "h",
                item("loud", START, "OK", "ALARM"),
                item("loud", START + 600, "ALARM", "OK"),
                item("loud", START + 1200, "OK", "ALARM"),
                item("loud", START + 1800, "ALARM", "OK"),
                action,
                item("rare one", START + 60, "OK", "ALARM"),
                item("rare one", START + 120, "ALARM", "OK"),
            )
        ]
    )
    loud, rare = noise(account.alarms.values(), account.start, account.end)
    assert (loud.alarm, loud.fired, loud.minutes, loud.flaps, loud.actions, loud.silent) == ("loud", 2, 20, 1, 1, False)
    assert (rare.alarm, rare.fired, rare.minutes, rare.flaps, rare.silent) == ("rare one", 1, 1, 0, True)
    assert rare.command == "northsouth tune --alarm 'rare one' --plan FILE --metrics FILES"


def test_the_range_and_the_delay_of_an_account_are_measured(tmp_path: Path) -> None:
    """The engine makes an account that loads 7 points, 120 s late; the measurement finds both."""
    values = np.ones(600)
    for begin in (100, 250, 400):
        values[begin : begin + 20] = 9.0
        values[begin + 20 : begin + 40] = np.nan
    history = {KEY: points(START, values)}
    alarms = Alarms(metric={"orders": ALARM})
    truth = replay(alarms, history, Settings(evaluation_range=7, delay=120))["orders"]
    states = [truth.initial, *(each.state for each in truth.transitions)]
    items = [
        item("orders", each.time, states[place].value, each.state.value) for place, each in enumerate(truth.transitions)
    ]
    account = read_account([written(tmp_path / "h", *items)])
    theirs = account.alarms["orders"]
    settings = Settings(initial=initial_states(account, START))
    assert settings.initial == {"orders": State.INSUFFICIENT_DATA}
    measured = measure(ALARM, theirs, history, settings, account)
    assert measured is not None
    assert (measured.ranges, measured.delays) == ((7,), (120,))
    assert measured.agreeing == len(items)
    assert (measured.lag, measured.loaded) == (0, 3)
    ours = replay(alarms, history, Settings(evaluation_range=3))["orders"]
    compared = compare(ours, theirs, account)
    assert any(not pair.agrees for pair in compared.pairs)
    assert compare(truth, theirs, account).agreeing == len(items)
