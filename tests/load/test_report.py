"""The summary: what is wrong stands out, and is counted."""

from __future__ import annotations

from tests.load.report import Check, Part, summary, wrong

GOOD = Check("nothing is lost", "50 of 50 changes", holds=True)
BAD = Check("no message is given up", "2 dead letters", holds=False)


def test_all_is_well() -> None:
    parts = [Part("50 changes", 12.4, [GOOD])]
    assert wrong(parts) == 0
    assert summary(parts).splitlines() == [
        "",
        "50 changes, 12 s",
        "  yes  nothing is lost  50 of 50 changes",
        "",
        "all is as it should be",
    ]


def test_what_does_not_hold_is_said_and_counted() -> None:
    parts = [Part("50 changes", 1, [GOOD, BAD]), Part("A day", 1, [])]
    assert wrong(parts) == 2
    lines = summary(parts).splitlines()
    assert "  NO   no message is given up  2 dead letters" in lines
    assert "  NO   nothing was measured" in lines
    assert lines[-1] == "2 not as it should be"
