"""The ways out of a VPC as nodes and edges, laid out in rows of zones from west to east; pure.

Nodes are subnets by zone and tier, NAT gateways, endpoints, the internet, services, overridden names and the private
names that answer for them. Edges are routes, endpoints and overrides, with the price of a GB. What would be possible
and is not there (an S3 gateway endpoint on a route table) is an edge, too, marked as such. Flow logs say how many bytes
pass through NAT; of the edges of other paths the bytes are not known.
"""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from northsouth.dns.deployed import read_ruleset
from northsouth.egress.prices import Prices, first_price
from northsouth.template import Resource, Template

MOST_NAMES = 8
"""Overridden names that are drawn; the rest is counted."""
Block: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
_ELSEWHERE = ""
"""Stands for the subnets of an address that is in none."""
_ANY = ""
"""Stands for all services together."""
_DEFAULT_ROUTES = ("0.0.0.0/0", "::/0", "64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Node:
    """One place.

    Attributes:
        id: its name within the graph, the same on both sides of a change.
        kind: ``subnets``, ``nat``, ``endpoint``, ``internet``, ``service``, ``name`` or ``twin``.
        label: what people call it.
        detail: a second line; may be empty.
        column: 0 for the west, 2 for the east.
        row: what row it stands in, a zone or a service; nodes of one row are beside each other.

    """

    id: str
    kind: str
    label: str
    detail: str
    column: int
    row: str


@dataclass(frozen=True, slots=True)
class Edge:
    """One way.

    Attributes:
        source: the id of the node that it leaves.
        target: the id of the node that it reaches.
        label: what makes it: a route, an endpoint, an override.
        usd_per_gb: what a GB costs on it; ``None`` if it is no traffic that is priced.
        possible: whether it is not declared, and would be possible.
        bytes_per_day: what passes on it, or would pass if it were declared; ``None`` if that is not known.

    """

    source: str
    target: str
    label: str
    usd_per_gb: float | None = None
    possible: bool = False
    bytes_per_day: float | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """The key by which an edge is unique in a graph."""
        return self.source, self.target, self.label


@dataclass(frozen=True, slots=True)
class Sender:
    """What one address sends and receives through NAT.

    Attributes:
        address: its address inside the VPC.
        endpoint: the service whose endpoint would carry it, as in ``s3``; empty if none would.
        bytes_per_day: in both directions.

    """

    address: str
    endpoint: str
    bytes_per_day: float


@dataclass(slots=True)
class Graph:
    """Nodes and edges, each once, in the order of the picture."""

    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[tuple[str, str, str], Edge] = field(default_factory=dict)

    def node(self, node: Node) -> str:
        """Add a node, unless it is there, and return its id."""
        return self.nodes.setdefault(node.id, node).id

    def edge(self, edge: Edge) -> None:
        """Add an edge, unless it is there."""
        self.edges.setdefault(edge.key, edge)

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "nodes": [
                {"id": node.id, "kind": node.kind, "label": node.label, "detail": node.detail, "column": node.column,
                 "row": node.row}
                for node in self.nodes.values()
            ],
            "edges": [
                {"from": edge.source, "to": edge.target, "label": edge.label, "usd_per_gb": edge.usd_per_gb,
                 "possible": edge.possible, "bytes_per_day": edge.bytes_per_day}
                for edge in self.edges.values()
            ],
        }  # fmt: skip


def paths(template: Template, prices: Prices | None = None, senders: Sequence[Sender] | None = None) -> Graph:
    """Return the ways out that a document declares.

    Args:
        template: the document.
        prices: what AWS asks; the documented defaults when ``None``.
        senders: who uses NAT, as flow logs say it; ``None`` if there are none.

    """
    graph = _Map(template, prices or Prices())
    return graph.weighed(senders) if senders is not None else graph.graph()


@dataclass(frozen=True, slots=True)
class _Table:
    """A route table, and the subnets behind it."""

    id: str
    resource: Resource | None
    subnets: Sequence[Resource]


