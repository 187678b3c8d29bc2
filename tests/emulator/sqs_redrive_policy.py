"""Redrive policies of queues as SQS gives them back: without spaces, which Terraform would take for a change."""

from __future__ import annotations

import json
from typing import Any

from moto.sqs.models import Queue

from tests.emulator import patching


def install() -> None:
    """Write them as SQS does."""
    patching.require(Queue, "attributes")
    original = Queue.attributes.fget

    def attributes(queue: Any) -> dict[str, Any]:
        found: dict[str, Any] = original(queue)
        if found.get("RedrivePolicy"):
            found["RedrivePolicy"] = json.dumps(json.loads(found["RedrivePolicy"]), separators=(",", ":"))
        return found

    Queue.attributes = property(attributes)
