"""Judges a set of DNS Firewall rules before any query meets it; pure.

Each finding is a value with the address of the rule it is about. Loops and overrides that can never answer are errors,
the rest are warnings. ``DnsOverrides`` runs this when a stack is synthesized, ``northsouth resolve`` on request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from northsouth.dns.matching import PlacedRule, RuleIndex
from northsouth.dns.names import EVERY_NAME
from northsouth.dns.records import Record
from northsouth.dns.resolution import UNFOLLOWED, Decision, Firewall, weigh
from northsouth.dns.resolver_rules import State
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
    UNCLEAR_DOMAIN = "unclear-domain"
    """A domain list holds ``*example.com``: AWS takes it and does not say what it matches."""
    UNREAD_DOMAIN = "unread-domain"
    """A domain list holds an entry that AWS does not document as valid."""
    CHAIN = "override-chain"
    """The target of an override is itself overridden, or blocked."""
    SAME_TARGET = "same-target"
    """An override never answers for some of its names, but the one that does leads to the same target."""
    REDIRECTIONS = "blocked-redirections"
    """A rule lets names through, and their redirections meet a rule that blocks every name."""
    UNRESOLVED = "unresolved-target"
    """The target of an override lies in a private zone that has no address for it."""
    UNSET = "unset-dns-attribute"
    """A VPC does not set a DNS attribute that its rules or private zones need."""
    FORGOTTEN = "no-overrides-in-sibling"
    """A VPC has no override at all, and another one has."""
    UNJUDGED = "cannot-judge"
    """The document does not say whether a VPC has the overrides of another one."""
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
    """One finding about a rule.

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
    vpcs_by_finding: dict[tuple[Code, str, str], list[str]] = {}
    plans = {vpc.address: _Plan(vpc, ruleset.records) for vpc in ruleset.vpcs if vpc.associations}
    for address, plan in plans.items():
        for code, where, message in plan.findings():
            vpcs_by_finding.setdefault((code, where, message), []).append(address)
    for code, where, message, address in (*_siblings(list(plans.values())), *_forgotten(ruleset.vpcs, plans)):
        vpcs_by_finding.setdefault((code, where, message), []).append(address)
    findings = [Finding(code, where, message, tuple(vpcs)) for (code, where, message), vpcs in vpcs_by_finding.items()]
    order = list(Code)
    return sorted(
        findings, key=lambda finding: (finding.code not in _ERRORS, order.index(finding.code), finding.address)
    )


def problems_of(findings: Iterable[Finding]) -> Iterator[Problem]:
    """Yield the errors among findings as problems of a report; a construct refuses them at synth."""
    for finding in findings:
        if finding.code in _RULES:
            allowed, fix = _RULES[finding.code]
            yield Problem(finding.address, finding.message, allowed, fix)


_Found = tuple[Code, str, str]


