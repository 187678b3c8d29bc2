"""Declared groups, before any JSON exists; and the same declaration after synth."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cdktf import TerraformStack

from northsouth.dns import (
    Confidence,
    DnsOverrides,
    Domains,
    Numbering,
    Override,
    OverrideSet,
    Redirection,
    Rule,
    RuleAction,
    ThreatProtection,
)
from northsouth.dns.analysis import Code, analyse, problems_of
from northsouth.dns.declaration import Declaration
from northsouth.dns.deployed import read_ruleset
from northsouth.dns.planned_ruleset import declared_ruleset
from northsouth.dns.resolution import Firewall, Verdict
from northsouth.dns.ruleset import Ruleset
from northsouth.template import parse
from tests.harness.synth import synth

LIST = "rslvr-fdl-0123456789abcdef0"
ARGUMENTS = {
    "vpcs": {"main": "vpc-1", "second": "${aws_vpc.second.id}"},
    "overrides": [
        OverrideSet("hub", 60, {"api.example.com": "api.internal.example.net", "*.wild.example.com": "lb.example.net"}),
        OverrideSet(
            "six", 30, {"six.example.com": Override("v6.example.net", q_type="AAAA", redirection=Redirection.TRUST)}
        ),
        OverrideSet("later", 30, {"later.example.com": "${aws_lb.hub.dns_name}"}),
    ],
    "first": {"ours": Rule(action=RuleAction.allow(), domains=Domains.of("ok.wild.example.com"), priority=10)},
    "last": {
        "bad": Rule(action=RuleAction.block_nodata(), domains=Domains.of("*.bad.example"), priority=10),
        "aws": Rule(action=RuleAction.block_nxdomain(), domains=Domains.existing(LIST), priority=20),
    },
    "fail_open": {"main": True},
}


@pytest.fixture(scope="module")
def declared() -> Ruleset:
    groups = Declaration(name="hub", **ARGUMENTS).groups
    return declared_ruleset("DnsOverrides 'hub'", groups, ARGUMENTS["vpcs"], fail_open=["main"])


@pytest.fixture(scope="module")
def synthesized() -> Ruleset:
    def build(stack: TerraformStack) -> None:
        DnsOverrides(stack, "hub", **ARGUMENTS)

    return read_ruleset(parse(synth(build)))


@pytest.mark.parametrize(
    ("name", "q_type", "verdict", "target"),
    [
        ("api.example.com", "A", Verdict.OVERRIDDEN, "api.internal.example.net."),
        ("x.wild.example.com", "TXT", Verdict.OVERRIDDEN, "lb.example.net."),
        ("ok.wild.example.com", "A", Verdict.ALLOWED, None),
        ("six.example.com", "AAAA", Verdict.OVERRIDDEN, "v6.example.net."),
        ("six.example.com", "A", Verdict.UNDETERMINED, None),
        ("later.example.com", "A", Verdict.OVERRIDDEN, None),
        ("x.bad.example", "A", Verdict.NODATA, None),
        ("www.example.org", "A", Verdict.UNDETERMINED, None),
    ],
)
def test_a_declaration_and_its_synthesized_stack_decide_the_same(
    declared: Ruleset, synthesized: Ruleset, name: str, q_type: str, verdict: Verdict, target: str | None
) -> None:
    for ruleset in (declared, synthesized):
        for vpc in ruleset.vpcs:
            decision = Firewall(vpc).resolve(name, q_type)
            assert decision.verdict is verdict
            assert (decision.rule.rule.target if decision.rule else None) == target


def test_the_vpcs_are_known_by_label_id_and_expression(declared: Ruleset, synthesized: Ruleset) -> None:
    assert [(vpc.address, vpc.id, vpc.fail_open) for vpc in declared.vpcs] == [
        ("main", "vpc-1", True),
        ("second", "", False),
    ]
    assert [(vpc.address, vpc.id, vpc.fail_open) for vpc in synthesized.vpcs] == [
        ("vpc-1", "vpc-1", True),
        ("aws_vpc.second.id", "", False),
    ]


def test_findings_have_the_argument_s_path(declared: Ruleset) -> None:
    assert {finding.code for finding in analyse(declared)} == {Code.TLS}
    assert list(problems_of(analyse(declared))) == []
    looped = Declaration(
        name="x", vpcs={"main": "vpc-1"}, overrides=[OverrideSet("hub", 60, {"*.a.example": "b.a.example"})]
    )
    (problem,) = problems_of(analyse(declared_ruleset("x", looped.groups, looped.vpcs)))
    assert problem.where == 'overrides.hub.names["*.a.example"]'
    assert str(problem) == (
        'overrides.hub.names["*.a.example"]: got an endless chain: b.a.example. -> ...; '
        "an override must lead to a name that is not overridden back. "
        "Point it at another name, or allow that name in an earlier rule."
    )


def test_an_unclear_entry_and_a_threat_leave_names_open() -> None:
    star = Rule(action=RuleAction.block_nxdomain(), domains=Domains.of("*bad.example"), priority=1)
    threat = Rule(action=RuleAction.alert(), domains=ThreatProtection.dga(Confidence.HIGH), priority=2, q_type=None)
    declaration = Declaration(name="x", vpcs={"main": "vpc-1"}, last={"star": star, "threat": threat})
    assert list(declaration.problems()) == []
    firewall = Firewall(declared_ruleset("x", declaration.groups, declaration.vpcs).vpc())
    possible = firewall.resolve("verybad.example").outcome.possible
    assert [str(outcome.verdict) for outcome in possible] == ["nxdomain", "alerted", "passed"]
    assert [str(outcome.verdict) for outcome in firewall.resolve("good.example").outcome.possible] == [
        "alerted",
        "passed",
    ]
    assert list(declaration.notes()) == [
        'last["star"]: AWS takes *bad.example. and does not say what it matches; write `*.` for every name below'
    ]


def test_redirections_that_meet_a_block_are_noted() -> None:
    allow = Rule(action=RuleAction.allow(), domains=Domains.of("*.verify.example"), priority=1)
    block = Rule(action=RuleAction.block_nodata(), domains=Domains.of("*"), priority=1)
    declaration = Declaration(name="x", vpcs={}, first={"allow": allow}, last={"block": block})
    assert list(declaration.problems()) == []
    (note,) = declaration.notes()
    assert note.startswith(
        'first["allow"]: a redirection (CNAME, DNAME) to a name that no rule lists meets last["block"]'
    )


def test_from_one_numbering_to_the_other_without_a_gap() -> None:
    names = {"b.example": "b.internal", "a.example": "a.internal", "*.example": "rest.internal"}
    by_name = Declaration(name="hub", vpcs={"main": "vpc-1"}, overrides=[OverrideSet("hub", 60, names)])
    declared = replace(by_name, name="hub-2", association_priority=1200, numbering=Numbering.DECLARED)
    assert list(declared.problems()) == []
    stages = [by_name.groups, (*by_name.groups, *declared.groups), declared.groups]
    walls = [Firewall(declared_ruleset("x", groups, by_name.vpcs).vpc()) for groups in stages]
    for name in ("a.example", "b.example", "c.example"):
        assert len({wall.resolve(name).outcome.effect for wall in walls}) == 1
