"""Known differences are hidden until a day, with a reason; expired and idle entries are reported."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.drift.findings import judge
from northsouth.drift.ignoring import notes, read_ignored
from northsouth.drift.report import StackReport, Status, as_json, as_text
from northsouth.errors import ConfigurationError
from tests.drift.plans import change, plan

TODAY = date(2027, 1, 15)
ENTRY = """
[[ignore]]
address = "aws_autoscaling_group.*"
attributes = ["desired_capacity"]
reason = "the autoscaler sets it"
expires = 2027-01-15
"""


def report(*changes: dict[str, Any]) -> StackReport:
    return StackReport("edge", judge(plan(list(changes))))


def group(**attributes: tuple[Any, Any]) -> dict[str, Any]:
    before, after = ({key: pair[side] for key, pair in attributes.items()} for side in (0, 1))
    return change("aws_autoscaling_group.g", "update", before=before, after=after)


def ignored(folder: Path, text: str, reported: StackReport, today: date = TODAY) -> StackReport:
    file = folder / "drift-ignore.toml"
    file.write_text(text, encoding="utf-8")
    return reported.without(read_ignored(file), today)


def test_a_known_difference_is_hidden_and_says_why(tmp_path: Path) -> None:
    left = ignored(tmp_path, ENTRY, report(group(desired_capacity=(3, 2))))
    assert left.status is Status.CLEAN
    assert list(as_text([left])) == [
        "edge: as declared but for what is ignored (1 resource)",
        "  ignored until 2027-01-15: aws_autoscaling_group.g (the autoscaler sets it)",
    ]
    assert as_json([left])["stacks"][0]["ignored"] == [
        {"address": "aws_autoscaling_group.g", "reason": "the autoscaler sets it", "expires": "2027-01-15"}
    ]


def test_only_the_attributes_that_an_entry_names_are_hidden(tmp_path: Path) -> None:
    left = ignored(tmp_path, ENTRY, report(group(desired_capacity=(3, 2), max_size=(9, 8))))
    assert left.judgement is not None
    (finding,) = left.judgement.findings
    assert [each.path for each in finding.differences] == ["max_size"]


def test_an_entry_for_attributes_never_hides_a_replacement(tmp_path: Path) -> None:
    entry = group(desired_capacity=(3, 2))
    entry["change"]["actions"] = ["delete", "create"]
    assert ignored(tmp_path, ENTRY, report(entry)).status is Status.DIFFERENT
    assert ignored(tmp_path, ENTRY.replace("attributes", "#"), report(entry)).status is Status.CLEAN


@given(days=st.integers(-400, 400))
def test_an_entry_hides_up_to_its_last_day(days: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    today = TODAY + timedelta(days=days)
    left = ignored(tmp_path_factory.getbasetemp(), ENTRY, report(group(desired_capacity=(3, 2))), today)
    assert (left.status is Status.CLEAN) == (days <= 0)


def test_expired_and_idle_entries_are_reported(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text(ENTRY + ENTRY.replace("autoscaling_group.*", "sqs_queue.q"), encoding="utf-8")
    entries = read_ignored(file)
    assert list(notes(entries, entries[:1], "x.toml", TODAY)) == [
        "x.toml: entry 2 (aws_sqs_queue.q) hides nothing; remove it"
    ]
    [note] = notes(entries[:1], (), "x.toml", TODAY + timedelta(days=1))
    assert note.startswith("x.toml: entry 1 (aws_autoscaling_group.*) expired on 2027-01-15 and hides nothing any more")


@pytest.mark.parametrize(
    ("line", "hidden"),
    [
        ('stack = "ed*"', True),
        ('stack = "hub"', False),
        ('kinds = ["not-applied"]', True),
        ('kinds = ["gone", "deposed"]', False),
    ],
)
def test_an_entry_can_be_narrowed(tmp_path: Path, line: str, hidden: bool) -> None:
    left = ignored(tmp_path, ENTRY + line, report(group(desired_capacity=(3, 2))))
    assert (left.status is Status.CLEAN) == hidden


def test_brackets_in_an_address_are_taken_literally(tmp_path: Path) -> None:
    text = ENTRY.replace('"aws_autoscaling_group.*"', "'aws_eip.e[\"a\"]'").replace("attributes", "#")
    reported = report(*(change(f'aws_eip.e["{key}"]', "update", before={"x": 1}, after={"x": 2}) for key in "ab"))
    left = ignored(tmp_path, text, reported)
    assert left.judgement is not None
    assert [each.address for each in left.judgement.findings] == ['aws_eip.e["b"]']


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[ignore]\n", "the file: got Expected"),
        ("[ignore]\naddress = 1\n", "ignore: got dict; it is a list of tables. Write [[ignore]], not [ignore]."),
        ("[[ignored]]\n", "ignored: got an unknown key; only [[ignore]] is known"),
        ("[[ignore]]\n", "ignore[0].expires: got None; it is a required day, without quotes"),
        (ENTRY.replace("2027-01-15", '"2027-01-15"'), "ignore[0].expires: got 2027-01-15; it is a required day"),
        (ENTRY.replace('"the autoscaler sets it"', '" "'), "ignore[0].reason: got ' '; it is required text"),
        (ENTRY + "until = 1", "ignore[0].until: got an unknown key; known are address, stack, attributes"),
        (ENTRY + 'kinds = ["drifted"]', "ignore[0].kinds: got 'drifted'; known are gone, changed-outside"),
        (ENTRY + 'stack = ["a"]', "ignore[0].stack: got ['a']; it is text"),
        (ENTRY.replace('["desired_capacity"]', '"x"'), "ignore[0].attributes: got 'x'; it is a list of texts"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_at_once(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "x.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_ignored(file)
    assert message in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="the file: got No such file"):
        read_ignored(tmp_path / "none.toml")
