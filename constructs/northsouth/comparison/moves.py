"""What ``moved`` blocks bring from one address to another, and references to it, which stay what they were."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace

from northsouth.comparison.blocks import Block
from northsouth.template import Reference, Value, references
from northsouth.template.model import bracketed


def between(gone: Collection[str], come: Collection[str], moves: Mapping[str, str]) -> dict[str, str]:
    """Return the old address of what is moved, by the new one.

    Beside ``moved`` blocks Terraform takes a resource that gets a ``count`` for its first instance, and the other way
    round. Source: the Terraform documentation, "Refactoring", "Enabling count or for_each For a Resource".

    Args:
        gone: the addresses that only the state before has.
        come: the addresses that only the state after has.
        moves: the ``moved`` blocks of the state after: old addresses by the new one.

    """
    moved = {to: origin for to in come if (origin := source(to, moves)) in gone}
    for to in come:
        origin = to.removesuffix("[0]") if to.endswith("[0]") else f"{to}[0]"
        if to not in moved and origin in gone and origin not in moved.values():
            moved[to] = origin
    return moved


def source(address: str, moves: Mapping[str, str]) -> str:
    """Return the address from which a ``moved`` block brings a resource; a block's brings its instances too."""
    if address in moves:
        return moves[address]
    block, bracket, index = address.partition("[")
    return f"{moves[block]}{bracket}{index}" if block in moves else ""


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
        for reference in references(value):
            address = _address(reference)
            if address in moved:
                value = moved[address].join(re.split(rf"(?<![\w.-]){re.escape(address)}(?![\w[-])", value))
    return value


def _address(reference: Reference) -> str:
    return reference.subject if reference.index is None else f"{reference.subject}{bracketed(reference.index)}"
