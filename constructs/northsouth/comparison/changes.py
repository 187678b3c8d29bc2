"""What becomes of each resource when one declared state takes the place of another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from northsouth.comparison import moves, renames, replacement
from northsouth.comparison.blocks import Block, Declared, read
from northsouth.comparison.difference import Difference, differences
from northsouth.template import Value


class Action(StrEnum):
    """What happens to a block; the most dangerous first, in which order they are told.

    ``DESTROYED``, ``REPLACED``, ``FORGOTTEN``, ``MOVED`` and ``CREATED`` are said of resources that Terraform manages;
    ``REMOVED`` and ``ADDED`` of all else: data sources, outputs, locals, variables, modules, providers, settings.
    """

    DESTROYED = "destroyed"
    REPLACED = "replaced"
    FORGOTTEN = "forgotten"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    CREATED = "created"
    ADDED = "added"


_ORDER = {action: place for place, action in enumerate(Action)}


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one block.

    Attributes:
        address: its address; the new one, if it was renamed or moved.
        action: what happens to it.
        differences: where its arguments differ. Empty for what is only on one side, and for a resource that is replaced
            only because another one is.
        previous: the address it had, if it was renamed or moved.
        forced_by: the arguments because of which it is replaced; empty for a renamed one.
        values: the arguments of a block that only one side has.

    """

    address: str
    action: Action
    differences: tuple[Difference, ...] = ()
    previous: str = ""
    forced_by: tuple[str, ...] = ()
    values: Value = None

    @property
    def destructive(self) -> bool:
        """True if something that exists is destroyed, also if another one takes its place."""
        return self.action in (Action.DESTROYED, Action.REPLACED)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All changes between two declared states: the most dangerous first, then by address. False if there are none."""

    changes: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changes)

    def __iter__(self) -> Iterator[Change]:
        return iter(self.changes)

    def __len__(self) -> int:
        return len(self.changes)

    @property
    def destructive(self) -> tuple[Change, ...]:
        """The changes that destroy something."""
        return tuple(change for change in self.changes if change.destructive)

    def of(self, *actions: Action) -> tuple[Change, ...]:
        """Return the changes of some kinds."""
        return tuple(change for change in self.changes if change.action in actions)

    def as_data(self) -> list[dict[str, object]]:
        """Return the changes as JSON values, for scripts; a key is left out where it says nothing."""
        return [_change_data(change) for change in self.changes]


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
    moved = {to: source for to in come for source in [moves.source(to, new.moves)] if source in gone}
    renamed = renames.find(old, new, gone - set(moved.values()), come - moved.keys())
    pairs = {address: address for address in old.blocks.keys() & new.blocks.keys()} | moved | renamed
    changes = [_both(old.blocks[source], moves.as_before(new.blocks[to], moved)) for to, source in pairs.items()]
    changes += [_gone(old.blocks[each], new) for each in gone - set(pairs.values())]
    done = {f"moved {source} {to}" for to, source in moved.items()}
    changes += [_come(new.blocks[each]) for each in come - pairs.keys() - done]
    found = {change.address: change for change in changes if change}
    for address in renamed:
        found[address] = replace(found[address], action=Action.REPLACED)
    for address, arguments in replacement.cascade(new, found, pairs).items():
        told = found.get(address, Change(address, Action.CHANGED))
        found[address] = replace(told, action=Action.REPLACED, forced_by=arguments)
    return Comparison(tuple(sorted(found.values(), key=lambda change: (_ORDER[change.action], change.address))))


def _both(before: Block, after: Block) -> Change | None:
    found = differences(before.values, after.values)
    if before.address == after.address:
        return Change(after.address, Action.CHANGED, found) if found else None
    return Change(after.address, Action.MOVED, found, previous=before.address)


def _gone(block: Block, new: Declared) -> Change:
    if block.resource is None:
        return Change(block.address, Action.REMOVED, values=block.values)
    forgotten = {block.address, block.address.partition("[")[0]} & new.forgotten
    return Change(block.address, Action.FORGOTTEN if forgotten else Action.DESTROYED, values=block.values)


def _come(block: Block) -> Change:
    return Change(block.address, Action.CREATED if block.resource else Action.ADDED, values=block.values)


def _change_data(change: Change) -> dict[str, object]:
    told: dict[str, object] = {"address": change.address, "action": change.action.value}
    if change.previous:
        told["previous"] = change.previous
    if change.forced_by:
        told["forced_by"] = list(change.forced_by)
    if change.differences:
        told["differences"] = [_difference_data(difference) for difference in change.differences]
    return told


def _difference_data(difference: Difference) -> dict[str, object]:
    told: dict[str, object] = {"path": difference.path}
    if difference.before is not None:
        told["before"] = thawed(difference.before)
    if difference.after is not None:
        told["after"] = thawed(difference.after)
    if difference.reordered:
        told["reordered"] = True
    return told


def thawed(value: Value) -> object:
    """Return a frozen value as plain dicts and lists."""
    if isinstance(value, Mapping):
        return {key: thawed(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [thawed(item) for item in value]
    return value
