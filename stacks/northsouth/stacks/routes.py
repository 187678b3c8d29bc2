"""``[alerts.routes]``: a table for each kind of receiver, and in it one for each receiver, by the user's name for it.

The keys of a receiver are the fields of its class in :mod:`northsouth.alerts.routes`, and ``severities``. Rules and
constructs get the same :class:`~northsouth.alerts.routes.Routes`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from northsouth.alerts.routes.receiver import Receiver
from northsouth.alerts.routes.receivers import KINDS, kind
from northsouth.alerts.routes.route import Route, Routes
from northsouth.alerts.routes.rules import NOTIFIED, key_problems, route_problems, severity_problems
from northsouth.alerts.routes.secret import Secret
from northsouth.alerts.tables import BROKEN, Parameter, TableReader, below, is_complete, parameters
from northsouth.errors import Problem

ALARM_NAMES = ("alarm", "degraded", "events")
"""Fields that name alarms: without the environment's name in the file, with it in CloudWatch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicNames:
    """``[alerts.routes.topics]``: the topics' names, if they are to differ from ``<environment>-<severity>``."""

    critical: str | None = None
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class DeclaredReceiver:
    """One receiver of the file.

    Attributes:
        path: where it is below ``[alerts.routes]``: ``email.oncall``.
        severities: the severities that it receives, as the file lists them.
        receiver: the receiver, with alarms named as in the file.

    """

    path: str
    severities: tuple[str, ...]
    receiver: Receiver


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredRoutes:
    """``[alerts.routes]``.

    Attributes:
        label: the name of the environment in every message; ``None`` is the environment's own name.
        kms_key_arn: the key that encrypts topics and queues.
        topics: the names of the topics.
        receivers: all receivers that can be read, by kind and in the order of the file.
        complete: whether all receivers of the file could be read.

    """

    label: str | None = None
    kms_key_arn: str | None = None
    topics: TopicNames = TopicNames()
    receivers: tuple[DeclaredReceiver, ...] = ()
    complete: bool = True

    def in_environment(self, name: str) -> Routes:
        """Return the routes of an environment; a severity without a receiver has none."""
        receivers: dict[str, list[Receiver]] = {severity.value: [] for severity in NOTIFIED}
        for declared in self.receivers:
            receiver = with_alarm_names(declared.receiver, name)
            for severity in declared.severities:
                if severity in receivers and receiver not in receivers[severity]:
                    receivers[severity].append(receiver)
        return Routes(
            tuple(
                Route(severity, tuple(receiver), getattr(self.topics, severity))
                for severity, receiver in receivers.items()
                if receiver
            ),
            name if self.label is None else self.label,
        )


def with_alarm_names(receiver: Receiver, environment: str) -> Receiver:
    """Return a receiver whose alarms are named as in CloudWatch, where each name begins with the environment's."""

    def full(name: str) -> str:
        return f"{environment}-alarms-{name}" if name else ""

    names: dict[str, Any] = {}
    for field in fields(receiver):
        if field.name in ALARM_NAMES:
            value = getattr(receiver, field.name)
            names[field.name] = full(value) if isinstance(value, str) else tuple(map(full, value))
    return replace(receiver, **names)


def read_routes(reader: TableReader, value: object, path: str) -> DeclaredRoutes:
    """Return the routes of ``[alerts.routes]``. What cannot be read is reported and left out."""
    table = reader.table(value, path)
    if table is None:
        return DeclaredRoutes(complete=False)
    own = {key: parameters(DeclaredRoutes)[key] for key in ("label", "kms_key_arn", "topics")}
    arguments = reader.arguments({**own, **dict.fromkeys(KINDS, Parameter(Any, None))}, table, path)
    receivers: list[DeclaredReceiver | None] = []
    for key in KINDS:
        of_kind = reader.table(arguments.pop(key), below(path, key)) if key in arguments else {}
        if of_kind is None:
            receivers.append(None)
            continue
        receivers += [_read_receiver(reader, path, (key, name), entry) for name, entry in of_kind.items()]
    readable = tuple(receiver for receiver in receivers if receiver is not None)
    return DeclaredRoutes(receivers=readable, complete=len(readable) == len(receivers), **arguments)


def receiver_keys(receiver: Callable[..., Receiver]) -> Mapping[str, Parameter]:
    """Return the keys of a receiver's table. A missing secret is refused by the receiver's own rules."""
    known = {
        key: replace(parameter, default=None) if parameter.hint is Secret else parameter
        for key, parameter in parameters(receiver).items()
        if key != "name"
    }
    return {"severities": Parameter(list[str]), **known}


