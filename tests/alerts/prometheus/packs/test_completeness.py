"""The rules on a pipeline as a whole: where do records vanish, or come twice."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from northsouth.alerts.prometheus import RuleFile
from northsouth.alerts.prometheus.packs import Hop, PipelineCompleteness
from northsouth.alerts.prometheus.promtool import run_pack
from northsouth.alerts.prometheus.selectors import Like
from northsouth.errors import ConfigurationError
from northsouth.metrics.units import count, percent
from tests.harness.promtool import survivors

pytestmark = pytest.mark.usefixtures("promtool")

RUNBOOK = "https://wiki.example.com/alerts"
LINES = Hop(name="the applications", counter="log_lines_total", times=2)
HOPS = [LINES, Hop.filebeat(), Hop.logstash({"pipeline": "main"}), Hop.elasticsearch({"cluster": "logs"})]
USUAL = PipelineCompleteness(runbook=RUNBOOK, hops=HOPS)
OTHER: dict[str, Any] = {
    "hops": [Hop.filebeat({"site": Like("eu-.*", example="eu-1")}), Hop.logstash(family="bonniernews")],
    "stream": "audit",
    "below": percent(90),
    "above": percent(150),
    "floor": count(50),
    "window": "20m",
    "vanish_for": "5m",
    "twice_for": "10m",
    "silent_for": "10m",
    "keep_for": "2m",
    "interval": "30s",
}


def test_every_rule_is_proved() -> None:
    assert run_pack(PipelineCompleteness(runbook=RUNBOOK, **OTHER)).failures == {}


@pytest.mark.slow
@pytest.mark.slow
def test_the_defaults_are_proved() -> None:
    assert run_pack(USUAL).failures == {}


@pytest.mark.slow
@pytest.mark.mutants
def test_the_tests_kill_every_mutant_of_the_rules() -> None:
    pack = PipelineCompleteness(runbook=RUNBOOK, **{**OTHER, "hops": HOPS[2:]})
    assert survivors(pack.groups(), pack.tests()) == []


def test_every_parameter_reaches_the_rules() -> None:
    assert {*OTHER, "runbook"} == {field.name for field in fields(USUAL)}
    base = RuleFile(USUAL.groups()).yaml()
    for name, value in OTHER.items():
        assert RuleFile(replace(USUAL, **{name: value}).groups()).yaml() != base, name


def test_each_pair_of_neighbours_has_its_alerts_and_each_hop_has_one() -> None:
    rules = [rule for group in USUAL.groups() for rule in group.rules]
    assert sorted(rule.name for rule in rules) == sorted(
        [*["PipelineRecordsVanish"] * 3, *["PipelineRecordsTwice"] * 3, *["PipelineHopSilent"] * 4]
    )


def test_copies_of_a_document_and_copies_of_an_exporter_are_counted_once() -> None:
    hop = Hop.elasticsearch(replicas=2, times=0.5)
    assert hop.passed("1h") == (
        "sum(max by (cluster, name) (increase(elasticsearch_indices_indexing_index_total[1h]))) / 1.5"
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"runbook": "wiki"}, "runbook: got 'wiki'"),
        ({"hops": [LINES]}, "hops: got 1; two neighbours or more are compared"),
        ({"hops": [LINES, replace(LINES, counter="other")]}, "hops[1].name: got 'the applications'; two hops have"),
        ({"hops": [LINES, replace(LINES, name="b")]}, "hops[1].counter: got 'log_lines_total'; two hops have"),
        ({"hops": [LINES, replace(LINES, name=" ", counter="b")]}, "hops[1].name: got ' '"),
        ({"hops": [LINES, Hop(name="b", counter="a{b}")]}, "hops[1].counter: got 'a{b}'"),
        ({"hops": [LINES, Hop(name="b", counter="b", waiting="c d")]}, "hops[1].waiting: got 'c d'"),
        ({"hops": [LINES, Hop(name="b", counter="b", waiting_match={"a": "b"})]}, "hops[1].waiting_match: got a"),
        ({"hops": [LINES, Hop(name="b", counter="b", match={"a b": "c"})]}, "hops[1].match.a b: got 'a b'"),
        ({"hops": [LINES, Hop(name="b", counter="b", by=["a b"])]}, "hops[1].by[0]: got 'a b'"),
        ({"hops": [LINES, Hop(name="b", counter="b", times=0)]}, "hops[1].times: got 0; it is how often"),
        ({"stream": "My logs"}, "stream: got 'My logs'"),
        ({"below": percent(100)}, "below: got 100%; it is a share"),
        ({"above": percent(100)}, "above: got 100%; it is more than 100%"),
        ({"above": count(2)}, "above: got 2; this is"),
        ({"floor": count(0)}, "floor: got 0; a threshold is more than nothing"),
        ({"window": "soon"}, "window: got 'soon'"),
    ],
)
def test_a_wrong_parameter_is_refused_with_the_reason(changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        PipelineCompleteness(**{"runbook": RUNBOOK, "hops": HOPS, **changes})
    assert len(refused.value.problems) == 1
    assert expected in str(refused.value)


def test_an_exporter_that_does_not_count_documents_is_refused_with_another_hop() -> None:
    with pytest.raises(ConfigurationError, match=r"family: got 'bonniernews'.*Use Hop.elasticsearch\(\)"):
        Hop.indexed(family="bonniernews")
    with pytest.raises(ConfigurationError, match="family: got 'telegraf'"):
        Hop.logstash(family="telegraf")
