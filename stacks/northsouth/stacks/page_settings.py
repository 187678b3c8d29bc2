"""What ``[dashboard]`` and ``[status_page]`` may say."""

from __future__ import annotations

from northsouth.stacks.section import Section, Text


class DashboardSection(Section):
    """``[dashboard]``: the dashboard of all alarms."""

    name: Text | None = None
    title: Text | None = None
    grafana: bool = True


class StatusPageSection(Section):
    """``[status_page]``: the public page that shows whether the service works."""

    bucket: Text
    title: Text
    about: str = ""
    load_balancer: Text
    interval_minutes: int = 5
    protect: bool = True
