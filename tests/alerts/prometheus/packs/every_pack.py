"""All packs, with everything switched on, for tests of what holds for every rule."""

from __future__ import annotations

from northsouth.alerts.prometheus import AlertRule, RulePack
from northsouth.alerts.prometheus.packs import (
    Clients,
    ElasticsearchRules,
    FilebeatRules,
    Hop,
    HostRules,
    KubernetesApiRules,
    LogstashRules,
    ModelRules,
    PipelineCompleteness,
    Pool,
    PoolRules,
    Replicas,
    SilentClusterRules,
    TargetRules,
)

RUNBOOK = "https://wiki.example.com/alerts"
EVERY_PACK: tuple[RulePack, ...] = (
    ElasticsearchRules(runbook=RUNBOOK),
    FilebeatRules(runbook=RUNBOOK, elasticsearch="logs", every_node=True),
    HostRules(runbook=RUNBOOK),
    KubernetesApiRules(runbook=RUNBOOK),
    KubernetesApiRules(runbook=RUNBOOK, clients=Clients.by_user_agent("audit_requests_total")),
    LogstashRules(runbook=RUNBOOK, elasticsearch="logs"),
    ModelRules(runbook=RUNBOOK),
    PipelineCompleteness(runbook=RUNBOOK, hops=[Hop.logstash(), Hop.indexed()]),
    PoolRules(runbook=RUNBOOK, pools=[Pool.hikari()]),
    SilentClusterRules(runbook=RUNBOOK, clusters=["eu", "us"], replicas=Replicas(), published=True),
    TargetRules(runbook=RUNBOOK, jobs=["api"]),
)
EVERY_ALERT: tuple[AlertRule, ...] = tuple(
    rule for pack in EVERY_PACK for group in pack.groups() for rule in group.rules if isinstance(rule, AlertRule)
)
