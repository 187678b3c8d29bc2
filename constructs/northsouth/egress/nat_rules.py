"""What AWS, Terraform or plain sense refuse in a declaration of NAT gateways; pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence

from northsouth.egress.addresses import Addresses
from northsouth.egress.nat_mode import ANYWHERE, NatMode
from northsouth.egress.quotas import (
    MOST_ADDRESSES_PER_GATEWAY,
    MOST_ADDRESSES_PER_REGIONAL_ZONE,
    MOST_PRIVATE_ADDRESSES_PER_GATEWAY,
    SOURCE,
    InUse,
    NatQuotas,
)
from northsouth.egress.topology import NetworkIds
from northsouth.egress.zones import check_zone, check_zones
from northsouth.errors import Problem
from northsouth.tokens import is_token

_ALLOCATION_ID = re.compile(r"eipalloc-[0-9a-f]{8}([0-9a-f]{9})?")
_IPAM_POOL_ID = re.compile(r"ipam-pool-[0-9a-f]{8}([0-9a-f]{9})?")
_WHY = {
    "none": "NatMode.none() has no gateway that could use one",
    "private": "a private NAT gateway has no public address",
    "single": "NatMode.single() has one gateway",
    "per_az": "NatMode.per_az() has one gateway in each zone with private subnets",
    "regional": "a regional gateway needs addresses in each zone with private subnets",
}


def address_zones(mode: NatMode, ids: NetworkIds) -> tuple[str, ...]:
    """Return the zones in which the mode's gateways use public addresses, sorted."""
    if mode.kind == "regional":
        return tuple(sorted(ids.private_route_tables))
    return mode.gateway_zones(ids) if mode.is_public else ()


def default_addresses(mode: NatMode) -> Addresses:
    """Return the default addresses of a mode: a new one for each gateway, or AWS's choice if it is regional."""
    return Addresses.managed() if mode.kind == "regional" else Addresses.made()


def check_nat(
    ids: NetworkIds,
    mode: NatMode,
    addresses: Addresses | None = None,
    *,
    quotas: NatQuotas | None = None,
    nat64: bool = False,
    ipv6_egress: bool | None = None,
    regional_supported: bool = True,
    in_use: InUse | None = None,
    served: bool = False,
) -> Iterator[Problem]:
    """Yield everything wrong with one declaration of NAT gateways.

    Args:
        ids: the network.
        mode: which gateways.
        addresses: where their public addresses come from; ``None`` for the mode's default.
        quotas: the account's quotas; ``None`` for AWS's defaults.
        nat64: whether NAT64 routes are asked for.
        ipv6_egress: whether an egress-only internet gateway is asked for; ``None`` if nothing is said.
        regional_supported: whether the provider bindings know regional gateways.
        in_use: what the stack has declared before.
        served: whether it has declared other gateways of this network, which say how its IPv6 gets out.

    """
    quotas = quotas or NatQuotas()
    in_use = in_use or InUse()
    if mode.kind == "regional" and not regional_supported:
        yield Problem(
            "mode",
            "NatMode.regional()",
            "the installed provider bindings know no `availability_mode`",
            "Install cdktf-cdktf-provider-aws 21.22 or newer, or use NatMode.per_az().",
            "https://github.com/hashicorp/terraform-provider-aws/pull/45240",
        )
    yield from _check_placement(ids, mode)
    yield from _check_private(mode, ids, quotas)
    yield from _check_ipv6(ids, mode, nat64=nat64, ipv6_egress=bool(ipv6_egress))
    if not served:
        yield from _check_ways_out(ids, nat64=nat64, ipv6_egress=ipv6_egress)
    if addresses is not None:
        yield from _check_kind(mode, addresses)
    chosen = addresses or default_addresses(mode)
    yield from _check_made(mode, ids, chosen, quotas, in_use)
    if mode.is_public:
        yield from _check_given(mode, ids, chosen, quotas)
    yield from _check_gateway_quota(mode.gateway_zones(ids), quotas, in_use)


def _check_placement(ids: NetworkIds, mode: NatMode) -> Iterator[Problem]:
    if mode.kind != "none" and not ids.private_route_tables:
        yield Problem(
            "network",
            "no private route table",
            "NAT gateways serve private subnets through their route tables",
            "Add private subnets, or name their route tables.",
        )
    if mode.zone is not None:
        yield from check_zone(mode.zone, region=ids.region, where="mode.zone")
    if mode.kind == "private" and mode.tier == "private":
        yield Problem(
            "mode.tier",
            "'private'",
            "private subnets route to the gateway, so it would route to itself",
            "Use the isolated tier, or the public one.",
        )
    subnets = ids.subnets(mode.tier)
    for zone in mode.gateway_zones(ids):
        if zone not in subnets:
            where = "network" if mode.zone is None else "mode.zone"
            covered = ", ".join(sorted(subnets)) or "no zone"
            yield Problem(
                where,
                repr(zone),
                f"its gateway needs a subnet of the {mode.tier} tier there; they cover {covered}",
                f"Add one in {zone}, or choose a zone that has one.",
            )


