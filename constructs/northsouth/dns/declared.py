"""Makes a ruleset of rule groups that are declared and not yet written to any JSON; pure.

``DnsOverrides`` plans its groups as values before it creates resources; this is how the analysis sees them. The
protocols say what such a group must tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from northsouth.dns.ruleset import Action, Association, DomainList, FirewallRule, Response, RuleGroup, Ruleset, Vpc
from northsouth.tokens import is_token


class DeclaredAction(Protocol):
    """What a rule does, in AWS's words."""

    @property
    def action(self) -> str:
        """``ALLOW``, ``ALERT`` or ``BLOCK``."""

    @property
    def response(self) -> str | None:
        """``NODATA``, ``NXDOMAIN`` or ``OVERRIDE``."""

    @property
    def target(self) -> object:
        """The name an override answers with: canonical, or a token."""

    @property
    def ttl(self) -> int | None:
        """Seconds that clients may cache an override."""


class DeclaredRule(Protocol):
    """One rule of a group."""

    @property
    def where(self) -> str:
        """The argument it comes from; the address of its findings."""

    @property
    def name(self) -> str:
        """Its name in AWS."""

    @property
    def priority(self) -> int:
        """Its place in the group."""

    @property
    def action(self) -> DeclaredAction:
        """What it does."""

    @property
    def domains(self) -> tuple[str, ...]:
        """Canonical names, or tokens."""

    @property
    def list_id(self) -> str | None:
        """The id of a domain list whose names are not known here."""

    @property
    def q_type(self) -> str | None:
        """The query type it judges; None for every type."""

    @property
    def redirection(self) -> str:
        """``INSPECT_REDIRECTION_DOMAIN`` or ``TRUST_REDIRECTION_DOMAIN``."""


class DeclaredGroup(Protocol):
    """One rule group."""

    @property
    def name(self) -> str:
        """Its name in AWS."""

    @property
    def association_priority(self) -> int:
        """Its place on every VPC."""

    @property
    def rules(self) -> tuple[DeclaredRule, ...]:
        """Its rules."""


def declared_ruleset(
    subject: str, groups: Iterable[DeclaredGroup], vpcs: Mapping[str, str], *, fail_open: bool = False
) -> Ruleset:
    """Return the ruleset of declared groups, associated with each VPC.

    Args:
        subject: what was declared, for messages: ``DnsOverrides 'hub'``.
        groups: the rule groups.
        vpcs: the id (or token) of each VPC by the name it goes by.
        fail_open: whether queries pass while DNS Firewall cannot judge them.

    """
    associations = tuple(
        sorted(
            (Association(f"{subject}: {group.name}", group.association_priority, _group(group)) for group in groups),
            key=lambda found: found.priority,
        )
    )
    return Ruleset(
        subject,
        tuple(
            Vpc(name, "" if is_token(known) else known, name, associations, fail_open=fail_open)
            for name, known in vpcs.items()
        ),
    )


def _group(group: DeclaredGroup) -> RuleGroup:
    rules = sorted((_rule(rule) for rule in group.rules), key=lambda rule: rule.priority)
    return RuleGroup(group.name, group.name, tuple(rules))


def _rule(rule: DeclaredRule) -> FirewallRule:
    target = rule.action.target if isinstance(rule.action.target, str) else None
    known = target is not None and not is_token(target)
    names = tuple(name for name in rule.domains if not is_token(name))
    if rule.list_id is not None:
        unknown = "its names are not declared here"
    else:
        unknown = "" if len(names) == len(rule.domains) else "some of its names are known only after apply"
    return FirewallRule(
        address=rule.where,
        name=rule.name,
        priority=rule.priority,
        action=Action(rule.action.action),
        domains=DomainList(rule.list_id or rule.where, names, unknown=unknown),
        response=Response(rule.action.response) if rule.action.response else None,
        target=target if known else None,
        target_expression="" if known else target or "",
        ttl=rule.action.ttl,
        q_type=rule.q_type,
        inspects=rule.redirection != "TRUST_REDIRECTION_DOMAIN",
    )
