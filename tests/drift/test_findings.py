"""Who made a difference: what was changed outside, what is gone, what follows from it, what is not applied."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.comparison.difference import SENSITIVE
from northsouth.drift.findings import Deed, DriftFinding, Kind, judge
from northsouth.template import TemplateError
from tests.drift.plans import change, plan

ALARM = "aws_cloudwatch_metric_alarm.a"


def told(document: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(str(each.kind), str(each.deed), each.address) for each in judge(document).findings]


def only(document: dict[str, Any]) -> DriftFinding:
    (finding,) = judge(document).findings
    return finding


def update(address: str = ALARM, *, before: Any, after: Any, **more: Any) -> dict[str, Any]:
    return change(address, "update", before=before, after=after, **more)


def test_nothing_differs() -> None:
    judgement = judge(plan([change(ALARM, "no-op", before={"threshold": 5}, after={"threshold": 5})]))
    assert (judgement.findings, judgement.resources, judgement.deployed) == ((), 1, True)


def test_changed_outside_tells_what_was_and_what_is() -> None:
    drift = update(before={"threshold": 5, "tags": None}, after={"threshold": 50, "tags": {}})
    found = only(plan([update(before={"threshold": 50}, after={"threshold": 5})], [drift]))
    assert (found.kind, found.deed) == (Kind.OUTSIDE, Deed.UPDATE)
    assert [(each.path, each.before, each.after) for each in found.differences] == [("threshold", 5, 50)]


def test_declared_and_not_applied() -> None:
    found = only(plan([update(before={"threshold": 5}, after={"threshold": 6})]))
    assert (found.kind, found.deed) == (Kind.UNDEPLOYED, Deed.UPDATE)
    assert [(each.path, each.before, each.after) for each in found.differences] == [("threshold", 5, 6)]


def test_both_in_one_resource_are_told_apart() -> None:
    drift = update(before={"threshold": 5, "period": 60}, after={"threshold": 50, "period": 60})
    changes = update(before={"threshold": 50, "period": 60}, after={"threshold": 5, "period": 300})
    outside, undeployed = judge(plan([changes], [drift])).findings
    assert (outside.kind, [each.path for each in outside.differences]) == (Kind.OUTSIDE, ["threshold"])
    assert (undeployed.kind, [each.path for each in undeployed.differences]) == (Kind.UNDEPLOYED, ["period"])


def test_an_attribute_that_both_changed_is_told_twice() -> None:
    drift = update(before={"threshold": 5}, after={"threshold": 50})
    outside, undeployed = judge(plan([update(before={"threshold": 50}, after={"threshold": 7})], [drift])).findings
    assert [(each.before, each.after) for each in outside.differences] == [(5, 50)]
    assert [(each.before, each.after) for each in undeployed.differences] == [(50, 7)]


def test_what_was_declared_after_it_was_done_by_hand_is_no_difference() -> None:
    drift = update(before={"threshold": 5}, after={"threshold": 50})
    assert told(plan([change(ALARM, "no-op", before={"threshold": 50}, after={"threshold": 50})], [drift])) == []


def test_what_a_provider_reads_back_in_another_form_is_no_difference() -> None:
    drift = update(before={"tags": None, "routes": []}, after={"tags": {}, "routes": [{"cidr": "0.0.0.0/0"}]})
    assert told(plan([change(ALARM, "no-op", before={}, after={})], [drift])) == []


def test_gone_is_made_again_or_forgotten() -> None:
    gone = [change("aws_route.a", "delete", before={"id": "r"}), change("aws_route.b", "delete", before={"id": "s"})]
    found = told(plan([change("aws_route.a", "create", after={})], gone))
    assert found == [("gone", "create", "aws_route.a"), ("gone", "forget", "aws_route.b")]


def test_what_refers_to_something_that_is_gone_follows() -> None:
    changes = [
        change("aws_subnet.a", "create", after={}),
        change(
            "aws_nat_gateway.a",
            "delete",
            "create",
            before={"subnet_id": "s"},
            after={},
            unknown={"subnet_id": True, "id": True},
            replace_paths=[["subnet_id"]],
        ),
        change("aws_route.a", "update", before={"nat_gateway_id": "n"}, after={}, unknown={"nat_gateway_id": True}),
    ]
    document = plan(
        changes,
        [change("aws_subnet.a", "delete", before={"id": "s"})],
        references={
            "aws_subnet.a": {},
            "aws_nat_gateway.a": {"subnet_id": ["aws_subnet.a.id", "aws_subnet.a"]},
            "aws_route.a": {"nat_gateway_id": ["aws_nat_gateway.a.id", "aws_nat_gateway.a"]},
        },
    )
    assert told(document) == [
        ("gone", "create", "aws_subnet.a"),
        ("follows", "replace", "aws_nat_gateway.a"),
        ("follows", "update", "aws_route.a"),
    ]
    assert [each.because for each in judge(document).findings] == [(), ("aws_subnet.a",), ("aws_nat_gateway.a",)]


def test_what_depends_on_an_attribute_that_was_changed_outside_follows() -> None:
    document = plan(
        [
            change("aws_eip.a", "no-op", before={"public_ip": "192.0.2.2"}, after={"public_ip": "192.0.2.2"}),
            update(before={"description": "192.0.2.1"}, after={"description": "192.0.2.2"}),
        ],
        [update("aws_eip.a", before={"public_ip": "192.0.2.1"}, after={"public_ip": "192.0.2.2"})],
        references={"aws_eip.a": {}, ALARM: {"description": ["aws_eip.a.public_ip", "aws_eip.a"]}},
        relevant=[("aws_eip.a", "public_ip")],
    )
    assert told(document) == [("changed-outside", "nothing", "aws_eip.a"), ("follows", "update", ALARM)]


def test_a_reference_excuses_only_the_attribute_it_stands_in() -> None:
    document = plan(
        [
            change("aws_subnet.a", "create", after={}),
            update(before={"threshold": 5}, after={"threshold": 6}, unknown={"subnet": True}),
        ],
        [change("aws_subnet.a", "delete", before={"id": "s"})],
        references={"aws_subnet.a": {}, ALARM: {"subnet": ["aws_subnet.a.id"]}},
    )
    assert told(document)[1:] == [("not-applied", "update", ALARM)]


@pytest.mark.parametrize("undeployed", [False, True])
def test_a_replacement_by_trigger_follows_if_nothing_is_left_to_apply(undeployed: bool) -> None:
    changes = [
        change("aws_route.a", "create", after={}),
        change(ALARM, "delete", "create", before={}, after={}, action_reason="replace_by_triggers"),
    ]
    changes += [change("aws_sns_topic.a", "create", after={})] if undeployed else []
    document = plan(changes, [change("aws_route.a", "delete", before={"id": "r"})], references={ALARM: {}})
    kind = "not-applied" if undeployed else "follows"
    assert (kind, "replace", ALARM) in told(document)


def test_replaced_and_destroyed_come_first_and_say_why() -> None:
    document = plan(
        [
            change("aws_a.new", "create", after={}),
            update("aws_b.changed", before={"x": 1}, after={"x": 2}),
            change("aws_c.left", "delete", before={"x": 1}),
            change(
                "aws_d.replaced",
                "create",
                "delete",
                before={"cidr": "a"},
                after={"cidr": "b"},
                unknown={"id": True},
                replace_paths=[["cidr"]],
            ),
            change("aws_e.moved", "no-op", before={}, after={}, previous_address="aws_e.old"),
            change("aws_f.found", "no-op", before={}, after={}, importing={"id": "f"}),
            change("aws_g.let_go", "forget", before={}),
        ]
    )
    assert [(each.deed, each.forced_by, each.previous, each.unknown) for each in judge(document).findings] == [
        ("delete", (), "", ()),
        ("replace", ("cidr",), "", ()),
        ("create", (), "", ()),
        ("update", (), "", ()),
        ("move", (), "aws_e.old", ()),
        ("import", (), "", ()),
        ("forget", (), "", ()),
    ]


def test_secrets_are_not_told() -> None:
    drift = update(before={"password": "old"}, after={"password": "new"}, after_sensitive={"password": True})
    changes = update(before={"password": "new"}, after={"password": "old"}, after_sensitive={"password": True})
    (difference,) = only(plan([changes], [drift])).differences
    assert (difference.path, difference.before, difference.after) == ("password", SENSITIVE, SENSITIVE)


def test_a_stack_of_which_nothing_exists_is_not_deployed() -> None:
    judgement = judge(plan([change(ALARM, "create", after={}), change("aws_b.b", "create", after={})]))
    assert (judgement.deployed, judgement.resources) == (False, 2)


def test_a_stack_that_declares_nothing_is_as_declared() -> None:
    assert judge(plan([])).deployed


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({}, "did not finish"),
        ({"format_version": "1.2", "errored": True, "planned_values": {}}, "did not finish"),
        (None, "not a JSON object but NoneType"),
        (5, "not a JSON object but int"),
        ([], "not a JSON object but list"),
        ({"format_version": "1.0", "values": {}}, "a state, not a plan"),
        ({"resource": {}}, "a configuration, not a plan"),
        (plan([]) | {"resource_changes": 5}, "resource_changes is not an array"),
        (plan([]) | {"resource_changes": [5]}, r"resource_changes\[0\] is not an object"),
        (plan([]) | {"resource_changes": [{"address": 5}]}, r"resource_changes\[0\] has no address"),
        (plan([]) | {"resource_changes": [{"address": "a.b"}]}, r"\(a.b\) has no change with actions"),
        (plan([]) | {"resource_drift": {"a": 1}}, "resource_drift is not an array"),
        (plan([]) | {"relevant_attributes": 5}, "relevant_attributes is not an array"),
        (plan([]) | {"planned_values": 5}, "planned_values is not an object"),
        (plan([]) | {"planned_values": {"root_module": 5}}, "planned_values.root_module is not an object"),
        (plan([]) | {"configuration": 5}, "configuration is not an object"),
        (plan([change("a.b", "update", before=5, after={})]), "a.b.change.before is not an object"),
        (plan([change("a.b", "update", before={}, after={})] * 2), "a.b is declared twice|a.b twice"),
    ],
)
def test_what_is_no_plan_is_refused(document: Any, message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        judge(document)


def deposed(address: str = ALARM, key: str = "a1b2c3d4") -> dict[str, Any]:
    return change(address, "delete", before={"id": "old"}, deposed=key)


@pytest.mark.parametrize("first", [True, False])
def test_a_deposed_object_hides_no_drift_of_its_address(first: bool) -> None:
    changes = [update(before={"threshold": 50}, after={"threshold": 5}), deposed()]
    drift = [update(before={"threshold": 5}, after={"threshold": 50})]
    judgement = judge(plan(changes if first else changes[::-1], drift))
    assert [(each.kind, each.deed, each.address, each.deposed) for each in judgement.findings] == [
        (Kind.OUTSIDE, Deed.UPDATE, ALARM, ""),
        (Kind.DEPOSED, Deed.DELETE, ALARM, "a1b2c3d4"),
    ]
    assert (judgement.resources, judgement.deployed) == (1, True)


def test_a_deposed_object_alone_deletes_nothing_that_is_declared() -> None:
    judgement = judge(plan([change(ALARM, "no-op", before={}, after={}), deposed(), deposed(key="b")]))
    assert [(each.kind, each.deposed) for each in judgement.findings] == [
        (Kind.DEPOSED, "a1b2c3d4"),
        (Kind.DEPOSED, "b"),
    ]
    assert judgement.resources == 1


def test_drift_of_a_deposed_object_is_not_drift_of_the_resource() -> None:
    drift = change(ALARM, "delete", before={"id": "old"}, deposed="a1b2c3d4")
    assert told(plan([change(ALARM, "no-op", before={}, after={})], [drift])) == []


def test_a_stack_of_which_only_a_deposed_object_exists_is_deployed() -> None:
    assert judge(plan([change(ALARM, "create", after={}), deposed()])).deployed


def test_an_outside_change_brings_no_phantom_of_what_a_provider_reads_back() -> None:
    def rule(port: int, description: str | None) -> dict[str, Any]:
        return {"ingress": [{"port": port, "description": description, "groups": []}], "description": description}

    changes = update(before=rule(22, ""), after=rule(443, None) | {"ingress": [{"port": 443, "description": None}]})
    drift = update(before=rule(443, ""), after=rule(22, ""))
    (finding,) = judge(plan([changes], [drift])).findings
    assert (finding.kind, [each.path for each in finding.differences]) == (Kind.OUTSIDE, ["ingress[0].port"])


@pytest.mark.parametrize(
    ("before", "after", "paths"),
    [
        ({"a": "1"}, {"a": "2"}, ["tags.a"]),
        ({"a b": "1"}, {"a b": "2"}, ['tags["a b"]']),
        (None, {"a": "1"}, ["tags"]),
    ],
)
def test_tags_all_repeats_nothing(before: Any, after: Any, paths: list[str]) -> None:
    default = {"team": "net"}

    def tagged(tags: Any) -> dict[str, Any]:
        return {"tags": tags, "tags_all": default | (tags or {})}

    assert [each.path for each in only(plan([update(before=tagged(before), after=tagged(after))])).differences] == paths
    alone = update(before={"tags_all": default}, after={"tags_all": {"team": "web"}})
    assert [each.path for each in only(plan([alone])).differences] == ["tags_all.team"]


def test_a_secret_that_either_entry_marks_is_masked_in_both_findings() -> None:
    drift = update(before={"p": "a"}, after={"p": "b"})
    changes = update(before={"p": "b"}, after={"p": "c"}, after_sensitive={"p": True})
    shown = [each for finding in judge(plan([changes], [drift])).findings for each in finding.differences]
    assert [(each.before, each.after) for each in shown] == [(SENSITIVE, SENSITIVE)] * 2


VALUES = st.dictionaries(st.sampled_from("abc"), st.sampled_from([None, 1, 2, [], ["x"]]), max_size=3)


@given(state=VALUES, real=VALUES, declared=VALUES)
def test_each_difference_between_real_and_declared_is_told(
    state: dict[str, Any], real: dict[str, Any], declared: dict[str, Any]
) -> None:
    drift = [update(before=state, after=real)] if state != real else []
    found = judge(plan([update(before=real, after=declared)], drift)).findings
    shown = {each.top for finding in found for each in finding.differences}

    def differs(first: dict[str, Any], second: dict[str, Any], key: str) -> bool:
        return (first.get(key) or None) != (second.get(key) or None)

    assert shown == {key for key in "abc" if differs(real, declared, key)}
    outside = {each.top for finding in found if finding.kind is Kind.OUTSIDE for each in finding.differences}
    assert outside == {key for key in shown if differs(state, real, key)}
