from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from northsouth.alerts.replay.alarms import MuteRule
from northsouth.alerts.replay.schedule import windows

RULE = MuteRule("m", "aws_cloudwatch_alarm_mute_rule.m", "cron(0 2 * * *)", 4 * 3600)


def stamp(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def begins(expression: str, start: str, end: str, zone: str = "UTC", duration: int = 60) -> list[str]:
    rule = replace(RULE, expression=expression, time_zone=zone, duration=duration)
    found = windows(rule, stamp(start), stamp(end))
    return [datetime.fromtimestamp(each.start, UTC).strftime("%m-%d %H:%M") for each in found]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # alarm-mute-rules: its examples; October 2026 begins on a Thursday.
        ("cron(0 9 * * SUN#4)", ["10-25 09:00"]),
        ("0 2 * * SUN", ["10-04 02:00", "10-11 02:00", "10-18 02:00", "10-25 02:00"]),
        ("0 1 1 * *", ["10-01 01:00"]),
        ("0 18 * * FRI", ["10-02 18:00", "10-09 18:00", "10-16 18:00", "10-23 18:00", "10-30 18:00"]),
        ("at(2026-10-10T14:00)", ["10-10 14:00"]),
        ("at(2025-05-10T14:00)", []),
        ("cron(0 0 L * ?)", ["10-31 00:00"]),
        ("cron(0 0 1,L * *)", ["10-01 00:00", "10-31 00:00"]),
        ("cron(0 0 ? * 5L)", ["10-30 00:00"]),
        ("cron(0 0 * * FRIL)", ["10-30 00:00"]),
        ("cron(0 0 * * L)", ["10-03 00:00", "10-10 00:00", "10-17 00:00", "10-24 00:00", "10-31 00:00"]),
        ("cron(0 0 * * 7)", ["10-04 00:00", "10-11 00:00", "10-18 00:00", "10-25 00:00"]),
        ("cron(0 0 * * 0)", ["10-04 00:00", "10-11 00:00", "10-18 00:00", "10-25 00:00"]),
        ("cron(0 0 1-3 OCT *)", ["10-01 00:00", "10-02 00:00", "10-03 00:00"]),
        ("cron(0 0 * nov *)", []),
        ("cron(30 8-18/5 5 * *)", ["10-05 08:30", "10-05 13:30", "10-05 18:30"]),
        ("cron(*/30 0 5 * *)", ["10-05 00:00", "10-05 00:30"]),
        ("cron(50/5 0 5 * *)", ["10-05 00:50", "10-05 00:55"]),
        # A range of weekdays can pass the end of the week.
        ("cron(0 0 1-4 * ?)", ["10-01 00:00", "10-02 00:00", "10-03 00:00", "10-04 00:00"]),
        ("cron(0 0 ? 10 SAT-SUN)", None),
        # Both day fields restricted: one is enough, as in standard cron.
        ("cron(0 0 6 * MON#1)", ["10-05 00:00", "10-06 00:00"]),
    ],
)
def test_when_windows_begin(expression: str, expected: list[str] | None) -> None:
    found = begins(expression, "2026-10-01T00:01", "2026-10-31T23:59")
    if expected is None:
        expected = [f"10-{day:02} 00:00" for day in (3, 4, 10, 11, 17, 18, 24, 25, 31)]
    late = begins(expression, "2026-10-01T00:00", "2026-10-31T23:59")
    assert late == expected
    assert set(found) <= set(late)


def test_a_window_that_began_before_is_still_there() -> None:
    rule = replace(RULE, expression="at(2026-10-01T00:00)", duration=7200)
    assert [each.end for each in windows(rule, stamp("2026-10-01T01:00"), stamp("2026-10-01T05:00"))] == [
        stamp("2026-10-01T02:00")
    ]
    assert windows(rule, stamp("2026-10-01T02:00"), stamp("2026-10-01T05:00")) == []


def test_local_time_follows_the_clock_changes() -> None:
    # New York leaves daylight saving time on 1 November 2026.
    assert begins("cron(0 2 * * *)", "2026-10-31T00:00", "2026-11-02T23:00", "America/New_York") == [
        "10-31 06:00",
        "11-01 07:00",
        "11-02 07:00",
    ]


def test_start_and_end_of_a_rule_bound_its_windows() -> None:
    bound = replace(RULE, start=stamp("2026-10-02T00:00"), end=stamp("2026-10-03T04:00"))
    found = windows(bound, stamp("2026-10-01T00:00"), stamp("2026-10-05T00:00"))
    assert [(each.start, each.end) for each in found] == [
        (stamp("2026-10-02T02:00"), stamp("2026-10-02T06:00")),
        (stamp("2026-10-03T02:00"), stamp("2026-10-03T04:00")),
    ]
