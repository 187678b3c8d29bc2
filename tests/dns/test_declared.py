"""Declared groups, before any JSON exists."""

from __future__ import annotations

from dataclasses import dataclass

from northsouth.dns.analysis import Code, analyse
from northsouth.dns.declared import declared_ruleset
from northsouth.dns.resolution import Firewall, Verdict


@dataclass(frozen=True)
class Act:
    action: str
    response: str | None = None
    target: object = None
    ttl: int | None = None


@dataclass(frozen=True)
class Declared:
    where: str
    priority: int
    action: Act
    domains: tuple[str, ...] = ()
    list_id: str | None = None
    q_type: str | None = None
    redirection: str = "INSPECT_REDIRECTION_DOMAIN"
    name: str = ""


@dataclass(frozen=True)
class Group:
    name: str
    association_priority: int
    rules: tuple[Declared, ...]


def override(where: str, priority: int, domain: str, target: object) -> Declared:
    return Declared(where, priority, Act("BLOCK", "OVERRIDE", target, 60), (domain,))


def test_declared_groups_resolve_and_are_judged() -> None:
    groups = [
        Group("late", 200, (override('overrides.hub.names["a.b"]', 7, "a.b.", "c.d."),)),
        Group("early", 150, (Declared('first["all"]', 3, Act("ALLOW"), ("*.b.",)),)),
    ]
    ruleset = declared_ruleset("DnsOverrides 'x'", groups, {"main": "${TfToken[TOKEN.1]}", "old": "vpc-1"})
    assert Firewall(ruleset.vpc("vpc-1")).resolve("a.b").verdict is Verdict.ALLOWED
    dead = next(finding for finding in analyse(ruleset) if finding.code is Code.DEAD_OVERRIDE)
    assert dead.address == 'overrides.hub.names["a.b"]'
    assert dead.vpcs == ("main", "old")


def test_tokens_and_existing_lists_are_not_judged() -> None:
    groups = [
        Group(
            "g",
            150,
            (
                Declared("first", 1, Act("BLOCK", "NXDOMAIN"), list_id="rslvr-fdl-1"),
                Declared("second", 2, Act("ALLOW"), ("${x.y.z}",), redirection="TRUST_REDIRECTION_DOMAIN"),
                override("third", 3, "a.b.", "${aws_lb.x.dns_name}"),
            ),
        )
    ]
    ruleset = declared_ruleset("x", groups, {"main": "vpc-1"}, fail_open=True)
    outcome = Firewall(ruleset.vpc()).judge("a.b.")
    assert [option.verdict for option in outcome.possible] == [Verdict.NXDOMAIN, Verdict.ALLOWED, Verdict.OVERRIDDEN]
    rules = ruleset.vpcs[0].associations[0].group.rules
    assert [rule.inspects for rule in rules] == [True, False, True]
    assert rules[2].target_expression == "${aws_lb.x.dns_name}"
    assert ruleset.vpcs[0].fail_open
    assert [finding.code for finding in analyse(ruleset)] == [Code.TLS]
