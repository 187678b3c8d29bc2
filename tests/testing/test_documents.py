"""The assertion on sample documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from northsouth.testing import assert_documents_fit
from tests.logs.index_templates import template

GOOD = {"@timestamp": "2026-11-27T09:02:00Z", "took": 0.5}


def test_documents_fit(tmp_path: Path) -> None:
    assert_documents_fit(template(), [GOOD])
    file = tmp_path / "samples.jsonl"
    file.write_text('\n{"@timestamp": "2026-11-27T09:02:00Z"}\r\n\n', encoding="utf-8")
    assert_documents_fit(template(), file)
    assert_documents_fit(template(), str(file))


def test_a_changed_type_fails() -> None:
    with pytest.raises(AssertionError) as failed:
        assert_documents_fit(template(), [GOOD, {**GOOD, "took": "fast"}])
    lines = str(failed.value).splitlines()
    assert lines[0] == "not all documents fit the fields of 'app-logs':"
    assert lines[1].startswith("  document 2: took: 'fast' is no value of double")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"{", "samples.jsonl:1: is no JSON: Expecting property name"),
        (b'{"took": 1, "took": 2}', "has the field 'took' twice"),
        (b'{"took": NaN}', "has NaN, which is no JSON"),
        (b'{"level": "\xff"}', "is no UTF-8"),
        (b"[" * 100_000, "is nested too deeply"),
        (b"[]", "[] is no object"),
        (b"", "there is no document in"),
    ],
)
def test_a_line_that_is_no_document(line: bytes, expected: str, tmp_path: Path) -> None:
    file = tmp_path / "samples.jsonl"
    file.write_bytes(line)
    with pytest.raises(AssertionError) as failed:
        assert_documents_fit(template(), file)
    assert expected in str(failed.value)


def test_many_reasons_are_cut() -> None:
    with pytest.raises(AssertionError) as failed:
        assert_documents_fit(template(), [{**GOOD, "took": "fast"}] * 30)
    assert str(failed.value).splitlines()[-1] == "  and 10 more"


def test_no_documents_fail() -> None:
    with pytest.raises(AssertionError, match="there is no document"):
        assert_documents_fit(template(), [])
