"""The arguments of `northsouth.alerts.prometheus`."""

from __future__ import annotations

from typing import Any

from cdktf import TerraformStack

from northsouth.alerts.prometheus import (
    AlertRule,
    PrometheusRules,
    PrometheusWorkspace,
    RecordingRule,
    RuleGroup,
    SeriesLimit,
)
from tests.alerts.prometheus.rules import GROUP
from tests.alerts.prometheus.test_amp import Pack
from tests.arguments.entries import Entry, construct, method, value

WORKSPACE = PrometheusWorkspace.existing("ws-1")
RECORDED = {"record": "job:up:sum", "expr": "sum by (job) (up)"}
ALERT: dict[str, Any] = {
    "alert": "Down",
    "expr": "up == 0",
    "severity": "critical",
    "summary": "It is down",
    "description": "Nothing answers",
    "runbook": "https://wiki.example.com/down",
}
LIMIT = SeriesLimit({"cluster": "dev"}, 1000)


def rules(stack: TerraformStack, *given: Any) -> PrometheusRules:
    return PrometheusRules(stack, "it", workspace=WORKSPACE, namespaces={"own": [RuleGroup("own", given)]})


ENTRIES: list[Entry] = [
    construct(
        PrometheusWorkspace,
        {},
        changes={
            "alias": "hub",
            "kms_key_arn": "arn:aws:kms:us-east-1:123456789012:key/k",
            "log_retention_days": None,
            "retention_days": 90,
            "series_limits": [LIMIT],
        },
        everything={"retention_days": 90},
    ),
    method(
        PrometheusWorkspace.existing,
        lambda _: PrometheusWorkspace,
        {"workspace_id": "ws-1"},
        changes={"workspace_id": "ws-2"},
        unseen={"arn": "for a policy of the caller's: tests/alerts/prometheus/test_amp.py"},
        then=lambda stack, it: PrometheusRules(stack, "it", workspace=it, packs=[Pack()]),
    ),
    construct(
        PrometheusRules,
        {"workspace": WORKSPACE, "packs": [Pack()]},
        changes={
            "workspace": PrometheusWorkspace.existing("ws-2"),
            "packs": [Pack("other")],
            "namespaces": {"own": [GROUP]},
        },
        unseen={"max_rules": "decides what is accepted: tests/alerts/prometheus/test_amp.py"},
    ),
    value(
        SeriesLimit,
        lambda stack, it: PrometheusWorkspace(stack, "it", series_limits=[it]),
        {"labels": {"cluster": "dev"}, "max_series": 1000},
        changes={"labels": {"cluster": "prod"}, "max_series": 2000},
    ),
    value(
        RuleGroup,
        lambda stack, it: PrometheusRules(stack, "it", workspace=WORKSPACE, namespaces={"own": [it]}),
        {"name": "own", "rules": [RecordingRule(**RECORDED)]},
        changes={
            "name": "other",
            "rules": [AlertRule(**ALERT)],
            "interval": "2m",
            "limit": 5,
            "labels": {"team": "edge"},
        },
        unseen={"query_offset": "refused here, for self-run servers: tests/alerts/prometheus/test_amp.py"},
    ),
    value(
        RecordingRule,
        rules,
        RECORDED,
        changes={"record": "job:up:max", "expr": "max by (job) (up)", "labels": {"team": "edge"}},
    ),
    value(
        AlertRule,
        rules,
        ALERT,
        changes={
            "alert": "Gone",
            "expr": "up < 1",
            "severity": "warning",
            "summary": "It is gone",
            "description": "Nobody answers",
            "runbook": "https://wiki.example.com/gone",
            "for_": "10m",
            "keep_firing_for": "10m",
            "labels": {"team": "edge"},
            "annotations": {"dashboard": "https://grafana.example.com"},
        },
    ),
]

READS: dict[Any, str] = {}
"""Methods that declare nothing."""
