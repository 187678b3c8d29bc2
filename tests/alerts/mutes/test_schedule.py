"""The schedules and durations that CloudWatch takes of a mute rule."""

from __future__ import annotations

import pytest

from northsouth.alerts.mutes.schedule import ScheduleError, parse_duration, parse_schedule


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("PT1M", 60), ("PT4H", 14400), ("P2DT12H", 216000), ("P15D", 1296000), ("P1W", 604800), ("PT90M", 5400)],
)
def test_durations(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "P", "PT", "4H", "PT30S", "P16D", "PT4", "P1M", "P1Y"])
def test_durations_that_cloudwatch_refuses(text: str) -> None:
    with pytest.raises(ScheduleError, match="duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cron(0 2 * * ? *)", "has 6 fields; a mute rule's cron has five"),
        ("rate(1 hour)", "has 2 fields"),
        ("at(2026-02-30T00:00)", "not a moment of the calendar"),
        ("at(tomorrow)", "not written as at(yyyy-MM-ddThh:mm)"),
        ("cron(60 2 * * *)", "'60', which is not from 0 to 59"),
        ("cron(0 24 * * *)", "'24', which is not from 0 to 23"),
        ("cron(0 2 0 * *)", "'0', which is not from 1 to 31"),
        ("cron(0 2 * FOO *)", "'FOO', which is not from 1 to 12"),
        ("cron(0 2 * * 8)", "'8', which is not from 0 to 7"),
        ("cron(0 2 * * SUN#6)", "'SUN#6', which is not one of its forms"),
        ("cron(*/0 2 * * *)", "step is not at least 1"),
        ("cron(x 2 * * *)", "'X', which is not one of its forms"),
    ],
)
def test_schedules_that_cloudwatch_refuses(text: str, words: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        parse_schedule(text)
    assert words in str(caught.value)
