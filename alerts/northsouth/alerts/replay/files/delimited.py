"""CSV: a time column and value columns, after any preamble; streamed.

The beginning of the file says the separator, where the rows begin, and what each column is. Lines before the header,
such as those of CloudFront's reports, are left out.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from northsouth.alerts.replay.files import duck, stamps
from northsouth.alerts.replay.files.columns import MAX_COLUMNS, Kind, roles, too_many
from northsouth.alerts.replay.files.rows import Shape, label_rows, listed_rows
from northsouth.alerts.replay.files.source import File, Listed, Points, unreadable
from northsouth.alerts.replay.series import MetricKey

if TYPE_CHECKING:
    import duckdb

SEPARATORS = (",", ";", "\t", "|")
MISSING = ("", "nan", "null", "none", "n/a", "na", "-")
"""Texts that stand for no value, in any case."""
_NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*|\s*[+-]?inf(?:inity)?\s*", flags=re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"\s*[+-]?\d+,\d+\s*")
_ZONED = r"[T ]\d.*(Z|UTC|GMT|[+-]\d{2}(:?\d{2})?)\s*$"
"""How a time with a zone ends, for DuckDB."""
_SAMPLE_ROWS = 50
_PREAMBLE_LINES = 100
"""Lines in which the rows have to begin."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a CSV file is written.

    Attributes:
        separator: between two cells.
        skipped: lines before the first row.
        header: names of the columns.
        samples: the first rows.

    """

    separator: str
    skipped: int
    header: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]


class Table:
    """One CSV file."""

    def __init__(self, file: File, opened: duckdb.DuckDBPyConnection, zone: str | None) -> None:
        """Look at the beginning of a file.

        Raises:
            ConfigurationError: if it is no table of times and values.

        """
        self.names = (file.name,)
        self._file, self._opened, self._zone = file, opened, zone
        self._layout = layout(file)
        kinds = {
            name: kind([row[position] for row in self._layout.samples])
            for position, name in enumerate(self._layout.header)
        }
        _refuse_decimal_commas(file.name, self._layout)
        self._roles = roles(file.name, kinds)
        self._is_epoch = kinds[self._roles.time] is Kind.EPOCH

    @property
    def said(self) -> str:
        """The format, and what was taken for what."""
        skipped = self._layout.skipped - 1
        preamble = f", {skipped} lines before the header left out" if skipped > 0 else ""
        return f"CSV{preamble}: {self._roles.said}"

    def series(self, wanted: Collection[MetricKey] | None) -> list[Listed]:  # noqa: ARG002 - no metric is named whole
        """Return the columns of values, or the names in the column that names the series."""
        return listed_rows(self._shape(), self._opened)

    def points(self, chosen: Sequence[Listed]) -> list[Points]:
        """Read the points of some of them, in one pass over the file."""
        return label_rows(self._shape(), self._opened, chosen)

    def _shape(self) -> Shape:
        position = {name: f"c{index}" for index, name in enumerate(self._layout.header)}
        names = ", ".join(f"'{column}': 'VARCHAR'" for column in position.values())
        separator = self._layout.separator
        compression = "gzip" if self._file.compressed else "none"
        table = (
            f"read_csv($files, auto_detect=false, header=false, skip={self._layout.skipped}, delim='{separator}',"
            f" quote='\"', escape='\"', columns={{{names}}}, compression='{compression}')"
        )
        return Shape(
            file=self._file.name,
            stem=PurePath(self._file.name).name.partition(".")[0],
            files=(str(self._file.path),),
            table=table,
            roles=self._roles,
            time=self._time(position[self._roles.time]),
            name=position[self._roles.name] if self._roles.name is not None else None,
            values={name: _value(name, position[name]) for name in self._roles.values},
            expects_rows=bool(self._layout.samples),
        )

    def _time(self, column: str) -> str:
        if not self._is_epoch:
            return time_sql(column, self._zone)
        first = float(self._layout.samples[0][self._layout.header.index(self._roles.time)])
        number = f"try_cast({column} AS DOUBLE)"
        time = f"round({number} * {stamps.scale(first)})::BIGINT"
        return f"CASE WHEN {number} IS NULL THEN {_no_time(column)} ELSE {time} END"


def time_sql(column: str, zone: str | None) -> str:
    """Return SQL for the microseconds since 1970 UTC that a text says."""
    cast = f"try_cast(replace({column}, '/', '-') AS TIMESTAMPTZ)"
    without = ""
    if zone is None:
        fix = "Say the time zone, such as UTC or Europe/Paris."
        refused = duck.refusing(f"'time ' || {column}", "times have a zone, or you say which one the file is in", fix)
        without = f"WHEN NOT regexp_matches({column}, '{_ZONED}') THEN {refused}"
    return f"CASE WHEN {cast} IS NULL THEN {_no_time(column)} {without} ELSE epoch_us({cast}) END"


def _no_time(column: str) -> str:
    given = f"coalesce('time ' || {column}, 'a row without a time')"
    return duck.refusing(given, "each row has a time", "Correct or remove the row.")


def _value(name: str, column: str) -> str:
    """Return SQL for a number; NaN where there is none."""
    missing = ", ".join(f"'{word}'" for word in MISSING)
    column_text = "column " + name.replace("'", "''").replace("|", " ") + " "
    wrong = duck.refusing(f"'{column_text}' || {column}", "values are numbers with a decimal point", "Correct the row.")
    return (
        f"CASE WHEN {column} IS NULL OR lower(trim({column})) IN ({missing}) THEN 'NaN'::DOUBLE"
        f" WHEN try_cast({column} AS DOUBLE) IS NULL THEN {wrong} ELSE try_cast({column} AS DOUBLE) END"
    )


def kind(cells: Sequence[str]) -> Kind:
    """Return what some cells are."""
    present = [cell for cell in cells if cell.strip().lower() not in MISSING]
    if not present:
        return Kind.EMPTY
    if all(stamps.EPOCH.fullmatch(cell) for cell in present):
        return Kind.EPOCH
    if all(_NUMBER.fullmatch(cell) for cell in present):
        return Kind.NUMBER
    return Kind.TIME if all(stamps.ISO.fullmatch(cell) for cell in present) else Kind.TEXT


def layout(file: File) -> Layout:
    """Return how a file is written.

    Raises:
        ConfigurationError: if it is no UTF-8, its lines end in two ways, or no line begins rows of times and values.

    """
    text = _text(file)
    for separator in SEPARATORS:
        rows = list(_rows(text, separator))
        if any(len(row) > MAX_COLUMNS for row in rows[:2]):
            raise too_many(file.name, max(len(row) for row in rows[:2]))
        first = next((index for index, row in enumerate(rows[:_PREAMBLE_LINES]) if _is_row(row)), None)
        if first is None:
            continue
        width = len(rows[first])
        header = _header(rows[first - 1] if first else [], width)
        samples = tuple(tuple(row) for row in rows[first : first + _SAMPLE_ROWS] if len(row) == width)
        _refuse_repeated(file.name, header)
        return Layout(separator, first, header, samples)
    allowed = "rows of a time and numbers, separated by comma, semicolon, tab or '|'"
    fix = "Write a header line, and times as ISO 8601 or seconds since 1970."
    raise unreadable(file.name, f"a file that begins {text[:60]!r}", allowed, fix)


def _text(file: File) -> str:
    whole_lines = file.head if len(file.head) < HEAD_BYTES else file.head[: file.head.rfind(b"\n") + 1] or file.head
    if b"\n" not in whole_lines and len(file.head) >= HEAD_BYTES:
        raise too_many(file.name, max(file.head.count(separator.encode()) for separator in SEPARATORS))
    try:
        text = whole_lines.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise unreadable(
            file.name, f"a byte that is no UTF-8 at {error.start}", "UTF-8", "Save the file as UTF-8."
        ) from error
    if "\x00" in text:
        raise unreadable(file.name, "zero bytes", "text in UTF-8", "Save the file as UTF-8; it may be UTF-16.")
    mixed_ends = "\r\n" in text and re.search(r"(?<!\r)\n", text)
    if mixed_ends:
        raise unreadable(file.name, "lines that end in CRLF and others in LF", "one end of line", "Convert it to LF.")
    return text


HEAD_BYTES = 1024 * 1024
"""How much of a file is looked at."""


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    """Yield the cells of each line; a line is a row, since no cell of metrics has line ends in it."""
    for position, line in enumerate(text.splitlines()):
        if position >= _PREAMBLE_LINES + _SAMPLE_ROWS:
            return
        try:
            yield next(csv.reader([line], delimiter=separator), [])
        except csv.Error:
            yield [line]


def _is_row(row: Sequence[str]) -> bool:
    """Whether a line can be a row: one cell a time, and another a number or nothing."""
    kinds = [kind([cell]) for cell in row]
    times = [index for index, column_kind in enumerate(kinds) if column_kind in (Kind.TIME, Kind.EPOCH)]
    values = [index for index, column_kind in enumerate(kinds) if column_kind in (Kind.NUMBER, Kind.EPOCH, Kind.EMPTY)]
    values += [index for index, cell in enumerate(row) if _DECIMAL_COMMA.fullmatch(cell)]
    return any(index != value for index in times for value in values)


def _header(above: Sequence[str], width: int) -> tuple[str, ...]:
    if len(above) == width and not _is_row(above) and all(cell.strip() for cell in above):
        return tuple(cell.strip() for cell in above)
    return tuple(f"column {position + 1}" for position in range(width))


def _refuse_repeated(name: str, header: Sequence[str]) -> None:
    names: set[str] = set()
    for column in header:
        if column in names:
            raise unreadable(name, f"two columns {column!r}", "a column has a name of its own", "Rename one of them.")
        names.add(column)


def _refuse_decimal_commas(name: str, layout: Layout) -> None:
    for row in layout.samples:
        for column, cell in zip(layout.header, row, strict=True):
            if _DECIMAL_COMMA.fullmatch(cell):
                allowed = "numbers have a decimal point"
                raise unreadable(name, f"{cell!r} in column {column!r}", allowed, "Export it with a decimal point.")
