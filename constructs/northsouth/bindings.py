"""Loads the provider bindings fast; the only module that knows how.

Importing any submodule of ``cdktf_cdktf_provider_aws`` first runs the package's ``__init__``, which imports all of its
2,139 submodules. A meta path finder lets the package come into being without that: submodules load when first used.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import os
import pkgutil
import sys
from collections.abc import Sequence
from types import ModuleType

OPT_OUT = "NORTHSOUTH_STOCK_BINDINGS"
"""Set this environment variable to anything but an empty string to load the bindings the stock way."""

_PACKAGES = frozenset({"cdktf_cdktf_provider_aws"})


class _LazyPackageLoader(importlib.abc.Loader):
    """Creates a package module without running its ``__init__``; attributes import the submodule of that name."""

    def __init__(self, real: importlib.abc.Loader) -> None:
        self._real = real

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self._real.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        def submodule(name: str) -> ModuleType:
            try:
                return importlib.import_module(f"{module.__name__}.{name}")
            except ModuleNotFoundError as error:
                if error.name != f"{module.__name__}.{name}":
                    raise
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}") from None

        def names() -> list[str]:
            return sorted({*vars(module), *(found.name for found in pkgutil.iter_modules(module.__path__))})

        vars(module).update(__getattr__=submodule, __dir__=names)

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in _PACKAGES:
            return None
        for finder in sys.meta_path:
            if finder is self:
                continue
            spec = finder.find_spec(fullname, path, target)
            if spec is not None and spec.loader is not None:
                spec.loader = _LazyPackageLoader(spec.loader)
                return spec
        return None


def install() -> None:
    """Make provider packages load lazily from now on; does nothing when called again or switched off."""
    if os.environ.get(OPT_OUT) or any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    sys.meta_path.insert(0, _Finder())


install()
