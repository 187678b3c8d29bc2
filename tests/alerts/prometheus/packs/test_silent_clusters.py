"""The rules on silent clusters: every situation is proved by promtool, with several sets of parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from northsouth.alerts.prometheus import AlertRule, AlertTest, Firing, RuleFile, RuleTest
from northsouth.alerts.prometheus.packs.as_published import ALERT
from northsouth.alerts.prometheus.packs.cluster_signal import ClusterSignal
from northsouth.alerts.prometheus.packs.silent_clusters import Replicas, SilentClusterRules
from northsouth.alerts.prometheus.promtool import run_pack, run_tests
from northsouth.alerts.prometheus.selectors import Like
from northsouth.errors import ConfigurationError
from northsouth.metrics.units import count, percent
from tests.harness.promtool import survivors

pytestmark = pytest.mark.usefixtures("promtool")

RUNBOOK = "https://wiki.example.com/clusters"
SMALL = {"window": "5m", "delay": "2m", "stopped_for": "8m", "absent_for": "10m", "memory": "45m"}


def pack(*clusters: str, **given: Any) -> SilentClusterRules:
    return SilentClusterRules(clusters=clusters or ("eu", "us"), runbook=RUNBOOK, **given)


@pytest.mark.slow
@pytest.mark.parametrize(
    "given",
    [
        {},
        {"signal": ClusterSignal.grows(), "replicas": Replicas(3, "replica"), "label": "site", **SMALL},
        {"window": "40m", "delay": "20m", "absent_for": "20m", "memory": "2h30m", "rejected_over": percent(10)},
    ],
    ids=["defaults", "every option", "late metrics"],
)
def test_every_situation_is_as_it_says(given: dict[str, Any]) -> None:
    assert run_pack(pack(**given)).failures == {}


@pytest.mark.slow
def test_a_single_cluster_has_no_alert_on_all_of_them() -> None:
    alone = pack("eu", **SMALL)
    assert "ClustersSilent" not in names(alone)
    assert run_pack(alone).failures == {}


@pytest.mark.slow
def test_the_query_as_published_does_what_its_tests_say() -> None:
    published = pack(published=True, **SMALL)
    assert names(published)[-1] == ALERT
    proofs = [test for test in published.tests() if test.name.startswith("as published")]
    assert len(proofs) == 2
    assert run_tests("published", published.groups()[-1:], proofs).failures == {}


def test_the_query_as_published_does_not_do_what_its_prose_says() -> None:
    """The post claims that it fires for a cluster that never sent; claimed so, the test must fail."""
    group = pack(published=True, **SMALL).groups()[-1:]
    claim = RuleTest(
        name="prose",
        series={'kube_node_info{cluster="never"}': "1x120"},
        alerts=[AlertTest(ALERT, "60h", [Firing({"cluster": "never"})])],
        interval="30m",
    )
    assert list(run_tests("prose", group, [claim]).failures) == ["prose"]


def test_the_query_as_published_is_off_unless_asked_for() -> None:
    assert ALERT not in names(pack())


@pytest.mark.slow
@pytest.mark.mutants
def test_the_tests_of_a_pack_kill_every_mutant_of_its_rules() -> None:
    everything = pack(replicas=Replicas(), signal=ClusterSignal.grows(), **SMALL)
    assert survivors(everything.groups(), everything.tests()) == []


@pytest.mark.slow
def test_packets_that_are_refused_pass_for_metrics_where_packets_are_counted() -> None:
    """Prometheus still sends, and the store refuses all of it: what it says of itself comes by another way."""
    sends = {'container_network_transmit_packets_total{cluster="eu",pod="prometheus-0"}': "0+60x60"}
    accepted = {'up{cluster="eu",job="prometheus"}': "1x20"}
    for signal, fires in ((ClusterSignal.grows(), False), (ClusterSignal.arrives(), True)):
        judged = pack("eu", signal=signal, **SMALL)
        firing = [Firing({"cluster": "eu"})] if fires else []
        test = RuleTest(
            name="refused", series={**sends, **accepted}, alerts=[AlertTest("ClusterMetricsStopped", "50m", firing)]
        )
        assert run_tests("refused", judged.groups(), [test]).failures == {}


@pytest.mark.slow
def test_an_equality_on_the_pod_misses_a_stateful_set() -> None:
    name = 'container_network_transmit_packets_total{cluster="eu",pod="prometheus-k8s-0"}'
    for match, fires in ({"pod": "prometheus"}, True), (None, False):
        judged = pack("eu", signal=ClusterSignal.grows(match=match), **SMALL)
        firing = [Firing({"cluster": "eu"})] if fires else []
        test = RuleTest(name="pod", series={name: "0+60x60"}, alerts=[AlertTest("ClusterMetricsAbsent", "40m", firing)])
        assert run_tests("pod", judged.groups(), [test]).failures == {}


@pytest.mark.slow
def test_a_window_shorter_than_twice_the_delay_takes_late_metrics_for_none() -> None:
    """Why it is refused: the rules are made with a window that suits, and then judge batches that come later."""
    judged = pack("eu", **SMALL)
    test = RuleTest(
        name="batches",
        series={'up{cluster="eu"}': "1 _x15 1 _x15 1 _x15 1"},
        alerts=[AlertTest("ClusterMetricsStopped", "31m", [Firing({"cluster": "eu"})])],
    )
    assert run_tests("batches", judged.groups(), [test]).failures == {}


def test_every_parameter_reaches_the_rules() -> None:
    base = text()
    changes: list[dict[str, Any]] = [
        {"clusters": ["eu"]},
        {"runbook": "https://other.example.com"},
        {"label": "site"},
        {"signal": ClusterSignal.grows()},
        {"signal": ClusterSignal.arrives("up", {"job": "prometheus"})},
        {"window": "20m"},
        {"delay": "6m"},
        {"stopped_for": "20m"},
        {"absent_for": "2h"},
        {"memory": "3d"},
        {"replicas": Replicas()},
        {"replicas": Replicas(label="replica")},
        {"replicas": Replicas(count=3)},
        {"rejected_over": percent(2)},
        {"interval": "30s"},
        {"severity": "warning"},
        {"published": True},
    ]
    written = [text(**change) for change in changes]
    assert base not in written
    assert len(set(written)) == len(changes)


def test_a_cluster_is_one_line_of_the_inventory_and_nothing_else() -> None:
    few, more = pack("eu", "us").groups()[0].rules, pack("eu", "us", "ap").groups()[0].rules
    assert [rule for rule in more if rule not in few] == [more[3]]
    assert more[3].name == "cluster:expected:info"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"clusters": []}, "clusters: got none; an inventory names at least one"),
        ({"clusters": ["eu", " "]}, "clusters[1]: got ' '; it is the value of a label"),
        ({"clusters": ["eu", "eu"]}, "clusters[1]: got 'eu'; a cluster is declared once"),
        ({"clusters": ["${aws_eks_cluster.main.name}"]}, "clusters[0]: got a token"),
        ({"runbook": "wiki"}, "runbook: got 'wiki'; it is the http(s) address of a page"),
        ({"runbook": "https://wiki.example.com/#x"}, "each alert adds the name of its section"),
        ({"label": "the-cluster"}, "label: got 'the-cluster'; a label's name"),
        ({"label": "__cluster"}, "label: got '__cluster'"),
        ({"signal": ClusterSignal.arrives("up{}")}, "signal.metric: got 'up{}'; a metric's name"),
        ({"signal": ClusterSignal.arrives("up", {"a b": "x"})}, "signal.match.a b: got 'a b'"),
        ({"signal": ClusterSignal.arrives("up", {"a": Like("(", "x")})}, "signal.match.a.pattern: got '('"),
        ({"signal": ClusterSignal.arrives("up", {"a": Like("x", "xy")})}, "signal.match.a.example: got 'xy'"),
        ({"signal": ClusterSignal.arrives("up", {"cluster": "x"})}, "signal.match.cluster: got 'x'; the rules tell"),
        (
            {"signal": ClusterSignal.grows(match={"pod": "x"}), "replicas": Replicas(label="pod")},
            "signal.match.pod: got a value; the rules tell replicas apart by pod",
        ),
        ({"window": "long"}, "window: got 'long'; it is a duration of Prometheus"),
        ({"window": "9m"}, "Write window='10m'"),
        ({"window": "1m", "delay": "30s"}, "a window is twice the interval"),
        ({"memory": "1h"}, "memory: got '1h'; it outlasts the window, stopped_for and three times absent_for: 3h30m"),
        ({"retention": "1d"}, "memory: got '2d'; the store keeps 1d"),
        ({"replicas": Replicas(1)}, "replicas.count: got 1; there are two replicas or more"),
        ({"replicas": Replicas(label="")}, "replicas.label: got ''"),
        ({"rejected_over": percent(100)}, "rejected_over: got 100%; it is a share between"),
        ({"rejected_over": count(1)}, "rejected_over: got 1; it is a share between"),
        ({"severity": "page"}, "severity: got 'page'; it is 'critical'"),
    ],
)
def test_a_wrong_parameter_is_told_why(given: dict[str, Any], expected: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        SilentClusterRules(**{"clusters": ["eu"], "runbook": RUNBOOK, **given})
    assert len(refused.value.problems) == 1
    assert expected in str(refused.value)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ConfigurationError, match="4 problems in SilentClusterRules"):
        SilentClusterRules(clusters=[], runbook="x", label="", window="x")


def test_no_alert_depends_on_another() -> None:
    """What lets all alerts be broken at once, and still be told apart."""
    rules = [rule for group in pack(published=True).groups() for rule in group.rules]
    assert not any("ALERTS" in rule.expr for rule in rules)


def names(given: SilentClusterRules) -> Sequence[str]:
    return [rule.name for group in given.groups() for rule in group.rules if isinstance(rule, AlertRule)]


def text(**given: Any) -> str:
    return RuleFile(replace(pack(), **given).groups()).yaml()
