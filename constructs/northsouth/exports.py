"""Lazy public names for a package's ``__init__``.

Constructs need cdktf, and importing cdktf starts Node.js. The pure modules beside them must stay importable without it
(the command line and tests of rules use them), so a package lists where each public name lives and imports it when it
is first asked for (PEP 562).
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping

from northsouth import bindings
from northsouth.arguments import check_public

_UNCHECKED: dict[str, set[str]] = {}
"""By module, the public names that do not check their arguments yet."""


def lazy(package: str, modules: Mapping[str, str]) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` for a package whose public names live in submodules.

    Args:
        package: the package's ``__name__``.
        modules: for each public name, the full name of the module that defines it.

    """
    for public, module in modules.items():
        _UNCHECKED.setdefault(module, set()).add(public)
    # What the package has imported itself, which is never asked for.
    here = sys.modules[package]
    own = f"{package}."
    check_public(
        here, [name for name, member in vars(here).items() if getattr(member, "__module__", "").startswith(own)]
    )

    def load(name: str) -> object:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = importlib.import_module(modules[name])
        _check_loaded()
        value = getattr(module, name)
        if isinstance(value, type) and any(base.__module__ == "constructs" for base in value.__mro__):
            bindings.claim_cdk()
        setattr(sys.modules[package], name, value)
        return value

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *modules})

    return load, names


def _check_loaded() -> None:
    """Have every public name check its arguments whose module is there; also those that only methods return."""
    for name in _UNCHECKED.keys() & sys.modules.keys():
        module = sys.modules[name]
        if _UNCHECKED[name] <= vars(module).keys():
            check_public(module, _UNCHECKED.pop(name))
