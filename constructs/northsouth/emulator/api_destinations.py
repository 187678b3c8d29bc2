"""EventBridge's pipes with an SQS queue, and its rules. They call API destinations and run state machines for real.

What real AWS does differently: a pipe polls less often; a minute is a minute (here :data:`SCALE` seconds for one); the
rate limit spreads calls, here it is not applied; nearly continuous 4xx answers disable a pipe; OAuth and Basic
connections exist; a rule's targets are more than API destinations, state machines and queues.
"""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections import defaultdict
from collections.abc import Mapping
from threading import Lock, Thread
from typing import Any
from urllib.parse import quote

from botocore.exceptions import ClientError
from moto.core.utils import unix_time_millis
from moto.events.models import events_backends
from moto.pipes.models import EventBridgePipesBackend
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from northsouth.emulator import (
    dead_letters,
    event_connections,
    input_templates,
    patching,
    permissions,
    stepfunctions,
)
from northsouth.emulator.outbound import Outcome

SCALE = 0.002
"""Seconds that the emulator takes for one second of waiting."""
POLL_SECONDS = 0.02
_POLLING = ("ReceiveMessage", "GetQueueAttributes")
"""What a pipe's role needs to poll a queue (eventbridge/latest/userguide/eb-pipes-permissions)."""

_RETRIED = (401, 407, 409, 429)
"""Answers after which a rule's target is tried again, beside 5xx and none (eb-api-destinations)."""

waits: defaultdict[str, list[float]] = defaultdict(list)
"""How long each attempt that failed was to wait for the next one, in seconds of AWS, by the name of its target.

Tests read and clear it."""
_log = logging.getLogger(__name__)
_pollers: dict[int, Thread] = {}
_lock = Lock()


def install() -> None:
    """Let pipes run from their creation until there are none left."""
    patching.require(EventBridgePipesBackend, "create_pipe", "delete_pipe")
    create = EventBridgePipesBackend.create_pipe

    def create_pipe(backend: EventBridgePipesBackend, *args: Any, **kwargs: Any) -> Any:
        pipe = create(backend, *args, **kwargs)
        _start(backend)
        return pipe

    patching.replace(EventBridgePipesBackend, "create_pipe", create_pipe)


def _start(backend: EventBridgePipesBackend) -> None:
    with _lock:
        if id(backend) not in _pollers:
            _pollers[id(backend)] = Thread(target=_poll, args=[backend], daemon=True)
            _pollers[id(backend)].start()


def _poll(backend: EventBridgePipesBackend) -> None:
    while True:
        with _lock:
            # A back end that is being reset has no attributes for a moment.
            pipes = list(getattr(backend, "pipes", {}).values())
            if not pipes:
                del _pollers[id(backend)]
                return
        took = [_took(pipe) for pipe in pipes]
        if not any(took):
            time.sleep(POLL_SECONDS)


def _took(pipe: Any) -> bool:
    """Run a pipe once; say whether there was a message."""
    try:
        return _run(pipe)
    except Exception:
        # A queue or a role may be gone for a moment while Terraform takes everything down.
        _log.debug("the pipe %s failed", pipe.name, exc_info=True)
        return False


def _run(pipe: Any) -> bool:
    """Take one message of the pipe's queue, if there is one, and tell the target of it; say whether there was one."""
    context = {"aws:SourceArn": pipe.arn, "aws:SourceAccount": pipe.account_id}
    polls = (_may(pipe, f"sqs:{action}", pipe.source, context) for action in _POLLING)
    if pipe.desired_state != "RUNNING" or not all(polls):
        return False
    region, account, name = pipe.source.split(":")[3:6]
    backend = sqs_backends[account][region]
    queue: Any = backend.get_queue(name)
    messages = backend.receive_message(name, 1, 0, int(queue.visibility_timeout))
    for message in messages:
        handle = str(message.receipt_handle)
        deliver = _run_machine if ":stateMachine:" in pipe.target else _call_destination
        outcome = deliver(pipe, message, context)
        if outcome.delivered and _may(pipe, "sqs:DeleteMessage", pipe.source, context):
            backend.delete_message(name, handle)
            continue
        wait = _waits(pipe.target, max(float(queue.visibility_timeout), outcome.retry_after))
        for kept in queue._messages:
            if kept.had_receipt_handle(handle):
                kept.visible_at = unix_time_millis() + wait * SCALE * 1000
    return bool(messages)


def _call_destination(pipe: Any, message: Any, context: Mapping[str, str]) -> Outcome:
    if not _may(pipe, "events:InvokeApiDestination", pipe.target, context):
        return Outcome(None)
    event = input_templates.of_message(message.id, message.body)
    target = pipe.target_parameters or {}
    body = input_templates.fill_pipe(target.get("InputTemplate", ""), event)
    paths = [
        str(input_templates.at(event, value)) if value.startswith("$.") else value
        for value in target.get("HttpParameters", {}).get("PathParameterValues", [])
    ]
    return call(pipe.target, body, paths)


