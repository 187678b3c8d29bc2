"""NAT gateways that fail without an internet gateway, and the addresses that they hold."""

from __future__ import annotations

from typing import Any

import pytest

from northsouth.emulator.server import Emulator


@pytest.fixture
def ec2(emulator: Emulator) -> Any:
    return emulator.client("ec2")


@pytest.fixture
def subnet(ec2: Any, vpc_id: str) -> str:
    made: str = ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    return made


@pytest.fixture
def address(ec2: Any) -> str:
    made: str = ec2.allocate_address(Domain="vpc")["AllocationId"]
    return made


def attach(ec2: Any, vpc_id: str) -> None:
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc_id)


def made(ec2: Any, **options: str) -> dict[str, Any]:
    identifier = ec2.create_nat_gateway(**options)["NatGateway"]["NatGatewayId"]
    [gateway] = ec2.describe_nat_gateways(NatGatewayIds=[identifier])["NatGateways"]
    return dict(gateway)


def is_held(ec2: Any, address: str) -> bool:
    [described] = ec2.describe_addresses(AllocationIds=[address])["Addresses"]
    return "AssociationId" in described


def test_without_an_internet_gateway_it_is_made_and_has_failed(
    ec2: Any, vpc_id: str, subnet: str, address: str
) -> None:
    gateway = made(ec2, SubnetId=subnet, AllocationId=address)
    assert (gateway["State"], gateway["ConnectivityType"]) == ("failed", "public")
    assert gateway["FailureCode"] == "Gateway.NotAttached"
    assert gateway["FailureMessage"] == f"Network {vpc_id} has no Internet gateway attached"
    assert not is_held(ec2, address)
    ec2.delete_nat_gateway(NatGatewayId=gateway["NatGatewayId"])
    ec2.release_address(AllocationId=address)


def test_an_internet_gateway_of_another_vpc_does_not_help(ec2: Any, subnet: str, address: str) -> None:
    attach(ec2, ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"])
    assert made(ec2, SubnetId=subnet, AllocationId=address)["State"] == "failed"


def test_an_address_is_free_when_its_gateway_is_gone(ec2: Any, vpc_id: str, subnet: str, address: str) -> None:
    attach(ec2, vpc_id)
    for _ in range(2):
        gateway = made(ec2, SubnetId=subnet, AllocationId=address)
        assert (gateway["State"], gateway["ConnectivityType"]) == ("available", "public")
        assert is_held(ec2, address)
        ec2.delete_nat_gateway(NatGatewayId=gateway["NatGatewayId"])
        assert not is_held(ec2, address)
    ec2.release_address(AllocationId=address)


def test_a_private_gateway_needs_no_internet_gateway(ec2: Any, subnet: str) -> None:
    gateway = made(ec2, SubnetId=subnet, ConnectivityType="private")
    assert (gateway["State"], gateway["ConnectivityType"]) == ("available", "private")
