"""The construct that makes NAT gateways, their addresses and the routes to them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from cdktf import TerraformLocal, TerraformOutput, TerraformProvider, TerraformStack
from cdktf_cdktf_provider_aws.eip import Eip
from cdktf_cdktf_provider_aws.nat_gateway import NatGateway, NatGatewayConfig
from cdktf_cdktf_provider_aws.route import Route
from constructs import Construct

from northsouth.adoption.instances import refuse_import_from
from northsouth.at_synth import declared, judge_at_synth
from northsouth.egress.addresses import Addresses
from northsouth.egress.metrics import NatMetricName, nat_metric
from northsouth.egress.nat_mode import ANYWHERE, NatMode
from northsouth.egress.nat_rules import address_zones, check_nat, default_addresses
from northsouth.egress.network import Network, mark_served
from northsouth.egress.quotas import InUse, NatQuotas
from northsouth.egress.route_rules import check_routes, inline, separate
from northsouth.egress.topology import NetworkSource, check_network_ids
from northsouth.egress.zones import Zone, parse_zone
from northsouth.errors import Problem, refuse
from northsouth.identity import provider_region
from northsouth.metrics import Expression, Metric
from northsouth.naming import Names, Naming
from northsouth.tree import stack_of

# Imported where they are declared: few programs ask for them.
if TYPE_CHECKING:
    from cdktf_cdktf_provider_aws.data_aws_eip import DataAwsEip
    from cdktf_cdktf_provider_aws.egress_only_internet_gateway import EgressOnlyInternetGateway

NAT64_PREFIX = "64:ff9b::/96"
"""The well-known prefix of RFC 6052; NAT gateways translate addresses in it to IPv4."""

_USED: WeakKeyDictionary[TerraformStack, dict[str, InUse]] = WeakKeyDictionary()

# The VPCs that gateways of each stack serve so far.
_SERVED: WeakKeyDictionary[TerraformStack, set[str]] = WeakKeyDictionary()


def regional_supported() -> bool:
    """Tell whether the installed provider bindings know regional NAT gateways (``availability_mode``)."""
    return "availability_mode" in inspect.signature(NatGatewayConfig).parameters


class NatGateways(Construct):
    """NAT gateways for a network's private subnets, with their addresses and routes, all keyed by zone name.

    Private subnets route to the gateway of their own zone. In ``NatMode.single`` they all route to one, so the other
    zones' traffic crosses zones, which AWS bills per GB in each direction. Adding, removing or reordering zones touches
    no other zone's gateway, address or route, and a zone that has a gateway in two modes keeps gateway and address when
    going from one to the other; ``docs/egress.md`` has the table of mode changes.

    The Elastic IPs are one resource with ``for_each`` over zone names, because Terraform honours
    ``prevent_destroy`` only while the resource's block is there: so the block stays, even empty, and a plan that
    would release an address fails until ``release_addresses=True``.

    Attributes:
        mode: the mode.
        gateways: the zonal gateways by zone.
        regional_gateway: the regional gateway.
        elastic_ips: the made Elastic IPs, one resource with ``for_each``; :attr:`allocation_ids` has its members.
        given_addresses: looks up the public IPs of given secondary addresses, by ``zone/number``.
        allocation_ids: allocation ids by zone, the primary one first.
        public_ips: public IPs by zone, in the same order; empty for a regional gateway unless its addresses are made,
            as only AWS knows them (the output has them all the same).
        routes: the routes, by ``<what>-<zone>``: ``ipv4-us-east-1a``, ``nat64-...``, ``ipv6-...``.
        egress_only_gateway: the egress-only internet gateway, with ``ipv6_egress``.
        public_ips_output: the Terraform output of the public IPs.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        network: NetworkSource,
        mode: NatMode,
        addresses: Addresses | None = None,
        release_addresses: bool = False,
        nat64: bool = False,
        ipv6_egress: bool | None = None,
        quotas: NatQuotas | None = None,
        name: str | None = None,
        names: Names | None = None,
        output: str | None = None,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Declare the gateways.

        Args:
            scope: the construct to declare them in.
            id: their name there.
            network: a :class:`Network`, or the ids of an existing VPC.
            mode: which gateways.
            addresses: where public addresses come from; by default one is made for each gateway, and AWS manages
                those of a regional one.
            release_addresses: let Terraform release made Elastic IPs that are no longer used. Off by default: the plan
                fails instead, because a released address does not come back.
            nat64: route NAT64's prefix to the gateway, for IPv6 clients of IPv4 servers; the private subnets need
                DNS64, and DNS64 needs this.
            ipv6_egress: make an egress-only internet gateway and send the private subnets' IPv6 traffic to it. A
                network with IPv6 needs an answer from the first of its gateways: ``False`` if no way out is meant, or
                it is made elsewhere.
            quotas: the account's quotas, if they were raised.
            name: the ``Name`` tag, and the start of the gateways'; by default ``id``.
            names: ``Name`` tags in place of those made from ``name``, by resource type and the name that would be
                given: ``{"aws_nat_gateway": {"nat-us-east-1a": "prod-a"}}``. Empty for no such tag.
            output: the name of the Terraform output of public IPs; by default a unique one. A mode without public
                addresses has the output, empty, only if it is named.
            provider: the AWS provider to use, if not the stack's own.
            tags: tags for everything made.

        Raises:
            ConfigurationError: if the addresses do not fit the mode, a zone has no subnet for its gateway, a quota is
                passed, or the bindings do not know regional gateways.

        """
        ids = network.ids
        used = _USED.setdefault(stack_of(scope), {})
        served = _SERVED.setdefault(stack_of(scope), set())
        refuse(
            f"NatGateways {id!r}",
            check_network_ids(ids, region=provider_region(scope, provider), where="network"),
            check_nat(
                ids,
                mode,
                addresses,
                quotas=quotas,
                nat64=nat64,
                ipv6_egress=ipv6_egress,
                regional_supported=regional_supported(),
                in_use=used.get(_key(provider)),
                served=ids.vpc_id in served,
            ),
        )
        super().__init__(scope, id)
        judge_at_synth(self, _judge_routes)
        served.add(ids.vpc_id)
        mark_served(ids)
        self.mode = mode
        self._ids = ids
        self._name = name or id
        self._naming = Naming(names)
        self._provider = provider
        self._tags = dict(tags or {})
        self._after = [network.internet_gateway] if isinstance(network, Network) and network.internet_gateway else None
        chosen = addresses or default_addresses(mode)
        zones = address_zones(mode, ids)
        self.allocation_ids: dict[str, tuple[str, ...]] = {}
        self.public_ips: dict[str, tuple[str, ...]] = {}
        self.given_addresses: dict[str, DataAwsEip] = {}
        self.elastic_ips = self._make_addresses(chosen, zones, protect=not release_addresses)
        if chosen.kind == "given":
            self.allocation_ids = {zone: tuple(chosen.by_zone[zone]) for zone in zones}
        self.gateways = {zone: self._zonal(zone) for zone in mode.gateway_zones(ids)}
        self.regional_gateway = self._regional(chosen) if mode.kind == "regional" else None
        # Read once: each read asks Node, and metrics ask often.
        self._gateway_ids = {zone: gateway.id for zone, gateway in self.gateways.items()}
        if chosen.kind == "given":
            self.public_ips = {zone: self._look_up_given(zone) for zone in self.gateways}
        self.routes: dict[str, Route] = {}
        if mode.kind != "none":
            self._route_ipv4()
        if nat64:
            self._route_nat64()
        self.egress_only_gateway = self._make_ipv6_egress() if ipv6_egress else None
        refuse(f"NatGateways {id!r}", self._naming.unknown())
        self.public_ips_output = self._output(output) if mode.is_public or output else None
        _note(used, _key(provider), self.gateways, len(chosen.made_keys(zones, regional=mode.kind == "regional")))

    def gateway_id(self, zone: str) -> str:
        """Return the id of the gateway that serves the private subnets of ``zone``, for routes of one's own.

        Raises:
            KeyError: if no gateway serves that zone.

        """
        if self.regional_gateway is not None:
            return self.regional_gateway.id
        return self._gateway_ids[self.mode.gateway_zone_for(zone)]

    def metric(self, name: NatMetricName, *, period: int = 60) -> dict[str, Metric]:
        """Return one metric of each gateway by zone; of a regional one for each zone with private subnets.

        Args:
            name: the metric's name, for example ``BytesOutToDestination``.
            period: seconds that one data point covers; a multiple of 60.

        Raises:
            KeyError: if there is no such metric.

        """
        if self.regional_gateway is not None:
            gateway = self.regional_gateway.id
            zones = sorted(self._ids.private_route_tables)
            return {zone: nat_metric(name, gateway, availability_zone=zone, period=period) for zone in zones}
        return {zone: nat_metric(name, gateway, period=period) for zone, gateway in self._gateway_ids.items()}

    def bytes_processed(self, *, period: int = 60) -> dict[str, Expression]:
        """Return, by zone as :meth:`metric` does, the bytes AWS bills: in from either side.

        Args:
            period: seconds that one data point covers; a multiple of 60.

        """
        inward = self.metric("BytesInFromSource", period=period)
        answers = self.metric("BytesInFromDestination", period=period)
        return {zone: inward[zone] + answers[zone] for zone in inward}

    def _tags_with_name(self, type: str, *parts: str) -> dict[str, str]:
        return self._naming.tags(type, "-".join((self._name, *parts)), self._tags)

    def _make_addresses(self, chosen: Addresses, zones: Sequence[str], *, protect: bool) -> Eip | None:
        regional = self.mode.kind == "regional"
        keys = chosen.made_keys(zones, regional=regional) if self.mode.is_public or chosen.hold else ()
        if not keys and not protect:
            return None
        zones_by_key = {key: _zone(key) for key in keys}
        local = any(zone.kind == "local-zone" for zone in zones_by_key.values())
        eips = Eip(
            self,
            "addresses",
            domain="vpc",
            network_border_group="${each.value}" if local else None,
            ipam_pool_id=chosen.ipam_pool_id,
            tags={"Name": f"{self._name}-${{each.key}}", **self._tags},
            lifecycle={"prevent_destroy": protect},
            provider=self._provider,
        )
        refuse_import_from(eips, keys)
        tags_by_key = {key: self._tags_with_name("aws_eip", key) for key in keys}
        if self._naming.renames("aws_eip"):
            eips.add_override("tags", f"${{{TerraformLocal(self, 'address-tags', tags_by_key).fqn}[each.key]}}")
        eips.add_override("for_each", {key: zone.border_group for key, zone in zones_by_key.items()})
        if chosen.kind == "made" and self.mode.is_public:
            for zone in zones:
                members = [f'{eips.fqn}["{key}"]' for key in chosen.keys(zone, regional=regional)]
                self.allocation_ids[zone] = tuple(f"${{{member}.allocation_id}}" for member in members)
                self.public_ips[zone] = tuple(f"${{{member}.public_ip}}" for member in members)
        return eips

    def _zonal(self, zone: str) -> NatGateway:
        mode = self.mode
        allocations = self.allocation_ids.get(zone, ())
        private = mode.kind == "private"
        return NatGateway(
            self,
            f"private-gateway-{zone}" if private else f"gateway-{zone}",
            subnet_id=self._ids.subnets(mode.tier)[zone],
            connectivity_type="private" if private else "public",
            allocation_id=allocations[0] if allocations else None,
            secondary_allocation_ids=list(allocations[1:]) or None,
            private_ip=mode.private_ips.get(zone),
            secondary_private_ip_address_count=mode.secondary_private_ips or None,
            tags=self._tags_with_name("aws_nat_gateway", zone),
            depends_on=None if private else self._after,
            provider=self._provider,
        )

    def _regional(self, chosen: Addresses) -> NatGateway:
        # The older bindings know neither these arguments nor a gateway without a subnet; check_nat refused them.
        config: dict[str, Any] = {"availability_mode": "regional", "vpc_id": self._ids.vpc_id}
        gateway = NatGateway(
            self,
            "regional-gateway",
            tags=self._tags_with_name("aws_nat_gateway"),
            depends_on=self._after,
            provider=self._provider,
            **config,
        )
        if chosen.kind != "managed":
            gateway.add_override(
                "availability_zone_address",
                [
                    {"availability_zone": zone, "allocation_ids": list(allocations)}
                    for zone, allocations in sorted(self.allocation_ids.items())
                ],
            )
        return gateway

    def _look_up_given(self, zone: str) -> tuple[str, ...]:
        from cdktf_cdktf_provider_aws.data_aws_eip import DataAwsEip

        addresses = [self.gateways[zone].public_ip]
        for number, allocation in enumerate(self.allocation_ids[zone][1:], 2):
            lookup = DataAwsEip(self, f"given-{zone}-{number}", id=allocation, provider=self._provider)
            self.given_addresses[f"{zone}/{number}"] = lookup
            addresses.append(lookup.public_ip)
        return tuple(addresses)

    def _route_ipv4(self) -> None:
        for zone, table in sorted(self._ids.private_route_tables.items()):
            for destination in self.mode.destinations:
                label = "ipv4" if destination == ANYWHERE else f"ipv4-{destination.replace('/', '-')}"
                self.routes[f"{label}-{zone}"] = Route(
                    self,
                    f"{label}-{zone}",
                    route_table_id=table,
                    destination_cidr_block=destination,
                    nat_gateway_id=self.gateway_id(zone),
                    provider=self._provider,
                )

    def _route_nat64(self) -> None:
        for zone, table in sorted(self._ids.private_route_tables.items()):
            self.routes[f"nat64-{zone}"] = Route(
                self,
                f"nat64-{zone}",
                route_table_id=table,
                destination_ipv6_cidr_block=NAT64_PREFIX,
                nat_gateway_id=self.gateway_id(zone),
                provider=self._provider,
            )

    def _make_ipv6_egress(self) -> EgressOnlyInternetGateway:
        from cdktf_cdktf_provider_aws.egress_only_internet_gateway import EgressOnlyInternetGateway

        gateway = EgressOnlyInternetGateway(
            self,
            "egress-only",
            vpc_id=self._ids.vpc_id,
            tags=self._tags_with_name("aws_egress_only_internet_gateway"),
            provider=self._provider,
        )
        for zone, table in sorted(self._ids.private_route_tables.items()):
            self.routes[f"ipv6-{zone}"] = Route(
                self,
                f"ipv6-{zone}",
                route_table_id=table,
                destination_ipv6_cidr_block="::/0",
                egress_only_gateway_id=gateway.id,
                provider=self._provider,
            )
        return gateway

    def _output(self, name: str | None) -> TerraformOutput:
        value: object = {zone: list(ips) for zone, ips in self.public_ips.items()}
        if self.regional_gateway is not None and not self.public_ips:
            value = f"${{{self.regional_gateway.fqn}.regional_nat_gateway_address[*].public_ip}}"
        output = TerraformOutput(
            self,
            "public-ips",
            value=value,
            description=f"Public IPv4 addresses that {self._name} sends from, for allow lists.",
        )
        if name is not None:
            output.override_logical_id(name)
        return output


def _judge_routes(stack: TerraformStack) -> Iterator[Problem]:
    routes = [
        route for resource in declared(stack, "route.Route") for route in separate(resource.path, resource.arguments)
    ]
    for table in declared(stack, "routeTable.RouteTable", "defaultRouteTable.DefaultRouteTable"):
        routes += inline(table.path, table.address, table.arguments)
    return check_routes(routes)


def _zone(key: str) -> Zone:
    name = key.removeprefix("regional/").partition("/")[0]
    zone = parse_zone(name)
    if zone is None:  # check_nat has refused it
        raise ValueError(f"{name!r} is not the name of a zone")
    return zone


def _key(provider: TerraformProvider | None) -> str:
    return provider.fqn if provider is not None else ""


def _note(used: dict[str, InUse], key: str, gateways: Mapping[str, NatGateway], elastic_ips: int) -> None:
    before = used.get(key, InUse())
    counts = dict(before.gateways)
    for zone in gateways:
        counts[zone] = counts.get(zone, 0) + 1
    used[key] = InUse(gateways=counts, elastic_ips=before.elastic_ips + elastic_ips)
