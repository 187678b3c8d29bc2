"""Rows of a time, perhaps a name, and values: which series they have, and the points of some of them; by DuckDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from northsouth.alerts.replay.files import duck
from northsouth.alerts.replay.files.columns import MAX_SERIES, Roles
from northsouth.alerts.replay.files.source import Listed, Points, unreadable

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class Shape:
    """A table that DuckDB can read.

    Attributes:
        file: what messages call it.
        stem: what a series is called that no column names.
        files: the paths that ``table`` reads as ``$files``.
        table: SQL of the table.
        roles: what the columns are taken for.
        time: SQL of a row's time, in microseconds since 1970 UTC.
        name: SQL of what names a row's series, if anything does.
        values: SQL of each column of values.
        expects_rows: whether the beginning of the file had rows.

    """

    file: str
    stem: str
    files: tuple[str, ...]
    table: str
    roles: Roles
    time: str
    name: str | None
    values: Mapping[str, str]
    expects_rows: bool = True


def listed_rows(shape: Shape, opened: duckdb.DuckDBPyConnection) -> list[Listed]:
    """Return the series of a table.

    Raises:
        ConfigurationError: if the file cannot be read, or the column that names the series has too many names.

    """
    names: list[str] = []
    if shape.name is not None:
        query = (
            f"SELECT DISTINCT {shape.name} AS name FROM {shape.table}"  # noqa: S608 - names are quoted, or made here
            f" WHERE name IS NOT NULL ORDER BY name LIMIT {MAX_SERIES + 1}"
        )
        distinct = duck.asked(opened, query, {"files": list(shape.files)}, shape.file)
        names = [str(name) for name in distinct["name"]]
        if len(names) > MAX_SERIES:
            given = f"more than {MAX_SERIES:,} texts in column {shape.roles.name!r}"
            allowed = f"a column names at most {MAX_SERIES:,} series"
            raise unreadable(shape.file, given, allowed, "Remove the column, or rows that are not needed.")
    several = bool(shape.roles.statistics)
    return [Listed(label, shape.file, several=several) for label in shape.roles.labels(shape.stem, names)]


def label_rows(shape: Shape, opened: duckdb.DuckDBPyConnection, chosen: Sequence[Listed]) -> list[Points]:
    """Return the points of some series, in the order of the rows.

    Raises:
        ConfigurationError: if the file cannot be read.

    """
    read = [shape.roles.read(listed.label) for listed in chosen]
    columns = list(dict.fromkeys(column for _, columns_read in read for column in columns_read))
    names = list(dict.fromkeys(name for name, _ in read if name is not None))
    answer = _read(shape, opened, columns, names)
    all_rows = np.ones(len(answer["time"]), dtype=bool)
    return [
        _points(answer, all_rows if name is None else answer["series"] == names.index(name) + 1, columns_read)
        for name, columns_read in read
    ]


def _read(
    shape: Shape, opened: duckdb.DuckDBPyConnection, columns: Sequence[str], names: Sequence[str]
) -> dict[str, Any]:
    values = "".join(f', {shape.values[column]} AS "v{position}"' for position, column in enumerate(columns))
    parameters: dict[str, Any] = {"files": list(shape.files)}
    series, where = "", ""
    if names:
        parameters["names"] = list(names)
        series, where = f", list_position($names, {shape.name}) AS series", f"WHERE list_contains($names, {shape.name})"
    query = f'SELECT {shape.time} AS "time"{series}{values} FROM {shape.table} {where}'  # noqa: S608 - as above
    answer = duck.asked(opened, query, parameters, shape.file)
    if shape.expects_rows and not len(answer["time"]):
        fix = "Check the ends of its lines, and convert them to LF."
        raise unreadable(shape.file, "rows at the beginning that cannot be read to the end", "rows of one form", fix)
    return {"time": answer["time"], "series": answer.get("series")} | {
        column: answer[f"v{position}"] for position, column in enumerate(columns)
    }


def _points(values: Mapping[str, Any], selection: NDArray[np.bool_], columns: Mapping[str, str]) -> Points:
    times = np.asarray(values["time"])[selection].astype(np.int64)
    return Points(times, {statistic: np.ma.filled(values[c], np.nan)[selection] for c, statistic in columns.items()})
