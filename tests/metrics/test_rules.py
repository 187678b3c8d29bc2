from __future__ import annotations

from dataclasses import replace

import pytest

from northsouth.errors import ConfigurationError
from northsouth.metrics import (
    DIFF,
    EQUAL,
    FILL,
    MAX,
    RATE,
    SUM,
    Condition,
    Metric,
    Truth,
    call,
)
from northsouth.metrics.rules import (
    UNRELIABLE,
    condition_problems,
    expression_length,
    is_percentile,
    is_statistic,
)
from northsouth.metrics.units import count_per_second


def metric(name: str, unit: str = "Count", *, statistic: str = "Sum", period: int = 300, **dimensions: str) -> Metric:
    return Metric(namespace="Test", name=name, statistic=statistic, unit=unit, dimensions=dimensions, period=period)


A, B = metric("A"), metric("B")
LONG = MAX(*(metric(f"M{n}" * 110) for n in range(10)))


def aws(namespace: str, name: str, *, period: int = 300, **dimensions: str) -> Metric:
    return Metric(
        namespace=f"AWS/{namespace}", name=name, statistic="Sum", unit="Count", dimensions=dimensions, period=period
    )


def account(account_id: str) -> Metric:
    return replace(A, account_id=account_id)


@pytest.mark.parametrize(
    "condition",
    [
        (A > 5).for_datapoints(3, of=4),
        (A / B < 0.98).for_datapoints(1),
        (A.with_period(86400) > 1).for_datapoints(7),
        (A.with_period(3600) > 1).for_datapoints(168),
        (A.with_period(60) > 1).for_datapoints(1440),
        *((A.with_period(seconds) > 1).for_datapoints(3) for seconds in (10, 20, 30, 60)),
        (aws("NATGateway", "X", NatGatewayId="nat-1", period=60) > 1).for_datapoints(1),
        (aws("Route53Resolver", "X", period=300) > 1).for_datapoints(1),
        (metric("A", Id="x" * 1024, Zone="${var.zone}", Empty="x") > 1).for_datapoints(1),
        (metric("A", **{f"d{n}": "x" for n in range(30)}) > 1).for_datapoints(1),
        (metric("x" * 255) > 1).for_datapoints(1),
        (metric("${var.name}" + "x" * 255) > 1).for_datapoints(1),
        *((account(each) > 1).for_datapoints(1) for each in ("", "123456789012", "${var.account}")),
        (A / call("PERIOD", A) > 1).for_datapoints(1),
        (DIFF(A) > 1).for_datapoints(2, of=3),
        (FILL(A, 0) > 1).for_datapoints(2, of=3),
        (SUM(*(metric(f"M{n}") for n in range(10))) > 1).for_datapoints(1),
        (MAX(A, B) > 1).for_datapoints(1),
        EQUAL(A, 1).for_datapoints(1),
        (A.with_statistic("TM(10%:90%)") > 1).for_datapoints(1),
        (aws("NATGateway", "ErrorPortAllocation", NatGatewayId="nat-1") > 0).for_datapoints(15),
        (aws("NATGateway", "ErrorPortAllocation", NatGatewayId="nat-1", AvailabilityZone="a") > 0).for_datapoints(1),
        (aws("NATGateway", "ErrorPortAllocation", NatGatewayId="${aws_nat_gateway.a.id}") > 0).for_datapoints(1),
        (aws("ApplicationELB", "RequestCount", LoadBalancer="app/x/1") < 1).for_datapoints(1),
    ],
)
def test_good_conditions_pass(condition: Condition) -> None:
    assert list(condition_problems(condition)) == []


