# ruff: noqa: SIM300 (a metric on the left of a comparison is not a constant)
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from northsouth.alerts import rules
from northsouth.alerts.meaning import Actions, MissingData, Severity
from northsouth.errors import Problem
from northsouth.metrics import IF, Condition, Metric
from northsouth.metrics.render import render
from northsouth.metrics.units import bytes_per_second, days, milliseconds

TOPIC = "arn:aws:sns:us-east-1:123456789012:alerts"


def aws(
    namespace: str, name: str, unit: str = "Count", *, statistic: str = "Sum", period: int = 300, **dims: str
) -> Metric:
    return Metric(
        namespace=f"AWS/{namespace}", name=name, statistic=statistic, unit=unit, dimensions=dims, period=period
    )


ELB = {"LoadBalancer": "app/x/1"}
REQUESTS = aws("ApplicationELB", "RequestCount", **ELB)
SERVER_ERRORS = aws("ApplicationELB", "HTTPCode_ELB_5XX_Count", **ELB)
TARGET_ERRORS = aws("ApplicationELB", "HTTPCode_Target_5XX_Count", **ELB)
LATENCY = aws("ApplicationELB", "TargetResponseTime", "Seconds", statistic="p99", **ELB)
EXPIRY = aws("CertificateManager", "DaysToExpiry", "Days", statistic="Minimum", period=86400, CertificateArn="arn:x")
BYTES = aws("NATGateway", "BytesOutToDestination", "Bytes", NatGatewayId="nat-1")
HEARTBEAT = Metric(namespace="Custom", name="Heartbeat", statistic="SampleCount", unit="None", period=300)
ERROR_RATIO = (SERVER_ERRORS + TARGET_ERRORS) / (REQUESTS + SERVER_ERRORS)


def report(problems: Iterable[Problem]) -> str:
    return "\n".join(str(problem) for problem in problems)


@pytest.mark.parametrize(
    ("condition", "missing", "words"),
    [
        # Reported only when not zero: no data means none.
        (SERVER_ERRORS > 5, "missing", "sit in INSUFFICIENT_DATA"),
        (SERVER_ERRORS + TARGET_ERRORS > 5, "missing", "HTTPCode_ELB_5XX_Count, HTTPCode_Target_5XX_Count"),
        (SERVER_ERRORS > 5, "notBreaching", ""),
        (SERVER_ERRORS > 5, "ignore", "stay raised when it is over"),
        (SERVER_ERRORS > 5, "breaching", "be raised whenever nothing is wrong"),
        (ERROR_RATIO > 0.05, "missing", ""),
        # Ends at the failure: no data may be the failure.
        (EXPIRY < days(30), "missing", "go quiet exactly then"),
        (EXPIRY < days(30), "notBreaching", "go quiet exactly then"),
        (EXPIRY < days(30), "breaching", ""),
        (EXPIRY < days(30), "ignore", ""),
        # A heartbeat: a publisher that stops looks healthy.
        (HEARTBEAT < 1, "notBreaching", "would look healthy"),
        (HEARTBEAT + HEARTBEAT < 1, "notBreaching", "would look healthy"),
        (BYTES.per_second() < bytes_per_second(1), "notBreaching", "would look healthy"),
        (HEARTBEAT < 1, "breaching", ""),
        (HEARTBEAT > 1, "notBreaching", ""),
        (IF(REQUESTS >= 100, 1 - ERROR_RATIO, 1) < 0.98, "notBreaching", ""),
        # One late data point is not none.
        (REQUESTS.with_period(60) < 1, "breaching", "arrives late"),
        ((REQUESTS.with_period(60) < 1).for_datapoints(2), "breaching", ""),
        (EXPIRY.with_period(43200) < days(30), "breaching", "every 12 h and arrives late"),
        (HEARTBEAT.with_period(60) < 1, "breaching", ""),
    ],
)
def test_missing_data(condition: Any, missing: str, words: str) -> None:
    whole = condition if isinstance(condition, Condition) else Condition(condition)
    found = report(rules.missing_data_problems(whole, render(whole), MissingData(missing)))
    assert words in found
    assert bool(words) == bool(found)


