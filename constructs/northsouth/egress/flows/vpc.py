"""The VPC whose traffic is explained: its addresses, NAT gateways, zones and private paths; pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from northsouth.egress.zones import region_of
from northsouth.errors import Problem, refuse
from northsouth.template import Resource, Template, TemplateError
from northsouth.tokens import is_token

if TYPE_CHECKING:
    from northsouth.dns.ruleset import Ruleset

_VPCS = ("aws_vpc", "aws_default_vpc")
_TABLES = ("aws_route_table", "aws_default_route_table")


@dataclass(frozen=True, slots=True)
class Gateway:
    """A NAT gateway.

    Attributes:
        place: whose records are its: the id of its interface, or ``nat-…`` of a regional one; empty if not known.
        addresses: its own addresses inside the VPC; none of a regional one, or if not known.
        zone: the name of its zone, if known.
        address: its address in Terraform, if it is declared.

    """

    place: str = ""
    addresses: tuple[str, ...] = ()
    zone: str = ""
    address: str = ""

    @property
    def regional(self) -> bool:
        """Whether it is a regional one."""
        return self.place.startswith("nat-")


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet with a known block of addresses: in which zone it is, and its route table's Terraform address."""

    cidr: str
    zone: str
    table: str = ""


@dataclass(frozen=True, slots=True)
class Vpc:
    """What is known of a VPC.

    Attributes:
        cidrs: its blocks of addresses.
        gateways: its NAT gateways.
        subnets: its subnets.
        gateway_endpoints: the route tables of each gateway endpoint, by service (``s3``), as Terraform addresses.
        interface_endpoints: the services of its interface endpoints.
        nat_tables: the route tables that lead to NAT, as Terraform addresses.
        overrides: the DNS Firewall rules beside it; ``None`` if no template was read.
        region: its Region, if known.

    """

    cidrs: tuple[str, ...] = ()
    gateways: tuple[Gateway, ...] = ()
    subnets: tuple[Subnet, ...] = ()
    gateway_endpoints: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    interface_endpoints: tuple[str, ...] = ()
    nat_tables: tuple[str, ...] = ()
    overrides: Ruleset | None = None
    region: str = ""

    @property
    def zones(self) -> tuple[str, ...]:
        """The zones of subnets that lead to NAT, or of all its subnets if that is not known."""
        leading = {subnet.zone for subnet in self.subnets if subnet.table in self.nat_tables and subnet.zone}
        return tuple(sorted(leading or {subnet.zone for subnet in self.subnets if subnet.zone}))


def written(cidrs: Sequence[str], gateways: Sequence[str]) -> Vpc:
    """Return what options say.

    Args:
        cidrs: blocks of addresses, IPv4 or IPv6.
        gateways: ``eni-…``, ``eni-…=10.0.0.220`` with the gateway's private addresses, or ``nat-…``.

    Raises:
        ConfigurationError: if a block or an address is none, or a gateway has another form.

    """
    refuse("--vpc-cidr", _check_cidrs(cidrs))
    refuse("--nat", (problem for text in gateways for problem in _check_gateway(text)))
    return Vpc(tuple(cidrs), tuple(map(_gateway, gateways)))


def declared(template: Template, name: str = "") -> Vpc:
    """Return what a template says about the one VPC that has NAT gateways.

    Args:
        template: a synthesized stack, a plan or a state.
        name: the VPC's Terraform address or id, if several have NAT gateways.

    Raises:
        TemplateError: if there is no NAT gateway, or none in that VPC, or several VPCs have some.

    """
    return _Reader(template).read(name)


def _check_cidrs(cidrs: Iterable[str]) -> Iterator[Problem]:
    for text in cidrs:
        try:
            ipaddress.ip_network(text)
        except ValueError as error:
            fix = "Write every block of the VPC, secondary ones too: --vpc-cidr 10.0.0.0/16."
            yield Problem("--vpc-cidr", repr(text), f"a block of addresses ({error})", fix)


