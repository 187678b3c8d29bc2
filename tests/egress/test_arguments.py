"""Every public argument reaches the synthesized JSON: changing one changes the output."""

import functools
import inspect
from collections.abc import Mapping
from typing import Any

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct

from northsouth.egress import (
    Addresses,
    CidrLayout,
    Endpoint,
    EndpointPolicy,
    FlowLogs,
    NatGateways,
    NatMode,
    NatQuotas,
    Network,
    PrivateEndpoints,
    VpcFlowLog,
)
from tests.egress.networks import ALLOCATION, OTHER_ALLOCATION, A, B, existing
from tests.harness.synth import synth

BUCKET = "arn:aws:s3:::flows"
DUAL = existing(A, B, ipv6=True)

BASES: dict[Any, dict[str, Any]] = {
    Network: {
        "cidr": "10.0.0.0/16",
        "zones": [A],
        "tiers": ("public", "private"),
        "ipv6": True,
        "subnet_tags": {},
        "tags": {},
    },
    NatGateways: {"network": DUAL, "mode": NatMode.per_az()},
    PrivateEndpoints: {"network": DUAL, "endpoints": [Endpoint.interface("sts")]},
    VpcFlowLog: {"vpc_id": "vpc-12345678", "logs": FlowLogs.to_s3(BUCKET)},
}

CHANGES: dict[Any, dict[str, Any]] = {
    Network: {
        "cidr": "10.1.0.0/16",
        "zones": [B],
        "tiers": ("public", "private", "isolated"),
        "layout": CidrLayout.by_letter(reserved_zones=4),
        "ipv6": False,
        "dns64": True,
        "public_ip_on_launch": True,
        "flow_logs": FlowLogs.to_s3(BUCKET),
        "subnet_tags": {"public": {"a": "b"}},
        "name": "hub",
        "tags": {"a": "b"},
    },
    NatGateways: {
        "network": existing(A),
        "mode": NatMode.single(A),
        "addresses": Addresses.made(per_gateway=2),
        "release_addresses": True,
        "nat64": True,
        "ipv6_egress": True,
        "name": "hub",
        "output": "ips",
        "tags": {"a": "b"},
    },
    PrivateEndpoints: {
        "network": existing(A),
        "endpoints": [Endpoint.interface("kms")],
        "security_group_ids": ["sg-12345678"],
        "client_cidrs": ["10.9.0.0/16"],
        "name": "hub",
        "tags": {"a": "b"},
    },
    VpcFlowLog: {"vpc_id": "vpc-87654321", "logs": FlowLogs.to_cloudwatch(), "tags": {"a": "b"}},
}

RULES_ONLY = {(NatGateways, "quotas")}
"""Arguments that decide what is accepted, and declare nothing; test_nat_rules shows what they do."""


def declared(construct: Any, arguments: Mapping[str, Any]) -> dict[str, Any]:
    return synth(lambda stack: construct(stack, "it", **arguments))


@functools.cache
def base(construct: Any) -> dict[str, Any]:
    return declared(construct, BASES[construct])


@pytest.mark.parametrize("construct", BASES)
def test_no_argument_is_forgotten_here(construct: Any) -> None:
    known = set(inspect.signature(construct.__init__).parameters) - {"self", "scope", "id", "provider"}
    untested = {name for where, name in RULES_ONLY if where is construct}
    assert set(CHANGES[construct]) | untested == known


@pytest.mark.parametrize(("construct", "name"), [(c, name) for c, changes in CHANGES.items() for name in changes])
def test_changing_an_argument_changes_the_output(construct: Any, name: str) -> None:
    assert declared(construct, {**BASES[construct], name: CHANGES[construct][name]}) != base(construct)


