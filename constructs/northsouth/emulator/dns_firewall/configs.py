"""What a VPC does with queries when DNS Firewall itself fails."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from northsouth.emulator.dns_firewall.store import Store, page, store_of
from northsouth.emulator.patching import Operation, Parameters


def _get(backend: Any, parameters: Parameters) -> dict[str, Any]:
    store = store_of(backend)
    store.require_vpc(parameters["ResourceId"])
    store.fail_open.setdefault(parameters["ResourceId"], "DISABLED")
    return {"FirewallConfig": _description(store, parameters["ResourceId"])}


def _update(backend: Any, parameters: Parameters) -> dict[str, Any]:
    store = store_of(backend)
    store.require_vpc(parameters["ResourceId"])
    store.fail_open[parameters["ResourceId"]] = parameters["FirewallFailOpen"]
    return {"FirewallConfig": _description(store, parameters["ResourceId"])}


def _list(backend: Any, parameters: Parameters) -> dict[str, Any]:
    store = store_of(backend)
    return page("FirewallConfigs", [_description(store, vpc_id) for vpc_id in store.fail_open], parameters, default=10)


def _description(store: Store, vpc_id: str) -> dict[str, Any]:
    return {
        "Id": "rslvr-fc-" + sha256(vpc_id.encode()).hexdigest()[:16],
        "ResourceId": vpc_id,
        "OwnerId": store.backend.account_id,
        "FirewallFailOpen": store.fail_open[vpc_id],
    }


OPERATIONS: Mapping[str, Operation] = {
    "GetFirewallConfig": _get,
    "UpdateFirewallConfig": _update,
    "ListFirewallConfigs": _list,
}
