"""A group's overrides as data, one object for each, over which the ``for_each`` of a resource goes; pure.

The keys of an object are the words of :class:`~northsouth.dns.Override`. All objects of a group have the same ones,
because Terraform refuses to read a key that an object lacks; what no override of the group says is left out of all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from northsouth.dns.layout import PlannedGroup
from northsouth.dns.model import Redirection, target_name

Row = dict[str, str | int | None]


def list_rows(group: PlannedGroup) -> dict[str, Row]:
    """Return the domain list of each override, by the key of its instance."""
    return {rule.each_key: {"domain": rule.domains[0], "name": group.list_name(rule)} for rule in group.rules}


def rule_rows(group: PlannedGroup, stored: Callable[[str], str]) -> dict[str, Row]:
    """Return the rule of each override, by the key of its instance.

    Args:
        group: a group of overrides.
        stored: brings a target into the form in which AWS stores it.

    """
    rows: dict[str, Row] = {
        rule.each_key: {
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
    for word, (said, usual) in rare.items():
        if set(said.values()) != {usual}:
            for key, value in said.items():
                rows[key][word] = value
    return rows
