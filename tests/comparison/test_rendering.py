"""How a comparison reads."""

from __future__ import annotations

from typing import Any

from northsouth.comparison import compare, render


def lines(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    def state(body: dict[str, Any]) -> dict[str, Any]:
        return {"resource": {"aws_sns_topic": {"z": body}}}

    return render(compare(state(before), state(after))).splitlines()


def test_several_differences_stand_below_their_resource() -> None:
    assert lines({"a": 1, "b": "${aws_vpc.m.id}", "c": ["x"]}, {"a": 2, "b": "vpc-1", "c": ["x", "y"]}) == [
        "~ aws_sns_topic.z",
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
        "~ aws_sns_topic.z",
        "    sql:",
        "       select",
        "      - a",
        "      + b",
        "       from t",
        "1 to change.",
    ]


def test_a_text_cannot_steer_the_terminal() -> None:
    [line, _] = lines({"a": "x"}, {"a": "\x1b[2J\u202e\n"})
    assert line == '~ aws_sns_topic.z a: "x" → "\\u001b[2J\\u202e\\n"'


def test_another_order_is_told_as_such() -> None:
    assert lines({"a": ["x", "y"]}, {"a": ["y", "x"]})[0] == "~ aws_sns_topic.z a: the same members in another order"


def test_the_difference_at_the_end_of_long_texts_is_shown() -> None:
    [line, _] = lines({"sql": "x" * 300}, {"sql": f"{'x' * 300}new"})
    assert line.endswith('xnew"')


def test_a_long_block_has_a_line_for_each_member_that_says_something() -> None:
    block = {f"key{at}": "x" * 40 for at in range(4)} | {"empty": "", "none": None}
    assert lines({"b": []}, {"b": [block, 1]})[:4] == [
        "~ aws_sns_topic.z",
        "    b[0]: + {",
        f'        key0: "{"x" * 40}"',
        f'        key1: "{"x" * 40}"',
    ]
    assert "… and 10 more" in "\n".join(lines({"b": None}, {"b": [f"member {at}" for at in range(50)]}))
    policy = '{"Statement": [' + ", ".join(f'{{"Sid": "s{at}"}}' for at in range(20)) + "]}"
    assert '        Statement: [{"Sid": "s0"}' in "\n".join(lines({"p": None}, {"p": policy}))
