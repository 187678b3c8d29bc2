"""A resource that left one address and stands at another."""

from __future__ import annotations

from typing import Any

import pytest

from northsouth.comparison import renames
from northsouth.comparison.blocks import Declared, read


def states(before: dict[str, Any], after: dict[str, Any]) -> tuple[Declared, Declared, set[str], set[str]]:
    old, new = read({"resource": before}, "before"), read({"resource": after}, "after")
    return old, new, {*old.blocks} - {*new.blocks}, {*new.blocks} - {*old.blocks}


def eips(**bodies: Any) -> dict[str, Any]:
    return {"aws_eip": bodies}


def alike(before: dict[str, Any], after: dict[str, Any]) -> dict[str, str]:
    return {old.partition(".")[2]: new.partition(".")[2] for old, new in renames.alike(*states(before, after)).items()}


def body(equal: int, changed: int, side: str) -> dict[str, Any]:
    """Return arguments of which some are equal on both sides."""
    return {f"same{at}": 1 for at in range(equal)} | {f"changed{at}": side for at in range(changed)}


@pytest.mark.parametrize(
    ("before", "after", "look_alike"),
    [
        (body(1, 1, "old"), body(1, 1, "new"), True),
        (body(2, 1, "old"), body(2, 1, "new"), True),
        (body(1, 2, "old"), body(1, 2, "new"), False),
        (body(4, 5, "old"), body(4, 5, "new"), False),
        ({"same": 1}, {"same": 1, "only": 2}, True),
        ({"same": 1}, {"same": 1, "only": 2, "other": 3}, False),
        ({"same": 1, "only": 2, "other": 3}, {"same": 1}, False),
        ({"same": 1}, {"same": 1.0}, True),
        ({"//": "made by hand", "a": 1}, {"//": "made by hand", "a": 2}, False),
        ({"//": "made by hand"}, {"//": "made by hand"}, False),
        ({}, {}, False),
    ],
)
def test_two_look_alike_if_half_of_their_arguments_are_equal(
    before: dict[str, Any], after: dict[str, Any], *, look_alike: bool
) -> None:
    assert alike(eips(a=before), eips(b=after)) == ({"a": "b"} if look_alike else {})


def test_only_resources_of_one_type_look_alike() -> None:
    assert alike({"aws_eip": {"a": {"domain": "vpc"}}}, {"aws_vpc": {"b": {"domain": "vpc"}}}) == {}


def test_the_most_equal_arguments_decide_then_the_names() -> None:
    half, most = body(2, 2, "new"), body(2, 1, "new")
    assert alike(eips(nat=body(2, 1, "old")), eips(nat2=half, other=most)) == {"nat": "other"}
    assert alike(eips(nat=body(2, 1, "old")), eips(another=most, nat2=most)) == {"nat": "nat2"}
    old, new = body(2, 1, "old"), body(2, 1, "new")
    assert alike(eips(edge=old, hub=old), eips(the_hub=new, edge_2=new)) == {"edge": "edge_2", "hub": "the_hub"}


def test_each_is_taken_once() -> None:
    old, new = body(2, 1, "old"), body(2, 1, "new")
    assert alike(eips(edge=old, hub=old), eips(hub2=new)) == {"hub": "hub2"}
    assert alike(eips(hub=old), eips(edge=new, hub2=new)) == {"hub": "hub2"}


@pytest.mark.parametrize(("number", "hints"), [(64, {"old": "new"}), (65, {})])
def test_very_many_are_not_compared(number: int, hints: dict[str, str]) -> None:
    before = eips(old={"domain": "vpc"}) | {"aws_vpc": {f"a{at}": {} for at in range(63)}}
    after = eips(new={"domain": "vpc"}) | {"aws_subnet": {f"b{at}": {} for at in range(number - 1)}}
    assert alike(before, after) == hints


def find(before: dict[str, Any], after: dict[str, Any]) -> dict[str, str]:
    return renames.find(*states(before, after))


def test_equal_content_of_one_type_is_the_same_resource() -> None:
    vpc = {"domain": "vpc"}
    assert find(eips(a=vpc), eips(b=vpc)) == {"aws_eip.b": "aws_eip.a"}
    assert find(eips(a=vpc), eips(b={"domain": "standard"})) == {}
    assert find(eips(a=vpc), {"aws_vpc": {"b": vpc}}) == {}
    data = [{"data": {"aws_eip": {name: vpc}}} for name in "ab"]
    old, new = (read(each, "main") for each in data)
    assert renames.find(old, new, old.blocks.keys(), new.blocks.keys()) == {}


def test_one_of_several_with_the_same_content_goes_to_the_name_most_alike() -> None:
    vpc = {"domain": "vpc"}
    assert find(eips(nat=vpc), eips(a=vpc, nat_1=vpc)) == {"aws_eip.nat_1": "aws_eip.nat"}
    assert find(eips(a=vpc, nat=vpc), eips(nat_1=vpc)) == {"aws_eip.nat_1": "aws_eip.nat"}


