"""Where the Resolver of a VPC looks up a name that DNS Firewall lets through; pure.

The Resolver has a rule for each domain that it treats apart. The most specific one decides: a forwarding rule sends
the query to other DNS servers, a private hosted zone answers it. For one domain, what is on the VPC itself comes before
what its Route 53 Profile brings, and a forwarding rule before a zone. Other names are looked up in the public DNS.

Sources, all in the Route 53 developer guide:

- hosted-zone-private-considerations: "Resolver chooses `accounting.example.com` because it's more specific"; "If
  there's no record that matches the domain name and type in the request, Resolver returns NXDOMAIN", so also if
  only the type is missing; "the Resolver rule takes precedence".
- resolver-overview-forward-vpc-to-network-using-rules: "System rules cause VPC Resolver to selectively override the
  behavior that is defined in a forwarding rule". That private zones below a system rule still answer is our reading.
- profiles, "How Route 53 Profile settings are prioritized": "the local DNS settings take precedence"; "the most
  specific one wins".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from northsouth.dns.records import Record, Records, parents

EVERYTHING = "."
"""The domain of a rule for every name."""


class Kind(StrEnum):
    """What a rule of the Resolver does."""

    FORWARD = "forward"
    """Sends queries to other DNS servers."""
    SYSTEM = "system"
    """Takes a domain out of a forwarding rule."""
    ZONE = "zone"
    """A private hosted zone answers."""
    ENDPOINT = "endpoint"
    """The zone that AWS keeps for an interface endpoint with private DNS answers."""
    OWN = "own"
    """The Resolver answers itself: names of EC2 instances, reserved names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolverRule:
    """One domain that the Resolver of a VPC treats apart.

    Attributes:
        address: where it is declared: the Terraform address of a zone, an endpoint or a rule.
        domain: the canonical domain; ``.`` for every name.
        kind: what happens with the names in the domain.
        local: whether it is on the VPC itself; False if a Route 53 Profile brings it.
        servers: where a forwarding rule sends queries.
        records: what a zone holds.
        incomplete: why a zone may hold records besides; empty if these are all.
        unknown: why it is not certain that the VPC has the rule; empty if it is.
        unset: the DNS attributes of the VPC that a zone needs and the VPC does not set.
        vague: whether ``domain`` is known only roughly: the rule is for that domain, or for one below it.

    """

    address: str
    domain: str
    kind: Kind
    local: bool = True
    servers: tuple[str, ...] = ()
    records: tuple[Record, ...] = ()
    incomplete: str = ""
    unknown: str = ""
    unset: tuple[str, ...] = ()
    vague: bool = False

    @property
    def answers(self) -> bool:
        """Whether a zone answers, which knows all names in its domain."""
        return self.kind in (Kind.ZONE, Kind.ENDPOINT, Kind.OWN)

    @property
    def rank(self) -> tuple[int, bool, bool]:
        """Where it stands among the rules for one name; the highest decides."""
        return len(self.domain), self.local, not self.answers

    def covers(self, name: str) -> bool:
        """Tell whether a canonical name is in the domain."""
        return self.domain in (EVERYTHING, name) or name.endswith(f".{self.domain}")

    def __str__(self) -> str:
        return self.address


class State(StrEnum):
    """What is known of the answer to a name."""

    RECORDS = "records"
    """The records are known, or at least that there are some."""
    MISSING = "missing"
    """A private zone has no such record, so the answer is NXDOMAIN."""
    FORWARDED = "forwarded"
    """Other DNS servers answer."""
    PUBLIC = "public"
    """The public DNS answers."""
    UNKNOWN = "unknown"
    """This document does not say who answers, or what the zone holds."""


