"""What becomes of each resource: destroyed, replaced, renamed, moved, changed, created."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.comparison import Action, compare, render
from northsouth.template import TemplateError

TOPIC = {"aws_sns_topic": {"t": {"name": "n", "display_name": "d"}}}


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str]]:
    compared = compare({"resource": before}, {"resource": after})
    return [(change.action.value, change.address) for change in compared]


def test_nothing_changes() -> None:
    compared = compare({"resource": TOPIC}, {"resource": copy.deepcopy(TOPIC)})
    assert not compared
    assert render(compared) == "Nothing changes in what is declared."


def test_one_attribute_is_one_line() -> None:
    alarm = {"resource": {"aws_cloudwatch_metric_alarm": {"nat": {"threshold": 5, "alarm_name": "nat"}}}}
    higher = copy.deepcopy(alarm)
    higher["resource"]["aws_cloudwatch_metric_alarm"]["nat"]["threshold"] = 6
    assert render(compare(alarm, higher)) == "~ aws_cloudwatch_metric_alarm.nat threshold: 5 → 6\n1 to change."


def test_what_is_destroyed_comes_first() -> None:
    before = {"aws_eip": {"a": {"domain": "vpc"}}, "aws_vpc": {"z": {"cidr_block": "10.0.0.0/16"}}, **TOPIC}
    after = {
        "aws_vpc": {"z": {"cidr_block": "10.1.0.0/16"}},
        "aws_sns_topic": {"t": {"name": "n", "display_name": "e"}, "u": {"name": "u"}},
    }
    assert changed(before, after) == [
        ("destroyed", "aws_eip.a"),
        ("replaced", "aws_vpc.z"),
        ("changed", "aws_sns_topic.t"),
        ("created", "aws_sns_topic.u"),
    ]


def test_a_renamed_address_is_a_replacement_also_where_others_refer_to_it() -> None:
    def declared(name: str) -> dict[str, Any]:
        return {
            "aws_route_table": {name: {"vpc_id": "vpc-1"}},
            "aws_route": {f"{name}_r": {"route_table_id": f"${{aws_route_table.{name}.id}}", "gateway_id": "igw-1"}},
        }

    compared = compare({"resource": declared("old")}, {"resource": declared("new")})
    assert [(change.action, change.previous, change.address) for change in compared] == [
        (Action.REPLACED, "aws_route.old_r", "aws_route.new_r"),
        (Action.REPLACED, "aws_route_table.old", "aws_route_table.new"),
    ]
    assert "-/+ aws_route_table.new: renamed from aws_route_table.old, which destroys it" in render(compared)


def test_among_equals_the_names_most_alike_belong_together() -> None:
    before = {"aws_eip": {"nat_a": {"domain": "vpc"}, "nat_b": {"domain": "vpc"}}}
    after = {"aws_eip": {"egress_nat_a": {"domain": "vpc"}, "egress_nat_b": {"domain": "vpc"}}}
    compared = compare({"resource": before}, {"resource": after})
    assert {change.address: change.previous for change in compared} == {
        "aws_eip.egress_nat_a": "aws_eip.nat_a",
        "aws_eip.egress_nat_b": "aws_eip.nat_b",
    }


def test_a_moved_block_keeps_the_resource() -> None:
    after = {
        "resource": {"aws_sns_topic": {"u": TOPIC["aws_sns_topic"]["t"]}},
        "moved": [{"from": "aws_sns_topic.t", "to": "aws_sns_topic.u"}],
    }
    compared = compare({"resource": TOPIC}, after)
    assert not compared.destructive
    assert "> aws_sns_topic.u: moved from aws_sns_topic.t" in render(compared).splitlines()


def test_a_moved_block_keeps_every_instance() -> None:
    body = {"for_each": {"a": 1, "b": 2}, "domain": "vpc"}
    after = {"resource": {"aws_eip": {"new": body}}, "moved": {"from": "aws_eip.old", "to": "aws_eip.new"}}
    compared = compare({"resource": {"aws_eip": {"old": body}}}, after)
    assert [change.address for change in compared.of(Action.MOVED)] == ['aws_eip.new["a"]', 'aws_eip.new["b"]']


def test_a_reference_to_what_was_moved_is_no_change_and_the_move_is_told_once() -> None:
    def declared(vpc: str) -> dict[str, Any]:
        return {
            "aws_vpc": {vpc: {"cidr_block": "10.0.0.0/16"}},
            "aws_subnet": {"s": {"vpc_id": f"${{aws_vpc.{vpc}.id}}", "tags": {"Name": f"of ${{aws_vpc.{vpc}.id}}"}}},
        }

    moved = [{"from": "aws_vpc.old", "to": "aws_vpc.new"}]
    compared = compare({"resource": declared("old")}, {"resource": declared("new"), "moved": moved})
    assert render(compared) == "> aws_vpc.new: moved from aws_vpc.old\n1 to move."
    idle = compare({"resource": declared("new")}, {"resource": declared("new"), "moved": moved})
    assert render(idle) == "+ moved aws_vpc.old aws_vpc.new\n1 added."


def test_one_each_becomes_one_for_each() -> None:
    before = {
        "aws_eip": {"a": {"domain": "vpc"}, "b": {"domain": "vpc"}},
        "aws_nat_gateway": {"a": {"allocation_id": "${aws_eip.a.id}"}, "b": {"allocation_id": "${aws_eip.b.id}"}},
    }
    repeated = {"for_each": {"a": {}, "b": {}}}
    after = {
        "aws_eip": {"all": {**repeated, "domain": "vpc"}},
        "aws_nat_gateway": {"all": {**repeated, "allocation_id": "${aws_eip.all[each.key].id}"}},
    }
    moved = [{"from": f"{kind}.{key}", "to": f'{kind}.all["{key}"]'} for kind in after for key in "ab"]
    compared = compare({"resource": before}, {"resource": after, "moved": moved})
    assert {(change.action, change.differences) for change in compared} == {(Action.MOVED, ())}
    assert len(compared) == 4
    back = [{"from": each["to"], "to": each["from"]} for each in moved]
    assert len(compare({"resource": after}, {"resource": before, "moved": back}).of(Action.MOVED)) == 4


def test_a_removed_block_forgets_and_does_not_destroy() -> None:
    after = {"removed": [{"from": "aws_sns_topic.t", "lifecycle": {"destroy": False}}]}
    assert compare({"resource": TOPIC}, after).of(Action.FORGOTTEN)
    assert compare({"resource": TOPIC}, {"removed": [{"from": "aws_sns_topic.t"}]}).of(Action.DESTROYED)


def test_a_key_taken_from_for_each_destroys_that_instance() -> None:
    before = {"aws_eip": {"nat": {"for_each": {"a": 1, "b": 1}, "tags": {"Name": "${each.key}"}}}}
    after = {"aws_eip": {"nat": {"for_each": {"a": 1}, "tags": {"Name": "${each.key}"}}}}
    assert changed(before, after) == [("destroyed", 'aws_eip.nat["b"]')]


@pytest.mark.parametrize("used", [False, True])
def test_a_local_table_of_instances_is_told_by_them(used: bool) -> None:
    def declared(name: str) -> dict[str, Any]:
        resource = {"aws_eip": {"nat": {"for_each": "${local.eips}", "tags": {"Name": "${each.value.name}"}}}}
        output = {"eips": {"value": "${local.eips}"}} if used else {}
        return {"locals": {"eips": {"a": {"name": name}, "b": {"name": "b"}}}, "resource": resource, "output": output}

    found = [(change.address, change.differences[0].path) for change in compare(declared("x"), declared("y"))]
    assert found == [('aws_eip.nat["a"]', "tags.Name"), *([("local.eips", "a.name")] if used else [])]


def test_an_expression_in_for_each_is_compared() -> None:
    before = {"aws_eip": {"nat": {"for_each": "${toset(var.zones)}"}}}
    after = {"aws_eip": {"nat": {"for_each": "${toset(var.others)}"}}}
    assert changed(before, after) == [("changed", "aws_eip.nat")]


def test_what_refers_to_a_replaced_resource_in_a_fixed_argument_is_replaced_too() -> None:
    def declared(cidr: str) -> dict[str, Any]:
        return {
            "aws_vpc": {"v": {"cidr_block": cidr}},
            "aws_subnet": {"s": {"vpc_id": "${aws_vpc.v.id}", "cidr_block": "10.0.0.0/24"}},
            "aws_nat_gateway": {"n": {"subnet_id": "${aws_subnet.s.id}"}},
            "aws_sns_topic": {"t": {"name": "t", "tags": {"vpc": "${aws_vpc.v.id}"}}},
        }

    compared = compare({"resource": declared("10.0.0.0/16")}, {"resource": declared("10.0.0.0/20")})
    assert [(change.address, change.forced_by) for change in compared] == [
        ("aws_nat_gateway.n", ("subnet_id",)),
        ("aws_subnet.s", ("vpc_id",)),
        ("aws_vpc.v", ("cidr_block",)),
    ]
    assert "-/+ aws_subnet.s: replaced because what it refers to in vpc_id is" in render(compared)
    assert '-/+ aws_vpc.v cidr_block: "10.0.0.0/16" → "10.0.0.0/20" (forces replacement)' in render(compared)


def test_an_argument_that_is_written_down_keeps_its_value_in_the_new_resource() -> None:
    def declared(name: str) -> dict[str, Any]:
        return {
            "aws_s3_bucket": {"b": {"bucket": name, "bucket_prefix": None}},
            "aws_s3_bucket_policy": {"p": {"bucket": "${aws_s3_bucket.b.bucket}", "policy": "{}"}},
        }

    assert ("replaced", "aws_s3_bucket_policy.p") in changed(declared("a"), declared("b"))
    before = {"aws_vpc": {"v": {"cidr_block": "10.0.0.0/16"}}}
    uses = {"aws_sns_topic": {"t": {"name": "${aws_vpc.v.cidr_block}"}}}
    after = {"aws_vpc": {"v": {"cidr_block": "10.0.0.0/16", "ipv4_ipam_pool_id": "pool"}}}
    assert changed({**before, **uses}, {**after, **uses}) == [("replaced", "aws_vpc.v")]


@pytest.mark.parametrize("trigger", ["terraform_data.t", "terraform_data.t.input"])
def test_replace_triggered_by(trigger: str) -> None:
    def declared(value: str) -> dict[str, Any]:
        return {
            "terraform_data": {"t": {"input": value}},
            "aws_eip": {"e": {"lifecycle": {"replace_triggered_by": [trigger]}}},
        }

    assert changed(declared("a"), declared("b")) == [("replaced", "aws_eip.e"), ("changed", "terraform_data.t")]


def test_all_that_is_no_resource_is_added_removed_or_changed() -> None:
    before = {
        "data": {"aws_vpc": {"hub": {"id": "vpc-1"}}},
        "output": {"ips": {"value": 1}},
        "locals": {"a": 1},
        "provider": {"aws": [{"region": "us-east-1"}, {"alias": "hub", "region": "us-east-1"}]},
        "terraform": {"backend": {"s3": {"bucket": "state"}}},
    }
    after = {
        "locals": {"a": 2},
        "variable": {"v": {"type": "string"}},
        "module": {"m": {"source": "./m"}},
        "provider": {"aws": [{"region": "us-east-1"}, {"alias": "hub", "region": "eu-west-3"}]},
        "terraform": {"backend": {"s3": {"bucket": "other"}}},
    }
    told = render(compare(before, after)).splitlines()
    assert told == [
        "- data.aws_vpc.hub",
        "- output.ips",
        "~ local.a 1 → 2",
        '~ provider.aws.hub region: "us-east-1" → "eu-west-3"',
        '~ terraform backend.s3.bucket: "state" → "other"',
        "+ module.m",
        "+ var.v",
        "2 removed, 3 to change, 2 added.",
    ]


def test_a_plan_is_no_declared_state() -> None:
    with pytest.raises(TemplateError, match="after: a plan, not a synthesized document"):
        compare({}, {"format_version": "1.2", "planned_values": {"root_module": {}}})


def test_colour_marks_lines_and_changes_no_text() -> None:
    compared = compare({"resource": TOPIC}, {})
    assert render(compared, colour=True).startswith("\x1b[31m- aws_sns_topic.t\x1b[0m\n")


def test_for_scripts() -> None:
    after = {"aws_sns_topic": {"t": {"name": "m", "display_name": "d"}, "u": {"name": "u"}}}
    assert compare({"resource": TOPIC}, {"resource": after}).as_data() == [
        {
            "address": "aws_sns_topic.t",
            "action": "replaced",
            "forced_by": ["name"],
            "differences": [{"path": "name", "before": "n", "after": "m"}],
        },
        {"address": "aws_sns_topic.u", "action": "created"},
    ]


NAMES = st.sampled_from(["a", "b", "c", "d"])
BODIES = st.fixed_dictionaries(
    {"vpc_id": st.one_of(st.just("vpc-1"), NAMES.map(lambda name: f"${{aws_vpc.{name}.id}}"))},
    optional={"tags": st.dictionaries(NAMES, NAMES, max_size=2), "lifecycle": st.just({"prevent_destroy": True})},
)
DOCUMENTS = st.fixed_dictionaries(
    {"resource": st.fixed_dictionaries({kind: st.dictionaries(NAMES, BODIES) for kind in ("aws_vpc", "aws_subnet")})}
)


@given(DOCUMENTS, DOCUMENTS)
def test_a_comparison_is_empty_only_of_equals_and_tells_of_every_address(a: dict[str, Any], b: dict[str, Any]) -> None:
    compared = compare(a, b)
    assert not compare(a, copy.deepcopy(a))
    assert bool(compared) == (a != b)
    told = {change.address for change in compared} | {change.previous for change in compared}
    addresses = [{f"{k}.{n}" for k, named in each["resource"].items() for n in named} for each in (a, b)]
    assert addresses[0] ^ addresses[1] <= told
    assert render(compared)
