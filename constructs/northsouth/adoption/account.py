"""What exists in an account, with the attributes by which a stack's resources are known; read-only.

It calls only ``Describe``, ``List`` and ``Get`` operations, which the policy ``ReadOnlyAccess`` allows, and only for
the types that the stack declares. It needs boto3 (the extra ``account``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias, TypeVar

from northsouth.adoption import kinds
from northsouth.adoption.existing import LIST, RULE, Existing, of_values
from northsouth.drift.account import Client, Clients
from northsouth.drift.app import AppError
from northsouth.template import Template

_Answer = TypeVar("_Answer")

Listed: TypeAlias = "Iterator[tuple[str, Mapping[str, Any]]]"
"""Pairs of a resource type and an object's attributes."""

_GROUP = f"{RULE}_group"
_GONE = frozenset({"deleting", "deleted", "failed"})
_ABSENT = frozenset(
    {
        "NoSuchBucket", "404", "NoSuchTagSet", "NoSuchBucketPolicy", "NoSuchLifecycleConfiguration",
        "NoSuchPublicAccessBlockConfiguration", "OwnershipControlsNotFoundError",
        "ServerSideEncryptionConfigurationNotFoundError", "NoSuchWebsiteConfiguration",
        "ObjectLockConfigurationNotFoundError", "NoSuchEntity", "ResourceNotFoundException", "NotFoundException",
    }
)  # fmt: skip
# The attributes of Terraform, and what the API of AWS calls them.
_ROUTE = {
    "destination_cidr_block": "DestinationCidrBlock",
    "destination_ipv6_cidr_block": "DestinationIpv6CidrBlock",
    "destination_prefix_list_id": "DestinationPrefixListId",
    "nat_gateway_id": "NatGatewayId",
    "gateway_id": "GatewayId",
    "egress_only_gateway_id": "EgressOnlyInternetGatewayId",
    "transit_gateway_id": "TransitGatewayId",
    "network_interface_id": "NetworkInterfaceId",
}
_FIREWALL_RULE = {
    "name": "Name",
    "firewall_rule_group_id": "FirewallRuleGroupId",
    "firewall_domain_list_id": "FirewallDomainListId",
    "priority": "Priority",
    "action": "Action",
    "block_response": "BlockResponse",
    "block_override_domain": "BlockOverrideDomain",
    "block_override_dns_type": "BlockOverrideDnsType",
    "block_override_ttl": "BlockOverrideTtl",
    "q_type": "Qtype",
    "firewall_domain_redirection_action": "FirewallDomainRedirectionAction",
}
_MEASURED = {
    "namespace": "Namespace",
    "metric_name": "MetricName",
    "statistic": "Statistic",
    "extended_statistic": "ExtendedStatistic",
    "period": "Period",
    "threshold": "Threshold",
    "comparison_operator": "ComparisonOperator",
    "evaluation_periods": "EvaluationPeriods",
    "datapoints_to_alarm": "DatapointsToAlarm",
    "treat_missing_data": "TreatMissingData",
    "unit": "Unit",
}
_PUBLIC_ACCESS = {
    "block_public_acls": "BlockPublicAcls",
    "block_public_policy": "BlockPublicPolicy",
    "ignore_public_acls": "IgnorePublicAcls",
    "restrict_public_buckets": "RestrictPublicBuckets",
}


def existing(clients: Clients, region: str, template: Template) -> tuple[Existing, ...]:
    """Return what exists in a Region of the kinds that a stack declares.

    Args:
        clients: the clients to ask with.
        region: the Region.
        template: the stack; of buckets, roles and log groups only those that it names are looked at.

    Raises:
        AppError: if AWS refuses to list one of the kinds.

    """
    from botocore.exceptions import BotoCoreError, ClientError

    wanted = {each.type for each in template}
    objects: dict[tuple[str, str], Existing] = {}
    try:
        for types, service, lister in _LISTERS:
            if wanted & types:
                _add(objects, lister(clients(service, region)))
        for kind, attribute, service, by_name in _LISTERS_BY_NAME:
            if kind in wanted:
                _add(objects, by_name(clients(service, region), _named(template, kind, attribute)))
    except (BotoCoreError, ClientError) as error:
        raise AppError(f"the account cannot be listed: {error}; the role needs ReadOnlyAccess, or less") from None
    return tuple(each for each in objects.values() if each.type in wanted)


