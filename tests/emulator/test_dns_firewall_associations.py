from typing import Any

import pytest
from botocore.exceptions import ClientError

from northsouth.emulator.dns_firewall import store
from northsouth.emulator.server import Emulator
from tests.emulator.test_dns_firewall_rules import make_group


def associate(resolver: Any, vpc_id: str, priority: int = 101, **more: Any) -> str:
    group_id = more.pop("group_id", None) or make_group(resolver, f"group{priority}")
    made: str = resolver.associate_firewall_rule_group(
        CreatorRequestId=f"{group_id}{vpc_id}{priority}",
        FirewallRuleGroupId=group_id,
        VpcId=vpc_id,
        Priority=priority,
        Name="association",
        **more,
    )["FirewallRuleGroupAssociation"]["Id"]
    return made


@pytest.mark.parametrize("priority", [0, 100, 9900, 10_000])
def test_a_priority_lies_strictly_between_100_and_9900(resolver: Any, vpc_id: str, priority: int) -> None:
    with pytest.raises(ClientError, match="RSLVR-02017"):
        associate(resolver, vpc_id, priority)


def test_the_outermost_priorities_are_free(resolver: Any, vpc_id: str) -> None:
    associate(resolver, vpc_id, 101)
    associate(resolver, vpc_id, 9899)
    found = resolver.list_firewall_rule_group_associations(VpcId=vpc_id)["FirewallRuleGroupAssociations"]
    assert [entry["Priority"] for entry in found] == [101, 9899]


def test_a_priority_is_unique_in_its_vpc(resolver: Any, vpc_id: str, emulator: Emulator) -> None:
    associate(resolver, vpc_id, 101)
    with pytest.raises(ClientError, match="priority 101 is already in use"):
        associate(resolver, vpc_id, 101, group_id=make_group(resolver, "another"))
    other = emulator.client("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    associate(resolver, other, 101)


def test_a_vpc_has_each_group_once_and_five_groups(resolver: Any, vpc_id: str) -> None:
    group_id = make_group(resolver)
    associate(resolver, vpc_id, 101, group_id=group_id)
    with pytest.raises(ClientError, match="RSLVR-02302"):
        associate(resolver, vpc_id, 102, group_id=group_id)
    for priority in range(102, 106):
        associate(resolver, vpc_id, priority)
    with pytest.raises(ClientError, match="LimitExceededException"):
        associate(resolver, vpc_id, 106)


def test_an_unknown_vpc_or_group_is_not_found(resolver: Any, vpc_id: str) -> None:
    with pytest.raises(ClientError, match=r"ResourceNotFoundException.*vpc-0"):
        associate(resolver, "vpc-0")
    with pytest.raises(ClientError, match=r"ResourceNotFoundException.*rslvr-frg-0"):
        associate(resolver, vpc_id, group_id="rslvr-frg-0")


def test_mutation_protection_blocks_changes_and_removal(resolver: Any, vpc_id: str) -> None:
    association_id = associate(resolver, vpc_id, MutationProtection="ENABLED")
    name = {"FirewallRuleGroupAssociationId": association_id}
    with pytest.raises(ClientError, match="RSLVR-02307"):
        resolver.disassociate_firewall_rule_group(**name)
    with pytest.raises(ClientError, match="RSLVR-02307"):
        resolver.update_firewall_rule_group_association(**name, Priority=102)
    resolver.update_firewall_rule_group_association(**name, Priority=102, MutationProtection="DISABLED")
    resolver.disassociate_firewall_rule_group(**name)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        resolver.get_firewall_rule_group_association(**name)


def test_an_association_settles_a_moment_later(
    emulator: Emulator, vpc_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolver = emulator.client("route53resolver")
    monkeypatch.setattr(store, "SETTLE_SECONDS", 1_000.0)
    name = {"FirewallRuleGroupAssociationId": associate(resolver, vpc_id)}
    shown = resolver.get_firewall_rule_group_association(**name)["FirewallRuleGroupAssociation"]
    assert shown["Status"] == "UPDATING"
    with pytest.raises(ClientError, match="ConflictException"):
        resolver.disassociate_firewall_rule_group(**name)


def test_the_configuration_of_a_vpc(resolver: Any, vpc_id: str) -> None:
    assert resolver.get_firewall_config(ResourceId=vpc_id)["FirewallConfig"]["FirewallFailOpen"] == "DISABLED"
    resolver.update_firewall_config(ResourceId=vpc_id, FirewallFailOpen="ENABLED")
    (listed,) = resolver.list_firewall_configs()["FirewallConfigs"]
    assert (listed["ResourceId"], listed["FirewallFailOpen"]) == (vpc_id, "ENABLED")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        resolver.get_firewall_config(ResourceId="vpc-0")
