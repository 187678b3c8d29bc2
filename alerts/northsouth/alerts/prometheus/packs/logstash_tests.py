"""Tests of the rules on Logstash, made of the pack's parameters; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from northsouth.alerts.prometheus.packs.cluster_pack import silence_test
from northsouth.alerts.prometheus.packs.logstash_families import LogstashFamily
from northsouth.alerts.prometheus.packs.logstash_parameters import LogstashParameters
from northsouth.alerts.prometheus.packs.parameters import fraction
from northsouth.alerts.prometheus.packs.thresholds import SCENARIO, Probe, growth_test, restarts_test, threshold_test
from northsouth.alerts.prometheus.rules import AlertRule
from northsouth.alerts.prometheus.selectors import example, series
from northsouth.alerts.prometheus.testing import AlertTest, Firing, RuleTest
from northsouth.alerts.prometheus.timelines import at, counter, gauge, line, minutes
from northsouth.metrics.dimensions import COUNT
from northsouth.metrics.units import quantity

BEGIN = 15
"""Minutes of peace before the trouble."""

Labels = dict[str, str]
Rules = dict[str, AlertRule]


def tests(pack: LogstashParameters, rules: Sequence[AlertRule]) -> Sequence[RuleTest]:
    """Return the scenarios of those rules that the family has."""
    by_name = {rule.alert: rule for rule in rules}
    labels = {"job": "logstash", "instance": "10.0.0.1:9198", pack.label: "main", **example(pack.match)}
    pipeline = {**labels, "pipeline": "main"}
    test_makers: dict[str, Callable[[], Iterator[RuleTest]]] = {
        "LogstashBackpressure": lambda: _blocked(pack, by_name, pipeline),
        "LogstashStalled": lambda: _stalled(pack.names, by_name, pipeline),
        "LogstashQueueFills": lambda: _queue(pack, by_name, pipeline),
        "LogstashDocumentsRefused": lambda: _refused(pack, by_name, pipeline),
        "LogstashDeadLetters": lambda: _growth(by_name, "LogstashDeadLetters", pack.names.dead_letters, pipeline),
        "LogstashDeadLetterQueueFull": lambda: _full(pack, by_name, pipeline),
        "LogstashDeadLettersLost": lambda: _growth(
            by_name, "LogstashDeadLettersLost", pack.names.dead_letters_dropped, pipeline
        ),
        "LogstashHeapHigh": lambda: _heap(pack, by_name, labels),
        "LogstashRestarts": lambda: _restarts(pack, by_name, labels),
        "LogstashReloadFails": lambda: _growth(
            by_name, "LogstashReloadFails", pack.names.reload_failures, pipeline, window="15m"
        ),
        "LogstashSilent": lambda: _silent(pack),
    }
    return [test for name in by_name for test in test_makers[name]()]


def _blocked(pack: LogstashParameters, rules: Rules, labels: Labels) -> Iterator[RuleTest]:
    a_minute = 60 * fraction(pack.blocked_over) / pack.names.push_unit
    metric = str(pack.names.push_time)
    probes = [Probe(metric, a_minute / 20, a_minute * 0.999, a_minute * 1.01, grows=True)]
    rule = rules["LogstashBackpressure"]
    yield threshold_test(rule, "inputs that wait for the queue", probes, by=SCENARIO, labels=labels, lag="5m")


def _stalled(names: LogstashFamily, rules: Rules, labels: Labels) -> Iterator[RuleTest]:
    """Judge a pipeline that takes in and gives nothing out, and one that is full; an idle one is at the edge."""
    rule = rules["LogstashStalled"]
    out = Probe(names.events_out, 60, 0, 0, grows=True)
    taking = [out, Probe(names.events_in, 60, 0, 60, grows=True), Probe.steady(names.queue_events, 0)]
    full = [out, Probe(names.events_in, 60, 0, 0, grows=True), Probe(names.queue_events, 9, 0, 500)]
    for name, probes in (("takes in, and gives nothing out", taking), ("is full, and gives nothing out", full)):
        yield threshold_test(rule, f"a pipeline that {name}", probes, by=SCENARIO, labels=labels, lag="10m", late=True)


def _queue(pack: LogstashParameters, rules: Rules, labels: Labels) -> Iterator[RuleTest]:
    rule, size, limit = rules["LogstashQueueFills"], str(pack.names.queue_size), pack.names.queue_max
    levels = [Probe(size, 10, 94.9, 96), Probe.steady(limit, 100)]
    yield threshold_test(rule, "a queue that is full", levels, by=SCENARIO, labels=labels, lag="15m")
    within, wait = minutes(pack.queue_within), minutes(pack.queue_for)
    length, growth = wait + 20, 80 / within
    values: Labels = {}
    for scenario, slope in (("fast", 1.2 * growth), ("slow", 0.5 * growth / max(1, length / within))):
        values[series(size, {**labels, SCENARIO: scenario})] = f"{gauge((20, BEGIN))} {line(20, slope, length)}"
        values[series(limit, {**labels, SCENARIO: scenario})] = gauge((100, BEGIN + length))
    firing = [Firing({**labels, SCENARIO: "fast", **rule.labels})]
    moments = [AlertTest(rule.alert, at(BEGIN)), AlertTest(rule.alert, at(BEGIN + length - 1), firing)]
    yield RuleTest(name="a queue that fills up soon, and one that does slowly", series=values, alerts=moments)


def _refused(pack: LogstashParameters, rules: Rules, labels: Labels) -> Iterator[RuleTest]:
    """Judge a changed field type: bulk requests are answered, events leave as they come, and nothing waits."""
    names, share = pack.names, fraction(pack.refused_over)
    spell, keep, window = 20, minutes(pack.keep_for), 10
    length = spell + window + keep + 30
    indexed = 1000.0
    # So many that even the last minute of them, among ten minutes of documents, is over the share.
    few, many = 0.9 * indexed * share / (1 - share), 12 * indexed * share / (1 - share)
    refusals = {
        "few": counter((0, BEGIN), (few, spell), (0, length)),
        "many": counter((0, BEGIN), (many, spell), (0, length)),
        "long-ago": gauge((5000, BEGIN + spell + length)),
        "restarted": f"{gauge((5000, BEGIN))} {gauge((0, spell + length))}",
    }
    values: Labels = {}
    for scenario, life in refusals.items():
        where = {**labels, SCENARIO: scenario}
        output = {**where, "plugin": "elasticsearch", "plugin_id": "out"}
        steady = counter((indexed, BEGIN + spell + length))
        values |= {series(str(names.refused), output): life, series(str(names.indexed), output): steady}
        values |= {series(events, where): steady for events in (names.events_in, names.events_out)}
        waits = {names.queue_events: 0.0, **({names.push_time: 0.0} if names.push_time else {})}
        values |= {series(metric, where): gauge((value, BEGIN + spell + length)) for metric, value in waits.items()}
    alert, added = "LogstashDocumentsRefused", rules["LogstashDocumentsRefused"].labels

    def firing(scenario: str, severity: str) -> Firing:
        where = {**labels, SCENARIO: scenario, "plugin": "elasticsearch", "plugin_id": "out"}
        return Firing({**where, "severity": severity, **added})

    fires = [firing("few", "warning"), firing("many", "warning"), firing("many", "critical")]
    end = BEGIN + spell
    yield RuleTest(
        name="a field's type changes: some documents are refused, or many, and nothing waits for it",
        series=values,
        alerts=[
            AlertTest(alert, at(BEGIN + 1)),
            AlertTest(alert, at(BEGIN + window + 2), fires),
            AlertTest(alert, at(end), fires),
            AlertTest(alert, at(end + window - 3 + keep), fires),
            AlertTest(alert, at(end + window + keep + 2)),
            *(AlertTest(name, at(end)) for name in ("LogstashBackpressure", "LogstashStalled") if name in rules),
        ],
    )


def _growth(rules: Rules, alert: str, metric: str | None, labels: Labels, *, window: str = "10m") -> Iterator[RuleTest]:
    """Judge a number that should not grow; a restart sets it back."""
    yield growth_test(rules[alert], f"{metric} grows", str(metric), window=window, labels=labels)


def _full(pack: LogstashParameters, rules: Rules, labels: Labels) -> Iterator[RuleTest]:
    edge = 100 * fraction(pack.dead_letters_over)
    probes = [
        Probe(pack.names.dead_letters, edge / 2, edge, edge * 1.01),
        Probe.steady(str(pack.names.dead_letters_max), 100),
    ]
    rule = rules["LogstashDeadLetterQueueFull"]
    yield threshold_test(rule, "a dead-letter queue that is full", probes, by=SCENARIO, labels=labels)


def _heap(pack: LogstashParameters, rules: Rules, labels: Labels) -> Iterator[RuleTest]:
    edge = 100 * fraction(pack.heap_over)
    probes = [Probe(pack.names.heap, edge / 2, edge, edge * 1.01), Probe.steady(pack.names.heap_max, 100)]
    yield threshold_test(rules["LogstashHeapHigh"], "a heap that is full", probes, by=SCENARIO, labels=labels)


def _restarts(pack: LogstashParameters, rules: Rules, labels: Labels) -> Iterator[RuleTest]:
    yield restarts_test(
        rules["LogstashRestarts"], pack.names.age, int(quantity(pack.restarts).number_in(COUNT)), labels
    )


def _silent(pack: LogstashParameters) -> Iterator[RuleTest]:
    def values(cluster: str, life: str) -> Labels:
        labels = {**example(pack.match), pack.label: cluster, "pipeline": "main"}
        return {series(pack.names.events_in, {**labels, "instance": f"logstash-{number}"}): life for number in (1, 2)}

    yield silence_test(pack, "LogstashSilent", values)
