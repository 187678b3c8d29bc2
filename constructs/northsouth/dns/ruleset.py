"""What DNS Firewall is configured to do, as values: rules in groups, groups on VPCs; pure.

A :class:`Ruleset` comes from any Terraform JSON (:mod:`northsouth.dns.deployed`) or from planned groups
(:mod:`northsouth.dns.planned_ruleset`). :mod:`northsouth.dns.resolution` answers queries from it, and
:mod:`northsouth.dns.analysis` judges it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from northsouth.dns.records import Record, rule_type
from northsouth.dns.resolver_rules import ResolverRule


class Action(StrEnum):
    """What a rule does with a query it matches. All three end the evaluation.

    Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-rule-actions.html
    ("Alert - Stop inspecting the query, permit it to go through, and log an alert").
    """

    ALLOW = "ALLOW"
    ALERT = "ALERT"
    BLOCK = "BLOCK"


class Response(StrEnum):
    """How a blocked query is answered."""

    NODATA = "NODATA"
    NXDOMAIN = "NXDOMAIN"
    OVERRIDE = "OVERRIDE"


@dataclass(frozen=True, slots=True)
class DomainList:
    """The names that a rule judges.

    Attributes:
        address: where it is declared, or its id.
        names: the canonical entries: ``api.example.com.``, ``*.example.com.``, ``*.`` for every name.
        suffixes: entries ``*example.com.``, without the ``*``. AWS takes them and does not say what they match, so a
            name that ends with one may be matched, and no other name is.
        unread: entries that AWS does not document as valid.
        unknown: why its contents cannot be known here (an AWS-managed list, a value known only after apply). Empty when
            ``names`` is all there is.

    """

    address: str
    names: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    unknown: str = ""
    suffixes: tuple[str, ...] = ()

    @property
    def opaque(self) -> bool:
        """Whether it may match names that are not among ``names``."""
        return bool(self.unknown or self.suffixes)

    def may_match(self, name: str) -> bool:
        """Tell whether a name, or some name of a wildcard, may be matched although it is not among ``names``."""
        return bool(self.unknown) or any(
            name.endswith(suffix) or (name.startswith("*.") and suffix.endswith(name[1:])) for suffix in self.suffixes
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FirewallRule:
    """One rule of a rule group.

    Attributes:
        address: where it is declared: a Terraform address, or an argument's path.
        name: its name in AWS.
        priority: its place in the group, the lowest first.
        action: what it does; None if it is known only after apply.
        domains: the names it judges.
        response: how it blocks; None unless ``action`` is BLOCK.
        target: the canonical name an override answers with; None if there is none, or it is known only after apply.
        target_expression: where the target comes from when it is known only after apply: ``aws_lb.hub.dns_name``.
        ttl: seconds that clients may cache the override.
        q_type: the query type it judges, in the form of :func:`~northsouth.dns.records.query_type` however it is given;
            None for every type.
        inspects: whether it judges every name of a redirection chain (the default), or the first only.
        unknown: why it is not certain that a query reaches the rule here and is matched by it (a priority or type known
            only after apply); empty if it is. Such a rule stands as early as it can.

    """

    address: str
    name: str = ""
    priority: int
    action: Action | None
    domains: DomainList
    response: Response | None = None
    target: str | None = None
    target_expression: str = ""
    ttl: int | None = None
    q_type: str | None = None
    inspects: bool = True
    unknown: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "q_type", rule_type(self.q_type))

    @property
    def overrides(self) -> bool:
        """Whether it answers with a CNAME."""
        return self.response is Response.OVERRIDE

    def __str__(self) -> str:
        return self.address


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """A rule group, with its rules in the order of their priorities."""

    address: str
    name: str
    rules: tuple[FirewallRule, ...]


@dataclass(frozen=True, slots=True)
class Association:
    """A rule group's place on a VPC.

    Attributes:
        address: where it is declared.
        priority: its place among the groups of the VPC, the lowest first.
        group: the rule group.
        unknown: why its place is not certain; empty if it is.

    """

    address: str
    priority: int
    group: RuleGroup
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Vpc:
    """A VPC and the rule groups associated with it, in the order of their priorities.

    Attributes:
        address: its Terraform address, or what stands for it when it is not in the document.
        id: its id, when known.
        name: its ``Name`` tag, or empty.
        associations: the rule groups, in order.
        fail_open: whether queries pass while DNS Firewall cannot judge them. AWS's default is closed: SERVFAIL.
        labels: what the constructs that associate groups with it call it: ``main`` of ``vpcs={"main": ...}``.
        resolver_rules: the domains that its Resolver does not look up in the public DNS.
        resolver_off: whether its Resolver answers no query at all: ``enable_dns_support`` is not true.
        declared: whether the document declares it, with all its settings; False for one of another stack.

    """

    address: str
    id: str = ""
    name: str = ""
    associations: tuple[Association, ...] = ()
    fail_open: bool = False
    labels: frozenset[str] = frozenset()
    resolver_rules: tuple[ResolverRule, ...] = ()
    resolver_off: bool = False
    declared: bool = False

    def __str__(self) -> str:
        return f"{self.address} ({self.name})" if self.name and self.name != self.address else self.address


def without_unknown_lists(vpc: Vpc) -> Vpc:
    """Return a VPC as it would be if lists whose names are not known matched no more than the names that are.

    This is an assumption that only the caller can make: that no AWS-managed list holds the names in question.
    """
    return _with_rules(
        vpc,
        lambda rule: (
            replace(rule, domains=replace(rule.domains, unknown=""))
            if rule.domains.unknown and not rule.unknown
            else rule
        ),
    )


def without_synthesized(vpc: Vpc, subnets: Iterable[str]) -> Vpc:
    """Return a VPC whose rules leave open what AWS says of DNS64.

    "If you set up a firewall BLOCK rule with action NXDOMAIN on query type equals AAAA, this action will not be applied
    to synthetic IPv6 addresses generated when DNS64 is enabled":
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-rule-settings.html

    Args:
        vpc: the VPC.
        subnets: its subnets with DNS64.

    """
    where = ", ".join(subnets)
    if not where:
        return vpc
    why = f"AWS does not apply it to addresses that DNS64 makes of IPv4 ones, in {where}"
    return _with_rules(
        vpc,
        lambda rule: (
            replace(rule, unknown=rule.unknown or why)
            if rule.q_type == "AAAA" and rule.response is Response.NXDOMAIN
            else rule
        ),
    )


def _with_rules(vpc: Vpc, changed: Callable[[FirewallRule], FirewallRule]) -> Vpc:
    return replace(
        vpc,
        associations=tuple(
            replace(association, group=replace(association.group, rules=tuple(map(changed, association.group.rules))))
            for association in vpc.associations
        ),
    )


class UnknownVpcError(LookupError):
    """No VPC, or more than one, goes by the given name; the message is one line."""


@dataclass(frozen=True, slots=True)
class Ruleset:
    """All that one document, or one declaration, says about DNS Firewall.

    Attributes:
        source: the document's name, for messages.
        vpcs: the VPCs.
        records: the records of public hosted zones that are declared beside them.

    """

    source: str
    vpcs: tuple[Vpc, ...]
    records: tuple[Record, ...] = field(default=())

    def vpc(self, name: str | None = None) -> Vpc:
        """Return the VPC of an id, an address, a ``Name`` tag or a label; without a name, the only one with rules.

        Raises:
            UnknownVpcError: if there is none, or more than one.

        """
        if name is None:
            vpcs = [vpc for vpc in self.vpcs if vpc.associations] or list(self.vpcs)
            wanted = "a VPC"
        else:
            vpcs = (
                [vpc for vpc in self.vpcs if name in (vpc.id, vpc.address)]
                or [vpc for vpc in self.vpcs if name == vpc.name]
                or [vpc for vpc in self.vpcs if name in vpc.labels]
            )
            wanted = f"VPC {name!r}"
        if len(vpcs) == 1:
            return vpcs[0]
        known = ", ".join(sorted(map(_known_as, vpcs or self.vpcs))[:8]) or "none"
        problem = "names several of" if vpcs else "is not among"
        raise UnknownVpcError(f"{self.source}: {wanted} {problem} the VPCs of this file: {known}")


def _known_as(vpc: Vpc) -> str:
    return f"{vpc}, label {', '.join(sorted(vpc.labels))}" if vpc.labels else str(vpc)
