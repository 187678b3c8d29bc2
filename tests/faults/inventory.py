"""What is there, of each type that a repeated creation could make twice, and how to take a lost one into the state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from northsouth.emulator.server import ACCOUNT, Emulator

LISTS: dict[str, tuple[str, str, str]] = {
    "aws_egress_only_internet_gateway": ("ec2", "describe_egress_only_internet_gateways", "EgressOnlyInternetGateways"),
    "aws_eip": ("ec2", "describe_addresses", "Addresses"),
    "aws_flow_log": ("ec2", "describe_flow_logs", "FlowLogs"),
    "aws_iam_role": ("iam", "list_roles", "Roles"),
    "aws_internet_gateway": ("ec2", "describe_internet_gateways", "InternetGateways"),
    "aws_nat_gateway": ("ec2", "describe_nat_gateways", "NatGateways"),
    "aws_prometheus_workspace": ("amp", "list_workspaces", "workspaces"),
    "aws_ram_resource_share": ("ram", "get_resource_shares", "resourceShares"),
    "aws_route53_resolver_firewall_domain_list": (
        "route53resolver",
        "list_firewall_domain_lists",
        "FirewallDomainLists",
    ),
    "aws_route53_resolver_firewall_rule_group": ("route53resolver", "list_firewall_rule_groups", "FirewallRuleGroups"),
    "aws_route53_resolver_query_log_config": (
        "route53resolver",
        "list_resolver_query_log_configs",
        "ResolverQueryLogConfigs",
    ),
    "aws_route_table": ("ec2", "describe_route_tables", "RouteTables"),
    "aws_s3_bucket": ("s3", "list_buckets", "Buckets"),
    "aws_scheduler_schedule": ("scheduler", "list_schedules", "Schedules"),
    "aws_security_group": ("ec2", "describe_security_groups", "SecurityGroups"),
    "aws_sfn_state_machine": ("stepfunctions", "list_state_machines", "stateMachines"),
    "aws_sns_topic": ("sns", "list_topics", "Topics"),
    "aws_sns_topic_subscription": ("sns", "list_subscriptions", "Subscriptions"),
    "aws_sqs_queue": ("sqs", "list_queues", "QueueUrls"),
    "aws_subnet": ("ec2", "describe_subnets", "Subnets"),
    "aws_vpc": ("ec2", "describe_vpcs", "Vpcs"),
    "aws_vpc_endpoint": ("ec2", "describe_vpc_endpoints", "VpcEndpoints"),
}
"""By type: the client, its method, and the key of the list in the answer."""

_ARGUMENTS: dict[str, dict[str, Any]] = {"aws_ram_resource_share": {"resourceOwner": "SELF"}}


def count(emulator: Emulator) -> dict[str, int]:
    """Return how many things of each type there are."""
    return {
        kind: len(getattr(emulator.client(service), method)(**_ARGUMENTS.get(kind, {})).get(key, []))
        for kind, (service, method, key) in LISTS.items()
    }


Found = Callable[[Emulator, Mapping[str, Any]], str]


def _named(*keys: str, separator: str = ":", account: bool = False) -> Found:
    first = [ACCOUNT] if account else []
    return lambda _, planned: separator.join([*first, *(str(planned[key]) for key in keys)])


def _listed(service: str, method: str, key: str, id: str, **filters: str) -> Found:
    def find(emulator: Emulator, planned: Mapping[str, Any]) -> str:
        listed = getattr(emulator.client(service), method)()[key]
        (found,) = [each for each in listed if all(each[name] == planned[at] for name, at in filters.items())]
        return str(found[id])

    return find


def _namespace(_: Emulator, planned: Mapping[str, Any]) -> str:
    return f"arn:aws:aps:us-east-1:{ACCOUNT}:rulegroupsnamespace/{planned['workspace_id']}/{planned['name']}"


IMPORTS: dict[str, Found] = {
    "aws_athena_workgroup": _named("name"),
    "aws_chatbot_slack_channel_configuration": _listed(
        "chatbot",
        "describe_slack_channel_configurations",
        "SlackChannelConfigurations",
        "ChatConfigurationArn",
        ConfigurationName="configuration_name",
    ),
    "aws_chatbot_teams_channel_configuration": _named("team_id"),
    "aws_cloudwatch_event_connection": _named("name"),
    "aws_cloudwatch_log_group": _named("name"),
    "aws_flow_log": _listed("ec2", "describe_flow_logs", "FlowLogs", "FlowLogId", ResourceId="vpc_id"),
    "aws_glue_catalog_database": _named("name", account=True),
    "aws_glue_catalog_table": _named("database_name", "name", account=True),
    "aws_glue_crawler": _named("name"),
    "aws_nat_gateway": _listed("ec2", "describe_nat_gateways", "NatGateways", "NatGatewayId", SubnetId="subnet_id"),
    "aws_pipes_pipe": _named("name"),
    "aws_prometheus_alert_manager_definition": _named("workspace_id"),
    "aws_prometheus_rule_group_namespace": _namespace,
    "aws_ram_principal_association": _named("resource_share_arn", "principal", separator=","),
    "aws_ram_resource_association": _named("resource_share_arn", "resource_arn", separator=","),
    "aws_route53_resolver_firewall_rule": _named("firewall_rule_group_id", "firewall_domain_list_id"),
    "aws_route53_resolver_firewall_rule_group_association": _listed(
        "route53resolver",
        "list_firewall_rule_group_associations",
        "FirewallRuleGroupAssociations",
        "Id",
        VpcId="vpc_id",
        FirewallRuleGroupId="firewall_rule_group_id",
    ),
    "aws_route53_resolver_query_log_config_association": _listed(
        "route53resolver",
        "list_resolver_query_log_config_associations",
        "ResolverQueryLogConfigAssociations",
        "Id",
        ResourceId="resource_id",
        ResolverQueryLogConfigId="resolver_query_log_config_id",
    ),
    "aws_s3_bucket": _named("bucket"),
    "aws_route": _named("route_table_id", "destination_cidr_block", separator="_"),
    "aws_scheduler_schedule": _named("group_name", "name", separator="/"),
    "aws_scheduler_schedule_group": _named("name"),
    "aws_sfn_state_machine": _listed(
        "stepfunctions", "list_state_machines", "stateMachines", "stateMachineArn", name="name"
    ),
    "aws_subnet": _listed("ec2", "describe_subnets", "Subnets", "SubnetId", VpcId="vpc_id", CidrBlock="cidr_block"),
}
"""By type: how to find the id with which Terraform imports what it made and never heard of."""
