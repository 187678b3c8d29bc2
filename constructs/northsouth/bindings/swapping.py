"""Swaps the loaders of chosen modules until they are executed; asks the other finders where the modules are.

So zipped, editable and namespace installs work as ever, and a module gets its real loader back before anything runs:
afterwards ``__file__``, ``__path__``, ``__loader__``, ``__spec__`` and resources are the stock ones.
"""

from __future__ import annotations

import sys
import threading
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec
    from types import ModuleType


class SwappedLoader:
    """Stands in for a module's real loader until the module is executed, then takes itself out."""

    def __init__(self, real: Loader) -> None:
        self._real = real

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Create the module as the real loader does."""
        return self._real.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Give the module its real loader back; a derived class then executes the module."""
        module.__loader__ = self._real
        if module.__spec__ is not None:
            module.__spec__.loader = self._real

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)


class SwappingFinder(ABC):
    """A meta path finder that swaps the loaders of some modules; leaves every other import alone."""

    def __init__(self) -> None:
        self._asking = threading.local()

    @abstractmethod
    def swapped(self, fullname: str) -> Callable[[Loader], SwappedLoader] | None:
        """Return what makes a loader for a module from its real one, ``None`` where that may stay."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec that the other finders give, with its loader wrapped."""
        swapped = self.swapped(fullname)
        if swapped is None:
            return None
        spec = self._stock_spec(fullname, path, target)
        # A second name of a module has none, and that module has been swapped by its first.
        if spec is not None and spec.loader is not None and spec.has_location:
            spec.loader = cast("Loader", swapped(spec.loader))
        return spec

    def _stock_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None) -> ModuleSpec | None:
        # Another finder of this kind may ask this one in turn.
        if getattr(self._asking, "active", False):
            return None
        self._asking.active = True
        try:
            for finder in sys.meta_path:
                if finder is not self and hasattr(finder, "find_spec"):
                    spec = finder.find_spec(fullname, path, target)
                    if spec is not None:
                        return spec
            return None
        finally:
            self._asking.active = False
