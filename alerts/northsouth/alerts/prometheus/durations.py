"""Prometheus durations: ``30s``, ``5m``, ``1h30m``; pure.

The grammar is ``model.ParseDuration`` of prometheus/common: whole numbers, units from large to small, each once.
"""

from __future__ import annotations

import re

_UNITS = {"y": 31_536_000.0, "w": 604_800.0, "d": 86_400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_DURATION = re.compile("".join(rf"(?:(\d+){unit})?" for unit in _UNITS))


def seconds(text: str) -> float | None:
    """Return a duration in seconds, or ``None`` if Prometheus would not read it as one."""
    if text == "0":
        return 0.0
    match = _DURATION.fullmatch(text)
    if match is None or not text:
        return None
    return sum(int(number) * size for number, size in zip(match.groups(), _UNITS.values(), strict=True) if number)


def duration(seconds: float) -> str:
    """Write seconds as Prometheus does: ``duration(5400)`` is ``1h30m``. Years and weeks are written as days."""
    left = round(seconds * 1000)
    text = ""
    for unit, size in list(_UNITS.items())[2:]:
        number, left = divmod(left, round(size * 1000))
        text += f"{number}{unit}" if number else ""
    return text or "0s"
