"""The Glue job's script in Spark, on documents as the connector gives them; Athena's SQL then types what it wrote.

Run by ``make serde``, like :mod:`tests.logs.test_hive_serde`. The connector itself, and reading the secret, only AWS
can try.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from northsouth.logs import index_export
from tests.logs.test_hive_serde import pytestmark, spark

cloudpickle = pytest.importorskip("pyspark.cloudpickle", reason="needs pyspark (dependency group serde) and Java 17")

__all__ = ["pytestmark", "spark"]

AT = "2026-11-27T09:02:00.000Z"
DOCUMENTS = [
    json.dumps({"@timestamp": AT, "took": 0.5}),
    # Another type than the mapping's: as a row, it would fail the job.
    json.dumps({"@timestamp": AT, "took": "fast", "user": "u-1"}),
    json.dumps({"@timestamp": AT, "took": {"ms": 5}, "user": {"id": 1}}),
    '{"@timestamp": "soon"}',
    '{"level": "ä \u2028 \ud83d\ude00", "message": "a\\nb"}'.encode("utf-16", "surrogatepass").decode("utf-16"),
    "not JSON",
    "{}",
]


def written(folder: Path) -> list[str]:
    """Return the lines of a folder, as Athena reads them: names with ``_`` or ``.`` are not read."""
    files = sorted(path for path in folder.iterdir() if path.name[0] not in "_.")
    return [line for path in files for line in gzip.decompress(path.read_bytes()).decode().split("\n")[:-1]]


def exported(spark: Any, documents: list[str], folder: Path, parts: int = 2) -> list[str]:
    # In Glue the script is the program, so Spark sends its functions whole to the workers, which cannot import it.
    cloudpickle.register_pickle_by_value(index_export)
    index_export.write(spark, spark.sparkContext.parallelize(documents, parts), str(folder))
    return written(folder)


def test_each_document_is_a_line_as_it_is_in_the_index(spark: Any, tmp_path: Path) -> None:
    assert exported(spark, DOCUMENTS, tmp_path / "out") == DOCUMENTS


def test_an_oversized_document_is_a_line(spark: Any, tmp_path: Path) -> None:
    huge = json.dumps({"@timestamp": AT, "message": "x" * 20_000_000})
    assert exported(spark, [huge], tmp_path / "out") == [huge]


def test_a_document_with_line_breaks_is_one_line(spark: Any, tmp_path: Path) -> None:
    pretty = json.dumps({"@timestamp": AT, "took": [1, 2]}, indent=2)
    [line] = exported(spark, [pretty], tmp_path / "out")
    assert json.loads(line) == json.loads(pretty)
    assert exported(spark, ['{"a":\r\n'], tmp_path / "broken") == ['{"a":  ']


def test_an_empty_window_has_no_line(spark: Any, tmp_path: Path) -> None:
    assert exported(spark, [], tmp_path / "out") == []


def test_a_second_attempt_takes_the_place_of_what_the_first_left(spark: Any, tmp_path: Path) -> None:
    exported(spark, DOCUMENTS, tmp_path / "out", parts=5)
    assert exported(spark, DOCUMENTS[:2], tmp_path / "out") == DOCUMENTS[:2]
    assert exported(spark, DOCUMENTS[:2], tmp_path / "out") == DOCUMENTS[:2]
