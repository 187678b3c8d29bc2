"""Alarms on an archive that the stack does not declare under that name."""

from __future__ import annotations

import pytest

from northsouth.logs.metrics import archive_problems, note_archive


class Stack:
    """Stands for a stack: whatever can be referred to weakly."""


@pytest.fixture
def stack() -> Stack:
    made = Stack()
    note_archive(made, "logs", ["alb", "app"])
    return made


@pytest.mark.parametrize(
    ("archive", "source", "expected"),
    [
        ("logs", "alb", None),
        ("lgos", "alb", "archive: got 'lgos'; the stack declares the archive 'logs', and none of this name"),
        ("logs", "albs", "source: got 'albs'; the archive 'logs' has the sources alb, app. Write 'alb'."),
        # An archive of another stack.
        ("payments", "alb", None),
        ("${var.archive}", "alb", None),
    ],
)
def test_a_name_is_one_of_the_stacks_own(stack: Stack, archive: str, source: str, expected: str | None) -> None:
    told = [str(problem) for problem in archive_problems(stack, archive, source)]
    assert len(told) == (expected is not None)
    assert expected is None or told[0].startswith(expected)


def test_a_stack_without_archives_says_nothing() -> None:
    assert list(archive_problems(Stack(), "lgos", "alb")) == []
