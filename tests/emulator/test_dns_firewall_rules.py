from typing import Any

import pytest
from botocore.exceptions import ClientError

from northsouth.emulator.dns_firewall import rules
from tests.emulator.test_dns_firewall_lists import make_list

OVERRIDE = {
    "Action": "BLOCK",
    "BlockResponse": "OVERRIDE",
    "BlockOverrideDomain": "Private.Example.com",
    "BlockOverrideDnsType": "CNAME",
    "BlockOverrideTtl": 0,
}


def make_group(resolver: Any, name: str = "group") -> str:
    made: str = resolver.create_firewall_rule_group(CreatorRequestId=name, Name=name)["FirewallRuleGroup"]["Id"]
    return made


def make_rule(resolver: Any, group_id: str, list_id: str, priority: int = 100, **more: Any) -> dict[str, Any]:
    request = f"{list_id}/{priority}/{more.get('Qtype')}"
    made: dict[str, Any] = resolver.create_firewall_rule(
        **{
            "CreatorRequestId": request,
            "FirewallRuleGroupId": group_id,
            "FirewallDomainListId": list_id,
            "Priority": priority,
            "Name": f"rule{priority}",
            **(more or {"Action": "ALLOW"}),
        }
    )["FirewallRule"]
    return made


def test_an_override_keeps_ttl_zero_and_returns_a_qualified_target(resolver: Any) -> None:
    rule = make_rule(resolver, make_group(resolver), make_list(resolver), **OVERRIDE)
    assert rule["BlockOverrideTtl"] == 0
    assert rule["BlockOverrideDomain"] == "private.example.com."
    assert rule["FirewallDomainRedirectionAction"] == "INSPECT_REDIRECTION_DOMAIN"


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"Action": "BLOCK"}, "RSLVR-02016"),
        ({key: value for key, value in OVERRIDE.items() if key != "BlockOverrideTtl"}, "needs BlockOverrideTtl"),
        ({key: value for key, value in OVERRIDE.items() if key != "BlockOverrideDomain"}, "needs BlockOverrideDomain"),
        ({"Action": "BLOCK", "BlockResponse": "NODATA", "BlockOverrideTtl": 1}, "only be used with the block response"),
        ({"Action": "ALLOW", "BlockResponse": "NODATA"}, "only be used with the action BLOCK"),
        ({**OVERRIDE, "BlockOverrideDomain": "*.example.com"}, "asterisk"),
        ({"Action": "ALLOW", "Qtype": "WKS"}, "query type"),
        ({"Action": "ALLOW", "Qtype": "TYPE65535"}, "query type"),
        ({"Action": "ALLOW", "DnsThreatProtection": "DGA"}, "Advanced"),
    ],
)
def test_rules_aws_refuses(resolver: Any, values: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ClientError, match=complaint):
        make_rule(resolver, make_group(resolver), make_list(resolver), **values)


def test_a_priority_is_unique_in_its_group(resolver: Any) -> None:
    group_id, other = make_group(resolver), make_group(resolver, "other")
    first, second = make_list(resolver), make_list(resolver, name="second")
    make_rule(resolver, group_id, first, 100)
    make_rule(resolver, other, first, 100)
    with pytest.raises(ClientError, match=r"ValidationException.*priority 100 is already in use"):
        make_rule(resolver, group_id, second, 100)
    make_rule(resolver, group_id, second, 200)
    with pytest.raises(ClientError, match="priority 100 is already in use"):
        resolver.update_firewall_rule(FirewallRuleGroupId=group_id, FirewallDomainListId=second, Priority=100)
    with pytest.raises(ClientError, match="positive integer"):
        make_rule(resolver, group_id, make_list(resolver, name="third"), 0)


def test_a_list_and_a_query_type_identify_a_rule(resolver: Any) -> None:
    group_id, list_id = make_group(resolver), make_list(resolver)
    make_rule(resolver, group_id, list_id, 100, Action="ALLOW", Qtype="A")
    make_rule(resolver, group_id, list_id, 101, Action="ALLOW", Qtype="TYPE65")
    with pytest.raises(ClientError, match="already has a rule for this domain list and query type"):
        make_rule(resolver, group_id, list_id, 102, Action="ALERT", Qtype="A")
    with pytest.raises(ClientError, match="another query type: A"):
        resolver.delete_firewall_rule(FirewallRuleGroupId=group_id, FirewallDomainListId=list_id)
    resolver.delete_firewall_rule(FirewallRuleGroupId=group_id, FirewallDomainListId=list_id, Qtype="TYPE65")
    left = resolver.list_firewall_rules(FirewallRuleGroupId=group_id)["FirewallRules"]
    assert [rule["Qtype"] for rule in left] == ["A"]