@pytest.mark.parametrize(
    ("condition", "where", "words"),
    [
        # M of N and the window
        ((A > 1).for_datapoints(4, of=3), "when.datapoints", "DatapointsToAlarm is at most EvaluationPeriods"),
        ((A > 1).for_datapoints(0, of=3), "when.datapoints", "counted from 1"),
        (Condition(A > 1, 0, 0), "when.datapoints", "0 of 0; data points are counted from 1"),
        ((A > 1).for_datapoints(-1), "when.datapoints", "counted from 1"),
        ((A > 1).for_datapoints(289), "when.datapoints", "at most 1 day long"),
        ((A.with_period(86400) > 1).for_datapoints(8), "when.datapoints", "at most 7 days long"),
        ((A.with_period(3600) > 1).for_datapoints(169), "when.datapoints", "168 data points at most"),
        # periods
        ((A / B.with_period(60) > 1).for_datapoints(1), "when.period", "all metrics of an alarm have one period"),
        ((A.with_period(45) > 1).for_datapoints(1), "when.A.period", "multiple of 60 s"),
        ((A.with_period(90) > 1).for_datapoints(1), "when.A.period", "multiple of 60 s"),
        ((A.with_period(0) > 1).for_datapoints(1), "when.A.period", "multiple of 60 s"),
        (
            (aws("NATGateway", "X", NatGatewayId="nat-1", period=10) > 1).for_datapoints(1),
            "when.X.period",
            "stored by the minute",
        ),
        (
            (aws("Route53Resolver", "X", period=60) > 1).for_datapoints(1),
            "when.X.period",
            "published every 5 min",
        ),
        (
            (aws("CertificateManager", "X", CertificateArn="arn:x", period=3600) > 1).for_datapoints(1),
            "when.X.period",
            "published every 12 h",
        ),
        # metrics
        ((SUM(*(metric(f"M{n}") for n in range(11))) > 1).for_datapoints(1), "when", "at most 10"),
        ((metric("") > 1).for_datapoints(1), "when.metric.name", "1 to 255 ASCII"),
        ((metric("x" * 256) > 1).for_datapoints(1), f"when.{'x' * 256}.name", "1 to 255 ASCII"),
        ((metric("A", statistic="sum") > 1).for_datapoints(1), "when.A.statistic", "statistics are Sum"),
        ((metric("A", statistic="p101") > 1).for_datapoints(1), "when.A.statistic", "p99"),
        ((metric("A", statistic="P99") > 1).for_datapoints(1), "when.A.statistic", "p99"),
        (
            (metric("A", **{f"d{n}": "x" for n in range(31)}) > 1).for_datapoints(1),
            "when.A.dimensions",
            "at most 30 dimensions",
        ),
        ((metric("A", Id="") > 1).for_datapoints(1), "when.A.dimensions.Id", "1 to 1024"),
        ((metric("A", Id="x" * 1025) > 1).for_datapoints(1), "when.A.dimensions.Id", "1 to 1024"),
        ((metric("A", Zone="${var.zone}", Id="") > 1).for_datapoints(1), "when.A.dimensions.Id", "1 to 1024"),
        ((metric("é") > 1).for_datapoints(1), "when.é.name", "got 'é'; a name is 1 to 255 ASCII characters"),
        ((aws("x" * 252, "A") > 1).for_datapoints(1), "when.A.namespace", "a namespace is 1 to 255 ASCII characters"),
        ((account("1234") > 1).for_datapoints(1), "when.A.account_id", "got '1234'; an account's id is twelve digits"),
        ((account("1234567890123") > 1).for_datapoints(1), "when.A.account_id", "twelve digits"),
        # dimensions nobody publishes under
        ((aws("NATGateway", "X") > 1).for_datapoints(1), "when.X.dimensions", "got none; CloudWatch matches"),
        ((aws("NATGateway", "X", Z="z", Y="y") > 1).for_datapoints(1), "when.X.dimensions", "got Z+Y"),
        (
            (aws("NATGateway", "X") > 1).for_datapoints(1),
            "when.X.dimensions",
            "AWS/NATGateway is published by NatGatewayId or AvailabilityZone+NatGatewayId",
        ),
        (
            (aws("NATGateway", "X", NatGatewayId="nat-1", VpcId="vpc-1") > 1).for_datapoints(1),
            "when.X.dimensions",
            "matches dimensions exactly",
        ),
        (
            (aws("NATGateway", "X", NatGatewayId="eipalloc-1") > 1).for_datapoints(1),
            "when.X.dimensions.NatGatewayId",
            "begins with nat-",
        ),
        (
            (aws("ApplicationELB", "X", LoadBalancer="arn:aws:elb:x:app/x/1") > 1).for_datapoints(1),
            "when.X.dimensions.LoadBalancer",
            "arn_suffix",
        ),
        # functions
        ((DIFF(A) > 1).for_datapoints(3), "when.datapoints", "stays in one state for ever"),
        ((FILL(A, "REPEAT") > 1).for_datapoints(2), "when.datapoints", "for_datapoints(2, of=3)"),
        ((FILL(A, 0) > 1).for_datapoints(1), "when.datapoints", "for_datapoints(1, of=2)"),
        ((call("SUM", A) > 1).for_datapoints(1), "when", "over a single series it returns one number"),
        ((call("SUM", A, B) > 1).for_datapoints(1), "when", "SUM(…) over one series"),
        ((A / call("PERIOD", A, B) > 1).for_datapoints(1), "when", "only a metric has a period"),
        ((call("AVG", A) > 1).for_datapoints(1), "when", "Give AVG several series"),
        ((RATE(A) > count_per_second(1)).for_datapoints(2), "when.datapoints", "with RATE"),
        ((A / call("PERIOD", A + B) > 1).for_datapoints(1), "when", "only a metric has a period"),
        ((LONG + LONG > 1).for_datapoints(1), "when", "at most 1024"),
    ],
)
def test_bad_conditions_are_reported(condition: Condition, where: str, words: str) -> None:
    (problem,) = condition_problems(condition)
    assert problem.where == where
    assert words in str(problem)


