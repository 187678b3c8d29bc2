"""Small plans as ``terraform show -json`` prints them."""

from __future__ import annotations

from typing import Any


def change(
    address: str, *actions: str, before: Any = None, after: Any = None, unknown: Any = None, **more: Any
) -> dict[str, Any]:
    """Return one entry of ``resource_changes`` or ``resource_drift``."""
    kind, _, name = address.partition("[")[0].partition(".")
    inner = {name: more.pop(name) for name in ("replace_paths", "importing", "after_sensitive") if name in more}
    inner |= {"actions": list(actions), "before": before, "after": after, "after_unknown": unknown or {}}
    return {"address": address, "mode": "managed", "type": kind, "name": name, "change": inner, **more}


def plan(
    changes: list[dict[str, Any]],
    drift: list[dict[str, Any]] | None = None,
    *,
    references: dict[str, dict[str, list[str]]] | None = None,
    relevant: list[tuple[str, str]] | None = None,
) -> dict[str, Any]:
    """Return a plan.

    Args:
        changes: its ``resource_changes``.
        drift: its ``resource_drift``.
        references: by address, the references in each attribute.
        relevant: pairs of an address and an attribute that the plan depends on.
    """
    planned = [
        {
            "address": each["address"],
            "mode": "managed",
            "type": each["type"],
            "name": each["name"],
            "values": each["change"]["after"] or {},
        }
        for each in changes
        if each["change"]["actions"] != ["delete"]
    ]
    written = [
        {
            "address": address,
            "mode": "managed",
            "type": address.partition(".")[0],
            "name": address.partition(".")[2],
            "expressions": {key: {"references": texts} for key, texts in attributes.items()},
        }
        for address, attributes in (references or {}).items()
    ]
    return {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": planned}},
        "resource_changes": changes,
        "resource_drift": drift or [],
        "relevant_attributes": [{"resource": name, "attribute": [key]} for name, key in relevant or []],
        "configuration": {"root_module": {"resources": written}},
    }
