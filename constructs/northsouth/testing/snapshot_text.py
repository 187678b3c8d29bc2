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

_SEPARATORS = {"(json)": (", ", ": "), "(compact json)": (",", ":")}
"""How Python writes JSON, and how JavaScript does. Only such a text is written out: it comes back byte for byte."""


def write(state: Mapping[str, Any]) -> str:
    """Return the text of a snapshot; it ends with a line break."""
    return json.dumps(_opened(state), indent=2, ensure_ascii=False) + "\n"


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