def test_very_many_of_the_same_content_are_matched_in_order() -> None:
    def matched(number: int, more: int = 0) -> dict[str, str]:
        before = eips(**{f"n{at:02}": {"domain": "vpc"} for at in range(number + more)})
        after = eips(**{f"m{99 - at:02}n{at:02}": {"domain": "vpc"} for at in range(number)})
        return find(before, after)

    assert matched(12)["aws_eip.m97n02"] == "aws_eip.n02"
    for more in (0, 1):
        assert matched(65, more)["aws_eip.m35n64"] == "aws_eip.n00"


@pytest.mark.parametrize(
    ("reference", "after", "same"),
    [
        ("${aws_vpc.old.id}", "${aws_vpc.new.id}", True),
        ("a ${aws_vpc.old.id} b ${aws_vpc.old.arn}", "a ${aws_vpc.new.id} b ${aws_vpc.new.arn}", True),
        ("${aws_vpc.old.id}", "${aws_vpc.new.arn}", False),
        ("${aws_vpc.hub.id}", "${aws_vpc.spoke.id}", False),
        ("${aws_vpc.hub.id}", "${aws_vpc.new.id}", False),
        ("${aws_vpc.old.id}", "${aws_subnet.new.id}", False),
        ("${aws_vpc.old.id} aws_vpc.old_2", "${aws_vpc.new.id} aws_vpc.new_2", False),
        ("${aws_vpc.old.id} my-aws_vpc.old", "${aws_vpc.new.id} my-aws_vpc.new", False),
        ("${aws_vpc.old.id} data.aws_vpc.old", "${aws_vpc.new.id} data.aws_vpc.new", False),
        ("${aws_vpc.old.id} aws_vpc.old-2", "${aws_vpc.new.id} aws_vpc.new-2", False),
    ],
)
def test_a_reference_to_what_is_renamed_too_is_equal(reference: str, after: str, *, same: bool) -> None:
    def declared(vpc: str, subnet: str, text: str) -> dict[str, Any]:
        vpcs = {name: {"cidr_block": f"10.{at}.0.0/16"} for at, name in enumerate((vpc, "hub", "spoke"))}
        return {"aws_vpc": vpcs, "aws_subnet": {subnet: {"vpc_id": text}}}

    renamed = find(declared("old", "old", reference), declared("new", "new", after))
    expected = {"aws_vpc.new": "aws_vpc.old"}
    assert renamed == ({**expected, "aws_subnet.new": "aws_subnet.old"} if same else expected)


@pytest.mark.parametrize(
    ("renamed", "blocks"),
    [
        ({"aws_eip.a": "aws_eip.b"}, [("aws_eip.a", "aws_eip.b")]),
        ({"aws_eip.b[1]": "aws_eip.y[1]", "aws_eip.b[0]": "aws_eip.y[0]"}, [("aws_eip.b", "aws_eip.y")]),
        ({"aws_eip.b[0]": "aws_eip.y[1]"}, [("aws_eip.b[0]", "aws_eip.y[1]")]),
        ({"aws_eip.b[0]": "aws_eip.y"}, [("aws_eip.b[0]", "aws_eip.y")]),
        # Another instance stays where it was.
        ({"aws_eip.c[0]": "aws_eip.y[0]"}, [("aws_eip.c[0]", "aws_eip.y[0]")]),
        (
            {"aws_eip.b[0]": "aws_eip.y[0]", "aws_eip.a": "aws_eip.x"},
            [("aws_eip.a", "aws_eip.x"), ("aws_eip.b", "aws_eip.y")],
        ),
    ],
)
def test_one_moved_block_keeps_all_instances(renamed: dict[str, str], blocks: list[tuple[str, str]]) -> None:
    old, new, *_ = states(eips(a={}, b={"count": 2}, c={"count": 2}), eips(c={"count": 1}, x={}, y={"count": 2}))
    assert list(renames.moved_blocks(old, new, renamed)) == blocks


def test_the_keys_of_instances_may_hold_brackets() -> None:
    keys = {"for_each": {"x[0]": 1}}
    old, new, *_ = states(eips(b=keys, c=keys), eips(c={}, y=keys, z=keys))
    renamed = {'aws_eip.b["x[0]"]': 'aws_eip.y["x[0]"]', 'aws_eip.c["x[0]"]': 'aws_eip.z["x[0]"]'}
    assert list(renames.moved_blocks(old, new, renamed)) == [
        ("aws_eip.b", "aws_eip.y"),
        ('aws_eip.c["x[0]"]', 'aws_eip.z["x[0]"]'),
    ]
