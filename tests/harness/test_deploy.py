"""The harness itself: the real provider applies to the emulator, plans nothing, finds drift and removes everything."""

import json
from typing import Any

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from cdktf_cdktf_provider_aws.eip import Eip
from cdktf_cdktf_provider_aws.internet_gateway import InternetGateway
from cdktf_cdktf_provider_aws.nat_gateway import NatGateway
from cdktf_cdktf_provider_aws.route53_resolver_firewall_config import Route53ResolverFirewallConfig
from cdktf_cdktf_provider_aws.route53_resolver_firewall_domain_list import Route53ResolverFirewallDomainList
from cdktf_cdktf_provider_aws.route53_resolver_firewall_rule import Route53ResolverFirewallRule
from cdktf_cdktf_provider_aws.route53_resolver_firewall_rule_group import Route53ResolverFirewallRuleGroup
from cdktf_cdktf_provider_aws.route53_resolver_firewall_rule_group_association import (
    Route53ResolverFirewallRuleGroupAssociation,
)
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.s3_bucket_policy import S3BucketPolicy
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.subnet import Subnet
from cdktf_cdktf_provider_aws.vpc import Vpc

from northsouth.emulator.server import Emulator
from tests.harness.plugin import MakeTerraform
from tests.harness.synth import synth

TLS_ONLY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": "arn:aws:s3:::northsouth-logs/*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ],
}


def edge(stack: TerraformStack) -> None:
    vpc = Vpc(stack, "vpc", cidr_block="10.0.0.0/16")
    subnet = Subnet(stack, "subnet", vpc_id=vpc.id, cidr_block="10.0.0.0/24")
    gateway = InternetGateway(stack, "gateway", vpc_id=vpc.id)
    nat = NatGateway(
        stack,
        "nat",
        subnet_id=subnet.id,
        allocation_id=Eip(stack, "eip", domain="vpc").allocation_id,
        depends_on=[gateway],
    )
    domains = Route53ResolverFirewallDomainList(
        stack, "domains", name="hub", domains=["hub.example.com."], tags={"team": "network"}
    )
    group = Route53ResolverFirewallRuleGroup(stack, "group", name="overrides", tags={"team": "network"})
    Route53ResolverFirewallRule(
        stack,
        "rule",
        name="hub",
        priority=100,
        action="BLOCK",
        block_response="OVERRIDE",
        block_override_dns_type="CNAME",
        block_override_domain="hub.internal.example.com.",
        block_override_ttl=60,
        firewall_domain_list_id=domains.id,
        firewall_rule_group_id=group.id,
    )
    Route53ResolverFirewallRuleGroupAssociation(
        stack, "association", name="overrides", priority=101, vpc_id=vpc.id, firewall_rule_group_id=group.id
    )
    Route53ResolverFirewallConfig(stack, "config", resource_id=vpc.id, firewall_fail_open="ENABLED")
    bucket = S3Bucket(stack, "bucket", bucket="northsouth-logs")
    S3BucketPolicy(stack, "policy", bucket=bucket.id, policy=json.dumps(TLS_ONLY))
    CloudwatchMetricAlarm(
        stack,
        "alarm",
        alarm_name="nat-bytes",
        comparison_operator="GreaterThanThreshold",
        evaluation_periods=1,
        namespace="AWS/NATGateway",
        metric_name="BytesOutToDestination",
        dimensions={"NatGatewayId": nat.id},
        period=60,
        statistic="Sum",
        threshold=1,
        alarm_actions=[SnsTopic(stack, "topic", name="alerts").arn],
    )


@pytest.mark.deploy
def test_apply_plan_drift_repair_destroy(emulator: Emulator, terraform_dir: MakeTerraform) -> None:
    terraform = terraform_dir(synth(edge))
    terraform.apply()
    assert len(terraform.addresses()) == 14
    assert terraform.plan().empty

    resolver = emulator.client("route53resolver")
    (rule,) = rules(resolver)
    assert (rule["BlockOverrideDomain"], rule["BlockOverrideTtl"]) == ("hub.internal.example.com.", 60)

    resolver.update_firewall_rule(
        FirewallRuleGroupId=rule["FirewallRuleGroupId"],
        FirewallDomainListId=rule["FirewallDomainListId"],
        BlockOverrideDomain="elsewhere.example.com",
    )
    drift = terraform.plan()
    assert str(drift) == "update aws_route53_resolver_firewall_rule.rule"

    terraform.apply()
    assert rules(resolver) == [{**rule, "ModificationTime": rules(resolver)[0]["ModificationTime"]}]

    terraform.destroy()
    assert terraform.addresses() == []
    assert resolver.list_firewall_rule_groups()["FirewallRuleGroups"] == []
    assert emulator.client("s3").list_buckets()["Buckets"] == []
    assert emulator.client("ec2").describe_vpcs(Filters=[{"Name": "is-default", "Values": ["false"]}])["Vpcs"] == []


def rules(resolver: Any) -> list[dict[str, Any]]:
    groups = resolver.list_firewall_rule_groups()["FirewallRuleGroups"]
    listed = [resolver.list_firewall_rules(FirewallRuleGroupId=group["Id"])["FirewallRules"] for group in groups]
    return [rule for group in listed for rule in group]
