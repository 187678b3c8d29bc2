"""What becomes of each resource: destroyed, replaced, renamed, moved, changed, created."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.comparison import Action, compare, render
from northsouth.comparison.changes import in_place
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


def test_a_mute_rule_changes_in_place_and_is_replaced_for_another_name() -> None:
    """The provider that the table is tried on does not know the type."""

    def declared(name: str, duration: str) -> dict[str, Any]:
        rule = {"name": name, "rule": [{"schedule": [{"expression": "cron(0 2 * * SUN)", "duration": duration}]}]}
        return {"resource": {"aws_cloudwatch_alarm_mute_rule": {"patching": rule}}}

    (longer,) = compare(declared("weekly", "PT4H"), declared("weekly", "PT6H"))
    (renamed,) = compare(declared("weekly", "PT4H"), declared("nightly", "PT4H"))
    assert (longer.action, renamed.action) == (Action.CHANGED, Action.REPLACED)


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


@pytest.mark.parametrize("argument", ["count", "for_each"])
def test_an_expression_that_decides_which_instances_there_are_is_compared(argument: str) -> None:
    before = {"aws_eip": {"nat": {argument: "${var.zones}"}}}
    after = {"aws_eip": {"nat": {argument: "${var.others}"}}}
    assert changed(before, after) == [("may-replace", "aws_eip.nat")]
    assert f"may destroy instances ({argument} changes)" in render(compare({"resource": before}, {"resource": after}))


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
    assert "-/+ aws_subnet.s: replaced because of what it refers to in vpc_id" in render(compared)
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


def test_a_trigger_on_one_attribute_does_not_wait_for_the_others() -> None:
    def declared(name: str) -> dict[str, Any]:
        return {
            "aws_sns_topic": {"t": {"name": "t", "display_name": "d", "tags": {"Name": name}}},
            "aws_eip": {"e": {"lifecycle": {"replace_triggered_by": ["aws_sns_topic.t.display_name"]}}},
        }

    assert changed(declared("a"), declared("b")) == [("changed", "aws_sns_topic.t")]


@pytest.mark.parametrize("reference", ["${aws_vpc.v.id}", '${join(",", [for each in aws_vpc.v : each])}'])
def test_a_change_in_place_replaces_nothing_else(reference: str) -> None:
    def declared(name: str) -> dict[str, Any]:
        vpc = {"cidr_block": "10.0.0.0/16", "tags": {"Name": name}}
        return {"aws_vpc": {"v": vpc}, "aws_subnet": {"s": {"vpc_id": reference}}}

    assert changed(declared("a"), declared("b")) == [("changed", "aws_vpc.v")]


def test_a_module_that_refers_to_what_is_replaced_may_replace_what_it_holds() -> None:
    def declared(cidr: str) -> dict[str, Any]:
        return {
            "resource": {"aws_vpc": {"v": {"cidr_block": cidr}}},
            "module": {"m": {"source": "./m", "network": "${aws_vpc.v.id}"}},
        }

    compared = compare(declared("10.0.0.0/16"), declared("10.1.0.0/16"))
    assert [(str(each.action), each.address) for each in compared] == [
        ("replaced", "aws_vpc.v"),
        ("may-replace", "module.m"),
    ]
    assert "? module.m: may replace (what it refers to in network may change)" in render(compared)
    assert compared.as_data()[1] == {"address": "module.m", "action": "may-replace", "forced_by": ["network"]}


def test_a_data_source_that_reads_what_is_replaced_may_read_something_else() -> None:
    def declared(cidr: str) -> dict[str, Any]:
        return {
            "data": {"aws_vpc": {"d": {"id": "${aws_vpc.v.id}"}}},
            "resource": {
                "aws_vpc": {"v": {"cidr_block": cidr}},
                "aws_sns_topic": {"t": {"name": "${data.aws_vpc.d.main_route_table_id}"}},
            },
        }

    compared = compare(declared("10.0.0.0/16"), declared("10.1.0.0/16"))
    assert [(str(each.action), each.address) for each in compared] == [
        ("replaced", "aws_vpc.v"),
        ("may-replace", "aws_sns_topic.t"),
    ]


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
        "2 removed, 3 to change, 1 to create, 1 added.",
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


ZONE = {"google_compute_instance": {"i": {"zone": "a", "name": "i"}}}


def zone(after: str = "b") -> dict[str, Any]:
    return {"google_compute_instance": {"i": {"zone": after, "name": "i"}}}


def test_a_change_of_a_type_that_the_table_does_not_hold_may_replace() -> None:
    compared = compare({"resource": ZONE}, {"resource": zone()})
    assert (compared.destructive, [each.address for each in compared.possible]) == ((), ["google_compute_instance.i"])
    assert render(compared).splitlines() == [
        "? google_compute_instance.i: may replace (type unknown)",
        '    zone: "a" → "b"',
        "1 that may be replaced.",
    ]
    assert [each.action for each in in_place(compared)] == [Action.CHANGED]


def test_what_may_be_replaced_can_be_taken_as_changed_in_place() -> None:
    def declared(value: str, name: str = "s") -> dict[str, Any]:
        return {
            "aws_vpc": {"v": {"cidr_block": f"10.{value}.0.0/16"}},
            "google_compute_network": {"n": {"name": value}},
            "google_compute_subnetwork": {name: {"network": "${google_compute_network.n.id}", "size": value}},
            "google_compute_router": {"r": {"network": "${google_compute_network.n.id}"}},
        }

    moved = [{"from": "google_compute_subnetwork.s", "to": "google_compute_subnetwork.t"}]
    compared = compare({"resource": declared("0")}, {"resource": declared("1", "t"), "moved": moved})
    assert [(str(each.action), each.address) for each in compared] == [
        ("replaced", "aws_vpc.v"),
        ("may-replace", "google_compute_network.n"),
        ("may-replace", "google_compute_router.r"),
        ("may-replace", "google_compute_subnetwork.t"),
    ]
    taken = in_place(compared)
    assert [(str(each.action), each.address, each.forced_by, each.previous) for each in taken] == [
        ("replaced", "aws_vpc.v", ("cidr_block",), ""),
        ("changed", "google_compute_network.n", (), ""),
        ("moved", "google_compute_subnetwork.t", (), "google_compute_subnetwork.s"),
    ]


@pytest.mark.parametrize("argument", ["lifecycle", "depends_on", "provisioner", "connection", "provider"])
def test_what_terraform_itself_reads_replaces_nothing(argument: str) -> None:
    after = {"google_compute_instance": {"i": {**ZONE["google_compute_instance"]["i"], argument: {"x": 1}}}}
    assert changed(ZONE, after) == [("changed", "google_compute_instance.i")]


def test_what_refers_to_something_unknown_may_be_replaced() -> None:
    def declared(address: str, **blocks: Any) -> dict[str, Any]:
        uses = {"aws_sqs_queue": {"q": {"name": f"${{{address}}}"}}, "aws_sns_topic": {"t": {"display_name": address}}}
        return {"resource": uses, **blocks}

    def both(address: str, before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str]]:
        compared = compare(declared(address, **before), declared(address, **after))
        return [(str(each.action), each.address) for each in compared]

    queue = ("may-replace", "aws_sqs_queue.q")
    assert both("local.p", {"locals": {"p": "a"}}, {"locals": {"p": "b"}}) == [queue, ("changed", "local.p")]
    chain = [{"locals": {"p": "x-${local.o}", "o": value}} for value in "ab"]
    assert both("local.p", *chain) == [queue, ("changed", "local.o")]
    variables = [{"variable": {"v": {"default": value}}} for value in "ab"]
    assert both("var.v", *variables) == [queue, ("changed", "var.v")]
    data = [{"data": {"aws_ami": {"d": {"owners": [value]}}}} for value in "ab"]
    assert both("data.aws_ami.d.id", *data) == [queue, ("changed", "data.aws_ami.d")]
    modules = [{"module": {"m": {"source": "hub", "version": value}}} for value in "12"]
    assert both("module.m.name", *modules) == [queue, ("may-replace", "module.m")]
    note = "may replace (what it refers to in name may change)"
    assert note in render(compare(declared("var.v", **variables[0]), declared("var.v", **variables[1])))


def test_what_refers_to_a_resource_that_may_be_replaced_may_be_too() -> None:
    def declared(value: str) -> dict[str, Any]:
        return {
            "google_compute_network": {"n": {"name": value}},
            "google_compute_subnetwork": {"s": {"network": "${google_compute_network.n.id}"}},
            "aws_sns_topic_subscription": {"t": {"endpoint": "${google_compute_subnetwork.s.link}", "protocol": "sqs"}},
            "aws_sns_topic": {"u": {"name": "u", "display_name": "${google_compute_network.n.id}"}},
        }

    assert changed(declared("a"), declared("b")) == [
        ("may-replace", "aws_sns_topic_subscription.t"),
        ("may-replace", "google_compute_network.n"),
        ("may-replace", "google_compute_subnetwork.s"),
    ]


def test_what_is_certainly_replaced_makes_an_unknown_type_only_possibly_so() -> None:
    def declared(cidr: str) -> dict[str, Any]:
        return {
            "aws_vpc": {"v": {"cidr_block": cidr}},
            "aws_lb_target_group": {"g": {"vpc_id": "${aws_vpc.v.id}"}},
            "aws_subnet": {"s": {"vpc_id": "${aws_vpc.v.id}"}},
        }

    assert changed(declared("10.0.0.0/16"), declared("10.1.0.0/16")) == [
        ("replaced", "aws_subnet.s"),
        ("replaced", "aws_vpc.v"),
        ("may-replace", "aws_lb_target_group.g"),
    ]


def test_a_module_that_goes_destroys_what_it_holds() -> None:
    compared = compare({"module": {"m": {"source": "./m"}}}, {})
    assert [(each.action, each.address) for each in compared.destructive] == [(Action.DESTROYED, "module.m")]


def test_filtered_output_never_says_that_nothing_changes() -> None:
    compared = compare({"resource": TOPIC}, {"resource": {**TOPIC, "aws_eip": {"e": {}, "f": {}}}})
    filtered = compared.only(Action.DESTROYED, Action.REPLACED, Action.MAY_REPLACE)
    assert not filtered
    assert render(filtered).splitlines() == ["Nothing of what was asked for.", "Left out: 2 to create."]


def test_a_moved_resource_that_is_replaced_is_not_told_to_be_moved() -> None:
    after = {
        "resource": {"aws_sns_topic": {"u": {"name": "other", "display_name": "d"}}},
        "moved": [{"from": "aws_sns_topic.t", "to": "aws_sns_topic.u"}],
    }
    [line, *_] = render(compare({"resource": TOPIC}, after)).splitlines()
    assert line == "-/+ aws_sns_topic.u: moved from aws_sns_topic.t"


@pytest.mark.parametrize("back", [False, True])
def test_a_count_that_comes_or_goes_moves_the_first_instance(back: bool) -> None:
    single, counted = {"aws_eip": {"e": {"domain": "vpc"}}}, {"aws_eip": {"e": {"domain": "vpc", "count": 2}}}
    if back:
        assert changed(counted, single) == [("destroyed", "aws_eip.e[1]"), ("moved", "aws_eip.e")]
    else:
        assert changed(single, counted) == [("moved", "aws_eip.e[0]"), ("created", "aws_eip.e[1]")]


def test_the_moved_blocks_of_what_looks_renamed_are_ready() -> None:
    body = {"for_each": {"a": 1, "b": 2}, "tags": {"Name": "${each.key}"}}
    before = {"aws_eip": {"old": body}, **TOPIC, "aws_vpc": {"v": {"cidr_block": "10.0.0.0/16", "tags": {"a": "b"}}}}
    after = {
        "aws_eip": {"new": body},
        "aws_sns_topic": {"u": TOPIC["aws_sns_topic"]["t"]},
        "aws_vpc": {"w": {"cidr_block": "10.0.0.0/16", "tags": {"a": "c"}}},
    }
    compared = compare({"resource": before}, {"resource": after})
    assert compared.renames == (
        ("aws_eip.old", "aws_eip.new"),
        ("aws_sns_topic.t", "aws_sns_topic.u"),
        ("aws_vpc.v", "aws_vpc.w"),
    )
    text = render(compared)
    assert "- aws_vpc.v: if it is now aws_vpc.w, renamed and changed, a moved block keeps it" in text
    printed = text[text.index('  {"moved": [') : text.index("  ]}") + 4]
    moved = json.loads(printed)["moved"]
    assert moved == compared.moved_blocks
    again = compare({"resource": before}, {"resource": after, "moved": moved})
    assert not again.destructive
    assert {each.action for each in again} == {Action.MOVED}


def test_instances_that_leave_a_block_are_moved_one_by_one() -> None:
    before = {"aws_eip": {"e": {"for_each": {"a": 1, "b": 2}, "tags": {"Name": "${each.key}"}}}}
    after = {
        "aws_eip": {
            "e": {"for_each": {"b": 2}, "tags": {"Name": "${each.key}"}},
            "f": {"for_each": {"a": 1}, "tags": {"Name": "${each.key}"}},
        }
    }
    assert compare({"resource": before}, {"resource": after}).renames == (('aws_eip.e["a"]', 'aws_eip.f["a"]'),)


def test_what_is_imported_is_not_created() -> None:
    after = {"resource": TOPIC, "import": [{"to": "aws_sns_topic.t", "id": "arn:aws:sns:x"}]}
    assert render(compare({}, after)).splitlines() == ["< aws_sns_topic.t: imported, id arn:aws:sns:x", "1 to import."]
    renamed = {"resource": {"aws_sns_topic": {"u": TOPIC["aws_sns_topic"]["t"]}}}
    assert [(each.action, each.address) for each in compare(renamed, after)] == [
        (Action.DESTROYED, "aws_sns_topic.u"),
        (Action.IMPORTED, "aws_sns_topic.t"),
    ]
    idle = compare({"resource": TOPIC}, after)
    assert render(idle).splitlines()[0] == "+ import aws_sns_topic.t"


def test_scripts_are_told_the_former_address_the_hint_and_the_id() -> None:
    moved = {
        "resource": {"aws_sns_topic": {"u": TOPIC["aws_sns_topic"]["t"]}},
        "moved": {"from": "aws_sns_topic.t", "to": "aws_sns_topic.u"},
    }
    assert compare({"resource": TOPIC}, moved).as_data() == [
        {"address": "aws_sns_topic.u", "action": "moved", "previous": "aws_sns_topic.t"}
    ]
    other = {"aws_sns_topic": {"u": {"name": "n", "display_name": "e"}}}
    assert compare({"resource": TOPIC}, {"resource": other}).as_data() == [
        {"address": "aws_sns_topic.t", "action": "destroyed", "resembles": "aws_sns_topic.u"},
        {"address": "aws_sns_topic.u", "action": "created", "resembles": "aws_sns_topic.t"},
    ]
    imported = compare({}, {"resource": TOPIC, "import": {"to": "aws_sns_topic.t", "id": "x"}})
    assert imported.as_data() == [{"address": "aws_sns_topic.t", "action": "imported", "import_id": "x"}]
    order = compare(
        {"resource": {"aws_sns_topic": {"t": {"l": ["a", "b"]}}}},
        {"resource": {"aws_sns_topic": {"t": {"l": ["b", "a"]}}}},
    )
    assert order.as_data()[0]["differences"] == [
        {"path": "l", "before": ["a", "b"], "after": ["b", "a"], "reordered": True}
    ]


@pytest.mark.parametrize("key", ["output", "variable", "module", "locals"])
def test_a_comment_in_a_block_of_names_is_no_block(key: str) -> None:
    assert not compare({}, {key: {"//": {"note": "generated"}}})


@pytest.mark.parametrize(
    ("key", "block", "address"),
    [
        ("moved", {"from": "aws_eip.a", "to": "aws_eip.b"}, "moved aws_eip.a aws_eip.b"),
        ("removed", {"from": "aws_eip.a"}, "removed aws_eip.a"),
        ("import", {"to": "aws_eip.b", "id": "x"}, "import aws_eip.b"),
    ],
)
def test_instructions_are_named_by_what_they_are_about(key: str, block: dict[str, str], address: str) -> None:
    for written in (block, [block]):
        assert [(change.action, change.address) for change in compare({}, {key: written})] == [(Action.ADDED, address)]


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
