"""Knows what the emulator still does after a request is answered: deliveries, executions, messages of pipes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

from moto.pipes.models import pipes_backends
from moto.sqs.models import sqs_backends
from moto.stepfunctions.parser.api import ExecutionStatus
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from northsouth.emulator import api_destinations, sns_delivery

_WORKERS = tuple(
    f"({work.__name__})" for work in (*api_destinations.DELIVERIES.values(), api_destinations._tell, sns_delivery._post)
)
"""Threads that deliver; a thread's name ends with the function that it runs."""
_PAUSE = 0.01


def settle(seconds: float) -> None:
    """Wait until nothing is under way.

    Args:
        seconds: how long at most.

    Raises:
        TimeoutError: it goes on; with what goes on.

    """
    end, quiet = time.monotonic() + seconds, 0
    # Twice: what ends may have begun something of a kind that was looked at before it.
    while quiet < 2:
        rest = list(_under_way())
        quiet = 0 if rest else quiet + 1
        if rest and time.monotonic() > end:
            raise TimeoutError(f"after {seconds:g} s there is still {', '.join(rest[:5])}")
        time.sleep(_PAUSE)


def _under_way() -> Iterator[str]:
    yield from (thread.name for thread in threading.enumerate() if thread.name.endswith(_WORKERS))
    for pipe in _of(pipes_backends, "pipes"):
        region, account, queue = pipe.source.split(":")[3:6]
        kept = sqs_backends[account][region].queues.get(queue)
        if pipe.desired_state == "RUNNING" and kept is not None and kept._messages:
            yield f"{len(kept._messages)} messages in {queue}"
    for machine in _of(stepfunctions_parser_backends, "state_machines"):
        for execution in list(getattr(machine, "executions", ())):
            if execution.exec_status == ExecutionStatus.RUNNING:
                yield str(execution.execution_arn)


def _of(backends: Any, kind: str) -> Iterator[Any]:
    """Yield what back ends of all Regions have of a kind."""
    for regions in list(backends.values()):
        for backend in list(regions.values()):
            kept = getattr(backend, kind, {})
            yield from list(kept.values() if isinstance(kept, dict) else kept)
