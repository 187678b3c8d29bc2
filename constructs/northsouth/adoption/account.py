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

    declared_types = {resource.type for resource in template}
    objects: dict[tuple[str, str], Existing] = {}
    try:
        for types, service, lister in _LISTERS:
            if declared_types & types:
                _add(objects, lister(clients(service, region)))
        for kind, attribute, service, by_name in _LISTERS_BY_NAME:
            if kind in declared_types:
                _add(objects, by_name(clients(service, region), _declared_names(template, kind, attribute)))
    except (BotoCoreError, ClientError) as error:
        raise AppError(f"the account cannot be listed: {error}; the role needs ReadOnlyAccess, or less") from None
    return tuple(existing_object for existing_object in objects.values() if existing_object.type in declared_types)


def _add(objects: dict[tuple[str, str], Existing], listed: Listed) -> None:
    for kind, values in listed:
        existing_object = of_values(kind, values)
        if existing_object is not None:
            objects[kind, existing_object.id] = existing_object


def _pages(client: Client, operation: str, key: str, **arguments: object) -> Iterator[Any]:
    for page in client.get_paginator(operation).paginate(**arguments):
        yield from page.get(key, ())


def _tags(entries: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {entry["Key"]: entry["Value"] for entry in entries}


def _renamed(answer: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of an answer by the names of Terraform's attributes, without those that are empty."""
    return {ours: answer[theirs] for ours, theirs in names.items() if answer.get(theirs) not in (None, "")}


def _vpcs(client: Client) -> Listed:
    for vpc in _pages(client, "describe_vpcs", "Vpcs"):
        yield (
            "aws_vpc",
            {"id": vpc["VpcId"], "cidr_block": vpc["CidrBlock"], "tags": _tags(vpc.get("Tags", ()))},
        )
    for subnet in _pages(client, "describe_subnets", "Subnets"):
        yield (
            "aws_subnet",
            {
                "id": subnet["SubnetId"],
                "vpc_id": subnet["VpcId"],
                "cidr_block": subnet["CidrBlock"],
                "availability_zone": subnet["AvailabilityZone"],
                "map_public_ip_on_launch": subnet.get("MapPublicIpOnLaunch", False),
                "tags": _tags(subnet.get("Tags", ())),
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
        for gateway in _pages(client, operation, key):
            vpc_id = next((attachment["VpcId"] for attachment in gateway.get("Attachments", ())), None)
            yield kind, {"id": gateway[attribute], "vpc_id": vpc_id, "tags": _tags(gateway.get("Tags", ()))}


def _security_groups(client: Client) -> Listed:
    for group in _pages(client, "describe_security_groups", "SecurityGroups"):
        kind = "aws_default_security_group" if group["GroupName"] == "default" else "aws_security_group"
        yield (
            kind,
            {
                "id": group["GroupId"],
                "vpc_id": group["VpcId"],
                "name": group["GroupName"],
                "description": group["Description"],
                "tags": _tags(group.get("Tags", ())),
            },
        )


def _route_tables(client: Client) -> Listed:
    for table in _pages(client, "describe_route_tables", "RouteTables"):
        table_id = table["RouteTableId"]
        yield "aws_route_table", {"id": table_id, "vpc_id": table["VpcId"], "tags": _tags(table.get("Tags", ()))}
        for association in table.get("Associations", ()):
            if association.get("SubnetId"):
                values = {"id": association["RouteTableAssociationId"], "subnet_id": association["SubnetId"]}
                values["route_table_id"] = table_id
                yield "aws_route_table_association", values
        for route in table.get("Routes", ()):
            target = str(route.get("GatewayId", ""))
            # The table owns its local route, and a gateway endpoint owns its own.
            if (
                target != "local"
                and not target.startswith("vpce-")
                and route.get("Origin") != "EnableVgwRoutePropagation"
            ):
                yield "aws_route", {"route_table_id": table_id, **_renamed(route, _ROUTE)}


def _nat_gateways(client: Client) -> Listed:
    for gateway in _pages(client, "describe_nat_gateways", "NatGateways"):
        if gateway["State"] in _GONE:
            continue
        addresses = gateway.get("NatGatewayAddresses", ())
        primary = next(
            (address for address in addresses if address.get("IsPrimary")), addresses[0] if addresses else {}
        )
        yield (
            "aws_nat_gateway",
            {
                "id": gateway["NatGatewayId"],
                "subnet_id": gateway.get("SubnetId"),
                "vpc_id": gateway.get("VpcId"),
                "connectivity_type": gateway.get("ConnectivityType", "public"),
                "availability_mode": gateway.get("AvailabilityMode"),
                "allocation_id": primary.get("AllocationId"),
                "private_ip": primary.get("PrivateIp"),
                "secondary_allocation_ids": [
                    address["AllocationId"]
                    for address in addresses
                    if address is not primary and address.get("AllocationId")
                ],
                "tags": _tags(gateway.get("Tags", ())),
            },
        )


def _addresses(client: Client) -> Listed:
    for address in client.describe_addresses().get("Addresses", ()):
        if address.get("AllocationId"):
            yield (
                "aws_eip",
                {
                    "id": address["AllocationId"],
                    "allocation_id": address["AllocationId"],
                    "domain": address.get("Domain", "vpc"),
                    "public_ip": address.get("PublicIp"),
                    "tags": _tags(address.get("Tags", ())),
                },
            )


def _endpoints(client: Client) -> Listed:
    for endpoint in _pages(client, "describe_vpc_endpoints", "VpcEndpoints"):
        if endpoint["State"].lower() not in _GONE and not endpoint.get("RequesterManaged"):
            yield (
                "aws_vpc_endpoint",
                {
                    "id": endpoint["VpcEndpointId"],
                    "vpc_id": endpoint.get("VpcId"),
                    "service_name": endpoint["ServiceName"],
                    "vpc_endpoint_type": endpoint.get("VpcEndpointType", "Gateway"),
                    "route_table_ids": endpoint.get("RouteTableIds", []),
                    "subnet_ids": endpoint.get("SubnetIds", []),
                    "security_group_ids": [group["GroupId"] for group in endpoint.get("Groups", ())],
                    "private_dns_enabled": endpoint.get("PrivateDnsEnabled", False),
                    "tags": _tags(endpoint.get("Tags", ())),
                },
            )


def _flow_logs(client: Client) -> Listed:
    for flow_log in _pages(client, "describe_flow_logs", "FlowLogs"):
        if str(flow_log["ResourceId"]).startswith("vpc-"):
            yield (
                "aws_flow_log",
                {
                    "id": flow_log["FlowLogId"],
                    "vpc_id": flow_log["ResourceId"],
                    "log_destination_type": flow_log.get("LogDestinationType"),
                    "log_destination": flow_log.get("LogDestination"),
                    "traffic_type": flow_log.get("TrafficType"),
                    "iam_role_arn": flow_log.get("DeliverLogsPermissionArn"),
                    "max_aggregation_interval": flow_log.get("MaxAggregationInterval"),
                    "tags": _tags(flow_log.get("Tags", ())),
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
    for association in _pages(client, "list_firewall_rule_group_associations", "FirewallRuleGroupAssociations"):
        yield (
            f"{_GROUP}_association",
            {
                "id": association["Id"],
                "name": association["Name"],
                "firewall_rule_group_id": association["FirewallRuleGroupId"],
                "vpc_id": association["VpcId"],
                "priority": association["Priority"],
                "mutation_protection": association.get("MutationProtection"),
                "tags": _resolver_tags(client, association["Arn"]) if association.get("Arn") else {},
            },
        )
    for config in _pages(client, "list_firewall_configs", "FirewallConfigs"):
        values = {
            "id": config["Id"],
            "resource_id": config["ResourceId"],
            "firewall_fail_open": config["FirewallFailOpen"],
        }
        yield "aws_route53_resolver_firewall_config", values


def _query_logs(client: Client) -> Listed:
    for config in _pages(client, "list_resolver_query_log_configs", "ResolverQueryLogConfigs"):
        values = {
            "id": config["Id"],
            "arn": config["Arn"],
            "name": config["Name"],
            "destination_arn": config["DestinationArn"],
        }
        yield "aws_route53_resolver_query_log_config", values | {"tags": _resolver_tags(client, config["Arn"])}
    key = "ResolverQueryLogConfigAssociations"
    for association in _pages(client, "list_resolver_query_log_config_associations", key):
        values = {"id": association["Id"], "resource_id": association["ResourceId"]}
        values["resolver_query_log_config_id"] = association["ResolverQueryLogConfigId"]
        yield "aws_route53_resolver_query_log_config_association", values


def _resolver_tags(client: Client, arn: str) -> dict[str, str]:
    return _tags(_pages(client, "list_tags_for_resource", "Tags", ResourceArn=arn))


def _alarms(client: Client) -> Listed:
    for page in client.get_paginator("describe_alarms").paginate(AlarmTypes=["MetricAlarm", "CompositeAlarm"]):
        for alarm in page.get("MetricAlarms", ()):
            tags = _tags(client.list_tags_for_resource(ResourceARN=alarm["AlarmArn"]).get("Tags", ()))
            yield "aws_cloudwatch_metric_alarm", {**_alarm(alarm), **_measured(alarm), "tags": tags}
        for composite_alarm in page.get("CompositeAlarms", ()):
            tags = _tags(client.list_tags_for_resource(ResourceARN=composite_alarm["AlarmArn"]).get("Tags", ()))
            yield (
                "aws_cloudwatch_composite_alarm",
                {**_alarm(composite_alarm), "alarm_rule": composite_alarm["AlarmRule"], "tags": tags},
            )


def _alarm(alarm: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": alarm["AlarmName"],
        "arn": alarm["AlarmArn"],
        "alarm_name": alarm["AlarmName"],
        "alarm_description": alarm.get("AlarmDescription"),
        "alarm_actions": alarm.get("AlarmActions", []),
        "ok_actions": alarm.get("OKActions", []),
        "insufficient_data_actions": alarm.get("InsufficientDataActions", []),
        "actions_enabled": alarm.get("ActionsEnabled", True),
    }


def _measured(alarm: Mapping[str, Any]) -> dict[str, Any]:
    values = _renamed(alarm, _MEASURED)
    dimensions = {dimension["Name"]: dimension["Value"] for dimension in alarm.get("Dimensions", ())}
    return {**values, "dimensions": dimensions} if dimensions else values


def _declared_names(template: Template, kind: str, attribute: str) -> list[str]:
    """Return the names that the stack declares for a type."""
    values = {template.value(resource, attribute) for resource in template.of_type(kind)}
    return sorted(value for value in values if isinstance(value, str) and "${" not in value)


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
        for kind, operation, attributes_of in _BUCKET_SETTINGS:
            answer = _unless_absent(partial(getattr(client, operation), Bucket=bucket))
            attributes = attributes_of(answer) if answer is not None else None
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
                    {
                        "sse_algorithm": encryption.get("SSEAlgorithm"),
                        "kms_master_key_id": encryption.get("KMSMasterKeyID"),
                    }
                ]
            }
            for encryption in defaults
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
        for group in _pages(client, "describe_log_groups", "logGroups", logGroupNamePrefix=name):
            arn = str(group["arn"]).removesuffix(":*")
            tags = client.list_tags_for_resource(resourceArn=arn).get("tags", {})
            yield (
                "aws_cloudwatch_log_group",
                {
                    "id": group["logGroupName"],
                    "name": group["logGroupName"],
                    "arn": arn,
                    "retention_in_days": group.get("retentionInDays", 0),
                    "kms_key_id": group.get("kmsKeyId"),
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
