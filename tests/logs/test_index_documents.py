"""Which documents fit a list of fields; what fits a type is read by the archive, too."""

from __future__ import annotations

import json
from typing import Any

import duckdb
import pytest
import sqlglot

from northsouth.logs import archive_values
from northsouth.logs.archive_times import TimeFormat
from northsouth.logs.index_documents import misfits
from northsouth.logs.index_template import IndexField, IndexTemplate
from northsouth.logs.index_types import FIELD_TYPES
from tests.logs.index_templates import template, with_field

AT = "2026-11-27T09:02:00Z"
TIMES = (TimeFormat.iso(), TimeFormat.epoch("ms"))
LONG = "x" * 8191
FITS: dict[str, list[Any]] = {
    "keyword": ["", "a", 5, 1.5, True, LONG],
    "constant_keyword": ["a"],
    "wildcard": ["a", 5],
    "text": ["a", LONG + "x", 5],
    "match_only_text": ["a"],
    "ip": ["10.0.0.1", "2001:db8::1"],
    "binary": ["", "YWJj"],
    "boolean": [True, False, "true", "false"],
    "byte": [-128, 127],
    "short": [-32768, 32767],
    "integer": [-(2**31), 2**31 - 1],
    "long": [-(2**63), 2**63 - 1],
    "unsigned_long": [0, 2**64 - 1],
    "half_float": [65504, -1.5],
    "float": [3.4e38, 1],
    "double": [1.7e308, 0, -0.5],
    "scaled_float": [1.25],
    "date": [AT, "2026-11-27T10:02:00.123456789+01:00", 1795770120000, "1795770120000"],
    "date_nanos": ["2026-11-27T10:02:00.5-18:00"],
    "object": ["a", {"a": [1]}, 5, [1, {}]],
    "flattened": [{}, {"a": {"b": 1}}],
    "flat_object": [{"a": 1}],
}
DO_NOT: dict[str, list[Any]] = {
    "keyword": [LONG + "x", {}],
    "constant_keyword": [LONG + "x"],
    "wildcard": [LONG + "x"],
    "text": [{"a": 1}],
    "match_only_text": [{}],
    "ip": ["10.0.0.256", "fe80::1%eth0", 5, ""],
    "binary": ["Y", "a b", 5],
    "boolean": ["yes", "TRUE", "", 0, 1],
    "byte": [128, -129, 1.5, 1.0, "1", True],
    "short": [32768],
    "integer": [2**31, "12"],
    "long": [2**63, 1e3, "12", "fast"],
    "unsigned_long": [-1, 2**64, True],
    "half_float": [65505, "1"],
    "float": [3.5e38, float("inf")],
    "double": ["fast", "1.5", True, 10**400, {}],
    "scaled_float": ["1"],
    "date": [
        *("2026-11-27", "2026-11-27T09:02:00", "2026-11-27 09:02:00Z", "2026-02-30T00:00:00Z", "soon", "", True),
        *("2026-11-27T24:00:00Z", "2026-11-27T09:02:00+19:00", "2026-11-27T09:02Z", 1795770120, 1.5, -1, "\u0661" * 12),
    ],
    "date_nanos": ["2026-11-27"],
    "object": [],
    "flattened": ["a", 5],
    "flat_object": ["a"],
}
# Where the archive reads a value that the index leaves out: a number in quotes, another range, another way to write it.
ARCHIVE_TAKES_MORE: dict[str, list[Any]] = {
    "boolean": ["TRUE"],
    "byte": ["1"],
    "integer": ["12"],
    "long": ["12"],
    "unsigned_long": [-1, 2**64],
    "half_float": [65505, "1"],
    "double": ["1.5"],
    "scaled_float": ["1"],
    "date": ["2026-11-27 09:02:00Z", "2026-11-27T09:02:00+19:00", "2026-11-27T09:02Z"],
}


