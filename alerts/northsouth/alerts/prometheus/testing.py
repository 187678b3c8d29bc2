"""Typed unit tests of rules, as ``promtool test rules`` runs them; pure.

(prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules)
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from northsouth.alerts.prometheus import templates
from northsouth.alerts.prometheus.promql import is_series
from northsouth.alerts.prometheus.rule_checks import duration_problems
from northsouth.alerts.prometheus.rules import AlertRule, RuleGroup, plain
from northsouth.errors import Problem


@dataclass(frozen=True, slots=True)
class Firing:
    """One alert that fires.

    Attributes:
        labels: its labels, without those that the rule itself adds.
        annotations: what its annotations read once filled in. Those that have no template may be left out. Without
            any, only the labels are compared.

    """

    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class AlertTest:
    """Which alerts of one name fire at one time.

    Attributes:
        alert: the name of an :class:`~northsouth.alerts.prometheus.AlertRule` of the pack.
        at: the time since the start: ``10m``.
        firing: all alerts of that name that fire; none if it is quiet (also while it is pending).

    """

    alert: str
    at: str
    firing: Sequence[Firing] = ()


@dataclass(frozen=True, slots=True)
class ExprTest:
    """What an expression returns at one time: for recording rules.

    Attributes:
        expr: the expression.
        at: the time since the start.
        samples: the values by series, as written in PromQL: ``{'up{job="api"}': 1}``.

    """

    expr: str
    at: str
    samples: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTest:
    """One scenario: series as they might be, and what the rules make of them.

    Attributes:
        name: what it shows, in words.
        series: values by series, in promtool's notation: ``{'up{job="api"}': "1x10 0x5 _x5 stale"}``.
        alerts: the alerts expected.
        exprs: the values expected.
        interval: the time between two values, and between two evaluations of the rules.

    """

    name: str
    series: Mapping[str, str]
    alerts: Sequence[AlertTest] = ()
    exprs: Sequence[ExprTest] = ()
    interval: str = "1m"


def scenario_problems(groups: Sequence[RuleGroup], tests: Sequence[RuleTest]) -> Iterator[Problem]:
    """Yield what is wrong with tests: unknown alerts, invalid times, texts with values known only in a run."""
    rules = alert_rules(groups)
    for test in tests:
        problems = [*duration_problems("interval", test.interval, positive=True)]
        problems += [
            Problem("series", repr(series), "it is one series of a metric", 'Write up{job="api"}.')
            for series in test.series
            if not is_series(series)
        ]
        for case in test.alerts:
            where = f"alerts[{case.alert!r}]"
            problems += [problem.within(where) for problem in duration_problems("at", case.at)]
            problems += [problem.within(where) for problem in _case_problems(case, rules)]
        for query in test.exprs:
            problems += [problem.within(f"exprs[{query.expr!r}]") for problem in duration_problems("at", query.at)]
        yield from (problem.within(f"tests[{test.name!r}]") for problem in problems)


def _case_problems(case: AlertTest, rules: Mapping[str, Sequence[Declared]]) -> Iterator[Problem]:
    if case.alert not in rules:
        known = ", ".join(rules) or "no alerts"
        yield Problem("", repr(case.alert), f"the rules have {known}", "Name one of them.")
        return
    if len({firing.annotations is None for firing in case.firing}) > 1:
        rule_text = "promtool compares the annotations of all alerts of a name, or of none"
        yield Problem("firing", "annotations for some", rule_text, "Give them for each, or for none.")
    for firing in case.firing:
        declared = [rule for rule in rules[case.alert] if rule.may_give(firing.labels)]
        if len(declared) != 1:
            allowed = f"they fit {len(declared)} of the rules of this name"
            yield Problem("firing.labels", repr(dict(firing.labels)), allowed, "Tell them apart, by severity for one.")
        elif firing.annotations is not None:
            yield from _annotation_problems(declared[0].rule, firing.annotations)


def _annotation_problems(rule: AlertRule, annotations: Mapping[str, str]) -> Iterator[Problem]:
    for name, text in rule.all_annotations.items():
        if templates.is_template(text) and name not in annotations:
            fix = "Write what it reads once filled in, or give no annotations at all."
            yield Problem("firing.annotations", f"no {name}", "it is a template", fix)


@dataclass(frozen=True, slots=True)
class Declared:
    """An alert as its group declares it.

    Attributes:
        rule: the alert.
        labels: the labels that it adds and that have no template, with those of its group.

    """

    rule: AlertRule
    labels: Mapping[str, str]

    def may_give(self, labels: Mapping[str, str]) -> bool:
        """Tell whether an alert with these labels can come from this rule."""
        return all(labels.get(name, value) == value for name, value in self.labels.items())


def alert_rules(groups: Sequence[RuleGroup]) -> dict[str, list[Declared]]:
    """Return the alerts by name; one name may stand for several rules, of different severity for one."""
    by_name: dict[str, list[Declared]] = {}
    for group in groups:
        for rule in group.rules:
            if isinstance(rule, AlertRule):
                added = {**group.labels, **rule.all_labels}
                fixed = {name: text for name, text in added.items() if not templates.is_template(text)}
                by_name.setdefault(rule.alert, []).append(Declared(rule, fixed))
    return by_name


def scenario_file(rule_files: Sequence[str], groups: Sequence[RuleGroup], tests: Sequence[RuleTest]) -> dict[str, Any]:
    """Return a file of unit tests as the mapping that promtool reads; all ``tests`` have one interval.

    Args:
        rule_files: paths of the files with ``groups``, relative to the file of tests.
        groups: the rules, for what they add to each alert.
        tests: the scenarios.

    """
    rules = alert_rules(groups)
    return {
        "rule_files": list(rule_files),
        "evaluation_interval": tests[0].interval,
        "tests": [_scenario(test, rules) for test in tests],
    }


def _scenario(test: RuleTest, rules: Mapping[str, Sequence[Declared]]) -> dict[str, Any]:
    value: dict[str, Any] = {
        "name": test.name,
        "interval": test.interval,
        "input_series": [{"series": series, "values": values} for series, values in test.series.items()],
    }
    by_annotations = [case for case in test.alerts if not _by_labels(case)]
    if by_annotations:
        value["alert_rule_test"] = [_by_annotations(case, rules[case.alert]) for case in by_annotations]
    exprs = [_of_labels(case, rules[case.alert]) for case in test.alerts if _by_labels(case)]
    exprs += [_expr(query.expr, query.at, query.samples) for query in test.exprs]
    return value | ({"promql_expr_test": exprs} if exprs else {})


def _by_labels(case: AlertTest) -> bool:
    """Tell whether only labels are compared: promtool's own test of alerts always compares annotations too."""
    return bool(case.firing) and all(firing.annotations is None for firing in case.firing)


