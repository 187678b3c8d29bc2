"""The rules on Logstash, by each family of exporters."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from northsouth.alerts.prometheus import RuleFile
from northsouth.alerts.prometheus.packs import LogstashRules
from northsouth.alerts.prometheus.packs.logstash_families import FAMILIES
from northsouth.alerts.prometheus.promtool import run_pack
from northsouth.alerts.prometheus.selectors import Like
from northsouth.errors import ConfigurationError
from northsouth.metrics.units import count, percent
from tests.harness.promtool import survivors

pytestmark = pytest.mark.usefixtures("promtool")

RUNBOOK = "https://wiki.example.com/alerts"
USUAL = LogstashRules(runbook=RUNBOOK)
OTHER: dict[str, Any] = {
    "family": "leroymerlin",
    "match": {"job": "logstash", "site": Like("eu-.*", example="eu-1")},
    "label": "k8s_cluster",
    "elasticsearch": "logs",
    "blocked_over": percent(150),
    "blocked_for": "20m",
    "stalled_for": "15m",
    "queue_within": "3h",
    "queue_for": "20m",
    "refused_over": percent(5),
    "dead_letters_over": percent(50),
    "heap_over": percent(75),
    "heap_for": "30m",
    "restarts": count(4),
    "silent_for": "30m",
    "memory": "3h",
    "keep_for": "10m",
    "interval": "30s",
}


def alerts(family: str) -> set[str]:
    return {rule.name for group in LogstashRules(runbook=RUNBOOK, family=family).groups() for rule in group.rules}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_rule_is_proved(family: str) -> None:
    assert run_pack(LogstashRules(runbook=RUNBOOK, family=family)).failures == {}


@pytest.mark.slow
def test_other_parameters_are_proved_with_the_same_scenarios() -> None:
    assert run_pack(LogstashRules(runbook=RUNBOOK, **OTHER)).failures == {}
    assert run_pack(LogstashRules(runbook=RUNBOOK, **{**OTHER, "family": "kuskoman"})).failures == {}


@pytest.mark.slow
def test_the_tests_kill_every_mutant_of_the_rules() -> None:
    assert survivors(USUAL.groups(), USUAL.tests()) == []


def test_every_parameter_reaches_the_rules() -> None:
    assert {*OTHER, "runbook"} == {field.name for field in fields(USUAL)}
    base = RuleFile(USUAL.groups()).yaml()
    for name, value in OTHER.items():
        assert RuleFile(LogstashRules(runbook=RUNBOOK, **{name: value}).groups()).yaml() != base, name


def test_a_family_has_the_alerts_that_its_metrics_allow() -> None:
    whole = alerts("kuskoman")
    lacking = {"LogstashDeadLetterQueueFull", "LogstashDeadLettersLost", "LogstashReloadFails"}
    assert whole - alerts("leroymerlin") == lacking
    more = {"LogstashBackpressure", "LogstashQueueFills", "LogstashDocumentsRefused"}
    assert whole - alerts("bonniernews") == lacking | more


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"runbook": "wiki"}, "runbook: got 'wiki'"),
        (
            {"family": "kuskomann"},
            "family: got 'kuskomann'; it is an exporter of Logstash: kuskoman, leroymerlin",
        ),
        ({"match": {"cluster": "a"}}, "match.cluster: got 'a'; the rules tell clusters apart by cluster"),
        ({"label": "__name"}, "label: got '__name'"),
        ({"blocked_for": "soon"}, "blocked_for: got 'soon'"),
        ({"blocked_over": count(1)}, "blocked_over: got 1; this is"),
        ({"blocked_over": percent(20_000)}, "blocked_over: got 20000%; each input waits for 100%"),
        ({"heap_over": percent(100)}, "heap_over: got 100%; it is a share"),
        ({"restarts": count(0)}, "restarts: got 0; a threshold is more than nothing"),
        ({"memory": "30m"}, "memory: got '30m'; it is twice silent_for, 20m, or more"),
    ],
)
def test_a_wrong_parameter_is_refused_with_the_reason(changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        LogstashRules(**{"runbook": RUNBOOK, **changes})
    assert len(refused.value.problems) == 1
    assert expected in str(refused.value)
