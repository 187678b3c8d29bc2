from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.alerts.replay.math_syntax import MathError, Negation, Number, Operation, parse
from northsouth.alerts.replay.metric_math import REFUSED, Frame, NeedsRows, looks_at_neighbours, trees
from tests.alerts.replay import oracle_math

GAP = float("nan")
TEN = 1_790_848_800  # Thursday, 2026-10-01T10:00:00Z


def line(text: str) -> list[float]:
    return [GAP if word == "-" else float(word) for word in text.split()]


def evaluate(expression: str, *, period: int = 60, rows: bool = False, **metrics: str) -> list[float]:
    """Evaluate on points that are written oldest first; in rows, one row is all of them."""
    arrays = {name: np.array(line(text)) for name, text in metrics.items()}
    starts = TEN + np.arange(len(next(iter(arrays.values()))), dtype=np.int64) * period
    if rows:
        arrays = {name: array[::-1][None, :] for name, array in arrays.items()}
        starts = starts[::-1][None, :]
    result = Frame(arrays, starts, period, trees({"result": expression})).result("result")
    return list(result[0][::-1] if rows else result)


@pytest.mark.parametrize(
    ("expression", "metrics", "expected"),
    [
        # Missing values are 0 in arithmetic; a division by zero drops the point.
        ("a + b", {"a": "1 - 3 -", "b": "10 20 - -"}, "11 20 3 -"),
        ("a / b", {"a": "1 - 3 -", "b": "10 20 0 -"}, "0.1 0 - -"),
        ("a / b", {"a": "1", "b": "-"}, "-"),
        ("100*a/b", {"a": "- 5", "b": "100 100"}, "0 5"),
        ("5 / a", {"a": "0 2 -"}, "- 2.5 -"),
        ("a - 1", {"a": "1 -"}, "0 -"),
        ("-a ^ 2", {"a": "3 -"}, "-9 -"),
        ("2 ^ 3 ^ 2 + a", {"a": "0"}, "512"),
        ("a ^ b", {"a": "0 2", "b": "-1 3"}, "- 8"),
        # using-metric-math, "Comparison and logical operators"
        ("metric1 < metric2", {"metric1": "30 20 0 0", "metric2": "20 - 20 -"}, "0 0 1 0"),
        ("metric1 >= 30", {"metric1": "30 20 0 0", "metric2": "20 - 20 -"}, "1 0 0 0"),
        ("metric1 > 15 AND metric2 > 15", {"metric1": "30 20 0 0", "metric2": "20 - 20 -"}, "1 0 0 0"),
        ("a > 1 || b > 1", {"a": "2 0 - -", "b": "0 2 2 -"}, "1 1 1 -"),
        ("a == 1 && b != 1", {"a": "1 1 0", "b": "1 0 0"}, "0 1 0"),
        # using-metric-math, "Using IF expressions"
        ("IF(m1, m2, m3)", {"m1": "1 1 0 0 -", "m2": "30 - 0 0 30", "m3": "0 0 20 - 20"}, "30 0 20 0 -"),
        ("IF(m1, 5, m3)", {"m1": "1 1 0 0 -", "m3": "0 0 20 - 20"}, "5 5 20 - -"),
        ("IF(m1, m2, 5)", {"m1": "1 1 0 0 -", "m2": "30 - 0 0 30"}, "30 0 5 5 -"),
        ("IF(m1 < 400, m1)", {"m1": "100 500 -"}, "100 - -"),
        ("IF(m1 < 400, 10, 2)", {"m1": "100 500 -"}, "10 2 -"),
        ("IF(1, m1, m2)", {"m1": "1 -", "m2": "2 2"}, "1 -"),
        ("IF(0, m1)", {"m1": "1 1"}, "- -"),
        ("IF(r >= 100, e / r, 0)", {"e": "50 5", "r": "100 10"}, "0.5 0"),
        ("FILL(a, 7)", {"a": "1 - 3"}, "1 7 3"),
        ("FILL(a, b)", {"a": "1 - -", "b": "9 8 -"}, "1 8 -"),
        ("FILL(METRICS(), 0) + 1", {"a": "1"}, None),
        ("SUM(FILL(METRICS(), 0))", {"a": "1 -", "b": "- -"}, "1 0"),
        ("SUM([a, b])", {"a": "1 - -", "b": "2 2 -"}, "3 2 -"),
        ("AVG([a, b])", {"a": "1 - -", "b": "3 2 -"}, "2 1 -"),
        ("MAX([a, b])", {"a": "1 - -", "b": "3 2 -"}, "3 2 -"),
        ("MIN([a, b])", {"a": "1 - -", "b": "3 2 -"}, "1 2 -"),
        ('SUM([METRICS("e4"), METRICS("e5")])', {"e4xx": "1 1", "e5xx": "2 -", "all": "9 9"}, "3 1"),
        ("SUM(100/[a, b])", {"a": "10 0", "b": "20 20"}, "15 5"),
        ("m1/METRIC_COUNT(METRICS())", {"m1": "4", "m2": "1"}, "2"),
        ("FIRST(METRICS())", {"m1": "4", "m2": "1"}, "4"),
        ("LAST([m1, m2])", {"m1": "4", "m2": "1"}, "1"),
        ("TIME_SERIES(10)", {"a": "- 1"}, "10 10"),
        ("ABS(a)", {"a": "-1.5 -"}, "1.5 -"),
        ("CEIL(a) + FLOOR(a)", {"a": "1.5"}, "3"),
        ("LOG10(a)", {"a": "100 0"}, "2 -"),
        ("a * 8 / PERIOD(a)", {"a": "60"}, "8"),
        ("HOUR(a) * 100 + MINUTE(a)", {"a": "- 1 -"}, "1000 1001 1002"),
        ("DAY(a)", {"a": "1"}, "4"),
        ("DATE(a) + 100 * MONTH(a) + 10000 * YEAR(a)", {"a": "-"}, "20261001"),
        ("EPOCH(a) - 1790848800", {"a": "- -"}, "0 60"),
    ],
)
def test_awss_rules_of_missing_points(expression: str, metrics: Mapping[str, str], expected: str | None) -> None:
    if expected is None:
        with pytest.raises(MathError, match="several series"):
            evaluate(expression, **metrics)
        return
    np.testing.assert_allclose(evaluate(expression, **metrics), line(expected))
    np.testing.assert_allclose(evaluate(expression, rows=True, **metrics), line(expected))


