"""From declared sets and rules to rule groups with numbered rules; pure.

Three kinds of groups, evaluated in this order: ``first`` (rules before the overrides), the overrides, ``last`` (rules
after them). Overrides beyond one group's quota spread over further groups, which are evaluated before the first one of
their kind. Wildcards never leave that one, so an exact name always comes before a wildcard that covers it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from northsouth.dns.names import InvalidNameError, aws_name, canonical_domain, canonical_entry, canonical_target
from northsouth.dns.overrides import (
    DnsTarget,
    Numbering,
    OverrideSet,
    Quotas,
    Redirection,
    Rule,
    RuleAction,
    ThreatProtection,
    target_name,
)
from northsouth.dns.records import rule_type
from northsouth.dns.slots import PINNED, bins_for, slot, spread
from northsouth.naming import Naming
from northsouth.tokens import is_token

FIRST, OVERRIDES, LAST = "first", "overrides", "last"

LIST_TYPE = "aws_route53_resolver_firewall_domain_list"
RULE_TYPE = "aws_route53_resolver_firewall_rule"
GROUP_TYPE = "aws_route53_resolver_firewall_rule_group"
ASSOCIATION_TYPE = "aws_route53_resolver_firewall_rule_group_association"

ASSOCIATION_SPAN = 100
"""The priorities of one declaration's associations lie between its ``association_priority`` and this much above."""

_OVERRIDES_OFFSET = 50


@dataclass(frozen=True, slots=True)
class PlannedRule:
    """One rule with the domain list it judges.

    Attributes:
        key: names the rule among those of its group. Whatever the provider cannot change in place is part of it.
        list_key: names the domain list among those of its group.
        name: the rule's name in AWS.
        where: the argument it comes from.
        priority: its number.
        action: what it does; a target is canonical, or a token.
        domains: the canonical names of its own list; empty if ``list_id`` is set.
        list_id: an existing list.
        q_type: the query type it judges, or every one.
        redirection: which names of a CNAME chain are judged.
        threat: what DNS Firewall Advanced detects, in place of a list.

    """

    key: str
    list_key: str
    name: str
    where: str
    priority: int
    action: RuleAction
    domains: tuple[str, ...]
    list_id: str | None
    q_type: str | None
    redirection: Redirection
    threat: ThreatProtection | None = None

    @property
    def each_key(self) -> str:
        """The key without its name's last dot: what an override is called among the instances of a resource."""
        return self.key.replace(". ", " ", 1).removesuffix(".")


@dataclass(frozen=True, slots=True)
class PlannedGroup:
    """One rule group, its place on a VPC, and its rules in the order of their numbers.

    Attributes:
        key: names the group in its declaration.
        title: its name, from which those of its lists and associations are made, unless others are given.
        association_priority: its place on a VPC.
        rules: its rules.
        naming: the names that are given.

    """

    key: str
    title: str
    association_priority: int
    rules: tuple[PlannedRule, ...]
    naming: Naming = field(default_factory=Naming, compare=False)

    @property
    def name(self) -> str:
        """Its name in AWS."""
        return self.naming.name(GROUP_TYPE, self.title)

    @property
    def holds_overrides(self) -> bool:
        """Whether its rules are overrides: all of one shape, each with a list of one name."""
        return self.key not in (FIRST, LAST)

    @property
    def roster(self) -> dict[str, str]:
        """What must be unique in the group, by rule: its number and, if it is an existing one, its list."""
        return {rule.key: " ".join(filter(None, [str(rule.priority), rule.list_id])) for rule in self.rules}

    def list_name(self, rule: PlannedRule) -> str:
        """Return the name in AWS of the domain list that ``rule`` owns."""
        domain, _, q_type = rule.list_key.partition(". ")
        return self.naming.name(LIST_TYPE, aws_name(self.title, domain, *([q_type] if q_type else [])))

    def association_name(self, label: str) -> str:
        """Return the name in AWS of the association with the VPC ``label``."""
        return self.naming.name(ASSOCIATION_TYPE, aws_name(self.title, label))


def plan_groups(
    name: str,
    overrides: Iterable[OverrideSet],
    first: Mapping[str, Rule],
    last: Mapping[str, Rule],
    *,
    association_priority: int,
    min_groups: int,
    quotas: Quotas,
    numbering: Numbering = Numbering.BY_NAME,
    naming: Naming | None = None,
) -> tuple[PlannedGroup, ...]:
    """Return the rule groups of a declaration, in the order in which DNS Firewall evaluates them.

    What the rules of :mod:`northsouth.dns.override_checks` refuse is left out, so that the rest can still be judged.
    """
    rules = list(_override_rules(overrides, numbering))
    exact = [rule for rule in rules if not rule.list_key.startswith("*.")]
    wildcards = len(rules) - len(exact)
    most = max(1, quotas.groups_per_vpc - bool(first) - bool(last))
    least = min(max(1, min_groups), most)
    bins = bins_for(len(rules), quotas.rules_per_group, least=least, most=most) if rules else 0
    places = spread([rule.list_key for rule in exact], bins, quotas.rules_per_group, taken=wildcards) if rules else {}
    members: list[list[PlannedRule]] = [[] for _ in range(bins)]
    for rule in rules:
        members[places.get(rule.list_key, 0)].append(rule)
    groups = [(FIRST, f"{name}-first", 0, _plain_rules(first, FIRST, quotas))] if first else []
    groups += [
        (f"{OVERRIDES}-{index + 1}", f"{name}-{index + 1}", index * 10, members[index]) for index in range(1, bins)
    ]
    groups += [(OVERRIDES, name, _OVERRIDES_OFFSET, members[0])] if bins else []
    groups += [(LAST, f"{name}-last", ASSOCIATION_SPAN, _plain_rules(last, LAST, quotas))] if last else []
    names = naming or Naming()
    return tuple(
        PlannedGroup(
            key,
            title,
            association_priority + offset,
            tuple(replace(rule, name=names.name(RULE_TYPE, rule.name)) for rule in sorted(members, key=_number)),
            names,
        )
        for key, title, offset, members in groups
    )