@pytest.mark.parametrize("construct", BASES)
def test_the_provider_reaches_every_resource(construct: Any) -> None:
    def build(stack: TerraformStack) -> Construct:
        other = AwsProvider(stack, "other", region="us-east-1", alias="other")
        arguments = dict(BASES[construct])
        if construct is NatGateways:
            given = Addresses.given({A: [ALLOCATION, OTHER_ALLOCATION]})
            arguments |= {"mode": NatMode.single(A), "addresses": given, "nat64": True, "ipv6_egress": True}
        if construct is Network:
            arguments |= {"flow_logs": FlowLogs.to_cloudwatch()}
        return construct(stack, "it", **arguments, provider=other)

    document = synth(build)
    every = {**document["resource"], **document.get("data", {})}
    assert {resource.get("provider") for each in every.values() for resource in each.values()} == {"aws.other"}


VALUES: list[tuple[Any, str, Any, Any]] = [
    *[
        (FlowLogs.to_s3, name, change, lambda value: (VpcFlowLog, {"logs": value}))
        for name, change in {
            "bucket_arn": f"{BUCKET}/folder",
            "traffic_type": "REJECT",
            "aggregation_seconds": 60,
            "fields": ("version",),
            "file_format": "parquet",
            "hive_partitions": True,
            "hourly_partitions": True,
        }.items()
    ],
    *[
        (FlowLogs.to_cloudwatch, name, change, lambda value: (VpcFlowLog, {"logs": value}))
        for name, change in {
            "retention_days": 30,
            "kms_key_arn": "arn:aws:kms:us-east-1:1:key/k",
            "traffic_type": "REJECT",
            "aggregation_seconds": 60,
            "fields": ("version",),
        }.items()
    ],
    *[
        (NatMode.private, name, change, lambda value: (NatGateways, {"mode": value}))
        for name, change in {
            "zone": B,
            "tier": "public",
            "destinations": ("10.0.0.0/8",),
            "private_ips": {A: "10.0.16.9"},
            "secondary_private_ips": 2,
        }.items()
    ],
    *[
        (Addresses.made, name, change, lambda value: (NatGateways, {"mode": NatMode.single(A), "addresses": value}))
        for name, change in {"per_gateway": 2, "hold": [B]}.items()
    ],
    *[
        (Endpoint.gateway, name, change, lambda value: (PrivateEndpoints, {"endpoints": [value]}))
        for name, change in {
            "service": "dynamodb",
            "policy": EndpointPolicy.within_accounts("123456789012"),
            "route_tiers": ["public"],
        }.items()
    ],
    *[
        (Endpoint.interface, name, change, lambda value: (PrivateEndpoints, {"endpoints": [value]}))
        for name, change in {
            "service": "kms",
            "policy": EndpointPolicy.within_organization("o-0123456789", also=["arn:aws:s3:::b/*"]),
            "private_dns": False,
            "tier": "isolated",
            "zones": [A],
            "name": "tokens",
        }.items()
    ],
]

FIRST: dict[Any, tuple[Any, ...]] = {
    FlowLogs.to_s3: (BUCKET,),
    Endpoint.gateway: ("s3",),
    Endpoint.interface: ("sts",),
}


@pytest.mark.parametrize(("make", "name", "change", "place"), VALUES)
def test_changing_a_value_object_changes_the_output(make: Any, name: str, change: Any, place: Any) -> None:
    named = inspect.signature(make).bind(*FIRST.get(make, ())).arguments
    construct, arguments = place(make(**named))
    _, changed = place(make(**{**named, name: change}))
    assert declared(construct, {**BASES[construct], **arguments}) != declared(
        construct, {**BASES[construct], **changed}
    )


def test_no_option_of_a_value_object_is_forgotten_here() -> None:
    for make in {make for make, *_ in VALUES}:
        assert set(inspect.signature(make).parameters) == {name for other, name, *_ in VALUES if other == make}


def test_quotas_decide_what_is_accepted() -> None:
    quotas = NatQuotas(elastic_ips=6, addresses_per_gateway=3)
    declared(NatGateways, {**BASES[NatGateways], "addresses": Addresses.made(per_gateway=3), "quotas": quotas})
