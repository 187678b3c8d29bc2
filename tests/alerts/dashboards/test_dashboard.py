"""The construct: every argument reaches the JSON, references stay references, and bad input is one report."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.nat_gateway import NatGateway
from cdktf_cdktf_provider_aws.provider import AwsProvider

from northsouth.alerts import Actions, Alarm, CompositeAlarm, Metric, any_of
from northsouth.alerts.dashboards import Dashboard, Graph
from northsouth.alerts.packs import LoadBalancerAlarms
from northsouth.alerts.response import Response
from northsouth.errors import ConfigurationError
from tests.alerts.dashboards.grafana_schema import faults
from tests.harness.synth import resources, synth

REQUESTS = Metric(namespace="Web", name="Requests", statistic="Sum", unit="Count")


def fill(stack: TerraformStack, **arguments: Any) -> Dashboard:
    gateway = NatGateway(stack, "gateway", subnet_id="subnet-0aaaaaaaaaaaaaaa1", connectivity_type="private")
    dropped = Metric(
        namespace="AWS/NATGateway",
        name="PacketsDropCount",
        statistic="Sum",
        unit="Count",
        dimensions={"NatGatewayId": gateway.id},
    )
    lost = Alarm(
        stack,
        "lost",
        when=dropped > 5,
        missing="notBreaching",
        severity="warning",
        summary="Packets are dropped",
        because="connections hang",
        runbook="https://runbooks.example.com/nat#lost",
        actions=Actions.none(),
    )
    serving = LoadBalancerAlarms(
        stack, "serving", load_balancer="app/web/50dc6c495c0c9188", respond=Response("https://runbooks.example.com/web")
    )
    serving.success_rate()
    down = CompositeAlarm(
        stack,
        "down",
        when=any_of(lost, *serving.alarms.values()),
        severity="critical",
        summary="It is down",
        because="nobody is served",
        runbook="https://runbooks.example.com/down",
    )
    given: dict[str, Any] = {
        "name": "edge",
        "region": "us-east-1",
        "alarms": {"Everything": [down], "NAT": [lost], "Serving": [serving, lost, lost]},
        "graphs": {"Serving": [Graph.of("Requests", REQUESTS)]},
    }
    return Dashboard(stack, "dashboard", **{**given, **arguments})


def test_it_shows_alarms_packs_and_graphs() -> None:
    kept: list[Dashboard] = []
    document = synth(lambda stack: kept.append(fill(stack, title="The edge")))
    (resource,) = resources(document, "aws_cloudwatch_dashboard").values()
    assert resource["dashboard_name"] == "edge"
    body = resource["dashboard_body"]
    assert '"${aws_nat_gateway.gateway.id}"' in body
    widgets = json.loads(body)["widgets"]
    states = [each["properties"]["alarms"] for each in widgets if each["type"] == "alarm"]
    assert [len(arns) for arns in states] == [1, 1, 6]
    assert all("${aws_cloudwatch_" in arn and arn.endswith(".arn}") for arns in states for arn in arns)
    titles = [each["properties"]["title"] for each in widgets if each["type"] == "metric"]
    rates = [f"serving-success-rate-{pace}" for pace in ("fast", "quiet-fast", "quiet-slow", "slow")]
    assert titles == ["lost", "lost", *rates, "Requests"]
    (dashboard,) = kept
    drawn = json.loads(dashboard.grafana)
    assert faults(drawn) == []
    assert (drawn["uid"], drawn["title"]) == ("edge", "The edge")
    regions = {target.get("region") for panel in drawn["panels"] for target in panel.get("targets", [])}
    assert regions == {"us-east-1", None}


def test_without_a_choice_it_shows_all_of_the_stack_by_what_they_belong_to() -> None:
    kept: list[Dashboard] = []
    document = synth(lambda stack: kept.append(fill(stack, alarms=None)))
    (dashboard,) = kept
    assert [section.title for section in dashboard.board.sections] == ["Alarms", "Serving", "serving"]
    shown = {alarm.name for section in dashboard.board.sections for alarm in section.alarms}
    kinds = ("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm")
    assert shown == {each["alarm_name"] for kind in kinds for each in resources(document, kind).values()}


def test_it_can_live_elsewhere() -> None:
    def build(stack: TerraformStack) -> None:
        other = AwsProvider(stack, "other", region="eu-west-1", alias="other")
        fill(stack, provider=other, region="eu-west-1")

    document = synth(build)
    (resource,) = resources(document, "aws_cloudwatch_dashboard").values()
    assert resource["provider"] == "aws.other"
    assert '"region": "eu-west-1"' in resource["dashboard_body"]


def test_what_is_wrong_is_one_report() -> None:
    with pytest.raises(ConfigurationError) as refused:
        synth(lambda stack: fill(stack, name="my edge", alarms={}, graphs={}))
    assert [problem.where for problem in refused.value.problems] == ["name", "alarms"]
    assert refused.value.subject == "Dashboard 'dashboard'"


def test_two_dashboards_of_one_name() -> None:
    def build(stack: TerraformStack) -> None:
        first = fill(stack)
        graphs = {"Web": [Graph.of("Requests", REQUESTS)]}
        Dashboard(stack, "again", name="edge", region="us-east-1", alarms={}, graphs=graphs)
        assert first.board

    with pytest.raises(ConfigurationError, match="silently replaces") as refused:
        synth(build)
    assert [problem.where for problem in refused.value.problems] == ["name"]


def test_a_graph_of_nothing() -> None:
    with pytest.raises(ConfigurationError, match="measured: got an empty list; a graph draws one metric or more"):
        Graph.of("Nothing", [])
