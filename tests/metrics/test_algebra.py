# ruff: noqa: SIM300 (a metric on the left of a comparison is not a constant)
from __future__ import annotations

import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.metrics import ABS, AVG, FILL, IF, MAX, MIN, PERIOD, SUM, Expression, Metric, UnitError, metrics_of
from northsouth.metrics.algebra import Condition, Literal
from northsouth.metrics.functions import EQUAL, NOT_EQUAL, call
from northsouth.metrics.render import name_metrics
from northsouth.metrics.syntax import write
from northsouth.metrics.units import count, gigabits_per_second, milliseconds, percent, seconds
from tests.metrics.reference import evaluate


def metric(name: str, unit: str = "None", *, statistic: str = "Sum", period: int = 60) -> Metric:
    return Metric(namespace="Test", name=name, statistic=statistic, unit=unit, period=period)


A, B, C = metric("a"), metric("b"), metric("c")
BYTES, REQUESTS, ERRORS = metric("bytes", "Bytes"), metric("requests", "Count"), metric("errors", "Count")
LATENCY, BUSY = metric("latency", "Seconds", statistic="Average"), metric("busy", "Percent", statistic="Average")


def text(expression: Expression) -> str:
    return write(expression, name_metrics(expression))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (A + B, "a + b"),
        (A - (B - C), "a - (b - c)"),
        (A - B - C, "a - b - c"),
        (A * (B + C), "a * (b + c)"),
        (A * B + C, "a * b + c"),
        (A / (B * C), "a / (b * c)"),
        (A / B / C, "a / b / c"),
        (A / (B / C), "a / (b / c)"),
        (-A, "-a"),
        (-(A + B), "-(a + b)"),
        (A - -B, "a - (-b)"),
        (A**2, "a ^ 2"),
        ((A + B) ** 2 * C, "((a + b) ^ 2) * c"),
        (2 * A + 1, "2 * a + 1"),
        (1 - A, "1 - a"),
        (1 / A, "1 / a"),
        (1 + A, "1 + a"),
        (A * 0.045, "a * 0.045"),
        (A * 1e-7, "a * 0.0000001"),
        (A * -2, "a * (-2)"),
        (A < B, "a < b"),
        (IF((A < B) & (B > 2), A, 0), "IF(a < b AND b > 2, a, 0)"),
        (((A < B) | (B > 2)) & (C <= 1), "(a < b OR b > 2) AND c <= 1"),
        ((A < B) & (B < C) & (C < A), "a < b AND b < c AND c < a"),
        (EQUAL(A, 1), "a == 1"),
        (NOT_EQUAL(A, B), "a != b"),
        (FILL(A, 0), "FILL(a, 0)"),
        (FILL(A, "REPEAT"), "FILL(a, REPEAT)"),
        (FILL(A, B), "FILL(a, b)"),
        (SUM(A, B, C), "SUM([a, b, c])"),
        (MAX(A, B) - MIN(A, B), "MAX([a, b]) - MIN([a, b])"),
        (ABS(AVG(A, B) - C), "ABS(AVG([a, b]) - c)"),
        ((BYTES + BYTES).per_second(), "(bytes + bytes) / PERIOD(bytes)"),
        (call("LOG10", A), "LOG10(a)"),
        # Literals are converted to the unit of the series they stand beside.
        (IF(LATENCY > milliseconds(500), 1, 0), "IF(latency > 0.5, 1, 0)"),
        (LATENCY + milliseconds(500), "latency + 0.5"),
        (IF(count(5) < REQUESTS, 1, 0), "IF(requests > 5, 1, 0)"),
        (IF(REQUESTS >= 100, ERRORS / REQUESTS, 0), "IF(requests >= 100, errors / requests, 0)"),
        (BUSY + ERRORS / REQUESTS, "busy + errors / requests * 100"),
        (MAX(ERRORS / REQUESTS, BUSY), "MAX([errors / requests, busy / 100])"),
    ],
)
def test_expressions_are_written_as_metric_math(expression: Expression, expected: str) -> None:
    assert text(expression) == expected


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: BYTES > gigabits_per_second(2), r"Turn the sum into a rate with \.per_second\(\)"),
        (lambda: BYTES.per_second() > seconds(2), "data per time and a time are different units"),
        (lambda: BYTES > 5, "a bare number does not say which unit of an amount of data"),
        (lambda: BUSY > 5, "a bare number does not say which unit of a ratio"),
        (lambda: 5 < LATENCY, "a bare number"),
        (lambda: BYTES + REQUESTS, "an amount of data and a count are different units"),
        (lambda: BYTES - 1, "a bare number"),
        (lambda: REQUESTS > percent(5), "a count and a ratio are different units"),
        (lambda: ERRORS / REQUESTS > REQUESTS, "a ratio and a count"),
        (lambda: IF(REQUESTS > 1, BYTES, REQUESTS), "IF"),
        (lambda: SUM(BYTES, REQUESTS), "SUM"),
        (SUM, "at least one series"),
        (lambda: FILL(BYTES, 0), "bare number"),
        (lambda: FILL(A, "SOMETHING"), "REPEAT and LINEAR"),
        (lambda: A**0.5, "an exponent is a whole number"),
        (lambda: Literal(1).per_second(), "no metric in it"),
        (lambda: A + math.inf, "finite number"),
        (lambda: IF(A > 1, math.nan, 0), "finite number"),
        (lambda: metric("x", "Furlongs"), "CloudWatch's units are"),
    ],
)
def test_different_units_do_not_mix(build: Callable[[], object], words: str) -> None:
    with pytest.raises(UnitError, match=words):
        build()


