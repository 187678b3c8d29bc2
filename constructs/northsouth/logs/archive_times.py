"""How a source writes the time of a row, and the Athena SQL that makes one UTC timestamp of it; pure.

The SQL takes the text apart itself. ``from_iso8601_timestamp`` and a plain cast would take a time without an offset for
UTC, a date for midnight, and round 22:59:59.9996 into the next hour; here such a text is no time, or is cut. Only
functions are used that Trino and DuckDB read alike, so that what the tests run is what Athena runs
(docs.aws.amazon.com/athena/latest/ug/functions-env3.html; trino.io/docs/current/functions/datetime.html).
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from northsouth.errors import Problem, refuse
from northsouth.tokens import is_token

_CLOCK = "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]+)?)?"
_OFFSET = " ?(?:[Zz]|[+-](?:[01][0-9]|2[0-3])(?::?[0-5][0-9])?)"
NUMBER = "^[+-]?(?:[0-9]+(?:[.][0-9]*)?|[.][0-9]+)(?:[eE][+-]?[0-9]+)?$"
"""A number in decimal, as JSON and Trino write it."""
_EPOCH = "TIMESTAMP '1970-01-01 00:00:00.000'"

_MICROSECONDS = {"s": 1e6, "ms": 1e3, "us": 1.0, "ns": 1e-3}
_LEAST = {"s": 0.0, "ms": 1e11, "us": 1e14, "ns": 1e17}
"""From 1973 on, so that a number of seconds is never taken for milliseconds: each range ends where the next begins."""
_ZONE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*")


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """One way in which a source writes times. Make one with :meth:`iso`, :meth:`naive` or :meth:`epoch`.

    Attributes:
        kind: ``iso``, ``naive`` or ``epoch``.
        detail: the time zone of ``naive``, the unit of ``epoch``.

    """

    kind: str
    detail: str = ""

    @classmethod
    def iso(cls) -> TimeFormat:
        """Read ISO 8601 with an offset: ``2026-11-27T09:02:00Z``, ``2026-11-27 10:02:00.5+01:00``. Becomes UTC."""
        return cls("iso")

    @classmethod
    def naive(cls, zone: str) -> TimeFormat:
        """Read a time without an offset, ``2026-11-27 09:02:00``, as one on the clocks of ``zone``.

        Args:
            zone: a name of the IANA time zone database: ``UTC``, ``Europe/Berlin``. When clocks go back, an hour of
                local time occurs twice; its rows become those of one of the two.

        Raises:
            ConfigurationError: if there is no such zone.

        """
        refuse("TimeFormat.naive", _check_zone(zone))
        return cls("naive", zone)

    @classmethod
    def epoch(cls, unit: Literal["s", "ms", "us", "ns"]) -> TimeFormat:
        """Read a number since 1970 in UTC, with or without a fraction.

        Args:
            unit: ``s``, ``ms``, ``us`` or ``ns``. A number of another unit is not taken for one of this unit: seconds
                are below 1e11, milliseconds from there to 1e14, microseconds to 1e17, nanoseconds to 1e20.

        Raises:
            ConfigurationError: if there is no such unit.

        """
        refuse("TimeFormat.epoch", _check_unit(unit))
        return cls("epoch", unit)

    def sql(self, text: str) -> str:
        """Return Athena SQL: the ``timestamp(3)`` in UTC that the SQL text ``text`` is in this format, or NULL."""
        if self.kind == "epoch":
            return self._epoch(text)
        clock = _clock(text)
        if self.kind == "naive":
            return f"CASE WHEN regexp_like({text}, '{_CLOCK}$') THEN {self._in_zone(clock)} END"
        return (
            f"CASE WHEN regexp_like({text}, '{_CLOCK}{_OFFSET}$')"
            f" THEN date_add('minute', {_minutes_to_utc(text)}, {clock}) END"
        )

    def _in_zone(self, clock: str) -> str:
        if self.detail == "UTC":
            return clock
        return f"CAST(with_timezone({clock}, '{self.detail}') AT TIME ZONE 'UTC' AS timestamp)"

    def _epoch(self, text: str) -> str:
        least = _LEAST[self.detail]
        most = least * 1e3 if least else _LEAST["ms"]
        number = f"CASE WHEN regexp_like({text}, '{NUMBER}') THEN TRY_CAST({text} AS double) END"
        milliseconds = f"CAST(floor(round({number} * {_MICROSECONDS[self.detail]:E}) / 1000) AS bigint)"
        return (
            f"CASE WHEN {number} >= {least:E} AND {number} < {most:E}"
            f" THEN date_add('millisecond', {milliseconds}, {_EPOCH}) END"
        )


def _clock(text: str) -> str:
    """Return SQL: date and time of day of a text that begins with them; milliseconds are cut, not rounded."""
    seconds = f"CASE WHEN substr({text}, 17, 1) = ':' THEN substr({text}, 17, 3) ELSE ':00' END"
    fraction = f"substr(coalesce(regexp_extract({text}, '[.,]([0-9]+)', 1), '') || '000', 1, 3)"
    return (
        f"TRY_CAST(substr({text}, 1, 10) || ' ' || substr({text}, 12, 5) || {seconds} || '.' || {fraction}"
        " AS timestamp)"
    )


def _minutes_to_utc(text: str) -> str:
    """Return SQL: the minutes from the clock to UTC by the offset at the text's end: ``Z``, ``+02``, ``-0330``."""
    digits = f"replace(regexp_extract({text}, '[+-][0-9:]+$'), ':', '')"
    hours, minutes = (f"coalesce(TRY_CAST(substr({digits}, {first}, 2) AS integer), 0)" for first in (2, 4))
    return f"CASE WHEN {digits} LIKE '-%' THEN 1 ELSE -1 END * ({hours} * 60 + {minutes})"


def instant(text: str, formats: Sequence[TimeFormat]) -> str:
    """Return Athena SQL: the UTC timestamp of the SQL text ``text`` in the first of these formats it is in, or NULL."""
    candidates = [time_format.sql(text) for time_format in formats]
    return candidates[0] if len(candidates) == 1 else f"coalesce({', '.join(candidates)})"


def check_times(formats: Sequence[TimeFormat], where: str) -> Iterator[Problem]:
    """Yield a problem if a source does not say how it writes times."""
    if not formats:
        yield Problem(where, "none", "a source says how it writes times", "Name one or more of TimeFormat.")


def _check_unit(unit: str) -> Iterator[Problem]:
    if unit not in _MICROSECONDS:
        yield Problem(
            "unit",
            repr(unit),
            f"the unit of a number since 1970 is one of {', '.join(_MICROSECONDS)}",
            'Write TimeFormat.epoch("s") or TimeFormat.epoch("ms").',
        )


def _check_zone(zone: str) -> Iterator[Problem]:
    if not is_token(zone) and not _is_zone(zone):
        yield Problem(
            "zone",
            repr(zone),
            "a time zone is a name of the IANA database, such as UTC or Europe/Berlin",
            'Write TimeFormat.naive("UTC"); for times with an offset, TimeFormat.iso().',
        )


def _is_zone(name: str) -> bool:
    known = zoneinfo.available_timezones()
    # A machine without the database knows no zone; then only the form is checked.
    return bool(_ZONE_NAME.fullmatch(name)) and (not known or name in known)
