"""Judges a set of DNS Firewall rules before any query meets it; pure.

Each finding is a value with the address of the rule it is about. Loops and overrides that can never answer are errors,
the rest are warnings. ``DnsOverrides`` runs this when a stack is synthesized, ``northsouth resolve`` on request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from northsouth.dns.matching import PlacedRule, RuleIndex
from northsouth.dns.ruleset import Action, Association, FirewallRule, Ruleset, Vpc
from northsouth.errors import Problem

_SHOWN = 5


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"


class Code(StrEnum):
    """What a finding is about."""

    LOOP = "override-loop"
    """An override leads back to itself."""
    DEAD_OVERRIDE = "dead-override"
    """An override never answers for some of its names: an earlier rule takes them."""
    DEAD_RULE = "dead-rule"
    """A rule never matches: earlier rules take all its names."""
    SAME_PRIORITY = "same-priority"
    """Two rules of a group, or two groups on a VPC, have one priority; AWS refuses the second."""
    UNREAD_DOMAIN = "unread-domain"
    """A domain list holds an entry that AWS does not document as valid."""
    CHAIN = "override-chain"
    """The target of an override is itself overridden, or blocked."""
    SIBLING = "missing-in-sibling"
    """A name is overridden in one VPC and not in another that has overrides."""
    WILDCARDS = "overlapping-wildcards"
    """Two wildcards match the same names and lead elsewhere."""
    TLS = "tls-original-name"
    """TLS and HTTP go on using the original name after an override."""


_RULES = {
    Code.LOOP: (
        "an override must lead to a name that is not overridden back",
        "Point it at another name, or allow that name in an earlier rule.",
    ),
    Code.DEAD_OVERRIDE: (
        "the first rule that matches decides",
        "Give the override the lower priority, or take its names out of the earlier rule.",
    ),
    Code.SAME_PRIORITY: ("priorities are unique, in a group and on a VPC", "Change one of them."),
    Code.UNREAD_DOMAIN: (
        "letters, digits, hyphens and dots, and `*.` in front or `*` alone",
        "Correct the entry.",
    ),
}
_ERRORS = frozenset(_RULES)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about a rule.

    Attributes:
        code: what it is about.
        address: the rule (or list, or group) it is about.
        message: one sentence or two, with the names concerned.
        vpcs: the addresses of the VPCs where it holds.

    """

    code: Code
    address: str
    message: str
    vpcs: tuple[str, ...] = ()

    @property
    def severity(self) -> Severity:
        """Loops, dead overrides and what AWS refuses are errors."""
        return Severity.ERROR if self.code in _ERRORS else Severity.WARNING

    def __str__(self) -> str:
        where = f" [{', '.join(self.vpcs)}]" if self.vpcs else ""
        return f"{self.severity}: {self.address}: {self.message}{where}"


def analyse(ruleset: Ruleset) -> list[Finding]:
    """Return everything worth knowing about a ruleset, errors first, each finding once with the VPCs it holds in.

    Rules whose names or place are known only after apply are not judged, and neither kill nor loop others.
    """
    held: dict[tuple[Code, str, str], list[str]] = {}
    plans = {vpc.address: _Plan(vpc) for vpc in ruleset.vpcs if vpc.associations}
    for address, plan in plans.items():
        for code, where, message in plan.findings():
            held.setdefault((code, where, message), []).append(address)
    for code, where, message, address in _siblings(list(plans.values())):
        held.setdefault((code, where, message), []).append(address)
    findings = [Finding(code, where, message, tuple(vpcs)) for (code, where, message), vpcs in held.items()]
    order = list(Code)
    return sorted(
        findings, key=lambda finding: (finding.code not in _ERRORS, order.index(finding.code), finding.address)
    )


