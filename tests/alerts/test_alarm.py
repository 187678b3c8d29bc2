from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cdktf import TerraformStack, TerraformVariable
from cdktf_cdktf_provider_aws.provider import AwsProvider

from northsouth.alerts import Actions, Alarm, Metric
from northsouth.errors import ConfigurationError
from northsouth.metrics.units import count, gigabits_per_second, milliseconds
from tests.harness.synth import resources, synth

TOPIC = "arn:aws:sns:us-east-1:123456789012:alerts"


def metric(name: str, unit: str = "Count", *, statistic: str = "Sum", **dimensions: str) -> Metric:
    return Metric(namespace="Test", name=name, statistic=statistic, unit=unit, dimensions=dimensions, period=300)


archived, requests = metric("ArchivedRecords"), metric("RequestCount")
latency = metric("Latency", "Seconds", statistic="p99")

GOOD: dict[str, Any] = {
    "when": (archived / requests < 0.98).for_datapoints(3, of=4),
    "missing": "ignore",
    "severity": "critical",
    "summary": "Less than 98 % of the requests reached the archive",
    "because": "what is not archived is lost in 30 days",
    "runbook": "https://wiki.example.com/archival",
}


def alarms(build: Callable[[TerraformStack], object]) -> dict[str, dict[str, Any]]:
    return resources(synth(build), "aws_cloudwatch_metric_alarm")


def one(**changes: Any) -> dict[str, Any]:
    (alarm,) = alarms(lambda stack: Alarm(stack, "archival", **{**GOOD, **changes})).values()
    return alarm


def test_math_becomes_queries() -> None:
    alarm = one(actions=[TOPIC], tags={"team": "edge"})
    assert alarm["metric_query"] == [
        {
            "id": "archived_records",
            "label": "ArchivedRecords",
            "return_data": False,
            "metric": {
                "namespace": "Test",
                "metric_name": "ArchivedRecords",
                "dimensions": {},
                "period": 300,
                "stat": "Sum",
            },
        },
        {
            "id": "request_count",
            "label": "RequestCount",
            "return_data": False,
            "metric": {
                "namespace": "Test",
                "metric_name": "RequestCount",
                "dimensions": {},
                "period": 300,
                "stat": "Sum",
            },
        },
        {
            "id": "result",
            "expression": "archived_records / request_count",
            "label": "ratio",
            "return_data": True,
        },
    ]
    del alarm["metric_query"], alarm["alarm_description"]
    assert alarm == {
        "alarm_name": "stack-archival",
        "comparison_operator": "LessThanThreshold",
        "threshold": 0.98,
        "evaluation_periods": 4,
        "datapoints_to_alarm": 3,
        "treat_missing_data": "ignore",
        "actions_enabled": True,
        "alarm_actions": [TOPIC],
        "ok_actions": [TOPIC],
        "tags": {"team": "edge"},
    }


def test_one_metric_keeps_the_plain_form() -> None:
    alarm = one(when=metric("Out", "Bytes/Second", Id="nat-1") > gigabits_per_second(2), missing="missing")
    assert "metric_query" not in alarm
    assert {key: alarm[key] for key in ("namespace", "metric_name", "dimensions", "period", "statistic")} == {
        "namespace": "Test",
        "metric_name": "Out",
        "dimensions": {"Id": "nat-1"},
        "period": 300,
        "statistic": "Sum",
    }
    assert (alarm["threshold"], alarm["evaluation_periods"], alarm["datapoints_to_alarm"]) == (250_000_000, 1, 1)
    assert "unit" not in alarm


def test_a_percentile_says_what_few_samples_mean() -> None:
    alarm = one(when=latency > milliseconds(500), low_samples="ignore")
    assert (alarm["extended_statistic"], alarm["evaluate_low_sample_count_percentiles"]) == ("p99", "ignore")
    assert "statistic" not in alarm


def test_the_description_is_for_the_woken() -> None:
    assert one()["alarm_description"].splitlines() == [
        "[critical] Less than 98 % of the requests reached the archive",
        "Measured: archived_records / request_count < 0.98 at 3 of 4 data points of 5 min.",
        "Why it matters: what is not archived is lost in 30 days",
        "No data leaves this alarm as it was.",
        "Runbook: https://wiki.example.com/archival",
    ]


@pytest.mark.parametrize(
    ("missing", "text"),
    [
        ("missing", "No data turns this alarm to INSUFFICIENT_DATA."),
        ("breaching", "No data counts as bad."),
        ("notBreaching", "No data counts as good."),
    ],
)
def test_what_no_data_means(missing: str, text: str) -> None:
    alarm = one(missing=missing)
    assert alarm["treat_missing_data"] == missing
    assert text in alarm["alarm_description"]


@pytest.mark.parametrize(
    ("missing", "actions", "told"),
    [
        ("ignore", [TOPIC], {"alarm_actions", "ok_actions"}),
        # From ALARM to INSUFFICIENT_DATA nothing would say that the alarm is over.
        ("missing", [TOPIC], {"alarm_actions", "ok_actions", "insufficient_data_actions"}),
        ("missing", Actions.notify(TOPIC), {"alarm_actions", "ok_actions"}),
        ("ignore", Actions.notify_all(TOPIC), {"alarm_actions", "ok_actions", "insufficient_data_actions"}),
        ("ignore", Actions(alarm=[TOPIC]), {"alarm_actions"}),
        ("ignore", Actions.none(), set()),
        ("ignore", [], set()),
    ],
)
def test_who_is_told(missing: str, actions: Any, told: set[str]) -> None:
    alarm = one(missing=missing, actions=actions)
    assert {key for key in alarm if key.endswith("_actions")} == told
    assert all(alarm[key] == [TOPIC] for key in told)


