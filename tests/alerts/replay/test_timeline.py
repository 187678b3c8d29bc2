from __future__ import annotations

import json

import pytest

from northsouth.alerts.replay import Action, Outcome, Refusal, Replay, State, Timeline, Transition, Unknown
from northsouth.errors import ConfigurationError

TEN = 1_790_848_800  # 2026-10-01T10:00:00Z
MINUTE = 60


def timeline() -> Timeline:
    changes = [(10, State.ALARM), (20, State.OK), (30, State.ALARM), (200, State.OK)]
    transitions = tuple(Transition(TEN + minute * MINUTE, state) for minute, state in changes)
    actions = (
        Action(TEN + 10 * MINUTE, State.ALARM, Outcome.RUN, ("topic", "pager")),
        Action(TEN + 20 * MINUTE, State.OK, Outcome.MUTED, ("topic",), "night"),
    )
    return Timeline("a", "aws_cloudwatch_metric_alarm.a", TEN, TEN + 300 * MINUTE, State.OK, transitions, actions)


def test_a_state_holds_from_its_evaluation_on() -> None:
    line = timeline()
    assert line.at(TEN + 10 * MINUTE - 1) is State.OK
    assert line.at(TEN + 10 * MINUTE) is State.ALARM
    assert line.at(TEN + 500 * MINUTE) is State.OK


def test_time_in_alarm_flaps_and_notifications() -> None:
    line = timeline()
    assert line.minutes_in_alarm == 180
    assert line.entered() == (TEN + 10 * MINUTE, TEN + 30 * MINUTE)
    assert (line.flaps(), line.flaps(within=300)) == (1, 0)
    assert line.notifications == {"topic": 1, "pager": 1}


def test_an_alarm_that_stays_is_in_alarm_until_the_end() -> None:
    line = Timeline("a", "", TEN, TEN + 600, State.ALARM)
    assert line.minutes_in_alarm == 10
    assert list(line.spans(State.OK)) == []


def test_the_json_form_is_stable() -> None:
    line = Timeline(
        "a",
        "x.a",
        TEN,
        TEN + 120,
        State.OK,
        (Transition(TEN + 60, State.ALARM, "too many", (Unknown.RANGE,)),),
        (Action(TEN + 60, State.ALARM, Outcome.RUN, ("topic",)),),
    )
    found = json.loads(
        json.dumps(Replay({"a": line}, (Refusal("b", "x.b", "a band", "Leave it."),), ("a note",)).to_json())
    )
    assert found == {
        "version": 1,
        "timelines": [
            {
                "alarm": "a",
                "address": "x.a",
                "start": "2026-10-01T10:00:00Z",
                "end": "2026-10-01T10:02:00Z",
                "initial": "OK",
                "transitions": [
                    {
                        "time": "2026-10-01T10:01:00Z",
                        "state": "ALARM",
                        "reason": "too many",
                        "depends": ["evaluation_range"],
                    }
                ],
                "actions": [
                    {
                        "time": "2026-10-01T10:01:00Z",
                        "state": "ALARM",
                        "outcome": "run",
                        "receivers": ["topic"],
                        "by": "",
                    }
                ],
                "evidence": {
                    "exact": True,
                    "spacing": 0,
                    "start": None,
                    "end": None,
                    "gaps": 0,
                    "delay": 0,
                    "evaluation_range": 0,
                    "notes": [],
                    "depends": [],
                },
                "best": None,
                "worst": None,
                "minutes_in_alarm": 1.0,
                "flaps": 0,
                "notifications": {"topic": 1},
            }
        ],
        "refused": [{"alarm": "b", "address": "x.b", "reason": "a band", "fix": "Leave it."}],
        "notes": ["a note"],
    }


def test_an_alarm_that_is_not_there_is_refused_with_names_near_it() -> None:
    both = Replay({"nat-throughput": timeline()}, (Refusal("band", "x.band", "its band is AWS's", "Leave it."),))
    assert both["nat-throughput"].alarm == "a"
    with pytest.raises(ConfigurationError, match=r"'nat-throughputs'; the file has no such alarm.*'nat-throughput'"):
        both["nat-throughputs"]
    with pytest.raises(ConfigurationError, match="its band is AWS's"):
        both["band"]
