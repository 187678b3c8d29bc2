"""Time zones by their IANA names or offsets; pure."""

from __future__ import annotations

import re
from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{2}):?(\d{2})")


class ZoneError(ValueError):
    """A time zone that is not known; the message says what is allowed."""


def zone(name: str) -> tzinfo:
    """Return a time zone by its IANA name or its offset (``+05:30``, ``UTC+05:30``, ``Z``).

    Raises:
        ZoneError: if there is none, or its offset is not a multiple of five minutes.

    """
    if name in ("", "Z", "UTC", "GMT"):
        return UTC
    match = _OFFSET.fullmatch(name)
    if match:
        sign, hours, minutes = match.groups()
        if int(minutes) % 5 or int(minutes) > 59 or int(hours) > 18:
            raise ZoneError(f"the time zone {name!r} has an offset that is not a multiple of 5 minutes up to 18 hours")
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        return timezone(offset if sign == "+" else -offset)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ZoneError(
            f"the time zone {name!r} is not known; write an IANA name such as 'Europe/London', or an offset"
        ) from None
