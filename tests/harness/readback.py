"""Asks the emulator with boto3 what is there now, and says it in lines for a person."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from northsouth.emulator.server import client


def lines(endpoint: str, region: str) -> list[str]:
    """Return what a reader of the example wants to see, a line for each thing."""
    ec2 = client(endpoint, "ec2", region)
    found: list[str] = []
    for vpc in ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["false"]}])["Vpcs"]:
        found += [f"{'VPC':<10} {vpc['VpcId']}  {vpc['CidrBlock']}", *_subnets(ec2, vpc["VpcId"])]
        found += [*_gateways(ec2, vpc["VpcId"]), *_endpoints(ec2, vpc["VpcId"])]
        found += _overrides(client(endpoint, "route53resolver", region), vpc["VpcId"])
    found += _buckets(client(endpoint, "s3", region))
    found += _runs(client(endpoint, "stepfunctions", region), client(endpoint, "scheduler", region))
    found += _alarms(client(endpoint, "cloudwatch", region))
    return found


def _subnets(ec2: Any, vpc_id: str) -> Iterator[str]:
    """Tell a public subnet by its route to an internet gateway."""
    tables = ec2.describe_route_tables(Filters=_in(vpc_id))["RouteTables"]
    public = {
        association.get("SubnetId")
        for table in tables
        if any(route.get("GatewayId", "").startswith("igw-") for route in table["Routes"])
        for association in table["Associations"]
    }
    subnets = ec2.describe_subnets(Filters=_in(vpc_id))["Subnets"]
    for subnet in sorted(subnets, key=lambda entry: (entry["AvailabilityZone"], entry["SubnetId"] not in public)):
        kind = "public" if subnet["SubnetId"] in public else "private"
        yield f"{'subnet':<10} {subnet['AvailabilityZone']}  {kind:<7}  {subnet['CidrBlock']}"


def _gateways(ec2: Any, vpc_id: str) -> Iterator[str]:
    zones = {entry["SubnetId"]: entry["AvailabilityZone"] for entry in ec2.describe_subnets()["Subnets"]}
    gateways = ec2.describe_nat_gateways(Filters=_in(vpc_id))["NatGateways"]
    for gateway in sorted(gateways, key=lambda entry: zones[entry["SubnetId"]]):
        addresses = ", ".join(address["PublicIp"] for address in gateway["NatGatewayAddresses"])
        yield f"{'NAT':<10} {zones[gateway['SubnetId']]}  {gateway['NatGatewayId']}  public IP {addresses}"


def _endpoints(ec2: Any, vpc_id: str) -> Iterator[str]:
    for endpoint in ec2.describe_vpc_endpoints(Filters=_in(vpc_id))["VpcEndpoints"]:
        where = f"{len(endpoint['RouteTableIds'])} route tables" if endpoint["RouteTableIds"] else "the subnets"
        kind = endpoint["VpcEndpointType"].lower()
        yield f"{'endpoint':<10} {endpoint['ServiceName']}  {kind}, in {where}"


def _overrides(resolver: Any, vpc_id: str) -> Iterator[str]:
    associations = resolver.list_firewall_rule_group_associations(VpcId=vpc_id)["FirewallRuleGroupAssociations"]
    for association in associations:
        for rule in resolver.list_firewall_rules(FirewallRuleGroupId=association["FirewallRuleGroupId"])[
            "FirewallRules"
        ]:
            names = resolver.list_firewall_domains(FirewallDomainListId=rule["FirewallDomainListId"])["Domains"]
            yield f"{'DNS':<10} {', '.join(names)} -> {_answer(rule)}"


def _answer(rule: dict[str, Any]) -> str:
    if rule.get("BlockResponse") == "OVERRIDE":
        kind, ttl = rule["BlockOverrideDnsType"], rule["BlockOverrideTtl"]
        return f"{rule['BlockOverrideDomain']}  ({kind}, TTL {ttl} s)"
    return str(rule.get("BlockResponse", rule["Action"]))


def _buckets(s3: Any) -> Iterator[str]:
    for bucket in s3.list_buckets()["Buckets"]:
        name = bucket["Name"]
        if s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]["BlockPublicPolicy"]:
            encryption = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"][0]
            rules = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
            days = [rule["Expiration"]["Days"] for rule in rules if "Days" in rule.get("Expiration", {})]
            kept = f"objects expire after {min(days)} days" if days else "objects are kept"
            yield f"{'bucket':<10} {name}  {encryption['ApplyServerSideEncryptionByDefault']['SSEAlgorithm']}, {kept}"
        else:
            public = [
                arn
                for entry in json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"]
                for arn in entry["Resource"]
            ]
            yield f"{'bucket':<10} {name}  public: {', '.join(arn.rsplit('/', 1)[1] for arn in public)}"


def _runs(stepfunctions: Any, scheduler: Any) -> Iterator[str]:
    for machine in stepfunctions.list_state_machines()["stateMachines"]:
        kind = "status" if machine["type"] == "EXPRESS" else "archive"
        for schedule in scheduler.list_schedules()["Schedules"]:
            found = scheduler.get_schedule(Name=schedule["Name"], GroupName=schedule["GroupName"])
            if found["Target"]["Arn"] == machine["stateMachineArn"]:
                yield f"{kind:<10} {machine['name']}  {schedule['Name']}: {found['ScheduleExpression']}"


def _alarms(cloudwatch: Any) -> Iterator[str]:
    """Tell how many alarms there are for whom; the names of all of them would fill a page."""
    found = cloudwatch.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"], MaxRecords=100)
    told = Counter(
        ", ".join(arn.rsplit(":", 1)[1] for arn in alarm["AlarmActions"]) or "nobody: they are parts of composites"
        for alarm in (*found["MetricAlarms"], *found["CompositeAlarms"])
    )
    for who, count in sorted(told.items(), reverse=True):
        yield f"{'alarms':<10} {count} notify {who}"
    for entry in cloudwatch.list_dashboards()["DashboardEntries"]:
        body = json.loads(cloudwatch.get_dashboard(DashboardName=entry["DashboardName"])["DashboardBody"])
        yield f"{'dashboard':<10} {entry['DashboardName']}  {len(body['widgets'])} widgets"


def _in(vpc_id: str) -> list[dict[str, Any]]:
    return [{"Name": "vpc-id", "Values": [vpc_id]}]