def _check_gateway(text: str) -> Iterator[Problem]:
    place, _, addresses = text.partition("=")
    fix = "Write --nat eni-0123456789abcdef0=10.0.0.220 or --nat nat-0123456789abcdef0."
    if not place.startswith(("eni-", "nat-")):
        yield Problem("--nat", repr(text), "the interface of a zonal gateway, or the id of a regional one", fix)
    for address in filter(None, addresses.split(",")):
        try:
            ipaddress.ip_address(address)
        except ValueError:
            yield Problem("--nat", repr(address), "a private address of the gateway", fix)


def _gateway(text: str) -> Gateway:
    place, _, addresses = text.partition("=")
    return Gateway(place, tuple(filter(None, addresses.split(","))))


@dataclass(slots=True)
class _Reader:
    template: Template

    def read(self, name: str) -> Vpc:
        # It loads the rooms of DNS, which records without a plan do not need.
        from northsouth.dns.deployed import read_ruleset

        by_vpc: dict[str, list[Resource]] = {}
        for gateway in self.template.of_type("aws_nat_gateway"):
            if not gateway.deposed:
                by_vpc.setdefault(self._vpc_of(gateway), []).append(gateway)
        source = self.template.source
        if not by_vpc:
            raise TemplateError(
                f"{source}: got no aws_nat_gateway; the file declares the NAT gateways whose records are read. "
                "Read the plan of their stack, or name them: --vpc-cidr 10.0.0.0/16 --nat eni-0123456789abcdef0"
            )
        if name:
            by_vpc = {vpc: gateways for vpc, gateways in by_vpc.items() if name in (vpc, self._id(vpc))}
        if len(by_vpc) != 1:
            known = ", ".join(sorted(by_vpc)) or f"none is {name}"
            raise TemplateError(f"{source}: several VPCs or none with NAT gateways ({known}); name one with --vpc")
        [(vpc, gateways)] = by_vpc.items()
        tables = self._subnet_tables()
        subnets = [resource for resource in self.template.of_type("aws_subnet") if self._leads(resource, "vpc_id", vpc)]
        return Vpc(
            cidrs=tuple(self._cidrs(vpc)),
            gateways=tuple(map(self._gateway, gateways)),
            subnets=tuple(
                Subnet(cidr, self._zone(subnet), tables.get(subnet.address, ""))
                for subnet in subnets
                for cidr in self._texts(subnet, "cidr_block", "ipv6_cidr_block")
            ),
            gateway_endpoints=self._gateway_endpoints(vpc),
            interface_endpoints=tuple(
                sorted(
                    {
                        self._service(endpoint)
                        for endpoint in self._endpoints(vpc)
                        if self._kind(endpoint) == "Interface"
                    }
                )
            ),
            nat_tables=tuple(sorted(self._nat_tables({gateway.address for gateway in gateways}))),
            overrides=read_ruleset(self.template),
            region=self._region(),
        )

    def _vpc_of(self, gateway: Resource) -> str:
        subnet = self.template.one(gateway, "subnet_id", "aws_subnet")
        vpc = self.template.one(subnet if subnet else gateway, "vpc_id", *_VPCS)
        if vpc:
            return vpc.address
        value = self.template.value(subnet if subnet else gateway, "vpc_id")
        return value if isinstance(value, str) and not is_token(value) else "a VPC outside the file"

    def _id(self, vpc: str) -> str:
        value = self.template.resources[vpc].values.get("id") if vpc in self.template.resources else ""
        return value if isinstance(value, str) else ""

    def _cidrs(self, vpc: str) -> Iterator[str]:
        if vpc in self.template.resources:
            yield from self._texts(self.template.resources[vpc], "cidr_block", "ipv6_cidr_block")
        for kind, path in (
            ("aws_vpc_ipv4_cidr_block_association", "cidr_block"),
            ("aws_vpc_ipv6_cidr_block_association", "ipv6_cidr_block"),
        ):
            for resource in self.template.of_type(kind):
                if self._leads(resource, "vpc_id", vpc):
                    yield from self._texts(resource, path)

    def _gateway(self, resource: Resource) -> Gateway:
        regional = "regional" in self._texts(resource, "availability_mode")
        place = next(iter(self._texts(resource, "id" if regional else "network_interface_id")), "")
        own = [*self._texts(resource, "private_ip"), *self._listed(resource, "secondary_private_ip_addresses")]
        subnet = self.template.one(resource, "subnet_id", "aws_subnet")
        zone = self._zone(subnet) if subnet and not regional else ""
        return Gateway(place, tuple(own), zone, resource.address)

    def _subnet_tables(self) -> dict[str, str]:
        tables = {}
        for resource in self.template.of_type("aws_route_table_association"):
            subnet = self.template.one(resource, "subnet_id", "aws_subnet")
            table = self.template.one(resource, "route_table_id", *_TABLES)
            if subnet and table:
                tables[subnet.address] = table.address
        return tables

    def _nat_tables(self, gateways: set[str]) -> Iterator[str]:
        for resource in self.template.of_type("aws_route", *_TABLES):
            links = [target for link in self.template.links(resource) for target in link.targets]
            known = [self.template.by_id(text) for text in self._texts(resource, "nat_gateway_id")]
            if gateways & {target.address for target in [*links, *known] if target}:
                table = (
                    self.template.one(resource, "route_table_id", *_TABLES)
                    if resource.type == "aws_route"
                    else resource
                )
                yield table.address if table else next(iter(self._texts(resource, "route_table_id")), resource.address)

    def _endpoints(self, vpc: str) -> Iterator[Resource]:
        return (
            resource for resource in self.template.of_type("aws_vpc_endpoint") if self._leads(resource, "vpc_id", vpc)
        )

    def _gateway_endpoints(self, vpc: str) -> dict[str, tuple[str, ...]]:
        tables: dict[str, set[str]] = {}
        for endpoint in self._endpoints(vpc):
            if self._kind(endpoint) != "Gateway":
                continue
            mine = tables.setdefault(self._service(endpoint), set())
            mine |= {target.address for target in self.template.follow(endpoint, "route_table_ids")}
            for more in self.template.of_type("aws_vpc_endpoint_route_table_association"):
                table = self.template.one(more, "route_table_id", *_TABLES)
                if table and self.template.one(more, "vpc_endpoint_id", "aws_vpc_endpoint") == endpoint:
                    mine.add(table.address)
        return {service: tuple(sorted(mine)) for service, mine in tables.items()}

    def _kind(self, endpoint: Resource) -> str:
        return next(iter(self._texts(endpoint, "vpc_endpoint_type")), "Gateway")

    def _service(self, endpoint: Resource) -> str:
        name = next(iter(self._texts(endpoint, "service_name")), "")
        parts = name.split(".")
        return ".".join(parts[3:]) if name.startswith("com.amazonaws.") and len(parts) > 3 else name

    def _leads(self, resource: Resource, path: str, vpc: str) -> bool:
        target = self.template.one(resource, path, *_VPCS)
        return (target.address if target else self.template.value(resource, path)) == vpc

    def _zone(self, subnet: Resource) -> str:
        return next(iter(self._texts(subnet, "availability_zone")), "")

    def _region(self) -> str:
        zones = (
            zone
            for resource in self.template.of_type("aws_subnet")
            for zone in self._texts(resource, "availability_zone")
        )
        return region_of(zones) or ""

    def _texts(self, resource: Resource, *paths: str) -> list[str]:
        """Return the values of attributes that are known texts."""
        values = (self.template.value(resource, path) for path in paths)
        return [value for value in values if isinstance(value, str) and value and not is_token(value)]

    def _listed(self, resource: Resource, path: str) -> list[str]:
        value = self.template.value(resource, path)
        return (
            [item for item in value if isinstance(item, str) and not is_token(item)] if isinstance(value, tuple) else []
        )
