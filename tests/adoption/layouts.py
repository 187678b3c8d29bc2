"""What others have made before: terraform-aws-modules, somebody by hand, and CloudFormation."""

from __future__ import annotations

from typing import Any

from northsouth.emulator.server import Emulator

ZONES = ("us-east-1a", "us-east-1b")


def vpc_module() -> dict[str, Any]:
    """Return the resources of terraform-aws-modules/vpc for two zones, with its addresses below ``module.vpc``."""
    name = "main"
    count = {"count": len(ZONES)}
    zone = "${element(var.azs, count.index)}"
    vpc = "${aws_vpc.this[0].id}"
    return {
        "variable": {
            "azs": {"default": list(ZONES)},
            "public": {"default": ["10.0.56.0/22", "10.0.88.0/22"]},
            "private": {"default": ["10.0.32.0/20", "10.0.64.0/20"]},
        },
        "resource": {
            "aws_vpc": {
                "this": {
                    "count": 1, "cidr_block": "10.0.0.0/16", "enable_dns_hostnames": True, "enable_dns_support": True,
                    "tags": {"Name": name},
                }
            },
            "aws_subnet": {
                tier: {
                    **count, "vpc_id": vpc, "availability_zone": zone, "cidr_block": f"${{var.{tier}[count.index]}}",
                    "tags": {"Name": f"{name}-{tier}-{zone}"},
                }
                for tier in ("public", "private")
            },
            "aws_internet_gateway": {"this": {"count": 1, "vpc_id": vpc, "tags": {"Name": name}}},
            "aws_default_security_group": {
                "this": {"count": 1, "vpc_id": vpc, "ingress": [], "egress": [], "tags": {"Name": f"{name}-default"}}
            },
            "aws_route_table": {
                "public": {"count": 1, "vpc_id": vpc, "tags": {"Name": f"{name}-public"}},
                "private": {**count, "vpc_id": vpc, "tags": {"Name": f"{name}-private-{zone}"}},
            },
            "aws_route_table_association": {
                "public": {
                    **count, "subnet_id": "${element(aws_subnet.public[*].id, count.index)}",
                    "route_table_id": "${aws_route_table.public[0].id}",
                },
                "private": {
                    **count, "subnet_id": "${element(aws_subnet.private[*].id, count.index)}",
                    "route_table_id": "${element(aws_route_table.private[*].id, count.index)}",
                },
            },
            "aws_eip": {"nat": {**count, "domain": "vpc", "tags": {"Name": f"{name}-{zone}"}}},
            "aws_nat_gateway": {
                "this": {
                    **count, "allocation_id": "${element(aws_eip.nat[*].id, count.index)}",
                    "subnet_id": "${element(aws_subnet.public[*].id, count.index)}",
                    "tags": {"Name": f"{name}-{zone}"},
                }
            },
            "aws_route": {
                "public_internet_gateway": {
                    "count": 1, "route_table_id": "${aws_route_table.public[0].id}",
                    "destination_cidr_block": "0.0.0.0/0", "gateway_id": "${aws_internet_gateway.this[0].id}",
                },
                "private_nat_gateway": {
                    **count, "route_table_id": "${element(aws_route_table.private[*].id, count.index)}",
                    "destination_cidr_block": "0.0.0.0/0",
                    "nat_gateway_id": "${element(aws_nat_gateway.this[*].id, count.index)}",
                },
            },
            "aws_vpc_endpoint": {
                "s3": {
                    "vpc_id": vpc, "service_name": "com.amazonaws.us-east-1.s3", "vpc_endpoint_type": "Gateway",
                    "route_table_ids": "${aws_route_table.private[*].id}", "tags": {"Name": f"{name}-s3-vpc-endpoint"},
                }
            },
        },
    }  # fmt: skip


def _tagged(kind: str, **tags: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}]


