"""Each hole of the provider, shown with its own resources, and closed by ``DnsOverrides``.

Three sets of resources are applied with the real provider: those that fail to apply, those that never come to rest, and
what ``DnsOverrides`` declares for the same wishes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.route53_resolver_firewall_domain_list import Route53ResolverFirewallDomainList
from cdktf_cdktf_provider_aws.route53_resolver_firewall_rule import Route53ResolverFirewallRule
from cdktf_cdktf_provider_aws.route53_resolver_firewall_rule_group import Route53ResolverFirewallRuleGroup
from cdktf_cdktf_provider_aws.vpc import Vpc

from northsouth.dns import DnsOverrides, Domains, Override, OverrideSet, Rule, RuleAction
from northsouth.emulator.server import Emulator
from tests.harness.plugin import MakeTerraform
from tests.harness.synth import synth
from tests.harness.terraform import Terraform

pytestmark = pytest.mark.deploy

MANY = [f"host{index}.example." for index in range(1001)]


def domain_list(stack: TerraformStack, name: str, *domains: str) -> str:
    made = Route53ResolverFirewallDomainList(stack, f"{name}-list", name=name, domains=[*domains])
    identifier: str = made.id
    return identifier


def group(stack: TerraformStack, name: str) -> str:
    identifier: str = Route53ResolverFirewallRuleGroup(stack, f"{name}-group", name=name).id
    return identifier


def rule(stack: TerraformStack, name: str, group_id: str, list_id: str, **settings: Any) -> None:
    wanted = {"action": "BLOCK", "block_response": "NODATA", "priority": 100} | settings
    Route53ResolverFirewallRule(
        stack, f"{name}-rule", name=name, firewall_rule_group_id=group_id, firewall_domain_list_id=list_id, **wanted
    )


def override(target: str, ttl: int) -> dict[str, Any]:
    return {
        "block_response": "OVERRIDE",
        "block_override_dns_type": "CNAME",
        "block_override_domain": target,
        "block_override_ttl": ttl,
    }


def test_what_the_provider_fails_to_apply(terraform_dir: MakeTerraform, emulator: Emulator) -> None:
    def build(stack: TerraformStack) -> None:
        rule(stack, "ttl", group(stack, "ttl"), domain_list(stack, "ttl", "a.example."), **override("b.example.", 0))
        shared, twice = group(stack, "twice"), domain_list(stack, "twice", "a.example.")
        rule(stack, "twice-a", shared, twice, q_type="A", priority=1)
        rule(stack, "twice-aaaa", shared, twice, q_type="AAAA", priority=2)
        domain_list(stack, "many", *MANY)

    terraform = terraform_dir(synth(build))
    said = terraform.run("apply", "-auto-approve", "-no-color", accept=(1,)).stderr
    assert "BlockOverrideTtl" in said  # a TTL of 0 was not sent
    assert "too many results" in said  # two rules with one list: the provider cannot tell them apart
    assert "1000" in said  # it sends all names in one call
    client = emulator.client("route53resolver")
    lists = client.list_firewall_domain_lists()["FirewallDomainLists"]
    [many] = [found["Id"] for found in lists if found["Name"] == "many"]
    assert client.list_firewall_domains(FirewallDomainListId=many)["Domains"] == []


def restless(*, q_type: str | None, swapped: bool) -> Callable[[TerraformStack], None]:
    def build(stack: TerraformStack) -> None:
        dotless = domain_list(stack, "dotless", "Dotless.example")
        rule(stack, "dotless", group(stack, "dotless"), dotless, **override("target.example", 60))
        rule(stack, "typed", group(stack, "typed"), domain_list(stack, "typed", "typed.example."), q_type=q_type)
        swap = group(stack, "swap")
        for name, priority in (("one", 20 if swapped else 10), ("two", 10 if swapped else 20)):
            rule(stack, name, swap, domain_list(stack, name, f"{name}.example."), priority=priority)

    return build


def test_what_never_comes_to_rest(terraform_dir: MakeTerraform) -> None:
    terraform = terraform_dir(synth(restless(q_type="A", swapped=False)))
    terraform.apply()
    assert terraform.plan().updates == (
        "aws_route53_resolver_firewall_domain_list.dotless-list",
        "aws_route53_resolver_firewall_rule.dotless-rule",
    )
    terraform.write(synth(restless(q_type=None, swapped=True)))
    said = terraform.run("apply", "-auto-approve", "-no-color", accept=(1,)).stderr
    assert "already in use" in said  # two rules that exchange their numbers
    assert "aws_route53_resolver_firewall_rule.typed-rule" in terraform.plan().updates  # the type is still there


def guarded(*, q_type: str | None, swapped: bool) -> Callable[[TerraformStack], None]:
    def build(stack: TerraformStack) -> None:
        vpc = Vpc(stack, "vpc", cidr_block="10.0.0.0/16")
        shared = Domains.of("odd.example")
        DnsOverrides(
            stack,
            "dns",
            vpcs={"main": vpc.id},
            overrides=[
                OverrideSet("hub", 1, {"Dotless.example": "Target.internal", "*.example": "catch.internal"}),
                OverrideSet(
                    "pinned",
                    60,
                    {
                        "one.example": Override("x.internal", priority=110 if swapped else 100),
                        "two.example": Override("x.internal", priority=100 if swapped else 110),
                        "typed.example": Override("x.internal", q_type=q_type),
                    },
                ),
            ],
            last={
                "odd-a": Rule(action=RuleAction.alert(), domains=shared, priority=1, q_type="A"),
                "odd-aaaa": Rule(action=RuleAction.block_nodata(), domains=shared, priority=2, q_type="AAAA"),
                "typed": Rule(
                    action=RuleAction.allow() if swapped else RuleAction.block_nxdomain(),
                    domains=Domains.of("typed.example"),
                    priority=3,
                    q_type=q_type,
                ),
                "many": Rule(action=RuleAction.block_nodata(), domains=Domains.of(*MANY), priority=10),
            },
            fail_open=True,
        )

    return build


def rules_of(emulator: Emulator) -> dict[str, dict[str, Any]]:
    client = emulator.client("route53resolver")
    groups = client.list_firewall_rule_groups()["FirewallRuleGroups"]
    return {
        rule["Name"]: rule
        for found in groups
        for rule in client.list_firewall_rules(FirewallRuleGroupId=found["Id"])["FirewallRules"]
    }


def assert_at_rest(terraform: Terraform) -> None:
    plan = terraform.plan()
    assert plan.empty, plan


def test_the_same_wishes_come_to_rest(terraform_dir: MakeTerraform, emulator: Emulator) -> None:
    terraform = terraform_dir(synth(guarded(q_type="A", swapped=False)))
    terraform.apply()
    assert_at_rest(terraform)
    held = rules_of(emulator)
    assert held["hub-dotless_example"]["BlockOverrideDomain"] == "target.internal."
    assert held["hub-dotless_example"]["BlockOverrideTtl"] == 1
    assert (held["odd-a"]["Qtype"], held["odd-aaaa"]["Qtype"]) == ("A", "AAAA")
    client = emulator.client("route53resolver")
    names: list[str] = []
    for name in ("many", "many-2"):
        pages = client.get_paginator("list_firewall_domains")
        for page in pages.paginate(FirewallDomainListId=held[name]["FirewallDomainListId"]):
            names += page["Domains"]
    assert sorted(names) == sorted(MANY)

    terraform.write(synth(guarded(q_type=None, swapped=True)))
    terraform.apply()
    assert_at_rest(terraform)
    held = rules_of(emulator)
    assert "Qtype" not in held["pinned-typed_example"]
    assert "Qtype" not in held["typed"]
    assert "BlockResponse" not in held["typed"]
    assert (held["pinned-one_example"]["Priority"], held["pinned-two_example"]["Priority"]) == (110, 100)

    terraform.destroy()
    assert terraform.addresses() == []
    assert rules_of(emulator) == {}