def _check_private(mode: NatMode, ids: NetworkIds, quotas: NatQuotas) -> Iterator[Problem]:
    if mode.kind != "private":
        return
    zones = mode.gateway_zones(ids)
    for zone, address in mode.private_ips.items():
        where = f"mode.private_ips.{zone}"
        if zone not in zones:
            yield Problem(where, repr(address), "no gateway stands in that zone", "Remove it, or correct the zone.")
        if not is_token(address) and not _is_ipv4(address):
            yield Problem(where, repr(address), "not an IPv4 address", "Write one of the subnet's free addresses.")
    yield from _check_secondary(mode.secondary_private_ips, quotas)
    if not mode.destinations:
        yield Problem("mode.destinations", "none", "without one no traffic reaches the gateway", f"Use {ANYWHERE!r}.")
    for index, destination in enumerate(mode.destinations):
        where = f"mode.destinations[{index}]"
        if destination in mode.destinations[:index]:
            yield Problem(where, repr(destination), "given twice", "Remove one of the two.")
        else:
            yield from _check_destination(destination, where)


def _check_secondary(count: int, quotas: NatQuotas) -> Iterator[Problem]:
    most = MOST_PRIVATE_ADDRESSES_PER_GATEWAY - 1
    if not 0 <= count <= most:
        yield Problem(
            "mode.secondary_private_ips",
            str(count),
            f"a private gateway has 1 primary and at most {most} secondary addresses",
            f"Use 0 to {most}.",
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html",
        )
    elif count + 1 > quotas.private_addresses_per_gateway:
        yield Problem(
            "mode.secondary_private_ips",
            str(count),
            f"the quota is {quotas.private_addresses_per_gateway} private addresses for a gateway, its primary one "
            "among them",
            f"Have it raised (to {most + 1} at most) and say so with "
            f"quotas=NatQuotas(private_addresses_per_gateway={count + 1}).",
            SOURCE,
        )


def _check_destination(destination: str, where: str) -> Iterator[Problem]:
    if is_token(destination):
        yield Problem(
            where,
            "a value known only when Terraform runs",
            "a destination names its route, so synth must know it",
            "Write the block.",
        )
        return
    try:
        network = ipaddress.IPv4Network(destination, strict=False)
    except ValueError:
        yield Problem(where, repr(destination), "not an IPv4 CIDR block", "Write it as 10.0.0.0/8.")
        return
    if str(network) != destination:
        yield Problem(where, repr(destination), "not the canonical form of a block", f"Write {network}.")


