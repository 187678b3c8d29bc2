"""What ``terraform show -json`` prints: a plan with modules (a real one), and states."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from northsouth.template import Kind, Mode, Template, TemplateError, parse, parse_plan, read

DATA = Path(__file__).parent / "data"
RULES = "module.hub.aws_route53_resolver_firewall"


@pytest.fixture(scope="module")
def plan() -> Template:
    return read(DATA / "plan.json")


def test_a_plan_has_the_instances_of_all_modules(plan: Template) -> None:
    assert plan.kind is Kind.PLAN
    assert sorted(plan.resources) == [
        "aws_ram_resource_share.group",
        'aws_vpc.main["east"]',
        'aws_vpc.main["west"]',
        "module.hub.aws_lb.hub",
        f'{RULES}_domain_list.names["api"]',
        f'{RULES}_rule.override["api"]',
        f"{RULES}_rule_group.hub[0]",
        f'{RULES}_rule_group_association.vpc["east"]',
        f'{RULES}_rule_group_association.vpc["west"]',
    ]
    rule = plan[f'{RULES}_rule.override["api"]']
    assert (rule.module, rule.index, rule.values["block_override_ttl"]) == ("module.hub", "api", 60)


def test_unknown_values_lead_to_their_resource_by_the_configuration(plan: Template) -> None:
    rule = plan[f'{RULES}_rule.override["api"]']
    assert {"block_override_domain", "firewall_domain_list_id", "firewall_rule_group_id"} <= rule.unknown
    assert plan.value(rule, "block_override_domain") is None
    assert plan.one(rule, "block_override_domain") is plan["module.hub.aws_lb.hub"]
    assert plan.one(rule, "firewall_domain_list_id") is plan[f'{RULES}_domain_list.names["api"]']
    assert plan.one(rule, "firewall_rule_group_id") is plan[f"{RULES}_rule_group.hub[0]"]


def test_each_value_is_followed_through_a_module_s_variable(plan: Template) -> None:
    for key in ("east", "west"):
        association = plan[f'{RULES}_rule_group_association.vpc["{key}"]']
        assert plan.one(association, "vpc_id", "aws_vpc") is plan[f'aws_vpc.main["{key}"]']


def test_a_module_s_output_is_followed(plan: Template) -> None:
    assert plan.one(plan["aws_ram_resource_share.group"], "tags") is plan[f"{RULES}_rule_group.hub[0]"]


def _resource(
    type: str, name: str, *, mode: str = "managed", index: object = None, module: str = "", **values: Any
) -> dict[str, Any]:
    address = f"{'data.' if mode == 'data' else ''}{type}.{name}" + ("" if index is None else f"[{json.dumps(index)}]")
    address = f"{module}.{address}" if module else address
    return {"address": address, "mode": mode, "type": type, "name": name, "index": index, "values": values}


def _state(*resources: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"format_version": "1.0", "values": {"root_module": {"resources": list(resources), **more}}}


def test_a_state_leads_by_ids_and_arns() -> None:
    document = _state(
        _resource("aws_vpc", "main", id="vpc-1", arn="arn:vpc/vpc-1"),
        _resource("aws_subnet", "a", id="subnet-1", vpc_id="vpc-1"),
        _resource("aws_lb", "a", id="arn:lb", arn="arn:lb", subnets=["subnet-1", "subnet-2"]),
        _resource("aws_x", "y", id="vpc-1"),
        _resource("aws_z", "z", id="arn:z", load_balancer_arn="arn:lb", vpc="vpc-1"),
        child_modules=[
            {"address": "module.m[0]", "resources": [_resource("aws_q", "q", module="module.m[0]", subnet="subnet-1")]}
        ],
    )
    template = parse(document)
    assert template.kind is Kind.STATE
    assert template.one(template["aws_subnet.a"], "vpc_id", "aws_vpc") is template["aws_vpc.main"]
    assert template.one(template["aws_subnet.a"], "vpc_id") is None  # two resources have this id
    assert template.follow(template["aws_lb.a"], "subnets") == (template["aws_subnet.a"],)
    assert template.one(template["aws_z.z"], "load_balancer_arn") is template["aws_lb.a"]
    assert template.one(template["module.m[0].aws_q.q"], "subnet") is template["aws_subnet.a"]
    assert template.by_id("nothing") is None


def test_an_empty_state_is_empty() -> None:
    assert len(parse({"format_version": "1.0", "terraform_version": "1.11.4"})) == 0


def test_data_sources_of_the_prior_state_count_but_not_what_will_be_destroyed() -> None:
    prior = _state(_resource("aws_vpc", "old", id="vpc-1"), _resource("aws_vpc", "found", mode="data", id="vpc-2"))
    document = {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": [_resource("aws_subnet", "a", vpc_id="vpc-2")]}},
        "prior_state": prior,
        "configuration": {},
    }
    template = parse(document)
    assert sorted(template.resources) == ["aws_subnet.a", "data.aws_vpc.found"]
    assert template["data.aws_vpc.found"].mode is Mode.DATA
    assert template.one(template["aws_subnet.a"], "vpc_id", "aws_vpc") is template["data.aws_vpc.found"]


def test_a_module_with_instances_stays_with_its_own() -> None:
    def instance(key: str) -> dict[str, Any]:
        module = f'module.m["{key}.x"]'
        vpc = _resource("aws_vpc", "v", module=module)
        return {"address": module, "resources": [vpc, _resource("aws_subnet", "s", module=module)]}

    outside = _resource("aws_x", "y", module="")
    document = {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": [outside], "child_modules": [instance("a"), instance("b")]}},
        "configuration": {
            "root_module": {
                "resources": [
                    {
                        "mode": "managed",
                        "type": "aws_x",
                        "name": "y",
                        "expressions": {"vpc": {"references": ['module.m["a.x"].vpc', 'module.m["a.x"]', "module.m"]}},
                    }
                ],
                "module_calls": {
                    "m": {
                        "module": {
                            "outputs": {"vpc": {"expression": {"references": ["aws_vpc.v.id", "aws_vpc.v"]}}},
                            "resources": [
                                {
                                    "mode": "managed",
                                    "type": "aws_subnet",
                                    "name": "s",
                                    "expressions": {
                                        "nested": [{"vpc_id": {"references": ["aws_vpc.v.id", "aws_vpc.v"]}}]
                                    },
                                }
                            ],
                        }
                    }
                },
            }
        },
    }
    template = parse(document)
    subnet = template['module.m["b.x"].aws_subnet.s']
    assert template.one(subnet, "nested[0].vpc_id") is template['module.m["b.x"].aws_vpc.v']
    assert template.one(subnet, "nested") is template['module.m["b.x"].aws_vpc.v']
    assert template.one(template["aws_x.y"], "vpc") is template['module.m["a.x"].aws_vpc.v']


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"format_version": "2.0", "values": {}}, "format_version '2.0' is not known; 0.x and 1.x are"),
        ({"format_version": 1, "values": {}}, "format_version 1 is not known; 0.x and 1.x are"),
        ({"format_version": "1.0", "values": []}, "values is not an object"),
        (
            {"format_version": "1.0", "values": {"root_module": {"resources": {}}}},
            "values.root_module.resources is not an array",
        ),
        (
            {"format_version": "1.0", "values": {"root_module": {"child_modules": [{"address": 1}]}}},
            "a module's address is not text",
        ),
        (_state({"address": "a.b", "mode": "managed"}), "a resource without address, type or name: a.b"),
        (_state({**_resource("a", "b"), "mode": "x"}), "a.b has mode 'x'; managed and data are known"),
        (_state({**_resource("a", "b"), "values": 1}), "a.b.values is not an object"),
        (_state(_resource("a", "b"), _resource("a", "b")), "a.b is declared twice"),
        (
            {"format_version": "1.2", "resource_changes": []},
            "a plan without planned_values; was the plan made with errors?",
        ),
        ({"version": 4, "serial": 1, "lineage": "x"}, "a raw state file; write it with `terraform show -json` instead"),
        ({"version": 4}, "neither a cdk.tf.json nor the output of `terraform show -json`"),
        ({}, "neither a cdk.tf.json nor the output of `terraform show -json`"),
    ],
)
def test_malformed_documents_are_refused(document: dict[str, Any], message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        parse(document, source="plan.json")
    assert str(caught.value) == f"plan.json: {message}"


def test_a_module_address_without_end_is_refused() -> None:
    module = {"address": ".".join(["module.m"] * 200), "resources": [_resource("aws_vpc", "v")]}
    with pytest.raises(TemplateError, match="modules nested deeper than 100 levels"):
        parse(_state(child_modules=[module]))


def test_modules_nested_without_end_are_refused() -> None:
    def nested(depth: int) -> dict[str, Any]:
        return {"module_calls": {"m": {"module": nested(depth - 1)}}} if depth else {}

    document = {"format_version": "1.2", "planned_values": {}, "configuration": {"root_module": nested(120)}}
    with pytest.raises(TemplateError, match="nested deeper than"):
        parse(document)


def test_a_deposed_object_stands_beside_the_resource_of_its_address() -> None:
    old = {**_resource("aws_vpc", "v", id="vpc-0"), "deposed_key": "a1b2c3d4"}
    template = parse(_state(_resource("aws_vpc", "v", id="vpc-1"), old, _resource("aws_subnet", "s", vpc_id="vpc-0")))
    assert [(each.address, each.deposed) for each in template.of_type("aws_vpc")] == [
        ("aws_vpc.v", ""),
        ("aws_vpc.v (deposed object a1b2c3d4)", "a1b2c3d4"),
    ]
    assert template["aws_vpc.v"].values["id"] == "vpc-1"
    assert template.one(template["aws_subnet.s"], "vpc_id") is template["aws_vpc.v (deposed object a1b2c3d4)"]


def test_a_deposed_object_says_nothing_of_the_resource_that_is_planned() -> None:
    def entry(unknown: dict[str, bool], **more: str) -> dict[str, Any]:
        change = {"actions": ["update"], "before": {}, "after": {}, "after_unknown": unknown}
        return {**_resource("aws_vpc", "v"), "change": change, **more}

    entries = [entry({"domains": True}), entry({"other": True}, deposed="a1b2c3d4")]
    for changes in (entries, entries[::-1]):
        document = {
            "format_version": "1.2",
            "planned_values": {"root_module": {"resources": [_resource("aws_vpc", "v")]}},
            "resource_changes": changes,
        }
        assert parse(document)["aws_vpc.v"].unknown == {"domains"}


def test_addresses_that_terraform_0_12_cut_short_are_completed() -> None:
    counted = [_resource("aws_eip", "e") | {"index": at} for at in (0, 1)]
    keyed = _resource("aws_eip", "f") | {"index": "a.b"}
    module = {
        "resources": [_resource("aws_vpc", "v"), _resource("aws_vpc", "d", mode="data")],
        "address": "module.m",
        "child_modules": [{"resources": counted, "address": "module.m.module.n"}],
    }
    document = _state(_resource("aws_vpc", "v"), *counted, keyed, child_modules=[module]) | {"format_version": "0.1"}
    assert list(parse(document).resources) == [
        "aws_vpc.v",
        "aws_eip.e[0]",
        "aws_eip.e[1]",
        'aws_eip.f["a.b"]',
        "module.m.aws_vpc.v",
        "module.m.data.aws_vpc.d",
        "module.m.module.n.aws_eip.e[0]",
        "module.m.module.n.aws_eip.e[1]",
    ]


def test_a_plan_read_piece_by_piece_is_the_plan_read_at_once() -> None:
    text = (DATA / "plan.json").read_text(encoding="utf-8")
    pieces, whole = parse_plan(text), parse_plan(json.loads(text))
    assert list(pieces.template) == list(whole.template)
    assert pieces.changes == whole.changes
    assert pieces.drift == whole.drift
    for resource in whole.template:
        links = [(link.path, [each.address for each in link.targets]) for link in whole.template.links(resource)]
        again = pieces.template.links(pieces.template[resource.address])
        assert [(link.path, [each.address for each in link.targets]) for link in again] == links


def test_values_kept_as_text_are_bounded_too() -> None:
    deep: Any = "x"
    for _ in range(200):
        deep = {"a": deep}
    document = json.dumps(_state(_resource("aws_vpc", "v", deep=deep)))
    with pytest.raises(TemplateError, match="nested deeper than 100 levels"):
        parse(document)
