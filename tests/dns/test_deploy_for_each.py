"""Terraform itself moves overrides from one form to the other, and keeps rules apart in the form of instances too."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.vpc import Vpc

from northsouth.dns import DnsOverrides, DnsTarget, Domains, Override, OverrideSet, Rule, RuleAction
from northsouth.dns.deployed import read_ruleset
from northsouth.dns.resolution import Firewall
from northsouth.drift.findings import Kind, judge
from northsouth.emulator.dns_firewall import rules as emulated_rules
from northsouth.emulator.server import Emulator
from northsouth.template import parse
from tests.dns.edits import TINY
from tests.harness.plugin import MakeTerraform
from tests.harness.synth import synth
from tests.harness.terraform import Changes

pytestmark = pytest.mark.deploy

RULES = "aws_route53_resolver_firewall_rule.dns_overrides_rule_8FE44310"
PLANNED = "plan.bin"
"""Where the harness keeps a plan; applied, it is not made a second time."""
ODD = Rule(action=RuleAction.alert(), domains=Domains.of("odd.example"), priority=10)


def declared(*, for_each: bool, moved: bool = False, **targets: DnsTarget | Override) -> dict[str, Any]:
    """A group of five names at most, one of which leads to what only Terraform knows."""

    def build(stack: TerraformStack) -> None:
        vpc = Vpc(stack, "vpc", cidr_block="10.0.0.0/16")
        names = {f"{name}.example": target for name, target in targets.items()}
        DnsOverrides(
            stack,
            "dns",
            vpcs={"main": vpc.id},
            overrides=[OverrideSet("hub", 60, {**names, "late.example": f"{vpc.id}.internal"})],
            last={"odd": ODD},
            quotas=TINY,
            for_each=for_each,
            moved=moved,
        )

    return synth(build)


def pinned(priority: int) -> Override:
    return Override("x.internal", priority=priority)


def moves(plan: Changes) -> list[str]:
    return [each["address"] for each in plan.details["resource_changes"] if "previous_address" in each]


def held(emulator: Emulator) -> dict[str, dict[str, Any]]:
    """Return the rules that AWS holds, by the name they are for."""
    client = emulator.client("route53resolver")
    [group] = [each for each in client.list_firewall_rule_groups()["FirewallRuleGroups"] if each["Name"] == "dns"]
    found = client.list_firewall_rules(FirewallRuleGroupId=group["Id"])["FirewallRules"]
    return {rule["Name"].removeprefix("hub-").partition("_")[0]: rule for rule in found}


def said(rules: dict[str, dict[str, Any]], name: str) -> str:
    return str(rules[name]["BlockOverrideDomain"])


def same(after: dict[str, dict[str, Any]], before: dict[str, dict[str, Any]]) -> set[str]:
    """Return the names whose rule and list were never replaced."""
    identity = ("FirewallDomainListId", "CreationTime", "Priority")
    return {
        name for name in after.keys() & before.keys() if all(after[name][key] == before[name][key] for key in identity)
    }


def test_from_one_form_to_the_other_and_back(
    terraform_dir: MakeTerraform, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emulated_rules, "MAX_RULES", TINY.rules_per_group)
    names: dict[str, DnsTarget | Override] = {
        "a": pinned(100),
        "b": pinned(101),
        "six": Override("v6.internal", q_type="AAAA"),
        "c": "y.internal",
    }
    terraform = terraform_dir(declared(for_each=False, **names))
    terraform.apply()
    before = held(emulator)
    assert before.keys() == {"a", "b", "c", "six", "late"}
    assert said(before, "c") == "y.internal."

    # Without the moves Terraform would destroy all of it; with them it destroys nothing. What was changed by hand is
    # told of the new address.
    by_hand = {key: before["c"][key] for key in ("FirewallRuleGroupId", "FirewallDomainListId")}
    emulator.client("route53resolver").update_firewall_rule(**by_hand, BlockOverrideDomain="elsewhere.internal.")
    document = declared(for_each=True, moved=True, **names)
    terraform.write(document)
    switch = terraform.plan()
    assert (switch.creates, switch.destroys, switch.replaces) == ((), (), ())
    assert switch.updates == (f'{RULES}["c.example"]',)
    [finding] = [each for each in judge(switch.details).findings if each.kind is Kind.OUTSIDE]
    assert finding.address == f'{RULES}["c.example"]'
    assert len(moves(switch)) == 10
    assert f'{RULES}["six.example AAAA"]' in moves(switch)
    for source in (document, switch.details):
        [vpc] = read_ruleset(parse(source)).vpcs
        assert Firewall(vpc).resolve("c.example").connects_to == "y.internal."
        assert Firewall(vpc).resolve("six.example", "AAAA").connects_to == "v6.internal."
    terraform.apply(PLANNED)
    assert same(held(emulator), before) == {*before}
    assert said(held(emulator), "c") == "y.internal."

    # In a full group: two exchange their numbers, one makes room for another, one is changed in place, one stays.
    edited = {
        **names,
        "a": pinned(101),
        "b": pinned(100),
        "d": "z.internal",
        "six": Override("n.internal", q_type="AAAA"),
    }
    del edited["c"]
    terraform.write(declared(for_each=True, **edited))
    terraform.apply()
    after = held(emulator)
    assert after.keys() == {"a", "b", "d", "six", "late"}
    assert (after["a"]["Priority"], after["b"]["Priority"]) == (101, 100)
    assert same(after, before) == {"six", "late"}
    assert said(after, "six") == "n.internal."

    # And back: the same things at the addresses they had.
    terraform.write(declared(for_each=False, moved=True, **edited))
    back = terraform.plan()
    assert (back.empty, len(moves(back))) == (True, 10)
