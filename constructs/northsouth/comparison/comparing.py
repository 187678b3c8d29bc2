"""Finds what becomes of each block when one declared state takes the place of another."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from northsouth.comparison import moves, renames, replacement
from northsouth.comparison.blocks import Block, Declared, read
from northsouth.comparison.changes import Action, Change, Comparison, ordered
from northsouth.comparison.column_types import unreadable_columns
from northsouth.comparison.difference import differences


def compare(before: Mapping[str, object], after: Mapping[str, object]) -> Comparison:
    """Return what changes when ``after`` is declared in place of ``before``.

    Both are taken as they are: pass them through `declared_state` to leave out what says nothing of what is declared.

    Args:
        before: a decoded ``cdk.tf.json``.
        after: another one.

    Raises:
        TemplateError: if either is not the JSON of a Terraform configuration.

    """
    old, new = read(before, "before"), read(after, "after")
    gone = old.blocks.keys() - new.blocks.keys()
    come = new.blocks.keys() - old.blocks.keys()
    moved = moves.between(old.blocks.keys(), new.blocks.keys(), new.moves)
    renamed = renames.find(old, new, gone - set(moved.values()), come - moved.keys() - new.imports.keys())
    pairs = {address: address for address in old.blocks.keys() & new.blocks.keys()} | moved | renamed
    lost, arrived = gone - set(pairs.values()), come - pairs.keys()
    changes = {
        change.address: change
        for to, source in pairs.items()
        if (change := _change_of(old.blocks[source], moves.as_before(new.blocks[to], moved)))
    }
    for address in renamed:
        changes[address] = replace(changes[address], action=Action.REPLACED, renamed=True)
    changes |= {key: _gone(old.blocks[key], new) for key in lost}
    changes |= {key: _come(new.blocks[key], new) for key in arrived - _carried_out(moved, arrived)}
    alike = _hint(changes, renames.alike(old, new, lost, arrived))
    _force(changes, new, pairs)
    suggested = renames.moved_blocks(old, new, alike | {source: to for to, source in renamed.items()})
    return Comparison(ordered(changes), renames=suggested)


def _change_of(before: Block, after: Block) -> Change | None:
    places = differences(before.values, after.values)
    moved = before.address != after.address
    if not places and not moved:
        return None
    columns = unreadable_columns(after.address, before.values, after.values)
    action = Action.UNREADABLE if columns else Action.MOVED if moved else Action.CHANGED
    return Change(after.address, action, places, previous=before.address if moved else "", unreadable=columns)


def _gone(block: Block, new: Declared) -> Change:
    if block.resource is None and not block.module:
        return Change(block.address, Action.REMOVED, values=block.values)
    forgotten = {block.address, block.address.partition("[")[0]} & new.forgotten
    return Change(block.address, Action.FORGOTTEN if forgotten else Action.DESTROYED, values=block.values)


def _come(block: Block, new: Declared) -> Change:
    if block.address in new.imports:
        return Change(block.address, Action.IMPORTED, values=block.values, import_id=new.imports[block.address])
    created = block.resource is not None or block.module
    return Change(block.address, Action.CREATED if created else Action.ADDED, values=block.values)


def _carried_out(moved: Mapping[str, str], arrived: Collection[str]) -> set[str]:
    """Return the addresses of the ``moved`` and ``import`` blocks whose effect is reported."""
    blocks = [(source.partition("[")[0], to.partition("[")[0]) for to, source in moved.items()]
    moves = {f"moved {source} {to}" for source, to in (*blocks, *((source, to) for to, source in moved.items()))}
    return moves | {f"import {to}" for to in arrived}


def _hint(changes: dict[str, Change], alike: Mapping[str, str]) -> dict[str, str]:
    """Say of what is destroyed which created resource looks like it, and return those pairs."""
    hints = {
        source: to
        for source, to in alike.items()
        if changes[source].action is Action.DESTROYED and changes[to].action is Action.CREATED
    }
    for source, to in hints.items():
        changes[source] = replace(changes[source], resembles=to)
        changes[to] = replace(changes[to], resembles=source)
    return hints


def _force(changes: dict[str, Change], new: Declared, addresses: Collection[str]) -> None:
    """Tell what is replaced, and what may be, from what is changed in place."""
    for address, forced in replacement.cascade(new, changes, addresses).items():
        change = changes.get(address, Change(address, Action.CHANGED))
        if change.renamed or forced.certain:
            changes[address] = replace(change, action=Action.REPLACED, forced_by=forced.certain)
        else:
            changes[address] = replace(change, action=Action.MAY_REPLACE, forced_by=forced.possible)
