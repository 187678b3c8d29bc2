"""Domain lists: created empty, filled by calls of at most 1,000 names, settled a moment later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from northsouth.emulator.dns_firewall.names import qualified
from northsouth.emulator.dns_firewall.store import (
    DomainList,
    Store,
    conflict,
    invalid,
    limit_exceeded,
    not_found,
    page,
    store_of,
)
from northsouth.emulator.patching import Operation, Parameters, RequestError

MAX_LISTS = 1_000
MAX_DOMAINS_PER_CALL = 1_000
MAX_DOMAINS = 100_000
"""Over all lists of an account and Region."""


def _create(backend: Any, parameters: Parameters) -> dict[str, Any]:
    store = store_of(backend)
    for present in _own(store):
        if present.request_id == parameters["CreatorRequestId"]:
            return {"FirewallDomainList": _description(present)}
    if len(_own(store)) >= MAX_LISTS:
        raise limit_exceeded(f"The number of DNS Firewall domain lists is limited to {MAX_LISTS}.")
    domain_list = DomainList(**store.identify("firewall-domain-list", "rslvr-fdl", parameters))
    store.tag(domain_list.arn, parameters)
    store.lists[domain_list.id] = domain_list
    return {"FirewallDomainList": _description(domain_list)}


def _get(backend: Any, parameters: Parameters) -> dict[str, Any]:
    return {"FirewallDomainList": _description(find(store_of(backend), parameters))}


def _delete(backend: Any, parameters: Parameters) -> dict[str, Any]:
    store = store_of(backend)
    domain_list = _changeable(store, parameters)
    if any(rule.identity[0] == domain_list.id for rule in store.rules()):
        raise conflict(f"The DNS Firewall domain list '{domain_list.id}' is in use by a rule and can't be deleted.")
    domain_list.delete()
    return {"FirewallDomainList": _description(domain_list)}


def _list(backend: Any, parameters: Parameters) -> dict[str, Any]:
    shown_keys = ("Id", "Arn", "Name", "CreatorRequestId", "ManagedOwnerName", "ManagedListType")
    descriptions = [
        {key: value for key, value in _description(entry).items() if key in shown_keys}
        for entry in store_of(backend).lists.values()
    ]
    return page("FirewallDomainLists", descriptions, parameters)


def _update(backend: Any, parameters: Parameters) -> dict[str, Any]:
    store = store_of(backend)
    domain_list = _changeable(store, parameters)
    domains = parameters["Domains"]
    if not 1 <= len(domains) <= MAX_DOMAINS_PER_CALL:
        raise invalid(
            f"The number of domains in a request must be from 1 to {MAX_DOMAINS_PER_CALL}, it is {len(domains)}."
        )
    names = list(dict.fromkeys(qualified(name) for name in domains))
    changed = _CHANGES[parameters["Operation"]](domain_list, names)
    elsewhere = sum(len(entry.domains) for entry in store.lists.values() if entry is not domain_list)
    if elsewhere + len(changed) > MAX_DOMAINS:
        raise limit_exceeded(f"The number of domains over all lists is limited to {MAX_DOMAINS}.")
    domain_list.domains = changed
    domain_list.change()
    return {
        "Id": domain_list.id,
        "Name": domain_list.name,
        "Status": domain_list.status,
        "StatusMessage": "Updating the Domain List",
    }


def _added(domain_list: DomainList, names: list[str]) -> list[str]:
    return list(dict.fromkeys([*domain_list.domains, *names]))


def _removed(domain_list: DomainList, names: list[str]) -> list[str]:
    unknown = [name for name in names if name not in set(domain_list.domains)]
    if unknown:
        raise invalid(
            f"[RSLVR-02502] The following domains don't exist in the DNS Firewall domain list '{domain_list.id}'. "
            f"You can't delete a domain that isn't in a domain list. Example unknown domain: '{unknown[0]}'."
        )
    gone = set(names)
    return [name for name in domain_list.domains if name not in gone]


_CHANGES: Mapping[str, Callable[[DomainList, list[str]], list[str]]] = {
    "ADD": _added,
    "REMOVE": _removed,
    "REPLACE": lambda _found, names: names,
}


def _domains(backend: Any, parameters: Parameters) -> dict[str, Any]:
    domain_list = find(store_of(backend), parameters)
    if domain_list.managed:
        raise RequestError(
            "AccessDeniedException", f"The content of the managed domain list '{domain_list.name}' can't be read."
        )
    return page("Domains", domain_list.domains, parameters)


def find(store: Store, parameters: Parameters) -> DomainList:
    """Return the list a request names."""
    list_id = parameters["FirewallDomainListId"]
    if list_id not in store.lists:
        raise not_found(list_id)
    return store.lists[list_id]


def _changeable(store: Store, parameters: Parameters) -> DomainList:
    domain_list = find(store, parameters)
    if domain_list.managed:
        raise RequestError("AccessDeniedException", f"The managed domain list '{domain_list.name}' can't be changed.")
    if domain_list.status != "COMPLETE":
        raise conflict(f"The DNS Firewall domain list '{domain_list.id}' is {domain_list.status}. Try again later.")
    return domain_list


def _own(store: Store) -> list[DomainList]:
    return [entry for entry in store.lists.values() if not entry.managed]


def _description(domain_list: DomainList) -> dict[str, Any]:
    description = {
        "Id": domain_list.id,
        "Arn": domain_list.arn,
        "Name": domain_list.name,
        "DomainCount": len(domain_list.domains),
        "Status": domain_list.status,
        "StatusMessage": "",
        **domain_list.times(),
    }
    if domain_list.managed:
        description |= {"ManagedOwnerName": "Route 53 Resolver DNS Firewall", "ManagedListType": "THREAT"}
    return description


OPERATIONS: Mapping[str, Operation] = {
    "CreateFirewallDomainList": _create,
    "GetFirewallDomainList": _get,
    "DeleteFirewallDomainList": _delete,
    "ListFirewallDomainLists": _list,
    "UpdateFirewallDomains": _update,
    "ListFirewallDomains": _domains,
}
