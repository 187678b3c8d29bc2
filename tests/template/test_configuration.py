"""Synthesized documents: blocks, instances, references and values."""

from __future__ import annotations

from typing import Any

import pytest

from northsouth.template import Kind, Mode, Template, TemplateError, parse


def _template(**blocks: Any) -> Template:
    return parse(blocks, source="cdk.tf.json")


GRAPH = {
    "terraform": {},
    "locals": {"region": "eu-west-1", "host": "${local.region}.example.com", "vpc": "${aws_vpc.main.id}"},
    "variable": {"zone": {"default": "a"}, "later": {"type": "string"}},
    "data": {"aws_vpc": {"shared": {"tags": {"Name": "shared"}}}},
    "resource": {
        "aws_vpc": {"main": {"cidr_block": "10.0.0.0/16", "tags": {"Name": "main"}}},
        "aws_subnet": {
            "a": {
                "vpc_id": "${aws_vpc.main.id}",
                "cidr_block": "${aws_vpc.main.cidr_block}",
                "availability_zone": "${local.region}${var.zone}",
                "tags": {"Name": "in-${aws_vpc.main.tags.Name}", "Arn": "x-${aws_vpc.main.arn}-y"},
                "depends_on": ["aws_vpc.main"],
            }
        },
        "aws_route_table": {
            "private": {
                "vpc_id": "${local.vpc}",
                "route": [
                    {"cidr_block": "0.0.0.0/0", "nat_gateway_id": "${aws_nat_gateway.a.id}"},
                    {"cidr_block": "10.9.0.0/16", "vpc_peering_connection_id": "${data.aws_vpc.shared.id}"},
                ],
            }
        },
        "aws_nat_gateway": {"a": {"subnet_id": "${aws_subnet.a.id}"}},
    },
}


@pytest.fixture(scope="module")
def graph() -> Template:
    return parse(GRAPH)


def test_kind_and_addresses(graph: Template) -> None:
    assert graph.kind is Kind.SYNTHESIZED
    assert set(graph.resources) == {
        "aws_vpc.main",
        "aws_subnet.a",
        "aws_route_table.private",
        "aws_nat_gateway.a",
        "data.aws_vpc.shared",
    }
    assert [found.address for found in graph.of_type("aws_vpc")] == ["aws_vpc.main"]
    assert [found.address for found in graph.of_type("aws_vpc", mode=Mode.DATA)] == ["data.aws_vpc.shared"]
    assert len(graph.of_type("aws_vpc", "aws_subnet", mode=None)) == 3


def test_a_reference_leads_to_its_resource(graph: Template) -> None:
    subnet = graph["aws_subnet.a"]
    assert graph.one(subnet, "vpc_id") is graph["aws_vpc.main"]
    assert graph.one(subnet, "vpc_id", "aws_vpc") is graph["aws_vpc.main"]
    assert graph.one(subnet, "vpc_id", "aws_subnet") is None
    assert graph.one(subnet, "missing") is None


def test_references_in_longer_text_lists_and_nested_blocks(graph: Template) -> None:
    table = graph["aws_route_table.private"]
    assert [(link.path, link.targets[0].address) for link in graph.links(table, "route")] == [
        ("route[0].nat_gateway_id", "aws_nat_gateway.a"),
        ("route[1].vpc_peering_connection_id", "data.aws_vpc.shared"),
    ]
    assert graph.follow(graph["aws_subnet.a"], "tags.Name") == (graph["aws_vpc.main"],)


def test_a_local_is_followed(graph: Template) -> None:
    assert graph.one(graph["aws_route_table.private"], "vpc_id") is graph["aws_vpc.main"]


def test_values_are_filled_in_as_far_as_they_are_known(graph: Template) -> None:
    subnet = graph["aws_subnet.a"]
    assert graph.value(subnet, "cidr_block") == "10.0.0.0/16"
    assert graph.value(subnet, "availability_zone") == "eu-west-1a"
    assert graph.value(subnet, "tags.Name") == "in-main"
    assert graph.value(subnet, "tags.Arn") == "x-${aws_vpc.main.arn}-y"
    assert graph.value(subnet, "vpc_id") == "${aws_vpc.main.id}"
    assert graph.value(subnet, "missing.deeper[3]") is None


def test_values_are_frozen(graph: Template) -> None:
    with pytest.raises(TypeError):
        graph["aws_vpc.main"].values["tags"] = "x"  # type: ignore[index]
    with pytest.raises(AttributeError):
        graph["aws_vpc.main"].name = "x"  # type: ignore[misc]


