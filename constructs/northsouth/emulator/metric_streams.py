"""What moto lacks of metric streams: the streams themselves, and what CloudWatch sends through Firehose to S3.

Metrics put here reach the bucket as AWS writes them: JSON lines (CloudWatch-metric-streams-formats-json), compressed if
asked for, below the evaluated prefix. Both roles need the trust and the rights that AWS asks for. Of additional
statistics, percentiles are sent.

What real AWS does differently: it waits for a minute to be over before it sends it, and Firehose collects for up to 15
minutes; here each request's minutes arrive at once, in one object. A minute that was sent is not sent again, as in AWS,
so what later requests add to it is lost. AWS sends nothing older than two days; here everything is sent, so that a test
can make a history. AWS streams the metrics of its services too; here there are only those that were put. Its
percentiles are of compressed samples; here they are exact. What cannot be delivered is tried again for a day and then
put below the error prefix; here it is lost, with a warning.
"""

from __future__ import annotations

import gzip
import json
import logging
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import uuid4

from moto.cloudwatch.models import CloudWatchBackend, MetricAggregatedDatum, MetricDatumBase
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.utils import utcnow
from moto.firehose.models import FirehoseBackend, firehose_backends

from northsouth.emulator import objects, patching, permissions
from northsouth.emulator.patching import Operation, Parameters, RequestError

CLOUDWATCH = "streams.metrics.cloudwatch.amazonaws.com"
FIREHOSE = "firehose.amazonaws.com"
MAX_NAMES = 1000
MINUTE = 60
_JAVA = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}
_EXPRESSION = re.compile(r"!\{(timestamp|firehose):([^}]*)\}")
_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?|100)")
_log = logging.getLogger(__name__)

Minute: TypeAlias = tuple[str, str, tuple[tuple[str, str], ...], int, str]
"""Namespace, name, dimensions, start in seconds since 1970, and unit."""


@dataclass
class Stream:
    """A metric stream: the request that made it last, and the minutes it has sent."""

    request: Parameters
    arn: str
    created: datetime
    updated: datetime
    running: bool = True
    sent: set[Minute] = field(default_factory=set)

    def described(self) -> dict[str, Any]:
        """Return it as GetMetricStream and ListMetricStreams do."""
        settings = {key: value for key, value in self.request.items() if key != "Tags"}
        state = "running" if self.running else "stopped"
        return {
            **settings,
            "Arn": self.arn,
            "State": state,
            "CreationDate": self.created,
            "LastUpdateDate": self.updated,
        }

    def wants(self, namespace: str, name: str) -> bool:
        """Whether its filters let a metric through."""
        excluded = self.request.get("ExcludeFilters", [])
        filters = self.request.get("IncludeFilters", []) or excluded
        matches = any(
            entry.get("Namespace") == namespace and name in (entry.get("MetricNames") or [name]) for entry in filters
        )
        return matches != bool(excluded) if filters else True

    def percentiles(self, namespace: str, name: str) -> list[str]:
        """Return the additional statistics of a metric that are percentiles."""
        return [
            statistic
            for statistics_configuration in self.request.get("StatisticsConfigurations", [])
            if {"Namespace": namespace, "MetricName": name} in statistics_configuration["IncludeMetrics"]
            for statistic in statistics_configuration["AdditionalStatistics"]
            if _PERCENTILE.fullmatch(statistic)
        ]


def install() -> None:
    """Add the operations, and take part when metrics are put and when Firehose writes to S3."""
    patching.add_operations(CloudWatchResponse, "cloudwatch_backend", OPERATIONS)
    put = patching.replace(CloudWatchBackend, "put_metric_data", lambda *_: None)
    tag = patching.replace(CloudWatchBackend, "tag_resource", lambda *_: None)

    def put_metric_data(backend: Any, namespace: str, metric_data: list[dict[str, Any]]) -> None:
        before = len(backend.metric_data)
        put(backend, namespace, metric_data)
        for stream in list(_streams(backend).values()):
            if stream.running:
                _send(backend, stream, backend.metric_data[before:])

    def tag_resource(backend: Any, arn: str, tags: dict[str, str]) -> None:
        if any(stream.arn == arn for stream in _streams(backend).values()):
            backend.tagger.tag_resource(arn, backend.tagger.convert_dict_to_tags_input(tags))
        else:
            tag(backend, arn, tags)

    patching.replace(CloudWatchBackend, "put_metric_data", put_metric_data)
    patching.replace(CloudWatchBackend, "tag_resource", tag_resource)
    patching.replace(FirehoseBackend, "put_s3_records", _write)


