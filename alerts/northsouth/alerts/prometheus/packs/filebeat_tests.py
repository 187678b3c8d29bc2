"""Tests of the rules on Filebeat, made of the pack's parameters; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from northsouth.alerts.prometheus.packs.cluster_pack import silence_test
from northsouth.alerts.prometheus.packs.filebeat_parameters import (
    NODE_INFO,
    OUTPUT,
    PIPELINE,
    UPTIME,
    FilebeatParameters,
)
from northsouth.alerts.prometheus.packs.thresholds import SCENARIO, Probe, growth_test, restarts_test, threshold_test
from northsouth.alerts.prometheus.rules import AlertRule
from northsouth.alerts.prometheus.selectors import example, series
from northsouth.alerts.prometheus.testing import AlertTest, Firing, RuleTest
from northsouth.alerts.prometheus.timelines import at, gauge, minutes
from northsouth.metrics.dimensions import COUNT
from northsouth.metrics.units import quantity

Labels = dict[str, str]


def tests(pack: FilebeatParameters, rules: Sequence[AlertRule]) -> Sequence[RuleTest]:
    """Return the scenarios of the rules."""
    by_name = {rule.alert: rule for rule in rules}
    labels = {"job": "filebeat", "instance": "10.0.0.1:9479", pack.label: "main", **example(pack.match)}
    return [
        *_dropped(by_name["FilebeatDropped"], labels),
        _failing(by_name["FilebeatFailing"], labels),
        _queue(pack, by_name["FilebeatQueueFull"], labels),
        _blocked(by_name["FilebeatBlocked"], labels),
        restarts_test(by_name["FilebeatRestarts"], UPTIME, int(quantity(pack.restarts).number_in(COUNT)), labels),
        *([_node_silent(pack)] if pack.every_node else []),
        _silent(pack),
    ]


def _dropped(rule: AlertRule, labels: Labels) -> Iterator[RuleTest]:
    for metric in (OUTPUT, PIPELINE):
        where = {**labels, "type": "dropped"}
        unrelated: Labels = {}
        for kind in ("active", "failed", "acked"):
            unrelated[series(metric, {**labels, "type": kind, SCENARIO: "busy"})] = "0+60x120"
        yield growth_test(rule, f"{metric} of type dropped grow", metric, window="10m", labels=where, beside=unrelated)


def _failing(rule: AlertRule, labels: Labels) -> RuleTest:
    """Judge events that fail; those that are acknowledged grow too."""
    where = {**labels, "type": "failed"}
    acked = [Probe(OUTPUT, 60, 60, 60, {"type": "acked"}, grows=True)]
    probes = [Probe(OUTPUT, 0, 0, 5, grows=True)]
    name = "events that fail"
    return threshold_test(rule, name, probes, by=SCENARIO, labels=where, lag="5m", lingers=True, ignored=[acked])


def _queue(pack: FilebeatParameters, rule: AlertRule, labels: Labels) -> RuleTest:
    """Judge the gauge of events that wait, beside counters of the same name, which are far larger."""
    full = quantity(pack.waiting).number_in(COUNT)
    probes = [Probe(PIPELINE, full / 10, full - 1, full)]
    published = [Probe(PIPELINE, 100 * full, 100 * full, 100 * full, {"type": "published"})]
    where = {**labels, "type": "active"}
    return threshold_test(rule, "a queue that is full", probes, by=SCENARIO, labels=where, ignored=[published])


def _blocked(rule: AlertRule, labels: Labels) -> RuleTest:
    """Judge a Filebeat that sends nothing; one without events is at the edge, and one sends what others refuse."""
    waiting = {"type": "active"}
    probes = [
        Probe(OUTPUT, 60, 0, 0, {"type": "acked"}, grows=True),
        Probe(PIPELINE, 20, 0, 20, waiting),
        Probe.steady(PIPELINE, 5000, {"type": "published"}),
    ]
    sending = [
        Probe(OUTPUT, 60, 60, 60, {"type": "acked"}, grows=True),
        Probe.steady(OUTPUT, 7, {"type": "failed"}),
        Probe.steady(PIPELINE, 20, waiting),
    ]
    return threshold_test(
        rule,
        "a Filebeat that sends nothing, and one that has nothing to send",
        probes,
        by=SCENARIO,
        labels=labels,
        kept_labels={"type": "acked"},
        ignored=[sending],
        lag="10m",
        late=True,
    )


def _node_silent(pack: FilebeatParameters) -> RuleTest:
    begin, wait, keep = 10, minutes(pack.node_for), minutes(pack.keep_for)
    spell = wait + 15
    end = begin + spell
    values: Labels = {}
    for node, life in (("lost", gauge((1, begin), (None, spell), (1, 60))), ("well", gauge((1, end + 60)))):
        values[series(NODE_INFO, {pack.label: "main", "node": node})] = gauge((1, end + 60))
        values[series(UPTIME, {**example(pack.match), pack.label: "main", "node": node})] = life
    firing = [Firing({pack.label: "main", "node": "lost"})]
    alert = "FilebeatNodeSilent"
    return RuleTest(
        name="a node whose Filebeat is gone",
        series=values,
        alerts=[
            AlertTest(alert, at(begin + wait - 1)),
            AlertTest(alert, at(begin + wait + 6), firing),
            AlertTest(alert, at(end + keep - 1), firing),
            AlertTest(alert, at(end + keep + 4)),
        ],
    )


def _silent(pack: FilebeatParameters) -> RuleTest:
    def values(cluster: str, life: str) -> Labels:
        labels = {**example(pack.match), pack.label: cluster}
        return {series(UPTIME, {**labels, "instance": f"filebeat-{number}"}): life for number in (1, 2)}

    return silence_test(pack, "FilebeatSilent", values)