def _is_ipv4(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


def _check_ipv6(ids: NetworkIds, mode: NatMode, *, nat64: bool, ipv6_egress: bool) -> Iterator[Problem]:
    if nat64 and mode.kind == "none":
        yield Problem(
            "nat64",
            "True",
            "NAT64 is done by a NAT gateway, and NatMode.none() has none",
            "Choose another mode, or leave nat64 out.",
        )
    for name, wanted in (("nat64", nat64), ("ipv6_egress", ipv6_egress)):
        if wanted and not ids.ipv6:
            yield Problem(
                name, "True", "the network has no IPv6 block", "Set ipv6=True on the network, or leave this out."
            )


def _check_ways_out(ids: NetworkIds, *, nat64: bool, ipv6_egress: bool | None) -> Iterator[Problem]:
    if ids.dns64 and not nat64:
        yield Problem(
            "nat64",
            "False",
            "the private subnets have DNS64, which answers with NAT64 addresses, and no route leads there",
            "Set nat64=True, or leave dns64 out of the network.",
            "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html",
        )
    if ids.ipv6 and ipv6_egress is None:
        yield Problem(
            "ipv6_egress",
            "nothing",
            "the network has IPv6, and its private subnets have no way out over it",
            "Set ipv6_egress=True. If they are meant to have none, or have one of your own, set ipv6_egress=False.",
            "https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html",
        )


def _check_kind(mode: NatMode, addresses: Addresses) -> Iterator[Problem]:
    if addresses.kind == "managed" and mode.kind != "regional":
        yield Problem(
            "addresses",
            "Addresses.managed()",
            "AWS chooses addresses only for a regional gateway",
            "Use Addresses.made() or Addresses.given(...).",
        )
    idle = addresses.kind == "given" or (addresses.kind == "made" and not addresses.hold)
    if not mode.is_public and idle:
        yield Problem(
            "addresses",
            f"Addresses.{addresses.kind}(...)",
            _WHY[mode.kind],
            "Leave addresses out, or keep those of earlier gateways with Addresses.made(hold=[...]).",
        )


def _check_made(
    mode: NatMode, ids: NetworkIds, addresses: Addresses, quotas: NatQuotas, in_use: InUse
) -> Iterator[Problem]:
    if addresses.kind != "made":
        return
    yield from _check_count(addresses.per_gateway, "addresses.per_gateway", mode, quotas)
    pool = addresses.ipam_pool_id
    if pool is not None and not is_token(pool) and not _IPAM_POOL_ID.fullmatch(pool):
        yield Problem(
            "addresses.ipam_pool_id",
            repr(pool),
            "not the id of an IPAM pool",
            "Give the id, ipam-pool- and 8 or 17 hexadecimal digits.",
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpamPool.html",
        )
    if addresses.hold:
        yield from check_zones(addresses.hold, region=ids.region, where="addresses.hold")
    if not 0 <= addresses.per_gateway <= MOST_ADDRESSES_PER_REGIONAL_ZONE:
        return  # A number without limit, or one that only Terraform knows, has no keys to count.
    needed = len(addresses.made_keys(address_zones(mode, ids), regional=mode.kind == "regional"))
    if needed and needed + in_use.elastic_ips > quotas.elastic_ips:
        other_addresses = f" after {in_use.elastic_ips} of this stack's others" if in_use.elastic_ips else ""
        yield Problem(
            "addresses",
            f"{needed} Elastic IPs{other_addresses}",
            f"the quota is {quotas.elastic_ips} in a Region",
            "Have the quota raised and say so with quotas=NatQuotas(elastic_ips=...), or give existing addresses.",
            SOURCE,
        )


def _check_count(count: int, where: str, mode: NatMode, quotas: NatQuotas) -> Iterator[Problem]:
    regional = mode.kind == "regional"
    most = MOST_ADDRESSES_PER_REGIONAL_ZONE if regional else MOST_ADDRESSES_PER_GATEWAY
    owner = "a regional gateway's zone" if regional else "a NAT gateway"
    if not 1 <= count <= most:
        yield Problem(
            where,
            f"{count} addresses",
            f"{owner} has 1 primary and at most {most - 1} secondary ones",
            f"Use 1 to {most}.",
            SOURCE,
        )
    elif not regional and count > quotas.addresses_per_gateway:
        yield Problem(
            where,
            f"{count} addresses",
            f"the quota is {quotas.addresses_per_gateway} for a gateway",
            f"Have it raised (to {most} at most) and say so with quotas=NatQuotas(addresses_per_gateway={count}).",
            SOURCE,
        )


def _check_given(mode: NatMode, ids: NetworkIds, addresses: Addresses, quotas: NatQuotas) -> Iterator[Problem]:
    if addresses.kind != "given":
        return
    zones = address_zones(mode, ids)
    total = f"addresses for {len(addresses.by_zone)} zones, {len(zones)} needed"
    for zone in sorted(set(zones) - set(addresses.by_zone)):
        yield Problem("addresses", f"none for {zone} ({total})", _WHY[mode.kind], f"Add an allocation id for {zone}.")
    for zone in sorted(set(addresses.by_zone) - set(zones)):
        yield Problem(
            f"addresses.{zone}",
            f"{_listed(addresses.by_zone[zone])} ({total})",
            f"{_WHY[mode.kind]}, none in {zone}",
            "Remove it, or correct the zone.",
        )
    seen: dict[str, str] = {}
    for zone, allocations in addresses.by_zone.items():
        yield from _check_count(len(allocations), f"addresses.{zone}", mode, quotas)
        for index, allocation in enumerate(allocations):
            where = f"addresses.{zone}[{index}]"
            if not is_token(allocation):
                yield from _check_allocation(allocation, where, seen)


def _listed(allocations: Sequence[str]) -> str:
    return ", ".join(repr(allocation) for allocation in allocations) or "no address"


def _check_allocation(allocation: str, where: str, seen: dict[str, str]) -> Iterator[Problem]:
    if not _ALLOCATION_ID.fullmatch(allocation):
        reason = "an IP address, not its allocation id" if _is_ipv4(allocation) else "not an allocation id"
        yield Problem(
            where,
            repr(allocation),
            reason,
            "Give the id, eipalloc- and 8 or 17 hexadecimal digits.",
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Address.html",
        )
    elif allocation in seen:
        yield Problem(where, repr(allocation), f"already used by {seen[allocation]}", "Give each gateway its own.")
    seen.setdefault(allocation, where)


def _check_gateway_quota(zones: Sequence[str], quotas: NatQuotas, in_use: InUse) -> Iterator[Problem]:
    for zone in zones:
        count = in_use.gateways.get(zone, 0) + 1
        if count > quotas.gateways_per_zone:
            yield Problem(
                "mode",
                f"gateway {count} of this stack in {zone}",
                f"the quota is {quotas.gateways_per_zone} in a zone",
                f"Have it raised and say so with quotas=NatQuotas(gateways_per_zone={count}).",
                SOURCE,
            )
