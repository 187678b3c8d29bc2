"""What an environment file may say: a frozen value for each section, whose fields are the section's keys.

:mod:`northsouth.alerts.tables` reads them by their types. The tables of alarms and receivers are not here: the
signatures of packs and receivers say their keys (:mod:`~northsouth.stacks.alarm_tables`,
:mod:`~northsouth.stacks.routes`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from northsouth.stacks.alarm_tables import AlertsSection


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentSection:
    """``[environment]``: the stack's name, its Region and its tags."""

    name: str
    region: str
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSection:
    """``[state]``: where Terraform keeps its state."""

    backend: Literal["local", "s3"] = "local"
    bucket: str | None = None
    key: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSection:
    """``[network]``: a VPC to make (``cidr``), or one that exists (``vpc_id``)."""

    cidr: str | None = None
    zones: Sequence[str] = ()
    vpc_id: str | None = None
    cidr_blocks: Sequence[str] = ()
    public_subnet_ids: Mapping[str, str] = field(default_factory=dict)
    private_route_table_ids: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NatSection:
    """``[nat]``: how private subnets reach the internet."""

    mode: Literal["per_az", "single", "none"] = "per_az"
    zone: str | None = None
    protect_addresses: bool = True
    eip_allocation_ids: Mapping[str, str] | None = None
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointsSection:
    """``[endpoints]``: gateway endpoints of the VPC."""

    gateway: Sequence[Literal["s3", "dynamodb"]] = ()
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PricesSection:
    """``[egress.analysis.prices]``: AWS's prices in the Region, if they differ from those of us-east-1."""

    nat_gateway_hour: float | None = None
    nat_gb: float | None = None
    endpoint_hour: float | None = None
    endpoint_gb: float | None = None
    cross_zone_gb: float | None = None
    internet_gb: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisSection:
    """``[egress.analysis]``: records who uses NAT, and measures each day what a private path would have carried."""

    flow_logs_bucket: str
    bucket: str
    results_bucket: str | None = None
    name: str | None = None
    since: str
    scope: Literal["gateways", "vpc"] = "gateways"
    aggregation_seconds: int = 60
    query_logs: str | None = None
    twins: Mapping[str, str] = field(default_factory=dict)
    scan_limit: str = "100 GB"
    hour: int = 3
    enabled: bool = True
    kms_key_arn: str | None = None
    record_kms_key_arns: Sequence[str] = ()
    prices: PricesSection | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EgressSection:
    """``[egress]``: who uses NAT."""

    analysis: AnalysisSection | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideSetSection:
    """``[dns.override_sets.<name>]``: names, and the private names that replace them."""

    ttl: int
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsSection:
    """``[dns]``: the override sets, and the form in which they are declared."""

    override_sets: Mapping[str, OverrideSetSection] = field(default_factory=dict)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    for_each: bool = False
    moved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedBalancerSection:
    """``[logs.archive.load_balancers.<name>]``: whose logs are archived."""

    arn_suffix: str
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveSection:
    """``[logs.archive]``: the queryable archive of the access logs."""

    bucket: str
    results_bucket: str | None = None
    name: str | None = None
    load_balancers: Mapping[str, ArchivedBalancerSection]
    schedule: Literal["hourly", "daily"] = "hourly"
    delay_minutes: int | None = None
    catch_up_minutes: int | None = None
    run_timeout_minutes: int | None = None
    query_timeout_minutes: int | None = None
    late_days: int | None = None
    reconcile: bool = True
    partitions: Literal["pointer", "crawler"] = "pointer"
    scan_limit: str | None = None
    count_delivered: bool = True
    kms_key_arn: str | None = None
    catalog_kms_key_arn: str | None = None
    lake_formation: bool = False
    transitions: Mapping[str, int] | None = None
    expire_after_days: int | None = None
    enabled: bool = True
    protect: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LogsSection:
    """``[logs]``: the bucket of the load balancers' access logs."""

    bucket: str
    prefix: str = ""
    expire_after_days: int = 30
    encryption: str = "AES256"
    protect: bool = True
    archive: ArchiveSection | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistorySection:
    """``[metrics.history]``: stores the metrics of the alarms, minute by minute."""

    bucket: str
    expire_after_days: int = 455
    buffer_seconds: int = 900
    buffer_mebibytes: int = 128
    kms_key_arn: str | None = None
    log_retention_days: int = 30
    protect: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsSection:
    """``[metrics]``: the history of the alarms' metrics."""

    history: HistorySection | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesLimitSection:
    """``[[prometheus.workspace.series_limits]]``: how many series with certain labels the workspace ingests."""

    labels: Mapping[str, str]
    max_series: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceSection:
    """``[prometheus.workspace]``: a workspace to make, or one that exists (``id``).

    A key that is ``None`` keeps the default of the construct.
    """

    id: str | None = None
    alias: str | None = None
    kms_key_arn: str | None = None
    log_retention_days: int | None = None
    retention_days: int | None = None
    series_limits: Sequence[SeriesLimitSection] | None = None
    max_rules: int = 2000
    protect: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySection:
    """How alerts are grouped, repeated and muted.

    A key that is ``None`` keeps what ``[prometheus.alert_manager]`` says, or Alertmanager's default.
    """

    group_by: Sequence[str] | None = None
    group_wait: str | None = None
    group_interval: str | None = None
    repeat_interval: str | None = None
    mute_time_intervals: Sequence[str] | None = None
    active_time_intervals: Sequence[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimesSection:
    """One of the ``times`` of an interval: from ``start_time`` up to ``end_time``."""

    start_time: str
    end_time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeIntervalSection:
    """``[prometheus.alert_manager.time_intervals.<name>]``: a piece of the week."""

    times: Sequence[TimesSection] = ()
    weekdays: Sequence[str] = ()
    days_of_month: Sequence[str] = ()
    months: Sequence[str] = ()
    years: Sequence[str] = ()
    location: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertManagerSection(DeliverySection):
    """``[prometheus.alert_manager]``: the receivers of ``[alerts.routes]`` get the alerts too."""

    critical: DeliverySection | None = None
    warning: DeliverySection | None = None
    time_intervals: Mapping[str, TimeIntervalSection] = field(default_factory=dict)
    heartbeat: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrometheusSection:
    """``[prometheus]``: rules, and the workspace that evaluates them.

    The library reads the packs' tables itself (:mod:`northsouth.alerts.prometheus.pack_tables`).
    """

    runbook: str
    workspace: WorkspaceSection = WorkspaceSection()
    packs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    alert_manager: AlertManagerSection | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardSection:
    """``[dashboard]``: the dashboard of all alarms."""

    name: str | None = None
    title: str | None = None
    grafana: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPageSection:
    """``[status_page]``: the public page that shows whether the service works."""

    bucket: str
    title: str
    about: str = ""
    load_balancer: str
    interval_minutes: int = 5
    protect: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """One environment file without problems; a field for each section.

    Attributes:
        file: where it was read from.

    """

    file: Path
    environment: EnvironmentSection
    state: StateSection = StateSection()
    network: NetworkSection
    nat: NatSection = NatSection()
    endpoints: EndpointsSection = EndpointsSection()
    egress: EgressSection = EgressSection()
    dns: DnsSection = DnsSection()
    logs: LogsSection | None = None
    alerts: AlertsSection | None = None
    metrics: MetricsSection | None = None
    prometheus: PrometheusSection | None = None
    dashboard: DashboardSection | None = None
    status_page: StatusPageSection | None = None
