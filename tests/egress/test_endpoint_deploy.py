"""What the real provider asks AWS for when S3's private DNS is on (issues 32407 and 33689 of the provider)."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf import TerraformStack
from moto.ec2.responses.vpcs import VPCs

from northsouth.egress import Endpoint, Network, PrivateEndpoints
from tests.egress.networks import A
from tests.harness.plugin import MakeTerraform
from tests.harness.synth import synth

pytestmark = pytest.mark.deploy

ONLY = "DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint"


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """The endpoints that were asked for, in order, as AWS receives them."""
    received: list[dict[str, str]] = []
    create = VPCs.create_vpc_endpoint

    def recording(response: Any) -> Any:
        received.append({name: value[0] for name, value in response.data.items()})
        return create(response)

    monkeypatch.setattr(VPCs, "create_vpc_endpoint", recording)
    return received


def test_private_dns_of_s3_is_sent_as_false_or_comes_after_the_gateway_endpoint(
    terraform_dir: MakeTerraform, requests: list[dict[str, str]]
) -> None:
    def declare(stack: TerraformStack) -> None:
        for name, cidr, endpoints in (
            ("alone", "10.0.0.0/16", [Endpoint.interface("s3")]),
            ("both", "10.1.0.0/16", [Endpoint.interface("s3"), Endpoint.gateway("s3")]),
        ):
            network = Network(stack, f"{name}-network", cidr=cidr, zones=[A], tiers=("private",))
            PrivateEndpoints(stack, name, network=network, endpoints=endpoints)

    terraform_dir(synth(declare)).apply()
    by_vpc: dict[str, list[dict[str, str]]] = {}
    for request in requests:
        by_vpc.setdefault(request["VpcId"], []).append(request)
    alone, both = sorted(by_vpc.values(), key=len)
    assert [(each["VpcEndpointType"], each["PrivateDnsEnabled"], each[ONLY]) for each in alone] == [
        ("Interface", "true", "false")
    ]
    assert [each["VpcEndpointType"] for each in both] == ["Gateway", "Interface"]
    assert ONLY not in both[1]
