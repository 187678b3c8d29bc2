"""Associations of rule groups with VPCs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from northsouth.emulator.dns_firewall import rule_groups
from northsouth.emulator.dns_firewall.store import (
    Association,
    Store,
    conflict,
    invalid,
    limit_exceeded,
    not_found,
    page,
    store_of,
)
from northsouth.emulator.patching import Operation, Parameters

MAX_PER_VPC = 5
LOWEST_RESERVED, HIGHEST_RESERVED = 100, 9900
"""A priority lies strictly between; the rest is Firewall Manager's."""


def _associate(backend: Any, parameters: Parameters) -> dict[str, Any]:
    store = store_of(backend)
    group = rule_groups.find(store, parameters)
    vpc_id = parameters["VpcId"]
    store.require_vpc(vpc_id)
    for present in store.associations.values():
        if present.request_id == parameters["CreatorRequestId"]:
            return {"FirewallRuleGroupAssociation": _description(present)}
    in_vpc = [entry for entry in store.associations.values() if entry.vpc_id == vpc_id]
    if any(entry.group_id == group.id for entry in in_vpc):
        raise invalid(
            f"[RSLVR-02302] This DNS Firewall rule group can't be associated to a VPC: '{vpc_id}'. "
            "It is already associated to it. Try again with another VPC or DNS Firewall rule group."
        )
    _require_free_priority(store, vpc_id, parameters["Priority"])
    if len(in_vpc) >= MAX_PER_VPC:
        raise limit_exceeded(f"The number of DNS Firewall rule groups of a VPC is limited to {MAX_PER_VPC}.")
    association = Association(
        **store.identify("firewall-rule-group-association", "rslvr-frgassoc", parameters),
        group_id=group.id,
        vpc_id=vpc_id,
        priority=parameters["Priority"],
        mutation_protection=parameters.get("MutationProtection", "DISABLED"),
    )
    association.change()
    store.tag(association.arn, parameters)
    store.associations[association.id] = association
    return {"FirewallRuleGroupAssociation": _description(association)}


def _get(backend: Any, parameters: Parameters) -> dict[str, Any]:
    return {"FirewallRuleGroupAssociation": _description(_find(store_of(backend), parameters))}


def _update(backend: Any, parameters: Parameters) -> dict[str, Any]:
    store = store_of(backend)
    association = _find(store, parameters)
    _require_settled(association)
    priority = parameters.get("Priority", association.priority)
    protection = parameters.get("MutationProtection", association.mutation_protection)
    name = parameters.get("Name", association.name)
    if protection == "ENABLED" and (priority, name) != (association.priority, association.name):
        _require_unprotected(association)
    if priority != association.priority:
        _require_free_priority(store, association.vpc_id, priority)
    association.priority, association.mutation_protection, association.name = priority, protection, name
    association.change()
    return {"FirewallRuleGroupAssociation": _description(association)}


def _disassociate(backend: Any, parameters: Parameters) -> dict[str, Any]:
    association = _find(store_of(backend), parameters)
    _require_unprotected(association)
    _require_settled(association)
    association.delete()
    return {"FirewallRuleGroupAssociation": _description(association)}


def _list(backend: Any, parameters: Parameters) -> dict[str, Any]:
    filters = {
        key: parameters[key] for key in ("FirewallRuleGroupId", "VpcId", "Priority", "Status") if key in parameters
    }
    descriptions = [_description(entry) for entry in store_of(backend).associations.values()]
    matching = [entry for entry in descriptions if filters.items() <= entry.items()]
    return page("FirewallRuleGroupAssociations", sorted(matching, key=lambda entry: entry["Priority"]), parameters)


def _find(store: Store, parameters: Parameters) -> Association:
    association_id = parameters["FirewallRuleGroupAssociationId"]
    if association_id not in store.associations:
        raise not_found(association_id)
    return store.associations[association_id]


def _require_free_priority(store: Store, vpc_id: str, priority: int) -> None:
    if not LOWEST_RESERVED < priority < HIGHEST_RESERVED:
        raise invalid(
            "[RSLVR-02017] The priority value you provided is reserved. "
            f"Provide a number between '{LOWEST_RESERVED}' and '{HIGHEST_RESERVED}'."
        )
    if any(entry.vpc_id == vpc_id and entry.priority == priority for entry in store.associations.values()):
        raise invalid(f"The priority {priority} is already in use in the VPC '{vpc_id}'.")


def _require_settled(association: Association) -> None:
    if association.status != "COMPLETE":
        raise conflict(
            f"The DNS Firewall rule group association '{association.id}' is {association.status}. Try again later."
        )


def _require_unprotected(association: Association) -> None:
    if association.mutation_protection == "ENABLED":
        raise invalid(
            "[RSLVR-02307] The DNS Firewall rule group association is under mutation protection. "
            "Remove the mutation protection and try again."
        )


def _description(association: Association) -> dict[str, Any]:
    return {
        "Id": association.id,
        "Arn": association.arn,
        "FirewallRuleGroupId": association.group_id,
        "VpcId": association.vpc_id,
        "Name": association.name,
        "Priority": association.priority,
        "MutationProtection": association.mutation_protection,
        "Status": association.status,
        "StatusMessage": "",
        **association.times(),
    }


OPERATIONS: Mapping[str, Operation] = {
    "AssociateFirewallRuleGroup": _associate,
    "GetFirewallRuleGroupAssociation": _get,
    "UpdateFirewallRuleGroupAssociation": _update,
    "DisassociateFirewallRuleGroup": _disassociate,
    "ListFirewallRuleGroupAssociations": _list,
}
