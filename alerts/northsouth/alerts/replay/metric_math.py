"""Evaluates metric math on arrays, with CloudWatch's rules for missing points.

A series is evaluated in one of two forms. Most expressions look at one point in time only: one long array serves every
evaluation. Some look at a point's neighbours (``RATE``, ``FILL(m, REPEAT)``, ``AVG(m)``): they are evaluated on one row
for each evaluation, which holds the points that CloudWatch loads, newest first.

Source: using-metric-math.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from northsouth.alerts.replay.math_syntax import (
    Call,
    MathError,
    Name,
    Negation,
    Node,
    Number,
    Operation,
    Several,
    Word,
    parse,
)
from northsouth.alerts.replay.series import Numbers, Times


class NeedsRows(Exception):  # noqa: N818 (a signal to evaluate in the other form, not an error)
    """An expression looks at neighbours, so it has to be evaluated on rows."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A time series; NaN where it has no point."""

    values: Numbers


Scalar: TypeAlias = "float | Numbers"
"""One number, or one for each row (an array of one column)."""
Value: TypeAlias = "Line | Scalar | list[Line]"


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """The metrics of an alarm at some points in time.

    Attributes:
        metrics: by id, one array for each metric, all of one shape: points, or rows of points, newest first.
        starts: when each point's period begins, in seconds since 1970 UTC, of the same shape.
        period: seconds of one point.
        expressions: the trees of the alarm's expressions, by id.
        known: the values of the expressions that are evaluated already.

    """

    metrics: Mapping[str, Numbers]
    starts: Times
    period: int
    expressions: Mapping[str, Node]
    known: dict[str, Value] = field(default_factory=dict)

    def result(self, id: str) -> Numbers:
        """Return the points of a metric or an expression.

        Raises:
            MathError: if it is not one series, or is not reproducible.
            NeedsRows: if it has to be evaluated on rows.

        """
        with np.errstate(all="ignore"):
            value = self._value(Name(id), ())
        if not isinstance(value, Line):
            kind = "several series" if isinstance(value, list) else "one number"
            raise MathError(f"its metric math returns {kind}, and an alarm judges one series")
        points = np.where(np.isfinite(value.values), value.values, np.nan)
        return points if points.shape == self.starts.shape else np.broadcast_to(points, self.starts.shape)

    @property
    def rows(self) -> bool:
        """Whether there is one row for each evaluation."""
        return self.starts.ndim == 2

    def _value(self, node: Node, above: tuple[str, ...]) -> Value:
        match node:
            case Number(value=value):
                return value
            case Name(id=id):
                return self._series_of_id(id, above)
            case Several(items=items):
                return _flat([self._value(item, above) for item in items])
            case Negation(operand=operand):
                return _apply(self._value(operand, above), np.negative)
            case Operation(operator=operator, left=left, right=right):
                return _operation(operator, self._value(left, above), self._value(right, above))
            case Call(function=function, arguments=arguments):
                return self._call(function, arguments, above)
        raise MathError(f"its metric math has the word {node.text!r} where a value belongs")

    def _series_of_id(self, id: str, above: tuple[str, ...]) -> Value:
        if id in self.metrics:
            return Line(self.metrics[id])
        if id in above:
            raise MathError(f"the expression {id!r} refers to itself")
        if id not in self.expressions:
            raise MathError(f"its metric math names {id!r}, which the alarm does not declare")
        if id not in self.known:
            self.known[id] = self._value(self.expressions[id], (*above, id))
        return self.known[id]

    def _call(self, function: str, arguments: tuple[Node, ...], above: tuple[str, ...]) -> Value:
        if function in REFUSED:
            raise MathError(f"its metric math uses {function}: {REFUSED[function]}")
        if function == "METRICS":
            return self._metrics(arguments)
        if function == "PERIOD":
            return self._period(arguments)
        values = [
            argument.text if isinstance(argument, Word) else self._value(argument, above) for argument in arguments
        ]
        if function in _CLOCK:
            return Line(_CLOCK[function](self.starts).astype(np.float64))
        if function == "TIME_SERIES":
            return Line(np.broadcast_to(np.asarray(_scalar(values[0])), self.starts.shape).astype(np.float64))
        known = _FUNCTIONS.get(function)
        if known is None:
            raise MathError(f"its metric math uses {function}, which is not known here")
        try:
            return known(self, *values)
        except TypeError:
            raise MathError(f"its metric math calls {function} with other arguments than AWS documents") from None

    def _metrics(self, arguments: tuple[Node, ...]) -> list[Line]:
        part = arguments[0].text if arguments and isinstance(arguments[0], Word) else ""
        return [Line(values) for name, values in self.metrics.items() if part in name]

    def _period(self, arguments: tuple[Node, ...]) -> float:
        if len(arguments) != 1 or not isinstance(arguments[0], Name) or arguments[0].id not in self.metrics:
            raise MathError("its metric math takes PERIOD of something else than a metric")
        return float(self.period)

    def neighbours(self, line: Line) -> Numbers:
        """Return rows of a series; only there has a point neighbours."""
        if not self.rows:
            raise NeedsRows
        return line.values