def _streams(backend: Any) -> dict[str, Stream]:
    """Return the streams of a Region; moto's own reset forgets them with the rest of its back end."""
    patching.require(backend, "metric_data", "tagger", "region_name", "account_id")
    streams: dict[str, Stream] = vars(backend).setdefault("metric_streams", {})
    return streams


def _put(backend: Any, parameters: Parameters) -> dict[str, Any]:
    name = parameters["Name"]
    if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
        raise RequestError("InvalidParameterValue", f"the name '{name}' has other characters than A-Z a-z 0-9 - _")
    if parameters.get("IncludeFilters") and parameters.get("ExcludeFilters"):
        raise RequestError("InvalidParameterCombination", "IncludeFilters and ExcludeFilters exclude each other")
    filters = [*parameters.get("IncludeFilters", []), *parameters.get("ExcludeFilters", [])]
    if len(filters) + sum(len(entry.get("MetricNames") or []) for entry in filters) > MAX_NAMES:
        raise RequestError("InvalidParameterValue", f"more than {MAX_NAMES} names in the filters")
    if _delivery_stream(backend, parameters["FirehoseArn"]) is None:
        raise RequestError("InvalidParameterValue", f"there is no {parameters['FirehoseArn']}")
    arn = f"arn:aws:cloudwatch:{backend.region_name}:{backend.account_id}:metric-stream/{name}"
    now = utcnow()
    stream = _streams(backend).get(name)
    if stream is None:
        _streams(backend)[name] = Stream(parameters, arn, now, now)
        # AWS ignores the tags of an update.
        backend.tagger.tag_resource(arn, parameters.get("Tags", []))
    else:
        stream.request, stream.updated = parameters, now
    return {"Arn": arn}


def _get(backend: Any, parameters: Parameters) -> dict[str, Any]:
    stream = _streams(backend).get(parameters["Name"])
    if stream is None:
        raise RequestError("ResourceNotFoundException", f"Metric stream {parameters['Name']} does not exist")
    return stream.described()


def _delete(backend: Any, parameters: Parameters) -> dict[str, Any]:
    stream = _streams(backend).pop(parameters["Name"], None)
    if stream is not None:
        backend.tagger.delete_all_tags_for_resource(stream.arn)
    return {}


def _list(backend: Any, parameters: Parameters) -> dict[str, Any]:  # noqa: ARG001 - an operation takes both
    keys = ("Arn", "CreationDate", "LastUpdateDate", "Name", "FirehoseArn", "State", "OutputFormat")
    described = [stream.described() for stream in _streams(backend).values()]
    return {"Entries": [{key: stream[key] for key in keys} for stream in described]}


def _start(backend: Any, parameters: Parameters) -> dict[str, Any]:
    return _run(backend, parameters["Names"], running=True)


def _stop(backend: Any, parameters: Parameters) -> dict[str, Any]:
    return _run(backend, parameters["Names"], running=False)


def _run(backend: Any, names: Iterable[str], *, running: bool) -> dict[str, Any]:
    for name in names:
        if stream := _streams(backend).get(name):
            stream.running = running
    return {}


OPERATIONS: Mapping[str, Operation] = {
    "DeleteMetricStream": _delete,
    "GetMetricStream": _get,
    "ListMetricStreams": _list,
    "PutMetricStream": _put,
    "StartMetricStreams": _start,
    "StopMetricStreams": _stop,
}


def _delivery_stream(backend: Any, arn: str) -> Any:
    return firehose_backends[backend.account_id][backend.region_name].lookup_name_from_arn(arn)


def _send(backend: Any, stream: Stream, data: Iterable[MetricDatumBase]) -> None:
    """Send what passes the filters and is of minutes that were not sent yet."""
    lines = [json.dumps(line, separators=(",", ":")) for line in _lines(backend, stream, data)]
    delivery = _delivery_stream(backend, stream.request["FirehoseArn"])
    if not lines or delivery is None:
        return
    role, arn = stream.request["RoleArn"], stream.request["FirehoseArn"]
    if not permissions.role_allows(role, CLOUDWATCH, "firehose:PutRecordBatch", arn, {}):
        _log.warning("%s may not send to %s as %s", stream.arn, arn, role)
        return
    record = {"Data": "".join(f"{line}\n" for line in lines).encode()}
    firehose_backends[backend.account_id][backend.region_name].put_record_batch(delivery.delivery_stream_name, [record])


