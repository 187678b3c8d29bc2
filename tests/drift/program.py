"""Three stacks for `northsouth drift`: one that is deployed, one that is not, one whose state is out of reach.

``RELEASE=2`` declares what the next release would: another description of the alarm, and one more topic.
"""

from __future__ import annotations

import json
import os

import northsouth.bindings

# isort: split
from cdktf import App, LocalBackend, S3Backend, TerraformStack
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from cdktf_cdktf_provider_aws.internet_gateway import InternetGateway
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.route import Route
from cdktf_cdktf_provider_aws.route53_resolver_firewall_domain_list import Route53ResolverFirewallDomainList
from cdktf_cdktf_provider_aws.route53_resolver_firewall_rule import Route53ResolverFirewallRule
from cdktf_cdktf_provider_aws.route53_resolver_firewall_rule_group import Route53ResolverFirewallRuleGroup
from cdktf_cdktf_provider_aws.route_table import RouteTable
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.s3_bucket_policy import S3BucketPolicy
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from cdktf_cdktf_provider_aws.vpc import Vpc

from northsouth.terraform_data import terraform_data

northsouth.bindings.install()

BUCKET = "northsouth-drift-logs"
NEXT = os.environ.get("RELEASE") == "2"


def policy(effect: str = "Deny") -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "TlsOnly",
                    "Effect": effect,
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": f"arn:aws:s3:::{BUCKET}/*",
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                }
            ],
        }
    )


def edge(stack: TerraformStack) -> None:
    LocalBackend(stack, path="../../../terraform.edge.tfstate")
    AwsProvider(stack, "aws", region="us-east-1")
    vpc = Vpc(stack, "vpc", cidr_block="10.0.0.0/16")
    table = RouteTable(stack, "table", vpc_id=vpc.id)
    gateway = InternetGateway(stack, "gateway", vpc_id=vpc.id)
    Route(stack, "default", route_table_id=table.id, destination_cidr_block="0.0.0.0/0", gateway_id=gateway.id)
    domains = Route53ResolverFirewallDomainList(stack, "domains", name="hub", domains=["hub.example.com."])
    group = Route53ResolverFirewallRuleGroup(stack, "group", name="overrides")
    Route53ResolverFirewallRule(
        stack,
        "rule",
        name="hub",
        priority=100,
        action="BLOCK",
        block_response="OVERRIDE",
        block_override_dns_type="CNAME",
        block_override_domain="hub.internal.example.com.",
        block_override_ttl=60,
        firewall_domain_list_id=domains.id,
        firewall_rule_group_id=group.id,
    )
    bucket = S3Bucket(stack, "bucket", bucket=BUCKET)
    S3BucketPolicy(stack, "policy", bucket=bucket.id, policy=policy())
    topic = SnsTopic(stack, "topic", name="alerts")
    CloudwatchMetricAlarm(
        stack,
        "alarm",
        alarm_name="queue",
        alarm_description="the second release" if NEXT else "the first release",
        comparison_operator="GreaterThanThreshold",
        evaluation_periods=1,
        namespace="AWS/SQS",
        metric_name="ApproximateNumberOfMessagesVisible",
        dimensions={"QueueName": SqsQueue(stack, "queue", name="letters").name},
        period=60,
        statistic="Maximum",
        threshold=5,
        alarm_actions=[topic.arn],
    )
    if NEXT:
        SnsTopic(stack, "more", name="more-alerts")


app = App()
edge(TerraformStack(app, "edge"))
later = TerraformStack(app, "later")
LocalBackend(later, path="../../../terraform.later.tfstate")
terraform_data(later, "marker", input="nothing")
unreachable = TerraformStack(app, "unreachable")
S3Backend(unreachable, bucket="a-bucket-that-is-not-there", key="state", region="us-east-1")
terraform_data(unreachable, "marker", input="nothing")
app.synth()