def check_ruleset(ruleset: Ruleset, codes: Iterable[Code] = tuple(_RULES)) -> Iterator[Problem]:
    """Yield the errors of :func:`analyse` as problems of a report; a construct refuses them at synth.

    Args:
        ruleset: the rules, with at least one VPC: what stands on none is not judged.
        codes: which errors to report; all by default.

    """
    wanted = frozenset(codes) & _ERRORS
    for finding in analyse(ruleset):
        if finding.code in wanted:
            allowed, fix = _RULES[finding.code]
            yield Problem(finding.address, finding.message, allowed, fix)


_Found = tuple[Code, str, str]


class _Plan:
    """The rules of one VPC, and what is wrong among them."""

    def __init__(self, vpc: Vpc) -> None:
        self.vpc = vpc
        self.index = RuleIndex(vpc.associations)
        self.known = RuleIndex(vpc.associations, only_certain=True)
        self.certain = [placed for placed in self.index.rules if placed.certain]
        self._endless: dict[tuple[str, str], bool] = {}
        self.overrides = [placed for placed in self.certain if placed.rule.overrides]

    def findings(self) -> Iterator[_Found]:
        yield from self._same_priorities()
        yield from self._unread()
        dead: set[int] = set()
        for placed in self.certain:
            for finding in self._covered(placed):
                dead.add(placed.position)
                yield finding
        for placed in self.overrides:
            if placed.position not in dead:
                yield from self._chain(placed)
        yield from self._wildcards(dead)
        yield from self._tls()

    def _same_priorities(self) -> Iterator[_Found]:
        yield from _clashes(self.vpc.associations, "on one VPC")
        for association in self.vpc.associations:
            yield from _clashes((rule for rule in association.group.rules if not rule.unknown), "in one group")

    def _unread(self) -> Iterator[_Found]:
        for placed in self.index.rules:
            domains = placed.rule.domains
            if domains.unread:
                yield (
                    Code.UNREAD_DOMAIN,
                    domains.address,
                    f"not a domain that DNS Firewall documents: {_few(domains.unread)}",
                )

    def _covered(self, placed: PlacedRule) -> Iterator[_Found]:
        """Find the names of a rule that an earlier rule takes first."""
        rule = placed.rule
        taken: dict[str, PlacedRule] = {}
        for entry in rule.domains.names:
            earlier = self._taker(entry, placed)
            if earlier is not None:
                taken[entry] = earlier
        if not taken:
            return
        whole = len(taken) == len(rule.domains.names) and not rule.domains.unknown
        takers = _few(dict.fromkeys(earlier.rule.address for earlier in taken.values()))
        if rule.overrides:
            yield Code.DEAD_OVERRIDE, rule.address, f"never answers for {_few(taken)}: {takers} comes first"
        elif whole:
            yield Code.DEAD_RULE, rule.address, f"never matches {_few(taken)}: {takers} comes first"

    def _taker(self, entry: str, placed: PlacedRule) -> PlacedRule | None:
        """Return the rule before ``placed`` that matches all queries for an entry, or None."""
        rule = placed.rule
        first = self.known.first(entry, rule.q_type, inspecting=rule.inspects)
        return self.known.rules[first] if 0 <= first < placed.position else None

    def _chain(self, placed: PlacedRule) -> Iterator[_Found]:
        """Follow the target of an override through the rules."""
        rule = placed.rule
        kind = rule.q_type or "A"
        if rule.target is None:
            return
        names = [rule.target]
        current = self._certain_block(names[0], kind)
        while current is not None and current.rule.target is not None and len(names) < _SHOWN:
            if current.rule.target in names:
                break
            names.append(current.rule.target)
            current = self._certain_block(names[-1], kind)
        if self._loops(names[0], kind):
            yield Code.LOOP, rule.address, f"an endless chain: {' -> '.join(names)} -> ..."
        elif current is not None and not current.rule.overrides:
            yield Code.CHAIN, rule.address, f"leads to {' -> '.join(names)}, which {current.rule.address} blocks"
        elif len(names) > 1:
            yield Code.CHAIN, rule.address, f"leads to {names[0]}, which is overridden again: {' -> '.join(names)}"

    def _certain_block(self, name: str, kind: str) -> PlacedRule | None:
        """Return the rule that surely blocks or overrides a name, or None."""
        first = next(self.index.all(name, kind), None)
        return first if first is not None and first.certain and first.rule.action is Action.BLOCK else None

    def _loops(self, name: str | None, kind: str) -> bool:
        """Tell whether following overrides from ``name`` never ends; each name is followed once."""
        path: dict[str, None] = {}
        while name is not None and name not in path:
            known = self._endless.get((name, kind))
            if known is not None:
                loops = known
                break
            path[name] = None
            current = self._certain_block(name, kind)
            name = current.rule.target if current is not None else None
        else:
            loops = name is not None
        for passed in path:
            self._endless[passed, kind] = loops
        return loops

    def _wildcards(self, dead: set[int]) -> Iterator[_Found]:
        """Find a wildcard that lies inside a later override's wildcard and leads elsewhere."""
        alive = [placed for placed in self.overrides if placed.position not in dead]
        overrides = {placed.position for placed in alive}
        for placed in alive:
            for entry in placed.rule.domains.names:
                if not entry.startswith("*."):
                    continue
                for other in self.index.all(entry, placed.rule.q_type):
                    later = other.position > placed.position and other.position in overrides
                    if later and not _same_answer(placed.rule, other.rule):
                        yield (
                            Code.WILDCARDS,
                            placed.rule.address,
                            f"{entry} overlaps with {other.rule.address}; this rule comes first and wins",
                        )

    def _tls(self) -> Iterator[_Found]:
        for association in self.vpc.associations:
            names = [name for rule in association.group.rules if rule.overrides for name in rule.domains.names]
            if names:
                still = f"clients of {_few(names)} still ask for that name in TLS (SNI) and HTTP (Host)"
                yield Code.TLS, association.group.address, f"{still}; the target must present a certificate for it"

    def overridden(self) -> dict[str, PlacedRule]:
        """Return the names, as declared, that this VPC overrides."""
        rules: dict[str, PlacedRule] = {}
        for placed in self.overrides:
            for name in placed.rule.domains.names:
                rules.setdefault(name, placed)
        return rules


