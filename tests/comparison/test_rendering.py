"""How a comparison reads."""

from __future__ import annotations

from typing import Any

import pytest

from northsouth.comparison import Action, Change, Comparison, compare, render
from northsouth.comparison.difference import Difference
from northsouth.comparison.rendering import LINES, WIDTH, counted, difference_lines, markdown, printable, text


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


def test_markdown_has_a_block_of_lines_for_each_section() -> None:
    assert markdown("northsouth diff", [("`hub`", ["- a", "+ b"]), ("spoke", ["~ c"])]) == (
        "### northsouth diff\n\n**`hub`**\n\n```diff\n- a\n+ b\n```\n\n**spoke**\n\n```diff\n~ c\n```\n"
    )


@pytest.mark.parametrize(
    ("lines", "fence"),
    [(["a `b`"], "```"), (["a ``b``"], "```"), (["a ```b```"], "````"), (["```", "``````"], "```````")],
)
def test_the_fence_is_longer_than_any_backticks_in_the_lines(lines: list[str], fence: str) -> None:
    _, _, _, _, first, *shown, last, after = markdown("h", [("t", lines)]).split("\n")
    assert (first, shown, last, after) == (f"{fence}diff", lines, fence, "")


def test_markdown_is_cut_between_lines_and_says_how_many_are_missing() -> None:
    line = "x" * 99  # 100 characters with its line break, of 60,000 that a comment holds

    def shown(*numbers: int) -> list[tuple[int, list[str]]]:
        parts = markdown("h", [("t", [line] * number) for number in numbers]).split("**t**")[1:]
        return [(part.count(line), [each for each in part.splitlines() if each.startswith("…")]) for part in parts]

    assert shown(600) == [(600, [])]
    assert shown(601) == [(600, ["… and 1 more line"])]
    assert shown(500, 103, 2) == [(500, []), (100, ["… and 3 more lines"]), (0, ["… and 2 more lines"])]
    assert shown(500, 99, 1) == [(500, []), (99, []), (1, [])]
    too_long = markdown("h", [("t", ["y" * 70_000]), ("t", [line] * 600)])
    assert (too_long.count(line), too_long.count("more line")) == (600, 1)


@pytest.mark.parametrize(("number", "text"), [(0, "0 alarms"), (1, "1 alarm"), (2, "2 alarms")])
def test_a_number_stands_with_what_it_counts(number: int, text: str) -> None:
    assert counted(number, "alarm") == text


@pytest.mark.parametrize(
    ("difference", "expected"),
    [
        (Difference("a", 1, 2), ["a: 1 → 2 !"]),
        (Difference("", 1, 2), ["1 → 2 !"]),
        (Difference("a", None, 2), ["a: + 2 !"]),
        (Difference("a", 1, None), ["a: - 1 !"]),
        (Difference("", (1, 2), (2, 1), reordered=True), ["the same members in another order !"]),
        (Difference("a", "x\ny", "x\nz"), ["a: !", "   x", "  -y", "  +z"]),
        (Difference("a", "x\ny", "z"), ['a: "x\\ny" → "z" !']),
        (Difference("a", "x", "y\nz"), ['a: "x" → "y\\nz" !']),
        (Difference("a", "x\ny", 1), ['a: "x\\ny" → 1 !']),
        (Difference("a\x1b", 1, 2), ["a\\x1b: 1 → 2 !"]),
        (Difference("", None, ("m" * 60, "n" * 60)), ["+ [ !", f'    "{"m" * 60}"', f'    "{"n" * 60}"', "  ]"]),
    ],
)
def test_the_note_ends_the_first_line_of_a_difference(difference: Difference, expected: list[str]) -> None:
    lines = difference_lines(difference, " !")
    assert [line.replace(": !", ":!") for line in lines] == [line.replace(": !", ":!") for line in expected]


def test_a_line_is_as_wide_as_it_may_be() -> None:
    """A text stands in quotes, and a number as it is."""

    def after(value: Any) -> str:
        return "\n".join(difference_lines(Difference("", None, value)))

    assert after("x" * (WIDTH - 2)) == f'+ "{"x" * (WIDTH - 2)}"'
    assert after("x" * (WIDTH - 1)) == f'+ "{"x" * (WIDTH - 2)}…'
    assert after(("x" * 46, "y" * 46)) == f'+ ["{"x" * 46}", "{"y" * 46}"]'
    assert after(("x" * 46, "y" * 47)).splitlines() == ["+ [", f'    "{"x" * 46}"', f'    "{"y" * 47}"', "  ]"]
    assert after(f'["{"x" * 40}", "{"y" * 40}"]') == f'+ "[\\"{"x" * 40}\\", \\"{"y" * 40}\\"]"'
    assert after(f'["{"x" * 50}", "{"y" * 50}"]').splitlines() == [
        "+ [",
        f'    "{"x" * 50}"',
        f'    "{"y" * 50}"',
        "  ]",
    ]
    assert after(("x" * 200, 1)).splitlines() == ["+ [", f'    "{"x" * (WIDTH - 2)}…', "    1", "  ]"]


