"""TOML tables become arguments by their types; what does not fit is reported at its key, all of it at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Literal

import pytest

from northsouth.alerts.tables import BROKEN, REQUIRED, TableReader, parameters
from northsouth.errors import Problem, refuse
from northsouth.metrics.units import DataRate, Duration, Quantity, count, gigabits_per_second, percent, seconds


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Inner:
    size: int
    words: Sequence[str] = ("a",)

    def __post_init__(self) -> None:
        refuse("Inner", [Problem("size", repr(self.size), "it is at most 9", "Lower it.")] if self.size > 9 else [])


@dataclass(frozen=True)
class Outer:
    name: str
    inner: Inner | None = None
    several: Mapping[str, Inner] = field(default_factory=dict)
    colour: Colour | str = Colour.RED
    mode: Literal["on", "off"] = "on"
    share: Quantity = percent(5)
    most: Quantity = count(3)
    rate: DataRate | None = None
    pair: tuple[int, int] = (1, 2)
    ratio: float = 0.5
    flag: bool = False
    note: str = ""


def read(table: object) -> tuple[Any, list[str]]:
    reader = TableReader()
    value = reader.build(Outer, table, "outer")
    return value, [str(problem) for problem in reader.problems]


def test_a_table_becomes_a_value() -> None:
    table = {
        "name": "x",
        "inner": {"size": 3, "words": ["b"]},
        "several": {"one": {"size": 1}},
        "colour": "blue",
        "mode": "off",
        "share": "7 %",
        "most": 4,
        "rate": "2 Gbit/s",
        "pair": [3, 4],
        "ratio": 1,
        "flag": True,
        "note": "",
    }
    assert read(table) == (
        Outer(
            "x",
            Inner(3, ["b"]),
            {"one": Inner(1)},
            "blue",
            "off",
            percent(7),
            count(4),
            gigabits_per_second(2),
            (3, 4),
            1,
            True,
            "",
        ),
        [],
    )


def test_what_is_left_out_keeps_its_default() -> None:
    assert read({"name": "x"}) == (Outer("x"), [])


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("name", "", "outer.name: got empty text; it is text of 1 character or more"),
        ("name", 5, 'outer.name: got 5; it is text. Write it in quotes: "5".'),
        ("name", True, 'outer.name: got true; it is text. Write it in quotes: "true".'),
        ("inner", 5, "outer.inner: got a number; it is a table. Write it in { }, or below [ ]."),
        ("inner", {}, "outer.inner.size: got nothing; this key is required. Add it."),
        ("inner", {"size": True}, "outer.inner.size: got true; it is an integer. Change the value."),
        ("inner", {"size": 10}, "outer.inner.size: got 10; it is at most 9. Lower it."),
        ("inner", {"size": 1, "words": "b"}, "outer.inner.words: got 'b'; it is a list. Write it in [ ]."),
        ("inner", {"size": 1, "words": ["b", 1]}, "outer.inner.words[1]: got 1; it is text."),
        (
            "several",
            {"one": {"size": "1"}},
            "outer.several.one.size: got '1'; it is an integer. Write it without",
        ),
        ("colour", date(2026, 11, 29), "outer.colour: got 2026-11-29; it is 'red' or 'blue'. Write 'red'."),
        ("colour", "bleu", "outer.colour: got 'bleu'; it is 'red' or 'blue'. Write 'blue'."),
        ("mode", "of", "outer.mode: got 'of'; it is 'on' or 'off'. Write 'off'."),
        ("share", 5, 'outer.share: got 5; it is text with a unit. Write it as in "5%".'),
        ("share", "5 Gbit/s", "outer.share: got '5 Gbit/s'; this is data per time, not a ratio."),
        ("share", "5 gnus", "outer.share: got '5 gnus'; 'gnus' is not a unit."),
        ("most", -1, "outer.most: got -1; a count is greater than or equal to 0. Write 0 or more."),
        ("most", 1.5, "outer.most: got 1.5; it is a count: a number. Write it as in 3."),
        ("rate", "5 s", "outer.rate: got '5 s'; this is a time, a threshold that is not a rate."),
        ("pair", [1], "outer.pair: got a list of 1; it is a list of 2."),
        ("ratio", "1", "outer.ratio: got '1'; it is a number. Write it without quotes: 1."),
        ("flag", 1, "outer.flag: got 1; it is a boolean: true or false. Write true or false, without quotes."),
    ],
)
def test_what_does_not_fit_is_reported_at_its_key(key: str, value: object, expected: str) -> None:
    built, problems = read({"name": "x", key: value})
    assert built is BROKEN
    [problem] = problems
    assert problem.startswith(expected)


def test_an_unknown_key_is_reported_and_the_value_made_all_the_same() -> None:
    built, problems = read({"name": "x", "noot": 1, "zzz": 2})
    assert built == Outer("x")
    assert problems[0] == "outer.noot: got the key 'noot'; there is no such key. Did you mean 'note'?"
    assert problems[1].startswith("outer.zzz: got the key 'zzz'; there is no such key. Known keys: colour, flag, inner")


def test_everything_is_reported_at_once() -> None:
    _, problems = read({"inner": {"size": 10}, "mode": 5, "share": 5})
    assert [problem.partition(":")[0] for problem in problems] == [
        "outer.name",
        "outer.inner.size",
        "outer.mode",
        "outer.share",
    ]


def test_the_values_of_a_pack_that_judges_them_itself() -> None:
    reader = TableReader(judged=False)
    built = reader.build(Outer, {"name": "", "colour": "green", "share": "5 s"}, "outer")
    assert (built, reader.problems) == (Outer("", colour="green", share=seconds(5)), [])


def test_the_arguments_of_methods_and_functions() -> None:
    class Pack:
        def alarm(self, over: Duration, *, of: int = 3) -> None:
            """Declare."""

    known = parameters(Pack.alarm)
    assert {name: parameter.default for name, parameter in known.items()} == {"over": REQUIRED, "of": 3}
    reader = TableReader()
    assert reader.arguments(known, {"over": "2 s", "of": 5}, "") == {"over": seconds(2), "of": 5}
    reader.arguments(known, {"over": "2 %"}, "")
    assert str(reader.problems[0]).startswith("over: got '2 %'; this is a ratio, not a time.")
