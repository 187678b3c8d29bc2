"""Rules that are right, to be changed by tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from northsouth.alerts.prometheus import AlertRule, RecordingRule, RuleGroup, Severity

DOWN = AlertRule(
    alert="TargetDown",
    expr="""
        max by (cluster, job) (up)
          == 0
    """,
    severity=Severity.CRITICAL,
    summary="{{ $labels.job }} of {{ $labels.cluster }} is down",
    description="Prometheus cannot reach it.",
    runbook="https://wiki.example.com/runbooks#TargetDown",
)
SHARE = RecordingRule(record="job:up:avg", expr="avg by (job) (up)", labels={"team": "edge"})
GROUP = RuleGroup("targets", [SHARE, DOWN], interval="30s", labels={"site": "paris"})


def alert(**changes: Any) -> AlertRule:
    return replace(DOWN, **changes)
