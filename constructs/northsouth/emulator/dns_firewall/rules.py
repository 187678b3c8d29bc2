"""Rules: one for a domain list and query type in a group, in the order of unique priorities."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from northsouth.emulator.dns_firewall import domain_lists, rule_groups
from northsouth.emulator.dns_firewall.names import qualified
from northsouth.emulator.dns_firewall.store import (
    Rule,
    RuleGroup,
    conflict,
    invalid,
    limit_exceeded,
    not_found,
    now,
    page,
    store_of,
)
from northsouth.emulator.patching import Operation, Parameters

MAX_RULES = 100
"""In one group."""

_OVERRIDE = ("BlockOverrideDomain", "BlockOverrideDnsType", "BlockOverrideTtl")
_QTYPES = frozenset(["A", "AAAA", "CAA", "CNAME", "DS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "TXT"])
_NOT_HERE = ("DnsThreatProtection", "ConfidenceThreshold", "FirewallRuleType", "FirewallThreatProtectionId")


def _create(backend: Any, parameters: Parameters) -> dict[str, Any]:
    store = store_of(backend)
    group = rule_groups.find(store, parameters)
    _refuse_advanced(parameters)
    if "FirewallDomainListId" not in parameters:
        raise invalid("A DNS Firewall rule needs a FirewallDomainListId.")
    if domain_lists.find(store, parameters).deleting:
        raise conflict(f"The DNS Firewall domain list '{parameters['FirewallDomainListId']}' is being deleted.")
    for rule in group.rules:
        if rule.values["CreatorRequestId"] == parameters["CreatorRequestId"]:
            return {"FirewallRule": rule.values}
    if len(group.rules) >= MAX_RULES:
        raise limit_exceeded(
            f"The number of rules in the DNS Firewall rule group '{group.id}' is limited to {MAX_RULES}."
        )
    created = now()
    defaults = {"FirewallDomainRedirectionAction": "INSPECT_REDIRECTION_DOMAIN"}
    rule = Rule(values=_checked({**defaults, **parameters, "CreationTime": created, "ModificationTime": created}))
    if any(rule.identity == present.identity for present in group.rules):
        raise invalid(f"The rule group '{group.id}' already has a rule for this domain list and query type.")
    _require_free_priority(group, rule.values["Priority"])
    group.rules.append(rule)
    group.modified = created
    return {"FirewallRule": rule.values}


def _update(backend: Any, parameters: Parameters) -> dict[str, Any]:
    group = rule_groups.find(store_of(backend), parameters)
    _refuse_advanced(parameters)
    rule = _find(group, parameters)
    merged = {**rule.values, **parameters, "ModificationTime": now()}
    if merged["Action"] != "BLOCK":
        dropped = {"BlockResponse", *_OVERRIDE} - parameters.keys()
    elif merged.get("BlockResponse") != "OVERRIDE":
        dropped = set(_OVERRIDE) - parameters.keys()
    else:
        dropped = set()
    values = _checked({key: value for key, value in merged.items() if key not in dropped})
    if values["Priority"] != rule.values["Priority"]:
        _require_free_priority(group, values["Priority"])
    rule.values = values
    return {"FirewallRule": values}


def _delete(backend: Any, parameters: Parameters) -> dict[str, Any]:
    group = rule_groups.find(store_of(backend), parameters)
    rule = _find(group, parameters)
    group.rules.remove(rule)
    return {"FirewallRule": rule.values}


def _list(backend: Any, parameters: Parameters) -> dict[str, Any]:
    group = rule_groups.find(store_of(backend), parameters)
    filters = {key: parameters[key] for key in ("Priority", "Action") if key in parameters}
    rules = [rule.values for rule in group.rules if filters.items() <= rule.values.items()]
    return page("FirewallRules", sorted(rules, key=lambda values: values["Priority"]), parameters)


def _find(group: RuleGroup, parameters: Parameters) -> Rule:
    if "FirewallDomainListId" not in parameters:
        raise invalid("Name the rule by its FirewallDomainListId.")
    list_id = parameters["FirewallDomainListId"]
    candidates = [rule for rule in group.rules if rule.identity[0] == list_id]
    for rule in candidates:
        if rule.identity == (list_id, parameters.get("Qtype")):
            return rule
    if candidates:
        raise invalid(f"The rule for the domain list '{list_id}' has another query type: {candidates[0].identity[1]}.")
    raise not_found(list_id)


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """Return a rule's values as AWS stores them.

    Source: the documentation of ``CreateFirewallRule``.
    """
    if values["Priority"] < 1:
        raise invalid(f"The priority of a rule must be a positive integer, it is {values['Priority']}.")
    qtype = values.get("Qtype")
    if qtype is not None and not _is_qtype(qtype):
        raise invalid(f"The query type '{qtype}' isn't supported.")
    if values["Action"] != "BLOCK":
        _refuse_any(values, ("BlockResponse", *_OVERRIDE), "can only be used with the action BLOCK")
    elif "BlockResponse" not in values:
        raise invalid("[RSLVR-02016] The action BLOCK needs a BlockResponse.")
    elif values["BlockResponse"] == "OVERRIDE":
        missing = [name for name in _OVERRIDE if name not in values]
        if missing:
            raise invalid(f"The block response OVERRIDE needs {', '.join(missing)}.")
        return values | {"BlockOverrideDomain": _target(values["BlockOverrideDomain"])}
    else:
        _refuse_any(values, _OVERRIDE, "can only be used with the block response OVERRIDE")
    return values


def _target(domain: str) -> str:
    if domain.startswith("*"):
        raise invalid(f"The override domain can't have an asterisk: '{domain}'.")
    return qualified(domain)


def _is_qtype(qtype: str) -> bool:
    numbered = re.fullmatch(r"TYPE([1-9]\d{0,4})", qtype)
    return qtype in _QTYPES or bool(numbered and int(numbered[1]) <= 65534)


def _refuse_any(values: dict[str, Any], names: tuple[str, ...], why: str) -> None:
    for name in names:
        if name in values:
            raise invalid(f"{name} {why}.")


def _refuse_advanced(parameters: Parameters) -> None:
    _refuse_any(parameters, _NOT_HERE, "belongs to DNS Firewall Advanced, which the emulator lacks")


def _require_free_priority(group: RuleGroup, priority: int) -> None:
    if any(rule.values["Priority"] == priority for rule in group.rules):
        raise invalid(f"The priority {priority} is already in use in the DNS Firewall rule group '{group.id}'.")


OPERATIONS: Mapping[str, Operation] = {
    "CreateFirewallRule": _create,
    "UpdateFirewallRule": _update,
    "DeleteFirewallRule": _delete,
    "ListFirewallRules": _list,
}