@pytest.mark.parametrize(
    ("expression", "symbol"),
    [
        (BYTES.per_second(), "B/s"),
        (BYTES / REQUESTS, "B/count"),
        (ERRORS / REQUESTS, ""),
        (REQUESTS.per_second(), "count/s"),
        (BYTES * 2, "B"),
        (IF(REQUESTS > 1, BYTES, BYTES), "B"),
        (IF(REQUESTS > 1, 1, ERRORS / REQUESTS), ""),
        (BYTES.with_statistic("SampleCount"), "count"),
        (LATENCY.with_statistic("p99"), "s"),
        (PERIOD(BYTES), "s"),
    ],
)
def test_units_are_carried_through(expression: Expression, symbol: str) -> None:
    assert expression.measure.symbol == symbol


def test_an_expression_has_no_truth_at_synth() -> None:
    with pytest.raises(TypeError, match="neither true nor false"):
        _ = 1 < A < 5
    with pytest.raises(TypeError, match="neither true nor false"):
        _ = (A < 1) and (B < 1)
    with pytest.raises(TypeError, match="expected a comparison"):
        _ = (A < 1) & A  # type: ignore[operator]


def test_metrics_are_values() -> None:
    dimensions = {"Id": "1"}
    one = Metric(namespace="N", name="n", statistic="Sum", unit="Count", dimensions=dimensions)
    two = Metric(namespace="N", name="n", statistic="Sum", unit="Count", dimensions={"Id": "1"})
    dimensions["Id"] = "2"
    assert one == two
    assert len({one, two, one.with_period(300)}) == 2
    assert metrics_of(one + two) == (one,)


def test_a_period_reaches_every_metric() -> None:
    condition = (IF(REQUESTS > 1, (BYTES + BYTES).per_second(), BYTES / PERIOD(BYTES)) > gigabits_per_second(1)) & (
        -SUM(A, B) < 3
    )
    changed = Condition(condition).with_period(300).truth
    assert {each.period for each in metrics_of(changed)} == {300}
    assert text(changed) == text(condition)


def test_datapoints() -> None:
    assert (A > 1).for_datapoints(3, of=4) == Condition(A > 1, 3, 4)
    assert (A > 1).for_datapoints(3) == Condition(A > 1, 3, 3)


Built = tuple[Expression, Callable[[dict[str, Fraction]], Fraction]]
_LEAVES: st.SearchStrategy[Built] = st.sampled_from([A, B, C]).map(lambda m: (m, lambda v: v[m.name]))
_NUMBERS: st.SearchStrategy[Built] = st.integers(-40, 40).map(lambda n: (Literal(n / 8), lambda _: Fraction(n, 8)))
_COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def _grow(inner: st.SearchStrategy[Built]) -> st.SearchStrategy[Built]:
    def binary(op: Any, left: Built, right: Built) -> Built:
        return op(left[0], right[0]), lambda v: op(left[1](v), right[1](v))

    def negate(one: Built) -> Built:
        return -one[0], lambda v: -one[1](v)

    def square(one: Built) -> Built:
        return one[0] ** 2, lambda v: one[1](v) ** 2

    def listed(function: Any, pick: Any, items: list[Built]) -> Built:
        return function(*(each[0] for each in items)), lambda v: pick(each[1](v) for each in items)

    def choose(relation: str, join: str, parts: list[Built]) -> Built:
        a, b, c, d = parts
        compare = _COMPARE[relation]
        first, second = compare(a[0], b[0]), compare(c[0], d[0])
        truth = first & second if join == "AND" else first | second
        both = all if join == "AND" else any

        def value(v: dict[str, Fraction]) -> Fraction:
            return a[1](v) if both([compare(a[1](v), b[1](v)), compare(c[1](v), d[1](v))]) else d[1](v)

        return IF(truth, a[0], d[0]), value

    operators = st.sampled_from([operator.add, operator.sub, operator.mul])
    return st.one_of(
        st.builds(binary, operators, inner, inner),
        inner.map(negate),
        inner.map(square),
        st.builds(listed, st.just(SUM), st.just(sum), st.lists(inner, min_size=1, max_size=3)),
        st.builds(listed, st.just(MAX), st.just(max), st.lists(inner, min_size=1, max_size=3)),
        st.builds(
            choose,
            st.sampled_from(sorted(_COMPARE)),
            st.sampled_from(["AND", "OR"]),
            st.lists(inner, min_size=4, max_size=4),
        ),
    )


@given(
    built=st.recursive(_LEAVES | _NUMBERS, _grow, max_leaves=12),
    values=st.fixed_dictionaries({name: st.fractions(-9, 9, max_denominator=9) for name in "abc"}),
)
def test_the_text_means_what_the_python_means(built: Built, values: dict[str, Fraction]) -> None:
    expression, expected = built
    ids = {A: "a", B: "b", C: "c"}
    assert evaluate(write(expression, ids), values) == expected(values)
