"""Each body is what its service accepts, whatever the alarm is called, and whether or not EventBridge escapes it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.alerts.routes.api_receiver import ApiReceiver
from northsouth.alerts.routes.message import MAX_TEMPLATE, PIPE, RULE, RULE_PATHS, STATES, Message, State
from northsouth.emulator import input_templates
from tests.alerts.routes.receivers import ACCEPTS, CALLED, SLACK, STATUSPAGE

DESCRIPTION = '[critical] "Nobody" gets in\nMeasured: a \\ b\n@everyone <!channel> **[x](https://evil.example.com)**'
MENTIONS = [
    "@everyone",
    "@here",
    "<!channel>",
    "<@U123>",
    "@room",
    "*bold* [link](https://evil.example.com) ~x~ :fire:",
]
NAMES = [
    "edge-nat-throughput",
    "ünïcödé Ω 日本語 \N{PILE OF POO}",
    "x" * 255,
    "\N{PILE OF POO}" * 255,
    *MENTIONS,
    "{'a': [1], \"b\": 2}".replace('"', "'"),
    "$.body.AlarmName ${x} %{y} </script>",
]
"""Names without quotes and backslashes, which this library gives no alarm."""


def sns_message(name: str, now: str, before: str, *, composite: bool = False) -> dict[str, Any]:
    """Return an alarm's SNS message as in the CloudWatch user guide (AlarmThatSendsEmail)."""
    common = {
        "AlarmName": name,
        "AlarmDescription": DESCRIPTION,
        "AWSAccountId": "123456789012",
        "AlarmConfigurationUpdatedTimestamp": "2026-11-22T01:00:00.000+0000",
        "NewStateValue": now,
        "NewStateReason": "Threshold Crossed: 1 datapoint [5.0 (22/11/26 01:00:00)] was greater than (1.0).",
        "StateChangeTime": "2026-11-22T01:29:00.123+0000",
        "Region": "US East (N. Virginia)",
        "AlarmArn": f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}",
        "OldStateValue": before,
        "OKActions": [],
        "AlarmActions": ["arn:aws:sns:us-east-1:123456789012:edge-critical"],
        "InsufficientDataActions": [],
    }
    if composite:
        return {**common, "AlarmRule": 'ALARM("a") OR ALARM("b")', "TriggeringChildren": [{"Arn": "arn", "State": {}}]}
    return {**common, "Trigger": {"MetricName": "Errors", "Namespace": "Edge", "Dimensions": [], "Threshold": 1.0}}


def event(name: str, now: str, before: str) -> dict[str, Any]:
    """Return an alarm's event as in the CloudWatch user guide (cloudwatch-and-eventbridge)."""
    return {
        "version": "0",
        "id": "c4c1c1c9-6542-e61b-6ef0-8c4d36933a92",
        "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch",
        "account": "123456789012",
        "time": "2026-11-22T01:29:00Z",
        "region": "us-east-1",
        "resources": [f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}"],
        "detail": {
            "alarmName": name,
            "configuration": {"description": DESCRIPTION, "metrics": []},
            "previousState": {"value": before, "reason": "…", "timestamp": "2026-11-22T01:00:00.000+0000"},
            "state": {"value": now, "reason": "…", "timestamp": "2026-11-22T01:29:00.123+0000"},
        },
    }


def change(state: State) -> tuple[str, str]:
    return ("ALARM", "OK") if state == "firing" else ("OK", "ALARM")


def by_pipe(receiver: ApiReceiver, message: Message, name: str, *, escape: bool, composite: bool = False) -> str:
    text = json.dumps(sns_message(name, *change(message.state), composite=composite), ensure_ascii=False)
    arrived = input_templates.of_message("0b1c", text)
    return input_templates.fill_pipe(receiver.template(message, PIPE), arrived, escape=escape)


def by_rule(receiver: ApiReceiver, message: Message, name: str, *, escape: bool) -> str:
    happened = event(name, *change(message.state))
    return input_templates.fill_rule(receiver.template(message, RULE), RULE_PATHS, happened, escape=escape)