@pytest.mark.parametrize(
    ("number", "more"), [(LINES, []), (LINES + 1, ["    … and 1 more"]), (LINES + 2, ["    … and 2 more"])]
)
def test_of_a_long_list_the_first_members_are_shown(number: int, more: list[str]) -> None:
    members = [f"member {at:03}" for at in range(number)]
    for value, brackets in ((tuple(members), "[]"), (dict.fromkeys(members, 1), "{}")):
        first, *shown, last = difference_lines(Difference("", None, value))
        assert (first, last) == (f"+ {brackets[0]}", f"  {brackets[1]}")
        assert len(shown) == LINES + len(more)
        assert shown[LINES:] == more
        assert all(member in line for member, line in zip(members, shown[:LINES], strict=False))


def test_of_long_texts_the_same_part_is_shown_of_both() -> None:
    def shown(before: str, after: str) -> list[str]:
        [line] = difference_lines(Difference("", before, after))
        return line.split(" → ")

    long = "".join(f"{at:04}" for at in range(100))
    [old, new] = shown(f"{long}a{long}", f"{long}b{long}")
    assert old.replace("a", "b") == new
    assert (old[0], old[-1], len(old)) == ("…", "…", WIDTH + 2)
    assert old.index("a") == 1 + WIDTH // 4
    [old, new] = shown(f"a{long}", f"b{long}")
    assert (old[:3], old[-1], len(old)) == ('"a0', "…", WIDTH + 1)
    [old, new] = shown(f"{long}a", f"{long}b")
    assert (old[0], old[-2:]) == ("…", 'a"')
    assert shown("x" * (WIDTH - 2), "y" * (WIDTH - 2)) == [f'"{"x" * (WIDTH - 2)}"', f'"{"y" * (WIDTH - 2)}"']
    assert shown("x" * (WIDTH - 2), "x" * (WIDTH - 3)) == [f'"{"x" * (WIDTH - 2)}"', f'"{"x" * (WIDTH - 3)}"']
    assert shown("x" * (WIDTH - 3), "x" * (WIDTH - 2)) == [f'"{"x" * (WIDTH - 3)}"', f'"{"x" * (WIDTH - 2)}"']
    assert shown(f"a{'x' * (WIDTH - 3)}", f"b{long}")[0] == f'"a{"x" * (WIDTH - 3)}"'
    [old, new] = shown(f"${{{long}}}", f"${{{long}x}}")
    assert (old[-1], new[-2:]) == ("9", "9x")
    [old, new] = shown(long, "short")
    assert (old[:5], old[-1], new) == ('"0000', "…", '"short"')


