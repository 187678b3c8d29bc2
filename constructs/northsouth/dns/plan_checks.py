"""What AWS, or the provider, would not accept of all planned groups together; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from northsouth.dns.layout import FIRST, LAST, OVERRIDES, PlannedGroup, PlannedRule
from northsouth.dns.override_checks import RULE_API
from northsouth.dns.overrides import Quotas
from northsouth.errors import Problem

_LIMITS = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html"


def check_plan(groups: Iterable[PlannedGroup], quotas: Quotas, *, min_groups: int = 1) -> Iterator[Problem]:
    """Yield what is wrong with all groups together: quotas, numbers, lists used twice."""
    planned = list(groups)
    yield from _check_fixed(quotas)
    yield from _check_quotas(planned, quotas, min_groups)
    for group in planned:
        yield from _check_numbers(group)
        yield from _check_lists(group)


def _check_fixed(quotas: Quotas) -> Iterator[Problem]:
    for name, most in (("groups_per_vpc", 5), ("names_per_list", 1_000), ("rules_per_group", None)):
        quota = getattr(quotas, name)
        if quota < 1 or (most is not None and quota > most):
            yield Problem(
                f"quotas.{name}",
                str(quota),
                "at least 1" if most is None else f"1 to {most:,}: AWS does not raise it",
                "Leave it out for AWS's own value.",
                _LIMITS,
            )


def _check_quotas(groups: list[PlannedGroup], quotas: Quotas, min_groups: int) -> Iterator[Problem]:
    free = quotas.groups_per_vpc - sum(group.key in (FIRST, LAST) for group in groups)
    if not 1 <= min_groups <= max(1, free) or free < any(group.key == OVERRIDES for group in groups):
        yield Problem(
            "min_groups",
            str(min_groups),
            f"{quotas.groups_per_vpc} groups on a VPC, `first` and `last` included: 1 to {max(1, free)} for overrides",
            "Use fewer groups.",
            _LIMITS,
        )
    for group in groups:
        if len(group.rules) > quotas.rules_per_group:
            yield Problem(
                group.key if group.key in (FIRST, LAST) else OVERRIDES,
                f"{len(group.rules)} rules in the group {group.name!r}",
                f"{quotas.rules_per_group} rules in a group; overrides may fill {max(1, free)} groups, wildcards one",
                "Declare fewer, or give the quotas that your account has.",
                _LIMITS,
            )
    owned = [rule for group in groups for rule in group.rules if rule.list_id is None and rule.threat is None]
    names = [rule.domains for rule in owned]
    for quota, count, limit in (("names", sum(map(len, names)), quotas.names), ("lists", len(names), quotas.lists)):
        if count > limit:
            yield Problem(
                f"quotas.{quota}",
                f"{count:,} domain {quota}",
                f"{limit:,} domain {quota} in an account and Region",
                "Declare fewer, or give the quota that your account has.",
                _LIMITS,
            )


def _check_numbers(group: PlannedGroup) -> Iterator[Problem]:
    holders: dict[int, PlannedRule] = {}
    for rule in group.rules:
        other = holders.setdefault(rule.priority, rule)
        if other is not rule and other.where != rule.where:
            yield Problem(
                f"{rule.where}.priority",
                str(rule.priority),
                f"priorities are unique in a group; {other.where} has the same",
                "Give one of them another `priority`.",
                RULE_API,
            )


def _check_lists(group: PlannedGroup) -> Iterator[Problem]:
    holders: dict[str, PlannedRule] = {}
    for rule in group.rules:
        if rule.list_id is None:
            continue
        other = holders.setdefault(rule.list_id, rule)
        if other is not rule:
            yield Problem(
                f"{rule.where}.domains",
                repr(rule.list_id),
                f"a list occurs once in a group, {other.where} has it too: the provider knows a rule by its group and "
                "list alone and fails to read either",
                "Put one of the rules into the other of `first` and `last`, or give the names themselves.",
                "hashicorp/terraform-provider-aws#38073",
            )
