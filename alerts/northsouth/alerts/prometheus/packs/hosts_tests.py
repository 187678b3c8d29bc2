"""What the rules on hosts make of hosts that are well, unwell, and just about well; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from northsouth.alerts.prometheus.packs.parameters import fraction
from northsouth.alerts.prometheus.packs.thresholds import SCENARIO, Probe, threshold_test
from northsouth.alerts.prometheus.selectors import example, series
from northsouth.alerts.prometheus.testing import AlertTest, Firing, RuleTest
from northsouth.alerts.prometheus.timelines import at, gauge, line, minutes
from northsouth.metrics.units import bytes_per_second

if TYPE_CHECKING:
    from northsouth.alerts.prometheus.packs.hosts import HostRules

WINDOW = "5m"
ROOT = {"mountpoint": "/", "fstype": "ext4"}
ETH0 = {"device": "eth0"}
SPEED = 1e9
"""Bytes a second that a link of the tests carries."""


def tests(pack: HostRules) -> Sequence[RuleTest]:
    """Return the tests of each rule, with the parameters of the pack."""
    labels = {"job": "node", "instance": "10.0.0.1:9100", **example(pack.match)}
    return [
        _cpu(pack, labels),
        _memory(pack, labels),
        _disk_full(pack, labels),
        _disk_filling(pack, labels),
        _links(pack, labels, "transmit"),
        _links(pack, labels, "receive"),
    ]


def _cpu(pack: HostRules, labels: dict[str, str]) -> RuleTest:
    """Judge two processors; a rate of counters is not exact, so the edge is a hair off it."""
    over = fraction(pack.cpu_over)
    idle = 60 * (1 - over)
    probes = [
        Probe(
            "node_cpu_seconds_total",
            60 - 30 * over,
            idle * 1.001,
            idle * 0.99,
            {"cpu": cpu, "mode": "idle"},
            grows=True,
        )
        for cpu in ("0", "1")
    ]
    busy = Probe("node_cpu_seconds_total", 10, 60 - idle, 60 - idle, {"cpu": "0", "mode": "user"}, grows=True)
    return threshold_test(
        pack.cpu(), "processors that are busy", [*probes, busy], by=SCENARIO, labels=labels, lag=WINDOW
    )


def _memory(pack: HostRules, labels: dict[str, str]) -> RuleTest:
    edge = 100 * fraction(pack.memory_below)
    probes = [
        Probe("node_memory_MemAvailable_bytes", edge * 2, edge, edge * 0.99),
        Probe.steady("node_memory_MemTotal_bytes", 100),
    ]
    return threshold_test(pack.memory(), "memory that runs out", probes, by=SCENARIO, labels=labels)


def _disk_full(pack: HostRules, labels: dict[str, str]) -> RuleTest:
    edge = 100 * fraction(pack.disk_below)
    probes = [
        Probe("node_filesystem_avail_bytes", edge * 2, edge, edge * 0.99, ROOT),
        Probe.steady("node_filesystem_size_bytes", 100, ROOT),
        Probe.steady("node_filesystem_readonly", 0, ROOT),
    ]
    return threshold_test(pack.disk_full(), "a disk that is nearly full", probes, by=SCENARIO, labels=labels, kept=ROOT)


def _disk_filling(pack: HostRules, labels: dict[str, str]) -> RuleTest:
    """Judge trends: one that fills the disk in time and one that does not, above and below the floor."""
    step = 5
    spell = (minutes(pack.disk_history) + minutes(pack.disk_trend_for)) // step + 4
    ahead = minutes(pack.disk_within) // step
    floor = 100 * fraction(pack.disk_floor)
    low = floor * 0.9
    length = spell + minutes(pack.keep_for) // step + 6
    free = {
        # It would be full a little sooner than asked for; then somebody makes room.
        "fills": f"{line(low, -1.05 * low / ahead, spell)} {gauge((100, length - spell))}",
        "too-slowly": line(low, -0.99 * low / (ahead + length), length),
        "above-the-floor": line(2 * floor, -floor / length, length),
        "read-only": line(low, -1.05 * low / ahead, length),
        "steady": gauge((low, length)),
    }
    values = {}
    for host, avail in free.items():
        names = {**labels, SCENARIO: host, **ROOT}
        values[series("node_filesystem_avail_bytes", names)] = avail
        values[series("node_filesystem_size_bytes", names)] = gauge((100, length))
        values[series("node_filesystem_readonly", names)] = gauge((1 if host == "read-only" else 0, length))
    fires = [Firing({**labels, SCENARIO: "fills", **ROOT})]
    kept = (spell - 1) * step + minutes(pack.keep_for)
    return RuleTest(
        name="a disk that will soon be full, and those that will not",
        series=values,
        alerts=[
            AlertTest("HostDiskFilling", at(minutes(pack.disk_trend_for) - step)),
            AlertTest("HostDiskFilling", at((spell - 1) * step), fires),
            AlertTest("HostDiskFilling", at(kept // step * step), fires),
            AlertTest("HostDiskFilling", at(kept // step * step + 2 * step)),
        ],
        interval=at(step),
    )


def _links(pack: HostRules, labels: dict[str, str], direction: str) -> RuleTest:
    capacity = pack.network_capacity
    speed = SPEED if capacity is None else capacity.number_in(bytes_per_second(1).unit)
    edge = 60 * speed * fraction(pack.network_over)
    probes = [
        Probe(f"node_network_{direction}_bytes_total", edge / 2, edge * 0.999, edge * 1.01, ETH0, grows=True),
        Probe.steady("node_network_speed_bytes", speed, ETH0),
    ]
    name = f"a link that is full ({direction})"
    return threshold_test(pack.network(), name, probes, by=SCENARIO, labels=labels, kept=ETH0, lag=WINDOW)