def test_blocks_in_arrays_are_merged() -> None:
    document = _template(resource=[{"aws_vpc": {"a": {"x": 1}}}, {"aws_vpc": [{"b": [{"x": 2}]}], "//": "a comment"}])
    assert {found.address: found.values["x"] for found in document} == {"aws_vpc.a": 1, "aws_vpc.b": 2}


@pytest.mark.parametrize("count", [2, 2.0, "2"])
def test_a_literal_count_is_spread(count: object) -> None:
    document = _template(
        resource={
            "aws_eip": {"nat": {"count": count, "tags": {"Name": "nat-${count.index}"}}},
            "aws_nat_gateway": {"nat": {"count": count, "allocation_id": "${aws_eip.nat[count.index].id}"}},
            "aws_x": {"all": {"ids": ["${aws_eip.nat[1].id}", "${aws_eip.nat.*.id}"]}},
        }
    )
    assert document["aws_eip.nat[1]"].values == {"tags": {"Name": "nat-1"}}
    assert document["aws_eip.nat[1]"].index == 1
    assert document.one(document["aws_nat_gateway.nat[1]"], "allocation_id") is document["aws_eip.nat[1]"]
    everything = document["aws_x.all"]
    assert [found.address for found in document.follow(everything, "ids[0]")] == ["aws_eip.nat[1]"]
    assert [found.address for found in document.follow(everything, "ids[1]")] == ["aws_eip.nat[0]", "aws_eip.nat[1]"]
    assert document.one(everything, "ids") is None


@pytest.mark.parametrize(
    "for_each", [{"a": "x", "b": "y"}, '${toset(["a", "b"])}', ["a", "b"]], ids=["map", "toset", "list"]
)
def test_a_literal_for_each_is_spread(for_each: object) -> None:
    document = _template(
        resource={
            "aws_vpc": {"v": {"for_each": for_each, "tags": {"Name": "${each.key}-vpc$${x}", "V": "${each.value}"}}},
            "aws_subnet": {"s": {"for_each": "${aws_vpc.v}", "vpc_id": "${each.value.id}"}},
            "aws_x": {"one": {"vpc_id": '${aws_vpc.v["b"].id}', "other": "${aws_vpc.v[each.key].id}"}},
        }
    )
    assert document.value(document['aws_vpc.v["a"]'], "tags.Name") == "a-vpc$${x}"
    assert document.value(document['aws_vpc.v["b"]'], "tags.V") == ("y" if isinstance(for_each, dict) else "b")
    assert document.one(document["aws_x.one"], "vpc_id") is document['aws_vpc.v["b"]']
    assert document["aws_subnet.s"].repeated
    assert len(document.follow(document["aws_subnet.s"], "vpc_id")) == 2


def test_a_for_each_over_a_local_map_is_spread() -> None:
    document = _template(
        locals={"m": {"a": {"n": 5}, "b": {"n": "${var.n}"}}, "odd": {"${var.k}": 1}},
        resource={
            "aws_x": {"y": {"for_each": "${local.m}", "n": "${each.value.n}"}, "z": {"for_each": "${local.odd}"}},
        },
    )
    assert [resource.address for resource in document] == ['aws_x.y["a"]', 'aws_x.y["b"]', "aws_x.z"]
    assert [resource.values.get("n") for resource in document] == [5, "${var.n}", None]
    assert document["aws_x.z"].repeated


def test_each_value_attributes_are_put_in() -> None:
    document = _template(
        resource={"aws_x": {"y": {"for_each": {"a": {"n": 5}}, "n": "${each.value.n}", "t": "n${each.value.n}"}}}
    )
    assert document['aws_x.y["a"]'].values == {"n": 5, "t": "n5"}