def test_a_changed_action_drops_what_no_longer_applies(resolver: Any) -> None:
    group_id, list_id = make_group(resolver), make_list(resolver)
    make_rule(resolver, group_id, list_id, **OVERRIDE)
    names = {"FirewallRuleGroupId": group_id, "FirewallDomainListId": list_id}
    changed = resolver.update_firewall_rule(**names, Action="BLOCK", BlockResponse="NODATA")["FirewallRule"]
    assert not changed.keys() & {"BlockOverrideDomain", "BlockOverrideTtl", "BlockOverrideDnsType"}
    changed = resolver.update_firewall_rule(**names, Action="ALERT", Name="renamed")["FirewallRule"]
    assert "BlockResponse" not in changed
    assert changed["Name"] == "renamed"
    with pytest.raises(ClientError, match="needs BlockOverrideDomain"):
        resolver.update_firewall_rule(**names, Action="BLOCK", BlockResponse="OVERRIDE")


def test_rules_are_listed_in_the_order_of_evaluation(resolver: Any) -> None:
    group_id = make_group(resolver)
    for priority in (300, 100, 200):
        make_rule(resolver, group_id, make_list(resolver, name=f"list{priority}"), priority)
    listed = resolver.list_firewall_rules(FirewallRuleGroupId=group_id)["FirewallRules"]
    assert [rule["Priority"] for rule in listed] == [100, 200, 300]
    assert resolver.list_firewall_rules(FirewallRuleGroupId=group_id, Action="BLOCK")["FirewallRules"] == []
    group = resolver.get_firewall_rule_group(FirewallRuleGroupId=group_id)["FirewallRuleGroup"]
    assert group["RuleCount"] == 3


def test_a_group_holds_100_rules(resolver: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert rules.MAX_RULES == 100
    monkeypatch.setattr(rules, "MAX_RULES", 1)
    group_id = make_group(resolver)
    make_rule(resolver, group_id, make_list(resolver), 100)
    with pytest.raises(ClientError, match="LimitExceededException"):
        make_rule(resolver, group_id, make_list(resolver, name="second"), 101)


def test_what_is_in_use_cannot_be_deleted(resolver: Any, vpc_id: str) -> None:
    group_id, list_id = make_group(resolver), make_list(resolver)
    make_rule(resolver, group_id, list_id)
    with pytest.raises(ClientError, match=r"ConflictException.*in use"):
        resolver.delete_firewall_domain_list(FirewallDomainListId=list_id)
    with pytest.raises(ClientError, match="RSLVR-02103"):
        resolver.delete_firewall_rule_group(FirewallRuleGroupId=group_id)
    resolver.delete_firewall_rule(FirewallRuleGroupId=group_id, FirewallDomainListId=list_id)
    resolver.delete_firewall_domain_list(FirewallDomainListId=list_id)
    resolver.associate_firewall_rule_group(
        CreatorRequestId="1", FirewallRuleGroupId=group_id, VpcId=vpc_id, Priority=101, Name="a"
    )
    with pytest.raises(ClientError, match=r"ConflictException.*associated with a VPC"):
        resolver.delete_firewall_rule_group(FirewallRuleGroupId=group_id)


def test_a_policy_shares_a_group(resolver: Any) -> None:
    arn = resolver.create_firewall_rule_group(CreatorRequestId="1", Name="a")["FirewallRuleGroup"]["Arn"]
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        resolver.get_firewall_rule_group_policy(Arn=arn)
    resolver.put_firewall_rule_group_policy(Arn=arn, FirewallRuleGroupPolicy='{"Version": "2012-10-17"}')
    assert resolver.list_firewall_rule_groups()["FirewallRuleGroups"][0]["ShareStatus"] == "SHARED_BY_ME"
    assert "2012" in resolver.get_firewall_rule_group_policy(Arn=arn)["FirewallRuleGroupPolicy"]
