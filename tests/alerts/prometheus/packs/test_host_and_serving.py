"""The rules on targets, hosts, pools and models: fire, no fire, resolve and the edge, by promtool."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from northsouth.alerts.prometheus import RuleFile, RulePack
from northsouth.alerts.prometheus.packs.hosts import HostRules
from northsouth.alerts.prometheus.packs.models import ModelRules
from northsouth.alerts.prometheus.packs.pools import Pool, PoolRules
from northsouth.alerts.prometheus.packs.targets import TargetRules
from northsouth.alerts.prometheus.promtool import run_pack
from northsouth.alerts.prometheus.selectors import Like
from northsouth.errors import ConfigurationError
from northsouth.metrics.units import bytes_per_second, count, count_per_second, gigabits_per_second, percent, seconds
from tests.harness.promtool import survivors

pytestmark = pytest.mark.usefixtures("promtool")

RUNBOOK = "https://wiki.example.com/alerts"
SLOTS = Pool(name="slots", used="slots_busy", limit=8)
TARGETS = TargetRules(runbook=RUNBOOK, jobs=["node", "api"])
HOSTS = HostRules(runbook=RUNBOOK)
POOLS = PoolRules(runbook=RUNBOOK, pools=[Pool.postgres(), Pool.hikari(), Pool.conntrack(), SLOTS])
MODELS = ModelRules(runbook=RUNBOOK)
PACKS: list[Any] = [TARGETS, HOSTS, POOLS, MODELS]
MATCH = {"job": "it", "instance": "a:1", "site": Like("eu-.*", example="eu-1")}
OTHERS: list[Any] = [
    TargetRules(runbook=RUNBOOK, match=MATCH, down_for="2m", keep_for="20m", label="site", down_over=percent(3)),
    HostRules(
        runbook=RUNBOOK,
        match=MATCH,
        cpu_over=percent(70),
        memory_below=percent(3),
        disk_below=percent(1),
        disk_floor=percent(15),
        disk_within="2d",
        disk_history="4h",
        disk_trend_for="30m",
        network_capacity=gigabits_per_second(10),
        oom_kills=count(5),
        oom_within="30m",
        clock_off=seconds(1),
        inodes_below=percent(20),
        disk_slow_over=seconds(1),
        network_errors_over=percent(3),
        keep_for="20m",
    ),
    PoolRules(
        runbook=RUNBOOK,
        pools=[Pool.hikari(MATCH), Pool.conntrack({"zone": "a"})],
        over=percent(75),
        waiting_for="1m",
        keep_for="1m",
    ),
    ModelRules(runbook=RUNBOOK, match=MATCH, judged=None, drift=None, than="1d", over="2h", worse_by=percent(1)),
    ModelRules(runbook=RUNBOOK, than="1d", by="endpoint", drift_over=0.1, least=count(1000), keep_for="2h"),
]


@pytest.mark.parametrize("pack", [TARGETS, POOLS], ids=lambda pack: pack.name)
def test_a_pack_is_proved(pack: RulePack) -> None:
    assert run_pack(pack).failures == {}


@pytest.mark.slow
@pytest.mark.parametrize("pack", [HOSTS, MODELS, *OTHERS], ids=lambda pack: pack.name)
def test_a_pack_is_proved_with_any_parameters(pack: RulePack) -> None:
    assert run_pack(pack).failures == {}


@pytest.mark.slow
@pytest.mark.parametrize("pack", [*PACKS[:3], replace(MODELS, than="4h")], ids=lambda pack: pack.name)
def test_the_tests_of_a_pack_kill_every_mutant_of_its_rules(pack: RulePack) -> None:
    assert survivors(pack.groups(), pack.tests()) == []


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
def test_every_parameter_reaches_the_rules(pack: Any) -> None:
    base = RuleFile(pack.groups()).yaml()
    other: dict[str, Any] = {
        "runbook": "https://other.example.com",
        "match": {"job": "x"},
        "jobs": ["x"],
        "severity": "warning",
        "target_severity": "info",
        "label": "site",
        "network_capacity": bytes_per_second(1),
        "pools": [SLOTS],
        "quality": "accuracy",
        "judged": None,
        "drift": None,
        "by": "endpoint",
        "least": count(7),
        "drift_over": 0.1,
        "than": "14d",
        "disk_within": "14d",
        "oom_kills": count(7),
        "clock_off": seconds(2),
        "disk_slow_over": seconds(2),
        "disk_slow_floor": count_per_second(3),
        "network_errors_floor": count_per_second(3),
    }
    for field in fields(pack):
        value = other.get(field.name, percent(33) if hasattr(getattr(pack, field.name), "unit") else "17m")
        assert RuleFile(replace(pack, **{field.name: value}).groups()).yaml() != base, field.name


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
def test_every_alert_has_a_wait_a_severity_and_a_page(pack: RulePack) -> None:
    for group in pack.groups():
        for rule in group.rules:
            assert rule.for_ != "0s"
            assert rule.runbook == f"{RUNBOOK}#{rule.alert.lower()}"


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        (TargetRules, {"runbook": "wiki"}, "runbook: got 'wiki'"),
        (TargetRules, {"jobs": ["a", ""]}, "jobs[1]: got ''; it is the name of a job"),
        (TargetRules, {"jobs": ["a", "a"]}, "jobs[1]: got 'a'; a job is named once"),
        (TargetRules, {"match": {"1": "x"}}, "match.1: got '1'"),
        (TargetRules, {"down_for": "soon"}, "down_for: got 'soon'"),
        (TargetRules, {"severity": "page"}, "severity: got 'page'"),
        (HostRules, {"cpu_over": percent(0)}, "cpu_over: got 0%; it is a share between 0% and 100%"),
        (HostRules, {"memory_below": count(3)}, "memory_below: got 3; it is a share"),
        (HostRules, {"disk_floor": percent(5)}, "disk_floor: got 5%; it is above disk_below, 5%"),
        (HostRules, {"disk_history": "2d"}, "disk_history: got '2d'; it is no longer than disk_within, 1d"),
        (HostRules, {"inodes_below": percent(100)}, "inodes_below: got 100%; it is a share"),
        (HostRules, {"oom_kills": percent(1)}, "oom_kills: got 1%; this is"),
        (HostRules, {"clock_off": seconds(0)}, "clock_off: got 0 s; a threshold is more than nothing"),
        (HostRules, {"disk_slow_over": count(1)}, "disk_slow_over: got 1; this is"),
        (HostRules, {"oom_within": "1 h"}, "oom_within: got '1 h'"),
        (HostRules, {"network_capacity": count(1)}, "network_capacity: got 1; it is a rate of bits or bytes"),
        (HostRules, {"network_capacity": bytes_per_second(0)}, "it is a rate of bits or bytes above zero"),
        (HostRules, {"keep_for": "0s"}, "keep_for: got '0s'; it is longer than nothing"),
        (PoolRules, {"pools": []}, "pools: got none; the pack is for one pool or more"),
        (PoolRules, {"pools": [SLOTS, SLOTS]}, "pools[1].name: got 'slots'; two pools have two names"),
        (PoolRules, {"pools": [replace(SLOTS, name="")]}, "pools[0].name: got ''"),
        (PoolRules, {"pools": [replace(SLOTS, used="a{b}")]}, "pools[0].used: got 'a{b}'; a metric's name"),
        (PoolRules, {"pools": [replace(SLOTS, limit=0)]}, "pools[0].limit: got 0; there is at least one"),
        (PoolRules, {"pools": [replace(SLOTS, by=())]}, "pools[0].by: got none; without a label, all pools are one"),
        (PoolRules, {"pools": [replace(SLOTS, by=("a b",))]}, "pools[0].by[0]: got 'a b'"),
        (
            PoolRules,
            {"pools": [replace(SLOTS, match={"instance": "x"})]},
            "pools[0].match: got instance; instance already",
        ),
        (PoolRules, {"over": percent(100)}, "over: got 100%"),
        (ModelRules, {"quality": "score{}"}, "quality: got 'score{}'"),
        (ModelRules, {"by": "__model"}, "by: got '__model'"),
        (ModelRules, {"match": {"model": "x"}}, "match.model: got 'x'; the rules tell models apart by model"),
        (ModelRules, {"worse_by": percent(100)}, "worse_by: got 100%"),
        (ModelRules, {"least": percent(5)}, "least: got 5%; it is a count of one or more"),
        (ModelRules, {"drift_over": float("nan")}, "drift_over: got nan; it is a number above zero"),
        (ModelRules, {"than": "2h"}, "than: got '2h'; it is twice over and unknown_for or more"),
    ],
)
def test_a_wrong_parameter_is_told_why(kind: Any, given: dict[str, Any], expected: str) -> None:
    needed = {"runbook": RUNBOOK, **({"pools": [SLOTS]} if kind is PoolRules else {})}
    with pytest.raises(ConfigurationError) as refused:
        kind(**{**needed, **given})
    assert len(refused.value.problems) == 1
    assert expected in str(refused.value)


@pytest.mark.parametrize("kind", [TargetRules, HostRules, ModelRules])
def test_everything_that_is_wrong_is_told_at_once(kind: Any) -> None:
    with pytest.raises(ConfigurationError, match=f"2 problems in {kind.__name__}"):
        kind(runbook="x", interval="x")
