"""How often constructs ask Node: every question is a round trip, so none may be asked once for each of many things."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from cdktf import TerraformStack
from cdktf import Testing as CdktfTesting
from cdktf_cdktf_provider_aws.provider import AwsProvider
from jsii._kernel.providers.process import _NodeProcess

from northsouth.alerts import Alarm, Metric
from northsouth.alerts.routes import NotificationRoutes, Routes, Secret, Webhook
from northsouth.dns import DnsOverrides, Override, OverrideSet
from northsouth.egress import NatGateways, NatMode, Network

Calls = Counter[str]
FEW, MANY = 2, 5


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[Calls]:
    """The requests to Node so far, by kind."""
    counted: Calls = Counter()
    send = _NodeProcess.send

    def counting(self: _NodeProcess, request: Any, response: Any) -> Any:
        counted[type(request).__name__.removesuffix("Request")] += 1
        return send(self, request, response)

    monkeypatch.setattr(_NodeProcess, "send", counting)
    return counted


def overrides(stack: TerraformStack, count: int) -> None:
    names = {f"host{number}.example.com": "hub.internal" for number in range(count)}
    DnsOverrides(stack, "dns", vpcs={"main": "vpc-0a1b2c3d4e5f60718"}, overrides=[OverrideSet("hub", 60, names)])


def overrides_as_data(stack: TerraformStack, count: int) -> None:
    names = {f"host{number}.example.com": Override("hub.internal", q_type="A") for number in range(count)}
    names["any.example.com"] = Override("hub.internal")
    sets = [OverrideSet("hub", 60, names)]
    DnsOverrides(stack, "dns", vpcs={"main": "vpc-0a1b2c3d4e5f60718"}, overrides=sets, for_each=True)


def alarms(stack: TerraformStack, count: int, actions: Sequence[str] = ()) -> None:
    for number in range(count):
        Alarm(
            stack,
            f"alarm-{number}",
            when=Metric(namespace="App", name="Errors", statistic="Sum", unit="Count") > 0,
            missing="notBreaching",
            severity="info",
            summary="Something failed",
            because="somebody waits for it",
            runbook="https://wiki.example.com/app",
            actions=actions,
        )


def alarms_with_a_topic(stack: TerraformStack, count: int) -> None:
    alarms(stack, count, ["arn:aws:sns:us-east-1:123456789012:alerts"])


def gateways(stack: TerraformStack, count: int) -> None:
    zones = [f"us-east-1{letter}" for letter in "abcdef"[:count]]
    network = Network(stack, "network", cidr="10.0.0.0/16", zones=zones)
    nat = NatGateways(stack, "nat", network=network, mode=NatMode.per_az())
    for _ in range(count):
        nat.bytes_processed()


@pytest.mark.parametrize(
    ("build", "created", "asked"),
    [
        (overrides, 2, 1),  # a list and a rule; the list's id
        (overrides_as_data, 0, 0),  # one resource for all lists, and one for all rules
        (alarms, 2, 0),  # the construct and its alarm
        (alarms_with_a_topic, 2, 0),  # where the provider works, which the ARN has to agree with, is asked once
        (gateways, 8, 8),  # of two tiers: subnets, tables, associations; the gateway and its route; their ids, once
    ],
)
def test_what_one_more_costs(
    calls: Calls, build: Callable[[TerraformStack, int], None], created: int, asked: int
) -> None:
    costs = []
    for count in (FEW, MANY):
        stack = TerraformStack(CdktfTesting.app(), "stack")
        AwsProvider(stack, "aws", region="us-east-1")
        calls.clear()
        build(stack, count)
        costs.append((calls["Create"], sum(calls.values()) - calls["Create"]))
    one_more = [(many - few) / (MANY - FEW) for few, many in zip(*costs, strict=True)]
    assert one_more[0] <= created
    assert one_more[1] <= asked


def test_what_one_more_severity_of_a_receiver_costs(calls: Calls) -> None:
    hook = Webhook(name="hook", url="https://hooks.example.com/alarms", secret=Secret.variable("hook"))
    costs = []
    for severities in (["critical"], ["critical", "warning"]):
        stack = TerraformStack(CdktfTesting.app(), "stack")
        AwsProvider(stack, "aws", region="us-east-1")
        calls.clear()
        routes = Routes.by_severity("staging", **{severity: [hook] for severity in severities})
        NotificationRoutes(stack, "routes", routes=routes, name="edge", runbook="https://wiki.example.com/app")
        costs.append(calls["Get"])
    one, two = costs
    # The topic's ARN for its policy, the dead letters and their alarms; the topic's and the queue's for both states.
    assert two - one <= 7
