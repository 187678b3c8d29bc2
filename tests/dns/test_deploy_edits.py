"""Random edits, applied one after another by Terraform itself, never collide and come to rest."""

from __future__ import annotations

from random import Random
from time import sleep

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.vpc import Vpc

from northsouth.dns import DnsOverrides
from northsouth.dns.declaration import Declaration
from northsouth.emulator.dns_firewall import rules as emulated_rules
from northsouth.emulator.server import Emulator
from tests.dns.edits import TINY, random_declaration
from tests.harness.plugin import MakeTerraform
from tests.harness.synth import synth

pytestmark = pytest.mark.deploy

EDITS = 6


def document(declaration: Declaration) -> dict[str, object]:
    def build(stack: TerraformStack) -> None:
        vpc = Vpc(stack, "vpc", cidr_block="10.0.0.0/16")
        DnsOverrides(
            stack,
            "dns",
            vpcs=dict.fromkeys(declaration.vpcs, vpc.id),
            overrides=declaration.overrides,
            first=declaration.first,
            last=declaration.last,
            association_priority=declaration.association_priority,
            min_groups=declaration.min_groups,
            quotas=declaration.quotas,
            numbering=declaration.numbering,
        )

    return synth(build)


def held(emulator: Emulator) -> dict[str, dict[str, int]]:
    client = emulator.client("route53resolver")
    return {
        group["Name"]: {
            rule["Name"]: rule["Priority"]
            for rule in client.list_firewall_rules(FirewallRuleGroupId=group["Id"])["FirewallRules"]
        }
        for group in client.list_firewall_rule_groups()["FirewallRuleGroups"]
    }


def test_random_edits(terraform_dir: MakeTerraform, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emulated_rules, "MAX_RULES", TINY.rules_per_group)
    random = Random(20261121)
    terraform = None
    for _ in range(EDITS):
        declaration = random_declaration(random)
        written = document(declaration)
        if terraform is None:
            terraform = terraform_dir(written)
        else:
            terraform.write(written)
        terraform.apply()
        assert held(emulator) == {
            group.name: {rule.name: rule.priority for rule in group.rules} for group in declaration.groups
        }
    assert terraform is not None
    plan = terraform.plan()
    assert plan.empty, plan
    terraform.destroy()
    # A group is DELETING for a moment, as on AWS, and may be gone between two questions: ask for the groups alone.
    client = emulator.client("route53resolver")
    for _ in range(600):
        if not client.list_firewall_rule_groups()["FirewallRuleGroups"]:
            break
        sleep(0.1)
    assert client.list_firewall_rule_groups()["FirewallRuleGroups"] == []
