"""Runs the unit tests of rule packs, whole and with a rule taken out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from northsouth.alerts.prometheus import RuleGroup, RulePack, RuleTest
from northsouth.alerts.prometheus.model import plain
from northsouth.alerts.prometheus.promtool import HOW_TO_GET_IT, PromtoolMissingError, Verdict, run_pack, run_tests
from tests.harness.plugin import skip_or_fail
from tests.harness.provider import ToolMissing


def verdict(pack: RulePack) -> Verdict:
    """Return what promtool says of a pack; without promtool the test is skipped, or fails in CI."""
    try:
        return run_pack(pack)
    except PromtoolMissingError:
        skip_or_fail(ToolMissing(HOW_TO_GET_IT))
        raise


def assert_proved(pack: RulePack) -> None:
    """Require that the tests of a pack pass, and that they fail as soon as any of its rules is taken out."""
    assert verdict(pack).failures == {}
    assert unnoticed(pack.groups(), pack.tests()) == []


def unnoticed(groups: Sequence[RuleGroup], tests: Sequence[RuleTest]) -> list[str]:
    """Return the rules that could be taken out without any test failing."""
    survivors = []
    for group in groups:
        for rule in group.rules:
            never = replace(rule, expr=f"({plain(rule.expr)}\n) unless on () vector(1)")
            mutant = replace(group, rules=[never if one is rule else one for one in group.rules])
            others = [mutant if one is group else one for one in groups]
            if run_tests("mutant", others, tests).passed:
                survivors.append(rule.name)
    return survivors
