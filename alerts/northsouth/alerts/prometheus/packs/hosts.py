"""Rules on hosts, on the metrics of node_exporter; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from northsouth.alerts.meaning import Severity
from northsouth.alerts.prometheus.durations import seconds
from northsouth.alerts.prometheus.packs.parameters import (
    fraction,
    length_problems,
    page,
    runbook_problems,
    share_problems,
)
from northsouth.alerts.prometheus.packs.thresholds import SCENARIO, Probe, threshold_test
from northsouth.alerts.prometheus.rules import AlertRule, RuleGroup
from northsouth.alerts.prometheus.selectors import Match, NotLike, example, match_problems, selector, series
from northsouth.alerts.prometheus.templates import label
from northsouth.alerts.prometheus.testing import AlertTest, Firing, RuleTest
from northsouth.alerts.prometheus.timelines import at, gauge, line, minutes, number
from northsouth.errors import Problem, refuse
from northsouth.metrics.units import Quantity, bytes_per_second, percent

WINDOW = "5m"
"""Over which rates are taken; four scrapes a minute apart or more."""
NO_DISKS = "tmpfs|ramfs|squashfs|overlay|iso9660|nsfs"
"""Types of file systems that do not fill up like a disk."""
NO_LINKS = "lo|veth.*|cali.*|docker.*|br-.*|cni.*|eni.*"
"""Devices that are not the host's way out."""

