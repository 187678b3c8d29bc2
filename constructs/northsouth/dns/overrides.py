"""What a user declares: override sets, rules, domains and actions, as values; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol, TypeAlias


class HasDnsName(Protocol):
    """Anything with a ``dns_name``: a load balancer, a Global Accelerator."""

    @property
    def dns_name(self) -> str:
        """The name clients connect to."""


class HasFqdn(Protocol):
    """Anything with an ``fqdn``: a Route 53 record."""

    @property
    def fqdn(self) -> str:
        """The record's full name."""


class HasDnsEntries(Protocol):
    """Anything with a list of ``dns_entry``: an interface endpoint."""

    @property
    def dns_entry(self) -> object:
        """The endpoint's names; the first one is Regional."""


DnsTarget: TypeAlias = str | HasDnsName | HasFqdn | HasDnsEntries
"""Where an override leads: a host name, a token, or an object with a DNS name (see :func:`target_name`)."""


class Redirection(StrEnum):
    """Which names of a CNAME or DNAME chain a rule judges (``firewall_domain_redirection_action``)."""

    INSPECT = "INSPECT_REDIRECTION_DOMAIN"
    """Every name of the chain; the default of AWS."""
    TRUST = "TRUST_REDIRECTION_DOMAIN"
    """The first name only."""


RedirectionName = Literal["INSPECT_REDIRECTION_DOMAIN", "TRUST_REDIRECTION_DOMAIN"]
"""The word of a :class:`Redirection`, which stands for it."""


def target_name(target: object) -> str | None:
    """Return the DNS name of an override's target, or ``None`` if it has none.

    Args:
        target: a string; a load balancer (``dns_name``); a Route 53 record (``fqdn``); a VPC endpoint
            (``dns_entry``: its first entry, which is the Regional name of an interface endpoint).

    """
    if isinstance(target, str):
        return target
    for attribute in ("dns_name", "fqdn"):
        name = getattr(target, attribute, None)
        if isinstance(name, str):
            return name
    get = getattr(getattr(target, "dns_entry", None), "get", None)
    name = getattr(get(0), "dns_name", None) if callable(get) else None
    return name if isinstance(name, str) else None


class Numbering(StrEnum):
    """Where the numbers of overrides come from."""

    BY_NAME = "by-name"
    """From each name alone: adding or removing one changes no other number."""
    DECLARED = "declared"
    """100, 101, 102 and so on, in the order of declaration: small, and they move when a name is inserted before."""


NumberingName = Literal["by-name", "declared"]
"""The word of a :class:`Numbering`, which stands for it."""


