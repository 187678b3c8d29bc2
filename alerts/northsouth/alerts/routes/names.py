"""The names of the resources behind the topics; pure."""

from __future__ import annotations

from typing import NamedTuple

MAX_NAME = 64
"""Characters of a pipe's, a rule's, a connection's and a role's name."""
MAX_QUEUE = 80
"""Characters of a queue's name."""


class LongestName(NamedTuple):
    """The longest name of what is made for a receiver.

    Attributes:
        resource: what has the name.
        name: the name.
        limit: how many characters AWS allows.

    """

    resource: str
    name: str
    limit: int


def called_name(prefix: str, receiver: str) -> str:
    """Return the name of a called receiver's queue, pipe, state machine, rule and log group."""
    return f"{prefix}-to-{receiver}"


def dead_letters_name(prefix: str, receiver: str) -> str:
    """Return the name of a receiver's dead-letter queue."""
    return f"{prefix}-{receiver}-dead-letters"
