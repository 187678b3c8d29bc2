"""The blocks of a declared state, read one by one."""

from __future__ import annotations

from typing import Any

import pytest

from northsouth.comparison import Action, compare
from northsouth.comparison.blocks import Declared, read
from northsouth.template import TemplateError


def declared(**document: Any) -> Declared:
    return read(document, "main")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "main: the document is not a JSON object"),
        ({"resource": 5}, "main: resource is not an object"),
        ({"planned_values": {}, "format_version": "1.0"}, "main: "),
    ],
)
def test_what_is_no_configuration_is_refused_by_name(document: Any, said: str) -> None:
    with pytest.raises(TemplateError) as refused:
        read(document, "main")
    assert str(refused.value).startswith(said)


def test_both_sides_are_called_by_their_names() -> None:
    for sides, name in ((({"resource": 5}, {}), "before"), (({}, {"resource": 5}), "after")):
        with pytest.raises(TemplateError, match=f"^{name}: "):
            compare(*sides)  # type: ignore[arg-type]


def test_comments_are_no_content() -> None:
    found = declared(
        **{"//": {"x": 1}, "resource": {"aws_vpc": {"v": {"//": "a comment", "cidr_block": "10.0.0.0/16"}}}}
    )
    assert {address: dict(block.values) for address, block in found.blocks.items()} == {  # type: ignore[arg-type]
        "aws_vpc.v": {"cidr_block": "10.0.0.0/16"}
    }


def test_an_import_without_an_id_has_none() -> None:
    assert declared(**{"import": [{"to": "aws_vpc.v"}, {"to": "aws_vpc.w", "id": "vpc-1"}]}).imports == {
        "aws_vpc.v": "",
        "aws_vpc.w": "vpc-1",
    }


def test_instructions_keep_what_they_say() -> None:
    move = {"from": "aws_vpc.a", "to": "aws_vpc.b"}
    (block,) = declared(moved=[move]).blocks.values()
    assert (block.address, dict(block.values)) == ("moved aws_vpc.a aws_vpc.b", move)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("lifecycle", "forgotten"),
    [
        ({}, False),
        ({"lifecycle": {}}, False),
        ({"lifecycle": {"destroy": True}}, False),
        ({"lifecycle": {"destroy": False}}, True),
    ],
)
def test_what_is_removed_is_destroyed_unless_it_says_otherwise(lifecycle: dict[str, Any], *, forgotten: bool) -> None:
    found = declared(removed=[{"from": "aws_vpc.v", **lifecycle}])
    assert (found.forgotten == {"aws_vpc.v"}) is forgotten


def test_providers_are_told_apart_by_alias() -> None:
    found = declared(provider={"aws": [{"region": "us-east-1"}, {"region": "eu-west-1", "alias": "eu"}, {"alias": ""}]})
    assert list(found.blocks) == ["provider.aws", "provider.aws.eu"]


@pytest.mark.parametrize(
    ("argument", "value", "listed"),
    [
        ("for_each", "${local.names}", False),
        ("for_each", {"k": "${local.names}"}, False),
        ("tags", {"for_each": "${local.names}"}, True),
        ("tags", {"a": {"b": {"for_each": "${local.names}"}}}, True),
    ],
)
def test_a_local_is_the_table_of_for_each_only_where_terraform_reads_it(
    argument: str, value: Any, *, listed: bool
) -> None:
    found = declared(locals={"names": {"a": "x"}}, resource={"aws_eip": {"e": {argument: value}}})
    assert ("local.names" in found.blocks) is listed


def test_what_comes_and_goes_brings_its_values() -> None:
    before = {"data": {"aws_vpc": {"d": {"id": "vpc-1"}}}, "resource": {"aws_eip": {"e": {"domain": "vpc"}}}}
    after = {
        "resource": {"aws_sns_topic": {"t": {"name": "n"}}},
        "import": [{"to": "aws_sns_topic.t", "id": "arn"}],
    }
    values = {each.address: dict(each.values) for each in compare(before, after) if each.action is not Action.ADDED}  # type: ignore[arg-type]
    assert values == {
        "data.aws_vpc.d": {"id": "vpc-1"},
        "aws_eip.e": {"domain": "vpc"},
        "aws_sns_topic.t": {"name": "n"},
    }


def test_an_instance_of_a_forgotten_block_is_forgotten() -> None:
    before = {"resource": {"aws_eip": {"e": {"for_each": {"a[b": 1, "c": 2}, "domain": "vpc"}}}}
    after = {"removed": [{"from": "aws_eip.e", "lifecycle": {"destroy": False}}]}
    resources = [each for each in compare(before, after) if each.address.startswith("aws_eip")]
    assert [each.action for each in resources] == [Action.FORGOTTEN, Action.FORGOTTEN]