def egress(emulator: Emulator, cidr: str, gateway_tags: dict[str, str], address_tags: dict[str, str]) -> dict[str, str]:
    """Make a VPC with one zone, its gateway and routes, and an endpoint; return the ids of what is not adopted."""
    ec2 = emulator.client("ec2")
    vpc = ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
    way_out = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=way_out, VpcId=vpc)
    first, second = (f"{cidr.rpartition('.')[0]}.0/26", f"{cidr.rpartition('.')[0]}.64/26")
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=first, AvailabilityZone=ZONES[0])["Subnet"]["SubnetId"]
    private = ec2.create_subnet(VpcId=vpc, CidrBlock=second, AvailabilityZone=ZONES[0])["Subnet"]["SubnetId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=private)
    address = ec2.allocate_address(Domain="vpc", TagSpecifications=_tagged("elastic-ip", **address_tags))
    gateway = ec2.create_nat_gateway(
        SubnetId=subnet,
        AllocationId=address["AllocationId"],
        TagSpecifications=_tagged("natgateway", **gateway_tags),
    )["NatGateway"]["NatGatewayId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=gateway)
    ec2.create_vpc_endpoint(
        VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3", VpcEndpointType="Gateway", RouteTableIds=[table]
    )
    return {"vpc": vpc, "subnet": subnet, "private": private, "table": table, "gateway": gateway}


def firewall(emulator: Emulator, vpc: str, prefix: str, suffix: str) -> None:
    """Make a rule group with one override, and associate it."""
    resolver = emulator.client("route53resolver")
    listed = resolver.create_firewall_domain_list(CreatorRequestId=prefix, Name=f"{prefix}-list{suffix}")
    list_id = listed["FirewallDomainList"]["Id"]
    resolver.update_firewall_domains(
        FirewallDomainListId=list_id, Operation="ADD", Domains=[f"api.{prefix.lower()}.example.com."]
    )
    group = resolver.create_firewall_rule_group(CreatorRequestId=prefix, Name=f"{prefix}-group{suffix}")
    group_id = group["FirewallRuleGroup"]["Id"]
    resolver.create_firewall_rule(
        CreatorRequestId=prefix,
        FirewallRuleGroupId=group_id,
        FirewallDomainListId=list_id,
        Name=f"{prefix}-rule{suffix}",
        Priority=100,
        Action="BLOCK",
        BlockResponse="OVERRIDE",
        BlockOverrideDomain=f"api.internal.{prefix.lower()}.example.com.",
        BlockOverrideDnsType="CNAME",
        BlockOverrideTtl=60,
    )
    resolver.associate_firewall_rule_group(
        CreatorRequestId=prefix,
        FirewallRuleGroupId=group_id,
        VpcId=vpc,
        Priority=1050,
        Name=f"{prefix}-association{suffix}",
        MutationProtection="DISABLED",
    )


def bucket(emulator: Emulator, name: str, document: dict[str, Any]) -> None:
    """Make a log bucket with the settings that a stack declares, each by a call of its own."""
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket=name)
    s3.put_bucket_ownership_controls(
        Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    )
    s3.put_public_access_block(
        Bucket=name,
        PublicAccessBlockConfiguration=dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
        ),
    )
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_encryption(
        Bucket=name,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
    )
    [policy] = document["resource"]["aws_s3_bucket_policy"].values()
    s3.put_bucket_policy(Bucket=name, Policy=policy["policy"])


def alarm(emulator: Emulator, name: str, document: dict[str, Any], gateway: str) -> None:
    """Make an alarm on a gateway with the numbers and the description that a stack declares."""
    [declared] = document["resource"]["aws_cloudwatch_metric_alarm"].values()
    emulator.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        AlarmDescription=declared["alarm_description"],
        Namespace=declared["namespace"],
        MetricName=declared["metric_name"],
        Dimensions=[{"Name": "NatGatewayId", "Value": gateway}],
        Statistic=declared["statistic"],
        Period=declared["period"],
        Threshold=declared["threshold"],
        ComparisonOperator=declared["comparison_operator"],
        EvaluationPeriods=declared["evaluation_periods"],
        DatapointsToAlarm=declared["datapoints_to_alarm"],
        TreatMissingData=declared["treat_missing_data"],
    )
