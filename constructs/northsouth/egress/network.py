"""The construct that makes a VPC."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from cdktf import Fn, TerraformProvider, TerraformStack
from cdktf_cdktf_provider_aws.default_security_group import DefaultSecurityGroup
from cdktf_cdktf_provider_aws.internet_gateway import InternetGateway
from cdktf_cdktf_provider_aws.route import Route
from cdktf_cdktf_provider_aws.route_table import RouteTable
from cdktf_cdktf_provider_aws.route_table_association import RouteTableAssociation
from cdktf_cdktf_provider_aws.subnet import Subnet
from cdktf_cdktf_provider_aws.vpc import Vpc
from constructs import Construct

from northsouth.at_synth import judge_at_synth
from northsouth.egress.flow_logs import FlowLogs
from northsouth.egress.layout import CidrLayout
from northsouth.egress.network_rules import check_network, check_unserved
from northsouth.egress.topology import TIERS, ByZone, NetworkIds, Tier, check_network_ids
from northsouth.errors import Problem, refuse
from northsouth.identity import provider_region
from northsouth.naming import Names, Naming
from northsouth.tokens import is_token
from northsouth.tree import path_of, stack_of

# Imported where it is declared: few networks have one.
if TYPE_CHECKING:
    from northsouth.egress.flow_log_delivery import VpcFlowLog

# Networks of each stack that have private subnets with IPv6 and no NatGateways so far, with their paths, by VPC.
_UNSERVED: WeakKeyDictionary[TerraformStack, dict[str, tuple[NetworkIds, str]]] = WeakKeyDictionary()


class Network(Construct):
    """A VPC with the same tiers of subnets in each of its zones, everything keyed by zone name.

    Public subnets share one route table, with a route to the internet gateway. Each private and each isolated subnet
    has a table of its own, without a default route: :class:`NatGateways` adds those of private subnets. DNS resolution
    and DNS host names are on, which private DNS of interface endpoints and DNS Firewall need, and the default security
    group is closed (no rule at all), so that what names no group reaches nothing.

    Attributes:
        vpc: the VPC.
        default_security_group: its default security group, emptied.
        internet_gateway: made when there are public subnets.
        subnets: the subnets, by tier and zone.
        route_tables: the route tables, by tier and zone; public zones share one.
        associations: which subnet uses which table, by tier and zone.
        routes: the public table's routes: ``ipv4``, and ``ipv6`` if the network has it.
        flow_log: the flow log, if asked for.
        cidr_blocks: each subnet's IPv4 block, by tier and zone.
        ids: the ids of all this, as the other constructs take them.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cidr: str,
        zones: Sequence[str],
        tiers: Sequence[Tier] = ("public", "private"),
        layout: CidrLayout | None = None,
        ipv6: bool = False,
        dns64: bool = False,
        public_ip_on_launch: bool = False,
        flow_logs: FlowLogs | None = None,
        subnet_tags: Mapping[Tier, Mapping[str, str]] | None = None,
        name: str | None = None,
        names: Names | None = None,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Declare the network.

        Args:
            scope: the construct to declare it in.
            id: its name there.
            cidr: the VPC's IPv4 block, /16 to /28.
            zones: names of the zones to have subnets in, in any order.
            tiers: the kinds of subnet each zone has, of ``public``, ``private`` and ``isolated``. The layout keeps room
                for those that are not asked for.
            layout: how ``cidr`` is divided; by default :meth:`CidrLayout.by_letter`.
            ipv6: give the VPC an Amazon /56 and each subnet a /64. The private subnets' way out is
                ``NatGateways(ipv6_egress=True)``.
            dns64: let the private subnets' resolver make NAT64 addresses for names that have none of their own; needs
                ``ipv6``, and ``NatGateways(nat64=True)`` to route them.
            public_ip_on_launch: give instances in public subnets a public IPv4 address unless they decline.
            flow_logs: where to record flows; by default nowhere.
            subnet_tags: more tags for the subnets of a tier, as load balancer controllers look for.
            name: the ``Name`` tag, and the start of the subnets'; by default ``id``.
            names: ``Name`` tags in place of those made from ``name``, by resource type and the name that would be
                given: ``{"aws_subnet": {"network-private-us-east-1a": "prod-a"}}``. Empty for no such tag.
            provider: the AWS provider to use, if not the stack's own.
            tags: tags for everything made.

        Raises:
            ConfigurationError: if AWS would not accept it, the zones do not belong to the provider's Region, or the
                subnets do not fit into ``cidr``.

        """
        refuse(
            f"Network {id!r}",
            check_network(
                cidr=cidr,
                zones=zones,
                tiers=tiers,
                layout=layout,
                ipv6=ipv6,
                dns64=dns64,
                subnet_tags=subnet_tags,
                flow_logs=flow_logs,
                region=provider_region(scope, provider),
            ),
        )
        super().__init__(scope, id)
        self._name = name or id
        self._naming = Naming(names)
        self._provider = provider
        self._tags = dict(tags or {})
        self._layout = layout or CidrLayout.by_letter()
        self.vpc = Vpc(
            self,
            "vpc",
            cidr_block=cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            assign_generated_ipv6_cidr_block=True if ipv6 else None,
            tags=self._tags_with_name("aws_vpc"),
            provider=provider,
        )
        self._vpc_id = self.vpc.id
        self._ipv6_block = self.vpc.ipv6_cidr_block if ipv6 else None
        self.default_security_group = DefaultSecurityGroup(
            self,
            "default-security-group",
            vpc_id=self._vpc_id,
            ingress=[],
            egress=[],
            tags=self._tags_with_name("aws_default_security_group", "closed"),
            provider=provider,
        )
        self.cidr_blocks: dict[Tier, dict[str, str]] = {}
        self.subnets: dict[Tier, dict[str, Subnet]] = {}
        self.route_tables: dict[Tier, dict[str, RouteTable]] = {}
        self.associations: dict[Tier, dict[str, RouteTableAssociation]] = {}
        self.routes: dict[str, Route] = {}
        self.internet_gateway: InternetGateway | None = None
        # Read once: each read asks Node.
        subnet_ids: dict[Tier, dict[str, str]] = {}
        table_ids: dict[Tier, dict[str, str]] = {}
        for tier in (tier for tier in TIERS if tier in tiers):
            self.cidr_blocks[tier] = {zone: self._cidr(cidr, tier, zone) for zone in sorted(zones)}
            self.subnets[tier] = {
                zone: self._subnet(
                    tier,
                    zone,
                    public_ip_on_launch=tier == "public" and public_ip_on_launch,
                    dns64=tier == "private" and dns64,
                    tags=(subnet_tags or {}).get(tier, {}),
                )
                for zone in sorted(zones)
            }
            self.route_tables[tier] = self._route_tables(tier, sorted(zones))
            subnet_ids[tier], table_ids[tier] = _ids(self.subnets[tier]), _ids(self.route_tables[tier])
            self.associations[tier] = {
                zone: RouteTableAssociation(
                    self,
                    f"{tier}-{zone}-routes",
                    subnet_id=subnet_id,
                    route_table_id=table_ids[tier][zone],
                    provider=provider,
                )
                for zone, subnet_id in subnet_ids[tier].items()
            }
        if "public" in tiers:
            self._open_to_the_internet(table_ids["public"][min(zones)])
        refuse(f"Network {id!r}", self._naming.unknown())
        self.flow_log: VpcFlowLog | None = None
        if flow_logs:
            from northsouth.egress.flow_log_delivery import VpcFlowLog

            self.flow_log = VpcFlowLog(
                self, "flow-log", vpc_id=self._vpc_id, logs=flow_logs, provider=provider, tags=tags
            )
        self.ids = NetworkIds(
            vpc_id=self._vpc_id,
            public_subnets=subnet_ids.get("public", {}),
            private_subnets=subnet_ids.get("private", {}),
            isolated_subnets=subnet_ids.get("isolated", {}),
            public_route_tables=table_ids.get("public", {}),
            private_route_tables=table_ids.get("private", {}),
            isolated_route_tables=table_ids.get("isolated", {}),
            cidr_blocks=(cidr,),
            ipv6=ipv6,
            ipv6_cidr_blocks=(self._ipv6_block,) if self._ipv6_block is not None else (),
            dns64=dns64,
        )
        if ipv6 and "private" in tiers:
            _UNSERVED.setdefault(stack_of(self), {})[self._vpc_id] = self.ids, path_of(self)
            judge_at_synth(self, _judge_ways_out)

    @staticmethod
    def existing(
        *,
        vpc_id: str,
        public_subnets: ByZone | None = None,
        private_subnets: ByZone | None = None,
        isolated_subnets: ByZone | None = None,
        public_route_tables: ByZone | None = None,
        private_route_tables: ByZone | None = None,
        isolated_route_tables: ByZone | None = None,
        cidr_blocks: Sequence[str] = (),
        ipv6: bool = False,
        ipv6_cidr_blocks: Sequence[str] = (),
        dns64: bool = False,
    ) -> NetworkIds:
        """Name the parts of a VPC that exists already, by zone; the arguments are those of :class:`NetworkIds`.

        Args:
            vpc_id: the VPC.
            public_subnets: a public subnet's id for each zone.
            private_subnets: a private subnet's id for each zone.
            isolated_subnets: an isolated subnet's id for each zone.
            public_route_tables: the route table of each zone's public subnets.
            private_route_tables: the route table of each zone's private subnets, a shared one once.
            isolated_route_tables: the route table of each zone's isolated subnets.
            cidr_blocks: the VPC's IPv4 blocks, which interface endpoints admit.
            ipv6: whether the VPC has an IPv6 block.
            ipv6_cidr_blocks: the VPC's IPv6 blocks, which interface endpoints admit.
            dns64: whether the private subnets have DNS64.

        Raises:
            ConfigurationError: if an id is not one, a zone's name is not one, or zones belong to several Regions.

        """
        ids = NetworkIds(
            vpc_id=vpc_id,
            public_subnets=public_subnets or {},
            private_subnets=private_subnets or {},
            isolated_subnets=isolated_subnets or {},
            public_route_tables=public_route_tables or {},
            private_route_tables=private_route_tables or {},
            isolated_route_tables=isolated_route_tables or {},
            cidr_blocks=tuple(cidr_blocks),
            ipv6=ipv6,
            ipv6_cidr_blocks=tuple(ipv6_cidr_blocks),
            dns64=dns64,
        )
        refuse("Network.existing", check_network_ids(ids))
        return ids

    def _tags_with_name(self, type: str, *parts: str) -> dict[str, str]:
        return self._naming.tags(type, "-".join((self._name, *parts)), self._tags)

    def _cidr(self, cidr: str, tier: Tier, zone: str) -> str:
        if self._layout.given is None and is_token(cidr):
            return Fn.cidrsubnet(cidr, *self._layout.subnet_number(tier, zone))
        return self._layout.cidr(cidr, tier, zone)

    def _subnet(
        self, tier: Tier, zone: str, *, public_ip_on_launch: bool, dns64: bool, tags: Mapping[str, str]
    ) -> Subnet:
        ipv6_cidr = None
        if self._ipv6_block is not None:
            ipv6_cidr = Fn.cidrsubnet(self._ipv6_block, 8, self._layout.ipv6_number(tier, zone))
        return Subnet(
            self,
            f"{tier}-{zone}",
            vpc_id=self._vpc_id,
            availability_zone=zone,
            cidr_block=self.cidr_blocks[tier][zone],
            ipv6_cidr_block=ipv6_cidr,
            assign_ipv6_address_on_creation=True if ipv6_cidr else None,
            enable_dns64=True if dns64 else None,
            map_public_ip_on_launch=True if public_ip_on_launch else None,
            tags={**self._tags_with_name("aws_subnet", tier, zone), **tags},
            provider=self._provider,
        )

    def _route_tables(self, tier: Tier, zones: Sequence[str]) -> dict[str, RouteTable]:
        if tier == "public":
            return dict.fromkeys(zones, self._route_table(tier))
        return {zone: self._route_table(tier, zone) for zone in zones}

    def _route_table(self, *parts: str) -> RouteTable:
        return RouteTable(
            self,
            f"{'-'.join(parts)}-table",
            vpc_id=self._vpc_id,
            tags=self._tags_with_name("aws_route_table", *parts),
            provider=self._provider,
        )

    def _open_to_the_internet(self, table_id: str) -> None:
        gateway = InternetGateway(
            self,
            "internet-gateway",
            vpc_id=self._vpc_id,
            tags=self._tags_with_name("aws_internet_gateway"),
            provider=self._provider,
        )
        self.internet_gateway = gateway
        self.routes["ipv4"] = Route(
            self,
            "public-ipv4",
            route_table_id=table_id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=gateway.id,
            provider=self._provider,
        )
        if self._ipv6_block is not None:
            self.routes["ipv6"] = Route(
                self,
                "public-ipv6",
                route_table_id=table_id,
                destination_ipv6_cidr_block="::/0",
                gateway_id=gateway.id,
                provider=self._provider,
            )


def mark_served(ids: NetworkIds) -> None:
    """Note that ``NatGateways``, of whichever stack, say how a network's private subnets get out."""
    for networks in _UNSERVED.values():
        networks.pop(ids.vpc_id, None)


def _judge_ways_out(stack: TerraformStack) -> Iterator[Problem]:
    for ids, path in _UNSERVED.get(stack, {}).values():
        yield from (problem.within(path) for problem in check_unserved(ids))


def _ids(resources_by_zone: Mapping[str, Subnet] | Mapping[str, RouteTable]) -> dict[str, str]:
    """Return ids by zone; a table that all zones share is asked once."""
    resources: list[Subnet | RouteTable] = list(resources_by_zone.values())
    known = {resource: resource.id for resource in dict.fromkeys(resources)}
    return {zone: known[resource] for zone, resource in resources_by_zone.items()}
