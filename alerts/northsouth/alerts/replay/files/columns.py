"""Which column of a table is the time, which names the series, and which are values; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from northsouth.alerts.replay.files.source import UNKNOWN, unreadable
from northsouth.metrics.rules import is_statistic

MAX_COLUMNS = 10_000
"""Columns of one table; a header of more is no table of metrics."""
MAX_SERIES = 10_000
"""Names in a column that names the series."""
_TIME_NAME = re.compile(r"(?i)(time|timestamp|date|ts|epoch|bucket|minute|hour|day)|.*(time|timestamp|date|timebucket)")
_STATISTICS = {
    "sum": "Sum",
    "average": "Average",
    "avg": "Average",
    "mean": "Average",
    "minimum": "Minimum",
    "min": "Minimum",
    "maximum": "Maximum",
    "max": "Maximum",
    "samplecount": "SampleCount",
    "sample_count": "SampleCount",
    "count": "SampleCount",
}


class Kind(Enum):
    """What the values of a column are."""

    TIME = "time"
    EPOCH = "epoch"
    NUMBER = "number"
    TEXT = "text"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Roles:
    """What each column means.

    Attributes:
        time: the column of times.
        name: the column that names each row's series, if there is one.
        values: the columns of values.
        statistics: the statistic of each column of values, if the columns are statistics of one series.

    """

    time: str
    name: str | None
    values: tuple[str, ...]
    statistics: Mapping[str, str] = field(default_factory=dict)

    @property
    def said(self) -> str:
        """The sentence that says what each column was taken for."""
        listed = ", ".join(repr(value) for value in self.values[:5])
        more = f" and {len(self.values) - 5} more" if len(self.values) > 5 else ""
        naming = f", {self.name!r} names the series" if self.name is not None else ""
        noun = "statistics" if self.statistics else "values"
        return (
            f"{self.time!r} is the time{naming}, {listed}{more} {'is' if len(self.values) == 1 else 'are'} the {noun}"
        )

    def labels(self, stem: str, names: Sequence[str] = ()) -> list[str]:
        """Return what the series are called.

        Args:
            stem: the file's name without its ending, for a series that no column names.
            names: the different texts of the column that names the series.

        """
        if self.statistics:
            return list(names) if self.name is not None else [stem]
        if self.name is None:
            return list(self.values)
        if len(self.values) == 1:
            return list(names)
        return [f"{name} {value}" for name in names for value in self.values]

    def read(self, label: str) -> tuple[str | None, dict[str, str]]:
        """Return whose rows a series has (``None``: all), and its columns with the statistic of each."""
        if self.statistics:
            return (label if self.name is not None else None), dict(self.statistics)
        if self.name is None:
            return None, {label: UNKNOWN}
        if len(self.values) == 1:
            return label, {self.values[0]: UNKNOWN}
        column = next(value for value in self.values if label.endswith(f" {value}"))
        return label.removesuffix(f" {column}"), {column: UNKNOWN}


def roles(file: str, kinds: Mapping[str, Kind]) -> Roles:
    """Return what the columns of a table are taken for.

    Args:
        file: the name of the file.
        kinds: what the values of each column are, in the order of the columns.

    Raises:
        ConfigurationError: if there is no column of times or none of values, or it is not clear what names a series.

    """
    time = _time(kinds)
    if time is None:
        listed = ", ".join(f"{name!r} ({kind.value})" for name, kind in list(kinds.items())[:8])
        fix = "Write times as ISO 8601, such as 2026-11-28T12:00:00Z, or as seconds since 1970."
        raise unreadable(file, f"columns {listed}", "one column has the times", fix)
    numeric = (Kind.NUMBER, Kind.EPOCH)
    values = tuple(name for name, kind in kinds.items() if kind in numeric and name != time)
    if not values:
        fix = "Write numbers with a decimal point."
        raise unreadable(file, f"no column of numbers beside {time!r}", "one or more columns have the values", fix)
    texts = [name for name, kind in kinds.items() if kind is Kind.TEXT and name != time]
    if len(texts) > 1:
        given = f"columns of text {', '.join(repr(text) for text in texts[:8])}"
        raise unreadable(file, given, "at most one column of text names the series", "Remove the other columns.")
    return Roles(time, texts[0] if texts else None, values, _statistics(values))


def _time(kinds: Mapping[str, Kind]) -> str | None:
    times = [name for name, kind in kinds.items() if kind is Kind.TIME]
    named = [name for name in times if _TIME_NAME.fullmatch(name.strip())]
    if times:
        return (named or times)[0]
    first = next(iter(kinds), None)
    epochs = [name for name, kind in kinds.items() if kind is Kind.EPOCH]
    return next((name for name in epochs if name == first or _TIME_NAME.fullmatch(name.strip())), None)


def _statistics(values: Sequence[str]) -> dict[str, str]:
    """Return the statistics of columns that are all named after different ones, two or more."""
    by_column = {name: _STATISTICS.get(name.strip().lower(), name.strip()) for name in values}
    different = len(set(by_column.values())) == len(values) > 1
    return by_column if different and all(is_statistic(statistic) for statistic in by_column.values()) else {}


def too_many(file: str, count: int) -> Exception:
    """Return the error of a table with too many columns."""
    fix = "Write one row for each point: time, name, value."
    return unreadable(file, f"{count:,} columns or more", f"a table has at most {MAX_COLUMNS:,} columns", fix)
