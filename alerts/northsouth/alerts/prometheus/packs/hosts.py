"""Rules on hosts, on the metrics of node_exporter; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from northsouth.alerts.meaning import Severity
from northsouth.alerts.prometheus.durations import seconds
from northsouth.alerts.prometheus.model import AlertRule, RuleGroup
from northsouth.alerts.prometheus.packs import hosts_tests
from northsouth.alerts.prometheus.packs.parameters import (
    fraction,
    length_problems,
    page,
    runbook_problems,
    share_problems,
)
from northsouth.alerts.prometheus.selectors import Except, Match, match_problems, selector
from northsouth.alerts.prometheus.testing import RuleTest
from northsouth.alerts.prometheus.timelines import number
from northsouth.errors import Problem, refuse
from northsouth.metrics.units import Quantity, bytes_per_second, percent

WINDOW = "5m"
"""Over which rates are taken; four scrapes a minute apart or more."""
NO_DISKS = "tmpfs|ramfs|squashfs|overlay|iso9660|nsfs"
"""Types of file systems that do not fill up like a disk."""
NO_LINKS = "lo|veth.*|cali.*|docker.*|br-.*|cni.*|eni.*"
"""Devices that are not the host's way out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRules:
    """Rules on processors, memory, disks and network of hosts that run node_exporter (1.0 or newer).

    Attributes:
        runbook: address of a page with a section for each alert.
        match: which hosts; all of them if not given.
        cpu_over: the share of a host's processors in use; what idles is not in use, also while it waits for a disk.
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
        return hosts_tests.tests(self)

    def cpu(self) -> AlertRule:
        """Return the alert on processors."""
        idle = selector("node_cpu_seconds_total", {**self.match, "mode": "idle"}, WINDOW)
        return AlertRule(
            alert="HostCpuBusy",
            expr=f"1 - avg without (cpu, mode) (rate({idle})) > {number(fraction(self.cpu_over))}",
            for_=self.cpu_for,
            keep_firing_for=self.keep_for,
            severity=Severity.WARNING,
            summary="The processors of {{ $labels.instance }} are {{ $value | humanizePercentage }} busy",
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
            summary="{{ $labels.instance }} has {{ $value | humanizePercentage }} of its memory left",
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
            summary="{{ $labels.mountpoint }} of {{ $labels.instance }} has {{ $value | humanizePercentage }} left",
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
            summary=f"{{{{ $labels.mountpoint }}}} of {{{{ $labels.instance }}}} is full within {self.disk_within}",
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
            summary="{{ $labels.device }} of {{ $labels.instance }} is {{ $value | humanizePercentage }} in use",
            description="Packets queue and are dropped: what goes over this link is slower and fails more often.",
            runbook=page(self.runbook, "HostNetworkSaturated"),
        )

    def _link(self, direction: str) -> str:
        links = {**self.match, "device": Except(NO_LINKS)}
        rate = f"rate({selector(f'node_network_{direction}_bytes_total', links, WINDOW)})"
        if self.network_capacity is not None:
            carries = number(self.network_capacity.number_in(bytes_per_second(1).unit))
        else:
            carries = f"({selector('node_network_speed_bytes', links)} > 0)"
        return f"({rate} / {carries} > {number(fraction(self.network_over))})"

    def _free(self) -> str:
        return f"{self._disk('avail_bytes')} / {self._disk('size_bytes')}"

    def _disk(self, what: str, window: str = "") -> str:
        return selector(f"node_filesystem_{what}", {**self.match, "fstype": Except(NO_DISKS)}, window)


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
    if not wrong and (seconds(pack.cpu_for) or 0) < (seconds(WINDOW) or 0):
        rule = f"rates are taken over {WINDOW}, and until a new host has been seen for so long it looks busy"
        yield Problem("cpu_for", repr(pack.cpu_for), rule, f"Write cpu_for={WINDOW!r} or longer.")
    if not wrong and (seconds(pack.disk_history) or 0) > (seconds(pack.disk_within) or 0):
        rule = f"it is no longer than disk_within, {pack.disk_within}"
        yield Problem("disk_history", repr(pack.disk_history), rule, "Write disk_history='6h'.")
    capacity = pack.network_capacity
    if capacity is not None and (capacity.unit.dimension != bytes_per_second(1).unit.dimension or capacity.value <= 0):
        rule = "it is a rate of bits or bytes above zero"
        yield Problem("network_capacity", str(capacity), rule, "Write gigabits_per_second(10).")
