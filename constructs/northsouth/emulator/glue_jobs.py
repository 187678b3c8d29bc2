"""Runs of Glue jobs that a state machine waits for: what a test says the script does, as the job's role.

moto also lacks the deletion of connections, and does not say of which type one is.

What real AWS does differently: it runs the script, on a cluster that takes a minute to start; it writes logs; it ends
a run at the job's time-out, and stops one that a state machine has given up. Here a run has ended when its start has
been answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from moto.glue.models import FakeConnection, GlueBackend, glue_backends
from moto.glue.responses import GlueResponse

from northsouth.emulator import patching, permissions
from northsouth.emulator.patching import Parameters

SERVICE = "glue.amazonaws.com"
Script = Callable[[Mapping[str, str], Callable[[str], Any]], None]
"""What a script does: with the arguments of the run, and with what makes clients of the job's role by service. An error
is that of the run; a ``TimeoutError`` is a run that does not end."""


def install() -> None:
    """Let connections be deleted, and say their type."""

    def as_dict(connection: Any, *arguments: Any, **keywords: Any) -> dict[str, Any]:
        return {
            **original(connection, *arguments, **keywords),
            "ConnectionType": connection.connection_input["ConnectionType"],
        }

    original = patching.replace(FakeConnection, "as_dict", as_dict)
    patching.add_operations(GlueResponse, "glue_backend", {"DeleteConnection": _delete_connection})


def _delete_connection(backend: GlueBackend, request: Parameters) -> dict[str, Any]:
    backend.connections.pop(request["ConnectionName"], None)
    return {}


_scripts: dict[str, Script] = {}


@contextmanager
def scripted(job: str, script: Script) -> Iterator[None]:
    """Let runs of a job do this."""
    _scripts[job] = script
    try:
        yield
    finally:
        _scripts.pop(job, None)


def run(account: str, region: str, job: str, arguments: Mapping[str, str], clients: Callable[[str, str], Any]) -> str:
    """Run a job to its end and return why it failed; nothing if it did not.

    Args:
        account: whose job.
        region: where.
        job: its name.
        arguments: those of the run, which go before the job's own.
        clients: makes a client of a service, as a role.

    Raises:
        TimeoutError: if the run does not end.

    """
    declared: Any = glue_backends[account][region].jobs[job]
    source = {"aws:SourceAccount": account}
    if not permissions.assumable(declared.role, SERVICE, source):
        return f"{SERVICE} is not authorized to perform: sts:AssumeRole on {declared.role}"
    script = _scripts.get(job)
    if script is None:
        return "no test says what the script does"
    try:
        script({**(declared.default_arguments or {}), **arguments}, lambda service: clients(service, declared.role))
    except TimeoutError:
        raise
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""
