"""Metric math of the oracle, from AWS's text alone (using-metric-math): a point at a time, with exact fractions.

Only what an alarm may use and what the text decides: numbers, metrics, ``+ - * / ^``, comparisons, AND, OR, IF, FILL,
PERIOD, ABS, CEIL, FLOOR, SUM, AVG, MIN and MAX of several series, METRICS, and functions of time.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from math import ceil, floor

Points = list[Fraction | None]
"""One value for each time stamp, ``None`` where there is none."""

Value = Fraction | Points | list[Points]
"""A scalar, a time series, or an array of time series."""

BINARY: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: lambda base, exponent: Fraction(base**exponent),
}
COMPARE: dict[type[ast.cmpop], Callable[[Fraction, Fraction], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
TIME: dict[str, Callable[[datetime], int]] = {
    "MINUTE": lambda at: at.minute,
    "HOUR": lambda at: at.hour,
    "DAY": lambda at: at.isoweekday(),
    "DATE": lambda at: at.day,
    "MONTH": lambda at: at.month,
    "YEAR": lambda at: at.year,
    "EPOCH": lambda at: int(at.timestamp()),
}


def evaluate(
    judged: str,
    expressions: Mapping[str, str],
    series: Mapping[str, Points],
    periods: Mapping[str, int],
    starts: Sequence[int],
) -> Points:
    """Return the series of the query ``judged``.

    Args:
        judged: the id of a metric or expression.
        expressions: the text of each expression by its id.
        series: the values of each metric by its id, one for each of ``starts``.
        periods: the period of each metric in seconds.
        starts: the time stamps.

    """
    result = _Evaluation(expressions, series, periods, starts).named(judged)
    assert is_series(result), "an alarm needs a single time series"
    return result


def is_series(value: Value) -> bool:
    """Whether a value is one time series."""
    return isinstance(value, list) and not is_array(value)


def is_array(value: Value) -> bool:
    """Whether a value is an array of time series."""
    return isinstance(value, list) and bool(value) and all(isinstance(each, list) for each in value)


class _Evaluation:
    def __init__(
        self,
        expressions: Mapping[str, str],
        series: Mapping[str, Points],
        periods: Mapping[str, int],
        starts: Sequence[int],
    ) -> None:
        self.expressions, self.series, self.periods, self.starts = expressions, series, periods, starts

    def named(self, identifier: str) -> Value:
        if identifier in self.series:
            return self.series[identifier]
        text = self.expressions[identifier]
        # The rest of its syntax is a part of Python's.
        for theirs, ours in ((r"\^", "**"), (r"&&|\bAND\b", " and "), (r"\|\||\bOR\b", " or ")):
            text = re.sub(theirs, ours, text)
        return self.value(ast.parse(text.strip(), mode="eval").body)

    def value(self, node: ast.expr) -> Value:
        match node:
            case ast.Constant(value=int() | float()):
                return Fraction(ast.unparse(node))
            case ast.Name(id=identifier):
                return self.named(identifier)
            case ast.List(elts=items):
                several: list[Points] = []
                for item in items:
                    member = self.value(item)
                    several += member if is_array(member) else [member]
                return several
            case ast.Call(func=ast.Name(id=function), args=arguments):
                return self.call(function, arguments)
        return self.operation(node)

    def operation(self, node: ast.expr) -> Value:
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return each_series(self.value(operand), lambda points: alone(points, lambda number: -number))
            case ast.BinOp(left=left, op=op, right=right):
                return self.two(self.value(left), self.value(right), BINARY[type(op)])
            case ast.Compare(left=left, ops=[relation], comparators=[right]):
                holds = COMPARE[type(relation)]
                return self.two(self.value(left), self.value(right), lambda a, b: Fraction(holds(a, b)))
            case ast.BoolOp(op=joint, values=[first, *others]):
                result = self.value(first)
                for other in others:
                    result = self.two(result, self.value(other), TRUTH[type(joint)])
                return result
        raise AssertionError(f"not in the oracle: {ast.unparse(node)}")

    def two(self, left: Value, right: Value, what: Callable[[Fraction, Fraction], Fraction]) -> Value:
        """Combine two values: where one series has a point and the other has none, that one counts as 0."""
        if is_array(left):
            return [self.two(each, right, what) for each in left]
        if is_array(right):
            return [self.two(left, each, what) for each in right]
        if isinstance(left, Fraction) and isinstance(right, Fraction):
            return what(left, right)
        points: Points = []
        for place in range(len(self.starts)):
            a = left if isinstance(left, Fraction) else left[place]
            b = right if isinstance(right, Fraction) else right[place]
            exists = (a is not None and not isinstance(left, Fraction)) or (
                b is not None and not isinstance(right, Fraction)
            )
            points.append(divided(what, a or Fraction(0), b or Fraction(0)) if exists else None)
        return points

    def call(self, function: str, arguments: list[ast.expr]) -> Value:
        if function == "PERIOD":
            [metric] = arguments
            assert isinstance(metric, ast.Name)
            return Fraction(self.periods[metric.id])
        if function == "METRICS":
            wanted = arguments[0].value if arguments else ""
            return [points for identifier, points in self.series.items() if wanted in identifier]
        if function in TIME:
            return [Fraction(TIME[function](datetime.fromtimestamp(start, UTC))) for start in self.starts]
        if function == "FILL":
            return self.fill(self.value(arguments[0]), arguments[1])
        if function == "IF":
            return self.choice(arguments)
        values = [self.value(argument) for argument in arguments]
        if function in EACH:
            return each_series(values[0], lambda points: alone(points, EACH[function]))
        return [together(ACROSS[function], list(at)) for at in zip(*values[0], strict=True)]

    def fill(self, what: Value, filler: ast.expr) -> Value:
        if is_array(what):
            return [self.fill(each, filler) for each in what]
        assert is_series(what)
        if isinstance(filler, ast.Name) and filler.id == "REPEAT":
            points: Points = []
            for point in what:
                points.append(point if point is not None else points[-1] if points else None)
            return points
        by = self.value(filler)
        number = len(self.starts)
        fillers = [by] * number if isinstance(by, Fraction) else by
        return [point if point is not None else other for point, other in zip(what, fillers, strict=True)]

    def choice(self, arguments: list[ast.expr]) -> Value:
        """IF(condition, then, otherwise): see "Using IF expressions"."""
        condition, then, *rest = [self.value(argument) for argument in arguments]
        if isinstance(condition, Fraction):
            return then if condition else rest[0] if rest else [None] * len(self.starts)
        points: Points = []
        for place, holds in enumerate(condition):
            if holds is None:
                points.append(None)
            elif holds:
                points.append(chosen(then, place, Fraction(0)))
            elif rest:
                # "is dropped, if … FALSE and the corresponding data point does not exist on metric3" for a scalar2
                points.append(chosen(rest[0], place, None if isinstance(then, Fraction) else Fraction(0)))
            else:
                points.append(None)
        return points


def chosen(branch: Value, place: int, absent: Fraction | None) -> Fraction | None:
    """Return what a branch of IF has at a place."""
    point = branch if isinstance(branch, Fraction) else branch[place]
    return absent if point is None else point


def divided(what: Callable[[Fraction, Fraction], Fraction], a: Fraction, b: Fraction) -> Fraction | None:
    """Combine two numbers; what would divide by zero has no point."""
    try:
        return what(a, b)
    except ZeroDivisionError:
        return None


def each_series(value: Value, what: Callable[[Points], Points]) -> Value:
    """Apply something to a scalar, a series or every series of an array."""
    if isinstance(value, Fraction):
        return what([value])[0] or Fraction(0)
    if is_array(value):
        return [what(each) for each in value]
    return what(value)


def alone(points: Points, what: Callable[[Fraction], Fraction]) -> Points:
    """Apply something to every point that exists."""
    return [None if point is None else what(point) for point in points]


def together(what: Callable[[list[Fraction]], Fraction], at: list[Fraction | None]) -> Fraction | None:
    """Combine the points of several series at one time stamp; missing ones count as 0 if any exists."""
    return None if at == [None] * len(at) else what([point or Fraction(0) for point in at])


TRUTH: dict[type[ast.boolop], Callable[[Fraction, Fraction], Fraction]] = {
    ast.And: lambda a, b: Fraction(bool(a) and bool(b)),
    ast.Or: lambda a, b: Fraction(bool(a) or bool(b)),
}
EACH: dict[str, Callable[[Fraction], Fraction]] = {
    "ABS": abs,
    "CEIL": lambda number: Fraction(ceil(number)),
    "FLOOR": lambda number: Fraction(floor(number)),
}
ACROSS: dict[str, Callable[[list[Fraction]], Fraction]] = {
    "SUM": lambda numbers: Fraction(sum(numbers)),
    "AVG": lambda numbers: Fraction(sum(numbers)) / len(numbers),
    "MIN": min,
    "MAX": max,
}
