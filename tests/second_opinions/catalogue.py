"""Which programs are asked, in the order of the table."""

from __future__ import annotations

from tests.second_opinions import bindings, machines, ministack, policies, statements, whole_policies
from tests.second_opinions.table import Opinion


def opinions() -> list[Opinion]:
    """Return every opinion."""
    return [
        policies.opinion(),
        whole_policies.opinion(),
        *bindings.opinions(),
        machines.opinion(),
        statements.opinion(),
        ministack.opinion(),
    ]
