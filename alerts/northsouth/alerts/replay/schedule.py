"""When mute rules mute. Source: alarm-mute-rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from northsouth.alerts.mutes.schedule import parse_schedule
from northsouth.alerts.mutes.zones import zone
from northsouth.alerts.replay.alarms import MuteRule


@dataclass(frozen=True, slots=True)
class Window:
    """A time in which a rule mutes: from ``start``, until ``end`` (not included)."""

    start: int
    end: int
    rule: str


def windows(rule: MuteRule, start: int, end: int) -> list[Window]:
    """Return the windows of a mute rule that touch the time from ``start`` to ``end``, in seconds since 1970 UTC.

    A window begins only from the rule's start on, and none lasts beyond the rule's end.

    Raises:
        ScheduleError: if its schedule is none.
        ZoneError: if there is no such time zone.

    """
    where = zone(rule.time_zone)
    schedule = parse_schedule(rule.expression)
    if isinstance(schedule, datetime):
        moments: Iterator[datetime] = iter((schedule,))
    else:
        first = datetime.fromtimestamp(start - rule.duration, where).date() - timedelta(days=1)
        moments = schedule.between(first, datetime.fromtimestamp(end, where).date())
    windows = []
    for moment in moments:
        # A local time that a clock change skips is taken as if the clock had not changed; of one that occurs twice,
        # the first counts.
        begin = int(moment.replace(tzinfo=where).astimezone(UTC).timestamp())
        until = begin + rule.duration if rule.end is None else min(begin + rule.duration, rule.end)
        started = rule.start is None or begin >= rule.start
        if started and begin < until and until > start and begin <= end:
            windows.append(Window(begin, until, rule.name))
    return sorted(windows, key=lambda window: window.start)
