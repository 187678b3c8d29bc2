"""Real plans by the real provider against the emulator: what each change creates, updates, replaces and destroys.

``CHANGES`` is the table of docs/egress.md. Everything before a change is applied once, in one stack; then one plan
shows all changes, each in gateways of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.eip import Eip
from cdktf_cdktf_provider_aws.route_table import RouteTable
from constructs import Construct

from northsouth.egress import (
    Addresses,
    Endpoint,
    EndpointPolicy,
    FlowLogs,
    NatGateways,
    NatMode,
    NatQuotas,
    Network,
    PrivateEndpoints,
)
from northsouth.emulator.documented import network
from tests.egress.networks import A, B, C
from tests.egress.test_examples import ZONAL, synthesized
from tests.harness.plugin import skip_or_fail
from tests.harness.provider import ToolMissing
from tests.harness.synth import synth
from tests.harness.terraform import Changes, Terraform, TerraformError

pytestmark = pytest.mark.deploy

QUOTAS = NatQuotas(elastic_ips=99, gateways_per_zone=99, addresses_per_gateway=8, private_addresses_per_gateway=32)


@dataclass(frozen=True)
class Nat:
    """NAT gateways for private route tables of their own in a network of three zones."""

    mode: NatMode
    zones: tuple[str, ...] = (A, B)
    addresses: Addresses | None = None
    partners: Mapping[str, str] = field(default_factory=dict)
    """Given addresses, by zone, as the names of Elastic IPs beside them."""


@dataclass(frozen=True)
class Change:
    """A change of one declaration, and what Terraform makes of it."""

    before: Nat
    after: Nat
    creates: Iterable[str] = ()
    updates: Iterable[str] = ()
    replaces: Iterable[str] = ()
    destroys: Iterable[str] = ()

    @property
    def expected(self) -> dict[str, set[str]]:
        kinds = {
            "creates": self.creates,
            "updates": self.updates,
            "replaces": self.replaces,
            "destroys": self.destroys,
        }
        return {kind: set(names) for kind, names in kinds.items() if names}

    @property
    def releases(self) -> bool:
        return any(name.startswith("addresses") for name in self.destroys)


def each(what: str, *zones: str) -> list[str]:
    return [f"{what}-{zone}" for zone in zones or (A, B)]


PER_AZ, SINGLE = Nat(NatMode.per_az()), Nat(NatMode.single(A))
PRIVATE = Nat(NatMode.private(destinations=("10.0.0.0/8",)))
GIVEN = Nat(NatMode.per_az(), partners={A: "one", B: "two"})
HOLD_A = Addresses.made(hold=[A])
TO_PRIVATE = "ipv4-10000-8"

CHANGES: dict[str, Change] = {
    "per-az-add-zone": Change(
        PER_AZ, replace(PER_AZ, zones=(C, B, A)), creates=[f"addresses {C}", f"gateway-{C}", f"ipv4-{C}"]
    ),
    "single-add-zone": Change(SINGLE, replace(SINGLE, zones=(C, A, B)), creates=[f"ipv4-{C}"]),
    "given-add-zone": Change(
        GIVEN,
        replace(GIVEN, zones=(A, B, C), partners={A: "one", B: "two", C: "three"}),
        creates=[f"gateway-{C}", f"ipv4-{C}"],
    ),
    "private-add-zone": Change(
        PRIVATE, replace(PRIVATE, zones=(A, C, B)), creates=[f"private-gateway-{C}", f"{TO_PRIVATE}-{C}"]
    ),
    "per-az-remove-zone": Change(
        PER_AZ, replace(PER_AZ, zones=(A,)), destroys=[f"addresses {B}", f"gateway-{B}", f"ipv4-{B}"]
    ),
    "single-to-per-az": Change(SINGLE, PER_AZ, creates=[f"addresses {B}", f"gateway-{B}"], updates=[f"ipv4-{B}"]),
    "per-az-to-single": Change(PER_AZ, SINGLE, destroys=[f"addresses {B}", f"gateway-{B}"], updates=[f"ipv4-{B}"]),
    "per-az-to-single-holding": Change(
        PER_AZ, Nat(NatMode.single(B), addresses=HOLD_A), destroys=[f"gateway-{A}"], updates=[f"ipv4-{A}"]
    ),
    "single-elsewhere-holding": Change(
        SINGLE,
        Nat(NatMode.single(B), addresses=HOLD_A),
        creates=[f"addresses {B}", f"gateway-{B}"],
        updates=each("ipv4"),
        destroys=[f"gateway-{A}"],
    ),
    "single-to-none-holding": Change(
        SINGLE, Nat(NatMode.none(), addresses=HOLD_A), destroys=[f"gateway-{A}", *each("ipv4")]
    ),
    "per-az-to-none": Change(
        PER_AZ,
        Nat(NatMode.none()),
        destroys=[f"addresses {A}", f"addresses {B}", *each("gateway"), *each("ipv4")],
    ),
    "given-to-none": Change(GIVEN, Nat(NatMode.none()), destroys=[*each("gateway"), *each("ipv4")]),
    "given-to-private": Change(
        GIVEN,
        Nat(NatMode.private()),
        creates=each("private-gateway"),
        updates=each("ipv4"),
        destroys=each("gateway"),
    ),
    "more-addresses": Change(
        PER_AZ,
        replace(PER_AZ, addresses=Addresses.made(per_gateway=3)),
        creates=[f"addresses {zone}/{number}" for zone in (A, B) for number in (2, 3)],
        updates=each("gateway"),
    ),
    "private-more-addresses": Change(
        PRIVATE,
        Nat(NatMode.private(destinations=("10.0.0.0/8",), secondary_private_ips=9)),
        updates=each(TO_PRIVATE),
        replaces=each("private-gateway"),
    ),
    "other-given-address": Change(
        GIVEN, replace(GIVEN, partners={A: "one", B: "three"}), updates=[f"ipv4-{B}"], replaces=[f"gateway-{B}"]
    ),
    "made-to-given": Change(
        PER_AZ,
        GIVEN,
        updates=each("ipv4"),
        replaces=each("gateway"),
        destroys=[f"addresses {A}", f"addresses {B}"],
    ),
}


def document(
    gateways: Mapping[str, Nat], *, release: Iterable[str] = (), zones: Iterable[str] = (A, B)
) -> dict[str, Any]:
    """Synthesize one stack: a network with everything in ``zones``, and one of three zones for all ``gateways``."""

    def build(stack: TerraformStack) -> None:
        scope = Construct(stack, "whole")
        network = Network(
            scope,
            "network",
            cidr="10.0.0.0/16",
            zones=list(zones),
            flow_logs=FlowLogs.to_cloudwatch(),
            tags={"team": "network"},
        )
        NatGateways(
            scope, "nat", network=network, mode=NatMode.per_az(), quotas=QUOTAS, release_addresses="whole" in release
        )
        PrivateEndpoints(
            scope,
            "private",
            network=network,
            endpoints=[
                Endpoint.gateway("s3", policy=EndpointPolicy.within_accounts("123456789012")),
                Endpoint.interface("ecr.api"),
            ],
        )
        shared = Network(
            stack, "shared", cidr="10.1.0.0/16", zones=[A, B, C], tiers=("public", "private", "isolated")
        ).ids
        for name, nat in gateways.items():
            scope = Construct(stack, name)
            tables = {zone: RouteTable(scope, f"table-{zone}", vpc_id=shared.vpc_id).id for zone in nat.zones}
            change = CHANGES[name]
            owned = {*change.before.partners.values(), *change.after.partners.values()}
            partners = {partner: Eip(scope, f"partner-{partner}", domain="vpc").id for partner in sorted(owned)}
            given = {zone: partners[partner] for zone, partner in nat.partners.items()}
            NatGateways(
                scope,
                "nat",
                network=replace(shared, private_route_tables=tables),
                mode=nat.mode,
                addresses=Addresses.given(given) if given else nat.addresses,
                release_addresses=name in release,
                quotas=QUOTAS,
            )

    return synth(build)


def short(address: str) -> tuple[str, str]:
    """Tell change and resource: ``aws_route.NAME_nat_ipv4-us-east-1a_1B2C3D4E`` is ``NAME``, ``ipv4-us-east-1a``."""
    match = re.fullmatch(r'\w+\.(?P<owner>[a-z-]+)_(?P<name>.+)_[0-9A-F]{8}(\["(?P<key>.+)"\])?', address)
    assert match, address
    return match["owner"], match["name"].removeprefix("nat_") + (f" {match['key']}" if match["key"] else "")


def by_owner(changes: Changes) -> dict[str, dict[str, set[str]]]:
    """Return what a plan does, by owner and kind, without the route tables that the test itself makes."""
    found: dict[str, dict[str, set[str]]] = {}
    for kind in ("creates", "updates", "replaces", "destroys"):
        for address in getattr(changes, kind):
            owner, name = short(address)
            if not name.startswith("table-"):
                found.setdefault(owner, {}).setdefault(kind, set()).add(name)
    return found


BEFORE = {name: change.before for name, change in CHANGES.items()}
AFTER = {name: change.after for name, change in CHANGES.items()}
RELEASING = [name for name, change in CHANGES.items() if change.releases]


@pytest.fixture(scope="module")
def raised_quota() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(network.QUOTA, "100")
        yield


@pytest.fixture(scope="module")
def deployed(aws_emulator_server: Any, tmp_path_factory: pytest.TempPathFactory, raised_quota: None) -> Terraform:  # noqa: ARG001
    aws_emulator_server.reset()
    try:
        terraform = Terraform(tmp_path_factory.mktemp("egress"), document(BEFORE), aws_emulator_server.endpoint)
    except ToolMissing as missing:
        skip_or_fail(missing)
        raise
    terraform.apply()
    return terraform


@pytest.fixture(scope="module")
def planned(deployed: Terraform) -> dict[str, dict[str, set[str]]]:
    deployed.write(document(AFTER, release=RELEASING, zones=(C, A, B)))
    return by_owner(deployed.plan("-refresh=false"))


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_touches_only_what_it_must(planned: dict[str, dict[str, set[str]]], name: str) -> None:
    assert planned[name] == CHANGES[name].expected


def test_adding_a_zone_to_a_whole_network_replaces_and_destroys_nothing(
    planned: dict[str, dict[str, set[str]]],
) -> None:
    assert set(planned["whole"]) == {"creates", "updates"}
    # Endpoints are the one thing that grows in place: they get the new zone's subnet and route table.
    assert planned["whole"]["updates"] == {"private_s3-gateway", "private_ecrapi-interface"}
    assert {f"addresses {C}", f"gateway-{C}", f"ipv4-{C}"} < planned["whole"]["creates"]
    assert all(C in name for name in planned["whole"]["creates"])
    assert "shared" not in planned


def test_what_was_applied_needs_nothing_more_even_with_zones_in_another_order(deployed: Terraform) -> None:
    reordered = {name: replace(nat, zones=nat.zones[::-1]) for name, nat in BEFORE.items()}
    deployed.write(document(reordered, zones=(B, A)))
    assert str(deployed.plan()) == "no changes"


def test_a_plan_that_would_release_a_protected_address_fails(deployed: Terraform) -> None:
    deployed.write(document(AFTER))
    with pytest.raises(TerraformError) as caught:
        deployed.plan("-refresh=false")
    text = re.sub(r"\s*[│╷╵]?\s+", " ", str(caught.value))
    named = re.findall(r'Resource (aws_eip\.\S+"\]) has lifecycle\.prevent_destroy set', text)
    assert {short(address)[0] for address in named} == set(RELEASING)


def test_every_example_is_valid_for_the_provider(deployed: Terraform) -> None:
    merged: dict[str, Any] = json.loads(synthesized(ZONAL[0]))
    merged |= {"resource": {}, "data": {}}
    merged.pop("output", None)
    for example in ZONAL:
        text = synthesized(example)
        declared = json.loads(text)
        for name in {
            name for mode in ("resource", "data") for kind in declared.get(mode, {}).values() for name in kind
        }:
            text = re.sub(rf"\b{re.escape(name)}\b", f"{example}_{name}", text)
        for mode in ("resource", "data"):
            for kind, blocks in json.loads(text).get(mode, {}).items():
                merged[mode].setdefault(kind, {}).update(blocks)
    deployed.write(merged)
    deployed.validate()


def test_destroy_leaves_nothing_once_addresses_are_released(deployed: Terraform, aws_emulator_server: Any) -> None:
    deployed.write(document(BEFORE, release=["whole", *BEFORE]))
    deployed.destroy()
    ec2 = aws_emulator_server.client("ec2")
    assert ec2.describe_addresses()["Addresses"] == []
    assert {gateway["State"] for gateway in ec2.describe_nat_gateways()["NatGateways"]} <= {"deleted"}
    assert all(vpc["IsDefault"] for vpc in ec2.describe_vpcs()["Vpcs"])
    assert {endpoint["State"] for endpoint in ec2.describe_vpc_endpoints()["VpcEndpoints"]} <= {"deleted"}
