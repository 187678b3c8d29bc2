"""What a plan does with each object: the entries of ``resource_changes`` and ``resource_drift``; pure.

One address may have several entries: its resource, and one for each deposed object that a failed
``create_before_destroy`` left behind (``deposed``). Source: the Terraform documentation, "JSON Output Format", "Plan
Representation".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from northsouth.template.model import EMPTY, TemplateError, Value
from northsouth.template.streaming import Node


class Deed(StrEnum):
    """What a deploy would do."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    MOVE = "move"
    IMPORT = "import"
    FORGET = "forget"
    NOTHING = "nothing"


_DEEDS = {
    ("create",): Deed.CREATE,
    ("update",): Deed.UPDATE,
    ("delete",): Deed.DELETE,
    ("forget",): Deed.FORGET,
    ("delete", "create"): Deed.REPLACE,
    ("create", "delete"): Deed.REPLACE,
    ("create", "forget"): Deed.REPLACE,
}


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """One entry of ``resource_changes`` or ``resource_drift``.

    Attributes:
        address: the address of the resource.
        deposed: the key of the deposed object that it is about; empty for the resource itself.
        deed: what is done with it.
        before: its values before; empty if there are none, or if nothing is done.
        after: its values after, as far as they are known; empty likewise.
        unknown: the attributes that are, in whole or part, known only after apply.
        forced_by: the attributes because of which it is replaced.
        reason: Terraform's ``action_reason``.
        previous: the address it had, if it is moved.
        sensitive: the attributes that hold a value marked as sensitive.

    """

    address: str
    deposed: str
    deed: Deed
    before: Mapping[str, Value]
    after: Mapping[str, Value]
    unknown: frozenset[str] = frozenset()
    forced_by: tuple[str, ...] = ()
    reason: str = ""
    previous: str = ""
    sensitive: frozenset[str] = frozenset()

    @property
    def key(self) -> tuple[str, str]:
        """Its identity: address and deposed key."""
        return self.address, self.deposed


def planned_changes(node: Node, where: str, source: str) -> Iterator[PlannedChange]:
    """Yield the entries for resources that Terraform manages.

    Args:
        node: the array.
        where: its key in the plan.
        source: the plan's name, for messages.

    Raises:
        TemplateError: if it is not of the documented shape.

    """
    for position, element in enumerate(node.elements()):
        entry = element.value()
        if not isinstance(entry, Mapping):
            raise TemplateError(f"{source}: {where}[{position}] is not an object")
        address, change = entry.get("address"), entry.get("change")
        if not isinstance(address, str):
            raise TemplateError(f"{source}: {where}[{position}] has no address")
        actions = change.get("actions") if isinstance(change, Mapping) else None
        if not isinstance(change, Mapping) or not isinstance(actions, list | tuple):
            raise TemplateError(f"{source}: {where}[{position}] ({address}) has no change with actions")
        if entry.get("mode") == "managed":
            yield _change(element, entry, change, address, tuple(map(str, actions)))


def _change(
    element: Node, entry: Mapping[str, object], change: Mapping[str, object], address: str, actions: tuple[str, ...]
) -> PlannedChange:
    previous = str(entry.get("previous_address") or "")
    deed = _DEEDS.get(actions, Deed.NOTHING)
    idle = deed is Deed.NOTHING
    if idle and change.get("importing"):
        deed = Deed.IMPORT
    elif idle and previous:
        deed = Deed.MOVE
    paths = change.get("replace_paths")
    before = EMPTY if idle else element.kept(change.get("before"), f"{address}.change.before")
    after = EMPTY if idle else element.kept(change.get("after"), f"{address}.change.after")
    marks = (change.get("before_sensitive"), change.get("after_sensitive"))
    return PlannedChange(
        address,
        str(entry.get("deposed") or ""),
        deed,
        before,
        after,
        marked(change.get("after_unknown")),
        tuple(dict.fromkeys(_first(path) for path in paths if path)) if isinstance(paths, list | tuple) else (),
        str(entry.get("action_reason") or ""),
        previous,
        frozenset((*before, *after)) if True in marks else marked(marks[0]) | marked(marks[1]),
    )


def _first(path: object) -> str:
    return str(path[0]) if isinstance(path, list | tuple) else str(path)


def marked(marks: object) -> frozenset[str]:
    """Return the attributes that hold a mark (``true``), at any depth.

    Args:
        marks: an object such as ``after_unknown`` or ``before_sensitive``.

    """
    if not isinstance(marks, Mapping):
        return frozenset()
    return frozenset(str(key) for key, value in marks.items() if _any(value))


def _any(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(map(_any, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_any, value))
    return value is True
