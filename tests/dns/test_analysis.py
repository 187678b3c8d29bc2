"""Findings: each kind, its severity, and what must not be reported."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from northsouth.dns.analysis import Code, Finding, Severity, analyse
from northsouth.dns.records import Record
from northsouth.dns.resolution import Firewall, Verdict
from northsouth.dns.resolver_rules import Kind, ResolverRule
from northsouth.dns.ruleset import Action, DomainList, FirewallRule, Ruleset
from tests.dns.rules import group, rule, ruleset, vpc
from tests.dns.test_resolution import LABELS, walls


def found(*rules: FirewallRule) -> list[Finding]:
    return [finding for finding in analyse(ruleset(vpc(*rules))) if finding.code is not Code.TLS]


def codes(*rules: FirewallRule) -> list[Code]:
    return [finding.code for finding in found(*rules)]


def test_sound_rules_have_no_findings_but_the_tls_caveat() -> None:
    findings = analyse(
        ruleset(vpc(rule(1, "OVERRIDE", "a.example.", to="b.internal."), rule(2, "NXDOMAIN", "*.bad.example.")))
    )
    assert [(finding.code, finding.severity) for finding in findings] == [(Code.TLS, Severity.WARNING)]
    assert "certificate" in findings[0].message


def test_a_ruleset_without_overrides_has_no_findings() -> None:
    assert analyse(ruleset(vpc(rule(1, "ALLOW", "a.example.")), vpc(name="other"))) == []


def test_a_dead_override_is_an_error_that_names_both_rules() -> None:
    (finding,) = found(rule(1, "ALLOW", "*.example."), rule(2, "OVERRIDE", "a.example.", "a.other.", to="b.internal."))
    assert (finding.code, finding.severity, finding.address) == (Code.DEAD_OVERRIDE, Severity.ERROR, "rule-2")
    assert finding.message == "never answers for a.example.: rule-1 comes first"
    assert finding.vpcs == ("aws_vpc.vpc",)
    assert str(finding) == "error: rule-2: never answers for a.example.: rule-1 comes first [aws_vpc.vpc]"


@pytest.mark.parametrize(
    ("earlier", "later", "dead"),
    [
        (("*.example.",), ("a.example.", "*.b.example."), True),
        (("a.example.", "b.example."), ("a.example.",), True),
        (("*.",), ("example.", "*.example."), True),
        (("*.example.",), ("example.",), False),
        (("a.example.",), ("*.example.",), False),
        (("a.example.",), ("a.example.", "c.example."), False),
    ],
)
def test_a_dead_rule_is_a_warning(earlier: tuple[str, ...], later: tuple[str, ...], dead: bool) -> None:
    findings = found(rule(1, "ALLOW", *earlier), rule(2, "NXDOMAIN", *later))
    assert [(finding.code, finding.severity) for finding in findings] == (
        [(Code.DEAD_RULE, Severity.WARNING)] if dead else []
    )


def test_types_and_redirections_keep_a_rule_alive() -> None:
    name = "a.example."
    assert codes(rule(1, "ALLOW", name, q_type="A"), rule(2, "NXDOMAIN", name)) == []
    assert codes(rule(1, "ALLOW", name), rule(2, "NXDOMAIN", name, q_type="A")) == [Code.DEAD_RULE]
    assert codes(rule(1, "ALLOW", name, inspects=False), rule(2, "NXDOMAIN", name)) == []
    assert codes(rule(1, "ALLOW", name), rule(2, "NXDOMAIN", name, inspects=False)) == [Code.DEAD_RULE]


def test_what_is_unknown_kills_nothing() -> None:
    assert codes(rule(1, "ALLOW", unknown_list="managed"), rule(2, "NXDOMAIN", "a.example.")) == []
    assert codes(rule(1, "ALLOW", "a.example.", unknown="place"), rule(2, "NXDOMAIN", "a.example.")) == []
    assert codes(rule(1, "ALLOW", "a.example."), rule(2, "NXDOMAIN", "a.example.", unknown_list="part")) == []


def test_rules_of_an_earlier_group_count() -> None:
    early = group(rule(9, "ALLOW", "a.example."), priority=200, name="early")
    late = group(rule(1, "NXDOMAIN", "a.example."), priority=300, name="late")
    assert [finding.address for finding in analyse(ruleset(vpc(late, early)))] == ["rule-1"]


def test_an_override_that_leads_back_is_an_error() -> None:
    findings = found(
        rule(1, "OVERRIDE", "a.example.", to="b.example."), rule(2, "OVERRIDE", "b.example.", to="a.example.")
    )
    assert [(finding.code, finding.severity) for finding in findings] == [(Code.LOOP, Severity.ERROR)] * 2
    assert findings[0].message == "an endless chain: b.example. -> a.example. -> ..."


def test_a_wildcard_that_covers_its_own_target_is_a_loop() -> None:
    assert codes(rule(1, "OVERRIDE", "*.example.", to="hub.example.")) == [Code.LOOP]
    assert codes(rule(1, "ALLOW", "hub.example."), rule(2, "OVERRIDE", "*.example.", to="hub.example.")) == []


@pytest.mark.parametrize("q_type", ["TYPE65", "type65", "https", "TYPE00065"])
def test_a_type_is_the_same_however_it_is_written(q_type: str) -> None:
    early, late = rule(1, "ALLOW", "*.a.example.", q_type="TYPE65"), "b.a.example."
    assert codes(early, rule(2, "OVERRIDE", late, to="x.", q_type=q_type)) == [Code.DEAD_OVERRIDE]
    ring = rule(1, "OVERRIDE", "a.", to="b.", q_type="HTTPS"), rule(2, "OVERRIDE", "b.", to="a.", q_type=q_type)
    assert codes(*ring) == [Code.LOOP, Code.LOOP]


@pytest.mark.parametrize(
    ("allowed", "said"),
    [(["A"], "for every type but A"), (["A", "TYPE28"], "for every type but A, AAAA"), ([], "")],
)
def test_a_loop_of_some_types_only(allowed: list[str], said: str) -> None:
    allows = [rule(number, "ALLOW", "hub.example.", q_type=kind) for number, kind in enumerate(allowed, 1)]
    (finding,) = found(*allows, rule(9, "OVERRIDE", "*.example.", to="hub.example."))
    assert finding.code is Code.LOOP
    assert finding.message == f"an endless chain{f' {said}' if said else ''}: hub.example. -> ..."


def test_a_loop_of_one_named_type() -> None:
    back = rule(2, "OVERRIDE", "b.example.", to="a.example.", q_type="AAAA")
    findings = found(rule(1, "OVERRIDE", "a.example.", to="b.example."), back)
    assert [finding.message for finding in findings] == [
        "an endless chain for AAAA: b.example. -> a.example. -> ...",
        "an endless chain: a.example. -> b.example. -> ...",
    ]


def test_a_type_that_earlier_rules_take_is_no_loop() -> None:
    early = rule(1, "ALLOW", "a.example.", q_type="AAAA")
    back = rule(3, "OVERRIDE", "b.example.", to="a.example.", q_type="AAAA")
    assert codes(early, rule(2, "OVERRIDE", "a.example.", to="b.example."), back) == []
    ring = rule(1, "OVERRIDE", "a.", to="b.", q_type="CNAME"), rule(2, "OVERRIDE", "b.", to="a.", q_type="CNAME")
    assert codes(*ring) == []


@given(walls())
def test_a_loop_is_found_exactly_where_a_query_runs_into_one(wall: Firewall) -> None:
    findings = analyse(Ruleset("test", (wall.vpc,)))
    looping = {finding.address for finding in findings if finding.code is Code.LOOP}
    for kind in ("A", "AAAA", "MX"):
        for placed in wall.index.rules:
            for entry in placed.rule.domains.names:
                decision = wall.resolve(entry.replace("*", "x", 1) if entry != "*." else "x.", kind)
                if decision.loop and decision.rule is not None and decision.rule.certain:
                    assert decision.rule.rule.address in looping


@pytest.mark.parametrize(("ttl", "said"), [(60, ""), (300, ", with TTL 60 s in place of 300 s")])
def test_an_override_behind_one_with_the_same_target_is_a_warning(ttl: int, said: str) -> None:
    wild = rule(1, "OVERRIDE", "*.example.", to="hub.internal.")
    (finding,) = found(wild, rule(2, "OVERRIDE", "a.example.", to="hub.internal.", ttl=ttl))
    assert (finding.code, finding.severity) == (Code.SAME_TARGET, Severity.WARNING)
    assert finding.message == f"never answers for a.example.: rule-1 comes first and leads to the same target{said}"


def test_a_loop_of_one_name_is_found_where_an_earlier_rule_takes_another() -> None:
    wild = rule(1, "OVERRIDE", "b.example.", to="a.example.")
    assert codes(wild, rule(2, "OVERRIDE", "b.example.", "a.example.", to="a.example.")) == [
        Code.LOOP,
        Code.LOOP,
        Code.SAME_TARGET,
    ]


def test_an_allowed_name_never_has_the_same_target() -> None:
    assert codes(rule(1, "ALLOW", "a.example.", to="t."), rule(2, "OVERRIDE", "a.example.", to="t.")) == [
        Code.DEAD_OVERRIDE
    ]


def test_redirections_out_of_an_inspecting_allow_meet_the_block() -> None:
    wall = rule(2, "NODATA", "*.")
    (finding,) = found(rule(1, "ALLOW", "*.verify.example."), wall)
    assert (finding.code, finding.severity, finding.address) == (Code.REDIRECTIONS, Severity.WARNING, "rule-1")
    assert "TRUST_REDIRECTION_DOMAIN" in finding.message
    assert codes(rule(1, "ALLOW", "a.example.", inspects=False), wall) == []
    assert codes(rule(1, "ALLOW", "a.example.", q_type="A"), rule(2, "NODATA", "*.", q_type="AAAA")) == []
    assert codes(rule(1, "ALLOW", "a.example."), rule(2, "NODATA", "*.example.")) == []


def test_a_star_without_a_dot_is_a_warning() -> None:
    domains = DomainList("list", suffixes=("example.",))
    (finding,) = found(FirewallRule(address="r", priority=1, action=Action.ALLOW, domains=domains))
    assert (finding.code, finding.severity, finding.address) == (Code.UNCLEAR_DOMAIN, Severity.WARNING, "list")


def test_a_target_that_is_overridden_or_blocked_is_a_warning() -> None:
    findings = found(
        rule(1, "OVERRIDE", "a.example.", to="b.example."), rule(2, "OVERRIDE", "b.example.", to="c.example.")
    )
    assert [(finding.code, finding.severity, finding.address) for finding in findings] == [
        (Code.CHAIN, Severity.WARNING, "rule-1")
    ]
    assert codes(rule(1, "OVERRIDE", "a.example.", to="b.example."), rule(2, "NXDOMAIN", "*.example.")) == [Code.CHAIN]
    assert codes(rule(1, "OVERRIDE", "a.example.", to="b.example."), rule(2, "ALLOW", "b.example.")) == []


def test_a_name_missing_in_a_sibling() -> None:
    both = group(rule(1, "OVERRIDE", "a.example.", to="a.internal."), name="both")
    one = group(rule(1, "OVERRIDE", "b.example.", "c.example.", to="b.internal."), priority=102, name="one")
    findings = [
        finding
        for finding in analyse(ruleset(vpc(both, one, name="east"), vpc(both, name="west")))
        if finding.code is not Code.TLS
    ]
    assert [(finding.code, finding.vpcs) for finding in findings] == [(Code.SIBLING, ("aws_vpc.west",))]
    assert findings[0].message == "overridden in another VPC and not in this one: b.example., c.example."


def test_a_sibling_with_a_wildcard_or_an_unknown_group_misses_nothing() -> None:
    one = group(rule(1, "OVERRIDE", "a.example.", to="a.internal."), name="one")
    wild = group(rule(1, "OVERRIDE", "*.example.", to="b.internal."), name="wild")
    unknown = group(rule(1, "?", unknown_list="x"), rule(2, "OVERRIDE", "z.", to="y."), name="unknown")
    for other in (wild, unknown):
        findings = analyse(ruleset(vpc(one, name="east"), vpc(other, name="west")))
        assert not [
            finding
            for finding in findings
            if finding.code is Code.SIBLING and finding.address == "rule-1" and "a.example." in finding.message
        ]


def test_overlapping_wildcards() -> None:
    findings = found(rule(1, "OVERRIDE", "*.a.example.", to="x."), rule(2, "OVERRIDE", "*.example.", to="y."))
    assert [(finding.code, finding.address) for finding in findings] == [(Code.WILDCARDS, "rule-1")]
    assert findings[0].severity is Severity.WARNING
    assert codes(rule(1, "OVERRIDE", "*.a.example.", to="x."), rule(2, "OVERRIDE", "*.example.", to="x.")) == []


def test_priorities_that_clash_are_errors() -> None:
    twice = [rule(1, "ALLOW", "a.example."), rule(1, "ALLOW", "b.example.")]
    twice[1] = FirewallRule(address="other", priority=1, action=twice[1].action, domains=twice[1].domains)
    (finding,) = found(*twice)
    assert (finding.code, finding.severity) == (Code.SAME_PRIORITY, Severity.ERROR)
    assert finding.message == "has priority 1, like rule-1; it must be unique in one group"
    pair = [group(rule(number, "ALLOW", f"{number}."), name=str(number)) for number in (1, 2)]
    assert [finding.message for finding in analyse(ruleset(vpc(*pair)))] == [
        "has priority 101, like association-1; it must be unique on one VPC"
    ]


def test_an_entry_that_is_no_domain_is_an_error() -> None:
    odd = FirewallRule(address="r", priority=1, action=None, domains=DomainList("list", (), ("a_b.example",)))
    (finding,) = found(odd)
    assert (finding.code, finding.severity, finding.address) == (Code.UNREAD_DOMAIN, Severity.ERROR, "list")


def test_one_finding_lists_its_vpcs() -> None:
    shared = group(rule(1, "ALLOW", "*."), rule(2, "NXDOMAIN", "a.example."))
    (finding,) = analyse(ruleset(vpc(shared, name="east"), vpc(shared, name="west")))
    assert finding.vpcs == ("aws_vpc.east", "aws_vpc.west")


@given(walls(), LABELS)
def test_a_dead_override_really_never_answers(wall: Firewall, name: str) -> None:
    dead = {finding.address for finding in analyse(Ruleset("test", (wall.vpc,))) if finding.code is Code.DEAD_RULE}
    for kind in ("A", "AAAA", "MX"):
        outcome = wall.judge(name, kind)
        if outcome.verdict is not Verdict.UNDETERMINED and outcome.placed:
            assert outcome.placed.rule.address not in dead


@pytest.mark.parametrize(
    "rules",
    [
        [rule(number, "OVERRIDE", f"h{number}.example.", to=f"h{number + 1}.example.") for number in range(2000)],
        [rule(number, "OVERRIDE", "*.example.", to=f"h{number}.other.") for number in range(2000)],
        [rule(1, "OVERRIDE", *(f"*.{'a.' * depth}" for depth in range(1, 120)), to="x.y.")],
    ],
    ids=["chain", "same", "nested"],
)
def test_hostile_rules_are_judged_to_the_last(rules: list[FirewallRule]) -> None:
    assert analyse(ruleset(vpc(*rules)))


def test_a_vpc_without_overrides_beside_one_that_has_some() -> None:
    wall = group(rule(1, "NXDOMAIN", "bad.example."), name="wall")
    other = group(rule(1, "?", unknown="another stack's", unknown_list="another stack's"), name="other")
    later = group(rule(1, "OVERRIDE", "a.example.", to="a.internal.", unknown="after apply"), name="later")
    vpcs = (
        vpc(rule(1, "OVERRIDE", "a.example.", to="a.internal."), name="east"),
        replace(vpc(name="forgotten"), declared=True),
        vpc(name="elsewhere"),
        vpc(wall, name="walled"),
        vpc(other, name="opaque"),
        vpc(later, name="later"),
    )
    found = {
        finding.address: (finding.code, finding.message)
        for finding in analyse(ruleset(*vpcs))
        if finding.code is not Code.TLS
    }
    assert {address: code for address, (code, _) in found.items()} == {
        "aws_vpc.forgotten": Code.FORGOTTEN,
        "aws_vpc.elsewhere": Code.UNJUDGED,
        "aws_vpc.walled": Code.FORGOTTEN,
        "aws_vpc.opaque": Code.UNJUDGED,
        "aws_vpc.later": Code.UNJUDGED,
    }
    assert found["aws_vpc.forgotten"][1].endswith("overrides hold in aws_vpc.east")
    assert {finding.code for finding in analyse(ruleset(*vpcs[1:]))} == {Code.TLS}


def test_whether_an_unknown_group_overrides_a_name_of_the_sibling_is_not_judged() -> None:
    opaque = group(rule(9, "?", unknown="another stack's", unknown_list="another stack's"), priority=300, name="opaque")
    own = rule(1, "OVERRIDE", "b.example.", to="b.internal.")
    both = group(rule(1, "OVERRIDE", "a.example.", to="a.internal."), own, name="both")
    findings = analyse(ruleset(vpc(both, name="east"), vpc(group(own, name="one"), opaque, name="west")))
    (finding,) = [finding for finding in findings if finding.code is Code.UNJUDGED]
    assert finding.vpcs == ("aws_vpc.west",)
    assert "a.example." in finding.message


def private(*records: Record, **settings: Any) -> ResolverRule:
    return ResolverRule(address="zone", domain="internal.", kind=Kind.ZONE, records=records, **settings)


@pytest.mark.parametrize(
    ("zone", "q_type", "said"),
    [
        (private(), None, "leads to t.internal.: zone has no A or AAAA record for it, so clients get NXDOMAIN"),
        (private(), "A", "leads to t.internal.: zone has no A record for it, so clients get NXDOMAIN"),
        (private(unknown="why"), None, "clients get NXDOMAIN if the VPC uses it (why)"),
        (private(Record("t.internal.", "CNAME", ("u.internal.",), zone="zone")), None, "which leads to u.internal.:"),
        (private(Record("t.internal.", "A", ("10.0.0.1",), zone="zone")), "AAAA", "has no AAAA record"),
        (private(Record("t.internal.", "A", ("10.0.0.1",), zone="zone")), None, ""),
        (private(Record("t.internal.", "AAAA", (), zone="zone")), None, ""),
        (private(incomplete="another stack's"), None, ""),
    ],
)
def test_a_target_that_does_not_resolve_in_the_vpc(zone: ResolverRule, q_type: str | None, said: str) -> None:
    override = rule(1, "OVERRIDE", "a.example.", to="t.internal.", q_type=q_type)
    findings = [
        finding
        for finding in analyse(ruleset(replace(vpc(override), resolver_rules=(zone,))))
        if finding.code is Code.UNRESOLVED
    ]
    assert [finding.address for finding in findings] == (["rule-1"] if said else [])
    assert not said or said in findings[0].message


def test_dns_attributes_that_a_vpc_does_not_set() -> None:
    wall = rule(1, "NXDOMAIN", "bad.example.")
    zones = (private(unknown="it needs x", unset=("x",)), private(unknown="perhaps"))
    findings = analyse(ruleset(replace(vpc(wall), resolver_rules=zones, resolver_off=True)))
    assert [(finding.code, finding.address) for finding in findings] == [
        (Code.UNSET, "aws_vpc.vpc"),
        (Code.UNSET, "zone"),
    ]


def test_two_rules_of_one_priority_where_one_is_not_certain() -> None:
    clash = group(
        rule(1, "NXDOMAIN", "a.example.", unknown="DNS64"), replace(rule(2, "ALLOW", "b.example."), priority=1)
    )
    assert [finding.code for finding in analyse(ruleset(vpc(clash)))] == [Code.SAME_PRIORITY]
    later = group(replace(rule(1, "ALLOW", "a.example.", unknown="?"), priority=-1), name="later")
    assert analyse(ruleset(vpc(later, replace(later, address="x", priority=200)))) == []
