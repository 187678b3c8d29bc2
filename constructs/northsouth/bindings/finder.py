"""The Python half: a meta path finder that swaps the loaders of what is generated, and of two modules of jsii.

Of ``cdktf_cdktf_provider_aws`` it is the root, which gets PEP 562 functions in place of 2,139 imports, and ``_jsii``,
around whose execution the Node half (`northsouth.bindings.kernel`) is prepared. A generated module gets other type
checks (`northsouth.bindings.checks`), jsii another start of its kernel (`northsouth.bindings.relay`). The other finders
are asked where these modules are, so zipped, editable and namespace installs work as ever, and the module gets its real
loader back before anything runs: afterwards ``__file__``, ``__path__``, ``__loader__``, ``__spec__`` and resources are
the stock ones.
Only ``_private``, where jsii hides what a generated ``__init__`` itself imports, is missing from a root made lazy.
"""

from __future__ import annotations

import importlib
import sys
import threading
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec
    from types import ModuleType

# Imported by every part of northsouth, also where no provider is: what only a provider needs is imported when it comes.

_JSII = "jsii"
_KERNEL = "jsii._kernel.providers.process"
_LIBRARIES = frozenset({"constructs", "cdktf", "cdktn"})
_PREFIXES = ("cdktf_cdktf_provider_", "cdktn_provider_")


class ProviderFinder:
    """Finds provider packages, the CDK's libraries and jsii; leaves every other import alone."""

    def __init__(self, steps: frozenset[str]) -> None:
        self._steps = steps
        self._asking = threading.local()
        self._loading = threading.RLock()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec that the other finders give, with its loader wrapped."""
        swapped = self._swapped(fullname)
        if swapped is None:
            return None
        spec = self._stock_spec(fullname, path, target)
        # A second name of a module has none, and that module has been swapped by its first.
        if spec is not None and spec.loader is not None and spec.has_location:
            spec.loader = cast("Loader", swapped(spec.loader))
        return spec

    def _swapped(self, fullname: str) -> Callable[[Loader], _SwappedLoader] | None:
        """Return what makes a loader for a module from its real one, ``None`` where that may stay."""
        if fullname in {_JSII, _KERNEL}:
            loader = _JsiiLoader if fullname == _JSII else _KernelLoader
            return loader if "relay" in self._steps else None
        if fullname in _LIBRARIES:
            return _GeneratedLoader if "checks" in self._steps else None
        if not fullname.startswith(_PREFIXES):
            return None
        _, _, submodule = fullname.partition(".")
        if submodule == "_jsii":
            return lambda real: _AssemblyLoader(real, self._steps, self._loading)
        if submodule:
            return _GeneratedLoader if "checks" in self._steps else None
        return _RootLoader if "python" in self._steps else None

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


class _SwappedLoader:
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


class _JsiiLoader(_SwappedLoader):
    """Executes jsii while Node starts."""

    def exec_module(self, module: ModuleType) -> None:
        from northsouth.bindings import relay

        super().exec_module(module)
        relay.begin()
        self._real.exec_module(module)


class _KernelLoader(_SwappedLoader):
    """Executes jsii's module that starts the kernel, and spares that its relay."""

    def exec_module(self, module: ModuleType) -> None:
        from northsouth.bindings import relay

        super().exec_module(module)
        self._real.exec_module(module)
        relay.spare(module)


class _GeneratedLoader(_SwappedLoader):
    """Executes a module with generated constructors, and has them remember what they checked."""

    def exec_module(self, module: ModuleType) -> None:
        from northsouth.bindings import checks

        super().exec_module(module)
        self._real.exec_module(module)
        checks.remember(module)


class _RootLoader(_SwappedLoader):
    """Brings a provider's root package into being without importing its submodules."""

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        source = _source(self._real, module.__name__)
        if _imports_everything(source):
            _make_lazy(module, source)
            return
        if "\ndef __getattr__" not in source:
            from northsouth.bindings.kernel import logger

            logger.debug("%s does more than import submodules: it is imported the stock way", module.__name__)
        self._real.exec_module(module)


class _AssemblyLoader(_SwappedLoader):
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
