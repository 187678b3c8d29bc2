"""Divides every duration of what was exported by 60, so that an hour passes in a minute. Nothing else changes.

- In rule files: ``interval``, ``for``, ``keep_firing_for``, ``query_offset``; in ``expr``, ranges (``[5m]``),
  subqueries and ``offset``.
- In ``alertmanager.yml``: ``group_wait``, ``group_interval``, ``repeat_interval``.

Texts keep the real durations. So do numbers that an expression compares with or computes from: a rule that says
``> 300`` seconds still means 300 seconds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from northsouth.alerts.prometheus.durations import duration, seconds

FACTOR = 60
"""What every duration is divided by."""
_DURATIONS = frozenset(
    ("interval", "for", "keep_firing_for", "query_offset", "group_wait", "group_interval", "repeat_interval")
)
_TEXTS = frozenset(("labels", "annotations"))
_DURATION = re.compile(r"(?:\d+(?:ms|[smhdwy]))+")
_PIECE = re.compile(
    r"""(?P<other>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|\#.*)|(?P<span>\[[^\]]*\]|\boffset\s+-?\s*\w+)""",
    re.IGNORECASE,
)


def text(value: str) -> str:
    """Return a shorter duration."""
    length = seconds(value)
    if length is None:
        raise ValueError(f"{value!r} is no duration of Prometheus")
    return duration(length / FACTOR)


def expression(expr: str) -> str:
    """Return an expression that looks less far back. Texts and comments in it are left alone."""

    def shorter(piece: re.Match[str]) -> str:
        if piece["span"] is None:
            return piece[0]
        return _DURATION.sub(lambda length: text(length[0]), piece[0])

    return _PIECE.sub(shorter, expr)


def document(value: Any) -> Any:
    """Return what a rule file or ``alertmanager.yml`` holds, with shorter durations."""
    if isinstance(value, Mapping):
        return {key: _value(key, each) for key, each in value.items()}
    return [document(each) for each in value] if isinstance(value, list) else value


def _value(key: str, value: Any) -> Any:
    if key in _DURATIONS:
        return text(value)
    if key in _TEXTS:
        return value
    return expression(value) if key == "expr" else document(value)
