"""Asks policy_sentry: on standard input statements, on standard output what it does not know, each with why.

Runs in the environment of policy_sentry, and so imports nothing of ours.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from policy_sentry.querying.actions import get_action_data
from policy_sentry.querying.all import get_all_actions
from policy_sentry.querying.conditions import get_condition_value_type
from policy_sentry.util.arns import does_arn_match

OPERATORS = {
    "String": {"String", "ARN", "ArrayOfString", "ArrayOfARN"},
    "Arn": {"ARN", "ArrayOfARN", "String"},
    "Numeric": {"Numeric", "Long", "Integer"},
    "Date": {"Date"},
    "Bool": {"Bool"},
    "IpAddress": {"IPAddress"},
    "Null": {"String", "ARN", "ArrayOfString", "ArrayOfARN", "Numeric", "Date", "Bool", "IPAddress"},
}
"""Types of condition keys by the beginning of the operators that compare them."""
ALL = {action.lower(): action for action in get_all_actions()}


def known(action: str) -> list[str]:
    """Return the actions that a statement's action means."""
    return [name for lower, name in ALL.items() if fnmatchcase(lower, action.lower())]


def rows(action: str) -> list[dict[str, Any]]:
    """Return the resource types of an action, each with its ARN and condition keys."""
    service, _, name = action.partition(":")
    return list(get_action_data(service, name)[service])


def differences(statement: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Yield what policy_sentry sees in another way, and why."""
    for action in statement["actions"]:
        if not known(action):
            yield action, "there is no such action"
    meant = [name for action in statement["actions"] for name in known(action)]
    table = {action: rows(action) for action in meant}
    yield from _resources(statement, table)
    for condition in statement["conditions"]:
        yield from _condition(condition, table)


def _resources(statement: dict[str, list[str]], table: dict[str, list[dict[str, Any]]]) -> Iterator[tuple[str, str]]:
    resources = statement["resources"]
    named = [resource for resource in resources if resource != "*"]
    for resource in named:
        if not any(fits(resource, row) for each in table.values() for row in each):
            yield resource, f"{', '.join(statement['actions'])} have no resource of this form"
    if not resources or any("*" in action for action in statement["actions"]):
        return
    for action, each in table.items():
        arns = sorted({row["resource_arn_format"] for row in each} - {"*"})
        if named and not any(fits(resource, row) for resource in named for row in each):
            yield f"{action} on {', '.join(named)}", f"its resources are {', '.join(arns) or '* alone'}"
        if not named and arns:
            yield f"{action} on *", f"it can be limited to {', '.join(arns)}"


def fits(resource: str, row: dict[str, Any]) -> bool:
    """Say whether a resource is of the type of a row."""
    return row["resource_arn_format"] != "*" and does_arn_match(resource, row["resource_arn_format"])


def _condition(condition: str, table: dict[str, list[dict[str, Any]]]) -> Iterator[tuple[str, str]]:
    operator, _, key = condition.partition(" ")
    kind = get_condition_value_type(key)
    if kind is None:
        yield key, "there is no such condition key"
        return
    prefix = operator.rpartition(":")[2]
    kinds = next((each for start, each in OPERATORS.items() if prefix.startswith(start)), set())
    if kind.lower() not in {each.lower() for each in kinds}:
        yield condition, f"the key is of the type {kind}"
    for action, each in table.items():
        if not any(key.lower() in map(str.lower, row["condition_keys"]) for row in each):
            yield f"{action} with {key}", "the action does not know this condition key"


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    said = sorted({each for statement in asked for each in differences(statement)})
    json.dump(said, sys.stdout)
