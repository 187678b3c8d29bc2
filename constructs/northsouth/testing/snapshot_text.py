"""A declared state as a text made to be read in a review, and back; pure.

It is JSON, and texts that are JSON themselves (policies, state machines) or have several lines (queries, user data) are
written out instead of as one escaped line, wherever that loses nothing::

    "policy": {"(json)": {"Version": "2012-10-17", "Statement": [...]}}
    "query": {"(lines)": ["SELECT time", "FROM logs"]}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

LINES = "(lines)"

WIDTH = 120
"""Longest line with an object or array, where a text is fitted."""

ROW = 400
"""Longest line with a member of an array."""

_SEPARATORS = {"(json)": (", ", ": "), "(compact json)": (",", ":")}
"""How Python writes JSON, and how JavaScript does. Only such a text is written out: it comes back byte for byte."""


def write(state: Mapping[str, Any], *, fitted: bool = False) -> str:
    """Return the text of a snapshot; it ends with a line break.

    Args:
        state: a declared state.
        fitted: whether to write what is short on one line: an object of up to 120 characters, and a member of an array
            of up to 400, so that members read like the rows of a table.

    """
    opened = _opened(state)
    return (_fitted(opened) if fitted else json.dumps(opened, indent=2, ensure_ascii=False)) + "\n"


def read(text: str) -> dict[str, Any]:
    """Return the declared state that a snapshot's text holds.

    Raises:
        ValueError: if it is not one, for instance because of a merge conflict in it.

    """
    state = _closed(json.loads(text))
    if not isinstance(state, dict):
        raise ValueError("not an object")
    return state


def _opened(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _opened(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_opened(item) for item in value]
    if isinstance(value, str):
        return _json(value) or ({LINES: value.split("\n")} if "\n" in value.rstrip("\n") else value)
    return value


def _fitted(value: object, indent: int = 0, key: str = "", width: int = WIDTH) -> str:
    """Return JSON with values that fit on one line, and the others indented."""
    line = json.dumps(value, ensure_ascii=False)
    # A comma may follow.
    if indent + len(key) + len(line) < width or not isinstance(value, dict | list) or not value:
        return f"{key}{line}"
    is_object = isinstance(value, dict)
    begin, end = "{}" if is_object else "[]"
    names = [f"{json.dumps(name, ensure_ascii=False)}: " for name in value] if is_object else [""] * len(value)
    items = [*value.values()] if isinstance(value, dict) else value
    if len(items) == 1 and is_object == isinstance(items[0], list):
        # Its brackets stay with those of what is in it.
        return _fitted(items[0], indent, f"{key}{begin}{names[0]}") + end
    inner = [
        " " * (indent + 2) + _fitted(item, indent + 2, name, WIDTH if is_object else _row_width(item))
        for name, item in zip(names, items, strict=True)
    ]
    return "\n".join([f"{key}{begin}", ",\n".join(inner), " " * indent + end])


def _row_width(member: object) -> int:
    """Return how long the line of a member of an array may be; one that has several members itself is no row."""
    return WIDTH if _has_several(member) else ROW


def _has_several(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_has_several, value.values()))
    return isinstance(value, list) and (len(value) > 1 or any(map(_has_several, value)))


def _json(text: str) -> dict[str, object] | None:
    """Return the object or array that a text holds, written out, if writing it again gives the same text."""
    if not text.startswith(("{", "[")):
        return None
    try:
        value = json.loads(text)
        styles = [style for style in _SEPARATORS if _encoded(value, style) == text]
    except (ValueError, RecursionError):
        return None
    return {styles[0]: value} if styles and value else None


def _encoded(value: object, style: str) -> str:
    return json.dumps(value, separators=_SEPARATORS[style], ensure_ascii=False)


def _closed(value: object) -> object:
    if isinstance(value, dict):
        only = next(iter(value)) if len(value) == 1 else None
        if only in _SEPARATORS:
            return _encoded(value[only], only)
        if only == LINES and isinstance(value[LINES], list):
            return "\n".join(map(str, value[LINES]))
        return {key: _closed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_closed(item) for item in value]
    return value
