"""Lets typeguard be imported without ``unittest.mock``, which imports asyncio: 0.05 s.

Typeguard checks no value that is a ``Mock``. As long as nobody has imported ``unittest.mock``, no value is one.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

_MOCK = "unittest.mock"


class _IsMock(type):
    def __instancecheck__(cls, value: object) -> bool:
        mock = sys.modules.get(_MOCK)
        return mock is not None and isinstance(value, mock.Mock)


class Mock(metaclass=_IsMock):
    """Every ``unittest.mock.Mock`` is an instance of it."""


@contextmanager
def set_aside() -> Iterator[None]:
    """Give whoever imports ``unittest.mock`` meanwhile a stand-in, which loads it for every name but ``Mock``."""
    if _MOCK in sys.modules:
        yield
        return
    stand_in = ModuleType(_MOCK)

    def get(name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        _take_out(stand_in)
        return getattr(importlib.import_module(_MOCK), name)

    vars(stand_in).update(Mock=Mock, __getattr__=get)
    sys.modules[_MOCK] = stand_in
    try:
        yield
    finally:
        _take_out(stand_in)


def _take_out(stand_in: ModuleType) -> None:
    if sys.modules.get(_MOCK) is stand_in:
        del sys.modules[_MOCK]
