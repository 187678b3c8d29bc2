"""Which changes Terraform can only make by destroying a resource and creating another.

A document does not say it, and neither does the provider's schema: only a plan does. The table holds the resource types
that northsouth declares, with the arguments that the AWS provider 5.100.0 cannot change in place (`ForceNew` in its
source, "Forces new resource" in its documentation). ``tests/comparison/test_deploy_replacement.py`` asks the
provider for every entry. The table may lack an argument: its change is then told as one in place. A type that is not
listed is only known to be replaced when its address changes.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from northsouth.comparison.blocks import Declared
from northsouth.template import Mode, Reference, Resource, Template
from northsouth.template.values import at

if TYPE_CHECKING:
    from northsouth.comparison.changes import Change

TRIGGER = "lifecycle.replace_triggered_by"

FORCES_REPLACEMENT: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "aws_athena_named_query": frozenset({"database", "description", "name", "query", "workgroup"}),
        "aws_athena_workgroup": frozenset({"name"}),
        "aws_cloudwatch_composite_alarm": frozenset({"alarm_name"}),
        "aws_cloudwatch_dashboard": frozenset({"dashboard_name"}),
        "aws_cloudwatch_log_group": frozenset({"log_group_class", "name", "name_prefix"}),
        "aws_cloudwatch_metric_alarm": frozenset({"alarm_name"}),
        "aws_egress_only_internet_gateway": frozenset({"vpc_id"}),
        "aws_eip": frozenset(
            {
                "address",
                "domain",
                "ipam_pool_id",
                "network_border_group",
                "public_ipv4_pool",
            }
        ),
        "aws_flow_log": frozenset(
            {
                "deliver_cross_account_role",
                "destination_options",
                "iam_role_arn",
                "log_destination",
                "log_destination_type",
                "log_format",
                "max_aggregation_interval",
                "subnet_id",
                "traffic_type",
                "vpc_id",
            }
        ),
        "aws_glue_catalog_database": frozenset({"catalog_id", "name"}),
        "aws_glue_catalog_table": frozenset({"catalog_id", "database_name", "name"}),
        "aws_glue_crawler": frozenset({"name"}),
        "aws_iam_role": frozenset({"name", "name_prefix", "path"}),
        "aws_iam_role_policy": frozenset({"name", "name_prefix", "role"}),
        "aws_iam_role_policy_attachment": frozenset({"policy_arn", "role"}),
        "aws_nat_gateway": frozenset({"allocation_id", "connectivity_type", "private_ip", "subnet_id"}),
        "aws_ram_principal_association": frozenset({"principal", "resource_share_arn"}),
        "aws_ram_resource_association": frozenset({"resource_arn", "resource_share_arn"}),
        "aws_route": frozenset(
            {"destination_cidr_block", "destination_ipv6_cidr_block", "destination_prefix_list_id", "route_table_id"}
        ),
        "aws_route53_resolver_firewall_config": frozenset({"resource_id"}),
        "aws_route53_resolver_firewall_domain_list": frozenset({"name"}),
        "aws_route53_resolver_firewall_rule": frozenset({"firewall_domain_list_id", "firewall_rule_group_id"}),
        "aws_route53_resolver_firewall_rule_group": frozenset({"name"}),
        "aws_route53_resolver_firewall_rule_group_association": frozenset({"firewall_rule_group_id", "vpc_id"}),
        "aws_route53_resolver_query_log_config": frozenset({"destination_arn", "name"}),
        "aws_route53_resolver_query_log_config_association": frozenset({"resolver_query_log_config_id", "resource_id"}),
        "aws_route_table": frozenset({"vpc_id"}),
        "aws_route_table_association": frozenset({"gateway_id", "subnet_id"}),
        "aws_s3_bucket": frozenset({"bucket", "bucket_prefix", "object_lock_enabled"}),
        "aws_s3_bucket_lifecycle_configuration": frozenset({"bucket", "expected_bucket_owner"}),
        "aws_s3_bucket_ownership_controls": frozenset({"bucket"}),
        "aws_s3_bucket_policy": frozenset({"bucket"}),
        "aws_s3_bucket_public_access_block": frozenset({"bucket"}),
        "aws_s3_bucket_server_side_encryption_configuration": frozenset({"bucket", "expected_bucket_owner"}),
        "aws_s3_bucket_versioning": frozenset({"bucket", "expected_bucket_owner"}),
        "aws_scheduler_schedule": frozenset({"group_name", "name", "name_prefix"}),
        "aws_scheduler_schedule_group": frozenset({"name", "name_prefix"}),
        "aws_security_group": frozenset({"description", "name", "name_prefix", "vpc_id"}),
        "aws_sfn_state_machine": frozenset({"name", "name_prefix", "type"}),
        "aws_sns_topic": frozenset({"fifo_topic", "name", "name_prefix"}),
        "aws_sns_topic_policy": frozenset({"arn"}),
        "aws_sns_topic_subscription": frozenset({"endpoint", "protocol", "topic_arn"}),
        "aws_sqs_queue": frozenset({"fifo_queue", "name", "name_prefix"}),
        "aws_subnet": frozenset({"availability_zone", "availability_zone_id", "cidr_block", "ipv6_native", "vpc_id"}),
        "aws_vpc": frozenset({"cidr_block", "ipv4_ipam_pool_id", "ipv4_netmask_length"}),
        "aws_vpc_endpoint": frozenset({"service_name", "service_region", "vpc_endpoint_type", "vpc_id"}),
        "aws_vpc_security_group_egress_rule": frozenset({"security_group_id"}),
        "aws_vpc_security_group_ingress_rule": frozenset({"security_group_id"}),
        "terraform_data": frozenset({"triggers_replace"}),
    }
)
"""For each resource type, the top-level arguments whose change replaces it."""


def cascade(new: Declared, changes: Mapping[str, Change], addresses: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return the resources that are replaced though they stay, each with the arguments that force it.

    A replaced resource gets a new id. Where another refers to it in an argument that forces replacement, that one is
    replaced too, and so on; likewise by ``replace_triggered_by``.

    Args:
        new: the state after.
        changes: what is known to change so far, by address.
        addresses: the resources that are on both sides, by their address now.

    """
    forced = {address: found for address in addresses if (found := _own(new, changes.get(address)))}
    renewed = {address for address, change in changes.items() if change.destructive} | forced.keys()
    users = _users(new.template, addresses)
    waiting = sorted(renewed | changes.keys())
    while waiting:
        source = waiting.pop()
        for use in users.get(source, ()):
            if use.argument in forced.get(use.address, ()):
                continue
            if _affects(use, new.template[source], changes.get(source), renewed=source in renewed):
                forced[use.address] = (*forced.get(use.address, ()), use.argument)
                if use.address not in renewed:
                    renewed.add(use.address)
                    waiting.append(use.address)
    return forced