class _Map:
    def __init__(self, template: Template, prices: Prices) -> None:
        self._template = template
        self._prices = prices
        self._graph = Graph()
        self._blocks: defaultdict[str, set[Block]] = defaultdict(set)
        """The addresses of subnets, by the id of their node."""

    def graph(self) -> Graph:
        for table in sorted(self._tables(), key=lambda route_table: route_table.id):
            self._routes(table)
        self._endpoints()
        self._overrides()
        return self._graph

    def weighed(self, senders: Sequence[Sender]) -> Graph:
        """Return the graph with the bytes of the routes to NAT, and of what would be possible in their place."""
        graph = self.graph()
        bytes_of: defaultdict[tuple[str, str], float] = defaultdict(float)
        for sender in senders:
            node = self._home(sender.address)
            bytes_of[node, _ANY] += sender.bytes_per_day
            if sender.endpoint:
                bytes_of[node, sender.endpoint] += sender.bytes_per_day
        for edge in list(graph.edges.values()):
            if edge.possible and self._blocks[edge.source]:
                service = edge.target.partition(" ")[2]
                graph.edges[edge.key] = replace(edge, bytes_per_day=bytes_of[edge.source, service])
            elif self._is_only_route(edge):
                graph.edges[edge.key] = replace(edge, bytes_per_day=bytes_of[edge.source, _ANY])
        if not bytes_of[_ELSEWHERE, _ANY]:
            self._weigh_internet()
        return graph

    def _home(self, address: str) -> str:
        """Return the id of the subnets that an address is in."""
        parsed = ipaddress.ip_address(address)
        return next(
            (node for node, blocks in self._blocks.items() if any(parsed in block for block in blocks)), _ELSEWHERE
        )

    def _is_only_route(self, edge: Edge) -> bool:
        """Whether all that the subnets of an edge send through NAT passes on it."""
        kind = self._graph.nodes[edge.target].kind
        ways = {parallel.target for parallel in self._graph.edges.values() if parallel.source == edge.source}
        gateways = [way for way in ways if self._graph.nodes[way].kind == "nat"]
        return kind == "nat" and len(gateways) == 1 and bool(self._blocks[edge.source])

    def _weigh_internet(self) -> None:
        """Write what each gateway passes on, which is what it gets."""
        edges = self._graph.edges
        for edge in list(edges.values()):
            into = [incoming.bytes_per_day for incoming in edges.values() if incoming.target == edge.source]
            known = [amount for amount in into if amount is not None]
            if edge.target == "internet" and len(known) == len(into):
                edges[edge.key] = replace(edge, bytes_per_day=sum(known))

    def _tables(self) -> Iterator[_Table]:
        """Yield the route tables that private subnets or routes name; those of an existing VPC by their ids."""
        template = self._template
        subnets: dict[str, list[Resource]] = {}
        for association in template.of_type("aws_route_table_association"):
            table = template.one(association, "route_table_id", "aws_route_table")
            subnet = template.one(association, "subnet_id", "aws_subnet")
            if table is not None and subnet is not None:
                subnets.setdefault(table.address, []).append(subnet)
        known = {resource.address: resource for resource in template.of_type("aws_route_table")}
        named = {self._table_of(route) for route in template.of_type("aws_route")}
        for name in sorted(known.keys() | named):
            yield _Table(name, known.get(name), subnets.get(name, []))

    def _table_of(self, route: Resource) -> str:
        table = self._template.one(route, "route_table_id", "aws_route_table")
        return table.address if table is not None else str(self._template.value(route, "route_table_id"))

    def _routes(self, table: _Table) -> None:
        for route in self._template.of_type("aws_route"):
            if self._table_of(route) != table.id or self._destination(route) not in _DEFAULT_ROUTES:
                continue
            gateway = self._template.one(route, "nat_gateway_id", "aws_nat_gateway")
            if gateway is not None:
                self._through_nat(table, gateway)

    def _destination(self, route: Resource) -> str:
        keys = ("destination_cidr_block", "destination_ipv6_cidr_block")
        return next((str(value) for key in keys if (value := route.values.get(key))), "")

    def _through_nat(self, table: _Table, gateway: Resource) -> None:
        public = self._template.value(gateway, "connectivity_type") != "private"
        own, subnets = self._own_zone(table), self._subnets(table)
        zone = self._zone(self._template.one(gateway, "subnet_id", "aws_subnet"))
        place = zone or gateway.address
        nat = Node(f"nat {place}", "nat", "NAT gateway", place, 1, zone or self._graph.nodes[subnets].row)
        crosses = bool(own and zone) and own != zone
        price = first_price(self._prices.nat_gb) + (2 * first_price(self._prices.cross_zone_gb) if crosses else 0)
        self._graph.edge(Edge(subnets, self._graph.node(nat), "across zones" if crosses else "route", round(price, 6)))
        if public:
            internet = self._graph.node(Node("internet", "internet", "Internet", "", 2, nat.row))
            self._graph.edge(Edge(nat.id, internet, "route", first_price(self._prices.internet_gb)))

    def _subnets(self, table: _Table) -> str:
        zone = self._own_zone(table)
        blocks = [str(value) for subnet in table.subnets if (value := self._template.value(subnet, "cidr_block"))]
        label = f"Private {zone}" if zone else f"Route table {table.id}"
        node = Node(f"subnets {zone or table.id}", "subnets", label, ", ".join(blocks), 0, zone or table.id)
        more = (self._template.value(subnet, "ipv6_cidr_block") for subnet in table.subnets)
        self._blocks[node.id].update(filter(None, map(_block, (*blocks, *more))))
        return self._graph.node(node)

    def _own_zone(self, table: _Table) -> str:
        zones = {self._zone(subnet) for subnet in table.subnets} - {""}
        return zones.pop() if len(zones) == 1 else ""

    def _zone(self, subnet: Resource | None) -> str:
        zone = None if subnet is None else self._template.value(subnet, "availability_zone")
        return zone if isinstance(zone, str) else ""

    def _endpoints(self) -> None:
        sources = {node.id: node for node in self._graph.nodes.values() if node.kind == "subnets"}
        for endpoint in self._template.of_type("aws_vpc_endpoint"):
            name = str(self._template.value(endpoint, "service_name") or endpoint.address)
            service = name.split(".", 3)[-1] if name.startswith("com.amazonaws.") else name
            if self._template.value(endpoint, "vpc_endpoint_type") in (None, "Gateway"):
                self._gateway_endpoint(endpoint, service, list(sources))
            else:
                self._interface_endpoint(service, list(sources))
        if sources and not any(node.id == "service s3" for node in self._graph.nodes.values()):
            self._possible("s3", list(sources))

    def _gateway_endpoint(self, endpoint: Resource, service: str, sources: Sequence[str]) -> None:
        tables = {table.address for table in self._template.follow(endpoint, "route_table_ids")}
        tables |= {text for text in _texts(self._template.value(endpoint, "route_table_ids")) if "$" not in text}
        for association in self._template.of_type("aws_vpc_endpoint_route_table_association"):
            if self._template.one(association, "vpc_endpoint_id", "aws_vpc_endpoint") == endpoint:
                tables.add(self._table_of(association))
        served = {self._subnets(table) for table in self._tables() if table.id in tables}
        gate = self._gate(service, "gateway endpoint")
        for source in sources:
            if source in served:
                self._graph.edge(Edge(source, gate, "gateway endpoint", 0.0))
            else:
                self._graph.edge(Edge(source, gate, "not on this route table", 0.0, possible=True))

    def _interface_endpoint(self, service: str, sources: Sequence[str]) -> None:
        gate = self._gate(service, "interface endpoint")
        for source in sources:
            self._graph.edge(Edge(source, gate, "interface endpoint", first_price(self._prices.endpoint_gb)))

    def _gate(self, service: str, kind: str) -> str:
        gate = self._graph.node(Node(f"endpoint {service}", "endpoint", kind.capitalize(), service, 1, service))
        target = self._graph.node(Node(f"service {service}", "service", service, "AWS", 2, service))
        self._graph.edge(Edge(gate, target, "private", 0.0))
        return gate

    def _possible(self, service: str, sources: Sequence[str]) -> None:
        target = self._graph.node(Node(f"service {service}", "service", service, "AWS, by NAT today", 2, service))
        for source in sources:
            self._graph.edge(Edge(source, target, "a gateway endpoint would be free", 0.0, possible=True))

    def _overrides(self) -> None:
        rules = {
            (name, placed.target or placed.target_expression): placed.ttl
            for vpc in read_ruleset(self._template).vpcs
            for association in vpc.associations
            for placed in association.group.rules
            if placed.overrides
            for name in placed.domains.names
        }
        for number, ((name, target), ttl) in enumerate(sorted(rules.items())):
            if number == MOST_NAMES:
                more = Node("name and more", "name", f"and {len(rules) - number} more names", "", 0, "more names")
                self._graph.node(more)
                return
            source = self._graph.node(Node(f"name {name}", "name", name.rstrip("."), "", 0, name))
            twin = self._graph.node(Node(f"twin {target}", "twin", target.rstrip("."), "private", 2, name))
            self._graph.edge(Edge(source, twin, f"override, TTL {ttl} s"))


def _block(value: object) -> Block | None:
    """Return a block of addresses; ``None`` if its addresses are not known before the deploy."""
    try:
        return ipaddress.ip_network(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list | tuple) else []
