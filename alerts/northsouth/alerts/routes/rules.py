"""What AWS and the services would not accept of routes, before anything is made; pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from urllib.parse import parse_qsl, urlsplit

from northsouth.alerts.meaning import Severity
from northsouth.alerts.routes import templates
from northsouth.alerts.routes.model import Route, Routes
from northsouth.alerts.routes.receivers import (
    CALLED,
    STATES,
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
from northsouth.alerts.routes.templates import MAX_SAID, MAX_TEMPLATE, PIPE, RULE, Message
from northsouth.errors import Problem
from northsouth.tokens import is_token

TOLD = (Severity.CRITICAL, Severity.WARNING)
"""The severities that tell somebody."""
MAX_NAME = 64
"""Characters of a pipe's, a rule's, a connection's, an API destination's and a role's name."""
MAX_QUEUE = 80
"""Characters of a queue's name."""
MAX_ATTEMPTS = 100
"""How often SQS lets a message be received before it must be given up; AWS takes 1 to 1000 (SetQueueAttributes)."""
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,256}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_KEY = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+")
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


def route_problems(routes: Routes, *, name: str) -> Iterator[Problem]:
    """Yield everything that is wrong with routes.

    Args:
        routes: the routes.
        name: what the names of all that is made begin with.

    """
    yield from _named("name", name)
    yield from _literal("label", routes.label)
    seen: dict[str, Receiver] = {}
    for index, route in enumerate(routes.routes):
        where = f"routes[{index}]"
        yield from (problem.within(where) for problem in _route_problems(route, routes, index))
        for place, receiver in enumerate(route.receivers):
            path = f"{where}.receivers[{place}]"
            known = seen.get(receiver.name)
            if known is None:
                seen[receiver.name] = receiver
                yield from (problem.within(path) for problem in receiver_problems(receiver))
                yield from (problem.within(path) for problem in _length_problems(receiver, name))
            elif known != receiver:
                rule = "two receivers that differ have one name, and so have the things made for them"
                yield Problem(f"{path}.name", repr(receiver.name), rule, "Rename one.")
            if isinstance(receiver, CALLED):
                yield from (
                    problem.within(path) for problem in message_problems(receiver, route.severity, routes.label)
                )
    yield from _same_place_problems(seen)
    yield from _topic_problems(routes, name)


def _route_problems(route: Route, routes: Routes, index: int) -> Iterator[Problem]:
    yield from severity_problems(route.severity, "severity")
    if route.severity in [each.severity for each in routes.routes[:index]]:
        yield Problem("severity", repr(route.severity), "a severity has one route", "Join their receivers.")
    if not route.receivers:
        yield Problem("receivers", "none", "nobody would be told", "Name at least one receiver, or drop the route.")
    names = [receiver.name for receiver in route.receivers]
    for place, name in enumerate(names):
        if name in names[:place]:
            yield Problem(f"receivers[{place}]", repr(name), "it is in the route already", "Name it once.")
    if route.topic is not None and not is_token(route.topic) and not _TOPIC.fullmatch(route.topic):
        rule = "a topic's name is 1 to 256 letters, digits, hyphens and underscores"
        yield Problem("topic", repr(route.topic), rule, "Replace the other characters.")


def severity_problems(severity: str, where: str = "severities") -> Iterator[Problem]:
    """Yield a severity that is none, or that tells nobody."""
    if severity == Severity.INFO:
        fix = "Take warning, or leave it out."
        yield Problem(where, repr(severity), "alarms for information tell nobody", fix)
    elif severity not in list(TOLD):
        words = " or ".join(each.value for each in TOLD)
        yield Problem(where, repr(severity), f"a severity that tells somebody is {words}", f"Write {words}.")


def receiver_problems(receiver: Receiver) -> Iterator[Problem]:
    """Yield what is wrong with one receiver by itself."""
    yield from _named("name", receiver.name)
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
    yield from _literal("note", receiver.note)
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


def message_problems(receiver: Called, severity: str, label: str) -> Iterator[Problem]:
    """Yield messages that the service, or EventBridge, would not take."""
    if is_token(receiver.note) or is_token(label):
        return
    for state in STATES:
        message = Message(state, severity, label, receiver.note)
        limit, rule = MAX_SAID.get(type(receiver), (MAX_TEMPLATE, ""))
        length = templates.said(receiver, message)
        if rule and length > limit:
            yield Problem("note", f"a message of {length} characters", rule, f"Shorten it by {length - limit}.")
            continue
        written = max(len(templates.template(receiver, message, values)) for values in (PIPE, RULE))
        if written > MAX_TEMPLATE:
            rule = f"EventBridge takes a template of {MAX_TEMPLATE}"
            over = written - MAX_TEMPLATE
            yield Problem("note", f"a template of {written} characters", rule, f"Shorten it by {over}.")


