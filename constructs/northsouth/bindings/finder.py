"""The Python half: a meta path finder that swaps the loaders of generated modules.

Of ``cdktf_cdktf_provider_aws`` it is the root, which gets PEP 562 functions in place of 2,139 imports, and ``_jsii``,
around whose execution the Node half (`northsouth.bindings.kernel`) is prepared. A generated module gets other type
checks (`northsouth.bindings.checks`).

Only ``_private``, where jsii hides what a generated ``__init__`` itself imports, is missing from a root made lazy.
"""

from __future__ import annotations

import importlib
import threading
from typing import TYPE_CHECKING

from northsouth.bindings.log import debug
from northsouth.bindings.swapping import SwappedLoader, SwappingFinder

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.abc import Loader
    from types import ModuleType

# Imported by every part of northsouth, also where no provider is: what only a provider needs is imported when it comes.

_LIBRARIES = frozenset({"constructs", "cdktf", "cdktn"})
PROVIDERS = ("cdktf_cdktf_provider_", "cdktn_provider_")
"""What the names of all prebuilt providers begin with."""


class ProviderFinder(SwappingFinder):
    """Finds provider packages, the CDK's libraries and typeguard; leaves every other import alone."""

    def __init__(self, steps: frozenset[str]) -> None:
        super().__init__()
        self._steps = steps
        self._loading = threading.RLock()

    def swapped(self, fullname: str) -> Callable[[Loader], SwappedLoader] | None:
        """Return what makes a loader for a generated module, by the steps that are on."""
        if fullname in _LIBRARIES:
            return _GeneratedLoader if "checks" in self._steps else None
        if fullname == "typeguard":
            return _CheckerLoader if "checks" in self._steps else None
        if not fullname.startswith(PROVIDERS):
            return None
        _, _, submodule = fullname.partition(".")
        if submodule == "_jsii":
            return lambda real: _AssemblyLoader(real, self._steps, self._loading)
        if submodule:
            return _GeneratedLoader if "checks" in self._steps else None
        return _RootLoader if "python" in self._steps else None


class _GeneratedLoader(SwappedLoader):
    """Executes a generated module; its constructors remember what they checked, its properties what they read."""

    def exec_module(self, module: ModuleType) -> None:
        from northsouth.bindings import checks, origins

        super().exec_module(module)
        self._real.exec_module(module)
        checks.remember(module)
        origins.remember(module)


class _CheckerLoader(SwappedLoader):
    """Executes typeguard, with which generated constructors check arguments."""

    def exec_module(self, module: ModuleType) -> None:
        from northsouth.bindings import mocks

        super().exec_module(module)
        with mocks.set_aside():
            self._real.exec_module(module)


class _RootLoader(SwappedLoader):
    """Brings a provider's root package into being without importing its submodules."""

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        source = _source(self._real, module.__name__)
        if _imports_everything(source):
            _make_lazy(module, source)
            return
        if "\ndef __getattr__" not in source:
            debug("%s does more than import submodules: it is imported the stock way", module.__name__)
        self._real.exec_module(module)


class _AssemblyLoader(SwappedLoader):
    """Executes ``<provider>._jsii``, which has Node load the provider, with the Node half prepared before."""

    def __init__(self, real: Loader, steps: frozenset[str], loading: threading.RLock) -> None:
        super().__init__(real)
        self._steps = steps
        self._loading = loading

    def exec_module(self, module: ModuleType) -> None:
        from northsouth.bindings import kernel

        super().exec_module(module)
        root, _, _ = module.__name__.partition(".")
        kernel.start(root, _source(self._real, module.__name__))
        # One conversation with Node at a time: two providers may be imported by two threads.
        with self._loading:
            hooked = kernel.load_hook(self._steps)
            self._real.exec_module(module)
            if hooked:
                kernel.settle(self._steps)
            if "types" in self._steps:
                kernel.resolve_types(root)


def _source(loader: Loader, name: str) -> str:
    """Return a module's source code, empty where it is not to be had."""
    get_source = getattr(loader, "get_source", None)
    try:
        return (get_source and get_source(name)) or ""
    except (ImportError, OSError):
        return ""


def _imports_everything(source: str) -> bool:
    """Whether a root package does nothing but import its submodules, as jsii generates it for a prebuilt provider.

    One that defines classes of its own, or is lazy already (``cdktn``), is not for this module to replace.
    """
    functions = source.count("\ndef ") - source.count("\ndef check_type(")
    return "\nfrom . import " in source and "\nclass " not in source and not functions and "\n__all__ = [\n" in source


def _make_lazy(module: ModuleType, source: str) -> None:
    """Fill ``module`` with what its ``__init__`` would, submodules excepted: those come when first used."""
    from pkgutil import extend_path

    package = module.__name__
    if source.startswith("r'''"):
        module.__doc__ = source[4:].partition("'''")[0]
    # The first statement of every generated `__init__`.
    module.__path__ = extend_path(module.__path__, package)

    def public_names() -> list[str]:
        from ast import literal_eval

        names, _, _ = source.partition("\n__all__ = ")[2].partition("\n]")
        return list(literal_eval(f"{names}]"))

    def get(name: str) -> object:
        if name == "__all__":
            return vars(module).setdefault(name, public_names())
        # Tools ask any module for special names, which are never submodules.
        if not name.startswith("__"):
            try:
                return importlib.import_module(f"{package}.{name}")
            except ModuleNotFoundError as error:
                if error.name != f"{package}.{name}":
                    raise
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    def names() -> list[str]:
        ours = {"__getattr__", "__dir__", "_jsii"}
        return sorted({*vars(module), "__all__", *module.__all__} - ours)

    vars(module).update(__getattr__=get, __dir__=names)
