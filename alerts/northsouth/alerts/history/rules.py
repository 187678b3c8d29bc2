"""What a metric stream sends and what AWS accepts of it; pure.

Sources: API_PutMetricStream, API_MetricStreamFilter and API_MetricStreamStatisticsConfiguration of CloudWatch,
API_CreateDeliveryStream, API_BufferingHints and the quotas of Amazon Data Firehose.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from northsouth.egress.flow_logs import RETENTION_DAYS, RETENTION_SOURCE
from northsouth.errors import Problem
from northsouth.logs.bucket_rules import check_bucket_name
from northsouth.logs.lifecycle import Lifecycle, check_lifecycle
from northsouth.metrics.metric import Metric
from northsouth.metrics.rules import is_percentile
from northsouth.policies import ArnScope, Statement, allow
from northsouth.tokens import is_token

PREFIX = "metrics/"
"""Where the objects of a history lie in its bucket, in folders by year, month, day and hour of arrival (UTC)."""
ERROR_PREFIX = "errors/"
"""Where Firehose puts what it could not deliver."""
MAX_FILTER_NAMES = 1000
"""Namespaces and metric names together (API_MetricStreamFilter)."""
MAX_CONFIGURATIONS = 100
"""Statistics configurations of one stream (API_PutMetricStream)."""
MAX_CONFIGURED_METRICS = 100
"""Metrics of one statistics configuration (API_MetricStreamStatisticsConfiguration)."""
MAX_STATISTICS = 20
"""Additional statistics of one metric (API_MetricStreamStatisticsConfiguration)."""
BUFFER_SECONDS = (60, 900)
"""How long Firehose may collect (Firehose, quotas)."""
BUFFER_MEBIBYTES = (1, 128)
"""How much Firehose may collect (API_BufferingHints)."""
_STREAM_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_METRIC_NAME = re.compile(r"(?=.*[!-~])[ -~]{1,255}")
_NAMESPACE = re.compile(r"(?!:)(?=.*[!-~])[ -~]{1,255}")


@dataclass(frozen=True, slots=True)
class Streamed:
    """What a stream sends.

    Attributes:
        names: the metrics' names by namespace, both sorted. A stream knows no dimensions: it sends every metric of such
            a name.
        percentiles: the metrics, as pairs of namespace and name, by the percentiles to send beside minimum, maximum,
            sum and sample count.

    """

    names: Mapping[str, tuple[str, ...]]
    percentiles: Mapping[tuple[str, ...], tuple[tuple[str, str], ...]]

    @property
    def count(self) -> int:
        """Namespaces and names together, as AWS counts filters."""
        return len(self.names) + sum(len(names) for names in self.names.values())


def streamed(metrics: Iterable[Metric]) -> Streamed:
    """Return what a stream has to send so that these metrics can be judged again later."""
    statistics: dict[tuple[str, str], set[str]] = {}
    for metric in metrics:
        sent = statistics.setdefault((metric.namespace, metric.name), set())
        if is_percentile(metric.statistic) and not is_token(metric.statistic):
            sent.add(metric.statistic)
    names: dict[str, list[str]] = {}
    percentiles: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for namespace, name in sorted(statistics):
        names.setdefault(namespace, []).append(name)
        if wanted := tuple(sorted(statistics[namespace, name])):
            percentiles.setdefault(wanted, []).append((namespace, name))
    return Streamed(
        {namespace: tuple(name) for namespace, name in names.items()},
        {wanted: tuple(functions) for wanted, functions in sorted(percentiles.items())},
    )


def stream_problems(stream: Streamed) -> Iterator[Problem]:
    """Yield what CloudWatch refuses of a metric stream."""
    if not stream.names:
        fix = "Declare the history after the alarms, or name alarms= or metrics=."
        yield Problem("alarms", "no metric", "a history keeps one metric or more", fix)
    if stream.count > MAX_FILTER_NAMES:
        rule = f"a metric stream takes {MAX_FILTER_NAMES} namespaces and metric names together"
        fix = "Declare two histories, each with its own alarms=."
        yield Problem("alarms", f"{stream.count} names", rule, fix, "API_MetricStreamFilter")
    for namespace, names in stream.names.items():
        for text, pattern in [(namespace, _NAMESPACE), *((name, _METRIC_NAME) for name in names)]:
            if not is_token(text) and not pattern.fullmatch(text):
                rule = "1 to 255 printable ASCII characters; a namespace does not begin with ':'"
                yield Problem("metrics", repr(text), rule, "Correct the metric's name.", "API_MetricStreamFilter")
    yield from _percentile_problems(stream)


def _percentile_problems(stream: Streamed) -> Iterator[Problem]:
    if len(stream.percentiles) > MAX_CONFIGURATIONS:
        given = f"{len(stream.percentiles)} different sets of percentiles"
        rule = f"a metric stream takes {MAX_CONFIGURATIONS} statistics configurations"
        yield Problem("alarms", given, rule, "Use the same percentiles for more metrics.", "API_PutMetricStream")
    for wanted, metrics in stream.percentiles.items():
        if len(wanted) > MAX_STATISTICS:
            names = ", ".join(f"{namespace}/{name}" for namespace, name in metrics)
            rule = f"a metric stream sends {MAX_STATISTICS} additional statistics of a metric"
            source = "API_MetricStreamStatisticsConfiguration"
            yield Problem("alarms", f"{len(wanted)} percentiles of {names}", rule, "Use fewer percentiles.", source)
        if len(metrics) > MAX_CONFIGURED_METRICS:
            given = f"{len(metrics)} metrics with {', '.join(wanted)}"
            rule = f"a statistics configuration takes {MAX_CONFIGURED_METRICS} metrics"
            source = "API_MetricStreamStatisticsConfiguration"
            yield Problem("alarms", given, rule, "Declare two histories, each with its own alarms=.", source)


def delivery_problems(
    *,
    bucket_name: str,
    name: str,
    lifecycle: Lifecycle,
    buffer_seconds: int,
    buffer_mebibytes: int,
    log_retention_days: int,
) -> Iterator[Problem]:
    """Yield what Firehose, S3 and CloudWatch Logs refuse of a history."""
    yield from check_bucket_name(bucket_name, "bucket_name")
    if not is_token(name) and not _STREAM_NAME.fullmatch(name):
        rule = "Firehose and CloudWatch both take 1 to 64 letters, digits, '-' and '_'"
        yield Problem("name", repr(name), rule, "Give another name=.", "API_CreateDeliveryStream, API_PutMetricStream")
    yield from check_lifecycle(lifecycle)
    yield from _range_problems("buffer_seconds", buffer_seconds, BUFFER_SECONDS, "seconds")
    yield from _range_problems("buffer_mebibytes", buffer_mebibytes, BUFFER_MEBIBYTES, "MiB")
    if not is_token(log_retention_days) and log_retention_days not in RETENTION_DAYS:
        rule = f"CloudWatch Logs keeps events for one of {', '.join(str(days) for days in sorted(RETENTION_DAYS))} days"
        yield Problem("log_retention_days", repr(log_retention_days), rule, "Take one of these.", RETENTION_SOURCE)


def _range_problems(where: str, value: int, limits: tuple[int, int], unit: str) -> Iterator[Problem]:
    low, high = limits
    if is_token(value):
        return
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        rule = f"Firehose collects for {low} to {high} {unit}, a whole number"
        yield Problem(where, repr(value), rule, f"Give a number from {low} to {high}.", "Firehose: API_BufferingHints")


def stream_statements(firehose_arn: str) -> list[Statement]:
    """Return what CloudWatch's role may do: write to one Firehose stream (CloudWatch-metric-streams-trustpolicy)."""
    return [allow("Send", ("firehose:PutRecord", "firehose:PutRecordBatch"), [firehose_arn])]


def firehose_statements(place: ArnScope, bucket: str, log_stream_arn: str, kms_key_arn: str | None) -> list[Statement]:
    """Return what Firehose's role may do: write objects, and say what failed (Firehose, using-iam-s3)."""
    statements = [
        allow(
            "List", ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"), [place.bucket(bucket)]
        ),
        allow(
            "Write",
            ("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"),
            [place.bucket(bucket, f"{PREFIX}*"), place.bucket(bucket, f"{ERROR_PREFIX}*")],
        ),
        allow("Log", ("logs:PutLogEvents",), [log_stream_arn]),
    ]
    if kms_key_arn is not None:
        statements.append(allow("Encrypt", ("kms:Decrypt", "kms:GenerateDataKey"), [kms_key_arn]))
    return statements
