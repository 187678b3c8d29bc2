"""The routing tree, inhibition and time intervals, as both kinds of Alertmanager take them; pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from northsouth.alerts.alertmanager.delivery import (
    WATCHDOG,
    Alertmanager,
    Delivery,
    Heartbeat,
    Inhibition,
    TimeInterval,
)
from northsouth.alerts.meaning import INCIDENT, Severity

NOBODY = "nobody"
"""The receiver of alerts that notify nobody."""
HEARTBEAT = "heartbeat"


def configuration(config: Alertmanager, receivers: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the mapping that a configuration file holds, without ``global``.

    Args:
        config: what is wanted.
        receivers: by name, the integrations of each receiver.

    """
    document: dict[str, Any] = {"route": _root(config, heartbeat=HEARTBEAT in receivers)}
    document["receivers"] = [{"name": name, **integrations} for name, integrations in {NOBODY: {}, **receivers}.items()]
    if config.inhibitions:
        document["inhibit_rules"] = [_inhibition(inhibition) for inhibition in config.inhibitions]
    if config.time_intervals:
        document["time_intervals"] = [_interval(time_interval) for time_interval in config.time_intervals]
    return document


def _root(config: Alertmanager, *, heartbeat: bool) -> dict[str, Any]:
    """Return the tree. An alert without a severity goes to the least urgent receivers."""
    routes: list[dict[str, Any]] = [_watchdog(config.heartbeat if heartbeat else None)]
    for route in config.routes.routes:
        delivery = config.by_severity.get(route.severity)
        branch = {"receiver": route.severity, "matchers": [matcher("severity", route.severity)]}
        branch |= _delivery(delivery) if delivery else _held_back(config.delivery)
        routes.append(branch | _by_incident(delivery or config.delivery))
    routes.append({"receiver": NOBODY, "matchers": [matcher("severity", Severity.INFO.value)]})
    return {"receiver": config.fallback, **_grouping(config.delivery), "routes": routes}


def _watchdog(heartbeat: Heartbeat | None) -> dict[str, Any]:
    if heartbeat is None:
        return {"receiver": NOBODY, "matchers": [matcher("alertname", WATCHDOG)]}
    return {
        "receiver": HEARTBEAT,
        "matchers": [matcher("alertname", heartbeat.alert)],
        "group_wait": "0s",
        "group_interval": heartbeat.every,
        "repeat_interval": heartbeat.every,
    }


def _by_incident(delivery: Delivery) -> dict[str, Any]:
    """Return the branch of alerts that report an incident together; a branch does not inherit time intervals."""
    if "alertname" not in delivery.group_by:
        return {}
    labels = [INCIDENT if label == "alertname" else label for label in delivery.group_by]
    return {"routes": [{"matchers": [f'{INCIDENT}!=""'], "group_by": labels, **_held_back(delivery)}]}


def _delivery(delivery: Delivery) -> dict[str, Any]:
    return _grouping(delivery) | _held_back(delivery)


def _grouping(delivery: Delivery) -> dict[str, Any]:
    return {
        "group_by": list(delivery.group_by),
        "group_wait": delivery.group_wait,
        "group_interval": delivery.group_interval,
        "repeat_interval": delivery.repeat_interval,
    }


def _held_back(delivery: Delivery) -> dict[str, Any]:
    """Return the time intervals, which the root of a tree cannot have."""
    intervals = {
        "mute_time_intervals": list(delivery.mute_time_intervals),
        "active_time_intervals": list(delivery.active_time_intervals),
    }
    return {key: names for key, names in intervals.items() if names}


def _inhibition(inhibition: Inhibition) -> dict[str, Any]:
    return {
        "source_matchers": [matcher(*label) for label in sorted(inhibition.source.items())],
        "target_matchers": [matcher(*label) for label in sorted(inhibition.target.items())],
        "equal": list(inhibition.equal),
    }


def _interval(interval: TimeInterval) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "times": [{"start_time": begin, "end_time": end} for begin, end in interval.times],
        "weekdays": list(interval.weekdays),
        "days_of_month": list(interval.days_of_month),
        "months": list(interval.months),
        "years": list(interval.years),
        "location": interval.location,
    }
    return {"name": interval.name, "time_intervals": [{key: value for key, value in settings.items() if value}]}


def matcher(label: str, value: str) -> str:
    """Return a matcher in the form that both of Alertmanager's parsers read alike."""
    return f"{label}={json.dumps(value, ensure_ascii=False)}"