_DISK = f"{label('mountpoint', 'A disk')} of {label('instance', 'a host')}"
_DEVICE = f"{label('device', 'A device')} of {label('instance', 'a host')}"
_ROOT = {"mountpoint": "/", "fstype": "ext4"}
_MEMORY = {"mountpoint": "/run", "fstype": "tmpfs"}
_ETH0 = {"device": "eth0"}
_CONTAINER = {"device": "veth1"}
_SPEED = 1e9
"""Bytes a second that a link of the tests carries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRules:
    """Rules on processors, memory, disks and network of hosts that run node_exporter (1.0 or newer).

    Attributes:
        runbook: address of a page with a section for each alert.
        match: which hosts; all of them if not given.
        cpu_over: the share of a host's processors in use; what idles is not in use, also while it waits for a disk
            (``iowait``). Time that the hypervisor takes (``steal``) is.
        cpu_for: for how long.
        memory_below: the share of memory that is available: free, or freed on demand (``MemAvailable``).
        memory_for: for how long. The kernel ends processes when nothing is left.
        disk_below: the share of a disk that is free, whatever the trend.
        disk_for: for how long.
        disk_within: how soon a disk would be full if it went on filling as in ``disk_history``.
        disk_history: over which the trend is taken: longer than what comes and goes, such as a nightly job.
        disk_floor: the free share above which no trend counts: a large file on an empty disk looks like one.
        disk_trend_for: for how long the trend must hold.
        network_over: the share of a link in use, in either direction.
        network_capacity: what a link carries. If not given, what the driver says
            (``node_network_speed_bytes``); EC2's says nothing, and a link without a speed is not judged.
        network_for: for how long.
        keep_for: how long an alert goes on after its cause, so that what swings around a limit is one alert.
        interval: how often the rules are evaluated.

    Raises:
        ConfigurationError: with everything that is wrong with the parameters.

    """

    runbook: str
    match: Match = field(default_factory=dict)
    cpu_over: Quantity = percent(90)
    cpu_for: str = "15m"
    memory_below: Quantity = percent(10)
    memory_for: str = "10m"
    disk_below: Quantity = percent(5)
    disk_for: str = "15m"
    disk_within: str = "1d"
    disk_history: str = "6h"
    disk_floor: Quantity = percent(40)
    disk_trend_for: str = "1h"
    network_over: Quantity = percent(80)
    network_capacity: Quantity | None = None
    network_for: str = "15m"
    keep_for: str = "5m"
    interval: str = "1m"

    def __post_init__(self) -> None:
        refuse("HostRules", problems(self))

    @property
    def name(self) -> str:
        """The pack's name."""
        return "hosts"

    def groups(self) -> Sequence[RuleGroup]:
        """Return the rules."""
        rules = [self.cpu(), self.memory(), self.disk_full(), self.disk_filling(), self.network()]
        return [RuleGroup(self.name, rules, interval=self.interval)]

    def tests(self) -> Sequence[RuleTest]:
        """Return the tests of each rule."""
        labels = {"job": "node", "instance": "10.0.0.1:9100", **example(self.match)}
        return [
            _cpu_test(self, labels),
            _memory_test(self, labels),
            _disk_full_test(self, labels),
            _disk_filling_test(self, labels),
            _links_test(self, labels, "transmit"),
            _links_test(self, labels, "receive"),
        ]

    def cpu(self) -> AlertRule:
        """Return the alert on processors."""
        busy = selector("node_cpu_seconds_total", {**self.match, "mode": NotLike("idle|iowait")}, WINDOW)
        return AlertRule(
            alert="HostCpuBusy",
            expr=f"sum without (mode) (avg without (cpu) (rate({busy}))) > {number(fraction(self.cpu_over))}",
            for_=self.cpu_for,
            keep_firing_for=self.keep_for,
            severity=Severity.WARNING,
            summary=f"The processors of {label('instance', 'a host')} are {{{{ $value | humanizePercentage }}}} busy",
            description=f"More than {self.cpu_over} for {self.cpu_for}: what runs there is slower than it could be.",
            runbook=page(self.runbook, "HostCpuBusy"),
        )

    def memory(self) -> AlertRule:
        """Return the alert on memory."""
        available = selector("node_memory_MemAvailable_bytes", self.match)
        total = selector("node_memory_MemTotal_bytes", self.match)
        return AlertRule(
            alert="HostMemoryLow",
            expr=f"{available} / {total} < {number(fraction(self.memory_below))}",
            for_=self.memory_for,
            keep_firing_for=self.keep_for,
            severity=Severity.WARNING,
            summary=f"{label('instance', 'A host')} has {{{{ $value | humanizePercentage }}}} of its memory left",
            description="When none is left, the kernel ends the process it thinks best.",
            runbook=page(self.runbook, "HostMemoryLow"),
        )

    def disk_full(self) -> AlertRule:
        """Return the alert on a disk that is nearly full."""
        return AlertRule(
            alert="HostDiskNearlyFull",
            expr=f"""
                {self._free()} < {number(fraction(self.disk_below))}
                  and
                {self._disk("readonly")} == 0
            """,
            for_=self.disk_for,
            keep_firing_for=self.keep_for,
            severity=Severity.CRITICAL,
            summary=f"{_DISK} has {{{{ $value | humanizePercentage }}}} left",
            description="Writes are about to fail.",
            runbook=page(self.runbook, "HostDiskNearlyFull"),
        )

    def disk_filling(self) -> AlertRule:
        """Return the alert on a disk that would soon be full."""
        ahead = round(seconds(self.disk_within) or 0)
        return AlertRule(
            alert="HostDiskFilling",
            expr=f"""
                {self._free()} < {number(fraction(self.disk_floor))}
                  and
                predict_linear({self._disk("avail_bytes", self.disk_history)}, {ahead}) < 0
                  and
                {self._disk("readonly")} == 0
            """,
            for_=self.disk_trend_for,
            keep_firing_for=self.keep_for,
            severity=Severity.WARNING,
            summary=f"{_DISK} is full within {self.disk_within}",
            description=f"{{{{ $value | humanizePercentage }}}} is left, going by the last {self.disk_history}.",
            runbook=page(self.runbook, "HostDiskFilling"),
        )

    def network(self) -> AlertRule:
        """Return the alert on a link in use."""
        return AlertRule(
            alert="HostNetworkSaturated",
            expr=f"""
                {self._link("transmit")}
                  or
                {self._link("receive")}
            """,
            for_=self.network_for,
            keep_firing_for=self.keep_for,
            severity=Severity.WARNING,
            summary=f"{_DEVICE} is {{{{ $value | humanizePercentage }}}} in use",
            description="Packets queue and are dropped: what goes over this link is slower and fails more often.",
            runbook=page(self.runbook, "HostNetworkSaturated"),
        )

    def _link(self, direction: str) -> str:
        links = {**self.match, "device": NotLike(NO_LINKS)}
        rate = f"rate({selector(f'node_network_{direction}_bytes_total', links, WINDOW)})"
        if self.network_capacity is not None:
            carries = number(self.network_capacity.number_in(bytes_per_second(1).unit))
        else:
            carries = f"({selector('node_network_speed_bytes', links)} > 0)"
        return f"({rate} / {carries} > {number(fraction(self.network_over))})"

    def _free(self) -> str:
        return f"{self._disk('avail_bytes')} / {self._disk('size_bytes')}"

    def _disk(self, what: str, window: str = "") -> str:
        return selector(f"node_filesystem_{what}", {**self.match, "fstype": NotLike(NO_DISKS)}, window)


_DURATIONS = (
    "cpu_for",
    "memory_for",
    "disk_for",
    "disk_within",
    "disk_history",
    "disk_trend_for",
    "network_for",
    "keep_for",
    "interval",
)


