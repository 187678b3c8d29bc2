"""Redrive policies of queues as SQS gives them back: without spaces, which Terraform would take for a change."""

from __future__ import annotations

import json
from typing import Any

from moto.sqs.models import Queue

from northsouth.emulator import patching


def install() -> None:
    """Write them as SQS does."""

    def attributes(queue: Any) -> dict[str, Any]:
        values: dict[str, Any] = stock.fget(queue)
        if values.get("RedrivePolicy"):
            values["RedrivePolicy"] = json.dumps(json.loads(values["RedrivePolicy"]), separators=(",", ":"))
        return values

    stock = patching.replace(Queue, "attributes", property(attributes))
