"""Compares two declared states: what a change of the code destroys, replaces, changes and adds; pure.

::

    from northsouth.comparison import compare, declared_state, render

    comparison = compare(declared_state(before), declared_state(after))
    print(render(comparison))
    if comparison.destructive:
        print("something would be destroyed")

A document says what is declared, not what exists. Only a plan knows two things, and here both are approximations:

- Which arguments force a replacement. A table holds them for the resource types that northsouth declares
  (`replacement`). A change of another type, and a value that is not known, *may* replace. `decided` lets a plan decide.
- Whether a resource was renamed. One that left an address and came back at another with the same content is called so.
"""

from northsouth.comparison.by_plan import decided, planned
from northsouth.comparison.changes import Action, Change, Comparison, in_place
from northsouth.comparison.comparing import compare
from northsouth.comparison.difference import Difference, differences
from northsouth.comparison.normalized import declared_state
from northsouth.comparison.rendering import render
from northsouth.comparison.replacement import FORCES_REPLACEMENT

__all__ = [
    "FORCES_REPLACEMENT",
    "Action",
    "Change",
    "Comparison",
    "Difference",
    "compare",
    "decided",
    "declared_state",
    "differences",
    "in_place",
    "planned",
    "render",
]
