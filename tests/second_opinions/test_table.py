"""The table's machinery: what is known is explained, what is new or gone fails, and the committed list is sound."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.second_opinions import environments
from tests.second_opinions.__main__ import KNOWN, main
from tests.second_opinions.catalogue import opinions
from tests.second_opinions.table import Answer, Difference, Known, Opinion, Table, UnavailableError, judge, read_known

ASKED = "2 things"
NEW = Difference("topic a", "it has no such name")
OF_A = Known("topic *", "theirs", "they know no topics before version two")


def opinion(*differences: Difference) -> Opinion:
    return Opinion("names", "reader 1.0", "Is every name known?", lambda: Answer(ASKED, differences))


def absent() -> Answer:
    raise UnavailableError("reader does not install: no such package")


def test_a_program_that_sees_it_as_we_do_agrees() -> None:
    row = judge(opinion(), [])
    assert row.passed
    assert row.cells() == ("reader 1.0", "Is every name known?", ASKED, "agree", "")


def test_a_difference_that_nobody_judged_fails_and_is_shown() -> None:
    table = Table([judge(opinion(NEW), [])])
    assert not table.passed
    assert table.rows[0].cells()[3:] == ("differ: 1", "not judged yet")
    assert "- not judged yet: topic a: it has no such name" in table.text()


def test_a_known_difference_passes_and_is_shown_with_its_reason() -> None:
    table = Table([judge(opinion(NEW, Difference("topic b", "nor this")), [OF_A])])
    assert table.passed
    assert table.rows[0].cells()[3:] == ("differ: 2", "theirs")
    assert "- theirs: topic * (2 times): they know no topics before version two" in table.text()


def test_a_known_difference_that_no_longer_differs_fails() -> None:
    table = Table([judge(opinion(), [OF_A])])
    assert not table.passed
    assert "- no longer differs, take it out of known.toml: topic *" in table.text()


def test_a_program_that_does_not_install_is_skipped_with_one_line() -> None:
    row = judge(Opinion("names", "reader 1.0", "Is every name known?", absent), [OF_A])
    assert row.passed
    assert row.cells()[2:] == ("reader does not install: no such package", "skipped", "")


def test_the_table_is_no_wider_than_a_screen_of_code() -> None:
    table = Table([judge(opinion(NEW), [])])
    assert max(map(len, table.text().splitlines())) <= 130


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"others": []}, "others: this is no opinion; write one of names"),
        ({"names": [{"subject": "a", "fault": "ours", "reason": "one two three four five"}]}, "fault is 'ours'"),
        ({"names": [{"subject": "a", "fault": "theirs", "reason": "bug"}]}, "write five words or more"),
        ({"names": [{"subject": "a", "fault": "theirs", "reason": "one two three four five"}] * 2}, "is there twice"),
    ],
)
def test_a_malformed_list_is_refused(document: dict[str, list[dict[str, str]]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_known(document, [opinion()])


def test_the_committed_list_is_sound() -> None:
    known = read_known(tomllib.loads(KNOWN.read_text(encoding="utf-8")), opinions())
    assert sum(map(len, known.values())) > 0


def test_every_program_is_pinned_to_one_version() -> None:
    pins = [requirement for group in environments.groups().values() for requirement in group]
    npm = [version for packages in environments.npm_packages().values() for version in packages.values()]
    assert [pin for pin in pins if pin.count("==") != 1] == []
    assert [version for version in npm if not re.fullmatch(r"[0-9.]+", version)] == []
    assert len({each.name for each in opinions()}) == len(opinions())


def test_an_unknown_name_is_refused_with_the_names_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["polices"])
    assert "'polices' is no opinion; write one of policies, " in capsys.readouterr().err
