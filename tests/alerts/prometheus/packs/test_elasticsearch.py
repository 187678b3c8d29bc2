"""The rules on Elasticsearch, and the traps that published rules fall into."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from northsouth.alerts.prometheus import AlertRule, AlertTest, Firing, RuleFile, RuleGroup, RuleTest
from northsouth.alerts.prometheus.packs import ElasticsearchRules
from northsouth.alerts.prometheus.promtool import run_pack, run_tests
from northsouth.alerts.prometheus.selectors import Like
from northsouth.errors import ConfigurationError
from northsouth.metrics.units import count, percent
from tests.harness.promtool import survivors

pytestmark = pytest.mark.usefixtures("promtool")

RUNBOOK = "https://wiki.example.com/alerts"
USUAL = ElasticsearchRules(runbook=RUNBOOK)
OTHER: dict[str, Any] = {
    "match": {"job": "es", "site": Like("eu-.*", example="eu-1")},
    "label": "es_cluster",
    "red_for": "5m",
    "yellow_for": "1h",
    "silent_for": "30m",
    "memory": "3h",
    "disk_low": percent(25),
    "disk_below": percent(5),
    "disk_for": "15m",
    "heap_over": percent(75),
    "heap_for": "30m",
    "rejected": count(500),
    "rejected_for": "20m",
    "relocating_for": "3h",
    "keep_for": "10m",
    "interval": "30s",
}


def test_every_rule_is_proved() -> None:
    assert run_pack(USUAL).failures == {}


@pytest.mark.slow
def test_other_parameters_are_proved_with_the_same_scenarios() -> None:
    assert run_pack(ElasticsearchRules(runbook=RUNBOOK, **OTHER)).failures == {}


@pytest.mark.slow
def test_the_tests_kill_every_mutant_of_the_rules() -> None:
    assert survivors(USUAL.groups(), USUAL.tests()) == []


def test_every_parameter_reaches_the_rules() -> None:
    assert {*OTHER, "runbook"} == {field.name for field in fields(USUAL)}
    base = RuleFile(USUAL.groups()).yaml()
    for name, value in OTHER.items():
        assert RuleFile(ElasticsearchRules(runbook=RUNBOOK, **{name: value}).groups()).yaml() != base, name


@pytest.mark.parametrize(
    ("expr", "fires"),
    [
        ("elasticsearch_filesystem_data_free_bytes / elasticsearch_filesystem_data_size_bytes > 0.85", "empty"),
        ("elasticsearch_thread_pool_rejected_count > 20", "refused-long-ago"),
    ],
)
def test_rules_that_fall_into_the_traps_fire_on_what_is_well(expr: str, fires: str) -> None:
    """Free space compared with a used share; the value of a counter that only a restart sets back."""
    rule = AlertRule(
        alert="Trap", expr=expr, for_="0s", severity="warning", summary="-", description="-", runbook=RUNBOOK
    )
    names = {
        "full": ("elasticsearch_filesystem_data_free_bytes", "2"),
        "empty": ("elasticsearch_filesystem_data_free_bytes", "95"),
        "refused-long-ago": ("elasticsearch_thread_pool_rejected_count", "5000"),
    }
    series = {f'{metric}{{name="{name}"}}': f"{value}x10" for name, (metric, value) in names.items()}
    series |= {f'elasticsearch_filesystem_data_size_bytes{{name="{name}"}}': "100x10" for name in ("full", "empty")}
    test = RuleTest(name="trap", series=series, alerts=[AlertTest("Trap", "5m", [Firing({"name": fires})])])
    assert run_tests("trap", [RuleGroup("trap", [rule])], [test]).failures == {}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"runbook": "wiki"}, "runbook: got 'wiki'"),
        ({"match": {"cluster": "a"}}, "match.cluster: got 'a'; the rules tell clusters apart by cluster"),
        ({"match": {"a b": "x"}}, "match.a b: got 'a b'"),
        ({"label": "__name"}, "label: got '__name'"),
        ({"red_for": "soon"}, "red_for: got 'soon'"),
        ({"heap_over": percent(100)}, "heap_over: got 100%; it is a share"),
        ({"disk_low": percent(10)}, "disk_low: got 10%; it is above disk_below, 10%"),
        ({"rejected": percent(1)}, "rejected: got 1%; this is"),
        ({"memory": "30m"}, "memory: got '30m'; it is twice silent_for, 20m, or more"),
    ],
)
def test_a_wrong_parameter_is_refused_with_the_reason(changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        ElasticsearchRules(**{"runbook": RUNBOOK, **changes})
    assert len(refused.value.problems) == 1
    assert expected in str(refused.value)
