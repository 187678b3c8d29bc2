"""A program of a user, for `test_types`: what is right, and mistakes (`# wrong`) that a type checker finds."""

# ruff: noqa: E402

from __future__ import annotations

from typing import TYPE_CHECKING

import northsouth.bindings

northsouth.bindings.install()

from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider

from northsouth.alerts import Alarm, Response
from northsouth.alerts.packs import LoadBalancerAlarms, LogArchiveAlarms, NatAlarms
from northsouth.alerts.prometheus.packs import HostRules
from northsouth.dns import DnsOverrides, Override, OverrideSet
from northsouth.egress import NatGateways, NatMode, Network
from northsouth.logs import Transition
from northsouth.metrics import Metric
from northsouth.metrics.units import count

RUNBOOK = "https://runbooks.example.com"

app = App()
stack = TerraformStack(app, "edge")
AwsProvider(stack, "aws", region="us-east-1")
network = Network(stack, "network", cidr="10.0.0.0/16", zones=["us-east-1a"])
nat = NatGateways(stack, "nat", network=network, mode=NatMode.per_az())
errors = Metric(namespace="App", name="Errors", statistic="Sum", unit="Count", dimensions={"Service": "web"})
Alarm(
    stack,
    "errors",
    when=errors > count(5),
    missing="notBreaching",
    severity="critical",
    summary="The service fails",
    because="users see errors",
    runbook=RUNBOOK,
)
respond = Response.notify(RUNBOOK, "arn:aws:sns:us-east-1:123456789012:alerts")
gateways = NatAlarms(stack, "nat-alarms", gateways=nat, respond=respond)
gateways.throughput("2 Gbit/s", severity="warning")
gateways.dropped_packets("0.1 %", floor=1000)
balancer = LoadBalancerAlarms(stack, "balancer", load_balancer="app/web/50dc6c495c0c9188", respond=respond)
balancer.latency("2 s", statistic="p99", low_samples="adapt")
balancer.success_rate("99 %", floor=50, failures="3")
LogArchiveAlarms(stack, "archive", archive="logs", source="alb", run="catch-up", respond=respond)
HostRules(runbook=RUNBOOK, cpu_over="95 %", network_capacity="10 Gbit/s")
trusted = Override("hub.internal.example.com", redirection="TRUST_REDIRECTION_DOMAIN")
DnsOverrides(
    stack,
    "dns",
    vpcs={"main": network.ids.vpc_id},
    overrides=[OverrideSet("hub", 300, {"hub.example.com": trusted})],
    numbering="declared",
)
Transition("GLACIER_IR", 30)

if TYPE_CHECKING:
    Alarm(
        stack,
        "wrong",
        when=errors > count(5),
        missing="not_breaching",  # wrong
        severity="page",  # wrong
        summary="",
        because="",
        runbook=RUNBOOK,
    )
    gateways.throughput(2)  # wrong
    gateways.throughput("2 Gbit/s", severity="high")  # wrong
    balancer.latency("2 s", low_samples="keep")  # wrong
    LogArchiveAlarms(stack, "other", archive="logs", source="alb", run="second", respond=respond)  # wrong
    Override("hub.internal", redirection="TRUST")  # wrong
    Transition("GLACIER_DEEP", 30)  # wrong

app.synth()
