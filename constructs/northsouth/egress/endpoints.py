"""Which private endpoints a network has: values and their rules; pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, overload

from northsouth.egress.endpoint_names import AS_OF, is_known, meant, short_name
from northsouth.egress.endpoint_policy import EndpointPolicy, check_endpoint_policy
from northsouth.egress.endpoint_services import EndpointServices, check_service
from northsouth.egress.topology import TIERS, NetworkIds, Tier
from northsouth.errors import Problem
from northsouth.tokens import is_token

SOURCE = "https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html"

GATEWAY_SERVICES = ("s3", "dynamodb", "s3express")

GATEWAY_ONLY = ("s3express",)
"""Services without an interface endpoint: https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-networking.html"""

WITHOUT_PRIVATE_DNS = {
    "dynamodb": "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/privatelink-interface-endpoints.html",
    "dynamodb-fips": "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/privatelink-interface-endpoints.html",
    "dynamodb-streams": "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/privatelink-streams.html",
    "iot.credentials": "https://docs.aws.amazon.com/iot/latest/developerguide/IoTCore-VPC.html",
    "iot.data": "https://docs.aws.amazon.com/iot/latest/developerguide/IoTCore-VPC.html",
}
"""Services whose interface endpoints cannot have private DNS, as of 2026-11, each with AWS's page."""

_SMTP = (25, 465, 587, 2465, 2587)
_INGRESS = (25, 587)
PORTS: Mapping[str, tuple[int, ...]] = {
    "cassandra": (9142,),
    "cassandra-fips": (9142,),
    "email-smtp": _SMTP,
    "iot.data": (443, 8443, 8883),
    "mail-manager-smtp.auth": _INGRESS,
    "mail-manager-smtp.auth.fips": _INGRESS,
    "mail-manager-smtp.mtls": _INGRESS,
    "mail-manager-smtp.mtls.fips": _INGRESS,
    "mail-manager-smtp.open": _INGRESS,
    "mail-manager-smtp.open.fips": _INGRESS,
}
"""Services whose clients use other TCP ports than 443:
https://docs.aws.amazon.com/ses/latest/dg/smtp-connect.html, https://docs.aws.amazon.com/ses/latest/dg/eb-ingress.html,
https://docs.aws.amazon.com/keyspaces/latest/devguide/vpc-endpoints.html,
https://docs.aws.amazon.com/iot/latest/developerguide/protocols.html"""

IpAddressType = Literal["ipv4", "dualstack", "ipv6"]

