"""What EventBridge takes as an event pattern.

Source: "Comparison operators for use in event patterns" (eventbridge/latest/userguide); messages are event-ruler's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_network
from typing import Any

Faults = Iterator[str]
_COMPARISONS = ("=", "<", "<=", ">", ">=")


def fault(text: str) -> str | None:
    """Return why a text is no event pattern, or None if it is one."""
    try:
        pattern = json.loads(text)
    except ValueError:
        return "it is no JSON"
    return next(_faults(pattern), None)


def _faults(pattern: Any) -> Faults:
    if not isinstance(pattern, dict) or not pattern:
        yield "Filter is not an object, or has no fields"
        return
    for key, value in pattern.items():
        if (
            key == "$or"
            and isinstance(value, list)
            and value
            and all(isinstance(alternative, dict) for alternative in value)
        ):
            for alternative in value:
                yield from _faults(alternative)
        elif isinstance(value, dict):
            yield from _faults(value)
        elif not isinstance(value, list):
            yield f'"{key}" must be an object or an array'
        elif not value:
            yield "Empty arrays are not allowed"
        else:
            for match in value:
                yield from _match_faults(match)


def _match_faults(match: Any) -> Faults:
    if isinstance(match, list):
        yield "Match value must be String, number, true, false, or null"
    if not isinstance(match, dict):
        return
    yield from (f"Unrecognized match type {name}" for name in match if name not in _OPERATORS)
    if len(match) != 1:
        yield "Only one key allowed in match expression"
        return
    [(name, value)] = match.items()
    yield from _OPERATORS[name](name, value)


def _text(name: str, value: Any) -> Faults:
    if not isinstance(value, str):
        yield f"{name} match pattern must be a string"


def _affix(name: str, value: Any) -> Faults:
    if isinstance(value, dict) and list(value) == ["equals-ignore-case"]:
        value = value["equals-ignore-case"]
    yield from _text(name, value)


def _wildcard(name: str, value: Any) -> Faults:
    yield from _text(name, value)
    if isinstance(value, str) and "**" in value:
        yield f"Consecutive wildcard characters at pos {value.index('**')}"


def _exists(_name: str, value: Any) -> Faults:
    if not isinstance(value, bool):
        yield "exists match pattern must be either true or false."


def _cidr(_name: str, value: Any) -> Faults:
    try:
        ip_network(value if isinstance(value, str) else "", strict=False)
    except ValueError:
        yield f"Malformed CIDR: {value}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _numeric(_name: str, value: Any) -> Faults:
    if not isinstance(value, list) or len(value) not in (2, 4):
        yield "Value of numeric must be an array of one or two comparisons."
        return
    for comparison, number in zip(value[::2], value[1::2], strict=True):
        if comparison not in _COMPARISONS:
            yield f"Unrecognized numeric range operator: {comparison}"
        elif not _is_number(number):
            yield f"Value of {comparison} must be numeric"
    if len(value) == 4 and (value[0] not in (">", ">=") or value[2] not in ("<", "<=")):
        yield "Too many elements in numeric expression"
    elif len(value) == 4 and _is_number(value[1]) and _is_number(value[3]) and value[1] >= value[3]:
        yield "Bottom must be less than top"


def _anything_but(name: str, value: Any) -> Faults:
    if isinstance(value, dict):
        yield from _anything_but_like(value)
        return
    items = value if isinstance(value, list) else [value]
    texts, numbers = (sum(map(check, items)) for check in (lambda item: isinstance(item, str), _is_number))
    if not items or len(items) not in (texts, numbers):
        yield f"Value of {name} must be an array or single string/number value."


def _anything_but_like(value: Mapping[str, Any]) -> Faults:
    if len(value) != 1 or not set(value) <= {"prefix", "suffix", "wildcard", "equals-ignore-case"}:
        yield f"Unsupported anything-but pattern: {', '.join(value)}"
        return
    [(name, texts)] = value.items()
    for text in texts if isinstance(texts, list) and texts else [texts]:
        yield from _OPERATORS[name](name, text)


_OPERATORS: dict[str, Callable[[str, Any], Faults]] = {
    "prefix": _affix,
    "suffix": _affix,
    "anything-but": _anything_but,
    "numeric": _numeric,
    "exists": _exists,
    "cidr": _cidr,
    "wildcard": _wildcard,
    "equals-ignore-case": _text,
}
