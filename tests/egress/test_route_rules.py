"""Two routes for one destination in a route table."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.default_route_table import DefaultRouteTable, DefaultRouteTableRoute
from cdktf_cdktf_provider_aws.route import Route
from cdktf_cdktf_provider_aws.route_table import RouteTable, RouteTableRoute

from northsouth.egress import NatGateways, NatMode
from northsouth.egress.route_rules import DeclaredRoute, check_routes, inline, separate
from tests.egress.networks import A, B, existing
from tests.harness.synth import Build, synth

IPV4, IPV6, LIST = "destination_cidr_block", "destination_ipv6_cidr_block", "destination_prefix_list_id"


@pytest.mark.parametrize(
    ("one", "two", "collide"),
    [
        ({IPV4: "0.0.0.0/0"}, {IPV4: "0.0.0.0/0"}, True),
        ({IPV4: "10.0.0.0/8"}, {IPV4: "10.1.2.3/8"}, True),
        ({IPV6: "::/0"}, {IPV6: "0::/0"}, True),
        ({IPV6: "64:ff9b::/96"}, {IPV6: "64:FF9B:0::/96"}, True),
        ({LIST: "pl-12345678"}, {LIST: "pl-12345678"}, True),
        ({LIST: "${aws_ec2_managed_prefix_list.a.id}"}, {LIST: "${aws_ec2_managed_prefix_list.a.id}"}, True),
        ({IPV4: "0.0.0.0/0"}, {IPV6: "::/0"}, False),
        ({IPV4: "10.0.0.0/8"}, {IPV4: "10.0.0.0/9"}, False),
        ({IPV4: "0.0.0.0/0"}, {IPV4: "0.0.0.0/0", "route_table_id": "rtb-2"}, False),
        ({IPV4: "${each.value}"}, {IPV4: "${each.value}"}, False),
        (
            {IPV4: "0.0.0.0/0", "route_table_id": "${each.key}"},
            {IPV4: "0.0.0.0/0", "route_table_id": "${each.key}"},
            False,
        ),
    ],
)
def test_which_routes_collide(one: dict[str, Any], two: dict[str, Any], collide: bool) -> None:
    declared = [route for each in (one, two) for route in separate("it", {"route_table_id": "rtb-1", **each})]
    assert len(list(check_routes(declared))) == collide


def test_the_third_is_reported_too_and_the_first_is_named() -> None:
    routes = [DeclaredRoute(where, "rtb-1", "0.0.0.0/0") for where in ("a", "b", "c")]
    first, second = map(str, check_routes(routes))
    assert first.startswith("b: got a route for 0.0.0.0/0 in rtb-1; a declares the route for this destination there")
    assert second.startswith("c: got a route for 0.0.0.0/0 in rtb-1; a declares")


def test_routes_in_a_table_itself_are_read() -> None:
    routes = [{"cidr_block": "0.0.0.0/0"}, {"ipv6_cidr_block": "::/0"}, {"destination_prefix_list_id": "pl-1"}]
    assert list(inline("t", "aws_route_table.t", {"route": routes})) == [
        DeclaredRoute("t", "${aws_route_table.t.id}", destination) for destination in ("0.0.0.0/0", "::/0", "pl-1")
    ]
    assert not list(inline("t", "aws_route_table.t", {}))
    assert not list(inline("t", "aws_route_table.t", {"route": "${var.routes}"}))


def two_nats(stack: TerraformStack) -> None:
    NatGateways(stack, "one", network=existing(A, B), mode=NatMode.single(A))
    NatGateways(stack, "two", network=existing(A, B), mode=NatMode.single(B))


def a_route_of_ones_own(stack: TerraformStack) -> None:
    NatGateways(stack, "nat", network=existing(A), mode=NatMode.per_az())
    Route(stack, "own", route_table_id="rtb-20000000", destination_cidr_block="0.0.0.0/0", transit_gateway_id="tgw-1")


def a_table_of_ones_own(stack: TerraformStack) -> None:
    route = RouteTableRoute(cidr_block="0.0.0.0/0", transit_gateway_id="tgw-1")
    table = RouteTable(stack, "own", vpc_id="vpc-12345678", route=[route])
    network = existing(A, private_route_tables={A: table.id})
    NatGateways(stack, "nat", network=network, mode=NatMode.per_az())


def a_default_table(stack: TerraformStack) -> None:
    route = DefaultRouteTableRoute(cidr_block="0.0.0.0/0", transit_gateway_id="tgw-1")
    table = DefaultRouteTable(stack, "own", default_route_table_id="rtb-20000000", route=[route])
    network = existing(A, private_route_tables={A: table.id})
    NatGateways(stack, "nat", network=network, mode=NatMode.per_az())


@pytest.mark.parametrize(
    ("declare", "where", "other"),
    [
        (two_nats, "stack/two/ipv4-us-east-1b", "stack/one/ipv4-us-east-1b"),
        (a_route_of_ones_own, "stack/own", "stack/nat/ipv4-us-east-1a"),
        (a_table_of_ones_own, "stack/own", "stack/nat/ipv4-us-east-1a"),
        (a_default_table, "stack/own", "stack/nat/ipv4-us-east-1a"),
    ],
)
def test_the_synth_ends_whoever_declares_the_routes(declare: Build, where: str, other: str) -> None:
    with pytest.raises(RuntimeError) as caught:
        synth(declare)
    assert f"{where}: got a route for 0.0.0.0/0" in str(caught.value)
    assert f"{other} declares the route for this destination there already" in str(caught.value)
