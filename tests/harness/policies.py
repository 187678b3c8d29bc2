"""Finds the policies of synthesized documents, and their statements."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any


def statements(documents: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every statement of every policy that a resource of some documents has, and where it stands."""
    for name, document in documents.items():
        for where, policy in policies(document.get("resource", {}), name):
            yield from ((where, statement) for statement in as_list(policy["Statement"]))


def as_list(value: Any) -> list[Any]:
    """Return a value that may be written alone or in a list, as a list."""
    return value if isinstance(value, list) else [value]


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
