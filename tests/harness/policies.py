"""Finds the policies of a synthesized document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any


def policies(value: object, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every policy within a document: objects, and texts that are JSON, with a ``Statement``."""
    if isinstance(value, dict):
        if "Statement" in value:
            yield where, value
        for key, item in value.items():
            yield from policies(item, f"{where}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from policies(item, f"{where}[{index}]")
    elif isinstance(value, str) and '"Statement"' in value:
        yield from policies(json.loads(value), where)