class Lookup(NamedTuple):
    """Where one name is looked up, and what is known to be there.

    Attributes:
        rule: the rule that decides; None for the public DNS, and for what the caller says.
        records: the known record sets of the name, or of the wildcard that stands for it.
        incomplete: why there may be other records; empty if there are not.
        doubts: rules that the VPC may have, each with the look-up if it has.

    """

    rule: ResolverRule | None
    records: tuple[Record, ...]
    incomplete: str = ""
    doubts: tuple[tuple[ResolverRule, Lookup], ...] = ()

    def likely(self, q_type: str) -> State:
        """Return what the certain rules say about a query of a type."""
        if self.answer(q_type):
            return State.RECORDS
        if self.rule is None:
            return State.PUBLIC
        if not self.rule.answers:
            return State.FORWARDED
        return State.UNKNOWN if self.incomplete else State.MISSING

    def answer(self, q_type: str) -> tuple[Record, ...]:
        """Return the record sets that answer a query of a type."""
        return tuple(record for record in self.records if record.answers(q_type))

    def disputed(self, q_type: str) -> tuple[tuple[ResolverRule, Lookup], ...]:
        """Return the doubts under which a query of a type is answered otherwise."""
        return tuple(
            (rule, other)
            for rule, other in self.doubts
            if (other.likely(q_type), _values(other.answer(q_type)))
            != (self.likely(q_type), _values(self.answer(q_type)))
        )

    def state(self, q_type: str) -> State:
        """Return what is known of the answer to a query of a type."""
        return State.UNKNOWN if self.disputed(q_type) else self.likely(q_type)

    def redirection(self, q_type: str) -> tuple[str, str] | None:
        """Return ``CNAME`` or ``ALIAS``, and the one name it certainly leads to; None if there is none.

        Several record sets of one name (weighted, latency...) may lead to several.
        """
        kinds = ("CNAME", "ALIAS")
        leading = {(record.type, record.values) for record in self.answer(q_type) if record.type in kinds}
        if len(leading) != 1 or self.disputed(q_type):
            return None
        ((kind, values),) = leading
        return (kind, values[0]) if values else None

    def addresses(self, q_type: str) -> tuple[str, ...]:
        """Return the values that a query of a type is certainly answered with."""
        records = () if self.disputed(q_type) else self.answer(q_type)
        return tuple(value for record in records if record.type == q_type for value in record.values)


class Resolver:
    """The rules of one VPC's Resolver, by domain.

    Args:
        rules: the rules.
        records: the records of public zones, and what the caller says, which comes before every rule.

    """

    def __init__(self, rules: Iterable[ResolverRule] = (), records: Iterable[Record] = ()) -> None:
        known = tuple(records)
        self._said = Records(record for record in known if not record.zone)
        self._public = Records(record for record in known if record.zone)
        all_rules = tuple(rules)
        self._uncertain = tuple(rule for rule in all_rules if rule.unknown)
        self._certain: dict[str, list[ResolverRule]] = {}
        for rule in all_rules:
            if not rule.unknown:
                self._certain.setdefault(rule.domain, []).append(rule)
        self._zones = {id(rule): (Records(rule.records), tuple(_delegations(rule))) for rule in all_rules}
        self.empty = not all_rules and not known
        """Whether every name is looked up in the public DNS, of which nothing is known."""

    def find(self, name: str) -> Lookup:
        """Return where a canonical name is looked up."""
        records = self._said.at(name)
        if records:
            return Lookup(None, records)
        covering = list(self._covering(name))
        rule = _deciding(covering)
        doubts = []
        for other in self._uncertain:
            if other.covers(name):
                decides = other if other.vague else _deciding([*covering, other])
                if decides is not rule:
                    doubts.append((other, self._at(decides, name)))
        return self._at(rule, name)._replace(doubts=tuple(doubts))

    def _covering(self, name: str) -> Iterator[ResolverRule]:
        for domain in (name, *parents(name), EVERYTHING):
            yield from self._certain.get(domain, ())

    def _at(self, rule: ResolverRule | None, name: str) -> Lookup:
        if rule is None:
            return Lookup(None, self._public.at(name))
        records, delegations = self._zones[id(rule)]
        delegated = next(
            (
                delegation
                for delegation in delegations
                if name == delegation.name or name.endswith(f".{delegation.name}")
            ),
            None,
        )
        by = f"{delegated.address or delegated.name} delegates it" if delegated else ""
        return Lookup(rule, records.at(name), rule.incomplete or by)


def _deciding(rules: Iterable[ResolverRule]) -> ResolverRule | None:
    """Return the rule that decides among those for one name; None for the public DNS."""
    kept_here = False
    for rule in sorted(rules, key=lambda candidate: candidate.rank, reverse=True):
        if rule.kind is Kind.SYSTEM:
            kept_here = True
        elif rule.answers or not kept_here:
            return rule
    return None


def _delegations(rule: ResolverRule) -> Iterator[Record]:
    """Yield the records that hand a part of a zone over: "You can now create NS records in a private hosted zone"."""
    return (record for record in rule.records if record.type == "NS" and record.name != rule.domain)


def _values(records: Iterable[Record]) -> frozenset[tuple[str, tuple[str, ...]]]:
    return frozenset((record.type, record.values) for record in records)
