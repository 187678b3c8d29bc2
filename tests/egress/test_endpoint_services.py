"""Endpoints compared with what AWS offers, as the AWS CLI wrote it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cdktf import TerraformStack

from northsouth.egress import Endpoint, EndpointPolicy, EndpointServices, PrivateEndpoints, check_endpoints
from northsouth.errors import ConfigurationError
from tests.egress.networks import A, B, C, existing
from tests.harness.synth import synth


def service(name: str, **more: Any) -> dict[str, Any]:
    return {
        "ServiceName": f"com.amazonaws.us-east-1.{name}",
        "ServiceType": [{"ServiceType": "Interface"}],
        "AvailabilityZones": [A, B],
        "PrivateDnsName": f"{name}.us-east-1.amazonaws.com",
        "VpcEndpointPolicySupported": True,
        "SupportedIpAddressTypes": ["ipv6", "ipv4"],
        **more,
    }


DOCUMENT: dict[str, Any] = {
    "ServiceDetails": [
        service("monitoring"),
        service("brand-new-service", AvailabilityZones=[A]),
        service("old", SupportedIpAddressTypes=["ipv4"], VpcEndpointPolicySupported=False),
        service("ancient", SupportedIpAddressTypes=None, PrivateDnsName=None),
        service(
            "modern", PrivateDnsName=None, PrivateDnsNames=[{"PrivateDnsName": "m"}], SupportedIpAddressTypes=["ipv6"]
        ),
        service("s3"),
        service("s3", ServiceType=[{"ServiceType": "Gateway"}], PrivateDnsName=None),
        service("dynamodb"),
    ],
    "ServiceNames": [],
}
SERVICES = EndpointServices.of(DOCUMENT, source="services.json")
POLICY = EndpointPolicy.of({"Statement": []})


def problems(*endpoints: Endpoint) -> list[str]:
    network = existing(A, B, ipv6=True, ipv6_cidr_blocks=("2001:db8::/56",))
    return [str(each) for each in check_endpoints(network, endpoints, services=SERVICES)]


@pytest.mark.parametrize(
    "endpoint",
    [
        Endpoint.interface("monitoring", policy=POLICY, ip_address_type="dualstack"),
        Endpoint.interface("brand-new-service", zones=[A]),
        Endpoint.interface("com.amazonaws.us-east-1.monitoring"),
        Endpoint.interface("old"),
        Endpoint.interface("ancient", private_dns=False),
        Endpoint.interface("modern", ip_address_type="ipv6"),
        Endpoint.gateway("s3", policy=POLICY),
        Endpoint.interface("s3"),
        Endpoint.interface("dynamodb"),
        Endpoint.interface("${var.service}", name="partner"),
    ],
)
def test_what_aws_offers_passes(endpoint: Endpoint) -> None:
    assert problems(endpoint) == []


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        (
            Endpoint.interface("monitorin"),
            "got 'com.amazonaws.us-east-1.monitorin'; services.json holds no such service with an interface endpoint",
        ),
        (Endpoint.interface("monitorin"), "Did you mean com.amazonaws.us-east-1.monitoring?"),
        (
            Endpoint.interface("sqs"),
            "or those of another Region, write it anew: `aws ec2 describe-vpc-endpoint-services",
        ),
        (Endpoint.gateway("dynamodb"), "services.json holds no such service with a gateway endpoint"),
        (
            Endpoint.interface("brand-new-service"),
            "zones[1]: got 'us-east-1b'; in services.json, com.amazonaws.us-east-1.brand-new-service is in us-east-1a",
        ),
        (
            Endpoint.interface("ancient"),
            "endpoints[0].private_dns: got True; in services.json, com.amazonaws.us-east-1.ancient has no private DNS",
        ),
        (Endpoint.interface("old", policy=POLICY), "endpoints[0].policy: got a policy; in services.json"),
        (
            Endpoint.interface("old", ip_address_type="dualstack"),
            "endpoints[0].ip_address_type: got 'dualstack'; in services.json, com.amazonaws.us-east-1.old has no ipv6",
        ),
        (Endpoint.interface("modern"), "endpoints[0].ip_address_type: got 'ipv4'; in services.json"),
    ],
)
def test_what_aws_does_not_offer_is_reported(endpoint: Endpoint, expected: str) -> None:
    (problem,) = problems(endpoint)
    assert expected in problem


def test_the_zones_of_a_service_in_another_region_are_not_compared() -> None:
    document = {"ServiceDetails": [service("s3", ServiceName="com.amazonaws.eu-west-1.s3", AvailabilityZones=[])]}
    endpoint = Endpoint.interface("s3", service_region="eu-west-1")
    assert not list(check_endpoints(existing(A, C), [endpoint], services=EndpointServices.of(document)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, "It cannot be read: No such file or directory."),
        ("{", "services.json: got not JSON; the whole output of `aws ec2 describe-vpc-endpoint-services"),
        ("[]", "got no list ServiceDetails with names, types and zones"),
        ('{"ServiceNames": ["com.amazonaws.us-east-1.s3"]}', "got no list ServiceDetails"),
        ('{"ServiceDetails": [{"ServiceName": "x"}]}', "got no list ServiceDetails"),
        (json.dumps({**DOCUMENT, "NextToken": "abc"}), "got only a part of the services: it has a NextToken"),
    ],
)
def test_a_file_that_is_no_list_is_refused(tmp_path: Path, text: str | None, expected: str) -> None:
    file = tmp_path / "services.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        EndpointServices.read(file)
    assert expected in str(caught.value)


def test_with_a_file_nothing_is_compared_with_the_dated_list(tmp_path: Path) -> None:
    file = tmp_path / "services.json"
    file.write_text(json.dumps(DOCUMENT))

    def declare(stack: TerraformStack) -> None:
        endpoints = [Endpoint.interface("brand-new-service", zones=[A])]
        services = EndpointServices.read(str(file))
        made = PrivateEndpoints(stack, "it", network=existing(A, B), endpoints=endpoints, services=services)
        assert not made.node.metadata
        with pytest.raises(ConfigurationError, match=r"Did you mean com\.amazonaws\.us-east-1\.monitoring"):
            PrivateEndpoints(
                stack, "no", network=existing(A), endpoints=[Endpoint.interface("monitorin")], services=services
            )

    synth(declare)
