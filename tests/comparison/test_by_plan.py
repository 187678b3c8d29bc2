"""A plan decides what a comparison can only suspect."""

from __future__ import annotations

from typing import Any

import pytest

from northsouth.comparison import Action, Comparison, compare, decided, planned, render
from northsouth.template import parse_plan
from tests.drift.plans import change, plan

INSTANCE = "google_compute_instance.i"


def declared(zone: str, **more: Any) -> dict[str, Any]:
    return {"resource": {"google_compute_instance": {"i": {"zone": zone, **more}}}}


def judged(before: dict[str, Any], after: dict[str, Any], *changes: dict[str, Any]) -> Comparison:
    return decided(compare(before, after), parse_plan(plan(list(changes))))


def outcome(*changes: dict[str, Any]) -> list[tuple[str, str, tuple[str, ...]]]:
    comparison = judged(declared("a"), declared("b"), *changes)
    return [(str(each.action), each.address, each.forced_by) for each in comparison]


@pytest.mark.parametrize(
    ("actions", "action", "forced"),
    [
        (["delete", "create"], "replaced", ("zone",)),
        (["create", "delete"], "replaced", ("zone",)),
        (["update"], "changed", ()),
        (["no-op"], "changed", ()),
        (["create"], "created", ()),
        (["delete"], "destroyed", ()),
        (["forget"], "forgotten", ()),
    ],
)
def test_the_plan_says_what_happens(actions: list[str], action: str, forced: tuple[str, ...]) -> None:
    entry = change(INSTANCE, *actions, before={}, after={}, replace_paths=[["zone"]])
    assert outcome(entry) == [(action, INSTANCE, forced)]


def test_what_the_plan_does_not_hold_stays_possible() -> None:
    assert outcome() == [("may-replace", INSTANCE, ("zone",))]


def test_what_only_the_plan_destroys_is_reported() -> None:
    entries = [
        change("aws_eip.old", "delete", before={}),
        change("aws_vpc.v", "delete", "create", before={}, after={}, replace_paths=[["cidr_block"]]),
        change("aws_sns_topic.new", "create", after={}),
    ]
    comparison = judged(declared("a"), declared("a"), *entries)
    assert render(comparison).splitlines() == [
        "- aws_eip.old: says the plan; the declarations do not differ here",
        "-/+ aws_vpc.v: replaced because of cidr_block; says the plan; the declarations do not differ here",
        "1 to destroy, 1 to replace.",
    ]


@pytest.mark.parametrize("first", [True, False])
def test_a_deposed_object_decides_nothing_of_the_resource(first: bool) -> None:
    entries = [
        change(INSTANCE, "update", before={}, after={}),
        change(INSTANCE, "delete", before={}, deposed="a1b2c3d4"),
    ]
    comparison = judged(declared("a"), declared("b"), *(entries if first else entries[::-1]))
    assert [(each.action, each.address) for each in comparison] == [
        (Action.DEPOSED, f"{INSTANCE} (deposed object a1b2c3d4)"),
        (Action.CHANGED, INSTANCE),
    ]
    assert not comparison.destructive
    assert "left behind by a failed create_before_destroy; the next apply destroys it" in render(comparison)


def test_a_rename_destroys_what_is_at_the_old_address() -> None:
    topic = {"name": "n"}
    before, after = ({"resource": {"aws_sns_topic": {name: topic}}} for name in "ab")
    entries = [change("aws_sns_topic.b", "create", after={}), change("aws_sns_topic.a", "delete", before={})]
    comparison = judged(before, after, *entries)
    assert [(each.action, each.previous, each.address) for each in comparison] == [
        (Action.REPLACED, "aws_sns_topic.a", "aws_sns_topic.b")
    ]


