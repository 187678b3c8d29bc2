"""One stack that holds every resource type the library and the app declare, each as few times as may be."""

from __future__ import annotations

import json
import re
from typing import Any

from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.chatbot_slack_channel_configuration import ChatbotSlackChannelConfiguration
from cdktf_cdktf_provider_aws.chatbot_teams_channel_configuration import ChatbotTeamsChannelConfiguration
from cdktf_cdktf_provider_aws.cloudwatch_dashboard import CloudwatchDashboard
from cdktf_cdktf_provider_aws.cloudwatch_event_connection import (
    CloudwatchEventConnection,
    CloudwatchEventConnectionAuthParameters,
    CloudwatchEventConnectionAuthParametersApiKey,
)
from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.egress_only_internet_gateway import EgressOnlyInternetGateway
from cdktf_cdktf_provider_aws.glue_connection import GlueConnection
from cdktf_cdktf_provider_aws.glue_crawler import GlueCrawler, GlueCrawlerS3Target
from cdktf_cdktf_provider_aws.glue_job import GlueJob, GlueJobCommand, GlueJobExecutionProperty
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.pipes_pipe import PipesPipe
from cdktf_cdktf_provider_aws.prometheus_alert_manager_definition import PrometheusAlertManagerDefinition
from cdktf_cdktf_provider_aws.prometheus_rule_group_namespace import PrometheusRuleGroupNamespace
from cdktf_cdktf_provider_aws.prometheus_workspace import PrometheusWorkspace
from cdktf_cdktf_provider_aws.prometheus_workspace_configuration import PrometheusWorkspaceConfiguration
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.s3_bucket_website_configuration import (
    S3BucketWebsiteConfiguration,
    S3BucketWebsiteConfigurationIndexDocument,
)
from cdktf_cdktf_provider_aws.s3_object import S3Object
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_policy import SnsTopicPolicy
from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue

from northsouth.alerts import Actions, Alarm, CompositeAlarm, Metric, any_of
from northsouth.alerts.history import MetricHistory
from northsouth.alerts.packs import LogEvents
from northsouth.dns import DnsOverrides, OverrideSet, QueryLogging, Share
from northsouth.egress import Endpoint, FlowLogs, NatGateways, NatMode, Network, PrivateEndpoints
from northsouth.logs import AlbLogBucket, AlbSource, LogArchive, ObjectLock, Replica
from tests.harness.provider import REPOSITORY
from tests.harness.roles import trusted_by
from tests.harness.synth import synth

ZONE = "us-east-1a"
SLOW_TYPE = "aws_s3_bucket_lifecycle_configuration"
"""The provider waits 56 s until it believes a lifecycle configuration of the emulator."""


def document(*, lifecycles: bool = False) -> dict[str, Any]:
    """Return the synthesized stack, by default without the buckets' lifecycles."""
    declared = synth(everything)
    if not lifecycles:
        del declared["resource"][SLOW_TYPE]
    return declared


def declared_types() -> set[str]:
    """Return the resource types whose bindings the library or the app imports, but those it only configures."""
    sources = [file for folder in ("constructs", "alerts", "stacks") for file in (REPOSITORY / folder).rglob("*.py")]
    text = "\n".join(file.read_text(encoding="utf-8") for file in sources)
    found = set(re.findall(r"from cdktf_cdktf_provider_aws\.(\w+) import", text))
    return {f"aws_{name}" for name in found if not name.startswith("data_aws_")} - {"aws_provider", "aws_lb"}


def everything(stack: TerraformStack) -> None:
    """Declare all of it."""
    groups = CloudwatchLogGroup(stack, "queries", name="queries", retention_in_days=7)
    flow_logs = FlowLogs.to_cloudwatch(retention_days=7)
    network = Network(stack, "network", cidr="10.0.0.0/16", zones=[ZONE], flow_logs=flow_logs)
    NatGateways(stack, "nat", network=network, mode=NatMode.single(ZONE), release_addresses=True)
    # By itself: moto cannot make subnets with IPv6, so the network has none.
    EgressOnlyInternetGateway(stack, "egress-only", vpc_id=network.ids.vpc_id)
    PrivateEndpoints(stack, "endpoints", network=network, endpoints=[Endpoint.interface("sts")])
    DnsOverrides(
        stack,
        "dns",
        vpcs={"main": network.ids.vpc_id},
        overrides=[OverrideSet("hub", ttl=60, names={"hub.example.com": "hub.internal.example.com"})],
        fail_open=True,
        query_logging=QueryLogging.cloudwatch(groups.arn),
        share=Share(principals={"spoke": "210987654321"}),
    )
    logs = AlbLogBucket(stack, "logs", name="northsouth-faults-logs", region="us-east-1", allow_destroy=True)
    archive = LogArchive(
        stack,
        "archive",
        name="faults",
        bucket_name="northsouth-faults-archive",
        sources={
            "hub": AlbSource(
                bucket=logs.bucket.id, load_balancer="app/hub/50dc6c495c0c9188", since="2026/11/01", retention_days=90
            )
        },
        lock=ObjectLock.governance(30),
        replica=Replica(bucket_arn="arn:aws:s3:::northsouth-faults-replica"),
        lake_formation=True,
        allow_destroy=True,
    )
    glue(stack, archive.database.name)
    index = S3BucketWebsiteConfigurationIndexDocument(suffix="index.html")
    # A bucket of its own: moto holds to the policy of the others, which refuses whoever comes without TLS.
    site = S3Bucket(stack, "site", bucket="northsouth-faults-site")
    S3BucketWebsiteConfiguration(stack, "website", bucket=site.id, index_document=index)
    S3Object(stack, "page", bucket=site.id, key="index.html", content="A page.")
    topic = SnsTopic(stack, "topic", name="faults")
    routes(stack, topic, archive.jobs["hub"].role.arn)
    SnsTopicSubscription(stack, "mail", topic_arn=topic.arn, protocol="email", endpoint="team@example.com")
    events = LogEvents(
        stack, "events", log_group=groups.name, namespace="Router", field="event", events={"Failed": "failed"}
    )
    told = {"summary": "Failed", "because": "it is a test", "runbook": "https://wiki.example.com/x"}
    failed = Alarm(
        stack,
        "failed",
        when=events.metric("Failed") > 0,
        missing="notBreaching",
        severity="info",
        actions=Actions.none(),
        **told,
    )
    other = Metric(namespace="Router", name="Other", statistic="Sum", unit="Count")
    slow = Alarm(stack, "slow", when=other > 0, missing="notBreaching", severity="info", actions=Actions.none(), **told)
    CompositeAlarm(stack, "both", when=any_of(failed, slow), severity="warning", actions=[topic.arn], **told)
    MetricHistory(stack, "history", bucket_name="northsouth-faults-history", alarms=[failed, slow], allow_destroy=True)
    body = '{"widgets": []}'
    CloudwatchDashboard(stack, "dashboard", dashboard_name="faults", dashboard_body=body)


