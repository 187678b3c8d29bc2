"""What whole stacks cost: sums by hand, shares of tiers, and what is not judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.egress import Prices, Traffic, nat_cost
from northsouth.egress.cost_report import MOST_ROWS, as_data, as_markdown, as_text, headline
from northsouth.egress.prices import charge
from northsouth.egress.stack_cost import (
    ADDRESSES,
    GATEWAY,
    HOURS,
    INTERFACE,
    NAT,
    NO_USAGE,
    OTHER,
    StackCost,
    stack_cost,
)
from northsouth.egress.usage import Usage
from northsouth.template import parse

ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")


def network(gateways: Mapping[str, str]) -> dict[str, Any]:
    """Return a stack with a private subnet in each zone, whose table leads to the gateway in another or the same."""
    standing = sorted(set(gateways.values()))
    return {
        "aws_subnet": {
            **{f"private-{zone}": {"availability_zone": zone} for zone in gateways},
            **{f"public-{zone}": {"availability_zone": zone} for zone in standing},
        },
        "aws_route_table": {zone: {} for zone in gateways},
        "aws_route_table_association": {
            zone: {
                "subnet_id": f"${{aws_subnet.private-{zone}.id}}",
                "route_table_id": f"${{aws_route_table.{zone}.id}}",
            }
            for zone in gateways
        },
        "aws_route": {
            zone: {
                "route_table_id": f"${{aws_route_table.{zone}.id}}",
                "nat_gateway_id": f"${{aws_nat_gateway.{gateway}.id}}",
                "destination_cidr_block": "0.0.0.0/0",
            }
            for zone, gateway in gateways.items()
        },
        "aws_nat_gateway": {
            zone: {
                "subnet_id": f"${{aws_subnet.public-{zone}.id}}",
                "allocation_id": f'${{aws_eip.a["{zone}"].allocation_id}}',
            }
            for zone in standing
        },
        "aws_eip": {"a": {"for_each": dict.fromkeys(standing, "us-east-1")}},
    }


PER_AZ = network({zone: zone for zone in ZONES})
SINGLE = network(dict.fromkeys(ZONES, ZONES[0]))


def cost(resources: Mapping[str, Any], usage: Mapping[str, Any] | None = None, **given: Any) -> StackCost:
    return stack_cost({"edge": parse({"resource": resources})}, Usage(usage or {}), regions=["us-east-1"], **given)


@pytest.mark.parametrize(("resources", "gateways"), [(PER_AZ, 3), (SINGLE, 1)])
@pytest.mark.parametrize("to_internet", [True, False])
def test_a_stack_costs_what_its_path_does(resources: dict[str, Any], gateways: int, to_internet: bool) -> None:
    """The worked examples of ``northsouth.egress.cost``: 423.00 and 417.67 USD with internet transfer."""
    of_each = {"gb_out": 1000 / gateways, "gb_in": 4000 / gateways, **({} if to_internet else {"gb_internet": 0})}
    figure = cost(resources, {"aws_nat_gateway": of_each})
    expected = nat_cost(Traffic(bytes_out=1e12, bytes_in=4e12, to_internet=to_internet), gateways=gateways)
    assert figure.total == pytest.approx(expected.total)
    assert figure.complete
    if to_internet:
        assert f"{figure.total:.2f}" == {3: "423.00", 1: "417.67"}[gateways]


def test_what_no_usage_says_is_not_judged_and_not_zero() -> None:
    figure = cost(PER_AZ)
    assert not figure.complete
    assert headline(figure) == "at least 108.00 USD a month"
    gateways = figure.by_path()[NAT]
    assert {each.not_judged for each in gateways} == {(NO_USAGE,)}
    assert {frozenset(each.parts) for each in gateways} == {frozenset({"hours"})}
    half = cost(PER_AZ, {f"aws_nat_gateway.{ZONES[0]}": {"gb_out": 1, "gb_in": 1}})
    assert [bool(each.not_judged) for each in half.by_path()[NAT]] == [False, True, True]


def test_endpoints_cost_hours_by_zone_and_gb() -> None:
    resources = {
        "aws_vpc_endpoint": {
            "s3": {"service_name": "s3"},
            "sts": {"vpc_endpoint_type": "Interface", "subnet_ids": ["subnet-1", "subnet-2", "${aws_subnet.c.id}"]},
            "logs": {"vpc_endpoint_type": "Interface", "subnet_configuration": [{"subnet_id": "a"}]},
            "orders": {"vpc_endpoint_type": "Resource", "subnet_ids": ["a"]},
            "unknown": {"vpc_endpoint_type": "Interface", "subnet_ids": "${var.subnets}"},
        }
    }
    figure = cost(resources, {"aws_vpc_endpoint": {"gb": 100}})
    paths = figure.by_path()
    assert [each.total for each in paths[GATEWAY]] == [0]
    totals = {each.address.removeprefix("aws_vpc_endpoint."): each for each in (*paths[INTERFACE], *paths[OTHER])}
    assert totals["sts"].total == pytest.approx(3 * HOURS * 0.01 + 1)
    assert totals["logs"].total == pytest.approx(HOURS * 0.01 + 1)
    assert totals["unknown"].not_judged == ("in how many zones it stands",)
    assert totals["unknown"].total == pytest.approx(1)
    assert totals["orders"].not_judged == ("no price here for endpoints of type Resource",)


@given(st.lists(st.floats(0, 1e8), min_size=1, max_size=5))
def test_tiers_count_everything_together(amounts: list[float]) -> None:
    endpoints = {f"e{index}": {"vpc_endpoint_type": "Interface", "subnet_ids": ["a"]} for index in range(len(amounts))}
    usage = {f"aws_vpc_endpoint.e{index}": {"gb": amount} for index, amount in enumerate(amounts)}
    figure = cost({"aws_vpc_endpoint": endpoints}, usage)
    hours = len(amounts) * HOURS * 0.01
    assert figure.total == pytest.approx(hours + charge(sum(amounts), Prices().endpoint_gb))


@pytest.mark.parametrize(
    ("gateway", "hours", "addresses", "not_judged"),
    [
        ({"allocation_id": "eipalloc-12345678", "secondary_allocation_ids": ["eipalloc-87654321"]}, 1, 2, (NO_USAGE,)),
        ({"allocation_id": "${aws_eip.a.id}"}, 1, 0, (NO_USAGE,)),
        ({"connectivity_type": "private"}, 1, 0, (NO_USAGE,)),
        (
            {
                "availability_mode": "regional",
                "availability_zone_address": [
                    {"availability_zone": zone, "allocation_ids": ["eipalloc-12345678"]} for zone in ZONES
                ],
            },
            3,
            3,
            (NO_USAGE,),
        ),
        (
            {"availability_mode": "regional"},
            None,
            0,
            ("in how many zones it stands", NO_USAGE),
        ),
        (
            {"count": "${var.gateways}"},
            None,
            0,
            ("how many there are: its count or for_each is known at apply only",),
        ),
    ],
)
def test_gateways_of_every_kind(
    gateway: dict[str, Any], hours: int | None, addresses: int, not_judged: tuple[str, ...]
) -> None:
    [only] = cost({"aws_nat_gateway": {"it": gateway}}).by_path()[NAT]
    assert only.parts.get("hours") == (None if hours is None else pytest.approx(hours * HOURS * 0.045))
    assert only.parts.get("addresses", 0) == pytest.approx(addresses * HOURS * 0.005)
    assert only.not_judged == not_judged


def test_a_regional_gateway_is_billed_in_the_zones_of_the_stacks_subnets() -> None:
    subnets = {zone: {"availability_zone": zone} for zone in ZONES[:2]}
    resources = {"aws_nat_gateway": {"it": {"availability_mode": "regional"}}, "aws_subnet": subnets}
    [gateway] = cost(resources, {"aws_nat_gateway": {"gb_out": 1, "gb_in": 0}}).by_path()[NAT]
    assert gateway.parts["hours"] == pytest.approx(2 * HOURS * 0.045)
    assert gateway.not_judged == ("how many public addresses AWS gives it",)


def test_traffic_across_zones_is_as_the_file_says_or_even_or_not_judged() -> None:
    usage = {"gb_out": 1000, "gb_in": 2000}
    [gateway] = cost(SINGLE, {"aws_nat_gateway": usage}).by_path()[NAT]
    assert gateway.parts["cross_zone"] == pytest.approx(3000 * 2 / 3 * 0.01 * 2)
    [gateway] = cost(SINGLE, {"aws_nat_gateway": {**usage, "gb_cross_zone": 30}}).by_path()[NAT]
    assert gateway.parts["cross_zone"] == pytest.approx(30 * 0.01 * 2)
    existing = {"aws_nat_gateway": {"it": {"subnet_id": "subnet-12345678", "allocation_id": "${aws_eip.a.id}"}}}
    [gateway] = cost(existing, {"aws_nat_gateway": usage}).by_path()[NAT]
    assert gateway.not_judged == ("how many of its GB cross zones",)
    assert "cross_zone" not in gateway.parts


def test_a_private_gateway_sends_nothing_to_the_internet() -> None:
    resources = {"aws_nat_gateway": {"it": {"connectivity_type": "private"}}}
    [gateway] = cost(resources, {"aws_nat_gateway": {"gb_out": 5, "gb_in": 5, "gb_cross_zone": 0}}).by_path()[NAT]
    assert "internet" not in gateway.parts
    assert gateway.total == pytest.approx(HOURS * 0.045 + 10 * 0.045)


def test_the_egress_only_gateway_costs_internet_transfer_only() -> None:
    resources = {"aws_egress_only_internet_gateway": {"it": {}}}
    assert cost(resources).resources[0].not_judged == (NO_USAGE,)
    assert cost(resources, {"aws_egress_only_internet_gateway": {"gb_internet": 10}}).total == pytest.approx(0.9)


def test_other_resources_are_counted_and_not_priced() -> None:
    figure = cost(PER_AZ)
    assert figure.outside == {
        "aws_route": 3,
        "aws_route_table": 3,
        "aws_route_table_association": 3,
        "aws_subnet": 6,
    }
    assert "no way out of a VPC: 3 aws_route, 3 aws_route_table" in as_text(figure)


def test_the_text_says_figure_parts_date_source_and_region() -> None:
    elsewhere = stack_cost({"edge": parse({"resource": PER_AZ})}, regions=["eu-west-1"])
    text = as_text(elsewhere)
    assert text.startswith("at least 108.00 USD a month\n\nresource ")
    assert "the prices are of us-east-1, and the stack is in eu-west-1, which northsouth has no prices of" in text
    assert "prices of us-east-1 as of 2026-05, a month of 720 hours: AWS's price pages" in text
    assert "not judged: GB that no usage file says: aws_nat_gateway.us-east-1a, aws_nat_gateway.us-east-1b, " in text
    unknown = stack_cost({"edge": parse({"resource": PER_AZ})})
    assert "the stack does not say its Region; the prices are of us-east-1" in as_text(unknown)
    assert "Region" not in as_text(cost(PER_AZ))


def test_what_changed_is_listed_the_largest_first() -> None:
    usage = {"aws_nat_gateway": {"gb_out": 10, "gb_in": 0}}
    before, after = cost(SINGLE, usage), cost(PER_AZ, usage)
    assert headline(after, before) == "112.05 USD a month (+74.57; before: 37.48)"
    changes = as_text(after, before).partition("changed:\n")[2].splitlines()
    assert changes[0] == "  aws_nat_gateway.us-east-1b: none → 33.75"
    assert "  aws_nat_gateway.us-east-1a: 33.88 → 33.75" not in changes[:2]
    comment = as_markdown(after, before)
    assert "### Egress: 112.05 USD a month (+74.57; before: 37.48)" in comment
    assert "| NAT gateways | `aws_nat_gateway.us-east-1b` | none | 33.75 |" in comment
    assert "changed:\n  nothing" in as_text(after, after)
    assert "No resource costs more or less than before." in as_markdown(after, after)
    gone = as_data(before, after)["before"]["changed"]
    assert {"stack": "edge", "resource": "aws_nat_gateway.us-east-1c", "before": 33.75, "after": None} in gone


def test_a_comment_stays_short() -> None:
    many = {"aws_nat_gateway": {f"g{number:03}": {"allocation_id": "${var.a}"} for number in range(60)}}
    comment = as_markdown(cost(many), cost({}))
    assert comment.count("| `aws_nat_gateway") == MOST_ROWS
    assert "and 40 more" in comment
    assert "aws_nat_gateway.g004, 55 more" in comment
    assert len(comment) < 4000


def test_without_a_before_a_comment_shows_the_paths() -> None:
    comment = as_markdown(cost(PER_AZ))
    assert f"| {NAT} | 3 | 97.20 |\n| {ADDRESSES} | 3 | 10.80 |" in comment


def test_the_data_hold_everything() -> None:
    data = as_data(cost(PER_AZ, {"aws_nat_gateway": {"gb_out": 1, "gb_in": 1}}))
    assert data["usd_per_month"] == pytest.approx(108.54)
    assert data["complete"] is True
    assert data["paths"] == {NAT: pytest.approx(97.74), ADDRESSES: pytest.approx(10.8)}
    assert data["prices"]["as_of"] == "2026-05"
    assert data["resources"][0] == {
        "stack": "edge",
        "resource": "aws_nat_gateway.us-east-1a",
        "path": NAT,
        "usd_per_month": pytest.approx(32.58),
        "parts": {"hours": pytest.approx(32.4), "processed": pytest.approx(0.09), "internet": pytest.approx(0.09)},
        "not_judged": [],
    }
