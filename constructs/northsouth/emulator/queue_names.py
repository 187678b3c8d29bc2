"""Notes when a queue is deleted: its name cannot be used again for 60 seconds (``documented.messages``)."""

from __future__ import annotations

import time
from typing import Any

from moto.sqs.models import SQSBackend

from northsouth.emulator import patching
from northsouth.emulator.documented.messages import deletions


def install() -> None:
    """Note deletions."""
    delete = SQSBackend.delete_queue

    def delete_queue(backend: Any, queue_name: str) -> None:
        delete(backend, queue_name)
        deletions(backend)[queue_name] = time.monotonic()

    patching.replace(SQSBackend, "delete_queue", delete_queue)
