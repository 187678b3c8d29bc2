"""Metrics that do not exist, statistics that say nothing, and metrics of another Region or account."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf import TerraformStack

from northsouth.alerts.replay import read_alarms
from northsouth.alerts.routes import NotificationRoutes, Routes, Secret, SlackWebhook
from northsouth.egress.metrics import ENDPOINT_METRICS, NAT_METRICS, endpoint_metric, nat_metric
from northsouth.metrics import Metric
from northsouth.metrics.catalogue import known_names, metric_problems, region_problems
from northsouth.metrics.render import render
from northsouth.metrics.reporting import dimension_sets, interval
from northsouth.metrics.rules import condition_problems
from northsouth.metrics.units import count
from northsouth.template import parse
from tests.alerts.packs.example import RUNBOOK, everything
from tests.harness.synth import synth


def metric(namespace: str, name: str, statistic: str = "Sum", unit: str = "Count", **more: Any) -> Metric:
    return Metric(namespace=namespace, name=name, statistic=statistic, unit=unit, **more)


@pytest.mark.parametrize(
    ("namespace", "wrong", "right"),
    [
        ("AWS/States", "ExecutionsFailedCount", "ExecutionsFailed"),
        ("AWS/States", "ExecutionsThrottled", "ExecutionThrottled"),
        ("AWS/ApplicationELB", "HTTPCode_Target_5xx_Count", "HTTPCode_Target_5XX_Count"),
        ("AWS/ApplicationELB", "UnhealthyHostCount", "UnHealthyHostCount"),
        ("AWS/ApplicationELB", "RequestCounts", "RequestCount"),
        ("AWS/NATGateway", "ErrorPortAllocations", "ErrorPortAllocation"),
        ("AWS/SQS", "ApproximateNumberOfMessageVisible", "ApproximateNumberOfMessagesVisible"),
        ("AWS/SNS", "NumberOfNotificationFailed", "NumberOfNotificationsFailed"),
        ("AWS/Events", "FailedInvocation", "FailedInvocations"),
        ("AWS/Billing", "EstimatedCharge", "EstimatedCharges"),
        ("AWS/EKS", "apiserver_request_total_5xx", "apiserver_request_total_5XX"),
        ("AWS/EKS", "apiserver_requests_total", "apiserver_request_total"),
        ("ContainerInsights", "cluster_nodes_count", "cluster_node_count"),
        ("AWS/Prometheus", "RuleEvaluationsFailed", "RuleEvaluationFailures"),
        ("AWS/Prometheus", "AlertManagerNotificationFailed", "AlertManagerNotificationsFailed"),
        ("AWS/Usage", "ResourceCounts", "ResourceCount"),
        ("AWS/EventBridge/Pipes", "ExecutionsFailed", "ExecutionFailed"),
        ("AWS/Route53Resolver", "EndpointUnHealthyENICount", "EndpointUnhealthyENICount"),
        ("AWS/Route53Resolver", "VPCFirewallQueryVolume", "VpcFirewallQueryVolume"),
        ("AWS/PrivateLinkEndpoints", "PacketDropped", "PacketsDropped"),
    ],
)
def test_a_metric_that_does_not_exist_is_refused_with_the_closest(namespace: str, wrong: str, right: str) -> None:
    (problem,) = [each for each in metric_problems(metric(namespace, wrong)) if each.where == "name"]
    assert problem.fix == f"Did you mean {right!r}?"
    assert [each for each in metric_problems(metric(namespace, right)) if each.where == "name"] == []


@pytest.mark.parametrize("name", ["pod_gpu_utilization", "node_neuroncore_limit", "apiserver_request_total_5xx"])
def test_a_name_of_a_kind_that_is_not_listed_passes(name: str) -> None:
    assert list(metric_problems(metric("ContainerInsights", name))) == []


@pytest.mark.parametrize("name", ["SomethingOfNextYear", "${aws_x.y.z}"])
def test_a_name_that_is_like_none_passes(name: str) -> None:
    assert list(metric_problems(metric("AWS/States", name))) == []
    assert list(metric_problems(metric("Own", "ExecutionsFailedCount"))) == []


@pytest.mark.parametrize(
    ("namespace", "name", "statistic", "advice"),
    [
        ("AWS/ApplicationELB", "HealthyHostCount", "Sum", "Take Maximum, Minimum or Average."),
        ("AWS/ApplicationELB", "HealthyHostCount", "Minimum", None),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Sum", "Take Maximum, Minimum or Average."),
        ("AWS/CertificateManager", "DaysToExpiry", "Sum", "Take Maximum, Minimum or Average."),
        ("AWS/ApplicationELB", "RequestCount", "Average", "Take 'Sum'."),
        ("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", "p99", "Take 'Sum'."),
        ("AWS/ApplicationELB", "RequestCount", "SampleCount", None),
        ("AWS/States", "ExecutionsFailed", "Maximum", "Take 'Sum'."),
        ("AWS/NATGateway", "BytesInFromSource", "Average", None),
        ("AWS/EKS", "apiserver_request_total", "Average", "Take 'Sum'."),
        ("AWS/EKS", "apiserver_request_duration_seconds_GET_P99", "Sum", "Take Maximum, Minimum or Average."),
        ("AWS/EKS", "scheduler_pending_pods", "Sum", None),
        ("ContainerInsights", "cluster_node_count", "Sum", "Take Maximum, Minimum or Average."),
        ("ContainerInsights", "cluster_node_count", "SampleCount", None),
        ("AWS/Usage", "ResourceCount", "Sum", "Take Maximum, Minimum or Average."),
        ("AWS/Prometheus", "RuleEvaluations", "Average", None),
        ("AWS/EventBridge/Pipes", "Duration", "Sum", "Take Maximum, Minimum or Average."),
        ("AWS/Route53Resolver", "InboundQueryVolume", "Average", "Take 'Sum'."),
        ("AWS/States", "ExecutionsFailed", "${x}", None),
    ],
)
def test_a_statistic_that_says_nothing_is_refused(
    namespace: str, name: str, statistic: str, advice: str | None
) -> None:
    problems = [each.fix for each in metric_problems(metric(namespace, name, statistic)) if each.where == "statistic"]
    assert problems == ([advice] if advice else [])


@pytest.mark.parametrize(
    ("namespace", "name", "unit", "right"),
    [
        ("AWS/ApplicationELB", "TargetResponseTime", "Milliseconds", "Seconds"),
        ("AWS/ApplicationELB", "RequestCount", "None", "Count"),
        ("AWS/NATGateway", "BytesInFromSource", "Kilobytes", "Bytes"),
        ("AWS/States", "ExecutionTime", "Seconds", "Milliseconds"),
        ("AWS/EventBridge/Pipes", "Duration", "Seconds", "Milliseconds"),
        ("AWS/Prometheus", "RuleGroupLastEvaluationDuration", "Milliseconds", "Seconds"),
        ("AWS/Route53Resolver", "P90ResponseTime", "Milliseconds", "Microseconds"),
    ],
)
def test_a_unit_that_is_not_the_published_one_is_refused(namespace: str, name: str, unit: str, right: str) -> None:
    (problem,) = [each for each in metric_problems(metric(namespace, name, "Sum", unit)) if each.where == "unit"]
    assert problem.fix == f"Write unit={right!r}."


def test_billing_is_judged_in_its_own_region_only() -> None:
    charges = metric("AWS/Billing", "EstimatedCharges", "Maximum", "None", dimensions={"Currency": "USD"})
    (problem,) = region_problems(charges, "eu-west-1")
    assert (problem.where, problem.fix) == ("provider", "Give the alarm a provider= of us-east-1.")
    assert not list(region_problems(charges, "us-east-1"))
    assert not list(region_problems(charges, ""))
    assert not list(region_problems(metric("AWS/States", "ExecutionsFailed"), "eu-west-1"))


def stack(stack: TerraformStack) -> None:
    """Declare every alarm of every pack, and what the routes of messages watch by themselves."""
    everything(stack)
    routes = Routes.by_severity(critical=[SlackWebhook(name="slack", secret=Secret.variable("slack"))])
    NotificationRoutes(stack, "routes", routes=routes, name="test", runbook=RUNBOOK)


OPEN_DIMENSIONS = {
    "AWS/States": "versions and aliases of a state machine have sets of their own, which its page does not list",
    "AWS/Events": "its page lists a column of dimensions for each metric, not the sets",
    "AWS/Prometheus": "its page lists the dimensions of a few metrics only",
}
"""Services whose sets of dimensions are not judged, with the reason."""


def test_all_metrics_of_the_library_are_in_the_catalogue() -> None:
    """What a pack reads of AWS is listed, with its dimensions; its declaration judges statistic and unit."""
    for name in NAT_METRICS:
        assert list(metric_problems(nat_metric(name, "nat-1"))) == []
    for name in ENDPOINT_METRICS:
        used = endpoint_metric(name, endpoint_id="vpce-1", vpc_id="vpc-1", service_name="com.amazonaws.us-east-1.sts")
        assert list(metric_problems(used)) == []
    read = {
        stat.metric
        for each in read_alarms(parse(synth(stack))).metric.values()
        for stat in each.stats
        if stat.metric.namespace.startswith("AWS/")
    }
    assert {each.namespace for each in read} >= {"AWS/EKS", "AWS/Prometheus", "AWS/Usage", "AWS/Route53Resolver"}
    missing = sorted({(each.namespace, each.name) for each in read if each.name not in known_names(each.namespace)})
    assert missing == [], "add these to northsouth.metrics.catalogue"
    unjudged = sorted({each.namespace for each in read if not dimension_sets(metric(each.namespace, each.name))})
    assert unjudged == sorted(OPEN_DIMENSIONS.keys() & {each.namespace for each in read})


def test_a_metric_of_another_account_has_a_query_of_its_own() -> None:
    there = metric("Own", "Errors", account_id="210987654321")
    rendered = render((there > count(5)).for_datapoints(1))
    assert rendered.metric is None
    assert [query.expression for query in rendered.queries] == ["", "errors"]
    assert rendered.queries[0].metric == there
    assert not list(condition_problems((there > count(5)).for_datapoints(1)))
    (problem,) = condition_problems((metric("Own", "Errors", account_id="21-0") > count(5)).for_datapoints(1))
    assert "twelve digits" in problem.allowed


def test_detailed_metrics_of_a_resolver_come_every_minute() -> None:
    assert interval(metric("AWS/Route53Resolver", "FirewallRuleGroupQueryVolume")) == 300
    assert interval(metric("AWS/Route53Resolver", "TimeoutQueries")) == 60
