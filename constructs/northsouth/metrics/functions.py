"""The functions of metric math that an alarm can rely on, by CloudWatch's own names.

:func:`call` reaches every other one. Those that make an alarm depend on how many data points CloudWatch happened to
fetch are refused when the condition is checked, with the reason (:data:`northsouth.metrics.rules.UNRELIABLE`).
"""

# ruff: noqa: N802 (these are CloudWatch's names; in lower case half of them would hide Python's own)
from __future__ import annotations

from northsouth.errors import Problem
from northsouth.metrics import dimensions as u
from northsouth.metrics.algebra import (
    Call,
    Comparison,
    Expression,
    Literal,
    Series,
    Several,
    Truth,
    Word,
    common,
    compare,
    operand,
)
from northsouth.metrics.dimensions import Unit
from northsouth.metrics.units import Quantity, UnitError

Number = Expression | Quantity | float


def IF(condition: Truth, then: Number, otherwise: Number) -> Expression:
    """Return ``then`` where ``condition`` holds and ``otherwise`` elsewhere; no point where the condition has none.

    Gate a ratio by traffic with it: ``IF(requests >= 100, errors / requests, 0)``.
    """
    yes, no = common("IF", (operand(then), operand(otherwise)))
    return Call("IF", (condition, yes, no), _unit(yes, no))


def FILL(series: Expression, value: Number | str) -> Expression:
    """Return ``series`` with its gaps filled by a number, by another series, or by ``"REPEAT"`` or ``"LINEAR"``.

    AWS documents a trap: if the newest minute has no data yet when the alarm is evaluated, its point is always the
    fill value, and the alarm judges that value for ever. A condition with ``FILL`` must therefore need fewer data
    points than it looks at: ``for_datapoints(2, of=3)``. Any other is refused.

    Raises:
        UnitError: for another word.

    """
    if isinstance(value, str):
        if value not in ("REPEAT", "LINEAR"):
            problem = Problem("value", repr(value), "FILL knows REPEAT and LINEAR", "Use one of them, or a number.")
            raise UnitError("metric math", [problem])
        return Call("FILL", (series, Word(value)), series.measure)
    filled, fill = common("FILL", (series, operand(value)))
    return Call("FILL", (filled, fill), filled.measure)


def PERIOD(metric: Series) -> Expression:
    """Return the metric's period in seconds."""
    return Call("PERIOD", (metric,), u.SECOND)


def SUM(*series: Expression) -> Expression:
    """Return the sum of several series at each point in time."""
    return _over("SUM", series)


def AVG(*series: Expression) -> Expression:
    """Return the mean of several series at each point in time."""
    return _over("AVG", series)


def MAX(*series: Expression) -> Expression:
    """Return the highest of several series at each point in time."""
    return _over("MAX", series)


def MIN(*series: Expression) -> Expression:
    """Return the lowest of several series at each point in time."""
    return _over("MIN", series)


def STDDEV(*series: Expression) -> Expression:
    """Return the standard deviation of several series at each point in time."""
    return _over("STDDEV", series)


def ABS(series: Expression) -> Expression:
    """Return the absolute value."""
    return Call("ABS", (series,), series.measure)


def CEIL(series: Expression) -> Expression:
    """Return the next whole number from below."""
    return Call("CEIL", (series,), series.measure)


def FLOOR(series: Expression) -> Expression:
    """Return the next whole number from above."""
    return Call("FLOOR", (series,), series.measure)


def HOUR(series: Expression) -> Expression:
    """Return the hour of each data point, 0 to 23, in UTC."""
    return Call("HOUR", (series,), u.RATIO)


def DAY(series: Expression) -> Expression:
    """Return the day of the week of each data point in UTC: Monday is 1, Sunday 7."""
    return Call("DAY", (series,), u.RATIO)


def DIFF(series: Expression) -> Expression:
    """Return the change from one data point to the next; see :func:`RATE`."""
    return Call("DIFF", (series,), series.measure)


def RATE(series: Expression) -> Expression:
    """Return the change per second from one data point to the next.

    For counters that CloudWatch sums, use ``.per_second()``. On a sparse metric the neighbour may be far away, so AWS
    advises to let the condition need fewer data points than it looks at; one that does not is refused.
    """
    return Call("RATE", (series,), series.measure / u.SECOND)


def EQUAL(left: Expression, right: Number) -> Comparison:
    """Return ``left == right`` as a series of 1 and 0."""
    return compare("==", left, right)


def NOT_EQUAL(left: Expression, right: Number) -> Comparison:
    """Return ``left != right`` as a series of 1 and 0."""
    return compare("!=", left, right)


def call(function: str, *arguments: Number | str, unit: Unit | None = None) -> Expression:
    """Return any function of metric math by its name, for those that have none here.

    Args:
        function: its name in upper case.
        *arguments: its arguments; text stands for a keyword.
        unit: the unit of the result; that of the first argument if not given.

    """
    operands = tuple(Word(argument) if isinstance(argument, str) else operand(argument) for argument in arguments)
    return Call(function, operands, unit or (operands[0].measure if operands else u.RATIO))


def _over(function: str, series: tuple[Expression, ...]) -> Expression:
    if not series:
        problem = Problem("series", "none", f"{function} needs at least one series", "Give it the metrics.")
        raise UnitError("metric math", [problem])
    items = common(function, series)
    return Call(function, (Several(items),), items[0].measure)


def _unit(*expressions: Expression) -> Unit:
    for expression in expressions:
        if not (isinstance(expression, Literal) and expression.unit is None):
            return expression.measure
    return u.RATIO


__all__ = [
    "ABS", "AVG", "CEIL", "DAY", "DIFF", "EQUAL", "FILL", "FLOOR", "HOUR", "IF", "MAX", "MIN", "NOT_EQUAL", "PERIOD",
    "RATE", "STDDEV", "SUM", "call",
]  # fmt: skip
