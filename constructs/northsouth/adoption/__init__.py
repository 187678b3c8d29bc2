"""Brings what exists to the addresses of a stack: finds it, and writes import blocks."""

from typing import TYPE_CHECKING

from northsouth import bindings
from northsouth.exports import lazy

bindings.install()

if TYPE_CHECKING:
    from northsouth.adoption.imports import Imports
    from northsouth.moves import moved_from

__all__ = ["Imports", "moved_from"]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "Imports": "northsouth.adoption.imports",
        "moved_from": "northsouth.moves",
    },
)
