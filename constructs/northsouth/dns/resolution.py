"""Answers as Route 53 Resolver DNS Firewall would; pure.

DNS Firewall walks the rule groups of a VPC by association priority and their rules by priority, the lowest first, until
one matches; ALLOW, ALERT and BLOCK all end the walk. Sources: "How Route 53 Resolver DNS Firewall works" and "Rule
actions in DNS Firewall" in the Route 53 developer guide.

A rule judges every name of a redirection chain unless it is set to ``TRUST_REDIRECTION_DOMAIN``: then it judges the
queried name only. Each name of a chain is judged by itself, from the first rule on. The first BLOCK in the order of the
chain decides the query; without one an ALERT on any name does, and without that an ALLOW. Source: "The individual
domains in the redirection chain must be added to the domain list"
(https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_CreateFirewallRule.html).

Three points are our reading, because AWS documents none of them:

- What a trusting rule lets through is trusted to the chain's end, by later rules too. It follows from the purpose of
  the setting ("You don't need to add the subsequent domains in the redirection chain to the domain list").
- The target of an override is judged again, as if the client had asked for it. That is documented for a client that
  does ask: "DNS Firewall evaluates it as an independent query with no trust context from the original query".
- Of a chain that is blocked at a later name, a client gets the redirections before that name.

What DNS Firewall lets through is looked up by the rules of the VPC's Resolver (:mod:`northsouth.dns.resolver_rules`).

What cannot be known here is never guessed: where an AWS-managed list or a value known only after apply could decide
otherwise, the verdict is ``UNDETERMINED`` and the outcomes that remain are listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from northsouth.dns.matching import PlacedRule, RuleIndex
from northsouth.dns.records import Record, query_name, query_type
from northsouth.dns.resolver_rules import Lookup, Resolver, State
from northsouth.dns.ruleset import Action, Response, Ruleset, Vpc

MAX_CHAIN = 16
"""Most names of a chain that are followed; resolvers give up about there, too."""

UNFOLLOWED = frozenset({"CNAME", "ANY"})
"""Query types that a CNAME itself answers, so that it is not followed (RFC 1034, 4.3.2)."""


class Verdict(StrEnum):
    """What becomes of a query."""

    PASSED = "passed"
    """No rule matched; it is resolved as usual."""
    ALLOWED = "allowed"
    ALERTED = "alerted"
    """Resolved as usual, and marked in the query log."""
    NODATA = "nodata"
    NXDOMAIN = "nxdomain"
    OVERRIDDEN = "overridden"
    UNDETERMINED = "undetermined"
    """It depends on something this document does not say; see ``possible``."""

    @property
    def resolves(self) -> bool:
        """Whether DNS Firewall lets the query go on to be resolved."""
        return self in _RESOLVES


_RESOLVES = frozenset({Verdict.PASSED, Verdict.ALLOWED, Verdict.ALERTED})
_BLOCKED: Mapping[Response | None, Verdict] = {
    Response.NODATA: Verdict.NODATA,
    Response.NXDOMAIN: Verdict.NXDOMAIN,
    Response.OVERRIDE: Verdict.OVERRIDDEN,
}
_LET_THROUGH: Mapping[Action | None, Verdict] = {Action.ALLOW: Verdict.ALLOWED, Action.ALERT: Verdict.ALERTED}


class Outcome(NamedTuple):
    """What the rules say to one name.

    Attributes:
        verdict: what becomes of it.
        placed: the rule that made the decision and where it stands; None if no rule did.
        possible: with ``UNDETERMINED``, every outcome that remains possible, in the order of the rules.

    """

    verdict: Verdict
    placed: PlacedRule | None = None
    possible: tuple[Outcome, ...] = ()

    @property
    def effect(self) -> tuple[Verdict, str | None, str, int | None]:
        """What a client would notice; the same for outcomes that differ only in the rule that made them."""
        rule = self.placed.rule if self.placed else None
        if rule is None or self.verdict is not Verdict.OVERRIDDEN:
            return self.verdict, None, "", None
        return self.verdict, rule.target, rule.target_expression, rule.ttl


class Step(NamedTuple):
    """One name of a chain.

    Attributes:
        name: the canonical name.
        outcome: what the rules say to it; None if it is not judged: an earlier rule trusts the chain, or Route 53 came
            to it by an alias, which is no redirection in the DNS.
        leads_to: the name it leads to, or None where the chain ends or the name is known only after apply.
        because: why it leads there: ``override``, ``cname``, ``alias``, or empty.

    """

    name: str
    outcome: Outcome | None
    leads_to: str | None = None
    because: str = ""


class Decision(NamedTuple):
    """The answer to one query.

    Attributes:
        name: the canonical name asked for.
        q_type: the type asked for.
        vpc: the VPC it was asked in.
        outcome: what decides the query: the first BLOCK of the chain, else an ALERT, else an ALLOW, else the first.
        chain: the names in order, from the queried one; more than one with overrides and redirections.
        addresses: the addresses that the last name has in the known records, for types A and AAAA.
        loop: whether the chain comes back to a name in it.
        lookup: where the last name is looked up; None if it is not, or nothing is known of the VPC's DNS.

    """

    name: str
    q_type: str
    vpc: Vpc
    outcome: Outcome
    chain: tuple[Step, ...]
    addresses: tuple[str, ...] = ()
    loop: bool = False
    lookup: Lookup | None = None

    @property
    def verdict(self) -> Verdict:
        """What becomes of the query."""
        return self.outcome.verdict

    @property
    def rule(self) -> PlacedRule | None:
        """The rule that made the decision, or None."""
        return self.outcome.placed

    @property
    def matched(self) -> tuple[Step, ...]:
        """The names of the chain that some rule matches, or may match."""
        return tuple(step for step in self.chain if step.outcome is not None and step.outcome != _PASSED)

    @property
    def trusted(self) -> tuple[str, ...]:
        """The names that no rule judges because an earlier one trusts redirections: our reading, AWS is silent."""
        names: list[str] = []
        trusting = False
        for step in self.chain:
            if step.outcome is not None:
                trusting = _trusts(step.outcome) and step.because == "cname"
            elif trusting:
                names.append(step.name)
        return tuple(names)

    @property
    def state(self) -> State:
        """What is known of the answer to the last name of the chain."""
        return State.PUBLIC if self.lookup is None else self.lookup.state(self.q_type)

    @property
    def reaches(self) -> bool:
        """Whether DNS Firewall lets the last name of the chain through."""
        return _reached(self.chain[-1])

    @property
    def connects_to(self) -> str | None:
        """The name whose address a client ends up with; None if it gets none, or that cannot be known."""
        known = self.state not in (State.MISSING, State.UNKNOWN)
        return self.chain[-1].name if self.reaches and known else None

    @property
    def missing(self) -> bool:
        """Whether the chain ends with a name that a private zone does not have."""
        return self.lookup is not None and self.state is State.MISSING


class Firewall:
    """The rules of one VPC, indexed: a look-up costs one dictionary access for each label of the name.

    Args:
        vpc: the VPC.
        records: DNS records that are known besides those of the VPC's private zones.

    """

    def __init__(self, vpc: Vpc, records: Iterable[Record] = ()) -> None:
        self.vpc = vpc
        self.resolver = Resolver(vpc.resolver_rules, records)
        self.index = RuleIndex(vpc.associations)
        self._outcomes = (*self._certain_outcomes(), None if self.index.uncertain else _PASSED)

    def judge(self, name: str, q_type: str = "A", *, redirected: bool = False) -> Outcome:
        """Return what the rules say to one canonical name, without following it anywhere.

        Args:
            name: a name as :func:`~northsouth.dns.records.query_name` returns it.
            q_type: a type as :func:`~northsouth.dns.records.query_type` returns it.
            redirected: whether it is a later name of a redirection chain, which only inspecting rules judge.

        """
        outcome = self._outcomes[self.index.first(name, q_type, inspecting=redirected)]
        return outcome or weigh(self.index.all(name, q_type, inspecting=redirected))

    def _certain_outcomes(self) -> Iterator[Outcome | None]:
        """Yield, by position, the outcome when that rule is the first to match, or None if it leaves doubt."""
        doubt = self.index.uncertain[0].position if self.index.uncertain else len(self.index.rules)
        for placed in self.index.rules:
            verdict = _verdict(placed)
            certain = placed.certain and placed.position < doubt and verdict is not Verdict.UNDETERMINED
            yield Outcome(verdict, placed) if certain else None

    def resolve(self, name: str, q_type: str = "A", *, cnames: Mapping[str, str] | None = None) -> Decision:
        """Return the decision about a query, followed as far as the known records lead.

        Args:
            name: the name, in any case, with or without trailing dot.
            q_type: the type: ``A``, ``AAAA``, ``TYPE65``.
            cnames: known redirections besides the records, canonical names both.

        Raises:
            InvalidQueryError: if no DNS query can carry the name or the type.

        """
        wanted, kind = query_name(name), query_type(q_type)
        outcome = self.judge(wanted, kind)
        if not cnames and self.resolver.empty:
            chain = self._short_chain(wanted, kind, outcome)
            if chain is not None:
                return Decision(wanted, kind, self.vpc, outcome, chain)
        return self._follow(wanted, kind, outcome, cnames or {})

    def _short_chain(self, name: str, kind: str, outcome: Outcome) -> tuple[Step, ...] | None:
        """Return the chain of a name without redirections and with one override at most; None for a longer one.

        Nearly every query is like this, and need not pay for following a chain.
        """
        if outcome.verdict is not Verdict.OVERRIDDEN or outcome.placed is None:
            return (Step(name, outcome),)
        target = outcome.placed.rule.target
        if target is None or kind in UNFOLLOWED:
            return (Step(name, outcome, None, "override"),)
        next_outcome = self.judge(target, kind)
        if next_outcome.verdict is Verdict.OVERRIDDEN:
            return None
        return Step(name, outcome, target, "override"), Step(target, next_outcome)

    def _follow(self, wanted: str, kind: str, first: Outcome, cnames: Mapping[str, str]) -> Decision:
        steps: list[Step] = []
        seen: set[str] = set()
        deciding = first
        name, outcome, trusted, doubtful = wanted, first, False, False
        while True:
            seen.add(name)
            step = self._step(name, kind, None if trusted and steps else outcome, cnames)
            steps.append(step)
            loop = step.leads_to in seen
            if step.leads_to is None or loop or len(steps) == MAX_CHAIN:
                break
            fresh = step.because == "override"
            # A client that follows an override asks anew, so every rule judges the target; a record's redirection is
            # one query's chain, which a trusting rule does not look into. An alias is followed inside Route 53.
            trusted = not fresh and (trusted or step.because == "alias" or _trusts(outcome))
            name = step.leads_to
            before = outcome
            outcome = self.judge(name, kind, redirected=not fresh)
            doubtful = not fresh and (doubtful or _may_trust(before))
            if doubtful and not _lets_through(outcome):
                outcome = Outcome(Verdict.UNDETERMINED, None, (*(outcome.possible or (outcome,)), _PASSED))
            if not trusted and _weight(outcome) > _weight(deciding):
                deciding = outcome
        is_looked_up = _reached(steps[-1]) and not self.resolver.empty
        lookup = self.resolver.find(name) if is_looked_up else None
        addresses = lookup.addresses(kind) if lookup is not None else ()
        return Decision(wanted, kind, self.vpc, deciding, tuple(steps), addresses, loop, lookup)

    def _step(self, name: str, kind: str, outcome: Outcome | None, cnames: Mapping[str, str]) -> Step:
        if outcome is not None and outcome.verdict is Verdict.OVERRIDDEN:
            target = outcome.placed.rule.target if outcome.placed and kind not in UNFOLLOWED else None
            return Step(name, outcome, target, "override")
        if outcome is not None and not _lets_through(outcome):
            return Step(name, outcome)
        if kind in UNFOLLOWED:
            return Step(name, outcome)
        if name in cnames:
            return Step(name, outcome, cnames[name], "cname")
        redirection = self.resolver.find(name).redirection(kind)
        return Step(name, outcome, redirection[1], redirection[0].lower()) if redirection else Step(name, outcome)


_PASSED = Outcome(Verdict.PASSED)


def firewalls(ruleset: Ruleset, records: Iterable[Record] = ()) -> Iterator[Firewall]:
    """Yield the indexed rules of each VPC of a ruleset, with its records and those given besides."""
    together = (*ruleset.records, *records)
    return (Firewall(vpc, together) for vpc in ruleset.vpcs)


def _verdict(placed: PlacedRule) -> Verdict:
    rule = placed.rule
    if rule.action is Action.BLOCK:
        return _BLOCKED.get(rule.response, Verdict.UNDETERMINED)
    return _LET_THROUGH.get(rule.action, Verdict.UNDETERMINED)


def weigh(matches: Iterable[PlacedRule]) -> Outcome:
    """Return the outcome of rules that match, or may match, in their order."""
    possible: list[Outcome] = []
    for placed in matches:
        possible.append(Outcome(_verdict(placed), placed))
        if placed.certain:
            break
    else:
        possible.append(_PASSED)
    if len({outcome.effect for outcome in possible}) == 1 and possible[0].verdict is not Verdict.UNDETERMINED:
        return possible[-1]
    return Outcome(Verdict.UNDETERMINED, None, tuple(possible))


def _lets_through(outcome: Outcome) -> bool:
    return outcome.verdict.resolves or (
        bool(outcome.possible) and all(option.verdict.resolves for option in outcome.possible)
    )


def _trusts(outcome: Outcome) -> bool:
    return outcome.placed is not None and outcome.verdict.resolves and not outcome.placed.rule.inspects


def _may_trust(outcome: Outcome) -> bool:
    """Tell whether a rule that trusts redirections may have let a name through, and another as well."""
    return any(_trusts(option) for option in outcome.possible)


_LEVELS = {Verdict.PASSED: 0, Verdict.ALLOWED: 1, Verdict.ALERTED: 2}


def _weight(outcome: Outcome) -> tuple[int, bool]:
    """Return how much an outcome of one name says about the whole chain; what is certain says more."""
    options = outcome.possible if outcome.possible and _lets_through(outcome) else (outcome,)
    return max(_LEVELS.get(option.verdict, len(_LEVELS)) for option in options), not outcome.possible


def _reached(step: Step) -> bool:
    """Tell whether a chain ends here with an answer: it leads nowhere else, and no rule blocks it."""
    return step.because == "" and (step.outcome is None or _lets_through(step.outcome))