def fields_of(kind: str) -> IndexTemplate:
    engine = FIELD_TYPES[kind].engine or "elasticsearch"
    parameters = {"scaling_factor": 100} if kind == "scaled_float" else {}
    return with_field("it", IndexField(type=kind, parameters=parameters), engine=engine, times=TIMES)  # type: ignore[arg-type]


def reasons(made: IndexTemplate, **document: Any) -> list[str]:
    return [str(each) for each in misfits(made, {"@timestamp": AT, **document})]


@pytest.mark.parametrize("kind", FIELD_TYPES)
def test_what_fits_a_type(kind: str) -> None:
    made = fields_of(kind)
    assert [(value, reasons(made, it=value)) for value in FITS[kind] if reasons(made, it=value)] == []
    assert [value for value in DO_NOT[kind] if not reasons(made, it=value)] == []
    assert reasons(made, it=None) == []


def test_the_archive_reads_all_that_fits_and_knows_what_does_not() -> None:
    """By the SQL of the archive itself, on the text that JSON has for a value."""
    with duckdb.connect(config={"threads": 1}) as connection:
        for kind, type_ in FIELD_TYPES.items():
            failed = archive_values.failed("raw", type_.column, TIMES)
            if not failed:
                continue
            query = sqlglot.transpile(f"SELECT {failed} FROM (SELECT CAST(? AS varchar) AS raw)", "athena", "duckdb")[0]

            def unparsed(value: Any, query: str = query) -> bool:
                raw = value if isinstance(value, str) else json.dumps(value)
                [row] = connection.execute(query, [raw]).fetchall()
                return bool(row[0])

            assert [value for value in FITS[kind] if unparsed(value)] == [], kind
            more = ARCHIVE_TAKES_MORE.get(kind, [])
            assert [value for value in DO_NOT[kind] if not unparsed(value)] == more, kind


def test_what_the_index_refuses_and_what_it_leaves_out() -> None:
    made = template()
    [left_out] = reasons(made, took="fast")
    assert left_out == (
        "took: 'fast' is no value of double, which takes a number. The index leaves the value out (_ignored)."
    )
    for document in ({"took": {"ms": 5}}, {"user": 5}, {"other": 1}, {"@timestamp": "soon"}, {"user": {"mail": "a"}}):
        [refused] = reasons(made, **document)
        assert "The index refuses the document." in refused, document


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"user.id": 5}, 'Write an object: {"user": {"id": …}}.'),
        ({"user": [{"id": 5}]}, "user: is a list"),
        ({"level": ["a"]}, "level: is a list, and the list of fields has one value"),
        ({"@timestamp": None}, "@timestamp: is missing"),
        ({"tags": ["a", ["b", {"c": 1}]]}, "tags: is an object"),
    ],
)
def test_what_the_archive_would_not_find(document: dict[str, Any], expected: str) -> None:
    [reason] = reasons(template(), **document)
    assert expected in reason


def test_what_fits() -> None:
    made = template()
    assert reasons(made, user={"id": 5, "name": None}, tags=["a", ["b"]], took=0.5, level="INFO") == []
    assert reasons(made, user=None, tags="a") == []
    assert reasons(template(dynamic="false"), other=1) == []
    hit = {"_index": "app-logs-1", "_id": "1", "_source": {"@timestamp": AT, "took": "fast"}}
    assert len(list(misfits(made, hit))) == 1
    [no_object] = misfits(made, ["a"])
    assert "is no object" in str(no_object)


def test_the_archive_finds_each_value_where_the_list_says() -> None:
    made = template()
    document = {"@timestamp": AT, "took": 0.5, "level": "INFO", "user": {"id": 5, "name": "a"}, "tags": ["a", "b"]}
    columns = ", ".join(f'{column.sql} AS "{column.name}"' for column in made.columns)
    query = f'SELECT {columns} FROM (SELECT json_parse(?) AS "record")'
    with duckdb.connect(config={"threads": 1}) as connection:
        [row] = connection.execute(sqlglot.transpile(query, "athena", "duckdb")[0], [json.dumps(document)]).fetchall()
    assert row == (AT, "INFO", "0.5", "5", "a", '["a","b"]')
