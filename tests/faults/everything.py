"""One stack that holds every resource type the library and the app declare, each as few times as may be."""

from __future__ import annotations

import re
from typing import Any

from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.cloudwatch_dashboard import CloudwatchDashboard
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.egress_only_internet_gateway import EgressOnlyInternetGateway
from cdktf_cdktf_provider_aws.glue_crawler import GlueCrawler, GlueCrawlerS3Target
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription

from northsouth.alerts import Actions, Alarm, CompositeAlarm, Metric, any_of
from northsouth.alerts.packs import LogEvents
from northsouth.dns import DnsOverrides, OverrideSet, QueryLogging, Share
from northsouth.egress import Endpoint, FlowLogs, NatGateways, NatMode, Network, PrivateEndpoints
from northsouth.logs import AlbLogBucket, AlbSource, LogArchive, ObjectLock, Replica
from tests.harness.provider import REPOSITORY
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
        allow_destroy=True,
    )
    crawled = GlueCrawlerS3Target(path="s3://northsouth-faults-archive/")
    GlueCrawler(
        stack,
        "crawler",
        name="faults",
        database_name=archive.database.name,
        role=archive.jobs["hub"].role.arn,
        s3_target=[crawled],
    )
    topic = SnsTopic(stack, "topic", name="faults")
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
    body = '{"widgets": []}'
    CloudwatchDashboard(stack, "dashboard", dashboard_name="faults", dashboard_body=body)
