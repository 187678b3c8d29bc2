"""Writes an expression in the syntax of CloudWatch's metric math."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from northsouth.metrics.algebra import (
    Binary,
    Both,
    Call,
    Comparison,
    Converted,
    Expression,
    Literal,
    Negate,
    Several,
    Truth,
    Word,
    convert,
)
from northsouth.metrics.metric import Metric

# How tightly an operator binds. Where CloudWatch's documentation is silent (what `-a ^ b` or `a < b < c` mean),
# the operands are put in parentheses whatever they are.
_BINDING = {"OR": 1, "AND": 1, "<": 2, "<=": 2, ">": 2, ">=": 2, "==": 2, "!=": 2, "+": 3, "-": 3, "*": 4, "/": 4}
_ATOM = 9


def write(expression: Expression, ids: Mapping[Metric, str]) -> str:
    """Return the metric math of ``expression``, with the metrics called by ``ids``."""
    return _write(expression, ids)[0]


def binding(operator: str) -> int:
    """Return how tightly a binary operator holds its operands; higher is tighter."""
    return _BINDING[operator]


def _write(expression: Expression, ids: Mapping[Metric, str]) -> tuple[str, int]:
    """Return the text of an expression and how tightly its outermost operator binds."""
    match expression:
        case Metric():
            return ids[expression], _ATOM
        case Literal(value=value):
            return number(value), _ATOM if value >= 0 else 0
        case Word(word=word):
            return word, _ATOM
        case Several(items=items):
            return f"[{', '.join(write(item, ids) for item in items)}]", _ATOM
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(write(argument, ids) for argument in arguments)})", _ATOM
        case _:
            return _operation(expression, ids)


def _operation(expression: Expression, ids: Mapping[Metric, str]) -> tuple[str, int]:
    match expression:
        case Negate(operand=operand):
            return f"-{_inside(operand, ids, _ATOM)}", 0
        case Converted(operand=operand, unit=unit):
            factors = "".join(f" {operator} {factor}" for operator, factor in operand.measure.steps_to(unit))
            return f"{_inside(operand, ids, _BINDING['*'])}{factors}", _BINDING["*"]
        case Binary(operator="^", left=left, right=right):
            return f"{_inside(left, ids, _ATOM)} ^ {_inside(right, ids, _ATOM)}", 0
        case Binary(operator=operator, left=left, right=right):
            tight = _BINDING[operator]
            return f"{_inside(left, ids, tight)} {operator} {_inside(right, ids, tight + 1)}", tight
        case Comparison(relation=relation):
            left, right = _aligned(expression)
            tight = _BINDING[relation]
            return f"{_inside(left, ids, tight + 1)} {relation} {_inside(right, ids, tight + 1)}", tight
        case Both(operator=operator, left=left, right=right):
            return f"{_joined(left, operator, ids)} {operator} {_joined(right, operator, ids)}", _BINDING[operator]
    raise TypeError(f"{type(expression).__name__} cannot be written as metric math")


def _aligned(comparison: Comparison) -> tuple[Expression, Expression]:
    """Return both sides in the unit of the one that is not a number."""
    left, right = comparison.left, comparison.right
    if isinstance(left, Literal):
        return convert(left, right.measure), right
    return left, convert(right, left.measure)


def _inside(expression: Expression, ids: Mapping[Metric, str], at_least: int) -> str:
    text, binding = _write(expression, ids)
    return text if binding >= at_least else f"({text})"


def _joined(truth: Truth, operator: str, ids: Mapping[Metric, str]) -> str:
    text, binding = _write(truth, ids)
    same = isinstance(truth, Both) and truth.operator == operator
    return text if same or binding > _BINDING[operator] else f"({text})"


def number(value: float) -> str:
    """Return a number as metric math writes it: in digits, never with an exponent."""
    return format(Decimal(repr(value)).normalize(), "f")
