"""Maintenance windows as resources, and as the replay of alarms reads them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from cdktf import TerraformStack

from northsouth.alerts import Alarm, CompositeAlarm, Metric, any_of
from northsouth.alerts.mutes import MuteRule
from northsouth.alerts.packs import AlarmsOnAlarms
from northsouth.alerts.replay import MetricKey, Outcome, State, points, read_alarms, replay
from northsouth.errors import ConfigurationError
from northsouth.template import parse
from tests.alerts.packs.example import CHAT, PAGER, RESPOND, RUNBOOK, custom
from tests.harness.mute_rules import with_mute_rules, without_mute_rules
from tests.harness.synth import resources, synth

ERRORS = Metric(namespace="Shop", name="Errors", statistic="Sum", unit="Count")
WORDS = {"severity": "critical", "summary": "It fails", "because": "users see it", "runbook": RUNBOOK}
SUNDAY = {"schedule": "cron(0 2 * * SUN)", "duration": "PT4H"}


@pytest.fixture(autouse=True)
def bindings() -> Iterator[None]:
    with with_mute_rules():
        yield


def alarm(stack: TerraformStack, id: str, **more: Any) -> Alarm:
    return Alarm(stack, id, when=ERRORS > 5, missing="notBreaching", **{**WORDS, "actions": [PAGER], **more})


def declared(stack: TerraformStack, **arguments: Any) -> None:
    child = alarm(stack, "child", actions=[])
    CompositeAlarm(stack, "joined", when=any_of(child), **WORDS, actions=[CHAT])
    alarm(stack, "off", enabled=False)
    alarm(stack, "errors")
    AlarmsOnAlarms(stack, "meta", respond=RESPOND).heartbeat("ruler", custom("Signal"))
    MuteRule(stack, "patching", **{**SUNDAY, **arguments})


def rules(document: dict[str, Any]) -> list[dict[str, Any]]:
    return list(resources(document, "aws_cloudwatch_alarm_mute_rule").values())


def muted(document: dict[str, Any]) -> list[tuple[str, ...]]:
    return [rule.alarms for rule in read_alarms(parse(document)).mute_rules]


def test_all_alarms_that_act_are_muted_and_every_argument_is_written() -> None:
    document = synth(
        lambda stack: declared(
            stack,
            time_zone="Europe/Berlin",
            start="2026-12-01T00:00:00Z",
            expire="2027-01-01T00:00:00Z",
            description="The hosts are patched",
            name="weekly",
            tags={"team": "edge"},
        )
    )
    (rule,) = rules(document)
    assert rule["name"] == "weekly"
    schedule = {"expression": "cron(0 2 * * SUN)", "duration": "PT4H", "timezone": "Europe/Berlin"}
    assert rule["rule"] == [{"schedule": [schedule]}]
    assert (rule["start_date"], rule["expire_date"]) == ("2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z")
    assert (rule["description"], rule["tags"]) == ("The hosts are patched", {"team": "edge"})
    # References, so that Terraform makes the rule after the alarms.
    assert all("${aws_cloudwatch_" in name for name in rule["mute_targets"][0]["alarm_names"])
    assert muted(document) == [("stack-errors", "stack-joined", "stack-meta-heartbeat-ruler")]


def test_alarms_and_packs_can_be_chosen() -> None:
    def stack(stack: TerraformStack) -> None:
        pack = AlarmsOnAlarms(stack, "meta", respond=RESPOND)
        pack.heartbeat("ruler", custom("Signal"))
        MuteRule(stack, "patching", **SUNDAY, alarms=[pack, alarm(stack, "errors")])
        alarm(stack, "other")

    assert muted(synth(stack)) == [("stack-errors", "stack-meta-heartbeat-ruler")]


def test_a_rule_has_a_hundred_alarms_and_the_next_one_the_others() -> None:
    def stack(stack: TerraformStack) -> None:
        for number in range(101):
            alarm(stack, f"a-{number:03}")
        MuteRule(stack, "patching", **SUNDAY)

    document = synth(stack)
    assert [rule["name"] for rule in rules(document)] == ["stack-patching", "stack-patching-2"]
    assert [len(names) for names in muted(document)] == [100, 1]
    assert len({name for names in muted(document) for name in names}) == 101


def test_nothing_to_mute_and_older_bindings_are_refused_in_one_report() -> None:
    with without_mute_rules(), pytest.raises(ConfigurationError) as refused:
        synth(lambda stack: MuteRule(stack, "patching", **SUNDAY))
    assert [problem.where for problem in refused.value.problems] == ["alarms", "aws_cloudwatch_alarm_mute_rule"]


def test_the_replay_of_the_declared_alarms_knows_the_windows() -> None:
    """An alarm that is raised on a Sunday at 3:00 notifies when the window ends at 6:00."""
    document = synth(declared)
    sunday = int(datetime(2026, 11, 29, 3, tzinfo=UTC).timestamp())
    history = {MetricKey("Shop", "Errors"): points(sunday - 3600, [0] * 60 + [9] * 240)}
    alarms = read_alarms(parse(document)).only("stack-errors")
    actions = [each for each in replay(alarms, history)["stack-errors"].actions if each.state is State.ALARM]
    assert [each.outcome for each in actions] == [Outcome.MUTED, Outcome.RUN]
    assert actions[0].by == "stack-patching"
    assert datetime.fromtimestamp(actions[1].time, UTC).hour == 6
