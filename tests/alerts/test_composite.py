from __future__ import annotations

from typing import Any

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider

from northsouth.alerts import Actions, Alarm, CompositeAlarm, Metric, Suppressor, all_of, any_of, at_least, unless
from northsouth.errors import ConfigurationError
from tests.harness.synth import resources, synth

TOPIC = "arn:aws:sns:us-east-1:123456789012:alerts"
WORDS: dict[str, Any] = {
    "severity": "critical",
    "summary": "Serving is failing",
    "because": "users see errors",
    "runbook": "https://wiki.example.com/serving",
}


def alarm(stack: TerraformStack, name: str) -> Alarm:
    metric = Metric(namespace="Test", name=name, statistic="Sum", unit="Count")
    return Alarm(stack, name, when=metric > 5, missing="notBreaching", **WORDS)


def composite(**changes: Any) -> dict[str, Any]:
    def build(stack: TerraformStack) -> None:
        errors, latency = alarm(stack, "errors"), alarm(stack, "latency")
        CompositeAlarm(stack, "serving", **{"when": any_of(errors, latency), **WORDS, **changes})

    return one(synth(build))


def one(document: dict[str, Any]) -> dict[str, Any]:
    (found,) = resources(document, "aws_cloudwatch_composite_alarm").values()
    return found


def test_a_composite_is_created_after_its_children() -> None:
    found = composite(actions=[TOPIC], tags={"team": "edge"})
    trigger = found.pop("lifecycle")["replace_triggered_by"]
    assert found == {
        "alarm_name": "stack-serving",
        "alarm_description": (
            "[critical] Serving is failing\nWhy it matters: users see errors\nRunbook: https://wiki.example.com/serving"
        ),
        "alarm_rule": (
            'ALARM("${aws_cloudwatch_metric_alarm.errors_alarm_766FB29E.alarm_name}") OR '
            'ALARM("${aws_cloudwatch_metric_alarm.latency_alarm_B5F01891.alarm_name}")'
        ),
        "actions_enabled": True,
        "alarm_actions": [TOPIC],
        "ok_actions": [TOPIC],
        "tags": {"team": "edge"},
    }
    assert len(trigger) == 1
    assert trigger[0].startswith("terraform_data.serving_children")


def test_a_changed_set_of_children_replaces_it() -> None:
    def remembered(*names: str) -> str:
        def build(stack: TerraformStack) -> None:
            made = {name: alarm(stack, name) for name in "abc"}
            CompositeAlarm(stack, "serving", when=any_of(*(made[name] for name in names)), **WORDS)

        (data,) = resources(synth(build), "terraform_data").values()
        return str(data["input"]["alarms"])

    assert remembered("a", "b") == "stack-a,stack-b"
    assert remembered("b", "a") == remembered("a", "b")
    assert remembered("a") != remembered("a", "b")


def test_a_suppressor_holds_back_the_actions() -> None:
    def build(stack: TerraformStack) -> None:
        errors, upgrade = alarm(stack, "errors"), alarm(stack, "upgrade")
        made = CompositeAlarm(
            stack, "serving", when=any_of(errors), suppressor=Suppressor(upgrade, wait=120, extension=300), **WORDS
        )
        assert (made.name, made.severity, made.summary) == ("stack-serving", "critical", "Serving is failing")
        assert "TfToken" in made.arn

    document = synth(build)
    (data,) = resources(document, "terraform_data").values()
    assert data["input"]["alarms"] == "stack-errors,stack-upgrade"
    suppressor = one(document)["actions_suppressor"]
    assert (suppressor["wait_period"], suppressor["extension_period"]) == (120, 300)
    assert suppressor["alarm"].startswith("${aws_cloudwatch_metric_alarm.upgrade_alarm")


def test_composites_of_composites() -> None:
    def build(stack: TerraformStack) -> None:
        children = [alarm(stack, name) for name in "abc"]
        upgrade = alarm(stack, "upgrade")
        inner = CompositeAlarm(stack, "inner", when=at_least(2, *children), **WORDS)
        CompositeAlarm(stack, "outer", when=all_of(inner, unless(upgrade)), **WORDS)

    document = synth(build)
    remembered = sorted(each["input"]["alarms"] for each in resources(document, "terraform_data").values())
    # The outer composite must be deleted before the inner one is, whatever made that necessary.
    assert remembered == ["stack-a,stack-b,stack-c", "stack-a,stack-b,stack-c,stack-inner,stack-upgrade"]
    rules = [each["alarm_rule"] for each in resources(document, "aws_cloudwatch_composite_alarm").values()]
    assert sorted(rule.split("(")[0] for rule in rules) == ["ALARM", "AT_LEAST"]
    assert any("aws_cloudwatch_composite_alarm.inner" in rule for rule in rules)


def test_every_argument_reaches_the_json() -> None:
    base = composite()
    changes: list[dict[str, Any]] = [
        {"severity": "warning"},
        {"summary": "Other"},
        {"because": "Other"},
        {"runbook": "https://other.example.com"},
        {"actions": Actions(insufficient_data=[TOPIC])},
        {"name": "other"},
        {"enabled": False},
        {"tags": {"a": "b"}},
    ]
    assert all(composite(**change) != base for change in changes)


def test_the_provider_reaches_the_json() -> None:
    def build(stack: TerraformStack) -> None:
        other = AwsProvider(stack, "other", region="eu-west-3", alias="other")
        CompositeAlarm(stack, "serving", when=any_of(alarm(stack, "a")), provider=other, **WORDS)

    assert one(synth(build))["provider"] == "aws.other"


def test_all_problems_in_one_report() -> None:
    def build(stack: TerraformStack) -> None:
        child = alarm(stack, "a")
        CompositeAlarm(
            stack,
            "serving",
            when=at_least(2, child),
            severity="urgent",
            summary="",
            because="",
            runbook="wiki",
            actions=["arn:aws:automate:us-east-1:ec2:reboot"],
            suppressor=Suppressor(child, wait=-1, extension=-1),
            name="stack-a",
        )

    with pytest.raises(ConfigurationError) as caught:
        synth(build)
    assert [problem.where for problem in caught.value.problems] == [
        "when",
        "name",
        "severity",
        "summary",
        "because",
        "runbook",
        "actions",
        "suppressor.wait",
        "suppressor.extension",
    ]


def test_a_description_that_is_too_long() -> None:
    with pytest.raises(ConfigurationError, match="CloudWatch keeps 1024"):
        composite(because="x" * 1000)
