"""A tiny reference of metric math: evaluates the text of an expression at one point in time, with nothing missing."""

from __future__ import annotations

import ast
import operator
import statistics
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def evaluate(text: str, values: Mapping[str, Fraction], period: int = 60) -> Fraction:
    """Return what ``text`` amounts to, exactly, where each metric has the value given by its id."""
    # Metric math writes ^, AND and OR; the rest of its syntax is a part of Python's.
    python = text.replace("^", "**").replace(" AND ", " and ").replace(" OR ", " or ")
    return Fraction(_value(ast.parse(python, mode="eval").body, values, period))


def _value(node: ast.expr, values: Mapping[str, Fraction], period: int) -> Any:
    def go(each: ast.expr) -> Any:
        return _value(each, values, period)

    match node:
        case ast.Constant(value=value):
            return Fraction(ast.unparse(node)) if isinstance(value, int | float) else value
        case ast.Name(id=name):
            return values[name]
        case ast.List(elts=items):
            return [go(item) for item in items]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -go(operand)
        case ast.BinOp(left=left, op=op, right=right):
            return _BINARY[type(op)](go(left), go(right))
        case ast.Compare() | ast.BoolOp():
            return int(_truth(node, go))
        case ast.Call(func=ast.Name(id=function), args=arguments):
            return Fraction(period) if function == "PERIOD" else _call(function, arguments, go)
    raise AssertionError(f"not metric math: {ast.unparse(node)}")


def _call(function: str, arguments: list[ast.expr], go: Callable[[ast.expr], Any]) -> Any:
    if function == "IF":  # what the other branch would be, even 0 / 0, does not matter
        condition, then, otherwise = arguments
        return go(then) if go(condition) else go(otherwise)
    return _FUNCTIONS[function](*(go(argument) for argument in arguments))


def _truth(node: ast.Compare | ast.BoolOp, go: Callable[[ast.expr], Any]) -> bool:
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _COMPARE[type(op)](go(left), go(right))
        case ast.BoolOp(op=op, values=items):
            truths = [bool(go(item)) for item in items]
            return all(truths) if isinstance(op, ast.And) else any(truths)
    raise AssertionError(f"chained comparison: {ast.unparse(node)}")


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "FILL": lambda series, _value: series,
    "SUM": sum,
    "AVG": statistics.mean,
    "MAX": max,
    "MIN": min,
    "ABS": abs,
    "CEIL": lambda value: -(-value // 1),
    "FLOOR": lambda value: value // 1,
}
