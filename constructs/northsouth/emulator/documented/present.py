"""Whether the resource of an ARN is there, for the types that this library declares as sources and targets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.backends import get_backend
from moto.events.models import events_backends
from moto.kms.models import kms_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from northsouth.emulator.objects import ACCOUNT

_PARTS = 6
"""Of an ARN: ``arn:partition:service:region:account:name``."""


def exists(arn: str) -> bool:
    """Whether it is there; of other types and accounts nothing is known, and the answer is yes."""
    parts = arn.split(":", 5)
    find = _TYPES.get(parts[2]) if len(parts) == _PARTS else None
    if find is None or parts[4] != ACCOUNT:
        return True
    try:
        return find(parts[4], parts[3], arn)
    except IndexError:
        # The ARN lacks the part that names it.
        return False


def key_exists(key: str, account: str, region: str) -> bool:
    """Whether a key is there, given by its id, ARN or alias; AWS's own aliases always are.

    Of another account's keys nothing is known, and the answer is yes. A service uses no key of another Region.
    """
    if key.startswith("arn:"):
        _, _, _, its_region, its_account, key = [*key.split(":", 5), *[""] * 5][:6]
        if its_region != region or its_account != account:
            return its_region == region
    backend: Any = kms_backends[account][region]
    if key.startswith("alias/"):
        return key.startswith("alias/aws/") or _alias(backend, key)
    return key.removeprefix("key/") in backend.keys


def _alias(backend: Any, name: str) -> bool:
    return any(name in key.aliases for key in backend.keys.values())


def _queue(account: str, region: str, arn: str) -> bool:
    return arn.rsplit(":", 1)[1] in sqs_backends[account][region].queues


def _topic(account: str, region: str, arn: str) -> bool:
    return arn in sns_backends[account][region].topics


def _machine(account: str, region: str, arn: str) -> bool:
    machines = stepfunctions_parser_backends[account][region].state_machines
    return ":stateMachine:" not in arn or any(machine.arn == arn for machine in machines)


def _of_events(account: str, region: str, arn: str) -> bool:
    known: Any = events_backends[account][region]
    if ":event-bus/" in arn:
        return arn.rsplit("/", 1)[1] in known.event_buses
    return ":api-destination/" not in arn or any(destination.arn == arn for destination in known.destinations.values())


def _function(account: str, region: str, arn: str) -> bool:
    name = arn.split(":")[6]
    return any(function.function_name == name for function in _other("lambda", account, region).list_functions())


def _data_stream(account: str, region: str, arn: str) -> bool:
    return arn.rsplit("/", 1)[1] in _other("kinesis", account, region).streams


def _delivery_stream(account: str, region: str, arn: str) -> bool:
    return arn.rsplit("/", 1)[1] in _other("firehose", account, region).delivery_streams


def _table(account: str, region: str, arn: str) -> bool:
    return arn.split("/")[1] in _other("dynamodb", account, region).tables


def _log_group(account: str, region: str, arn: str) -> bool:
    return arn.split(":")[6] in _other("logs", account, region).groups


def _other(service: Any, account: str, region: str) -> Any:
    # Loaded when it is asked for: few stacks have such a source or target.
    backends: Any = get_backend(service)
    return backends[account][region]


_TYPES: dict[str, Callable[[str, str, str], bool]] = {
    "dynamodb": _table,
    "events": _of_events,
    "firehose": _delivery_stream,
    "kinesis": _data_stream,
    "lambda": _function,
    "logs": _log_group,
    "sns": _topic,
    "sqs": _queue,
    "states": _machine,
}
