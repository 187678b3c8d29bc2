"""Who can be told of an alarm: one frozen value for each kind of receiver; pure.

A receiver's ``name`` is yours: it begins the names of what is made for it, so it never changes without replacing them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal, Self
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from northsouth.alerts.routes.secret import Secret

State = Literal["firing", "resolved"]
STATES: tuple[State, ...] = ("firing", "resolved")
Site = Literal["us", "eu"]
"""Where an account of PagerDuty or Opsgenie lives."""
HOLE = "{secret}"
"""Stands for the secret in a :class:`Call`."""
UNUSED_HEADER = ("X-Northsouth", "none")
"""A connection always has a credential; services that have theirs in the address get this header."""


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request of an API destination; :data:`HOLE` stands for the secret.

    Attributes:
        method: the HTTP method.
        url: the address without its query; ``*`` stands for each of ``path``.
        header: the header that carries the credential, and its value.
        query: the query's parameters.
        path: for each ``*`` of the address the path of the value in the SQS message.

    """

    method: Literal["POST", "PUT", "PATCH"]
    url: str
    header: tuple[str, str] = UNUSED_HEADER
    query: Mapping[str, str] = field(default_factory=dict)
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """An e-mail address; AWS asks it to confirm."""

    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sms:
    """A telephone number in E.164 form: ``+15550100``. The account must have left the SMS sandbox."""

    name: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PagerDuty:
    """A PagerDuty service, by an "Amazon CloudWatch" integration; ``secret`` is its integration key.

    SNS calls PagerDuty by an address that holds the key; there is no other way in. It opens and resolves incidents.
    """

    name: str
    secret: Secret
    site: Site = "us"

    @property
    def origin(self) -> str:
        """The service's address without a path."""
        return "https://events.pagerduty.com" if self.site == "us" else "https://events.eu.pagerduty.com"

    @property
    def endpoint(self) -> str:
        """The address that SNS calls (PagerDuty, Amazon CloudWatch integration guide)."""
        return f"{self.origin}/integration/{HOLE}/enqueue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opsgenie:
    """An Opsgenie team, by an "Amazon CloudWatch" integration; ``secret`` is its API key, which is in the address."""

    name: str
    secret: Secret
    site: Site = "us"

    @property
    def origin(self) -> str:
        """The service's address without a path."""
        return "https://api.opsgenie.com" if self.site == "us" else "https://api.eu.opsgenie.com"

    @property
    def endpoint(self) -> str:
        """The address that SNS calls (Opsgenie, CloudWatch integration)."""
        return f"{self.origin}/v1/json/cloudwatch?apiKey={HOLE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackChannel:
    """A Slack channel, through Amazon Q Developer in chat applications (AWS Chatbot); it needs no secret.

    Somebody authorizes the workspace once, by hand, in AWS's console. The messages have graphs, and tell the end too.

    Attributes:
        name: yours.
        workspace: the id of the workspace: ``T07EA123LEP``.
        channel: the id of the channel: ``C07EZ1ABC23``.

    """

    name: str
    workspace: str
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsChannel:
    """A Microsoft Teams channel, through Amazon Q Developer in chat applications; it needs no secret.

    Attributes:
        name: yours.
        tenant: the id of the Microsoft 365 tenant, a UUID.
        team: the id of the team, a UUID.
        channel: the id of the channel: ``19%3ab6ef…%40thread.tacv2``.

    """

    name: str
    tenant: str
    team: str
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Called:
    """What all receivers share that an API destination calls.

    Attributes:
        name: yours.
        secret: the credential.
        note: a sentence of yours at the end of each message that an alarm is raised: whom to ring, where to look.
            A status page's component has none.
        rate_per_second: requests a second, so that the service does not refuse them in a storm.
        attempts: how often one message is tried, a minute apart, before it goes to the dead-letter queue.
        events: names of alarms, for the shorter way (see :meth:`direct`); empty takes the topic.

    """

    name: str
    secret: Secret
    note: str = ""
    rate_per_second: int = 1
    attempts: int = 10
    events: tuple[str, ...] = ()

    most_per_second: ClassVar[int] = 300
    """What the service takes; by default the limit of EventBridge (CreateApiDestination)."""

    def direct(self, alarm: str, *more: str) -> Self:
        """Return this receiver, told by EventBridge events in place of the severity's topic.

        The way is shorter and cheaper (no queue, no pipe), and alarms need no action for it. But an event is sent once:
        an alarm that is raised while it is suppressed or muted, and is still raised afterwards, is never told.

        Args:
            alarm: the name of an alarm; ``edge-*`` stands for all that begin so.
            *more: others.

        """
        return replace(self, events=(alarm, *more))


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackWebhook(_Called):
    """A Slack incoming webhook. ``secret`` is what follows ``https://hooks.slack.com/services/``: ``T…/B…/…``."""

    most_per_second: ClassVar[int] = 1

    @property
    def call(self) -> Call:
        """The request (Slack, Sending messages using incoming webhooks)."""
        return Call("POST", f"https://hooks.slack.com/services/{HOLE}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordWebhook(_Called):
    """A Discord webhook. ``secret`` is its token: what follows the id in its address.

    Attributes:
        webhook: its id, a number: the first part of its address.

    """

    webhook: str
    rate_per_second: int = 2
    most_per_second: ClassVar[int] = 2

    @property
    def call(self) -> Call:
        """The request (Discord, Execute Webhook)."""
        return Call("POST", f"https://discord.com/api/webhooks/{self.webhook}/{HOLE}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsWebhook(_Called):
    """A workflow of Microsoft Teams that waits for a webhook. ``secret`` is its signature, ``sig`` in its address.

    Attributes:
        url: its address without ``sig``.

    """

    url: str

    @property
    def call(self) -> Call:
        """The request; all of the query goes to the connection, so that the signature can join it."""
        parts = urlsplit(self.url)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        return Call("POST", urlunsplit(parts._replace(query="", fragment="")), query={**query, "sig": HOLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRoom(_Called):
    """A Matrix room without encryption, by a user that has joined it; ``secret`` is the user's access token.

    Attributes:
        homeserver: the address of the user's server: ``https://matrix.example.org``.
        room: the room's id, not an alias: ``!abc:example.org``.

    """

    homeserver: str
    room: str

    @property
    def call(self) -> Call:
        """The request (Matrix client-server API, send): the message's id makes a second attempt harmless."""
        room = quote(self.room, safe="")
        url = f"{self.homeserver.rstrip('/')}/_matrix/client/v3/rooms/{room}/send/m.room.message/*"
        return Call("PUT", url, ("Authorization", f"Bearer {HOLE}"), path=("$.messageId",))


@dataclass(frozen=True, slots=True, kw_only=True)
class StatuspageComponent(_Called):
    """A component of an Atlassian Statuspage, which follows one alarm that speaks for customers.

    ``secret`` is an API key. A status is only true when it is fresh: a change that cannot be told within some minutes
    is given up.

    Attributes:
        page: the page's id.
        component: the component's id.
        alarm: the name of the alarm.
        down: the status while the alarm is raised.

    """

    page: str
    component: str
    alarm: str
    down: Literal["degraded_performance", "partial_outage", "major_outage"] = "major_outage"
    attempts: int = 5
    most_per_second: ClassVar[int] = 1

    @property
    def call(self) -> Call:
        """The request (Statuspage API, Update a component)."""
        url = f"https://api.statuspage.io/v1/pages/{self.page}/components/{self.component}"
        return Call("PATCH", url, ("Authorization", f"OAuth {HOLE}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook(_Called):
    """Any other service that takes a small JSON object by POST.

    Attributes:
        url: its address.
        header: the header that carries the secret.
        scheme: a word before the secret: ``Bearer``; empty for none.

    """

    url: str
    header: str = "Authorization"
    scheme: str = "Bearer"

    @property
    def call(self) -> Call:
        """The request."""
        parts = urlsplit(self.url)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        address = urlunsplit(parts._replace(query="", fragment=""))
        return Call("POST", address, (self.header, f"{self.scheme} {HOLE}".lstrip()), query)


Called = SlackWebhook | DiscordWebhook | TeamsWebhook | MatrixRoom | StatuspageComponent | Webhook
"""Receivers that an EventBridge API destination calls."""
Subscribed = Email | Sms | PagerDuty | Opsgenie
"""Receivers that SNS itself tells."""
Chat = SlackChannel | TeamsChannel
"""Receivers that the chat service tells."""
Receiver = Called | Subscribed | Chat

CALLED = (SlackWebhook, DiscordWebhook, TeamsWebhook, MatrixRoom, StatuspageComponent, Webhook)
CHAT = (SlackChannel, TeamsChannel)
