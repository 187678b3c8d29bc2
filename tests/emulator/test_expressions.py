"""JSONata's functions of Step Functions, on the examples of its guide, and what ends an expression without a value."""

from __future__ import annotations

import re
from typing import Any

import pytest

from northsouth.emulator.expressions import ExpressionError, evaluate


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
