"""The summary of the day: what agrees, and that each kind of difference is found."""

from __future__ import annotations

import json
from collections import Counter
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest

from northsouth.alerts.replay import Action, Evidence, State, Timeline, Transition
from tests.day import report
from tests.day.receipts import PREFIX, Receipt, Routes, expected, read
from tests.day.script import INCIDENTS, moment

NAT = PREFIX + "nat-throughput"
FIRED, OVER = (int(moment(minute).timestamp()) for minute in (130, 190))
MESSAGES = Counter(Receipt(time, "nat-throughput", time == FIRED, "slack") for time in (FIRED, OVER))


def lived(**changes: Any) -> Any:
    """Return a day on which one alarm fired, as the replay says; with changes."""
    states = ((FIRED, State.ALARM), (OVER, State.OK))
    timeline = Timeline(
        NAT, "", FIRED - 600, OVER + 600, State.OK, tuple(Transition(*each) for each in states), (), Evidence()
    )
    day = {
        "replayed": {NAT: timeline},
        "lived": {NAT: list(states)},
        "received": MESSAGES,
        "expected": MESSAGES,
        "page": [(FIRED, "outage")],
        "page_expected": [(FIRED, "outage")],
        "component": ["operational"],
        "component_expected": ["operational"],
        "faults": [],
        "counts": {"metric values": 1000},
    }
    return SimpleNamespace(**{**day, **changes})


@pytest.fixture(autouse=True)
def only_one_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Expect no other alarm of the packs' timelines."""
    monkeypatch.setattr(report, "_silent", lambda _: ())


def test_a_day_as_replayed_has_no_differences() -> None:
    day = lived()
    assert report.differences(day) == []
    (row,) = report.rows(day)
    assert report.cells(row)[1:] == ("nat-throughput", "02:10", "03:10", "slack", "02:10 to 03:10", "yes")
    assert row.incident in report.table(day)


EARLY = Receipt(FIRED - 300, "nat-throughput", False, "pager")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"received": Counter({Receipt(FIRED, "nat-throughput", True, "slack"): 1})}, "slack got less"),
        ({"received": MESSAGES + MESSAGES}, "slack got more"),
        ({"received": MESSAGES + Counter([Receipt(OVER, "nat-throughput", False, "pager")])}, "pager got more"),
        ({"lived": {NAT: [(FIRED + 60, State.ALARM), (OVER, State.OK)]}}, "02:11"),
        ({"lived": {NAT: [(FIRED, State.ALARM)]}}, "raised 02:10, by the replay 02:10 to 03:10"),
        ({"lived": {NAT: []}}, "raised -, by the replay"),
        ({"received": MESSAGES + Counter([EARLY])}, "too much: 02:05 pager"),
        ({"expected": MESSAGES + Counter([EARLY])}, "missing: 02:05 pager"),
        ({"page": []}, "the status page showed nothing"),
        ({"component": ["major_outage"]}, "Statuspage was sent"),
        ({"faults": ["03:00: a run failed"]}, "a run failed"),
    ],
)
def test_every_kind_of_difference_is_found(changes: dict[str, Any], said: str) -> None:
    found = report.differences(lived(**changes))
    assert any(said in each for each in found), found


def test_an_alarm_without_an_incident_is_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "INCIDENTS", [each for each in INCIDENTS if each.alarms != "nat-"])
    assert report.differences(lived()) == ["nat-throughput fired at 02:10 to 03:10 without an incident"]


def test_an_alarm_of_the_packs_timelines_that_stays_silent_is_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    silent = [each for each in report.differences(lived()) if "should have fired" in each]
    assert any("nat-daily-budget" in each for each in silent)
    assert not any("nat-throughput" in each for each in silent)


def test_an_alarm_that_is_raised_already_need_not_fire_again() -> None:
    (row,) = report.rows(lived(lived={NAT: [(FIRED, State.ALARM)]}))
    assert [row.covers(time) for time in (FIRED - 1, FIRED, OVER)] == [False, True, True]
    (row,) = report.rows(lived())
    assert [row.covers(time) for time in (FIRED, OVER)] == [True, False]


def test_the_picture_is_svg_with_the_alarm_and_its_incident() -> None:
    day = lived()
    root = ElementTree.fromstring(report.picture(day, report.rows(day)))
    texts = [each.text or "" for each in root.iter()]
    (row,) = report.rows(day)
    assert f"{row.incident}: nat-throughput" in texts
    assert "<svg" in report.page(day)


@pytest.mark.parametrize(
    ("receiver", "body"),
    [
        ("pager", json.dumps({"Message": json.dumps({"AlarmName": NAT, "NewStateValue": "ALARM"})})),
        ("incidents", json.dumps({"alarm": NAT, "state": "firing"})),
        ("discord", f'{{"url": "https://x#alarmsV2:alarm/{NAT}", "value": "2027\\\\-03 \\\\(OK to ALARM\\\\)"}}'),
    ],
)
def test_bodies_are_read(receiver: str, body: str) -> None:
    assert read(receiver, body, FIRED) == Receipt(FIRED, "nat-throughput", True, receiver)


def test_a_body_that_names_no_alarm_is_refused() -> None:
    with pytest.raises(ValueError, match="slack got a body without an alarm"):
        read("slack", '{"text": "hello"}', FIRED)


@pytest.mark.parametrize(("quiet", "count"), [(False, 2), (True, 1)])
def test_a_quiet_start_holds_messages_until_after_the_first_good_state(quiet: bool, count: int) -> None:
    topic = "arn:aws:sns:us-east-1:123456789012:example-critical"
    states = ((FIRED, State.OK), (OVER, State.ALARM))
    actions = tuple(Action(time, state, receivers=(topic,)) for time, state in states)
    timeline = Timeline(
        NAT, "", FIRED, OVER, State.INSUFFICIENT_DATA, tuple(Transition(*each) for each in states), actions, Evidence()
    )
    who = Routes({"example-critical": ("pager", "teams")}, {})
    got = expected([timeline], who, {NAT} if quiet else ())
    assert len([each for each in got if each.receiver == "pager"]) == count
    assert [each.firing for each in got if each.receiver == "teams"] == [True]