def _number(rule: PlannedRule) -> int:
    return rule.priority


def override_where(set_name: str, domain: str) -> str:
    """Return the path of one override in a report."""
    return f'overrides.{set_name}.names["{domain}"]'


def upper_q_type(q_type: str | None) -> str | None:
    """Return a query type as AWS writes it."""
    return q_type.upper() if isinstance(q_type, str) and not is_token(q_type) else None


def clash(q_type: str | None, taken: Iterable[str | None]) -> tuple[str | None, ...]:
    """Return which of the query types already overridden for a name a further one overlaps; ``None`` is every type."""
    return tuple(other for other in taken if None in (q_type, other) or rule_type(q_type) == rule_type(other))


def _override_rules(overrides: Iterable[OverrideSet], numbering: Numbering) -> Iterator[PlannedRule]:
    declared_types: dict[str, list[str | None]] = {}
    numbers = count(PINNED.start)
    for override_set in overrides:
        for domain, override in override_set.pairs():
            number = next(numbers) if numbering is Numbering.DECLARED else None
            canonical = _canonical(domain)
            target = _target(override.target)
            q_type = upper_q_type(override.q_type)
            if canonical is None or target is None or clash(q_type, declared_types.setdefault(canonical, [])):
                continue
            declared_types[canonical].append(q_type)
            # The provider updates neither the query type nor, without a moment of collision, the priority. Both are
            # functions of the key, so Terraform sees another resource when they change.
            chosen = number if override.priority is None else override.priority
            parts = [canonical, q_type or "", "" if chosen is None else str(chosen)]
            priority = slot(canonical, q_type) if chosen is None else chosen
            yield PlannedRule(
                key=" ".join(part for part in parts if part),
                list_key=" ".join(part for part in parts[:2] if part),
                name=aws_name(override_set.name, canonical, *([q_type] if q_type else [])),
                where=override_where(override_set.name, domain),
                priority=priority,
                action=RuleAction.override(target, ttl=override_set.ttl),
                domains=(canonical,),
                list_id=None,
                q_type=q_type,
                redirection=Redirection(override.redirection),
            )


def _plain_rules(rules: Mapping[str, Rule], argument: str, quotas: Quotas) -> list[PlannedRule]:
    planned = []
    for name, rule in rules.items():
        action = rule.action
        if action.target is not None and (target := _target(action.target)) is not None:
            action = RuleAction.override(target, ttl=action.ttl or 0)
        q_type = upper_q_type(rule.q_type)
        threat = rule.domains if isinstance(rule.domains, ThreatProtection) else None
        names = () if isinstance(rule.domains, ThreatProtection) else rule.domains.names
        for index, domains in enumerate(_chunks(names, quotas.names_per_list)):
            # A dot keeps the lists of one rule apart from rules of another name, which has none.
            list_key = name if index == 0 else f"{name}.{index + 1}"
            priority = rule.priority + index
            kind = "OVERRIDE" if action.target is not None else action.action
            # Besides the query type, the provider never takes a block response, an override or a threat back.
            fixed = [kind, q_type, threat.kind if threat else None, str(priority)]
            planned.append(
                PlannedRule(
                    key=" ".join([list_key, *filter(None, fixed)]),
                    list_key=list_key,
                    name=aws_name(name if index == 0 else f"{name}-{index + 1}"),
                    where=f'{argument}["{name}"]',
                    priority=priority,
                    action=action,
                    domains=domains,
                    list_id=None if isinstance(rule.domains, ThreatProtection) else rule.domains.list_id,
                    q_type=q_type,
                    redirection=Redirection(rule.redirection),
                    threat=threat,
                )
            )
    return planned


def _chunks(names: Sequence[str], size: int) -> list[tuple[str, ...]]:
    """Spread the names of one rule over lists; tokens, which have no stable name to go by, stay in the first."""
    tokens = {name: None for name in names if is_token(name)}
    known = {entry for name in names if name not in tokens and (entry := _entry(name))}
    bins = bins_for(len(known) + len(tokens), size)
    places = spread(known, bins, size, taken=len(tokens))
    chunks: list[list[str]] = [[] for _ in range(bins)]
    for name in sorted(known):
        chunks[places[name]].append(name)
    return [(*(tokens if index == 0 else ()), *chunk) for index, chunk in enumerate(chunks)]


def _entry(name: str) -> str | None:
    try:
        return canonical_entry(name)
    except InvalidNameError:
        return None


def _canonical(domain: str) -> str | None:
    try:
        return canonical_domain(domain)
    except InvalidNameError:
        return None


def _target(target: DnsTarget) -> str | None:
    name = target_name(target)
    if name is None or is_token(name):
        return name
    try:
        return canonical_target(name)
    except InvalidNameError:
        return None
