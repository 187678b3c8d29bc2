"""Whether two sides of an operator measure the same thing, and what to say when they do not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from northsouth.errors import Problem
from northsouth.metrics.dimensions import Unit
from northsouth.metrics.units import UnitError


@dataclass(frozen=True, slots=True)
class Side:
    """One side of an operator.

    Attributes:
        text: how a report names it.
        unit: what it measures.
        bare: whether it is a number without a unit of its own.

    """

    text: str
    unit: Unit
    bare: bool = False


def agree(operator: str, left: Side, right: Side) -> None:
    """Return if both sides may stand around ``operator``.

    A bare number may stand for a count or a ratio; beside anything else it does not say in which unit it is.

    Raises:
        UnitError: if they may not.

    """
    expression = f"{left.text} {operator} {right.text}"
    for bare, other in ((left, right), (right, left)):
        if bare.bare:
            if not other.unit.is_plain:
                mismatch(
                    expression,
                    f"a bare number does not say which unit of {other.unit.kind} it is in",
                    "Give it one, for example percent(98), gigabits_per_second(2) or seconds(1).",
                )
            return
    if left.unit.dimension != right.unit.dimension:
        per_time = left.unit.time - right.unit.time == 1
        mismatch(
            expression,
            f"{left.unit.kind} and {right.unit.kind} are different units",
            "Turn the sum into a rate with .per_second()." if per_time else "Bring both sides to one unit.",
        )


def mismatch(given: str, rule: str, fix: str) -> NoReturn:
    """Refuse an expression.

    Raises:
        UnitError: always.

    """
    raise UnitError("metric math", [Problem("expression", given, rule, fix)])