@dataclass(frozen=True, slots=True)
class _Use:
    """A reference in a place whose change replaces the resource that holds it.

    Attributes:
        address: the resource that holds it.
        argument: the place.
        attribute: what it reads of the other resource; empty for ``replace_triggered_by`` with a whole resource.

    """

    address: str
    argument: str
    attribute: str


def _own(new: Declared, change: Change | None) -> tuple[str, ...]:
    block = new.blocks.get(change.address) if change else None
    if change is None or block is None or block.resource is None:
        return ()
    known = FORCES_REPLACEMENT.get(block.resource.type, frozenset())
    return tuple(dict.fromkeys(each.top for each in change.differences if each.top in known))


def _users(template: Template, addresses: Container[str]) -> dict[str, list[_Use]]:
    """Return for each resource who would be replaced with it."""
    users: dict[str, list[_Use]] = {}
    by_block: dict[str, list[str]] = {}
    for resource in template:
        by_block.setdefault(resource.block, []).append(resource.address)
    for resource in template:
        if resource.address in addresses and resource.mode is Mode.MANAGED:
            for target, use in (*_arguments(template, resource), *_triggers(by_block, resource)):
                users.setdefault(target, []).append(use)
    return users


def _arguments(template: Template, resource: Resource) -> Iterator[tuple[str, _Use]]:
    known = FORCES_REPLACEMENT.get(resource.type, frozenset())
    for link in template.links(resource):
        top = link.path.partition(".")[0].partition("[")[0]
        if top in known:
            for target in link.targets:
                yield target.address, _Use(resource.address, top, link.reference.attribute)


def _triggers(by_block: Mapping[str, list[str]], resource: Resource) -> Iterator[tuple[str, _Use]]:
    """Yield what ``replace_triggered_by`` names; it holds plain addresses, not expressions."""
    named = at(resource.values, "lifecycle.replace_triggered_by")
    for text in named if isinstance(named, tuple) else ():
        reference = Reference.parse(text) if isinstance(text, str) else None
        for target in by_block.get(reference.subject, ()) if reference else ():
            yield target, _Use(resource.address, TRIGGER, reference.attribute if reference else "")


def _affects(use: _Use, target: Resource, change: Change | None, *, renewed: bool) -> bool:
    """Tell whether what a reference stands for changes."""
    if not use.attribute:
        return use.argument == TRIGGER and (renewed or change is not None)
    first = use.attribute.partition(".")[0].partition("[")[0]
    if change is not None and any(each.top == first for each in change.differences):
        return True
    # An argument that is written down keeps its value in the new resource; all else is known only after the apply.
    return renewed and at(target.values, use.attribute) is None
