"""Receivers that an EventBridge API destination calls; pure."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal, NamedTuple, Self
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from northsouth.alerts.routes.field_rules import literal_problems, name_problems, whole_number_problems
from northsouth.alerts.routes.message import LONGEST, MAX_TEMPLATE, PIPE, RULE, STATES, Message, State, Values
from northsouth.alerts.routes.names import MAX_NAME, LongestName, pipe_name
from northsouth.alerts.routes.receiver import Receiver
from northsouth.alerts.routes.secret import Secret, secret_problems
from northsouth.errors import Problem
from northsouth.tokens import is_token

UNUSED_HEADER = ("X-Northsouth", "none")
"""A connection always has a credential; services that have theirs in the address get this header."""
MAX_ATTEMPTS = 100
"""How often SQS lets a message be received before it must be given up; AWS takes 1 to 1000 (SetQueueAttributes)."""
FOUR_DAYS = 4 * 86400


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request of an API destination.

    :data:`~northsouth.alerts.routes.secret.HOLE` stands for the secret.

    Attributes:
        method: the HTTP method.
        url: the address without its query; ``*`` stands for each of the receiver's ``path_values``.
        header: the header that carries the credential, and its value.
        query: the query's parameters.

    """

    method: Literal["POST", "PUT", "PATCH"]
    url: str
    header: tuple[str, str] = UNUSED_HEADER
    query: Mapping[str, str] = field(default_factory=dict)


