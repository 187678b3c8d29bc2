"""The rules that ``[alerts.routes]`` must keep: the library's own, told by the file's keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from northsouth.alerts.routes.receiver import Receiver
from northsouth.alerts.routes.rules import key_problems, route_problems, severity_problems
from northsouth.errors import Problem
from northsouth.stacks.route_settings import ReceiverSection, RoutesSection, SecretSection
from northsouth.stacks.route_wording import receivers, routes


def check_routes(section: RoutesSection, environment: str) -> Iterator[Problem]:
    """Yield what is wrong with the receivers and the ways to them."""
    paths: dict[Receiver, str] = {}
    for path, table, receiver in receivers(section, environment):
        paths.setdefault(receiver, path)
        yield from (problem.within(path) for problem in _check_table(table))
    found = routes(section, environment)
    places = {
        f"routes[{index}].receivers[{place}]": paths[receiver]
        for index, route in enumerate(found.routes)
        for place, receiver in enumerate(route.receivers)
    }
    places |= {f"receivers.{receiver.name}": path for receiver, path in paths.items()}
    places |= {f"routes[{index}].topic": f"topics.{route.severity}" for index, route in enumerate(found.routes)}
    # A receiver of two severities would be reported twice.
    for problem in dict.fromkeys(_renamed(each, places) for each in route_problems(found, name=environment)):
        yield replace(problem, where="topics") if problem.where == "routes" else problem
    yield from key_problems(section.kms_key_arn)


def _check_table(table: ReceiverSection) -> Iterator[Problem]:
    for index, severity in enumerate(table.severities):
        yield from severity_problems(severity, f"severities[{index}]")
        if severity in table.severities[:index]:
            yield Problem(f"severities[{index}]", repr(severity), "it is in the list already", "Name it once.")
    if not table.severities:
        yield Problem("severities", "none", "a receiver is told of one severity or more", 'Write ["critical"].')
    secret = getattr(table, "secret", None)
    if isinstance(secret, SecretSection) and not secret.characters_in_plain_text:
        yield from (problem.within("secret") for problem in _check_secret(secret))


def _check_secret(secret: SecretSection) -> Iterator[Problem]:
    if secret.stored is not None and secret.variable is not None:
        yield Problem("", "both", "a secret is stored, or a variable", "Give one of the two.")
    elif secret.stored is None and secret.variable is None:
        yield Problem("", "neither", "a secret is stored, or a variable", "Give one of the two.")
    elif secret.variable is not None and secret.key is not None:
        yield Problem("key", "a key", "it belongs to stored", "Remove it.")


def _renamed(problem: Problem, places: dict[str, str]) -> Problem:
    for place, path in places.items():
        if problem.where == place or problem.where.startswith((f"{place}.", f"{place}[")):
            return replace(problem, where=path + problem.where.removeprefix(place))
    return problem
