"""Hive's own RegexSerDe, which Athena's is modelled on, reads the lines as we say.

Left out of ordinary runs: it needs Java 17 and the dependency group ``serde`` (336 MB), and takes a minute. Run it with
``make serde``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from northsouth.logs.alb_schema import ALB_ACCESS_LOG
from northsouth.logs.connection_schema import ALB_CONNECTION_LOG
from northsouth.logs.line_parser import Row, parse
from northsouth.logs.schema import LogSchema
from tests.harness.alb_lines import lines
from tests.logs.samples import samples

pytestmark = [
    pytest.mark.serde,
    # Py4J leaves its sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]
SERDE = "org.apache.hadoop.hive.serde2.RegexSerDe"


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    sql = pytest.importorskip("pyspark.sql", reason="needs pyspark (dependency group serde) and Java 17")
    home = tmp_path_factory.mktemp("spark")
    session = (
        sql.SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.warehouse.dir", str(home / "warehouse"))
        .config("spark.driver.extraJavaOptions", f"-Dderby.system.home={home}")
        .enableHiveSupport()
        .getOrCreate()
    )
    yield session
    session.stop()


def hive_rows(spark: Any, schema: LogSchema, text: list[str], folder: Path, regex: str | None = None) -> list[Row]:
    """Return what a RegexSerDe table over ``text`` shows, row by row."""
    folder.mkdir()
    (folder / "lines.log").write_text("\n".join(text) + "\n")
    columns = ", ".join(f"`{name}` {kind}" for name, kind in schema.raw_columns())
    table = f"t_{folder.name}"
    spark.sql(
        f"CREATE EXTERNAL TABLE {table} ({columns}) ROW FORMAT SERDE '{SERDE}' "
        f"WITH SERDEPROPERTIES ('input.regex' = '{regex or schema.serde_regex}') LOCATION '{folder}'"
    )
    return [row.asDict() for row in spark.sql(f"SELECT * FROM {table}").collect()]


def test_every_sample_of_the_access_log(spark: Any, tmp_path: Path) -> None:
    cases = samples("alb-access")
    assert hive_rows(spark, ALB_ACCESS_LOG, [line for line, _ in cases], tmp_path / "access") == [
        row for _, row in cases
    ]


def test_every_sample_of_the_connection_log(spark: Any, tmp_path: Path) -> None:
    cases = samples("alb-connection")
    found = hive_rows(spark, ALB_CONNECTION_LOG, [line for line, _ in cases], tmp_path / "connection")
    assert found == [row for _, row in cases]


def test_generated_lines(spark: Any, tmp_path: Path) -> None:
    text = list(lines(2_000, seed=3))
    assert hive_rows(spark, ALB_ACCESS_LOG, text, tmp_path / "generated") == [
        parse(ALB_ACCESS_LOG, line) for line in text
    ]


def test_a_line_that_does_not_match_is_a_row_of_nulls_that_counts(spark: Any, tmp_path: Path) -> None:
    text = [samples("alb-access")[0][0], "Enable AccessLog for ELB", samples("alb-access")[1][0]]
    found = hive_rows(spark, ALB_ACCESS_LOG, text, tmp_path / "unmatched")
    assert [row["type"] for row in found] == ["http", None, "https"]
    assert set(found[1].values()) == {None}


def test_hive_refuses_a_table_whose_groups_and_columns_differ(spark: Any, tmp_path: Path) -> None:
    one_more = ALB_ACCESS_LOG.serde_regex + "()"
    with pytest.raises(Exception, match="Number of matching groups doesn't match the number of columns"):
        hive_rows(spark, ALB_ACCESS_LOG, [samples("alb-access")[0][0]], tmp_path / "mismatch", one_more)
