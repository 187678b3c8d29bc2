"""Messages: redirections from upstream, truncation, and bytes that are no message."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.dns.records import InvalidQueryError, Record, host, query_type
from northsouth.dns.resolution import Firewall
from northsouth.dns.resolver_rules import Kind, ResolverRule
from tests.dns.rules import firewall, rule, vpc

pytest.importorskip("dns", reason="dnspython is not installed (pip install 'northsouth[dns]')")

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from northsouth.dns.answers import Responder, placeholder
from northsouth.dns.server import Upstream


def upstream(*records: str) -> Responder:
    """Return a look-up that answers every query with the same records, ``owner type value`` each."""

    async def ask(name: str, kind: str) -> dns.message.Message:
        response = dns.message.make_response(dns.message.make_query(name, kind))
        for line in records:
            owner, type_, value = line.split()
            response.answer.append(dns.rrset.from_text(owner, 5, "IN", type_, value))
        return response

    return ask  # type: ignore[return-value]


def answer(wall: Firewall, name: str, ask: object = None, kind: str = "A", **options: object) -> dns.message.Message:
    wire = dns.message.make_query(name, kind, **options).to_wire()
    response = asyncio.run(Responder(wall, ask).respond(wire))
    assert response is not None
    return dns.message.from_wire(response)


def lines(response: dns.message.Message) -> Sequence[str]:
    return [line for rrset in response.answer for line in rrset.to_text().splitlines()]


def test_a_redirection_from_upstream_is_judged() -> None:
    ask = upstream("shop.example. CNAME cdn.example.", "cdn.example. A 192.0.2.1")
    through = answer(firewall(), "shop.example", ask)
    assert lines(through) == ["shop.example. 5 IN CNAME cdn.example.", "cdn.example. 5 IN A 192.0.2.1"]
    blocked = answer(firewall(rule(1, "NXDOMAIN", "cdn.example.")), "shop.example", ask)
    assert blocked.rcode() == dns.rcode.NXDOMAIN
    assert lines(blocked) == ["shop.example. 5 IN CNAME cdn.example."]
    trusted = firewall(rule(1, "ALLOW", "shop.example.", inspects=False), rule(2, "NXDOMAIN", "*."))
    assert answer(trusted, "shop.example", ask).rcode() == dns.rcode.NOERROR


def test_an_override_s_target_is_asked_upstream() -> None:
    wall = firewall(rule(1, "OVERRIDE", "a.example.", to="b.internal."))
    assert lines(answer(wall, "a.example", upstream("b.internal. A 10.0.0.1"))) == [
        "a.example. 60 IN CNAME b.internal.",
        "b.internal. 5 IN A 10.0.0.1",
    ]


def test_a_managed_list_leaves_the_override_certain_and_other_names_not() -> None:
    managed = rule(2, "NXDOMAIN", unknown_list="its names are not in this file")
    wall = firewall(
        rule(1, "OVERRIDE", "a.example.", to="b.internal."), managed, records=host("b.internal", "10.0.0.1")
    )
    assert lines(answer(wall, "a.example")) == ["a.example. 60 IN CNAME b.internal.", "b.internal. 60 IN A 10.0.0.1"]
    asked = answer(firewall(rule(1, "OVERRIDE", "a.example.", to="b.internal."), managed), "a.example")
    assert lines(asked) == ["a.example. 60 IN CNAME b.internal."]
    assert answer(wall, "www.example", upstream("www.example. A 192.0.2.1")).rcode() == dns.rcode.SERVFAIL


def test_redirections_between_upstream_and_rules_end() -> None:
    wall = firewall(rule(1, "OVERRIDE", "a.example.", to="b.example."))
    assert answer(wall, "a.example", upstream("b.example. CNAME a.example.")).rcode() == dns.rcode.SERVFAIL


def test_an_alias_is_answered_with_its_addresses() -> None:
    records = (Record("a.example.", "ALIAS", ("lb.example.",)), *host("lb.example", "192.0.2.1"))
    assert lines(answer(firewall(records=records), "a.example")) == ["a.example. 60 IN A 192.0.2.1"]


def test_an_upstream_that_fails_is_a_servfail() -> None:
    async def ask(name: str, kind: str) -> dns.message.Message:
        raise OSError(f"{name} {kind}: no route")

    assert answer(firewall(), "a.example", ask).rcode() == dns.rcode.SERVFAIL


def test_a_long_answer_is_cut_over_udp_and_whole_over_tcp() -> None:
    records = (Record("a.example.", "A", tuple(f"10.0.{number}.1" for number in range(200))),)
    wall = firewall(records=records)
    short = answer(wall, "a.example")
    assert short.flags & dns.flags.TC
    wire = dns.message.make_query("a.example", "A").to_wire()
    whole = asyncio.run(Responder(wall).respond(wire, max_size=65535))
    assert whole is not None
    assert len(dns.message.from_wire(whole).answer[0]) == 200
    assert len(asyncio.run(Responder(wall).respond(wire)) or b"") <= 512


def test_names_with_odd_bytes_are_answered() -> None:
    assert answer(firewall(rule(1, "NXDOMAIN", "*.")), "a\\000b.example").rcode() in (
        dns.rcode.NXDOMAIN,
        dns.rcode.SERVFAIL,
    )


def test_what_is_no_query_gets_no_or_an_empty_answer() -> None:
    responder = Responder(firewall())
    reply = dns.message.make_response(dns.message.make_query("a.example", "A")).to_wire()
    assert asyncio.run(responder.respond(reply)) is None
    assert asyncio.run(responder.respond(b"short")) is None
    garbage = asyncio.run(responder.respond(b"\x12\x34\x01\x00\x00\x01" + b"\0" * 6))
    assert garbage is not None
    assert dns.message.from_wire(garbage).rcode() == dns.rcode.FORMERR
    update = dns.message.make_query("a.example", "A")
    update.set_opcode(dns.opcode.NOTIFY)
    answered = asyncio.run(responder.respond(update.to_wire()))
    assert answered is not None
    assert dns.message.from_wire(answered).rcode() == dns.rcode.NOTIMP


@given(st.binary(max_size=80))
def test_any_bytes_are_answered_or_ignored(wire: bytes) -> None:
    asyncio.run(
        Responder(firewall(rule(1, "OVERRIDE", "*.", to="a.b."), records=host("a.b", "10.0.0.1"))).respond(wire)
    )


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("aws_lb.hub.dns_name", "aws_lb.hub.dns_name.invalid."),
        ('module.x["a b"].aws_lb.hub[0].dns_name', "module.x-a-b.aws_lb.hub-0.dns_name.invalid."),
        ("", "target.invalid."),
        ("a." * 300, None),
    ],
)
def test_placeholders_are_names(expression: str, name: str | None) -> None:
    made = placeholder(expression)
    assert name is None or made == name
    assert len(dns.name.from_text(made).to_text()) < 254


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.1.1.1", ("1.1.1.1", 53)),
        ("1.1.1.1:5300", ("1.1.1.1", 5300)),
        ("::1", ("::1", 53)),
        ("[::1]:54", ("::1", 54)),
        ("[::1]", ("::1", 53)),
    ],
)
def test_upstreams(text: str, expected: tuple[str, int]) -> None:
    found = Upstream.parse(text)
    assert (found.address, found.port) == expected


@pytest.mark.parametrize("text", ["", "x", "1.1.1.1:0", "1.1.1.1:70000", "1.1.1:53", "[::1]:x"])
def test_what_is_no_upstream(text: str) -> None:
    with pytest.raises(ValueError, match="is not an"):
        Upstream.parse(text)


def test_the_table_of_types_is_that_of_dnspython() -> None:
    known = {kind: int(kind) for kind in dns.rdatatype.RdataType if int(kind) and not dns.rdatatype.is_metatype(kind)}
    assert {query_type(f"TYPE{number}"): number for number in known.values()} == {
        dns.rdatatype.to_text(kind): number for kind, number in known.items()
    }
    for kind in ("OPT", "TKEY", "TSIG", "IXFR", "AXFR", "MAILA", "MAILB"):
        with pytest.raises(InvalidQueryError):
            query_type(kind)


@pytest.mark.parametrize("kind", ["TLSA", "SSHFP", "DNSKEY", "URI", "LOC", "DNAME", "SVCB", "HTTPS", "TYPE65280"])
def test_every_type_meets_a_rule_for_all_types(kind: str) -> None:
    blocked = answer(firewall(rule(1, "NXDOMAIN", "a.example.")), "a.example", upstream(), kind)
    assert blocked.rcode() == dns.rcode.NXDOMAIN


def test_a_later_version_of_edns_is_refused() -> None:
    response = answer(firewall(rule(1, "NODATA", "*.")), "a.example", upstream(), use_edns=1)
    assert (response.rcode(), response.edns, response.answer) == (dns.rcode.BADVERS, 0, [])


def test_an_upstream_that_hangs_up_is_a_failure_with_a_reason() -> None:
    async def hangs_up(name: str, kind: str) -> dns.message.Message:
        raise EOFError(f"{name} {kind}")

    response = answer(firewall(), "a.example", hangs_up, use_edns=0)
    assert response.rcode() == dns.rcode.SERVFAIL
    assert "does not answer" in response.to_text()


ZONE = ResolverRule(
    address="zone",
    domain="internal.",
    kind=Kind.ZONE,
    records=(Record("t.internal.", "A", ("10.0.0.1",), zone="zone"), Record("u.internal.", "TXT", (), zone="zone")),
)
FORWARDED = ResolverRule(address="rule", domain="corp.", kind=Kind.FORWARD, servers=("10.9.0.2",))


@pytest.mark.parametrize(
    ("name", "kind", "code", "answered"),
    [
        ("a.example", "A", "NOERROR", ["a.example. 60 IN CNAME t.internal.", "t.internal. 60 IN A 10.0.0.1"]),
        ("b.example", "A", "NXDOMAIN", ["b.example. 60 IN CNAME none.internal."]),
        ("b.example", "ANY", "NOERROR", ["b.example. 60 IN CNAME none.internal."]),
        ("none.internal", "A", "NXDOMAIN", []),
        ("t.internal", "AAAA", "NXDOMAIN", []),
        ("t.internal", "ANY", "NOERROR", ['t.internal. 60 IN HINFO "RFC8482" ""']),
        ("bad.example", "ANY", "NXDOMAIN", []),
        ("x.corp", "A", "NOERROR", ["x.corp. 5 IN A 192.0.2.1"]),
        ("u.internal", "TXT", "NOERROR", ["x.corp. 5 IN A 192.0.2.1"]),
    ],
)
def test_private_zones_answer_alone(name: str, kind: str, code: str, answered: list[str]) -> None:
    rules = (
        rule(1, "OVERRIDE", "a.example.", to="t.internal."),
        rule(2, "OVERRIDE", "b.example.", to="none.internal."),
        rule(3, "NXDOMAIN", "bad.example."),
    )
    wall = Firewall(dataclasses.replace(vpc(*rules), resolver_rules=(ZONE, FORWARDED)))
    response = answer(wall, name, upstream("x.corp. A 192.0.2.1"), kind)
    assert (dns.rcode.to_text(response.rcode()), lines(response)) == (code, answered)