def _read_receiver(reader: TableReader, routes: str, key: tuple[str, str], value: object) -> DeclaredReceiver | None:
    path = ".".join(key)
    table = reader.table(value, below(routes, path))
    if table is None:
        return None
    declared = kind(key[0])
    known = receiver_keys(declared)
    arguments = reader.arguments(known, table, below(routes, path))
    if not is_complete(known, table, arguments):
        return None
    severities = tuple(arguments.pop("severities"))
    for name, parameter in known.items():
        if parameter.hint is Secret:
            arguments.setdefault(name, None)
    return DeclaredReceiver(path, severities, declared(name=key[1], **arguments))


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretTable:
    """Where a secret is: ``stored`` in Secrets Manager, maybe under a ``key``, or a ``variable`` of Terraform."""

    stored: str | None = None
    key: str | None = None
    variable: str | None = None


def read_secret(reader: TableReader, value: object, path: str) -> Any:  # noqa: ANN401
    """Return a reference to a secret. For plain text return only stars, so that no report repeats the secret."""
    if not isinstance(value, Mapping):
        return "*" * (len(str(value)) or 1)
    secret = reader.build(SecretTable, value, path)
    if secret is BROKEN:
        return BROKEN
    problems = [problem.within(path) for problem in _secret_problems(secret)]
    reader.problems += problems
    if problems:
        return BROKEN
    return Secret.variable(secret.variable) if secret.variable else Secret.stored(secret.stored, secret.key or "")


def _secret_problems(secret: SecretTable) -> Iterator[Problem]:
    if (secret.stored is None) == (secret.variable is None):
        given = "neither" if secret.stored is None else "both"
        yield Problem("", given, "a secret is stored, or a variable", "Write one of the two.")
    elif secret.variable is not None and secret.key is not None:
        yield Problem("key", "a key", "it belongs to stored", "Remove it.")


def check_routes(routes: DeclaredRoutes, environment: str) -> Iterator[Problem]:
    """Yield what is wrong with the receivers and the routes to them, with the keys of ``[alerts.routes]``."""
    for declared in routes.receivers:
        yield from (problem.within(declared.path) for problem in _check_severities(declared.severities))
    # A receiver of two severities would be reported twice.
    problems = route_problems(routes.in_environment(environment), name=environment)
    yield from dict.fromkeys(in_key for problem in problems for in_key in in_keys(problem, routes, environment))
    yield from key_problems(routes.kms_key_arn)


def _check_severities(severities: tuple[str, ...]) -> Iterator[Problem]:
    for index, severity in enumerate(severities):
        yield from severity_problems(severity, f"severities[{index}]")
        if severity in severities[:index]:
            yield Problem(f"severities[{index}]", repr(severity), "it is in the list already", "Name it once.")
    if not severities:
        yield Problem("severities", "none", "a receiver has one severity or more", 'Write ["critical"].')


def in_keys(problem: Problem, declared: DeclaredRoutes, environment: str) -> list[Problem]:
    """Return a problem of the routes with the keys of ``[alerts.routes]``; one for each receiver of a whole route."""
    routes = declared.in_environment(environment)
    paths: dict[str, list[str]] = {"routes": ["topics"]}
    by_receiver: dict[Receiver, str] = {}
    for receiver in declared.receivers:
        by_receiver.setdefault(with_alarm_names(receiver.receiver, environment), receiver.path)
    paths |= {f"receivers.{receiver.name}": [path] for receiver, path in by_receiver.items()}
    for index, route in enumerate(routes.routes):
        paths[f"routes[{index}]"] = [
            f"{receiver.path}.severities[{receiver.severities.index(route.severity)}]"
            for receiver in declared.receivers
            if route.severity in receiver.severities
        ]
        paths[f"routes[{index}].topic"] = [f"topics.{route.severity}"]
        for at, route_receiver in enumerate(route.receivers):
            paths[f"routes[{index}].receivers[{at}]"] = [by_receiver[route_receiver]]
    for argument in sorted(paths, key=len, reverse=True):
        if problem.where == argument or problem.where.startswith((f"{argument}.", f"{argument}[")):
            rest = problem.where.removeprefix(argument)
            keeps_rest = not rest or not argument.startswith("routes[") or "." in argument
            return [replace(problem, where=path + (rest if keeps_rest else "")) for path in paths[argument]]
    return [problem]
