"""The parameters of the rules on hosts, and what is wrong with them; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from northsouth.alerts.prometheus.durations import seconds
from northsouth.alerts.prometheus.packs.parameters import (
    fraction,
    length_problems,
    quantity_problems,
    runbook_problems,
    share_problems,
)
from northsouth.alerts.prometheus.selectors import Match, match_problems
from northsouth.errors import Problem, refuse
from northsouth.metrics.units import (
    CountThreshold,
    Threshold,
    bytes_per_second,
    count,
    count_per_second,
    milliseconds,
    percent,
    quantity,
)

WINDOW = "5m"
"""Over which rates are taken; four scrapes a minute apart or more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostParameters:
    """The parameters of :class:`~northsouth.alerts.prometheus.packs.HostRules`.

    Attributes:
        runbook: address of a page with a section for each alert.
        match: which hosts; all of them if not set.
        cpu_over: the share of a host's processors in use above which the alert fires. Idle time and waiting for a disk
            (``iowait``) do not count as in use. Time that the hypervisor takes (``steal``) does.
        cpu_for: how long the processors are that busy before the alert fires.
        memory_below: the share of memory below which the alert fires. It counts what is free or can be freed on demand
            (``MemAvailable``).
        memory_for: how long memory is that low before the alert fires. The kernel ends processes when none is left.
        oom_kills: the number of processes ended by the kernel for want of memory from which the alert fires. Containers
            that reach their own limit count too: raise the number on Kubernetes nodes whose pods do that.
        oom_within: the time within which these processes count, and for which the alert reports them.
        clock_off: how far a clock may be off.
        clock_for: how long a clock is wrong, or nothing sets it, before the alert fires.
        disk_below: the free share of a disk below which the alert fires, whatever the trend.
        disk_for: how long a disk is that full before the alert fires.
        disk_within: the alert fires if a disk will be full within this time. The rule assumes that it fills as fast as
            in ``disk_history``.
        disk_history: the time over which the trend is measured. Choose it longer than the cycle of a nightly job.
        disk_floor: the free share above which no trend counts. A large file on an empty disk looks like a trend.
        disk_trend_for: how long the trend holds before the alert fires.
        inodes_below: the free share of a disk's inodes below which the alert fires after ``disk_for``. Each file needs
            an inode.
        disk_slow_over: the average time of a request to a disk, with its time in the queue, above which the alert
            fires.
        disk_slow_floor: requests a second below which a disk is not judged.
        disk_slow_for: how long a disk is that slow before the alert fires.
        network_over: the share of a link in use, in either direction, above which the alert fires.
        network_capacity: what a link carries. The default is the speed that the driver reports
            (``node_network_speed_bytes``). EC2's driver reports none, and a link without a speed is not judged.
        network_errors_over: the share of a link's packets that may be lost to errors, in either direction.
        network_errors_floor: errors a second below which no share is judged.
        network_for: how long a link is that busy, or loses packets, before the alert fires.
        keep_for: how long an alert goes on after its cause. A value that swings around a limit is then one alert.
        interval: how often the rules are evaluated.

    Raises:
        ConfigurationError: with everything that is wrong with the parameters.

    """

    runbook: str
    match: Match = field(default_factory=dict)
    cpu_over: Threshold = percent(90)
    cpu_for: str = "15m"
    memory_below: Threshold = percent(10)
    memory_for: str = "10m"
    oom_kills: CountThreshold = count(1)
    oom_within: str = "1h"
    clock_off: Threshold = milliseconds(50)
    clock_for: str = "10m"
    disk_below: Threshold = percent(5)
    disk_for: str = "15m"
    disk_within: str = "1d"
    disk_history: str = "6h"
    disk_floor: Threshold = percent(40)
    disk_trend_for: str = "1h"
    inodes_below: Threshold = percent(5)
    disk_slow_over: Threshold = milliseconds(100)
    disk_slow_floor: Threshold = count_per_second(10)
    disk_slow_for: str = "15m"
    network_over: Threshold = percent(80)
    network_capacity: Threshold | None = None
    network_errors_over: Threshold = percent(1)
    network_errors_floor: Threshold = count_per_second(0.1)
    network_for: str = "15m"
    keep_for: str = "5m"
    interval: str = "1m"

    def __post_init__(self) -> None:
        refuse(type(self).__name__, _problems(self))


_SHARES = (
    "cpu_over",
    "memory_below",
    "disk_below",
    "disk_floor",
    "inodes_below",
    "network_over",
    "network_errors_over",
)
_DURATIONS = (
    "cpu_for",
    "memory_for",
    "oom_within",
    "clock_for",
    "disk_for",
    "disk_within",
    "disk_history",
    "disk_trend_for",
    "disk_slow_for",
    "network_for",
    "keep_for",
    "interval",
)


def _problems(pack: HostParameters) -> Iterator[Problem]:
    """Yield what is wrong with the parameters."""
    yield from runbook_problems(pack.runbook)
    yield from match_problems("match", pack.match)
    yield from share_problems(pack, *_SHARES)
    yield from quantity_problems(pack, count(1), "oom_kills")
    yield from quantity_problems(pack, milliseconds(1), "clock_off", "disk_slow_over")
    yield from quantity_problems(pack, count_per_second(1), "disk_slow_floor", "network_errors_floor")
    if fraction(pack.disk_floor) <= fraction(pack.disk_below):
        rule = f"it is above disk_below, {pack.disk_below}: below that, the other alert fires"
        yield Problem("disk_floor", str(pack.disk_floor), rule, "Write percent(40).")
    wrong = list(length_problems(pack, *_DURATIONS))
    yield from wrong
    if not wrong and (seconds(pack.disk_history) or 0) > (seconds(pack.disk_within) or 0):
        rule = f"it is no longer than disk_within, {pack.disk_within}"
        yield Problem("disk_history", repr(pack.disk_history), rule, "Write disk_history='6h'.")
    capacity = None if pack.network_capacity is None else quantity(pack.network_capacity)
    if capacity is not None and (capacity.unit.dimension != bytes_per_second(1).unit.dimension or capacity.value <= 0):
        rule = "it is a rate of bits or bytes above zero"
        yield Problem("network_capacity", str(capacity), rule, "Write gigabits_per_second(10).")
