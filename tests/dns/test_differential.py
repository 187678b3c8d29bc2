"""The resolver against a second evaluator, written from AWS's text by the slowest obvious design.

One half judges names by DNS Firewall's rules, the other looks up by zones, forwarding rules and Profiles what they let
through. Neither shares code with the resolver.

``make differential`` judges 20,000 random rule sets; the quick tests judge 500. Both are seeded, so a failure repeats.
"""

from __future__ import annotations

import os
import random
from collections.abc import Mapping, Sequence
from itertools import pairwise

from northsouth.dns.records import Record
from northsouth.dns.resolution import Firewall
from northsouth.dns.resolver_rules import Kind, ResolverRule
from northsouth.dns.ruleset import Action, Association, DomainList, FirewallRule, Response, RuleGroup, Vpc

RULE_SETS = int(os.environ.get("RULE_SETS", "500"))
QUERIES = 4

_NAMES = ("a.", "b.", "a.a.", "b.a.", "a.b.", "a.b.a.", "b.b.a.", "ab.a.")
_ENTRIES = ("*.", "*.a.", "*.b.", "*.b.a.", "*.a.a.", *_NAMES)
_KINDS = {"A": 1, "AAAA": 28, "MX": 15, "HTTPS": 65, "TLSA": 52}
_SPELLINGS = (None, None, None, "A", "aaaa", "TYPE28", "TYPE1", "TYPE65", "type65", "TYPE52")


def random_rule(chance: random.Random, priority: int) -> FirewallRule:
    """Return a rule that surely collides with others."""
    action = chance.choice(list(Action))
    response = chance.choice(list(Response)) if action is Action.BLOCK else None
    return FirewallRule(
        address=f"rule-{priority}",
        priority=priority,
        action=action,
        domains=DomainList("list", tuple(chance.sample(_ENTRIES, chance.randint(1, 3)))),
        response=response,
        target=chance.choice(_NAMES) if response is Response.OVERRIDE else None,
        ttl=60 if response is Response.OVERRIDE else None,
        q_type=chance.choice(_SPELLINGS),
        inspects=chance.random() < 0.7,
    )


def random_vpc(chance: random.Random) -> Vpc:
    """Return a VPC with a few groups, neither they nor their rules in order."""
    associations = []
    for place in chance.sample(range(101, 9900), chance.randint(0, 3)):
        numbers = chance.sample(range(1, 1000), chance.randint(1, 4))
        rules = tuple(random_rule(chance, number * 10_000 + place) for number in numbers)
        associations.append(Association(f"association-{place}", place, RuleGroup(f"group-{place}", "", rules)))
    return Vpc("vpc", associations=tuple(associations))


def listed(entry: str, name: str) -> bool:
    """Tell whether an entry is a name's own, or a wildcard with at least one label in the star's place."""
    if entry == "*.":
        return True
    wanted, labels = entry.split("."), name.split(".")
    if wanted[0] != "*":
        return wanted == labels
    tail = wanted[1:]
    return len(labels) > len(tail) and labels[len(labels) - len(tail) :] == tail


def number(q_type: str) -> int:
    """Return the number of a query type."""
    kind = q_type.upper()
    return int(kind[4:]) if kind.startswith("TYPE") else _KINDS[kind]


def first_match(vpc: Vpc, name: str, kind: str, *, later: bool) -> FirewallRule | None:
    """Walk all groups, then all rules, from the lowest number up; rules that trust judge no later name of a chain."""
    for group in sorted(vpc.associations, key=lambda association: association.priority):
        for rule in sorted(group.group.rules, key=lambda held: held.priority):
            typed = rule.q_type is None or number(rule.q_type) == number(kind)
            judged = rule.inspects or not later
            if typed and judged and any(listed(entry, name) for entry in rule.domains.names):
                return rule
    return None


def evaluate(vpc: Vpc, chain: Sequence[str], kind: str) -> tuple[str, str | None]:
    """Return what becomes of a query whose redirections are known, and the address of the rule that decides."""
    rules: list[FirewallRule] = []
    for place, name in enumerate(chain):
        rule = first_match(vpc, name, kind, later=place > 0)
        if rule is None:
            continue
        if rule.action is Action.BLOCK:
            answer = {"NODATA": "nodata", "NXDOMAIN": "nxdomain", "OVERRIDE": "overridden"}[str(rule.response)]
            return answer, rule.address
        rules.append(rule)
        if not rule.inspects:
            break
    for action, verdict in ((Action.ALERT, "alerted"), (Action.ALLOW, "allowed")):
        for rule in rules:
            if rule.action is action:
                return verdict, rule.address
    return "passed", None


def redirections(chain: Sequence[str]) -> Mapping[str, str]:
    """Return each name of a chain with the next."""
    return dict(pairwise(chain))


def test_the_resolver_agrees_with_a_second_evaluator() -> None:
    chance = random.Random(23)
    verdicts: set[str] = set()
    for _ in range(RULE_SETS):
        vpc = random_vpc(chance)
        firewall = Firewall(vpc)
        for _ in range(QUERIES):
            chain = chance.sample(_NAMES, chance.randint(1, 4))
            kind = chance.choice(list(_KINDS))
            decision = firewall.resolve(chain[0], kind, cnames=redirections(chain))
            rule = decision.rule.rule.address if decision.rule else None
            expected = evaluate(vpc, chain, kind)
            assert (str(decision.verdict), rule) == expected, (vpc, chain, kind)
            verdicts.add(expected[0])
    assert verdicts == {"passed", "allowed", "alerted", "nodata", "nxdomain", "overridden"}