class _Plan:
    """The rules of one VPC, and what is wrong among them."""

    def __init__(self, vpc: Vpc, records: Iterable[Record] = ()) -> None:
        self.vpc = vpc
        self._firewall = Firewall(vpc, records) if vpc.resolver_rules else None
        self.index = RuleIndex(vpc.associations)
        self.known = RuleIndex(vpc.associations, only_certain=True)
        self.certain = [placed for placed in self.index.rules if placed.certain]
        self._endless: dict[tuple[str, str | None], bool] = {}
        self.overrides = [placed for placed in self.certain if placed.rule.overrides]

    def findings(self) -> Iterator[_Found]:
        yield from self._same_priorities()
        yield from self._unread()
        yield from self._unset()
        dead: set[int] = set()
        for placed in self.certain:
            takers = self._takers_of(placed)
            if takers:
                yield from self._covered(placed.rule, takers)
            if len(takers) == len(placed.rule.domains.names):
                dead.add(placed.position)
        for placed in self.overrides:
            if placed.position not in dead:
                yield from self._chain(placed)
                yield from self._unresolved(placed)
        yield from self._wildcards(dead)
        yield from self._redirections(dead)
        yield from self._tls()

    def _same_priorities(self) -> Iterator[_Found]:
        yield from _clashes(self.vpc.associations, "on one VPC")
        for association in self.vpc.associations:
            yield from _clashes(association.group.rules, "in one group")

    def _unread(self) -> Iterator[_Found]:
        for placed in self.index.rules:
            domains = placed.rule.domains
            if domains.unread:
                yield (
                    Code.UNREAD_DOMAIN,
                    domains.address,
                    f"not a domain that DNS Firewall documents: {_few(domains.unread)}",
                )
            if domains.suffixes:
                entries = _few(f"*{suffix}" for suffix in domains.suffixes)
                unclear = f"AWS takes {entries} and does not say what it matches; write `*.` for every name below"
                yield Code.UNCLEAR_DOMAIN, domains.address, unclear

    def _unset(self) -> Iterator[_Found]:
        if self.vpc.resolver_off:
            off = "enable_dns_support is not true: the Resolver of the VPC answers no query, so no rule acts"
            yield Code.UNSET, self.vpc.address, off
        for rule in self.vpc.resolver_rules:
            if rule.unset:
                yield Code.UNSET, rule.address, rule.unknown

    def _unresolved(self, placed: PlacedRule) -> Iterator[_Found]:
        """Find an override whose target is missing in a private zone of the VPC, or in one that it may have."""
        target = placed.rule.target
        if self._firewall is None or target is None:
            return
        kinds = ("A", "AAAA") if placed.rule.q_type is None else (placed.rule.q_type,)
        decisions = [self._firewall.resolve(target, kind) for kind in kinds]
        lacking = [dict(_lacking(decision)) for decision in decisions]
        for zone, condition in lacking[0].items():
            if all(zone in missing_zones for missing_zones in lacking):
                last = decisions[0].chain[-1].name
                leads = target if last == target else f"{target}, which leads to {last}"
                lacks = f"leads to {leads}: {zone} has no {' or '.join(kinds)} record for it"
                yield Code.UNRESOLVED, placed.rule.address, f"{lacks}, so clients get NXDOMAIN{condition}"

    def _kinds(self, rule: FirewallRule) -> tuple[str | None, ...]:
        """Return the query types that a rule and the others tell apart; None is any other type.

        A query for a CNAME, or for anything, is answered by the override itself and followed no further.
        """
        kinds = (None, *self.index.types) if rule.q_type is None else (rule.q_type,)
        return tuple(kind for kind in kinds if kind not in UNFOLLOWED)

    def _takers_of(self, placed: PlacedRule) -> dict[str, PlacedRule]:
        """Return the names of a rule that an earlier rule takes, each with that rule."""
        takers = ((entry, self._taker(entry, placed)) for entry in placed.rule.domains.names)
        return {entry: earlier for entry, earlier in takers if earlier is not None}

    def _covered(self, rule: FirewallRule, takers: Mapping[str, PlacedRule]) -> Iterator[_Found]:
        """Say what becomes of the names of a rule that earlier rules take."""
        if not rule.overrides:
            if len(takers) == len(rule.domains.names) and not rule.domains.opaque:
                yield Code.DEAD_RULE, rule.address, f"never matches {_few(takers)}: {_takers(takers)} comes first"
            return
        same = {entry: earlier for entry, earlier in takers.items() if _same_answer(rule, earlier.rule)}
        lost = {entry: earlier for entry, earlier in takers.items() if entry not in same}
        if lost:
            yield Code.DEAD_OVERRIDE, rule.address, f"never answers for {_few(lost)}: {_takers(lost)} comes first"
        if same:
            first = f"{_takers(same)} comes first and leads to the same target{_ttls(rule, same)}"
            yield Code.SAME_TARGET, rule.address, f"never answers for {_few(same)}: {first}"

    def _taker(self, entry: str, placed: PlacedRule, kind: str | None = None) -> PlacedRule | None:
        """Return the rule before ``placed`` that matches all queries of a type for an entry, or None."""
        rule = placed.rule
        first = self.known.first(entry, kind or rule.q_type, inspecting=rule.inspects)
        return self.known.rules[first] if 0 <= first < placed.position else None

    def _answers(self, placed: PlacedRule, kind: str | None) -> bool:
        """Tell whether no earlier rule takes all names of a rule for one query type."""
        return any(self._taker(entry, placed, kind) is None for entry in placed.rule.domains.names)

    def _chain(self, placed: PlacedRule) -> Iterator[_Found]:
        """Follow the target of an override through the rules, for each query type that they tell apart."""
        target = placed.rule.target
        if target is None:
            return
        kinds = [kind for kind in self._kinds(placed.rule) if self._answers(placed, kind)]
        endless = [kind for kind in kinds if self._loops(target, kind)]
        if endless:
            some = len(endless) < len(kinds) and placed.rule.q_type is None
            names = self._names(target, endless[0])[0]
            chain = f"an endless chain{_for_types(endless, kinds) if some else ''}: {' -> '.join(names)} -> ..."
            yield Code.LOOP, placed.rule.address, chain
            return
        for kind in kinds:
            names, last = self._names(target, kind)
            chain = " -> ".join(names)
            if last is not None and not last.rule.overrides:
                yield Code.CHAIN, placed.rule.address, f"leads to {chain}, which {last.rule.address} blocks"
                return
            if len(names) > 1:
                yield Code.CHAIN, placed.rule.address, f"leads to {target}, which is overridden again: {chain}"
                return

    def _names(self, target: str, kind: str | None) -> tuple[list[str], PlacedRule | None]:
        """Return the first names of a chain, and the rule that surely blocks or overrides the last of them."""
        names = [target]
        current = self._certain_block(target, kind)
        while current is not None and current.rule.target is not None and len(names) < _SHOWN:
            if current.rule.target in names:
                break
            names.append(current.rule.target)
            current = self._certain_block(names[-1], kind)
        return names, current

    def _certain_block(self, name: str, kind: str | None) -> PlacedRule | None:
        """Return the rule that surely blocks or overrides a name, or None."""
        placed = weigh(self.index.all(name, kind)).placed
        return placed if placed is not None and placed.rule.action is Action.BLOCK else None

    def _loops(self, name: str | None, kind: str | None) -> bool:
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

    def _redirections(self, dead: set[int]) -> Iterator[_Found]:
        """Find rules that let names through whose redirections meet a later rule that blocks every name.

        "The individual domains in the redirection chain must be added to the domain list":
        https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_CreateFirewallRule.html
        """
        alive = [placed for placed in self.certain if placed.position not in dead and placed.rule.inspects]
        walls = [placed for placed in alive if placed.rule.action is Action.BLOCK and _judges_all(placed.rule)]
        for placed in alive:
            rule = placed.rule
            if rule.action is Action.BLOCK or _judges_all(rule):
                continue
            wall = next((wall for wall in walls if wall.position > placed.position and _meet(rule, wall.rule)), None)
            if wall is not None:
                meets = f"a redirection (CNAME, DNAME) to a name that no rule lists meets {wall.rule.address}"
                fix = "list the redirection's names too, or set TRUST_REDIRECTION_DOMAIN"
                yield Code.REDIRECTIONS, rule.address, f"{meets}, which blocks every name; {fix}"

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


