"""Random declarations that AWS accepts, few enough in names and numbers to collide often."""

from __future__ import annotations

from random import Random

from northsouth.dns.declaration import Declaration
from northsouth.dns.overrides import Domains, Numbering, Override, OverrideSet, Quotas, Rule, RuleAction

TINY = Quotas(rules_per_group=5)

_EXACT = [f"{letter}.example" for letter in "abcdefgh"]
_ACTIONS = [
    RuleAction.allow(),
    RuleAction.alert(),
    RuleAction.block_nodata(),
    RuleAction.block_nxdomain(),
    RuleAction.override("sink.internal", ttl=5),
]
_DOMAINS = [Domains.of("bad.example"), Domains.of("odd.example", "worse.example"), Domains.of("evil.example")]
EXISTING = [Domains.existing("rslvr-fdl-11111111"), Domains.existing("rslvr-fdl-22222222"), Domains.of("odd.example")]
_Q_TYPES = [None, None, "A", "AAAA"]
_TARGETS = ["x.internal", "y.internal"]


def random_declaration(random: Random, domains: list[Domains] = _DOMAINS) -> Declaration:
    """Return a declaration that has no problems, with these domains in its rules."""
    while True:
        declaration = Declaration(
            name="dns",
            vpcs={"main": "vpc-0a"},
            overrides=_override_sets(random),
            first=_rules(random, domains),
            last=_rules(random, domains),
            association_priority=random.choice([1000, 1050]),
            min_groups=random.choice([1, 2, 3]),
            quotas=TINY,
            numbering=random.choice(list(Numbering)),
        )
        if not [*declaration.problems()]:
            return declaration


def _override_sets(random: Random) -> list[OverrideSet]:
    pins = random.sample([100, 101, 102, None], 4) + [None] * len(_EXACT)
    names = random.sample(_EXACT, random.randint(1, 8))
    overrides = {
        name: Override(random.choice(_TARGETS), priority=pin, q_type=random.choice(_Q_TYPES))
        for name, pin in zip(names, pins, strict=False)
    }
    wildcards = random.sample(["*.example", "*"], random.randint(0, 2))
    overrides |= {name: Override(random.choice(_TARGETS)) for name in wildcards}
    return [OverrideSet("hub", random.choice([60, 300]), overrides)]


def _rules(random: Random, all_domains: list[Domains]) -> dict[str, Rule]:
    names = random.sample(["one", "two", "three"], random.randint(0, 3))
    priorities, domains = random.sample([10, 20, 30], 3), random.sample(all_domains, 3)
    return {
        name: Rule(
            action=random.choice(_ACTIONS),
            domains=judged,
            priority=priority,
            q_type=random.choice(_Q_TYPES),
        )
        for name, priority, judged in zip(names, priorities, domains, strict=False)
    }