class TextLimit(NamedTuple):
    """How long a service lets the text of a message be.

    Attributes:
        characters: the limit, in characters of the longest text.
        rule: the service's rule, in words.

    """

    characters: int
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiReceiver(Receiver):
    """A receiver that an EventBridge API destination calls.

    Attributes:
        name: begins the names of the resources made for it. Another name replaces them.
        secret: the credential.
        note: a sentence of yours at the end of each message that an alarm is raised: whom to ring, where to look.
            A status page's component has none.
        rate_per_second: requests a second, so that the service does not refuse them in a storm.
        attempts: how often one message is tried, a minute apart, before it goes to the dead-letter queue: 1 to 100.
        events: names of alarms, for the shorter way (see :meth:`direct`); empty takes the topic.

    """

    secret: Secret
    note: str = ""
    rate_per_second: int = 1
    attempts: int = 10
    events: tuple[str, ...] = ()

    most_per_second: ClassVar[int] = 300
    """Requests a second that the service takes; by default the limit of EventBridge (CreateApiDestination)."""
    text_limit: ClassVar[TextLimit | None] = None
    kept_seconds: ClassVar[int] = FOUR_DAYS
    """How long a message waits for its pipe."""
    path_values: ClassVar[tuple[str, ...]] = ()
    """For each ``*`` of the address, the path of its value in the SQS message."""

    @property
    @abstractmethod
    def call(self) -> Call:
        """The request."""

    @abstractmethod
    def body(self, message: Message, values: Values) -> Mapping[str, Any]:
        """Return the request's JSON body. Keys that protect (``allowed_mentions``) come last.

        Args:
            message: what it is about.
            values: the expressions that stand for the alarm's values.

        """

    def longest_text(self, message: Message) -> str:
        """Return the longest text of a message, as the service counts it; by default the whole body."""
        return self.template(message, LONGEST)

    def template(self, message: Message, values: Values) -> str:
        """Return the input template of a message."""
        return json.dumps(self.body(message, values), separators=(",", ":"))

    def direct(self, alarm: str, *more: str) -> Self:
        """Return this receiver, notified by EventBridge events in place of the severity's topic.

        The way is shorter and cheaper (no queue, no pipe), and alarms need no action for it. But an event is sent once:
        an alarm that is raised while it is suppressed or muted, and is still raised afterwards, sends no message.

        Args:
            alarm: the name of an alarm; ``edge-*`` stands for all that begin so.
            *more: others.

        """
        return replace(self, events=(alarm, *more))

    @property
    def followed_alarms(self) -> Iterable[tuple[str, str]]:
        """The alarms of the shorter way."""
        return [(f"events[{index}]", name) for index, name in enumerate(self.events)]

    def message_filter(self, state: State) -> dict[str, list[str]]:
        """Return the filter of a subscription on the message's body: which changes are of this state.

        Resolved means that it was raised before, so a new alarm that becomes ``OK`` sends no message. An alarm that is
        left without data is resolved too.
        """
        if state == "firing":
            return {"NewStateValue": ["ALARM"]}
        return {"NewStateValue": ["OK", "INSUFFICIENT_DATA"], "OldStateValue": ["ALARM"]}

    def event_pattern(self, state: State) -> dict[str, Any]:
        """Return the pattern of a rule: these alarms, changed to this state, and neither suppressed nor muted."""
        wanted = self.message_filter(state)
        names = [{"prefix": name[:-1]} if name.endswith("*") else name for name in self.events]
        detail: dict[str, Any] = {
            "alarmName": wanted.get("AlarmName", names),
            "state": {"value": wanted["NewStateValue"], "actionsSuppressedBy": [{"exists": False}]},
            "muteDetail": [{"exists": False}],
        }
        if "OldStateValue" in wanted:
            detail["previousState"] = {"value": wanted["OldStateValue"]}
        return {"source": ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm State Change"], "detail": detail}

    def problems(self) -> Iterator[Problem]:
        """Yield what AWS, or the service, would not accept of this receiver."""
        yield from name_problems("name", self.name)
        yield from secret_problems(self.secret)
        yield from literal_problems("note", self.note)
        most = self.most_per_second
        rule = f"the service takes 1 to {most} requests a second"
        yield from whole_number_problems("rate_per_second", self.rate_per_second, most, rule, f"Write {most}.")
        rule = f"a message is tried 1 to {MAX_ATTEMPTS} times, a minute apart"
        yield from whole_number_problems("attempts", self.attempts, MAX_ATTEMPTS, rule, "Write 10.")
        yield from self.field_problems()
        yield from self._event_problems()

    def _event_problems(self) -> Iterator[Problem]:
        for index, name in enumerate(self.events):
            if not name or name == "*" or "*" in name[:-1]:
                rule = "it is an alarm's name, or what names begin with and a * at the end"
                yield Problem(f"events[{index}]", repr(name), rule, "Write the name, or edge-*.")
        if self.events and self.path_values:
            rule = "its address holds the id of each message, which an event does not have"
            yield Problem("events", "names of alarms", rule, "Leave direct() out.")

    def message_problems(self, severity: str, label: str) -> Iterator[Problem]:
        """Yield messages that the service, or EventBridge, would not take."""
        if is_token(self.note) or is_token(label):
            return
        for state in STATES:
            message = Message(state, severity, label, self.note)
            length = len(self.longest_text(message))
            if self.text_limit and length > self.text_limit.characters:
                fix = f"Shorten it by {length - self.text_limit.characters}."
                yield Problem("note", f"a message of {length} characters", self.text_limit.rule, fix)
                continue
            length = max(len(self.template(message, values)) for values in (PIPE, RULE))
            if length > MAX_TEMPLATE:
                rule = f"EventBridge takes a template of {MAX_TEMPLATE}"
                yield Problem(
                    "note", f"a template of {length} characters", rule, f"Shorten it by {length - MAX_TEMPLATE}."
                )

    def longest_name(self, prefix: str) -> LongestName:
        """Return the name of a pipe."""
        return LongestName("pipe", pipe_name(prefix, "critical", self.name, "resolved"), MAX_NAME)


def split_address(url: str) -> tuple[str, dict[str, str]]:
    """Return an address without its query, and the query, which belongs to the connection."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query="", fragment="")), dict(parse_qsl(parts.query, keep_blank_values=True))
