"""Rules of state machines: their definition, their role, and its right to the log group."""

from __future__ import annotations

from northsouth.emulator import permissions
from northsouth.emulator.documented import definitions, present
from northsouth.emulator.documented.rule import Rule
from northsouth.emulator.request import Request

_OPERATIONS = ("CreateStateMachine", "UpdateStateMachine")
_SERVICE = "states.amazonaws.com"
_LOGGING = (
    *("logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery"),
    *("logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups"),
)


def _definition(request: Request) -> str | None:
    fault = next(definitions.faults(request.parameters.get("definition") or "{}"), None)
    return f"Invalid State Machine Definition: '{fault[0]}: {fault[1]}'" if fault else None


def _trust(request: Request) -> str | None:
    role = request.parameters.get("roleArn")
    regional = f"states.{request.region}.amazonaws.com"
    if role is None or permissions.trusts(role, _SERVICE) or permissions.trusts(role, regional):
        return None
    who = f"Neither the global service principal {_SERVICE}, nor the regional one"
    return f"{who} is authorized to assume the provided role."


def _destination(request: Request) -> str | None:
    logging = request.parameters.get("loggingConfiguration") or {}
    if logging.get("level", "OFF") == "OFF":
        return None
    groups = [each.get("cloudWatchLogsLogGroup", {}).get("logGroupArn", "") for each in logging.get("destinations", [])]
    if len(groups) != 1:
        return "Invalid Logging Configuration: Must specify exactly one Log Destination."
    if not groups[0].endswith(":*"):
        return "Invalid Logging Configuration: Log Destination must end with ':*'."
    if not present.exists(groups[0]):
        return "Invalid Logging Configuration: Log Destination does not exist."
    return None


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
        "a definition with bad JSONata, an unknown action, or a state that is missing or not reachable",
        "step-functions/latest/apireference/API_ValidateStateMachineDefinition",
        "InvalidDefinition",
        _definition,
    ),
    Rule(
        "stepfunctions",
        _OPERATIONS,
        "a log destination that is missing, or whose ARN does not end in :*",
        "step-functions/latest/apireference/API_LoggingConfiguration",
        "InvalidLoggingConfiguration",
        _destination,
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
