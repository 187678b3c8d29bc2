"""JSONata's functions of Step Functions, on the examples of its guide, and what ends an expression without a value."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.emulator.expressions import ExpressionError, NothingError, evaluate


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("$partition([1,2,3,4,5,6,7,8,9], 4)", [[1, 2, 3, 4], [5, 6, 7, 8], [9]]),
        ("$partition([], 2)", []),
        ("$range(0, 10, 2)", [0, 2, 4, 6, 8, 10]),
        ("$range(5, 0, -2)", [5, 3, 1]),
        ("$range(1, 0, 1)", []),
        ('$hash("input data", "SHA-1")', "aaff4a450a104cd177d28d18d74485e8cae074b7"),
        ('$parse("{\\"a\\": [1]}").a', [1]),
        ("$random(7) = $random(7)", True),
        ("$random() < 1", True),
        ("$uuid() != $uuid()", True),
    ],
)
def test_step_functions_has_functions_of_its_own(code: str, value: Any) -> None:
    assert evaluate(code) == value


def test_a_uuid_is_one() -> None:
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", evaluate("$uuid()"))


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ('$eval("1 + 1")', "write $parse"),
        ("$partition([1], 0)", "a size is a whole number from 1"),
        ("$range(0, 1, 0)", "got the step 0"),
        ("$range(0, 1000, 1)", "got 1001 numbers; 1000 are allowed"),
        ('$hash("a", "SHA1")', "write one of MD5, SHA-1, "),
        ('$parse("{")', "Expecting property name"),
        ('$number("x")', "could not convert"),
        ("1 / 0", "division by zero"),
        ("function($x) { $x }", "not JSON serializable"),
        ("$randomSeeded(1)", "non-function"),
    ],
)
def test_an_expression_without_a_value_of_json_fails(code: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=re.escape(message)):
        evaluate(code)


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.sampled_from(["a", "b"]), each, max_size=2),
    max_leaves=5,
)


def ended(code: str, variables: dict[str, Any]) -> str:
    """Return how code ends, for comparison; as text, because 1 and true are equal in Python."""
    try:
        return json.dumps(evaluate(code, variables))
    except ExpressionError as error:
        return type(error).__name__


@given(JSON_VALUES)
def test_a_variable_is_what_a_constant_in_the_code_is(value: Any) -> None:
    for code in (
        "$x",
        "$x.a",
        "$type($x)",
        "$exists($x.a)",
        "$x.*",
        "$x = null",
        "$string($x)",
        "[$x]",
        "$boolean($x)",
    ):
        written = f"($x := {json.dumps(value, ensure_ascii=False)}; {code})"
        assert ended(code, {"x": value}) == ended(written, {})


@pytest.mark.parametrize("code", ["$x", "$x.a", "{}.a", "[][0]", "$y", "(null; $nothing)"])
def test_nothing_is_not_null(code: str) -> None:
    with pytest.raises(NothingError):
        evaluate(code, {"x": {}} if code == "$x.a" else {})
    assert evaluate("$x", {"x": None}) is None
    assert evaluate("$x.a", {"x": {"a": None}}) is None


def test_the_variables_stay_as_they_are() -> None:
    variables = {"x": {"a": [3, None, 1.0]}}
    assert evaluate("$sort($x.a[$type($) = 'number'])", variables) == [1, 3]
    assert evaluate("$x ~> |$|{'a': $append(a, 1)}|", variables) == {"a": [3, None, 1, 1]}
    assert variables == {"x": {"a": [3, None, 1.0]}}


def test_threads_share_what_is_read_and_nothing_else() -> None:
    code = "($sum := function($n) { $n = 0 ? 0 : $n + $sum($n - 1) }; {'x': $x, 'sum': $sum($x), 'own': $uuid()})"
    with ThreadPoolExecutor(8) as threads:
        values = list(threads.map(lambda x: evaluate(code, {"x": x}), range(40)))
    assert [(each["x"], each["sum"]) for each in values] == [(x, x * (x + 1) / 2) for x in range(40)]
    assert len({each["own"] for each in values}) == 40


def test_each_evaluation_has_its_own_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter((1000, 2000, 3000, 4000))
    monkeypatch.setattr("jsonata.timebox.Timebox.current_milli_time", lambda: next(moments))
    assert evaluate("$millis()") < evaluate("$millis()")
