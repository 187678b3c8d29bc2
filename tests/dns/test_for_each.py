"""Overrides as instances of two resources: the same lists, rules and answers as with one resource for each."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.lb import Lb
from cdktf_cdktf_provider_aws.provider import AwsProvider

from northsouth.comparison import Action, compare, render
from northsouth.dns import DnsOverrides, Domains, Override, OverrideSet, Redirection, Rule, RuleAction
from northsouth.dns.deployed import read_ruleset
from northsouth.dns.resolution import Decision, Firewall
from northsouth.dns.slots import slot
from northsouth.template import Resource, Template, parse
from tests.dns.edits import random_declaration
from tests.harness.synth import resources, synth

LIST = "aws_route53_resolver_firewall_domain_list"
RULE = "aws_route53_resolver_firewall_rule"
ROSTER = "terraform_data"
HUB = {"API.hub.example": "Gateway.internal", "*.hub.example": "${var.fallback}"}
ALERT = Rule(action=RuleAction.alert(), domains=Domains.of("odd.example"), priority=10)


def plain(*, target: str = "login.internal", for_each: bool = True, moved: bool = False) -> dict[str, Any]:
    """A stack whose overrides say nothing unusual."""

    def build(stack: TerraformStack) -> None:
        sets = [OverrideSet("hub", 300, {**HUB, "login.hub.example": target})]
        DnsOverrides(
            stack, "dns", vpcs={"main": "vpc-0a"}, overrides=sets, last={"odd": ALERT}, for_each=for_each, moved=moved
        )

    return synth(build)


@cache
def rich(*, for_each: bool, moved: bool = False) -> dict[str, Any]:
    """A stack that uses whatever an override may say, in two groups."""

    def build(stack: TerraformStack) -> None:
        load_balancer = Lb(stack, "hub-lb", name="hub")
        hub = {"lb.hub.example": load_balancer, "type.example": Override("v6.internal", q_type="aaaa")}
        more = {"pinned.example": Override("pin.internal", priority=110, redirection=Redirection.TRUST)}
        dns = DnsOverrides(
            stack,
            "dns",
            vpcs={"main": "vpc-0a"},
            overrides=[OverrideSet("hub", 300, {**HUB, **hub}), OverrideSet("more", 60, more)],
            first={"odd": ALERT},
            min_groups=2,
            provider=AwsProvider(stack, "spoke", alias="spoke", region="eu-west-1"),
            tags={"team": "network"},
            for_each=for_each,
            moved=moved,
        )
        both = ["overrides-2", "overrides"]
        assert list(dns.for_each_rules) == list(dns.for_each_domain_lists) == (both if for_each else [])
        assert [key for key, found in dns.rules.items() if found] == (["first"] if for_each else ["first", *both])
        assert dns.rules.keys() == dns.domain_lists.keys() == dns.domain_list_ids.keys() == dns.rosters.keys()
        assert {name for ids in dns.domain_list_ids.values() for name in ids} == {
            "odd",
            *("api.hub.example.", "*.hub.example.", "lb.hub.example.", "type.example. AAAA", "pinned.example."),
        }

    return synth(build)


def overrides(document: dict[str, Any], kind: str) -> dict[str, Any]:
    [block] = [each for each in resources(document, kind).values() if "for_each" in each]
    return dict(block)


def test_a_reader_sees_one_table() -> None:
    document = plain()
    [(table, rows)] = document["locals"].items()
    assert list(rows) == ["*.hub.example", "api.hub.example", "login.hub.example"]
    assert rows["api.hub.example"] == {
        "domain": "api.hub.example.",
        "list": "dns-api_hub_example",
        "name": "hub-api_hub_example",
        "priority": slot("api.hub.example."),
        "target": "gateway.internal.",
        "ttl": 300,
    }
    assert overrides(document, LIST) == {
        "for_each": f"${{local.{table}}}",
        "name": "${each.value.list}",
        "domains": ["${each.value.domain}"],
    }
    rules = overrides(document, RULE)
    [lists] = [name for name, each in resources(document, LIST).items() if "for_each" in each]
    assert rules["for_each"] == f"${{local.{table}}}"
    assert rules["firewall_domain_list_id"] == f"${{{LIST}.{lists}[each.key].id}}"
    assert rules["priority"] == "${each.value.priority}"
    assert "q_type" not in rules
    assert rules["firewall_domain_redirection_action"] == "INSPECT_REDIRECTION_DOMAIN"


def test_what_one_override_says_every_object_of_its_group_says() -> None:
    tables = list(rich(for_each=True)["locals"].values())
    for rows in tables:
        assert len({frozenset(row) for row in rows.values()}) == 1
    [typed] = [rows for rows in tables if "type.example AAAA" in rows]
    [trusting] = [rows for rows in tables if "pinned.example 110" in rows]
    assert {row["q_type"] for row in typed.values()} == {"AAAA", None}
    assert trusting["pinned.example 110"]["redirection"] == "TRUST_REDIRECTION_DOMAIN"
    assert {row["redirection"] for row in trusting.values()} == {
        "TRUST_REDIRECTION_DOMAIN",
        "INSPECT_REDIRECTION_DOMAIN",
    }


def as_declared(document: dict[str, Any]) -> dict[str, dict[str, object]]:
    """Return each rule by its name, with its list in place of a reference to it."""
    template = parse(document)

    def told(resource: Resource) -> dict[str, object]:
        return {key: value for key, value in resource.values.items() if value is not None and key != "//"}

    found: dict[str, dict[str, object]] = {}
    for rule in template.of_type(RULE):
        of = template.one(rule, "firewall_domain_list_id", LIST)
        own = {"firewall_domain_list_id": told(of)} if of else {}
        found[str(rule.values["name"])] = told(rule) | own
    return found


def test_every_argument_reaches_the_instance() -> None:
    assert as_declared(rich(for_each=True)) == as_declared(rich(for_each=False))
    assert len(as_declared(rich(for_each=True))) == 6


def test_what_is_no_override_stays_as_it_is_and_so_do_the_rosters() -> None:
    one, all_ = rich(for_each=False), rich(for_each=True)
    assert resources(all_, ROSTER) == resources(one, ROSTER)
    for kind in (LIST, RULE):
        others = {name: each for name, each in resources(all_, kind).items() if "for_each" not in each}
        assert others
        assert others.items() <= resources(one, kind).items()


@pytest.mark.parametrize("for_each", [True, False])
def test_moved_blocks_name_the_addresses_of_the_other_form(for_each: bool) -> None:
    def addresses(document: dict[str, Any]) -> set[str]:
        return {resource.address for resource in parse(document).of_type(LIST, RULE)}

    switched, other = rich(for_each=for_each, moved=True), rich(for_each=not for_each)
    moves = {block["from"]: block["to"] for block in switched["moved"]}
    assert len(moves) == len(set(moves.values())) == 10
    assert moves.keys() == addresses(other) - addresses(switched)
    assert set(moves.values()) == addresses(switched) - addresses(other)
    assert {key: value for key, value in switched.items() if key != "moved"} == rich(for_each=for_each)
    compared = compare(other, switched)
    assert {(change.action, change.differences) for change in compared} == {(Action.MOVED, ())}


def test_a_difference_names_the_instance() -> None:
    assert render(compare(plain(), plain(target="other.internal"))) == (
        f'~ {RULE}.dns_overrides_rule_8FE44310["login.hub.example"] block_override_domain: '
        '"login.internal." → "other.internal."\n1 to change.'
    )


def decisions(document: dict[str, Any], names: list[str]) -> list[tuple[object, ...]]:
    [vpc] = read_ruleset(parse(document)).vpcs
    firewall = Firewall(vpc)
    return [told(firewall.resolve(name, q_type)) for name in names for q_type in ("A", "AAAA")]


def told(decision: Decision) -> tuple[object, ...]:
    rule = decision.rule.rule if decision.rule else None
    said = (rule.name, rule.priority, rule.target, rule.target_expression, rule.ttl, rule.domains.names) if rule else ()
    return (decision.verdict, decision.connects_to, said)


def test_the_same_names_get_the_same_answers() -> None:
    names = ["api.hub.example", "x.hub.example", "lb.hub.example", "type.example", "pinned.example", "else.example"]
    one, all_ = (decisions(rich(for_each=for_each), names) for for_each in (False, True))
    assert one == all_
    assert "aws_lb.hub-lb.dns_name" in str(all_)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_any_declaration_is_the_same_in_both_forms(seed: int) -> None:
    declaration = random_declaration(Random(seed))

    def build(stack: TerraformStack) -> None:
        for for_each in (False, True):
            DnsOverrides(
                stack,
                "each" if for_each else "one",
                name="dns",
                vpcs={"main": f"vpc-{for_each}"},
                overrides=declaration.overrides,
                first=declaration.first,
                last=declaration.last,
                min_groups=declaration.min_groups,
                quotas=declaration.quotas,
                for_each=for_each,
            )

    template: Template = parse(synth(build))
    ruleset = read_ruleset(template)
    one, all_ = (Firewall(ruleset.vpc(f"vpc-{for_each}")) for for_each in (False, True))
    for name in [*(f"{letter}.example" for letter in "abcdefghz"), "x.a.example", "bad.example", "example", "org"]:
        for q_type in ("A", "AAAA"):
            assert told(one.resolve(name, q_type)) == told(all_.resolve(name, q_type))
