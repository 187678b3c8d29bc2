"""The arguments of `northsouth.alerts.packs`: of each pack, of each alarm in it, and of what they are given."""

from __future__ import annotations

from typing import Any

from cdktf import TerraformStack

from northsouth.alerts import Response
from northsouth.alerts.packs import (
    AlarmsOnAlarms,
    ArchivalSuccess,
    CertificateAlarms,
    DnsAlarms,
    ExistingGateways,
    HandoffAlarms,
    KubernetesApiAlarms,
    LoadBalancerAlarms,
    LogArchiveAlarms,
    LogEvents,
    ManagedPrometheusAlarms,
    NatAlarms,
    SilentClusters,
)
from northsouth.logs.metrics import ArchiveRun
from northsouth.metrics.units import gigabits_per_second, seconds, usd_per_day
from tests.alerts.packs.example import BALANCER, CHAT, PAGER, RESPOND, RUNBOOK, custom
from tests.arguments.entries import Entry, Late, construct, method, value

OTHER_RESPOND = Response(f"{RUNBOOK}/other", critical=[CHAT], warning=[PAGER])
GATEWAYS = ExistingGateways({"a": "nat-0"})
A, B = custom("A"), custom("B")
COLD = custom("ColdStarts") / custom("Invocations")


def pack(kind: Any, **arguments: Any) -> Any:
    """Return how to declare a pack."""
    return lambda stack: kind(stack, "it", **{"respond": RESPOND, **arguments})


nat = pack(NatAlarms, gateways=GATEWAYS)
archival = pack(ArchivalSuccess, archived=A, requests=B)
archive = pack(LogArchiveAlarms, archive="edge", source="alb")
managed = pack(ManagedPrometheusAlarms, workspace_id="ws-1")
api = pack(KubernetesApiAlarms, cluster="prod")
serving = pack(LoadBalancerAlarms, load_balancer=BALANCER)
handoff, certificates, dns, meta = pack(HandoffAlarms), pack(CertificateAlarms), pack(DnsAlarms), pack(AlarmsOnAlarms)


def answered(stack: TerraformStack, respond: Response) -> None:
    made = AlarmsOnAlarms(stack, "it", respond=respond)
    made.dead_letters("x", "queue")
    made.heartbeat("y", A, severity="warning")


def child(id: str) -> Late:
    def declare(stack: TerraformStack) -> Any:
        return LoadBalancerAlarms(stack, id, load_balancer=BALANCER, respond=RESPOND).latency(seconds(2))

    return Late(declare)


def all_of_nat(made: NatAlarms) -> None:
    made.throughput(gigabits_per_second(2))
    made.daily_budget(usd_per_day(150, price_per_gb=0.045))
    made.bandwidth()
    made.port_allocation_errors()
    made.dropped_packets()
    made.connections_not_established()


PACKS: list[Entry] = [
    construct(
        NatAlarms,
        {"gateways": GATEWAYS, "respond": RESPOND},
        then=all_of_nat,
        changes={"gateways": ExistingGateways({"a": "nat-1"}), "respond": OTHER_RESPOND},
        everything={"gateways": ExistingGateways({f"{n:02}": f"nat-{n}" for n in range(11)})},
    ),
    construct(
        ArchivalSuccess,
        {"archived": A, "requests": B, "respond": RESPOND},
        then=lambda made: made.rate_low(),
        changes={"archived": custom("X"), "requests": custom("Y"), "respond": OTHER_RESPOND},
    ),
    construct(
        LogArchiveAlarms,
        {"archive": "edge", "source": "alb", "respond": RESPOND},
        then=lambda made: made.rate_low(),
        changes={
            "archive": "other",
            "source": "other",
            "respond": OTHER_RESPOND,
            "run": ArchiveRun.CATCH_UP,
            "period": 86400,
        },
    ),
    construct(
        ManagedPrometheusAlarms,
        {"workspace_id": "ws-1", "respond": RESPOND},
        then=lambda made: made.ingestion_stopped(),
        changes={"workspace_id": "ws-2", "respond": OTHER_RESPOND},
    ),
    construct(
        KubernetesApiAlarms,
        {"cluster": "prod", "respond": RESPOND},
        then=lambda made: made.errors(),
        changes={"cluster": "other", "respond": OTHER_RESPOND},
    ),
    construct(
        LoadBalancerAlarms,
        {"load_balancer": BALANCER, "respond": RESPOND},
        then=lambda made: made.success_rate(),
        changes={"load_balancer": "app/other/50dc6c495c0c9188", "respond": OTHER_RESPOND},
    ),
    construct(
        SilentClusters,
        {"heartbeats": {"a": A, "b": B}, "respond": RESPOND},
        changes={"heartbeats": {"a": A, "c": B}, "respond": OTHER_RESPOND},
    ),
    construct(
        LogEvents,
        {"log_group": "router", "namespace": "Router", "events": {"A": "a"}},
        changes={"log_group": "other", "namespace": "Other", "events": {"A": "b"}, "field": "kind"},
    ),
    *[
        construct(kind, {"respond": RESPOND}, then=then, changes={"respond": OTHER_RESPOND})
        for kind, then in (
            (HandoffAlarms, lambda made: made.failed(A)),
            (CertificateAlarms, lambda made: made.client_tls_errors(BALANCER)),
            (DnsAlarms, lambda made: made.blocked("x", A)),
            (AlarmsOnAlarms, lambda made: made.dead_letters("x", "queue")),
        )
    ],
]

