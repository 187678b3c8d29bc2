"""Rules of EC2: quotas of addresses."""

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
