"""Rules of EC2: addresses, and the NAT gateways that hold them."""

from __future__ import annotations

import os
from typing import Any

from moto.ec2.models import ec2_backends

from northsouth.emulator.documented.rule import Rule
from northsouth.emulator.objects import ACCOUNT
from northsouth.emulator.request import Request

QUOTA = "NORTHSOUTH_EMULATOR_ELASTIC_IPS"
"""Environment variable with another quota, for a stack whose account has been given a higher one."""


def max_addresses() -> int:
    """Return how many Elastic IP addresses an account may have in a Region: 5, as AWS sets it at first, or `QUOTA`."""
    return int(os.environ.get(QUOTA) or 5)


def _too_many_addresses(request: Request) -> str | None:
    backend: Any = ec2_backends[ACCOUNT][request.region]
    return "The maximum number of addresses has been reached." if len(backend.addresses) >= max_addresses() else None


def _is_in_use(request: Request) -> str | None:
    backend: Any = ec2_backends[ACCOUNT][request.region]
    wanted = (request.parameters.get("AllocationId"), request.parameters.get("PublicIp"))
    for address in backend.addresses:
        if (address.allocation_id in wanted or address.public_ip in wanted) and address.association_id:
            return f"Address {address.public_ip} is in use."
    return None


def _needs_address(request: Request) -> str | None:
    is_public = request.parameters.get("ConnectivityType", "public") == "public"
    # A regional gateway can take addresses by itself.
    if not is_public or "AllocationId" in request.parameters or "SubnetId" not in request.parameters:
        return None
    return "The request must contain the parameter AllocationId"


def _needs_no_address(request: Request) -> str | None:
    is_private = request.parameters.get("ConnectivityType") == "private"
    if not is_private or "AllocationId" not in request.parameters:
        return None
    return "A private NAT gateway cannot have an Elastic IP address."


_GATEWAYS = "AWSEC2/latest/APIReference/API_CreateNatGateway"
RULES = (
    Rule(
        "ec2",
        ("CreateNatGateway",),
        "a public NAT gateway in a subnet without an Elastic IP address",
        _GATEWAYS,
        "MissingParameter",
        _needs_address,
    ),
    Rule(
        "ec2",
        ("CreateNatGateway",),
        "a private NAT gateway with an Elastic IP address",
        _GATEWAYS,
        "InvalidParameterCombination",
        _needs_no_address,
    ),
    Rule(
        "ec2",
        ("ReleaseAddress",),
        "the release of an Elastic IP address that is in use",
        "AWSEC2/latest/APIReference/API_ReleaseAddress",
        "InvalidIPAddress.InUse",
        _is_in_use,
    ),
    Rule(
        "ec2",
        ("AllocateAddress",),
        "an Elastic IP address beyond the quota of 5 in a Region",
        "vpc/latest/userguide/amazon-vpc-limits",
        "AddressLimitExceeded",
        _too_many_addresses,
    ),
)
