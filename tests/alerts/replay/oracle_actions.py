"""When an alarm's actions run, for the oracle, from AWS's text alone: suppressors (SU) and mute rules (MU).

It lives through the time in steps of one second in which anything can change, and keeps what AWS's text says is kept:
whether a WaitPeriod or an ExtensionPeriod is running, and which state's actions have not run yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from northsouth.alerts.replay import Alarms, CompositeAlarm, MetricAlarm, MuteRule, Settings, State

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


def runs(
    alarm: MetricAlarm | CompositeAlarm,
    alarms: Alarms,
    changes: Mapping[str, Sequence[tuple[int, State]]],
    initial: Mapping[str, State],
    settings: Settings,
) -> list[tuple[int, State]]:
    """Return when which actions of an alarm run."""
    assert settings.start is not None
    assert settings.end is not None
    if not alarm.actions.enabled:
        return []
    own = dict(changes[alarm.name])
    suppressor = alarm.suppressor if isinstance(alarm, CompositeAlarm) else None
    above = dict(changes[suppressor.alarm]) if suppressor else {}
    suppressed = suppressor is not None and initial[suppressor.alarm] is State.ALARM
    windows = [span for rule in alarms.mute_rules if alarm.name in rule.alarms for span in windows_of(rule, settings)]
    waits_until = settings.start  # the end of a WaitPeriod or ExtensionPeriod
    pending: State | None = None
    done: list[tuple[int, State]] = []
    for now in range(settings.start, settings.end + 1):
        if suppressor and now in above and (above[now] is State.ALARM) != suppressed:
            suppressed = above[now] is State.ALARM
            # Going to ALARM discards what runs (examples 2 and 5); leaving it starts the ExtensionPeriod (5 and 6).
            waits_until = now if suppressed else now + suppressor.extension
        if now in own:
            pending = own[now]
            if suppressor and not suppressed:
                # A change discards what runs, and starts a new WaitPeriod (examples 3 and 6).
                waits_until = now + suppressor.wait
        muted = any(begin <= now < end for begin, end in windows)
        if pending is not None and not suppressed and now >= waits_until and not muted:
            done.append((now, pending))
            pending = None
    return done


def windows_of(rule: MuteRule, settings: Settings) -> Iterator[tuple[int, int]]:
    """Yield the windows of a mute rule that can matter, found by trying every minute."""
    assert settings.start is not None
    assert settings.end is not None
    zone = ZoneInfo(rule.time_zone)
    for minute in range((settings.start - rule.duration) // 60 * 60, settings.end + 1, 60):
        begins = matches(rule.expression, datetime.fromtimestamp(minute, UTC).astimezone(zone))
        early = rule.start is not None and minute < rule.start
        late = rule.end is not None and minute >= rule.end
        if begins and not early and not late:
            yield minute, minute + rule.duration


def matches(expression: str, local: datetime) -> bool:
    """Whether a mute rule's expression begins a window at a minute of local time."""
    kind, inside = re.fullmatch(r"(cron|at)\((.*)\)", expression).groups()
    if kind == "at":
        return local.strftime("%Y-%m-%dT%H:%M") == inside
    minute, hour, date, month, day = inside.split()
    last = (local.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return (
        field(minute, local.minute, 0, 59)
        and field(hour, local.hour, 0, 23)
        and (date == "?" or (local.day == last.day if date == "L" else field(date, local.day, 1, 31)))
        and field(month, local.month, 1, 12, ("", *MONTHS))
        and weekday(day, local)
    )


def weekday(text: str, local: datetime) -> bool:
    """Whether the field of the day of the week fits."""
    today = local.isoweekday() % 7
    if text == "?":
        return True
    if "#" in text:
        name, _, number = text.partition("#")
        return weekday(name, local) and (local.day - 1) // 7 + 1 == int(number)
    if text.endswith("L"):
        return weekday(text[:-1], local) and (local + timedelta(days=7)).month != local.month
    return field(text, today, 0, 7, DAYS) or (today == 0 and field(text, 7, 0, 7, DAYS))


def field(text: str, value: int, first: int, last: int, names: Sequence[str] = ()) -> bool:
    """Whether a value fits a field of cron."""
    for part in text.split(","):
        span, _, step = part.partition("/")
        low, _, high = span.partition("-")
        begin = first if low == "*" else number(low, names)
        end = last if low == "*" or (step and not high) else number(high or low, names)
        if begin <= value <= end and (value - begin) % int(step or 1) == 0:
            return True
    return False


def number(text: str, names: Sequence[str]) -> int:
    """Return the number of a field's value, which can be an English name."""
    return names.index(text) if text in names else int(text)
