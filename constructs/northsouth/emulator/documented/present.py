"""Whether the resource of an ARN is there, for the types that this library declares as sources and targets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.events.models import events_backends
from moto.kms.models import kms_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

_PARTS = 6
"""Of an ARN: ``arn:partition:service:region:account:name``."""


def exists(arn: str) -> bool:
    """Whether it is there; of other types nothing is known, and the answer is yes."""
    parts = arn.split(":", 5)
    find = _TYPES.get(parts[2]) if len(parts) == _PARTS else None
    return find is None or not parts[4] or find(parts[4], parts[3], arn)


def key_exists(key: str, account: str, region: str) -> bool:
    """Whether a key is there, given by its id, ARN or alias; AWS's own aliases always are."""
    backend: Any = kms_backends[account][region]
    name = key.rsplit(":", 1)[-1]
    if name.startswith("alias/"):
        return name.startswith("alias/aws/") or _alias(backend, name)
    return name.removeprefix("key/") in backend.keys


def _alias(backend: Any, name: str) -> bool:
    return any(name in key.aliases for key in backend.keys.values())


def _queue(account: str, region: str, arn: str) -> bool:
    return arn.rsplit(":", 1)[1] in sqs_backends[account][region].queues


def _topic(account: str, region: str, arn: str) -> bool:
    return arn in sns_backends[account][region].topics


def _machine(account: str, region: str, arn: str) -> bool:
    machines = stepfunctions_parser_backends[account][region].state_machines
    return ":stateMachine:" not in arn or any(each.arn == arn for each in machines)


def _destination(account: str, region: str, arn: str) -> bool:
    known: Any = events_backends[account][region]
    return ":api-destination/" not in arn or any(each.arn == arn for each in known.destinations.values())


_TYPES: dict[str, Callable[[str, str, str], bool]] = {
    "sqs": _queue,
    "sns": _topic,
    "states": _machine,
    "events": _destination,
}
