"""Compiles the methods that a dataclass of northsouth is given when they are first called.

``dataclasses`` writes the source code of six methods for a frozen class and compiles each: 0.7 ms for one class.
Northsouth has hundreds of classes; most of them are never compared, printed or assigned to. ``__init__`` is compiled
at once, because `northsouth.arguments` reads its parameters. Classes of other packages are made as ever.

This relies on the private function ``dataclasses._create_fn`` of Python 3.11 and 3.12.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from northsouth.bindings.log import debug

_OURS = "northsouth."
_PRIVATE = "_create_fn"
_PARAMETERS = ("name", "args", "body", "globals", "locals", "return_type")

Method = Callable[..., Any]


def install() -> None:
    """Compile such methods late from now on; does nothing the second time."""
    create = getattr(dataclasses, _PRIVATE, None)
    if isinstance(create, _Creator):
        return
    code = getattr(create, "__code__", None)
    if create is None or code is None or code.co_varnames[: len(_PARAMETERS)] != _PARAMETERS:
        debug("methods of dataclasses are compiled at once: this Python makes them in another way")
        return
    setattr(dataclasses, _PRIVATE, _Creator(create))


class _Creator:
    """Stands in for ``dataclasses._create_fn``."""

    def __init__(self, create: Callable[..., Method]) -> None:
        self._create = create

    def __call__(self, name: str, *source: Any, **context: Any) -> Method:  # noqa: ANN401 as stock
        module = (context.get("globals") or {}).get("__name__", "")
        if name == "__init__" or not module.startswith(_OURS):
            return self._create(name, *source, **context)
        return _compiled_late(name, module, lambda: self._create(name, *source, **context))


def _compiled_late(name: str, module: str, create: Callable[[], Method]) -> Method:
    compiled: Method | None = None

    def method(*values: object) -> object:
        nonlocal compiled
        if compiled is None:
            compiled = create()
        return compiled(*values)

    method.__name__, method.__module__ = name, module
    return method
