"""AWS quotas that NAT gateways run into; pure.

Most are adjustable and belong to the account and Region, which synth cannot see. So they are arguments: the default is
what AWS gives a new account. If AWS has raised one of yours, set it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SOURCE = "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html"

MOST_ADDRESSES_PER_GATEWAY = 8
"""Beyond this AWS raises no quota: a public NAT gateway has 1 primary and up to 7 secondary addresses."""

MOST_ADDRESSES_PER_REGIONAL_ZONE = 32
"""A regional gateway's addresses in one zone."""

MOST_PRIVATE_ADDRESSES_PER_GATEWAY = 32
"""A gateway has 1 primary and up to 31 secondary private addresses:
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html"""


@dataclass(frozen=True, kw_only=True)
class NatQuotas:
    """The account's quotas in this Region.

    Attributes:
        gateways_per_zone: NAT gateways in one Availability Zone, 5 by default.
        elastic_ips: Elastic IPs in the Region, 5 by default.
        addresses_per_gateway: Elastic IPs of one public NAT gateway, 2 by default and at most 8.
        private_addresses_per_gateway: private addresses of one NAT gateway, its primary one among them, 8 by default
            and at most 32.

    """

    gateways_per_zone: int = 5
    elastic_ips: int = 5
    addresses_per_gateway: int = 2
    private_addresses_per_gateway: int = 8


@dataclass(frozen=True, kw_only=True)
class InUse:
    """What the same stack has already declared for the same provider, and so counts against the quotas."""

    gateways: Mapping[str, int] = field(default_factory=dict)
    elastic_ips: int = 0
