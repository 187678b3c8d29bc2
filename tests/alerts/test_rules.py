# ruff: noqa: SIM300 (a metric on the left of a comparison is not a constant)
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from northsouth.alerts import rules
from northsouth.alerts.composition import any_of
from northsouth.alerts.meaning import Actions, MissingData, Severity, describe
from northsouth.errors import Problem
from northsouth.metrics import IF, Condition, Metric
from northsouth.metrics.render import render
from northsouth.metrics.units import bytes_per_second, days, milliseconds, percent

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
CPU = aws("EC2", "CPUUtilization", "Percent", statistic="Average", InstanceId="i-1")
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
        (CPU < percent(1), "notBreaching", "would look healthy"),
        (HEARTBEAT < 1, "breaching", ""),
        (HEARTBEAT > 1, "notBreaching", ""),
        (IF(REQUESTS >= 100, 1 - ERROR_RATIO, 1) < 0.98, "notBreaching", ""),
        # One late data point is not none.
        (REQUESTS.with_period(60) < 1, "breaching", "within 1 min; it is published every 1 min and arrives late"),
        ((REQUESTS.with_period(60) < 1).for_datapoints(2), "breaching", ""),
        (EXPIRY.with_period(43200) < days(30), "breaching", "every 12 h and arrives late"),
        (HEARTBEAT.with_period(60) < 1, "breaching", ""),
    ],
)
def test_missing_data(condition: Any, missing: str, words: str) -> None:
    whole = condition if isinstance(condition, Condition) else Condition(condition)
    problems = list(rules.missing_data_problems(whole, render(whole), MissingData(missing)))
    assert [problem.where for problem in problems] == (["missing"] if words else [])
    assert words in report(problems)


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
        (lambda: rules.name_problems(""), "name", "1 to 255"),
        (lambda: rules.name_problems("x" * 256), "name", "1 to 255"),
        (lambda: rules.name_problems('the "edge"'), "name", "quotes"),
        (lambda: rules.name_problems("edge\\nat"), "name", "backslashes"),
        (lambda: rules.name_problems("edge\nnat"), "name", "control characters"),
        (lambda: rules.duplicate_problems("a", {"a"}), "name", "silently overwrites"),
        (lambda: rules.choice_problems("severity", "page", Severity), "severity", "critical, warning, info"),
        (lambda: rules.choice_problems("missing", "notbreaching", MissingData), "missing", "notBreaching"),
        (lambda: rules.text_problems(summary="", because="b", runbook="https://x.y"), "summary", "woken person"),
        (lambda: rules.text_problems(summary="a\nb", because="b", runbook="https://x.y"), "summary", "one line"),
        (lambda: rules.text_problems(summary="a", because=" ", runbook="https://x.y"), "because", "woken person"),
        (lambda: rules.text_problems(summary="a", because="b", runbook=""), "runbook", "http(s) address"),
        (lambda: rules.text_problems(summary="a", because="b", runbook="https://"), "runbook", "http(s) address"),
        (lambda: rules.text_problems(summary="a", because="b", runbook="wiki/page"), "runbook", "http(s) address"),
        (lambda: rules.text_problems(summary="a", because="b", runbook="ftp://x.y"), "runbook", "http(s) address"),
        (lambda: rules.description_problems("x" * 1025), "because", "Shorten summary= or because= by 1 characters"),
        (lambda: rules.action_problems(Actions(alarm=[TOPIC] * 6)), "actions.alarm", "at most 5"),
        (lambda: rules.action_problems(Actions(ok=[TOPIC, "topic"])), "actions.ok[1]", "an action is an ARN"),
        (lambda: rules.action_problems(Actions(insufficient_data=["x"])), "actions.insufficient_data[0]", "is an ARN"),
        (lambda: rules.action_problems(Actions.notify("x")), "actions.alarm[0]", "is an ARN"),
        (lambda: rules.action_problems(Actions.notify_all("x")), "actions.alarm[0]", "is an ARN"),
        (lambda: rules.action_problems(Actions(ok=[TOPIC] * 6)), "actions.ok", "6 actions"),
    ],
)
def test_each_rule(problems: Callable[[], Iterable[Problem]], where: str, words: str) -> None:
    (problem,) = problems()
    assert problem.where == where
    assert words in str(problem)


