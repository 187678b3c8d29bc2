"""What a reader of a comparison must be told in words, because the lines of single resources hide it; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from northsouth.comparison.changes import Action, Change

_LAYOUT = {"cidr_block", "ipv6_cidr_block"}


def warnings(changes: Sequence[Change]) -> tuple[str, ...]:
    """Return the warnings about changes: so far, that subnets with other blocks take all that stands in them along."""
    subnets = [
        change
        for change in changes
        if change.action in (Action.REPLACED, Action.MAY_REPLACE)
        and re.search(r"(^|\.)aws_subnet\.", change.address)
        and _LAYOUT & set(change.forced_by)
    ]
    if not subnets:
        return ()
    count = f"{len(subnets)} subnet{'s' if len(subnets) > 1 else ''}"
    text = (
        f"Warning: {count} would get another address block. Terraform deletes a subnet before it makes it anew, and "
        "with it everything that stands in it: NAT gateways, endpoints, load balancers, instances, databases. AWS "
        "refuses to delete a subnet that something of another stack still uses, and the apply ends half-way. Another "
        "reserved_zones, cidr or layout of a deployed Network does this. Keep them as they are deployed, or write the "
        "deployed blocks with CidrLayout.explicit."
    )
    return (text,)
