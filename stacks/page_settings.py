"""What ``[dashboard]`` and ``[status_page]`` may say."""

from __future__ import annotations

from stacks.section import Section, Text


class DashboardSection(Section):
    """``[dashboard]``: the dashboard of all alarms."""

    name: Text | None = None
    title: Text | None = None
    grafana: bool = True
