"""A DNS server on loopback, UDP and TCP, for trying overrides; asyncio only."""

from __future__ import annotations

import asyncio
import ipaddress
import struct
from contextlib import suppress

import dns.asyncquery
import dns.message

from northsouth.dns.answers import Responder

IDLE_SECONDS = 10.0
"""How long a TCP connection may say nothing."""

ASK_SECONDS = 4.0
"""How long the upstream has to answer; `dig` itself waits 5 s."""

MAX_AT_ONCE = 256
"""Queries, and TCP connections, that are served at the same time; more are dropped."""

_ATTEMPTS = 8


class Upstream:
    """A DNS server that other names are asked of.

    Args:
        address: its IP address.
        port: its port.

    """

    def __init__(self, address: str, port: int = 53) -> None:
        self.address = address
        self.port = port

    @classmethod
    def parse(cls, text: str) -> Upstream:
        """Read ``1.1.1.1``, ``1.1.1.1:53``, ``::1`` or ``[::1]:53``.

        Raises:
            ValueError: if it is none of these.

        """
        host, port = text, "53"
        if text.startswith("["):
            host, _, port = text[1:].partition("]")
            port = port.removeprefix(":") or "53"
        elif text.count(":") == 1:
            host, _, port = text.partition(":")
        if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise ValueError(f"{text[:60]!r} is not an address and a port")
        try:
            return cls(str(ipaddress.ip_address(host)), int(port))
        except ValueError:
            raise ValueError(f"{text[:60]!r} is not an IP address") from None

    async def ask(self, name: str, kind: str) -> dns.message.Message:
        """Look a name up, over UDP and then TCP if the answer is cut."""
        query = dns.message.make_query(name, kind, use_edns=True)
        answer, _ = await dns.asyncquery.udp_with_fallback(query, self.address, ASK_SECONDS, self.port)
        return answer


class Server:
    """Serves one responder on one address and port; use as an asynchronous context manager.

    Args:
        responder: makes the answers.
        address: a loopback address.
        port: a port; 0 takes any that is free.

    Attributes:
        port: the port that is served, once entered.

    """

    def __init__(self, responder: Responder, address: str = "127.0.0.1", port: int = 5353) -> None:
        self.address = address
        self.port = port
        self._responder = responder
        self._tasks: set[asyncio.Task[None]] = set()
        self._tcp: asyncio.Server | None = None
        self._udp: asyncio.DatagramTransport | None = None

    async def __aenter__(self) -> Server:
        for attempt in range(_ATTEMPTS):
            try:
                await self._listen()
            except OSError:
                # Any free TCP port may be taken on UDP; a port that was asked for stays asked for.
                if self.port or attempt == _ATTEMPTS - 1:
                    raise
            else:
                break
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._udp is not None:
            self._udp.close()
        if self._tcp is not None:
            self._tcp.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _listen(self) -> None:
        tcp = await asyncio.start_server(self._connected, self.address, self.port)
        port = tcp.sockets[0].getsockname()[1]
        try:
            udp, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                lambda: _Datagrams(self), local_addr=(self.address, port)
            )
        except OSError:
            tcp.close()
            raise
        self._tcp, self._udp, self.port = tcp, udp, port

    def received(self, wire: bytes, sender: tuple[str, int]) -> None:
        """Answer one datagram, unless too many are waiting."""
        if len(self._tasks) < MAX_AT_ONCE:
            self._start(asyncio.ensure_future(self._reply(wire, sender)))

    def _start(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reply(self, wire: bytes, sender: tuple[str, int]) -> None:
        answer = await self._responder.respond(wire)
        if answer is not None and self._udp is not None and not self._udp.is_closing():
            self._udp.sendto(answer, sender)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._start(task)
        try:
            # Only the server's end cancels this task. Python 3.11's streams report a cancelled one as an error.
            with suppress(asyncio.CancelledError):
                if len(self._tasks) <= MAX_AT_ONCE:
                    await self._converse(reader, writer)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the messages of one TCP connection, each behind its length (RFC 1035, 4.2.2)."""
        with suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
            while True:
                async with asyncio.timeout(IDLE_SECONDS):
                    (length,) = struct.unpack("!H", await reader.readexactly(2))
                    wire = await reader.readexactly(length)
                answer = await self._responder.respond(wire, max_size=65535)
                if answer is None:
                    return
                writer.write(struct.pack("!H", len(answer)) + answer)
                await writer.drain()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: Server) -> None:
        self._server = server

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._server.received(data, addr)
