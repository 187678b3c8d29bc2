"""The rule that a route table has one route for a destination, whichever construct declares it; pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from northsouth.errors import Problem

_SEPARATE = ("destination_cidr_block", "destination_ipv6_cidr_block", "destination_prefix_list_id")
_INLINE = ("cidr_block", "ipv6_cidr_block", "destination_prefix_list_id")


@dataclass(frozen=True, slots=True)
class DeclaredRoute:
    """One route of a stack.

    Attributes:
        where: the construct that declares it.
        table: the id of its route table, or the reference to it.
        destination: the block or prefix list it is for.

    """

    where: str
    table: str
    destination: str


def separate(where: str, arguments: Mapping[str, Any]) -> Iterator[DeclaredRoute]:
    """Yield the route of an ``aws_route``; none if its instances have routes of their own (``count``, ``for_each``)."""
    table = arguments.get("route_table_id")
    if isinstance(table, str):
        yield from _routes(where, table, arguments, _SEPARATE)


def inline(where: str, address: str, arguments: Mapping[str, Any]) -> Iterator[DeclaredRoute]:
    """Yield the routes that stand in an ``aws_route_table`` itself."""
    routes = arguments.get("route")
    for route in routes if isinstance(routes, list) else ():
        yield from _routes(where, f"${{{address}.id}}", route, _INLINE)


def check_routes(routes: Sequence[DeclaredRoute]) -> Iterator[Problem]:
    """Yield each route whose table has one for the same destination already; AWS answers ``RouteAlreadyExists``."""
    first: dict[tuple[str, str], str] = {}
    for route in routes:
        key = (route.table, _canonical(route.destination))
        if key in first:
            yield Problem(
                route.where,
                f"a route for {route.destination} in {route.table}",
                f"{first[key]} declares the route for this destination there already",
                "Remove one of the two, or give them other destinations.",
                "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html",
            )
        first.setdefault(key, route.where)


def _routes(
    where: str, table: str, arguments: Mapping[str, Any], destinations: Sequence[str]
) -> Iterator[DeclaredRoute]:
    for name in destinations:
        destination = arguments.get(name)
        if isinstance(destination, str) and not any(
            iterator in table + destination for iterator in ("each.", "count.")
        ):
            yield DeclaredRoute(where, table, destination)


def _canonical(destination: str) -> str:
    try:
        return str(ipaddress.ip_network(destination, strict=False))
    except ValueError:
        return destination
