"""Saves work that moto repeats for each message: spellings of names, JSON paths, copies, all attributes of a queue."""

from __future__ import annotations

import copy
from functools import cache
from types import SimpleNamespace
from typing import Any

from moto.core import responses
from moto.core.utils import unix_time
from moto.sqs import models as sqs_models
from moto.sqs.models import SQSBackend
from moto.stepfunctions.parser.asl.component.common.path import result_path
from moto.stepfunctions.parser.asl.eval import states
from moto.stepfunctions.parser.asl.utils import json_path

from northsouth.emulator import patching

_PURE = (
    (responses, "camelcase_to_underscores"),
    (sqs_models, "camelcase_to_underscores"),
    (json_path, "parse"),
    (result_path, "parse"),
)
"""Functions that always return the same for the same text, and whose results nobody changes."""


def install() -> None:
    """Put itself in the place of that work."""
    for owner, name in _PURE:
        patching.require(owner, name)
        patching.replace(owner, name, cache(getattr(owner, name)))
    patching.replace(states, "copy", SimpleNamespace(deepcopy=_copied))
    patching.replace(SQSBackend, "is_message_valid_based_on_retention_period", _is_kept)


def _copied(value: Any) -> Any:
    """Copy a value of JSON; ``copy.deepcopy`` looks for objects that are in it twice."""
    if isinstance(value, dict):
        return {key: _copied(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_copied(each) for each in value]
    return value if isinstance(value, str | int | float | None) else copy.deepcopy(value)


def _is_kept(backend: Any, queue_name: str, message: Any) -> bool:
    """Whether a queue still keeps a message; moto asks for all attributes, and so counts the messages, for each."""
    seconds: float = backend.get_queue(queue_name).message_retention_period
    return bool(message.sent_timestamp / 1000 + seconds > unix_time())
