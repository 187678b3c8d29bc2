"""What a service, or AWS, would not accept of one receiver by itself; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from northsouth.alerts.routes.receivers import (
    Called,
    DiscordWebhook,
    Email,
    MatrixRoom,
    Opsgenie,
    PagerDuty,
    Receiver,
    SlackChannel,
    Sms,
    StatuspageComponent,
    TeamsChannel,
    TeamsWebhook,
    Webhook,
)
from northsouth.alerts.routes.secret import secret_problems
from northsouth.errors import Problem
from northsouth.tokens import is_token

MAX_ATTEMPTS = 100
"""How often SQS lets a message be received before it must be given up; AWS takes 1 to 1000 (SetQueueAttributes)."""
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SECRET_KEYS = frozenset({"sig", "token", "key", "apikey", "api_key", "access_token", "secret", "password", "auth"})
_FORMS: dict[str, tuple[re.Pattern[str], str]] = {
    "workspace": (re.compile(r"T[A-Z0-9]{1,254}"), "a workspace's id is T and capitals and digits"),
    "slack channel": (re.compile(r"[CGD][A-Z0-9]{1,254}"), "a channel's id is C and capitals and digits, not its name"),
    "webhook": (re.compile(r"\d{15,22}"), "a webhook's id is the number in its address"),
    "room": (re.compile(r"![^\s:]+(:[^\s]+)?"), "a room's id begins with !; an alias, with #, cannot be sent to"),
    "page": (re.compile(r"[a-z0-9]{6,32}"), "an id of Statuspage is lower-case letters and digits"),
    "header": (re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,512}"), "a header's name has no spaces or colons"),
}
_FORMS["component"] = _FORMS["page"]


def receiver_problems(receiver: Receiver) -> Iterator[Problem]:
    """Yield what is wrong with one receiver by itself."""
    yield from name_problems("name", receiver.name)
    if isinstance(receiver, Email):
        if not is_token(receiver.address) and not _EMAIL.fullmatch(receiver.address):
            yield Problem("address", repr(receiver.address), "it looks like name@example.com", "Correct it.")
    elif isinstance(receiver, Sms):
        if not is_token(receiver.number) and not _E164.fullmatch(receiver.number):
            rule = "a number is in E.164 form: +, the country, and at most 15 digits"
            yield Problem("number", repr(receiver.number), rule, "Write +15550100.")
    elif isinstance(receiver, PagerDuty | Opsgenie):
        yield from secret_problems(receiver.secret)
        if receiver.site not in ("us", "eu"):
            yield Problem("site", repr(receiver.site), "an account lives in us or eu", "Write one of them.")
    elif isinstance(receiver, SlackChannel):
        yield from _form("workspace", receiver.workspace)
        yield from _form("channel", receiver.channel, "slack channel")
    elif isinstance(receiver, TeamsChannel):
        yield from _teams_problems(receiver)
    else:
        yield from _called_problems(receiver)


def _teams_problems(receiver: TeamsChannel) -> Iterator[Problem]:
    for where, value in (("tenant", receiver.tenant), ("team", receiver.team)):
        if not is_token(value) and not _UUID.fullmatch(value):
            yield Problem(where, repr(value), "it is a UUID", "Take it from the link to the channel in Teams.")
    if not is_token(receiver.channel) and not receiver.channel.startswith("19%3"):
        rule = "a channel's id is as in its link, percent-encoded: 19%3a…%40thread.tacv2"
        yield Problem("channel", repr(receiver.channel), rule, "Take it from the link to the channel in Teams.")


def _called_problems(receiver: Called) -> Iterator[Problem]:
    yield from secret_problems(receiver.secret)
    yield from literal_problems("note", receiver.note)
    most = type(receiver).most_per_second
    if not _is_whole(receiver.rate_per_second) or not 1 <= receiver.rate_per_second <= most:
        rule = f"the service takes 1 to {most} requests a second"
        yield Problem("rate_per_second", repr(receiver.rate_per_second), rule, f"Write {most}.")
    if not _is_whole(receiver.attempts) or not 1 <= receiver.attempts <= MAX_ATTEMPTS:
        rule = f"a message is tried 1 to {MAX_ATTEMPTS} times, a minute apart"
        yield Problem("attempts", repr(receiver.attempts), rule, "Write 10.")
    if isinstance(receiver, StatuspageComponent):
        yield from _status_problems(receiver)
    elif isinstance(receiver, DiscordWebhook):
        yield from _form("webhook", receiver.webhook)
    elif isinstance(receiver, MatrixRoom):
        yield from _address_problems("homeserver", receiver.homeserver)
        yield from _form("room", receiver.room)
    elif isinstance(receiver, TeamsWebhook | Webhook):
        yield from _address_problems("url", receiver.url)
        if isinstance(receiver, Webhook):
            yield from _form("header", receiver.header)
    yield from _event_problems(receiver)


def _status_problems(receiver: StatuspageComponent) -> Iterator[Problem]:
    if receiver.note:
        yield Problem("note", repr(receiver.note), "a component has a status and no text", "Leave it out.")
    yield from _form("page", receiver.page)
    yield from _form("component", receiver.component)
    if receiver.down not in ("degraded_performance", "partial_outage", "major_outage"):
        rule = "it is degraded_performance, partial_outage or major_outage"
        yield Problem("down", repr(receiver.down), rule, "Write one of them.")
    if not receiver.alarm:
        yield Problem("alarm", "nothing", "a component follows one alarm", "Name the alarm that speaks for customers.")


def _event_problems(receiver: Called) -> Iterator[Problem]:
    for index, name in enumerate(receiver.events):
        if not name or (name == "*" or "*" in name[:-1]):
            rule = "it is an alarm's name, or what names begin with and a * at the end"
            yield Problem(f"events[{index}]", repr(name), rule, "Write the name, or edge-*.")
    if receiver.events and isinstance(receiver, MatrixRoom):
        rule = "a room is told by messages with an id of their own, which a rule cannot give in the address"
        yield Problem("events", "names of alarms", rule, "Leave direct() out.")


def _address_problems(where: str, url: str) -> Iterator[Problem]:
    """Check an address; what may be a secret in it is not repeated."""
    if is_token(url):
        return
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        given = repr(f"{parts.scheme}://{parts.hostname}") if parts.hostname else "no address"
        yield Problem(where, given, "an API destination is called by HTTPS alone", "Write https://….")
    elif "." not in parts.hostname:
        rule = "an API destination needs a public domain name"
        yield Problem(where, repr(parts.hostname), rule, "Write the public name.")
    elif parts.username or parts.password:
        yield Problem(where, "an address with a password", "it would be in plain sight", "Give it as the secret.")
    for key, _ in parse_qsl(parts.query, keep_blank_values=True):
        if key.lower() in _SECRET_KEYS:
            rule = "it is a secret in plain text: it would be in code, plan and state"
            yield Problem(
                where, f"an address with {key}=", rule, "Leave it out of the address and give it as the secret."
            )


def name_problems(where: str, name: str) -> Iterator[Problem]:
    """Yield a name that cannot begin the names of what is made."""
    if not is_token(name) and not _NAME.fullmatch(name):
        rule = "a name is lower-case letters, digits and hyphens, and begins with a letter"
        yield Problem(where, repr(name), rule, "Choose such a name.")


def _form(where: str, value: str, kind: str | None = None) -> Iterator[Problem]:
    form, rule = _FORMS[kind or where]
    if not is_token(value) and not form.fullmatch(value):
        yield Problem(where, repr(value), rule, "Correct it.")


def literal_problems(where: str, text: str) -> Iterator[Problem]:
    """Refuse what a template cannot hold as it is."""
    if not is_token(text) and re.search(r"[<>]", text):
        yield Problem(where, repr(text), "EventBridge takes < and > for a variable", "Leave them out.")


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