@pytest.mark.parametrize(
    "problems",
    [
        lambda: rules.name_problems("${var.name}"),
        lambda: rules.name_problems('${var.names["edge"]}'),
        lambda: rules.name_problems("${var.name}" + "x" * 255),
        lambda: rules.name_problems("x"),
        lambda: rules.choice_problems("severity", "info", Severity),
        lambda: rules.text_problems(summary="a", because="b", runbook="http://wiki/page"),
        lambda: rules.action_problems(Actions(alarm=[TOPIC] * 5)),
        lambda: rules.name_problems("x" * 255),
        lambda: rules.description_problems("x" * 1024),
        lambda: rules.description_problems("${var.text}" + "x" * 2000),
        lambda: rules.text_problems(summary="a", because="b\nc", runbook="${var.runbook}"),
        lambda: rules.action_problems(Actions.notify_all(TOPIC, "${aws_sns_topic.t.arn}")),
        lambda: rules.duplicate_problems("a", {"b"}),
    ],
)
def test_what_passes(problems: Callable[[], Iterable[Problem]]) -> None:
    assert report(problems()) == ""


@pytest.mark.parametrize(
    ("problems", "places"),
    [
        (lambda: rules.name_problems('"' * 256), [("name", "256 characters"), ("name", repr('"' * 256))]),
        (
            lambda: rules.text_problems(summary="\n", because="", runbook="wiki"),
            [("summary", r"'\n'"), ("because", "''"), ("summary", r"'\n'"), ("runbook", "'wiki'")],
        ),
        (
            lambda: rules.action_problems(Actions(alarm=["${x.y.arn}", "a", TOPIC, "arn:aws:ec2:x"], ok=["b", "c"])),
            [
                ("actions.alarm[1]", "'a'"),
                ("actions.alarm[3]", "'arn:aws:ec2:x', of ec2"),
                ("actions.ok[0]", "'b'"),
                ("actions.ok[1]", "'c'"),
            ],
        ),
        (
            lambda: rules.action_problems(Actions(ok=["a"] * 6, insufficient_data=["b"])),
            [
                ("actions.ok", "6 actions"),
                *((f"actions.ok[{at}]", "'a'") for at in range(6)),
                ("actions.insufficient_data[0]", "'b'"),
            ],
        ),
        (lambda: rules.duplicate_problems("edge", {"edge"}), [("name", "'edge'")]),
        (lambda: rules.choice_problems("severity", "page", Severity), [("severity", "'page'")]),
        (lambda: rules.sample_problems(render(Condition(REQUESTS > 5)), "ignore"), [("low_samples", "'ignore'")]),
        (lambda: rules.sample_problems(render(Condition(REQUESTS > 5)), "often"), [("low_samples", "'often'")]),
    ],
)
def test_every_problem_is_reported_with_its_place_and_what_was_given(
    problems: Callable[[], Iterable[Problem]], places: list[tuple[str, str]]
) -> None:
    assert [(problem.where, problem.given) for problem in problems()] == places


def alarm_problems(condition: Any, **changes: Any) -> list[Problem]:
    arguments: dict[str, Any] = {
        "name": "a",
        "taken": (),
        "missing": "notBreaching",
        "severity": "critical",
        "summary": "s",
        "because": "b",
        "runbook": "https://example.com/",
        "actions": Actions(),
        "low_samples": None,
    }
    return list(rules.alarm_problems(Condition(condition), **{**arguments, **changes}))


def composite_problems(**changes: Any) -> list[Problem]:
    arguments: dict[str, Any] = {
        "rule": any_of(FakeAlarm()),
        "name": "a",
        "taken": (),
        "severity": "critical",
        "summary": "s",
        "because": "b",
        "runbook": "https://example.com/",
        "actions": Actions(),
        "suppressor": None,
    }
    return list(rules.composite_problems(**{**arguments, **changes}))


class FakeAlarm:
    name = alarm_name = "child"