@pytest.mark.parametrize(
    ("expression", "points", "expected"),
    [
        ("DIFF(a)", "1 - 5 9", "- - 4 4"),
        ("DIFF_TIME(a)", "1 - 5 9", "- - 120 60"),
        ("RATE(a)", "0 - 120 180", "- - 1 1"),
        ("FILL(a, REPEAT)", "- 1 - - 4 -", "- 1 1 1 4 4"),
        ("FILL(a, LINEAR)", "- 1 - - 4 -", "- 1 2 3 4 -"),
        ("RUNNING_SUM(a)", "1 - 2 3", "1 - 3 6"),
        ("a - AVG(a)", "1 - 2 3", "-1 - 0 1"),
        ("a / SUM(a)", "1 - 3", "0.25 - 0.75"),
        ("MAX(a) - a + MIN(a)", "1 - 3", "3 - 1"),
        ("SUM([a, a]) / DATAPOINT_COUNT(a)", "2 - 3", "2 - 3"),
        ("a > AVG(a)", "1 1 4", "0 0 1"),
    ],
)
def test_what_looks_at_neighbours_needs_the_rows_of_evaluations(expression: str, points: str, expected: str) -> None:
    np.testing.assert_allclose(evaluate(expression, rows=True, a=points), line(expected))
    with pytest.raises(NeedsRows):
        evaluate(expression, a=points)
    assert looks_at_neighbours("result", ("a",), trees({"result": expression}))


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("AVG(a)", "returns one number"),
        ("5", "returns one number"),
        ("[a, a]", "returns several series"),
        ("METRICS()", "returns several series"),
        ("a +", "not understood at its end"),
        ("a b", "not understood at 'b'"),
        ("(a", "not understood at its end"),
        ("a ? 1", "not understood at '? 1'"),
        ("SUM(a", "not understood at its end"),
        ("a + missing", "names 'missing', which the alarm does not declare"),
        ("result + 1", "the expression 'result' refers to itself"),
        ("NOSUCH(a)", "uses NOSUCH, which is not known"),
        ("IF(a)", "calls IF with other arguments"),
        ("FILL(a, NEXT)", "calls FILL with other arguments"),
        ("SUM(1)", "calls SUM with other arguments"),
        ("PERIOD(a + 1)", "PERIOD of something else than a metric"),
        ("[a, a] + [a, a]", "joins two lists"),
        ("a + REPEAT", "the word 'REPEAT' where a value belongs"),
        ("SUM([a, 1])", "a number in a list of series"),
        ("(" * 300 + "a" + ")" * 300, "nests deeper"),
        ("a" + "+a" * 2000, "CloudWatch takes 2048"),
        ("a" + "+a" * 900, "nests deeper"),
        *((f"{name}(a)", REFUSED[name]) for name in REFUSED),
    ],
)
def test_what_is_no_metric_math_or_cannot_be_reproduced_says_why(expression: str, words: str) -> None:
    with pytest.raises(MathError) as caught:
        looks_at_neighbours("result", ("a",), trees({"result": expression}))
    assert words in str(caught.value)


def test_an_expression_can_use_others_and_each_is_evaluated_once() -> None:
    chain = {f"e{n}": f"e{n - 1} + e{n - 1}" for n in range(1, 60)}
    result = Frame({"e0": np.ones(2)}, np.array([0, 60]), 60, trees(chain)).result("e59")
    assert list(result) == [2.0**59] * 2


def test_operators_hold_as_in_the_rest_of_the_field() -> None:
    assert parse("1 + 2 * 3") == Operation("+", Number(1), Operation("*", Number(2), Number(3)))
    assert parse("1 - 2 - 3") == Operation("-", Operation("-", Number(1), Number(2)), Number(3))
    assert parse("-2 * 3") == Operation("*", Negation(Number(2)), Number(3))


NUMBERS = st.integers(-9, 9).map(lambda n: f"({n})" if n < 0 else str(n))
LEAVES = st.one_of(NUMBERS, st.sampled_from(["a", "b"]))
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})"),
        st.tuples(inner, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), inner).map(
            lambda t: f"(({t[0]}) {t[1]} ({t[2]}))"
        ),
        st.tuples(inner, inner, inner).map(lambda t: f"IF(({t[0]}) > ({t[1]}), {t[1]}, {t[2]})"),
        inner.map(lambda t: f"ABS(-({t}))"),
    ),
    max_leaves=8,
)


@given(EXPRESSIONS, st.integers(-9, 9), st.integers(-9, 9))
def test_it_is_what_the_slow_oracle_says(text: str, a: int, b: int) -> None:
    whole = f"a * 0 + ({text})"
    series = {"a": [Fraction(a)], "b": [Fraction(b)]}
    (expected,) = oracle_math.evaluate("r", {"r": whole}, series, {"a": 60, "b": 60}, [TEN])
    assert evaluate(whole, a=str(a), b=str(b)) == [float(expected)]  # type: ignore[arg-type]
