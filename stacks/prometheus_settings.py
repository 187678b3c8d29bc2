"""What ``[prometheus]`` may say: the workspace, and a table for each pack of rules.

The keys of a pack's table are its parameters, which the library reads and checks itself
(:mod:`northsouth.alerts.prometheus.declared`).
"""

from __future__ import annotations

from typing import Any

from stacks.section import Section, Text


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


class PrometheusSection(Section):
    """``[prometheus]``: rules, and the workspace that evaluates them."""

    runbook: Text
    workspace: WorkspaceSection = WorkspaceSection()
    packs: dict[str, dict[str, Any]] = {}
