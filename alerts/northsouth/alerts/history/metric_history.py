"""The construct that keeps what alarms judge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.cloudwatch_log_stream import CloudwatchLogStream
from cdktf_cdktf_provider_aws.cloudwatch_metric_stream import (
    CloudwatchMetricStream,
    CloudwatchMetricStreamIncludeFilter,
    CloudwatchMetricStreamStatisticsConfiguration,
    CloudwatchMetricStreamStatisticsConfigurationIncludeMetric,
)
from cdktf_cdktf_provider_aws.kinesis_firehose_delivery_stream import (
    KinesisFirehoseDeliveryStream,
    KinesisFirehoseDeliveryStreamExtendedS3Configuration,
    KinesisFirehoseDeliveryStreamExtendedS3ConfigurationCloudwatchLoggingOptions,
    KinesisFirehoseDeliveryStreamServerSideEncryption,
)
from constructs import Construct

from northsouth.alerts.alarm import Alarm, declared_in, default_name
from northsouth.alerts.history import rules
from northsouth.alerts.history.rules import Streamed
from northsouth.alerts.packs.pack import AnyAlarm, Pack
from northsouth.errors import refuse
from northsouth.identity import place_of, role_with_policy
from northsouth.logs.archive_bucket import ArchiveBucket
from northsouth.logs.lifecycle import Lifecycle
from northsouth.metrics.metric import Metric
from northsouth.policies import ArnScope, trust

CLOUDWATCH = "streams.metrics.cloudwatch.amazonaws.com"
"""The principal that sends metrics (CloudWatch-metric-streams-trustpolicy)."""
FIREHOSE = "firehose.amazonaws.com"
"""The principal that delivers objects (Firehose, firehose-assume-role)."""
_LOG_STREAM = "DestinationDelivery"


class MetricHistory(Construct):
    """Keeps the minutes of the metrics that alarms judge: a metric stream, Firehose, and a bucket of JSON lines.

    CloudWatch itself keeps minutes for 15 days. ``northsouth replay`` and ``northsouth tune`` read what this keeps.

    Example::

        MetricHistory(self, "history", bucket_name="acme-metric-history", alarms=[nat_alarms, checkout_alarm])

    Attributes:
        bucket: the bucket, with its settings; objects lie below ``metrics/``, by hour of arrival.
        firehose: the Firehose stream.
        stream: the metric stream.
        log_group: where Firehose says what it could not deliver.
        log_stream: the stream in it.
        firehose_role: the role Firehose writes with.
        stream_role: the role CloudWatch sends with.
        streamed: what is kept: names by namespace, and percentiles.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bucket_name: str,
        alarms: Iterable[AnyAlarm | Pack] | None = None,
        metrics: Iterable[Metric] = (),
        name: str | None = None,
        lifecycle: Lifecycle | None = None,
        buffer_seconds: int = 900,
        buffer_mebibytes: int = 128,
        kms_key_arn: str | None = None,
        log_retention_days: int = 30,
        allow_destroy: bool = False,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Declare the history.

        Args:
            scope: where it belongs.
            id: its name within ``scope``.
            bucket_name: the name of its bucket.
            alarms: alarms and packs whose metrics are kept; if not given, all of this stack under the same provider.
                Declare the history after them. A stream knows no dimensions, so every metric of the same namespace
                and name is kept, and paid for.
            metrics: more metrics to keep.
            name: the name of the metric stream and of the Firehose stream; the construct's path with dashes if not
                given. At most 64 characters.
            lifecycle: how long objects live; 455 days if not given, as long as CloudWatch keeps hours.
            buffer_seconds: seconds that Firehose collects before it writes an object, 60 to 900.
            buffer_mebibytes: MiB that it collects at most, 1 to 128.
            kms_key_arn: a KMS key for the bucket; S3's own if not given. The key's policy has to let the role
                ``firehose_role`` use it.
            log_retention_days: days that Firehose's errors are kept.
            allow_destroy: let Terraform destroy the bucket with everything in it.
            provider: the Region and account of the alarms.
            tags: tags for everything made.

        Raises:
            ConfigurationError: with every problem of the declaration.

        """
        super().__init__(scope, id)
        chosen = [alarm for _, alarm in declared_in(self, provider)] if alarms is None else list(alarms)
        self.streamed = rules.streamed([*_judged_metrics(chosen), *metrics])
        stream_name = name if name is not None else default_name(scope, id)
        used_lifecycle = lifecycle if lifecycle is not None else Lifecycle.expire(455)
        refuse(
            f"MetricHistory {id!r}",
            rules.stream_problems(self.streamed),
            rules.delivery_problems(
                bucket_name=bucket_name,
                name=stream_name,
                lifecycle=used_lifecycle,
                buffer_seconds=buffer_seconds,
                buffer_mebibytes=buffer_mebibytes,
                log_retention_days=log_retention_days,
            ),
        )
        self._provider = provider
        self._tags = dict(tags) if tags else None
        place = place_of(self, provider)
        self.bucket = ArchiveBucket(
            self,
            "bucket",
            name=bucket_name,
            place=place,
            kms_key_arn=kms_key_arn,
            lifecycle=used_lifecycle,
            allow_destroy=allow_destroy,
            provider=provider,
            tags=tags,
        )
        self.log_group = CloudwatchLogGroup(
            self,
            "log-group",
            name=f"/aws/kinesisfirehose/{stream_name}",
            retention_in_days=log_retention_days,
            tags=self._tags,
            provider=provider,
        )
        self.log_stream = CloudwatchLogStream(
            self, "log-stream", name=_LOG_STREAM, log_group_name=self.log_group.name, provider=provider
        )
        self._deliver(stream_name, bucket_name, place, kms_key_arn, buffer_seconds, buffer_mebibytes)
        self._send(stream_name)

    def _deliver(
        self, name: str, bucket_name: str, place: ArnScope, kms_key_arn: str | None, seconds: int, mebibytes: int
    ) -> None:
        """Declare the Firehose stream and its role."""
        self.firehose_role, policy = role_with_policy(
            self,
            "firehose",
            trusted=trust(FIREHOSE),
            statements=rules.firehose_statements(place, bucket_name, self.log_stream.arn, kms_key_arn),
            description="Firehose writes the history of metrics to S3",
            name_prefix=f"{name}-firehose-"[:38],
            provider=self._provider,
            tags=self._tags,
        )
        self.firehose = KinesisFirehoseDeliveryStream(
            self,
            "firehose",
            name=name,
            destination="extended_s3",
            server_side_encryption=KinesisFirehoseDeliveryStreamServerSideEncryption(
                enabled=True, key_type="AWS_OWNED_CMK"
            ),
            extended_s3_configuration=KinesisFirehoseDeliveryStreamExtendedS3Configuration(
                role_arn=self.firehose_role.arn,
                bucket_arn=self.bucket.bucket.arn,
                prefix=f"{rules.PREFIX}!{{timestamp:yyyy/MM/dd/HH}}/",
                error_output_prefix=f"{rules.ERROR_PREFIX}!{{firehose:error-output-type}}/!{{timestamp:yyyy/MM/dd}}/",
                buffering_interval=seconds,
                buffering_size=mebibytes,
                compression_format="GZIP",
                kms_key_arn=kms_key_arn,
                cloudwatch_logging_options=(
                    KinesisFirehoseDeliveryStreamExtendedS3ConfigurationCloudwatchLoggingOptions(
                        enabled=True, log_group_name=self.log_group.name, log_stream_name=self.log_stream.name
                    )
                ),
            ),
            depends_on=[policy],
            tags=self._tags,
            provider=self._provider,
        )

    def _send(self, name: str) -> None:
        """Declare the metric stream and its role."""
        self.stream_role, policy = role_with_policy(
            self,
            "stream",
            trusted=trust(CLOUDWATCH),
            statements=rules.stream_statements(self.firehose.arn),
            description="CloudWatch sends metrics to Firehose",
            name_prefix=f"{name}-stream-"[:38],
            provider=self._provider,
            tags=self._tags,
        )
        self.stream = CloudwatchMetricStream(
            self,
            "stream",
            name=name,
            output_format="json",
            firehose_arn=self.firehose.arn,
            role_arn=self.stream_role.arn,
            include_filter=[
                CloudwatchMetricStreamIncludeFilter(namespace=namespace, metric_names=list(names))
                for namespace, names in self.streamed.names.items()
            ],
            statistics_configuration=_statistics(self.streamed),
            depends_on=[policy],
            tags=self._tags,
            provider=self._provider,
        )


def _judged_metrics(alarms: Iterable[Construct]) -> list[Metric]:
    """Return the metrics of alarms and packs; a composite has none of its own."""
    metrics: list[Metric] = []
    for alarm_or_pack in alarms:
        for alarm in alarm_or_pack.alarms.values() if isinstance(alarm_or_pack, Pack) else [alarm_or_pack]:
            if isinstance(alarm, Alarm):
                condition = alarm.condition
                measured = [condition.metric, *(query.metric for query in condition.queries)]
                metrics += [metric for metric in measured if metric is not None]
    return metrics


def _statistics(stream: Streamed) -> list[CloudwatchMetricStreamStatisticsConfiguration] | None:
    return [
        CloudwatchMetricStreamStatisticsConfiguration(
            additional_statistics=list(percentiles),
            include_metric=[
                CloudwatchMetricStreamStatisticsConfigurationIncludeMetric(namespace=namespace, metric_name=name)
                for namespace, name in metrics
            ],
        )
        for percentiles, metrics in stream.percentiles.items()
    ] or None
