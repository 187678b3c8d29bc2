"""How many GB pass through the resources of a stack in a month, as a file says it; pure."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from northsouth.errors import Problem

KEYS: Mapping[str, tuple[str, ...]] = {
    "aws_nat_gateway": ("gb_out", "gb_in", "gb_internet", "gb_cross_zone"),
    "aws_vpc_endpoint": ("gb",),
    "aws_egress_only_internet_gateway": ("gb_internet",),
}
"""By resource type, what the table of a resource may say."""


@dataclass(frozen=True)
class Usage:
    """The GB of a month, by resource or by type.

    Attributes:
        tables: by resource type, address or ``STACK/ADDRESS``: by key, the GB.

    """

    tables: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def of(self, stack: str, address: str) -> Mapping[str, float]:
        """Return what is known of one resource: its own table, else that of its type, else nothing."""
        names = (f"{stack}/{address}", address, address.partition(".")[0])
        return next((self.tables[name] for name in names if name in self.tables), {})


def read_usage(document: Mapping[str, Any]) -> Usage:
    """Return the usage of a TOML document that :func:`check_usage` accepts."""
    return Usage({name: dict(table) for name, table in document.items()})


def check_usage(document: Mapping[str, Any], known: Collection[tuple[str, str]]) -> Iterator[Problem]:
    """Yield everything wrong with a usage file.

    Args:
        document: the file as TOML reads it.
        known: stack and address of each resource that passes traffic.

    """
    addresses = {address for _, address in known} | {f"{stack}/{address}" for stack, address in known}
    for name, table in document.items():
        kind = name.rpartition("/")[2].partition(".")[0]
        if not isinstance(table, Mapping):
            yield Problem(name, repr(table), "a file holds tables only", f"Write [{name}] and its keys below it.")
        elif kind not in KEYS or (name not in KEYS and name not in addresses):
            yield _unknown_resource(name, addresses)
        else:
            for key, value in table.items():
                yield from (problem.within(name) for problem in _check_key(kind, key, value, table))


def _unknown_resource(name: str, addresses: Collection[str]) -> Problem:
    near = get_close_matches(name, sorted({*KEYS, *addresses}), 1, 0.6)
    suggestion = f"Did you mean [{near[0]}]? " if near else ""
    return Problem(
        name,
        "a table of a resource that the stack does not declare",
        f"an address of the stack, or one of {', '.join(KEYS)}",
        f"{suggestion}Correct the name, or remove the table.",
    )


def _check_key(kind: str, key: str, value: object, table: Mapping[str, Any]) -> Iterator[Problem]:
    if key not in KEYS[kind]:
        if isinstance(value, Mapping):
            yield Problem(key, "a table", "addresses have dots, so they need quotes", f'Write ["{kind}.{key}"].')
        else:
            yield Problem(key, repr(value), f"{kind} has the keys {', '.join(KEYS[kind])}", "Correct the key.")
        return
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        yield Problem(key, repr(value), "GB of a month, not below zero", "Correct the number.")
        return
    most = {"gb_internet": ("gb_out",), "gb_cross_zone": ("gb_out", "gb_in")}.get(key, ())
    parts = [table.get(name, 0) for name in most]
    if (
        kind == "aws_nat_gateway"
        and most
        and all(isinstance(part, int | float) for part in parts)
        and value > sum(parts)
    ):
        yield Problem(key, f"{value:g}", f"a part of {' and '.join(most)}, {sum(parts):g}", "Correct one of them.")
