"""How a comparison reads."""

from __future__ import annotations

from typing import Any

from northsouth.comparison import compare, render


def lines(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    def state(body: dict[str, Any]) -> dict[str, Any]:
        return {"resource": {"x_y": {"z": body}}}

    return render(compare(state(before), state(after))).splitlines()


def test_several_differences_stand_below_their_resource() -> None:
    assert lines({"a": 1, "b": "${aws_vpc.m.id}", "c": ["x"]}, {"a": 2, "b": "vpc-1", "c": ["x", "y"]}) == [
        "~ x_y.z",
        "    a: 1 → 2",
        '    b: aws_vpc.m.id → "vpc-1"',
        '    c[1]: + "y"',
        "1 to change.",
    ]


def test_of_long_texts_the_part_that_differs_is_shown() -> None:
    [line, _] = lines({"sql": f"{'x' * 300}old{'y' * 300}"}, {"sql": f"{'x' * 300}new{'y' * 300}"})
    assert "old" in line
    assert "new" in line
    assert len(line) < 240


def test_of_texts_of_several_lines_the_lines_that_differ_are_shown() -> None:
    assert lines({"sql": "select\n a\nfrom t"}, {"sql": "select\n b\nfrom t"}) == [
        "~ x_y.z",
        "    sql:",
        "       select",
        "      - a",
        "      + b",
        "       from t",
        "1 to change.",
    ]


def test_a_text_cannot_steer_the_terminal() -> None:
    [line, _] = lines({"a": "x"}, {"a": "\x1b[2J\u202e\n"})
    assert line == '~ x_y.z a: "x" → "\\u001b[2J\\u202e\\n"'


def test_another_order_is_told_as_such() -> None:
    assert lines({"a": ["x", "y"]}, {"a": ["y", "x"]})[0] == "~ x_y.z a: the same members in another order"
