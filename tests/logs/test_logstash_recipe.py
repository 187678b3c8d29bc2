"""The recipe of docs/pipeline-archive.md: what Logstash writes is where, and how, the archive reads it."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlglot

from tests.harness import logstash

PAGE = Path(__file__).parents[2] / "docs/pipeline-archive.md"
TEXT = PAGE.read_text(encoding="utf-8")


def block(language: str) -> str:
    """Return the page's first block of a language: those of the recipe come first."""
    text, *_ = re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    return str(text)


def options(plugin: str) -> dict[str, Any]:
    [found] = [each for each in logstash.read(block("logstash")) if each.name == plugin]
    return found.options


def test_logstash_writes_where_the_archive_reads() -> None:
    s3, python = options("s3"), block("python")
    assert f'bucket="{s3["bucket"]}"' in python
    folder, day = s3["prefix"].split("/", 1)
    assert f'prefix="{folder}"' in python
    # The day of delivery, as the archive's folders write it, and not the day of the event.
    assert day == "%{[@metadata][delivered]}"
    assert "event.set('[@metadata][delivered]', Time.now.utc.strftime('%Y/%m/%d'))" in options("ruby")["code"]
    assert (s3["codec"], s3["encoding"]) == ("json_lines", "gzip")
    assert s3["validate_credentials_on_root_bucket"] is False


def test_the_index_has_the_template_of_the_same_fields() -> None:
    elasticsearch = options("elasticsearch")
    python = block("python")
    assert f'name="{elasticsearch["template_name"]}"' in python
    prefix = elasticsearch["index"].split("%", 1)[0]
    assert f'index_patterns=("{prefix}*",)' in python


@pytest.mark.parametrize(
    ("path", "time"),
    [
        (
            "s3://acme-app-logs/app/2026/11/27/ls.s3.312bc026-2f5d-49bc-ae9f-5940cf4ad9a6.2026-11-27T09.02.part0.txt.gz",
            datetime(2026, 11, 27, 9, 2),  # noqa: DTZ001 - the archive's are UTC without a zone
        ),
        (
            "s3://acme-app-logs/app/2026/11/27/ls.s3.312bc026-2f5d-49bc-ae9f-5940cf4ad9a6.2026-11-27T23.59.tag_hello.part3.txt.gz",
            datetime(2026, 11, 27, 23, 59),  # noqa: DTZ001
        ),
        ("s3://acme-app-logs/app/2026/11/27/other.json.gz", None),
    ],
)
def test_the_time_in_an_objects_name_is_read(path: str, time: datetime | None) -> None:
    [written] = re.findall(r'object_time="(.*)",\n', block("python"))
    sql = written.replace('\\"', '"')
    query = sqlglot.transpile(f'SELECT {sql} FROM (SELECT CAST(? AS varchar) AS "$path")', "athena", "duckdb")[0]
    with duckdb.connect(config={"threads": 1}) as connection:
        assert connection.execute(query, [path]).fetchone() == (time,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("output { s3 { bucket => 'a' }", "ends too early"),
        ("output { s3 { bucket = 'a' } }", "cannot read"),
        ("output { s3 { bukket => 'a' } }", "s3 has no option bukket"),
        ("outputs { }", "outputs is no section"),
        ("output { s3 { bucket => } }", "'}' is no value"),
        ("output { s3 [ ] }", "got '[' in place of {"),
    ],
)
def test_what_is_no_configuration(text: str, expected: str) -> None:
    with pytest.raises(ValueError, match=re.escape(expected)):
        logstash.read(text)