_SERVICE = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
_FULL_NAME = re.compile(r"((cn\.)?com\.amazonaws|aws|api\.aws|software\.amazon|eu\.amazonaws)\.[a-z0-9.-]+")
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+){1,2}-\d+")
_LATTICE_ARN = {
    "Resource": ("resourceconfiguration/rcfg-", "a resource configuration"),
    "ServiceNetwork": ("servicenetwork/sn-", "a service network"),
}


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One private way to one service. Use one of the named constructors.

    Attributes:
        kind: the type of the endpoint.
        service: the service's short name (``s3``, ``ecr.api``), or a full endpoint service name; the ARN of a resource
            configuration or a service network.
        policy: who may do what through it; anyone anything when ``None``.
        private_dns: whether the service's public host names lead to an interface endpoint.
        private_dns_only_for_inbound_resolver_endpoint: whether they do so for inbound Resolver endpoints only.
        tier: the subnets an interface endpoint stands in.
        zones: the zones it stands in; all that the tier has when empty.
        route_tiers: the tiers whose route tables a gateway endpoint is in.
        name: what keys it; the service when empty.
        ip_address_type: the addresses of its network interfaces; AWS's default, IPv4, when ``None``.
        service_region: the Region of the service, if it is another one than the VPC's.
        ports: the TCP ports that the made security group opens; those of the service when empty.

    """

    kind: Literal["Gateway", "Interface", "Resource", "ServiceNetwork"]
    service: str
    policy: EndpointPolicy | None = None
    private_dns: bool = True
    private_dns_only_for_inbound_resolver_endpoint: bool | None = None
    tier: Tier = "private"
    zones: tuple[str, ...] = ()
    route_tiers: tuple[Tier, ...] = ("private", "isolated")
    name: str = ""
    ip_address_type: IpAddressType | None = None
    service_region: str | None = None
    ports: tuple[int, ...] = ()

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
        private_dns_only_for_inbound_resolver_endpoint: bool | None = None,
        tier: Tier = "private",
        zones: Sequence[str] = (),
        name: str = "",
        ip_address_type: IpAddressType | None = None,
        service_region: str | None = None,
        ports: int | Sequence[int] = (),
    ) -> Endpoint:
        """Put a network interface for a service into each zone; billed for each zone's hours and by GB.

        Args:
            service: the service's short name, as ``ecr.api``, or a full endpoint service name.
            policy: who may do what through it.
            private_dns: let the service's public host names resolve to it, so that clients need no change.
            private_dns_only_for_inbound_resolver_endpoint: for ``s3`` with private DNS: ``True`` lets only networks
                behind an inbound Resolver endpoint use it, and the VPC's own traffic takes the gateway endpoint, which
                must exist; ``False`` sends all traffic through it. ``None`` is ``True`` (AWS's default) if the stack
                declares the gateway endpoint of the VPC, else ``False``.
            tier: the subnets it stands in.
            zones: the zones it stands in, to pay for fewer of them; all when empty.
            name: what keys the endpoint, for a service whose own name only Terraform knows (one made in the same
                stack); the service when empty.
            ip_address_type: ``dualstack`` for clients over IPv4 and IPv6; ``ipv6`` in subnets without IPv4 only. AWS's
                default, ``ipv4``, when ``None``.
            service_region: the Region of the service, to reach it in another Region.
            ports: the TCP ports of its clients, for the security group that is made; by default those of the service:
                443, SMTP's for ``email-smtp``, 9142 for ``cassandra``.

        """
        return cls(
            kind="Interface",
            service=service,
            policy=policy,
            private_dns=private_dns,
            private_dns_only_for_inbound_resolver_endpoint=private_dns_only_for_inbound_resolver_endpoint,
            tier=tier,
            zones=_several(zones),
            name=name,
            ip_address_type=ip_address_type,
            service_region=service_region,
            ports=_several(ports),
        )

    @classmethod
    def resource(
        cls,
        resource_configuration_arn: str,
        *,
        name: str,
        ports: int | Sequence[int],
        private_dns: bool = False,
        tier: Tier = "private",
        zones: Sequence[str] = (),
        ip_address_type: IpAddressType | None = None,
    ) -> Endpoint:
        """Put a network interface for one shared resource, such as a database, into each zone.

        AWS changes nothing of it later but its security groups and tags: every other change replaces it.

        Args:
            resource_configuration_arn: the resource configuration of VPC Lattice.
            name: what keys the endpoint.
            ports: the TCP ports of the resource, for the security group that is made.
            private_dns: give the resource's own domain name private addresses in the VPC.
            tier: the subnets it stands in.
            zones: the zones it stands in; all when empty.
            ip_address_type: as for :meth:`interface`.

        """
        return cls(
            kind="Resource",
            service=resource_configuration_arn,
            name=name,
            ports=_several(ports),
            private_dns=private_dns,
            tier=tier,
            zones=_several(zones),
            ip_address_type=ip_address_type,
        )

    @classmethod
    def service_network(
        cls,
        service_network_arn: str,
        *,
        name: str,
        ports: int | Sequence[int] = 443,
        private_dns: bool = False,
        tier: Tier = "private",
        zones: Sequence[str] = (),
        ip_address_type: IpAddressType | None = None,
    ) -> Endpoint:
        """Put the services and resources of a VPC Lattice service network into each zone.

        Each takes free /28 blocks of the subnets. AWS changes nothing of it later but its security groups and tags:
        every other change replaces it.

        Args:
            service_network_arn: the service network.
            name: what keys the endpoint.
            ports: the TCP ports of its clients, for the security group that is made.
            private_dns: give the services' own domain names private addresses in the VPC.
            tier: the subnets it stands in.
            zones: the zones it stands in; all when empty.
            ip_address_type: as for :meth:`interface`.

        """
        return cls(
            kind="ServiceNetwork",
            service=service_network_arn,
            name=name,
            ports=_several(ports),
            private_dns=private_dns,
            tier=tier,
            zones=_several(zones),
            ip_address_type=ip_address_type,
        )

    @property
    def label(self) -> str:
        """Its name, or its service if it has no name."""
        return self.name or self.service

    @property
    def key(self) -> str:
        """The name that keys its resource: ``s3-gateway``, ``ecr.api-interface``."""
        return f"{self.label}-{self.kind.lower()}"

    @property
    def has_interfaces(self) -> bool:
        """Whether it has network interfaces, and so subnets and security groups."""
        return self.kind != "Gateway"

    @property
    def open_ports(self) -> tuple[int, ...]:
        """The TCP ports of its clients, ascending."""
        return tuple(sorted(set(self.ports or PORTS.get(self._short_name, (443,)))))

    def service_name(self, region: str) -> str:
        """Return the full endpoint service name for a VPC in a Region; of VPC Lattice's resources, the ARN."""
        is_complete = self._is_full_name or self.kind in _LATTICE_ARN
        return self.service if is_complete else f"com.amazonaws.{self.service_region or region}.{self.service}"

    @property
    def _short_name(self) -> str:
        return short_name(self.service)

    @property
    def _is_full_name(self) -> bool:
        return is_token(self.service) or _FULL_NAME.fullmatch(self.service) is not None

    def standing_zones(self, ids: NetworkIds) -> tuple[str, ...]:
        """Return the zones an interface endpoint stands in, sorted."""
        return tuple(sorted(self.zones or ids.subnets(self.tier)))


@overload
def _several(values: str | Sequence[str]) -> tuple[str, ...]: ...
@overload
def _several(values: int | Sequence[int]) -> tuple[int, ...]: ...
def _several(values: str | int | Sequence[str | int]) -> tuple[str | int, ...]:
    """Return one value, or several. A number that only Terraform knows is a float."""
    return (values,) if isinstance(values, str | int | float) else tuple(values)


def check_endpoints(
    ids: NetworkIds,
    endpoints: Sequence[Endpoint],
    *,
    region: str | None = None,
    security_group_ids: Sequence[str] | None = None,
    client_cidrs: Sequence[str] = (),
    services: EndpointServices | None = None,
) -> Iterator[Problem]:
    """Yield everything wrong with the endpoints of a network.

    Args:
        ids: the network.
        endpoints: its endpoints.
        region: the Region, if known; else the zones' names must tell it.
        security_group_ids: security groups given for interface endpoints.
        client_cidrs: address ranges that may use interface endpoints, beside the network's own.
        services: what AWS offers in the Region, if a file says it.

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
        yield from (problem.within(where) for problem in _check_endpoint(ids, endpoint, region or ids.region, services))
    if any(endpoint.has_interfaces for endpoint in endpoints):
        yield from _check_clients(ids, endpoints, security_group_ids, client_cidrs)
    elif security_group_ids is not None and client_cidrs:
        yield _two_ways(client_cidrs)


def _check_endpoint(
    ids: NetworkIds, endpoint: Endpoint, region: str | None, services: EndpointServices | None
) -> Iterator[Problem]:
    if endpoint.kind == "Gateway":
        yield from _check_gateway(ids, endpoint)
    elif endpoint.kind == "Interface":
        yield from _check_interface(endpoint, known=services is not None)
    else:
        yield from _check_lattice(endpoint)
    if endpoint.has_interfaces:
        yield from _check_standing(ids, endpoint)
    if endpoint.policy is not None:
        yield from (problem.within("policy") for problem in check_endpoint_policy(endpoint.policy))
    if endpoint.kind in _LATTICE_ARN or is_token(endpoint.service):
        return
    if not endpoint._is_full_name and not region:
        yield Problem(
            "",
            repr(endpoint.service),
            "its full name contains the Region, which nothing tells",
            "Use zones of the Region, or the full endpoint service name.",
            SOURCE,
        )
    elif services is not None:
        yield from check_service(
            services,
            endpoint.service_name(region or ""),
            endpoint.kind,
            zones=endpoint.standing_zones(ids) if endpoint.kind == "Interface" and not endpoint.service_region else (),
            private_dns=endpoint.kind == "Interface" and endpoint.private_dns,
            policy=endpoint.policy is not None,
            ip_address_type=endpoint.ip_address_type,
        )


def _check_clients(
    ids: NetworkIds,
    endpoints: Sequence[Endpoint],
    security_group_ids: Sequence[str] | None,
    client_cidrs: Sequence[str],
) -> Iterator[Problem]:
    """Yield what is wrong with who may use the network interfaces of endpoints."""
    if security_group_ids is not None:
        if not security_group_ids:
            yield Problem(
                "security_group_ids",
                "none",
                "AWS would attach the VPC's default security group",
                "Name one, or leave the argument out to have one made.",
                SOURCE,
            )
        if client_cidrs:
            yield _two_ways(client_cidrs)
        return
    for index, block in enumerate(client_cidrs):
        if not is_token(block) and not _is_block(block):
            yield Problem(
                f"client_cidrs[{index}]", repr(block), "not an IPv4 or IPv6 CIDR block", "Write it as 10.0.0.0/8."
            )
    if not (ids.cidr_blocks or client_cidrs):
        yield Problem(
            "network.cidr_blocks",
            "none",
            "the interface endpoints' security group would admit nobody",
            "Give the VPC's cidr_blocks, client_cidrs, or security_group_ids of your own.",
        )
    over_ipv6 = any(endpoint.ip_address_type in ("dualstack", "ipv6") for endpoint in endpoints)
    if over_ipv6 and ids.ipv6 and not (ids.ipv6_cidr_blocks or any(":" in block for block in client_cidrs)):
        yield Problem(
            "network.ipv6_cidr_blocks",
            "none",
            "the interface endpoints' security group would admit nobody over IPv6",
            "Give the VPC's ipv6_cidr_blocks, client_cidrs, or security_group_ids of your own.",
        )


def _two_ways(client_cidrs: Sequence[str]) -> Problem:
    return Problem(
        "client_cidrs",
        ", ".join(client_cidrs),
        "they are rules of the made security group, and one was given",
        "Give one of the two.",
    )


def _is_block(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


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


def _check_interface(endpoint: Endpoint, *, known: bool) -> Iterator[Problem]:
    service = endpoint.service
    if is_token(service):
        return
    if not _SERVICE.fullmatch(service):
        yield Problem("service", repr(service), "not the name of an endpoint service", "Write it as ecr.api.", SOURCE)
    elif service in GATEWAY_ONLY:
        yield Problem(
            "service", repr(service), "it has a gateway endpoint only", f"Use Endpoint.gateway({service!r}).", SOURCE
        )
    elif not known and not endpoint._is_full_name and (names := meant(service)):
        yield Problem(
            "service",
            repr(service),
            "not the name of an AWS endpoint service",
            f"Write {' or '.join(names)}. If AWS has a new service of this name, give its full endpoint service name.",
            SOURCE,
        )
    elif not known and endpoint.private_dns and endpoint._short_name in WITHOUT_PRIVATE_DNS:
        yield Problem(
            "private_dns",
            "True",
            f"interface endpoints of {service} have no private DNS",
            "Set private_dns=False, and give clients the endpoint's own host name.",
            WITHOUT_PRIVATE_DNS[endpoint._short_name],
        )
    yield from _check_region_and_dns(endpoint)


def _check_region_and_dns(endpoint: Endpoint) -> Iterator[Problem]:
    region = endpoint.service_region
    if region is not None and not is_token(region) and not _REGION.fullmatch(region):
        yield Problem("service_region", repr(region), "not the name of a Region", "Write it as eu-west-1.")
    only = endpoint.private_dns_only_for_inbound_resolver_endpoint
    if only is None:
        return
    where = "private_dns_only_for_inbound_resolver_endpoint"
    if endpoint._short_name != "s3":
        yield Problem(
            where,
            str(only),
            "only S3 has a gateway endpoint and private DNS",
            "Leave it out.",
            "https://docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html",
        )
    elif not endpoint.private_dns:
        yield Problem(where, str(only), "the endpoint has no private DNS", "Leave it out, or set private_dns=True.")


def _check_lattice(endpoint: Endpoint) -> Iterator[Problem]:
    part, kind = _LATTICE_ARN[endpoint.kind]
    if not is_token(endpoint.service) and not re.fullmatch(
        rf"arn:[a-z-]+:vpc-lattice:[a-z0-9-]+:\d{{12}}:{part}[0-9a-f]{{17}}", endpoint.service
    ):
        yield Problem(
            "service",
            repr(endpoint.service),
            f"not the ARN of {kind}",
            f"It looks like arn:aws:vpc-lattice:...:{part}...",
        )
    if not endpoint.name:
        yield Problem("name", "none", "it keys the endpoint", 'Name the endpoint: name="orders".')


def _check_standing(ids: NetworkIds, endpoint: Endpoint) -> Iterator[Problem]:
    """Yield what is wrong with the subnets, addresses and ports of an endpoint's network interfaces."""
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
    if endpoint.ip_address_type in ("dualstack", "ipv6") and not ids.ipv6:
        yield Problem(
            "ip_address_type",
            repr(endpoint.ip_address_type),
            "the network has no IPv6 block",
            "Set ipv6=True on the network, or leave this out.",
            "https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html",
        )
    if endpoint.kind == "Resource" and not endpoint.ports:
        yield Problem("ports", "none", "the security group would admit nobody", "Give the resource's TCP ports.")
    for index, port in enumerate(endpoint.ports):
        if not 1 <= port <= 65535:
            yield Problem(f"ports[{index}]", repr(port), "a TCP port is 1 to 65535", "Correct the number.")


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
    """What an endpoint of a stack occupies. A second endpoint of the same service can collide with it.

    Attributes:
        where: the construct and the endpoint's key, for the message.
        kind: ``Gateway`` or ``Interface``.
        service: the full endpoint service name.
        vpc_id: its VPC.
        private_dns: whether an interface endpoint takes the service's host names.
        route_tables: the route tables of a gateway endpoint.
        carries_all: whether it was written to carry all of the VPC's traffic to S3, for want of a gateway endpoint.

    """

    where: str
    kind: str
    service: str
    vpc_id: str
    private_dns: bool = False
    route_tables: tuple[str, ...] = ()
    carries_all: bool = False


def inbound_only(endpoint: Endpoint, *, gateway_declared: bool) -> bool | None:
    """Return an endpoint's ``private_dns_only_for_inbound_resolver_endpoint``; ``None`` where it is left out.

    If S3's private DNS is on and this is left out, AWS takes it for true and refuses a VPC without a gateway endpoint
    of S3. Provider 5.100 sends ``false`` only where the argument is written.

    Args:
        endpoint: the endpoint.
        gateway_declared: whether the stack declares the gateway endpoint of S3 in the VPC.

    """
    if endpoint.kind != "Interface" or endpoint._short_name != "s3" or not endpoint.private_dns:
        return None
    chosen = endpoint.private_dns_only_for_inbound_resolver_endpoint
    return chosen if chosen is not None or gateway_declared else False


def check_claims(claims: Sequence[Claim]) -> Iterator[Problem]:
    """Yield the endpoints that AWS would refuse because an earlier one of the stack has their names or route tables."""
    for index, later in enumerate(claims):
        for earlier in claims[:index]:
            if (earlier.service, earlier.vpc_id) != (later.service, later.vpc_id):
                continue
            if earlier.carries_all and later.kind == "Gateway":
                yield Problem(
                    later.where,
                    f"a gateway endpoint of {later.service} after the interface endpoint",
                    f"{earlier.where} was written to carry all of the VPC's traffic to it, which is billed",
                    "Declare the gateway endpoint first, or in the same construct, or set "
                    "private_dns_only_for_inbound_resolver_endpoint on the interface endpoint.",
                    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html",
                )
            if earlier.kind != later.kind:
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