def test_sensitive_values_are_masked() -> None:
    entry = change(INSTANCE, "update", before={}, after={}, after_sensitive={"metadata": {"key": True}})
    before, after = (declared("a", metadata={"key": value, "other": value}) for value in ("old", "new"))
    text = render(judged(before, after, entry))
    assert text.splitlines()[0] == f'~ {INSTANCE} metadata: "(sensitive)" → "(sensitive)"'
    assert "new" not in text


SECRET = {"after_sensitive": {"policy": True}}


def topics(name: str, policy: str, moved: bool = False) -> dict[str, Any]:
    moves = {"moved": [{"from": "aws_sns_topic.a", "to": "aws_sns_topic.b"}]} if moved else {}
    return {"resource": {"aws_sns_topic": {name: {"name": "n", "policy": policy}}}, **moves}


def test_a_moved_resource_stays_moved() -> None:
    entry = change("aws_sns_topic.b", "update", before={}, after={}, previous_address="aws_sns_topic.a")
    (moved,) = judged(topics("a", "old"), topics("b", "new", moved=True), entry)
    assert (moved.action, moved.previous, [each.path for each in moved.differences]) == (
        Action.MOVED,
        "aws_sns_topic.a",
        ["policy"],
    )


def test_a_rename_that_the_plan_does_not_see_keeps_the_resource() -> None:
    (kept,) = judged(topics("a", "x"), topics("b", "x"), change("aws_sns_topic.b", "no-op", before={}, after={}))
    assert (kept.action, kept.renamed, kept.destructive) == (Action.MOVED, False, False)


@pytest.mark.parametrize("actions", [["delete", "create"], ["create"], ["update"]])
def test_secrets_are_masked_whatever_the_plan_does(actions: list[str]) -> None:
    entry = change("aws_sns_topic.a", *actions, before={}, after={}, **SECRET)
    text = render(judged(topics("a", "old"), topics("a", "new"), entry))
    assert 'policy: "(sensitive)" → "(sensitive)"' in text
    assert "new" not in text


def test_a_rename_that_the_plan_creates_masks_its_secrets() -> None:
    """A reference to what is renamed too differs, and keeps the rename."""

    def renamed(name: str) -> dict[str, Any]:
        topic = {"name": "n", "policy": f"${{aws_vpc.{name}.id}}"}
        return {"resource": {"aws_vpc": {name: {}}, "aws_sns_topic": {name: topic}}}

    topic, _ = judged(renamed("a"), renamed("b"), change("aws_sns_topic.b", "create", after={}, **SECRET))
    assert (topic.action, topic.renamed, topic.previous) == (Action.REPLACED, True, "aws_sns_topic.a")
    assert [(each.path, each.before, each.after) for each in topic.differences] == [
        ("policy", "(sensitive)", "(sensitive)")
    ]


def test_what_a_plan_destroys_elsewhere_is_no_part_of_a_rename() -> None:
    """Only the old address of a renamed resource is left out, because the rename says that it goes."""
    before = {"resource": {"aws_vpc": {"old": {"cidr_block": "10.0.0.0/16"}}}}
    after = {
        "resource": {"aws_vpc": {"new": {"cidr_block": "10.1.0.0/16"}}},
        "moved": [{"from": "aws_vpc.old", "to": "aws_vpc.new"}],
    }
    entries = [
        change(
            "aws_vpc.new",
            "delete",
            "create",
            before={},
            after={},
            previous_address="aws_vpc.old",
            replace_paths=[["cidr_block"]],
        ),
        change("aws_vpc.old", "delete", before={}),
    ]
    found = {each.address: each.action for each in judged(before, after, *entries)}
    assert found == {"aws_vpc.new": Action.REPLACED, "aws_vpc.old": Action.DESTROYED}


