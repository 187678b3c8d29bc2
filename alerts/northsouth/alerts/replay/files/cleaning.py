"""Makes a series of points as they were found: sorted, each time once, on CloudWatch's grid; pure.

What cannot be put right is refused. The series' notes list every change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from northsouth.alerts.replay.files.source import MICROSECONDS, Points
from northsouth.alerts.replay.series import HIGH_RESOLUTION, Numbers, Series, Times
from northsouth.errors import Problem, refuse

MINUTE = 60
_USUAL_SHARE = 0.8
"""The share of steps that a step must have to be taken as what a point covers, gaps or not."""
_RUN = 12
"""So many equal steps in a row are a spacing of its own."""
_STRAY_SHARE = 0.01
"""The share of points that may overlap others, as when a publisher shifts its phase."""
_EARLIEST, _LATEST = 0, 4_102_444_800
"""1970 and 2100, in seconds."""


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Points of one series on the way: seconds, and values by statistic."""

    times: Times
    values: dict[str, Numbers]

    def chosen(self, selection: NDArray[np.bool_] | NDArray[np.intp]) -> _Rows:
        """Return some of the rows, or all in another order."""
        return _Rows(self.times[selection], {name: value[selection] for name, value in self.values.items()})


def series_of(parts: Sequence[Points], *, name: str, period: int | None, unit: str | None) -> Series:
    """Return one series of the points of some parts, such as pages or files of one metric.

    Args:
        parts: the points; if two parts have a point of the same time, the first is kept.
        name: what messages call the series.
        period: seconds that a point covers; inferred from the steps between points if ``None``.
        unit: the unit, if known.

    Raises:
        ConfigurationError: if a time or a value means nothing, or the points have more than one spacing.

    """
    notes = [note for part in parts for note in part.notes]
    rows = _joined(parts, notes)
    refuse(name, _impossible(rows))
    rows = _present(rows, notes)
    rows = _sorted(rows, notes)
    spacing = period if period is not None else _spacing(name, rows.times, notes)
    rows = _on_grid(rows, min(spacing, MINUTE), notes)
    rows = _once(rows, notes)
    rows = _apart(name, rows, spacing, notes)
    return Series(rows.times, rows.values, spacing, unit, notes=tuple(notes), name=name)


def _joined(parts: Sequence[Points], notes: list[str]) -> _Rows:
    """Join parts; a statistic that only some points have is completed from parts that have it for the same time."""
    statistics = list(dict.fromkeys(statistic for part in parts for statistic in part.values))
    if all(part.values.keys() == parts[0].values.keys() for part in parts):
        times = np.concatenate([part.times for part in parts]) // MICROSECONDS
        return _Rows(
            times, {statistic: np.concatenate([part.values[statistic] for part in parts]) for statistic in statistics}
        )
    columns = {
        statistic: _column([part for part in parts if statistic in part.values], statistic) for statistic in statistics
    }
    times = _common([column[0] for column in columns.values()])
    dropped = max(len(column[0]) for column in columns.values()) - len(times)
    if dropped:
        notes.append(f"{_count(dropped)} left out: not every statistic has one.")
    values = {statistic: numbers[np.searchsorted(stamps, times)] for statistic, (stamps, numbers) in columns.items()}
    return _Rows(times, values)


def _column(parts: Sequence[Points], statistic: str) -> tuple[Times, Numbers]:
    """Return one statistic's times, each once, and values; the first of equal times is kept."""
    times = np.concatenate([part.times for part in parts]) // MICROSECONDS
    numbers = np.concatenate([part.values[statistic] for part in parts])
    there = ~np.isnan(numbers)
    unique, first = np.unique(times[there], return_index=True)
    return unique, numbers[there][first]


def _common(several: Sequence[Times]) -> Times:
    times = several[0]
    for rows in several[1:]:
        times = np.intersect1d(times, rows, assume_unique=True)
    return times


def _impossible(rows: _Rows) -> Iterator[Problem]:
    outside = (rows.times < _EARLIEST) | (rows.times > _LATEST)
    if np.any(outside):
        rule = "times lie between 1970 and 2100"
        fix = "Give seconds, milliseconds or ISO 8601."
        yield Problem("time", f"{int(rows.times[np.argmax(outside)])} seconds since 1970", rule, fix)
    for statistic, numbers in rows.values.items():
        infinite = np.isinf(numbers)
        if np.any(infinite):
            given = f"{numbers[np.argmax(infinite)]} at {stamp(int(rows.times[np.argmax(infinite)]))}"
            yield Problem(statistic or "value", given, "a value is a finite number", "Remove the point.")


def _present(rows: _Rows, notes: list[str]) -> _Rows:
    there = np.ones(len(rows.times), dtype=bool)
    for numbers in rows.values.values():
        there &= ~np.isnan(numbers)
    if missing := int(np.count_nonzero(~there)):
        notes.append(f"{_count(missing)} without a value (NaN or empty) left out.")
    return rows.chosen(there)


