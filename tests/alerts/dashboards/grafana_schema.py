"""Holds JSON against Grafana's own schema, as its foundation SDK has it in Python's types.

The SDK's ``from_json`` takes what it is given and leaves out what it does not know. So each value that it read is held
against the type that its class declares, and what it writes again has to be what it was given.
"""

from __future__ import annotations

import enum
import json
import types
import typing
from collections.abc import Iterator
from functools import cache
from typing import Any

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models import dashboard as sdk


@cache
def _plugins() -> None:
    register_default_plugins()


def faults(document: dict[str, Any]) -> list[str]:
    """Return where a dashboard is not what Grafana's schema says."""
    _plugins()
    read = sdk.Dashboard.from_json(json.loads(json.dumps(document)))
    written = json.loads(json.dumps(read, cls=JSONEncoder))
    return [*_mistyped(read, type(read), "$"), *_lost(document, written, "$")]


def _lost(given: Any, written: Any, where: str) -> Iterator[str]:
    """Yield what did not come back; the schema's defaults may have been added."""
    if isinstance(given, dict) and isinstance(written, dict):
        for key, value in given.items():
            if key not in written:
                yield f"{where}.{key}: not in the schema"
            else:
                yield from _lost(value, written[key], f"{where}.{key}")
    elif isinstance(given, list) and isinstance(written, list) and len(given) == len(written):
        for index, (one, other) in enumerate(zip(given, written, strict=True)):
            yield from _lost(one, other, f"{where}[{index}]")
    elif given != written:
        yield f"{where}: {given!r} became {written!r}"


def _mistyped(value: Any, hint: Any, where: str) -> Iterator[str]:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        tried = [list(_mistyped(value, option, where)) for option in arguments]
        # Of several ways to be wrong, the one that was understood furthest.
        yield from max(tried, key=lambda found: found[0].index(": ")) if all(tried) else ()
    elif origin is typing.Literal:
        yield from [f"{where}: {value!r} is none of {arguments}"] if value not in arguments else ()
    elif origin is list:
        yield from _items(value, arguments[0], where)
    elif hint is Dataquery:
        yield from _members(value, where)
    elif isinstance(origin or hint, type) and hint is not object:
        yield from _instance(value, origin or hint, where)


def _items(value: Any, hint: Any, where: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{where}: {value!r} is no list"
        return
    for index, item in enumerate(value):
        yield from _mistyped(item, hint, f"{where}[{index}]")


def _instance(value: Any, hint: type, where: str) -> Iterator[str]:
    if isinstance(value, dict) and hasattr(hint, "from_json"):  # the SDK leaves some objects unread
        value = hint.from_json(value)
    number = hint is float and isinstance(value, int) and not isinstance(value, bool)
    if issubclass(hint, enum.Enum):
        if value not in [member.value for member in hint]:
            yield f"{where}: {value!r} is no {hint.__name__}"
    elif not (isinstance(value, hint) or number) or (isinstance(value, bool) and hint is not bool):
        yield f"{where}: {value!r} is no {hint.__name__}"
    else:
        yield from _members(value, where)


def _members(value: Any, where: str) -> Iterator[str]:
    if not hasattr(value, "to_json"):
        return
    for name, hint in typing.get_type_hints(type(value)).items():
        yield from _mistyped(getattr(value, name), hint, f"{where}.{name}")
