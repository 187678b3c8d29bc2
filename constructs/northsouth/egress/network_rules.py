"""What is refused in the declaration of a new network; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from northsouth.egress.flow_logs import FlowLogs, check_flow_logs
from northsouth.egress.layout import CidrLayout, check_cidr, check_layout
from northsouth.egress.topology import TIERS, NetworkIds, Tier
from northsouth.egress.zones import check_zones
from northsouth.errors import Problem


def check_network(
    *,
    cidr: str,
    zones: Sequence[str],
    tiers: Sequence[Tier] = ("public", "private"),
    layout: CidrLayout | None = None,
    ipv6: bool = False,
    dns64: bool = False,
    subnet_tags: Mapping[Tier, Mapping[str, str]] | None = None,
    flow_logs: FlowLogs | None = None,
    region: str | None = None,
) -> Iterator[Problem]:
    """Yield everything wrong with the arguments of a ``Network``.

    Args:
        cidr: the VPC's IPv4 block.
        zones: the zones to have subnets in.
        tiers: which subnets each zone has.
        layout: how the block is divided; ``None`` for the default.
        ipv6: whether the VPC gets an IPv6 block.
        dns64: whether private subnets answer with NAT64 addresses.
        subnet_tags: more tags for the subnets of a tier.
        flow_logs: where flow logs go.
        region: the Region of the provider, if known.

    """
    yield from check_cidr(cidr)
    yield from check_zones(zones, region=region)
    yield from _check_tiers(tiers)
    if not isinstance(zones, str):
        known = [tier for tier in tiers if tier in TIERS]
        yield from check_layout(layout or CidrLayout.by_letter(), cidr=cidr, zones=zones, tiers=known, ipv6=ipv6)
    if dns64 and not ipv6:
        yield Problem(
            "dns64",
            "True",
            "DNS64 is for subnets with IPv6",
            "Set ipv6=True too, or leave dns64 out.",
            "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html",
        )
    for tier in subnet_tags or {}:
        if tier not in tiers:
            yield Problem(f"subnet_tags.{tier}", repr(tier), "the network has no such subnets", "Add it to tiers.")
    if flow_logs is not None:
        yield from (problem.within("flow_logs") for problem in check_flow_logs(flow_logs))


def check_unserved(ids: NetworkIds) -> Iterator[Problem]:
    """Yield what is wrong with a network with IPv6 for whose private subnets no ``NatGateways`` are declared.

    Args:
        ids: the network.

    """
    if ids.dns64:
        yield Problem(
            "dns64",
            "True",
            "DNS64 answers with NAT64 addresses, and no route leads there",
            "Declare NatGateways(nat64=True), or leave dns64 out.",
            "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html",
        )
    yield Problem(
        "ipv6",
        "True",
        "the private subnets have no way out over IPv6",
        "Declare NatGateways(ipv6_egress=True). If they are meant to have none, or have one of your own, declare "
        "NatGateways(mode=NatMode.none(), ipv6_egress=False).",
        "https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html",
    )


def _check_tiers(tiers: Sequence[Tier]) -> Iterator[Problem]:
    if not tiers:
        yield Problem("tiers", "none", "a network without subnets holds nothing", 'Use ("public", "private").')
    for index, tier in enumerate(tiers):
        if tier not in TIERS:
            yield Problem(f"tiers[{index}]", repr(tier), f"a tier is one of {', '.join(TIERS)}", "Correct the name.")
        elif tier in tiers[:index]:
            yield Problem(f"tiers[{index}]", repr(tier), "given twice", "Remove one of the two.")
