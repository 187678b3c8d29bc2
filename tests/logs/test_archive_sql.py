"""The statements of an archival run, to the letter; ``test_archive_deploy`` runs them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from northsouth.logs import archive_sql
from northsouth.logs.archive_schedule import ArchiveSchedule
from northsouth.logs.archive_source import ArchiveColumn, PathRange, SourceTable
from northsouth.logs.jsonata import Interpolated, Var

SOURCE = SourceTable(
    database="raw",
    table="alb",
    bucket="logs",
    time="t",
    columns=(ArchiveColumn(name="time", sql="substr(t, 1, 19)"), ArchiveColumn(name="status", type="int")),
    unparsed='"status" IS NULL',
    matched='"status" < 600',
)
PRUNED = replace(SOURCE, where="kind = 'http'", paths=PathRange(prefix="s3://logs/", infix="/x_"))
WINDOW = {
    "from": "2026-11-21T22",
    "to": "2026-11-21T23",
    "day": "2026-11-21",
    "hour": "22",
    "days": "'2026/11/21'",
    "paths": "\"$path\" < 'z'",
}
SELECTION = """SELECT
  substr(t, 1, 19) AS "time",
  "status"
FROM "raw"."alb"
WHERE day IN ('2026/11/21')
  AND t >= '2026-11-21T22'
  AND t < '2026-11-21T23'"""
PRUNED_WINDOW = """FROM "raw"."alb"
WHERE day IN ('2026/11/21')
  AND ("$path" < 'z')
  AND (kind = 'http')
  AND t >= '2026-11-21T22'
  AND t < '2026-11-21T23'"""


def filled(text: Interpolated) -> str:
    return archive_sql.for_window(text, WINDOW)


def test_a_selection_reads_the_window_and_nothing_else() -> None:
    assert filled(archive_sql.selection(SOURCE)) == SELECTION
    assert filled(archive_sql.selection(PRUNED)).endswith(PRUNED_WINDOW)


def test_an_unload_writes_a_selection_to_a_folder() -> None:
    unload = archive_sql.unload(SOURCE, ("s3://archive/", archive_sql.window("day"), "/"))
    assert filled(unload) == (
        f"UNLOAD (\n{SELECTION}\n) TO 's3://archive/2026-11-21/' WITH (format = 'PARQUET', compression = 'ZSTD')"
    )


def test_a_count_counts_the_archive_and_the_source() -> None:
    hourly = filled(archive_sql.count(PRUNED, "archive", "alb", ArchiveSchedule.hourly()))
    assert hourly == (
        'SELECT count(*) AS archived,\n  count(*) FILTER (WHERE "status" < 600) AS matched,\n'
        '  count(*) FILTER (WHERE "status" IS NULL) AS unparsed,\n'
        f"  (SELECT count(*) {PRUNED_WINDOW}) AS delivered\n"
        "FROM \"archive\".\"alb\"\nWHERE day = '2026-11-21' AND hour = '22'"
    )


def test_a_source_that_is_not_counted_again_is_minus_one() -> None:
    daily = filled(archive_sql.count(SOURCE, "archive", "alb", ArchiveSchedule.daily(), delivered=False))
    assert "  -1 AS delivered\n" in daily
    assert daily.endswith("\nWHERE day = '2026-11-21'")
    assert "raw" not in daily


def test_neighbouring_literals_are_one() -> None:
    for text in (
        archive_sql.selection(PRUNED),
        archive_sql.unload(SOURCE, ("s3://archive/", "day/")),
        archive_sql.count(SOURCE, "archive", "alb", ArchiveSchedule.hourly(), delivered=False),
    ):
        kinds = [isinstance(part, Var) for part in text]
        assert all(kind is not following for kind, following in pairwise(kinds))
