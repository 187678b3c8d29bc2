"""What the reference JSONata is asked: what is recorded, how evaluations are compared, and that all are made."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from northsouth.emulator import expressions as emulator
from tests.harness.jsonata import REFERENCE, ROOT, node_tool
from tests.second_opinions import machines, recording
from tests.second_opinions.machines import differences, expressions, shape, unevaluated
from tests.second_opinions.recording import Evaluation, Outcome, Recorder


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('$x & "a b"', "$x&'c'"),
        ("$x - 1", "$x-25.5"),
        ('[$lookup({"a": ["b"]}, $x)]', '[$lookup({"a": ["b", "c"], "d": []}, $x)]'),
        (r"$match($x, /a\/\"b/i)", "$match($x, /c/)"),
        ("$x = null", "$x = true"),
    ],
)
def test_expressions_that_differ_by_constants_have_one_shape(one: str, other: str) -> None:
    assert shape(one) == shape(other)


@pytest.mark.parametrize(
    ("one", "other"), [("$x + 1", "$y + 1"), ("$x.a", "$x.b"), ("$x - 1", "$x + 1"), ("$x / $y / $z", "$x")]
)
def test_other_expressions_have_other_shapes(one: str, other: str) -> None:
    assert shape(one) != shape(other)


def one(outcome: Outcome) -> Evaluation:
    return Evaluation("$x", {}, 0, outcome)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Outcome("value", 1), Outcome("value", True)),
        (Outcome("value", 1), Outcome("value", 1.0)),
        (Outcome("value", None), Outcome("nothing")),
        (Outcome("value", [1]), Outcome("value", 1)),
        (Outcome("failure", message="a"), Outcome("value", 1)),
    ],
)
def test_another_outcome_is_a_difference(ours: Outcome, theirs: Outcome) -> None:
    (difference,) = differences([one(ours)], [theirs])
    assert difference.subject == "$x"
    assert difference.detail.startswith(f"the emulator: {ours.kind} ")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Outcome("value", {"a": 1, "b": 2}), Outcome("value", {"b": 2, "a": 1})),
        (Outcome("failure", message="a"), Outcome("failure", message="b")),
    ],
)
def test_the_order_of_keys_and_the_words_of_a_failure_are_none(ours: Outcome, theirs: Outcome) -> None:
    assert list(differences([one(ours)], [theirs])) == []


def test_an_expression_that_no_test_evaluates_is_a_difference() -> None:
    definition = json.dumps({"States": {"A": {"Output": {"a": "{% $x %}", "b": ["{% $y + 1 %}", "$z"]}}}})
    declared = expressions({"stack": {"resource": {"aws_sfn_state_machine": {"m": {"definition": definition}}}}})
    assert set(declared) == {"$x", "$y+?"}
    (difference,) = unevaluated(declared, {"$x"})
    assert (difference.subject, difference.detail.rpartition(" ")[2]) == ("$y + 1", "stack")


def test_evaluations_are_recorded_once_with_what_they_end_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder(tmp_path / "record" / "main.jsonl")
    recorder.listen(monkeypatch)
    for code in ("$millis()", "$millis()", "null", "$floor($random() * 3)"):
        emulator.evaluate(code)
    for value in (1, 2):
        emulator.evaluate("$x + 1", {"x": value})
    for code in ("$nothing", "$x()"):
        with pytest.raises(emulator.ExpressionError):
            emulator.evaluate(code)
    recorder.pytest_sessionfinish()
    clock, *others = recording.read(tmp_path / "record")
    assert clock.outcome == Outcome("value", clock.moment)
    said: list[tuple[str, Any]] = [(each.code, each.outcome.value) for each in others]
    assert said == [
        ("null", None), ("$floor($random() * 3)", 1), ("$x + 1", 2), ("$x + 1", 3), ("$nothing", None), ("$x()", None)
    ]  # fmt: skip
    assert [each.outcome.kind for each in others] == ["value", "value", "value", "value", "nothing", "failure"]
    assert others[3].variables == {"x": 2}


def test_the_reference_has_the_functions_of_step_functions_and_its_clock() -> None:
    codes = {
        "$partition([1,2,3], 2)": [[1, 2], [3]],
        "$range(0, 4, 2)": [0, 2, 4],
        '$hash("input data", "SHA-1")': "aaff4a450a104cd177d28d18d74485e8cae074b7",
        '$parse("[1]")[0]': 1,
        "$random()": 0.5,
        "$length($uuid())": 36,
        "$millis()": 1000,
        "$now()": "1970-01-01T00:00:01.000Z",
    }
    asked = [{"code": code, "variables": {}, "moment": 1000} for code in (*codes, '$eval("1")', "$x")]
    done = node_tool(["node", REFERENCE, ROOT / "node_modules" / "jsonata"], json.dumps(asked))
    *values, refused, nothing = json.loads(done.stdout)
    assert [each.get("value") for each in values] == list(codes.values())
    assert (refused["kind"], nothing) == ("failure", {"kind": "nothing"})
    assert all(any(f"${name}(" in each["code"] for each in asked) for name in emulator.FUNCTIONS)


def test_the_tests_that_are_recorded_exist() -> None:
    for test in machines.TESTS:
        file, _, name = test.partition("::")
        assert re.search(f"^def {name}", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE), test
