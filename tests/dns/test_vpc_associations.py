"""Following groups that someone else shares."""

from __future__ import annotations

import pytest
from cdktf import TerraformStack
from cdktf import Testing as CdktfTesting
from cdktf_cdktf_provider_aws.vpc import Vpc

from northsouth.dns import (
    AssociatedGroup,
    DnsOverrides,
    GroupShare,
    OverrideSet,
    QueryLogging,
    QueryLogs,
    Share,
    VpcAssociations,
)
from northsouth.errors import ConfigurationError
from tests.harness.synth import resources, synth


def test_a_shared_group_is_followed() -> None:
    def build(stack: TerraformStack) -> None:
        VpcAssociations(
            stack,
            "shared",
            vpcs={"main": "vpc-0a"},
            groups={"hub": AssociatedGroup("rslvr-frg-0123456789", "hub", 300)},
        )

    [association] = resources(synth(build), "aws_route53_resolver_firewall_rule_group_association").values()
    roster = association.pop("depends_on")
    assert association == {
        "firewall_rule_group_id": "rslvr-frg-0123456789",
        "name": "hub-main",
        "priority": 300,
        "vpc_id": "vpc-0a",
        "mutation_protection": "DISABLED",
    }
    assert len(roster) == 1


def test_everything_wrong_is_in_one_report() -> None:
    groups = {f"g{index}": AssociatedGroup("rslvr-frg-1", f"g{index}", 200 + index) for index in range(4)}
    groups |= {"low": AssociatedGroup("rslvr-frg-1", "low", 100), "same": AssociatedGroup("rslvr-frg-1", "s.ame", 200)}
    with pytest.raises(ConfigurationError) as caught:
        VpcAssociations(TerraformStack(CdktfTesting.app(), "s"), "x", vpcs={"${a.b}": "vpc-1"}, groups=groups)
    assert [problem.where for problem in caught.value.problems] == [
        "groups",
        'groups["g0"].priority',
        'groups["low"].priority',
        'groups["same"].name',
        'groups["same"].priority',
        'vpcs["${a.b}"]',
    ]


def test_logs_and_shares_check_their_own_arguments() -> None:
    stack = TerraformStack(CdktfTesting.app(), "s")
    with pytest.raises(ConfigurationError, match="S3 bucket"):
        QueryLogs(stack, "logs", vpcs={}, logging=QueryLogging.s3("queries"))
    with pytest.raises(ConfigurationError, match="12 digits"):
        GroupShare(stack, "share", name="x", share=Share(principals={"a": "1"}), group_arns={})


def test_two_declarations_share_a_vpc_with_priorities_of_their_own() -> None:
    stack = TerraformStack(CdktfTesting.app(), "s")
    vpc = Vpc(stack, "vpc", cidr_block="10.0.0.0/16")
    sets = [OverrideSet("hub", 60, {"a.example": "b.example"})]
    DnsOverrides(stack, "one", vpcs={"main": vpc.id}, overrides=sets)
    DnsOverrides(stack, "two", vpcs={"main": vpc.id}, overrides=sets, association_priority=1101)
    DnsOverrides(stack, "three", vpcs={"main": "vpc-0a"}, overrides=sets)
    with pytest.raises(ConfigurationError) as caught:
        DnsOverrides(stack, "four", vpcs={"x": vpc.id}, overrides=sets, min_groups=4)
    taken, many = map(str, caught.value.problems)
    assert "vpcs[\"x\"]: got priority 1050 of the group 'overrides'" in taken
    assert "'s/one/vpcs' has this one" in taken
    assert 'vpcs["x"]: got 4 groups besides 2 of s/one/vpcs, s/two/vpcs; 5 groups on a VPC' in many
