"""Everything the library and the app can declare, as synthesized Terraform JSON."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def stacks() -> dict[str, dict[str, Any]]:
    """Return every stack by name: each public construct with all its arguments, each environment, and every type."""
    # Loaded only here, because both load the bindings: tests of the table need neither.
    from tests.faults.everything import document
    from tests.security.test_policies import documents

    return {**documents(), "everything": document(lifecycles=True)}
