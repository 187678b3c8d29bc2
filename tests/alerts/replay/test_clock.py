from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from northsouth.alerts.mutes.zones import zone
from northsouth.alerts.replay.clock import boundaries


def stamp(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def shown(name: str, period: int, start: str, end: str) -> list[str]:
    times = boundaries(zone(name), period, stamp(start), stamp(end))
    return [datetime.fromtimestamp(time, UTC).strftime("%m-%d %H:%M") for time in times]


@pytest.mark.parametrize(
    ("name", "period", "start", "end", "expected"),
    [
        ("UTC", 300, "2026-10-01T00:01Z", "2026-10-01T00:10Z", ["10-01 00:05", "10-01 00:10"]),
        ("UTC", 60, "2026-10-01T00:00Z", "2026-10-01T00:01Z", ["10-01 00:00", "10-01 00:01"]),
        ("Asia/Kolkata", 3600, "2026-10-01T00:00Z", "2026-10-01T02:00Z", ["10-01 00:30", "10-01 01:30"]),
        ("+05:30", 3600, "2026-10-01T00:00Z", "2026-10-01T02:00Z", ["10-01 00:30", "10-01 01:30"]),
        ("America/New_York", 86400, "2026-10-01T00:00Z", "2026-10-02T12:00Z", ["10-01 04:00", "10-02 04:00"]),
        # The clocks of New York go back on 1 November 2026: that day has 25 hours; on 8 March 23.
        ("America/New_York", 86400, "2026-11-01T00:00Z", "2026-11-02T12:00Z", ["11-01 04:00", "11-02 05:00"]),
        ("America/New_York", 86400, "2026-03-08T00:00Z", "2026-03-09T12:00Z", ["03-08 05:00", "03-09 04:00"]),
        ("UTC-05:00", 86400, "2026-11-01T00:00Z", "2026-11-02T12:00Z", ["11-01 05:00", "11-02 05:00"]),
        # A week begins on Monday, local time: 5 October 2026.
        ("Europe/Paris", 604800, "2026-10-01T00:00Z", "2026-10-12T00:00Z", ["10-04 22:00", "10-11 22:00"]),
        # Lord Howe's clocks move by half an hour: 4 October 2026, 02:00 is 02:30.
        (
            "Australia/Lord_Howe",
            3600,
            "2026-10-03T14:00Z",
            "2026-10-03T17:00Z",
            ["10-03 14:30", "10-03 16:00", "10-03 17:00"],
        ),
        # Santiago's clocks skip midnight on 6 September 2026: the day begins at the change.
        ("America/Santiago", 86400, "2026-09-06T00:00Z", "2026-09-07T12:00Z", ["09-06 04:00", "09-07 03:00"]),
    ],
)
def test_periods_begin_where_local_clocks_say(
    name: str, period: int, start: str, end: str, expected: list[str]
) -> None:
    assert shown(name, period, start, end) == expected


def test_an_hour_that_occurs_twice_begins_twice() -> None:
    times = boundaries(ZoneInfo("America/New_York"), 3600, stamp("2026-11-01T04:00Z"), stamp("2026-11-01T08:00Z"))
    local = [datetime.fromtimestamp(time, ZoneInfo("America/New_York")).hour for time in times]
    assert local == [0, 1, 1, 2, 3]