def problems(pack: HostRules) -> Iterator[Problem]:
    """Yield what is wrong with the parameters."""
    yield from runbook_problems(pack.runbook)
    yield from match_problems("match", pack.match)
    yield from share_problems(pack, "cpu_over", "memory_below", "disk_below", "disk_floor", "network_over")
    if fraction(pack.disk_floor) <= fraction(pack.disk_below):
        rule = f"it is above disk_below, {pack.disk_below}: below that, the other alert fires"
        yield Problem("disk_floor", str(pack.disk_floor), rule, "Write percent(40).")
    wrong = list(length_problems(pack, *_DURATIONS))
    yield from wrong
    if not wrong and (seconds(pack.disk_history) or 0) > (seconds(pack.disk_within) or 0):
        rule = f"it is no longer than disk_within, {pack.disk_within}"
        yield Problem("disk_history", repr(pack.disk_history), rule, "Write disk_history='6h'.")
    capacity = pack.network_capacity
    if capacity is not None and (capacity.unit.dimension != bytes_per_second(1).unit.dimension or capacity.value <= 0):
        rule = "it is a rate of bits or bytes above zero"
        yield Problem("network_capacity", str(capacity), rule, "Write gigabits_per_second(10).")


def _cpu_test(pack: HostRules, labels: dict[str, str]) -> RuleTest:
    """Judge two processors, and two that wait for a disk; a rate is not exact, so the edge is a hair off it."""
    over = fraction(pack.cpu_over)

    def seconds_in(mode: str, cpu: str, good: float, edge: float, bad: float) -> Probe:
        names = {"cpu": cpu, "mode": mode}
        return Probe("node_cpu_seconds_total", 60 * good, 60 * edge, 60 * bad, names, grows=True)

    probes = [
        probe
        for cpu in ("0", "1")
        for probe in (
            seconds_in("user", cpu, over / 4, over / 2, over * 0.505),
            seconds_in("system", cpu, over / 4, over * 0.499, over * 0.505),
            seconds_in("idle", cpu, 1 - over / 2, 1 - over * 0.999, 1 - over * 1.01),
        )
    ]
    waiting = [seconds_in("iowait", "0", 1, 1, 1), seconds_in("idle", "0", 0, 0, 0)]
    name = "processors that are busy"
    return threshold_test(pack.cpu(), name, probes, by=SCENARIO, labels=labels, lag=WINDOW, ignored=[waiting])


def _memory_test(pack: HostRules, labels: dict[str, str]) -> RuleTest:
    edge = 100 * fraction(pack.memory_below)
    probes = [
        Probe("node_memory_MemAvailable_bytes", edge * 2, edge, edge * 0.99),
        Probe.steady("node_memory_MemTotal_bytes", 100),
    ]
    return threshold_test(pack.memory(), "memory that runs out", probes, by=SCENARIO, labels=labels)


def _disk_full_test(pack: HostRules, labels: dict[str, str]) -> RuleTest:
    """Judge disks, one that nobody can write to, and memory that is mounted like a disk."""
    edge = 100 * fraction(pack.disk_below)

    def disk(names: dict[str, str], *, readonly: bool = False) -> list[Probe]:
        return [
            Probe("node_filesystem_avail_bytes", edge * 2, edge, edge * 0.99, names),
            Probe.steady("node_filesystem_size_bytes", 100, names),
            Probe.steady("node_filesystem_readonly", int(readonly), names),
        ]

    return threshold_test(
        pack.disk_full(),
        "a disk that is nearly full",
        disk(_ROOT),
        by=SCENARIO,
        labels=labels,
        kept=_ROOT,
        ignored=[disk(_ROOT, readonly=True), disk(_MEMORY)],
    )


def _disk_filling_test(pack: HostRules, labels: dict[str, str]) -> RuleTest:
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
        "memory": line(low, -1.05 * low / ahead, length),
        "steady": gauge((low, length)),
    }
    values = {}
    for host, avail in free.items():
        names = {**labels, SCENARIO: host, **(_MEMORY if host == "memory" else _ROOT)}
        values[series("node_filesystem_avail_bytes", names)] = avail
        values[series("node_filesystem_size_bytes", names)] = gauge((100, length))
        values[series("node_filesystem_readonly", names)] = gauge((1 if host == "read-only" else 0, length))
    fires = [Firing({**labels, SCENARIO: "fills", **_ROOT})]
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


def _links_test(pack: HostRules, labels: dict[str, str], direction: str) -> RuleTest:
    capacity = pack.network_capacity
    speed = _SPEED if capacity is None else capacity.number_in(bytes_per_second(1).unit)
    edge = 60 * speed * fraction(pack.network_over)

    def link(names: dict[str, str]) -> list[Probe]:
        return [
            Probe(f"node_network_{direction}_bytes_total", edge / 2, edge * 0.999, edge * 1.01, names, grows=True),
            Probe.steady("node_network_speed_bytes", speed, names),
        ]

    return threshold_test(
        pack.network(),
        f"a link that is full ({direction})",
        link(_ETH0),
        by=SCENARIO,
        labels=labels,
        kept=_ETH0,
        ignored=[link(_CONTAINER)],
        lag=WINDOW,
    )
