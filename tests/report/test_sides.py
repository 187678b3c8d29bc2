"""The two sides of a report: stacks, plans and states, and what is said where they cannot be compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from northsouth.report.sides import read_sides
from northsouth.template.model import TemplateError
from tests.drift.plans import change, plan
from tests.report.change import AFTER, BEFORE, write


def values(*addresses: str) -> dict[str, Any]:
    resources = [
        {
            "address": each,
            "mode": "managed",
            "type": each.split(".")[0],
            "name": each.split(".")[1],
            "values": {"id": each},
        }
        for each in addresses
    ]
    return {"root_module": {"resources": resources}}


def planned(folder: Path, *changes: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> Path:
    document = {**plan(list(changes)), "planned_values": after}
    document["prior_state"] = {"format_version": "1.0", "values": before}
    (folder / "plan.json").write_text(json.dumps(document), encoding="utf-8")
    return folder / "plan.json"


def test_a_plan_alone_is_both_sides(tmp_path: Path) -> None:
    entries = [
        change("aws_eip.old", "delete", before={"id": "x", "secret": "a"}, after_sensitive={"secret": True}),
        change("aws_vpc.v", "update", before={"cidr": "a"}, after={}, unknown={"cidr": True}),
    ]
    file = planned(tmp_path, *entries, before=values("aws_eip.old", "aws_vpc.v"), after=values("aws_vpc.v"))
    sides = read_sides(None, file)
    assert sides.before is not None
    assert [each.address for each in sides.before.template] == ["aws_eip.old", "aws_vpc.v"]
    assert [each.address for each in sides.after.template] == ["aws_vpc.v"]
    assert sides.comparison is not None
    assert [(each.address, str(each.action)) for each in sides.comparison] == [
        ("aws_eip.old", "destroyed"),
        ("aws_vpc.v", "changed"),
    ]
    destroyed, changed = sides.comparison
    assert dict(destroyed.values) == {"id": "x", "secret": "(sensitive)"}  # type: ignore[arg-type]
    assert [(each.path, each.after) for each in changed.differences] == [("cidr", "(known after apply)")]


def test_two_stacks_are_compared_without_what_says_something_of_the_machine(tmp_path: Path) -> None:
    same = {**BEFORE, "//": {"metadata": {"version": "0.21.0"}}}
    sides = read_sides(write(tmp_path, "a", BEFORE), write(tmp_path, "b", same))
    assert sides.comparison is not None
    assert not sides.comparison
    assert sides.before is not None
    assert sides.before.digest != sides.after.digest


def test_a_plan_and_a_stack_cannot_be_compared(tmp_path: Path) -> None:
    file = planned(tmp_path, before=values(), after=values("aws_vpc.v"))
    sides = read_sides(file, write(tmp_path, "b", AFTER))
    assert sides.comparison is None
    assert sides.why == "a plan and synthesized cannot be compared; give two synthesized stacks, or a plan as --after"


def test_a_folder_of_several_stacks_is_refused_with_their_names(tmp_path: Path) -> None:
    (tmp_path / "stacks").mkdir()
    write(tmp_path / "stacks", "a", BEFORE)
    assert read_sides(None, tmp_path).after.file.endswith("stacks/a/cdk.tf.json")
    write(tmp_path / "stacks", "b", BEFORE)
    with pytest.raises(TemplateError, match=r"2 stacks in it; name one, such as .*stacks/a"):
        read_sides(None, tmp_path)
