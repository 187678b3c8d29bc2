"""The construct that records a VPC's flows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.data_aws_caller_identity import DataAwsCallerIdentity
from cdktf_cdktf_provider_aws.flow_log import FlowLog
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from constructs import Construct

from northsouth.egress.flow_logs import FlowLogs, check_flow_logs
from northsouth.errors import Problem, refuse
from northsouth.policies import trust


def _check_scope(logs: FlowLogs) -> Iterator[Problem]:
    if logs.scope == "gateways":
        yield Problem(
            "logs.scope",
            "'gateways'",
            "this construct records a whole VPC",
            'Pass the logs to EgressAnalysis, or write FlowLogs.for_egress(…, scope="vpc").',
        )


class VpcFlowLog(Construct):
    """Records the flows of one VPC, in S3 or CloudWatch Logs.

    ``Network(flow_logs=...)`` makes one; use it directly on a VPC that exists already.

    Attributes:
        flow_log: the flow log.
        log_group: the log group, when it goes to CloudWatch Logs.
        role: the role that writes to the log group.
        role_policy: that role's policy.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc_id: str,
        logs: FlowLogs,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Declare the flow log.

        Args:
            scope: the construct to declare it in.
            id: its name there.
            vpc_id: the VPC to record.
            logs: where to and how.
            provider: the AWS provider to use, if not the stack's own.
            tags: tags for everything made.

        Raises:
            ConfigurationError: if AWS would not accept ``logs``.

        """
        refuse(f"VpcFlowLog {id!r}", check_flow_logs(logs), _check_scope(logs))
        super().__init__(scope, id)
        own_tags = dict(tags or {}) or None
        self.log_group: CloudwatchLogGroup | None = None
        self.role: IamRole | None = None
        self.role_policy: IamRolePolicy | None = None
        if logs.destination == "cloud-watch-logs":
            self._make_log_group(logs, vpc_id, provider, own_tags)
        s3 = logs.destination == "s3"
        options = {
            "file_format": logs.file_format,
            "hive_compatible_partitions": logs.hive_partitions,
            "per_hour_partition": logs.hourly_partitions,
        }
        self.flow_log = FlowLog(
            self,
            "flow-log",
            vpc_id=vpc_id,
            traffic_type=logs.traffic_type,
            max_aggregation_interval=logs.aggregation_seconds,
            log_format=logs.log_format,
            log_destination_type=logs.destination,
            log_destination=logs.bucket_arn if s3 else self.log_group.arn if self.log_group else None,
            iam_role_arn=self.role.arn if self.role else None,
            destination_options=options if s3 else None,
            tags=own_tags,
            provider=provider,
        )

    def _make_log_group(
        self, logs: FlowLogs, vpc_id: str, provider: TerraformProvider | None, tags: dict[str, str] | None
    ) -> None:
        self.log_group = CloudwatchLogGroup(
            self,
            "log-group",
            name=logs.log_group_name or f"/aws/vpc/flow-logs/{vpc_id}",
            retention_in_days=logs.retention_days,
            kms_key_id=logs.kms_key_arn,
            tags=tags,
            provider=provider,
        )
        account = DataAwsCallerIdentity(self, "account", provider=provider).account_id
        self.role = IamRole(
            self,
            "role",
            assume_role_policy=json.dumps(trust("vpc-flow-logs.amazonaws.com", account), sort_keys=True),
            tags=tags,
            provider=provider,
        )
        write = {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            "Resource": [self.log_group.arn, f"{self.log_group.arn}:*"],
        }
        # Of all log groups or of none: the action knows no resource (Service Authorization Reference, CloudWatch Logs).
        describe = {"Effect": "Allow", "Action": "logs:DescribeLogGroups", "Resource": "*"}
        self.role_policy = IamRolePolicy(
            self,
            "role-policy",
            role=self.role.id,
            policy=json.dumps({"Version": "2012-10-17", "Statement": [write, describe]}, sort_keys=True),
            provider=provider,
        )
