"""The rules that ``[dashboard]`` and ``[status_page]`` must keep, beyond types; those of AWS are the library's own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from pydantic import BaseModel

from northsouth.alerts.dashboards.cloudwatch import name_problems
from northsouth.errors import Problem
from stacks.alert_settings import AlertsSection
from stacks.page_settings import DashboardSection


def check_dashboard(sections: Mapping[str, BaseModel], mistyped: Collection[str] = ()) -> Iterator[Problem]:
    """Yield what is wrong with the dashboard.

    Args:
        sections: the sections of the file whose types are right, by name.
        mistyped: the names of the others that the file has.

    """
    section = sections.get("dashboard")
    if not isinstance(section, DashboardSection):
        return
    if section.name is not None:
        yield from name_problems(section.name)
    if "alerts" not in mistyped and not isinstance(sections.get("alerts"), AlertsSection):
        yield Problem("", "a dashboard", "the file declares no [alerts] to show", "Add some, or remove this section.")