@pytest.mark.parametrize(("number", "more"), [(LINES // 2, []), (LINES // 2 + 1, ["  … and 2 more"])])
def test_of_many_lines_that_differ_the_first_are_shown(number: int, more: list[str]) -> None:
    before, after = ("\n".join(f"{side}{at}" for at in range(number)) for side in "xy")
    _, *lines = difference_lines(Difference("sql", before, after))
    every = [f"  -x{at}" for at in range(number)] + [f"  +y{at}" for at in range(number)]
    assert lines == [*every[:LINES], *more]


def test_lines_that_differ_in_two_places_stand_without_their_numbers() -> None:
    before = "\n".join("abcdefgh")
    _, *lines = difference_lines(Difference("sql", before, before.replace("b", "B").replace("g", "G")))
    assert lines == ["   a", "  -b", "  +B", "   c", "   f", "  -g", "  +G", "   h"]


@pytest.mark.parametrize(
    ("value", "expected"), [("café → x", "café → x"), ("a\tb", r"a\tb"), ("\u202e", r"\u202e"), ("\x7f", r"\x7f")]
)
def test_what_could_steer_a_terminal_is_an_escape(value: str, expected: str) -> None:
    assert printable(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "nothing"),
        ("${aws_vpc.v.id}", "aws_vpc.v.id"),
        ("${a} ${b}", '"${a} ${b}"'),
        ("café", '"café"'),
        ({"a": (1, None)}, '{"a": [1, null]}'),
    ],
)
def test_a_value_is_written_as_terraform_would(value: Any, expected: str) -> None:
    assert text(value) == expected


def written(**change: Any) -> str:
    return render(Comparison((Change(**{"address": "aws_eip.e", "action": Action.CHANGED, **change}),))).splitlines()[0]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"address": 'aws_eip.e["\x1b"]'}, r'~ aws_eip.e["\x1b"]'),
        ({"action": Action.MOVED, "previous": "aws_eip.\x1b"}, r"> aws_eip.e: moved from aws_eip.\x1b"),
        ({"action": Action.IMPORTED, "import_id": "\x1b"}, r"< aws_eip.e: imported, id \x1b"),
        ({"action": Action.CREATED, "resembles": "aws_eip.d"}, "+ aws_eip.e"),
        ({"action": Action.FORGOTTEN}, ". aws_eip.e: left alone from now on, not destroyed"),
        (
            {"action": Action.UNREADABLE, "unreadable": ("bytes", "a\x1b")},
            r"! aws_eip.e: rows that are stored cannot be read any more (type of bytes, a\x1b)",
        ),
        (
            {"action": Action.REPLACED, "forced_by": ("a", "b")},
            "-/+ aws_eip.e: replaced because of what it refers to in a, b",
        ),
        (
            {"action": Action.REPLACED, "forced_by": ("a", "b"), "differences": (Difference("a", 1, 2),)},
            "-/+ aws_eip.e: replaced because of what it refers to in b",
        ),
        (
            {"action": Action.REPLACED, "forced_by": ("a",), "differences": (Difference("a.b", 1, 2),)},
            "-/+ aws_eip.e a.b: 1 → 2 (forces replacement)",
        ),
        (
            {"action": Action.REPLACED, "forced_by": ("a",), "differences": (Difference("b", 1, 2),), "planned": True},
            "-/+ aws_eip.e: replaced because of a; says the plan; the declarations do not differ here",
        ),
        (
            {"action": Action.MAY_REPLACE, "forced_by": ("a", "b"), "differences": (Difference("a", 1, 2),)},
            "? aws_eip.e: may replace (type unknown); may replace (what it refers to in b may change)",
        ),
        (
            {"action": Action.MAY_REPLACE, "forced_by": ("count",), "differences": (Difference("count", 1, 2),)},
            "? aws_eip.e: may destroy instances (count changes)",
        ),
        (
            {
                "action": Action.MAY_REPLACE,
                "forced_by": ("for_each", "count"),
                "differences": (Difference("count", 1, None), Difference("for_each", None, ("a",))),
            },
            "? aws_eip.e: may destroy instances (count, for_each changes)",
        ),
        (
            {
                "address": "module.m",
                "action": Action.MAY_REPLACE,
                "forced_by": ("count",),
                "differences": (Difference("count", 1, 2),),
            },
            "? module.m: may replace what is in the module",
        ),
    ],
)
def test_a_change_says_why(change: dict[str, Any], expected: str) -> None:
    assert written(**change) == expected


def test_every_action_has_its_own_words_and_a_colour() -> None:
    changes = tuple(Change(f"aws_eip.{action.value}", action) for action in Action)
    *lines, counts = render(Comparison(changes), colour=True).splitlines()
    assert len(counts.split(", ")) == len(set(counts.split(", "))) == len(Action)
    assert all(line.startswith("\x1b[") and line.endswith("\x1b[0m") for line in lines)
    plain = render(Comparison(changes)).splitlines()
    assert [line.split("m", 1)[1].removesuffix("\x1b[0m") for line in lines] == plain[:-1]


def test_what_was_left_out_is_counted_even_if_nothing_else_changes() -> None:
    changes = (Change("aws_eip.a", Action.DESTROYED), Change("aws_eip.b", Action.CREATED))
    assert render(Comparison((), changes)).splitlines() == [
        "Nothing of what was asked for.",
        "Left out: 1 to destroy, 1 to create.",
    ]


def test_a_subnet_that_was_left_out_is_warned_of() -> None:
    subnet = Change("aws_subnet.s", Action.REPLACED, forced_by=("cidr_block",))
    for comparison in (Comparison((subnet,)), Comparison((), (subnet,))):
        assert "Warning: 1 subnet would get another address block." in render(comparison)
