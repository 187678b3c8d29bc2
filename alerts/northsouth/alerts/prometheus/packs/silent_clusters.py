"""Rules that find clusters that stopped sending metrics, never sent any, or are not declared; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from northsouth.alerts.meaning import Severity
from northsouth.alerts.prometheus.durations import duration, seconds
from northsouth.alerts.prometheus.model import AlertRule, RecordingRule, Rule, RuleGroup
from northsouth.alerts.prometheus.packs import as_published, silent_clusters_tests
from northsouth.alerts.prometheus.packs.cluster_signal import ClusterSignal
from northsouth.alerts.prometheus.packs.parameters import (
    fraction,
    length_problems,
    page,
    runbook_problems,
    severity_problems,
    share_problems,
)
from northsouth.alerts.prometheus.selectors import label_problems
from northsouth.alerts.prometheus.testing import RuleTest
from northsouth.alerts.prometheus.timelines import number
from northsouth.errors import Problem, refuse
from northsouth.metrics.units import Quantity, percent
from northsouth.tokens import is_token

SENDING = "cluster:metrics_sending:bool"
"""1 for each cluster that sent within the window."""
EXPECTED = "cluster:expected:info"
"""1 for each cluster that is declared: the inventory."""


@dataclass(frozen=True, slots=True)
class Replicas:
    """How many replicas of Prometheus each cluster runs, and the label that tells them apart.

    Give it only where the store keeps the label: Mimir and Amazon Managed Prometheus drop it when they deduplicate.

    Attributes:
        count: how many there are in each cluster.
        label: the external label that differs; the default is that of the Prometheus Operator.

    """

    count: int = 2
    label: str = "prometheus_replica"


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentClusterRules:
    """Rules on the metrics that clusters send to a central store.

    The inventory is written at synth: one recording rule for each declared cluster. So a cluster that never sent is
    found, a cluster that is taken out of the declaration is not reported, and one that nobody declared is.

    Attributes:
        clusters: the declared clusters: the values of the label.
        runbook: address of a page with a section for each alert: ``…#clustermetricsstopped``.
        label: the label that tells clusters apart.
        signal: by what it is known that a cluster sends.
        window: how far back a sample counts as now; twice ``delay`` or more.
        delay: how late samples may arrive without anything being wrong.
        stopped_for: how long nothing may come beyond the window.
        absent_for: how long a declared cluster may take to send its first sample.
        memory: how long a cluster that sent is remembered. Then ``ClusterMetricsAbsent`` goes on.
        retention: how long the store keeps samples; 150 days is the default of Amazon Managed Prometheus.
        replicas: report a cluster some of whose replicas stopped.
        rejected_over: the share of samples that the store may refuse.
        interval: how often the rules are evaluated.
        severity: of clusters that stopped, one or all; the others are warnings.
        published: add the query as it was published, to be compared; see :mod:`.as_published` for what it finds.

    Raises:
        ConfigurationError: with everything that is wrong with the parameters.

    """

    clusters: Sequence[str]
    runbook: str
    label: str = "cluster"
    signal: ClusterSignal = field(default_factory=ClusterSignal.arrives)
    window: str = "15m"
    delay: str = "5m"
    stopped_for: str = "15m"
    absent_for: str = "1h"
    memory: str = "2d"
    retention: str = "150d"
    replicas: Replicas | None = None
    rejected_over: Quantity = percent(1)
    interval: str = "1m"
    severity: Severity | str = Severity.CRITICAL
    published: bool = False

    def __post_init__(self) -> None:
        refuse("SilentClusterRules", problems(self))

    @property
    def name(self) -> str:
        """The pack's name."""
        return "silent-clusters"

    def groups(self) -> Sequence[RuleGroup]:
        """Return the rules: in one group, because each sees what those before it have recorded."""
        rules = [
            *self._recorded(),
            *([self._all_silent()] if len(self.clusters) > 1 else []),
            self._stopped(),
            self._absent(),
            self._not_declared(),
            *([self._replica_stopped(self.replicas)] if self.replicas else []),
            self._rejected(),
            self._late(),
            self._watchdog(),
        ]
        found = [RuleGroup(self.name, rules, interval=self.interval)]
        if self.published:
            found.append(as_published.group(self.page(as_published.ALERT), self.interval))
        return found

    def tests(self) -> Sequence[RuleTest]:
        """Return a test for each situation the rules are there for, and for each that they must bear."""
        return [*silent_clusters_tests.tests(self), *(as_published.tests() if self.published else [])]

    def page(self, alert: str) -> str:
        """Return the address of an alert's section."""
        return page(self.runbook, alert)

    @property
    def absent_memory(self) -> str:
        """How far back ``ClusterMetricsAbsent`` looks: so that it fires before ``ClusterMetricsStopped`` forgets."""
        return duration((seconds(self.memory) or 0) - 2 * (seconds(self.absent_for) or 0))

    def _recorded(self) -> Iterator[Rule]:
        yield RecordingRule(record=SENDING, expr=self.signal.sending([self.label], self.window))
        for cluster in self.clusters:
            yield RecordingRule(record=EXPECTED, expr="vector(1)", labels={self.label: cluster})

    def _all_silent(self) -> AlertRule:
        return AlertRule(
            alert="ClustersSilent",
            expr=f"""
                count({EXPECTED})
                  unless
                count(({SENDING} == 1) and on ({self.label}) {EXPECTED})
            """,
            for_=self.stopped_for,
            severity=self.severity,
            summary="None of {{ $value }} clusters sends metrics",
            description="So many do not fail at once: the store they send to, or the way to it, is the likelier cause.",
            runbook=self.page("ClustersSilent"),
        )

    def _stopped(self) -> AlertRule:
        by = self.label
        return AlertRule(
            alert="ClusterMetricsStopped",
            expr=f"""
                (
                  group by ({by}) (max_over_time({SENDING}[{self.memory}]) == 1)
                    unless on ({by})
                  ({SENDING} == 1)
                )
                  and on ({by})
                {EXPECTED}
            """,
            for_=self.stopped_for,
            severity=self.severity,
            summary=f"Cluster {{{{ $labels.{by} }}}} stopped sending metrics",
            description="Without its metrics every other alert on the cluster is blind.",
            runbook=self.page("ClusterMetricsStopped"),
        )

    def _absent(self) -> AlertRule:
        by = self.label
        return AlertRule(
            alert="ClusterMetricsAbsent",
            expr=f"""
                group by ({by}) ({EXPECTED})
                  unless on ({by})
                (max_over_time({SENDING}[{self.absent_memory}]) == 1)
            """,
            for_=self.absent_for,
            severity=Severity.WARNING,
            summary=f"Declared cluster {{{{ $labels.{by} }}}} sends no metrics",
            description=f"Not one sample came in {self.absent_memory}: it never sent any, or stopped before that.",
            runbook=self.page("ClusterMetricsAbsent"),
        )

    def _not_declared(self) -> AlertRule:
        by = self.label
        return AlertRule(
            alert="ClusterNotDeclared",
            expr=f"({SENDING} == 1) unless on ({by}) {EXPECTED}",
            for_=self.stopped_for,
            severity=Severity.WARNING,
            summary=f"Cluster {{{{ $labels.{by} }}}} sends metrics and is not declared",
            description="It was renamed, left out, or outlived its declaration. Nobody would be told if it stopped.",
            runbook=self.page("ClusterNotDeclared"),
        )

    def _replica_stopped(self, replicas: Replicas) -> AlertRule:
        by = self.label
        return AlertRule(
            alert="ClusterReplicaStopped",
            expr=f"""
                count by ({by}) (
                  ({self.signal.sending([by, replicas.label], self.window)}) == 1
                ) < {replicas.count}
            """,
            for_=self.stopped_for,
            severity=Severity.WARNING,
            summary=f"Only {{{{ $value }}}} of {replicas.count} replicas of {{{{ $labels.{by} }}}} send metrics",
            description="The metrics still come; when the next replica fails, they stop.",
            runbook=self.page("ClusterReplicaStopped"),
        )

    def _rejected(self) -> AlertRule:
        by = self.label
        over = self.rejected_over
        return AlertRule(
            alert="ClusterSamplesRejected",
            expr=f"""
                sum by ({by}) (rate(prometheus_remote_storage_samples_failed_total[{self.window}]))
                  /
                sum by ({by}) (rate(prometheus_remote_storage_samples_total[{self.window}]))
                  > {number(fraction(over))}
            """,
            for_=self.stopped_for,
            keep_firing_for=self.window,
            severity=Severity.WARNING,
            summary=f"The store refuses {{{{ $value | humanizePercentage }}}} of what {{{{ $labels.{by} }}}} sends",
            description=f"More than {over} are lost for good: a limit of the store, or samples it cannot take.",
            runbook=self.page("ClusterSamplesRejected"),
        )

    def _late(self) -> AlertRule:
        by = self.label
        return AlertRule(
            alert="ClusterMetricsLate",
            # Samples arrive in order, so what a late cluster says of itself is late too: hence the whole window.
            expr=f"""
                max by ({by}) (
                  max_over_time(prometheus_remote_storage_highest_timestamp_in_seconds[{self.window}])
                    - ignoring (remote_name, url) group_right
                  max_over_time(prometheus_remote_storage_queue_highest_sent_timestamp_seconds[{self.window}])
                ) > {round(seconds(self.delay) or 0)}
            """,
            for_=self.delay,
            keep_firing_for=self.delay,
            severity=Severity.WARNING,
            summary=f"The metrics of cluster {{{{ $labels.{by} }}}} arrive {{{{ $value | humanizeDuration }}}} late",
            description=f"Later than {self.window} it is taken for silent. Every other alert on it is late too.",
            runbook=self.page("ClusterMetricsLate"),
        )

    def _watchdog(self) -> AlertRule:
        return AlertRule(
            alert="Watchdog",
            expr="vector(1)",
            for_="0s",
            severity=Severity.INFO,
            summary="The rules are evaluated and alerts are delivered",
            description="Always fires. Route it to something outside that tells you when it no longer comes.",
            runbook=self.page("Watchdog"),
        )


