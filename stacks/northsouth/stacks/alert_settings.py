"""What ``[alerts]`` may say: a table for each pack, and in it a table for each of its alarms.

The key of an alarm is the name of the pack's method, and the keys below are the method's arguments; what is left out
keeps the pack's default. A test compares both with the packs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from northsouth.metrics.units import Quantity, bytes_per_second, count, count_per_second, percent, seconds
from northsouth.stacks.route_settings import RoutesSection
from northsouth.stacks.section import Section, Text


@dataclass(frozen=True, slots=True)
class Like:
    """Marks a key that holds a quantity, by another one of its kind."""

    quantity: Quantity


Rate = Annotated[Text, Like(bytes_per_second(1))]
CountRate = Annotated[Text, Like(count_per_second(1))]
Share = Annotated[Text, Like(percent(1))]
Time = Annotated[Text, Like(seconds(1))]
Count = Annotated[int, Field(ge=0), Like(count(1))]


class MetricSection(Section):
    """A metric that somebody else publishes."""

    namespace: Text
    name: Text
    dimensions: dict[str, Text] = {}
    statistic: Text = "Sum"
    unit: Text = "Count"


class AlarmSection(Section):
    """One alarm."""

    severity: Text | None = None


class PeriodAlarm(AlarmSection):
    """One alarm whose data points have a length."""

    period: int | None = None


class WindowAlarm(AlarmSection):
    """One alarm that looks at several data points."""

    datapoints: int | None = None
    of: int | None = None


class WindowPeriodAlarm(WindowAlarm, PeriodAlarm):
    """One alarm that looks at several data points of some length."""


class ThroughputAlarm(WindowPeriodAlarm):
    """Over a rate."""

    over: Rate


class BudgetAlarm(PeriodAlarm):
    """Over a rate of bytes, or of dollars at a price."""

    budget: Rate


class BandwidthAlarm(WindowAlarm):
    """Over a share of what a gateway carries."""

    share: Share | None = None
    capacity: Rate | None = None


class ShareAlarm(WindowAlarm):
    """Over a share of a whole that is at least ``floor``."""

    over: Share | None = None
    floor: Count | None = None


class LowShareAlarm(WindowAlarm):
    """Under a share of a whole that is at least ``floor``."""

    below: Share | None = None
    floor: Count | None = None


class HighShareAlarm(WindowAlarm):
    """Over a share, above which there should be nothing."""

    above: Share | None = None
    floor: Count | None = None


class NatAlarmsSection(Section):
    """``[alerts.nat]``: :class:`~northsouth.alerts.packs.NatAlarms`."""

    throughput: ThroughputAlarm | None = None
    daily_budget: BudgetAlarm | None = None
    bandwidth: BandwidthAlarm | None = None
    port_allocation_errors: WindowAlarm | None = None
    dropped_packets: ShareAlarm | None = None
    connections_not_established: ShareAlarm | None = None


class UnparsedLinesAlarm(AlarmSection):
    """Over a share of unreadable lines."""

    over: Share | None = None
    floor: Count | None = None


class ArchiveAlarmsSection(Section):
    """``[alerts.archive]``: :class:`~northsouth.alerts.packs.LogArchiveAlarms` on each source of the archive."""

    rate_low: LowShareAlarm | None = None
    rate_high: HighShareAlarm | None = None
    unparsed: UnparsedLinesAlarm | None = None
    stale: WindowAlarm | None = None
    failed_runs: PeriodAlarm | None = None


class LowRateAlarm(LowShareAlarm, PeriodAlarm):
    """As :class:`LowShareAlarm`, with a period."""


class HighRateAlarm(HighShareAlarm, PeriodAlarm):
    """As :class:`HighShareAlarm`, with a period."""


class FailedRunAlarm(PeriodAlarm):
    """Failed runs of a job."""

    failures: MetricSection


class UnparsedRecordsAlarm(UnparsedLinesAlarm, PeriodAlarm):
    """Unreadable records of a job."""

    unparsed: MetricSection


class ArchivalSection(Section):
    """``[alerts.archival.<name>]``: :class:`~northsouth.alerts.packs.ArchivalSuccess` of an archive made elsewhere."""

    archived: MetricSection
    requests: MetricSection
    rate_low: LowRateAlarm | None = None
    rate_high: HighRateAlarm | None = None
    stale: WindowPeriodAlarm | None = None
    failed_run: FailedRunAlarm | None = None
    unparsed: UnparsedRecordsAlarm | None = None


class KubernetesSection(Section):
    """``[alerts.kubernetes]``: :class:`~northsouth.alerts.packs.KubernetesApiAlarms` on each cluster."""

    clusters: list[Text]
    errors: ShareAlarm | None = None
    throttled: ShareAlarm | None = None
    silent: WindowAlarm | None = None


class SilentClustersSection(WindowPeriodAlarm):
    """``[alerts.silent_clusters]``: :class:`~northsouth.alerts.packs.SilentClusters`."""

    heartbeats: dict[str, MetricSection]


class LatencyAlarm(WindowAlarm):
    """Answers that take longer than a time."""

    over: Time
    statistic: Text | None = None
    low_samples: Literal["evaluate", "ignore"] | None = None


class SuccessAlarm(AlarmSection):
    """Under a share of successful requests."""

    below: Share | None = None
    floor: Count | None = None


class UnhealthyHostsAlarm(WindowAlarm):
    """Too few healthy targets of one group."""

    target_group: Text
    healthy: Count | None = None


class ColdStartAlarm(WindowAlarm):
    """Cold starts as a share of requests, joined with success rate and latency."""

    cold_starts: MetricSection
    requests: MetricSection
    over: Share | None = None


class TargetTlsAlarm(WindowAlarm):
    """Handshakes with targets that fail."""

    over: Count | None = None


class LoadBalancerSection(Section):
    """``[alerts.load_balancers.<name>]``: serving, and TLS at the load balancer."""

    arn_suffix: Text
    success_rate: SuccessAlarm | None = None
    latency: LatencyAlarm | None = None
    unhealthy_hosts: dict[str, UnhealthyHostsAlarm] = {}
    cold_start_storm: ColdStartAlarm | None = None
    client_tls_errors: ShareAlarm | None = None
    target_tls_errors: TargetTlsAlarm | None = None


class HandoffFailedAlarm(PeriodAlarm):
    """Handoffs that report a failure."""

    failures: MetricSection


class HandoffOpenAlarm(PeriodAlarm):
    """Handoffs that begin and do not end."""

    started: MetricSection
    completed: MetricSection


class MissingStateAlarm(WindowPeriodAlarm):
    """Fewer things known than there are."""

    known: MetricSection
    below: Count | None = None


class LogEventsSection(Section):
    """``[alerts.handoff.log]``: :class:`~northsouth.alerts.packs.LogEvents`."""

    group: Text
    namespace: Text
    events: dict[str, Text]
    field: Text = "event"


class HandoffSection(Section):
    """``[alerts.handoff]``: :class:`~northsouth.alerts.packs.HandoffAlarms`."""

    log: LogEventsSection | None = None
    failed: HandoffFailedAlarm | None = None
    not_completed: HandoffOpenAlarm | None = None
    missing_state: MissingStateAlarm | None = None


class ExpiryAlarm(AlarmSection):
    """``[alerts.certificates.<name>]``: one certificate of ACM."""

    certificate_arn: Text
    within: Time | None = None


class OverrideUnusedAlarm(WindowPeriodAlarm):
    """Overrides that nobody asks for any more."""

    names: list[Text]


class DnsAlarmsSection(Section):
    """``[alerts.dns]``: :class:`~northsouth.alerts.packs.DnsAlarms`."""

    override_unused: OverrideUnusedAlarm | None = None


class HeartbeatAlarm(WindowPeriodAlarm):
    """A signal that must arrive."""

    signal: MetricSection


class MetaSection(Section):
    """``[alerts.meta]``: :class:`~northsouth.alerts.packs.AlarmsOnAlarms`."""

    dead_letters: PeriodAlarm | None = None
    failed_notifications: PeriodAlarm | None = None
    heartbeats: dict[str, HeartbeatAlarm] = {}


class IngestionAlarm(WindowPeriodAlarm):
    """Fewer samples than a rate."""

    below: CountRate | None = None


class FailingRulesAlarm(WindowPeriodAlarm):
    """More failures than a number."""

    over: Count | None = None


class FailingNotificationsAlarm(PeriodAlarm):
    """More failures than a number."""

    over: Count | None = None


class WatchdogAlarm(WindowPeriodAlarm):
    """A topic that the alert ``Watchdog`` must reach."""

    topic: Text


class ManagedPrometheusSection(Section):
    """``[alerts.prometheus]``: :class:`~northsouth.alerts.packs.ManagedPrometheusAlarms`, on every group of rules."""

    ingestion_stopped: IngestionAlarm | None = None
    rules_stopped: WindowPeriodAlarm | None = None
    rules_failing: FailingRulesAlarm | None = None
    notifications_failing: FailingNotificationsAlarm | None = None
    watchdog_silent: WatchdogAlarm | None = None


class AlertsSection(Section):
    """``[alerts]``: the alarms and where they go."""

    runbook: Text
    routes: RoutesSection = RoutesSection()
    nat: NatAlarmsSection = NatAlarmsSection()
    archive: ArchiveAlarmsSection | None = None
    archival: dict[str, ArchivalSection] = {}
    kubernetes: KubernetesSection | None = None
    silent_clusters: SilentClustersSection | None = None
    load_balancers: dict[str, LoadBalancerSection] = {}
    handoff: HandoffSection | None = None
    certificates: dict[str, ExpiryAlarm] = {}
    dns: DnsAlarmsSection = DnsAlarmsSection()
    meta: MetaSection = MetaSection()
    prometheus: ManagedPrometheusSection | None = None