def trees(expressions: Mapping[str, str]) -> Mapping[str, Node]:
    """Return the trees of expressions.

    Raises:
        MathError: if one is not metric math.

    """
    return {name: parse(text) for name, text in expressions.items()}


def looks_at_neighbours(judged: str, metrics: tuple[str, ...], expressions: Mapping[str, Node]) -> bool:
    """Tell whether an alarm's math has to be evaluated on rows; it is tried on a few points.

    Raises:
        MathError: if it cannot be evaluated at all.

    """
    line = np.arange(1.0, 4.0)
    starts = np.arange(3, dtype=np.int64) * 60
    try:
        Frame(dict.fromkeys(metrics, line), starts, 60, expressions).result(judged)
    except NeedsRows:
        rows = line[None, :]
        Frame(dict.fromkeys(metrics, rows), starts[None, :], 60, expressions).result(judged)
        return True
    return False


def _scalar(value: object) -> Scalar:
    if isinstance(value, float | np.ndarray):
        return value
    raise TypeError


def _line(value: object) -> Line:
    if isinstance(value, Line):
        return value
    raise TypeError


def _flat(values: list[Value]) -> list[Line]:
    lines: list[Line] = []
    for value in values:
        if isinstance(value, list):
            lines.extend(value)
        elif isinstance(value, Line):
            lines.append(value)
        else:
            raise MathError("its metric math has a number in a list of series")
    return lines


def _apply(value: Value, function: Callable[[Numbers], Numbers]) -> Value:
    """Apply a function to a number, to a series, or to each of several series."""
    if isinstance(value, list):
        return [Line(function(line.values)) for line in value]
    if isinstance(value, Line):
        return Line(function(value.values))
    result = function(np.asarray(value, dtype=np.float64))
    return result if isinstance(value, np.ndarray) else float(result)


def _divide(left: Numbers, right: Numbers) -> Numbers:
    return np.where(right == 0, np.nan, left / right)


_OPERATORS: Mapping[str, Callable[[Numbers, Numbers], Numbers]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": _divide,
    "^": np.power,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
    "AND": lambda left, right: (left != 0) & (right != 0),
    "OR": lambda left, right: (left != 0) | (right != 0),
}


def _operation(operator: str, left: Value, right: Value) -> Value:
    """Apply an operator. Between two series, a point that only one of them has meets 0."""
    function = _OPERATORS[operator]
    if isinstance(left, list) and isinstance(right, list):
        raise MathError(f"its metric math joins two lists of series with {operator}")
    if isinstance(left, list):
        return _flat([_operation(operator, line, right) for line in left])
    if isinstance(right, list):
        return _flat([_operation(operator, left, line) for line in right])
    left_values = left.values if isinstance(left, Line) else np.asarray(left, dtype=np.float64)
    right_values = right.values if isinstance(right, Line) else np.asarray(right, dtype=np.float64)
    missing = np.isnan(left_values) & np.isnan(right_values)
    if isinstance(left, Line) and isinstance(right, Line):
        left_values, right_values = (
            np.where(np.isnan(left_values), 0.0, left_values),
            np.where(np.isnan(right_values), 0.0, right_values),
        )
    else:
        missing = np.isnan(left_values) | np.isnan(right_values)
    result = np.where(missing, np.nan, function(left_values, right_values))
    if isinstance(left, Line) or isinstance(right, Line):
        return Line(result)
    return result if result.ndim else float(result)