def test_an_instance_leads_where_its_own_key_and_value_lead() -> None:
    rules = {
        "for_each": {"a": {"target": "${aws_lb.one.dns_name}", "at": 1}, "b": {"target": "b.example", "at": "x"}},
        "list": "${aws_l.l[each.key].id}",
        "other": "x-${aws_l.n[each.value.at].id}",
        "target": "${each.value.target}",
        "text": "[each.key] ${upper(each.key)} ${aws_l.l[each.value.none].id}",
    }
    document = _template(
        resource={
            "aws_l": {"l": {"for_each": {"a": 1, "b": 2}}, "n": {"count": 2}},
            "aws_lb": {"one": {}},
            "aws_r": {"r": rules},
        }
    )
    first, second = document['aws_r.r["a"]'], document['aws_r.r["b"]']
    assert first.values["list"] == '${aws_l.l["a"].id}'
    assert first.values["other"] == "x-${aws_l.n[1].id}"
    assert first.values["text"] == "[each.key] ${upper(each.key)} ${aws_l.l[each.value.none].id}"
    assert [target.address for target in document.follow(first, "list")] == ['aws_l.l["a"]']
    assert [target.address for target in document.follow(first, "other")] == ["aws_l.n[1]"]
    assert [target.address for target in document.follow(first, "target")] == ["aws_lb.one"]
    assert [link.reference.text for link in document.links(first, "target")] == ["aws_lb.one.dns_name"]
    assert document.links(second, "target") == ()


@pytest.mark.parametrize("repetition", [{"count": "${var.n}"}, {"for_each": "${local.m}"}, {"count": -1}])
def test_a_block_repeated_by_an_expression_stays_one(repetition: dict[str, Any]) -> None:
    document = _template(
        resource={
            "aws_vpc": {"v": {**repetition, "cidr_block": "10.0.0.0/16"}},
            "aws_x": {"y": {"vpc_id": "${aws_vpc.v[0].id}", "cidr": "${aws_vpc.v[0].cidr_block}"}},
        }
    )
    assert document["aws_vpc.v"].repeated
    assert document.one(document["aws_x.y"], "vpc_id") is document["aws_vpc.v"]
    assert document.value(document["aws_x.y"], "cidr") == "${aws_vpc.v[0].cidr_block}"


def test_references_that_lead_out_of_the_document_lead_nowhere() -> None:
    document = _template(
        resource={"aws_x": {"y": {"a": "${module.m.vpc_id}", "b": "${aws_vpc.gone.id}", "c": "${var.z}"}}}
    )
    assert [link.targets for link in document.links(document["aws_x.y"])] == [(), (), ()]
    assert document.value(document["aws_x.y"], "a") == "${module.m.vpc_id}"


def test_circles_end() -> None:
    document = _template(
        locals={"a": "${local.b}", "b": "${local.a}", "c": "x${local.c}"},
        resource={
            "aws_x": {"y": {"p": "${local.a}", "q": "${local.c}", "r": "${aws_x.z.r}"}, "z": {"r": "${aws_x.y.r}"}}
        },
    )
    resource = document["aws_x.y"]
    assert document.follow(resource, "p") == ()
    for path, text in (("p", "${local.a}"), ("q", "${local.c}"), ("r", "${aws_x.z.r}")):
        assert "${" in str(document.value(resource, path)), text


@pytest.mark.parametrize("text", ["${local.%s}${local.%s}", ["${local.%s}", "${local.%s}"]], ids=["text", "list"])
def test_a_bomb_of_references_is_refused(text: str | list[str]) -> None:
    def doubled(step: int) -> object:
        names = f"l{step + 1}"
        return text % (names, names) if isinstance(text, str) else [item % names for item in text]

    local = {f"l{step}": doubled(step) for step in range(60)} | {"l60": "boom"}
    document = _template(locals=local, resource={"aws_x": {"y": {"v": "${local.l0}", "w": "${local.l41}"}}})
    with pytest.raises(TemplateError, match="without end"):
        document.value(document["aws_x.y"], "v")
    assert document.follow(document["aws_x.y"], "v") == ()


def test_too_many_instances_are_refused() -> None:
    with pytest.raises(TemplateError, match=r"aws_x\.y has more than 10000 instances"):
        _template(resource={"aws_x": {"y": {"count": 10**8}}})


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ({"resource": "x"}, "resource is not an object"),
        ({"resource": {"aws_vpc": 1}}, "resource.aws_vpc is not an object"),
        ({"resource": {"aws_vpc": {"a": None, "b": "x"}}}, "resource.aws_vpc.b is not an object"),
        ({"resource": {"aws_vpc": {"a": [{}, {}]}}}, "aws_vpc.a is declared twice"),
        ({"locals": ["x"]}, "locals is not an object"),
        ({"variable": {"x": 1}}, "variable.x is not an object"),
    ],
)
def test_malformed_blocks_are_refused(blocks: dict[str, Any], message: str) -> None:
    with pytest.raises(TemplateError, match=f"^cdk.tf.json: {message}$"):
        _template(**blocks)
