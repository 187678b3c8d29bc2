"""The step ``relay``: starts jsii's kernel itself, earlier, and without the process that jsii puts before the kernel.

No other step knows of this one. To take it out, remove this folder, its tests (``tests/bindings/relay``), its section
of ARCHITECTURE.md, its row in docs/speed.md, and its lines and its name in ``northsouth.bindings``.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from northsouth.bindings.swapping import SwappedLoader, SwappingFinder

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.abc import Loader
    from types import ModuleType

_JSII = "jsii"
_KERNEL = "jsii._kernel.providers.process"


def install() -> None:
    """Start jsii's kernel this way from now on; does nothing the second time."""
    if not any(isinstance(finder, RelayFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, RelayFinder())


class RelayFinder(SwappingFinder):
    """Finds jsii, and jsii's module that starts the kernel."""

    def swapped(self, fullname: str) -> Callable[[Loader], SwappedLoader] | None:
        """Return the loader of one of the two modules."""
        return {_JSII: _JsiiLoader, _KERNEL: _KernelLoader}.get(fullname)


class _JsiiLoader(SwappedLoader):
    """Executes jsii while Node starts."""

    def exec_module(self, module: ModuleType) -> None:
        from northsouth.bindings.relay import starter

        super().exec_module(module)
        starter.begin()
        self._real.exec_module(module)


class _KernelLoader(SwappedLoader):
    """Executes jsii's module that starts the kernel, and spares that its relay."""

    def exec_module(self, module: ModuleType) -> None:
        from northsouth.bindings.relay import starter

        super().exec_module(module)
        self._real.exec_module(module)
        starter.spare(module)
