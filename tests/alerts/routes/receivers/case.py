"""What the tests know of one kind of receiver; each kind has a module here, named like its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from northsouth.alerts.routes import Receiver, Secret

ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:alerts-AbCdEf"


def stored(key: str) -> Secret:
    return Secret.stored(ARN, key)


def units(text: str) -> int:
    """Return the UTF-16 units of a text, the largest of the ways in which services count characters."""
    return len(text.encode("utf-16-le")) // 2


@dataclass(frozen=True, kw_only=True)
class Request:
    """How a service is called.

    Attributes:
        method: the HTTP method.
        url: how the address begins.
        header: the header of the credential.
        query: for each parameter of the query, whether it is secret.

    """

    method: str
    url: str
    header: str = "X-Northsouth"
    query: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Case:
    """What the tests know of one kind.

    Attributes:
        example: a valid receiver.
        other: for each field of its own another valid value.
        fixed: fields of all called receivers that this kind refuses or cannot change, and why.
        refused: changes of the example that are refused, with the field and a part of the report.
        request: how it is called.
        accepts: checks a body by the service's documentation, and returns what a person reads.
        alertmanager: the list of an Alertmanager's receiver that it stands in; none if Alertmanager cannot notify it.

    """

    example: Receiver
    other: Mapping[str, Any]
    fixed: Mapping[str, str] = field(default_factory=dict)
    refused: Sequence[tuple[Mapping[str, Any], str, str]]
    request: Request | None = None
    accepts: Callable[[str], str] | None = None
    alertmanager: str | None = None
