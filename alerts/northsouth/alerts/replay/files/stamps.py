"""Time stamps as files write them: epoch numbers, and ISO 8601 with or without a zone; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from northsouth.alerts.replay.files.source import MICROSECONDS
from northsouth.alerts.replay.series import Times
from northsouth.errors import Problem

ISO = re.compile(
    r"\s*\d{4}[-/]\d{1,2}[-/]\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
    r"\s*(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?\s*"
)
EPOCH = re.compile(r"\s*\d{9,19}(?:\.\d+)?\s*")
_UNITS = ((10**11, MICROSECONDS), (10**14, 1000), (10**17, 1))
"""Below which number a stamp is seconds, milliseconds or microseconds, and what makes microseconds of it."""


class StampError(ValueError):
    """A stamp that cannot be understood; its text says why."""


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone.

    Raises:
        StampError: if there is none of this name.

    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise StampError(f"{name!r} is no time zone; write it like 'UTC' or 'Europe/Paris'") from error


def scale(number: float) -> float:
    """Return what makes microseconds of an epoch stamp of this size."""
    for limit, factor in _UNITS:
        if abs(number) < limit:
            return factor
    return 0.001


def microseconds(stamps: Sequence[object], zone: str | None) -> Times:
    """Return stamps of a JSON document as microseconds since 1970 UTC.

    Raises:
        StampError: if one means nothing, or has no zone and none is given.

    """
    return np.array([_microseconds(stamp, zone) for stamp in stamps], dtype=np.int64)


def _microseconds(stamp: object, zone: str | None) -> int:
    if isinstance(stamp, int | float) and not isinstance(stamp, bool):
        if not -1e18 < stamp < 1e19:
            raise StampError(f"{stamp!r} is no time")
        return round(stamp * scale(stamp))
    if isinstance(stamp, str):
        return _parsed(stamp, zone)
    raise StampError(f"{stamp!r} is no time")


@lru_cache(maxsize=65536)
def _parsed(text: str, zone: str | None) -> int:
    if EPOCH.fullmatch(text):
        return round(float(text) * scale(float(text)))
    try:
        parsed = datetime.fromisoformat(text.strip().replace("/", "-"))
    except ValueError as error:
        raise StampError(f"{text!r} is no time; write ISO 8601, or seconds since 1970") from error
    if parsed.tzinfo is None:
        if zone is None:
            raise StampError(NO_ZONE.format(stamp=repr(text)))
        parsed = parsed.replace(tzinfo=zone_of(zone))
    since = parsed.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86400 + since.seconds) * MICROSECONDS + since.microseconds


NO_ZONE = "{stamp} has no time zone; say which one the file is in, such as time_zone='UTC'"


def zone_problem(stamp: str) -> Problem:
    """Return the problem of a stamp without a zone."""
    rule = "times have a zone, or you say which one the file is in"
    return Problem(
        "time zone", f"{stamp!r}, without a zone", rule, "Say the time zone, such as 'UTC' or 'Europe/Paris'."
    )


def localized(times: Times, zone: str) -> Times:
    """Return local times, in microseconds, as UTC; of an hour that a clock change repeats, the first is taken.

    Raises:
        StampError: if there is no such zone.

    """
    hours, places = np.unique(times // (3600 * MICROSECONDS), return_inverse=True)
    known = zone_of(zone)
    start = datetime(1970, 1, 1, tzinfo=UTC)
    offsets = [
        (start + timedelta(hours=hour)).replace(tzinfo=known).utcoffset() or timedelta(0) for hour in hours.tolist()
    ]
    shifts = np.array([offset // timedelta(microseconds=1) for offset in offsets], dtype=np.int64)
    return times - shifts[places]
