"""What AWS and the services would not accept of routes, before anything is made; pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from northsouth.alerts.meaning import Severity
from northsouth.alerts.routes.field_rules import literal_problems, name_problems
from northsouth.alerts.routes.receiver import Receiver
from northsouth.alerts.routes.route import Route, Routes
from northsouth.errors import Problem
from northsouth.tokens import is_token

NOTIFIED = (Severity.CRITICAL, Severity.WARNING)
"""The severities whose alarms notify receivers."""
MAX_LABEL = 64
_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,256}")
_KMS_KEY = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+")


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
    receivers: dict[str, Receiver] = {}
    for index, route in enumerate(routes.routes):
        where = f"routes[{index}]"
        yield from (problem.within(where) for problem in _route_problems(route, routes, index))
        for position, receiver in enumerate(route.receivers):
            path = f"{where}.receivers[{position}]"
            known = receivers.get(receiver.name)
            if known is None:
                receivers[receiver.name] = receiver
                yield from (problem.within(path) for problem in receiver.problems())
                yield from (problem.within(path) for problem in _length_problems(receiver, name))
            elif known != receiver:
                rule = "two receivers that differ have one name, and so have their resources"
                yield Problem(f"{path}.name", repr(receiver.name), rule, "Rename one.")
    yield from _same_recipient_problems(receivers)
    yield from _topic_problems(routes, name)


def _route_problems(route: Route, routes: Routes, index: int) -> Iterator[Problem]:
    yield from severity_problems(route.severity, "severity")
    if route.severity in [route.severity for route in routes.routes[:index]]:
        yield Problem("severity", repr(route.severity), "a severity has one route", "Join their receivers.")
    if not route.receivers:
        yield Problem("receivers", "none", "nobody would be notified", "Name at least one receiver, or drop the route.")
    names = [receiver.name for receiver in route.receivers]
    for position, name in enumerate(names):
        if name in names[:position]:
            yield Problem(f"receivers[{position}]", repr(name), "it is in the route already", "Name it once.")
    if route.topic is not None:
        yield from topic_name_problems("topic", route.topic)


def topic_name_problems(where: str, name: str) -> Iterator[Problem]:
    """Yield a name that SNS would not accept for a topic (SNS, CreateTopic)."""
    if not is_token(name) and not _TOPIC.fullmatch(name):
        rule = "a topic's name is 1 to 256 letters, digits, hyphens and underscores"
        yield Problem(where, repr(name), rule, "Replace the other characters.")


def severity_problems(severity: str, where: str = "severities") -> Iterator[Problem]:
    """Yield a problem for a severity that does not exist or that notifies nobody."""
    if severity == Severity.INFO:
        fix = "Take warning, or leave it out."
        yield Problem(where, repr(severity), "alarms for information notify nobody", fix)
    elif severity not in list(NOTIFIED):
        words = " or ".join(state.value for state in NOTIFIED)
        yield Problem(where, repr(severity), f"a severity that notifies somebody is {words}", f"Write {words}.")


def unused_problems(routes: Routes, severities: Collection[str], *, alarms: Collection[str] = ()) -> Iterator[Problem]:
    """Yield routes that no alarm uses.

    Args:
        routes: the routes.
        severities: the severities of the alarms that use them.
        alarms: the names of these alarms, for receivers that follow some of them; none are checked if empty.

    """
    for index, route in enumerate(routes.routes):
        if route.severity not in severities and route.severity in list(NOTIFIED):
            fix = "Remove the route, or give an alarm this severity."
            yield Problem(f"routes[{index}]", repr(route.severity), "no alarm has this severity", fix)
    for name, receiver in routes.receivers.items():
        for where, alarm in receiver.followed_alarms:
            if alarms and not is_token(alarm) and not any(_matches(alarm, candidate) for candidate in alarms):
                rule = "no alarm has this name, so it would never be notified"
                yield Problem(f"receivers.{name}.{where}", repr(alarm), rule, "Write the name as in CloudWatch.")


def _matches(pattern: str, name: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def _length_problems(receiver: Receiver, prefix: str) -> Iterator[Problem]:
    longest = receiver.longest_name(prefix)
    excess = len(longest.name) - longest.limit
    if not is_token(prefix) and excess > 0:
        given = f"{receiver.name!r}, which makes a {longest.resource}'s name of {len(longest.name)} characters"
        yield Problem("name", given, f"AWS takes {longest.limit}", f"Shorten it by {excess}.")


def _same_recipient_problems(receivers: dict[str, Receiver]) -> Iterator[Problem]:
    """Yield receivers with the recipient of another one: each message would arrive twice."""
    names: dict[object, str] = {}
    for name, receiver in receivers.items():
        if is_token(receiver.recipient):
            continue
        first = names.setdefault((type(receiver), receiver.recipient), name)
        if first != name:
            rule = f"{first!r} is the same recipient, which would get every message twice"
            yield Problem(f"receivers.{name}", repr(name), rule, "Keep one of them, in both routes if need be.")


def _topic_problems(routes: Routes, name: str) -> Iterator[Problem]:
    names = [topic_name(route, name) for route in routes.routes]
    if len(set(names)) < len(names) and len({route.severity for route in routes.routes}) == len(names):
        rule = "SNS has no two topics of one name, and the receivers of both severities would get all messages"
        yield Problem("routes", repr(names[0]), rule, "Rename one topic, or leave the names out.")


def topic_name(route: Route, name: str) -> str:
    """Return the name of a severity's topic."""
    return route.topic or f"{name}-{route.severity}"


def key_problems(arn: str | None) -> Iterator[Problem]:
    """Yield a key that alarms could not use: AWS's key of SNS lets no alarm publish, and AWS reports nothing."""
    if arn is not None and not is_token(arn) and not _KMS_KEY.fullmatch(arn):
        rule = "it is the ARN of a key of yours; AWS's own key of SNS does not let alarms publish"
        yield Problem("kms_key_arn", repr(arn), rule, "Write arn:aws:kms:REGION:ACCOUNT:key/ID, or leave it out.")
