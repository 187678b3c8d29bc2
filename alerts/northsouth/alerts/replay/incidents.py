"""Incidents that people marked, read from CSV or JSON; pure."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from northsouth.alerts.replay.files.source import MICROSECONDS
from northsouth.alerts.replay.files.stamps import StampError, microseconds
from northsouth.alerts.replay.series import History
from northsouth.alerts.replay.timeline import stamp
from northsouth.errors import ConfigurationError, Problem, refuse
from northsouth.errors.reading import fault

_FORM = "Write a CSV file whose first line is start,end,label, or a JSON list of objects with these keys."


@dataclass(frozen=True, slots=True, order=True)
class Incident:
    """A time in which an alarm is wanted.

    Attributes:
        start: its first moment, in seconds since 1970 UTC.
        end: its last moment; a change to ALARM at it still counts.
        label: what people call it.

    """

    start: int
    end: int
    label: str = ""

    def __str__(self) -> str:
        return f"{self.label or 'incident'} ({stamp(self.start)} to {stamp(self.end)})"


def moment(text: object, zone: str | None = None) -> int:
    """Return a time, such as ``2026-10-01T10:04:00Z`` or an epoch number, in seconds since 1970 UTC.

    Args:
        text: the time.
        zone: the time zone of times that have none.

    Raises:
        StampError: if it is no time, or has no zone and none is given.

    """
    return int(microseconds([text], zone)[0]) // MICROSECONDS


def read_incidents(path: str | Path, time_zone: str | None = None) -> tuple[Incident, ...]:
    """Return the incidents of a file, oldest first.

    Args:
        path: CSV with a header, or a JSON list of objects; columns and keys are ``start``, ``end`` and ``label``.
        time_zone: the time zone of times that have none.

    Raises:
        ConfigurationError: with every row that is wrong, or if the file cannot be read.

    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(str(path), [Problem("file", fault(error), "a text file", _FORM)]) from error
    incidents: list[Incident] = []
    problems: list[Problem] = []
    for where, row in _rows(str(path), text):
        try:
            start, end = moment(row.get("start"), time_zone), moment(row.get("end"), time_zone)
        except StampError as error:
            problems.append(Problem(where, str(row), str(error), "Write for example 2026-10-01T10:04:00Z."))
            continue
        if end < start:
            given = f"end {stamp(end)}, before the start {stamp(start)}"
            problems.append(Problem(where, given, "an incident ends after it begins", "Exchange them."))
            continue
        incidents.append(Incident(start, end, str(row.get("label") or "")))
    incidents.sort()
    problems += _overlaps(incidents)
    refuse(str(path), problems)
    return tuple(incidents)


def incidents_of(history: History, path: str | Path, time_zone: str | None = None) -> tuple[Incident, ...]:
    """Return the incidents of a file that marks a history; arguments as of :func:`read_incidents`.

    Raises:
        ConfigurationError: if the file cannot be read, or an incident is outside the history.

    """
    return marked_in(history, read_incidents(path, time_zone), str(path))


def marked_in(history: History, incidents: tuple[Incident, ...], source: str) -> tuple[Incident, ...]:
    """Return incidents that mark a history.

    Raises:
        ConfigurationError: if one is outside the history; its subject is ``source``.

    """
    known = [series for series in history.values() if len(series)]
    if known:
        first, last = min(points.start for points in known), max(points.end for points in known)
        check_within(incidents, first, last, source)
    return incidents


def check_within(incidents: tuple[Incident, ...], start: int, end: int, source: str) -> None:
    """Refuse incidents of which no moment is in a history.

    Raises:
        ConfigurationError: with every such incident.

    """
    span = f"the history is from {stamp(start)} to {stamp(end)}"
    fix = "Read the metrics of that time, or take the line out."
    refuse(
        source,
        [
            Problem(str(incident), "no moment in the history", span, fix)
            for incident in incidents
            if _outside(incident, start, end)
        ],
    )


def _outside(incident: Incident, start: int, end: int) -> bool:
    return incident.end < start or incident.start > end


def _rows(source: str, text: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Yield where each incident of a file stands, and its values by column or key."""
    if text.lstrip().startswith(("[", "{")):
        try:
            document = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ConfigurationError(source, [Problem("file", fault(error), "JSON that is whole", _FORM)]) from error
        listed = document.get("incidents") if isinstance(document, dict) else document
        if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
            raise ConfigurationError(source, [Problem("file", "no list of objects", "a list of incidents", _FORM)])
        yield from ((f"[{place}]", row) for place, row in enumerate(listed))
        return
    rows = csv.DictReader(text.splitlines(), skipinitialspace=True)
    columns = [name.strip().lower() for name in rows.fieldnames or ()]
    if not {"start", "end"} <= set(columns):
        columns_text = f"columns {', '.join(columns)[:80]}" if any(columns) else "nothing"
        raise ConfigurationError(source, [Problem("line 1", columns_text, "the columns start and end", _FORM)])
    rows.fieldnames = columns
    for row in rows:
        yield f"line {rows.line_num}", {key: value for key, value in row.items() if key is not None}


def _overlaps(incidents: list[Incident]) -> Iterator[Problem]:
    for before, after in pairwise(incidents):
        if after.start <= before.end:
            fix = "Write them as one incident."
            yield Problem(str(after), f"overlaps {before}", "incidents of a file do not overlap", fix)
