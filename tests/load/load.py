"""The deployed things under load: their clock, their receivers, what is under way, and how runs are killed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import time_machine
from moto.sqs.models import sqs_backends
from moto.stepfunctions.parser.api import ExecutionStatus
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from northsouth.emulator import outbound, stepfunctions
from northsouth.emulator.server import ACCOUNT, Emulator
from tests.alerts.routes.receiver import Answers, receiver
from tests.load.deployed import CHAT_HOST, PAGER_HOST, PATIENT_HOST
from tests.load.messages import Message, read
from tests.logs.archive_runs import REGION

BEGIN = datetime(2027, 3, 1, tzinfo=UTC)
"""The emulator's clock is set to it; from then on it goes on, and is shifted."""
PATIENCE_SECONDS = 300
"""How long it may take until nothing is under way."""


@dataclass
class Load:
    """The deployed things under load.

    Attributes:
        emulator: the emulator.
        clock: its clock.
        world: the receivers.

    """

    emulator: Emulator
    clock: Any
    world: Answers
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._cloudwatch = self.emulator.client("cloudwatch")

    def pass_time(self, seconds: float) -> None:
        """Shift the clock; state machines that wait do it, too."""
        with self._lock:
            self.clock.shift(seconds)

    def change(self, alarm: str, *, firing: bool) -> None:
        """Let an alarm change, a second after what was before."""
        self.pass_time(1)
        state = "ALARM" if firing else "OK"
        self._cloudwatch.set_alarm_state(AlarmName=alarm, StateValue=state, StateReason=f"it is {state}")

    def taken(self, host: str) -> list[Message]:
        """Return the messages that a host has accepted since the part began, oldest first."""
        return [read(request.body) for request in self.world.to(host) if request.status == 200]

    def settle(self) -> None:
        """Wait until nothing is under way."""
        self.emulator.settle(PATIENCE_SECONDS)

    def begin(self) -> None:
        """Forget what was received, and let all receivers take everything."""
        self.world.received.clear()
        self.world.scripted.clear()
        self.world.decided.clear()
        self.world.at_once.clear()


@contextmanager
def under_load(emulator: Emulator) -> Iterator[Load]:
    """Shift the clock of an emulator, and let the hosts of the receivers lead to one on loopback."""
    hosts = (CHAT_HOST, PATIENT_HOST, PAGER_HOST)
    with (
        time_machine.travel(BEGIN) as clock,
        receiver() as world,
        outbound.redirected(dict.fromkeys(hosts, world.address)),
    ):
        load = Load(emulator, clock, world)
        with stepfunctions.waits_noted(load.pass_time):
            yield load


def queue(name: str) -> Any:
    """Return a queue, as the emulator keeps it."""
    return sqs_backends[ACCOUNT][REGION].queues[name]


def send(name: str, body: str) -> None:
    """Put a message into a queue."""
    sqs_backends[ACCOUNT][REGION].send_message(name, body)


def running(machine: str) -> list[Any]:
    """Return the executions of a state machine that are under way."""
    machines = stepfunctions_parser_backends[ACCOUNT][REGION].state_machines
    return [
        execution
        for each in list(machines)
        if each.name == machine
        for execution in list(each.executions)
        if execution.exec_status == ExecutionStatus.RUNNING
    ]


def kill(machine: str) -> None:
    """Stop every execution of a state machine, as StopExecution does."""
    for execution in running(machine):
        execution.stop(stop_date=datetime.now(UTC), error="Killed", cause="killed by the load test")


def kill_first(machine: str, killed: set[str]) -> bool:
    """Kill the run of a machine that a pipe started, if it is the first one of its message; say whether it is.

    Args:
        machine: the state machine.
        killed: the ids of the messages whose runs were killed; this one is added.

    """
    (execution,) = running(machine)
    (record,) = execution.input_data
    if record["messageId"] in killed:
        return False
    killed.add(record["messageId"])
    kill(machine)
    return True


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds.

    Raises:
        TimeoutError: it does not, for too long.

    """
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"waited for {what}")
        time.sleep(0.01)
