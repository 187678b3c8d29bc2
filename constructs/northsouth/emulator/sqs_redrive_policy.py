"""Redrive policies of queues as SQS gives them back: without spaces, which Terraform would take for a change."""

from __future__ import annotations

import json
from typing import Any

from moto.sqs.models import Queue

from northsouth.emulator import patching


def install() -> None:
    """Write them as SQS does."""

    def attributes(queue: Any) -> dict[str, Any]:
        found: dict[str, Any] = stock.fget(queue)
        if found.get("RedrivePolicy"):
            found["RedrivePolicy"] = json.dumps(json.loads(found["RedrivePolicy"]), separators=(",", ":"))
        return found

    stock = patching.replace(Queue, "attributes", property(attributes))
