"""Metric math as Python expressions: arithmetic and comparisons build a tree, units are checked on the way.

``(archived / requests < 0.98).for_datapoints(3, of=4)`` is a :class:`Condition` for an alarm. Nothing here knows
CloudWatch's JSON; :mod:`northsouth.metrics.render` writes it.

``==`` and ``!=`` compare Python values, as everywhere; their metric math is
:func:`northsouth.metrics.functions.EQUAL`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal as Choice
from typing import NoReturn

from northsouth.errors import Problem
from northsouth.metrics import dimensions as u
from northsouth.metrics.dimensions import Unit
from northsouth.metrics.units import Quantity, UnitError

Arithmetic = Choice["+", "-", "*", "/", "^"]
Relation = Choice["<", "<=", ">", ">=", "==", "!="]


class Expression:
    """Anything that is one time series in metric math: a metric, or a computation on metrics."""

    __slots__ = ()

    @property
    def measure(self) -> Unit:
        """The unit of its values."""
        raise NotImplementedError

    def parts(self) -> tuple[Expression, ...]:
        """Return the expressions it is made of, in reading order."""
        return ()

    def with_parts(self, parts: tuple[Expression, ...]) -> Expression:
        """Return the same computation on other ``parts``."""
        del parts
        return self

    def walk(self) -> Iterator[Expression]:
        """Yield this expression and all it is made of, outermost first."""
        yield self
        for part in self.parts():
            yield from part.walk()

    def with_period(self, seconds: int) -> Expression:
        """Return the same expression with every metric in it taken over ``seconds``."""
        return self.with_parts(tuple(part.with_period(seconds) for part in self.parts()))

    def per_second(self) -> Expression:
        """Return this, a sum over each period, as a rate: divided by ``PERIOD`` of its first metric.

        This is what AWS advises for counters that CloudWatch already sums; ``RATE`` compares neighbouring data points
        and is unreliable in alarms.

        Raises:
            UnitError: if there is no metric in the expression.

        """
        first = next((part for part in self.walk() if isinstance(part, Series)), None)
        if first is None:
            _mismatch(_describe(self), "there is no metric in it whose period could be taken", "Start from a Metric.")
        return self / Call("PERIOD", (first,), u.SECOND)

    def __add__(self, other: Expression | Quantity | float) -> Expression:
        return _additive("+", self, _operand(other))

    def __radd__(self, other: Quantity | float) -> Expression:
        return _additive("+", _operand(other), self)

    def __sub__(self, other: Expression | Quantity | float) -> Expression:
        return _additive("-", self, _operand(other))

    def __rsub__(self, other: Quantity | float) -> Expression:
        return _additive("-", _operand(other), self)

    def __mul__(self, other: Expression | Quantity | float) -> Expression:
        right = _operand(other)
        return Binary("*", self, right, self.measure * right.measure)

    def __rmul__(self, other: Quantity | float) -> Expression:
        left = _operand(other)
        return Binary("*", left, self, left.measure * self.measure)

    def __truediv__(self, other: Expression | Quantity | float) -> Expression:
        right = _operand(other)
        return Binary("/", self, right, self.measure / right.measure)

    def __rtruediv__(self, other: Quantity | float) -> Expression:
        left = _operand(other)
        return Binary("/", left, self, left.measure / self.measure)

    def __pow__(self, exponent: int) -> Expression:
        if not isinstance(exponent, int) or exponent < 1:
            _mismatch(repr(exponent), "an exponent is a whole number from 1", "Multiply or divide instead.")
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


class Series(Expression):
    """A leaf that has a period of its own: a metric."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Literal(Expression):
    """A number in an expression; without a unit of its own it takes that of its neighbour, if that is plain."""

    value: int | float
    unit: Unit | None = None

    @property
    def measure(self) -> Unit:
        """Its unit, or a ratio."""
        return self.unit or u.RATIO


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

    def parts(self) -> tuple[Expression, ...]:
        """Return the series."""
        return self.items

    def with_parts(self, parts: tuple[Expression, ...]) -> Expression:
        """Return a list of other series."""
        return Several(parts)


