"""What each NAT mode synthesizes, and that zones and modes share keys."""

from dataclasses import replace
from typing import Any

import pytest
from cdktf import TerraformOutput, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider

from northsouth.egress import Addresses, NatGateways, NatMode, NatQuotas, Network
from northsouth.egress.nat_gateways import regional_supported
from northsouth.errors import ConfigurationError
from tests.egress.networks import ALLOCATION, OTHER_ALLOCATION, A, B, C, existing
from tests.harness.synth import resources, synth

needs_regional = pytest.mark.skipif(not regional_supported(), reason="these bindings know no regional NAT gateway")


def build(mode: NatMode, *zones: str, network: Any = None, **given: Any) -> dict[str, Any]:
    ids = network or existing(*(zones or (A, B)))
    return synth(lambda stack: NatGateways(stack, "nat", network=ids, mode=mode, **given))


def addressed(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return every resource instance by address, ``for_each`` members told apart."""
    found: dict[str, dict[str, Any]] = {}
    for kind, each in document.get("resource", {}).items():
        for name, value in each.items():
            for key in value.get("for_each", {"": None}):
                found[f"{kind}.{name}[{key}]"] = {k: v for k, v in value.items() if k != "for_each"}
    return found


def only(document: dict[str, Any], kind: str) -> dict[str, Any]:
    [found] = resources(document, kind).values()
    return dict(found)


def test_per_az_routes_each_zone_to_its_own_gateway_and_address() -> None:
    document = build(NatMode.per_az(), tags={"team": "network"}, name="hub")
    eips = only(document, "aws_eip")
    [name] = resources(document, "aws_eip")
    assert eips == {
        "domain": "vpc",
        "for_each": {A: "us-east-1", B: "us-east-1"},
        "lifecycle": {"prevent_destroy": True},
        "tags": {"Name": "hub-${each.key}", "team": "network"},
    }
    gateways = resources(document, "aws_nat_gateway")
    by_zone = {gateway["tags"]["Name"]: gateway for gateway in gateways.values()}
    assert by_zone[f"hub-{B}"] == {
        "allocation_id": f'${{aws_eip.{name}["{B}"].allocation_id}}',
        "connectivity_type": "public",
        "subnet_id": "subnet-10000001",
        "tags": {"Name": f"hub-{B}", "team": "network"},
    }
    routes = {route["route_table_id"]: route for route in resources(document, "aws_route").values()}
    for number, zone in enumerate((A, B)):
        [gateway_name] = [key for key, gateway in gateways.items() if gateway is by_zone[f"hub-{zone}"]]
        assert routes[f"rtb-2000000{number}"] == {
            "destination_cidr_block": "0.0.0.0/0",
            "nat_gateway_id": f"${{aws_nat_gateway.{gateway_name}.id}}",
            "route_table_id": f"rtb-2000000{number}",
        }


def test_single_sends_every_zone_to_the_one_gateway() -> None:
    document = build(NatMode.single(B))
    [gateway] = resources(document, "aws_nat_gateway")
    routes = resources(document, "aws_route").values()
    assert {route["nat_gateway_id"] for route in routes} == {f"${{aws_nat_gateway.{gateway}.id}}"}
    assert len(routes) == 2
    assert only(document, "aws_eip")["for_each"] == {B: "us-east-1"}


def test_none_has_no_gateway_and_no_route_but_still_guards_addresses() -> None:
    document = build(NatMode.none())
    assert set(document["resource"]) == {"aws_eip"}
    assert only(document, "aws_eip")["for_each"] == {}
    assert only(document, "aws_eip")["lifecycle"] == {"prevent_destroy": True}
    assert "output" not in document


def test_a_named_output_is_there_in_every_mode() -> None:
    for mode in (NatMode.none(), NatMode.private()):
        assert build(mode, output="ips")["output"]["ips"]["value"] == {}


def test_released_addresses_leave_nothing_behind() -> None:
    assert "resource" not in build(NatMode.none(), release_addresses=True)
    eips = only(build(NatMode.single(A), release_addresses=True), "aws_eip")
    assert eips["lifecycle"] == {"prevent_destroy": False}


@pytest.mark.parametrize("mode", [NatMode.none(), NatMode.single(A)])
def test_held_addresses_stay_without_a_gateway(mode: NatMode) -> None:
    document = build(mode, addresses=Addresses.made(hold=[A, B]))
    assert only(document, "aws_eip")["for_each"] == {A: "us-east-1", B: "us-east-1"}
    assert len(resources(document, "aws_nat_gateway")) == (mode.kind == "single")


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        ((NatMode.per_az(), [A, B]), (NatMode.per_az(), [C, B, A])),
        ((NatMode.single(A), [A, B]), (NatMode.single(A), [C, A, B])),
        ((NatMode.private(), [A, B]), (NatMode.private(), [A, C, B])),
    ],
)
def test_adding_a_zone_leaves_every_other_resource_as_it_was(
    smaller: tuple[NatMode, list[str]], larger: tuple[NatMode, list[str]]
) -> None:
    before, after = (addressed(build(mode, *zones)) for mode, zones in (smaller, larger))
    assert before.items() <= after.items()
    assert len(before) < len(after)


def test_zones_in_another_order_are_the_same_gateways() -> None:
    assert build(NatMode.per_az(), A, B, C) == build(NatMode.per_az(), C, A, B)


def test_between_single_and_per_az_gateway_and_address_that_stay_are_kept() -> None:
    single, per_az = addressed(build(NatMode.single(A))), addressed(build(NatMode.per_az()))
    gone = single.keys() - per_az.keys()
    changed = {address for address in single.keys() & per_az.keys() if single[address] != per_az[address]}
    assert not gone
    assert [address.partition("-us-east")[0].partition("_ipv4")[0] for address in changed] == ["aws_route.nat"]


def test_secondary_addresses_are_made() -> None:
    quotas = NatQuotas(addresses_per_gateway=8, elastic_ips=8)
    document = build(NatMode.single(A), addresses=Addresses.made(per_gateway=8), quotas=quotas)
    [name] = resources(document, "aws_eip")
    gateway = only(document, "aws_nat_gateway")
    assert gateway["allocation_id"] == f'${{aws_eip.{name}["{A}"].allocation_id}}'
    assert gateway["secondary_allocation_ids"] == [
        f'${{aws_eip.{name}["{A}/{number}"].allocation_id}}' for number in range(2, 9)
    ]


def test_given_addresses_are_used_and_their_public_ips_looked_up() -> None:
    document = build(NatMode.single(A), addresses=Addresses.given({A: [ALLOCATION, OTHER_ALLOCATION]}))
    gateway = only(document, "aws_nat_gateway")
    assert gateway["allocation_id"] == ALLOCATION
    assert gateway["secondary_allocation_ids"] == [OTHER_ALLOCATION]
    [lookup] = document["data"]["aws_eip"].values()
    assert lookup == {"id": OTHER_ALLOCATION}
    [output] = document["output"].values()
    [ips] = output["value"].values()
    assert [ip.partition(".")[0] for ip in ips] == ["${aws_nat_gateway", "${data"]
    assert only(document, "aws_eip")["for_each"] == {}


def test_the_output_lists_public_ips_by_zone() -> None:
    document = build(NatMode.per_az(), output="nat_ips", name="hub")
    [name] = resources(document, "aws_eip")
    assert document["output"] == {
        "nat_ips": {
            "description": "Public IPv4 addresses that hub sends from, for allow lists.",
            "value": {zone: [f'${{aws_eip.{name}["{zone}"].public_ip}}'] for zone in (A, B)},
        }
    }


def test_private_gateways_have_no_address_and_route_only_what_is_asked() -> None:
    mode = NatMode.private(
        destinations=("10.0.0.0/8", "172.16.0.0/12"), private_ips={A: "10.0.16.9"}, secondary_private_ips=3
    )
    document = build(mode)
    gateways = {gateway["tags"]["Name"]: gateway for gateway in resources(document, "aws_nat_gateway").values()}
    assert gateways[f"nat-{A}"] == {
        "connectivity_type": "private",
        "private_ip": "10.0.16.9",
        "secondary_private_ip_address_count": 3,
        "subnet_id": "subnet-30000000",
        "tags": {"Name": f"nat-{A}"},
    }
    assert "private_ip" not in gateways[f"nat-{B}"]
    routes = resources(document, "aws_route").values()
    assert sorted(route["destination_cidr_block"] for route in routes) == ["10.0.0.0/8"] * 2 + ["172.16.0.0/12"] * 2
    assert "output" not in document
    assert len(resources(build(NatMode.private(zone=B, tier="public")), "aws_nat_gateway")) == 1


def test_ipv6_leaves_by_the_egress_only_gateway_and_nat64_by_nat() -> None:
    document = build(NatMode.single(A), network=existing(A, B, ipv6=True), nat64=True, ipv6_egress=True)
    by_destination: dict[str, list[dict[str, Any]]] = {}
    for route in resources(document, "aws_route").values():
        by_destination.setdefault(route.get("destination_ipv6_cidr_block", "ipv4"), []).append(route)
    assert {key: len(found) for key, found in by_destination.items()} == {"ipv4": 2, "::/0": 2, "64:ff9b::/96": 2}
    assert all("nat_gateway_id" in route for route in by_destination["64:ff9b::/96"])
    assert all(
        route["egress_only_gateway_id"].startswith("${aws_egress_only_internet_gateway.")
        for route in by_destination["::/0"]
    )
    assert only(document, "aws_egress_only_internet_gateway")["vpc_id"] == "vpc-12345678"


def test_addresses_in_a_local_zone_come_from_its_border_group() -> None:
    network = existing("us-west-2a", "us-west-2-lax-1b")
    document = synth(
        lambda stack: NatGateways(stack, "nat", network=network, mode=NatMode.per_az()), region="us-west-2"
    )
    eips = only(document, "aws_eip")
    assert eips["for_each"] == {"us-west-2-lax-1b": "us-west-2-lax-1", "us-west-2a": "us-west-2"}
    assert eips["network_border_group"] == "${each.value}"


def test_gateways_of_a_made_network_wait_for_its_internet_gateway() -> None:
    def declare(stack: TerraformStack) -> None:
        network = Network(stack, "network", cidr="10.0.0.0/16", zones=[A])
        nat = NatGateways(stack, "nat", network=network, mode=NatMode.per_az())
        TerraformOutput(stack, "gateway", value=nat.gateway_id(A))
        with pytest.raises(KeyError):
            nat.gateway_id(B)

    document = synth(declare)
    [gateway] = resources(document, "aws_nat_gateway")
    assert document["output"]["gateway"]["value"] == f"${{aws_nat_gateway.{gateway}.id}}"
    [internet_gateway] = resources(document, "aws_internet_gateway")
    assert only(document, "aws_nat_gateway")["depends_on"] == [f"aws_internet_gateway.{internet_gateway}"]


@needs_regional
def test_regional_leaves_addresses_to_aws() -> None:
    document = build(NatMode.regional(), network=existing(A, B, public_subnets={}))
    gateway = only(document, "aws_nat_gateway")
    assert gateway == {"availability_mode": "regional", "tags": {"Name": "nat"}, "vpc_id": "vpc-12345678"}
    [output] = document["output"].values()
    assert output["value"].endswith(".regional_nat_gateway_address[*].public_ip}")
    assert len(resources(document, "aws_route")) == 2
    assert only(document, "aws_eip")["for_each"] == {}


@needs_regional
def test_regional_addresses_can_be_made_or_given() -> None:
    document = build(NatMode.regional(), addresses=Addresses.made(per_gateway=2))
    [name] = resources(document, "aws_eip")
    assert only(document, "aws_nat_gateway")["availability_zone_address"] == [
        {
            "allocation_ids": [f'${{aws_eip.{name}["regional/{zone}{more}"].allocation_id}}' for more in ("", "/2")],
            "availability_zone": zone,
        }
        for zone in (A, B)
    ]
    document = build(NatMode.regional(), A, addresses=Addresses.given({A: ALLOCATION}))
    assert only(document, "aws_nat_gateway")["availability_zone_address"] == [
        {"allocation_ids": [ALLOCATION], "availability_zone": A}
    ]


@pytest.mark.skipif(regional_supported(), reason="these bindings know regional NAT gateways")
def test_regional_is_refused_by_bindings_that_do_not_know_it() -> None:
    with pytest.raises(
        ConfigurationError, match=r"mode: got NatMode.regional\(\); the installed provider bindings know"
    ):
        build(NatMode.regional())


def test_a_bad_declaration_makes_nothing_and_reports_everything() -> None:
    def declare(stack: TerraformStack) -> None:
        with pytest.raises(ConfigurationError) as caught:
            NatGateways(
                stack,
                "nat",
                network=existing(A, B),
                mode=NatMode.single("us-east-1z"),
                addresses=Addresses.given({A: "eip"}),
                nat64=True,
            )
        assert str(caught.value).startswith("5 problems in NatGateways 'nat':")

    assert "resource" not in synth(declare)


def test_ids_of_a_network_in_another_region_are_refused() -> None:
    with pytest.raises(
        ConfigurationError, match=r"network.zones\[0\]: got 'eu-west-1a'; the zone belongs to eu-west-1"
    ):
        build(NatMode.per_az(), "eu-west-1a")


@needs_regional
def test_going_regional_keeps_routes_and_takes_addresses_of_its_own() -> None:
    zonal = addressed(build(NatMode.per_az()))
    regional = addressed(build(NatMode.regional(), addresses=Addresses.made()))
    kept = zonal.keys() & regional.keys()
    assert {address.partition(".")[0] for address in kept} == {"aws_route"}
    assert len(kept) == 2
    assert len(regional.keys() - zonal.keys()) == 3  # the gateway and two addresses


def test_a_second_construct_of_a_network_need_not_decide_about_ipv6_again() -> None:
    def declare(stack: TerraformStack) -> None:
        network = existing(A, ipv6=True)
        NatGateways(stack, "nat", network=network, mode=NatMode.per_az(), ipv6_egress=True)
        private = NatMode.private(destinations=("10.0.0.0/8",))
        NatGateways(stack, "to-office", network=network, mode=private)
        other = replace(network, vpc_id="vpc-87654321")
        with pytest.raises(ConfigurationError, match="ipv6_egress: got nothing"):
            NatGateways(stack, "other", network=other, mode=NatMode.per_az())

    assert len(resources(synth(declare), "aws_nat_gateway")) == 2


def test_made_addresses_come_from_an_ipam_pool() -> None:
    addresses = Addresses.made(ipam_pool_id="ipam-pool-0123456789abcdef0")
    assert (
        only(build(NatMode.per_az(), addresses=addresses), "aws_eip")["ipam_pool_id"] == "ipam-pool-0123456789abcdef0"
    )
    assert "ipam_pool_id" not in only(build(NatMode.per_az()), "aws_eip")


def test_quotas_count_what_the_stack_declared_before_for_the_same_provider() -> None:
    def declare(stack: TerraformStack) -> None:
        other = AwsProvider(stack, "other", region="us-east-1", alias="other")
        raised = NatQuotas(elastic_ips=99)
        for number in range(5):
            network = existing(A, private_route_tables={A: f"rtb-4000000{number}"})
            NatGateways(stack, f"nat{number}", network=network, mode=NatMode.per_az(), quotas=raised)
        with pytest.raises(ConfigurationError) as caught:
            NatGateways(stack, "nat5", network=existing(A), mode=NatMode.per_az())
        assert [problem.given for problem in caught.value.problems] == [
            "1 Elastic IPs after 5 of this stack's others",
            "gateway 6 of this stack in us-east-1a",
        ]
        NatGateways(stack, "nat6", network=existing(A), mode=NatMode.per_az(), provider=other)

    assert len(resources(synth(declare), "aws_nat_gateway")) == 6
