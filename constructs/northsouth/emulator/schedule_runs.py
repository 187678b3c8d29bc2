"""What EventBridge Scheduler does when a schedule is due: it calls the target as the schedule's role.

Nothing is due by itself: :func:`run` says so. Source: scheduler/latest/UserGuide (managing-targets-templated,
managing-targets-universal, cross-service-confused-deputy-prevention, configuring-schedule-dlq).

What real AWS does differently: it tries again for up to a day; templated targets are more than state machines, queues,
topics and event buses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError
from moto.scheduler.models import scheduler_backends

from northsouth.emulator import permissions, stepfunctions
from northsouth.emulator.documented.definitions import botocore_service
from northsouth.emulator.objects import ACCOUNT
from northsouth.emulator.patching import require

SERVICE = "scheduler.amazonaws.com"
_UNIVERSAL = re.compile(r"arn:[^:]+:scheduler:::aws-sdk:([a-z0-9]+):([a-zA-Z0-9]+)")
_ATTRIBUTE = re.compile(r"<aws\.scheduler\.([a-z-]+)>")

Call = tuple[str, str, dict[str, Any]]
"""A service by botocore's name, an operation, and its parameters."""


def run(name: str, at: datetime, *, group: str = "default", region: str = "us-east-1") -> str | None:
    """Call a schedule's target, as its role.

    What fails goes to the dead-letter queue, as the role too; the execution role's rights decide on both.

    Args:
        name: the schedule.
        at: when it is due; ``<aws.scheduler.scheduled-time>`` in its input.
        group: the schedule's group.
        region: the Region.

    Returns:
        why the call failed, as AWS says it; None if it was made.

    Raises:
        KeyError: there is no such schedule.

    """
    backend: Any = scheduler_backends[ACCOUNT][region]
    require(backend, "schedule_groups")
    of_group = backend.schedule_groups[group]
    schedule = of_group.schedules[name]
    target: Mapping[str, Any] = schedule.target
    attributes = {
        "schedule-arn": schedule.arn,
        "scheduled-time": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "attempt-number": "1",
        "execution-id": f"{name}-{at.timestamp():.0f}",
    }
    text = _ATTRIBUTE.sub(lambda match: attributes.get(match[1], match[0]), target.get("Input") or "{}")
    role = target["RoleArn"]
    # The group is what a trust policy can name, not the schedule.
    source = {"aws:SourceArn": of_group.arn, "aws:SourceAccount": ACCOUNT}
    if not permissions.assumable(role, SERVICE, source):
        # Without the role there is nobody who could write to the dead-letter queue either.
        return f"{SERVICE} is not authorized to perform: sts:AssumeRole on resource: {role}"
    failure = _make(_call(target, text), role, target["Arn"].split(":")[3] or region)
    queue = target.get("DeadLetterConfig", {}).get("Arn")
    if failure is not None and queue:
        _make(_dead_letter(queue, text, failure, schedule.arn, target["Arn"]), role, queue.split(":")[3])
    return failure[1] if failure else None


def _make(call: Call, role: str, region: str) -> tuple[str, str] | None:
    """Make a call as a role; return the code and message of its failure."""
    service, operation, parameters = call
    try:
        getattr(stepfunctions.client_of(role, service, region), xform_name(operation))(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    return None


def _call(target: Mapping[str, Any], text: str) -> Call:
    arn = target["Arn"]
    universal = _UNIVERSAL.fullmatch(arn)
    if universal:
        return botocore_service(universal[1]), universal[2], json.loads(text)
    service, name = arn.split(":")[2], arn.rsplit(":", 1)[1]
    if service == "states":
        return "stepfunctions", "StartExecution", {"stateMachineArn": arn, "input": text}
    if service == "sqs":
        return "sqs", "SendMessage", {"QueueUrl": name, "MessageBody": text}
    if service == "sns":
        return "sns", "Publish", {"TopicArn": arn, "Message": text}
    if service == "events":
        of_event = target["EventBridgeParameters"]
        entry = {"EventBusName": arn, "Detail": text, **{key: of_event[key] for key in ("DetailType", "Source")}}
        return "events", "PutEvents", {"Entries": [entry]}
    raise NotImplementedError(f"the emulator's scheduler does not call {arn}")


def _dead_letter(queue: str, text: str, failure: tuple[str, str], schedule: str, target: str) -> Call:
    code, message = failure
    values = {"ERROR_CODE": code, "ERROR_MESSAGE": message, "SCHEDULE_ARN": schedule, "TARGET_ARN": target}
    attributes = {key: {"DataType": "String", "StringValue": value} for key, value in values.items()}
    parameters = {"QueueUrl": queue.rsplit(":", 1)[1], "MessageBody": text, "MessageAttributes": attributes}
    return "sqs", "SendMessage", parameters