ALARMS: list[Entry] = [
    method(NatAlarms.throughput, nat, {"over": gigabits_per_second(2)}),
    method(NatAlarms.daily_budget, nat, {"budget": usd_per_day(150, price_per_gb=0.045)}, changes={"period": 3600}),
    method(NatAlarms.bandwidth, nat),
    method(NatAlarms.port_allocation_errors, nat),
    method(NatAlarms.dropped_packets, nat),
    method(NatAlarms.connections_not_established, nat),
    method(ArchivalSuccess.rate_low, archival),
    method(ArchivalSuccess.rate_high, archival),
    method(ArchivalSuccess.stale, archival),
    method(ArchivalSuccess.failed_run, archival, {"failures": custom("F")}, changes={"failures": custom("G")}),
    method(ArchivalSuccess.unparsed, archival, {"unparsed": custom("U")}, changes={"unparsed": custom("V")}),
    method(LogArchiveAlarms.rate_low, archive),
    method(LogArchiveAlarms.rate_high, archive),
    method(LogArchiveAlarms.unparsed, archive),
    method(LogArchiveAlarms.stale, archive),
    method(
        LogArchiveAlarms.failed_runs,
        archive,
        {"state_machine_arn": "arn:aws:states:us-east-1:123456789012:stateMachine:a"},
        changes={"state_machine_arn": "arn:aws:states:us-east-1:123456789012:stateMachine:b"},
    ),
    method(ManagedPrometheusAlarms.ingestion_stopped, managed),
    method(ManagedPrometheusAlarms.notifications_failing, managed),
    method(
        ManagedPrometheusAlarms.rules_failing,
        managed,
        {"namespace": "edge", "group": "up"},
        changes={"namespace": "other", "group": "down"},
    ),
    method(
        ManagedPrometheusAlarms.rules_stopped,
        managed,
        {"namespace": "edge", "group": "up"},
        changes={"namespace": "other", "group": "down"},
    ),
    method(ManagedPrometheusAlarms.watchdog_silent, managed, {"topic": "watchdog"}, changes={"topic": "other"}),
    method(KubernetesApiAlarms.errors, api),
    method(KubernetesApiAlarms.throttled, api),
    method(KubernetesApiAlarms.silent, api),
    method(LoadBalancerAlarms.success_rate, serving, changes={"fast": (3, 3), "slow": (9, 15)}),
    method(
        LoadBalancerAlarms.latency,
        serving,
        {"over": seconds(2)},
        changes={"statistic": "p90", "low_samples": "evaluate"},
    ),
    method(
        LoadBalancerAlarms.unhealthy_hosts,
        serving,
        {"name": "web", "target_group": "targetgroup/web/73e2d6bc24d8a067"},
        changes={"name": "other", "target_group": "targetgroup/web/73e2d6bc24d8a068"},
    ),
    method(
        LoadBalancerAlarms.cold_start_storm,
        serving,
        {"success_rate": child("one"), "latency": child("two"), "cold_starts": COLD},
        changes={"success_rate": child("three"), "latency": child("four"), "cold_starts": A / B},
    ),
    method(HandoffAlarms.failed, handoff, {"failures": A}, changes={"failures": B}),
    method(
        HandoffAlarms.not_completed,
        handoff,
        {"started": A, "completed": B},
        changes={"started": custom("X"), "completed": custom("Y")},
    ),
    method(HandoffAlarms.missing_state, handoff, {"known": A}, changes={"known": B}),
    method(
        CertificateAlarms.expiry,
        certificates,
        {"name": "www", "certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/1"},
        changes={"name": "other", "certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/2"},
    ),
    method(
        CertificateAlarms.client_tls_errors,
        certificates,
        {"load_balancer": BALANCER},
        changes={"load_balancer": "app/other/50dc6c495c0c9188"},
    ),
    method(
        CertificateAlarms.target_tls_errors,
        certificates,
        {"load_balancer": BALANCER},
        changes={"load_balancer": "app/other/50dc6c495c0c9188"},
    ),
    method(DnsAlarms.override_unused, dns, {"name": "hub", "volume": A}, changes={"name": "x", "volume": B}),
    method(DnsAlarms.blocked, dns, {"name": "hub", "volume": A}, changes={"name": "x", "volume": B}),
    method(AlarmsOnAlarms.dead_letters, meta, {"name": "a", "queue": "q"}, changes={"name": "b", "queue": "r"}),
    method(AlarmsOnAlarms.failed_notifications, meta, {"name": "a", "topic": "t"}, changes={"name": "b", "topic": "u"}),
    method(AlarmsOnAlarms.failed_invocations, meta, {"name": "a", "rule": "r"}, changes={"name": "b", "rule": "s"}),
    method(AlarmsOnAlarms.heartbeat, meta, {"name": "a", "signal": A}, changes={"name": "b", "signal": B}),
]

VALUES: list[Entry] = [
    value(
        Response,
        answered,
        {"runbook": RUNBOOK},
        changes={"runbook": f"{RUNBOOK}/other", "critical": [PAGER], "warning": [CHAT]},
    ),
    value(
        Response.notify,
        answered,
        {"runbook": RUNBOOK, "arns": [PAGER]},
        changes={"runbook": f"{RUNBOOK}/other", "arns": [CHAT]},
    ),
    value(
        ExistingGateways.regional,
        lambda stack, it: NatAlarms(stack, "it", gateways=it, respond=RESPOND).bandwidth(),
        {"gateway_id": "nat-0", "zones": ["a"]},
        changes={"gateway_id": "nat-1", "zones": ["b"]},
    ),
    value(
        ExistingGateways,
        lambda stack, it: NatAlarms(stack, "it", gateways=it, respond=RESPOND).bandwidth(),
        {"ids": {"a": "nat-0"}},
        changes={"ids": {"a": "nat-1"}},
    ),
]

ENTRIES = PACKS + ALARMS + VALUES

READS = {LogEvents.metric: "returns a metric: tests/alerts/packs/test_packs.py"}
"""Methods that declare nothing."""