@pytest.mark.parametrize("function", sorted(UNRELIABLE))
def test_functions_that_depend_on_what_was_fetched(function: str) -> None:
    (problem,) = condition_problems((call(function, A) > 1).for_datapoints(1))
    assert problem.where == "when"
    assert UNRELIABLE[function] in str(problem)


@pytest.mark.parametrize(
    ("condition", "source"),
    [
        ((A > 1).for_datapoints(289), "API_PutMetricAlarm, Period"),
        ((A / B.with_period(60) > 1).for_datapoints(1), "using-metric-math"),
        ((SUM(*(metric(f"M{n}") for n in range(11))) > 1).for_datapoints(1), "alarm-limits"),
        ((LONG + LONG > 1).for_datapoints(1), "aws_cloudwatch_metric_alarm, expression"),
        ((call("SORT", A) > 1).for_datapoints(1), "using-metric-math"),
        ((call("SUM", A) > 1).for_datapoints(1), "using-metric-math"),
        ((DIFF(A) > 1).for_datapoints(3), "using-metric-math"),
    ],
)
def test_a_rule_names_its_page(condition: Condition, source: str) -> None:
    assert [problem.source for problem in condition_problems(condition)] == [source]


@pytest.mark.parametrize(
    ("condition", "fix"),
    [
        ((A.with_period(45) > 1).for_datapoints(1), "Take 60, 300 or 3600."),
        ((aws("NATGateway", "X", NatGatewayId="nat-1", period=30) > 1).for_datapoints(1), "Take 60 or more."),
        ((aws("Route53Resolver", "X", period=60) > 1).for_datapoints(1), "Take 300 or more."),
        ((metric("") > 1).for_datapoints(1), "Copy it from the CloudWatch console."),
        ((metric("A", statistic="sum") > 1).for_datapoints(1), "See CloudWatch-Statistics for the syntax."),
        ((metric("A", **{f"d{n}": "x" for n in range(31)}) > 1).for_datapoints(1), "Publish it with fewer."),
        ((metric("A", Id="") > 1).for_datapoints(1), "Give the value it is published with."),
        ((aws("NATGateway", "X") > 1).for_datapoints(1), "Give one of these sets."),
        (
            (aws("NATGateway", "X", NatGatewayId="eipalloc-1") > 1).for_datapoints(1),
            "Give the resource's id or ARN.",
        ),
        (
            (aws("ApplicationELB", "X", LoadBalancer="arn:aws:elb:x:app/x/1") > 1).for_datapoints(1),
            "Give the resource's arn_suffix.",
        ),
        ((call("RUNNING_SUM", A) > 1).for_datapoints(1), "Take a longer period with the statistic Sum."),
        ((call("SEARCH", A) > 1).for_datapoints(1), "Name each metric."),
        ((call("METRICS", A) > 1).for_datapoints(1), "Say SUM(a, b, c)."),
        ((call("SORT", A) > 1).for_datapoints(1), "Say it with comparisons, IF and SUM over named series."),
        ((A > 1).for_datapoints(289), "Look at 288 data points at most, or take a longer period."),
        ((DIFF(A) > 1).for_datapoints(3), "Ask for fewer than are looked at: for_datapoints(3, of=4)."),
    ],
)
def test_a_rule_says_what_to_do(condition: Condition, fix: str) -> None:
    assert [problem.fix for problem in condition_problems(condition)] == [fix]


