"""Where a network's flow logs go, and in which form; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from northsouth.egress.flow_log_fields import check_fields
from northsouth.errors import Problem
from northsouth.tokens import is_token

SOURCE = "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html"
LOG_GROUP_SOURCE = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html"
RETENTION_SOURCE = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"

RETENTION_DAYS = frozenset(
    {1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
)
"""The retention periods CloudWatch Logs accepts; 0 keeps events for ever."""

AGGREGATION_SECONDS = (60, 600)

TrafficType = Literal["ALL", "ACCEPT", "REJECT"]

EGRESS_FIELDS = (
    "version", "interface-id", "resource-id", "srcaddr", "dstaddr", "pkt-srcaddr", "pkt-dstaddr", "bytes", "start",
    "end", "action", "log-status", "az-id", "region", "pkt-src-aws-service", "pkt-dst-aws-service", "flow-direction",
)  # fmt: skip
"""Fields that say who uses NAT, whose record it is, and when."""
SENDER_FIELDS = (
    "instance-id", "ecs-cluster-name", "ecs-service-name", "next-hop-interface-type", "next-hop-az-id",
)  # fmt: skip
"""Fields that only the senders' records have."""

_LOG_GROUP_NAME = re.compile(r"[a-zA-Z0-9_/.#-]{1,512}")
_BUCKET_ARN = re.compile(r"arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?")


@dataclass(frozen=True, kw_only=True)
class FlowLogs:
    """One flow log of a VPC. Use one of the named constructors.

    Attributes:
        destination: ``s3`` or ``cloud-watch-logs``.
        traffic_type: ``ALL``, ``ACCEPT`` or ``REJECT``.
        aggregation_seconds: how long records are gathered before they are written, 60 or 600.
        fields: the fields of a record by AWS's names (versions 2 to 11, but for tags), each once, in order; AWS's
            default format when empty.
        bucket_arn: the bucket, with an optional folder.
        file_format: ``plain-text`` or ``parquet``.
        hive_partitions: whether object keys are named as Hive expects (``aws-region=us-east-1/``).
        hourly_partitions: whether objects lie in one folder an hour rather than a day.
        retention_days: how long CloudWatch Logs keeps events; 0 for ever.
        kms_key_arn: the key CloudWatch Logs encrypts with; its own when ``None``.
        log_group_name: the log group's name; ``/aws/vpc/flow-logs/`` and the VPC's id when ``None``.
        scope: what is recorded: the ``vpc``, or its NAT ``gateways`` alone.

    """

    destination: Literal["s3", "cloud-watch-logs"]
    traffic_type: TrafficType = "ALL"
    aggregation_seconds: int = 600
    fields: tuple[str, ...] = ()
    bucket_arn: str | None = None
    file_format: Literal["plain-text", "parquet"] = "plain-text"
    hive_partitions: bool = False
    hourly_partitions: bool = False
    retention_days: int = 90
    kms_key_arn: str | None = None
    log_group_name: str | None = None
    scope: Literal["vpc", "gateways"] = "vpc"

    @classmethod
    def for_egress(
        cls,
        bucket_arn: str,
        *,
        scope: Literal["gateways", "vpc"] = "gateways",
        aggregation_seconds: int = 60,
        fields: Sequence[str] | None = None,
    ) -> FlowLogs:
        """Record what says who uses NAT, as Parquet, for ``EgressAnalysis`` and ``northsouth egress explain``.

        Records of the gateways alone are a small part of a VPC's, and say everything but the sender's instance, ECS
        service and next hop. Rejected flows are not recorded, because they do not pass through NAT.

        Args:
            bucket_arn: ``arn:aws:s3:::bucket`` with an optional folder.
            scope: ``gateways``, or ``vpc`` for the senders' instances, ECS services and next hops (version 11). The
                role that creates the flow log then needs ``ecs:ListClusters``, ``ecs:ListContainerInstances`` and the
                like.
            aggregation_seconds: 60 or 600.
            fields: the fields of a record, in place of those that answer the question.

        """
        chosen = EGRESS_FIELDS if scope == "gateways" else (*EGRESS_FIELDS, *SENDER_FIELDS)
        return cls(
            destination="s3",
            bucket_arn=bucket_arn,
            traffic_type="ACCEPT",
            aggregation_seconds=aggregation_seconds,
            fields=chosen if fields is None else tuple(fields),
            file_format="parquet",
            scope=scope,
        )

    @classmethod
    def to_s3(
        cls,
        bucket_arn: str,
        *,
        traffic_type: TrafficType = "ALL",
        aggregation_seconds: int = 600,
        fields: Sequence[str] = (),
        file_format: Literal["plain-text", "parquet"] = "plain-text",
        hive_partitions: bool = False,
        hourly_partitions: bool = False,
    ) -> FlowLogs:
        """Write objects to a bucket: cheapest to keep, read with Athena.

        The bucket's policy must let ``delivery.logs.amazonaws.com`` write. AWS adds that by itself when the bucket is
        in the same account and the deploying role may change its policy; Terraform then sees a difference if it manages
        the policy.

        Args:
            bucket_arn: ``arn:aws:s3:::bucket`` with an optional folder.
            traffic_type: which flows to record.
            aggregation_seconds: 60 or 600.
            fields: the fields of a record, for example ``("version", "srcaddr", "dstaddr", "bytes")``; AWS's default
                format when empty.
            file_format: ``plain-text`` or ``parquet``.
            hive_partitions: name the keys' folders as Hive does.
            hourly_partitions: one folder an hour.

        """
        return cls(
            destination="s3",
            bucket_arn=bucket_arn,
            traffic_type=traffic_type,
            aggregation_seconds=aggregation_seconds,
            fields=tuple(fields),
            file_format=file_format,
            hive_partitions=hive_partitions,
            hourly_partitions=hourly_partitions,
        )

    @classmethod
    def to_cloudwatch(
        cls,
        *,
        retention_days: int = 90,
        kms_key_arn: str | None = None,
        log_group_name: str | None = None,
        traffic_type: TrafficType = "ALL",
        aggregation_seconds: int = 600,
        fields: Sequence[str] = (),
    ) -> FlowLogs:
        """Write to a CloudWatch log group that is made for it, with the role to do so.

        Args:
            retention_days: one of the periods CloudWatch Logs knows; 0 keeps events for ever.
            kms_key_arn: the key to encrypt with.
            log_group_name: the log group's name; ``/aws/vpc/flow-logs/`` and the VPC's id by default.
            traffic_type: which flows to record.
            aggregation_seconds: 60 or 600.
            fields: the fields of a record, for example ``("version", "srcaddr", "dstaddr", "bytes")``; AWS's default
                format when empty.

        """
        return cls(
            destination="cloud-watch-logs",
            retention_days=retention_days,
            kms_key_arn=kms_key_arn,
            log_group_name=log_group_name,
            traffic_type=traffic_type,
            aggregation_seconds=aggregation_seconds,
            fields=tuple(fields),
        )

    @property
    def log_format(self) -> str | None:
        """The record format, ``${srcaddr} ${dstaddr}``, escaped for Terraform; ``None`` for AWS's default."""
        return " ".join(f"$${{{name}}}" for name in self.fields) or None


