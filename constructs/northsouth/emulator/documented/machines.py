"""Rules of state machines: their expressions, the actions they name, their role and its right to the log group."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonata
from botocore.exceptions import UnknownServiceError
from moto.core.utils import get_service_model

from northsouth.emulator import permissions
from northsouth.emulator.documented.rule import Rule
from northsouth.emulator.request import Request

_OPERATIONS = ("CreateStateMachine", "UpdateStateMachine")
_SERVICE = "states.amazonaws.com"
_LOGGING = (
    *("logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery"),
    *("logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups"),
)
_SDK_NAMES = {
    "sfn": "stepfunctions",
    "eventbridge": "events",
    "cloudwatchlogs": "logs",
    "elasticloadbalancingv2": "elbv2",
}
"""Names of services in the Java SDK, which integrations use, where botocore has others."""

_OPTIMIZED = {
    "athena": {"startQueryExecution", "stopQueryExecution", "getQueryExecution", "getQueryResults"},
    "events": {"putEvents"},
    "glue": {"startJobRun"},
    "http": {"invoke"},
    "lambda": {"invoke"},
    "sns": {"publish"},
    "sqs": {"sendMessage"},
    "states": {"startExecution"},
}
"""The optimized integrations of services that this library uses; of others nothing is known (integrate-optimized)."""


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, str):
        yield value


def _states(value: Any) -> Iterator[dict[str, Any]]:
    """Yield all states, those of Map and Parallel too."""
    if not isinstance(value, dict):
        return
    for state in value.get("States", {}).values():
        yield state
        for inner in (state.get("ItemProcessor"), state.get("Iterator"), *state.get("Branches", [])):
            yield from _states(inner)


def _definition(request: Request) -> Any:
    try:
        return json.loads(request.parameters.get("definition") or "{}")
    except ValueError:
        return {}


def _expressions(request: Request) -> str | None:
    definition = _definition(request)
    for text in _texts(definition) if isinstance(definition, dict) else ():
        if text.startswith("{%"):
            fault = _expression_fault(text)
            if fault:
                return f"Invalid State Machine Definition: 'INVALID_JSONATA_EXPRESSION: {fault}'"
    return None


@cache
def _expression_fault(text: str) -> str | None:
    if not text.endswith("%}"):
        return f"The expression {text[:60]} has no end"
    try:
        jsonata.Jsonata(text[2:-2])
    except jsonata.JException as error:
        return str(error)
    return None


def _actions(request: Request) -> str | None:
    for state in _states(_definition(request)):
        resource = str(state.get("Resource", ""))
        if state.get("Type") == "Task" and ":states:::" in resource and not _is_action(resource.split(":states:::")[1]):
            fault = f"SCHEMA_VALIDATION_FAILED: The resource provided {resource} is not recognized."
            return f"Invalid State Machine Definition: '{fault}'"
    return None


def _is_action(name: str) -> bool:
    parts = name.removesuffix(".sync:2").removesuffix(".sync").removesuffix(".waitForTaskToken").split(":")
    if parts[0] == "aws-sdk":
        return len(parts) > 2 and parts[2] in sdk_actions(parts[1])
    return parts[0] not in _OPTIMIZED or (len(parts) > 1 and parts[1] in _OPTIMIZED[parts[0]])


@cache
def sdk_actions(service: str) -> frozenset[str]:
    """Return the actions of a service as the AWS SDK integrations write them: ``describeAlarms``."""
    try:
        model = get_service_model(_SDK_NAMES.get(service, service))
    except UnknownServiceError:
        return frozenset()
    return frozenset(name[0].lower() + name[1:] for name in model.operation_names)


def _trust(request: Request) -> str | None:
    role = request.parameters.get("roleArn")
    if role is None or permissions.trusts(role, _SERVICE):
        return None
    who = f"Neither the global service principal {_SERVICE}, nor the regional one"
    return f"{who} is authorized to assume the provided role."


def _log_rights(request: Request) -> str | None:
    role = request.parameters.get("roleArn")
    logging = request.parameters.get("loggingConfiguration") or {}
    if role is None or logging.get("level", "OFF") == "OFF":
        return None
    if all(permissions.may(role, action, "*", {}) for action in _LOGGING):
        return None
    return "The state machine IAM Role is not authorized to access the Log Destination"


RULES = (
    Rule(
        "stepfunctions",
        _OPERATIONS,
        "a JSONata expression that cannot be read",
        "step-functions/latest/dg/transforming-data",
        "InvalidDefinition",
        _expressions,
    ),
    Rule(
        "stepfunctions",
        _OPERATIONS,
        "a task whose action does not exist",
        "step-functions/latest/dg/supported-services-awssdk",
        "InvalidDefinition",
        _actions,
    ),
    Rule(
        "stepfunctions",
        _OPERATIONS,
        "a role that state machines may not take on",
        "step-functions/latest/dg/procedure-create-iam-role",
        "AccessDeniedException",
        _trust,
    ),
    Rule(
        "stepfunctions",
        _OPERATIONS,
        "a role without the right to deliver to the log group",
        "step-functions/latest/dg/cw-logs",
        "AccessDeniedException",
        _log_rights,
    ),
)
