"""What the construct declares."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cdktf import TerraformStack
from cdktf import Testing as CdkTesting
from cdktf_cdktf_provider_aws.provider import AwsProvider

from northsouth.alerts import Metric, Response
from northsouth.alerts.history import MetricHistory, history_cost
from northsouth.alerts.packs import LoadBalancerAlarms
from northsouth.errors import ConfigurationError
from northsouth.metrics.units import seconds
from tests.alerts.packs.example import everything
from tests.harness.examples import load
from tests.harness.synth import resources, synth

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples/metric_history.py"


def serving(stack: TerraformStack, id: str = "serving", **given: Any) -> LoadBalancerAlarms:
    respond = Response("https://wiki.example.com/serving")
    pack = LoadBalancerAlarms(stack, id, load_balancer="app/web/50dc6c495c0c9188", respond=respond, **given)
    pack.latency(seconds(2))
    return pack


def only(document: dict[str, Any], kind: str) -> dict[str, Any]:
    (resource,) = resources(document, kind).values()
    return resource


def names(document: dict[str, Any]) -> dict[str, list[str]]:
    stream = only(document, "aws_cloudwatch_metric_stream")
    return {each["namespace"]: each["metric_names"] for each in stream["include_filter"]}


def test_the_example_keeps_what_its_alarms_judge() -> None:
    document = json.loads(CdkTesting.synth(load(EXAMPLE).Web(CdkTesting.app(), "web"), True))
    assert names(document) == {
        "AWS/ApplicationELB": [
            "HTTPCode_ELB_5XX_Count",
            "HTTPCode_Target_5XX_Count",
            "RequestCount",
            "TargetResponseTime",
        ]
    }
    stream = only(document, "aws_cloudwatch_metric_stream")
    assert stream["statistics_configuration"] == [
        {
            "additional_statistics": ["p50", "p90", "p99"],
            "include_metric": [{"metric_name": "TargetResponseTime", "namespace": "AWS/ApplicationELB"}],
        }
    ]


def test_every_metric_of_every_pack_is_kept() -> None:
    def build(stack: TerraformStack) -> None:
        everything(stack)
        MetricHistory(stack, "history", bucket_name="acme-history")

    document = synth(build)
    judged = {
        (each["namespace"], each["metric_name"])
        for alarm in resources(document, "aws_cloudwatch_metric_alarm").values()
        for each in [alarm, *(query["metric"] for query in alarm.get("metric_query", []) if "metric" in query)]
        if "metric_name" in each
    }
    assert {(namespace, name) for namespace, each in names(document).items() for name in each} == judged


def test_alarms_of_another_provider_are_left_to_another_history() -> None:
    def build(stack: TerraformStack) -> None:
        other = AwsProvider(stack, "other", region="eu-west-1", alias="other")
        serving(stack, provider=other)
        history = MetricHistory(
            stack,
            "history",
            bucket_name="acme-history",
            metrics=[Metric(namespace="Web", name="Waiting", statistic="Sum", unit="Count")],
        )
        assert history.streamed.names == {"Web": ("Waiting",)}

    synth(build)


def test_nothing_is_declared_of_a_history_without_a_metric() -> None:
    def build(stack: TerraformStack) -> None:
        with pytest.raises(ConfigurationError, match=r"(?s)2 problems in MetricHistory 'history'.*alarms.*bucket_name"):
            MetricHistory(stack, "history", bucket_name="Acme")
        serving(stack)

    assert resources(synth(build), "aws_s3_bucket") == {}


def test_the_bucket_is_protected_and_encrypted_as_asked() -> None:
    def build(stack: TerraformStack) -> None:
        serving(stack)
        key = "arn:aws:kms:us-east-1:123456789012:key/0"
        MetricHistory(stack, "history", bucket_name="acme-history", kms_key_arn=key)

    document = synth(build)
    assert only(document, "aws_s3_bucket")["lifecycle"] == {"prevent_destroy": True}
    assert "aws:SecureTransport" in only(document, "aws_s3_bucket_policy")["policy"]
    assert all(
        only(document, "aws_s3_bucket_public_access_block")[switch]
        for switch in ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    )
    delivery = only(document, "aws_kinesis_firehose_delivery_stream")["extended_s3_configuration"]
    assert delivery["kms_key_arn"] == "arn:aws:kms:us-east-1:123456789012:key/0"
    assert delivery["compression_format"] == "GZIP"


def test_the_docs_quote_the_example_and_the_price() -> None:
    docs = (ROOT / "docs/replay.md").read_text(encoding="utf-8")
    assert f"<!-- examples/metric_history.py -->\n```python\n{EXAMPLE.read_text(encoding='utf-8')}```" in docs
    assert f"history_cost(12).total  # {history_cost(12).total:.2f} US dollars" in docs


@pytest.mark.parametrize("named", [True, False])
def test_a_generator_is_checked_as_a_list_is(named: bool) -> None:
    def build(stack: TerraformStack) -> None:
        count = Metric(namespace="Shop", name="Orders", statistic="Sum", unit="Count")
        MetricHistory(stack, "history", bucket_name="acme-history", metrics=(each for each in [count if named else 7]))

    if named:
        assert names(synth(build)) == {"Shop": ["Orders"]}
    else:
        with pytest.raises(ConfigurationError, match=r"metrics\[0\]: got 7; it is a Metric"):
            synth(build)
