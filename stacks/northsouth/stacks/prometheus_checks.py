"""The rules that ``[prometheus]`` must keep, beyond types; all but one are the library's own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from northsouth.alerts.alertmanager.delivery_rules import amp_problems, tree_problems
from northsouth.alerts.prometheus.amp import namespace_problems, workspace_problems
from northsouth.alerts.prometheus.pack_tables import read_packs
from northsouth.alerts.routes.route import Routes
from northsouth.alerts.rules import text_problems
from northsouth.errors import Problem
from northsouth.stacks.alarm_tables import AlertsSection
from northsouth.stacks.prometheus_wording import alert_manager, series_limits
from northsouth.stacks.settings import (
    AlertManagerSection,
    EnvironmentSection,
    PrometheusSection,
    WorkspaceSection,
)

_OF_A_NEW_ONE = ("alias", "kms_key_arn", "log_retention_days", "retention_days", "series_limits", "protect")


def check_prometheus(section: PrometheusSection | None) -> Iterator[Problem]:
    """Yield what is wrong with the workspace and its rules."""
    if section is None:
        return
    yield from text_problems(summary="-", because="-", runbook=section.runbook)
    yield from (problem.within("workspace") for problem in _check_workspace(section.workspace))
    packs, problems = read_packs(section.packs, runbook=section.runbook)
    yield from (problem.within("packs") for problem in problems)
    if not section.packs:
        yield Problem("packs", "none", "a workspace is declared for its rules", "Add a pack, or remove this section.")
    elif not problems:
        namespaces = {pack.name: pack.groups() for pack in packs}
        for problem in namespace_problems(namespaces, max_rules=section.workspace.max_rules):
            yield problem.within("packs")


def check_alert_manager(sections: Mapping[str, object], unreadable: Collection[str] = ()) -> Iterator[Problem]:
    """Yield what is wrong with how receivers are notified of the alerts.

    Args:
        sections: the sections of the file that could be read, by name.
        unreadable: the names of the others.

    """
    prometheus, alerts = sections.get("prometheus"), sections.get("alerts")
    if not isinstance(prometheus, PrometheusSection) or prometheus.alert_manager is None or "alerts" in unreadable:
        return
    environment = sections.get("environment")
    name = environment.name if isinstance(environment, EnvironmentSection) else "environment"
    routes = alerts.routes.in_environment(name) if isinstance(alerts, AlertsSection) else Routes(())
    if isinstance(alerts, AlertsSection) and not alerts.routes.complete:
        return
    if not routes.routes:
        fix = "Name receivers in [alerts.routes], or remove this section."
        yield Problem("alert_manager", "no receivers", "it notifies the receivers of [alerts.routes]", fix)
        return
    packs, _ = read_packs(prometheus.packs, runbook=prometheus.runbook)
    config = alert_manager(prometheus.alert_manager, routes, packs)
    topics = {route.severity: "" for route in routes.routes}
    heartbeat_topic = "declared with it" if prometheus.alert_manager.heartbeat else None
    for problem in (*tree_problems(config), *amp_problems(config, topics=topics, heartbeat_topic=heartbeat_topic)):
        yield replace(problem, where=_key(problem.where, prometheus.alert_manager)).within("alert_manager")


def _key(argument: str, section: AlertManagerSection) -> str:
    """Return the file's key of an argument."""
    for index, name in enumerate(section.time_intervals):
        argument = argument.replace(f"time_intervals[{index}]", f"time_intervals.{name}")
    return argument.removeprefix("delivery.").removeprefix("by_severity.").replace("heartbeat.every", "heartbeat")


def _check_workspace(section: WorkspaceSection) -> Iterator[Problem]:
    if section.id is not None:
        for key in _OF_A_NEW_ONE:
            if getattr(section, key) is not None:
                fix = f"Remove {key}, or the id."
                yield Problem(key, repr(getattr(section, key)), "id names a workspace that is made elsewhere", fix)
        return
    yield from workspace_problems(
        alias=section.alias,
        log_retention_days=section.log_retention_days,
        retention_days=section.retention_days,
        series_limits=series_limits(section),
    )
