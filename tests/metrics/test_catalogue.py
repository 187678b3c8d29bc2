"""Metrics that do not exist, statistics that say nothing, and metrics of another Region or account."""

from __future__ import annotations

from typing import Any

import pytest

from northsouth.egress.metrics import NAT_METRICS, nat_metric
from northsouth.metrics import Metric
from northsouth.metrics.catalogue import metric_problems, region_problems
from northsouth.metrics.render import render
from northsouth.metrics.rules import condition_problems
from northsouth.metrics.units import count
from tests.alerts.packs.example import everything
from tests.harness.synth import resources, synth


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
    ],
)
def test_a_metric_that_does_not_exist_is_refused_with_the_closest(namespace: str, wrong: str, right: str) -> None:
    (problem,) = [each for each in metric_problems(metric(namespace, wrong)) if each.where == "name"]
    assert problem.fix == f"Did you mean {right!r}?"
    assert [each for each in metric_problems(metric(namespace, right)) if each.where == "name"] == []


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


def test_all_metrics_of_the_library_are_in_the_catalogue() -> None:
    for name in NAT_METRICS:
        assert list(metric_problems(nat_metric(name, "nat-1"))) == []
    # The packs are refused if theirs are not.
    assert resources(synth(everything), "aws_cloudwatch_metric_alarm")


def test_a_metric_of_another_account_has_a_query_of_its_own() -> None:
    there = metric("Own", "Errors", account_id="210987654321")
    rendered = render((there > count(5)).for_datapoints(1))
    assert rendered.metric is None
    assert [query.expression for query in rendered.queries] == ["", "errors"]
    assert rendered.queries[0].metric == there
    assert not list(condition_problems((there > count(5)).for_datapoints(1)))
    (problem,) = condition_problems((metric("Own", "Errors", account_id="21-0") > count(5)).for_datapoints(1))
    assert "twelve digits" in problem.allowed
