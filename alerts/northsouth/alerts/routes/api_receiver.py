"""Receivers that a state machine calls by HTTPS; pure."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal, Self
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from northsouth.alerts.routes.field_rules import literal_problems, name_problems, whole_number_problems
from northsouth.alerts.routes.machine import OVERTAKEN
from northsouth.alerts.routes.names import MAX_NAME, LongestName, called_name
from northsouth.alerts.routes.receiver import Receiver
from northsouth.alerts.routes.secret import Secret, secret_problems
from northsouth.errors import Problem
from northsouth.tokens import is_token

UNUSED_HEADER = ("X-Northsouth", "none")
"""A connection always has a credential; services that have theirs in the address get this header."""
MAX_ATTEMPTS = 100
"""How often SQS lets a message be received before it must be given up; AWS takes 1 to 1000 (SetQueueAttributes)."""
MAX_NOTE = 2000
FOUR_DAYS = 4 * 86400


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request.

    :data:`~northsouth.alerts.routes.secret.HOLE` stands for the secret.

    Attributes:
        method: the HTTP method.
        url: the address without its query. JSONata code may follow in ``path``.
        header: the header that carries the credential, and its value.
        query: the query's parameters.
        path: JSONata code of what the address ends with, if it differs from message to message.

    """

    method: Literal["POST", "PUT", "PATCH"]
    url: str
    header: tuple[str, str] = UNUSED_HEADER
    query: Mapping[str, str] = field(default_factory=dict)
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiReceiver(Receiver):
    """A receiver that a state machine calls by HTTPS.

    Attributes:
        name: begins the names of the resources made for it. Another name replaces them.
        secret: the credential.
        note: a sentence of yours in each message that an alarm is raised: whom to ring, where to look.
            A status page's component has none.
        attempts: how often one message is tried, a minute apart, before it goes to the dead-letter queue: 1 to 100.
        events: names of alarms that are followed without an action of theirs (see :meth:`direct`).

    """

    secret: Secret
    note: str = ""
    attempts: int = 10
    events: tuple[str, ...] = ()

    longest_note: ClassVar[int] = MAX_NOTE
    """Characters of a note for which the service has room in its fullest message."""
    kept_seconds: ClassVar[int] = FOUR_DAYS
    """How long a message waits for its pipe."""

    @property
    @abstractmethod
    def call(self) -> Call:
        """The request."""

    @abstractmethod
    def body(self) -> object:
        """Return the request's JSON body, with JSONata expressions in it.

        :mod:`northsouth.alerts.routes.card` says what they can read; :func:`~northsouth.alerts.routes.card.payload`
        marks them. Step Functions serializes the result, so nothing has to be escaped.
        """

    @property
    def skip(self) -> str:
        """JSONata: whether a message is not sent, by ``$card`` and by ``$asked``, the alarms as they are now."""
        return OVERTAKEN

    @property
    def asked_alarms(self) -> tuple[str, ...]:
        """The alarms whose state of now the body needs; by default the message's own, if CloudWatch knows it."""
        return ()

    def direct(self, alarm: str, *more: str) -> Self:
        """Return this receiver, notified by EventBridge events in place of the severity's topic.

        Alarms need no action for it. But an event is sent once: an alarm that is raised while it is suppressed or
        muted, and is still raised afterwards, sends no message.

        Args:
            alarm: the name of an alarm; ``edge-*`` stands for all that begin so.
            *more: others.

        """
        return replace(self, events=(alarm, *more))

    @property
    def followed_alarms(self) -> Iterable[tuple[str, str]]:
        """The alarms that it names."""
        return [(f"events[{index}]", name) for index, name in enumerate(self.events)]

    def filter_policy(self) -> dict[str, list[str]] | None:
        """Return the filter of its subscriptions on the message's body, if it does not want every message."""
        return {"AlarmName": list(self.asked_alarms)} if self.asked_alarms else None

    def event_pattern(self) -> dict[str, Any]:
        """Return the pattern of its rule: changes of these alarms that are neither suppressed nor muted."""
        names = [{"prefix": name[:-1]} if name.endswith("*") else name for name in self.asked_alarms or self.events]
        return {
            "source": ["aws.cloudwatch"],
            "detail-type": ["CloudWatch Alarm State Change"],
            "detail": {
                "alarmName": names,
                "state": {"actionsSuppressedBy": [{"exists": False}]},
                "muteDetail": [{"exists": False}],
            },
        }

    def problems(self) -> Iterator[Problem]:
        """Yield what AWS, or the service, would not accept of this receiver."""
        yield from name_problems("name", self.name)
        yield from secret_problems(self.secret)
        yield from literal_problems("note", self.note)
        if not is_token(self.note) and len(self.note) > self.longest_note:
            rule = f"beside all that an alarm can say, the service has room for {self.longest_note}"
            fix = f"Shorten it by {len(self.note) - self.longest_note}."
            yield Problem("note", f"{len(self.note)} characters", rule, fix)
        rule = f"a message is tried 1 to {MAX_ATTEMPTS} times, a minute apart"
        yield from whole_number_problems("attempts", self.attempts, MAX_ATTEMPTS, rule, "Write 10.")
        yield from self.field_problems()
        yield from self._event_problems()

    def _event_problems(self) -> Iterator[Problem]:
        for index, name in enumerate(self.events):
            if not name or name == "*" or "*" in name[:-1]:
                rule = "it is an alarm's name, or what names begin with and a * at the end"
                yield Problem(f"events[{index}]", repr(name), rule, "Write the name, or edge-*.")

    def longest_name(self, prefix: str) -> LongestName:
        """Return the name of the pipe."""
        return LongestName("pipe", called_name(prefix, self.name), MAX_NAME)


def split_address(url: str) -> tuple[str, dict[str, str]]:
    """Return an address without its query, and the query, which belongs to the connection."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query="", fragment="")), dict(parse_qsl(parts.query, keep_blank_values=True))