def check_flow_logs(logs: FlowLogs) -> Iterator[Problem]:
    """Yield what AWS would not accept in a flow log."""
    if logs.aggregation_seconds not in AGGREGATION_SECONDS and not is_token(logs.aggregation_seconds):
        yield Problem(
            "aggregation_seconds",
            str(logs.aggregation_seconds),
            "records are gathered for 60 or 600 seconds",
            "Use one of the two.",
            SOURCE,
        )
    if logs.traffic_type not in ("ALL", "ACCEPT", "REJECT") and not is_token(logs.traffic_type):
        yield Problem("traffic_type", repr(logs.traffic_type), "one of ALL, ACCEPT, REJECT", "Use one of them.", SOURCE)
    yield from check_fields(logs.fields)
    bucket = logs.bucket_arn
    if bucket is not None and not is_token(bucket) and not _BUCKET_ARN.fullmatch(bucket):
        yield Problem("bucket_arn", repr(bucket), "not the ARN of a bucket", "Write it as arn:aws:s3:::bucket.", SOURCE)
    name = logs.log_group_name
    if name is not None and not is_token(name) and not _LOG_GROUP_NAME.fullmatch(name):
        yield Problem(
            "log_group_name",
            repr(name),
            "1 to 512 letters, digits and characters of _-/.#",
            "Write it as /aws/vpc/flow-logs/main.",
            LOG_GROUP_SOURCE,
        )
    days = logs.retention_days
    if days != 0 and days not in RETENTION_DAYS and not is_token(days):
        nearest = min(RETENTION_DAYS, key=lambda allowed: (abs(allowed - days), allowed))
        yield Problem(
            "retention_days",
            str(days),
            "not a period CloudWatch Logs knows",
            f"The nearest is {nearest}; 0 is for ever.",
            RETENTION_SOURCE,
        )
