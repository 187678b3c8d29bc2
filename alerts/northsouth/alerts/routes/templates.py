"""What is said, in the form each service takes: the input templates of pipes and of rules; pure.

EventBridge does not escape what it puts into a template (eb-pipes-input-transformation, "Common issues"), so only
values go in that hold no quote, backslash or line break: the alarm's name (CloudWatch forbids control characters, and
this library quotes and backslashes), states, times and account numbers. The description, which has line breaks, does
not. ``<`` and ``>`` cannot be escaped in a template at all. Keys that protect (``allowed_mentions``) come last.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from northsouth.alerts.routes.receivers import (
    Called,
    DiscordWebhook,
    MatrixRoom,
    SlackWebhook,
    State,
    StatuspageComponent,
    TeamsWebhook,
)

MAX_TEMPLATE = 8192
"""Characters of an input template (PipeTargetParameters, InputTransformer)."""


@dataclass(frozen=True, slots=True)
class Values:
    """What a template may say of an alarm, as the way there writes it.

    Attributes:
        name: the alarm's name.
        now: its state.
        before: the state it was in.
        time: when it changed.
        account: where.

    """

    name: str
    now: str
    before: str
    time: str
    account: str


PIPE = Values(
    name="<$.body.AlarmName>",
    now="<$.body.NewStateValue>",
    before="<$.body.OldStateValue>",
    time="<$.body.StateChangeTime>",
    account="<$.body.AWSAccountId>",
)
"""Of an SNS message of an alarm in the body of an SQS message (implicit body data parsing)."""
RULE = Values(name="<name>", now="<now>", before="<before>", time="<time>", account="<account>")
"""Of an event, by the variables of :data:`RULE_PATHS`."""
RULE_PATHS: Mapping[str, str] = {
    "name": "$.detail.alarmName",
    "now": "$.detail.state.value",
    "before": "$.detail.previousState.value",
    "time": "$.detail.state.timestamp",
    "account": "$.account",
}
"""The variables of a rule's template (CloudWatch alarm events)."""
LONGEST = Values("x" * 255, "INSUFFICIENT_DATA", "INSUFFICIENT_DATA", "2026-01-01T00:00:00.000+0000", "123456789012")
"""The longest values there are, to measure a message."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a message is about.

    Attributes:
        state: whether the alarm is raised, or over.
        severity: how soon to act.
        label: the environment.
        note: a sentence of the receiver's, at the end of what is raised.

    """

    state: State
    severity: str
    label: str = ""
    note: str = ""

    @property
    def title(self) -> str:
        """One line: what happened and how bad it is."""
        mark = "\N{LARGE RED CIRCLE}" if self.state == "firing" else "\N{LARGE GREEN CIRCLE}"
        where = f" in {self.label}" if self.label else ""
        return f"{mark} {self.state.capitalize()}: {self.severity} alarm{where}"

    def text(self, values: Values) -> str:
        """Return the lines below the alarm's name."""
        line = f"{values.before} to {values.now} at {values.time}, account {values.account}"
        return f"{line}\n{self.note}" if self.note and self.state == "firing" else line


def template(receiver: Called, message: Message, values: Values) -> str:
    """Return the input template of a message to a receiver.

    With :data:`LONGEST` in place of paths it is the longest body that can come of it.
    """
    return json.dumps(_body(receiver, message, values), separators=(",", ":"))


def said(receiver: Called, message: Message) -> int:
    """Return how many characters the longest text of a message has, as the service counts them."""
    return len(_said(receiver, message))


def _said(receiver: Called, message: Message) -> str:
    if isinstance(receiver, DiscordWebhook):
        return message.text(LONGEST)
    if isinstance(receiver, SlackWebhook | MatrixRoom):
        return _all(message, LONGEST)
    return template(receiver, message, LONGEST)


def _body(receiver: Called, message: Message, values: Values) -> dict[str, Any]:
    if isinstance(receiver, SlackWebhook):
        return _slack(message, values)
    if isinstance(receiver, DiscordWebhook):
        return _discord(message, values)
    if isinstance(receiver, TeamsWebhook):
        return _teams(message, values)
    if isinstance(receiver, MatrixRoom):
        return _matrix(message, values)
    if isinstance(receiver, StatuspageComponent):
        return {"component": {"status": receiver.down if message.state == "firing" else "operational"}}
    return _webhook(message, values)


