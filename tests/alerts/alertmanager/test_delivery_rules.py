from __future__ import annotations

from dataclasses import replace

import pytest

from northsouth.alerts.alertmanager import Alertmanager, Delivery, Heartbeat, Inhibition, Smtp, TimeInterval
from northsouth.alerts.alertmanager.delivery_rules import (
    alertmanager_problems,
    amp_problems,
    definition_problems,
    self_run_problems,
)
from northsouth.alerts.routes import Email, MatrixRoom, Routes, Secret, SlackChannel, Webhook
from tests.alerts.alertmanager.routes import CONFIG, HEARTBEAT, MAIL, OFFICE, ROUTES, SMTP, TEAM

TOPICS = {"critical": "arn:aws:sns:us-east-1:123456789012:a", "warning": "arn:aws:sns:us-east-1:123456789012:b"}
ROOM = MatrixRoom(name="room", homeserver="https://m.example.org", room="!a:example.org", secret=Secret.variable("m"))
CHANNEL = SlackChannel(name="channel", workspace="T07EA123LEP", channel="C07EZ1ABC23")
PAGER_KEY = Secret.stored("arn:aws:secretsmanager:us-east-1:123456789012:secret:pager-a1b2c3", "key")


def test_good_configurations_have_no_problems() -> None:
    assert list(alertmanager_problems(CONFIG)) == []
    assert list(self_run_problems(CONFIG, smtp=SMTP, region="us-east-1")) == []
    assert list(amp_problems(CONFIG, topics=TOPICS, pagerduty={"critical": PAGER_KEY})) == []


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (Alertmanager(routes=Routes(())), "routes: got none; nobody would be notified"),
        (replace(CONFIG, delivery=Delivery(group_wait="soon")), "delivery.group_wait: got 'soon'"),
        (replace(CONFIG, delivery=Delivery(group_interval="0s")), "delivery.group_interval: got '0s'"),
        (
            replace(CONFIG, delivery=Delivery(group_interval="1h", repeat_interval="5m")),
            "delivery.repeat_interval: got '5m'; a group is looked at every group_interval, 1h",
        ),
        (replace(CONFIG, delivery=Delivery(group_by=())), "delivery.group_by: got none"),
        (replace(CONFIG, delivery=Delivery(group_by=("a-b",))), "delivery.group_by: got 'a-b'"),
        (replace(CONFIG, delivery=Delivery(group_by=("...", "cluster"))), "... stands alone"),
        (
            replace(CONFIG, delivery=Delivery(mute_time_intervals=["nights"])),
            "delivery: got 'nights'; the time intervals are office-hours",
        ),
        (replace(CONFIG, by_severity={"info": Delivery()}), "by_severity.info: got 'info'; no route has this severity"),
        (
            replace(CONFIG, inhibitions=[Inhibition(source={}, target={"severity": "warning"})]),
            "inhibitions[0].source: got no labels",
        ),
        (
            replace(CONFIG, inhibitions=[Inhibition(source={"a-b": "x"}, target={"c": "d"}, equal=["e-f"])]),
            "inhibitions[0].equal: got 'e-f'",
        ),
        (replace(CONFIG, time_intervals=[OFFICE, OFFICE]), "time_intervals[1].name: got 'office-hours'; another"),
        (
            replace(CONFIG, time_intervals=[OFFICE, TimeInterval(name="nights")]),
            "time_intervals[1].name: got 'nights'; no delivery names it",
        ),
        (replace(CONFIG, heartbeat=replace(HEARTBEAT, every="often")), "heartbeat.every: got 'often'"),
        (replace(CONFIG, heartbeat=replace(HEARTBEAT, alert="")), "heartbeat.alert: got nothing"),
        (
            replace(CONFIG, heartbeat=Heartbeat(receiver=replace(HEARTBEAT.receiver, name="team"))),
            "heartbeat.receiver.name: got 'team'",
        ),
        (
            replace(
                CONFIG,
                heartbeat=Heartbeat(receiver=Webhook(name="x", url="https://x.example.com", secret=Secret.stored(""))),
            ),
            "heartbeat.receiver.secret",
        ),
        (replace(CONFIG, leave_out=["nobody-known"]), "leave_out: got 'nobody-known'; the receivers are pager, genie"),
    ],
)
def test_what_no_alertmanager_takes(config: Alertmanager, expected: str) -> None:
    assert expected in "\n".join(map(str, alertmanager_problems(config)))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"times": [("17:00", "09:00")]}, "times: got '17:00' to '09:00'"),
        ({"times": [("9:00", "17:00")]}, "times: got '9:00' to '17:00'"),
        ({"weekdays": ["mon"]}, "weekdays: got 'mon'"),
        ({"weekdays": ["friday:monday"]}, "weekdays: got 'friday:monday'"),
        ({"months": ["13"]}, "months: got '13'"),
        ({"months": ["march:january"]}, "months: got 'march:january'"),
        ({"days_of_month": ["0"]}, "days_of_month: got '0'"),
        ({"days_of_month": ["-1:-3"]}, "days_of_month: got '-1:-3'"),
        ({"years": ["1:2:3"]}, "years: got '1:2:3'"),
        ({"location": "Europe/Entenhausen"}, "location: got 'Europe/Entenhausen'"),
        ({"location": "../etc/passwd"}, "location: got '../etc/passwd'"),
    ],
)
def test_intervals_that_are_none(changed: dict[str, object], expected: str) -> None:
    config = replace(CONFIG, time_intervals=[replace(OFFICE, **changed)])  # type: ignore[arg-type]
    assert f"time_intervals[0].{expected}" in "\n".join(map(str, alertmanager_problems(config)))


