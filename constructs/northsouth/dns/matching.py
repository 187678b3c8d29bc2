"""Finds the first rule that matches a name: dictionaries of exact names and of wildcard suffixes; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from heapq import merge
from typing import NamedTuple

from northsouth.dns.ruleset import Association, FirewallRule


class PlacedRule(NamedTuple):
    """A rule and its place in the order of evaluation on one VPC.

    Attributes:
        position: 0 for the rule that is asked first.
        rule: the rule.
        association: its group's place on the VPC.
        certain: whether a query for one of its known names surely meets the rule, and at this position.

    """

    position: int
    rule: FirewallRule
    association: Association
    certain: bool


def in_order(associations: Iterable[Association]) -> Iterator[PlacedRule]:
    """Yield the rules of a VPC in the order in which DNS Firewall asks them."""
    position = 0
    for association in sorted(associations, key=lambda item: item.priority):
        for rule in sorted(association.group.rules, key=lambda item: item.priority):
            yield PlacedRule(position, rule, association, certain=not (rule.unknown or association.unknown))
            position += 1


class _Table:
    """The rules for one query type, or for every type: positions by exact name and by wildcard suffix."""

    __slots__ = ("exact", "suffixes")

    def __init__(self) -> None:
        self.exact: dict[str, list[int]] = {}
        self.suffixes: dict[str, list[int]] = {}

    def add(self, entry: str, position: int) -> None:
        table, key = (self.suffixes, entry[2:]) if entry.startswith("*.") else (self.exact, entry)
        positions = table.setdefault(key, [])
        if not positions or positions[-1] != position:
            positions.append(position)

    def matches(self, name: str) -> Iterator[list[int]]:
        """Yield the positions of each entry that matches ``name``, which may itself be a wildcard."""
        exact = self.exact.get(name)
        if exact is not None:
            yield exact
        suffixes = self.suffixes
        if suffixes:
            at = name.find(".") + 1
            while at:
                placed = suffixes.get(name[at:])
                if placed is not None:
                    yield placed
                at = name.find(".", at) + 1


class _Firsts(NamedTuple):
    """The first position of each entry, for one query type: what one look-up needs and no more."""

    exact: Mapping[str, int]
    suffixes: Mapping[str, int]


class RuleIndex:
    """The rules of one VPC, by name.

    Args:
        associations: the rule groups of the VPC.
        only_certain: leave rules that may not match, or not here, out of the look-ups.

    Attributes:
        rules: every rule, in the order of evaluation.
        types: the query types that some rule judges apart from others.
        uncertain: rules that may match names besides those that are known, in order.

    """

    __slots__ = ("_every", "_firsts", "_inspecting", "_tables", "rules", "types", "uncertain")

    def __init__(self, associations: Iterable[Association], *, only_certain: bool = False) -> None:
        self.rules = tuple(in_order(associations))
        self.types = tuple(sorted({placed.rule.q_type for placed in self.rules if placed.rule.q_type is not None}))
        self.uncertain = tuple(placed for placed in self.rules if placed.rule.domains.opaque)
        self._tables: dict[str | None, _Table] = {}
        self._inspecting: dict[str | None, _Table] = {}
        for placed in self.rules:
            if only_certain and not placed.certain:
                continue
            for tables in (self._tables, self._inspecting) if placed.rule.inspects else (self._tables,):
                table = tables.setdefault(placed.rule.q_type, _Table())
                for entry in placed.rule.domains.names:
                    table.add(entry, placed.position)
        self._firsts = {
            (kind, inspecting): _firsts(tables.get(None), tables.get(kind) if kind else None)
            for inspecting, tables in ((False, self._tables), (True, self._inspecting))
            for kind in {None, *tables}
        }
        self._every = (self._firsts[None, False], self._firsts[None, True])

    def first(self, name: str, q_type: str | None, *, inspecting: bool = False) -> int:
        """Return the position of the first rule whose known names match, or -1.

        Args:
            name: a canonical name, or a canonical wildcard that must be covered as a whole.
            q_type: the type asked for; None considers only rules for every type.
            inspecting: consider only rules that judge every name of a chain.

        """
        exact, suffixes = self._firsts.get((q_type, inspecting)) or self._every[inspecting]
        best = exact.get(name, -1)
        if suffixes:
            at = name.find(".") + 1  # of a wildcard this is its own suffix: it covers itself
            while at:
                position = suffixes.get(name[at:], -1)
                if position >= 0 and (position < best or best < 0):
                    best = position
                at = name.find(".", at) + 1
        return best

    def all(self, name: str, q_type: str | None, *, inspecting: bool = False) -> Iterator[PlacedRule]:
        """Yield every rule that matches, or may match, in order."""
        named = [positions for table in self._for(q_type, inspecting=inspecting) for positions in table.matches(name)]
        opaque = [
            placed.position
            for placed in self.uncertain
            if placed.rule.domains.may_match(name)
            and placed.rule.q_type in (None, q_type)
            and (placed.rule.inspects or not inspecting)
        ]
        known = {position for positions in named for position in positions}
        last = -1
        for position in merge(opaque, *named):
            if position != last:
                last = position
                placed = self.rules[position]
                # A list that is known in part matches for certain by the names that are known.
                certain = placed.certain and position in known
                yield placed._replace(certain=certain)

    def _for(self, q_type: str | None, *, inspecting: bool) -> Iterator[_Table]:
        tables = self._inspecting if inspecting else self._tables
        every = tables.get(None)
        if every is not None:
            yield every
        if q_type is not None and (typed := tables.get(q_type)) is not None:
            yield typed


def _firsts(*tables: _Table | None) -> _Firsts:
    exact: dict[str, int] = {}
    suffixes: dict[str, int] = {}
    for table in tables:
        if table is not None:
            for firsts, positions in ((exact, table.exact), (suffixes, table.suffixes)):
                for key, places in positions.items():
                    firsts[key] = min(places[0], firsts.get(key, places[0]))
    return _Firsts(exact, suffixes)
