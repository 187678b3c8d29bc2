"""Which private endpoints a network has: values and their rules; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from northsouth.egress.endpoint_names import AS_OF, is_known, meant
from northsouth.egress.endpoint_policy import EndpointPolicy, check_endpoint_policy
from northsouth.egress.topology import TIERS, NetworkIds, Tier
from northsouth.errors import Problem
from northsouth.tokens import is_token

SOURCE = "https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html"

GATEWAY_SERVICES = ("s3", "dynamodb", "s3express")

GATEWAY_ONLY = ("s3express",)
"""Services without an interface endpoint: https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-networking.html"""

_SERVICE = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
_FULL_NAME = re.compile(r"((cn\.)?com\.amazonaws|aws|software\.amazon|eu\.amazonaws)\.[a-z0-9.-]+")


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One private way to one service. Use one of the named constructors.

    Attributes:
        kind: ``Gateway`` or ``Interface``.
        service: the service's short name (``s3``, ``ecr.api``), or a full endpoint service name.
        policy: who may do what through it; anyone anything when ``None``.
        private_dns: whether the service's public host names lead to an interface endpoint.
        tier: the subnets an interface endpoint stands in.
        zones: the zones it stands in; all that the tier has when empty.
        route_tiers: the tiers whose route tables a gateway endpoint is in.
        name: what keys it; the service when empty.

    """

    kind: Literal["Gateway", "Interface"]
    service: str
    policy: EndpointPolicy | None = None
    private_dns: bool = True
    tier: Tier = "private"
    zones: tuple[str, ...] = ()
    route_tiers: tuple[Tier, ...] = ("private", "isolated")
    name: str = ""

    @classmethod
    def gateway(
        cls,
        service: str,
        *,
        policy: EndpointPolicy | None = None,
        route_tiers: Sequence[Tier] = ("private", "isolated"),
    ) -> Endpoint:
        """Route a service's own address ranges into AWS's network; it costs nothing.

        Args:
            service: ``s3``, ``dynamodb`` or ``s3express``.
            policy: who may do what through it.
            route_tiers: the tiers whose route tables it is added to.

        """
        return cls(kind="Gateway", service=service, policy=policy, route_tiers=tuple(route_tiers))

    @classmethod
    def interface(
        cls,
        service: str,
        *,
        policy: EndpointPolicy | None = None,
        private_dns: bool = True,
        tier: Tier = "private",
        zones: Sequence[str] = (),
        name: str = "",
    ) -> Endpoint:
        """Put a network interface for a service into each zone; billed for each zone's hours and by GB.

        Args:
            service: the service's short name, as ``ecr.api``, or a full endpoint service name.
            policy: who may do what through it.
            private_dns: let the service's public host names resolve to it, so that clients need no change.
            tier: the subnets it stands in.
            zones: the zones it stands in, to pay for fewer of them; all when empty.
            name: what keys the endpoint, for a service whose own name only Terraform knows (one made in the same
                stack); the service when empty.

        """
        return cls(
            kind="Interface",
            service=service,
            policy=policy,
            private_dns=private_dns,
            tier=tier,
            zones=(zones,) if isinstance(zones, str) else tuple(zones),
            name=name,
        )

    @property
    def label(self) -> str:
        """What it is called: its name, or else its service."""
        return self.name or self.service

    @property
    def key(self) -> str:
        """The name that keys its resource: ``s3-gateway``, ``ecr.api-interface``."""
        return f"{self.label}-{self.kind.lower()}"

    def service_name(self, region: str) -> str:
        """Return the full endpoint service name in a Region."""
        return self.service if self._is_full_name else f"com.amazonaws.{region}.{self.service}"

    @property
    def _is_full_name(self) -> bool:
        return is_token(self.service) or _FULL_NAME.fullmatch(self.service) is not None

    def standing_zones(self, ids: NetworkIds) -> tuple[str, ...]:
        """Return the zones an interface endpoint stands in, sorted."""
        return tuple(sorted(self.zones or ids.subnets(self.tier)))


def check_endpoints(
    ids: NetworkIds,
    endpoints: Sequence[Endpoint],
    *,
    region: str | None = None,
    security_group_ids: Sequence[str] | None = None,
    client_cidrs: Sequence[str] = (),
) -> Iterator[Problem]:
    """Yield everything wrong with the endpoints of a network.

    Args:
        ids: the network.
        endpoints: its endpoints.
        region: the Region, if known; else the zones' names must tell it.
        security_group_ids: security groups given for interface endpoints.
        client_cidrs: address ranges that may use interface endpoints, beside the network's own.

    """
    if not endpoints:
        yield Problem("endpoints", "none", "nothing to make", 'Name one: Endpoint.gateway("s3").')
    seen: dict[str, int] = {}
    for index, endpoint in enumerate(endpoints):
        where = f"endpoints[{index}]"
        if endpoint.key in seen:
            yield Problem(where, repr(endpoint.key), f"already endpoints[{seen[endpoint.key]}]", "Remove one of them.")
        seen.setdefault(endpoint.key, index)
        if is_token(endpoint.label):
            yield Problem(
                where,
                "a service known only when Terraform runs",
                "its name keys the resource, so synth must know it",
                'Name the endpoint: Endpoint.interface(service, name="partner").',
            )
        rules = _check_gateway if endpoint.kind == "Gateway" else _check_interface
        yield from (problem.within(where) for problem in rules(ids, endpoint))
        if endpoint.policy is not None:
            yield from (problem.within(f"{where}.policy") for problem in check_endpoint_policy(endpoint.policy))
        if not endpoint._is_full_name and not (region or ids.region):
            yield Problem(
                where,
                repr(endpoint.service),
                "its full name contains the Region, which nothing tells",
                "Use zones of the Region, or the full endpoint service name.",
                SOURCE,
            )
    interfaces = any(endpoint.kind == "Interface" for endpoint in endpoints)
    if interfaces and security_group_ids is None and not (ids.cidr_blocks or client_cidrs):
        yield Problem(
            "network.cidr_blocks",
            "none",
            "the interface endpoints' security group would admit nobody",
            "Give the VPC's cidr_blocks, client_cidrs, or security_group_ids of your own.",
        )
    if security_group_ids is not None and not security_group_ids:
        yield Problem(
            "security_group_ids",
            "none",
            "AWS would attach the VPC's default security group",
            "Name one, or leave the argument out to have one made.",
            SOURCE,
        )
    if security_group_ids is not None and client_cidrs:
        yield Problem(
            "client_cidrs",
            ", ".join(client_cidrs),
            "they are rules of the made security group, and one was given",
            "Give one of the two.",
        )


