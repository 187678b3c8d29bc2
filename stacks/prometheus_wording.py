"""From the keys of ``[prometheus]`` to the library's arguments, for rules and constructs alike."""

from __future__ import annotations

from northsouth.alerts.prometheus.amp import SeriesLimit
from stacks.prometheus_settings import WorkspaceSection


def series_limits(section: WorkspaceSection) -> list[SeriesLimit]:
    """Return the limits, in the order of the file."""
    return [SeriesLimit(limit.labels, limit.max_series) for limit in section.series_limits]
