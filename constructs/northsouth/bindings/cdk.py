"""Which CDK answers to the name ``cdktf``: HashiCorp's own, or its continuation ``cdktn``.

Northsouth's constructs are written against ``cdktf`` and ``cdktf_cdktf_provider_aws``. In a process that uses
``cdktn``, a meta path finder imports the modules of ``cdktn`` and ``cdktn_provider_aws`` under these names, and does
the same for every other prebuilt provider. Each class exists once under both names, so a program's own stacks may use
either name.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from importlib.machinery import ModuleSpec
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.abc import Loader
    from types import ModuleType

CDK = "NORTHSOUTH_CDK"
"""Environment variable that chooses the CDK, read when ``northsouth.bindings`` is first imported.

``cdktf`` or ``cdktn``. Unset or empty: ``cdktf``, unless ``cdktn`` alone is installed.
"""

_CHOICES = ("cdktf", "cdktn")
_OLD, _NEW = "cdktf_cdktf_provider_", "cdktn_provider_"
_MIXED = (
    "This program imports cdktn, and northsouth's constructs use cdktf: a construct of one has no place in a stack of "
    f"the other. Set {CDK}=cdktn before northsouth is imported, and they use cdktn; or import cdktf instead."
)


def chosen(value: str) -> str | None:
    """Return the CDK that the variable's ``value`` names, or ``None`` if the installed packages decide.

    Raises:
        ImportError: the value is neither CDK, or names ``cdktn`` where ``cdktf`` has been imported already.

    """
    if value not in {"", *_CHOICES}:
        raise ImportError(f"{CDK} is {value!r}; it may be 'cdktf' or 'cdktn'.")
    if value == "cdktn" and "cdktf" in sys.modules:
        raise ImportError(
            f"{CDK} is 'cdktn', but this program imported cdktf before northsouth, so its classes are HashiCorp's. "
            "Import northsouth.bindings first, or import cdktn."
        )
    return value or None


class CdkFinder:
    """Imports the modules of ``cdktn…`` under the names ``cdktf…`` in a process that uses cdktn; else finds nothing."""

    def __init__(self, choice: str | None) -> None:
        self._choice = choice
        self._claimed = False

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec of an alias, ``None`` where the name is not one.

        Raises:
            ModuleNotFoundError: what the name stands for is not installed; says what to install.

        """
        del path, target
        if not fullname.startswith("cdkt"):
            return None
        if fullname == "cdktn" and self._claimed and self._choice == "cdktf":
            return ModuleSpec(fullname, cast("Loader", _RefusingLoader()), is_package=True)
        real = _renamed(fullname)
        if real is None or self._decide() == "cdktf":
            return None
        if importlib.util.find_spec(real) is None:
            if "." in fullname:
                return None
            raise ModuleNotFoundError(
                f"No module named {real!r}, which is what {fullname!r} means while the CDK is cdktn (see {CDK}). "
                f"Install it: pip install {real.replace('_', '-')}",
                name=fullname,
            )
        return ModuleSpec(fullname, cast("Loader", _AliasLoader(real)), is_package="." not in fullname)

    def claim(self) -> None:
        """Hold the program to the CDK that northsouth's constructs stand on, now that one of them was imported.

        Raises:
            ImportError: they stand on ``cdktf``, and the program uses ``cdktn`` besides.

        """
        if "cdktf" not in sys.modules:
            return
        self._choice = sys.modules["cdktf"].__name__
        self._claimed = True
        if self._choice == "cdktf" and "cdktn" in sys.modules:
            raise ImportError(_MIXED)

    def _decide(self) -> str:
        if self._choice is None:
            others = [finder for finder in sys.meta_path if finder is not self and hasattr(finder, "find_spec")]

            def installed(name: str) -> bool:
                return name in sys.modules or any(finder.find_spec(name, None) for finder in others)

            self._choice = "cdktn" if not installed("cdktf") and installed("cdktn") else "cdktf"
        return self._choice


class _AliasLoader:
    """Gives a second name to a module that another one has."""

    def __init__(self, real: str) -> None:
        self._real = real
        self._spec: ModuleSpec | None = None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        del spec
        module = importlib.import_module(self._real)
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        # The import system has just given it the alias's.
        module.__spec__ = self._spec


class _RefusingLoader:
    """Keeps a second CDK out of a program that uses northsouth's constructs."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        raise ImportError(_MIXED, name=spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Never comes to it."""


def _renamed(fullname: str) -> str | None:
    """Return what ``cdktn`` calls a module of ``cdktf`` or of one of its prebuilt providers."""
    top, dot, rest = fullname.partition(".")
    if top == "cdktf":
        return f"cdktn{dot}{rest}"
    if top.startswith(_OLD):
        return f"{_NEW}{top.removeprefix(_OLD)}{dot}{rest}"
    return None