class Confidence(StrEnum):
    """How sure DNS Firewall Advanced must be of a threat; the lower, the more it detects, and the more falsely."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


ConfidenceName = Literal["LOW", "MEDIUM", "HIGH"]
"""The word of a :class:`Confidence`, which stands for it."""


@dataclass(frozen=True, slots=True)
class Override:
    """One override whose target needs more than a name.

    Attributes:
        target: where the name leads.
        priority: a number from 100 to 99,999 in place of the one that is derived from the name.
        q_type: the query type it answers, ``A``, ``AAAA``, ``TYPE65``...; every type by default.
        redirection: which names of a CNAME chain are judged.

    """

    target: DnsTarget
    priority: int | None = None
    q_type: str | None = None
    redirection: Redirection | RedirectionName = Redirection.INSPECT


@dataclass(frozen=True, slots=True)
class OverrideSet:
    """Names that are answered with a CNAME to a private name.

    Attributes:
        name: says what the set is for; it begins the names of its rules in AWS.
        ttl: seconds that clients may cache the answer, 1 to 604,800.
        names: the target of each domain, by domain (``api.example.com``, ``*.example.com``), or pairs of both.

    """

    name: str
    ttl: int
    names: Mapping[str, DnsTarget | Override] | Sequence[tuple[str, DnsTarget | Override]]

    def pairs(self) -> Iterator[tuple[str, Override]]:
        """Yield each domain with its override, in the order of declaration."""
        items: Iterable[tuple[str, DnsTarget | Override]] = (
            self.names.items() if isinstance(self.names, Mapping) else self.names
        )
        for domain, target in items:
            yield domain, target if isinstance(target, Override) else Override(target)


@dataclass(frozen=True, slots=True)
class RuleAction:
    """What DNS Firewall does with a query that matches; made by the named constructors."""

    action: str
    response: str | None = None
    target: DnsTarget | None = None
    ttl: int | None = None

    @classmethod
    def allow(cls) -> RuleAction:
        """Let the query through and ask no later rule."""
        return cls("ALLOW")

    @classmethod
    def alert(cls) -> RuleAction:
        """Let the query through, ask no later rule, and mark it in metrics and query logs."""
        return cls("ALERT")

    @classmethod
    def block_nodata(cls) -> RuleAction:
        """Answer that the name exists and has no such record."""
        return cls("BLOCK", "NODATA")

    @classmethod
    def block_nxdomain(cls) -> RuleAction:
        """Answer that the name does not exist."""
        return cls("BLOCK", "NXDOMAIN")

    @classmethod
    def override(cls, target: DnsTarget, *, ttl: int) -> RuleAction:
        """Answer with a CNAME to ``target``, which clients may cache for ``ttl`` seconds (1 to 604,800)."""
        return cls("BLOCK", "OVERRIDE", target, ttl)


@dataclass(frozen=True, slots=True)
class Domains:
    """The domains that a rule judges; made by the named constructors."""

    names: tuple[str, ...] = ()
    list_id: str | None = None

    @classmethod
    def of(cls, *names: str) -> Domains:
        """Judge these names; lists are created for them, several if there are more than 1,000.

        AWS also takes ``*example.com`` and does not say what it matches; synth warns about it.
        """
        return cls(names)

    @classmethod
    def existing(cls, list_id: str) -> Domains:
        """Judge a domain list that exists: one of your own, or one that AWS manages.

        The identifiers of AWS's lists differ by Region and the provider cannot look them up by name:
        ``aws route53resolver list-firewall-domain-lists`` shows them.
        """
        return cls(list_id=list_id)


@dataclass(frozen=True, slots=True)
class ThreatProtection:
    """What a rule of DNS Firewall Advanced detects, in place of domains; made by the named constructors.

    Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-rule-settings.html
    """

    kind: str
    confidence: Confidence | ConfidenceName

    @classmethod
    def dga(cls, confidence: Confidence | ConfidenceName) -> ThreatProtection:
        """Detect names that domain generation algorithms made."""
        return cls("DGA", confidence)

    @classmethod
    def dictionary_dga(cls, confidence: Confidence | ConfidenceName) -> ThreatProtection:
        """Detect names that domain generation algorithms made of words of a dictionary."""
        return cls("DICTIONARY_DGA", confidence)

    @classmethod
    def dns_tunneling(cls, confidence: Confidence | ConfidenceName) -> ThreatProtection:
        """Detect data that leaves in the names of queries."""
        return cls("DNS_TUNNELING", confidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule that is evaluated before or after the overrides.

    Attributes:
        action: what to do with a query that matches.
        domains: which names match, or which threat DNS Firewall Advanced detects. AWS takes a threat without ALLOW,
            query type and redirection only.
        priority: its place among its neighbours, the lowest first; leave gaps. With more than 1,000 names it takes one
            number for each list, this one and the following.
        q_type: the query type it judges, ``A``, ``AAAA``, ``TYPE65``...; every type by default.
        redirection: which names of a CNAME chain are judged.

    """

    action: RuleAction
    domains: Domains | ThreatProtection
    priority: int
    q_type: str | None = None
    redirection: Redirection | RedirectionName = Redirection.INSPECT


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """Limits of AWS, by account and Region; raise those that your account has raised.

    Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html

    Attributes:
        rules_per_group: rules in one rule group.
        names: domains over all lists of the account; what this declaration adds is counted.
        lists: domain lists of the account; what this declaration adds is counted.
        groups_per_vpc: rule groups associated with one VPC, at most 5, which AWS does not raise; lower it to leave room
            for groups that are associated by others.
        names_per_list: domains in a list, at most 1,000: what one call takes, and the provider makes one call only.

    """

    rules_per_group: int = 100
    names: int = 100_000
    lists: int = 1_000
    groups_per_vpc: int = 5
    names_per_list: int = 1_000
