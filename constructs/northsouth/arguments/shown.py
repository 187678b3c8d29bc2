"""How a report names a value: never by what Python prints of an object, which may hold a secret."""

from __future__ import annotations

import dataclasses
import inspect
import re
import sys
from collections.abc import Mapping
from types import FrameType

from northsouth.tokens import is_map_token, is_token

_LONGEST = 60


def is_construct(value: object) -> bool:
    """Whether a value is part of a construct tree; no tree is there before ``constructs`` is imported."""
    library = sys.modules.get("constructs")
    return library is not None and isinstance(value, library.Construct)


def is_ours(kind: type) -> bool:
    """Whether a class is of this library."""
    return kind.__module__.startswith("northsouth.")


def shown(value: object, *, secret: bool = False) -> str:
    """Return words for a value.

    Args:
        value: the value.
        secret: whether a text may be one, and is not repeated.

    """
    if is_token(value) and not isinstance(value, Mapping | list | tuple):
        return "a value that only Terraform knows"
    if is_map_token(value):
        return "a map that only Terraform knows"
    if value is None or isinstance(value, bool | int | float):
        return repr(value)
    if isinstance(value, str):
        return "a text" if secret else _short(repr(value))
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if inspect.isroutine(value):
        return f"the {'method' if '.' in value.__qualname__ else 'function'} {value.__qualname__}, which was not called"
    if isinstance(value, Mapping):
        keys = ", ".join(map(repr, list(value)[:3]))
        return f"a mapping with {keys}{' and more' if len(value) > 3 else ''}" if value else "an empty mapping"
    if isinstance(value, list | tuple | set | frozenset):
        return f"a {type(value).__name__} of {len(value)}"
    if is_construct(value):
        return f"the {type(value).__name__} {value.node.id!r}"  # type: ignore[attr-defined]
    name = type(value).__name__
    return f"a value of {name}" if dataclasses.is_dataclass(value) or is_ours(type(value)) else f"an object of {name}"


def spelled(value: object, frame: FrameType | None) -> str:
    """Return the name that the caller's program has for an object, or one like its class."""
    names = {**frame.f_globals, **frame.f_locals} if frame else {}
    for name, candidate in names.items():
        if candidate is value and name != "_":
            return name
    for owner, construct in names.items():
        if is_construct(construct):
            for name, candidate in getattr(construct, "__dict__", {}).items():
                if candidate is value and not name.startswith("_"):
                    return f"{owner}.{name}"
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(value).__name__).lower()


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 4]}…{text[0]}"
