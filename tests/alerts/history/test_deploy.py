"""A history on the emulator: applied, planned empty, metrics put, objects in the bucket, protected."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cdktf import TerraformStack

from northsouth.alerts import Metric, Response
from northsouth.alerts.history import MetricHistory
from northsouth.alerts.packs import LoadBalancerAlarms
from northsouth.alerts.replay.files import metric_of, read
from northsouth.emulator import objects
from northsouth.emulator.server import Emulator
from northsouth.metrics.units import seconds
from tests.harness.plugin import MakeTerraform
from tests.harness.synth import synth
from tests.harness.terraform import TerraformError

pytestmark = pytest.mark.deploy

BUCKET = "acme-metric-history"
BALANCER = "app/web/50dc6c495c0c9188"
START = datetime(2026, 11, 21, 12, tzinfo=UTC)
QUEUE = Metric(namespace="Web", name="Waiting", statistic="Maximum", unit="Count")


def declare(stack: TerraformStack) -> None:
    serving = LoadBalancerAlarms(
        stack, "serving", load_balancer=BALANCER, respond=Response("https://wiki.example.com/serving")
    )
    serving.success_rate()
    serving.latency(seconds(2))
    MetricHistory(stack, "history", bucket_name=BUCKET, metrics=[QUEUE], tags={"team": "web"})


def put(emulator: Emulator, namespace: str, name: str, at: datetime, **datum: Any) -> None:
    emulator.client("cloudwatch").put_metric_data(
        Namespace=namespace, MetricData=[{"MetricName": name, "Timestamp": at, **datum}]
    )


def lines() -> list[dict[str, Any]]:
    """Return what is in the bucket, oldest first."""
    text = "".join(gzip.decompress(objects.get(BUCKET, key)).decode() for key in objects.keys(BUCKET, "metrics/"))
    return sorted((json.loads(line) for line in text.splitlines()), key=lambda line: (line["timestamp"], line["unit"]))


def test_metrics_arrive_in_the_bucket(emulator: Emulator, terraform_dir: MakeTerraform, tmp_path: Path) -> None:
    terraform = terraform_dir(synth(declare))
    terraform.apply()
    assert terraform.plan().empty

    balancer = {"Dimensions": [{"Name": "LoadBalancer", "Value": BALANCER}], "Unit": "Seconds"}
    put(emulator, "AWS/ApplicationELB", "TargetResponseTime", START, Values=[1, 2, 3], Counts=[97, 2, 1], **balancer)
    put(emulator, "Web", "Waiting", START + timedelta(minutes=1, seconds=7), Value=5, Unit="Count")
    put(emulator, "Web", "Waiting", START + timedelta(minutes=1, seconds=9), Value=6, Unit="Count")
    put(emulator, "Web", "Untold", START, Value=5)

    latency, waiting = lines()
    assert latency == {
        "metric_stream_name": "stack-history",
        "account_id": "123456789012",
        "region": "us-east-1",
        "namespace": "AWS/ApplicationELB",
        "metric_name": "TargetResponseTime",
        "dimensions": {"LoadBalancer": BALANCER},
        "timestamp": int(START.timestamp()) * 1000,
        "value": {"max": 3, "min": 1, "sum": 104, "count": 100, "p99": 2, "p90": 1, "p50": 1},
        "unit": "Seconds",
    }
    assert waiting["timestamp"] == int(START.timestamp()) * 1000 + 60_000
    assert waiting["value"] == {"max": 5, "min": 5, "sum": 5, "count": 1}
    assert all(key.endswith(".gz") for key in objects.keys(BUCKET))
    can_be_read(tmp_path / "history")

    for role, right in (("stream", "firehose:PutRecordBatch"), ("firehose", "s3:PutObject")):
        without_right(emulator, role, right)
        put(emulator, "Web", "Waiting", START + timedelta(minutes=2), Value=7, Unit="Count")
        assert len(lines()) == 2, role

    emulator.client("cloudwatch").stop_metric_streams(Names=["stack-history"])
    assert emulator.client("cloudwatch").get_metric_stream(Name="stack-history")["State"] == "stopped"

    with pytest.raises(TerraformError, match="prevent_destroy"):
        terraform.destroy()


def can_be_read(folder: Path) -> None:
    """Copy the bucket, as `aws s3 sync` does, and read the copy."""
    for key in objects.keys(BUCKET):
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        (folder / key).write_bytes(objects.get(BUCKET, key))
    history = read([folder]).history
    latency = history[metric_of(f"AWS/ApplicationELB/TargetResponseTime{{LoadBalancer={BALANCER}}}")]
    assert {name: values.tolist() for name, values in latency.values.items()} == {
        "Maximum": [3],
        "Minimum": [1],
        "SampleCount": [100],
        "Sum": [104],
        "p99": [2],
        "p90": [1],
        "p50": [1],
    }
    assert (latency.start, latency.spacing, latency.unit) == (int(START.timestamp()), 60, "Seconds")
    assert history[metric_of("Web/Waiting")].values["Maximum"].tolist() == [5]


def without_right(emulator: Emulator, policy: str, right: str) -> None:
    """Take a right from the role that has this policy."""
    iam = emulator.client("iam")
    for role in iam.list_roles()["Roles"]:
        if policy in iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]:
            document = iam.get_role_policy(RoleName=role["RoleName"], PolicyName=policy)["PolicyDocument"]
            text = json.dumps(document)
            assert right in text
            iam.put_role_policy(
                RoleName=role["RoleName"], PolicyName=policy, PolicyDocument=text.replace(right, "s3:ListBucket")
            )
