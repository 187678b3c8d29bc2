"""How an extension adds operations to moto, whose private parts may move: each is asserted to exist at the start."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from threading import RLock
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores

Parameters = dict[str, Any]
Operation = Callable[[Any, Parameters], dict[str, Any]]
"""What an operation is here: moto's back end of the Region and the checked request give the response."""

_lock = RLock()


class RequestError(ServiceException):
    """A refusal: AWS's code and message, in the form of whatever protocol the service speaks."""


def require(owner: object, *names: str) -> None:
    """Assert that moto still has the private attributes an extension builds on."""
    missing = [name for name in names if not hasattr(owner, name)]
    if missing:
        raise RuntimeError(
            f"this moto has no {missing} in {owner!r}: the emulator's extensions are written for moto 5.2.5"
        )


def replace(owner: object, name: str, replacement: Any) -> Any:
    """Put something in the place of one of moto's own attributes, and return that one."""
    require(owner, name)
    original = getattr(owner, name)
    setattr(owner, name, replacement)
    return original


def add_operations(responses: type, backend: str, operations: Mapping[str, Operation]) -> None:
    """Let a moto response class answer more operations.

    Requests run one at a time: Terraform sends ten at once, and the extensions keep plain dictionaries.

    Args:
        responses: moto's response class of the service.
        backend: the property of the response class that gives the back end of the Region.
        operations: the new operations by their AWS names.

    """
    require(responses, backend)
    for name, operation in operations.items():
        setattr(responses, camelcase_to_underscores(name), _handler(backend, operation))


def _handler(backend: str, operation: Operation) -> Callable[[Any], ActionResult]:
    def handle(response: Any) -> ActionResult:
        # moto's own parser drops what it does not know, so the JSON protocols are read here
        members = response.params if response.automated_parameter_parsing else json.loads(response.body or "{}")
        parameters = {key: value for key, value in members.items() if value is not None}
        with _lock:
            return ActionResult(operation(getattr(response, backend), parameters))

    return handle
