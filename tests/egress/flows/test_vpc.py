from typing import Any

import pytest

from northsouth.egress.flows.vpc import Gateway, Subnet, declared, written
from northsouth.errors import ConfigurationError
from northsouth.template import TemplateError, parse


def stack(**more: Any) -> dict[str, Any]:
    resources: dict[str, Any] = {
        "aws_vpc": {"main": {"cidr_block": "10.0.0.0/16"}},
        "aws_vpc_ipv4_cidr_block_association": {
            "pods": {"vpc_id": "${aws_vpc.main.id}", "cidr_block": "100.64.0.0/16"},
        },
        "aws_subnet": {
            "public": {
                "vpc_id": "${aws_vpc.main.id}", "cidr_block": "10.0.0.0/24", "availability_zone": "us-east-1a",
            },
            "private": {
                "vpc_id": "${aws_vpc.main.id}", "cidr_block": "10.0.1.0/24", "availability_zone": "us-east-1b",
            },
        },
        "aws_nat_gateway": {"a": {"subnet_id": "${aws_subnet.public.id}"}},
        "aws_route_table": {"first": {"vpc_id": "${aws_vpc.main.id}"}, "second": {"vpc_id": "${aws_vpc.main.id}"}},
        "aws_route_table_association": {
            "private": {"subnet_id": "${aws_subnet.private.id}", "route_table_id": "${aws_route_table.first.id}"},
        },
        "aws_route": {
            name: {"route_table_id": f"${{aws_route_table.{name}.id}}", "nat_gateway_id": "${aws_nat_gateway.a.id}"}
            for name in ("first", "second")
        },
        "aws_vpc_endpoint": {
            "s3": {
                "vpc_id": "${aws_vpc.main.id}", "service_name": "com.amazonaws.us-east-1.s3",
                "route_table_ids": ["${aws_route_table.first.id}"],
            },
            "api": {
                "vpc_id": "${aws_vpc.main.id}", "service_name": "com.amazonaws.us-east-1.ecr.api",
                "vpc_endpoint_type": "Interface",
            },
        },
        **more,
    }  # fmt: skip
    return {"resource": resources}


def test_a_stack_says_its_blocks_zones_and_which_route_table_lacks_an_endpoint() -> None:
    vpc = declared(parse(stack()))
    assert vpc.cidrs == ("10.0.0.0/16", "100.64.0.0/16")
    assert vpc.gateways == (Gateway(zone="us-east-1a", address="aws_nat_gateway.a"),)
    assert Subnet("10.0.1.0/24", "us-east-1b", "aws_route_table.first") in vpc.subnets
    assert vpc.nat_tables == ("aws_route_table.first", "aws_route_table.second")
    assert vpc.gateway_endpoints == {"s3": ("aws_route_table.first",)}
    assert vpc.interface_endpoints == ("ecr.api",)
    assert (vpc.region, vpc.zones) == ("us-east-1", ("us-east-1b",))


def test_a_state_says_the_ids_of_gateways_too() -> None:
    def resource(kind: str, name: str, **values: Any) -> dict[str, Any]:
        return {
            "address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name, "values": values,
        }  # fmt: skip

    resources = [
        resource("aws_vpc", "main", id="vpc-1", cidr_block="10.0.0.0/16"),
        resource(
            "aws_subnet", "a", id="subnet-1", vpc_id="vpc-1", cidr_block="10.0.0.0/24", availability_zone="us-east-1a",
        ),
        resource(
            "aws_nat_gateway", "a", id="nat-1", subnet_id="subnet-1", network_interface_id="eni-1",
            private_ip="10.0.0.9", secondary_private_ip_addresses=["10.0.0.10"],
        ),
        resource("aws_nat_gateway", "r", id="nat-2", vpc_id="vpc-1", availability_mode="regional"),
    ]  # fmt: skip
    state = {"format_version": "1.0", "values": {"root_module": {"resources": resources}}}
    assert declared(parse(state)).gateways == (
        Gateway("eni-1", ("10.0.0.9", "10.0.0.10"), "us-east-1a", "aws_nat_gateway.a"),
        Gateway("nat-2", (), "", "aws_nat_gateway.r"),
    )


def test_a_file_without_a_gateway_is_refused() -> None:
    with pytest.raises(TemplateError, match="got no aws_nat_gateway"):
        declared(parse(stack(aws_nat_gateway={}), source="plan.json"))


def test_several_vpcs_need_a_name() -> None:
    two = stack(
        aws_vpc={"main": {"cidr_block": "10.0.0.0/16"}, "other": {"cidr_block": "10.1.0.0/16"}},
        aws_nat_gateway={
            "a": {"subnet_id": "${aws_subnet.public.id}"},
            "b": {"vpc_id": "${aws_vpc.other.id}", "availability_mode": "regional"},
        },
    )
    with pytest.raises(TemplateError, match=r"aws_vpc.main, aws_vpc.other\); name one with --vpc"):
        declared(parse(two))
    assert declared(parse(two), "aws_vpc.other").cidrs == ("10.1.0.0/16",)
    with pytest.raises(TemplateError, match=r"none is aws_vpc[.]third"):
        declared(parse(two), "aws_vpc.third")


def test_options_say_the_same() -> None:
    vpc = written(["10.0.0.0/16", "2001:db8::/56"], ["eni-1=10.0.0.9,10.0.0.10", "nat-2", "eni-3"])
    assert vpc.gateways == (Gateway("eni-1", ("10.0.0.9", "10.0.0.10")), Gateway("nat-2"), Gateway("eni-3"))
    assert [each.regional for each in vpc.gateways] == [False, True, False]


@pytest.mark.parametrize(
    ("cidrs", "gateways", "message"),
    [
        (["10.0.0.1/16"], [], "has host bits set"),
        (["vpc-1"], [], "--vpc-cidr 10.0.0.0/16"),
        ([], ["igw-1"], "the interface of a zonal gateway"),
        ([], ["eni-1=host"], "a private address of the gateway"),
    ],
)
def test_wrong_options_are_refused(cidrs: list[str], gateways: list[str], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        written(cidrs, gateways)
