"""New alarms stay quiet until they have had data; what is declared for that, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cdktf import TerraformStack

from northsouth.alerts import Alarm, Metric
from northsouth.alerts.packs import AlarmsOnAlarms, SilentClusters
from northsouth.alerts.quiet import QuietStart, quiet_start, rules
from northsouth.errors import ConfigurationError
from tests.alerts.packs.example import PAGER, RESPOND, RUNBOOK, custom, everything
from tests.alerts.packs.timelines import CASES, NEW
from tests.harness.synth import resources, synth
from tests.harness.warm_up import without_warm_up

METRIC_ALARM = "aws_cloudwatch_metric_alarm"
COMPOSITE = "aws_cloudwatch_composite_alarm"


def declared(stack: TerraformStack, **arguments: Any) -> QuietStart:
    AlarmsOnAlarms(stack, "meta", respond=RESPOND).heartbeat("ruler", custom("Signal"))
    AlarmsOnAlarms(stack, "other", respond=RESPOND).dead_letters("chat", "queue")
    SilentClusters(stack, "clusters", heartbeats={c: custom("Up", cluster=c) for c in "ab"}, respond=RESPOND)
    return QuietStart(stack, "quiet", **arguments)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    with without_warm_up():
        return synth(declared)


def alarms(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    both = {**resources(document, METRIC_ALARM), **resources(document, COMPOSITE)}
    return {each["alarm_name"].removeprefix("stack-"): each for each in both.values()}


def test_alarms_that_are_raised_without_data_start_with_their_actions_off(document: dict[str, Any]) -> None:
    off = {name for name, alarm in alarms(document).items() if alarm["actions_enabled"] is False}
    assert off == {"meta-heartbeat-ruler", "clusters-all", "clusters-some"}
    for name, alarm in alarms(document).items():
        ignored = alarm.get("lifecycle", {}).get("ignore_changes", [])
        assert ignored == (["actions_enabled"] if name in off else [])
        waits = [each for each in alarm.get("depends_on", []) if "aws_cloudwatch_event_target" in each]
        assert bool(waits) is (name in off)
    assert "replace_triggered_by" in alarms(document)["clusters-all"]["lifecycle"]


def test_a_new_environment_notifies_nobody() -> None:
    """Every alarm that a new environment raises in the timelines of the packs is held back."""
    kept: list[QuietStart] = []

    def build(stack: TerraformStack) -> None:
        everything(stack)
        kept.append(QuietStart(stack, "quiet"))

    synth(build)
    raised = {f"stack-{case.pack}-{alarm}" for case in CASES if case.situation == NEW for alarm in case.fires}
    assert raised <= set(kept[0].held)


def test_the_role_may_switch_these_alarms_on_and_no_others(document: dict[str, Any]) -> None:
    policies = [json.loads(each["policy"]) for each in resources(document, "aws_iam_role_policy").values()]
    (switch,) = [each for each in policies if each["Statement"][0]["Sid"] == "ReadAlarms"]
    names = [arn.split(":alarm:")[1] for arn in switch["Statement"][1]["Resource"]]
    assert names == [f"stack-{name}" for name in (
        "clusters-all", "clusters-cluster-a", "clusters-cluster-b", "clusters-some", "meta-heartbeat-ruler"
    )]  # fmt: skip


def test_alarms_of_ones_own_are_chosen_by_what_they_take_missing_data_for() -> None:
    def build(stack: TerraformStack) -> None:
        words = {"severity": "critical", "summary": "s", "because": "b", "runbook": RUNBOOK, "actions": [PAGER]}
        own = Metric(namespace="Own", name="Beat", statistic="SampleCount", unit="None")
        beat = Alarm(stack, "beat", when=(own < 1).for_datapoints(3), missing="breaching", **words)
        off = Alarm(stack, "off", when=(own < 2).for_datapoints(3), missing="breaching", enabled=False, **words)
        errors = Alarm(stack, "errors", when=(custom("Errors") > 1).for_datapoints(3), missing="notBreaching", **words)
        assert list(QuietStart(stack, "quiet", alarms=[beat, off, errors]).held) == ["stack-beat"]

    synth(build)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"minutes": 0}, "minutes: got 0; a new alarm stays quiet for 1 to 2880 minutes"),
        ({"minutes": 2881}, "minutes: got 2881"),
        ({"minutes": True}, "minutes: got True"),
        ({"name": "a b"}, "name: got 'a b'"),
        ({"name": "a" * 56}, "a name is 1 to 55 letters"),
        ({"alarms": []}, "alarms: got none"),
    ],
)
def test_what_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        synth(lambda stack: declared(stack, **arguments))
    assert message in str(refused.value)


def test_one_rule_has_as_many_alarms_as_its_pattern_holds() -> None:
    names = [f"an-environment-with-a-long-name-and-alarm-{number:03}" for number in range(100)]
    made = rules.patterns(names)
    assert all(len(pattern) <= rules.MAX_PATTERN for pattern in made)
    assert [name for pattern in made for name in json.loads(pattern)["detail"]["alarmName"]] == names
    assert len(made) == 3


def test_bindings_that_know_the_warm_up_declare_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """The CDK's own setter is stood in for: the bindings here do not know the attribute."""

    def put_warm_up_configuration(resource: Any, *, warm_up_period_duration_in_minutes: int) -> None:
        block = {"warm_up_period_duration_in_minutes": warm_up_period_duration_in_minutes}
        resource.add_override("warm_up_configuration", block)

    resource = quiet_start.CloudwatchMetricAlarm
    monkeypatch.setattr(resource, "put_warm_up_configuration", put_warm_up_configuration, raising=False)
    document = synth(lambda stack: declared(stack, minutes=30))
    warm = {name for name, alarm in alarms(document).items() if "warm_up_configuration" in alarm}
    assert warm == {"meta-heartbeat-ruler", "clusters-cluster-a", "clusters-cluster-b"}
    assert all(alarm["actions_enabled"] for alarm in alarms(document).values())
    assert not resources(document, "aws_sfn_state_machine")
