"""A document that is read piece by piece is the document that is read at once, wherever the pieces end."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.template import TemplateError, parse, read, streaming
from northsouth.template.reading import decode
from northsouth.template.streaming import Held, Node, Packed, Streamed, Text

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@pytest.fixture(autouse=True, params=[1, 2, 7, 1024])
def pieces(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "CHUNK", request.param)


def walked(node: Node, like: object) -> object:
    """Walk through a node whose value is known."""
    if isinstance(like, dict):
        return {key: walked(member, like[key]) for key, member in node.members()}
    if isinstance(like, list):
        return [walked(element, item) for element, item in zip(node.elements(), [*like, None], strict=False)]
    return node.value()


@pytest.mark.parametrize("indent", [None, 2])
@given(value=JSON)
def test_walking_through_finds_every_value(value: Any, indent: int | None) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    assert decode(text, "x") == value
    assert walked(Streamed(Text(io.StringIO(text), "x")), value) == value
    assert walked(Held(value, "x"), value) == value


@given(value=st.dictionaries(st.text(max_size=8), JSON, max_size=4))
def test_what_is_kept_as_text_is_what_it_was(value: dict[str, Any]) -> None:
    text = Text(io.StringIO("{}"), "x")
    kept, held = Streamed(text).kept(value, "values"), Held({}, "x").kept(value, "values")
    assert kept == held
    assert isinstance(kept, Packed) or not value


@given(value=JSON, data=st.data())
def test_a_text_that_is_cut_is_refused(value: Any, data: st.DataObject) -> None:
    text = json.dumps({"x": value})
    cut = text[: data.draw(st.integers(0, len(text) - 1))]
    with pytest.raises(TemplateError, match="not JSON"):
        decode(cut, "x")


def twice() -> Iterator[tuple[str, str]]:
    yield '{"resource": {}, "resource": {}}', '"resource" is twice in the document (again at line 1, column 18)'
    yield '{\n "a": [{},\n  {"b": {"c": 1, "d": 2, "c": 3}}]}', '"c" is twice in a[1].b (again at line 3, column 26)'


@pytest.mark.parametrize(("text", "message"), list(twice()))
def test_a_key_that_is_there_twice_is_refused_with_its_place(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(TemplateError) as caught:
        decode(text, "x.json")
    assert str(caught.value) == f"x.json: the key {message}; keep one of the two"
    file = tmp_path / "x.json"
    file.write_text(text.replace('"a"', '"resource"'), encoding="utf-8")
    with pytest.raises(TemplateError, match="is twice in"):
        read(file)


def test_a_key_is_refused_twice_in_any_part_of_a_plan() -> None:
    template = '{"format_version": "1.2", "planned_values": {"root_module": {"resources": [%s]}}, "configuration": {}}'
    resource = '{"address": "a.b", "mode": "managed", "type": "a", "name": "b", "values": {"x": 1, "x": 2}}'
    with pytest.raises(TemplateError, match=r'"x" is twice in planned_values.root_module.resources\[0\].values'):
        parse(template % resource)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"resource": {}} x', "Extra data at line 1, column 18"),
        ('{"resource": {}\n "data": {}}', "Expecting ',' or '}' at line 2, column 2"),
        ('{"resource" {}}', "Expecting ':' at line 1, column 13"),
        ('{"resource": {},}', "Expecting property name enclosed in double quotes at line 1, column 17"),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        parse(text, source="x.json")
    assert str(caught.value) == f"x.json: not JSON: {message}"


def test_the_wrapper_of_setup_terraform_is_named(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text('[command]/tmp/a1/terraform-bin show -json plan.tfplan\n{"format_version": "1.2"}\n')
    with pytest.raises(TemplateError) as caught:
        read(file)
    assert "'[command]/tmp/a1/terraform-bin show -json plan.tfplan'" in str(caught.value)
    assert "set `terraform_wrapper: false` in that step" in str(caught.value)


def test_a_pipe_is_read_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "MAX_BYTES", 10)
    with pytest.raises(TemplateError, match="larger than"):
        Text(io.StringIO(json.dumps(["x"] * 10)), "x").value()