def test_the_plan_alone_says_what_it_does() -> None:
    entries = [
        change("aws_sns_topic.a", "create", after={"name": "n", "policy": "p"}, **SECRET),
        change("aws_sns_topic.b", "delete", before={"name": "m"}),
        change("aws_sns_topic.c", "forget", before={"name": "f"}),
        change("aws_vpc.v", "delete", "create", before={"a": 1}, after={"a": 2}, replace_paths=[["a"]]),
        change("aws_eip.e", "update", before={"x": 1}, after={}, unknown={"x": True}),
        change("aws_eip.same", "no-op", before={}, after={}),
        change("aws_eip.here", "no-op", before={}, after={}, previous_address="aws_eip.there"),
        change("aws_eip.d", "delete", before={}, deposed="abc"),
    ]
    found = {each.address: each for each in planned(parse_plan(plan(entries)))}
    assert {address: str(each.action) for address, each in found.items()} == {
        "aws_sns_topic.b": "destroyed",
        "aws_vpc.v": "replaced",
        "aws_eip.d (deposed object abc)": "deposed",
        "aws_sns_topic.c": "forgotten",
        "aws_eip.e": "changed",
        "aws_eip.here": "moved",
        "aws_sns_topic.a": "created",
    }
    assert dict(found["aws_sns_topic.a"].values) == {"name": "n", "policy": "(sensitive)"}  # type: ignore[arg-type]
    assert dict(found["aws_sns_topic.b"].values) == {"name": "m"}  # type: ignore[arg-type]
    assert found["aws_vpc.v"].forced_by == ("a",)
    assert [(each.before, each.after) for each in found["aws_eip.e"].differences] == [(1, "(known after apply)")]
    assert found["aws_eip.here"].previous == "aws_eip.there"


def table(took: str) -> dict[str, Any]:
    columns = [{"name": "at", "type": "timestamp"}, {"name": "took", "type": took}]
    return {"storage_descriptor": [{"input_format": "parquet", "columns": columns}]}


TABLE = "aws_glue_catalog_table.t"


@pytest.mark.parametrize(
    ("actions", "action", "columns"),
    [
        (["update"], "unreadable", ("took",)),
        (["delete", "create"], "replaced", ()),
        (["no-op"], None, ()),
        (["create"], "created", ()),
    ],
)
def test_a_table_whose_rows_become_unreadable_is_reported_by_the_plan_alone(
    actions: list[str], action: str | None, columns: tuple[str, ...]
) -> None:
    entry = change(TABLE, *actions, before=table("bigint"), after=table("string"))
    changes = [(each.action.value, each.unreadable) for each in planned(parse_plan(plan([entry])))]
    assert changes == ([(action, columns)] if action else [])


def test_a_table_whose_rows_become_unreadable_stays_so_beside_the_plan() -> None:
    entry = change(TABLE, "update", before=table("bigint"), after=table("string"))
    both = [{"resource": {"aws_glue_catalog_table": {"t": table(kind)}}} for kind in ("bigint", "string")]
    path = "storage_descriptor[0].columns[name=took].type"
    for before, hidden in ((both[0], False), (both[1], True)):
        (unreadable,) = judged(before, both[1], entry)
        assert (unreadable.action, unreadable.unreadable) == (Action.UNREADABLE, ("took",))
        assert [(each.path, each.before, each.after) for each in unreadable.differences] == [(path, "bigint", "string")]
        assert unreadable.planned is hidden
        assert unreadable.destructive


def test_what_is_updated_as_declared_is_planned_by_nobody_else() -> None:
    entry = change(TABLE, "update", before=table("int"), after=table("bigint"))
    declared_table = {"resource": {"aws_glue_catalog_table": {"t": table("bigint")}}}
    assert not judged(declared_table, declared_table, entry)


def test_the_plan_alone_masks_what_is_sensitive() -> None:
    entry = change("aws_sns_topic.a", "update", before={"policy": "p", "n": 1}, after={"policy": "q", "n": 2}, **SECRET)
    (only,) = planned(parse_plan(plan([entry])))
    assert {each.path: (each.before, each.after) for each in only.differences} == {
        "n": (1, 2),
        "policy": ("(sensitive)", "(sensitive)"),
    }
