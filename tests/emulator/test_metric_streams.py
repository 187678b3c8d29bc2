"""Metric streams over HTTP: what is refused, what passes the filters, where Firehose writes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from northsouth.emulator import objects
from northsouth.emulator.server import ACCOUNT, Emulator
from tests.harness.roles import trusted_by

START = datetime(2026, 11, 21, 12, tzinfo=UTC)
FIREHOSE = f"arn:aws:firehose:us-east-1:{ACCOUNT}:deliverystream/metrics"


def role(emulator: Emulator, service: str, action: str) -> str:
    iam = emulator.client("iam")
    name = service.split(".")[0]
    arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusted_by(service))["Role"]["Arn"]
    right = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}
    iam.put_role_policy(RoleName=name, PolicyName="write", PolicyDocument=json.dumps(right))
    return arn


@pytest.fixture
def stream(emulator: Emulator) -> dict[str, Any]:
    """The request of a stream whose Firehose writes plain objects into a bucket."""
    emulator.client("s3").create_bucket(Bucket="kept")
    emulator.client("firehose").create_delivery_stream(
        DeliveryStreamName="metrics",
        ExtendedS3DestinationConfiguration={
            "BucketARN": "arn:aws:s3:::kept",
            "RoleARN": role(emulator, "firehose", "s3:PutObject"),
            "Prefix": "in/",
        },
    )
    sender = role(emulator, "streams.metrics.cloudwatch", "firehose:PutRecordBatch")
    return {"Name": "kept", "FirehoseArn": FIREHOSE, "RoleArn": sender, "OutputFormat": "json"}


def put(emulator: Emulator, namespace: str, name: str, value: float = 1) -> None:
    data = [{"MetricName": name, "Timestamp": START, "Value": value}]
    emulator.client("cloudwatch").put_metric_data(Namespace=namespace, MetricData=data)


def sent() -> list[tuple[str, str]]:
    lines = [json.loads(line) for key in objects.keys("kept") for line in objects.get("kept", key).splitlines()]
    return sorted((line["namespace"], line["metric_name"]) for line in lines)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, [("A", "x"), ("A", "y"), ("B", "x")]),
        ({"IncludeFilters": [{"Namespace": "A"}]}, [("A", "x"), ("A", "y")]),
        ({"IncludeFilters": [{"Namespace": "A", "MetricNames": ["y"]}]}, [("A", "y")]),
        ({"ExcludeFilters": [{"Namespace": "A"}]}, [("B", "x")]),
    ],
)
def test_filters_are_of_namespaces_and_names(
    emulator: Emulator, stream: dict[str, Any], filters: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    emulator.client("cloudwatch").put_metric_stream(**stream, **filters)
    for namespace, name in (("A", "x"), ("A", "y"), ("B", "x")):
        put(emulator, namespace, name)
    assert sent() == expected
    assert all(key.startswith("in/20") for key in objects.keys("kept"))


def test_a_minute_is_sent_once_and_a_stopped_stream_sends_nothing(emulator: Emulator, stream: dict[str, Any]) -> None:
    cloudwatch = emulator.client("cloudwatch")
    cloudwatch.put_metric_stream(**stream)
    put(emulator, "A", "x")
    put(emulator, "A", "x", 2)
    cloudwatch.stop_metric_streams(Names=["kept"])
    put(emulator, "A", "y")
    cloudwatch.start_metric_streams(Names=["kept"])
    put(emulator, "A", "z")
    assert sent() == [("A", "x"), ("A", "z")]
    (entry,) = cloudwatch.list_metric_streams()["Entries"]
    assert (entry["Name"], entry["State"]) == ("kept", "running")
    cloudwatch.delete_metric_stream(Name="kept")
    with pytest.raises(ClientError, match="does not exist"):
        cloudwatch.get_metric_stream(Name="kept")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"Name": "a b"}, "other characters"),
        ({"OutputFormat": "csv"}, "enum value set"),
        ({"FirehoseArn": f"{FIREHOSE}-2"}, "there is no"),
        ({"IncludeFilters": [{"Namespace": "A"}], "ExcludeFilters": [{"Namespace": "B"}]}, "exclude each other"),
        ({"IncludeFilters": [{"Namespace": "A", "MetricNames": ["x"] * 1000}]}, "more than 1000 names"),
    ],
)
def test_what_aws_refuses(emulator: Emulator, stream: dict[str, Any], changed: dict[str, Any], said: str) -> None:
    with pytest.raises(ClientError, match=said):
        emulator.client("cloudwatch").put_metric_stream(**{**stream, **changed})