def glue(stack: TerraformStack, database: str) -> None:
    """Declare what archives of other modes and sources have in Glue."""
    role = IamRole(stack, "glue", name="faults-glue", assume_role_policy=trusted_by("glue"))
    crawled = GlueCrawlerS3Target(path="s3://northsouth-faults-archive/")
    GlueCrawler(stack, "crawler", name="faults", database_name=database, role=role.arn, s3_target=[crawled])
    properties = {"SparkProperties": json.dumps({"opensearch.nodes": "https://search.example.com"})}
    connection = GlueConnection(
        stack, "index", name="faults", connection_type="OPENSEARCH", connection_properties=properties
    )
    GlueJob(
        stack,
        "reader",
        name="faults",
        role_arn=role.arn,
        glue_version="5.0",
        execution_class="STANDARD",
        worker_type="G.1X",
        number_of_workers=2,
        timeout=10,
        max_retries=0,
        execution_property=GlueJobExecutionProperty(max_concurrent_runs=1),
        command=GlueJobCommand(name="glueetl", python_version="3", script_location="s3://northsouth-faults-site/x.py"),
        connections=[connection.name],
    )


def routes(stack: TerraformStack, topic: SnsTopic, role: str) -> None:
    """Declare what notification routes and Prometheus rules are made of; their constructs make more of each."""
    rule = CloudwatchEventRule(stack, "rule", name="faults", event_pattern='{"source": ["northsouth.nobody"]}')
    CloudwatchEventTarget(stack, "target", rule=rule.name, target_id="topic", arn=topic.arn)
    key = CloudwatchEventConnectionAuthParametersApiKey(key="key", value="not a secret")
    CloudwatchEventConnection(
        stack,
        "connection",
        name="faults",
        authorization_type="API_KEY",
        auth_parameters=CloudwatchEventConnectionAuthParameters(api_key=key),
    )
    source = SqsQueue(stack, "source", name="faults-source")
    pipes = IamRole(stack, "pipes", name="faults-pipes", assume_role_policy=trusted_by("pipes"))
    PipesPipe(stack, "pipe", name="faults", role_arn=pipes.arn, source=source.arn, target=topic.arn)
    statement = {
        "Sid": "Publish",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": "arn:aws:sns:us-east-1:123456789012:faults",
    }
    SnsTopicPolicy(
        stack, "publish", arn=topic.arn, policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )
    ChatbotSlackChannelConfiguration(
        stack,
        "slack",
        configuration_name="slack",
        iam_role_arn=role,
        slack_channel_id="C07EZ1ABC23",
        slack_team_id="T07EA123LEP",
    )
    ChatbotTeamsChannelConfiguration(
        stack,
        "teams",
        configuration_name="teams",
        iam_role_arn=role,
        channel_id="19%3ab6ef35dc342d56ba5654e6fc6d25a071%40thread.tacv2",
        team_id="74361522-da01-538d-aa2e-ac7918c6bb92",
        tenant_id="0b0b0b0b-0b0b-0b0b-0b0b-0b0b0b0b0b0b",
    )
    workspace = PrometheusWorkspace(stack, "workspace", alias="faults")
    PrometheusRuleGroupNamespace(stack, "rules", name="faults", workspace_id=workspace.id, data="groups: []")
    PrometheusWorkspaceConfiguration(stack, "retention", workspace_id=workspace.id, retention_period_in_days=30)
    definition = "alertmanager_config: |\n  route:\n    receiver: nobody\n  receivers:\n    - name: nobody\n"
    PrometheusAlertManagerDefinition(stack, "alert-manager", workspace_id=workspace.id, definition=definition)