def _if(_: Frame, condition: Value, then: Value, otherwise: Value | None = None) -> Value:
    """Choose point by point. A point exists where the condition has one.

    A chosen series without a point counts as 0; but the second branch is dropped there if the first is a number.
    """
    if isinstance(condition, list) or isinstance(then, list) or isinstance(otherwise, list):
        raise TypeError
    empty = Line(np.array(np.nan)) if otherwise is None else otherwise
    first = _branch(then, 0.0)
    second = _branch(empty, np.nan if otherwise is None or not isinstance(then, Line) else 0.0)
    if isinstance(condition, Line):
        chosen = np.where(condition.values != 0, first, second)
        return Line(np.where(np.isnan(condition.values), np.nan, chosen))
    chosen = np.where(np.asarray(condition) != 0, _branch(then, np.nan), _branch(empty, np.nan))
    if isinstance(then, Line) or isinstance(empty, Line):
        return Line(chosen)
    return chosen if chosen.ndim else float(chosen)


def _branch(value: Line | Scalar, fill: float) -> Numbers:
    if isinstance(value, Line):
        return np.where(np.isnan(value.values), fill, value.values)
    return np.asarray(value, dtype=np.float64)


def _fill(frame: Frame, value: Value, filler: Value | str) -> Value:
    if isinstance(value, list):
        return _flat([_fill(frame, line, filler) for line in value])
    line = _line(value)
    if filler == "REPEAT":
        values, _ = _latest(frame.neighbours(line), frame.starts)
        return Line(values)
    if filler == "LINEAR":
        return Line(_interpolated(frame.neighbours(line), frame.starts))
    if isinstance(filler, str | list):
        raise TypeError
    other = filler.values if isinstance(filler, Line) else np.asarray(filler, dtype=np.float64)
    return Line(np.where(np.isnan(line.values), other, line.values))


def _latest(rows: Numbers, starts: Times) -> tuple[Numbers, Numbers]:
    """Return, for each point of each row, the newest value at or before it, and when that one began; else NaN."""
    values, times = np.empty_like(rows), np.empty_like(rows)
    value = time = np.full(len(rows), np.nan)
    for column in range(rows.shape[1] - 1, -1, -1):
        there = ~np.isnan(rows[:, column])
        value = np.where(there, rows[:, column], value)
        time = np.where(there, starts[:, column], time)
        values[:, column], times[:, column] = value, time
    return values, times


def _interpolated(rows: Numbers, starts: Times) -> Numbers:
    before, since = _latest(rows, starts)
    after, until = _latest(rows[:, ::-1], starts[:, ::-1])
    after, until = after[:, ::-1], until[:, ::-1]
    share = (starts - since) / (until - since)
    return np.where(np.isnan(rows), before + (after - before) * share, rows)


def _changes(frame: Frame, line: Line) -> tuple[Numbers, Numbers]:
    """Return each point's difference to the point before it, and the seconds between the two."""
    rows = frame.neighbours(line)
    values, times = _latest(rows, frame.starts)
    gap = np.full((len(rows), 1), np.nan)
    before, since = np.hstack([values[:, 1:], gap]), np.hstack([times[:, 1:], gap])
    return rows - before, np.where(np.isnan(rows), np.nan, frame.starts - since)


def _diff(frame: Frame, value: Value) -> Value:
    return _mapped(value, lambda line: _changes(frame, line)[0])


def _diff_time(frame: Frame, value: Value) -> Value:
    return _mapped(value, lambda line: _changes(frame, line)[1])


def _rate(frame: Frame, value: Value) -> Value:
    return _mapped(value, lambda line: np.divide(*_changes(frame, line)))


def _running_sum(frame: Frame, value: Value) -> Value:
    def total(line: Line) -> Numbers:
        rows = frame.neighbours(line)
        sums = np.cumsum(np.nan_to_num(rows[:, ::-1]), axis=1)[:, ::-1]
        return np.where(np.isnan(rows), np.nan, sums)

    return _mapped(value, total)


def _mapped(value: Value, function: Callable[[Line], Numbers]) -> Value:
    if isinstance(value, list):
        return [Line(function(line)) for line in value]
    return Line(function(_line(value)))


def _over(several: Callable[[Numbers], Numbers], all_of_one: Callable[[Numbers], Numbers]) -> Callable[..., Value]:
    """Return a function that makes one series of several, or one number of all points of a series."""

    def call(frame: Frame, value: Value) -> Value:
        if isinstance(value, Line):
            return all_of_one(frame.neighbours(value))
        if not isinstance(value, list) or not value:
            raise TypeError
        return Line(several(np.stack([line.values for line in value])))

    return call