def problems(pack: SilentClusterRules) -> Iterator[Problem]:
    """Yield what is wrong with the parameters."""
    yield from _cluster_problems(pack.clusters)
    yield from runbook_problems(pack.runbook)
    yield from label_problems("label", pack.label)
    yield from pack.signal.problems("signal")
    if pack.label in pack.signal.match:
        rule = f"the rules tell clusters apart by {pack.label}"
        yield Problem(f"signal.match.{pack.label}", repr(pack.signal.match[pack.label]), rule, "Leave it out.")
    if pack.replicas is not None and pack.replicas.label in pack.signal.match:
        rule = f"the rules tell replicas apart by {pack.replicas.label}"
        yield Problem(f"signal.match.{pack.replicas.label}", "a value", rule, "Leave it out.")
    if pack.replicas is not None:
        yield from label_problems("replicas.label", pack.replicas.label)
        if pack.replicas.count < 2:
            rule = "there are two replicas or more"
            yield Problem("replicas.count", repr(pack.replicas.count), rule, "Leave replicas out for one.")
    yield from share_problems(pack, "rejected_over")
    yield from severity_problems("severity", pack.severity)
    wrong = list(length_problems(pack, *_DURATIONS))
    yield from wrong or _length_problems(pack)


_DURATIONS = ("window", "delay", "stopped_for", "absent_for", "memory", "retention", "interval")


