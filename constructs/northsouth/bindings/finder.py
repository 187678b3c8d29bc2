"""The Python half: a meta path finder that swaps the loader of two modules of each provider package.

Of ``cdktf_cdktf_provider_aws`` it is the root, which gets PEP 562 functions in place of 2,139 imports, and ``_jsii``,
around whose execution the Node half (`northsouth.bindings.kernel`) is prepared. The other finders are asked where these
modules are, so zipped, editable and namespace installs work as ever, and the module gets its real loader back before
anything runs: afterwards ``__file__``, ``__path__``, ``__loader__``, ``__spec__`` and resources are the stock ones.
"""

from __future__ import annotations

import ast
import importlib
import re
import sys
import threading
from collections.abc import Sequence
from importlib.abc import InspectLoader, Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pkgutil import extend_path
from types import ModuleType

from northsouth.bindings import kernel
from northsouth.bindings.kernel import logger

_PREFIXES = ("cdktf_cdktf_provider_", "cdktn_provider_")

_DOCSTRING = re.compile(r"r?'''(.*?)'''", re.DOTALL)
_PUBLIC_NAMES = re.compile(r"^__all__ = (\[.*?^\])$", re.DOTALL | re.MULTILINE)


class ProviderFinder(MetaPathFinder):
    """Finds the root and the ``_jsii`` module of provider packages; leaves every other import alone."""

    def __init__(self, steps: frozenset[str]) -> None:
        self._steps = steps
        self._asking = threading.local()
        self._loading = threading.RLock()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec that the other finders give, with its loader wrapped."""
        if not fullname.startswith(_PREFIXES):
            return None
        _, _, submodule = fullname.partition(".")
        if submodule not in {"", "_jsii"} or (not submodule and "python" not in self._steps):
            return None
        spec = self._stock_spec(fullname, path, target)
        if spec is None or spec.loader is None:
            return spec
        if submodule:
            spec.loader = _AssemblyLoader(spec.loader, self._steps, self._loading)
        else:
            spec.loader = _RootLoader(spec.loader)
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


class _SwappedLoader(Loader):
    """Stands in for a module's real loader until the module is executed, then takes itself out."""

    def __init__(self, real: Loader) -> None:
        self._real = real

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._real.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._real
        if module.__spec__ is not None:
            module.__spec__.loader = self._real

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)


class _RootLoader(_SwappedLoader):
    """Brings a provider's root package into being without importing its submodules."""

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        source = _source(self._real, module.__name__)
        if source is None or not _imports_everything(source):
            logger.debug("%s is not an eager root package: imported the stock way", module.__name__)
            self._real.exec_module(module)
        else:
            _make_lazy(module, source)


class _AssemblyLoader(_SwappedLoader):
    """Executes ``<provider>._jsii``, which has Node load the provider, with the Node half prepared before."""

    def __init__(self, real: Loader, steps: frozenset[str], loading: threading.RLock) -> None:
        super().__init__(real)
        self._steps = steps
        self._loading = loading

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        root, _, _ = module.__name__.partition(".")
        kernel.start(root)
        # One conversation with Node at a time: two providers may be imported by two threads.
        with self._loading:
            kernel.load_hook(self._steps)
            self._real.exec_module(module)
            kernel.report()
        if "types" in self._steps:
            kernel.resolve_types(root)


def _source(loader: Loader, name: str) -> str | None:
    try:
        return loader.get_source(name) if isinstance(loader, InspectLoader) else None
    except (ImportError, OSError):
        return None


def _imports_everything(source: str) -> bool:
    """Whether a root package does nothing but import its submodules, as jsii generates it for a prebuilt provider.

    One that defines classes of its own, or is lazy already (``cdktn``), is not for this module to replace.
    """
    functions = source.count("\ndef ") - source.count("\ndef check_type(")
    return "\nfrom . import " in source and "\nclass " not in source and not functions and "\n__all__ = [" in source


def _make_lazy(module: ModuleType, source: str) -> None:
    """Fill ``module`` with what its ``__init__`` would, submodules excepted: those come when first used."""
    package = module.__name__
    docstring = _DOCSTRING.match(source)
    if docstring:
        module.__doc__ = docstring[1]
    # The first statement of every generated `__init__`.
    module.__path__ = extend_path(module.__path__, package)

    def public_names() -> list[str]:
        found = _PUBLIC_NAMES.search(source)
        return list(ast.literal_eval(found[1])) if found else []

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