@pytest.mark.parametrize(
    ("condition", "low_samples", "words"),
    [
        (LATENCY > milliseconds(500), None, "decides what few samples mean"),
        (LATENCY > milliseconds(500), "ignore", ""),
        (LATENCY > milliseconds(500), "evaluate", ""),
        (LATENCY > milliseconds(500), "sometimes", "one of evaluate, ignore"),
        (REQUESTS > 5, "ignore", "for alarms on one percentile"),
        (IF(REQUESTS > 5, LATENCY, milliseconds(0)) > milliseconds(500), "ignore", "for alarms on one percentile"),
        (REQUESTS > 5, None, ""),
    ],
)
def test_few_samples(condition: Any, low_samples: str | None, words: str) -> None:
    found = report(rules.sample_problems(render(Condition(condition)), low_samples))
    assert words in found
    assert bool(words) == bool(found)


@pytest.mark.parametrize(
    ("problems", "where", "words"),
    [
        (list(rules.name_problems("")), "name", "1 to 255"),
        (list(rules.name_problems("x" * 256)), "name", "1 to 255"),
        (list(rules.name_problems('the "edge"')), "name", "quotes"),
        (list(rules.name_problems("edge\\nat")), "name", "backslashes"),
        (list(rules.name_problems("edge\nnat")), "name", "control characters"),
        (list(rules.duplicate_problems("a", {"a"})), "name", "silently overwrites"),
        (list(rules.choice_problems("severity", "page", Severity)), "severity", "critical, warning, info"),
        (list(rules.choice_problems("missing", "notbreaching", MissingData)), "missing", "notBreaching"),
        (list(rules.text_problems(summary="", because="b", runbook="https://x.y")), "summary", "woken person"),
        (list(rules.text_problems(summary="a\nb", because="b", runbook="https://x.y")), "summary", "one line"),
        (list(rules.text_problems(summary="a", because=" ", runbook="https://x.y")), "because", "woken person"),
        (list(rules.text_problems(summary="a", because="b", runbook="")), "runbook", "http(s) address"),
        (list(rules.text_problems(summary="a", because="b", runbook="https://")), "runbook", "http(s) address"),
        (list(rules.text_problems(summary="a", because="b", runbook="wiki/page")), "runbook", "http(s) address"),
        (list(rules.description_problems("x" * 1025)), "because", "Shorten summary= or because= by 1 characters"),
        (list(rules.action_problems(Actions(alarm=[TOPIC] * 6))), "actions.alarm", "at most 5"),
        (list(rules.action_problems(Actions(ok=[TOPIC, "topic"]))), "actions.ok[1]", "an action is an ARN"),
        (list(rules.action_problems(Actions(insufficient_data=["x"]))), "actions.insufficient_data[0]", "is an ARN"),
        (list(rules.action_problems(Actions.notify("x"))), "actions.alarm[0]", "is an ARN"),
    ],
)
def test_each_rule(problems: Iterable[Problem], where: str, words: str) -> None:
    (problem,) = problems
    assert problem.where == where
    assert words in str(problem)


@pytest.mark.parametrize(
    "problems",
    [
        list(rules.name_problems("${var.name}")),
        list(rules.name_problems("x" * 255)),
        list(rules.description_problems("x" * 1024)),
        list(rules.description_problems("${var.text}" + "x" * 2000)),
        list(rules.text_problems(summary="a", because="b\nc", runbook="${var.runbook}")),
        list(rules.action_problems(Actions.notify_all(TOPIC, "${aws_sns_topic.t.arn}"))),
        list(rules.duplicate_problems("a", {"b"})),
    ],
)
def test_what_passes(problems: Iterable[Problem]) -> None:
    assert report(problems) == ""


def test_a_description_is_measured_with_everything_in_it() -> None:
    def problems(reason: int) -> str:
        return report(
            rules.alarm_problems(
                Condition(REQUESTS > 5),
                name="a",
                taken=(),
                missing="notBreaching",
                severity="critical",
                summary="s",
                because="x" * reason,
                runbook="https://example.com/" + "r" * 200,
                actions=Actions(),
                low_samples=None,
            )
        )

    assert problems(600) == ""
    assert "CloudWatch keeps 1024" in problems(800)


@pytest.mark.parametrize(
    ("severity", "missing", "wheres"),
    [
        ("page", "notBreaching", ["severity"]),
        ("critical", "never", ["missing"]),
        ("page", "never", ["missing", "severity"]),
    ],
)
def test_a_wrong_choice_is_reported_and_nothing_is_made_of_it(severity: str, missing: str, wheres: list[str]) -> None:
    problems = rules.alarm_problems(
        Condition(REQUESTS > 5),
        name="a",
        taken=(),
        missing=missing,
        severity=severity,
        summary="s",
        because="b",
        runbook="https://example.com/",
        actions=Actions(),
        low_samples=None,
    )
    assert [problem.where for problem in problems] == wheres
