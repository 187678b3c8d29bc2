"""Terraform itself moves overrides from one form to the other, and keeps rules apart in the form of instances too."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.vpc import Vpc

from northsouth.dns import DnsOverrides, DnsTarget, Domains, Override, OverrideSet, Rule, RuleAction
from northsouth.dns.deployed import read_ruleset
from northsouth.dns.resolution import Firewall, Verdict
from northsouth.drift.findings import Kind, judge
from northsouth.template import parse
from tests.dns.edits import TINY
from tests.emulator.dns_firewall import rules as emulated_rules
from tests.emulator.server import Emulator
from tests.harness.plugin import MakeTerraform
from tests.harness.synth import synth
from tests.harness.terraform import Changes

pytestmark = pytest.mark.deploy

LISTS = "aws_route53_resolver_firewall_domain_list.dns_overrides_list_304F91D1"
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
            overrides=[OverrideSet("hub", 60, {**names, "late.example": vpc.id})],
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


def said(emulator: Emulator) -> dict[str, tuple[int, str]]:
    return {name: (rule["Priority"], rule["BlockOverrideDomain"]) for name, rule in held(emulator).items()}


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
    before = said(emulator)
    assert before.keys() == {"a", "b", "c", "six", "late"}

    # Without the moves Terraform would destroy all of it; with them it creates and destroys nothing. What was changed by
    # hand is told of the new address.
    by_hand = {key: held(emulator)["c"][key] for key in ("FirewallRuleGroupId", "FirewallDomainListId")}
    emulator.client("route53resolver").update_firewall_rule(**by_hand, BlockOverrideDomain="elsewhere.internal.")
    terraform.write(declared(for_each=True, moved=True, **names))
    switch = terraform.plan()
    assert (switch.creates, switch.destroys, switch.replaces) == ((), (), ())
    assert switch.updates == (f'{RULES}["c.example"]',)
    [finding] = [each for each in judge(switch.details).findings if each.kind is Kind.OUTSIDE]
    assert finding.address == f'{RULES}["c.example"]'
    assert len(moves(switch)) == 10
    assert f'{RULES}["six.example AAAA"]' in moves(switch)
    terraform.apply(PLANNED)
    assert said(emulator) == before

    # In a full group: two exchange their numbers, one makes room for another, one is changed in place.
    edited = {
        **names,
        "a": pinned(101),
        "b": pinned(100),
        "d": "z.internal",
        "six": Override("n.internal", q_type="AAAA"),
    }
    del edited["c"]
    terraform.write(declared(for_each=True, **edited))
    plan = terraform.plan()
    ends = ("a.example 101", "b.example 100", "d.example")
    gone = ("a.example 100", "b.example 101", "c.example")
    assert plan.creates == tuple(sorted(f'{kind}["{key}"]' for kind in (LISTS, RULES) for key in ends))
    assert plan.destroys == tuple(sorted(f'{kind}["{key}"]' for kind in (LISTS, RULES) for key in gone))
    assert plan.updates == (f'{RULES}["six.example AAAA"]',)
    assert plan.replaces == ("terraform_data.dns_overrides_roster_015672DB",)
    terraform.apply(PLANNED)
    after = said(emulator)
    assert (after["a"][0], after["b"][0], after["late"]) == (101, 100, before["late"])
    assert (after["six"][1], "c" in after) == ("n.internal.", False)
    for source in (declared(for_each=True, **edited), terraform.show()):
        [vpc] = read_ruleset(parse(source)).vpcs
        decision = Firewall(vpc).resolve("d.example")
        assert (decision.verdict, decision.connects_to) == (Verdict.OVERRIDDEN, "z.internal.")

    # And back: the same things at the addresses they had.
    terraform.write(declared(for_each=False, moved=True, **edited))
    back = terraform.plan()
    assert (back.empty, len(moves(back))) == (True, 10)