def _siblings(plans: list[_Plan]) -> Iterator[tuple[Code, str, str, str]]:
    """Find names that one VPC with overrides overrides and another does not."""
    tables = [(plan, plan.overridden()) for plan in plans if plan.overrides]
    everywhere: dict[str, PlacedRule] = {}
    for _, names in tables:
        for name, placed in names.items():
            everywhere.setdefault(name, placed)
    for plan, names in tables:
        missing: dict[str, list[str]] = {}
        for name, placed in everywhere.items():
            if name not in names and not _overridden_by_wildcard(plan, name, placed.rule):
                missing.setdefault(placed.rule.address, []).append(name)
        for address, absent in missing.items():
            yield (
                Code.SIBLING,
                address,
                f"overridden in another VPC and not in this one: {_few(absent)}",
                plan.vpc.address,
            )


def _overridden_by_wildcard(plan: _Plan, name: str, rule: FirewallRule) -> bool:
    """Tell whether some rule of a VPC may override ``name``: one that is unknown could."""
    return any(
        placed.rule.overrides or placed.rule.action is None for placed in plan.index.all(name, rule.q_type or "A")
    )


def _clashes(items: Iterable[Association | FirewallRule], where: str) -> Iterator[_Found]:
    first: dict[int, str] = {}
    for item in items:
        if not item.unknown and first.setdefault(item.priority, item.address) != item.address:
            message = f"has priority {item.priority}, like {first[item.priority]}; it must be unique {where}"
            yield Code.SAME_PRIORITY, item.address, message


def _same_answer(rule: FirewallRule, other: FirewallRule) -> bool:
    return rule.target is not None and rule.target == other.target


def _few(names: Iterable[str]) -> str:
    shown = list(names)
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return ", ".join(shown[:_SHOWN]) + more
