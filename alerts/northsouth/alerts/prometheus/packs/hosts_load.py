"""Rules on what a host itself has to give: processors, memory, the right time; pure."""

from __future__ import annotations

from northsouth.alerts.meaning import Severity
from northsouth.alerts.prometheus.packs.hosts_parameters import WINDOW, HostParameters
from northsouth.alerts.prometheus.packs.parameters import fraction, page
from northsouth.alerts.prometheus.packs.thresholds import SCENARIO, Probe, threshold_test
from northsouth.alerts.prometheus.rules import AlertRule
from northsouth.alerts.prometheus.selectors import NotLike, selector, series
from northsouth.alerts.prometheus.templates import label
from northsouth.alerts.prometheus.testing import AlertTest, Firing, RuleTest
from northsouth.alerts.prometheus.timelines import at, gauge, minutes, number
from northsouth.metrics.dimensions import COUNT, SECOND
from northsouth.metrics.units import quantity


def rules(pack: HostParameters) -> list[AlertRule]:
    """Return the alerts."""
    return [cpu(pack), memory(pack), oom_killed(pack), clock_off(pack), clock_free(pack)]


def tests(pack: HostParameters, labels: dict[str, str]) -> list[RuleTest]:
    """Return the tests of each; ``labels`` are those of a host."""
    return [
        _cpu_test(pack, labels),
        _memory_test(pack, labels),
        _oom_test(pack, labels),
        *(_clock_off_test(pack, labels, sign) for sign in (1, -1)),
        _clock_free_test(pack, labels),
    ]


def cpu(pack: HostParameters) -> AlertRule:
    """Return the alert on processors."""
    busy = selector("node_cpu_seconds_total", {**pack.match, "mode": NotLike("idle|iowait")}, WINDOW)
    return AlertRule(
        alert="HostCpuBusy",
        expr=f"sum without (mode) (avg without (cpu) (rate({busy}))) > {number(fraction(pack.cpu_over))}",
        for_=pack.cpu_for,
        keep_firing_for=pack.keep_for,
        severity=Severity.WARNING,
        summary=f"The processors of {label('instance', 'a host')} are {{{{ $value | humanizePercentage }}}} busy",
        description=f"More than {pack.cpu_over} for {pack.cpu_for}: what runs there is slower than it could be.",
        runbook=page(pack.runbook, "HostCpuBusy"),
    )


def memory(pack: HostParameters) -> AlertRule:
    """Return the alert on memory."""
    available = selector("node_memory_MemAvailable_bytes", pack.match)
    total = selector("node_memory_MemTotal_bytes", pack.match)
    return AlertRule(
        alert="HostMemoryLow",
        expr=f"{available} / {total} < {number(fraction(pack.memory_below))}",
        for_=pack.memory_for,
        keep_firing_for=pack.keep_for,
        severity=Severity.WARNING,
        summary=f"{label('instance', 'A host')} has {{{{ $value | humanizePercentage }}}} of its memory left",
        description="When none is left, the kernel ends the process it thinks best.",
        runbook=page(pack.runbook, "HostMemoryLow"),
    )


def oom_killed(pack: HostParameters) -> AlertRule:
    """Return the alert on processes that the kernel ended for want of memory.

    A host in that state often answers no scrape. The window is long enough to see the kill across such a gap.
    """
    kills = selector("node_vmstat_oom_kill", pack.match, pack.oom_within)
    return AlertRule(
        alert="HostOomKilled",
        expr=f"increase({kills}) >= {number(quantity(pack.oom_kills).number_in(COUNT))}",
        for_="1m",
        severity=Severity.WARNING,
        summary=f"The kernel of {label('instance', 'a host')} ended a process for want of memory",
        description=f'{{{{ $value | printf "%.0f" }}}} within {pack.oom_within}: of the host, or of a container at '
        "its own limit.",
        runbook=page(pack.runbook, "HostOomKilled"),
    )


def clock_off(pack: HostParameters) -> AlertRule:
    """Return the alert on a clock that is wrong."""
    offset = selector("node_timex_offset_seconds", pack.match)
    return AlertRule(
        alert="HostClockWrong",
        expr=f"abs({offset}) > {number(quantity(pack.clock_off).number_in(SECOND))}",
        for_=pack.clock_for,
        keep_firing_for=pack.keep_for,
        severity=Severity.WARNING,
        summary=f"The clock of {label('instance', 'a host')} is wrong by {{{{ $value | humanizeDuration }}}}",
        description="Logs and traces are in the wrong order; far off, AWS refuses signatures and certificates are "
        "not valid.",
        runbook=page(pack.runbook, "HostClockWrong"),
    )