MAX_SAID: Mapping[type[Called], tuple[int, str]] = {
    SlackWebhook: (3000, "the text of a Slack section has at most 3000 characters"),
    DiscordWebhook: (4096, "the description of a Discord embed has at most 4096 characters"),
    TeamsWebhook: (28_000, "a Teams message has at most 28 KB"),
    MatrixRoom: (60_000, "a Matrix event has at most 65,536 bytes"),
}
"""What each service takes at most, in characters of the longest text."""


def _all(message: Message, values: Values) -> str:
    return f"{message.title}\n{values.name}\n{message.text(values)}"


def _slack(message: Message, values: Values) -> dict[str, Any]:
    """Say it in ``plain_text``, in which Slack sees neither mentions nor markup; the fallback names nothing."""
    text = {"type": "plain_text", "text": _all(message, values), "emoji": False}
    return {"text": message.title, "blocks": [{"type": "section", "text": text}]}


def _discord(message: Message, values: Values) -> dict[str, Any]:
    """Put the name where Discord renders no markdown, and forbid all mentions."""
    colour = 0xD92D20 if message.state == "firing" else 0x079455
    embed = {
        "author": {"name": values.name},
        "title": message.title,
        "description": message.text(values),
        "color": colour,
    }
    return {"embeds": [embed], "allowed_mentions": {"parse": []}}


def _teams(message: Message, values: Values) -> dict[str, Any]:
    """Use text runs, which render no markdown, in an Adaptive Card."""
    colour = "attention" if message.state == "firing" else "good"
    runs = [
        {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": line, **look}]}
        for line, look in (
            (message.title, {"weight": "bolder", "color": colour}),
            (values.name, {"weight": "bolder"}),
            *((line, {}) for line in message.text(values).split("\n")),
        )
    ]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": runs,
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _matrix(message: Message, values: Values) -> dict[str, Any]:
    """Send a notice, to which no bot answers; with ``m.mentions`` empty, ``@room`` rings nobody."""
    return {"msgtype": "m.notice", "body": _all(message, values), "m.mentions": {}}


def _webhook(message: Message, values: Values) -> dict[str, Any]:
    return {
        "alarm": values.name,
        "before": values.before,
        "now": values.now,
        "time": values.time,
        "account": values.account,
        "state": message.state,
        "severity": message.severity,
        "label": message.label,
        "note": message.note,
    }


def message_filter(state: State, receiver: Called) -> dict[str, list[str]]:
    """Return the filter of a subscription on the message's body: which changes are of this state.

    Over means: it was raised. An alarm that begins, from ``INSUFFICIENT_DATA`` to ``OK``, is not worth a message. One
    that ends without data is over too; a status page waits for ``OK``.
    """
    found: dict[str, list[str]] = {"NewStateValue": ["ALARM"]}
    if state == "resolved":
        over = ["OK"] if isinstance(receiver, StatuspageComponent) else ["OK", "INSUFFICIENT_DATA"]
        before = ["ALARM", "INSUFFICIENT_DATA"] if isinstance(receiver, StatuspageComponent) else ["ALARM"]
        found = {"NewStateValue": over, "OldStateValue": before}
    if isinstance(receiver, StatuspageComponent):
        found["AlarmName"] = [receiver.alarm]
    return found


def event_pattern(state: State, receiver: Called) -> dict[str, Any]:
    """Return the pattern of a rule: these alarms, changed to this state, and neither suppressed nor muted."""
    wanted = message_filter(state, receiver)
    names = [{"prefix": name[:-1]} if name.endswith("*") else name for name in receiver.events]
    detail: dict[str, Any] = {
        "alarmName": wanted.get("AlarmName", names),
        "state": {"value": wanted["NewStateValue"], "actionsSuppressedBy": [{"exists": False}]},
        "muteDetail": [{"exists": False}],
    }
    if "OldStateValue" in wanted:
        detail["previousState"] = {"value": wanted["OldStateValue"]}
    return {"source": ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm State Change"], "detail": detail}
