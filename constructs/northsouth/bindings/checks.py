"""Remembers type checks of arguments, which generated constructors otherwise repeat at every call.

jsii's code generator of today evaluates type hints once (``jsii._type_checking.cached_type_hints``). In packages of an
older generator, such as every ``cdktf`` package, each call evaluates them again. Then each call checks every argument,
also those that are ``None``. Here, a plain value that passed a check is not checked again against the same hint. A
value that does not pass is never remembered, so the errors are the stock ones.
"""

from __future__ import annotations

import functools
import typing
from collections.abc import Callable
from types import ModuleType

Check = Callable[..., object]

_GENERATED = "jsii._type_checking"
_PLAIN = frozenset({type(None), bool, int, float, str})


def remember(module: ModuleType) -> None:
    """Have the constructors of a generated module evaluate and check what they have not yet; leave any other alone."""
    names = vars(module)
    check = names.get("check_type")
    if getattr(check, "__module__", None) not in {module.__name__, _GENERATED}:
        return
    names["check_type"] = remembering(typing.cast("Check", check))
    if names.get("typing") is typing:
        names["typing"] = _typing()


def remembering(check: Check) -> Check:
    """Return ``check_type`` for a generated module: it asks ``check`` unless the answer follows from an earlier one."""
    # By the hint's id, which no other can have while it is kept here.
    passed: dict[tuple[type, int], object] = {}

    def check_type(argname: str, value: object, expected_type: object) -> object:
        kind = type(value)
        key = kind, id(expected_type)
        if key in passed:
            return None
        result = check(argname=argname, value=value, expected_type=expected_type)
        if kind in _PLAIN and _is_decided_by(kind, expected_type):
            passed[key] = expected_type
        return result

    return check_type


def _is_decided_by(kind: type, expected: object) -> bool:
    """Whether all values of a plain type fare alike against a hint, as jsii generates them."""
    origin = typing.get_origin(expected)
    if origin is typing.Union:
        return all(_is_decided_by(kind, each) for each in typing.get_args(expected))
    # A text is a sequence too, of which each letter is checked; an empty one has none.
    return isinstance(expected, type) or expected is typing.Any or (isinstance(origin, type) and kind is not str)


@functools.cache
def _typing() -> ModuleType:
    """Return a copy of the module `typing` that evaluates the hints of a function once."""
    copied = ModuleType("typing", typing.__doc__)
    vars(copied).update(vars(typing), get_type_hints=functools.cache(typing.get_type_hints))
    return copied
