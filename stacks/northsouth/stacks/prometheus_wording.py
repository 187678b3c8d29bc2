"""From the keys of ``[prometheus]`` to the library's arguments, for rules and constructs alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from northsouth.alerts.alertmanager.delivery import SAME_ALERT, Alertmanager, Delivery, Heartbeat, TimeInterval
from northsouth.alerts.prometheus import RulePack
from northsouth.alerts.prometheus.amp import SeriesLimit
from northsouth.alerts.prometheus.packs.inhibitions import INHIBITIONS
from northsouth.alerts.routes.route import Routes
from northsouth.stacks.settings import (
    AlertManagerSection,
    DeliverySection,
    TimeIntervalSection,
    WorkspaceSection,
)


def series_limits(section: WorkspaceSection) -> list[SeriesLimit]:
    """Return the limits, in the order of the file."""
    return [SeriesLimit(limit.labels, limit.max_series) for limit in section.series_limits or ()]


def alert_manager(section: AlertManagerSection, routes: Routes, packs: Sequence[RulePack]) -> Alertmanager:
    """Return how the environment's receivers are notified of the alerts of some packs."""
    delivery = replace(Delivery(), **_delivery_arguments(section))
    by_severity = {"critical": section.critical, "warning": section.warning}
    alerts = {rule.name for pack in packs for group in pack.groups() for rule in group.rules}
    of_packs = [inhibition for inhibition in INHIBITIONS if inhibition.source["alertname"] in alerts]
    return Alertmanager(
        routes=routes,
        delivery=delivery,
        by_severity={
            severity: replace(delivery, **_delivery_arguments(section))
            for severity, section in by_severity.items()
            if section
        },
        inhibitions=(SAME_ALERT, *of_packs),
        time_intervals=[_interval(name, time_interval) for name, time_interval in section.time_intervals.items()],
        heartbeat=Heartbeat(every=section.heartbeat) if section.heartbeat else None,
    )


def watchdog_topic(environment: str) -> str:
    """Return the name of the topic that receives the alert that always fires."""
    return f"{environment}-watchdog"


def _delivery_arguments(section: DeliverySection) -> dict[str, Any]:
    values = {field.name: getattr(section, field.name) for field in fields(DeliverySection)}
    return {key: value for key, value in values.items() if value is not None}


def _interval(name: str, section: TimeIntervalSection) -> TimeInterval:
    return TimeInterval(
        name=name,
        times=[(hours.start_time, hours.end_time) for hours in section.times],
        weekdays=section.weekdays,
        days_of_month=section.days_of_month,
        months=section.months,
        years=section.years,
        location=section.location,
    )
