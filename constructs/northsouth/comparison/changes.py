"""The changes from one declared state to another, block by block, as values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from northsouth.comparison.difference import Difference
from northsouth.template import Value


class Action(StrEnum):
    """What happens to a block, in the order of reports: the most dangerous first.

    ``REMOVED`` and ``ADDED`` are for blocks that are not resources: data sources, outputs, locals, variables,
    providers, settings. All others are for resources that Terraform manages, and for calls of modules.
    """

    DESTROYED = "destroyed"
    REPLACED = "replaced"
    UNREADABLE = "unreadable"
    """Changed in place, but rows that are stored can no longer be read (`column_types`)."""
    MAY_REPLACE = "may-replace"
    """Destroyed and created again, or changed in place: the table does not hold its type, or a value is not known."""
    DEPOSED = "deposed"
    """A plan says it: a failed ``create_before_destroy`` left the object behind, and the next apply destroys it."""
    FORGOTTEN = "forgotten"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    IMPORTED = "imported"
    CREATED = "created"
    ADDED = "added"


ActionName = Literal[
    "destroyed", "replaced", "unreadable", "may-replace", "deposed", "forgotten", "removed",
    "changed", "moved", "imported", "created", "added",
]  # fmt: skip
"""The word of an :class:`Action`, which stands for it."""

REMAKING = frozenset({Action.DESTROYED, Action.REPLACED})
"""The object that exists is destroyed, also if another one takes its place."""
_DESTRUCTIVE = REMAKING | {Action.UNREADABLE}


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one block.

    Attributes:
        address: its address; the new one, if it was renamed or moved.
        action: what happens to it.
        differences: where its arguments differ. Empty for what is only on one side, and for a resource that is replaced
            only because another one is.
        previous: the address it had, if it was renamed or moved.
        forced_by: the arguments because of which it is, or may be, replaced; empty for a renamed one.
        values: the arguments of a block that only one side has.
        renamed: True if it left ``previous`` without a ``moved`` block, which destroys it.
        resembles: of a destroyed resource the created one that it may have become, and the other way round.
        import_id: the id of the object that an ``import`` block brings to the address.
        planned: True if a plan says it, and the declared states do not.
        unreadable: of a Glue table the columns whose stored values can no longer be read.

    """

    address: str
    action: Action
    differences: tuple[Difference, ...] = ()
    previous: str = ""
    forced_by: tuple[str, ...] = ()
    values: Value = None
    renamed: bool = False
    resembles: str = ""
    import_id: str = ""
    planned: bool = False
    unreadable: tuple[str, ...] = ()

    @property
    def destructive(self) -> bool:
        """True if something that exists is certainly destroyed, or stored rows certainly become unreadable."""
        return self.action in _DESTRUCTIVE


@dataclass(frozen=True, slots=True)
class Comparison:
    """All changes between two declared states: the most dangerous first, then by address. False if there are none.

    Attributes:
        changes: the changes.
        left_out: changes that are not reported, because only some were asked for.
        renames: the ``moved`` blocks that would keep what looks renamed, each as old and new address.

    """

    changes: tuple[Change, ...] = ()
    left_out: tuple[Change, ...] = ()
    renames: tuple[tuple[str, str], ...] = ()

    @property
    def moved_blocks(self) -> list[dict[str, str]]:
        """``renames`` in the form of Terraform's JSON."""
        return [{"from": source, "to": to} for source, to in self.renames]

    def __bool__(self) -> bool:
        return bool(self.changes)

    def __iter__(self) -> Iterator[Change]:
        return iter(self.changes)

    def __len__(self) -> int:
        return len(self.changes)

    @property
    def destructive(self) -> tuple[Change, ...]:
        """The changes that certainly destroy something, or make it unreadable."""
        return tuple(change for change in self.changes if change.destructive)

    @property
    def possible(self) -> tuple[Change, ...]:
        """The changes that may destroy something."""
        return self.of(Action.MAY_REPLACE)

    def of(self, *actions: Action | ActionName) -> tuple[Change, ...]:
        """Return the changes of some kinds."""
        return tuple(change for change in self.changes if change.action in actions)

    def only(self, *actions: Action | ActionName) -> Comparison:
        """Return the changes of some kinds; the others are left out."""
        left_out = tuple(change for change in self.changes if change.action not in actions)
        return replace(self, changes=self.of(*actions), left_out=(*self.left_out, *left_out))

    def as_data(self) -> list[dict[str, object]]:
        """Return the changes as JSON values, for scripts; a key is left out where it says nothing."""
        return [_change_data(change) for change in self.changes]


ORDER = {action: place for place, action in enumerate(Action)}
"""The place of each action in a report."""


def ordered(changes: Mapping[str, Change]) -> tuple[Change, ...]:
    """Return changes in the order of a report."""
    return tuple(sorted(changes.values(), key=lambda change: (ORDER[change.action], change.address)))


def in_place(comparison: Comparison) -> Comparison:
    """Return a comparison in which what may be replaced is taken as changed in place."""
    certain = [change for change in comparison if change.action is not Action.MAY_REPLACE]
    # What only refers to something else does not change by itself.
    possible = [
        replace(change, action=Action.MOVED if change.previous else Action.CHANGED, forced_by=())
        for change in comparison.possible
        if change.differences or change.previous
    ]
    return replace(comparison, changes=ordered({change.address: change for change in (*certain, *possible)}))


def _change_data(change: Change) -> dict[str, object]:
    data: dict[str, object] = {"address": change.address, "action": change.action.value}
    for key in ("previous", "resembles", "import_id"):
        if value := getattr(change, key):
            data[key] = value
    if change.forced_by:
        data["forced_by"] = list(change.forced_by)
    if change.unreadable:
        data["unreadable"] = list(change.unreadable)
    if change.differences:
        data["differences"] = [_difference_data(difference) for difference in change.differences]
    return data


def _difference_data(difference: Difference) -> dict[str, object]:
    data: dict[str, object] = {"path": difference.path}
    if difference.before is not None:
        data["before"] = thawed(difference.before)
    if difference.after is not None:
        data["after"] = thawed(difference.after)
    if difference.reordered:
        data["reordered"] = True
    return data


def thawed(value: Value) -> object:
    """Return a frozen value as plain dicts and lists."""
    if isinstance(value, Mapping):
        return {key: thawed(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [thawed(item) for item in value]
    return value
