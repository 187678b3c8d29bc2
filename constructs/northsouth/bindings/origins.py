"""Remembers which attribute of which class a token stands for, at the moment it is read; asks Node nothing.

A token's text, ``${TfToken[TOKEN.15]}``, says nothing of its origin. Generated properties read it with ``jsii.get``,
which they find among their module's globals.
"""

from __future__ import annotations

import functools
from types import ModuleType

from northsouth.tokens import note_origin


def remember(module: ModuleType) -> None:
    """Have the properties of a generated module note what they read; leave any other module alone."""
    names = vars(module)
    found = names.get("jsii")
    if getattr(found, "__name__", "") == "jsii" and hasattr(found, "get"):
        names["jsii"] = _jsii()


@functools.cache
def _jsii() -> ModuleType:
    """Return a copy of the module `jsii` whose ``get`` notes the attribute of a token."""
    import jsii

    def get(instance: object, attribute: str) -> object:
        value = jsii.get(instance, attribute)
        if isinstance(value, str) and value.startswith("${TfToken["):
            note_origin(value, type(instance).__name__, attribute)
        return value

    copied = ModuleType("jsii", jsii.__doc__)
    vars(copied).update(vars(jsii), get=get)
    return copied
