"""Metric math as Python expressions: arithmetic and comparisons build a tree, units are checked on the way.

``(archived / requests < 0.98).for_datapoints(3, of=4)`` is a :class:`Condition` for an alarm. Nothing here knows
CloudWatch's JSON; :mod:`northsouth.metrics.render` writes it.

``==`` and ``!=`` compare Python values, as everywhere; their metric math is
:func:`northsouth.metrics.functions.EQUAL`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Literal as Choice
from typing import NoReturn

from northsouth.metrics import dimensions as u
from northsouth.metrics.agreement import Side, agree, mismatch
from northsouth.metrics.dimensions import Unit
from northsouth.metrics.units import Quantity

Arithmetic = Choice["+", "-", "*", "/", "^"]
Relation = Choice["<", "<=", ">", ">=", "==", "!="]


@dataclass(frozen=True, slots=True)
class Expression:
    """Anything that is one time series in metric math: a metric, or a computation on metrics.

    A computation is a frozen dataclass; the fields that hold expressions, or tuples of them, are its parts.
    """

    @property
    def measure(self) -> Unit:
        """The unit of its values."""
        raise NotImplementedError

    def parts(self) -> tuple[Expression, ...]:
        """Return the expressions it is made of, in reading order."""
        terms: list[Expression] = []
        for name in _fields_of(type(self)):
            value = getattr(self, name)
            if isinstance(value, Expression):
                terms.append(value)
            elif isinstance(value, tuple):
                terms += value
        return tuple(terms)

    def with_parts(self, parts: Iterable[Expression]) -> Expression:
        """Return the same computation on as many other ``parts``."""
        remaining = iter(parts)
        changed: dict[str, object] = {}
        for name, value in ((name, getattr(self, name)) for name in _fields_of(type(self))):
            if isinstance(value, Expression):
                changed[name] = next(remaining)
            elif isinstance(value, tuple):
                changed[name] = tuple(next(remaining) for _ in value)
        return replace(self, **changed)

    def walk(self) -> Iterator[Expression]:
        """Yield this expression and all it is made of, outermost first."""
        waiting: list[Expression] = [self]
        while waiting:
            part = waiting.pop()
            yield part
            waiting += reversed(part.parts())

    def with_period(self, seconds: int) -> Expression:
        """Return the same expression with every metric in it taken over ``seconds``."""
        return self.with_parts(part.with_period(seconds) for part in self.parts())

    def per_second(self) -> Expression:
        """Return this, a sum over each period, as a rate: divided by ``PERIOD`` of its first metric.

        This is what AWS advises for counters that CloudWatch already sums; ``RATE`` compares neighbouring data points
        and is unreliable in alarms.

        Raises:
            UnitError: if there is no metric in the expression.

        """
        first = next((part for part in self.walk() if isinstance(part, Series)), None)
        if first is None:
            mismatch(_side(self).text, "there is no metric in it whose period could be taken", "Start from a Metric.")
        return self / Call("PERIOD", (first,), u.SECOND)

    def __add__(self, other: Expression | Quantity | float) -> Expression:
        return _additive("+", self, operand(other))

    def __radd__(self, other: Quantity | float) -> Expression:
        return _additive("+", operand(other), self)

    def __sub__(self, other: Expression | Quantity | float) -> Expression:
        return _additive("-", self, operand(other))

    def __rsub__(self, other: Quantity | float) -> Expression:
        return _additive("-", operand(other), self)

    def __mul__(self, other: Expression | Quantity | float) -> Expression:
        right = operand(other)
        return Binary("*", self, right, self.measure * right.measure)

    def __rmul__(self, other: Quantity | float) -> Expression:
        left = operand(other)
        return Binary("*", left, self, left.measure * self.measure)

    def __truediv__(self, other: Expression | Quantity | float) -> Expression:
        right = operand(other)
        return Binary("/", self, right, self.measure / right.measure)

    def __rtruediv__(self, other: Quantity | float) -> Expression:
        left = operand(other)
        return Binary("/", left, self, left.measure / self.measure)

    def __pow__(self, exponent: int) -> Expression:
        if not isinstance(exponent, int) or exponent < 1:
            mismatch(repr(exponent), "an exponent is a whole number from 1", "Multiply or divide instead.")
        measure = self.measure
        for _ in range(exponent - 1):
            measure = measure * self.measure
        return Binary("^", self, Literal(exponent), measure)

    def __neg__(self) -> Expression:
        return Negate(self)

    def __lt__(self, other: Expression | Quantity | float) -> Comparison:
        return compare("<", self, other)

    def __le__(self, other: Expression | Quantity | float) -> Comparison:
        return compare("<=", self, other)

    def __gt__(self, other: Expression | Quantity | float) -> Comparison:
        return compare(">", self, other)

    def __ge__(self, other: Expression | Quantity | float) -> Comparison:
        return compare(">=", self, other)

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "a metric expression is neither true nor false at synth: join conditions with & and | (in parentheses) "
            "instead of `and`, `or`, `not` and chained comparisons"
        )


_FIELDS: dict[type[Expression], tuple[str, ...]] = {}


def _fields_of(kind: type[Expression]) -> tuple[str, ...]:
    names = _FIELDS.get(kind)
    if names is None:
        names = _FIELDS[kind] = tuple(field.name for field in fields(kind))
    return names


class Series(Expression):
    """A leaf that has a period of its own: a metric."""

    __slots__ = ()

    def parts(self) -> tuple[Expression, ...]:
        """Return nothing: it is made of no other expression."""
        return ()


@dataclass(frozen=True, slots=True)
class Literal(Expression):
    """A number in an expression; without a unit of its own it takes that of its neighbour, if that is plain."""

    value: int | float
    unit: Unit | None = None

    @property
    def measure(self) -> Unit:
        """Its unit, or a ratio."""
        return self.unit or u.RATIO

    def parts(self) -> tuple[Expression, ...]:
        """Return nothing: it is made of no other expression."""
        return ()


@dataclass(frozen=True, slots=True)
class Word(Expression):
    """A keyword among a function's arguments: ``REPEAT``."""

    word: str

    @property
    def measure(self) -> Unit:
        """Nothing is measured."""
        return u.RATIO


