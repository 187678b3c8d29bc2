"""The Glue job's script without Spark: its query, the connector's options, lines and arguments."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from northsouth.logs import index_export

ARGUMENTS = {
    "--domain": "search.example.com",
    "--index": "app-*",
    "--time_field": "@timestamp",
    "--secret": "arn",
    "--folder": "s3://results/exports/app/",
    "--start": "2026-11-27T09:00:00.000Z",
    "--end": "2026-11-27T10:00:00.000Z",
}


def words(arguments: dict[str, str]) -> list[str]:
    return [word for pair in arguments.items() for word in pair]


def test_the_arguments_of_the_job_and_of_glue() -> None:
    given = index_export.parsed(["--JOB_NAME", "edge-app", *words(ARGUMENTS), "--TempDir", "s3://x"])
    assert given == {name.removeprefix("--"): value for name, value in ARGUMENTS.items()}
    with pytest.raises(SystemExit, match="missing arguments: folder, end"):
        index_export.parsed(words({name: v for name, v in ARGUMENTS.items() if name not in ("--folder", "--end")}))


def test_the_documents_are_read_as_they_are() -> None:
    query = index_export.query("@timestamp", "a", "b")
    options = index_export.options("search.example.com", "app-*", query, "user", 'pa"ss')
    assert options["opensearch.output.json"] == "true"
    assert options["opensearch.nodes"] == "https://search.example.com"
    assert json.loads(options["opensearch.query"])["query"]["range"]["@timestamp"]["lt"] == "b"

    class Context:
        def newAPIHadoopRDD(self, **given: Any) -> Context:  # noqa: N802 - PySpark's name
            assert given["inputFormatClass"] == "org.opensearch.hadoop.mr.OpenSearchInputFormat"
            assert given["conf"] == options
            return self

        def values(self) -> list[str]:
            return ["{}"]

    assert index_export.documents(Context(), options) == ["{}"]


@pytest.mark.parametrize(
    ("document", "line"),
    [
        ('{"a": "b\\n"}', '{"a": "b\\n"}'),
        ('{\n "a": "ä"\r\n}', '{"a": "ä"}'),
        ("{\n", "{ "),
    ],
)
def test_a_document_is_one_line(document: str, line: str) -> None:
    assert index_export.line(document) == line


def test_the_script_stands_alone() -> None:
    """Glue gets this file and nothing else."""
    text = Path(index_export.__file__).read_text(encoding="utf-8")
    assert "import northsouth" not in text
    assert "from northsouth" not in text
    assert "${" not in text
