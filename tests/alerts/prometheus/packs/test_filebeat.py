"""The rules on Filebeat."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from northsouth.alerts.prometheus import RuleFile
from northsouth.alerts.prometheus.packs import FilebeatRules
from northsouth.alerts.prometheus.promtool import run_pack, run_tests
from northsouth.alerts.prometheus.selectors import Like
from northsouth.alerts.prometheus.testing import AlertTest, Firing, RuleTest
from northsouth.errors import ConfigurationError
from northsouth.metrics.units import count, percent
from tests.harness.promtool import survivors

pytestmark = pytest.mark.usefixtures("promtool")

RUNBOOK = "https://wiki.example.com/alerts"
USUAL = FilebeatRules(runbook=RUNBOOK, every_node=True)
OTHER: dict[str, Any] = {
    "match": {"job": "filebeat", "site": Like("eu-.*", example="eu-1")},
    "label": "k8s_cluster",
    "elasticsearch": "logs",
    "waiting": count(3686),
    "waiting_for": "30m",
    "blocked_for": "15m",
    "failing_for": "30m",
    "restarts": count(4),
    "every_node": False,
    "node_for": "30m",
    "silent_for": "30m",
    "memory": "3h",
    "keep_for": "10m",
    "interval": "30s",
}


def test_every_rule_is_proved() -> None:
    assert run_pack(USUAL).failures == {}


@pytest.mark.parametrize(("last_failure", "fires"), [(30, True), (23, True), (20, False)])
def test_failing_ends_five_minutes_after_the_last_failure(last_failure: int, fires: bool) -> None:
    """Events fail from minute 11 on; 15 minutes later the alert fires if one failed within the last 5 minutes."""
    labels = {"instance": "10.0.0.1:9479", "cluster": "main", "type": "failed"}
    failing = f"7x10 8+1x{last_failure - 11} {last_failure - 3}x40"
    firing = [Firing({**labels, "severity": "warning"})] if fires else []
    alerts = [
        AlertTest("FilebeatFailing", f"{minute}m", expected)
        for minute, expected in ((25, []), (max(27, last_failure + 4), firing), (last_failure + 6, []))
    ]
    series = {f"filebeat_libbeat_output_events{{{','.join(f'{k}={v!r}' for k, v in labels.items())}}}": failing}
    test = RuleTest(name="the last failure", series=series, alerts=alerts)
    assert run_tests("filebeat", USUAL.groups(), [test]).failures == {}


@pytest.mark.slow
def test_other_parameters_are_proved_with_the_same_scenarios() -> None:
    assert run_pack(FilebeatRules(runbook=RUNBOOK, **OTHER)).failures == {}
    assert run_pack(FilebeatRules(runbook=RUNBOOK, **{**OTHER, "every_node": True})).failures == {}


@pytest.mark.slow
def test_the_tests_kill_every_mutant_of_the_rules() -> None:
    assert survivors(USUAL.groups(), USUAL.tests()) == []


def test_every_parameter_reaches_the_rules() -> None:
    assert {*OTHER, "runbook"} == {field.name for field in fields(USUAL)}
    base = RuleFile(USUAL.groups()).yaml()
    for name, value in OTHER.items():
        changed = FilebeatRules(runbook=RUNBOOK, **{"every_node": True, name: value})
        assert RuleFile(changed.groups()).yaml() != base, name


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"runbook": "wiki"}, "runbook: got 'wiki'"),
        ({"match": {"cluster": "a"}}, "match.cluster: got 'a'; the rules tell clusters apart by cluster"),
        ({"label": "__name"}, "label: got '__name'"),
        ({"node_for": "soon"}, "node_for: got 'soon'"),
        ({"waiting": percent(90)}, "waiting: got 90%; this is"),
        ({"restarts": count(0)}, "restarts: got 0; a threshold is more than nothing"),
        ({"memory": "30m"}, "memory: got '30m'; it is twice silent_for, 20m, or more"),
    ],
)
def test_a_wrong_parameter_is_refused_with_the_reason(changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        FilebeatRules(**{"runbook": RUNBOOK, **changes})
    assert len(refused.value.problems) == 1
    assert expected in str(refused.value)
