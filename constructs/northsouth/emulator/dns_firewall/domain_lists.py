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
    made = DomainList(**store.identify("firewall-domain-list", "rslvr-fdl", parameters))
    store.tag(made.arn, parameters)
    store.lists[made.id] = made
    return {"FirewallDomainList": _description(made)}


def _get(backend: Any, parameters: Parameters) -> dict[str, Any]:
    return {"FirewallDomainList": _description(find(store_of(backend), parameters))}


def _delete(backend: Any, parameters: Parameters) -> dict[str, Any]:
    store = store_of(backend)
    found = _changeable(store, parameters)
    if any(rule.identity[0] == found.id for rule in store.rules()):
        raise conflict(f"The DNS Firewall domain list '{found.id}' is in use by a rule and can't be deleted.")
    found.delete()
    return {"FirewallDomainList": _description(found)}


def _list(backend: Any, parameters: Parameters) -> dict[str, Any]:
    kept = ("Id", "Arn", "Name", "CreatorRequestId", "ManagedOwnerName", "ManagedListType")
    found = [
        {key: value for key, value in _description(entry).items() if key in kept}
        for entry in store_of(backend).lists.values()
    ]
    return page("FirewallDomainLists", found, parameters)


def _update(backend: Any, parameters: Parameters) -> dict[str, Any]:
    store = store_of(backend)
    found = _changeable(store, parameters)
    given = parameters["Domains"]
    if not 1 <= len(given) <= MAX_DOMAINS_PER_CALL:
        raise invalid(
            f"The number of domains in a request must be from 1 to {MAX_DOMAINS_PER_CALL}, it is {len(given)}."
        )
    names = list(dict.fromkeys(qualified(domain) for domain in given))
    wanted = _CHANGES[parameters["Operation"]](found, names)
    elsewhere = sum(len(entry.domains) for entry in store.lists.values() if entry is not found)
    if elsewhere + len(wanted) > MAX_DOMAINS:
        raise limit_exceeded(f"The number of domains over all lists is limited to {MAX_DOMAINS}.")
    found.domains = wanted
    found.change()
    return {"Id": found.id, "Name": found.name, "Status": found.status, "StatusMessage": "Updating the Domain List"}


def _added(found: DomainList, names: list[str]) -> list[str]:
    return list(dict.fromkeys([*found.domains, *names]))


def _removed(found: DomainList, names: list[str]) -> list[str]:
    unknown = [name for name in names if name not in set(found.domains)]
    if unknown:
        raise invalid(
            f"[RSLVR-02502] The following domains don't exist in the DNS Firewall domain list '{found.id}'. You can't "
            f"delete a domain that isn't in a domain list. Example unknown domain: '{unknown[0]}'."
        )
    gone = set(names)
    return [name for name in found.domains if name not in gone]


_CHANGES: Mapping[str, Callable[[DomainList, list[str]], list[str]]] = {
    "ADD": _added,
    "REMOVE": _removed,
    "REPLACE": lambda _found, names: names,
}


def _domains(backend: Any, parameters: Parameters) -> dict[str, Any]:
    found = find(store_of(backend), parameters)
    if found.managed:
        raise RequestError(
            "AccessDeniedException", f"The content of the managed domain list '{found.name}' can't be read."
        )
    return page("Domains", found.domains, parameters)


def find(store: Store, parameters: Parameters) -> DomainList:
    """Return the list a request names."""
    list_id = parameters["FirewallDomainListId"]
    if list_id not in store.lists:
        raise not_found(list_id)
    return store.lists[list_id]


def _changeable(store: Store, parameters: Parameters) -> DomainList:
    found = find(store, parameters)
    if found.managed:
        raise RequestError("AccessDeniedException", f"The managed domain list '{found.name}' can't be changed.")
    if found.status != "COMPLETE":
        raise conflict(f"The DNS Firewall domain list '{found.id}' is {found.status}. Try again later.")
    return found


def _own(store: Store) -> list[DomainList]:
    return [entry for entry in store.lists.values() if not entry.managed]


def _description(found: DomainList) -> dict[str, Any]:
    shown = {
        "Id": found.id,
        "Arn": found.arn,
        "Name": found.name,
        "DomainCount": len(found.domains),
        "Status": found.status,
        "StatusMessage": "",
        **found.times(),
    }
    if found.managed:
        shown |= {"ManagedOwnerName": "Route 53 Resolver DNS Firewall", "ManagedListType": "THREAT"}
    return shown


OPERATIONS: Mapping[str, Operation] = {
    "CreateFirewallDomainList": _create,
    "GetFirewallDomainList": _get,
    "DeleteFirewallDomainList": _delete,
    "ListFirewallDomainLists": _list,
    "UpdateFirewallDomains": _update,
    "ListFirewallDomains": _domains,
}
