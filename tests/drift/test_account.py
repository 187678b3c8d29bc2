"""What exists on the emulator and is in no state is listed; what is known, gone or made by AWS itself is not."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from northsouth.drift import account
from northsouth.drift.account import Unmanaged, identifiers, regions, unmanaged
from northsouth.drift.app import AppError
from northsouth.emulator.server import Emulator
from northsouth.template import parse_plan
from tests.drift.plans import change, plan

REGION = "us-east-1"


def clients(emulator: Emulator) -> Callable[[str, str], Any]:
    return lambda service, _: emulator.client(service)


def log_bucket(s3: Any, name: str, principal: object) -> None:
    s3.create_bucket(Bucket=name)
    # Every new bucket blocks public policies.
    s3.delete_public_access_block(Bucket=name)
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{name}/*",
    }
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


@pytest.mark.slow
def test_what_is_in_no_state_is_listed(emulator: Emulator) -> None:
    ec2, s3 = emulator.client("ec2"), emulator.client("s3")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]

    def nat_gateway(name: str) -> str:
        tags = [{"ResourceType": "natgateway", "Tags": [{"Key": "Name", "Value": name}]}]
        made = ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private", TagSpecifications=tags)
        return str(made["NatGateway"]["NatGatewayId"])

    known, unknown, deleted = nat_gateway("known"), nat_gateway("by hand"), nat_gateway("gone")
    ec2.delete_nat_gateway(NatGatewayId=deleted)
    endpoint = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=f"com.amazonaws.{REGION}.s3")["VpcEndpoint"]
    resolver = emulator.client("route53resolver")
    group = resolver.create_firewall_rule_group(CreatorRequestId="r", Name="by-hand")["FirewallRuleGroup"]["Id"]
    cloudwatch = emulator.client("cloudwatch")
    alarm = {"ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1, "Threshold": 1, "Period": 60}
    metric = {"MetricName": "m", "Namespace": "n", "Statistic": "Sum"}
    for name in ("by-hand", "known-alarm", "TargetTracking-service/x"):
        cloudwatch.put_metric_alarm(AlarmName=name, **alarm, **metric)
    log_bucket(s3, "by-hand-logs", {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"})
    log_bucket(s3, "other", {"AWS": "*"})
    s3.create_bucket(Bucket="plain")

    listed = unmanaged(clients(emulator), [REGION], frozenset({known, "known-alarm"}))
    assert listed == (
        Unmanaged("aws_cloudwatch_metric_alarm", "by-hand", REGION),
        Unmanaged("aws_nat_gateway", unknown, REGION, "by hand", vpc),
        Unmanaged("aws_route53_resolver_firewall_rule_group", group, REGION, "by-hand"),
        Unmanaged("aws_s3_bucket", "by-hand-logs", REGION),
        Unmanaged("aws_vpc_endpoint", endpoint["VpcEndpointId"], REGION, f"com.amazonaws.{REGION}.s3", vpc),
    )
    assert str(listed[1]) == f"aws_nat_gateway {unknown} (by hand, {vpc}, {REGION})"
    everything = frozenset(each.id for each in listed) | {known, "known-alarm"}
    assert unmanaged(clients(emulator), [REGION, REGION], everything) == ()


def test_a_refused_call_is_one_message() -> None:
    def refuse(*_: str) -> Any:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DescribeNatGateways")

    with pytest.raises(AppError, match=r"cannot be listed: .*AccessDenied.*; the role needs ReadOnlyAccess"):
        unmanaged(refuse, [REGION], frozenset())


def test_without_boto3_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(AppError, match=r"pip install 'northsouth\[account\]'"):
        account.clients()


def test_a_plan_knows_what_it_holds_and_what_it_destroys() -> None:
    changes = [
        change("aws_nat_gateway.n", "no-op", before={"id": "nat-1"}, after={"id": "nat-1"}),
        change("module.m.aws_nat_gateway.o", "delete", before={"id": "nat-2"}),
        change("aws_nat_gateway.n", "delete", before={"id": "nat-0"}, deposed="a1b2c3d4"),
        change("aws_cloudwatch_metric_alarm.a", "create", after={"alarm_name": "a"}),
        change("aws_vpc.v", "delete", before={"id": "vpc-1"}),
    ]
    assert identifiers(parse_plan(plan(changes))) == {"nat-1", "nat-2", "nat-0", "a"}


def test_the_regions_of_the_providers_are_looked_in() -> None:
    stacks = [
        {"provider": {"aws": [{"region": "us-east-1"}, {"alias": "eu", "region": "eu-west-3"}]}},
        {"provider": {"aws": {"region": "us-east-1"}}},
        {"provider": {"aws": [{"region": "${var.region}"}, {}]}, "resource": {}},
        {},
    ]
    assert regions(stacks) == ("us-east-1", "eu-west-3")