def _cluster_problems(clusters: Sequence[str]) -> Iterator[Problem]:
    if not clusters:
        yield Problem("clusters", "none", "an inventory names at least one", "Leave the pack out.")
    seen: set[str] = set()
    for index, cluster in enumerate(clusters):
        if is_token(cluster):
            fix = "Give the name itself, also to the cluster."
            yield Problem(f"clusters[{index}]", "a token", "the inventory and its tests are written at synth", fix)
        elif not cluster.strip():
            yield Problem(f"clusters[{index}]", repr(cluster), "it is the value of a label", "Name the cluster.")
        elif cluster in seen:
            yield Problem(f"clusters[{index}]", repr(cluster), "a cluster is declared once", "Leave one of them out.")
        seen.add(cluster)


def _length_problems(pack: SilentClusterRules) -> Iterator[Problem]:
    length = {name: seconds(getattr(pack, name)) or 0 for name in _DURATIONS}
    if length["window"] < 2 * length["delay"]:
        rule = f"a window is twice the delay of {pack.delay} or more, or late metrics are taken for none"
        yield Problem("window", repr(pack.window), rule, f"Write window={duration(2 * length['delay'])!r}.")
    if length["window"] < 2 * length["interval"]:
        rule = f"a window is twice the interval of {pack.interval} or more"
        yield Problem("window", repr(pack.window), rule, f"Write window={duration(2 * length['interval'])!r}.")
    least = length["window"] + length["stopped_for"] + 3 * length["absent_for"]
    if length["memory"] < least:
        rule = f"it outlasts the window, stopped_for and three times absent_for: {duration(least)}"
        yield Problem("memory", repr(pack.memory), rule, f"Write memory={duration(least)!r}.")
    if length["memory"] > length["retention"]:
        rule = f"the store keeps {pack.retention}, and nothing is remembered beyond"
        yield Problem("memory", repr(pack.memory), rule, "Remember less, or keep more and say so with retention=.")
