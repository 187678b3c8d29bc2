"""How a declared block is compared with the metadata of bindings: names, types, and what is required."""

from __future__ import annotations

import io
import json
import tarfile
from typing import Any

import pytest

from tests.second_opinions.bindings import Assembly, changes

TEXT, NUMBER, FLAG = ({"primitive": name} for name in ("string", "number", "boolean"))
RESOLVABLE = {"fqn": "cdktf.IResolvable"}
PORTS = {"fqn": "p.thing.ThingPort"}
LIST_OF_PORTS = {"collection": {"kind": "array", "elementtype": PORTS}}


def argument(name: str, kind: dict[str, Any], *, required: bool = False) -> dict[str, Any]:
    docs = {"summary": f"Docs: {{@link https://example.com/thing#{name} Thing#{name}}}."}
    return {"name": name, "type": kind, "docs": docs, **({} if required else {"optional": True})}


def block(*arguments: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "interface", "datatype": True, "properties": list(arguments)}


def thing(*arguments: dict[str, Any]) -> Assembly:
    """Return the metadata of bindings that know one resource."""
    scope = {"type": TEXT}
    types = {
        "p.thing.Thing": {
            "kind": "class",
            "base": "cdktf.TerraformResource",
            "docs": {"summary": "Represents a {@link https://example.com/thing aws_thing}."},
            "initializer": {"parameters": [scope, scope, {"type": {"fqn": "p.thing.ThingConfig"}}]},
        },
        "p.thing.ThingConfig": block(*arguments),
        "p.thing.ThingPort": block(argument("number", NUMBER, required=True)),
    }
    text, archive = json.dumps({"types": types}).encode(), io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as files:
        member = tarfile.TarInfo("package/.jsii")
        member.size = len(text)
        files.addfile(member, io.BytesIO(text))
    return Assembly.read(archive.getvalue())


THING = thing(
    argument("name", TEXT, required=True),
    argument("is_open", {"union": {"types": [FLAG, RESOLVABLE]}}),
    argument("labels", {"collection": {"kind": "map", "elementtype": TEXT}}),
    argument("zones", {"collection": {"kind": "array", "elementtype": TEXT}}),
    argument("port", {"union": {"types": [RESOLVABLE, LIST_OF_PORTS]}}),
)


@pytest.mark.parametrize(
    ("values", "faults"),
    [
        ({"name": "a"}, []),
        ({"name": "${aws_vpc.a.id}", "port": "${var.ports}", "count": 2, "//": {}}, []),
        ({"name": "a", "is_open": "true", "labels": {"a": 1}, "zones": ["a"], "port": [{"number": "80"}]}, []),
        ({"name": "a", "port": {"number": 80}}, []),
        ({}, ["aws_thing.name: it is required"]),
        ({"name": "a", "nmae": 1}, ["aws_thing.nmae: there is no such argument"]),
        ({"name": ["a"]}, ["aws_thing.name: got ['a']; the type is string"]),
        ({"name": "a", "is_open": "yes"}, ["aws_thing.is_open: got 'yes'; the type is boolean"]),
        ({"name": "a", "labels": ["a"]}, ["aws_thing.labels: got ['a']; the type is map"]),
        ({"name": "a", "zones": "a"}, ["aws_thing.zones: got 'a'; the type is list"]),
        ({"name": "a", "port": [{}]}, ["aws_thing.port.number: it is required"]),
        ({"name": "a", "port": [{"number": True}]}, ["aws_thing.port.number: got True; the type is number"]),
        ({"name": "a", "port": [{"number": 1, "count": 1}]}, ["aws_thing.port.count: there is no such argument"]),
        ({"name": "a", "port": [80]}, ["aws_thing.port: got 80; the type is a block"]),
        ({"name": "a", "dynamic": {"port": {"content": {}}}}, ["aws_thing.port.number: it is required"]),
        ({"name": "a", "dynamic": {"prot": [{"content": {}}]}}, ["aws_thing.prot: there is no such argument"]),
    ],
)
def test_what_is_wrong_is_named_with_its_path(values: dict[str, Any], faults: list[str]) -> None:
    assert [f"{path}: {detail}" for path, detail in THING.faults("aws_thing", values)] == faults


def test_a_type_that_is_not_there() -> None:
    assert list(THING.faults("aws_think", {})) == [("aws_think", "there is no such type")]


def test_what_only_one_of_two_bindings_knows() -> None:
    newer = thing(argument("name", TEXT, required=True), argument("region", TEXT))
    assert list(changes(THING, newer, {"aws_thing", "aws_other"})) == [
        "only the older know aws_thing.is_open, aws_thing.labels, aws_thing.port, aws_thing.zones",
        "only the newer know aws_thing.region",
    ]
