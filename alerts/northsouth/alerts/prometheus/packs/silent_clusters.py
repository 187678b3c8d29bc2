"""Rules that find clusters that stopped sending metrics, never sent any, or are not declared; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from northsouth.alerts.meaning import Severity
from northsouth.alerts.prometheus.durations import duration, seconds
from northsouth.alerts.prometheus.packs import as_published, silent_clusters_tests
from northsouth.alerts.prometheus.packs.parameters import fraction, page
from northsouth.alerts.prometheus.packs.silent_clusters_parameters import Replicas, SilentClusterParameters
from northsouth.alerts.prometheus.rules import AlertRule, RecordingRule, Rule, RuleGroup
from northsouth.alerts.prometheus.templates import label, with_label
from northsouth.alerts.prometheus.testing import RuleTest
from northsouth.alerts.prometheus.timelines import number

SENDING = "cluster:metrics_sending:bool"
"""1 for each cluster that sent within the window."""
EXPECTED = "cluster:expected:info"
"""1 for each cluster that is declared: the inventory."""
_SENT = "prometheus_remote_storage_queue_highest_sent_timestamp_seconds"


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentClusterRules(SilentClusterParameters):
    """Rules on the metrics that clusters send to a central store.

    The inventory is written at synth: one recording rule for each declared cluster. So the rules report a declared
    cluster that never sent, and a cluster that sends and is not declared. They do not report a cluster that is taken
    out of the declaration.

    :class:`~northsouth.alerts.prometheus.packs.silent_clusters_parameters.SilentClusterParameters` describes the
    parameters.

    Raises:
        ConfigurationError: with everything that is wrong with the parameters.

    """

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
        groups = [RuleGroup(self.name, rules, interval=self.interval)]
        if self.published:
            groups.append(as_published.group(self.page(as_published.ALERT), self.interval))
        return groups

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
            summary=f"The cluster{with_label(by, ' ')} stopped sending metrics",
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
            summary=f"The declared cluster{with_label(by, ' ')} sends no metrics",
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
            summary=f"The cluster{with_label(by, ' ')} sends metrics and is not declared",
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
            summary=f"Only {{{{ $value }}}} of {replicas.count} replicas of {label(by, 'a cluster')} send metrics",
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
            summary=f"The store refuses {{{{ $value | humanizePercentage }}}} of what {label(by, 'a cluster')} sends",
            description=f"More than {over} are lost for good: a limit of the store, or samples it cannot take.",
            runbook=self.page("ClusterSamplesRejected"),
        )

    def _late(self) -> AlertRule:
        by = self.label
        return AlertRule(
            alert="ClusterMetricsLate",
            # Samples arrive in order, so what a late cluster reports of itself is late too. Look at the whole window.
            # Only Prometheus 3.7 and newer says what a queue was given. Before, what was scraped stands for it: that
            # counts what remote write filters out, so a queue in which nothing waits is not late.
            expr=f"""
                max by ({by}) (
                  (
                    max_over_time(prometheus_remote_storage_queue_highest_timestamp_seconds[{self.window}])
                      -
                    max_over_time({_SENT}[{self.window}])
                  )
                    or
                  (
                    max_over_time(prometheus_remote_storage_highest_timestamp_in_seconds[{self.window}])
                      - ignoring (remote_name, url) group_right
                    max_over_time({_SENT}[{self.window}])
                      and
                    min_over_time(prometheus_remote_storage_samples_pending[{self.window}]) > 0
                  )
                ) > {round(seconds(self.delay) or 0)}
            """,
            for_=self.delay,
            keep_firing_for=self.delay,
            severity=Severity.WARNING,
            summary=f"The metrics of {label(by, 'a cluster')} arrive {{{{ $value | humanizeDuration }}}} late",
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
