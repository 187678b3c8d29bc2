"""A decision in words, and as JSON; pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from northsouth.dns.matching import PlacedRule
from northsouth.dns.resolution import Decision, Outcome, Step, Verdict
from northsouth.dns.resolver_rules import Kind, Lookup, ResolverRule, State
from northsouth.dns.ruleset import DomainList

_MEANING = {
    Verdict.PASSED: "no rule matches it; it is resolved as usual.",
    Verdict.ALLOWED: "a rule allows it; it is resolved as usual.",
    Verdict.ALERTED: "it is resolved as usual, and marked in metrics and query logs.",
    Verdict.NODATA: "it is answered with no records (NODATA).",
    Verdict.NXDOMAIN: "it is answered as a name that does not exist (NXDOMAIN).",
}


def as_text(decision: Decision, source: str) -> Iterator[str]:
    """Yield the lines of an explanation."""
    loop = ", in a loop" if decision.loop else ""
    yield f"{decision.name} {decision.q_type} in {decision.vpc}: {decision.verdict}{loop}"
    yield f"  What happens: {_meaning(decision.outcome)}"
    if decision.rule is not None:
        yield f"  Decided by:   {_rule(decision.rule)}"
    for option in decision.outcome.possible:
        yield f"  Possible:     {_possible(option)}"
    yield from _chain_lines(decision)
    yield from _answer_lines(decision)
    if decision.verdict is Verdict.OVERRIDDEN and not decision.loop:
        original = decision.name.rstrip(".")
        yield f"  Mind:         TLS and HTTP still use {original}; the target needs a certificate for it."
    if decision.vpc.resolver_off:
        yield "  Mind:         enable_dns_support is not true, so the VPC's Resolver answers no query and no rule acts."
    if decision.vpc.associations:
        mode = "passes (fail-open)" if decision.vpc.fail_open else "is answered SERVFAIL (fail-closed)"
        yield f"  In a failure: a query that DNS Firewall cannot judge {mode}."
    else:
        yield f"  Mind:         no rule group is associated with this VPC in {source}."


def _chain_lines(decision: Decision) -> Iterator[str]:
    if len(decision.chain) > 1:
        yield f"  Chain:        {_chain(decision)}"
        if len(decision.matched) > 1:
            for step in decision.matched:
                yield f"  Judged:       {_judgement(step)}"
    if decision.trusted:
        yield f"  Our reading:  an earlier rule trusts {', '.join(decision.trusted)}; AWS does not document it."


def _answer_lines(decision: Decision) -> Iterator[str]:
    if decision.lookup is not None and decision.lookup.rule is not None:
        yield f"  Looked up:    {_place(decision.lookup.rule)}"
    yield f"  Connects to:  {_connection(decision)}"
    if decision.state is State.UNKNOWN and decision.lookup is not None:
        for line in _doubts(decision.lookup, decision.q_type):
            yield f"  Possible:     {line}"


def as_json(decision: Decision, source: str) -> dict[str, Any]:
    """Return the decision as a JSON object; keys are stable."""
    vpc = decision.vpc
    return {
        "source": source,
        "vpc": {"address": vpc.address, "id": vpc.id or None, "name": vpc.name or None, "fail_open": vpc.fail_open},
        "name": decision.name,
        "type": decision.q_type,
        **_outcome(decision.outcome),
        "possible": [_outcome(option) for option in decision.outcome.possible],
        "chain": [
            {
                "name": step.name,
                "leads_to": step.leads_to,
                "because": step.because or None,
                **(_outcome(step.outcome) if step.outcome else {"verdict": None, "rule": None, "override": None}),
            }
            for step in decision.chain
        ],
        "loop": decision.loop,
        "connects_to": decision.connects_to,
        "addresses": list(decision.addresses),
        "lookup": _lookup(decision) if decision.reaches else None,
    }


def _lookup(decision: Decision) -> dict[str, Any]:
    lookup = decision.lookup or Lookup(None, ())
    return {
        "state": str(decision.state),
        "rule": lookup.rule.address if lookup.rule else None,
        "kind": str(lookup.rule.kind) if lookup.rule else None,
        "servers": list(lookup.rule.servers) if lookup.rule else [],
        "doubts": [
            {"rule": rule.address, "why": rule.unknown, "state": str(other.likely(decision.q_type))}
            for rule, other in lookup.disputed(decision.q_type)
        ],
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    placed = outcome.placed
    rule = placed.rule if placed else None
    return {
        "verdict": str(outcome.verdict),
        "rule": {
            "address": placed.rule.address,
            "name": placed.rule.name or None,
            "priority": placed.rule.priority,
            "group": placed.association.group.name or placed.association.group.address,
            "association": placed.association.address,
            "association_priority": placed.association.priority,
        }
        if placed
        else None,
        "override": {"target": rule.target, "target_expression": rule.target_expression or None, "ttl": rule.ttl}
        if rule and rule.overrides
        else None,
    }


def _meaning(outcome: Outcome) -> str:
    if outcome.verdict is Verdict.OVERRIDDEN and outcome.placed is not None:
        rule = outcome.placed.rule
        ttl = "an unknown TTL" if rule.ttl is None else f"TTL {rule.ttl} s"
        return f"it is answered with a CNAME to {_target(outcome.placed)}, {ttl}."
    if outcome.verdict is Verdict.UNDETERMINED:
        return "it depends on something this file does not say."
    return _MEANING[outcome.verdict]


def _target(placed: PlacedRule) -> str:
    return placed.rule.target or f"{placed.rule.target_expression or 'a name'} (known only after apply)"


def _rule(placed: PlacedRule) -> str:
    group = placed.association.group
    return (
        f"{placed.rule.address}, priority {placed.rule.priority} of group {group.name or group.address} "
        f"(association priority {placed.association.priority})"
    )


def _possible(option: Outcome) -> str:
    if option.placed is None:
        return f"{option.verdict}: no rule matches"
    rule = option.placed.rule
    why = rule.domains.unknown or _unclear(rule.domains) or rule.unknown or option.placed.association.unknown
    verdict = "an action that is not in this file" if option.verdict is Verdict.UNDETERMINED else str(option.verdict)
    reason = "" if option.placed.certain or not why else f": {why}"
    return f"{verdict}, by {rule.address}{reason}"


def _unclear(domains: DomainList) -> str:
    return f"AWS does not say what *{', *'.join(domains.suffixes)} matches" if domains.suffixes else ""


def _judgement(step: Step) -> str:
    outcome = step.outcome
    rules = [outcome] if outcome and outcome.placed else outcome.possible if outcome else ()
    by = ", ".join(option.placed.rule.address for option in rules if option.placed)
    return f"{step.name} {outcome.verdict if outcome else ''}, by {by}"


def _chain(decision: Decision) -> str:
    steps = [decision.chain[0].name]
    steps.extend(f"{_arrow(step)} {step.leads_to}" for step in decision.chain if step.leads_to is not None)
    return " ".join(steps)


def _arrow(step: Step) -> str:
    return f"-({step.because})->"


def _connection(decision: Decision) -> str:
    if decision.loop:
        return "nothing: the chain never ends."
    if decision.reaches:
        return _answer(decision)
    last = decision.chain[-1]
    if last.leads_to is not None:
        return "nothing: the chain is too long."
    if last.outcome is not None and last.outcome.verdict is Verdict.OVERRIDDEN and last.outcome.placed is not None:
        return _target(last.outcome.placed)
    if last.outcome is not None and last.outcome.verdict is Verdict.UNDETERMINED:
        doubts = [option.placed.rule.address for option in last.outcome.possible if option.placed]
        return f"{last.name}, unless it is matched by {', '.join(doubts)}."
    return "nothing."


_PLACES = {
    Kind.FORWARD: "by the forwarding rule",
    Kind.SYSTEM: "by the system rule",
    Kind.ZONE: "in the private zone",
    Kind.ENDPOINT: "in the private DNS of",
    Kind.OWN: "by the Resolver itself,",
}


def _place(rule: ResolverRule) -> str:
    profile = "" if rule.local else ", by the VPC's Route 53 Profile"
    return f"{_PLACES[rule.kind]} {rule.address} ({rule.domain}){profile}"


def _answer(decision: Decision) -> str:
    """Say what the last name of a chain, which DNS Firewall lets through, leads to."""
    name, lookup = decision.chain[-1].name, decision.lookup
    if decision.addresses:
        return f"{name} ({', '.join(decision.addresses)})"
    if lookup is None or decision.state is State.PUBLIC:
        return name
    if decision.state is State.RECORDS:
        return f"{name}; its address is not in this file."
    if decision.state is State.FORWARDED and lookup.rule is not None:
        return f"{name}, which is asked of {', '.join(lookup.rule.servers) or 'other DNS servers'}"
    if decision.state is State.MISSING:
        also = ", as AWS says even for a name that has other types" if lookup.records else ""
        return f"nothing: the zone has no {decision.q_type} record for {name}, so the answer is NXDOMAIN{also}."
    why = "" if lookup.disputed(decision.q_type) else f": {lookup.incomplete}"
    return f"{name}, undetermined{why}"


def _doubts(lookup: Lookup, q_type: str) -> Iterator[str]:
    """Yield what may be answered, each with who would answer."""
    disputed = lookup.disputed(q_type)
    if disputed:
        yield _likely(lookup, q_type)
    for rule, other in disputed:
        yield f"{_likely(other, q_type)}, if the VPC has {rule.address}: {rule.unknown}"


def _likely(lookup: Lookup, q_type: str) -> str:
    values = [value for record in lookup.answer(q_type) for value in record.values]
    by = f" by {lookup.rule.address}" if lookup.rule else ""
    state = lookup.likely(q_type)
    if state is State.RECORDS:
        return f"{', '.join(values) or 'records known only after apply'}{by}"
    words = {
        State.PUBLIC: "what the public DNS says",
        State.FORWARDED: "what other DNS servers say",
        State.MISSING: "NXDOMAIN",
        State.UNKNOWN: "what the zone holds",
    }
    return f"{words[state]}{by}"
