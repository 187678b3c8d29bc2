"""Rules on the disks of hosts: full, filling, out of inodes, slow; pure."""

from __future__ import annotations

from northsouth.alerts.meaning import Severity
from northsouth.alerts.prometheus.durations import seconds
from northsouth.alerts.prometheus.packs.hosts_parameters import WINDOW, HostParameters
from northsouth.alerts.prometheus.packs.parameters import fraction, page
from northsouth.alerts.prometheus.packs.thresholds import SCENARIO, Probe, threshold_test
from northsouth.alerts.prometheus.rules import AlertRule
from northsouth.alerts.prometheus.selectors import NotLike, selector, series
from northsouth.alerts.prometheus.templates import label
from northsouth.alerts.prometheus.testing import AlertTest, Firing, RuleTest
from northsouth.alerts.prometheus.timelines import at, gauge, line, minutes, number
from northsouth.metrics.dimensions import COUNT, SECOND
from northsouth.metrics.units import quantity

NO_DISKS = "tmpfs|ramfs|squashfs|overlay|iso9660|nsfs"
"""Types of file systems that do not fill up like a disk."""
NO_DEVICES = "dm-.*|md.*|loop.*|sr.*|z?ram.*"
"""Block devices that stand on others, which are judged themselves, or on none."""

_TIMES = ("node_disk_read_time_seconds_total", "node_disk_write_time_seconds_total")
_REQUESTS = ("node_disk_reads_completed_total", "node_disk_writes_completed_total")
_DISK = f"{label('mountpoint', 'A disk')} of {label('instance', 'a host')}"
_ROOT = {"mountpoint": "/", "fstype": "ext4"}
_MEMORY = {"mountpoint": "/run", "fstype": "tmpfs"}


def rules(pack: HostParameters) -> list[AlertRule]:
    """Return the alerts."""
    return [disk_full(pack), disk_filling(pack), inodes(pack), slow(pack)]


def tests(pack: HostParameters, labels: dict[str, str]) -> list[RuleTest]:
    """Return the tests of each; ``labels`` are those of a host."""
    return [
        _disk_full_test(pack, labels),
        _disk_filling_test(pack, labels),
        _inodes_test(pack, labels),
        _slow_test(pack, labels),
    ]


def disk_full(pack: HostParameters) -> AlertRule:
    """Return the alert on a disk that is nearly full."""
    return AlertRule(
        alert="HostDiskNearlyFull",
        expr=f"""
            {_free(pack)} < {number(fraction(pack.disk_below))}
              and
            {_disk(pack, "readonly")} == 0
        """,
        for_=pack.disk_for,
        keep_firing_for=pack.keep_for,
        severity=Severity.CRITICAL,
        summary=f"{_DISK} has {{{{ $value | humanizePercentage }}}} left",
        description="Writes are about to fail.",
        runbook=page(pack.runbook, "HostDiskNearlyFull"),
    )


def disk_filling(pack: HostParameters) -> AlertRule:
    """Return the alert on a disk that would soon be full."""
    ahead = round(seconds(pack.disk_within) or 0)
    return AlertRule(
        alert="HostDiskFilling",
        expr=f"""
            {_free(pack)} < {number(fraction(pack.disk_floor))}
              and
            predict_linear({_disk(pack, "avail_bytes", pack.disk_history)}, {ahead}) < 0
              and
            {_disk(pack, "readonly")} == 0
        """,
        for_=pack.disk_trend_for,
        keep_firing_for=pack.keep_for,
        severity=Severity.WARNING,
        summary=f"{_DISK} is full within {pack.disk_within}",
        description=f"{{{{ $value | humanizePercentage }}}} is left, going by the last {pack.disk_history}.",
        runbook=page(pack.runbook, "HostDiskFilling"),
    )


def inodes(pack: HostParameters) -> AlertRule:
    """Return the alert on a disk that takes no more files although it has room."""
    return AlertRule(
        alert="HostInodesNearlyUsedUp",
        expr=f"""
            {_disk(pack, "files_free")} / {_disk(pack, "files")} < {number(fraction(pack.inodes_below))}
              and
            {_disk(pack, "readonly")} == 0
        """,
        for_=pack.disk_for,
        keep_firing_for=pack.keep_for,
        severity=Severity.CRITICAL,
        summary=f"{_DISK} has {{{{ $value | humanizePercentage }}}} of its inodes left",
        description="Soon no file can be made there, although the disk has room: look for very many small files.",
        runbook=page(pack.runbook, "HostInodesNearlyUsedUp"),
    )


