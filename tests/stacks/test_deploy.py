"""The example, deployed: the real provider applies it, a second plan is empty, AWS's own APIs show it, and it goes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.emulator.server import Emulator
from tests.harness.plugin import MakeTerraform
from tests.stacks.test_app import synthesize

pytestmark = [pytest.mark.deploy, pytest.mark.xdist_group("example")]


def client(emulator: Emulator, service: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=emulator.endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def test_the_example_lives_is_repaired_and_leaves_nothing(
    terraform_dir: MakeTerraform, emulator: Emulator, tmp_path: Path
) -> None:
    document, _ = synthesize(tmp_path)
    terraform = terraform_dir(document)
    terraform.apply()
    assert terraform.plan().empty

    ec2 = client(emulator, "ec2")
    (vpc,) = ec2.describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.40.0.0/16"]}])["Vpcs"]
    here = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
    gateways = ec2.describe_nat_gateways(Filters=here)["NatGateways"]
    assert len({gateway["NatGatewayAddresses"][0]["PublicIp"] for gateway in gateways}) == 3
    assert len(ec2.describe_subnets(Filters=here)["Subnets"]) == 6
    assert overridden(emulator, vpc["VpcId"]) == {
        "hub.example.com.": ("hub.internal.example.com.", 60),
        "cdn-lfs.hub.example.com.": ("lfs.internal.example.com.", 60),
        "registry.example.com.": ("registry.internal.example.com.", 300),
    }

    s3 = client(emulator, "s3")
    policy = json.loads(s3.get_bucket_policy(Bucket="northsouth-example-alb-logs")["Policy"])
    assert "logdelivery.elasticloadbalancing.amazonaws.com" in json.dumps(policy)

    (alarm,) = client(emulator, "cloudwatch").describe_alarms()["MetricAlarms"]
    assert alarm["TreatMissingData"] == "missing"
    (topic,) = client(emulator, "sns").list_topics()["Topics"]
    assert alarm["AlarmActions"] == [topic["TopicArn"]]

    point_elsewhere(emulator)
    (changed,) = terraform.plan().updates
    assert changed.startswith("aws_route53_resolver_firewall_rule.")
    terraform.apply()
    assert terraform.plan().empty

    terraform.destroy()
    assert terraform.addresses() == []
    assert ec2.describe_vpcs(VpcIds=[])["Vpcs"] == [vpc for vpc in ec2.describe_vpcs()["Vpcs"] if vpc["IsDefault"]]
    assert ec2.describe_addresses()["Addresses"] == []
    assert s3.list_buckets()["Buckets"] == []
    assert client(emulator, "cloudwatch").describe_alarms()["MetricAlarms"] == []
    assert client(emulator, "sns").list_topics()["Topics"] == []
    resolver = client(emulator, "route53resolver")
    assert resolver.list_firewall_rule_groups()["FirewallRuleGroups"] == []
    assert [
        found
        for found in resolver.list_firewall_domain_lists()["FirewallDomainLists"]
        if not found.get("ManagedOwnerName")
    ] == []


def point_elsewhere(emulator: Emulator) -> None:
    """Change the target of one override behind Terraform's back."""
    resolver = client(emulator, "route53resolver")
    (group,) = resolver.list_firewall_rule_groups()["FirewallRuleGroups"]
    rule = resolver.list_firewall_rules(FirewallRuleGroupId=group["Id"])["FirewallRules"][0]
    resolver.update_firewall_rule(
        FirewallRuleGroupId=group["Id"],
        FirewallDomainListId=rule["FirewallDomainListId"],
        BlockOverrideDomain="elsewhere.example.net.",
    )


def overridden(emulator: Emulator, vpc_id: str) -> dict[str, tuple[str, int]]:
    """Return what the VPC's rule groups override, as the Resolver API tells it."""
    resolver = client(emulator, "route53resolver")
    found: dict[str, tuple[str, int]] = {}
    for association in resolver.list_firewall_rule_group_associations(VpcId=vpc_id)["FirewallRuleGroupAssociations"]:
        for rule in resolver.list_firewall_rules(FirewallRuleGroupId=association["FirewallRuleGroupId"])[
            "FirewallRules"
        ]:
            domains = resolver.list_firewall_domains(FirewallDomainListId=rule["FirewallDomainListId"])["Domains"]
            found.update(dict.fromkeys(domains, (rule["BlockOverrideDomain"], rule["BlockOverrideTtl"])))
    return found
