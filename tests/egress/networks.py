"""Networks the egress tests declare gateways in."""

from typing import Any

from northsouth.egress.topology import NetworkIds

A, B, C = "us-east-1a", "us-east-1b", "us-east-1c"
ALLOCATION = "eipalloc-0123456789abcdef0"
OTHER_ALLOCATION = "eipalloc-89abcdef"


def existing(*zones: str, **more: Any) -> NetworkIds:
    """Return an existing network whose ids end in the zone's letter's number."""

    def each(kind: str, first: int) -> dict[str, str]:
        return {zone: f"{kind}-{first}000000{ord(zone[-1]) - ord('a')}" for zone in zones}

    parts: dict[str, Any] = {
        "public_subnets": each("subnet", 1),
        "private_subnets": each("subnet", 2),
        "isolated_subnets": each("subnet", 3),
        "public_route_tables": dict.fromkeys(zones, "rtb-10000000"),
        "private_route_tables": each("rtb", 2),
        "isolated_route_tables": each("rtb", 3),
        "cidr_blocks": ("10.0.0.0/16",),
    }
    return NetworkIds(vpc_id="vpc-12345678", **{**parts, **more})
