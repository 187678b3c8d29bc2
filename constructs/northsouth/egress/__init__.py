"""Egress: networks, NAT gateways, private endpoints, and what leaving through them costs."""

from typing import TYPE_CHECKING

from northsouth import bindings
from northsouth.exports import lazy

bindings.install()

if TYPE_CHECKING:
    from northsouth.egress.addresses import Addresses
    from northsouth.egress.analysis import EgressAnalysis
    from northsouth.egress.cost import (
        PathCost,
        Traffic,
        as_text,
        break_even_bytes_per_day,
        gateway_endpoint_cost,
        interface_endpoint_cost,
        nat_cost,
        path_costs,
    )
    from northsouth.egress.endpoint_policy import EndpointPolicy
    from northsouth.egress.endpoint_services import EndpointServices
    from northsouth.egress.endpoints import Endpoint, check_endpoints
    from northsouth.egress.flow_log_delivery import VpcFlowLog
    from northsouth.egress.flow_logs import FlowLogs, check_flow_logs
    from northsouth.egress.layout import CidrLayout, check_cidr, check_layout
    from northsouth.egress.metrics import (
        ENDPOINT_METRICS,
        NAT_METRICS,
        endpoint_metric,
        nat_bytes_processed,
        nat_metric,
    )
    from northsouth.egress.nat_gateways import NatGateways
    from northsouth.egress.nat_mode import NatMode
    from northsouth.egress.nat_rules import check_nat
    from northsouth.egress.network import Network
    from northsouth.egress.network_rules import check_network
    from northsouth.egress.prices import Prices, Tier
    from northsouth.egress.private_endpoints import PrivateEndpoints
    from northsouth.egress.quotas import NatQuotas
    from northsouth.egress.topology import NetworkIds, check_network_ids
    from northsouth.egress.zones import check_zones

__all__ = [
    "ENDPOINT_METRICS",
    "NAT_METRICS",
    "Addresses",
    "CidrLayout",
    "EgressAnalysis",
    "Endpoint",
    "EndpointPolicy",
    "EndpointServices",
    "FlowLogs",
    "NatGateways",
    "NatMode",
    "NatQuotas",
    "Network",
    "NetworkIds",
    "PathCost",
    "Prices",
    "PrivateEndpoints",
    "Tier",
    "Traffic",
    "VpcFlowLog",
    "as_text",
    "break_even_bytes_per_day",
    "check_cidr",
    "check_endpoints",
    "check_flow_logs",
    "check_layout",
    "check_nat",
    "check_network",
    "check_network_ids",
    "check_zones",
    "endpoint_metric",
    "gateway_endpoint_cost",
    "interface_endpoint_cost",
    "nat_bytes_processed",
    "nat_cost",
    "nat_metric",
    "path_costs",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "Addresses": "northsouth.egress.addresses",
        "CidrLayout": "northsouth.egress.layout",
        "ENDPOINT_METRICS": "northsouth.egress.metrics",
        "EgressAnalysis": "northsouth.egress.analysis",
        "Endpoint": "northsouth.egress.endpoints",
        "EndpointPolicy": "northsouth.egress.endpoint_policy",
        "EndpointServices": "northsouth.egress.endpoint_services",
        "FlowLogs": "northsouth.egress.flow_logs",
        "NAT_METRICS": "northsouth.egress.metrics",
        "NatGateways": "northsouth.egress.nat_gateways",
        "NatMode": "northsouth.egress.nat_mode",
        "NatQuotas": "northsouth.egress.quotas",
        "Network": "northsouth.egress.network",
        "NetworkIds": "northsouth.egress.topology",
        "PathCost": "northsouth.egress.cost",
        "Prices": "northsouth.egress.prices",
        "PrivateEndpoints": "northsouth.egress.private_endpoints",
        "Tier": "northsouth.egress.prices",
        "Traffic": "northsouth.egress.cost",
        "VpcFlowLog": "northsouth.egress.flow_log_delivery",
        "as_text": "northsouth.egress.cost",
        "break_even_bytes_per_day": "northsouth.egress.cost",
        "check_cidr": "northsouth.egress.layout",
        "check_endpoints": "northsouth.egress.endpoints",
        "check_flow_logs": "northsouth.egress.flow_logs",
        "check_layout": "northsouth.egress.layout",
        "check_nat": "northsouth.egress.nat_rules",
        "check_network": "northsouth.egress.network_rules",
        "check_network_ids": "northsouth.egress.topology",
        "check_zones": "northsouth.egress.zones",
        "endpoint_metric": "northsouth.egress.metrics",
        "gateway_endpoint_cost": "northsouth.egress.cost",
        "interface_endpoint_cost": "northsouth.egress.cost",
        "nat_bytes_processed": "northsouth.egress.metrics",
        "nat_cost": "northsouth.egress.cost",
        "nat_metric": "northsouth.egress.metrics",
        "path_costs": "northsouth.egress.cost",
    },
)