def clock_free(pack: HostParameters) -> AlertRule:
    """Return the alert on a clock that nothing sets: the kernel's largest possible error grows to 16 seconds."""
    synchronized = selector("node_timex_sync_status", pack.match)
    error = selector("node_timex_maxerror_seconds", pack.match)
    return AlertRule(
        alert="HostClockNotSynchronized",
        expr=f"{synchronized} == 0 and {error} >= 16",
        for_=pack.clock_for,
        keep_firing_for=pack.keep_for,
        severity=Severity.WARNING,
        summary=f"Nothing sets the clock of {label('instance', 'a host')}",
        description="Its time service is stopped, or reaches no server: the clock drifts by seconds a day.",
        runbook=page(pack.runbook, "HostClockNotSynchronized"),
    )


def _cpu_test(pack: HostParameters, labels: dict[str, str]) -> RuleTest:
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
    return threshold_test(cpu(pack), name, probes, by=SCENARIO, labels=labels, lag=WINDOW, ignored=[waiting])


def _memory_test(pack: HostParameters, labels: dict[str, str]) -> RuleTest:
    edge = 100 * fraction(pack.memory_below)
    probes = [
        Probe("node_memory_MemAvailable_bytes", edge * 2, edge, edge * 0.99),
        Probe.steady("node_memory_MemTotal_bytes", 100),
    ]
    return threshold_test(memory(pack), "memory that runs out", probes, by=SCENARIO, labels=labels)


def _oom_test(pack: HostParameters, labels: dict[str, str]) -> RuleTest:
    """Test kills: enough, one too few, enough within a gap of scrapes, and kills before the first scrape."""
    kills, begin, window = int(quantity(pack.oom_kills).number_in(COUNT)), 5, minutes(pack.oom_within)
    gap = max(window // 2, 1)
    length = begin + gap + 2 * window
    lives = {
        "kills": gauge((3, begin), (3 + kills, length)),
        "too-few": gauge((3, begin), (2 + kills, length)),
        "in-a-gap": gauge((3, begin), (None, gap), (3 + kills, length)),
        "before": gauge((None, begin), (3 + kills, length)),
        "restarted": gauge((3 + kills, begin), (0, length)),
    }
    fires = {name: Firing({**labels, SCENARIO: name}) for name in lives}
    return RuleTest(
        name="processes that the kernel ends, also while the host cannot be scraped",
        series={series("node_vmstat_oom_kill", {**labels, SCENARIO: name}): life for name, life in lives.items()},
        alerts=[
            AlertTest("HostOomKilled", at(begin)),
            AlertTest("HostOomKilled", at(begin + 1), [fires["kills"]]),
            AlertTest("HostOomKilled", at(begin + gap + 1), [fires["kills"], fires["in-a-gap"]]),
            AlertTest("HostOomKilled", at(begin + gap + window + 2)),
        ],
    )


def _clock_off_test(pack: HostParameters, labels: dict[str, str], sign: int) -> RuleTest:
    edge = sign * quantity(pack.clock_off).number_in(SECOND)
    probes = [Probe("node_timex_offset_seconds", edge / 50, edge, edge * 1.01)]
    name = f"a clock that is {'fast' if sign < 0 else 'slow'}"
    return threshold_test(clock_off(pack), name, probes, by=SCENARIO, labels=labels)


def _clock_free_test(pack: HostParameters, labels: dict[str, str]) -> RuleTest:
    """Judge clocks that nothing sets, and one whose error is large although something sets it."""
    probes = [
        Probe("node_timex_sync_status", 1, 0, 0),
        Probe("node_timex_maxerror_seconds", 0.02, 15.9, 16),
    ]
    set_ = [Probe.steady("node_timex_sync_status", 1), Probe.steady("node_timex_maxerror_seconds", 16)]
    name = "a clock that nothing sets"
    return threshold_test(clock_free(pack), name, probes, by=SCENARIO, labels=labels, ignored=[set_])
