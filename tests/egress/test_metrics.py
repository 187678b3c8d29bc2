"""The table of metrics, and that the constructs publish them with every dimension."""

from typing import Any, get_args

import pytest
from cdktf import TerraformStack

from northsouth.egress import Endpoint, NatGateways, NatMode, PrivateEndpoints
from northsouth.egress.metrics import (
    ENDPOINT_METRICS,
    NAT_METRICS,
    EndpointMetricName,
    NatMetricName,
    endpoint_metric,
    nat_bytes_processed,
    nat_metric,
)
from northsouth.egress.nat_gateways import regional_supported
from northsouth.errors import ConfigurationError
from northsouth.metrics import metrics_of
from tests.egress.networks import A, B, existing
from tests.harness.synth import synth


def test_every_name_has_its_facts() -> None:
    assert set(NAT_METRICS) == set(get_args(NatMetricName))
    assert set(ENDPOINT_METRICS) == set(get_args(EndpointMetricName))


@pytest.mark.parametrize("name", sorted(NAT_METRICS))
def test_a_nat_metric_has_the_statistic_that_means_something(name: Any) -> None:
    metric = nat_metric(name, "nat-1", period=300)
    assert (metric.namespace, metric.name, metric.period) == ("AWS/NATGateway", name, 300)
    assert dict(metric.dimensions) == {"NatGatewayId": "nat-1"}
    assert metric.statistic == ("Maximum" if name.startswith(("Active", "Peak")) else "Sum")
    rates = {"PeakBytesPerSecond": "Bytes/Second", "PeakPacketsPerSecond": "Count/Second"}
    assert metric.unit == rates.get(name, "Bytes" if name.startswith("Bytes") else "Count")


def test_a_regional_gateway_needs_the_zone_too() -> None:
    metric = nat_metric("BytesInFromSource", "nat-1", availability_zone=A)
    assert dict(metric.dimensions) == {"NatGatewayId": "nat-1", "AvailabilityZone": A}


def test_bytes_processed_counts_each_byte_once() -> None:
    names = [metric.name for metric in metrics_of(nat_bytes_processed("nat-1", period=300))]
    assert names == ["BytesInFromSource", "BytesInFromDestination"]


def test_an_endpoint_metric_has_all_four_dimensions() -> None:
    metric = endpoint_metric("BytesProcessed", endpoint_id="vpce-1", vpc_id="vpc-1", service_name="svc", period=60)
    assert dict(metric.dimensions) == {
        "Endpoint Type": "Interface",
        "Service Name": "svc",
        "VPC Endpoint Id": "vpce-1",
        "VPC Id": "vpc-1",
    }


def test_an_unknown_metric_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="'PacketsDropCount'"):
        nat_metric("BytesLost", "nat-1")  # type: ignore[arg-type]


def test_constructs_publish_a_metric_for_each_zone_or_service() -> None:
    def declare(stack: TerraformStack) -> None:
        nat = NatGateways(stack, "nat", network=existing(A, B), mode=NatMode.per_az())
        out = nat.metric("BytesOutToDestination", period=300)
        assert list(out) == [A, B]
        assert all(set(metric.dimensions) == {"NatGatewayId"} and metric.period == 300 for metric in out.values())
        assert list(nat.bytes_processed()) == [A, B]
        tables = {A: "rtb-40000000", B: "rtb-40000001"}
        others = existing(A, B, private_route_tables=tables)
        single = NatGateways(stack, "single", network=others, mode=NatMode.single(B))
        assert list(single.metric("ErrorPortAllocation")) == [B]
        private = PrivateEndpoints(
            stack, "private", network=existing(A), endpoints=[Endpoint.gateway("s3"), Endpoint.interface("sts")]
        )
        [(service, metric)] = private.metric("BytesProcessed", period=300).items()
        assert service == "sts"
        assert metric.dimensions["Service Name"] == "com.amazonaws.us-east-1.sts"
        assert metric.period == 300

    synth(declare)


@pytest.mark.skipif(not regional_supported(), reason="these bindings know no regional NAT gateway")
def test_a_regional_gateway_publishes_each_zone() -> None:
    def declare(stack: TerraformStack) -> None:
        nat = NatGateways(stack, "nat", network=existing(A, B), mode=NatMode.regional())
        zones = [metric.dimensions["AvailabilityZone"] for metric in nat.metric("BytesOutToDestination").values()]
        assert zones == [A, B]

    synth(declare)
