"""What a price can be; pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import Field
from typing import Any

from northsouth.errors import Problem


def field_problems(field: Field[Any], value: object) -> Iterator[Problem]:
    """Yield what is wrong with a field of a dataclass of prices: text such as the Region, or a price."""
    if field.type != "str":
        yield from price_problems(field.name, value)
    elif not isinstance(value, str):
        yield Problem(field.name, repr(value), "it is text", "Write it in quotes.")


def price_problems(where: str, value: object) -> Iterator[Problem]:
    """Yield a problem if a value is not a price."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        yield Problem(where, repr(value), "a price is a number, not below zero", "Give US dollars.")
