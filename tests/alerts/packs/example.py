"""Every pack with every alarm, in one stack; what the tests look at and what is deployed."""

from __future__ import annotations

from cdktf import TerraformStack

from northsouth.alerts import Metric, Response
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
from northsouth.dns.metrics import rule_group_volume
from northsouth.metrics.units import count, gigabits_per_second, seconds, usd_per_day

PAGER = "arn:aws:sns:us-east-1:123456789012:pager"
CHAT = "arn:aws:sns:us-east-1:123456789012:chat"
RUNBOOK = "https://wiki.example.com/edge"
RESPOND = Response(RUNBOOK, critical=[PAGER], warning=[CHAT])
BALANCER = "app/web/50dc6c495c0c9188"


def custom(name: str, *, statistic: str = "Sum", **dimensions: str) -> Metric:
    return Metric(namespace="Custom", name=name, statistic=statistic, unit="Count", dimensions=dimensions)


def everything(stack: TerraformStack, log_group: str = "router") -> None:
    nat(stack, "nat", 3)
    nat(stack, "fleet", 11)
    archival(stack)
    kubernetes(stack)
    serving(stack)
    handoff(stack, log_group)
    others(stack)


def nat(stack: TerraformStack, id: str, gateways: int) -> None:
    ids = {f"zone-{number:02}": f"nat-{number:017}" for number in range(gateways)}
    alarms = NatAlarms(stack, id, gateways=ExistingGateways(ids), respond=RESPOND)
    alarms.throughput(gigabits_per_second(2))
    alarms.daily_budget(usd_per_day(150, price_per_gb=0.045))
    alarms.bandwidth()
    alarms.port_allocation_errors()
    alarms.dropped_packets()
    alarms.connections_not_established()


def archival(stack: TerraformStack) -> None:
    requests = Metric(
        namespace="AWS/ApplicationELB",
        name="RequestCount",
        statistic="Sum",
        unit="Count",
        dimensions={"LoadBalancer": BALANCER},
    )
    alarms = ArchivalSuccess(stack, "archival", archived=custom("Archived"), requests=requests, respond=RESPOND)
    alarms.rate_low()
    alarms.rate_high()
    alarms.stale()
    alarms.failed_run(custom("FailedRuns"))
    alarms.unparsed(custom("Unparsed"))
    own = LogArchiveAlarms(stack, "archive", archive="edge", source="alb", respond=RESPOND)
    own.rate_low()
    own.rate_high()
    own.unparsed()
    own.stale()
    own.failed_runs("arn:aws:states:us-east-1:123456789012:stateMachine:edge")


def kubernetes(stack: TerraformStack) -> None:
    api = KubernetesApiAlarms(stack, "api", cluster="prod", respond=RESPOND)
    api.errors()
    api.throttled()
    api.silent()
    SilentClusters(stack, "clusters", heartbeats={c: custom("Up", cluster=c) for c in ("a", "b")}, respond=RESPOND)
    SilentClusters(stack, "only", heartbeats={"c": custom("Up", cluster="c")}, respond=RESPOND)


def serving(stack: TerraformStack) -> None:
    alarms = LoadBalancerAlarms(stack, "serving", load_balancer=BALANCER, respond=RESPOND)
    success, latency = alarms.success_rate(), alarms.latency(seconds(2))
    alarms.unhealthy_hosts("web", "targetgroup/web/73e2d6bc24d8a067")
    alarms.cold_start_storm(success, latency, cold_starts=custom("ColdStarts") / custom("Invocations"))


def handoff(stack: TerraformStack, log_group: str) -> None:
    names = {"HandoffStarted": "handoff_started", "HandoffCompleted": "handoff_completed", "HandoffFailed": "failed"}
    events = LogEvents(stack, "events", log_group=log_group, namespace="Router", events=names)
    alarms = HandoffAlarms(stack, "handoff", respond=RESPOND)
    alarms.failed(events.metric("HandoffFailed"))
    alarms.not_completed(events.metric("HandoffStarted"), events.metric("HandoffCompleted"))
    alarms.missing_state(custom("KnownDeployments"), count(10))


def others(stack: TerraformStack) -> None:
    certificates = CertificateAlarms(stack, "certificates", respond=RESPOND)
    certificates.expiry("www", "arn:aws:acm:us-east-1:123456789012:certificate/1")
    certificates.client_tls_errors(BALANCER)
    certificates.target_tls_errors(BALANCER)
    volume = rule_group_volume("rslvr-frg-1")
    dns = DnsAlarms(stack, "dns", respond=RESPOND)
    dns.override_unused("hub", volume)
    dns.blocked("malware", volume)
    meta = AlarmsOnAlarms(stack, "meta", respond=Response.notify(RUNBOOK, PAGER))
    meta.dead_letters("chat", "chat-dead-letters")
    meta.failed_notifications("pager", "pager")
    meta.failed_invocations("chat", "alarms-to-chat")
    meta.heartbeat("ruler", custom("Watchdog"))
    outside = ManagedPrometheusAlarms(stack, "prometheus", workspace_id="ws-1", respond=RESPOND)
    outside.ingestion_stopped()
    outside.rules_stopped("silent-clusters", "silent-clusters")
    outside.rules_failing("silent-clusters", "silent-clusters")
    outside.notifications_failing()
    outside.watchdog_silent("watchdog")
