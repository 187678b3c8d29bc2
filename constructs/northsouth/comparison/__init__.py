"""Compares two declared states: what a change of the code destroys, replaces, changes and adds; pure.

::

    from northsouth.comparison import compare, declared_state, render

    comparison = compare(declared_state(before), declared_state(after))
    print(render(comparison))
    if comparison.destructive:
        print("something would be destroyed")

A document says what is declared, not what exists. Two things that only a plan knows are therefore approximations here,
and both err towards telling: which attributes force a replacement is a table of the resource types that northsouth
declares (`replacement`), and a resource that left one address and came back at another with the same content is called
renamed.
"""

from northsouth.comparison.changes import Action, Change, Comparison, compare
from northsouth.comparison.declared import declared_state
from northsouth.comparison.difference import Difference, differences
from northsouth.comparison.rendering import render
from northsouth.comparison.replacement import FORCES_REPLACEMENT

__all__ = [
    "FORCES_REPLACEMENT",
    "Action",
    "Change",
    "Comparison",
    "Difference",
    "compare",
    "declared_state",
    "differences",
    "render",
]
