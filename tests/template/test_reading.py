"""Files and texts that are no template, or try to hurt whoever reads them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.template import TemplateError, model, parse, read

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
KEYS = st.sampled_from(
    [
        "resource",
        "data",
        "locals",
        "values",
        "planned_values",
        "root_module",
        "resources",
        "child_modules",
        "address",
        "type",
        "name",
        "mode",
        "format_version",
        "configuration",
        "module_calls",
        "expressions",
        "references",
        "count",
        "for_each",
    ]
)
SHAPED = st.recursive(
    JSON | st.sampled_from(["1.0", "managed", "${local.a}", "aws_x.y"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=30,
)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not JSON: Expecting value at line 1, column 1"),
        (b"{\n  x", "not JSON: Expecting property name enclosed in double quotes at line 2, column 3"),
        (b"[]", "the document is not a JSON object"),
        (b'"x"', "the document is not a JSON object"),
        (b'{"resource": NaN}', "not JSON: NaN is not JSON"),
        (b'{"a": "\xff\xfe"}', "not JSON: "),
        (b'{"a": ' + b"1" * 5000 + b"}", "not JSON: "),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"resource": ' * 300 + b"1" + b"}" * 300, "nested deeper than 100 levels"),
    ],
    ids=["empty", "cut", "array", "text", "nan", "bytes", "number", "deep", "deep-object"],
)
def test_what_is_not_a_document_is_refused_in_one_line(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "x.json"
    file.write_bytes(content)
    with pytest.raises(TemplateError) as caught:
        read(file)
    assert str(caught.value).startswith(f"{file}: {message}")
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="No such file"):
        read(tmp_path / "none.json")
    with pytest.raises(TemplateError, match="Is a directory"):
        read(tmp_path)


def test_a_huge_document_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("northsouth.template.reading.MAX_BYTES", 10)
    file = tmp_path / "x.json"
    file.write_text('{"resource": {}}')
    with pytest.raises(TemplateError, match="larger than"):
        read(file)
    with pytest.raises(TemplateError, match="larger than"):
        parse('{"resource": {}}')


def test_too_many_resources_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("northsouth.template.template.MAX_RESOURCES", 2)
    with pytest.raises(TemplateError, match="more than 2 resources"):
        parse({"resource": {"a_b": {"x": {}, "y": {}, "z": {}}}})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_that_shells_write(encoding: str) -> None:
    assert "a_b.ü" in parse(json.dumps({"resource": {"a_b": {"ü": {}}}}, ensure_ascii=False).encode(encoding)).resources


def test_what_is_not_json_is_refused() -> None:
    with pytest.raises(TemplateError, match="set is not a JSON value"):
        parse({"resource": {"a_b": {"x": {"y": set()}}}})


@given(SHAPED)
def test_any_json_is_read_or_refused(document: object) -> None:
    try:
        template = parse(json.dumps({"resource": document} if not isinstance(document, dict) else document))
    except TemplateError:
        return
    for resource in template:
        template.links(resource)
        try:
            template.value(resource)
        except TemplateError:
            continue


def test_limits_are_above_what_terraform_writes() -> None:
    assert model.MAX_DEPTH >= 50
    assert model.MAX_RESOURCES >= 100_000


def test_reading_does_not_load_the_cdk() -> None:
    code = "import sys, northsouth.template; sys.exit('cdktf' in sys.modules or 'jsii' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
