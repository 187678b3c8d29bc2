"""Tests of the rules on Elasticsearch, made of the pack's parameters; pure.

Each cluster has two exporters, whose series are the same but for ``instance``.
"""

from __future__ import annotations

from collections.abc import Sequence

from northsouth.alerts.prometheus.packs.cluster_pack import silence_test
from northsouth.alerts.prometheus.packs.elasticsearch_parameters import (
    AVAILABLE,
    CLUSTER,
    HEALTH,
    HEAP,
    HEAP_MAX,
    READ_ONLY,
    REJECTED,
    RELOCATING,
    SIZE,
    TRIPPED,
    ElasticsearchParameters,
)
from northsouth.alerts.prometheus.packs.parameters import fraction
from northsouth.alerts.prometheus.selectors import example, series
from northsouth.alerts.prometheus.testing import AlertTest, Firing, RuleTest
from northsouth.alerts.prometheus.timelines import Part, at, counter, gauge, minutes
from northsouth.metrics.dimensions import COUNT
from northsouth.metrics.units import quantity

BEGIN = 15
"""Minutes of peace before the trouble."""
AFTER = 4
"""Minutes after which an alert must have ended, beside how long it goes on."""

Series = dict[str, str]


def tests(pack: ElasticsearchParameters) -> Sequence[RuleTest]:
    """Return the scenarios."""
    return [
        *(_health(pack, color, for_) for color, for_ in (("red", pack.red_for), ("yellow", pack.yellow_for))),
        _silent(pack),
        _level(pack, "ElasticsearchReadOnly", READ_ONLY, "1m"),
        _level(pack, "ElasticsearchRelocatesLong", RELOCATING, pack.relocating_for),
        _disk(pack),
        _heap(pack),
        _rejects(pack),
        _breaker(pack),
    ]


def _of(pack: ElasticsearchParameters, metric: str, values: str, **labels: str) -> Series:
    """Return a series as both exporters of a cluster have it."""
    names = {**example(pack.match), **labels}
    return {series(metric, {**names, "instance": f"exporter-{number}:9114"}): values for number in (1, 2)}


def _moments(
    alert: str, firing: Sequence[Firing], *, wait: int, spell: int, keep: int, lag: int = 0
) -> list[AlertTest]:
    """Return the checks that an alert is quiet, fires after its wait, stays, and ends; ``lag`` is its window."""
    end = BEGIN + spell
    return [
        AlertTest(alert, at(BEGIN - 1)),
        AlertTest(alert, at(BEGIN + wait - 1)),
        AlertTest(alert, at(BEGIN + wait + 1), firing),
        AlertTest(alert, at(end - 1), firing),
        AlertTest(alert, at(end + max(lag - 2, 0) + keep - 1), firing),
        AlertTest(alert, at(end + lag + keep + AFTER)),
    ]


def _life(good: float, bad: float, spell: int) -> list[Part]:
    return [(good, BEGIN), (bad, spell), (good, spell + 60)]


def _health(pack: ElasticsearchParameters, color: str, for_: str) -> RuleTest:
    wait, keep = minutes(for_), minutes(pack.keep_for)
    spell = wait + 5
    values: Series = {}
    for name, colors in (("ill", {color}), ("well", {"green"}), ("other", {"red", "yellow"} - {color})):
        for colour in ("green", "yellow", "red"):
            usual, now = colour == "green", colour in colors
            timeline = gauge(*_life(usual, now, spell))
            values |= _of(pack, HEALTH, timeline, color=colour, **{pack.label: name})
    # One that is restarted, for a minute less than is allowed.
    values |= _of(pack, HEALTH, gauge((0, BEGIN), (1, wait), (0, 90)), color=color, **{pack.label: "restarted"})
    alert = f"Elasticsearch{color.capitalize()}"
    firing = [Firing({pack.label: "ill"} | ({CLUSTER: "ill"} if color == "red" else {}))]
    return RuleTest(
        name=f"a cluster that is {color}, and one for a short time",
        series=values,
        alerts=_moments(alert, firing, wait=wait, spell=spell, keep=keep),
    )


def _silent(pack: ElasticsearchParameters) -> RuleTest:
    def values(cluster: str, life: str) -> Series:
        return _of(pack, HEALTH, life, color="green", **{pack.label: cluster})

    return silence_test(pack, "ElasticsearchSilent", values)


def _level(pack: ElasticsearchParameters, alert: str, metric: str, for_: str) -> RuleTest:
    """Judge a number that should be 0."""
    wait, keep = minutes(for_), minutes(pack.keep_for)
    spell = wait + 5
    values = {
        **_of(pack, metric, gauge(*_life(0, 2, spell)), **{pack.label: "some"}),
        **_of(pack, metric, gauge((0, BEGIN), (2, wait), (0, 90)), **{pack.label: "soon-none"}),
        **_of(pack, metric, gauge((0, BEGIN + spell + 60)), **{pack.label: "none"}),
    }
    firing = [Firing({pack.label: "some"} | ({CLUSTER: "some"} if metric == READ_ONLY else {}))]
    return RuleTest(
        name=f"{metric} is above 0, and for a short time",
        series=values,
        alerts=_moments(alert, firing, wait=wait, spell=spell, keep=keep),
    )


