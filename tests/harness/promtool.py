"""Runs the unit tests of rule packs, as they are and with mutants of their rules, which the tests must kill."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial

import promql_parser as promql

from northsouth.alerts.prometheus import AlertRule, RecordingRule, Rule, RuleGroup, RulePack, RuleTest
from northsouth.alerts.prometheus.durations import seconds
from northsouth.alerts.prometheus.promtool import HOW_TO_GET_IT, PromtoolMissingError, Verdict, run_pack, run_tests
from northsouth.alerts.prometheus.rules import plain
from northsouth.alerts.prometheus.selectors import quoted
from tests.harness.plugin import skip_or_fail
from tests.harness.provider import ToolMissing


def verdict(pack: RulePack) -> Verdict:
    """Return what promtool says of a pack; without promtool the test is skipped, or fails in CI."""
    try:
        return run_pack(pack)
    except PromtoolMissingError:
        skip_or_fail(ToolMissing(HOW_TO_GET_IT))
        raise


def assert_proved(pack: RulePack, *, apart_from: Collection[str] = ()) -> None:
    """Require that the tests of a pack pass, and that they kill every mutant of its rules; arguments as below."""
    assert verdict(pack).failures == {}
    assert survivors(pack.groups(), pack.tests(), apart_from=apart_from) == []


def survivors(groups: Sequence[RuleGroup], tests: Sequence[RuleTest], *, apart_from: Collection[str] = ()) -> list[str]:
    """Return the mutants of rules that no test kills, by rule and change; words as in :mod:`tests.mutants`.

    Args:
        groups: the rules.
        tests: their tests.
        apart_from: changes of expressions that something else than these tests notices.

    """
    return [
        f"{rule.name}: {change}"
        for group in groups
        for rule in group.rules
        for change, mutant in mutants(rule)
        if change not in apart_from and not _is_killed(rule, mutant, groups, tests)
    ]


def mutants(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """Yield the mutants of a rule: it never fires, does not wait, does not go on, or lacks a part of its expression."""
    expr = plain(rule.expr)
    yield "taken out", replace(rule, expr=f"({expr}\n) unless on () vector(1)")
    if isinstance(rule, AlertRule):
        if rule.for_ != "0s":
            yield "without for", replace(rule, for_="0s")
        if rule.keep_firing_for is not None:
            yield "without keep_firing_for", replace(rule, keep_firing_for=None)
    yield from ((change, replace(rule, expr=mutant)) for change, mutant in expression_mutants(expr))


def expression_mutants(expr: str) -> Iterator[tuple[str, str]]:
    """Yield an expression without each of its matchers, in all selectors, and each side of ``and``, ``or``, ``unless``.

    A matcher goes from all selectors at once: where two are joined by their labels, one of them narrows both.
    """
    tree = promql.parse(expr)
    nodes: list[promql.Expr] = []
    promql.walk(tree, nodes.append)
    for matcher in dict.fromkeys(_matcher(each) for node in nodes for each in _matchers(node)):
        yield f"without {matcher}", promql.transform(tree, partial(_without, matcher)).prettify()
    for at, node in enumerate(nodes):
        if isinstance(node, promql.BinaryExpr) and str(node.op) in ("and", "or", "unless"):
            yield f"without {node.op} {_line(node.rhs)}", _replaced(tree, at, node.lhs).prettify()
            if str(node.op) == "or":
                yield f"without {_line(node.lhs)} or", _replaced(tree, at, node.rhs).prettify()


def _replaced(tree: promql.Expr, at: int, other: promql.Expr) -> promql.Expr:
    """Return the tree with another node in the place of the one that is met as number ``at``."""
    count = itertools.count()
    return promql.transform(tree, lambda _: other if next(count) == at else None)


def _matchers(node: promql.Expr) -> Sequence[promql.Matcher]:
    return node.matchers.matchers if isinstance(node, promql.VectorSelector) else ()


def _without(matcher: str, node: promql.Expr) -> promql.Expr | None:
    """Return a selector without a matcher; nothing for one that does not have it, and for any other node."""
    selector = node.vector_selector if isinstance(node, promql.MatrixSelector) else node
    matchers = [_matcher(each) for each in _matchers(selector)]
    if matcher not in matchers:
        return None
    others = ",".join(each for each in matchers if each != matcher)
    _, _, window_and_offset = node.prettify().rpartition("}")
    return promql.parse(f"{selector.name}{{{others}}}{window_and_offset}")


def _line(expr: promql.Expr) -> str:
    return " ".join(expr.prettify().split())


def _matcher(matcher: promql.Matcher) -> str:
    operators = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}
    return f"{matcher.name}{operators[str(matcher.op).rpartition('.')[2]]}{quoted(matcher.value)}"


def _is_killed(rule: Rule, mutant: Rule, groups: Sequence[RuleGroup], tests: Sequence[RuleTest]) -> bool:
    """Tell whether a test fails with the mutant: one that names it, or for a recording rule, any."""
    waits = isinstance(mutant, AlertRule) and mutant.expr == rule.expr and mutant.for_ != rule.for_

    def telling(moment: RuleTest) -> tuple[bool, float]:
        """Put first what is likely to fail, and soon: an alert at once where none is due, all else where one is."""
        fires = any(case.firing for case in moment.alerts)
        return (fires if waits else not fires, _end(moment))

    moments = sorted((moment for test in tests for moment in _moments(test, rule)), key=telling)
    # One after the other while the next one is likely to fail, then all others at once.
    batches = [*([moment] for moment in moments[:3]), moments[3:]]
    return any(
        not run_tests("mutant", _needed(groups, rule, mutant, batch), batch).passed for batch in batches if batch
    )


def _moments(test: RuleTest, rule: Rule) -> Iterator[RuleTest]:
    """Yield the parts of a test that the rule has a part in, each at one time."""
    if isinstance(rule, RecordingRule):
        yield from (replace(test, alerts=(), exprs=[query]) for query in test.exprs)
    for case in test.alerts:
        if isinstance(rule, RecordingRule) or case.alert == rule.alert:
            yield replace(test, alerts=[case], exprs=())


def _end(test: RuleTest) -> float:
    return max(seconds(part.at) or 0 for part in (*test.alerts, *test.exprs))


def _needed(groups: Sequence[RuleGroup], rule: Rule, mutant: Rule, tests: Sequence[RuleTest]) -> list[RuleGroup]:
    """Return the rules that tests need. Alerts do not read each other, and texts that nobody compares take time."""
    cases = [case for test in tests for case in test.alerts]
    named = {case.alert for case in cases}
    compared = any(firing.annotations is not None for case in cases for firing in case.firing)
    changed = []
    for group in groups:
        rules = [mutant if one is rule else one for one in group.rules]
        needed = [one for one in rules if isinstance(one, RecordingRule) or one.alert in named]
        changed.append(replace(group, rules=[one if compared else _bare(one) for one in needed]))
    return [group for group in changed if group.rules]


def _bare(rule: Rule) -> Rule:
    return rule if isinstance(rule, RecordingRule) else replace(rule, summary="-", description="-", annotations={})
