"""DNS messages for decisions: what a client in the VPC would get. Needs dnspython (the extra ``dns``).

dnspython was chosen because it is typed, maintained by the author of much of the DNS software it is tested against, and
leaves sockets to its user: a server for a handful of tests needs no more than asyncio (:mod:`northsouth.dns.server`).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import MappingProxyType

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from northsouth.dns.records import InvalidQueryError, query_type
from northsouth.dns.resolution import MAX_CHAIN, Decision, Firewall, Step, Verdict
from northsouth.dns.resolver_rules import State
from northsouth.dns.ruleset import Vpc

PAYLOAD = 1232
"""Largest UDP answer: what fits an unfragmented IPv6 packet (https://www.dnsflagday.net/2020/)."""

RECORD_TTL = 60
"""TTL of addresses and redirections that come from the file or the command line, in seconds."""

_HEADER = 12
_ONE_QUESTION = 1

Ask = Callable[[str, str], Awaitable[dns.message.Message]]
"""Looks a name and a type up elsewhere; raises ``OSError``, ``EOFError`` or ``DNSException`` when that fails."""

Log = Callable[[str], None]


def placeholder(expression: str) -> str:
    """Return the name that stands for a target known only after apply: ``aws_lb.hub.dns_name.invalid.``.

    ``.invalid`` never exists (RFC 2606), so no real host is reached by mistake.

    Args:
        expression: where the target comes from, ``aws_lb.hub["eu"].dns_name``.

    """
    labels = (re.sub(r"[^a-z0-9_-]+", "-", part).strip("-")[:63] for part in expression.lower().split("."))
    return f"{'.'.join(label for label in labels if label)[:200].strip('.') or 'target'}.invalid."


def with_placeholders(vpc: Vpc) -> Vpc:
    """Return a VPC whose overrides all have a target, a placeholder where it is known only after apply."""
    associations = []
    for association in vpc.associations:
        rules = tuple(
            dataclasses.replace(rule, target=placeholder(rule.target_expression or rule.address))
            if rule.overrides and rule.target is None
            else rule
            for rule in association.group.rules
        )
        associations.append(dataclasses.replace(association, group=dataclasses.replace(association.group, rules=rules)))
    return dataclasses.replace(vpc, associations=tuple(associations))


class Responder:
    """Answers wire-format queries as the Resolver of one VPC would.

    Args:
        firewall: the rules, and the records that are known.
        ask: where names go that the rules let through and no record answers; None answers them SERVFAIL.
        log: is given one line for each query.

    """

    def __init__(self, firewall: Firewall, ask: Ask | None = None, log: Log = lambda _: None) -> None:
        self._firewall = firewall
        self._ask = ask
        self._log = log

    async def respond(self, wire: bytes, *, max_size: int | None = None) -> bytes | None:
        """Return the answer to one message, or None if it deserves none.

        Args:
            wire: the message.
            max_size: the most bytes the answer may have (UDP); by default what the query's EDNS allows.

        """
        if len(wire) < _HEADER or wire[2] & 0x80:  # too short for an id, or an answer: silence, lest two servers chat
            return None
        try:
            query = dns.message.from_wire(wire)
        except (dns.exception.DNSException, ValueError):
            return _header_only(wire, dns.rcode.FORMERR)
        response = await self._answer(query)
        size = max_size if max_size is not None else _payload(query)
        return response.to_wire(max_size=size, prefer_truncation=True)

    async def _answer(self, query: dns.message.Message) -> dns.message.Message:
        response = dns.message.make_response(query, recursion_available=True, our_payload=PAYLOAD)
        if query.opcode() != dns.opcode.QUERY:
            response.set_rcode(dns.rcode.NOTIMP)
        elif query.edns > 0:  # RFC 6891, 6.1.3: the answer tells the highest version that is known, 0
            response.use_edns(edns=0, payload=PAYLOAD)
            response.set_rcode(dns.rcode.BADVERS)
        elif len(query.question) != _ONE_QUESTION:
            response.set_rcode(dns.rcode.FORMERR)
        elif query.question[0].rdclass != dns.rdataclass.IN or _is_refused(query.question[0].rdtype):
            response.set_rcode(dns.rcode.REFUSED)
        else:
            await self._decide(query.question[0], response)
        return response

    async def _decide(self, question: dns.rrset.RRset, response: dns.message.Message) -> None:
        kind = query_type(f"TYPE{int(question.rdtype)}")
        try:
            decision = self._firewall.resolve(question.name.to_text(), kind)
        except InvalidQueryError:  # the root, or bytes that no rule can name: no rule matches
            self._log(f"{question.name} {kind}: passed")
            await self._elsewhere(question.name, kind, response, MAX_CHAIN)
            return
        self._log(f"{decision.name} {kind}: {_in_short(decision)}")
        await self._fill(question.name, decision, response, MAX_CHAIN)

    async def _fill(
        self,
        owner: dns.name.Name,
        decision: Decision,
        response: dns.message.Message,
        hops: int,
        ttls: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        """Write the answer to a decision; ``ttls`` are those of the redirections that an upstream returned."""
        for step in decision.chain:
            verdict = step.outcome.verdict if step.outcome else Verdict.PASSED
            if verdict is Verdict.NXDOMAIN:
                response.set_rcode(dns.rcode.NXDOMAIN)
            elif verdict is Verdict.UNDETERMINED and step.leads_to is None and not decision.reaches:
                await self._undetermined(owner, step, decision, response, hops)
            elif verdict is Verdict.OVERRIDDEN and step.outcome and step.outcome.placed:
                rule = step.outcome.placed.rule
                owner = _add(response, owner, rule.ttl or 0, "CNAME", [rule.target or "."])
            elif step.leads_to is not None and step.because != "alias":  # a client sees the alias's own addresses
                owner = _add(response, owner, ttls.get(step.name, RECORD_TTL), "CNAME", [step.leads_to])
        if decision.loop:
            _fail(response, "the chain of overrides is a loop")
        elif decision.reaches:
            await self._last(owner, decision, response, hops)

    async def _undetermined(
        self, owner: dns.name.Name, step: Step, decision: Decision, response: dns.message.Message, hops: int
    ) -> None:
        """Answer what is certain: an override itself, and the target's records; nothing for an undetermined name."""
        if decision.verdict is not Verdict.OVERRIDDEN:
            doubts = [option.placed.rule.address for option in decision.outcome.possible if option.placed]
            _fail(response, f"{step.name} is undetermined: {', '.join(doubts)}")
            return
        lookup = self._firewall.resolver.find(step.name)
        known = lookup.addresses(decision.q_type)
        await self._last(owner, decision._replace(addresses=known, lookup=lookup), response, hops)

    async def _last(self, owner: dns.name.Name, decision: Decision, response: dns.message.Message, hops: int) -> None:
        """Add the records of the name that a chain ends with."""
        lookup = decision.lookup
        if decision.q_type == "ANY":
            # "synthesize an HINFO resource record": RFC 8482, 4.2; AWS does not say what its Resolver answers.
            _add(response, owner, RECORD_TTL, "HINFO", ['"RFC8482" ""'])
        elif decision.addresses and decision.q_type in ("A", "AAAA"):
            _add(response, owner, RECORD_TTL, decision.q_type, decision.addresses)
        elif decision.missing:
            response.set_rcode(dns.rcode.NXDOMAIN)
        elif lookup is not None and lookup.rule is None and lookup.records and decision.state is State.PUBLIC:
            return  # the name is known and has no such record: NODATA
        elif self._ask is not None or len(decision.chain) == 1:
            await self._elsewhere(owner, decision.q_type, response, hops)

    async def _elsewhere(self, name: dns.name.Name, kind: str, response: dns.message.Message, hops: int) -> None:
        if hops == 0:
            _fail(response, "the chain of redirections is too long")
            return
        if self._ask is None:
            _fail(response, "no rule overrides this name, and there is no --upstream to ask")
            return
        try:
            answer = await self._ask(name.to_text(), kind)
        except (OSError, EOFError, dns.exception.DNSException) as error:
            _fail(response, f"the upstream does not answer: {error}")
            return
        cnames = {
            str(rrset.name).lower(): (str(rrset[0].target).lower(), rrset.ttl)
            for rrset in answer.answer
            if rrset.rdtype == dns.rdatatype.CNAME
        }
        blocked = self._redirected(name.to_text(), kind, {owner: target for owner, (target, _) in cnames.items()})
        if blocked is not None and blocked.verdict is not Verdict.PASSED:
            self._log(f"{blocked.name} {kind}: {_in_short(blocked)}, by a redirection from upstream")
            ttls = {owner: ttl for owner, (_, ttl) in cnames.items()}
            await self._fill(name, blocked, response, hops - 1, ttls)
            return
        response.answer.extend(answer.answer)
        response.authority.extend(answer.authority)
        response.set_rcode(answer.rcode())

    def _redirected(self, name: str, kind: str, cnames: Mapping[str, str]) -> Decision | None:
        """Judge the names that the upstream's answer redirects through, as inspecting rules do."""
        try:
            decision = self._firewall.resolve(name, kind, cnames=cnames) if cnames else None
        except InvalidQueryError:
            return None
        return None if decision is None or decision.verdict.resolves else decision


def _is_refused(rdtype: dns.rdatatype.RdataType) -> bool:
    """Tell whether a type cannot be asked of a name: transfers and types of messages. ``ANY`` can be asked."""
    return dns.rdatatype.is_metatype(rdtype) and rdtype != dns.rdatatype.ANY


def _add(
    response: dns.message.Message, owner: dns.name.Name, ttl: int, kind: str, values: Iterable[str]
) -> dns.name.Name:
    """Add records and return the name that a CNAME leads to, or the owner."""
    rrset = dns.rrset.from_text_list(owner, ttl, "IN", kind, list(values))
    response.answer.append(rrset)
    return dns.name.from_text(next(iter(values))) if kind == "CNAME" else owner


def _fail(response: dns.message.Message, why: str) -> None:
    """Answer SERVFAIL, with the reason where the client can show it (RFC 8914)."""
    response.set_rcode(dns.rcode.SERVFAIL)
    response.answer.clear()
    if response.edns >= 0:
        reason = dns.edns.EDEOption(dns.edns.EDECode.OTHER, why[:200])
        response.use_edns(edns=0, payload=PAYLOAD, options=[reason])


def _header_only(wire: bytes, code: int) -> bytes:
    """Answer a message that cannot be read: its id, and a code."""
    return wire[:2] + bytes([0x80 | (wire[2] & 0x79), 0x80 | code]) + bytes(8)


def _payload(query: dns.message.Message) -> int:
    return max(512, min(query.payload, PAYLOAD)) if query.edns >= 0 else 512


def _in_short(decision: Decision) -> str:
    rule = f" by {decision.rule.rule.address}" if decision.rule else ""
    target = decision.chain[0].leads_to if decision.verdict is Verdict.OVERRIDDEN else None
    return f"{decision.verdict}{f' to {target}' if target else ''}{rule}"
