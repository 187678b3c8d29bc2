"""The DNS server against random bytes: broken queries, broken upstreams, broken connections.

``make fuzz`` sends 200,000 messages; the quick tests send 1,000. Both are seeded, so a failure repeats.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
import random
import struct
from typing import Any

import pytest

pytest.importorskip("dns", reason="dnspython is not installed (pip install 'northsouth[dns]')")

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from northsouth.dns.answers import Responder
from northsouth.dns.records import Record, host
from northsouth.dns.resolution import Firewall
from northsouth.dns.resolver_rules import Kind, ResolverRule
from northsouth.dns.server import Server
from tests.dns.rules import rule, vpc

MESSAGES = int(os.environ.get("MESSAGES", "1000"))
HEADER = 12
NAMES = ("a.example.", "b.example.", "*.example.", "x.t.", "loop.t.", ".", "t.internal.", f"{'l' * 63}.example.")
KINDS = ("A", "AAAA", "ANY", "CNAME", "TXT", "TLSA", "AXFR", "OPT", "TYPE65280")
RULES = (
    rule(1, "OVERRIDE", "a.example.", to="t.internal."),
    rule(2, "NXDOMAIN", "b.example."),
    rule(3, "OVERRIDE", "*.t.", to="loop.t."),
    rule(4, "NODATA", "c.example.", unknown_list="not in this file", q_type="TXT"),
)
ZONE = ResolverRule(
    address="zone",
    domain="internal.",
    kind=Kind.ZONE,
    records=(Record("t.internal.", "A", ("10.0.0.1",), zone="zone"),),
)


def wall() -> Firewall:
    return Firewall(dataclasses.replace(vpc(*RULES), resolver_rules=(ZONE,)), host("h.example", "10.0.0.2"))


def random_query(chance: random.Random) -> bytes:
    """Return a query that is sound, or was before a few of its bytes changed."""
    edns: dict[str, Any] = {"use_edns": chance.choice([-1, 0, 0, 1]), "payload": chance.choice([0, 512, 1232, 65535])}
    query = dns.message.make_query(
        chance.choice(NAMES), chance.choice(KINDS), **(edns if chance.random() < 0.7 else {})
    )
    return mutated(chance, query.to_wire())


def mutated(chance: random.Random, wire: bytes) -> bytes:
    """Return a message as it is, or with bytes changed, lost or added."""
    data = bytearray(wire)
    for _ in range(chance.choice([0, 0, 1, 1, 2, 8])):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(4):
            case 0:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del data[at:]
            case 2:
                data[at:at] = chance.randbytes(chance.randint(1, 9))
            case _:
                data[at : at + 2] = b"\xc0\x0c"  # a compression pointer
    return bytes(data)


def random_upstream(chance: random.Random) -> Any:
    """Return a look-up whose answers are redirections, addresses, nonsense, or failures."""

    async def ask(name: str, kind: str) -> dns.message.Message:
        if chance.random() < 0.2:
            raise chance.choice([OSError("down"), EOFError(), dns.exception.Timeout(), dns.exception.FormError()])
        answer = dns.message.make_response(dns.message.make_query(name, kind))
        for _ in range(chance.randint(0, 3)):
            owner, target = chance.choice([name, *NAMES]), chance.choice(NAMES)
            if chance.random() < 0.7:
                answer.answer.append(dns.rrset.from_text(owner, chance.randrange(9), "IN", "CNAME", target))
            else:
                answer.answer.append(dns.rrset.from_text(owner, 1, "IN", "A", "192.0.2.1"))
        answer.set_rcode(chance.randrange(6))
        return answer

    return ask


def check(wire: bytes, answer: bytes | None) -> None:
    """Check what holds for every answer, whatever was asked."""
    if len(wire) < HEADER or wire[2] & 0x80:
        assert answer is None
        return
    assert answer is not None
    assert answer[:2] == wire[:2]
    assert answer[2] & 0x80
    message = dns.message.from_wire(answer)
    try:
        query = dns.message.from_wire(wire)
    except (dns.exception.DNSException, ValueError):
        return
    limit = max(512, min(query.payload, 1232)) if query.edns >= 0 else 512
    assert len(answer) <= limit
    assert message.edns <= 0


def test_no_message_breaks_the_responder() -> None:
    chance = random.Random(8)

    async def run() -> None:
        for _ in range(MESSAGES):
            responder = Responder(wall_, random_upstream(chance) if chance.random() < 0.8 else None)
            wire = random_query(chance)
            check(wire, await responder.respond(wire))

    wall_ = wall()
    asyncio.run(run())


def test_no_datagram_or_connection_breaks_the_server() -> None:
    chance = random.Random(9)
    broken: list[object] = []

    async def run() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: broken.append(context))
        async with Server(Responder(wall()), port=0) as server:
            transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                asyncio.DatagramProtocol, remote_addr=("127.0.0.1", server.port)
            )
            for _ in range(MESSAGES // 10):
                transport.sendto(
                    random_query(chance) if chance.random() < 0.5 else chance.randbytes(chance.randint(1, 99))
                )
                await asyncio.sleep(0)
            transport.close()
            for _ in range(MESSAGES // 50):
                await talk(chance, server.port)
            wire = dns.message.make_query("a.example.", "A").to_wire()
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(struct.pack("!H", len(wire)) + wire)
            (length,) = struct.unpack("!H", await reader.readexactly(2))
            message = dns.message.from_wire(await reader.readexactly(length))
            writer.close()
            assert [rrset.to_text() for rrset in message.answer] == [
                "a.example. 60 IN CNAME t.internal.",
                "t.internal. 60 IN A 10.0.0.1",
            ]

    asyncio.run(run())
    assert broken == []


async def talk(chance: random.Random, port: int) -> None:
    """Say something over TCP that is cut, too long, too short or nothing, and hang up."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    wire = random_query(chance)
    length = chance.choice([len(wire), len(wire) + 1, 0, 1, 65535])
    writer.write((struct.pack("!H", length) + wire)[: chance.choice([0, 1, 2, 20, None])])
    if chance.random() < 0.5:
        writer.transport.abort()
    writer.close()
