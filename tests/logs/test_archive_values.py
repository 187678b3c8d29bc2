"""Typed values of raw ones: each text is a value, or the row is an unparsed one."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest
import sqlglot

from northsouth.logs import archive_values
from northsouth.logs.archive_times import TimeFormat

pytestmark = pytest.mark.slow

TIMES = (
    TimeFormat.iso(),
    TimeFormat.naive("UTC"),
    TimeFormat.epoch("s"),
    TimeFormat.epoch("ms"),
    TimeFormat.epoch("us"),
)
NINE = datetime(2026, 11, 27, 9, 2)  # noqa: DTZ001 - the archive's are UTC without a zone


def made(raw: str | None, glue: str) -> tuple[object, bool]:
    """Return the value that the SQL makes of a text, and whether it says that there is none."""
    failed = archive_values.failed("raw", glue, TIMES) or "FALSE"
    query = f"SELECT {archive_values.value('raw', glue, TIMES)}, {failed} FROM (SELECT CAST(? AS varchar) AS raw)"
    with duckdb.connect(config={"threads": 1}) as connection:
        translated = sqlglot.transpile(query, read="athena", write="duckdb")[0]
        [row] = connection.execute(translated, [raw]).fetchall()
        return row[0], bool(row[1])


@pytest.mark.parametrize(
    ("raw", "glue", "value"),
    [
        ("a text", "string", "a text"),
        ("", "string", ""),
        ("12", "int", 12),
        ("-0", "bigint", 0),
        ("2147483647", "int", 2147483647),
        ("1e2", "double", 100.0),
        (".5", "double", 0.5),
        ("1.7976931348623157e308", "double", 1.7976931348623157e308),
        ("-1.5", "float", -1.5),
        ("12.345", "decimal(10,2)", Decimal("12.35")),
        ("TRUE", "boolean", True),
        ("2026-11-27", "date", date(2026, 11, 27)),
        ("2026-11-27T10:02:00+01:00", "timestamp", NINE),
        ("2026-11-27t09:02z", "timestamp", NINE),
        ("2026-11-27 09:02:00,5Z", "timestamp", NINE.replace(microsecond=500_000)),
        ("2026-11-26T09:03:00-23:59", "timestamp", NINE),
        ("1795770120", "timestamp", NINE),
        ("1795770120000", "timestamp", NINE),
        ("1795770120000000", "timestamp", NINE),
        ("1.79577012e9", "timestamp", NINE),
    ],
)
def test_what_is_a_value(raw: str, glue: str, value: object) -> None:
    assert made(raw, glue) == (value, False)


@pytest.mark.parametrize(
    ("raw", "glue"),
    [
        ("12.0", "int"),
        ("1e2", "int"),
        ("2147483648", "int"),
        (" 12", "int"),
        ("0x10", "int"),
        ("", "int"),
        ("1d", "double"),
        ("1,5", "double"),
        ("NaN", "double"),
        ("Infinity", "double"),
        # A number that the type cannot hold is no value, and not infinity.
        ("1e400", "double"),
        ("-1e309", "double"),
        ("3.5e38", "float"),
        ("123456789.5", "decimal(10,2)"),
        ("1", "boolean"),
        ("yes", "boolean"),
        ("2026-02-30", "date"),
        ("27.11.2026", "date"),
        ("2026-11-27T24:00:00Z", "timestamp"),
        ("2026-11-27T09:02:60Z", "timestamp"),
        ("2026-11-27T09:02:00+24:00", "timestamp"),
        ("2026-11-27T09:02:00+1", "timestamp"),
        ("2026-11-27T09:02:00Z ", "timestamp"),
        ("2026-11-27", "timestamp"),
        ("2026-W48-5", "timestamp"),
        ("10000-01-01T00:00:00Z", "timestamp"),
        ("-1795770120", "timestamp"),
        ("1795770120000000000", "timestamp"),
        ("1e300", "timestamp"),
        ("now", "timestamp"),
    ],
)
def test_what_is_none(raw: str, glue: str) -> None:
    assert made(raw, glue) == (None, True)


@pytest.mark.parametrize("glue", [*archive_values.TYPES, "decimal(10,2)"])
def test_nothing_is_no_failure(glue: str) -> None:
    assert made(None, glue) == (None, False)
