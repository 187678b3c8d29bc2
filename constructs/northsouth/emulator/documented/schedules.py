"""Rules of EventBridge Scheduler, and of the schedule expressions of EventBridge's rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from moto.scheduler.models import scheduler_backends

from northsouth.emulator import permissions
from northsouth.emulator.documented import present
from northsouth.emulator.documented.definitions import sdk_actions
from northsouth.emulator.documented.rule import Rule
from northsouth.emulator.objects import ACCOUNT
from northsouth.emulator.request import Request

_TYPES = "scheduler/latest/UserGuide/schedule-types"
_OPERATIONS = ("CreateSchedule", "UpdateSchedule")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS: tuple[tuple[int, int, tuple[str, ...]], ...] = (
    (0, 59, ()),
    (0, 23, ()),
    (1, 31, ()),
    (1, 12, _MONTHS),
    (1, 7, _DAYS),
    (1970, 2199, ()),
)
_RATE = re.compile(r"rate\(([1-9]\d*) (minute|hour|day)(s?)\)")
_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")
_TARGETS = frozenset(
    (
        *("codebuild", "codepipeline", "ecs", "events", "firehose", "inspector", "kinesis", "lambda", "sagemaker"),
        *("scheduler", "sns", "sqs", "states"),
    )
)
"""Services of templated targets, and ``scheduler`` for all others (managing-targets-templated, -universal)."""

_UNIVERSAL = re.compile(r"arn:[^:]+:scheduler:::aws-sdk:([a-z0-9]+):([a-z][A-Za-z0-9]*)")
_READS = ("get", "describe", "list", "poll", "receive", "search", "scan", "query", "select", "read", "lookup")
"""How the names of actions begin that only read, which the scheduler does not call (managing-targets-universal)."""


def is_expression(text: str, *, once: bool = True) -> bool:
    """Whether a text is a schedule: ``rate(…)``, ``cron(…)``, and ``at(…)``.

    Args:
        text: the expression.
        once: whether it is the scheduler's, which also takes one time, and ``rate(1 minutes)``.

    """
    rate = _RATE.fullmatch(text)
    if rate:
        return (rate[1] == "1") != bool(rate[3]) or (once and rate[1] == "1")
    if text.startswith("cron(") and text.endswith(")"):
        return _is_cron(text[5:-1])
    at = _AT.fullmatch(text)
    return once and at is not None and _is_time(at[1])


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_cron(text: str) -> bool:
    fields = text.split(" ")
    if len(fields) != len(_FIELDS):
        return False
    day, weekday = fields[2], fields[4]
    # One of the two days must be a question mark, and both cannot be.
    return (day == "?") != (weekday == "?") and all(
        _is_field(field, place, *limits) for place, (field, limits) in enumerate(zip(fields, _FIELDS, strict=True))
    )


def _is_field(field: str, place: int, low: int, high: int, words: tuple[str, ...]) -> bool:
    if field in ("*", "?"):
        return field == "*" or place in (2, 4)
    if place == 2 and re.fullmatch(r"L(-\d{1,2})?|LW|([1-9]|[12]\d|3[01])W", field):
        return True
    if place == 4 and re.fullmatch(r"L|([1-7]|[A-Z]{3})(L|#[1-5])", field):
        return True

    def value(text: str) -> int:
        if text.upper() in words:
            return words.index(text.upper()) + 1
        return int(text) if text.isascii() and text.isdigit() else -1

    for part in field.split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        if "/" in part and value(step) < 1:
            return False
        if span != "*" and not low <= value(first) <= high:
            return False
        if dash and not value(first) <= value(last) <= high:
            return False
    return True


def _expression(request: Request) -> str | None:
    text = request.parameters["ScheduleExpression"]
    return None if is_expression(text) else f"Invalid Schedule Expression {text}."


def _rule_expression(request: Request) -> str | None:
    text = request.parameters.get("ScheduleExpression")
    if not text or is_expression(text, once=False):
        return None
    return "Parameter ScheduleExpression is not valid."


def _zone(request: Request) -> str | None:
    name = request.parameters.get("ScheduleExpressionTimezone", "UTC")
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return f"Invalid Schedule Expression Timezone {name}."
    return None


def _window(request: Request) -> str | None:
    window: Mapping[str, Any] = request.parameters["FlexibleTimeWindow"]
    has_length = window.get("MaximumWindowInMinutes") is not None
    if (window.get("Mode") == "FLEXIBLE") == has_length:
        return None
    return "MaximumWindowInMinutes must be given in mode FLEXIBLE, and in no other"


def _dates(request: Request) -> str | None:
    start, end = request.parameters.get("StartDate"), request.parameters.get("EndDate")
    if start is None or end is None or float(start) < float(end):
        return None
    return "The StartDate you specify must come before the EndDate."


def _group(request: Request) -> str | None:
    name = request.parameters.get("GroupName", "default")
    backend: Any = scheduler_backends[ACCOUNT][request.region]
    return None if name in backend.schedule_groups else f"Schedule group {name} does not exist."


def _target(request: Request) -> Any:
    return request.parameters["Target"]


def _kind(request: Request) -> str | None:
    target = _target(request)
    parts = target["Arn"].split(":", 5)
    if parts[0] != "arn" or len(parts) < 6 or parts[2] not in _TARGETS:
        return "Provided Arn is not in correct format."
    if parts[2] == "events" and "EventBridgeParameters" not in target:
        return "EventBridgeParameters must be given for an event bus"
    if parts[2] != "scheduler":
        return None
    universal = _UNIVERSAL.fullmatch(target["Arn"])
    if universal is None or universal[2].startswith(_READS) or universal[2] not in sdk_actions(universal[1]):
        return f"{target['Arn']} is not a supported service or operation"
    return None


def _absent(request: Request) -> str | None:
    target = _target(request)
    queue = target.get("DeadLetterConfig", {}).get("Arn")
    gone = [arn for arn in (target["Arn"], queue) if arn and not present.exists(arn)]
    return f"The request references a resource which does not exist: {gone[0]}" if gone else None


def _trust(request: Request) -> str | None:
    if permissions.trusts(_target(request)["RoleArn"], "scheduler.amazonaws.com"):
        return None
    return "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."


RULES = (
    Rule(
        "scheduler",
        _OPERATIONS,
        "an invalid rate, cron or at expression",
        _TYPES,
        "ValidationException",
        _expression,
    ),
    Rule("scheduler", _OPERATIONS, "an unknown time zone", _TYPES, "ValidationException", _zone),
    Rule(
        "scheduler",
        _OPERATIONS,
        "a flexible window without its length, or a length without one",
        "scheduler/latest/APIReference/API_FlexibleTimeWindow",
        "ValidationException",
        _window,
    ),
    Rule(
        "scheduler",
        _OPERATIONS,
        "a start that is not before the end",
        "scheduler/latest/APIReference/API_CreateSchedule",
        "ValidationException",
        _dates,
    ),
    Rule(
        "scheduler",
        _OPERATIONS,
        "a group that does not exist",
        "scheduler/latest/APIReference/API_CreateSchedule",
        "ResourceNotFoundException",
        _group,
    ),
    Rule(
        "scheduler",
        _OPERATIONS,
        "an invalid target, or one without its parameters",
        "scheduler/latest/UserGuide/managing-targets",
        "ValidationException",
        _kind,
    ),
    Rule(
        "scheduler",
        _OPERATIONS,
        "a role that the scheduler may not take on",
        "scheduler/latest/UserGuide/setting-up",
        "ValidationException",
        _trust,
    ),
    Rule(
        "scheduler",
        _OPERATIONS,
        "a target or dead-letter queue that is not there",
        "scheduler/latest/APIReference/API_CreateSchedule",
        "ResourceNotFoundException",
        _absent,
    ),
    Rule(
        "events",
        ("PutRule",),
        "an invalid rate or cron expression",
        "eventbridge/latest/userguide/eb-scheduled-rule-pattern",
        "ValidationException",
        _rule_expression,
    ),
)