def test_what_is_not_a_condition() -> None:
    with pytest.raises(ConfigurationError, match="truth: got a value of Binary; it is a Truth"):
        Condition(A + B)  # type: ignore[arg-type]


def test_a_condition_without_metrics() -> None:
    class Never(Truth):
        pass

    problems = list(condition_problems(Condition(Never())))
    assert [(problem.where, problem.given) for problem in problems] == [("when", "no metric"), ("when", "Never")]
    assert "Never" in problems[1].allowed


@pytest.mark.parametrize(
    ("metric", "place", "given"),
    [
        (metric("A", statistic="sum"), "A.statistic", "'sum'"),
        (metric("A", Id=""), "A.dimensions.Id", "''"),
        (aws("NATGateway", "X", NatGatewayId="eipalloc-1"), "X.dimensions.NatGatewayId", "'eipalloc-1'"),
        (aws("ApplicationELB", "RequestCounts", LoadBalancer="app/x/1"), "RequestCounts.name", "'RequestCounts'"),
        (
            replace(aws("ApplicationELB", "RequestCounts", LoadBalancer="app/x/1"), label="requests"),
            "requests.name",
            "'RequestCounts'",
        ),
    ],
)
def test_a_problem_of_a_metric_says_what_was_given(metric: Metric, place: str, given: str) -> None:
    (problem,) = condition_problems(Condition(metric > 1))
    assert (problem.where, problem.given) == (f"when.{place}", given)


@pytest.mark.parametrize(("length", "problems"), [(1024, 0), (1025, 1)])
def test_an_expression_is_as_long_as_it_may_be(length: int, problems: int) -> None:
    def condition(more: int) -> Condition:
        return Condition(MAX(*(metric(f"m{n}" * 80) for n in range(6)), metric("a" * more)) > 1)

    exact = condition(1 + length - expression_length(condition(1)))
    assert expression_length(exact) == length
    assert len([each for each in condition_problems(exact) if each.where == "when"]) == problems


def test_a_metric_that_is_judged_as_it_is_has_no_expression() -> None:
    assert expression_length(Condition(A > 1)) == 0


@pytest.mark.parametrize(
    ("text", "known", "percentile"),
    [
        ("Sum", True, False),
        ("SampleCount", True, False),
        ("IQM", True, False),
        ("p99", True, True),
        ("p0.1", True, True),
        ("p100", True, True),
        ("tm99.999", True, True),
        ("TM(2%:98%)", True, True),
        ("PR(:300)", True, True),
        ("WM(150:1000)", True, True),
        ("p99.", False, False),
        ("p1000", False, False),
        ("average", False, False),
        ("${var.statistic}", True, True),
    ],
)
def test_statistics(text: str, known: bool, percentile: bool) -> None:
    assert (is_statistic(text), is_percentile(text)) == (known, percentile)
