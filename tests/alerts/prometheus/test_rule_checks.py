from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.alerts.prometheus import RuleGroup
from northsouth.alerts.prometheus.durations import duration, seconds
from northsouth.alerts.prometheus.rule_checks import group_problems
from tests.alerts.prometheus.rules import DOWN, GROUP, SHARE, alert


def report(*groups: RuleGroup) -> list[str]:
    return [str(problem) for problem in group_problems(groups)]


def test_good_rules_have_no_problems() -> None:
    assert report(GROUP) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"alert": " "}, "alert: got ' '; an alert's name is one line"),
        ({"expr": "rate(up)"}, "expr: got 'rate(up)'; it is not PromQL: expected type matrix"),
        ({"expr": "up[5m]"}, "expr: got 'up[5m]'; a rule returns a vector or a number"),
        ({"for_": "5 minutes"}, "for_: got '5 minutes'; it is a duration of Prometheus"),
        ({"for_": "1m1h"}, "for_: got '1m1h'; it is a duration"),
        ({"keep_firing_for": "1.5h"}, "keep_firing_for: got '1.5h'; it is a duration"),
        ({"summary": ""}, "summary: got ''; a woken person needs to read it"),
        ({"summary": "a\nb"}, "a summary is one line"),
        ({"description": " "}, "description: got ' '; a woken person"),
        ({"runbook": "wiki"}, "runbook: got 'wiki'; a runbook is an http(s) address"),
        ({"labels": {"team-name": "x"}}, "labels.team-name: got 'team-name'; a label's name is of letters"),
        ({"labels": {"__tmp": "x"}}, "names with __ belong to Prometheus"),
        ({"labels": {"alertname": "x"}}, "labels.alertname: got 'alertname'; the rule sets this label itself"),
        ({"labels": {"severity": "page"}}, "Write severity= instead."),
        ({"annotations": {"runbook_url": "x"}}, "annotations.runbook_url: got 'runbook_url'; this annotation has an"),
        ({"annotations": {"a b": "x"}}, "annotations.a b: got 'a b'; an annotation's name"),
        ({"summary": "{{ $labels.pod }}"}, "summary: got a template that reads the label 'pod'; the result"),
        ({"description": "{{ .Labels.pod }}"}, "it can have cluster, job), so the text would have a hole"),
        (
            {"annotations": {"x": '{{ index $labels "pod" }}'}},
            "annotations.x: got a template that reads the label 'pod'",
        ),
        ({"labels": {"team": "{{ $labels.severity }}"}}, "labels.team: got a template that reads the label 'severity'"),
        ({"summary": "{{ $value"}, "summary: got '{{ $value'; each {{ needs its }}"),
    ],
)
def test_a_wrong_alert_is_told_why(changes: dict[str, Any], expected: str) -> None:
    [problem] = report(RuleGroup("g", [alert(**changes)]))
    assert problem.startswith("groups['g'].rules[")
    assert expected in problem


@pytest.mark.parametrize(
    "changes",
    [
        {"expr": '${aws_eks_cluster.main.name} == "x"'},
        {"runbook": "${var.runbook}"},
        {"expr": "max without (pod) (up) == 0", "summary": "{{ $labels.instance }}"},
        {"expr": "up == 0", "summary": '{{ with query "up" }}{{ . | first | value }}{{ end }} of {{ $labels.any }}'},
    ],
)
def test_what_cannot_be_decided_is_not_judged(changes: dict[str, Any]) -> None:
    assert report(RuleGroup("g", [alert(**changes)])) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": ""}, "a group's name is one line of text"),
        ({"rules": []}, "rules: got none; a group has at least one rule"),
        ({"interval": "0s"}, "interval: got '0s'; it is longer than nothing"),
        ({"interval": "fast"}, "interval: got 'fast'; it is a duration"),
        ({"query_offset": "-1m"}, "query_offset: got '-1m'; it is a duration"),
        ({"limit": -1}, "limit: got -1; it is a number of alerts or series"),
        ({"labels": {"0": "x"}}, "labels.0: got '0'; a label's name"),
        ({"rules": [DOWN, DOWN]}, "rules['TargetDown']: got the same rule twice"),
        ({"rules": [replace(SHARE, record="job up")]}, "record: got 'job up'; a metric's name"),
        ({"rules": [replace(SHARE, expr="up +")]}, "it is not PromQL"),
    ],
)
def test_a_wrong_group_is_told_why(changes: dict[str, Any], expected: str) -> None:
    [problem] = report(replace(GROUP, **changes))
    assert expected in problem


def test_one_name_may_stand_for_two_severities() -> None:
    assert report(RuleGroup("g", [DOWN, alert(severity="warning")])) == []


def test_two_groups_of_one_name_are_refused() -> None:
    assert "two groups of this name" in report(GROUP, GROUP)[0]
    assert "a rule file has at least one group" in report()[0]


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("0", 0),
        ("0s", 0),
        ("90s", 90),
        ("1h30m", 5400),
        ("1d", 86400),
        ("1w", 604800),
        ("1y", 31536000),
        ("5ms", 0.005),
    ],
)
def test_durations(text: str, length: float) -> None:
    assert seconds(text) == length


@pytest.mark.parametrize("text", ["", "5", "m", "5 m", "1m1h", "1.5h", "-5m", "5M", "5m\n"])
def test_what_is_no_duration(text: str) -> None:
    assert seconds(text) is None


@given(st.integers(0, 10**12))
def test_a_duration_that_is_written_is_read_back(milliseconds: int) -> None:
    assert seconds(duration(milliseconds / 1000)) == pytest.approx(milliseconds / 1000)