def _count(frame: Frame, value: Value) -> Value:
    number: Numbers = (~np.isnan(frame.neighbours(_line(value)))).sum(axis=1, keepdims=True).astype(np.float64)
    return number


def _first(_: Frame, value: Value) -> Value:
    return _list(value)[0]


def _last(_: Frame, value: Value) -> Value:
    return _list(value)[-1]


def _metric_count(_: Frame, value: Value) -> Value:
    return float(len(_list(value)))


def _list(value: Value) -> list[Line]:
    if isinstance(value, list) and value:
        return value
    raise TypeError


def _total(stack: Numbers) -> Numbers:
    """Return the sum of several series; only where none of them has a point is there none."""
    return np.where(np.isnan(stack).all(axis=0), np.nan, np.nansum(stack, axis=0))


def _row(reduce: Callable[..., Numbers]) -> Callable[[Numbers], Numbers]:
    def call(rows: Numbers) -> Numbers:
        return reduce(rows, axis=1, keepdims=True)

    return call


def _row_average(rows: Numbers) -> Numbers:
    average: Numbers = np.nansum(rows, axis=1, keepdims=True) / (~np.isnan(rows)).sum(axis=1, keepdims=True)
    return average


def _of_each(function: Callable[[Numbers], Numbers]) -> Callable[..., Value]:
    def call(_: Frame, value: Value) -> Value:
        return _apply(value, function)

    return call


_DAY = 86400


def _calendar(unit: str, since: str, offset: int = 0) -> Callable[[Times], Times]:
    """Return what counts one unit of the calendar since the larger one began, from ``offset``."""

    def count(starts: Times) -> Times:
        moments = starts.astype("datetime64[s]")
        begun = moments.astype(f"datetime64[{since}]").astype(f"datetime64[{unit}]")
        passed: Times = (moments.astype(f"datetime64[{unit}]") - begun).astype(np.int64)
        return passed + offset

    return count


_CLOCK: Mapping[str, Callable[[Times], Times]] = {
    "MINUTE": lambda starts: starts // 60 % 60,
    "HOUR": lambda starts: starts // 3600 % 24,
    "DAY": lambda starts: (starts // _DAY + 3) % 7 + 1,  # 1 January 1970 was a Thursday, day 4
    "DATE": _calendar("D", "M", 1),
    "MONTH": _calendar("M", "Y", 1),
    "YEAR": lambda starts: starts.astype("datetime64[s]").astype("datetime64[Y]").astype(np.int64) + 1970,
    "EPOCH": lambda starts: starts,
}

_FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "ABS": _of_each(np.abs),
    "CEIL": _of_each(np.ceil),
    "FLOOR": _of_each(np.floor),
    "LOG": _of_each(np.log),
    "LOG10": _of_each(np.log10),
    "IF": _if,
    "FILL": _fill,
    "DIFF": _diff,
    "DIFF_TIME": _diff_time,
    "RATE": _rate,
    "RUNNING_SUM": _running_sum,
    "DATAPOINT_COUNT": _count,
    "FIRST": _first,
    "LAST": _last,
    "METRIC_COUNT": _metric_count,
    "SUM": _over(_total, _row(np.nansum)),
    "AVG": _over(lambda stack: _total(stack) / len(stack), _row_average),
    "MAX": _over(np.fmax.reduce, _row(np.fmax.reduce)),
    "MIN": _over(np.fmin.reduce, _row(np.fmin.reduce)),
}

REFUSED: Mapping[str, str] = {
    "ANOMALY_DETECTION_BAND": "its band is a model that only AWS can evaluate",
    "DB_PERF_INSIGHTS": "its data is in Performance Insights, not in CloudWatch",
    "INSIGHT_RULE_METRIC": "its data comes from a Contributor Insights rule",
    "LAMBDA": "its data comes from a Lambda function",
    "REMOVE_EMPTY": "which series it keeps depends on how many data points CloudWatch loads",
    "SEARCH": "what it finds depends on the account",
    "SERVICE_QUOTA": "the quota is known to the account only",
    "SLICE": "it is for lists whose order depends on how many data points CloudWatch loads",
    "SORT": "the order depends on how many data points CloudWatch loads",
    "STDDEV": "AWS does not say whether it divides by n or by n - 1",
}
"""Functions whose result cannot be reproduced, with the reason."""
