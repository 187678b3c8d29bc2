"""Which object is which resource: by what identifies it, by what refers to it, and never by likeness."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.adoption.existing import Existing, of_values
from northsouth.adoption.kinds import KINDS
from northsouth.adoption.matching import Matches, match
from northsouth.template import TemplateError, parse

ZONES = st.lists(st.sampled_from(["us-east-1a", "us-east-1b", "us-east-1c"]), min_size=1, max_size=3, unique=True)


def stack(**types: Mapping[str, Any]) -> dict[str, Any]:
    return {"resource": dict(types)}


def made(type: str, **values: Any) -> Existing:
    found = of_values(type, values)
    assert found is not None
    return found


def matched(document: dict[str, Any], *existing: Existing, **chosen: str) -> Matches:
    return match(parse(document), existing, chosen=chosen)


def ids(matches: Matches) -> dict[str, str]:
    return {address: each.id for address, each in matches.pairs.items()}


NAT = {
    "aws_eip": {"a": {"for_each": {"us-east-1a": "g", "us-east-1b": "g"}, "domain": "vpc"}},
    "aws_nat_gateway": {
        zone: {"subnet_id": f"subnet-{zone}", "allocation_id": f'${{aws_eip.a["us-east-1{zone}"].allocation_id}}'}
        for zone in "ab"
    },
    "aws_route": {
        zone: {
            "route_table_id": f"rtb-{zone}",
            "destination_cidr_block": "0.0.0.0/0",
            "nat_gateway_id": f"${{aws_nat_gateway.{zone}.id}}",
        }
        for zone in "ab"
    },
}


def gateway(zone: str, **more: Any) -> Existing:
    values = {"id": f"nat-{zone}", "subnet_id": f"subnet-{zone}", "allocation_id": f"eipalloc-{zone}"}
    return made("aws_nat_gateway", **values | more)


def address(zone: str) -> Existing:
    return made("aws_eip", id=f"eipalloc-{zone}", allocation_id=f"eipalloc-{zone}")


def test_an_address_is_known_by_its_gateway() -> None:
    route = made("aws_route", route_table_id="rtb-a", destination_cidr_block="0.0.0.0/0", nat_gateway_id="nat-a")
    matches = matched({"resource": NAT}, gateway("a"), gateway("b"), address("b"), address("a"), address("c"), route)
    assert ids(matches) == {
        "aws_nat_gateway.a": "nat-a",
        "aws_nat_gateway.b": "nat-b",
        'aws_eip.a["us-east-1a"]': "eipalloc-a",
        'aws_eip.a["us-east-1b"]': "eipalloc-b",
        "aws_route.a": "rtb-a_0.0.0.0/0",
    }
    assert matches.absent == ("aws_route.b",)
    assert [each.id for each in matches.spare] == ["eipalloc-c"]


def test_two_gateways_of_one_subnet_are_left_open() -> None:
    matches = matched({"resource": NAT}, gateway("a"), gateway("a", id="nat-old"))
    assert matches.pairs == {}
    [unclear] = matches.unclear
    assert (unclear.address, [each.id for each in unclear.candidates]) == ("aws_nat_gateway.a", ["nat-a", "nat-old"])


def test_the_user_decides() -> None:
    document, existing = {"resource": NAT}, (gateway("a"), gateway("a", id="nat-old"), address("a"))
    matches = match(parse(document), existing, chosen={"aws_nat_gateway.a": "nat-old"})
    assert ids(matches) == {"aws_nat_gateway.a": "nat-old", 'aws_eip.a["us-east-1a"]': "eipalloc-a"}
    with pytest.raises(TemplateError, match="no aws_nat_gateway with the id nat-gone"):
        match(parse(document), existing, chosen={"aws_nat_gateway.a": "nat-gone"})
    with pytest.raises(TemplateError, match="no such resource can be adopted"):
        match(parse(document), existing, chosen={"aws_nat_gateway.z": "nat-a"})


def test_a_private_and_a_public_gateway_of_one_subnet_are_two() -> None:
    private = {"subnet_id": "subnet-a", "connectivity_type": "private"}
    document = stack(aws_nat_gateway={"a": {"subnet_id": "subnet-a"}, "p": private})
    matches = matched(document, gateway("a"), gateway("a", id="nat-p", connectivity_type="private"))
    assert ids(matches) == {"aws_nat_gateway.a": "nat-a", "aws_nat_gateway.p": "nat-p"}


def test_route_tables_are_known_by_the_subnets_that_use_them() -> None:
    document = stack(
        aws_vpc={"v": {"cidr_block": "10.0.0.0/16"}},
        aws_subnet={"s": {"vpc_id": "${aws_vpc.v.id}", "cidr_block": "10.0.1.0/24"}},
        aws_route_table={"t": {"vpc_id": "${aws_vpc.v.id}"}},
        aws_route_table_association={
            "r": {"subnet_id": "${aws_subnet.s.id}", "route_table_id": "${aws_route_table.t.id}"}
        },
    )
    vpc = made("aws_vpc", id="vpc-1", cidr_block="10.0.0.0/16")
    subnet = made("aws_subnet", id="subnet-1", vpc_id="vpc-1", cidr_block="10.0.1.0/24")
    tables = [made("aws_route_table", id=f"rtb-{number}", vpc_id="vpc-1") for number in (1, 2)]
    used = made("aws_route_table_association", id="rtbassoc-1", subnet_id="subnet-1", route_table_id="rtb-2")
    matches = matched(document, vpc, subnet, *tables, used)
    assert ids(matches)["aws_route_table.t"] == "rtb-2"
    assert ids(matches)["aws_route_table_association.r"] == "subnet-1/rtb-2"


def firewall(name: str, domain: str) -> tuple[Existing, ...]:
    return (
        made("aws_route53_resolver_firewall_domain_list", id=f"fdl-{name}", name=name, domains=[domain]),
        made("aws_route53_resolver_firewall_rule_group", id=f"frg-{name}", name=name),
        made(
            "aws_route53_resolver_firewall_rule",
            firewall_rule_group_id=f"frg-{name}",
            firewall_domain_list_id=f"fdl-{name}",
            block_override_domain="t.",
        ),
    )


FIREWALL = stack(
    aws_route53_resolver_firewall_domain_list={"l": {"name": "dns-a", "domains": ["a.example."]}},
    aws_route53_resolver_firewall_rule_group={"g": {"name": "dns"}},
    aws_route53_resolver_firewall_rule={
        "r": {
            "firewall_rule_group_id": "${aws_route53_resolver_firewall_rule_group.g.id}",
            "firewall_domain_list_id": "${aws_route53_resolver_firewall_domain_list.l.id}",
            "block_override_domain": "t.",
        }
    },
)


def test_lists_and_groups_of_other_names_are_known_by_the_domain_and_its_rule() -> None:
    matches = matched(FIREWALL, *firewall("legacy", "a.example."), *firewall("other", "b.example."))
    assert set(ids(matches).values()) == {"fdl-legacy", "frg-legacy", "frg-legacy:fdl-legacy"}


def test_one_domain_in_two_groups_is_left_open() -> None:
    matches = matched(FIREWALL, *firewall("one", "a.example."), *firewall("two", "a.example."))
    assert matches.pairs == {}
    assert {each.address.rpartition(".")[2] for each in matches.unclear} == {"l", "r"}


def test_the_name_comes_before_the_content() -> None:
    metric = {"namespace": "AWS/NATGateway", "metric_name": "Errors", "comparison_operator": "GreaterThanThreshold"}
    metric |= {"dimensions": {"NatGatewayId": "nat-1"}}
    document = stack(aws_cloudwatch_metric_alarm={name: {"alarm_name": name, **metric} for name in ("new", "old")})
    old = made("aws_cloudwatch_metric_alarm", alarm_name="old", **metric)
    assert ids(matched(document, old)) == {"aws_cloudwatch_metric_alarm.old": "old"}
    # What is left over is not taken for the other: two declared alarms are on this metric.
    legacy = made("aws_cloudwatch_metric_alarm", alarm_name="legacy", **metric)
    assert ids(matched(document, old, legacy)) == {"aws_cloudwatch_metric_alarm.old": "old"}


def test_an_object_that_two_files_hold_is_one() -> None:
    assert ids(matched({"resource": NAT}, gateway("a"), gateway("a"))) == {"aws_nat_gateway.a": "nat-a"}


def test_unknown_expressions_identify_nothing() -> None:
    document = stack(aws_nat_gateway={"a": {"subnet_id": "${data.aws_subnet.x.id}"}})
    assert matched(document, gateway("a")).pairs == {}


@given(ZONES, ZONES, st.randoms())
def test_the_order_of_what_exists_changes_nothing(declared: list[str], there: list[str], random: Any) -> None:
    document = stack(
        aws_eip={"a": {"for_each": dict.fromkeys(declared, "g")}},
        aws_nat_gateway={
            zone: {"subnet_id": f"subnet-{zone}", "allocation_id": f'${{aws_eip.a["{zone}"].id}}'} for zone in declared
        },
    )
    existing = [each for zone in there for each in (gateway(zone), address(zone))]
    first = matched(document, *existing)
    random.shuffle(existing)
    assert ids(matched(document, *existing)) == ids(first)
    assert set(ids(first).values()) == {
        f"{kind}-{zone}" for zone in set(declared) & set(there) for kind in ("nat", "eipalloc")
    }
    pairs = list(first.pairs.values())
    assert len({(each.type, each.id) for each in pairs}) == len(pairs)


@pytest.mark.parametrize(
    ("type", "values", "id"),
    [
        ("aws_route", {"route_table_id": "rtb-1", "destination_cidr_block": "0.0.0.0/0"}, "rtb-1_0.0.0.0/0"),
        (
            "aws_route",
            {"id": "r-rtb-1", "route_table_id": "rtb-1", "destination_ipv6_cidr_block": "::/0"},
            "rtb-1_::/0",
        ),
        ("aws_route_table_association", {"id": "rtbassoc-1", "subnet_id": "s", "route_table_id": "r"}, "s/r"),
        ("aws_eip", {"id": "eipalloc-1", "public_ip": "192.0.2.1"}, "eipalloc-1"),
        ("aws_iam_role_policy", {"role": "flow", "name": "write"}, "flow:write"),
        ("aws_s3_bucket_versioning", {"id": "logs", "bucket": "logs"}, "logs"),
        ("aws_cloudwatch_metric_alarm", {"alarm_name": "a"}, "a"),
        ("aws_sqs_queue", {"name": "q", "url": "https://sqs/q"}, "https://sqs/q"),
    ],
)
def test_import_ids(type: str, values: dict[str, str], id: str) -> None:
    assert made(type, **values).id == id


@pytest.mark.parametrize("type", KINDS)
def test_an_object_without_its_id_is_none(type: str) -> None:
    assert of_values(type, {}) is None


def test_other_types_are_not_adopted() -> None:
    assert of_values("aws_lambda_function", {"id": "f"}) is None


def test_a_plan_says_what_a_configuration_leaves_to_terraform() -> None:
    def change(address: str, **unknown: bool) -> dict[str, Any]:
        kind, _, name = address.partition("[")[0].partition(".")
        created = {"actions": ["create"], "before": None, "after": {}, "after_unknown": unknown}
        return {"address": address, "mode": "managed", "type": kind, "name": name, "change": created}

    def planned(address: str, **values: Any) -> dict[str, Any]:
        kind, _, name = address.partition("[")[0].partition(".")
        index = {"index": 0} if "[" in address else {}
        return {"address": address, "mode": "managed", "type": kind, "name": name, "values": values, **index}

    names = ["aws_eip.x[0].allocation_id", "aws_eip.x[0]", "aws_eip.x"]
    expressions = {"subnet_id": {"references": ["var.subnet"]}, "allocation_id": {"references": names}}
    plan = {
        "format_version": "1.2",
        "planned_values": {
            "root_module": {
                "resources": [planned("aws_eip.x[0]", domain="vpc"), planned("aws_nat_gateway.a", subnet_id="subnet-a")]
            }
        },
        "resource_changes": [change("aws_eip.x[0]", id=True), change("aws_nat_gateway.a", allocation_id=True)],
        "configuration": {
            "root_module": {
                "resources": [
                    {
                        "address": "aws_nat_gateway.a",
                        "mode": "managed",
                        "type": "aws_nat_gateway",
                        "name": "a",
                        "expressions": expressions,
                    }
                ]
            }
        },
    }
    found = ids(matched(plan, gateway("a"), address("a"), address("b")))
    assert found == {"aws_nat_gateway.a": "nat-a", "aws_eip.x[0]": "eipalloc-a"}
