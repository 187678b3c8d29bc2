"""The resolver against a second evaluator, written from AWS's text by the slowest obvious design.

``make differential`` judges 20,000 random rule sets; the quick tests judge 500. Both are seeded, so a failure repeats.
"""

from __future__ import annotations

import os
import random
from collections.abc import Mapping, Sequence
from itertools import pairwise

from northsouth.dns.resolution import Firewall
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
