"""A model of the orders in which Terraform may apply a change, and of what AWS refuses meanwhile.

Terraform knows no other order than its graph's: something is created or updated after what it refers to, destroyed
after what referred to it, replaced by destroying first, and updated after what it used to refer to is gone. Any order
that respects this may happen. ``test_dns_deploy.py`` tries the same edits with Terraform itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeAlias

from northsouth.dns.layout import PlannedGroup

Address: TypeAlias = tuple[str, ...]
Step: TypeAlias = tuple[str, Address]


@dataclass(frozen=True)
class Resource:
    """One resource: what forces its replacement, what changes in place, and what it refers to.

    ``beside`` are further instances of what it refers to: Terraform orders whole blocks, but reads only its own one.
    """

    fixed: Any
    mutable: Any
    refers_to: frozenset[Address]
    beside: frozenset[Address] = frozenset()

    @property
    def waits_for(self) -> frozenset[Address]:
        """All that must be there before it, and outlives it."""
        return self.refers_to | self.beside


def resources(
    groups: Iterable[PlannedGroup], *, with_roster: bool = True, for_each: bool = False
) -> dict[Address, Resource]:
    """Return what ``DnsOverrides`` declares for ``groups``, with the overrides in one of the two forms."""
    found: dict[Address, Resource] = {}
    for group in groups:
        owner: Address = ("group", group.key)
        roster: Address = ("roster", group.key)
        found[owner] = Resource(group.name, None, frozenset())
        if with_roster:
            found[roster] = Resource(group.roster, None, frozenset())
        as_data = for_each and group.holds_overrides
        beside = frozenset[Address](("list", group.key, rule.key) for rule in group.rules) if as_data else frozenset()
        for rule in group.rules:
            list_address: Address = ("list", group.key, rule.key if as_data else rule.list_key)
            refers_to = {owner, *([roster] if with_roster else [])}
            if rule.list_id is None:
                found[list_address] = Resource(group.list_name(rule), rule.domains, frozenset())
                refers_to.add(list_address)
            found[("rule", group.key, rule.key)] = Resource(
                rule.list_id or list_address, (rule.priority, rule.action, rule.name), frozenset(refers_to), beside
            )
    return found


def steps(before: dict[Address, Resource], after: dict[Address, Resource]) -> dict[Step, set[Step]]:
    """Return the steps of an apply, each with those that must come before it."""
    replaced = {address for address in before.keys() & after.keys() if before[address].fixed != after[address].fixed}
    # A new identifier of a list or group replaces its rules; the roster has none that they use.
    replaced |= {
        address
        for address in before.keys() & after.keys()
        if any(other in replaced and other[0] != "roster" for other in after[address].refers_to)
    }
    destroyed = (before.keys() - after.keys()) | replaced
    created = (after.keys() - before.keys()) | replaced
    updated = {
        address
        for address in before.keys() & after.keys() - replaced
        if before[address].mutable != after[address].mutable
    }
    graph: dict[Step, set[Step]] = {("destroy", address): set() for address in destroyed}
    for address in destroyed:
        for other in before[address].waits_for & destroyed:
            graph["destroy", other].add(("destroy", address))
    for action, addresses in (("create", created), ("update", updated)):
        for address in addresses:
            needs: set[Step] = {("create", other) for other in after[address].waits_for & created}
            needs |= {("update", other) for other in after[address].waits_for & updated}
            if address in before:
                needs |= {("destroy", other) for other in before[address].waits_for & destroyed}
            if address in replaced:
                needs.add(("destroy", address))
            graph[action, address] = needs
    return graph


class RefusedError(Exception):
    """AWS refused a call."""


@dataclass
class Firewall:
    """What AWS holds, and what it refuses."""

    rules_per_group: int = 100
    held: dict[Address, Resource] = field(default_factory=dict)

    def apply(self, after: dict[Address, Resource], random: Random) -> None:
        """Bring the world to ``after`` in any order that Terraform allows."""
        waiting = steps(dict(self.held), after)
        while waiting:
            ready = sorted(step for step, needs in waiting.items() if not needs & waiting.keys())
            action, address = random.choice(ready)
            del waiting[action, address]
            if action == "destroy":
                self._destroy(address)
            else:
                self._put(address, after[address])
        self.held.update(after)

    def _destroy(self, address: Address) -> None:
        del self.held[address]
        if address[0] == "list" and any(rule.fixed == address for rule in self.held.values()):
            raise RefusedError(f"{address} is in use")

    def _put(self, address: Address, resource: Resource) -> None:
        if address[0] == "rule":
            others = [
                other
                for held, other in self.held.items()
                if held[:2] == address[:2] and held != address and held[0] == "rule"
            ]
            if len(others) >= self.rules_per_group:
                raise RefusedError(f"{address[1]} is full")
            for other in others:
                if other.mutable[0] == resource.mutable[0]:
                    raise RefusedError(f"priority {resource.mutable[0]} is taken")
                if other.fixed == resource.fixed:
                    raise RefusedError(f"list {resource.fixed} is taken")
        self.held[address] = resource
