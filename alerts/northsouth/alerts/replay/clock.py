"""When periods of a wall clock begin, in any time zone. Source: alarm-evaluation-window."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

import numpy as np

from northsouth.alerts.replay.series import Times

WALL_CLOCK_PERIODS = (60, 300, 3600, 86400, 604800)
"""Periods that a wall-clock window can have, in seconds."""

_DAY = 86400
_STEP = 300


def offset(where: tzinfo, time: int) -> int:
    """Return the offset from UTC, in seconds, that a time zone has at a moment."""
    shift = datetime.fromtimestamp(time, where).utcoffset()
    return 0 if shift is None else int(shift.total_seconds())


def boundaries(where: tzinfo, period: int, start: int, end: int) -> Times:
    """Return the moments from ``start`` to ``end`` (both included) at which a period of the wall clock begins.

    Args:
        where: the time zone.
        period: 60, 300, 3600, 86400 or 604800 seconds; weeks begin on Monday.
        start: in seconds since 1970 UTC.
        end: in seconds since 1970 UTC.

    """
    if period >= _DAY:
        moments = _midnights(where, weekly=period > _DAY, start=start, end=end)
    elif period <= _STEP:
        # Every offset is a multiple of five minutes, so these periods are the same everywhere.
        moments = list(range(start - start % -period, end + 1, period))
    else:
        moments = _hours(where, start, end)
    times = np.array(moments, dtype=np.int64)
    return times[(times >= start) & (times <= end)]


def _midnights(where: tzinfo, *, weekly: bool, start: int, end: int) -> list[int]:
    """Return the first moments of local days, or of local Mondays.

    Where a clock change skips midnight, the day begins at the change.
    """
    day = datetime.fromtimestamp(start - _DAY, where).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    moments: list[int] = []
    while (moment := int(day.replace(tzinfo=where).timestamp())) <= end:
        if not weekly or day.weekday() == 0:
            moments.append(moment)
        day += timedelta(days=1)
    return moments


def _hours(where: tzinfo, start: int, end: int) -> list[int]:
    """Return the moments at which local clocks show a full hour, also where an hour occurs twice or is shorter."""
    moments: list[int] = []
    for day in range(start - start % _DAY, end + 1, _DAY):
        shift = offset(where, day)
        if shift == offset(where, day + _DAY):
            moments.extend(range(day + -shift % 3600, day + _DAY, 3600))
        else:
            steps = range(day, day + _DAY, _STEP)
            moments.extend(step for step in steps if (step + offset(where, step)) % 3600 == 0)
    return moments
