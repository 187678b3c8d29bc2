"""Warnings in a comparison, in words: of what the lines of single resources do not show; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from northsouth.comparison.changes import Action, Change

_LAYOUT = {"cidr_block", "ipv6_cidr_block"}


def warnings(changes: Sequence[Change]) -> tuple[str, ...]:
    """Return what the changes mean: of subnets that get other blocks, and of tables whose rows become unreadable."""
    return (*_other_subnets(changes), *_unreadable(changes))


def _other_subnets(changes: Sequence[Change]) -> Iterator[str]:
    subnets = [
        change
        for change in changes
        if change.action in (Action.REPLACED, Action.MAY_REPLACE)
        and re.search(r"(^|\.)aws_subnet\.", change.address)
        and _LAYOUT & set(change.forced_by)
    ]
    if subnets:
        count = f"{len(subnets)} subnet{'s' if len(subnets) > 1 else ''}"
        yield (
            f"Warning: {count} would get another address block. Terraform deletes a subnet before it makes it anew, "
            "and with it everything that stands in it: NAT gateways, endpoints, load balancers, instances, databases. "
            "AWS refuses to delete a subnet that something of another stack still uses, and the apply ends half-way. "
            "Another reserved_zones, cidr or layout of a deployed Network does this. Keep them as they are deployed, "
            "or write the deployed blocks with CidrLayout.explicit."
        )


def _unreadable(changes: Sequence[Change]) -> Iterator[str]:
    for change in changes:
        if change.unreadable:
            columns = ", ".join(change.unreadable)
            yield (
                f"Error: {change.address} would get another type for {columns}. Stored rows keep the old type, and "
                "Athena fails every query that reads them (HIVE_PARTITION_SCHEMA_MISMATCH). Athena reads whole "
                "numbers as wider ones, and float as double. For any other type keep the column as it is, and add one "
                "of another name. Or archive into a source of another name."
            )