def _add(objects: dict[tuple[str, str], Existing], listed: Listed) -> None:
    for kind, values in listed:
        each = of_values(kind, values)
        if each is not None:
            objects[kind, each.id] = each


def _pages(client: Client, operation: str, key: str, **arguments: object) -> Iterator[Any]:
    for page in client.get_paginator(operation).paginate(**arguments):
        yield from page.get(key, ())


def _tags(entries: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {each["Key"]: each["Value"] for each in entries}


def _renamed(answer: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of an answer by the names of Terraform's attributes, without those that are empty."""
    return {ours: answer[theirs] for ours, theirs in names.items() if answer.get(theirs) not in (None, "")}


def _vpcs(client: Client) -> Listed:
    for each in _pages(client, "describe_vpcs", "Vpcs"):
        yield "aws_vpc", {"id": each["VpcId"], "cidr_block": each["CidrBlock"], "tags": _tags(each.get("Tags", ()))}
    for each in _pages(client, "describe_subnets", "Subnets"):
        yield (
            "aws_subnet",
            {
                "id": each["SubnetId"],
                "vpc_id": each["VpcId"],
                "cidr_block": each["CidrBlock"],
                "availability_zone": each["AvailabilityZone"],
                "map_public_ip_on_launch": each.get("MapPublicIpOnLaunch", False),
                "tags": _tags(each.get("Tags", ())),
            },
        )
    for kind, operation, key, attribute in (
        ("aws_internet_gateway", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
        (
            "aws_egress_only_internet_gateway",
            "describe_egress_only_internet_gateways",
            "EgressOnlyInternetGateways",
            "EgressOnlyInternetGatewayId",
        ),
    ):
        for each in _pages(client, operation, key):
            vpc = next((attachment["VpcId"] for attachment in each.get("Attachments", ())), None)
            yield kind, {"id": each[attribute], "vpc_id": vpc, "tags": _tags(each.get("Tags", ()))}


def _security_groups(client: Client) -> Listed:
    for each in _pages(client, "describe_security_groups", "SecurityGroups"):
        kind = "aws_default_security_group" if each["GroupName"] == "default" else "aws_security_group"
        yield (
            kind,
            {
                "id": each["GroupId"],
                "vpc_id": each["VpcId"],
                "name": each["GroupName"],
                "description": each["Description"],
                "tags": _tags(each.get("Tags", ())),
            },
        )


def _route_tables(client: Client) -> Listed:
    for table in _pages(client, "describe_route_tables", "RouteTables"):
        table_id = table["RouteTableId"]
        yield "aws_route_table", {"id": table_id, "vpc_id": table["VpcId"], "tags": _tags(table.get("Tags", ()))}
        for each in table.get("Associations", ()):
            if each.get("SubnetId"):
                values = {"id": each["RouteTableAssociationId"], "subnet_id": each["SubnetId"]}
                values["route_table_id"] = table_id
                yield "aws_route_table_association", values
        for route in table.get("Routes", ()):
            target = str(route.get("GatewayId", ""))
            # A local route is the table's own, and that of a gateway endpoint is the endpoint's.
            if (
                target != "local"
                and not target.startswith("vpce-")
                and route.get("Origin") != "EnableVgwRoutePropagation"
            ):
                yield "aws_route", {"route_table_id": table_id, **_renamed(route, _ROUTE)}


def _nat_gateways(client: Client) -> Listed:
    for each in _pages(client, "describe_nat_gateways", "NatGateways"):
        if each["State"] in _GONE:
            continue
        addresses = each.get("NatGatewayAddresses", ())
        first = next((held for held in addresses if held.get("IsPrimary")), addresses[0] if addresses else {})
        yield (
            "aws_nat_gateway",
            {
                "id": each["NatGatewayId"],
                "subnet_id": each.get("SubnetId"),
                "vpc_id": each.get("VpcId"),
                "connectivity_type": each.get("ConnectivityType", "public"),
                "availability_mode": each.get("AvailabilityMode"),
                "allocation_id": first.get("AllocationId"),
                "private_ip": first.get("PrivateIp"),
                "secondary_allocation_ids": [
                    held["AllocationId"] for held in addresses if held is not first and held.get("AllocationId")
                ],
                "tags": _tags(each.get("Tags", ())),
            },
        )


def _addresses(client: Client) -> Listed:
    for each in client.describe_addresses().get("Addresses", ()):
        if each.get("AllocationId"):
            yield (
                "aws_eip",
                {
                    "id": each["AllocationId"],
                    "allocation_id": each["AllocationId"],
                    "domain": each.get("Domain", "vpc"),
                    "public_ip": each.get("PublicIp"),
                    "tags": _tags(each.get("Tags", ())),
                },
            )


def _endpoints(client: Client) -> Listed:
    for each in _pages(client, "describe_vpc_endpoints", "VpcEndpoints"):
        if each["State"].lower() not in _GONE and not each.get("RequesterManaged"):
            yield (
                "aws_vpc_endpoint",
                {
                    "id": each["VpcEndpointId"],
                    "vpc_id": each.get("VpcId"),
                    "service_name": each["ServiceName"],
                    "vpc_endpoint_type": each.get("VpcEndpointType", "Gateway"),
                    "route_table_ids": each.get("RouteTableIds", []),
                    "subnet_ids": each.get("SubnetIds", []),
                    "security_group_ids": [group["GroupId"] for group in each.get("Groups", ())],
                    "private_dns_enabled": each.get("PrivateDnsEnabled", False),
                    "tags": _tags(each.get("Tags", ())),
                },
            )


def _flow_logs(client: Client) -> Listed:
    for each in _pages(client, "describe_flow_logs", "FlowLogs"):
        if str(each["ResourceId"]).startswith("vpc-"):
            yield (
                "aws_flow_log",
                {
                    "id": each["FlowLogId"],
                    "vpc_id": each["ResourceId"],
                    "log_destination_type": each.get("LogDestinationType"),
                    "log_destination": each.get("LogDestination"),
                    "traffic_type": each.get("TrafficType"),
                    "iam_role_arn": each.get("DeliverLogsPermissionArn"),
                    "max_aggregation_interval": each.get("MaxAggregationInterval"),
                    "tags": _tags(each.get("Tags", ())),
                },
            )


def _firewall(client: Client) -> Listed:
    for group in _pages(client, "list_firewall_rule_groups", "FirewallRuleGroups"):
        # Another account shares its groups, and AWS has some of its own.
        if group.get("ShareStatus") != "SHARED_WITH_ME" and not group.get("ManagedOwnerName"):
            tags = _resolver_tags(client, group["Arn"])
            yield _GROUP, {"id": group["Id"], "arn": group["Arn"], "name": group["Name"], "tags": tags}
            for rule in _pages(client, "list_firewall_rules", "FirewallRules", FirewallRuleGroupId=group["Id"]):
                yield RULE, _renamed(rule, _FIREWALL_RULE)
    for listed in _pages(client, "list_firewall_domain_lists", "FirewallDomainLists"):
        if not listed.get("ManagedOwnerName"):
            domains = _pages(client, "list_firewall_domains", "Domains", FirewallDomainListId=listed["Id"])
            values = {"id": listed["Id"], "arn": listed["Arn"], "name": listed["Name"], "domains": sorted(domains)}
            yield LIST, values | {"tags": _resolver_tags(client, listed["Arn"])}
    for each in _pages(client, "list_firewall_rule_group_associations", "FirewallRuleGroupAssociations"):
        yield (
            f"{_GROUP}_association",
            {
                "id": each["Id"],
                "name": each["Name"],
                "firewall_rule_group_id": each["FirewallRuleGroupId"],
                "vpc_id": each["VpcId"],
                "priority": each["Priority"],
                "mutation_protection": each.get("MutationProtection"),
                "tags": _resolver_tags(client, each["Arn"]) if each.get("Arn") else {},
            },
        )
    for each in _pages(client, "list_firewall_configs", "FirewallConfigs"):
        values = {"id": each["Id"], "resource_id": each["ResourceId"], "firewall_fail_open": each["FirewallFailOpen"]}
        yield "aws_route53_resolver_firewall_config", values


def _query_logs(client: Client) -> Listed:
    for each in _pages(client, "list_resolver_query_log_configs", "ResolverQueryLogConfigs"):
        values = {"id": each["Id"], "arn": each["Arn"], "name": each["Name"], "destination_arn": each["DestinationArn"]}
        yield "aws_route53_resolver_query_log_config", values | {"tags": _resolver_tags(client, each["Arn"])}
    key = "ResolverQueryLogConfigAssociations"
    for each in _pages(client, "list_resolver_query_log_config_associations", key):
        values = {"id": each["Id"], "resource_id": each["ResourceId"]}
        values["resolver_query_log_config_id"] = each["ResolverQueryLogConfigId"]
        yield "aws_route53_resolver_query_log_config_association", values


def _resolver_tags(client: Client, arn: str) -> dict[str, str]:
    return _tags(_pages(client, "list_tags_for_resource", "Tags", ResourceArn=arn))


def _alarms(client: Client) -> Listed:
    for page in client.get_paginator("describe_alarms").paginate(AlarmTypes=["MetricAlarm", "CompositeAlarm"]):
        for each in page.get("MetricAlarms", ()):
            tags = _tags(client.list_tags_for_resource(ResourceARN=each["AlarmArn"]).get("Tags", ()))
            yield "aws_cloudwatch_metric_alarm", {**_alarm(each), **_measured(each), "tags": tags}
        for each in page.get("CompositeAlarms", ()):
            tags = _tags(client.list_tags_for_resource(ResourceARN=each["AlarmArn"]).get("Tags", ()))
            yield "aws_cloudwatch_composite_alarm", {**_alarm(each), "alarm_rule": each["AlarmRule"], "tags": tags}


def _alarm(each: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": each["AlarmName"],
        "arn": each["AlarmArn"],
        "alarm_name": each["AlarmName"],
        "alarm_description": each.get("AlarmDescription"),
        "alarm_actions": each.get("AlarmActions", []),
        "ok_actions": each.get("OKActions", []),
        "insufficient_data_actions": each.get("InsufficientDataActions", []),
        "actions_enabled": each.get("ActionsEnabled", True),
    }


def _measured(each: Mapping[str, Any]) -> dict[str, Any]:
    values = _renamed(each, _MEASURED)
    dimensions = {dimension["Name"]: dimension["Value"] for dimension in each.get("Dimensions", ())}
    return {**values, "dimensions": dimensions} if dimensions else values


def _named(template: Template, kind: str, attribute: str) -> list[str]:
    """Return the names that the stack declares for a type."""
    values = {template.value(each, attribute) for each in template.of_type(kind)}
    return sorted(each for each in values if isinstance(each, str) and "${" not in each)


def _unless_absent(call: Callable[[], _Answer]) -> _Answer | None:
    """Return what a call returns, or ``None`` if the object is not there."""
    from botocore.exceptions import ClientError

    try:
        return call()
    except ClientError as error:
        if error.response["Error"]["Code"] in _ABSENT:
            return None
        raise


def _buckets(client: Client, names: Sequence[str]) -> Listed:
    for bucket in names:
        if _unless_absent(partial(client.head_bucket, Bucket=bucket)) is None:
            continue
        tags = _unless_absent(partial(client.get_bucket_tagging, Bucket=bucket))
        values = {"id": bucket, "bucket": bucket, "arn": f"arn:aws:s3:::{bucket}"}
        yield "aws_s3_bucket", values | {"tags": _tags(tags["TagSet"]) if tags else {}}
        for kind, operation, said in _BUCKET_SETTINGS:
            answer = _unless_absent(partial(getattr(client, operation), Bucket=bucket))
            attributes = said(answer) if answer is not None else None
            if attributes is not None:
                yield kind, {"id": bucket, "bucket": bucket, **attributes}


def _public_access(answer: Mapping[str, Any]) -> dict[str, Any]:
    blocked = answer["PublicAccessBlockConfiguration"]
    return {**dict.fromkeys(_PUBLIC_ACCESS, False), **_renamed(blocked, _PUBLIC_ACCESS)}


def _versioning(answer: Mapping[str, Any]) -> dict[str, Any] | None:
    status = answer.get("Status")
    return {"versioning_configuration": [{"status": status}]} if status else None


def _encryption(answer: Mapping[str, Any]) -> dict[str, Any]:
    rules = answer["ServerSideEncryptionConfiguration"]["Rules"]
    defaults = [rule.get("ApplyServerSideEncryptionByDefault", {}) for rule in rules]
    return {
        "rule": [
            {
                "apply_server_side_encryption_by_default": [
                    {"sse_algorithm": each.get("SSEAlgorithm"), "kms_master_key_id": each.get("KMSMasterKeyID")}
                ]
            }
            for each in defaults
        ]
    }


def _ownership(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "rule": [{"object_ownership": rule["ObjectOwnership"]} for rule in answer["OwnershipControls"]["Rules"]],
    }


def _content_unread(_: object) -> dict[str, Any]:
    """Return that the setting is there; a plan compares what it holds."""
    return {}


_BUCKET_SETTINGS: tuple[tuple[str, str, Callable[[Any], dict[str, Any] | None]], ...] = (
    ("aws_s3_bucket_policy", "get_bucket_policy", lambda answer: {"policy": answer["Policy"]}),
    ("aws_s3_bucket_public_access_block", "get_public_access_block", _public_access),
    ("aws_s3_bucket_versioning", "get_bucket_versioning", _versioning),
    ("aws_s3_bucket_server_side_encryption_configuration", "get_bucket_encryption", _encryption),
    ("aws_s3_bucket_ownership_controls", "get_bucket_ownership_controls", _ownership),
    ("aws_s3_bucket_lifecycle_configuration", "get_bucket_lifecycle_configuration", _content_unread),
    ("aws_s3_bucket_website_configuration", "get_bucket_website", _content_unread),
    ("aws_s3_bucket_object_lock_configuration", "get_object_lock_configuration", _content_unread),
)
"""For each setting of a bucket that is a resource of its own: the operation, and the attributes in its answer."""


def _log_groups(client: Client, names: Sequence[str]) -> Listed:
    for name in names or ["/aws/vpc/flow-logs/"]:
        for each in _pages(client, "describe_log_groups", "logGroups", logGroupNamePrefix=name):
            arn = str(each["arn"]).removesuffix(":*")
            tags = client.list_tags_for_resource(resourceArn=arn).get("tags", {})
            yield (
                "aws_cloudwatch_log_group",
                {
                    "id": each["logGroupName"],
                    "name": each["logGroupName"],
                    "arn": arn,
                    "retention_in_days": each.get("retentionInDays", 0),
                    "kms_key_id": each.get("kmsKeyId"),
                    "tags": tags,
                },
            )


def _roles(client: Client, names: Sequence[str]) -> Listed:
    for name in names:
        answer = _unless_absent(partial(client.get_role, RoleName=name))
        if answer is None:
            continue
        role = answer["Role"]
        yield (
            "aws_iam_role",
            {
                "id": name,
                "name": name,
                "arn": role["Arn"],
                "description": role.get("Description"),
                "assume_role_policy": json.dumps(role["AssumeRolePolicyDocument"]),
                "tags": _tags(role.get("Tags", ())),
            },
        )
        for policy in _pages(client, "list_role_policies", "PolicyNames", RoleName=name):
            document = client.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            yield "aws_iam_role_policy", {"role": name, "name": policy, "policy": json.dumps(document)}


def _types(*names: str) -> frozenset[str]:
    unknown = {*names} - kinds.KINDS.keys()
    if unknown:
        raise KeyError(*unknown)
    return frozenset(names)


_LISTERS: tuple[tuple[frozenset[str], str, Callable[[Client], Listed]], ...] = (
    (
        _types("aws_vpc", "aws_subnet", "aws_internet_gateway", "aws_egress_only_internet_gateway"),
        "ec2",
        _vpcs,
    ),
    (_types("aws_security_group", "aws_default_security_group"), "ec2", _security_groups),
    (_types("aws_route_table", "aws_route_table_association", "aws_route"), "ec2", _route_tables),
    (_types("aws_nat_gateway"), "ec2", _nat_gateways),
    (_types("aws_eip"), "ec2", _addresses),
    (_types("aws_vpc_endpoint"), "ec2", _endpoints),
    (_types("aws_flow_log"), "ec2", _flow_logs),
    (
        _types(LIST, RULE, _GROUP, f"{_GROUP}_association", "aws_route53_resolver_firewall_config"),
        "route53resolver",
        _firewall,
    ),
    (
        _types("aws_route53_resolver_query_log_config", "aws_route53_resolver_query_log_config_association"),
        "route53resolver",
        _query_logs,
    ),
    (_types("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"), "cloudwatch", _alarms),
)
"""What lists the objects of which types."""

_LISTERS_BY_NAME: tuple[tuple[str, str, str, Callable[[Client, Sequence[str]], Listed]], ...] = (
    ("aws_s3_bucket", "bucket", "s3", _buckets),
    ("aws_cloudwatch_log_group", "name", "logs", _log_groups),
    ("aws_iam_role", "name", "iam", _roles),
)
"""What looks at the objects that a stack names, in this attribute of this type."""
