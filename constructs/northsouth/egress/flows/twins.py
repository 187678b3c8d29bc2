"""What DNS answers for a name before and after an override to its private twin; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from northsouth.dns.names import InvalidNameError, canonical_target
from northsouth.dns.records import query_name
from northsouth.dns.resolution import Decision, Firewall
from northsouth.dns.ruleset import Action, Association, DomainList, FirewallRule, Response, RuleGroup, Ruleset, Vpc
from northsouth.errors import Problem, refuse

_ADDRESS = "the override"


def resolutions(rules: Ruleset | None, twins: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return, for each name, a line for what it resolves to today and one for what it would with the override.

    Args:
        rules: the DNS Firewall rules of the VPCs; ``None`` if no template was read.
        twins: names and their private twins.

    Raises:
        ConfigurationError: if a name or a target is none.

    """
    refuse("--twin", *(_check(name, target) for name, target in twins.items()))
    lines: dict[str, tuple[str, ...]] = {}
    for name, target in twins.items():
        vpc = rules.vpcs[0] if rules and len(rules.vpcs) == 1 else Vpc("this VPC")
        records = rules.records if rules else ()
        today = Firewall(vpc, records).resolve(name)
        then = Firewall(_overridden(vpc, name, target), records).resolve(name)
        lines[name.lower().rstrip(".")] = (f"today: {_resolution(today)}", f"then:  {_resolution(then)}")
    return lines


def _check(name: str, target: str) -> list[Problem]:
    problems = []
    for text in (name, target):
        try:
            canonical_target(text)
        except InvalidNameError as error:
            fix = f"{error.fix} Write --twin cdn.example.com=cdn.internal.example.com."
            problems.append(Problem(f"{name}={target}", repr(text), error.allowed, fix))
    return problems


def _overridden(vpc: Vpc, name: str, target: str) -> Vpc:
    rule = FirewallRule(
        address=_ADDRESS,
        priority=0,
        action=Action.BLOCK,
        domains=DomainList(_ADDRESS, (query_name(name),)),
        response=Response.OVERRIDE,
        target=canonical_target(target),
        ttl=60,
    )
    first = Association(_ADDRESS, 0, RuleGroup(_ADDRESS, _ADDRESS, (rule,)))
    return replace(vpc, associations=(first, *vpc.associations))


def _resolution(decision: Decision) -> str:
    ends = "nothing" if decision.connects_to is None else decision.connects_to.rstrip(".")
    addresses = f" ({', '.join(decision.addresses)})" if decision.addresses else ""
    return f"{decision.name.rstrip('.')} is {decision.verdict}, clients connect to {ends}{addresses}"
