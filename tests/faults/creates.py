"""The call that creates each resource type: the service as the request's signature names it, and the operation."""

from collections.abc import Iterable

CREATES: dict[str, tuple[str, str]] = {
    "aws_athena_named_query": ("athena", "CreateNamedQuery"),
    "aws_athena_workgroup": ("athena", "CreateWorkGroup"),
    "aws_chatbot_slack_channel_configuration": ("chatbot", "CreateSlackChannelConfiguration"),
    "aws_chatbot_teams_channel_configuration": ("chatbot", "CreateMicrosoftTeamsChannelConfiguration"),
    "aws_cloudwatch_composite_alarm": ("monitoring", "PutCompositeAlarm"),
    "aws_cloudwatch_dashboard": ("monitoring", "PutDashboard"),
    "aws_cloudwatch_event_connection": ("events", "CreateConnection"),
    "aws_cloudwatch_event_rule": ("events", "PutRule"),
    "aws_cloudwatch_event_target": ("events", "PutTargets"),
    "aws_cloudwatch_log_group": ("logs", "CreateLogGroup"),
    "aws_cloudwatch_log_metric_filter": ("logs", "PutMetricFilter"),
    "aws_cloudwatch_log_stream": ("logs", "CreateLogStream"),
    "aws_cloudwatch_metric_alarm": ("monitoring", "PutMetricAlarm"),
    "aws_cloudwatch_metric_stream": ("monitoring", "PutMetricStream"),
    "aws_default_security_group": ("ec2", "RevokeSecurityGroupEgress"),
    "aws_egress_only_internet_gateway": ("ec2", "CreateEgressOnlyInternetGateway"),
    "aws_eip": ("ec2", "AllocateAddress"),
    "aws_flow_log": ("ec2", "CreateFlowLogs"),
    "aws_glue_catalog_database": ("glue", "CreateDatabase"),
    "aws_glue_catalog_table": ("glue", "CreateTable"),
    "aws_glue_connection": ("glue", "CreateConnection"),
    "aws_glue_crawler": ("glue", "CreateCrawler"),
    "aws_glue_job": ("glue", "CreateJob"),
    "aws_iam_role": ("iam", "CreateRole"),
    "aws_iam_role_policy": ("iam", "PutRolePolicy"),
    "aws_internet_gateway": ("ec2", "CreateInternetGateway"),
    "aws_kinesis_firehose_delivery_stream": ("firehose", "CreateDeliveryStream"),
    "aws_lakeformation_permissions": ("lakeformation", "GrantPermissions"),
    "aws_nat_gateway": ("ec2", "CreateNatGateway"),
    "aws_pipes_pipe": ("pipes", "CreatePipe"),
    "aws_prometheus_alert_manager_definition": ("aps", "CreateAlertManagerDefinition"),
    "aws_prometheus_rule_group_namespace": ("aps", "CreateRuleGroupsNamespace"),
    "aws_prometheus_workspace": ("aps", "CreateWorkspace"),
    "aws_prometheus_workspace_configuration": ("aps", "UpdateWorkspaceConfiguration"),
    "aws_ram_principal_association": ("ram", "AssociateResourceShare"),
    "aws_ram_resource_association": ("ram", "AssociateResourceShare"),
    "aws_ram_resource_share": ("ram", "CreateResourceShare"),
    "aws_route": ("ec2", "CreateRoute"),
    "aws_route53_resolver_firewall_config": ("route53resolver", "UpdateFirewallConfig"),
    "aws_route53_resolver_firewall_domain_list": ("route53resolver", "CreateFirewallDomainList"),
    "aws_route53_resolver_firewall_rule": ("route53resolver", "CreateFirewallRule"),
    "aws_route53_resolver_firewall_rule_group": ("route53resolver", "CreateFirewallRuleGroup"),
    "aws_route53_resolver_firewall_rule_group_association": ("route53resolver", "AssociateFirewallRuleGroup"),
    "aws_route53_resolver_query_log_config": ("route53resolver", "CreateResolverQueryLogConfig"),
    "aws_route53_resolver_query_log_config_association": ("route53resolver", "AssociateResolverQueryLogConfig"),
    "aws_route_table": ("ec2", "CreateRouteTable"),
    "aws_route_table_association": ("ec2", "AssociateRouteTable"),
    "aws_s3_bucket": ("s3", "CreateBucket"),
    "aws_s3_bucket_lifecycle_configuration": ("s3", "PutBucketLifecycleConfiguration"),
    "aws_s3_bucket_object_lock_configuration": ("s3", "PutObjectLockConfiguration"),
    "aws_s3_bucket_ownership_controls": ("s3", "PutBucketOwnershipControls"),
    "aws_s3_bucket_policy": ("s3", "PutBucketPolicy"),
    "aws_s3_bucket_public_access_block": ("s3", "PutPublicAccessBlock"),
    "aws_s3_bucket_replication_configuration": ("s3", "PutBucketReplication"),
    "aws_s3_bucket_server_side_encryption_configuration": ("s3", "PutBucketEncryption"),
    "aws_s3_bucket_versioning": ("s3", "PutBucketVersioning"),
    "aws_s3_bucket_website_configuration": ("s3", "PutBucketWebsite"),
    "aws_s3_object": ("s3", "PutObject"),
    "aws_scheduler_schedule": ("scheduler", "CreateSchedule"),
    "aws_scheduler_schedule_group": ("scheduler", "CreateScheduleGroup"),
    "aws_security_group": ("ec2", "CreateSecurityGroup"),
    "aws_sfn_state_machine": ("states", "CreateStateMachine"),
    "aws_sns_topic": ("sns", "CreateTopic"),
    "aws_sns_topic_policy": ("sns", "SetTopicAttributes"),
    "aws_sns_topic_subscription": ("sns", "Subscribe"),
    "aws_sqs_queue": ("sqs", "CreateQueue"),
    "aws_sqs_queue_policy": ("sqs", "SetQueueAttributes"),
    "aws_subnet": ("ec2", "CreateSubnet"),
    "aws_vpc": ("ec2", "CreateVpc"),
    "aws_vpc_endpoint": ("ec2", "CreateVpcEndpoint"),
}

SHARED = frozenset(
    {
        ("ec2", "RevokeSecurityGroupEgress", 2),
        ("ec2", "RevokeSecurityGroupEgress", 3),
        ("ram", "AssociateResourceShare", 2),
        ("sns", "SetTopicAttributes", 6),
    }
)
"""Operations that several types are created with: which further calls of them to spoil, so that each type is hit."""


def points(types: Iterable[str]) -> list[tuple[str, str, int]]:
    """Return the calls to spoil, so that each of these types fails at its creation."""
    first = {(*CREATES[kind], 1) for kind in types} - {("sns", "SetTopicAttributes", 1)}
    return sorted(first | SHARED)


def shared(kind: str) -> bool:
    """Tell whether another type is created with the same operation."""
    return list(CREATES.values()).count(CREATES[kind]) > 1 or CREATES[kind] == ("sns", "SetTopicAttributes")
