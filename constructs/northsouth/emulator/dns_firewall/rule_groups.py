"""Rule groups, and the policies that share them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from northsouth.emulator.dns_firewall.store import (
    RuleGroup,
    Store,
    conflict,
    invalid,
    limit_exceeded,
    not_found,
    page,
    store_of,
)
from northsouth.emulator.patching import Operation, Parameters

MAX_GROUPS = 1_000


def _create(backend: Any, parameters: Parameters) -> dict[str, Any]:
    store = store_of(backend)
    for present in store.groups.values():
        if present.request_id == parameters["CreatorRequestId"]:
            return {"FirewallRuleGroup": _description(store, present)}
    if len(store.groups) >= MAX_GROUPS:
        raise limit_exceeded(f"The number of DNS Firewall rule groups is limited to {MAX_GROUPS}.")
    group = RuleGroup(**store.identify("firewall-rule-group", "rslvr-frg", parameters))
    store.tag(group.arn, parameters)
    store.groups[group.id] = group
    return {"FirewallRuleGroup": _description(store, group)}


def _get(backend: Any, parameters: Parameters) -> dict[str, Any]:
    store = store_of(backend)
    return {"FirewallRuleGroup": _description(store, find(store, parameters))}


def _delete(backend: Any, parameters: Parameters) -> dict[str, Any]:
    store = store_of(backend)
    group = find(store, parameters)
    if group.rules:
        raise conflict(f"[RSLVR-02103] The DNS Firewall rule group '{group.id}' still has rules and can't be deleted.")
    if any(entry.group_id == group.id for entry in store.associations.values()):
        raise conflict(f"The DNS Firewall rule group '{group.id}' is associated with a VPC and can't be deleted.")
    group.delete()
    return {"FirewallRuleGroup": _description(store, group)}


def _list(backend: Any, parameters: Parameters) -> dict[str, Any]:
    store = store_of(backend)
    shown_keys = ("Id", "Arn", "Name", "OwnerId", "CreatorRequestId", "ShareStatus")
    descriptions = [
        {key: value for key, value in _description(store, group).items() if key in shown_keys}
        for group in store.groups.values()
    ]
    return page("FirewallRuleGroups", descriptions, parameters)


def _put_policy(backend: Any, parameters: Parameters) -> dict[str, Any]:
    try:
        json.loads(parameters["FirewallRuleGroupPolicy"])
    except ValueError:
        raise invalid("The policy you provided isn't valid JSON.") from None
    _by_arn(store_of(backend), parameters["Arn"]).policy = parameters["FirewallRuleGroupPolicy"]
    return {"ReturnValue": True}


def _get_policy(backend: Any, parameters: Parameters) -> dict[str, Any]:
    policy = _by_arn(store_of(backend), parameters["Arn"]).policy
    if policy is None:
        raise not_found(parameters["Arn"])
    return {"FirewallRuleGroupPolicy": policy}


def find(store: Store, parameters: Parameters) -> RuleGroup:
    """Return the group a request names."""
    group_id = parameters["FirewallRuleGroupId"]
    if group_id not in store.groups:
        raise not_found(group_id)
    return store.groups[group_id]


def _by_arn(store: Store, arn: str) -> RuleGroup:
    for group in store.groups.values():
        if group.arn == arn:
            return group
    raise not_found(arn)


def _description(store: Store, group: RuleGroup) -> dict[str, Any]:
    return {
        "Id": group.id,
        "Arn": group.arn,
        "Name": group.name,
        "RuleCount": len(group.rules),
        "Status": group.status,
        "StatusMessage": "",
        "OwnerId": store.backend.account_id,
        "ShareStatus": "SHARED_BY_ME" if group.policy else "NOT_SHARED",
        **group.times(),
    }


OPERATIONS: Mapping[str, Operation] = {
    "CreateFirewallRuleGroup": _create,
    "GetFirewallRuleGroup": _get,
    "DeleteFirewallRuleGroup": _delete,
    "ListFirewallRuleGroups": _list,
    "PutFirewallRuleGroupPolicy": _put_policy,
    "GetFirewallRuleGroupPolicy": _get_policy,
}
