"""What the tests of all pure rules require of a problem, beside its own words."""

from __future__ import annotations

from collections.abc import Iterable

from northsouth.errors import Problem


def complete(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems. Each must have all its parts; its rule is a clause, its fix a sentence."""
    listed = list(problems)
    for problem in listed:
        assert all(isinstance(part, str) for part in (problem.where, problem.source)), problem
        assert problem.given, problem
        assert problem.allowed, problem
        assert not problem.allowed.endswith("."), problem
        assert problem.fix.endswith("."), problem
        assert not problem.source.endswith("."), problem
    return listed
