"""Parquet: rows of a time, perhaps a name, and values; or rows of a metric stream that Firehose converted. Streamed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from northsouth.alerts.replay.files import delimited, duck, stamps
from northsouth.alerts.replay.files.columns import MAX_COLUMNS, Kind, roles, too_many
from northsouth.alerts.replay.files.metric_stream import KEYS, Stream
from northsouth.alerts.replay.files.rows import Shape, label_rows, listed_rows
from northsouth.alerts.replay.files.source import File, Listed, Points, Source
from northsouth.alerts.replay.series import MetricKey
from northsouth.errors import ConfigurationError

if TYPE_CHECKING:
    import duckdb

_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_FLOATS = ("FLOAT", "DOUBLE", "DECIMAL")
_WITHOUT_ZONE = ("TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S", "DATE")
_SAMPLE = 50


def open_parquet(file: File, opened: duckdb.DuckDBPyConnection, zone: str | None) -> Source:
    """Open a Parquet file.

    Raises:
        ConfigurationError: if it is damaged, or no table of times and values.

    """
    described = duck.asked(
        opened, "DESCRIBE SELECT * FROM read_parquet($files)", {"files": [str(file.path)]}, file.name
    )
    kinds = dict(zip(described["column_name"].tolist(), described["column_type"].tolist(), strict=True))
    if kinds.keys() >= KEYS and not kinds["value"].startswith(_FLOATS):
        return Stream([file], opened, parquet=True)
    if len(kinds) > MAX_COLUMNS:
        raise too_many(file.name, len(kinds))
    return Table(file, opened, zone, kinds)


class Table:
    """One Parquet file of times and values."""

    def __init__(self, file: File, opened: duckdb.DuckDBPyConnection, zone: str | None, types: dict[str, str]) -> None:
        """Look at the types and the first rows.

        Raises:
            ConfigurationError: if it is no table of times and values, or the times have no zone.

        """
        self.names = (file.name,)
        self._file, self._opened = file, opened
        self._types = types
        query = f"SELECT * FROM read_parquet($files) LIMIT {_SAMPLE}"  # noqa: S608 - a number
        sample = duck.asked(opened, query, {"files": [str(file.path)]}, file.name)
        kinds = {name: _kind(types[name], sample[name].tolist()) for name in types}
        self._roles = roles(file.name, kinds)
        self._is_epoch = kinds[self._roles.time] is Kind.EPOCH
        self._first = next((value for value in sample[self._roles.time].tolist() if value is not None), 0)
        self._rows = len(sample[self._roles.time])
        if zone is None and types[self._roles.time] in (
            "TIMESTAMP",
            "TIMESTAMP_NS",
            "TIMESTAMP_MS",
            "TIMESTAMP_S",
            "DATE",
        ):
            raise ConfigurationError(file.name, [stamps.zone_problem(f"column {self._roles.time}")])
        self._zone = zone

    @property
    def said(self) -> str:
        """The format, and what was taken for what."""
        return f"Parquet: {self._roles.said}"

    def series(self, wanted: Collection[MetricKey] | None) -> list[Listed]:  # noqa: ARG002 - no metric is named whole
        """Return the columns of values, or the names in the column that names the series."""
        return listed_rows(self._shape(), self._opened)

    def points(self, chosen: Sequence[Listed]) -> list[Points]:
        """Read the points of some of them, in one pass over the file."""
        return label_rows(self._shape(), self._opened, chosen)

    def _shape(self) -> Shape:
        roles = self._roles
        return Shape(
            file=self._file.name,
            stem=PurePath(self._file.name).name.partition(".")[0],
            files=(str(self._file.path),),
            table="read_parquet($files)",
            roles=roles,
            time=self._time(),
            name=f"{duck.identifier(roles.name)}::VARCHAR" if roles.name is not None else None,
            values={name: f"coalesce({duck.identifier(name)}::DOUBLE, 'NaN'::DOUBLE)" for name in roles.values},
            expects_rows=self._rows > 0,
        )

    def _time(self) -> str:
        column = duck.identifier(self._roles.time)
        if self._types[self._roles.time] == "VARCHAR":
            return delimited.time_sql(column, self._zone)
        if self._is_epoch:
            return f"round({column}::DOUBLE * {stamps.scale(float(self._first))})::BIGINT"
        wrong = duck.refusing("'a row without a time'", "each row has a time", "Remove the row.")
        return f"CASE WHEN {column} IS NULL THEN {wrong} ELSE epoch_us({column}::TIMESTAMPTZ) END"


def _kind(type: str, sample: Sequence[object]) -> Kind:
    if type.startswith(("TIMESTAMP", "DATE")):
        return Kind.TIME
    if type in _NUMBERS or type.startswith(_FLOATS):
        rounded = [f"{value:.0f}" for value in sample if isinstance(value, int | float) and value == value]
        return Kind.EPOCH if rounded and delimited.kind(rounded) is Kind.EPOCH else Kind.NUMBER
    if type == "VARCHAR":
        kind = delimited.kind([str(value) for value in sample if value is not None])
        return Kind.TIME if kind is Kind.TIME else Kind.TEXT
    return Kind.EMPTY
