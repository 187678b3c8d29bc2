"""The arguments of `northsouth.alerts.packs`: of each pack, of each alarm in it, and of what they are given."""

from __future__ import annotations

from typing import Any

from cdktf import TerraformStack

from northsouth.alerts import Response
from northsouth.alerts.packs import (
    AlarmsOnAlarms,
    ArchivalSuccess,
    BlockedEvictions,
    CertificateAlarms,
    DnsAlarms,
    EgressAlarms,
    ExistingGateways,
    HandoffAlarms,
    KubernetesApiAlarms,
    LoadBalancerAlarms,
    LogArchiveAlarms,
    LogEvents,
    ManagedPrometheusAlarms,
    NatAlarms,
    OpenSearchAlarms,
    SilentClusters,
)
from northsouth.alerts.tables import REQUIRED, parameters
from northsouth.logs.metrics import ArchiveRun
from northsouth.metrics.units import Quantity, count, seconds, usd_per_day
from tests.alerts.packs.example import (
    BALANCER,
    CHAT,
    PAGER,
    RESPOND,
    RUNBOOK,
    alarms_of,
    custom,
    declare_all,
    sample,
)
from tests.arguments.entries import Entry, Late, also, construct, method, value

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
egress = pack(EgressAlarms, analysis="egress")
managed = pack(ManagedPrometheusAlarms, workspace_id="ws-1")
search = pack(OpenSearchAlarms, domain="logs", account="123456789012")
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


PACKS: list[Entry] = [
    construct(
        NatAlarms,
        {"gateways": GATEWAYS, "respond": RESPOND},
        then=declare_all,
        changes={
            "gateways": ExistingGateways({"a": "nat-1"}),
            "respond": OTHER_RESPOND,
            "new_traffic": "the saved query",
        },
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
        EgressAlarms,
        {"analysis": "egress", "respond": RESPOND},
        then=lambda made: made.avoidable(),
        changes={"analysis": "other", "respond": OTHER_RESPOND},
    ),
    construct(
        ManagedPrometheusAlarms,
        {"workspace_id": "ws-1", "respond": RESPOND},
        then=lambda made: made.ingestion_stopped(),
        changes={"workspace_id": "ws-2", "respond": OTHER_RESPOND},
    ),
    construct(
        OpenSearchAlarms,
        {"domain": "logs", "account": "123456789012", "respond": RESPOND},
        then=lambda made: made.red(),
        changes={"domain": "other", "account": "210987654321", "respond": OTHER_RESPOND},
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
        BlockedEvictions,
        {"cluster": "prod"},
        changes={"cluster": "other", "namespace": "Other"},
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

OF_GROUP = ({"namespace": "edge", "group": "up"}, {"namespace": "other", "group": "down"})
OF_BALANCER = ({"load_balancer": BALANCER}, {"load_balancer": "app/other/50dc6c495c0c9188"})

GIVEN: dict[Any, tuple[dict[str, Any], dict[str, Any]]] = {
    NatAlarms.daily_budget: ({"budget": usd_per_day(150, price_per_gb=0.045)}, {"period": 3600}),
    LogArchiveAlarms.failed_runs: (
        {"state_machine_arn": "arn:aws:states:us-east-1:123456789012:stateMachine:a"},
        {"state_machine_arn": "arn:aws:states:us-east-1:123456789012:stateMachine:b"},
    ),
    ArchivalSuccess.failed_run: ({}, {"succeeded": B}),
    HandoffAlarms.failed: ({}, {"completed": B}),
    ManagedPrometheusAlarms.rules_failing: OF_GROUP,
    ManagedPrometheusAlarms.rules_stopped: OF_GROUP,
    OpenSearchAlarms.red: ({"of": 3}, {"datapoints": 2}),
    OpenSearchAlarms.storage_low: ({"of": 3}, {"datapoints": 2}),
    OpenSearchAlarms.nodes_missing: ({"expected": 6}, {"expected": 7}),
    KubernetesApiAlarms.throttled: ({}, {"evictions": A}),
    LoadBalancerAlarms.success_rate: ({}, {"fast": (3, 3), "slow": (9, 15), "quiet": (2, 4)}),
    LoadBalancerAlarms.latency: ({}, {"statistic": "p90", "low_samples": "evaluate"}),
    LoadBalancerAlarms.unhealthy_hosts: (
        {"name": "web", "target_group": "targetgroup/web/73e2d6bc24d8a067"},
        {"name": "other", "target_group": "targetgroup/web/73e2d6bc24d8a068"},
    ),
    LoadBalancerAlarms.cold_start_storm: (
        {"success_rate": child("one"), "latency": child("two"), "cold_starts": COLD},
        {
            "success_rate": child("three"),
            "latency": child("four"),
            "cold_starts": A / B,
            "requests": B,
            "floor": also(count(7), requests=B),
        },
    ),
    CertificateAlarms.expiry: (
        {"name": "www", "certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/1"},
        {"name": "other", "certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/2"},
    ),
    CertificateAlarms.client_tls_errors: OF_BALANCER,
    CertificateAlarms.target_tls_errors: OF_BALANCER,
}
"""By alarm, its arguments and other values for some, where neither its defaults nor samples of their types will do."""


def alarm(make: Any, target: Any) -> Entry:
    """Describe an alarm of a pack; what it needs is a sample by type, unless `GIVEN` has it."""
    base, changes = GIVEN.get(target, ({}, {}))
    for name, parameter in parameters(target).items():
        if parameter.default is REQUIRED and name not in base:
            base = {**base, name: sample(name, parameter.hint)}
            other = sample(f"other_{name}", parameter.hint)
            changes = changes if isinstance(other, Quantity) else {name: other, **changes}
    return method(target, make, base, changes=changes)


ALARMS: list[Entry] = [
    alarm(make, target)
    for kind, make in {
        NatAlarms: nat,
        ArchivalSuccess: archival,
        LogArchiveAlarms: archive,
        EgressAlarms: egress,
        ManagedPrometheusAlarms: managed,
        OpenSearchAlarms: search,
        KubernetesApiAlarms: api,
        LoadBalancerAlarms: serving,
        HandoffAlarms: handoff,
        CertificateAlarms: certificates,
        DnsAlarms: dns,
        AlarmsOnAlarms: meta,
    }.items()
    for target in alarms_of(kind).values()
]

VALUES: list[Entry] = [
    value(
        Response,
        answered,
        {"runbook": RUNBOOK},
        changes={
            "runbook": f"{RUNBOOK}/other",
            "critical": [PAGER],
            "warning": [CHAT],
            "names": Late(lambda stack: {f"{stack.node.id}-it-heartbeat-y": "legacy"}),
        },
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