def _lines(backend: Any, stream: Stream, data: Iterable[MetricDatumBase]) -> Iterator[dict[str, Any]]:
    minutes: dict[Minute, list[MetricDatumBase]] = {}
    for datum in data:
        if stream.wants(datum.namespace, datum.name):
            minutes.setdefault(_minute(datum), []).append(datum)
    for minute, together in minutes.items():
        if minute in stream.sent:
            continue
        stream.sent.add(minute)
        namespace, name, dimensions, start, unit = minute
        yield {
            "metric_stream_name": stream.request["Name"],
            "account_id": backend.account_id,
            "region": backend.region_name,
            "namespace": namespace,
            "metric_name": name,
            "dimensions": dict(dimensions),
            "timestamp": start * 1000,
            "value": _statistics(together, stream.percentiles(namespace, name)),
            "unit": unit,
        }


def _minute(datum: MetricDatumBase) -> Minute:
    at = datum.timestamp if datum.timestamp.tzinfo else datum.timestamp.replace(tzinfo=UTC)
    start = int(at.timestamp()) // MINUTE * MINUTE
    dimensions = tuple(sorted((dimension.name or "", dimension.value or "") for dimension in datum.dimensions))
    return datum.namespace, datum.name, dimensions, start, datum.unit or "None"


def _statistics(data: list[MetricDatumBase], percentiles: list[str]) -> dict[str, float]:
    sets = [
        (row.max, row.min, row.sum, row.sample_count)
        if isinstance(row, MetricAggregatedDatum)
        else (row.value, row.value, row.value, 1.0)  # type: ignore[attr-defined]
        for row in data
    ]
    highest, lowest, sums, counts = zip(*sets, strict=True)
    statistics = {"max": max(highest), "min": min(lowest), "sum": math.fsum(sums), "count": math.fsum(counts)}
    if any(isinstance(row, MetricAggregatedDatum) for row in data):
        return statistics
    values = sorted(highest)
    return statistics | {percentile: values[_rank(percentile, len(values))] for percentile in percentiles}


def _rank(percentile: str, count: int) -> int:
    return max(0, math.ceil(float(percentile[1:]) / 100 * count) - 1)


def _write(
    _: Any, name: str, version: str, destination: dict[str, Any], records: list[dict[str, bytes]]
) -> list[dict[str, str]]:
    """Write an object as Firehose does: below the evaluated prefix, compressed, with the rights of its role."""
    bucket = destination["BucketARN"].split(":")[-1]
    body = b"".join(record["Data"] for record in records)
    suffix = destination.get("FileExtension", "")
    if destination.get("CompressionFormat") == "GZIP":
        body, suffix = gzip.compress(body, mtime=0), suffix or ".gz"
    now = utcnow()
    key = f"{_prefix(destination.get('Prefix', ''), now)}{name}-{version}-{now:%Y-%m-%d-%H-%M-%S}-{uuid4()}{suffix}"
    role = destination["RoleARN"]
    if permissions.role_allows(role, FIREHOSE, "s3:PutObject", f"arn:aws:s3:::{bucket}/{key}", {}):
        objects.put(bucket, key, body)
    else:
        _log.warning("%s may not write s3://%s/%s as %s", name, bucket, key, role)
    return [{"RecordId": str(uuid4())} for _ in records]


def _prefix(prefix: str, now: datetime) -> str:
    """Evaluate a prefix (Firehose, s3-prefixes); one without a time gets the hour."""
    if "!{timestamp:" not in prefix:
        prefix += "!{timestamp:yyyy/MM/dd/HH}/"
    return _EXPRESSION.sub(lambda match: _evaluated(match[1], match[2], now), prefix)


def _evaluated(kind: str, value: str, now: datetime) -> str:
    if kind == "firehose":
        return uuid4().hex[:11]
    for java, python in _JAVA.items():
        value = value.replace(java, python)
    return now.strftime(value)