def _lacking(decision: Decision) -> Iterator[tuple[str, str]]:
    """Yield each zone that has no answer to a query and decides it, or may decide it, and under which condition."""
    lookup = decision.lookup
    if lookup is None:
        return
    disputed = lookup.disputed(decision.q_type)
    if lookup.rule is not None and lookup.likely(decision.q_type) is State.MISSING:
        yield lookup.rule.address, ", unless another zone or rule decides" if disputed else ""
    for rule, other in disputed:
        if other.rule is not None and other.likely(decision.q_type) is State.MISSING:
            yield other.rule.address, f" if the VPC uses it ({rule.unknown})"


def _siblings(plans: list[_Plan]) -> Iterator[tuple[Code, str, str, str]]:
    """Find names that one VPC with overrides overrides and another does not, or perhaps does not."""
    tables = [(plan, plan.overridden()) for plan in plans if plan.overrides]
    everywhere: dict[str, PlacedRule] = {}
    for _, names in tables:
        for name, placed in names.items():
            everywhere.setdefault(name, placed)
    for plan, names in tables:
        missing: dict[tuple[Code, str], list[str]] = {}
        for name, placed in everywhere.items():
            if name not in names and (code := _doubt(plan, name, placed.rule)) is not None:
                missing.setdefault((code, placed.rule.address), []).append(name)
        for (code, address), absent in missing.items():
            words = "overridden in another VPC and not in this one"
            if code is Code.UNJUDGED:
                words = "overridden in another VPC; a rule that is not in this file may override it in this one"
            yield code, address, f"{words}: {_few(absent)}", plan.vpc.address


