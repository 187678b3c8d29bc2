"""What a pack of rules is: groups, and the tests that prove them with the same parameters; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from northsouth.alerts.prometheus.rules import RuleGroup
from northsouth.alerts.prometheus.testing import RuleTest
from northsouth.errors import Problem


@runtime_checkable
class RulePack(Protocol):
    """Rules that belong together, and their tests.

    Packs are frozen dataclasses whose fields are the parameters, so that a user's thresholds are tested, not the
    defaults.
    """

    @property
    def name(self) -> str:
        """The pack's name, of small letters and dashes: the file, namespace or manifest it is written to."""

    def groups(self) -> Sequence[RuleGroup]:
        """Return the rules."""

    def tests(self) -> Sequence[RuleTest]:
        """Return the tests: for each rule that it fires, does not fire, resolves, and does both at the edge."""


def groups_by_name(
    packs: Sequence[RulePack], further: Mapping[str, Sequence[RuleGroup]]
) -> tuple[dict[str, Sequence[RuleGroup]], list[Problem]]:
    """Return the groups of packs and further ones by name, and what is wrong with the names."""
    by_name: dict[str, Sequence[RuleGroup]] = {}
    problems = []
    for name, groups in (*((pack.name, pack.groups()) for pack in packs), *further.items()):
        if name in by_name:
            fix = "Give one of them another name."
            problems.append(Problem(f"namespaces[{name!r}]", "two of this name", "one would replace the other", fix))
        by_name.setdefault(name, groups)
    return by_name, problems
