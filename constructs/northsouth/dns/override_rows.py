"""A group's overrides as a table, one object for each, over which the ``for_each`` of two resources goes; pure.

The keys of an object are the words of :class:`~northsouth.dns.Override`, and what AWS is to call its rule (``name``)
and its list (``list``). All objects of a group have the same keys, because Terraform refuses to read one that an object
lacks; what no override of the group says is left out of all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from northsouth.dns.layout import PlannedGroup
from northsouth.dns.overrides import Redirection, target_name

Row = dict[str, str | int | None]


def override_rows(group: PlannedGroup, stored: Callable[[str], str]) -> dict[str, Row]:
    """Return the table of a group of overrides, by the keys of its instances.

    Args:
        group: a group of overrides.
        stored: brings a target into the form in which AWS stores it.

    """
    rows: dict[str, Row] = {
        rule.each_key: {
            "domain": rule.domains[0],
            "list": group.list_name(rule),
            "name": rule.name,
            "priority": rule.priority,
            "target": stored(target_name(rule.action.target) or ""),
            "ttl": rule.action.ttl,
        }
        for rule in group.rules
    }
    rare: Mapping[str, tuple[Mapping[str, str | None], str | None]] = {
        "q_type": ({rule.each_key: rule.q_type for rule in group.rules}, None),
        "redirection": (
            {rule.each_key: rule.redirection.value for rule in group.rules},
            Redirection.INSPECT.value,
        ),
    }
    for word, (by_key, usual) in rare.items():
        if set(by_key.values()) != {usual}:
            for key, value in by_key.items():
                rows[key][word] = value
    return rows
