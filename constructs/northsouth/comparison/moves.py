"""What ``moved`` blocks bring from one address to another, and references to it, which stay what they were."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

from northsouth.comparison.blocks import Block
from northsouth.template import Reference, Value, references
from northsouth.template.model import bracketed


def between(old: AbstractSet[str], new: AbstractSet[str], moves: Mapping[str, str]) -> dict[str, str]:
    """Return the old address of what is moved, by the new one.

    Terraform follows a chain of ``moved`` blocks to its end. A chain stops at an address that is taken. Beside these
    blocks Terraform takes a resource that gets a ``count`` for its first instance, and the other way round. Sources:
    the Terraform documentation, "Refactoring", "Enabling count or for_each For a Resource" and "Removing moved Blocks".

    Args:
        old: the addresses of the state before.
        new: the addresses of the state after.
        moves: the ``moved`` blocks of the state after: old addresses by the new one.

    """
    gone, come = old - new, new - old
    onward = {origin: to for to, origin in moves.items()}
    moved = {to: origin for origin in gone if (to := _end(origin, onward, old)) in come}
    for to in come:
        origin = to.removesuffix("[0]") if to.endswith("[0]") else f"{to}[0]"
        if to not in moved and origin in gone and origin not in moved.values():
            moved[to] = origin
    return moved


def _end(address: str, onward: Mapping[str, str], taken: AbstractSet[str]) -> str:
    """Return where ``moved`` blocks bring a resource; a block's brings its instances too."""
    for _ in onward:  # no chain is longer
        block, bracket, index = address.partition("[")
        if address in onward:
            address = onward[address]
        elif block in onward:
            address = f"{onward[block]}{bracket}{index}"
        else:
            break
        if address in taken:
            break
    return address


def as_before(block: Block, moved: Mapping[str, str]) -> Block:
    """Return a block with references to what was moved written as they were before.

    Args:
        block: a block of the new state.
        moved: the old address of each resource that was moved, by the new one.

    """
    return replace(block, values=_as_before(block.values, moved)) if moved else block


def _as_before(value: Value, moved: Mapping[str, str]) -> Value:
    if isinstance(value, Mapping):
        return {key: _as_before(item, moved) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(_as_before(item, moved) for item in value)
    if isinstance(value, str):
        former = {name: moved[name] for name in map(_address, references(value)) if name in moved}
        if former:
            names = "|".join(map(re.escape, former))
            return re.sub(rf"(?<![\w.-])({names})(?![\w[-])", lambda name: former[name[1]], value)
    return value


def _address(reference: Reference) -> str:
    return reference.subject if reference.index is None else f"{reference.subject}{bracketed(reference.index)}"
