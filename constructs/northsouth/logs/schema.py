"""Log formats of Elastic Load Balancing as data; pure.

A format is a list of fields in the order in which they stand on a line. Everything else follows from that list: the
regular expression of the raw table, its columns, the columns and casts of the archive, and (in
:mod:`northsouth.logs.line_parser`) a parser that does not use the expression and can therefore check it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

REST = "extra"
"""The last column: whatever follows the fields known here, so that a field AWS adds tomorrow is kept and not lost."""


@dataclass(frozen=True, slots=True)
class ColumnType:
    """The type of an archived column, and how the raw text becomes one.

    Attributes:
        glue: the type's name in the Glue catalog, for example ``bigint``.
        cast: SQL of Athena (Trino) with ``{}`` for the raw column. It never fails: text that is no such value, ``-``
            above all, becomes NULL.

    """

    glue: str
    cast: str


STRING = ColumnType("string", "{}")
INTEGER = ColumnType("int", "TRY_CAST({} AS integer)")
LONG = ColumnType("bigint", "TRY_CAST({} AS bigint)")
DOUBLE = ColumnType("double", "TRY_CAST({} AS double)")
# Athena keeps milliseconds in Hive tables. The text is cut there, because a cast would round: 22:59:59.9996 would
# become 23:00:00.000 and stand in another hour than the partition it belongs to.
TIMESTAMP = ColumnType("timestamp", "TRY_CAST(translate(substr({}, 1, 23), 'TZ', ' ') AS timestamp)")
# An IPv6 address is logged bare or in brackets; one of the two forms is needed to compare addresses.
ADDRESS = ColumnType("string", "translate({}, '[]', '')")


class Shape(Enum):
    """How a field is written; the value is its part of the regular expression, one group for each of its columns.

    Java (Hive, Athena), RE2 and Python read these expressions alike: no look-around, no back-reference, and no
    backslash, so the text needs no escaping in SQL or JSON.
    """

    BARE = '([^ "]*)'
    """Text without a space."""
    QUOTED = '"([^"]*)"'
    """Text in quotes; a quote inside it is logged as ``\\x22``, so none can occur."""
    LOOSELY_QUOTED = '"?([^ "]*(?: [^ "]+)*)"?'
    """A list: words with a space between them, in quotes in real logs.

    AWS's own examples of May 2024 print it without (vectordotdev/vector#6826). Both are read; the price is that a line
    which lacks one of two such fields may give it a word of the other.
    """
    ENDPOINT = '([^ "]*?)(?::([0-9]+))?'
    """``address:port``, or ``-``; the address may be IPv6, bare or in brackets."""
    REQUEST = '"([^ "]*)(?: ([^"]*?))?(?: (HTTP/[^ "]*|-))? ?"'
    """``"verb url protocol"``: the URL may contain spaces, the protocol may be missing, a space may follow it."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the tables.

    Attributes:
        name: its name in both tables.
        type: its type in the archive; in the raw table every column is a ``string``.

    """

    name: str
    type: ColumnType = STRING

    @property
    def cast(self) -> str:
        """SQL that makes the archived value of the raw column."""
        return self.type.cast.format(self.name)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a log line.

    Attributes:
        name: AWS's name for it.
        shape: how it is written.
        columns: the columns it fills, as many as its shape has groups.
        since: the year it appeared in logs.

    """

    name: str
    shape: Shape
    columns: tuple[Column, ...]
    since: int


def bare(name: str, since: int, kind: ColumnType = STRING) -> Field:
    """Return a field without quotes that fills the column of its name."""
    return Field(name, Shape.BARE, (Column(name, kind),), since)


def quoted(name: str, since: int) -> Field:
    """Return a field in quotes that fills the column of its name."""
    return Field(name, Shape.QUOTED, (Column(name),), since)


@dataclass(frozen=True, slots=True)
class LogSchema:
    """A log format.

    Attributes:
        name: what it describes.
        fields: the known fields, in order.
        required: how many of them every line has; the others were added later, and are NULL on older lines.

    """

    name: str
    fields: tuple[Field, ...]
    required: int

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns in order, :data:`REST` last."""
        return (*(column for field in self.fields for column in field.columns), Column(REST))

    @property
    def serde_regex(self) -> str:
        """The ``input.regex`` of a RegexSerDe table: exactly as many groups as columns.

        Hive's SerDe refuses a table with another number of groups than columns, and Athena has returned NULL for such
        tables. The groups of fields that AWS added later are nested, so each matches only at its own place. Unknown
        text at such a place goes into the last column, not into a wrong one. The expression must match a whole line,
        without its newline.
        """
        known = " ".join(field.shape.value for field in self.fields[: self.required])
        later = ""
        for field in reversed(self.fields[self.required :]):
            later = f"(?: {field.shape.value}{later})?"
        return f"{known}{later}(?: (.*))?"

    def raw_columns(self) -> tuple[tuple[str, str], ...]:
        """Return name and Glue type of the raw table's columns: all ``string``, because a failed cast loses a row."""
        return tuple((column.name, STRING.glue) for column in self.columns)

    def archive_columns(self) -> tuple[tuple[str, str], ...]:
        """Return name and Glue type of the archive's columns."""
        return tuple((column.name, column.type.glue) for column in self.columns)

    def select_list(self) -> tuple[str, ...]:
        """Return one SQL expression for each archived column, in order: ``TRY_CAST(x AS bigint) AS x``."""
        return tuple(
            column.name if column.type is STRING else f"{column.cast} AS {column.name}" for column in self.columns
        )
