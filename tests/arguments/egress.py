"""The arguments of `northsouth.egress`."""

from __future__ import annotations

from typing import Any

from cdktf import TerraformStack

from northsouth.egress import (
    Addresses,
    CidrLayout,
    EgressAnalysis,
    Endpoint,
    EndpointPolicy,
    EndpointServices,
    FlowLogs,
    NatGateways,
    NatMode,
    NatQuotas,
    Network,
    Prices,
    PrivateEndpoints,
    Tier,
    VpcFlowLog,
)
from tests.arguments.entries import Entry, Late, also, construct, method, value
from tests.egress.networks import ALLOCATION, OTHER_ALLOCATION, A, B, existing

BUCKET = "arn:aws:s3:::flows"
DUAL = existing(A, B, ipv6=True, ipv6_cidr_blocks=("2001:db8::/56",))
CONFIGURATION = "arn:aws:vpc-lattice:us-east-1:123456789012:resourceconfiguration/rcfg-"
SERVICE_NETWORK = "arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/sn-"
SINGLE = NatMode.single(A)
IDS = {A: "subnet-10000000"}


def gateways(stack: TerraformStack, **arguments: Any) -> NatGateways:
    return NatGateways(stack, "it", **{"network": DUAL, "mode": NatMode.per_az(), "ipv6_egress": True, **arguments})


def network(stack: TerraformStack, layout: CidrLayout) -> Network:
    tiers = ("public", "private", "isolated")
    made = Network(stack, "it", cidr="10.0.0.0/16", zones=[A], tiers=tiers, layout=layout, ipv6=True)
    NatGateways(stack, "nat", network=made, mode=NatMode.none(), ipv6_egress=False)
    return made


def endpoints(stack: TerraformStack, *given: Endpoint) -> PrivateEndpoints:
    return PrivateEndpoints(stack, "it", network=DUAL, endpoints=list(given))


def flow_log(stack: TerraformStack, logs: FlowLogs) -> VpcFlowLog:
    return VpcFlowLog(stack, "it", vpc_id="vpc-12345678", logs=logs)


def analysis(stack: TerraformStack, **arguments: Any) -> EgressAnalysis:
    usual = {
        "name": "egress",
        "network": existing(A, B),
        "nat": NatGateways(stack, "nat", network=existing(A, B), mode=NatMode.per_az()),
        "logs": FlowLogs.for_egress(BUCKET),
        "bucket_name": "egress-tables",
        "since": "2026/01/01",
    }
    return EgressAnalysis(stack, "it", **{**usual, **arguments})


def existing_network(stack: TerraformStack, ids: Any) -> None:
    """Declare what reads each part of an existing network."""
    NatGateways(stack, "nat", network=ids, mode=SINGLE, nat64=ids.dns64, ipv6_egress=ids.ipv6)
    PrivateEndpoints(stack, "public", network=ids, endpoints=[Endpoint.gateway("s3", route_tiers=["public"])])
    isolated = [Endpoint.gateway("s3", route_tiers=["isolated"]), Endpoint.interface("sts", tier="isolated")]
    PrivateEndpoints(stack, "isolated", network=ids, endpoints=isolated)
    PrivateEndpoints(stack, "private", network=ids, endpoints=[Endpoint.interface("kms")])


NETWORK = {
    "vpc_id": "vpc-12345678",
    "public_subnets": IDS,
    "private_subnets": {A: "subnet-20000000"},
    "isolated_subnets": {A: "subnet-30000000"},
    "public_route_tables": {A: "rtb-10000000"},
    "private_route_tables": {A: "rtb-20000000"},
    "isolated_route_tables": {A: "rtb-30000000"},
    "cidr_blocks": ["10.0.0.0/16"],
    "ipv6": True,
    "ipv6_cidr_blocks": ["2001:db8::/56"],
    "dns64": True,
}