def _doubt(plan: _Plan, name: str, rule: FirewallRule) -> Code | None:
    """Return what to report of a name that a VPC does not list; None if one of its wildcards overrides it."""
    for placed in plan.index.all(name, rule.q_type or "A"):
        if placed.rule.overrides and placed.certain:
            return None
        if placed.rule.overrides or placed.rule.action is None:
            return Code.UNJUDGED
    return Code.SIBLING


def _forgotten(vpcs: Iterable[Vpc], plans: Mapping[str, _Plan]) -> Iterator[tuple[Code, str, str, str]]:
    """Find VPCs without any override where another VPC of the document has some."""
    overriding = [plan for plan in plans.values() if plan.overrides]
    if not overriding:
        return
    elsewhere = f"overrides hold in {_few(plan.vpc.address for plan in overriding)}"
    for vpc in vpcs:
        plan = plans.get(vpc.address)
        if plan is not None and plan.overrides:
            continue
        if plan is None and vpc.declared:
            yield Code.FORGOTTEN, vpc.address, f"no rule group is associated with this VPC; {elsewhere}", vpc.address
        elif plan is None:
            why = "this file does not declare the VPC, so another may associate rule groups with it"
            yield Code.UNJUDGED, vpc.address, f"{elsewhere}; {why}", vpc.address
        elif unclear := [placed.rule for placed in plan.index.rules if _may_override(placed)]:
            why = f"it is not certain what {_few(dict.fromkeys(map(str, unclear)))} overrides in this VPC"
            yield Code.UNJUDGED, vpc.address, f"{elsewhere}; {why}", vpc.address
        else:
            yield Code.FORGOTTEN, vpc.address, f"no rule of this VPC overrides a name; {elsewhere}", vpc.address


def _may_override(placed: PlacedRule) -> bool:
    return placed.rule.action is None or (placed.rule.overrides and not placed.certain)


def _clashes(items: Iterable[Association | FirewallRule], where: str) -> Iterator[_Found]:
    first: dict[int, str] = {}
    for item in items:
        if item.priority >= 0 and first.setdefault(item.priority, item.address) != item.address:
            message = f"has priority {item.priority}, like {first[item.priority]}; it must be unique {where}"
            yield Code.SAME_PRIORITY, item.address, message


def _same_answer(rule: FirewallRule, other: FirewallRule) -> bool:
    return rule.overrides and other.overrides and rule.target is not None and rule.target == other.target


def _judges_all(rule: FirewallRule) -> bool:
    return EVERY_NAME in rule.domains.names


def _meet(rule: FirewallRule, other: FirewallRule) -> bool:
    return rule.q_type is None or other.q_type in (None, rule.q_type)


def _takers(takers: Mapping[str, PlacedRule]) -> str:
    return _few(dict.fromkeys(earlier.rule.address for earlier in takers.values()))


def _ttls(rule: FirewallRule, same: Mapping[str, PlacedRule]) -> str:
    """Say which TTL clients get, where it is not the rule's own."""
    other_ttls = sorted({earlier.rule.ttl for earlier in same.values() if earlier.rule.ttl is not None} - {rule.ttl})
    return f", with TTL {', '.join(map(str, other_ttls))} s in place of {rule.ttl} s" if other_ttls else ""


def _for_types(some: Sequence[str | None], every: Sequence[str | None]) -> str:
    """Say which of the query types are meant; None among them stands for all that have no name here."""
    if None in some:
        return f" for every type but {', '.join(kind for kind in every if kind and kind not in some)}"
    return f" for {', '.join(kind for kind in some if kind)}"


def _few(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    return ", ".join(listed[:_SHOWN]) + more
