"""Data frames of pandas and polars, and Arrow tables: a time column or index, perhaps a name, and columns of numbers.

Nothing is imported: a frame brings its own library. Frames are in memory already, so DuckDB has no part in them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from northsouth.alerts.replay.files import delimited, stamps
from northsouth.alerts.replay.files.columns import MAX_COLUMNS, Kind, roles, too_many
from northsouth.alerts.replay.files.source import Listed, Points
from northsouth.alerts.replay.series import MetricKey, Times
from northsouth.errors import ConfigurationError, Problem

Table: TypeAlias = Any
"""A frame or an Arrow table."""
Column: TypeAlias = Any
"""A column of one."""
INDEX = "index"
"""What a frame's index of times is called if it has no name."""
_SAMPLE = 50


def is_frame(value: object) -> bool:
    """Whether a value is a frame or a table."""
    return type(value).__module__.partition(".")[0] in ("pandas", "polars", "pyarrow")


class Frame:
    """One frame."""

    def __init__(self, name: str, frame: Table, zone: str | None) -> None:
        """Look at a frame.

        Args:
            name: what messages call it.
            frame: the frame, lazy or not.
            zone: the zone of times that have none.

        Raises:
            ConfigurationError: if it is no table of times and values, or the times have no zone.

        """
        self.names = (name,)
        self._library = type(frame).__module__.partition(".")[0]
        self._columns = _columns(frame.collect() if hasattr(frame, "collect") else frame)
        if len(self._columns) > MAX_COLUMNS:
            raise too_many(name, len(self._columns))
        self._roles = roles(name, {column: _kind(values) for column, values in self._columns.items()})
        try:
            self._times = _times(self._columns[self._roles.time], zone)
        except stamps.StampError as error:
            rule = "times have a zone, or you say which one they are in"
            raise ConfigurationError(
                name, [Problem(self._roles.time, str(error), rule, "Correct the times.")]
            ) from error
        self._named = None if self._roles.name is None else _array(self._columns[self._roles.name]).astype(str)

    @property
    def said(self) -> str:
        """The library, and what was taken for what."""
        return f"{self._library} frame: {self._roles.said}"

    def series(self, wanted: Collection[MetricKey] | None) -> list[Listed]:  # noqa: ARG002 - it is in memory
        """Return the columns of values, or the names in the column that names the series."""
        names = [] if self._named is None else np.unique(self._named).tolist()
        several = bool(self._roles.statistics)
        return [Listed(label, self.names[0], several=several) for label in self._roles.labels(self.names[0], names)]

    def points(self, chosen: Sequence[Listed]) -> list[Points]:
        """Return the points of some of them."""
        return [self._points(listed.label) for listed in chosen]

    def _points(self, label: str) -> Points:
        name, columns = self._roles.read(label)
        selection = (
            np.ones(len(self._times), dtype=bool) if name is None or self._named is None else self._named == name
        )
        values = {
            statistic: _array(self._columns[column]).astype(np.float64)[selection]
            for column, statistic in columns.items()
        }
        return Points(self._times[selection], values)


def _columns(frame: Table) -> dict[str, Column]:
    """Return the columns by name, an index of times first."""
    names = frame.column_names if hasattr(frame, "column_names") else list(frame.columns)
    columns = {str(name): frame[name] for name in names}
    index = getattr(frame, "index", None)
    if index is not None and getattr(getattr(index, "dtype", None), "kind", "") == "M":
        return {str(index.name or INDEX): index, **columns}
    return columns


def _zone(column: Column) -> str | None:
    """Return the zone of a column of times, if it has one."""
    type_ = getattr(column, "dtype", None) if hasattr(column, "dtype") else getattr(column, "type", None)
    zone = next((name for attribute in ("tz", "time_zone") if (name := getattr(type_, attribute, None))), None)
    return str(zone) if zone else None


def _array(column: Column) -> NDArray[Any]:
    """Return a column as NumPy has it; times with a zone as UTC."""
    if type(column).__module__.startswith("pandas") and _zone(column):
        return np.asarray(column.to_numpy(dtype="datetime64[us]"))
    array = np.asarray(column.to_numpy())
    return array.filled(np.nan) if isinstance(array, np.ma.MaskedArray) else array


def _kind(column: Column) -> Kind:
    array = _array(column)
    if array.dtype.kind == "M":
        return Kind.TIME
    sample = array[:_SAMPLE].tolist()
    if array.dtype.kind in "iuf":
        rounded = [f"{value:.0f}" for value in sample if value == value]
        return Kind.EPOCH if rounded and delimited.kind(rounded) is Kind.EPOCH else Kind.NUMBER
    if array.dtype.kind in "OUT":
        kind = delimited.kind([str(value) for value in sample if value is not None])
        return Kind.TIME if kind is Kind.TIME else Kind.TEXT
    return Kind.EMPTY


def _times(column: Column, zone: str | None) -> Times:
    array = _array(column)
    if array.dtype.kind != "M":
        return stamps.microseconds(array.tolist(), zone)
    if np.any(np.isnat(array)):
        raise stamps.StampError("a row without a time")
    times: Times = array.astype("datetime64[us]").astype(np.int64)
    if _zone(column):
        return times
    if zone is None:
        raise stamps.StampError(stamps.NO_ZONE.format(stamp=array[0] if len(array) else "a column"))
    return stamps.localized(times, zone)
