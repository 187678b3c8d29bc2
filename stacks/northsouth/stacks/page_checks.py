"""The rules that ``[dashboard]`` and ``[status_page]`` must keep, beyond types; those of AWS are the library's own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from northsouth.errors import Problem
from northsouth.stacks.alarm_tables import AlertsSection
from northsouth.stacks.settings import DashboardSection, StatusPageSection


def check_dashboard(sections: Mapping[str, object], unreadable: Collection[str] = ()) -> Iterator[Problem]:
    """Yield what is wrong with the dashboard.

    Args:
        sections: the sections of the file that could be read, by name.
        unreadable: the names of the others.

    """
    section = sections.get("dashboard")
    if not isinstance(section, DashboardSection):
        return
    from northsouth.alerts.dashboards.cloudwatch import name_problems

    if section.name is not None:
        yield from name_problems(section.name)
    if "alerts" not in unreadable and not isinstance(sections.get("alerts"), AlertsSection):
        yield Problem("", "a dashboard", "the file declares no [alerts] to show", "Add some, or remove this section.")


def check_status_page(sections: Mapping[str, object], unreadable: Collection[str] = ()) -> Iterator[Problem]:
    """Yield what is wrong with the status page; arguments as of :func:`check_dashboard`."""
    section = sections.get("status_page")
    if not isinstance(section, StatusPageSection):
        return
    from northsouth.alerts.status.rules import page_problems

    for problem in page_problems(
        # The environment's name has a rule of its own.
        name="${environment}",
        bucket_name=section.bucket,
        title=section.title,
        about=section.about,
        interval_minutes=section.interval_minutes,
    ):
        yield replace(problem, where=problem.where.replace("bucket_name", "bucket"))
    if "alerts" not in unreadable:
        yield from _check_balancer(section, sections.get("alerts"))


def _check_balancer(section: StatusPageSection, alerts: object) -> Iterator[Problem]:
    balancers = alerts.load_balancers if isinstance(alerts, AlertsSection) else {}
    balancer = balancers.get(section.load_balancer)
    if balancer is None:
        known = ", ".join(sorted(balancers)) or "none"
        rule = "the page shows the success_rate alarm of a load balancer in alerts.load_balancers"
        yield Problem("load_balancer", repr(section.load_balancer), rule, f"Name one of them: {known}.")
    elif "success_rate" not in balancer.table:
        rule = "the page shows this load balancer's success_rate alarm, and it has none"
        fix = f"Add alerts.load_balancers.{section.load_balancer}.success_rate."
        yield Problem("load_balancer", repr(section.load_balancer), rule, fix)