def _disk(pack: ElasticsearchParameters) -> RuleTest:
    """Judge disks. One is nearly empty: rules that take what is free for what is used fire on it."""
    wait, keep = minutes(pack.disk_for), minutes(pack.keep_for)
    spell = wait + 5
    low, full = 100 * fraction(pack.disk_low), 100 * fraction(pack.disk_below)
    values: Series = {}
    for name, available in (("low", full), ("full", full * 0.99), ("edge", low), ("empty", 95.0)):
        where = {pack.label: "main", "name": name, "path": "/data"}
        values |= _of(pack, AVAILABLE, gauge(*_life(95, available, spell)), **where)
        values |= _of(pack, SIZE, gauge((100, BEGIN + 2 * spell + 60)), **where)

    def firing(name: str, severity: str) -> Firing:
        return Firing({pack.label: "main", "name": name, "path": "/data", "severity": severity})

    fires = [firing("low", "warning"), firing("full", "warning"), firing("full", "critical")]
    return RuleTest(
        name="disks that fill up, one at the limit, and one that is empty",
        series=values,
        alerts=_moments("ElasticsearchDiskFull", fires, wait=wait, spell=spell, keep=keep),
    )


def _heap(pack: ElasticsearchParameters) -> RuleTest:
    """Test full heaps, a heap that garbage collection empties in between, and memory that is not heap."""
    wait, keep = minutes(pack.heap_for), minutes(pack.keep_for)
    spell = wait + 5
    edge = 100 * fraction(pack.heap_over)
    saw = " ".join(["99x2 40"] * (BEGIN + spell))
    lives = {"high": gauge(*_life(edge / 2, edge * 1.01, spell)), "edge": gauge((edge, 2 * spell + 75)), "saw": saw}
    values: Series = {}
    for name, used in lives.items():
        where = {pack.label: "main", "name": name}
        values |= _of(pack, HEAP, used, area="heap", **where)
        values |= _of(pack, HEAP_MAX, gauge((100, 2 * spell + 75)), area="heap", **where)
        values |= _of(pack, HEAP, gauge((100, 2 * spell + 75)), area="non-heap", **where)
        values |= _of(pack, HEAP_MAX, gauge((100, 2 * spell + 75)), area="non-heap", **where)
    firing = [Firing({pack.label: "main", "name": "high"})]
    return RuleTest(
        name="a heap that is full, one at the limit, and one that is collected",
        series=values,
        alerts=_moments("ElasticsearchHeapHigh", firing, wait=wait, spell=spell, keep=keep),
    )


def _rejects(pack: ElasticsearchParameters) -> RuleTest:
    """Judge counters of refusals: they grow, once grew, grow again from 0 after a restart, or are of searches."""
    wait, keep, window = minutes(pack.rejected_for), minutes(pack.keep_for), 10
    spell = wait + window + 5
    rejections = 2 * quantity(pack.rejected).number_in(COUNT)
    length = spell + window + 75
    lives = {
        "refuses": counter((0, BEGIN), (rejections, spell), (0, length)),
        "refused-long-ago": gauge((50 * rejections, BEGIN + spell + length)),
        "restarted": f"{gauge((50 * rejections, BEGIN))} {gauge((0, spell + length))}",
        "few": counter((0, BEGIN), (rejections / 50, spell), (0, length)),
    }
    values: Series = {}
    for name, life in lives.items():
        values |= _of(pack, REJECTED, life, type="write", name=name, **{pack.label: "main"})
    values |= _of(pack, REJECTED, lives["refuses"], type="bulk", name="before-6.3", **{pack.label: "main"})
    values |= _of(pack, REJECTED, lives["refuses"], type="search", name="searches", **{pack.label: "main"})
    firing = [Firing({pack.label: "main", "name": name}) for name in ("refuses", "before-6.3")]
    return RuleTest(
        name="nodes that refuse writes, one that did long ago, and one that is restarted",
        series=values,
        alerts=_moments("ElasticsearchRejectsWrites", firing, wait=wait, spell=spell, keep=keep, lag=window),
    )


def _breaker(pack: ElasticsearchParameters) -> RuleTest:
    """Judge circuit breakers: one trips, one did long ago, and one starts again from 0."""
    keep, window = minutes(pack.keep_for), 10
    lives = {
        "trips": gauge((7, BEGIN), (8, 90)),
        "tripped-long-ago": gauge((7, BEGIN + 90)),
        "restarted": gauge((7, BEGIN), (0, 90)),
    }
    values: Series = {}
    for name, life in lives.items():
        values |= _of(pack, TRIPPED, life, breaker="parent", name=name, **{pack.label: "main"})
    firing = [Firing({pack.label: "main", "name": "trips", "breaker": "parent"})]
    return RuleTest(
        name="circuit breakers that trip, and those that did",
        series=values,
        alerts=_moments("ElasticsearchBreakerTripped", firing, wait=1, spell=window - 1, keep=keep, lag=2),
    )