def slow(pack: HostParameters) -> AlertRule:
    """Return the alert on a disk whose requests take long, from their queue to their end."""
    devices = {**pack.match, "device": NotLike(NO_DEVICES)}

    def rate(*counters: str) -> str:
        return f"({' + '.join(f'rate({selector(counter, devices, WINDOW)})' for counter in counters)})"

    return AlertRule(
        alert="HostDiskSlow",
        expr=f"""
            {rate(*_TIMES)}
              /
            {rate(*_REQUESTS)}
              > {number(quantity(pack.disk_slow_over).number_in(SECOND))}
              and
            {rate(*_REQUESTS)} > {number(quantity(pack.disk_slow_floor).number_in(COUNT / SECOND))}
        """,
        for_=pack.disk_slow_for,
        keep_firing_for=pack.keep_for,
        severity=Severity.WARNING,
        summary=f"{label('device', 'A disk')} of {label('instance', 'a host')} takes "
        "{{ $value | humanizeDuration }} for a request",
        description="More is asked of it than it can do: its own limit, that of the volume, or of the host.",
        runbook=page(pack.runbook, "HostDiskSlow"),
    )


def _free(pack: HostParameters) -> str:
    return f"{_disk(pack, 'avail_bytes')} / {_disk(pack, 'size_bytes')}"


def _disk(pack: HostParameters, measure: str, window: str = "") -> str:
    return selector(f"node_filesystem_{measure}", {**pack.match, "fstype": NotLike(NO_DISKS)}, window)


def _disk_full_test(pack: HostParameters, labels: dict[str, str]) -> RuleTest:
    """Test full disks, a read-only disk, and memory that is mounted like a disk."""
    edge = 100 * fraction(pack.disk_below)

    def disk(names: dict[str, str], *, readonly: bool = False) -> list[Probe]:
        return [
            Probe("node_filesystem_avail_bytes", edge * 2, edge, edge * 0.99, names),
            Probe.steady("node_filesystem_size_bytes", 100, names),
            Probe.steady("node_filesystem_readonly", int(readonly), names),
        ]

    return threshold_test(
        disk_full(pack),
        "a disk that is nearly full",
        disk(_ROOT),
        by=SCENARIO,
        labels=labels,
        kept_labels=_ROOT,
        ignored=[disk(_ROOT, readonly=True), disk(_MEMORY)],
    )


def _disk_filling_test(pack: HostParameters, labels: dict[str, str]) -> RuleTest:
    """Test trends that fill the disk in time and trends that do not, above and below the floor."""
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
    until = (spell - 1) * step + minutes(pack.keep_for)
    return RuleTest(
        name="a disk that will soon be full, and those that will not",
        series=values,
        alerts=[
            AlertTest("HostDiskFilling", at(minutes(pack.disk_trend_for) - step)),
            AlertTest("HostDiskFilling", at((spell - 1) * step), fires),
            AlertTest("HostDiskFilling", at(until // step * step), fires),
            AlertTest("HostDiskFilling", at(until // step * step + 2 * step)),
        ],
        interval=at(step),
    )


def _inodes_test(pack: HostParameters, labels: dict[str, str]) -> RuleTest:
    """Test disks, a read-only disk, a file system without inodes, and memory."""
    edge = 100 * fraction(pack.inodes_below)

    def disk(names: dict[str, str], *, inodes: int = 100, readonly: bool = False) -> list[Probe]:
        return [
            Probe("node_filesystem_files_free", edge * 2, edge, edge * 0.99 if inodes else 0, names),
            Probe.steady("node_filesystem_files", inodes, names),
            Probe.steady("node_filesystem_readonly", int(readonly), names),
        ]

    return threshold_test(
        inodes(pack),
        "a disk that takes no more files",
        disk(_ROOT),
        by=SCENARIO,
        labels=labels,
        kept_labels=_ROOT,
        ignored=[disk(_ROOT, readonly=True), disk(_ROOT, inodes=0), disk(_MEMORY)],
    )


def _slow_test(pack: HostParameters, labels: dict[str, str]) -> RuleTest:
    """Judge disks that read and write, one that is hardly used, and one that stands on another."""
    limit = quantity(pack.disk_slow_over).number_in(SECOND)
    busy = 4 * 60 * quantity(pack.disk_slow_floor).number_in(COUNT / SECOND)

    def disk(device: str, operations: float) -> list[Probe]:
        names, busy = {"device": device}, operations * limit / 2
        return [
            *(Probe(counter, busy / 10, busy * 0.999, busy * 1.01, names, grows=True) for counter in _TIMES),
            *(
                Probe(counter, operations / 2, operations / 2, operations / 2, names, grows=True)
                for counter in _REQUESTS
            ),
        ]

    return threshold_test(
        slow(pack),
        "a disk that is slow",
        disk("nvme0n1", busy),
        by=SCENARIO,
        labels=labels,
        kept_labels={"device": "nvme0n1"},
        ignored=[disk("nvme0n1", busy / 5), disk("dm-0", busy)],
        lag=WINDOW,
    )
