"""Lets a plan decide what a comparison of declarations can only suspect; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from northsouth.comparison.changes import Action, Change, Comparison, ordered
from northsouth.comparison.column_types import unreadable_columns
from northsouth.comparison.difference import SENSITIVE, differences, masked
from northsouth.template import Deed, Plan, PlannedChange
from northsouth.template.model import freeze, object_address

_ACTIONS = {
    Deed.CREATE: Action.CREATED,
    Deed.REPLACE: Action.REPLACED,
    Deed.DELETE: Action.DESTROYED,
    Deed.FORGET: Action.FORGOTTEN,
    Deed.MOVE: Action.MOVED,
    Deed.IMPORT: Action.IMPORTED,
}
KNOWN_AFTER_APPLY = "(known after apply)"
"""Stands for a value that only Terraform will know."""
_STAYS = frozenset({Deed.UPDATE, Deed.NOTHING})


def decided(comparison: Comparison, plan: Plan) -> Comparison:
    """Return a comparison in which a plan says what happens to each resource.

    What the plan destroys or replaces is reported also where the declarations do not differ: its values may depend on
    something that does, or what exists is not what was declared before. Values that the plan marks as sensitive are
    masked.

    Args:
        comparison: what differs between the declared states.
        plan: the plan of the state after.

    """
    entries = {change.key: change for change in plan.changes}
    changes = {
        change.address: _decided(change, entries[change.address, ""]) if (change.address, "") in entries else change
        for change in comparison
    }
    replaced = {change.previous for change in changes.values() if change.action is Action.REPLACED and change.renamed}
    for change in _planned(plan):
        if change.address not in changes and change.address not in replaced:
            changes[change.address] = change
    return replace(comparison, changes=ordered(changes))


def planned(plan: Plan) -> Comparison:
    """Return what a plan does, as a comparison of the state before it and the state after it.

    Values that the plan marks as sensitive are masked.
    """
    changes: dict[str, Change] = {}
    for entry in plan.changes:
        address = object_address(entry.address, entry.deposed)
        if entry.deposed:
            changes[address] = Change(address, Action.DEPOSED)
        elif entry.deed is not Deed.NOTHING:
            changes[address] = _of_entry(entry)
    return Comparison(ordered(changes))


def _of_entry(entry: PlannedChange) -> Change:
    if entry.deed in (Deed.CREATE, Deed.DELETE, Deed.FORGET):
        values = entry.after if entry.deed is Deed.CREATE else entry.before
        visible = {name: SENSITIVE if name in entry.sensitive else value for name, value in values.items()}
        return Change(entry.address, _ACTIONS[entry.deed], values=freeze(visible, entry.address))
    after = {**entry.after, **dict.fromkeys(entry.unknown, KNOWN_AFTER_APPLY)}
    places = masked(differences(entry.before, after), entry.sensitive)
    columns = _unreadable(entry)
    action = Action.UNREADABLE if columns else _ACTIONS.get(entry.deed, Action.CHANGED)
    return Change(entry.address, action, places, previous=entry.previous, forced_by=entry.forced_by, unreadable=columns)


def _unreadable(entry: PlannedChange) -> tuple[str, ...]:
    return unreadable_columns(entry.address, entry.before, entry.after) if entry.deed is Deed.UPDATE else ()


def _decided(change: Change, entry: PlannedChange) -> Change:
    visible = masked(change.differences, entry.sensitive)
    if change.renamed and entry.deed is Deed.CREATE:  # the plan destroys what is at the old address
        return replace(change, differences=visible)
    if entry.deed in _STAYS:
        action = Action.UNREADABLE if change.unreadable else Action.MOVED if change.previous else Action.CHANGED
        return replace(change, action=action, differences=visible, forced_by=(), renamed=False)
    forced = entry.forced_by if entry.deed is Deed.REPLACE else ()
    return replace(change, action=_ACTIONS[entry.deed], differences=visible, forced_by=forced)


def _planned(plan: Plan) -> Iterator[Change]:
    """Yield what a plan destroys, replaces, makes unreadable or finds left behind."""
    for entry in plan.changes:
        address = object_address(entry.address, entry.deposed)
        if entry.deposed:
            yield Change(address, Action.DEPOSED)
        elif entry.deed in (Deed.DELETE, Deed.REPLACE):
            yield Change(address, _ACTIONS[entry.deed], forced_by=entry.forced_by, planned=True)
        elif _unreadable(entry):
            yield replace(_of_entry(entry), planned=True)
