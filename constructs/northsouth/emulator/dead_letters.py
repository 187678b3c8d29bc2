"""Puts what could not be delivered into a queue, if the queue's policy lets the service."""

from __future__ import annotations

import logging
from typing import Any

from moto.sqs.models import sqs_backends

from northsouth.emulator import permissions

_log = logging.getLogger(__name__)


def queue_of(arn: str) -> tuple[Any, Any]:
    """Return the back end and the queue of an ARN."""
    region, account, name = arn.split(":")[3:6]
    backend = sqs_backends[account][region]
    return backend, backend.get_queue(name)


def may_send(arn: str, *, service: str, source: str) -> bool:
    """Whether a queue's policy lets a service send what comes from a source."""
    context = {"aws:SourceArn": source, "aws:SourceAccount": source.split(":")[4]}
    return permissions.resource_allows(service, "sqs:SendMessage", arn, context)


def put(arn: str, body: str, *, service: str, source: str) -> None:
    """Send a message to a queue, or lose it as AWS would."""
    if may_send(arn, service=service, source=source):
        backend, queue = queue_of(arn)
        backend.send_message(queue.name, body)
    else:
        _log.warning("%s may not send to %s: the message of %s is lost", service, arn, source)
