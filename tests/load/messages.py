"""What receivers were sent, read from the bodies of the requests, and what is wrong with it; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """One message.

    Attributes:
        alarm: the alarm's name.
        firing: whether it says that the alarm is raised; else, that it is over.
        changed: when the alarm changed, in ISO 8601.

    """

    alarm: str
    firing: bool
    changed: str


def read(body: str) -> Message:
    """Read a body: an SNS message, as pagers get it, or the object of a webhook (docs/routes-messages.md)."""
    message = json.loads(body)
    if "Message" in message:
        alarm = json.loads(message["Message"])
        changed = re.sub(r"\+00:?00$", "Z", alarm["StateChangeTime"])
        return Message(alarm["AlarmName"], alarm["NewStateValue"] == "ALARM", changed)
    return Message(message["alarm"], message["state"] == "firing", message["time"])


def reopened(messages: Sequence[Message]) -> list[Message]:
    """Return the messages that an alarm is raised that arrived after the message of a later change of it."""
    newest: dict[str, str] = {}
    late = []
    for message in messages:
        if message.firing and message.changed < newest.get(message.alarm, ""):
            late.append(message)
        newest[message.alarm] = max(newest.get(message.alarm, ""), message.changed)
    return late


def last_said(messages: Sequence[Message]) -> dict[str, bool]:
    """Return whether an alarm is raised by the last message about it, by its name."""
    return {message.alarm: message.firing for message in messages}
