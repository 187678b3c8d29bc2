"""What a snapshot of a stack holds: its declared state, without what changes for reasons of its own."""

from __future__ import annotations

import json
from typing import Any

from syrupy.extensions.json import JSONSnapshotExtension


class StackSnapshot(JSONSnapshotExtension):
    """One JSON file for each stack, so that a review shows which stack changed."""


def declared_state(document: str) -> dict[str, Any]:
    """Return a synthesized document without the CDK's metadata and the provider's version.

    Metadata (the ``//`` keys) names the CDK's version and construct paths; the version of the AWS provider comes from
    the bindings that happen to be installed, and so does whether its source is ``aws`` or ``hashicorp/aws``, which to
    Terraform are one. None of these is a change of what is declared.
    """
    state: dict[str, Any] = _without_metadata(json.loads(document))
    for provider in state.get("terraform", {}).get("required_providers", {}).values():
        provider.pop("version", None)
        provider["source"] = provider["source"].removeprefix("hashicorp/")
    return state


def addresses(state: dict[str, Any]) -> list[str]:
    """Return the address of every resource: a renamed one destroys what it named."""
    return sorted(f"{kind}.{name}" for kind, named in state.get("resource", {}).items() for name in named)


def _without_metadata(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_metadata(item) for key, item in sorted(value.items()) if key != "//"}
    if isinstance(value, list):
        return [_without_metadata(item) for item in value]
    return value
