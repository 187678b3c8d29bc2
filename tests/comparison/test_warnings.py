"""Warnings of a comparison, in words."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf import TerraformStack

from northsouth.comparison import compare, declared_state, render
from northsouth.comparison.changes import Action, Change
from northsouth.comparison.warnings import warnings
from northsouth.egress import CidrLayout, Network
from tests.harness.synth import synth


@pytest.mark.parametrize(
    ("address", "action", "forced_by", "warned"),
    [
        ("aws_subnet.a", Action.REPLACED, ("cidr_block",), True),
        ('module.hub["x"].aws_subnet.a[0]', Action.REPLACED, ("cidr_block",), True),
        ("aws_subnet.a", Action.MAY_REPLACE, ("cidr_block",), True),
        ("aws_subnet.a", Action.REPLACED, ("ipv6_cidr_block", "vpc_id"), True),
        ("aws_subnet.a", Action.REPLACED, ("availability_zone",), False),
        ("aws_subnet.a", Action.CHANGED, ("cidr_block",), False),
        ("aws_subnet.a", Action.DESTROYED, (), False),
        ("aws_vpc.aws_subnet", Action.REPLACED, ("cidr_block",), False),
        ("aws_default_subnet.a", Action.REPLACED, ("cidr_block",), False),
    ],
)
def test_what_is_warned_of(address: str, action: Action, forced_by: tuple[str, ...], warned: bool) -> None:
    assert bool(warnings([Change(address, action, forced_by=forced_by)])) == warned


def test_other_reserved_zones_of_a_deployed_network_are_warned_of_in_so_many_words() -> None:
    def state(reserved: int) -> dict[str, Any]:
        def declare(stack: TerraformStack) -> None:
            layout = CidrLayout.by_letter(reserved_zones=reserved)
            Network(stack, "network", cidr="10.0.0.0/16", zones=["us-east-1a", "us-east-1b"], layout=layout)

        return declared_state(synth(declare))

    last = render(compare(state(8), state(4))).splitlines()[-2:]
    assert last[0].startswith("Warning: 4 subnets would get another address block.")
    assert "reserved_zones" in last[0]
    assert "to replace" in last[1]
    assert "Warning" not in render(compare(state(8), state(8)))
    only = compare(state(8), state(4)).only(Action.DESTROYED)
    assert "Warning: 4 subnets" in render(only)
