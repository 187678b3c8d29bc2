"""What a documented rule is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from northsouth.emulator.request import Request


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        service: the service, by botocore's name.
        operations: the operations that are refused.
        what: what is refused, as a table's cell says it.
        source: the page of AWS that says so.
        code: AWS's error code.
        refusal: gives the message for a request that breaks the rule, and nothing for any other.

    """

    service: str
    operations: tuple[str, ...]
    what: str
    source: str
    code: str
    refusal: Callable[[Request], str | None]
