"""Every pack with every alarm, in one stack; what the tests look at and what is deployed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any, get_args, get_origin

from cdktf import TerraformStack

from northsouth.alerts import Metric, Response
from northsouth.alerts.packs import (
    AlarmsOnAlarms,
    ArchivalSuccess,
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
from northsouth.alerts.packs.pack import Pack
from northsouth.alerts.tables import REQUIRED, parameters
from northsouth.dns.metrics import rule_group_volume
from northsouth.metrics import Expression
from northsouth.metrics.units import count, usd_per_day

PAGER = "arn:aws:sns:us-east-1:123456789012:pager"
CHAT = "arn:aws:sns:us-east-1:123456789012:chat"
RUNBOOK = "https://wiki.example.com/edge"
RESPOND = Response(RUNBOOK, critical=[PAGER], warning=[CHAT])
BALANCER = "app/web/50dc6c495c0c9188"


def custom(name: str, *, statistic: str = "Sum", **dimensions: str) -> Metric:
    return Metric(namespace="Custom", name=name, statistic=statistic, unit="Count", dimensions=dimensions)


def alarms_of(kind: type[Pack]) -> dict[str, Callable[..., Any]]:
    """Return the methods of a pack that declare an alarm, by name."""
    return {name: value for name, value in vars(kind).items() if inspect.isfunction(value) and not name.startswith("_")}


def sample(name: str, hint: Any) -> Any:
    """Return what a test gives for an argument without a default."""
    if hint in (Metric, Expression):
        return custom(name.title().replace("_", ""))
    return get_args(hint)[1] if get_origin(hint) is Annotated else name


def declare_all(pack: Any, arguments: Mapping[str, Mapping[str, Any]] | None = None) -> None:
    """Declare every alarm of a pack.

    Args:
        pack: the pack.
        arguments: by method, what is given instead of defaults and samples; a function is called when it is needed.

    """
    for name, function in alarms_of(type(pack)).items():
        needed = {key: sample(key, each.hint) for key, each in parameters(function).items() if each.default is REQUIRED}
        given = {**needed, **(arguments or {}).get(name, {})}
        getattr(pack, name)(**{key: value() if callable(value) else value for key, value in given.items()})


def everything(stack: TerraformStack, log_group: str = "router") -> None:
    nat(stack, "nat", 3)
    nat(stack, "fleet", 11)
    archival(stack)
    search(stack)
    kubernetes(stack)
    serving(stack)
    handoff(stack, log_group)
    others(stack)


def nat(stack: TerraformStack, id: str, gateways: int) -> None:
    ids = {f"zone-{number:02}": f"nat-{number:017}" for number in range(gateways)}
    alarms = NatAlarms(stack, id, gateways=ExistingGateways(ids), respond=RESPOND)
    declare_all(alarms, {"daily_budget": {"budget": usd_per_day(150, price_per_gb=0.045)}})


def archival(stack: TerraformStack) -> None:
    requests = Metric(
        namespace="AWS/ApplicationELB",
        name="RequestCount",
        statistic="Sum",
        unit="Count",
        dimensions={"LoadBalancer": BALANCER},
    )
    declare_all(ArchivalSuccess(stack, "archival", archived=custom("Archived"), requests=requests, respond=RESPOND))
    own = LogArchiveAlarms(stack, "archive", archive="edge", source="alb", respond=RESPOND)
    declare_all(EgressAlarms(stack, "egress", analysis="egress", respond=RESPOND), {"traffic": {"name": "s3"}})
    declare_all(own, {"failed_runs": {"state_machine_arn": "arn:aws:states:us-east-1:123456789012:stateMachine:edge"}})


def search(stack: TerraformStack) -> None:
    alarms = OpenSearchAlarms(stack, "search", domain="logs", account="123456789012", respond=RESPOND)
    declare_all(alarms, {"nodes_missing": {"expected": 6}})


def kubernetes(stack: TerraformStack) -> None:
    declare_all(KubernetesApiAlarms(stack, "api", cluster="prod", respond=RESPOND))
    SilentClusters(stack, "clusters", heartbeats={c: custom("Up", cluster=c) for c in ("a", "b")}, respond=RESPOND)
    SilentClusters(stack, "only", heartbeats={"c": custom("Up", cluster="c")}, respond=RESPOND)


def serving(stack: TerraformStack) -> None:
    alarms = LoadBalancerAlarms(stack, "serving", load_balancer=BALANCER, respond=RESPOND)
    hosts = {"name": "web", "target_group": "targetgroup/web/73e2d6bc24d8a067"}
    # The storm joins two alarms of the pack that are declared before it.
    storm: Mapping[str, Any] = {
        "success_rate": lambda: alarms.alarms["success-rate"],
        "latency": lambda: alarms.alarms["latency"],
        "cold_starts": custom("ColdStarts") / custom("Invocations"),
        "requests": custom("Invocations"),
    }
    declare_all(alarms, {"unhealthy_hosts": hosts, "cold_start_storm": storm})


def handoff(stack: TerraformStack, log_group: str) -> None:
    names = {"HandoffStarted": "handoff_started", "HandoffCompleted": "handoff_completed", "HandoffFailed": "failed"}
    events = LogEvents(stack, "events", log_group=log_group, namespace="Router", events=names)
    alarms = HandoffAlarms(stack, "handoff", respond=RESPOND)
    started, completed = events.metric("HandoffStarted"), events.metric("HandoffCompleted")
    declare_all(
        alarms,
        {
            "failed": {"failures": events.metric("HandoffFailed")},
            "not_completed": {"started": started, "completed": completed},
            "missing_state": {"below": count(10)},
        },
    )


def others(stack: TerraformStack) -> None:
    balancer = {"load_balancer": BALANCER}
    declare_all(
        CertificateAlarms(stack, "certificates", respond=RESPOND),
        {
            "expiry": {"name": "www", "certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/1"},
            "client_tls_errors": balancer,
            "target_tls_errors": balancer,
        },
    )
    volume = rule_group_volume("rslvr-frg-1")
    dns = DnsAlarms(stack, "dns", respond=RESPOND)
    declare_all(
        dns, {"override_unused": {"name": "hub", "volume": volume}, "blocked": {"name": "malware", "volume": volume}}
    )
    declare_all(
        AlarmsOnAlarms(stack, "meta", respond=Response.notify(RUNBOOK, PAGER)),
        {
            "dead_letters": {"name": "chat"},
            "failed_notifications": {"name": "pager"},
            "failed_invocations": {"name": "chat"},
            "heartbeat": {"name": "ruler"},
        },
    )
    group = {"namespace": "silent-clusters", "group": "silent-clusters"}
    outside = ManagedPrometheusAlarms(stack, "prometheus", workspace_id="ws-1", respond=RESPOND)
    declare_all(outside, {"rules_stopped": group, "rules_failing": group})
