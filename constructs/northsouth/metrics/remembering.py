"""Answers that several rules ask for, one after another, of the same value."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

Value = TypeVar("Value")
Answer = TypeVar("Answer")


def remembering(function: Callable[[Value], Answer]) -> Callable[[Value], Answer]:
    """Return ``function`` with its last answer remembered, for the very value that it was asked of.

    Neither the value nor the answer may change. Values are not compared: ``1 == 1.0``, and each is written as given.
    """
    last: tuple[Value, Answer] | None = None

    @wraps(function)
    def remembered(value: Value) -> Answer:
        nonlocal last
        known = last
        if known is None or known[0] is not value:
            known = last = (value, function(value))
        return known[1]

    return remembered
