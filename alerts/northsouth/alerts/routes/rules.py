"""What AWS and the services would not accept of routes, before anything is made; pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from northsouth.alerts.meaning import Severity
from northsouth.alerts.routes import templates
from northsouth.alerts.routes.model import Route, Routes
from northsouth.alerts.routes.receiver_rules import literal_problems, name_problems, receiver_problems
from northsouth.alerts.routes.receivers import (
    CALLED,
    STATES,
    Called,
    DiscordWebhook,
    Email,
    MatrixRoom,
    Receiver,
    SlackChannel,
    Sms,
    StatuspageComponent,
    TeamsChannel,
    TeamsWebhook,
    Webhook,
)
from northsouth.alerts.routes.templates import MAX_SAID, MAX_TEMPLATE, PIPE, RULE, Message
from northsouth.errors import Problem
from northsouth.tokens import is_token

TOLD = (Severity.CRITICAL, Severity.WARNING)
"""The severities that tell somebody."""
MAX_NAME = 64
"""Characters of a pipe's, a rule's, a connection's, an API destination's and a role's name."""
MAX_LABEL = 64
MAX_QUEUE = 80
"""Characters of a queue's name."""
_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,256}")
_KEY = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+")


def route_problems(routes: Routes, *, name: str) -> Iterator[Problem]:
    """Yield everything that is wrong with routes.

    Args:
        routes: the routes.
        name: what the names of all that is made begin with.

    """
    yield from name_problems("name", name)
    yield from literal_problems("label", routes.label)
    if not is_token(routes.label) and len(routes.label) > MAX_LABEL:
        rule = f"it stands in every title, for which services have little room: at most {MAX_LABEL}"
        yield Problem("label", f"{len(routes.label)} characters", rule, "Shorten it.")
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
    if route.topic is not None:
        yield from topic_name_problems("topic", route.topic)


def topic_name_problems(where: str, name: str) -> Iterator[Problem]:
    """Yield a name that SNS would not accept for a topic (SNS, CreateTopic)."""
    if not is_token(name) and not _TOPIC.fullmatch(name):
        rule = "a topic's name is 1 to 256 letters, digits, hyphens and underscores"
        yield Problem(where, repr(name), rule, "Replace the other characters.")


def severity_problems(severity: str, where: str = "severities") -> Iterator[Problem]:
    """Yield a severity that is none, or that tells nobody."""
    if severity == Severity.INFO:
        fix = "Take warning, or leave it out."
        yield Problem(where, repr(severity), "alarms for information tell nobody", fix)
    elif severity not in list(TOLD):
        words = " or ".join(each.value for each in TOLD)
        yield Problem(where, repr(severity), f"a severity that tells somebody is {words}", f"Write {words}.")


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


def key_problems(arn: str | None) -> Iterator[Problem]:
    """Yield a key that alarms could not use: AWS's key of SNS lets no alarm publish, and AWS tells nobody."""
    if arn is not None and not is_token(arn) and not _KEY.fullmatch(arn):
        rule = "it is the ARN of a key of yours; AWS's own key of SNS does not let alarms publish"
        yield Problem("kms_key_arn", repr(arn), rule, "Write arn:aws:kms:REGION:ACCOUNT:key/ID, or leave it out.")