@dataclass(frozen=True, slots=True)
class Several(Expression):
    """Several series, as ``SUM([a, b])`` takes them."""

    items: tuple[Expression, ...]

    @property
    def measure(self) -> Unit:
        """The unit they share."""
        return self.items[0].measure


@dataclass(frozen=True, slots=True)
class Negate(Expression):
    """``-operand``."""

    operand: Expression

    @property
    def measure(self) -> Unit:
        """The operand's unit."""
        return self.operand.measure


@dataclass(frozen=True, slots=True)
class Binary(Expression):
    """``left operator right``."""

    operator: Arithmetic
    left: Expression
    right: Expression
    unit: Unit

    @property
    def measure(self) -> Unit:
        """The unit of the result."""
        return self.unit


@dataclass(frozen=True, slots=True)
class Call(Expression):
    """A metric math function."""

    function: str
    arguments: tuple[Expression, ...]
    unit: Unit

    @property
    def measure(self) -> Unit:
        """The unit of the result."""
        return self.unit


@dataclass(frozen=True, slots=True)
class Converted(Expression):
    """An expression times the factors that lead to another unit of the same dimension."""

    operand: Expression
    unit: Unit

    @property
    def measure(self) -> Unit:
        """The unit converted to."""
        return self.unit


class Truth(Expression):
    """A series of 1 and 0: what an alarm is raised on."""

    __slots__ = ()

    @property
    def measure(self) -> Unit:
        """A plain number."""
        return u.RATIO

    def __and__(self, other: Truth) -> Truth:
        return Both("AND", self, _truth(other))

    def __or__(self, other: Truth) -> Truth:
        return Both("OR", self, _truth(other))

    def for_datapoints(self, datapoints: int, *, of: int | None = None) -> Condition:
        """Return the condition that this holds at ``datapoints`` of the last ``of`` data points.

        Args:
            datapoints: how many data points must be over the threshold (``DatapointsToAlarm``).
            of: how many are looked at (``EvaluationPeriods``); as many as ``datapoints`` if not given.

        """
        return Condition(self, datapoints, datapoints if of is None else of)


