"""What each name resolves to on both sides of a change, by the resolver of ``northsouth resolve``; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from northsouth.dns.analysis import analyse
from northsouth.dns.deployed import read_ruleset
from northsouth.dns.resolution import Decision, Firewall, Verdict, firewalls
from northsouth.dns.ruleset import Ruleset
from northsouth.report.sides import Sides

_ANY = "*."
_TYPE = "A"


def naming(sides: Sides) -> dict[str, Any]:
    """Return the names that rules judge on either side, with the answers before and after, as JSON values."""
    before = None if sides.before is None else read_ruleset(sides.before.template)
    after = read_ruleset(sides.after.template)
    rows = list(_rows(_by_vpc(before), _by_vpc(after)))
    known = set() if before is None else {(finding.code, finding.address) for finding in analyse(before)}
    findings = [
        {
            "severity": str(finding.severity),
            "message": finding.message,
            "new": (finding.code, finding.address) not in known,
        }
        for finding in analyse(after)
    ]
    return {"names": rows, "findings": findings}


def _by_vpc(ruleset: Ruleset | None) -> dict[str, Firewall]:
    if ruleset is None:
        return {}
    return {firewall.vpc.address: firewall for firewall in firewalls(ruleset) if firewall.vpc.associations}


def _rows(before: Mapping[str, Firewall], after: Mapping[str, Firewall]) -> Iterator[dict[str, Any]]:
    for vpc in sorted(before.keys() | after.keys()):
        old, new = before.get(vpc), after.get(vpc)
        for name, kind in sorted(_names_to_resolve(old) | _names_to_resolve(new)):
            answers = [_answer(firewall, name, kind) for firewall in (old, new)]
            yield {
                "vpc": vpc,
                "name": name,
                "type": kind,
                "before": answers[0],
                "after": answers[1],
                "changed": _noticed(answers[0]) != _noticed(answers[1]),
            }


def _names_to_resolve(firewall: Firewall | None) -> set[tuple[str, str]]:
    """Return the names and types that rules tell apart; a wildcard is asked for by a name below it."""
    if firewall is None:
        return set()
    rules = [placed.rule for placed in firewall.index.rules]
    return {
        (name, rule.q_type or _TYPE) for rule in rules for name in rule.domains.names if name != _ANY
    }  # fmt: skip


def _answer(firewall: Firewall | None, name: str, kind: str) -> dict[str, Any]:
    """Return what a client is answered; without rules, what everybody is."""
    if firewall is None:
        return {"verdict": str(Verdict.PASSED), "to": name, "addresses": [], "rule": None, "ttl": None, "loop": False}
    decision = firewall.resolve(name.replace("*", "any", 1), kind)
    return {
        "verdict": "loop" if decision.loop else str(decision.verdict),
        "to": _target(decision, name),
        "addresses": list(decision.addresses),
        "rule": _rule(decision),
        "ttl": None if decision.rule is None or decision.loop else decision.rule.rule.ttl,
        "loop": decision.loop,
    }


def _target(decision: Decision, name: str) -> str | None:
    rule = decision.rule.rule if decision.rule else None
    if decision.loop:
        return None
    if decision.verdict is Verdict.OVERRIDDEN and rule is not None:
        return decision.connects_to or rule.target or rule.target_expression or None
    if decision.connects_to is None:
        return None
    return name if decision.connects_to == decision.name else decision.connects_to


def _rule(decision: Decision) -> dict[str, Any] | None:
    placed = decision.rule
    if placed is None:
        return None
    group = placed.association.group
    return {"address": placed.rule.address, "group": group.name or group.address, "priority": placed.rule.priority}


def _noticed(answer: Mapping[str, Any]) -> tuple[object, ...]:
    """Return what a client notices: a rule that lets a query pass answers as no rule does."""
    verdict = answer["verdict"]
    passes = verdict in {str(member) for member in Verdict if member.resolves}
    return "resolves" if passes else verdict, answer["to"], tuple(answer["addresses"])