_DOMAINS = (".", "a.", "b.", "a.a.", "b.a.")
_TYPES = ("A", "AAAA", "TXT", "CNAME")


def random_zone_rules(chance: random.Random) -> tuple[ResolverRule, ...]:
    """Return what a VPC and its Profile bring: zones and custom rules, at most one of a kind for a domain and place."""
    rules: list[ResolverRule] = []
    for local in (True, False):
        for domain in chance.sample(_DOMAINS[1:], chance.randint(0, 2)):
            records = [
                Record(
                    f"{name}{domain}", kind, ("b.a.",) if kind == "CNAME" else (f"10.{len(rules)}.0.{at}",), zone="z"
                )
                for at, name in enumerate(chance.sample(("", "a.", "b.", "*.", "a.b."), chance.randint(0, 3)))
                for kind in chance.sample(_TYPES, 1)
            ]
            zone = f"zone {domain} {local}"
            rules.append(ResolverRule(address=zone, domain=domain, kind=Kind.ZONE, local=local, records=tuple(records)))
        for domain in chance.sample(_DOMAINS, chance.randint(0, 2)):
            kind = chance.choice([Kind.FORWARD, Kind.SYSTEM])
            rules.append(ResolverRule(address=f"{kind} {domain} {local}", domain=domain, kind=kind, local=local))
    chance.shuffle(rules)
    return tuple(rules)


def ends_with(name: str, domain: str) -> bool:
    """Tell whether a name is a domain or below it, label by label."""
    labels, tail = name.split(".")[:-1], [label for label in domain.split(".") if label]
    return not tail or labels[-len(tail) :] == tail


def first_of(rules: Sequence[ResolverRule], name: str) -> ResolverRule | None:
    """Return the rule of the longest domain: the VPC's own before its Profile's, a custom rule before a zone."""
    for length in range(len(name.split(".")), -1, -1):
        for local in (True, False):
            for zones in (False, True):
                for rule in rules:
                    long = len([label for label in rule.domain.split(".") if label]) == length
                    if (
                        long
                        and rule.local is local
                        and (rule.kind is Kind.ZONE) is zones
                        and ends_with(name, rule.domain)
                    ):
                        return rule
    return None


def place(rules: Sequence[ResolverRule], name: str) -> ResolverRule | None:
    """Return who answers; a system rule takes forwarding rules away that are less specific than it."""
    rule = first_of(rules, name)
    left = list(rules)
    while rule is not None and rule.kind is not Kind.ZONE:
        if rule.kind is Kind.FORWARD:
            return rule
        left = [other for other in left if other.kind is Kind.ZONE]
        rule = first_of(left, name)
    return rule


def zone_answer(zone: ResolverRule, name: str, kind: str) -> str | tuple[str, ...]:
    """Return what a private zone answers: a redirection, values, or NXDOMAIN, also where only the type is missing."""
    owners = {record.name for record in zone.records}
    exists = {".".join(owner.split(".")[at:]) for owner in owners for at in range(owner.count("."))}
    wanted = name
    if name not in exists:
        labels = name.split(".")
        for at in range(1, len(labels) - 1):
            encloser = ".".join(labels[at:])
            if encloser in exists or f"*.{encloser}" in owners:
                wanted = f"*.{encloser}"
                break
    held = [record for record in zone.records if record.name == wanted]
    for record in held:
        if record.type == "CNAME" and kind != "CNAME":
            return record.values[0]
    values = tuple(value for record in held if record.type == kind for value in record.values)
    return values or "nxdomain"


def looked_up(rules: Sequence[ResolverRule], name: str, kind: str) -> tuple[str, str, tuple[str, ...], str]:
    """Return the last name of a chain, what is known of its answer, its values, and who answers."""
    seen = set()
    while name not in seen:
        seen.add(name)
        rule = place(rules, name)
        if rule is None:
            return name, "public", (), ""
        if rule.kind is Kind.FORWARD:
            return name, "forwarded", (), rule.address
        answer = zone_answer(rule, name, kind)
        if answer == "nxdomain":
            return name, "missing", (), rule.address
        if isinstance(answer, tuple):
            return name, "records", answer, rule.address
        name = answer
    return name, "loop", (), ""


def test_the_lookup_agrees_with_a_second_evaluator() -> None:
    chance = random.Random(53)
    states: set[str] = set()
    for _ in range(RULE_SETS):
        rules = random_zone_rules(chance)
        firewall = Firewall(Vpc("vpc", resolver_rules=rules))
        for _ in range(QUERIES):
            name, kind = chance.choice(_NAMES), chance.choice(_TYPES)
            decision = firewall.resolve(name, kind)
            by = decision.lookup.rule.address if decision.lookup and decision.lookup.rule else ""
            state = "loop" if decision.loop else str(decision.state)
            expected = looked_up(rules, name, kind)
            last = decision.chain[-1].leads_to if decision.loop else decision.chain[-1].name
            assert (last, state, decision.addresses, by) == expected, (rules, name, kind)
            states.add(state)
    assert states == {"public", "forwarded", "missing", "records", "loop"}