@dataclass(frozen=True, slots=True)
class Comparison(Truth):
    """``left relation right``, both in one unit."""

    relation: Relation
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Both(Truth):
    """``left AND right`` or ``left OR right``."""

    operator: Choice["AND", "OR"]
    left: Truth
    right: Truth


@dataclass(frozen=True, slots=True)
class Condition:
    """What an alarm waits for.

    Attributes:
        truth: what has to hold.
        datapoints: at how many data points (M).
        of: of how many of the last ones (N).

    """

    truth: Truth
    datapoints: int = 1
    of: int = 1

    def with_period(self, seconds: int) -> Condition:
        """Return the same condition on metrics taken over ``seconds``."""
        return replace(self, truth=_truth(self.truth.with_period(seconds)))


def compare(relation: Relation, left: Expression, right: Expression | Quantity | float) -> Comparison:
    """Compare two sides of one dimension; the right side is converted to the unit of the left unless it is a number.

    Raises:
        UnitError: if they measure different things, or a bare number meets a unit it cannot stand for.

    """
    other = operand(right)
    agree(relation, _side(left), _side(other))
    literal = isinstance(left, Literal) or isinstance(other, Literal)
    return Comparison(relation, left, other if literal else convert(other, left.measure))


def convert(expression: Expression, unit: Unit) -> Expression:
    """Return ``expression`` in ``unit``, which must be of its dimension."""
    if isinstance(expression, Literal):
        return expression if expression.unit is None else _number(expression, unit)
    return Converted(expression, unit) if expression.measure.steps_to(unit) else expression


def common(function: str, expressions: tuple[Expression, ...]) -> tuple[Expression, ...]:
    """Return ``expressions`` in the unit of the first of them that has one.

    Raises:
        UnitError: if one measures something else.

    """
    lead = next(
        (expression for expression in expressions if not (isinstance(expression, Literal) and expression.unit is None)),
        expressions[0],
    )
    for expression in expressions:
        agree(function, _side(lead), _side(expression))
    return tuple(convert(expression, lead.measure) for expression in expressions)


def _number(literal: Literal, unit: Unit) -> Literal:
    return Literal(Quantity(literal.value, literal.measure).number_in(unit), unit)


def _additive(operator: Choice["+", "-"], left: Expression, right: Expression) -> Expression:
    left, right = common(operator, (left, right))
    return Binary(operator, left, right, right.measure if isinstance(left, Literal) else left.measure)


def operand(value: Expression | Quantity | float) -> Expression:
    """Return a number or a quantity as an expression.

    Raises:
        UnitError: if a number is not finite, or a token.

    """
    if isinstance(value, Expression):
        return value
    if isinstance(value, Quantity):
        return Literal(value.value, value.unit)
    Quantity(value, u.RATIO)  # refuses what is not a finite number known at synth
    return Literal(value)


def _truth(value: object) -> Truth:
    if not isinstance(value, Truth):
        raise TypeError(f"expected a comparison of metrics, got {type(value).__name__}")
    return value


def _side(expression: Expression) -> Side:
    """Describe one side of an operator: a number by its value, a metric by its name."""
    symbol = expression.measure.symbol or "ratio"
    if isinstance(expression, Literal):
        text = f"{expression.value}" if expression.unit is None else f"{expression.value} {symbol}"
        return Side(text, expression.measure, bare=expression.unit is None)
    return Side(f"{getattr(expression, 'name', '') or 'an expression'} in {symbol}", expression.measure)
