"""The schedule of a mute rule: ``cron(…)`` or ``at(…)``, and how long each window lasts; pure.

Sources: alarm-mute-rules, API_Schedule.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")

_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_UNITS = (604800, 86400, 3600, 60, 1)
LEAST_DURATION = 60
MOST_DURATION = 15 * 86400
"""A mute window lasts from PT1M to P15D."""

DayTest = Callable[[date], bool]


class ScheduleError(ValueError):
    """A schedule that CloudWatch would not take; the message says why, in one clause."""


@dataclass(frozen=True, slots=True)
class Cron:
    """A recurring moment of local time: on days that match, at these hours and minutes."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    on: DayTest

    def between(self, first: date, last: date) -> Iterator[datetime]:
        """Yield the moments of the days ``first`` to ``last`` without a time zone."""
        day = first
        while day <= last:
            if self.on(day):
                for hour in self.hours:
                    for minute in self.minutes:
                        yield datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001 (local time)
            day += timedelta(days=1)


def parse_duration(text: str) -> int:
    """Return an ISO 8601 duration such as ``PT4H`` or ``P2DT12H`` in seconds.

    Raises:
        ScheduleError: if it is none, or outside of PT1M to P15D.

    """
    match = _DURATION.fullmatch(text)
    if not match or not any(match.groups()):
        raise ScheduleError(f"its duration {text!r} is not an ISO 8601 duration such as PT4H or P2DT12H")
    seconds = sum(int(number or 0) * unit for number, unit in zip(match.groups(), _UNITS, strict=True))
    if not LEAST_DURATION <= seconds <= MOST_DURATION:
        raise ScheduleError(f"its duration {text!r} is not between PT1M and P15D")
    return seconds


def parse_schedule(expression: str) -> Cron | datetime:
    """Return ``cron(…)``, or the local time of ``at(…)``; the word ``cron`` may be left out, as in AWS's examples.

    Raises:
        ScheduleError: if it is neither.

    """
    text = expression.strip()
    at = re.fullmatch(r"at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2})\)", text)
    if at:
        try:
            return datetime.fromisoformat(at[1])
        except ValueError:
            raise ScheduleError(f"its schedule {expression!r} is not a moment of the calendar") from None
    if text.startswith("at("):
        raise ScheduleError(f"its schedule {expression!r} is not written as at(yyyy-MM-ddThh:mm)")
    fields = (text[5:-1] if text.startswith("cron(") and text.endswith(")") else text).upper().split()
    if len(fields) != 5:
        raise ScheduleError(
            f"its schedule {expression!r} has {len(fields)} fields; a mute rule's cron has five: minute, hour, day of "
            "the month, month, day of the week"
        )
    minute, hour, day, month, weekday = fields
    months = frozenset(_numbers(month, 1, 12, MONTHS, 1))
    return Cron(
        tuple(sorted(_numbers(minute, 0, 59))),
        tuple(sorted(_numbers(hour, 0, 23))),
        _on(months, _day_of_month(day), _day_of_week(weekday)),
    )


def _on(months: frozenset[int], day: DayTest | None, weekday: DayTest | None) -> DayTest:
    """Tell whether a day matches. As in standard cron, one of two restricted day fields is enough."""

    def test(moment: date) -> bool:
        if moment.month not in months:
            return False
        restrictions = [field for field in (day, weekday) if field is not None]
        return any(matches(moment) for matches in restrictions) if restrictions else True

    return test


def _day_of_month(field: str) -> DayTest | None:
    if field in ("*", "?"):
        return None
    parts = field.split(",")
    days = frozenset(number for part in parts if part != "L" for number in _numbers(part, 1, 31))
    last = "L" in parts
    return lambda day: day.day in days or (last and day.day == monthrange(day.year, day.month)[1])


def _day_of_week(field: str) -> DayTest | None:
    if field in ("*", "?"):
        return None
    tests = [_weekday(part) for part in field.split(",")]
    return lambda day: any(test(day) for test in tests)


def _weekday(part: str) -> DayTest:
    """Return the test of one weekday: ``MON``, ``MON-FRI``, ``SUN#4`` (the fourth), ``FRIL`` (the last), ``L``."""
    numbered = re.fullmatch(r"([A-Z]{3}|\d)#([1-5])", part)
    if numbered:
        (weekday,), place = _numbers(numbered[1], 0, 7, WEEKDAYS), int(numbered[2])
        return lambda day: _number_of(day) == weekday % 7 and (day.day - 1) // 7 + 1 == place
    last = re.fullmatch(r"([A-Z]{3}|\d)L", part)
    if last:
        (weekday,) = _numbers(last[1], 0, 7, WEEKDAYS)
        return lambda day: _number_of(day) == weekday % 7 and day.day + 7 > monthrange(day.year, day.month)[1]
    if part == "L":
        return lambda day: _number_of(day) == 6
    chosen = frozenset(number % 7 for number in _numbers(part, 0, 7, WEEKDAYS))
    return lambda day: _number_of(day) in chosen


def _number_of(day: date) -> int:
    """Return the number of a weekday in cron: Sunday is 0."""
    return day.isoweekday() % 7


def _numbers(field: str, least: int, most: int, names: tuple[str, ...] = (), first: int = 0) -> set[int]:
    """Return the numbers of a field: ``*``, ``5``, ``1-5``, ``*/15``, ``8-18/2``, ``MON-FRI``, and lists of these."""
    values: set[int] = set()
    for part in field.split(","):
        match = re.fullmatch(r"(\*|[A-Z]{3}|\d{1,2})(?:-([A-Z]{3}|\d{1,2}))?(?:/(\d{1,2}))?", part)
        if not match:
            raise ScheduleError(f"its cron has {part!r}, which is not one of its forms")
        begin, end, step = match.groups()
        if begin == "*":
            low, high = least, most
        else:
            low = _number(begin, least, most, names, first)
            high = _number(end, least, most, names, first) if end else most if step else low
        if int(step or 1) < 1:
            raise ScheduleError(f"its cron has {part!r}, whose step is not at least 1")
        # A range such as FRI-MON goes on from the other end.
        span = range(low, high + 1) if low <= high else (*range(low, most + 1), *range(least, high + 1))
        values.update(list(span)[:: int(step or 1)])
    return values


def _number(text: str, least: int, most: int, names: tuple[str, ...], first: int) -> int:
    if text in names:
        return names.index(text) + first
    if not text.isdigit() or not least <= int(text) <= most:
        raise ScheduleError(f"its cron has {text!r}, which is not from {least} to {most}")
    return int(text)
