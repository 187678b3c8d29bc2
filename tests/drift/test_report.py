"""What was found, in words and as JSON."""

from __future__ import annotations

import json

from northsouth.cli.drift import exit_code
from northsouth.drift.findings import Kind, judge
from northsouth.drift.report import StackReport, Status, as_json, as_text
from tests.drift.plans import change, plan

DIFFERENT = judge(
    plan(
        [
            change("aws_route.a", "create", after={}),
            change(
                "aws_alarm.a", "update", before={"threshold": 50, "period": 60}, after={"threshold": 5, "period": 1}
            ),
            change(
                "aws_nat.a",
                "delete",
                "create",
                before={"subnet": "a"},
                after={"subnet": "b"},
                replace_paths=[["subnet"]],
            ),
            change("aws_sns_topic.old", "delete", before={"name": "x"}),
            change("aws_e.new", "no-op", before={}, after={}, previous_address="aws_e.old"),
            change("aws_f.f", "update", before={"list": ["a", "b"]}, after={"list": ["b", "a"]}),
            change("aws_g.g", "update", before={"id": "1"}, after={}, unknown={"id": True}),
        ],
        [
            change("aws_route.a", "delete", before={"id": "r"}),
            change("aws_alarm.a", "update", before={"threshold": 5}, after={"threshold": 50}),
        ],
    )
)
CLEAN = judge(plan([change("aws_a.a", "no-op", before={}, after={})]))
ABSENT = judge(plan([change("aws_a.a", "create", after={})]))

REPORTS = [
    StackReport("edge", DIFFERENT),
    StackReport("hub", CLEAN),
    StackReport("later", ABSENT),
    StackReport("lost", error="terraform init: no\x1b[2J credentials\nat all"),
]


def test_in_words() -> None:
    assert (
        "\n".join(as_text(REPORTS))
        == """\
edge: 7 resources are not as declared (6 declared)
  gone (deleted outside Terraform)
    + aws_route.a: a deploy makes it again
  changed outside Terraform (declared → real)
    ~ aws_alarm.a
        threshold: 5 → 50
  declared but not applied (real → declared)
    -/+ aws_nat.a: a deploy replaces it because of subnet
        subnet: "a" → "b"
    - aws_sns_topic.old
    ~ aws_alarm.a
        period: 60 → 1
    > aws_e.new: moved from aws_e.old
    ~ aws_f.f
        list: the same members in another order
    ~ aws_g.g
        id: known after apply
hub: as declared (1 resource)
later: not deployed; 1 resource declared, none in the state
lost: failed
  terraform init: no\\x1b[2J credentials
  at all"""
    )


def test_as_json() -> None:
    found = json.loads(json.dumps(as_json(REPORTS)))["stacks"]
    assert [(each["stack"], each["status"], len(each["findings"])) for each in found] == [
        ("edge", "different", 8),
        ("hub", "clean", 0),
        ("later", "not-deployed", 0),
        ("lost", "failed", 0),
    ]
    assert found[0]["findings"][2] == {
        "address": "aws_nat.a",
        "deposed": None,
        "kind": "not-applied",
        "deploy": "replace",
        "differences": [{"path": "subnet", "before": "a", "after": "b"}],
        "known_after_apply": [],
        "forced_by": ["subnet"],
        "because": [],
        "previous_address": None,
    }


def test_what_is_not_applied_can_be_left_out() -> None:
    edge, hub, later, lost = (each.only([Kind.GONE, Kind.OUTSIDE]) for each in REPORTS)
    assert edge.judgement is not None
    assert [str(each.kind) for each in edge.judgement.findings] == ["gone", "changed-outside"]
    assert (hub.status, later.status, lost.status) == (Status.CLEAN, Status.NOT_DEPLOYED, Status.FAILED)


def test_the_exit_code_is_that_of_the_worst() -> None:
    edge, hub, later, lost = REPORTS
    assert exit_code([]) == 0
    assert exit_code([hub]) == 0
    assert exit_code([hub, later]) == 1
    assert exit_code([hub, edge]) == 1
    assert exit_code([lost, edge]) == 2


def test_a_deposed_object_is_of_its_own_kind() -> None:
    judgement = judge(
        plan(
            [
                change("aws_sqs_queue.q", "update", before={"delay": 9}, after={"delay": 5}),
                change("aws_sqs_queue.q", "delete", before={"delay": 5}, deposed="a1b2c3d4"),
                change("aws_sqs_queue.r", "no-op", before={}, after={}, deposed="e5f6a7b8"),
            ],
            [change("aws_sqs_queue.q", "update", before={"delay": 5}, after={"delay": 9})],
        )
    )
    report = StackReport("edge", judgement)
    assert (
        "\n".join(as_text([report]))
        == """\
edge: 3 resources are not as declared (1 declared)
  changed outside Terraform (declared → real)
    ~ aws_sqs_queue.q
        delay: 5 → 9
  deposed (left behind by a failed create_before_destroy; it still exists)
    - aws_sqs_queue.q (deposed object a1b2c3d4): the next apply destroys it
    ! aws_sqs_queue.r (deposed object e5f6a7b8): the next apply leaves it"""
    )
    found = as_json([report])["stacks"][0]["findings"]
    assert [(each["address"], each["deposed"], each["kind"], each["deploy"]) for each in found] == [
        ("aws_sqs_queue.q", None, "changed-outside", "update"),
        ("aws_sqs_queue.q", "a1b2c3d4", "deposed", "delete"),
        ("aws_sqs_queue.r", "e5f6a7b8", "deposed", "nothing"),
    ]


def test_what_is_left_out_is_named() -> None:
    edge = StackReport("edge", DIFFERENT).only([Kind.GONE])
    *_, last, more = as_text([edge])
    assert last == "  left out: 1 resource changed outside Terraform: aws_alarm.a"
    assert more.startswith(
        "  left out: 6 resources declared but not applied: aws_nat.a, aws_sns_topic.old, aws_alarm.a"
    )
    (stack,) = as_json([edge])["stacks"]
    assert [each["kind"] for each in stack["left_out"]] == ["changed-outside", *["not-applied"] * 6]
    waiting = judge(plan([change(f"aws_a.a{at}", "update", before={"x": 1}, after={"x": 2}) for at in range(12)]))
    head, line = as_text([StackReport("edge", waiting).only([Kind.GONE])])
    assert head == "edge: nothing of what was asked for (12 resources declared)"
    assert line.endswith("aws_a.a7 and 2 more")


def test_the_part_of_a_block_that_matters_is_shown() -> None:
    block = {f"key{at:02}": "x" * 20 for at in range(10)} | {"empty": None, "last": "it matters"}
    added = judge(plan([change("aws_a.a", "update", before={"b": [{"y": 1}]}, after={"b": [{"y": 1}, block]})]))
    assert '            last: "it matters"' in list(as_text([StackReport("edge", added)]))
    long = judge(plan([change("aws_a.a", "update", before={"b": "x" * 300}, after={"b": "x" * 300 + "new"})]))
    assert any("new" in line for line in as_text([StackReport("edge", long)]))
