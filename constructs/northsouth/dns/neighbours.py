"""Which rule groups the VPCs of a stack follow already, across all constructs of the stack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from weakref import WeakKeyDictionary

from cdktf import DefaultTokenResolver, StringConcat, TerraformStack, Tokenization
from constructs import Construct

from northsouth.errors import Problem
from northsouth.tree import path_of, stack_of

_Followed = dict[str, dict[int, str]]
_by_stack: WeakKeyDictionary[TerraformStack, _Followed] = WeakKeyDictionary()


def check_neighbours(
    scope: Construct, vpcs: Mapping[str, str], priorities: Mapping[str, int], groups_per_vpc: int
) -> Iterator[Problem]:
    """Yield what other constructs of the stack leave no room for: a priority in use, or too many groups on a VPC.

    Args:
        scope: a construct of the stack.
        vpcs: ids of the VPCs by label; tokens are compared by what they refer to.
        priorities: the association priority of each group.
        groups_per_vpc: how many groups a VPC may have.

    """
    followed = _by_stack.get(stack_of(scope), {})
    for label, vpc_id in vpcs.items():
        neighbours = followed.get(_resolved(scope, vpc_id), {})
        for key, priority in priorities.items():
            if priority in neighbours:
                yield Problem(
                    f'vpcs["{label}"]',
                    f"priority {priority} of the group {key!r}",
                    f"priorities are unique on a VPC, and {neighbours[priority]!r} has this one",
                    "Give another `association_priority`, more than 100 apart.",
                )
        if neighbours and len(neighbours) + len(priorities) > groups_per_vpc:
            yield Problem(
                f'vpcs["{label}"]',
                f"{len(priorities)} groups besides {len(neighbours)} of {', '.join(sorted(set(neighbours.values())))}",
                f"{groups_per_vpc} groups on a VPC",
                "Declare fewer, or put them into one declaration.",
                "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html",
            )


def follow(scope: Construct, vpcs: Mapping[str, str], priorities: Mapping[str, int]) -> None:
    """Note that VPCs follow groups with these priorities."""
    followed = _by_stack.setdefault(stack_of(scope), {})
    for vpc_id in vpcs.values():
        followed.setdefault(_resolved(scope, vpc_id), {}).update(dict.fromkeys(priorities.values(), path_of(scope)))


def _resolved(scope: Construct, vpc_id: str) -> str:
    # Every read of `vpc.id` makes another token; what it resolves to is the same.
    return str(Tokenization.resolve(vpc_id, resolver=DefaultTokenResolver(StringConcat()), scope=scope))