@pytest.mark.parametrize("receiver", CALLED, ids=lambda receiver: receiver.name)
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_service_accepts_what_it_is_told(receiver: ApiReceiver, state: State, name: str) -> None:
    message = Message(state, "critical", "production", 'Ring "Ada" \\ +15550100.')
    bodies = {
        body
        for escape in (True, False)
        for body in (
            by_pipe(receiver, message, name, escape=escape),
            by_pipe(receiver, message, name, escape=escape, composite=True),
            by_rule(receiver, message, name, escape=escape),
        )
    }
    assert len(bodies) == 1, "escaped or not, by pipe or rule: it is the same"
    read = ACCEPTS[receiver.name](bodies.pop())
    if receiver is not STATUSPAGE:
        assert name in read
        assert ("OK to ALARM" if state == "firing" else "ALARM to OK") in read


@given(
    name=st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters='"\\'), min_size=1, max_size=255),
    note=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="<>"), max_size=300),
    state=st.sampled_from(STATES),
    receiver=st.sampled_from(CALLED),
)
def test_any_name_and_any_note(name: str, note: str, state: State, receiver: ApiReceiver) -> None:
    message = Message(state, "warning", "", note)
    assert len(receiver.template(message, PIPE)) <= MAX_TEMPLATE
    for escape in (True, False):
        ACCEPTS[receiver.name](by_pipe(receiver, message, name, escape=escape))
        ACCEPTS[receiver.name](by_rule(receiver, message, name, escape=escape))


def test_what_the_description_says_never_goes_into_a_template() -> None:
    """It has line breaks and quotes, which EventBridge does not escape: the body would be no JSON, or another one."""
    for receiver in CALLED:
        for state in STATES:
            written = receiver.template(Message(state, "critical"), PIPE)
            assert "Description" not in written
            assert "Reason" not in written
            assert "evil" not in by_pipe(receiver, Message(state, "critical"), "edge", escape=False)


def test_a_name_that_would_break_the_body_cannot_allow_mentions() -> None:
    """A quote in a name of somebody else's alarm: refused by the service, or at worst read with mentions still off."""
    (discord,) = (receiver for receiver in CALLED if receiver.name == "discord")
    name = '"}}],"allowed_mentions":{"parse":["everyone"]},"embeds":[{"author":{"name":"x'
    body = by_pipe(discord, Message("firing", "critical"), name, escape=False)
    assert json.loads(body)["allowed_mentions"] == {"parse": []}
    with pytest.raises(ValueError, match="delimiter"):
        json.loads(by_pipe(discord, Message("firing", "critical"), 'a "quoted" name', escape=False))


@pytest.mark.parametrize(
    ("now", "before", "told"),
    [
        ("ALARM", "OK", "firing"),
        ("ALARM", "INSUFFICIENT_DATA", "firing"),
        ("OK", "ALARM", "resolved"),
        ("INSUFFICIENT_DATA", "ALARM", "resolved"),
        ("OK", "INSUFFICIENT_DATA", None),
        ("INSUFFICIENT_DATA", "OK", None),
    ],
)
def test_which_changes_are_told(now: str, before: str, told: str | None) -> None:
    body = {"NewStateValue": now, "OldStateValue": before}
    matching = [
        state for state in STATES if all(body[key] in wanted for key, wanted in SLACK.message_filter(state).items())
    ]
    assert matching == ([told] if told else [])
    for state in STATES:
        detail = SLACK.direct("edge-*").event_pattern(state)["detail"]
        found = now in detail["state"]["value"] and before in detail.get("previousState", {}).get("value", [before])
        assert found == (state == told)


def test_a_status_page_hears_one_alarm_and_waits_for_ok() -> None:
    assert STATUSPAGE.message_filter("firing") == {"NewStateValue": ["ALARM"], "AlarmName": ["edge-customers"]}
    assert STATUSPAGE.message_filter("resolved")["NewStateValue"] == ["OK"]


def test_events_of_suppressed_or_muted_alarms_are_not_told() -> None:
    pattern = SLACK.direct("edge-*", "other").event_pattern("firing")
    assert pattern["detail"]["alarmName"] == [{"prefix": "edge-"}, "other"]
    assert pattern["detail"]["state"]["actionsSuppressedBy"] == [{"exists": False}]
    assert pattern["detail"]["muteDetail"] == [{"exists": False}]