@pytest.mark.parametrize(
    "words", [{}, {"measured": "requests in the last hour"}, {"ends": "when the requests come back"}]
)
def test_a_description_is_measured_with_everything_in_it(words: dict[str, str]) -> None:
    text = describe(
        severity=Severity.CRITICAL,
        summary="s",
        because="",
        runbook="https://example.com/",
        condition=render(Condition(REQUESTS > 5)),
        missing=MissingData.NOT_BREACHING,
        **words,
    )
    longest = "x" * (1024 - len(text))
    assert alarm_problems(REQUESTS > 5, because=longest, **words) == []
    (problem,) = alarm_problems(REQUESTS > 5, because=longest + "x", **words)
    assert (problem.where, problem.given) == ("because", "a description of 1025 characters")
    assert "by 1 characters" in problem.fix


def test_a_composites_description_is_measured_with_everything_in_it() -> None:
    text = describe(severity=Severity.CRITICAL, summary="s", because="", runbook="https://example.com/")
    longest = "x" * (1024 - len(text))
    assert composite_problems(because=longest) == []
    assert [problem.given for problem in composite_problems(because=longest + "x")] == [
        "a description of 1025 characters"
    ]


SHARED = {"name": "", "severity": "page", "summary": "", "because": "", "runbook": "wiki", "actions": Actions(ok=["x"])}


def test_an_alarms_problems_are_in_one_report() -> None:
    wheres = [problem.where for problem in alarm_problems(LATENCY > milliseconds(5), taken=[""], **SHARED)]
    shared = ["name", "name", "severity", "summary", "because", "runbook", "actions.ok[0]"]
    assert wheres == ["low_samples", *shared]
    assert [problem.where for problem in composite_problems(rule=any_of(), taken=[""], **SHARED)] == ["when", *shared]


def test_a_percentile_passes_with_its_choice() -> None:
    assert alarm_problems(LATENCY > milliseconds(5), low_samples="ignore", missing="missing") == []


def test_a_condition_that_cannot_be_written_hides_no_other_problem() -> None:
    bad = REQUESTS.with_period(45) > 5
    assert [problem.where for problem in alarm_problems(bad, missing="never", severity="page", low_samples="x")] == [
        "when.RequestCount.period",
        "missing",
        "severity",
    ]


@pytest.mark.parametrize(
    ("actions", "given"),
    [
        (Actions(alarm=["arn:aws:automate:us-east-1:ec2:stop"]), ["arn:aws:automate:us-east-1:ec2:stop"]),
        (Actions(ok=["arn:aws:autoscaling:us-east-1:1:p"]), ["arn:aws:autoscaling:us-east-1:1:p"]),
        (Actions(insufficient_data=["arn:aws:swf:us-east-1:1:a"]), ["arn:aws:swf:us-east-1:1:a"]),
        (Actions.notify_all("arn:aws:swf:us-east-1:1:a"), ["arn:aws:swf:us-east-1:1:a"]),
        (Actions.notify_all(TOPIC, '${local.arns[":swf:"]}'), []),
    ],
)
def test_a_composite_only_notifies(actions: Actions, given: list[str]) -> None:
    problems = composite_problems(actions=actions)
    assert [(problem.where, problem.given) for problem in problems] == [("actions", repr(arn)) for arn in given]


@pytest.mark.parametrize(
    ("suppressor", "places"),
    [
        (None, []),
        ((0, 0), []),
        ((60, 120), []),
        ((-1, 60), [("suppressor.wait", "-1")]),
        ((60, -1), [("suppressor.extension", "-1")]),
        ((True, 1.5), [("suppressor.wait", "True"), ("suppressor.extension", "1.5")]),
    ],
)
def test_a_suppressor_waits_whole_seconds(suppressor: Any, places: list[tuple[str, str]]) -> None:
    problems = composite_problems(suppressor=suppressor)
    assert [(problem.where, problem.given) for problem in problems] == places


@pytest.mark.parametrize(
    ("severity", "missing", "wheres"),
    [
        ("page", "notBreaching", ["severity"]),
        ("critical", "never", ["missing"]),
        ("page", "never", ["missing", "severity"]),
    ],
)
def test_a_wrong_choice_is_reported_and_nothing_is_made_of_it(severity: str, missing: str, wheres: list[str]) -> None:
    problems = alarm_problems(REQUESTS > 5, severity=severity, missing=missing)
    assert [problem.where for problem in problems] == wheres
