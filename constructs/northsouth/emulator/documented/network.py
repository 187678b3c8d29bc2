"""Rules of EC2: quotas of addresses."""

from __future__ import annotations

from typing import Any

from moto.ec2.models import ec2_backends

from northsouth.emulator.documented.rule import Rule
from northsouth.emulator.objects import ACCOUNT
from northsouth.emulator.request import Request

MAX_ADDRESSES = 5
"""Elastic IP addresses of an account in a Region, as AWS sets it at first."""


def _too_many_addresses(request: Request) -> str | None:
    backend: Any = ec2_backends[ACCOUNT][request.region]
    return "The maximum number of addresses has been reached." if len(backend.addresses) >= MAX_ADDRESSES else None


RULES = (
    Rule(
        "ec2",
        ("AllocateAddress",),
        "an Elastic IP address beyond the quota of 5 in a Region",
        "vpc/latest/userguide/amazon-vpc-limits",
        "AddressLimitExceeded",
        _too_many_addresses,
    ),
)
