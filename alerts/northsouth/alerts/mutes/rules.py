"""What CloudWatch refuses of a mute rule, and windows in which it would mute for ever or never; pure.

Sources: API_PutAlarmMuteRule, API_Schedule, API_MuteTargets, alarm-mute-rules; the provider's
``aws_cloudwatch_alarm_mute_rule`` for the form of its dates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise
from zoneinfo import available_timezones

from northsouth.alerts.mutes.schedule import Cron, ScheduleError, parse_duration, parse_schedule
from northsouth.alerts.mutes.zones import ZoneError, zone
from northsouth.alerts.rules import name_problems
from northsouth.errors import Problem
from northsouth.tokens import is_token

MAX_ALARMS = 100
"""Alarms that one mute rule names (API_MuteTargets)."""
MAX_EXPRESSION = 256
MAX_ZONE = 50
MAX_DESCRIPTION = 1024
_EXAMPLE = "Write cron(0 2 * * SUN) for each Sunday at 2:00, or at(2026-12-24T22:00) for once."
_YEAR = date(2028, 1, 1)
"""The first day of a year with all days there can be."""


def mute_rule_problems(
    *,
    name: str,
    schedule: str,
    duration: str,
    time_zone: str,
    start: str | None,
    expire: str | None,
    description: str,
    alarms: Sequence[str],
) -> Iterator[Problem]:
    """Yield what is wrong with the arguments of a mute rule.

    Args:
        name: its name.
        schedule: when its windows begin.
        duration: how long each lasts.
        time_zone: the zone of the schedule.
        start: the moment from which on windows begin, if there is one.
        expire: the moment at which the last one ends, if there is one.
        description: what it is for.
        alarms: the names of its alarms.

    """
    yield from name_problems(name)
    if not is_token(description) and len(description) > MAX_DESCRIPTION:
        rule = f"CloudWatch keeps {MAX_DESCRIPTION}"
        yield Problem("description", f"{len(description)} characters", rule, "Shorten it.")
    if not alarms:
        rule = "a mute rule is for alarms that notify somebody"
        yield Problem("alarms", "none", rule, "Declare it after the alarms, or name others.")
    yield from _when_problems(schedule, duration, time_zone, start, expire)


def bindings_problems(*, known: bool) -> Iterator[Problem]:
    """Yield that the provider's bindings have no mute rules."""
    if not known:
        rule = "they know no such resource; cdktn-provider-aws 25.8 and newer do, cdktf's bindings do not"
        fix = "Move to cdktn (docs/cdktn.md), mute in the console, or give the alarms enabled=False for the time."
        yield Problem("aws_cloudwatch_alarm_mute_rule", "the installed provider bindings", rule, fix)


def _when_problems(
    schedule: str, duration: str, time_zone: str, start: str | None, expire: str | None
) -> Iterator[Problem]:
    """Check each part, and if all can be read, whether the windows begin and end."""
    problems: list[Problem] = []
    cron = seconds = None
    if not is_token(schedule):
        try:
            cron = _schedule(schedule)
        except ScheduleError as error:
            problems.append(Problem("schedule", repr(schedule), str(error), _EXAMPLE))
    if not is_token(duration):
        try:
            seconds = parse_duration(duration)
        except ScheduleError as error:
            problems.append(Problem("duration", repr(duration), str(error), "Write PT4H for four hours."))
    where, zone_problems = _zone(time_zone)
    problems += zone_problems
    first, first_problems = _moment("start", start)
    last, last_problems = _moment("expire", expire)
    problems += [*first_problems, *last_problems]
    yield from problems
    if problems:
        return
    if first and last and last <= first:
        rule = f"a rule expires after its start, {start}"
        yield Problem("expire", repr(expire), rule, "Give a later moment, or an earlier start=.")
    elif isinstance(cron, datetime) and where is not None:
        yield from _once_problems(cron.replace(tzinfo=where), first, last)
    elif isinstance(cron, Cron) and seconds is not None and _never_ends(cron, seconds):
        rule = "each window lasts until the next one begins, so the alarms would never notify anybody"
        yield Problem("duration", repr(duration), rule, "Give a shorter one, or the alarms enabled=False.")


def _schedule(text: str) -> Cron | datetime:
    """Return a schedule in one of the two forms that the API documents; replay also reads AWS's bare examples."""
    if len(text) > MAX_EXPRESSION:
        raise ScheduleError(f"a schedule has at most {MAX_EXPRESSION} characters")
    schedule = parse_schedule(text)
    if not text.startswith(("cron(", "at(")):
        raise ScheduleError("a schedule is cron(…) or at(…)")
    return schedule


def _zone(time_zone: str) -> tuple[tzinfo | None, list[Problem]]:
    """Return a time zone if it is one that is known at synth, and what is wrong with it."""
    if is_token(time_zone):
        return None, []
    fix = "Write an IANA name, such as Europe/London."
    if not 1 <= len(time_zone) <= MAX_ZONE:
        return None, [Problem("time_zone", repr(time_zone), f"a time zone has 1 to {MAX_ZONE} characters", fix)]
    try:
        return zone(time_zone), []
    except ZoneError as error:
        # A machine without a list of time zones cannot tell.
        known = bool(available_timezones())
        return None, [Problem("time_zone", repr(time_zone), str(error), fix)] if known else []


def _moment(where: str, text: str | None) -> tuple[datetime | None, list[Problem]]:
    """Return a moment if it is one that is known at synth, and what is wrong with it."""
    if text is None or is_token(text):
        return None, []
    fix = "Write 2026-12-24T22:00:00Z, or with an offset, 2026-12-24T22:00:00+01:00."
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or "T" not in text or len(text) < len("2026-12-24T22:00:00Z"):
        return None, [Problem(where, repr(text), "it is a moment with seconds and an offset (RFC 3339)", fix)]
    if moment.second or moment.microsecond:
        fix = f"Write {moment.replace(second=0, microsecond=0).isoformat()}."
        return None, [Problem(where, repr(text), "CloudWatch keeps moments by the minute", fix)]
    return moment, []


def _once_problems(moment: datetime, first: datetime | None, last: datetime | None) -> Iterator[Problem]:
    begins = moment.astimezone(UTC).isoformat()
    if first and moment < first:
        rule = f"its one window begins at {begins}, before its start, so it never mutes"
        yield Problem("start", first.isoformat(), rule, "Leave start= out.")
    if last and last <= moment:
        rule = f"its one window begins at {begins}, when it has expired, so it never mutes"
        yield Problem("expire", last.isoformat(), rule, "Leave expire= out.")


def _never_ends(cron: Cron, seconds: int) -> bool:
    """Tell whether windows of this length follow each other without a gap, all year."""
    times = sorted(hour * 3600 + minute * 60 for hour in cron.hours for minute in cron.minutes)
    within = max((later - earlier for earlier, later in pairwise(times)), default=0)
    if within > seconds:
        return False
    days = [number for number in range(366) if cron.on(_YEAR + timedelta(days=number))]
    # From the last window of a day to the first of the next one that has any, from year to year.
    overnight = [
        (later - earlier) * 86400 + times[0] - times[-1]
        for earlier, later in pairwise([*days, *(day + 366 for day in days[:1])])
    ]
    return max(overnight, default=seconds + 1) <= seconds
