"""The statements of an archival run, to the letter; ``test_archive_deploy`` runs them."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import sqlglot

from northsouth.logs import archive_sql
from northsouth.logs.archive_alb import AlbSource
from northsouth.logs.archive_json import JsonSource
from northsouth.logs.archive_reconciliation import differing
from northsouth.logs.archive_schedule import ArchiveSchedule
from northsouth.logs.archive_source import ArchiveColumn, PathRange, SourceTable
from northsouth.logs.archive_times import TimeFormat
from northsouth.logs.archive_values import TYPES
from northsouth.logs.jsonata import Interpolated, Var

SCHEDULE = ArchiveSchedule.hourly()
SOURCE = SourceTable(
    database="raw",
    table="own",
    bucket="logs",
    time="at",
    times=(TimeFormat.epoch("s"),),
    columns=(ArchiveColumn(name="level"), ArchiveColumn(name="took", type="double")),
    matched="took < 600",
)
PRUNED = replace(SOURCE, where="kind = 'http'", paths=PathRange(prefix="s3://logs/", infix="/x_"))
NAMED = replace(SOURCE, object_time='object_time("$path")')
LINES = JsonSource(bucket="logs", since="2026/01/01", time="at", columns=SOURCE.columns).table("raw", "lines")
WINDOW = {
    "from": "2026-11-21T22",
    "day": "2026-11-21",
    "hour": "22",
    "days": "'2026/11/21'",
    "paths": "\"$path\" < 'z'",
}
COUNTED = """SELECT *,
  date_format(CASE WHEN row_placed THEN row_time ELSE coalesce(max(CASE WHEN row_placed THEN row_time END)\
 OVER (PARTITION BY row_file), date_add('minute', 1439, row_day)) END, '%Y-%m-%dT%H') AS row_window
