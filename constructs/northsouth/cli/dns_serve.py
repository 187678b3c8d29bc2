"""``northsouth dns serve``: a DNS server on loopback that answers as the VPC's Resolver would."""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import signal
import sys
from typing import TYPE_CHECKING

from northsouth.cli import options
from northsouth.cli.options import UsageError
from northsouth.dns.resolution import Firewall

if TYPE_CHECKING:
    from northsouth.dns.server import Server, Upstream

_EXAMPLES = """\
example:
  northsouth dns serve --vpc prod --host private.example.net=127.0.0.1
  dig @127.0.0.1 -p 5353 api.example.com
"""


def register(commands: options.Commands) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "serve",
        help="answer DNS queries on loopback as the VPC's Resolver would",
        description="Answer DNS queries on loopback as the Resolver of a VPC would, before the rules are deployed. "
        "Names that no rule overrides or blocks are asked of --upstream, or answered SERVFAIL.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    options.add_vpc(parser)
    options.add_source(parser)
    options.add_hosts(parser)
    options.add_assumption(parser)
    parser.add_argument("--port", type=int, default=5353, help="UDP and TCP port (default 5353; 0 takes any free one)")
    parser.add_argument("--address", default="127.0.0.1", help="loopback address to listen on (default 127.0.0.1)")
    parser.add_argument("--upstream", metavar="ADDRESS[:PORT]", help="DNS server for names that pass")
    parser.add_argument("--quiet", action="store_true", help="do not write a line for each query")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted."""
    try:
        import dns.message  # noqa: F401
    except ModuleNotFoundError:
        raise UsageError("`northsouth dns serve` needs dnspython: pip install 'northsouth[dns]'") from None
    from northsouth.dns.answers import Responder, placeholder, with_placeholders
    from northsouth.dns.server import Server

    ruleset = options.ruleset(arguments.source)
    vpc = with_placeholders(options.vpc(ruleset, arguments))
    expressions = {
        rule.target_expression: placeholder(rule.target_expression)
        for association in vpc.associations
        for rule in association.group.rules
        if rule.target_expression
    }
    named = [options.pair(text) for text in arguments.hosts]
    hosts = options.hosts(f"{expressions.get(name, name)}={address}" for name, address in named)
    firewall = Firewall(vpc, (*ruleset.records, *hosts))
    upstream = _upstream(arguments.upstream)
    responder = Responder(firewall, upstream.ask if upstream else None, _ignore if arguments.quiet else _write)
    server = Server(responder, _loopback(arguments.address), _port(arguments.port))
    try:
        asyncio.run(_serve(server, str(vpc)))
    except OSError as error:
        raise UsageError(f"cannot listen on {arguments.address}:{arguments.port}: {error.strerror or error}") from None
    return 0


async def _serve(server: Server, vpc: str) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    async with server:
        where = f"@{server.address} -p {server.port}"
        _write(f"answering for {vpc} (UDP and TCP); try `dig {where} NAME`; Ctrl-C ends it")
        await stop.wait()


def _upstream(text: str | None) -> Upstream | None:
    from northsouth.dns.server import Upstream

    try:
        return Upstream.parse(text) if text else None
    except ValueError as error:
        raise UsageError(f"--upstream: {error}") from None


def _loopback(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise UsageError(f"--address: {text[:60]!r} is not an IP address") from None
    if not address.is_loopback:
        raise UsageError(f"--address: {address} is not a loopback address; this server is for trying things out only")
    return str(address)


def _port(number: int) -> int:
    if not 0 <= number < 65536:
        raise UsageError(f"--port: {number} is not between 0 and 65535")
    return number


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _ignore(_: str) -> None:
    """Write nothing."""
