"""Values over time in promtool's notation, and times in minutes; pure."""

from __future__ import annotations

import math

from northsouth.alerts.prometheus.durations import seconds

Part = tuple[float | None, int]
"""A value, or nothing, and for how many steps."""


def minutes(length: str) -> int:
    """Return a duration in whole minutes, rounded up.

    Raises:
        ValueError: if it is no duration.

    """
    length_in_seconds = seconds(length)
    if length_in_seconds is None:
        raise ValueError(f"{length!r} is no duration of Prometheus")
    return math.ceil(length_in_seconds / 60)


def whole_steps(length: str, step: int) -> int:
    """Return a duration in minutes, rounded up to a whole number of steps of ``step`` minutes."""
    return -(-minutes(length) // step) * step


def at(minute: int) -> str:
    """Return a time of a test."""
    return f"{minute}m"


def gauge(*parts: Part) -> str:
    """Return a gauge that has each value for so many steps: ``gauge((1, 3), (None, 2))`` is ``1x2 _x2``."""
    return " ".join(
        f"_x{steps}" if value is None else f"{number(value)}x{steps - 1}" for value, steps in parts if steps
    )


def counter(*parts: Part) -> str:
    """Return a counter that grows by each value for so many steps; with no value, there are no samples."""
    texts, total = [], 0.0
    for value, steps in parts:
        if value is None:
            texts += [gauge((None, steps))]
        else:
            texts += [line(total, value, steps)]
            total += value * steps
    return " ".join(filter(None, texts))


def line(begin: float, slope: float, steps: int) -> str:
    """Return a value that grows by ``slope`` at each step: ``line(5, -1, 3)`` is ``5-1x2``, three values."""
    return f"{number(begin)}{number(slope) if slope < 0 else f'+{number(slope)}'}x{steps - 1}" if steps else ""


def number(value: float) -> str:
    """Return a number as promtool reads it."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))