def _run_machine(pipe: Any, message: Any, context: Mapping[str, str]) -> Outcome:
    """Run an Express state machine to its end; a run that fails leaves the message (eb-pipes-error-troubleshooting)."""
    if not _may(pipe, "states:StartSyncExecution", pipe.target, context):
        return Outcome(None)
    record = {
        "messageId": message.id,
        "receiptHandle": str(message.receipt_handle),
        "body": message.body,
        "eventSource": "aws:sqs",
        "eventSourceARN": pipe.source,
        "awsRegion": pipe.source.split(":")[3],
    }
    return Outcome(200 if stepfunctions.run(pipe.target, json.dumps([record])) else None)


def _waits(arn: str, seconds: float) -> float:
    waits[arn.split("/")[1] if "/" in arn else arn.rsplit(":", 1)[1]].append(seconds)
    return seconds


def _may(pipe: Any, action: str, resource: str, context: Mapping[str, str]) -> bool:
    return permissions.role_allows(pipe.role_arn, "pipes.amazonaws.com", action, resource, context)


def call(arn: str, body: str, path: list[str] | None = None) -> Outcome:
    """Call an API destination with the credential of its connection."""
    region, account = arn.split(":")[3:5]
    backend = events_backends[account][region]
    destination = next((each for each in backend.destinations.values() if each.arn == arn), None)
    if destination is None:
        return Outcome(None)
    url = destination.invocation_endpoint
    for value in path or []:
        url = url.replace("*", quote(value, safe=""), 1)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Amazon/EventBridge/ApiDestinations",
    }
    connection = event_connections.find(destination.connection_arn)
    return event_connections.send(connection, destination.http_method, url, headers, body)


def put_event(account: str, region: str, event: Any) -> None:
    """Give an event to the rules of the default bus; their API destinations are called, each in its own time."""
    for rule in list(events_backends[account][region].event_buses["default"].rules.values()):
        if rule.state == "ENABLED" and rule.event_pattern.matches_event(event):
            for target in rule.targets:
                deliver = DELIVERIES.get(target["Arn"].split(":")[2], _tell)
                Thread(target=deliver, args=[rule, target, {"id": str(uuid.uuid4()), **event}], daemon=True).start()


def _start_machine(rule: Any, target: dict[str, Any], event: dict[str, Any]) -> None:
    """Start a state machine, if the target's role may; nothing is retried here."""
    context = {"aws:SourceArn": rule.arn, "aws:SourceAccount": rule.arn.split(":")[4]}
    if permissions.role_allows(
        target["RoleArn"], "events.amazonaws.com", "states:StartExecution", target["Arn"], context
    ):
        try:
            stepfunctions.start(target["Arn"], target.get("Input") or json.dumps(event))
        except ClientError:
            # It may be gone by now, while Terraform takes everything down.
            _log.debug("the state machine %s did not start", target["Arn"], exc_info=True)
    else:
        _give_up(rule, target, event)


def _put_in_queue(rule: Any, target: dict[str, Any], event: dict[str, Any]) -> None:
    """Send an event to a queue whose policy lets the rule."""
    if dead_letters.may_send(target["Arn"], service="events.amazonaws.com", source=rule.arn):
        backend, queue = dead_letters.queue_of(target["Arn"])
        backend.send_message(queue.name, json.dumps(event))
    else:
        _give_up(rule, target, event)


def _publish(rule: Any, target: dict[str, Any], event: dict[str, Any]) -> None:
    """Publish an event to a topic whose policy lets the rule."""
    context = {"aws:SourceArn": rule.arn, "aws:SourceAccount": rule.arn.split(":")[4]}
    region, account = target["Arn"].split(":")[3:5]
    topic = sns_backends[account][region].topics.get(target["Arn"])
    if topic is not None and permissions.resource_allows("events.amazonaws.com", "sns:Publish", target["Arn"], context):
        topic.publish(json.dumps(event))
    else:
        _give_up(rule, target, event)


DELIVERIES = {"states": _start_machine, "sqs": _put_in_queue, "sns": _publish}
"""How a rule's target gets an event, by its service; an API destination is called."""


def _tell(rule: Any, target: dict[str, Any], event: dict[str, Any]) -> None:
    """Try a target until it takes the event, refuses it for good, or the attempts are used up."""
    account = rule.arn.split(":")[4]
    context = {"aws:SourceArn": rule.arn, "aws:SourceAccount": account}
    transformer = target["InputTransformer"]
    body = input_templates.fill_rule(transformer["InputTemplate"], transformer.get("InputPathsMap", {}), event)
    allowed = permissions.role_allows(
        target["RoleArn"], "events.amazonaws.com", "events:InvokeApiDestination", target["Arn"], context
    )
    retries = target.get("RetryPolicy", {}).get("MaximumRetryAttempts", 185)
    for attempt in range(retries + 1):
        outcome = call(target["Arn"], body) if allowed else Outcome(403)
        if outcome.delivered:
            return
        again = outcome.status is None or outcome.status in _RETRIED or outcome.status >= 500
        if not again or attempt == retries:
            break
        time.sleep(_waits(target["Arn"], max(2.0**attempt, outcome.retry_after)) * SCALE)
    _give_up(rule, target, event)


def _give_up(rule: Any, target: dict[str, Any], event: dict[str, Any]) -> None:
    queue = target.get("DeadLetterConfig", {}).get("Arn")
    if queue:
        dead_letters.put(queue, json.dumps(event), service="events.amazonaws.com", source=rule.arn)