def test_intervals_of_every_kind_are_accepted() -> None:
    every = TimeInterval(
        name="office-hours",
        times=[("22:00", "24:00"), ("00:00", "06:00")],
        weekdays=["Saturday", "sunday"],
        days_of_month=["1:5", "-3:-1", "1:-1"],
        months=["january", "6:8", "December"],
        years=["2026", "2027:2030"],
    )
    assert list(alertmanager_problems(replace(CONFIG, time_intervals=[every]))) == []


def test_what_a_self_run_one_cannot_do_is_in_one_report() -> None:
    routes = Routes.by_severity("", critical=[ROOM, CHANNEL], warning=[MAIL, TEAM])
    config = Alertmanager(routes=routes, leave_out=["room", "channel"])
    found = "\n".join(map(str, self_run_problems(config, smtp=None)))
    assert "routes.critical: got every receiver left out" in found
    assert "receivers.mail: got an e-mail address; it needs a mail server" in found
    found = "\n".join(map(str, self_run_problems(replace(config, leave_out=[]), smtp=Smtp(smarthost="h", sender="a"))))
    assert "receivers.room: got MatrixRoom; Alertmanager cannot notify it" in found
    assert "receivers.channel: got SlackChannel" in found
    assert "smtp.smarthost: got 'h'; it is a host and a port" in found
    found = "\n".join(map(str, self_run_problems(Alertmanager(routes=ROUTES), smtp=SMTP)))
    assert "receivers.phone: got a telephone; text messages are sent by SNS" in found


def test_what_amazon_refuses_is_in_one_report() -> None:
    config = Alertmanager(
        routes=Routes.by_severity("", critical=[CHANNEL], warning=[Email(name="m", address="a@example.com")]),
        delivery=Delivery(repeat_interval="6d"),
        inhibitions=[Inhibition(source={"a": "b"}, target={"c": "d"})] * 101,
    )
    found = "\n".join(
        map(
            str,
            amp_problems(
                config,
                topics={"critical": TOPICS["critical"]},
                pagerduty={"page": PAGER_KEY, "warning": Secret.variable("pager")},
                heartbeat_topic=TOPICS["warning"],
            ),
        )
    )
    assert "topics: got none for warning" in found
    assert "routes.critical: got chat channels alone" in found
    assert "delivery.repeat_interval: got '6d'; it is repeated after 5d at the latest" in found
    assert "inhibitions: got 101; there can be 100" in found
    assert "pagerduty.page: got 'page'; no route has this severity" in found
    assert "pagerduty.warning: got a variable" in found
    assert "heartbeat_topic: got a topic; nothing says which alert it gets" in found
    assert "1000001 bytes" in str(next(definition_problems("x" * 1_000_001)))
