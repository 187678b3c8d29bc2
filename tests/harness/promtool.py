"""Runs the unit tests of rule packs, whole and with a rule broken: a test that notices nothing proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from northsouth.alerts.prometheus import AlertRule, RecordingRule, Rule, RuleGroup, RulePack, RuleTest
from northsouth.alerts.prometheus.durations import seconds
from northsouth.alerts.prometheus.promtool import HOW_TO_GET_IT, PromtoolMissingError, Verdict, run_pack, run_tests
from northsouth.alerts.prometheus.rules import plain
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
    """Require that the tests of a pack pass, and that they fail as soon as any rule is taken out or does not wait."""
    assert verdict(pack).failures == {}
    assert unnoticed(pack.groups(), pack.tests()) == []


def unnoticed(groups: Sequence[RuleGroup], tests: Sequence[RuleTest]) -> list[str]:
    """Return the rules that could be taken out, need not wait or need not go on, without any test failing."""
    return [
        f"{rule.name} {how}"
        for group in groups
        for rule in group.rules
        for how, change in _WAYS.items()
        if (mutant := change(rule)) is not None and not _is_noticed(rule, mutant, groups, tests)
    ]


def _taken_out(rule: Rule) -> Rule:
    return replace(rule, expr=f"({plain(rule.expr)}\n) unless on () vector(1)")


def _at_once(rule: Rule) -> Rule | None:
    return replace(rule, for_="0s") if isinstance(rule, AlertRule) and rule.for_ != "0s" else None


def _not_kept(rule: Rule) -> Rule | None:
    is_kept = isinstance(rule, AlertRule) and rule.keep_firing_for is not None
    return replace(rule, keep_firing_for=None) if is_kept else None


_WAYS: Mapping[str, Callable[[Rule], Rule | None]] = {
    "taken out": _taken_out,
    "at once": _at_once,
    "not kept": _not_kept,
}


def _is_noticed(rule: Rule, mutant: Rule, groups: Sequence[RuleGroup], tests: Sequence[RuleTest]) -> bool:
    """Tell whether a test fails with the mutant: one that names it, or for a recording rule, any."""
    waits = isinstance(mutant, AlertRule) and mutant.expr == rule.expr and mutant.for_ != rule.for_

    def telling(moment: RuleTest) -> tuple[bool, float]:
        """Put first what is likely to fail, and soon: an alert at once where none is due, all else where one is."""
        fires = any(case.firing for case in moment.alerts)
        return (fires if waits else not fires, _end(moment))

    moments = sorted((moment for test in tests for moment in _moments(test, rule)), key=telling)
    return any(not run_tests("mutant", _mutants(groups, rule, mutant, test), [test]).passed for test in moments)


def _moments(test: RuleTest, rule: Rule) -> Iterator[RuleTest]:
    """Yield the parts of a test that the rule has a part in, each at one time."""
    if isinstance(rule, RecordingRule):
        yield from (replace(test, alerts=(), exprs=[query]) for query in test.exprs)
    for case in test.alerts:
        if isinstance(rule, RecordingRule) or case.alert == rule.alert:
            yield replace(test, alerts=[case], exprs=())


def _end(test: RuleTest) -> float:
    return max(seconds(part.at) or 0 for part in (*test.alerts, *test.exprs))


def _mutants(groups: Sequence[RuleGroup], rule: Rule, mutant: Rule, test: RuleTest) -> list[RuleGroup]:
    """Return the rules that a test needs. Alerts do not read each other, and texts that nobody compares take time."""
    named = {case.alert for case in test.alerts}
    compared = any(firing.annotations is not None for case in test.alerts for firing in case.firing)
    mutants = []
    for group in groups:
        rules = [mutant if one is rule else one for one in group.rules]
        needed = [one for one in rules if isinstance(one, RecordingRule) or one.alert in named]
        mutants.append(replace(group, rules=[one if compared else _bare(one) for one in needed]))
    return [group for group in mutants if group.rules]


def _bare(rule: Rule) -> Rule:
    return rule if isinstance(rule, RecordingRule) else replace(rule, summary="-", description="-", annotations={})
