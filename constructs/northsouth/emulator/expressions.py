"""JSONata as Step Functions has it: with functions of its own, and without ``$eval``; pure.

Source: step-functions/latest/dg/transforming-data, "JSONata functions provided by Step Functions". With a seed,
``$random`` returns the same number each time, but not the number of AWS.
"""

from __future__ import annotations

import hashlib
import json
import random
import uuid
from collections.abc import Callable, Mapping
from copy import copy
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import jsonata

ALGORITHMS = ("MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512")
LONGEST_RANGE = 1000


class ExpressionError(ValueError):
    """An expression ends without a value of JSON."""


class NothingError(ExpressionError):
    """An expression ends with nothing, JSONata's undefined."""


@lru_cache(maxsize=4096)
def _read(code: str) -> _Program:
    """Return code that is read; all threads that evaluate it share it."""
    return _Program(code)


class _Frame(jsonata.Jsonata.Frame):  # type: ignore[misc]
    """A scope. The port asks every scope for callbacks at each step; nobody sets them here."""

    def lookup(self, name: str) -> Any:
        """Return what a variable stands for in this scope or in those around it."""
        if name in ("__evaluate_entry", "__evaluate_exit"):
            return None
        scope = self
        while scope is not None:
            if name in scope.bindings:
                return scope.bindings[name]
            scope = scope.parent
        return None


class _Program(jsonata.Jsonata):  # type: ignore[misc]
    def create_frame(self, enclosing_environment: Any = None) -> _Frame:
        return _Frame(enclosing_environment)


def evaluate(code: str, variables: Mapping[str, Any] = MappingProxyType({})) -> Any:
    """Return what code evaluates to, with Step Functions' functions.

    Args:
        code: the code, without ``{%`` and ``%}``.
        variables: what its variables stand for, values of JSON; without the dollar.

    Raises:
        NothingError: it ends with nothing.
        ExpressionError: it cannot be read, fails, or its value is no JSON.

    """
    try:
        own = copy(_read(code))
        own.set_output_convert_nulls(False)
        # A thread's last program is where the port's $now() looks for the time.
        jsonata.Jsonata.CURRENT.jsonata = own
        result = own.evaluate(None, {**_functions(), **{name: _bound(value) for name, value in variables.items()}})
        value = json.loads(json.dumps(jsonata.Utils.convert_nulls(result), allow_nan=False))
    except Exception as error:
        # The port fails with whatever Python raises: 1/0 with a ZeroDivisionError, $number("x") with a ValueError.
        raise ExpressionError(str(error)) from error
    if result is None:
        raise NothingError("it ends with nothing (undefined)")
    return value


def _functions() -> dict[str, Any]:
    return {name: jsonata.Jsonata.JLambda(function) for name, function in FUNCTIONS.items()}


def _bound(value: Any) -> Any:
    """Return a value of JSON as the port's own reader has it: it tells null from nothing, and 1.0 is 1."""
    if isinstance(value, Mapping):
        return {key: _bound(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_bound(each) for each in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return jsonata.Utils.convert_number(float(value))
    return jsonata.Utils.NULL_VALUE if value is None else value


def _partition(items: list[Any], size: float) -> list[list[Any]]:
    if size < 1 or size != int(size):
        raise ValueError(f"$partition: got the size {size}; a size is a whole number from 1")
    return [items[first : first + int(size)] for first in range(0, len(items), int(size))]


def _range(first: float, last: float, step: float) -> list[float]:
    if step == 0:
        raise ValueError("$range: got the step 0; write any other number")
    count = max(0, int((last - first) // step) + 1)
    if count > LONGEST_RANGE:
        raise ValueError(f"$range: got {count} numbers; {LONGEST_RANGE} are allowed")
    return [first + position * step for position in range(count)]


def _hash(text: str, algorithm: str) -> str:
    if algorithm not in ALGORITHMS:
        raise ValueError(f"$hash: got the algorithm {algorithm}; write one of {', '.join(ALGORITHMS)}")
    return hashlib.new(algorithm.replace("-", ""), text.encode(), usedforsecurity=False).hexdigest()


def _random(seed: float | None = None) -> float:
    return random.random() if seed is None else random.Random(seed).random()  # noqa: S311


def _eval(*_: Any) -> None:
    raise ValueError("Step Functions has no $eval; write $parse")


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "partition": _partition,
    "range": _range,
    "hash": _hash,
    "random": _random,
    "uuid": lambda: str(uuid.uuid4()),
    "parse": json.loads,
    "eval": _eval,
}