def test_every_argument_reaches_the_json() -> None:
    base = one()
    changes: list[dict[str, Any]] = [
        {"when": (archived / requests < 0.97).for_datapoints(3, of=4)},
        {"missing": "breaching"},
        {"severity": "warning"},
        {"summary": "Other"},
        {"because": "Other"},
        {"runbook": "https://other.example.com"},
        {"actions": [TOPIC]},
        {"name": "other"},
        {"enabled": False},
        {"tags": {"a": "b"}},
    ]
    assert all(one(**change) != base for change in changes)


def test_the_provider_reaches_the_json() -> None:
    def build(stack: TerraformStack) -> None:
        other = AwsProvider(stack, "other", region="eu-west-3", alias="other")
        Alarm(stack, "here", **{**GOOD, "name": "archival"})
        Alarm(stack, "there", **{**GOOD, "name": "archival"}, provider=other)

    found = alarms(build)
    assert sorted(alarm.get("provider", "") for alarm in found.values()) == ["", "aws.other"]
    assert {alarm["alarm_name"] for alarm in found.values()} == {"archival"}


def test_tokens_pass() -> None:
    def build(stack: TerraformStack) -> None:
        topic = TerraformVariable(stack, "topic", type="string").string_value
        gateway = TerraformVariable(stack, "gateway", type="string").string_value
        alarm = Alarm(
            stack, "nat", **{**GOOD, "when": metric("Errors", Id=gateway) > 0, "runbook": topic, "actions": [topic]}
        )
        assert alarm.name == "stack-nat"
        assert "TfToken" in alarm.alarm_name
        assert "TfToken" in alarm.arn

    (alarm,) = alarms(build).values()
    assert alarm["dimensions"] == {"Id": "${var.gateway}"}
    assert alarm["alarm_actions"] == ["${var.topic}"]


def test_all_problems_in_one_report() -> None:
    bad: dict[str, Any] = {
        "when": (metric("Latency", "Seconds", statistic="p101").with_period(45) > milliseconds(500)).for_datapoints(
            4, of=3
        ),
        "missing": "later",
        "severity": "urgent",
        "summary": "",
        "because": " ",
        "runbook": "see the wiki",
        "actions": ["alerts"],
        "name": "x" * 256,
    }
    with pytest.raises(ConfigurationError) as caught:
        one(**bad)
    assert caught.value.subject == "Alarm 'archival'"
    assert [problem.where for problem in caught.value.problems] == [
        "when.Latency.statistic",
        "when.Latency.period",
        "when.datapoints",
        "missing",
        "name",
        "severity",
        "summary",
        "because",
        "runbook",
        "actions.alarm[0]",
    ]


def test_what_is_not_a_condition_is_reported_with_the_rest() -> None:
    with pytest.raises(ConfigurationError) as caught:
        one(when=archived / requests, severity="urgent")
    assert [problem.where for problem in caught.value.problems] == ["when", "severity"]


def test_nothing_has_a_default_that_must_be_decided() -> None:
    for argument in ("missing", "severity", "summary", "because", "runbook"):
        given = {key: value for key, value in GOOD.items() if key != argument}
        with pytest.raises(ConfigurationError, match=f"{argument}: got nothing"):
            synth(lambda stack, given=given: Alarm(stack, "archival", **given))


def test_two_alarms_of_one_name() -> None:
    def build(stack: TerraformStack) -> None:
        Alarm(stack, "one", **GOOD, name="archival")
        Alarm(stack, "three", **{**GOOD, "when": requests > count(3)})
        Alarm(stack, "two", **GOOD, name="archival")

    with pytest.raises(ConfigurationError, match="'two'") as caught:
        synth(build)
    assert "silently overwrites" in str(caught.value)


def test_a_metric_of_another_account_names_it() -> None:
    there = Metric(namespace="Own", name="Errors", statistic="Sum", unit="Count", account_id="210987654321", period=60)
    alarm = one(when=there > count(5), missing="notBreaching")
    (query, result) = alarm["metric_query"]
    assert (query["account_id"], query["return_data"]) == ("210987654321", False)
    assert (result["expression"], result["return_data"]) == ("errors", True)
    assert "metric_name" not in alarm


@pytest.mark.parametrize(("region", "refused"), [("eu-west-1", True), ("us-east-1", False)])
def test_billing_is_judged_where_it_is_published(region: str, refused: bool) -> None:
    charges = Metric(
        namespace="AWS/Billing",
        name="EstimatedCharges",
        statistic="Maximum",
        unit="None",
        dimensions={"Currency": "USD"},
        period=21600,
    )

    def build(stack: TerraformStack) -> None:
        Alarm(stack, "bill", **{**GOOD, "when": (charges > 500).for_datapoints(1), "missing": "missing"})

    if refused:
        with pytest.raises(ConfigurationError, match="publishes its metrics in us-east-1 only"):
            synth(build, region=region)
    else:
        assert synth(build, region=region)