FROM (
SELECT *, coalesce(row_time >= date_add('day', -2, row_day) AND row_time < date_add('minute', 1500, row_day), FALSE)\
 AS row_placed
FROM (
SELECT row_file,
  row_day,
  {time} AS row_time
FROM (
SELECT "$path" AS row_file,
  date_parse(regexp_replace(CAST(day AS varchar), '[^0-9]', ''), '%Y%m%d') AS row_day,
  CAST(at AS varchar) AS row_at
FROM "raw"."own"
WHERE day IN ('2026/11/21')
)))
) WHERE row_window = '2026-11-21T22'"""


def filled(text: Interpolated) -> str:
    return archive_sql.for_window(text, WINDOW)


def test_no_row_is_left_out_because_of_what_is_in_it() -> None:
    """Every condition on rows is one on their delivery day, their object, or the window they are put into."""
    for source in (SOURCE, PRUNED, NAMED, LINES):
        for text in (
            archive_sql.selection(source, SCHEDULE),
            archive_sql.count(source, "archive", "own", SCHEDULE),
        ):
            tree = sqlglot.parse_one(filled(text), read="athena")
            for where in tree.find_all(sqlglot.exp.Where):
                named = {column.name for column in where.find_all(sqlglot.exp.Column)}
                assert named <= {"day", "hour", "$path", "kind", "row_window"}


def test_a_source_is_counted_without_its_values() -> None:
    counted = filled(archive_sql.count(SOURCE, "archive", "own", SCHEDULE))
    assert COUNTED.format(time=TimeFormat.epoch("s").sql("row_at")) in counted
    assert "took" not in counted.replace("(took < 600)", "")


def test_pruned_objects_and_further_conditions() -> None:
    text = filled(archive_sql.selection(PRUNED, SCHEDULE))
    assert "WHERE day IN ('2026/11/21')\n  AND (\"$path\" < 'z')\n  AND (kind = 'http')\n" in text


def test_a_time_in_the_name_of_an_object_needs_no_sorting() -> None:
    assert "OVER (PARTITION BY row_file)" in filled(archive_sql.selection(SOURCE, SCHEDULE))
    named = filled(archive_sql.selection(NAMED, SCHEDULE))
    assert "OVER" not in named
    assert 'object_time("$path") AS row_object_time' in named


def test_a_line_is_parsed_once() -> None:
    text = filled(archive_sql.selection(LINES, SCHEDULE))
    assert text.count("json_parse") == 1


def test_an_unload_writes_a_selection_to_a_folder() -> None:
    unload = filled(archive_sql.unload(SOURCE, SCHEDULE, ("s3://archive/", archive_sql.window("day"), "/")))
    selection = filled(archive_sql.selection(SOURCE, SCHEDULE))
    assert unload == (
        f"UNLOAD (\n{selection}\n) TO 's3://archive/2026-11-21/' WITH (format = 'PARQUET', compression = 'ZSTD')"
    )
    assert selection.startswith('SELECT "level", "took", "unparsed_line", row_file AS "source_file"\n')


def test_a_source_that_is_not_counted_again_is_minus_one() -> None:
    daily = filled(archive_sql.count(SOURCE, "archive", "own", ArchiveSchedule.daily(), delivered=False))
    assert "  -1 AS delivered,\n" in daily
    assert "\nWHERE day = '2026-11-21'\n" in daily
    assert "raw" not in daily


def test_neighbouring_literals_are_one() -> None:
    for text in (
        archive_sql.selection(PRUNED, SCHEDULE),
        archive_sql.unload(SOURCE, SCHEDULE, ("s3://archive/", "day/")),
        archive_sql.count(SOURCE, "archive", "own", SCHEDULE, delivered=False),
        differing(SOURCE, "archive", "own", SCHEDULE),
    ):
        kinds = [isinstance(part, Var) for part in text]
        assert all(kind is not following for kind, following in pairwise(kinds))


# Of trino.io/docs/current/functions/list.html, which Athena's page of functions points to
# (docs.aws.amazon.com/athena/latest/ug/functions-env3.html).
TRINO = {
    "abs",
    "bool_or", "chr", "coalesce", "count", "count_if", "date_add", "date_format", "date_parse", "floor", "greatest",
    "json_extract", "json_extract_scalar", "json_format", "json_parse", "length", "lower", "max", "md5", "min",
    "nullif",
    "regexp_extract", "regexp_like", "regexp_replace", "replace", "round", "row_number", "strpos", "substr", "sum",
    "to_hex", "to_utf8", "translate", "with_timezone",
}  # fmt: skip
SYNTAX = {
    "cast",
    "try_cast",
    "try",
    "map",
    "over",
    "in",
    "varchar",
    "from",
    "and",
    "or",
    "as",
    "select",
    "where",
    "case",
    "when",
    "then",
    "else",
    "by",
    "not",
}


def test_only_functions_that_athena_documents_are_called() -> None:
    """And every one of them is translated for DuckDB: the emulator's tests run the statements."""
    alb = AlbSource(bucket="logs", load_balancer="app/web/1", account="1", region="r", since="2024/01/01").table(
        "edge", "alb_raw", file_infix="1_elasticloadbalancing_r_app.web.1_"
    )
    every = replace(
        LINES,
        times=(TimeFormat.iso(), TimeFormat.naive("Europe/Berlin"), TimeFormat.epoch("ns")),
        columns=tuple(ArchiveColumn(name=f"c{n}", type=kind) for n, kind in enumerate((*TYPES, "decimal(10,2)"))),
    )
    for source in (SOURCE, NAMED, every, alb):
        for text in (
            archive_sql.selection(source, SCHEDULE),
            archive_sql.count(source, "archive", "own", SCHEDULE),
            differing(source, "archive", "own", SCHEDULE),
        ):
            statement = archive_sql.for_window(text, {**WINDOW, "earliest": "a", "latest": "b"})
            bare = re.sub(r"'[^']*'", "''", statement)
            called = {name.lower() for name in re.findall(r"([A-Za-z_0-9]+) ?\(", bare)}
            assert called - SYNTAX - {"object_time", "decimal"} <= TRINO
            sqlglot.parse_one(statement, read="athena").sql(
                dialect="duckdb", unsupported_level=sqlglot.ErrorLevel.RAISE
            )
