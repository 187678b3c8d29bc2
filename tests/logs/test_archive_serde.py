"""Hive's own RegexSerDe keeps the lines it cannot parse, in the last column of the archive's raw table.

Run by ``make serde``, like :mod:`tests.logs.test_hive_serde`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from northsouth.logs.alb_schema import ALB_ACCESS_LOG
from northsouth.logs.archive_alb import RAW_LINE, raw_columns, raw_regex
from tests.logs.samples import samples
from tests.logs.test_hive_serde import SERDE, pytestmark, spark

__all__ = ["pytestmark", "spark"]

BROKEN = ["Enable AccessLog for ELB", "", 'http 2026-11-21T22:05:00Z app/half "a line']


def test_a_line_is_a_row_or_is_kept_whole(spark: Any, tmp_path: Path) -> None:
    cases = samples("alb-access")
    (tmp_path / "lines.log").write_text("\n".join([*(line for line, _ in cases), *BROKEN]) + "\n")
    columns = ", ".join(f"`{name}` {kind}" for name, kind in raw_columns(ALB_ACCESS_LOG))
    spark.sql(
        f"CREATE EXTERNAL TABLE raw ({columns}) ROW FORMAT SERDE '{SERDE}' "
        f"WITH SERDEPROPERTIES ('input.regex' = '{raw_regex(ALB_ACCESS_LOG)}') LOCATION '{tmp_path}'"
    )

    found = [row.asDict() for row in spark.sql("SELECT * FROM raw").collect()]

    assert found[: len(cases)] == [{RAW_LINE: line, **row} for line, row in cases]
    kept = [{name: value for name, value in row.items() if value is not None} for row in found[len(cases) :]]
    assert kept == [{RAW_LINE: text} for text in BROKEN]
