"""Which changes Terraform can only make by destroying a resource and creating another.

A document does not say it, and neither does the provider's schema: only a plan does. The table holds the resource types
that northsouth declares, with the arguments that the AWS provider cannot change in place (`ForceNew` in its source,
"Forces new resource" in its documentation): 5.100.0, or the newer one of a type that it lacks.
``tests/comparison/test_deploy_replacement.py`` asks the provider for every entry of 5.100.0. The table may lack an
argument: its change is then reported as one in place. A change of a type that is not listed may replace the resource;
only a plan decides (`by_plan`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

from northsouth.comparison.blocks import Block, Declared
from northsouth.comparison.changes import REMAKING, Change
from northsouth.template import Mode, Reference, Resource, references
from northsouth.template.model import strings, top
from northsouth.template.values import at

TRIGGER = "lifecycle.replace_triggered_by"

FORCES_REPLACEMENT: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "aws_athena_named_query": frozenset({"database", "description", "name", "query", "workgroup"}),
        "aws_athena_workgroup": frozenset({"name"}),
        "aws_cloudwatch_alarm_mute_rule": frozenset({"name"}),
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
        "aws_glue_connection": frozenset({"catalog_id", "name"}),
        "aws_glue_crawler": frozenset({"name"}),
        "aws_glue_job": frozenset({"name"}),
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


META = frozenset({"lifecycle", "depends_on", "provisioner", "connection", "provider", "//"})
"""Arguments that Terraform itself reads: a change of one replaces nothing, whatever the type."""


@dataclass(frozen=True, slots=True)
class Forced:
    """The arguments because of which a resource is replaced, and those because of which it may be."""

    certain: tuple[str, ...]
    possible: tuple[str, ...]


class _Level(IntEnum):
    NO = 0
    POSSIBLE = 1
    CERTAIN = 2


def cascade(new: Declared, changes: Mapping[str, Change], addresses: Collection[str]) -> dict[str, Forced]:
    """Return the resources that are, or may be, replaced though they stay, each with the arguments that force it.

    A replaced resource gets a new id. Where another refers to it in an argument that forces replacement, that one is
    replaced too, and so on; likewise by ``replace_triggered_by``. What a changed data source, variable or module gives
    is not known: what refers to it there may be replaced.

    Args:
        new: the state after.
        changes: what is known to change so far, by address.
        addresses: the resources that are on both sides, by their address now.

    """
    forced = {
        address: own
        for address in addresses
        if address in changes and (own := _own(new.blocks[address], changes[address]))
    }
    levels = {each: level for each, change in changes.items() if (level := _level(change))}
    for address, own in forced.items():
        levels[address] = max(levels.get(address, _Level.NO), *own.values())
    users = _users(new, addresses)
    waiting = sorted(levels.keys() | changes.keys())
    while waiting:
        source = waiting.pop()
        for use in users.get(source, ()):
            effect = _effect(use, new.blocks.get(source), changes.get(source), levels.get(source, _Level.NO))
            level = min(use.weight, effect)
            if level > forced.get(use.address, {}).get(use.argument, _Level.NO):
                forced.setdefault(use.address, {})[use.argument] = level
                if level > levels.get(use.address, _Level.NO):
                    levels[use.address] = level
                    waiting.append(use.address)
    return {
        address: _sorted(own) for address, own in forced.items() if address in addresses and _lives(new.blocks[address])
    }


def _lives(block: Block) -> bool:
    """Tell whether a block stands for something that exists, not for a value."""
    return block.resource is not None or block.module


def _sorted(own: Mapping[str, _Level]) -> Forced:
    certain, possible = (
        [address for address, level in own.items() if level is level_wanted] for level_wanted in list(_Level)[:0:-1]
    )
    return Forced(tuple(certain), tuple(possible))


@dataclass(frozen=True, slots=True)
class _Use:
    """A reference in a place whose change replaces, or may replace, the block that holds it.

    Attributes:
        address: the block that holds it.
        argument: the place.
        attribute: what it reads of the other block; empty for the whole of it.
        weight: whether a change of the place certainly replaces the block.

    """

    address: str
    argument: str
    attribute: str
    weight: _Level


def _own(block: Block, change: Change) -> dict[str, _Level]:
    """Return the arguments that differ, and that force replacement or may do so."""
    arguments = dict.fromkeys(difference.top for difference in change.differences)
    return {argument: weight for argument in arguments if (weight := _weight(block, argument))}


def _weight(block: Block, argument: str) -> _Level:
    """Tell whether a change of an argument replaces the block."""
    if block.module:
        return _Level.POSSIBLE
    if block.resource is None or argument in META:
        return _Level.NO
    known = FORCES_REPLACEMENT.get(block.resource.type)
    if known is None or argument in ("count", "for_each"):  # an expression that decides which instances there are
        return _Level.POSSIBLE
    return _Level.CERTAIN if argument in known else _Level.NO


def _level(change: Change) -> _Level:
    """Tell whether a change gives what refers to the whole block another value."""
    if change.action in REMAKING:
        return _Level.CERTAIN
    return _Level.POSSIBLE if _is_no_resource(change.address) and change.differences else _Level.NO


def _is_no_resource(address: str) -> bool:
    return address.startswith(("local.", "var.", "module.", "data."))


def _users(new: Declared, addresses: Collection[str]) -> dict[str, list[_Use]]:
    """Return for each block who would be, or might be, replaced with it."""
    users: dict[str, list[_Use]] = {}
    by_block: dict[str, list[str]] = {}
    for resource in new.template:
        by_block.setdefault(resource.block, []).append(resource.address)
    for resource in new.template:
        if resource.address in addresses:
            for target, use in (*_arguments(new, resource), *_triggers(by_block, resource)):
                users.setdefault(target, []).append(use)
    for block in new.blocks.values():
        if block.address.startswith(("local.", "module.")):
            for path, text in strings(block.values):
                for reference in references(text):
                    use = _Use(block.address, top(path), reference.attribute, _Level.POSSIBLE)
                    for target in {reference.subject, *by_block.get(reference.subject, ())}:
                        users.setdefault(target, []).append(use)
    return users


def _arguments(new: Declared, resource: Resource) -> Iterator[tuple[str, _Use]]:
    for link in new.template.links(resource):
        argument = top(link.path)
        data = resource.mode is Mode.DATA
        weight = _Level.POSSIBLE if data else _weight(new.blocks[resource.address], argument)
        if weight:
            use = _Use(resource.address, argument, link.reference.attribute, weight)
            named = (link.reference.subject,) if _is_no_resource(link.reference.subject) else ()
            for target in dict.fromkeys((*(target.address for target in link.targets), *named)):
                yield target, use


def _triggers(by_block: Mapping[str, list[str]], resource: Resource) -> Iterator[tuple[str, _Use]]:
    """Yield what ``replace_triggered_by`` names; it holds plain addresses, not expressions."""
    named = at(resource.values, TRIGGER)
    for text in named if isinstance(named, tuple) else ():
        reference = Reference.parse(text) if isinstance(text, str) else None
        for target in by_block.get(reference.subject, ()) if reference else ():
            yield target, _Use(resource.address, TRIGGER, reference.attribute if reference else "", _Level.CERTAIN)


def _effect(use: _Use, target: Block | None, change: Change | None, level: _Level) -> _Level:
    """Tell whether what a reference stands for changes."""
    if target is None:
        return _Level.NO
    if _is_no_resource(target.address):
        return min(level, _Level.POSSIBLE)
    if not use.attribute:
        return _Level.CERTAIN if use.argument == TRIGGER and change is not None else level
    if change is not None and any(difference.top == top(use.attribute) for difference in change.differences):
        return _Level.CERTAIN
    # An argument that is written down keeps its value in the new resource; all else is known only after the apply.
    return level if at(target.values, use.attribute) is None else _Level.NO
