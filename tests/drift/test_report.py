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
edge: 8 differences (6 resources declared)
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