@dataclass(frozen=True, slots=True)
class Negate(Expression):
    """``-operand``."""

    operand: Expression

    @property
    def measure(self) -> Unit:
        """The operand's unit."""
        return self.operand.measure

    def parts(self) -> tuple[Expression, ...]:
        """Return the operand."""
        return (self.operand,)

    def with_parts(self, parts: tuple[Expression, ...]) -> Expression:
        """Return another operand, negated."""
        return Negate(*parts)


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

    def parts(self) -> tuple[Expression, ...]:
        """Return both sides."""
        return (self.left, self.right)

    def with_parts(self, parts: tuple[Expression, ...]) -> Expression:
        """Return the same operation on other sides."""
        left, right = parts
        return replace(self, left=left, right=right)


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

    def parts(self) -> tuple[Expression, ...]:
        """Return the arguments."""
        return self.arguments

    def with_parts(self, parts: tuple[Expression, ...]) -> Expression:
        """Return the same function of other arguments."""
        return replace(self, arguments=parts)


@dataclass(frozen=True, slots=True)
class Converted(Expression):
    """An expression times the factors that lead to another unit of the same dimension."""

    operand: Expression
    unit: Unit

    @property
    def measure(self) -> Unit:
        """The unit converted to."""
        return self.unit

    def parts(self) -> tuple[Expression, ...]:
        """Return what is converted."""
        return (self.operand,)

    def with_parts(self, parts: tuple[Expression, ...]) -> Expression:
        """Return something else, converted alike."""
        (operand,) = parts
        return Converted(operand, self.unit)


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

    def parts(self) -> tuple[Expression, ...]:
        """Return both sides."""
        return (self.left, self.right)

    def with_parts(self, parts: tuple[Expression, ...]) -> Expression:
        """Return the same comparison of other sides."""
        return Comparison(self.relation, *parts)


@dataclass(frozen=True, slots=True)
class Both(Truth):
    """``left AND right`` or ``left OR right``."""

    operator: Choice["AND", "OR"]
    left: Truth
    right: Truth

    def parts(self) -> tuple[Expression, ...]:
        """Return both sides."""
        return (self.left, self.right)

    def with_parts(self, parts: tuple[Expression, ...]) -> Expression:
        """Return the same of other sides."""
        left, right = parts
        return Both(self.operator, _truth(left), _truth(right))


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
    other = _operand(right)
    _same(relation, left, other)
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
    lead = next((each for each in expressions if not (isinstance(each, Literal) and each.unit is None)), expressions[0])
    for each in expressions:
        _same(function, lead, each)
    return tuple(convert(each, lead.measure) for each in expressions)


def _number(literal: Literal, unit: Unit) -> Literal:
    return Literal(Quantity(literal.value, literal.measure).number_in(unit), unit)


def _additive(operator: Choice["+", "-"], left: Expression, right: Expression) -> Expression:
    left, right = common(operator, (left, right))
    return Binary(operator, left, right, right.measure if isinstance(left, Literal) else left.measure)


def _same(operator: str, left: Expression, right: Expression) -> None:
    for bare, other in ((left, right), (right, left)):
        if isinstance(bare, Literal) and bare.unit is None:
            if not other.measure.is_plain:
                _mismatch(
                    f"{_describe(left)} {operator} {_describe(right)}",
                    f"a bare number does not say which unit of {other.measure.kind} it is in",
                    "Give it one, for example percent(98), gigabits_per_second(2) or seconds(1).",
                )
            return
    if left.measure.dimension != right.measure.dimension:
        per_time = left.measure.time - right.measure.time == 1
        _mismatch(
            f"{_describe(left)} {operator} {_describe(right)}",
            f"{left.measure.kind} and {right.measure.kind} are different units",
            "Turn the sum into a rate with .per_second()." if per_time else "Bring both sides to one unit.",
        )


def _operand(value: Expression | Quantity | float) -> Expression:
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


def _describe(expression: Expression) -> str:
    symbol = expression.measure.symbol or "ratio"
    if isinstance(expression, Literal):
        return f"{expression.value}" if expression.unit is None else f"{expression.value} {symbol}"
    name = getattr(expression, "name", "")
    return f"{name or 'an expression'} in {symbol}"


def _mismatch(given: str, rule: str, fix: str) -> NoReturn:
    raise UnitError("metric math", [Problem("expression", given, rule, fix)])
