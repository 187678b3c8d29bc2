"""What is a reference in a Terraform string, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.template import Reference, references
from northsouth.template.expressions import Part, parts

CASES = [
    ("${aws_x.y.id}", [("aws_x.y", None, "id")]),
    ("${ aws_x.y.id }", [("aws_x.y", None, "id")]),
    ('a-${aws_x.y["k.1"].id}.', [("aws_x.y", "k.1", "id")]),
    ("${aws_x.y[0].id}", [("aws_x.y", 0, "id")]),
    ("${aws_x.y.0.id}", [("aws_x.y", 0, "id")]),
    ("${aws_x.y}", [("aws_x.y", None, "")]),
    ("${data.aws_x.y[0].a.b[2]}", [("data.aws_x.y", 0, "a.b[2]")]),
    ('${aws_x.y.tags["a b"]}', [("aws_x.y", None, 'tags["a b"]')]),
    ('${join(".", [aws_x.y.id, "z${aws_q.r.id}-aws_n.o.p"])}', [("aws_x.y", None, "id"), ("aws_q.r", None, "id")]),
    ('${module.m["a"].out.x}', [("module.m", "a", "out.x")]),
    ("${element(aws_x.y.*.id, 0).foo.bar}", [("aws_x.y", None, "id")]),
    ("${aws_x.y[*].id}", [("aws_x.y", None, "id")]),
    ("${aws_x.y[each.key].id}", [("aws_x.y", None, "id")]),
    ("${aws_x.y[local.k].id}", [("aws_x.y", None, ""), ("local.k", None, "")]),
    ('${var.x["a"]}${local.b.c}', [("var.x", None, '["a"]'), ("local.b", None, "c")]),
    ("%{ if aws_x.y.on }yes%{ endif }", [("aws_x.y", None, "on")]),
    ("${aws_x.y.id}${aws_x.y.id}", [("aws_x.y", None, "id")]),
    ('${"a[" + "]${aws_x.y.id}"}', [("aws_x.y", None, "id")]),
    ('${"quoted \\" ${aws_x.y.id}"}', [("aws_x.y", None, "id")]),
    ('${{ a = { b = aws_x.y.id } }["a"].c}', [("aws_x.y", None, "id")]),
    ("${aws_x.y.id", [("aws_x.y", None, "id")]),
    ("$${aws_x.y.id}", []),
    ("%%{ if aws_x.y.id }", []),
    ('${"$${aws_x.y.id}"}', []),
    ('${"aws_x.y.id"}', []),
    ("aws_x.y.id", []),
    ("${upper(true)}", []),
    ("${path.module}/x", []),
    ("${terraform.workspace}", []),
    ("${}", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_references(text: str, expected: list[tuple[str, str | int | None, str]]) -> None:
    assert [(found.subject, found.index, found.attribute) for found in references(text)] == expected


@pytest.mark.parametrize("text", ["aws_x", "data.aws_x", "aws_x.y + aws_x.z", "1.2", "", "self.id", "aws_x.y["])
def test_what_is_not_one_reference(text: str) -> None:
    assert Reference.parse(text) is None


def test_parts_undo_escapes_and_keep_expressions_whole() -> None:
    assert parts('a$${b}-${f("}")}.') == (
        Part("a${b}-"),
        Part('f("}")', expression=True),
        Part("."),
    )


@given(st.text(alphabet='${}%"\\[].abz_0* ', max_size=60))
def test_any_text_is_read_to_its_end(text: str) -> None:
    pieces = parts(text)
    assert sum(len(piece.text) for piece in pieces) <= len(text)
    for found in references(text):
        assert found.text in text


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "${" * 100_000,
        '${"' * 100_000,
        "${a." + "b." * 100_000,
        "${" + "a.b[" * 100_000,
        "${x.y}" * 50_000,
        '${a.b["' + "\\" * 100_001,
        "$" * 200_000,
        "$" * 200_000 + "{",
    ],
    ids=["openings", "quotes", "steps", "brackets", "many", "backslashes", "marks", "escape"],
)
def test_hostile_text_is_read_to_its_end(text: str) -> None:
    # Work that grew with the square of the length would not end within the life of a test run.
    assert all(found.text in text for found in references(text))
