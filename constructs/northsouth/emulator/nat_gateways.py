"""NAT gateways that fail without an internet gateway, name their connectivity, and free their addresses at the end.

Source: "Troubleshoot NAT gateways" of the VPC user guide, and ``DescribeNatGateways``.
What real AWS does differently: a gateway is pending for minutes; a failed one is gone after an hour.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models import EC2Backend

from northsouth.emulator import patching


def install() -> None:
    """Put it into moto's own gateways."""
    create = EC2Backend.create_nat_gateway
    delete = EC2Backend.delete_nat_gateway

    def create_nat_gateway(
        backend: Any, subnet_id: str, allocation_id: str, tags: Any = None, connectivity_type: str | None = None
    ) -> Any:
        gateway: Any = create(backend, subnet_id, allocation_id, tags, connectivity_type or "public")
        if gateway.connectivity_type == "public" and not _is_attached(backend, gateway.vpc_id):
            gateway.state = "failed"
            gateway.failure_code = "Gateway.NotAttached"
            gateway.failure_message = f"Network {gateway.vpc_id} has no Internet gateway attached"
            _free(backend, gateway)
        return gateway

    def delete_nat_gateway(backend: Any, nat_gateway_id: str) -> Any:
        gateway = delete(backend, nat_gateway_id)
        _free(backend, gateway)
        return gateway

    patching.replace(EC2Backend, "create_nat_gateway", create_nat_gateway)
    patching.replace(EC2Backend, "delete_nat_gateway", delete_nat_gateway)


def _is_attached(backend: Any, vpc_id: str) -> bool:
    return any(
        internet_gateway.vpc and internet_gateway.vpc.id == vpc_id
        for internet_gateway in backend.internet_gateways.values()
    )


def _free(backend: Any, gateway: Any) -> None:
    """Let go of the gateway's addresses, and of its network interface."""
    for address in list(backend.addresses):
        if address.eni is not None and address.eni.id == gateway._eni.id:
            backend.disassociate_address(association_id=address.association_id)
    if gateway._eni.id in backend.enis:
        backend.delete_network_interface(gateway._eni.id)
