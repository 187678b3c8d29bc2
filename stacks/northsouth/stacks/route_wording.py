"""From the tables of ``[alerts.routes]`` to the library's receivers and routes, for rules and constructs alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from northsouth.alerts.routes.receiver import Receiver
from northsouth.alerts.routes.receivers import KINDS, kind
from northsouth.alerts.routes.route import Route, Routes
from northsouth.alerts.routes.rules import NOTIFIED
from northsouth.alerts.routes.secret import Secret
from northsouth.stacks.route_settings import ReceiverSection, RoutesSection, SecretSection


def tables(section: RoutesSection) -> Iterator[ReceiverSection]:
    """Yield the tables of all receivers."""
    for table in KINDS:
        yield from getattr(section, table).values()


def receivers(section: RoutesSection, environment: str) -> Iterator[tuple[str, ReceiverSection, Receiver]]:
    """Yield each receiver with the path of its table and the table itself."""
    for key in KINDS:
        for name, table in getattr(section, key).items():
            yield f"{key}.{name}", table, kind(key)(**_arguments(name, table, environment))


def _arguments(name: str, table: ReceiverSection, environment: str) -> dict[str, Any]:
    """Return what a table says as arguments; what it leaves out keeps the class's default, but for a secret.

    Alarms are named in the file as its packs are; in CloudWatch their names begin with the environment's.
    """
    found: dict[str, Any] = {"name": name}
    for key in type(table).model_fields:
        value = getattr(table, key)
        if key == "secret":
            found[key] = None if value is None else secret(value)
        elif key == "alarm":
            found[key] = alarm_name(environment, value)
        elif key == "events" and value is not None:
            found[key] = tuple(alarm_name(environment, each) for each in value)
        elif key != "severities" and value is not None:
            found[key] = value
    return found


def alarm_name(environment: str, name: str) -> str:
    """Return the name in CloudWatch of an alarm of the file, or of several by ``*``."""
    return f"{environment}-alarms-{name}" if name else ""


def secret(section: SecretSection) -> Secret | str:
    """Return the reference to a secret; a text of its length if it is there itself, which the rules refuse."""
    if section.characters_in_plain_text:
        return "*" * section.characters_in_plain_text
    if section.variable is not None:
        return Secret.variable(section.variable)
    return Secret.stored(section.stored or "", section.key or "")


def routes(section: RoutesSection, environment: str) -> Routes:
    """Return the routes of an environment; a severity that nobody is told of has none."""
    told: dict[str, list[Receiver]] = {severity.value: [] for severity in NOTIFIED}
    for _, table, receiver in receivers(section, environment):
        for severity in table.severities:
            if severity in told and receiver not in told[severity]:
                told[severity].append(receiver)
    names = {"critical": section.topics.critical, "warning": section.topics.warning}
    return Routes(
        tuple(Route(severity, tuple(each), names[severity]) for severity, each in told.items() if each),
        environment if section.label is None else section.label,
    )