ENTRIES: list[Entry] = [
    construct(
        Network,
        {
            "cidr": "10.0.0.0/16",
            "zones": [A],
            "tiers": ("public", "private"),
            "ipv6": True,
            "flow_logs": FlowLogs.to_cloudwatch(),
        },
        changes={
            "cidr": "10.1.0.0/16",
            "zones": [B],
            "tiers": ("public", "private", "isolated"),
            "layout": CidrLayout.by_letter(reserved_zones=4),
            "flow_logs": FlowLogs.to_s3(BUCKET),
            "subnet_tags": {"public": {"a": "b"}},
            "name": "hub",
            "names": {"aws_vpc": {"it": "legacy"}},
        },
        then=lambda made: NatGateways(
            TerraformStack.of(made),
            "nat",
            network=made,
            mode=NatMode.per_az(),
            nat64=made.ids.dns64,
            ipv6_egress=made.ids.ipv6,
            provider=made.vpc.provider,
        ),
    ),
    method(
        Network.existing,
        lambda _: Network,
        NETWORK,
        changes={
            "vpc_id": "vpc-87654321",
            "public_subnets": {A: "subnet-11111111"},
            "private_subnets": {A: "subnet-21111111"},
            "isolated_subnets": {A: "subnet-31111111"},
            "public_route_tables": {A: "rtb-11111111"},
            "private_route_tables": {A: "rtb-21111111"},
            "isolated_route_tables": {A: "rtb-31111111"},
            "cidr_blocks": ["10.9.0.0/16"],
            "ipv6": also(False, dns64=False),
            "ipv6_cidr_blocks": ["2001:db8:1::/56"],
        },
        then=existing_network,
    ),
    construct(
        NatGateways,
        {"network": DUAL, "mode": NatMode.per_az(), "ipv6_egress": True},
        everything={
            "mode": SINGLE,
            "addresses": Addresses.given({A: [ALLOCATION, OTHER_ALLOCATION]}),
            "nat64": True,
        },
        changes={
            "network": also(existing(A), ipv6_egress=False),
            "mode": SINGLE,
            "addresses": Addresses.made(per_gateway=2),
            "name": "hub",
            "names": {"aws_nat_gateway": {f"it-{A}": "legacy"}},
            "output": "ips",
        },
        unseen={"quotas": "decides what is accepted: tests/egress/test_nat_rules.py"},
    ),
    construct(
        PrivateEndpoints,
        {"network": DUAL, "endpoints": [Endpoint.interface("sts")]},
        changes={
            "network": existing(A),
            "endpoints": [Endpoint.interface("kms")],
            "security_group_ids": ["sg-12345678"],
            "client_cidrs": ["10.9.0.0/16"],
            "name": "hub",
            "names": {"aws_vpc_endpoint": {"it-sts": "legacy"}},
        },
        unseen={"services": "decides what is accepted: tests/egress/test_endpoint_services.py"},
    ),
    construct(
        VpcFlowLog,
        {"vpc_id": "vpc-12345678", "logs": FlowLogs.to_cloudwatch()},
        changes={"vpc_id": "vpc-87654321", "logs": FlowLogs.to_s3(BUCKET)},
    ),
    construct(
        EgressAnalysis,
        {
            "name": "egress",
            "network": existing(A, B),
            "nat": Late(lambda stack: NatGateways(stack, "nat", network=existing(A, B), mode=NatMode.per_az())),
            "logs": FlowLogs.for_egress(BUCKET),
            "bucket_name": "egress-tables",
            "since": "2026/01/01",
            "query_logs": "s3://queries/vpc/",
            "prices": Prices(),
        },
        changes={
            "name": "nat",
            "network": existing(A, B, cidr_blocks=("10.1.0.0/16",)),
            "nat": Late(lambda stack: NatGateways(stack, "nat", network=existing(A, B), mode=SINGLE)),
            "logs": FlowLogs.for_egress(BUCKET, scope="vpc"),
            "bucket_name": "other-tables",
            "since": "2026/02/01",
            "query_logs": "s3://queries/other/",
            "results_bucket_name": "other-results",
            "twins": {"cdn.example.com": "cdn.internal.example.com"},
            "prices": Prices(nat_gb=0.1),
            "scan_limit_bytes": 10**10,
            "kms_key_arn": "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012",
            "record_kms_key_arns": ["arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789013"],
            "hour": 5,
            "enabled": False,
        },
    ),
    value(
        Prices,
        lambda stack, it: analysis(stack, prices=it),
        changes={
            "nat_gateway_hour": 0.1,
            "nat_gb": 0.1,
            "endpoint_hour": 0.1,
            "endpoint_gb": 0.1,
            "cross_zone_gb": 0.1,
            "internet_gb": 0.1,
            "public_ipv4_hour": 0.1,
            "bytes_per_gb": 2**30,
        },
        unseen=dict.fromkeys(("region", "as_of", "source"), "is what reports say: tests/egress/test_prices.py"),
    ),
    value(
        Tier,
        lambda stack, it: analysis(stack, prices=Prices(nat_gb=(it,))),
        {"usd_per_gb": 0.05},
        changes={"usd_per_gb": 0.1},
        unseen={"up_to_gb": "queries take the first tier's price: tests/egress/test_prices.py"},
    ),
    value(
        FlowLogs.for_egress,
        lambda stack, it: analysis(stack, logs=it),
        {"bucket_arn": BUCKET},
        changes={
            "bucket_arn": f"{BUCKET}-more",
            "scope": "vpc",
            "aggregation_seconds": 600,
            "fields": ("interface-id", "srcaddr", "dstaddr", "pkt-srcaddr", "pkt-dstaddr", "bytes", "start", "end"),
        },
    ),
    value(
        FlowLogs.to_s3,
        flow_log,
        {"bucket_arn": BUCKET},
        changes={
            "bucket_arn": f"{BUCKET}/folder",
            "traffic_type": "REJECT",
            "aggregation_seconds": 60,
            "fields": ("version",),
            "file_format": "parquet",
        },
    ),
    value(
        FlowLogs.to_cloudwatch,
        flow_log,
        changes={
            "retention_days": 30,
            "kms_key_arn": "arn:aws:kms:us-east-1:1:key/k",
            "log_group_name": "/legacy",
            "traffic_type": "REJECT",
            "aggregation_seconds": 60,
            "fields": ("version",),
        },
    ),
    value(NatMode.single, lambda stack, it: gateways(stack, mode=it), {"zone": A}, changes={"zone": B}),
    value(
        NatMode.private,
        lambda stack, it: gateways(stack, mode=it),
        changes={
            "zone": B,
            "tier": "public",
            "destinations": ("10.0.0.0/8",),
            "private_ips": {A: "10.0.16.9"},
            "secondary_private_ips": 2,
        },
    ),
    value(
        Addresses.made,
        lambda stack, it: gateways(stack, mode=SINGLE, addresses=it),
        changes={"per_gateway": 2, "hold": [B], "ipam_pool_id": "ipam-pool-0123456789abcdef0"},
    ),
    value(
        Addresses.given,
        lambda stack, it: gateways(stack, mode=SINGLE, addresses=it),
        {"by_zone": {A: [ALLOCATION]}},
        changes={"by_zone": {A: [OTHER_ALLOCATION]}},
    ),
    value(CidrLayout.by_letter, network, changes={"reserved_zones": 4, "slots": {A: 2}}),
    value(
        CidrLayout.explicit,
        network,
        {"public": {A: "10.0.0.0/24"}, "private": {A: "10.0.1.0/24"}, "isolated": {A: "10.0.2.0/24"}},
        changes={
            "public": {A: "10.0.4.0/24"},
            "private": {A: "10.0.5.0/24"},
            "isolated": {A: "10.0.6.0/24"},
            "slots": {A: 2},
        },
    ),
    value(
        Endpoint.gateway,
        endpoints,
        {"service": "s3"},
        changes={
            "service": "dynamodb",
            "policy": EndpointPolicy.within_accounts("123456789012"),
            "route_tiers": ["public"],
        },
    ),
    value(
        Endpoint.interface,
        endpoints,
        {"service": "sts"},
        changes={
            "service": "kms",
            "policy": EndpointPolicy.within_organization("o-0123456789"),
            "tier": "isolated",
            "zones": [A],
            "name": "tokens",
            "ip_address_type": "dualstack",
            "private_dns_only_for_inbound_resolver_endpoint": also(True, service="s3"),
            "service_region": "eu-west-1",
            "ports": [8443],
        },
    ),
    *[
        value(
            make,
            endpoints,
            {arn: f"{prefix}0123456789abcdef0", "name": "orders", **base},
            changes={
                arn: f"{prefix}0123456789abcdef1",
                "name": "sales",
                "ports": [5433],
                "private_dns": True,
                "tier": "isolated",
                "zones": [A],
                "ip_address_type": "dualstack",
            },
        )
        for make, arn, prefix, base in (
            (Endpoint.resource, "resource_configuration_arn", CONFIGURATION, {"ports": [5432]}),
            (Endpoint.service_network, "service_network_arn", SERVICE_NETWORK, {}),
        )
    ],
    *[
        value(make, lambda stack, it: endpoints(stack, Endpoint.gateway("s3", policy=it)), base, changes=changes)
        for make, base, changes in (
            (
                EndpointPolicy.of,
                {"document": {"Statement": []}},
                {"document": {"Statement": [{"Effect": "Allow"}]}},
            ),
            (
                EndpointPolicy.within_accounts,
                {"accounts": ["123456789012"]},
                {"accounts": ["210987654321"], "also": ["arn:aws:s3:::b/*"]},
            ),
            (
                EndpointPolicy.within_organization,
                {"organization": "o-0123456789"},
                {"organization": "o-9876543210", "also": ["arn:aws:s3:::b/*"]},
            ),
        )
    ],
    value(
        NatQuotas,
        lambda stack, it: gateways(stack, quotas=it),
        unseen=dict.fromkeys(
            ("gateways_per_zone", "elastic_ips", "addresses_per_gateway", "private_addresses_per_gateway"),
            "decides what is accepted: tests/egress/test_nat_rules.py",
        ),
    ),
]

READS = {
    EndpointServices.named: "returns a service: tests/egress/test_endpoint_services.py",
    EndpointServices.of: "decides what is accepted: tests/egress/test_endpoint_services.py",
    EndpointServices.read: "decides what is accepted: tests/egress/test_endpoint_services.py",
    NatGateways.bytes_processed: "returns metrics: tests/egress/test_metrics.py",
    NatGateways.gateway_id: "returns an id: tests/egress/test_nat_gateways.py",
    NatGateways.metric: "returns metrics: tests/egress/test_metrics.py",
    PrivateEndpoints.metric: "returns metrics: tests/egress/test_metrics.py",
}
"""Methods that declare nothing."""
