"""What ``[prometheus]`` may say: the workspace, and a table for each pack of rules.

The keys of a pack's table are its parameters, which the library reads and checks itself
(:mod:`northsouth.alerts.prometheus.pack_tables`).
"""

from __future__ import annotations

from typing import Any

from northsouth.stacks.section import Section, Text


class SeriesLimitSection(Section):
    """``[[prometheus.workspace.series_limits]]``: how many series with certain labels are taken in."""

    labels: dict[str, Text]
    max_series: int


class WorkspaceSection(Section):
    """``[prometheus.workspace]``: a workspace to make, or one that exists (``id``)."""

    id: Text | None = None
    alias: Text | None = None
    kms_key_arn: Text | None = None
    log_retention_days: int = 30
    retention_days: int | None = None
    series_limits: list[SeriesLimitSection] = []
    max_rules: int = 2000
    protect: bool = True


class DeliverySection(Section):
    """How alerts are put together, repeated and held back; what is left out is as above, or Alertmanager's default."""

    group_by: list[Text] | None = None
    group_wait: Text | None = None
    group_interval: Text | None = None
    repeat_interval: Text | None = None
    mute_time_intervals: list[Text] | None = None
    active_time_intervals: list[Text] | None = None


class TimesSection(Section):
    """One of the ``times`` of an interval: from ``start_time`` up to ``end_time``."""

    start_time: Text
    end_time: Text


class TimeIntervalSection(Section):
    """``[prometheus.alert_manager.time_intervals.<name>]``: a piece of the week."""

    times: list[TimesSection] = []
    weekdays: list[Text] = []
    days_of_month: list[Text] = []
    months: list[Text] = []
    years: list[Text] = []
    location: Text | None = None


class AlertManagerSection(DeliverySection):
    """``[prometheus.alert_manager]``: the receivers of ``[alerts.routes]`` are told of the alerts too."""

    critical: DeliverySection | None = None
    warning: DeliverySection | None = None
    time_intervals: dict[str, TimeIntervalSection] = {}
    heartbeat: Text | None = None


class PrometheusSection(Section):
    """``[prometheus]``: rules, and the workspace that evaluates them."""

    runbook: Text
    workspace: WorkspaceSection = WorkspaceSection()
    packs: dict[str, dict[str, Any]] = {}
    alert_manager: AlertManagerSection | None = None
