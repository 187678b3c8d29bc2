"""For each argument that forces replacement: a resource, and the argument's value before and after."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

A, B = "vpc-0aaaaaaaaaaaaaaa1", "vpc-0bbbbbbbbbbbbbbb2"
ARN = "arn:aws:sns:us-east-1:123456789012:"
ROLE = "arn:aws:iam::123456789012:role/"
STATES = "arn:aws:states:us-east-1:123456789012:stateMachine:a"
MACHINE = '{"StartAt":"Done","States":{"Done":{"Type":"Succeed"}}}'
TRUST = '{"Version":"2012-10-17","Statement":[]}'
NAME = {"name": ("one", "two")}
PREFIX = {"name": ("one", "two"), "name_prefix": ("one-", "two-")}
BUCKET = {"bucket": ("bucket-one", "bucket-two")}
OWNED = {**BUCKET, "expected_bucket_owner": ("123456789012", "210987654321")}
ENCRYPTION = {"rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "AES256"}]}]}
EXPIRY = {"rule": [{"id": "x", "status": "Enabled", "filter": [{"prefix": ""}], "expiration": [{"days": 9}]}]}
STOPPED: dict[str, Any] = {
    "comparison_operator": "GreaterThanThreshold",
    "evaluation_periods": 1,
    "metric_name": "m",
    "namespace": "n",
    "period": 60,
    "statistic": "Sum",
    "threshold": 1,
}
RULE = {"action": "ALLOW", "priority": 1, "name": "x"}

CASES: dict[str, tuple[dict[str, Any], dict[str, tuple[Any, Any]]]] = {
    "aws_athena_named_query": (
        {},
        {
            "database": ("one", "two"),
            "description": ("one", "two"),
            "name": ("one", "two"),
            "query": ("select 1", "select 2"),
            "workgroup": ("one", "two"),
        },
    ),
    "aws_athena_workgroup": ({}, NAME),
    "aws_cloudwatch_composite_alarm": ({"alarm_rule": "TRUE"}, {"alarm_name": ("one", "two")}),
    "aws_cloudwatch_dashboard": ({"dashboard_body": "{}"}, {"dashboard_name": ("one", "two")}),
    "aws_cloudwatch_log_group": ({}, {**PREFIX, "log_group_class": ("STANDARD", "INFREQUENT_ACCESS")}),
    "aws_cloudwatch_metric_alarm": (STOPPED, {"alarm_name": ("one", "two")}),
    "aws_egress_only_internet_gateway": ({}, {"vpc_id": (A, B)}),
    "aws_eip": (
        {},
        {
            "address": ("198.51.100.1", "198.51.100.2"),
            "domain": ("standard", "vpc"),
            "ipam_pool_id": ("one", "two"),
            "network_border_group": ("us-east-1", "us-east-2"),
            "public_ipv4_pool": ("one", "two"),
        },
    ),
    "aws_flow_log": (
        {"log_destination": "arn:aws:s3:::one", "log_destination_type": "s3", "traffic_type": "ALL", "vpc_id": A},
        {
            "deliver_cross_account_role": (f"{ROLE}a", f"{ROLE}b"),
            "destination_options": ([{"file_format": "parquet"}], [{"file_format": "plain-text"}]),
            "iam_role_arn": (f"{ROLE}a", f"{ROLE}b"),
            "log_destination": ("arn:aws:s3:::one", "arn:aws:s3:::two"),
            "log_destination_type": ("s3", "kinesis-data-firehose"),
            "log_format": ("${version}", "${region}"),
            "max_aggregation_interval": (60, 600),
            "subnet_id": ("subnet-1", "subnet-2"),
            "traffic_type": ("ALL", "REJECT"),
            "vpc_id": (A, B),
        },
    ),
    "aws_glue_catalog_database": ({"name": "x"}, {"catalog_id": ("123456789012", "210987654321"), **NAME}),
    "aws_glue_catalog_table": (
        {"name": "x", "database_name": "x"},
        {
            "catalog_id": ("123456789012", "210987654321"),
            "database_name": ("one", "two"),
            **NAME,
        },
    ),
    "aws_glue_connection": ({"connection_type": "NETWORK"}, {**NAME, "catalog_id": ("1" * 12, "2" * 12)}),
    "aws_glue_job": ({"role_arn": f"{ROLE}x", "command": [{"script_location": "s3://x/y"}]}, NAME),
    "aws_glue_crawler": ({"database_name": "x", "role": "x", "s3_target": [{"path": "s3://x/"}]}, NAME),
    "aws_iam_role": ({"assume_role_policy": TRUST}, {**PREFIX, "path": ("/one/", "/two/")}),
    "aws_iam_role_policy": ({"role": "x", "policy": TRUST}, {**PREFIX, "role": ("one", "two")}),
    "aws_iam_role_policy_attachment": (
        {"role": "x", "policy_arn": f"{ROLE}x"},
        {"policy_arn": (f"{ROLE}a", f"{ROLE}b"), "role": ("one", "two")},
    ),
    "aws_nat_gateway": (
        {"subnet_id": "subnet-1"},
        {
            "allocation_id": ("eipalloc-1", "eipalloc-2"),
            "connectivity_type": ("private", "public"),
            "private_ip": ("10.0.0.1", "10.0.0.2"),
            "subnet_id": ("subnet-1", "subnet-2"),
        },
    ),
    "aws_ram_principal_association": (
        {"principal": "123456789012", "resource_share_arn": f"{ARN}x"},
        {"principal": ("123456789012", "210987654321"), "resource_share_arn": (f"{ARN}a", f"{ARN}b")},
    ),
    "aws_ram_resource_association": (
        {"resource_arn": f"{ARN}x", "resource_share_arn": f"{ARN}x"},
        {"resource_arn": (f"{ARN}a", f"{ARN}b"), "resource_share_arn": (f"{ARN}a", f"{ARN}b")},
    ),
    "aws_route": (
        {"route_table_id": "rtb-1", "gateway_id": "igw-1"},
        {
            "destination_cidr_block": ("10.0.0.0/8", "172.16.0.0/12"),
            "destination_ipv6_cidr_block": ("2001:db8::/64", "2001:db8:1::/64"),
            "destination_prefix_list_id": ("pl-1", "pl-2"),
            "route_table_id": ("rtb-1", "rtb-2"),
        },
    ),
    "aws_route53_resolver_firewall_config": ({"resource_id": A}, {"resource_id": (A, B)}),
    "aws_route53_resolver_firewall_domain_list": ({}, NAME),
    "aws_route53_resolver_firewall_rule": (
        {**RULE, "firewall_domain_list_id": "l", "firewall_rule_group_id": "g"},
        {"firewall_domain_list_id": ("one", "two"), "firewall_rule_group_id": ("one", "two")},
    ),
    "aws_route53_resolver_firewall_rule_group": ({}, NAME),
    "aws_route53_resolver_firewall_rule_group_association": (
        {"name": "x", "firewall_rule_group_id": "g", "priority": 101, "vpc_id": A},
        {"firewall_rule_group_id": ("one", "two"), "vpc_id": (A, B)},
    ),
    "aws_route53_resolver_query_log_config": (
        {"name": "x", "destination_arn": f"{ARN}x"},
        {"destination_arn": (f"{ARN}a", f"{ARN}b"), **NAME},
    ),
    "aws_route53_resolver_query_log_config_association": (
        {"resolver_query_log_config_id": "x", "resource_id": A},
        {"resolver_query_log_config_id": ("one", "two"), "resource_id": (A, B)},
    ),
    "aws_route_table": ({}, {"vpc_id": (A, B)}),
    "aws_route_table_association": (
        {"route_table_id": "rtb-1"},
        {"gateway_id": ("igw-1", "igw-2"), "subnet_id": ("subnet-1", "subnet-2")},
    ),
    "aws_s3_bucket": ({}, {**BUCKET, "bucket_prefix": ("one-", "two-"), "object_lock_enabled": (False, True)}),
    "aws_s3_bucket_lifecycle_configuration": ({"bucket": "x", **EXPIRY}, OWNED),
    "aws_s3_bucket_ownership_controls": ({"rule": [{"object_ownership": "BucketOwnerEnforced"}]}, BUCKET),
    "aws_s3_bucket_policy": ({"policy": TRUST}, BUCKET),
    "aws_s3_bucket_public_access_block": ({}, BUCKET),
    "aws_s3_bucket_server_side_encryption_configuration": ({"bucket": "x", **ENCRYPTION}, OWNED),
    "aws_s3_bucket_versioning": ({"bucket": "x", "versioning_configuration": [{"status": "Enabled"}]}, OWNED),
    "aws_scheduler_schedule": (
        {
            "schedule_expression": "rate(1 hours)",
            "flexible_time_window": [{"mode": "OFF"}],
            "target": [{"arn": STATES, "role_arn": f"{ROLE}x"}],
        },
        {**PREFIX, "group_name": ("one", "two")},
    ),
    "aws_scheduler_schedule_group": ({}, PREFIX),
    "aws_security_group": ({}, {**PREFIX, "description": ("one", "two"), "vpc_id": (A, B)}),
    "aws_sfn_state_machine": (
        {"definition": MACHINE, "role_arn": f"{ROLE}x"},
        {**PREFIX, "type": ("STANDARD", "EXPRESS")},
    ),
    "aws_sns_topic": ({}, {**PREFIX, "fifo_topic": (False, True)}),
    "aws_sns_topic_policy": ({"policy": TRUST}, {"arn": (f"{ARN}a", f"{ARN}b")}),
    "aws_sns_topic_subscription": (
        {"topic_arn": f"{ARN}x", "protocol": "sqs", "endpoint": f"{ARN}x"},
        {"endpoint": (f"{ARN}a", f"{ARN}b"), "protocol": ("sqs", "lambda"), "topic_arn": (f"{ARN}a", f"{ARN}b")},
    ),
    "aws_sqs_queue": ({}, {**PREFIX, "fifo_queue": (False, True)}),
    "aws_subnet": (
        {"vpc_id": A, "cidr_block": "10.0.0.0/24"},
        {
            "availability_zone": ("us-east-1a", "us-east-1b"),
            "availability_zone_id": ("use1-az1", "use1-az2"),
            "cidr_block": ("10.0.0.0/24", "10.0.1.0/24"),
            "ipv6_native": (False, True),
            "vpc_id": (A, B),
        },
    ),
    "aws_vpc": (
        {},
        {
            "cidr_block": ("10.0.0.0/16", "10.1.0.0/16"),
            "ipv4_ipam_pool_id": ("one", "two"),
            "ipv4_netmask_length": (16, 20),
        },
    ),
    "aws_vpc_endpoint": (
        {"vpc_id": A, "service_name": "com.amazonaws.us-east-1.s3"},
        {
            "service_name": ("com.amazonaws.us-east-1.s3", "com.amazonaws.us-east-1.dynamodb"),
            "service_region": ("us-east-1", "us-east-2"),
            "vpc_endpoint_type": ("Gateway", "Interface"),
            "vpc_id": (A, B),
        },
    ),
    **{
        f"aws_vpc_security_group_{way}_rule": (
            {"security_group_id": "sg-1", "cidr_ipv4": "10.0.0.0/8", "ip_protocol": "-1"},
            {"security_group_id": ("sg-1", "sg-2")},
        )
        for way in ("egress", "ingress")
    },
    "terraform_data": ({}, {"triggers_replace": ("one", "two")}),
}

INSTEAD = {
    "name_prefix": ("name",),
    "bucket_prefix": ("bucket",),
    "ipv4_ipam_pool_id": ("cidr_block",),
    "availability_zone_id": ("availability_zone",),
}
"""Arguments that another one excludes."""

TOGETHER: dict[tuple[str, str], dict[str, Any]] = {
    ("aws_vpc", "ipv4_ipam_pool_id"): {"ipv4_netmask_length": 16},
    ("aws_vpc", "ipv4_netmask_length"): {"ipv4_ipam_pool_id": "one"},
    ("aws_flow_log", "subnet_id"): {"vpc_id": None},
    ("aws_sns_topic", "fifo_topic"): {"name": "x.fifo"},
    ("aws_sqs_queue", "fifo_queue"): {"name": "x.fifo"},
    ("aws_subnet", "ipv6_native"): {"cidr_block": None},
}
"""What an argument's case needs besides."""

NEEDED = {
    "aws_athena_named_query": {"database": "x", "name": "x", "query": "select 1"},
    "aws_athena_workgroup": {"name": "x"},
    "aws_glue_connection": {"name": "x"},
    "aws_glue_crawler": {"name": "x"},
    "aws_route53_resolver_firewall_domain_list": {"name": "x"},
    "aws_route53_resolver_firewall_rule_group": {"name": "x"},
    "aws_route": {"destination_cidr_block": "10.0.0.0/8"},
    "aws_s3_bucket": {"bucket": "bucket"},
}


def cases() -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """Yield type, argument, and the resource's arguments before and after."""
    for kind, (base, forced) in CASES.items():
        for argument, (before, after) in forced.items():
            left_out = {argument, *INSTEAD.get(argument, ())}
            if kind == "aws_route" and argument.startswith("destination"):
                left_out |= {"destination_cidr_block"}
            common = {**NEEDED.get(kind, {}), **base, **TOGETHER.get((kind, argument), {})}
            common = {key: item for key, item in common.items() if key not in left_out and item is not None}
            yield kind, argument, {**common, argument: before}, {**common, argument: after}
