"""JSONata as Step Functions has it: with functions of its own, and without ``$eval``; pure.

Source: step-functions/latest/dg/transforming-data, "JSONata functions provided by Step Functions". With a seed,
``$random`` returns the same number each time, but not the number of AWS.
"""

from __future__ import annotations

import hashlib
import json
import random
import uuid
from collections.abc import Callable
from typing import Any

import jsonata

ALGORITHMS = ("MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512")
LONGEST_RANGE = 1000


class ExpressionError(ValueError):
    """An expression ends without a value of JSON."""


def program(code: str) -> jsonata.Jsonata:
    """Return code that can be evaluated with Step Functions' functions."""
    made = jsonata.Jsonata(code)
    for name, function in FUNCTIONS.items():
        made.register_lambda(name, function)
    return made


def evaluate(code: str) -> Any:
    """Return what code evaluates to.

    Raises:
        ExpressionError: it cannot be read, fails, or its value is no JSON.

    """
    try:
        return json.loads(json.dumps(program(code).evaluate(None), allow_nan=False))
    except Exception as error:
        # The port fails with whatever Python raises: 1/0 with a ZeroDivisionError, $number("x") with a ValueError.
        raise ExpressionError(str(error)) from error


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
