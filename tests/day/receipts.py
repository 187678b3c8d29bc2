"""Who was notified of what: read from the bodies that reached the receivers, and as a replay says it; pure."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

from northsouth.alerts.replay import Action, Outcome, State, Timeline

PREFIX = "example-alarms-"
HOSTS = {
    "slack": "hooks.slack.com",
    "discord": "discord.com",
    "teams": "prod-12.westus.logic.azure.com",
    "matrix": "matrix.example.org",
    "incidents": "incidents.example.com",
    "pager": "events.pagerduty.com",
    "genie": "api.eu.opsgenie.com",
    "status": "api.statuspage.io",
}
"""The receivers of the example that are called by HTTP, each with its host."""
SUBSCRIBED = ("pager", "genie")
"""They get SNS's own message."""
STATUSPAGE = "status"
"""It gets states, not messages."""


@dataclass(frozen=True, slots=True, order=True)
class Receipt:
    """One message.

    Attributes:
        time: when it arrived, in seconds since 1970 UTC.
        alarm: the alarm's name, without what all names begin with.
        firing: whether it says that the alarm is raised; else, that it is over.
        receiver: who got it.

    """

    time: int
    alarm: str
    firing: bool
    receiver: str


def read(receiver: str, body: str, time: int) -> Receipt:
    """Return what a body says.

    Raises:
        ValueError: it names no alarm, or no state.

    """
    if receiver in SUBSCRIBED:
        message = json.loads(json.loads(body)["Message"])
        name, firing = message["AlarmName"], message["NewStateValue"] == "ALARM"
    elif receiver == "incidents":
        message = json.loads(body)
        name, firing = message["alarm"], message["state"] == "firing"
    else:
        plain = "\n".join(_texts(json.loads(body))).replace("\\", "")  # without Markdown's escapes
        alarm = re.search(r"#alarmsV2:alarm/([\w.%-]+)", plain)
        change = re.search(r"\((?:OK|ALARM|INSUFFICIENT_DATA) to (OK|ALARM)\)", plain)
        if not alarm or not change:
            raise ValueError(f"{receiver} got a body without an alarm and its change: {body[:500]}")
        name, firing = unquote(alarm[1]), change[1] == "ALARM"
    return Receipt(time, name.removeprefix(PREFIX), firing, receiver)


def _texts(value: object) -> Iterator[str]:
    """Yield all texts in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


@dataclass(frozen=True, slots=True)
class Routes:
    """Who gets what, as the environment file says it.

    Attributes:
        by_topic: the receivers of each topic, by the topic's name.
        by_event: patterns of alarms' names, by the receiver that follows their events.

    """

    by_topic: Mapping[str, tuple[str, ...]]
    by_event: Mapping[str, tuple[str, ...]]


def routes(environment: str) -> Routes:
    """Read the routes of an environment file, as far as its receivers are called by HTTP."""
    kinds = [kind for kind in tomllib.loads(environment)["alerts"]["routes"].values() if isinstance(kind, dict)]
    named: dict[str, Any] = {name: each for kind in kinds for name, each in kind.items() if isinstance(each, dict)}
    called = {name: each for name, each in named.items() if name in HOSTS and name != STATUSPAGE}
    topics = {
        f"example-{severity}": tuple(
            name for name, each in called.items() if severity in each["severities"] and not each.get("events")
        )
        for severity in ("critical", "warning")
    }
    return Routes(topics, {name: tuple(each["events"]) for name, each in called.items() if each.get("events")})


def expected(timelines: Iterable[Timeline], who: Routes, quiet: Container[str] = ()) -> Counter[Receipt]:
    """Return what receivers should have got by a replay.

    Args:
        timelines: what became of each alarm.
        who: who gets what.
        quiet: names of alarms whose actions are switched on by their first change to OK, after it.

    """
    return Counter(receipt for timeline in timelines for receipt in _of(timeline, who, quiet=timeline.alarm in quiet))


def _run(timeline: Timeline, *, quiet: bool) -> Iterator[Action]:
    """Yield the actions that run and notify somebody."""
    first_good = min((time for time, state in timeline.states[1:] if state is State.OK), default=timeline.end)
    for action in timeline.actions:
        held = quiet and action.time <= first_good
        if action.outcome is Outcome.RUN and action.state is not State.INSUFFICIENT_DATA and not held:
            yield action


def _of(timeline: Timeline, who: Routes, *, quiet: bool) -> Iterator[Receipt]:
    name = timeline.alarm.removeprefix(PREFIX)
    before = {time: was for (_, was), (time, _) in pairwise(timeline.states)}
    for action in _run(timeline, quiet=quiet):
        # That an alarm is over which was not raised is no news: only those who get SNS's own message hear of it.
        news = State.ALARM in (action.state, before.get(action.time))
        for topic in action.receivers:
            for receiver in who.by_topic.get(topic.rpartition(":")[2], ()):
                if news or receiver in SUBSCRIBED:
                    yield Receipt(action.time, name, action.state is State.ALARM, receiver)
    for receiver, patterns in who.by_event.items():
        if any(fnmatchcase(name, pattern) for pattern in patterns):
            for (_, was), (time, state) in pairwise(timeline.states):
                if State.ALARM in (was, state) and state is not State.INSUFFICIENT_DATA:
                    yield Receipt(time, name, state is State.ALARM, receiver)
