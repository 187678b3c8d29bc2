"""Where a construct is: asked of Node once for each scope, because every question is a round trip."""

from __future__ import annotations

from weakref import ReferenceType, WeakKeyDictionary, ref

from cdktf import TerraformStack
from constructs import Construct

# A stack's attributes lead back to the scopes below it: held strongly, neither would ever be freed.
_stacks: WeakKeyDictionary[Construct, ReferenceType[TerraformStack]] = WeakKeyDictionary()
_paths: WeakKeyDictionary[Construct, str] = WeakKeyDictionary()


def stack_of(construct: Construct) -> TerraformStack:
    """Return the stack that a construct belongs to."""
    known = _stacks.get(construct)
    stack = known() if known else None
    if stack is None:
        stack = TerraformStack.of(construct)
        _stacks[construct] = ref(stack)
    return stack


def path_of(construct: Construct) -> str:
    """Return a construct's path, ``edge/nat``; that of the app is empty."""
    path = _paths.get(construct)
    if path is None:
        path = construct.node.path
        _paths[construct] = path
    return path


def child_path(scope: Construct, id: str) -> str:
    """Return the path of the construct that is or will be ``id`` within ``scope``."""
    # As constructs itself writes ids into paths.
    own = id.replace("/", "--")
    above = path_of(scope)
    return f"{above}/{own}" if above else own
