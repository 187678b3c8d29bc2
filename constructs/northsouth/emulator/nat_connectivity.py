"""The connectivity of a NAT gateway that is created without one, which moto forgets: a plan would replace the gateway.

AWS makes it public. Source: the Amazon EC2 API reference, "CreateNatGateway".
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models.nat_gateways import NatGatewayBackend

from northsouth.emulator.patching import replace


def install() -> None:
    """Make such a gateway public."""

    def create_public(backend: Any, *args: Any, connectivity_type: str | None = None, **more: Any) -> Any:
        return create(backend, *args, connectivity_type=connectivity_type or "public", **more)

    create = replace(NatGatewayBackend, "create_nat_gateway", create_public)