def _sorted(rows: _Rows, notes: list[str]) -> _Rows:
    backward = int(np.count_nonzero(np.diff(rows.times) < 0))
    if not backward:
        return rows
    if np.all(np.diff(rows.times) <= 0):
        notes.append("Newest first: turned round.")
    else:
        notes.append(f"Times go backward {_times(backward)}: sorted.")
    return rows.chosen(np.argsort(rows.times, kind="stable"))


def _on_grid(rows: _Rows, base: int, notes: list[str]) -> _Rows:
    off = int(np.count_nonzero(rows.times % base))
    if not off:
        return rows
    grid = "minute" if base == MINUTE else f"{base} s"
    notes.append(f"{_count(off)} rounded down to the full {grid}.")
    return _Rows(rows.times // base * base, rows.values)


def _once(rows: _Rows, notes: list[str]) -> _Rows:
    again = np.concatenate(([False], np.diff(rows.times) == 0)) if len(rows.times) else np.zeros(0, dtype=bool)
    if not np.any(again):
        return rows
    first = np.maximum.accumulate(np.where(again, 0, np.arange(len(rows.times))))
    differs = np.zeros(len(rows.times), dtype=bool)
    for numbers in rows.values.values():
        differs |= numbers != numbers[first]
    repeated, other = int(np.count_nonzero(again)), int(np.count_nonzero(differs))
    other_text = f", {other} of them with another value" if other else ""
    notes.append(f"{_count(repeated)} of a time that was there already{other_text}: the first is kept.")
    return rows.chosen(~again)


def _apart(name: str, rows: _Rows, spacing: int, notes: list[str]) -> _Rows:
    """Leave out the few points that overlap the one before them; refuse if there are many."""
    if not np.any(np.diff(rows.times) < spacing):
        return rows
    is_kept = np.ones(len(rows.times), dtype=bool)
    last = int(rows.times[0])
    for index in range(1, len(rows.times)):
        if int(rows.times[index]) - last < spacing:
            is_kept[index] = False
        else:
            last = int(rows.times[index])
    stray = int(np.count_nonzero(~is_kept))
    if stray > max(1, _STRAY_SHARE * len(is_kept)):
        refuse(name, [_mixed(f"{stray} of {len(is_kept)} points closer than {spacing} s to the one before")])
    notes.append(f"{_count(stray)} left out: closer than {spacing} s to the one before.")
    return rows.chosen(is_kept)


def _spacing(name: str, times: Times, notes: list[str]) -> int:
    """Return what a point covers, by the steps between the points."""
    steps = np.diff(np.unique(times)).astype(np.int64)
    if not len(steps):
        notes.append("One point: it is taken to cover 60 s.")
        return MINUTE
    sizes, counts = np.unique(steps, return_counts=True)
    usual = int(sizes[np.argmax(counts)])
    regular = sorted({size for size in sizes.tolist() if _longest_run(steps == size) >= _RUN})
    if len(regular) > 1 and np.max(counts) < _USUAL_SHARE * len(steps):
        refuse(name, [_mixed(f"points every {' and every '.join(f'{size} s' for size in regular)}")])
    if len(regular) == 1:
        usual = regular[0]
    elif np.max(counts) < _USUAL_SHARE * len(steps):
        usual = _divisor(steps)
        notes.append(f"Points are rare: each is taken to cover {usual} s.")
    if usual not in HIGH_RESOLUTION and (usual < MINUTE or usual % MINUTE):
        rule = "a point covers 1, 5, 10, 20 or 30 s, or a multiple of 60 s"
        refuse(name, [Problem("spacing", f"{usual} s between points", rule, "Say what a point covers as the period.")])
    return usual


def _longest_run(marks: NDArray[np.bool_]) -> int:
    ends = np.flatnonzero(np.diff(np.concatenate(([False], marks, [False])).astype(np.int8)))
    return int(np.max(ends[1::2] - ends[::2])) if len(ends) else 0


def _divisor(steps: Times) -> int:
    """Return the greatest number that divides all steps, or a minute if they have none that CloudWatch stores."""
    divisor = int(np.gcd.reduce(steps))
    return divisor if divisor % MINUTE == 0 or divisor in HIGH_RESOLUTION else MINUTE


def _mixed(given: str) -> Problem:
    rule = "points of one series cover the same time"
    return Problem("spacing", given, rule, "Read each part on its own, or say what a point covers as the period.")


def stamp(seconds: int) -> str:
    """Return a time as ISO 8601 in UTC."""
    text = np.datetime_as_string(np.datetime64(seconds, "s"))
    return f"{text}Z"


def _count(number: int) -> str:
    return "1 point" if number == 1 else f"{number:,} points"


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number:,} times"
