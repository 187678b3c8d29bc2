"""From the keys of an environment file to the library's arguments, for rules and constructs alike."""

from __future__ import annotations

from northsouth.dns.model import OverrideSet
from northsouth.egress.addresses import Addresses
from northsouth.egress.nat_mode import NatMode
from northsouth.logs.lifecycle import Lifecycle
from stacks.settings import DnsSection, LogsSection, NatSection

NETWORK = {"public_subnets": "public_subnet_ids", "private_route_tables": "private_route_table_ids"}
NAT = {"mode.zone": "zone", "addresses.by_zone": "eip_allocation_ids", "addresses": "eip_allocation_ids"}
DNS = {"overrides": "override_sets"}
LOGS = {"lifecycle.expire_after_days": "expire_after_days"}


def nat_mode(section: NatSection) -> NatMode:
    """Return the mode that the file names."""
    if section.mode == "none":
        return NatMode.none()
    if section.mode == "single" and section.zone is not None:
        return NatMode.single(section.zone)
    return NatMode.per_az()


def addresses(section: NatSection) -> Addresses | None:
    """Return the addresses that the file gives, if any."""
    return None if section.eip_allocation_ids is None else Addresses.given(section.eip_allocation_ids)


def override_sets(section: DnsSection) -> list[OverrideSet]:
    """Return the override sets, in the order of the file."""
    return [
        OverrideSet(name=name, ttl=declared.ttl, names=dict(declared.names))
        for name, declared in section.override_sets.items()
    ]


def lifecycle(section: LogsSection) -> Lifecycle:
    """Return when log objects expire."""
    return Lifecycle.expire(section.expire_after_days)