def unused_problems(routes: Routes, severities: Collection[str], *, alarms: Collection[str] = ()) -> Iterator[Problem]:
    """Yield routes that no alarm uses.

    Args:
        routes: the routes.
        severities: the severities of the alarms that are told by them.
        alarms: the names of these alarms, for receivers that follow some of them; none are checked if empty.

    """
    for index, route in enumerate(routes.routes):
        if route.severity not in severities and route.severity in list(TOLD):
            fix = "Remove the route, or give an alarm this severity."
            yield Problem(f"routes[{index}]", repr(route.severity), "no alarm has this severity", fix)
    for name, receiver in routes.receivers.items():
        for where, alarm in _followed(receiver):
            if alarms and not is_token(alarm) and not any(_matches(alarm, each) for each in alarms):
                rule = "no alarm has this name, so nobody would ever be told"
                yield Problem(f"receivers.{name}.{where}", repr(alarm), rule, "Write the name as in CloudWatch.")


def _followed(receiver: Receiver) -> Iterator[tuple[str, str]]:
    """Yield the alarms that a receiver names."""
    if isinstance(receiver, StatuspageComponent):
        yield "alarm", receiver.alarm
    elif isinstance(receiver, CALLED):
        yield from ((f"events[{index}]", name) for index, name in enumerate(receiver.events))


def _matches(pattern: str, name: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def pipe_name(name: str, severity: str, receiver: str, state: str) -> str:
    """Return the name of a pipe and of its queue, or of a rule."""
    return f"{name}-{severity}-{receiver}-{state}"


def dead_letters_name(name: str, receiver: str) -> str:
    """Return the name of a receiver's dead-letter queue."""
    return f"{name}-{receiver}-dead-letters"


def _length_problems(receiver: Receiver, name: str) -> Iterator[Problem]:
    if isinstance(receiver, CALLED):
        longest, made, limit = len(pipe_name(name, "critical", receiver.name, "resolved")), "pipe", MAX_NAME
    else:
        longest, made, limit = len(dead_letters_name(name, receiver.name)), "queue", MAX_QUEUE
    if not is_token(name) and longest > limit:
        given = f"{receiver.name!r}, which makes a {made}'s name of {longest} characters"
        yield Problem("name", given, f"AWS takes {limit}", f"Shorten it by {longest - limit}.")


def _same_place_problems(receivers: dict[str, Receiver]) -> Iterator[Problem]:
    """Refuse two receivers that are one: everybody there would be told twice."""
    places: dict[object, str] = {}
    for name, receiver in receivers.items():
        place = _place(receiver)
        if place is None:
            continue
        if place in places:
            rule = f"{places[place]!r} is the same, which would be told twice"
            yield Problem(f"receivers.{name}", repr(name), rule, "Keep one of them, in both routes if need be.")
        places.setdefault(place, name)


def _place(receiver: Receiver) -> object:
    """Return what tells one place from another, or nothing if it holds what only Terraform knows."""
    if isinstance(receiver, Email):
        place: tuple[str, ...] = (receiver.address.lower(),)
    elif isinstance(receiver, Sms):
        place = (receiver.number,)
    elif isinstance(receiver, SlackChannel):
        place = (receiver.workspace, receiver.channel)
    elif isinstance(receiver, TeamsChannel):
        place = (receiver.tenant, receiver.team, receiver.channel)
    elif isinstance(receiver, StatuspageComponent):
        place = (receiver.page, receiver.component)
    elif isinstance(receiver, MatrixRoom):
        place = (receiver.homeserver.rstrip("/"), receiver.room)
    elif isinstance(receiver, TeamsWebhook | Webhook):
        place = (receiver.url,)
    elif isinstance(receiver, DiscordWebhook):
        place = (receiver.webhook,)
    else:
        place = (repr(receiver.secret),)
    return None if is_token(place) else (type(receiver), place)


def _topic_problems(routes: Routes, name: str) -> Iterator[Problem]:
    names = [topic_name(route, name) for route in routes.routes]
    if len(set(names)) < len(names) and len({route.severity for route in routes.routes}) == len(names):
        rule = "SNS has no two topics of one name, and the severities would be told together"
        yield Problem("routes", repr(names[0]), rule, "Rename one topic, or leave the names out.")


def topic_name(route: Route, name: str) -> str:
    """Return the name of a severity's topic."""
    return route.topic or f"{name}-{route.severity}"


def _named(where: str, name: str) -> Iterator[Problem]:
    if not is_token(name) and not _NAME.fullmatch(name):
        rule = "a name is lower-case letters, digits and hyphens, and begins with a letter"
        yield Problem(where, repr(name), rule, "Choose such a name.")


def _form(where: str, value: str, kind: str | None = None) -> Iterator[Problem]:
    form, rule = _FORMS[kind or where]
    if not is_token(value) and not form.fullmatch(value):
        yield Problem(where, repr(value), rule, "Correct it.")


def key_problems(arn: str | None) -> Iterator[Problem]:
    """Yield a key that alarms could not use: AWS's key of SNS lets no alarm publish, and AWS tells nobody."""
    if arn is not None and not is_token(arn) and not _KEY.fullmatch(arn):
        rule = "it is the ARN of a key of yours; AWS's own key of SNS does not let alarms publish"
        yield Problem("kms_key_arn", repr(arn), rule, "Write arn:aws:kms:REGION:ACCOUNT:key/ID, or leave it out.")


def _literal(where: str, text: str) -> Iterator[Problem]:
    """Refuse what a template cannot hold as it is."""
    if not is_token(text) and re.search(r"[<>]", text):
        yield Problem(where, repr(text), "EventBridge takes < and > for a variable", "Leave them out.")


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
