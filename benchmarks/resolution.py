"""How many look-ups a second ``northsouth.dns.resolution`` answers, against a naive walk through the rules.

Run by itself: ``python -m benchmarks.resolution [RULES]``.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from northsouth.dns.names import covers
from northsouth.dns.resolution import Firewall
from northsouth.dns.ruleset import Action, Association, DomainList, FirewallRule, Response, RuleGroup, Vpc

JUDGE, RESOLVE, NAIVE = "judge (canonical name)", "resolve (any name, whole decision)", "naive walk"
REPEATS = 5
LOOKUPS = 50_000
SEED = 7


def rules(count: int) -> list[FirewallRule]:
    """Nine exact overrides to one wildcard block, as in a large set of overrides."""
    made = []
    for number in range(count):
        wild = number % 10 == 9
        name = f"*.zone{number}.example.com." if wild else f"api{number}.hub.example.com."
        made.append(
            FirewallRule(
                address=f"rule-{number}",
                priority=number,
                action=Action.BLOCK,
                response=Response.NXDOMAIN if wild else Response.OVERRIDE,
                target=None if wild else f"api{number}.internal.example.net.",
                ttl=60,
                domains=DomainList("list", (name,)),
                q_type="AAAA" if number % 50 == 0 else None,
            )
        )
    return made


def names(count: int, amount: int, seed: int) -> list[str]:
    """Return overridden names, names below blocked wildcards, and names that no rule knows, a third each."""
    chosen = random.Random(seed)
    kinds = ("api{}.hub.example.com", "a.b.zone{}.example.com", "www{}.elsewhere.example.org")
    return [chosen.choice(kinds).format(chosen.randrange(count)) for _ in range(amount)]


def naive(ordered: list[FirewallRule], name: str) -> FirewallRule | None:
    for rule in ordered:
        if rule.q_type in (None, "A") and any(covers(entry, name) for entry in rule.domains.names):
            return rule
    return None


def rate(ask: Callable[[str], object], asked: list[str]) -> float:
    start = time.process_time()
    for name in asked:
        ask(name)
    return len(asked) / (time.process_time() - start)


@dataclass(frozen=True)
class Resolution:
    """Processor seconds to build the index, and look-ups in a second of it, by way, one for each repeat."""

    built: float
    rates: dict[str, list[float]]


def measure(count: int) -> Resolution:
    """Look names up among ``count`` rules.

    Raises:
        SystemExit: the index and the naive walk disagree.

    """
    ordered = rules(count)
    start = time.process_time()
    wall = Firewall(
        Vpc("vpc", associations=(Association("association", 101, RuleGroup("group", "group", tuple(ordered))),))
    )
    built = time.process_time() - start
    asked = names(count, LOOKUPS, SEED)
    canonical = [f"{name}." for name in asked]
    few = canonical[:60]
    for name in few:
        expected = naive(ordered, name)
        placed = wall.judge(name).placed
        if (placed.rule if placed else None) is not expected:
            raise SystemExit(f"{name}: the index and the naive walk disagree")
    found: dict[str, list[float]] = {JUDGE: [], RESOLVE: [], NAIVE: []}
    for _ in range(REPEATS):
        found[JUDGE].append(rate(wall.judge, canonical))
        found[RESOLVE].append(rate(wall.resolve, asked))
        found[NAIVE].append(rate(lambda name: naive(ordered, name), few))
    return Resolution(built, found)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    found = measure(count)
    base = statistics.median(found.rates[NAIVE])
    print(
        f"{count:,} rules, index built in {found.built:.2f} s of CPU; look-ups in a second of CPU, "
        f"median of {REPEATS} rounds in one run:"
    )
    for what, rates in found.rates.items():
        middle = statistics.median(rates)
        print(f"  {what:36} {middle:12,.0f}   {middle / base:8,.0f} x naive   (min {min(rates):,.0f})")


if __name__ == "__main__":
    main()