def _check_gateway(ids: NetworkIds, endpoint: Endpoint) -> Iterator[Problem]:
    if endpoint.service.rpartition(".")[2] not in GATEWAY_SERVICES and not is_token(endpoint.service):
        yield Problem(
            "service",
            repr(endpoint.service),
            f"gateway endpoints exist for {', '.join(GATEWAY_SERVICES)} only",
            f"Use Endpoint.interface({endpoint.service!r}).",
            "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
        )
    if not any(ids.route_tables(tier) for tier in endpoint.route_tiers if tier in TIERS):
        yield Problem(
            "route_tiers",
            ", ".join(endpoint.route_tiers) or "none",
            "the network names no route table of these tiers",
            "Name the route tables, or another tier; without one nothing takes this way.",
        )


def _check_interface(ids: NetworkIds, endpoint: Endpoint) -> Iterator[Problem]:
    service = endpoint.service
    if not is_token(service) and not _SERVICE.fullmatch(service):
        yield Problem("service", repr(service), "not the name of an endpoint service", "Write it as ecr.api.", SOURCE)
    elif service in GATEWAY_ONLY:
        yield Problem(
            "service", repr(service), "it has a gateway endpoint only", f"Use Endpoint.gateway({service!r}).", SOURCE
        )
    elif not endpoint._is_full_name and (names := meant(service)):
        yield Problem(
            "service",
            repr(service),
            "not the name of an AWS endpoint service",
            f"Write {' or '.join(names)}. If AWS has a new service of this name, give its full endpoint service name.",
            SOURCE,
        )
    subnets = ids.subnets(endpoint.tier)
    if not subnets:
        yield Problem("tier", repr(endpoint.tier), "the network has no such subnets", "Name another tier.")
    for index, zone in enumerate(endpoint.zones):
        if subnets and zone not in subnets:
            yield Problem(
                f"zones[{index}]",
                repr(zone),
                f"no {endpoint.tier} subnet there; they cover {', '.join(sorted(subnets))}",
                "Correct the zone, or add a subnet.",
            )


def endpoint_notes(endpoints: Sequence[Endpoint]) -> Iterator[str]:
    """Yield a note for each interface endpoint whose service the list of names does not hold."""
    for endpoint in endpoints:
        short = not endpoint._is_full_name
        if endpoint.kind == "Interface" and short and not is_known(endpoint.service):
            yield (
                f"{endpoint.service!r} is not among the endpoint services of {AS_OF}. If it is newer, ignore this. "
                "AWS refuses a service that does not exist at apply."
            )


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What an endpoint of a stack occupies, so that a second one of the same service can collide with it.

    Attributes:
        where: the construct and the endpoint's key, for the message.
        kind: ``Gateway`` or ``Interface``.
        service: the full endpoint service name.
        vpc_id: its VPC.
        private_dns: whether an interface endpoint takes the service's host names.
        route_tables: the route tables of a gateway endpoint.

    """

    where: str
    kind: str
    service: str
    vpc_id: str
    private_dns: bool = False
    route_tables: tuple[str, ...] = ()


def check_claims(claims: Sequence[Claim]) -> Iterator[Problem]:
    """Yield the endpoints that AWS would refuse because an earlier one of the stack has their names or route tables."""
    for index, later in enumerate(claims):
        for earlier in claims[:index]:
            if (earlier.kind, earlier.service, earlier.vpc_id) != (later.kind, later.service, later.vpc_id):
                continue
            if earlier.private_dns and later.private_dns:
                yield Problem(
                    later.where,
                    f"a second interface endpoint of {later.service} with private DNS",
                    f"{earlier.where} has its host names in this VPC already",
                    "Remove one of them, or set private_dns=False.",
                    "https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html",
                )
            shared = [table for table in later.route_tables if table in earlier.route_tables]
            if shared:
                yield Problem(
                    later.where,
                    f"a second gateway endpoint of {later.service} in {', '.join(shared)}",
                    f"{earlier.where} has the route of this service there already",
                    "Remove one of them, or give them other route_tiers.",
                    "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
                )


def by_key(endpoints: Sequence[Endpoint], kind: str) -> Mapping[str, Endpoint]:
    """Return the endpoints of one kind by their key, sorted."""
    return {endpoint.key: endpoint for endpoint in sorted(endpoints, key=lambda e: e.key) if endpoint.kind == kind}