def _by_annotations(case: AlertTest, rules: Sequence[Declared]) -> dict[str, Any]:
    expected = []
    for firing in case.firing:
        declared = next(rule for rule in rules if rule.may_give(firing.labels))
        annotations = {name: plain(text) for name, text in declared.rule.all_annotations.items()}
        expected.append(
            {
                "exp_labels": dict(sorted({**declared.labels, **firing.labels}.items())),
                "exp_annotations": {**annotations, **(firing.annotations or {})},
            }
        )
    return {"eval_time": case.at, "alertname": case.alert, "exp_alerts": expected}


def _of_labels(case: AlertTest, rules: Sequence[Declared]) -> dict[str, Any]:
    own = {"alertname": case.alert, "alertstate": "firing"}
    samples = {}
    for firing in case.firing:
        declared = next(rule for rule in rules if rule.may_give(firing.labels))
        samples[selector("ALERTS", {**declared.labels, **firing.labels, **own})] = 1.0
    return _expr(selector("ALERTS", own), case.at, samples)


def _expr(expr: str, at: str, samples: Mapping[str, float]) -> dict[str, Any]:
    expected = [{"labels": labels, "value": value} for labels, value in samples.items()]
    return {"expr": plain(expr), "eval_time": at, "exp_samples": expected}


def selector(metric: str, labels: Mapping[str, str]) -> str:
    """Return a series as PromQL writes it: ``up{job="api"}``, the labels sorted by name."""
    quoted = ",".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in sorted(labels.items()))
    return f"{metric}{{{quoted}}}"
