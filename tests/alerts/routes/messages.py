"""Messages as they lie in a receiver's queue: alarms', events' and Prometheus alerts', real and hostile."""

from __future__ import annotations

import json
from typing import Any

TOPIC = "arn:aws:sns:us-east-1:123456789012:edge-critical"
ACCOUNT = "123456789012"
REASON = (
    "Threshold Crossed: 2 out of the last 3 datapoints [1423.5 (22/11/26 01:29:00), 1202.0 (22/11/26 01:28:00)] were"
    " greater than the threshold (1000.0) (minimum 2 datapoints for OK -> ALARM transition)."
)
DESCRIPTION = """[critical] NAT gateways drop packets
Measured: Sum of PacketsDropCount > 1000 count for 2 of 3 periods of 1 min.
Why it matters: connections of "paying" customers hang,
and \\ they leave
No data counts as good.
Runbook: https://wiki.example.com/alerts/nat#dropped-packets"""
FOREIGN = 'Somebody else\'s "alarm"\nCall 555-0100. See https://example.org/runbooks/1?a=b&c=d or @everyone'
PROMETHEUS = """[critical] 3 pods of hub crash
Why it matters: the hub does not serve
Runbook: https://wiki.example.com/kubernetes#pods-crash"""
MENTIONS = [
    "@everyone",
    "@here",
    "<!channel> <@U123>",
    "@room",
    "*bold* _it_ [link](https://evil.example.com) ~x~ :fire: `code` ||spoiler|| # title",
]
HOSTILE = [
    'a "quoted" name',
    "back\\slash \\n \\u0041",
    "ünïcödé Ω 日本語 \N{PILE OF POO}",
    "x" * 255,
    "\N{PILE OF POO}" * 255,
    *MENTIONS,
    '"}}],"allowed_mentions":{"parse":["everyone"]},"embeds":[{"author":{"name":"x',
    "{% $states %} ${x} %{y} </script> {{ .Labels }}",
    " ",
    "-",
    "/a/b?c#d%25 &amp;",
]


def alarm(
    name: str = "edge-nat-dropped-packets",
    now: str = "ALARM",
    before: str = "OK",
    *,
    description: str | None = DESCRIPTION,
    reason: str = REASON,
    changed: str = "2026-11-22T01:29:30.123+0000",
    account: str = ACCOUNT,
    partition: str = "aws",
    **more: Any,
) -> dict[str, Any]:
    """Return what SNS is told of an alarm (CloudWatch user guide, AlarmThatSendsEmail)."""
    return {
        "AlarmName": name,
        "AlarmDescription": description,
        "AWSAccountId": account,
        "AlarmConfigurationUpdatedTimestamp": "2026-11-22T01:00:00.000+0000",
        "NewStateValue": now,
        "NewStateReason": reason,
        "StateChangeTime": changed,
        "Region": "US East (N. Virginia)",
        "AlarmArn": f"arn:{partition}:cloudwatch:us-east-1:{account}:alarm:{name}",
        "OldStateValue": before,
        "OKActions": [TOPIC],
        "AlarmActions": [TOPIC],
        "InsufficientDataActions": [],
        "Trigger": {"MetricName": "PacketsDropCount", "Namespace": "AWS/NATGateway", "Threshold": 1000.0},
        **more,
    }


def composite(name: str, children: int, now: str = "ALARM", before: str = "OK") -> dict[str, Any]:
    """Return what SNS is told of a composite: most of its children are raised, one is not."""
    arn = f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:"
    states = [{"Arn": f"{arn}child-{number}", "State": {"Value": "ALARM"}} for number in range(children)]
    message = alarm(
        name, now, before, reason=f"{arn}child-0 transitioned to ALARM at Sunday 22 November, 2026 01:29 UTC"
    )
    del message["Trigger"]
    message["TriggeringChildren"] = [*states, {"Arn": f"{arn}quiet", "State": {"Value": "OK"}}]
    return {**message, "AlarmRule": 'ALARM("child-0") OR ALARM("quiet")'}


def prometheus(name: str = "PodsCrash hub", now: str = "ALARM", description: str = PROMETHEUS) -> dict[str, Any]:
    """Return what the alert manager of a workspace says (:mod:`northsouth.alerts.alertmanager.amp`)."""
    return {
        "AlarmName": name,
        "AlarmDescription": description,
        "AWSAccountId": ACCOUNT,
        "Region": "us-east-1",
        "NewStateValue": now,
        "OldStateValue": "OK" if now == "ALARM" else "ALARM",
        "NewStateReason": "3 firing, 1 resolved",
        "StateChangeTime": "2026-11-22T01:29:30.123+0000",
    }


def event(
    name: str = "edge-nat-dropped-packets", now: str = "ALARM", before: str = "OK", **state: Any
) -> dict[str, Any]:
    """Return an alarm's event (CloudWatch user guide, cloudwatch-and-eventbridge)."""
    return {
        "version": "0",
        "id": "c4c1c1c9-6542-e61b-6ef0-8c4d36933a92",
        "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch",
        "account": ACCOUNT,
        "time": "2026-11-22T01:29:30Z",
        "region": "us-east-1",
        "resources": [f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:{name}"],
        "detail": {
            "alarmName": name,
            "configuration": {"description": DESCRIPTION, "metrics": []},
            "previousState": {"value": before, "reason": "…", "timestamp": "2026-11-22T01:00:00.000+0000"},
            "state": {"value": now, "reason": REASON, "timestamp": "2026-11-22T01:29:30.123+0000", **state},
        },
    }


def notified(message: dict[str, Any], topic: str = TOPIC) -> list[dict[str, Any]]:
    """Return the input of a state machine: one SQS message with SNS's envelope."""
    envelope = {"Type": "Notification", "MessageId": "0b1c", "TopicArn": topic, "Message": json.dumps(message)}
    return queued(envelope)


def queued(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the input of a state machine: one SQS message (EventBridge user guide, eb-pipes-sqs)."""
    return [{"messageId": "059f36b4-87a3-44ab-83d2-661975830a7d", "body": json.dumps(body), "eventSource": "aws:sqs"}]
