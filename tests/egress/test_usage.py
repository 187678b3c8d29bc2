"""Usage files: what applies to a resource, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from northsouth.egress.usage import Usage, check_usage, read_usage

NAT = "aws_nat_gateway.main"
KNOWN = {("edge", NAT), ("edge", "aws_vpc_endpoint.sts"), ("edge", 'aws_vpc_endpoint.all["a"]')}


def test_a_resource_has_its_own_table_or_that_of_its_type() -> None:
    usage = Usage({"aws_nat_gateway": {"gb_out": 1}, NAT: {"gb_out": 2}, f"other/{NAT}": {"gb_out": 3}})
    assert usage.of("edge", "aws_nat_gateway.second") == {"gb_out": 1}
    assert usage.of("edge", NAT) == {"gb_out": 2}
    assert usage.of("other", NAT) == {"gb_out": 3}
    assert usage.of("edge", "aws_vpc_endpoint.sts") == {}


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"aws_nat_gateway": {"gb_out": 10, "gb_in": 0, "gb_internet": 10, "gb_cross_zone": 10}},
        {NAT: {"gb_out": 10.5}},
        {f"edge/{NAT}": {"gb_in": 1}},
        {'aws_vpc_endpoint.all["a"]': {"gb": 1}, "aws_egress_only_internet_gateway": {"gb_internet": 9}},
    ],
)
def test_good_files_pass(document: dict[str, Any]) -> None:
    assert not list(check_usage(document, KNOWN))
    assert read_usage(document).tables == document


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"gb": 3}, "gb: got 3; a file holds tables only. Write [gb] and its keys below it."),
        ({"aws_nat_gatewy": {}}, "Did you mean [aws_nat_gateway]?"),
        ({"aws_nat_gateway.mian": {}}, "Did you mean [aws_nat_gateway.main]?"),
        ({"aws_lb.main": {}}, "aws_lb.main: got a table of a resource that the stack does not declare"),
        ({f"other/{NAT}": {}}, "the stack does not declare"),
        (
            {"aws_nat_gateway": {"main": {}}},
            'addresses have dots, so they need quotes. Write ["aws_nat_gateway.main"].',
        ),
        ({"aws_nat_gateway": {"gb": 1}}, "aws_nat_gateway has the keys gb_out, gb_in, gb_internet, gb_cross_zone"),
        ({"aws_vpc_endpoint": {"gb_out": 1}}, "aws_vpc_endpoint.gb_out: got 1; aws_vpc_endpoint has the keys gb."),
        ({NAT: {"gb_out": -1}}, f"{NAT}.gb_out: got -1; GB of a month, not below zero"),
        ({NAT: {"gb_out": "1"}}, "got '1'; GB of a month"),
        ({NAT: {"gb_out": True}}, "got True; GB of a month"),
        ({NAT: {"gb_out": float("nan")}}, "got nan; GB of a month"),
        ({NAT: {"gb_out": 1, "gb_internet": 2}}, "gb_internet: got 2; a part of gb_out, 1. Correct one of them."),
        ({NAT: {"gb_out": 1, "gb_in": 1, "gb_cross_zone": 3}}, "got 3; a part of gb_out and gb_in, 2."),
    ],
)
def test_bad_files_are_reported(document: dict[str, Any], expected: str) -> None:
    [problem] = check_usage(document, KNOWN)
    assert expected in str(problem)
