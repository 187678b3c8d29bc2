"""Declared groups, before any JSON exists; and the same declaration after synth."""

from __future__ import annotations

import pytest
from cdktf import TerraformStack

from northsouth.dns import DnsOverrides, Domains, Override, OverrideSet, Redirection, Rule, RuleAction
from northsouth.dns.analysis import Code, analyse, check_ruleset
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
    assert list(check_ruleset(declared)) == []
    looped = Declaration(
        name="x", vpcs={"main": "vpc-1"}, overrides=[OverrideSet("hub", 60, {"*.a.example": "b.a.example"})]
    )
    (problem,) = check_ruleset(declared_ruleset("x", looped.groups, looped.vpcs))
    assert problem.where == 'overrides.hub.names["*.a.example"]'
    assert str(problem) == (
        'overrides.hub.names["*.a.example"]: got an endless chain: b.a.example. -> ...; '
        "an override must lead to a name that is not overridden back. "
        "Point it at another name, or allow that name in an earlier rule."
    )
