"""What ``moved`` blocks bring from one address to another, and references to it."""

from __future__ import annotations

from typing import Any

import pytest

from northsouth.comparison import compare, moves
from northsouth.comparison.blocks import Block


@pytest.mark.parametrize(
    ("old", "new", "blocks", "moved"),
    [
        ({"x.a"}, {"x.b"}, {}, {}),
        ({"x.a"}, {"x.b"}, {"x.b": "x.a"}, {"x.b": "x.a"}),
        ({"x.c"}, {"x.b"}, {"x.b": "x.a"}, {}),
        ({"x.a"}, {"x.a", "x.b"}, {"x.b": "x.a"}, {}),
        ({"x.a", "x.b"}, {"x.b"}, {"x.b": "x.a"}, {}),
        # A block brings its instances, whatever their keys are; one instance brings only itself.
        ({'x.a["k[0"]'}, {'x.b["k[0"]'}, {"x.b": "x.a"}, {'x.b["k[0"]': 'x.a["k[0"]'}),
        ({"x.a", 'x.c["k"]'}, {'x.b["k"]', 'x.b["l"]'}, {'x.b["k"]': "x.a"}, {'x.b["k"]': "x.a"}),
        # A chain is followed to its end, unless an address on its way is taken.
        ({"x.a"}, {"x.c"}, {"x.b": "x.a", "x.c": "x.b"}, {"x.c": "x.a"}),
        ({"x.a"}, {"x.d"}, {"x.d": "x.c", "x.c": "x.b", "x.b": "x.a"}, {"x.d": "x.a"}),
        ({"x.a", "x.b"}, {"x.c"}, {"x.b": "x.a", "x.c": "x.b"}, {"x.c": "x.b"}),
        ({"x.a", "x.b"}, {"x.b", "x.c"}, {"x.b": "x.a", "x.c": "x.b"}, {}),
        ({"x.a"}, {"x.b", "x.c"}, {"x.b": "x.a", "x.c": "x.b"}, {"x.c": "x.a"}),
        ({"x.a[0]"}, {"x.c"}, {"x.b": "x.a", "x.c": "x.b[0]"}, {"x.c": "x.a[0]"}),
        ({"x.a"}, {"x.c"}, {"x.b": "x.a", "x.a": "x.b"}, {}),
        # The first instance of a count, unless a block says otherwise.
        ({"x.a"}, {"x.a[0]", "x.a[1]"}, {}, {"x.a[0]": "x.a"}),
        ({"x.a[0]", "x.a[1]"}, {"x.a"}, {}, {"x.a": "x.a[0]"}),
        ({"x.b"}, {"x.a[0]"}, {}, {}),
        ({"x.a", "x.b"}, {"x.a[0]"}, {"x.a[0]": "x.b"}, {"x.a[0]": "x.b"}),
        ({"x.a"}, {"x.a[0]", "x.b"}, {"x.b": "x.a"}, {"x.b": "x.a"}),
    ],
)
def test_where_resources_come_from(old: set[str], new: set[str], blocks: dict[str, str], moved: dict[str, str]) -> None:
    assert moves.between(old, new, blocks) == moved


def test_a_resource_that_was_moved_twice_is_not_replaced() -> None:
    def declared(name: str, *steps: tuple[str, str]) -> dict[str, Any]:
        blocks = [{"from": f"aws_eip.{one}", "to": f"aws_eip.{two}"} for one, two in steps]
        return {"resource": {"aws_eip": {name: {"domain": "vpc"}}}, "moved": blocks}

    compared = compare(declared("a"), declared("c", ("a", "b"), ("b", "c")))
    assert not compared.destructive
    assert ("moved", "aws_eip.a", "aws_eip.c") in [(each.action, each.previous, each.address) for each in compared]


MOVED = {"aws_vpc.b": "aws_vpc.a", "aws_vpc.c": "aws_vpc.b", 'aws_eip.all["k"]': "aws_eip.k"}


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("${aws_vpc.b.id}", "${aws_vpc.a.id}"),
        ("${aws_vpc.b}", "${aws_vpc.a}"),
        ("${aws_vpc.b_2.id} ${aws_vpc.b.id}", "${aws_vpc.b_2.id} ${aws_vpc.a.id}"),
        ("${aws_vpc.b-2.id} ${aws_vpc.b.id}", "${aws_vpc.b-2.id} ${aws_vpc.a.id}"),
        ("${data.aws_vpc.b.id} ${aws_vpc.b.id}", "${data.aws_vpc.b.id} ${aws_vpc.a.id}"),
        ("${aws_vpc.c.id} ${aws_vpc.b.id}", "${aws_vpc.b.id} ${aws_vpc.a.id}"),
        ("${aws_vpc.b.id} ${aws_vpc.c.id}", "${aws_vpc.a.id} ${aws_vpc.b.id}"),
        ("${aws_sns_topic.t.arn} ${aws_vpc.b.id}", "${aws_sns_topic.t.arn} ${aws_vpc.a.id}"),
        ('${aws_eip.all["k"].id}', "${aws_eip.k.id}"),
        ('${aws_eip.all["l"].id}', '${aws_eip.all["l"].id}'),
        ("${aws_vpc.b[0].id} ${aws_vpc.b.id}", "${aws_vpc.b[0].id} ${aws_vpc.a.id}"),
        ("aws_vpc.b", "aws_vpc.b"),
    ],
)
def test_a_reference_to_what_was_moved_reads_as_before(text: str, before: str) -> None:
    block = Block("aws_subnet.s", {"tags": {"Name": text}, "list": ("x", text), "count": 1})
    assert moves.as_before(block, MOVED).values == {"tags": {"Name": before}, "list": ("x", before), "count": 1}
    assert moves.as_before(block, {}) == block
