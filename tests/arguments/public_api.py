"""Finds what the library lets people declare: from the packages' ``__all__`` and from the types of arguments."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import types
import typing
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from typing import Any

from constructs import Construct

import northsouth


def packages() -> Iterator[types.ModuleType]:
    """Yield every package of the library."""

    def below(path: Any, prefix: str) -> Iterator[types.ModuleType]:
        for found in pkgutil.iter_modules(path, prefix):
            if found.ispkg:
                package = importlib.import_module(found.name)
                yield package
                yield from below(package.__path__, f"{found.name}.")

    return below(northsouth.__path__, "northsouth.")


@cache
def public() -> dict[str, Any]:
    """Return every public name's object, by its full name."""
    return {f"{package.__name__}.{name}": getattr(package, name) for package in packages() for name in _names(package)}


def _names(package: types.ModuleType) -> list[str]:
    return list(getattr(package, "__all__", ()))


def constructs() -> set[type]:
    """Return the public constructs."""
    return {each for each in public().values() if inspect.isclass(each) and issubclass(each, Construct)}


def methods() -> set[Callable[..., Any]]:
    """Return the public methods of public constructs that take arguments."""
    found = {
        each
        for owner in constructs()
        for base in owner.__mro__
        if base.__module__.startswith("northsouth.")
        for name, each in vars(base).items()
        if not name.startswith("_")
        for each in [each if inspect.isfunction(each) else getattr(owner, name)]
        if inspect.isroutine(each) and not isinstance(vars(base)[name], property | cached_property)
    }
    return {each for each in found if set(inspect.signature(each).parameters) - {"self"}}


def makers() -> set[Callable[..., Any]]:
    """Return how the values that arguments take are made: by named constructors, or by the class if it has none."""
    found: set[Callable[..., Any]] = set()
    for each in values():
        named = [
            getattr(each, name)
            for name, made in vars(each).items()
            if isinstance(made, classmethod) and not name.startswith("_")
        ]
        found.update(named or [each])
    return {each for each in found if inspect.signature(each).parameters}


def values() -> set[type]:
    """Return the public value objects (dataclasses) that arguments of constructs take, also within other values."""
    known = {each for each in public().values() if inspect.isclass(each) and dataclasses.is_dataclass(each)}
    found: set[type] = set()
    waiting: list[Any] = [*(owner.__init__ for owner in constructs()), *methods()]
    while waiting:
        new = {each for each in _mentioned(waiting.pop()) if each in known} - found
        found |= new
        waiting += new
        waiting += [made.__func__ for each in new for name, made in vars(each).items() if isinstance(made, classmethod)]
    return found


def _mentioned(target: Any) -> Iterator[Any]:
    """Yield every type in the annotations of a callable's parameters, or of a class's fields."""
    hints = typing.get_type_hints(target)
    hints.pop("return", None)
    waiting = list(hints.values())
    while waiting:
        hint = waiting.pop()
        waiting += typing.get_args(hint)
        yield hint
