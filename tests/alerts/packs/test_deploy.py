"""All packs, applied by the real provider; and a child that leaves a composite in one apply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup

from northsouth.alerts.packs import SilentClusters
from northsouth.emulator.server import Emulator
from tests.alerts.packs.example import RESPOND, custom, everything
from tests.harness.plugin import MakeTerraform
from tests.harness.synth import resources, synth
from tests.harness.terraform import TerraformError


def packs(stack: TerraformStack) -> None:
    group = CloudwatchLogGroup(stack, "router", name="router")
    everything(stack, log_group=group.name)


@pytest.mark.deploy
def test_every_pack_is_applied(emulator: Emulator, terraform_dir: MakeTerraform) -> None:
    document = synth(packs)
    terraform = terraform_dir(document)
    terraform.apply()
    assert terraform.plan().empty

    plain, composites = described(emulator)
    assert set(plain) == names(document, "aws_cloudwatch_metric_alarm")
    assert set(composites) == names(document, "aws_cloudwatch_composite_alarm")
    throughput = plain["stack-nat-throughput"]
    (result,) = (query for query in throughput["Metrics"] if query["ReturnData"])
    assert result["Expression"].endswith("* 8 / 1000000000")
    assert (throughput["Threshold"], throughput["TreatMissingData"]) == (2, "missing")
    latency = plain["stack-serving-latency"]["Metrics"]
    percentiles = {each["MetricStat"]["Stat"] for each in latency if "MetricStat" in each}
    assert percentiles == {"SampleCount", "p50", "p90", "p99"}
    assert composites["stack-clusters-some"]["ActionsSuppressor"] == "stack-clusters-all"

    terraform.destroy()
    assert described(emulator) == ({}, {})


def watched(*clusters: str) -> Callable[[TerraformStack], object]:
    heartbeats = {cluster: custom("Up", cluster=cluster) for cluster in clusters}
    return lambda stack: SilentClusters(stack, "watched", heartbeats=heartbeats, respond=RESPOND)


@pytest.mark.deploy
def test_a_child_leaves_its_composites_in_one_apply(emulator: Emulator, terraform_dir: MakeTerraform) -> None:
    """CloudWatch, and the emulator, refuse to delete an alarm that a composite still names."""
    terraform = terraform_dir(synth(watched("a", "b", "c")))
    terraform.apply()
    assert rule(emulator) == any_of("a", "b", "c")

    terraform.write(synth(watched("a", "b")))
    changes = terraform.plan()
    assert [address.split(".")[0] for address in changes.replaces] == ["aws_cloudwatch_composite_alarm"] * 2
    assert [address.split(".")[0] for address in changes.destroys] == ["aws_cloudwatch_metric_alarm"]
    terraform.apply()
    assert rule(emulator) == any_of("a", "b")
    assert terraform.plan().empty


@pytest.mark.deploy
def test_a_composite_that_is_only_updated_would_be_in_the_way(terraform_dir: MakeTerraform) -> None:
    def updated(*clusters: str) -> dict[str, Any]:
        document = synth(watched(*clusters))
        for composite in resources(document, "aws_cloudwatch_composite_alarm").values():
            del composite["lifecycle"]
        return document

    terraform = terraform_dir(updated("a", "b", "c"))
    terraform.apply()
    terraform.write(updated("a", "b"))
    with pytest.raises(TerraformError, match="composite alarm\\(s\\) depending on it"):
        terraform.apply()


def rule(emulator: Emulator) -> str:
    text: str = described(emulator)[1]["stack-watched-some"]["AlarmRule"]
    return text


def any_of(*clusters: str) -> str:
    return " OR ".join(f'ALARM("stack-watched-cluster-{cluster}")' for cluster in clusters)


def names(document: dict[str, Any], kind: str) -> set[str]:
    return {alarm["alarm_name"] for alarm in resources(document, kind).values()}


def described(emulator: Emulator) -> tuple[dict[str, Any], dict[str, Any]]:
    paginator = emulator.client("cloudwatch").get_paginator("describe_alarms")
    pages = list(paginator.paginate(AlarmTypes=["MetricAlarm", "CompositeAlarm"]))
    plain = {alarm["AlarmName"]: alarm for page in pages for alarm in page["MetricAlarms"]}
    composites = {alarm["AlarmName"]: alarm for page in pages for alarm in page["CompositeAlarms"]}
    return plain, composites
