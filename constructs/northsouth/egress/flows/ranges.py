"""Blocks of addresses as text that sorts, and AWS's own ranges with their service and Region; pure.

The ranges are those of AWS's ip-ranges.json (https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-ranges.html).
The package holds a dated copy; a newer file can be read instead.
"""

from __future__ import annotations

import gzip
import ipaddress
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from northsouth.errors import ConfigurationError, Problem
from northsouth.errors.reading import fault

SOURCE = "https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-ranges.html"
PACKAGED_ON = "2026-08-22-15-17-05"
"""The createDate of the packaged copy, which is made with `rows` and `as_table`."""
NAT64 = "60064ff9b0000000000000000"
"""How the keys of NAT64 addresses begin; the last eight digits are the IPv4 address (64:ff9b::/96, RFC 6052)."""
BUCKET = 3
"""Digits of a key that all addresses of one of AWS's ranges have in common: no range is wider than a /8."""
_GENERAL = {"AMAZON": 0, "EC2": 1}
"""Services whose ranges include those of others. A range that is in EC2 and another service is the other's alone."""
_SPECIAL = 2
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/8", "fd00::/8")
"""What is no public address: RFC 1918, RFC 6598, RFC 4193."""
PRIVATE = "private network"
"""The service and Region of addresses that are private and no VPC's of ours: behind private NAT gateways."""


class Block(NamedTuple):
    """A block of addresses: the keys of its first and of its last address."""

    first: str
    last: str

    @classmethod
    def of(cls, cidr: str) -> Block:
        """Return the block of a CIDR.

        Raises:
            ValueError: if it is none.

        """
        network = ipaddress.ip_network(cidr)
        digits = network.max_prefixlen // 4
        version, first, last = network.version, int(network.network_address), int(network.broadcast_address)
        return cls(f"{version}{first:0{digits}x}", f"{version}{last:0{digits}x}")


class Range(NamedTuple):
    """One of AWS's ranges, as a row of the table of ranges.

    Attributes:
        first_key: the key of its first address.
        last_key: the key of its last one.
        region: its Region, or ``GLOBAL``.
        service: AWS's code of the most special service it belongs to: ``S3``, ``EC2``, ``AMAZON``.
        weight: of several ranges that hold an address, the one that weighs most counts.

    """

    first_key: str
    last_key: str
    region: str
    service: str
    weight: int


@dataclass(frozen=True, slots=True)
class Ranges:
    """A table of AWS's ranges on one day.

    Attributes:
        created: AWS's date of the file: ``2026-08-22-15-17-05``.
        source: where they come from.
        path: lines of JSON with the attributes of `Range`, compressed with gzip.

    """

    created: str
    source: str
    path: Path


def packaged() -> Ranges:
    """Return the package's dated copy."""
    return Ranges(PACKAGED_ON, "the copy in northsouth", Path(__file__).parent / "ip_ranges.json.gz")


def read(path: str | Path, folder: Path) -> Ranges:
    """Return the ranges of a file with the form of AWS's ip-ranges.json.

    Args:
        path: the file, which may be compressed with gzip.
        folder: where the table is written to.

    Raises:
        ConfigurationError: if it cannot be read, or is something else.

    """
    try:
        content = Path(path).read_bytes()
        document = json.loads(gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content)
        table = folder / "ip_ranges.json.gz"
        table.write_bytes(as_table(rows(document)))
        return Ranges(str(document["createDate"]), str(path), table)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, RecursionError, zlib.error) as error:
        other_form = isinstance(error, KeyError | TypeError | AttributeError)
        reason = "JSON of another form" if other_form else fault(error)
        fix = "Fetch https://ip-ranges.amazonaws.com/ip-ranges.json, or leave the option out for the packaged copy."
        problem = Problem(str(path), reason, "AWS's ip-ranges.json: createDate, prefixes, ipv6_prefixes", fix, SOURCE)
        raise ConfigurationError("--ip-ranges", [problem]) from error


def rows(document: Mapping[str, Any]) -> list[Range]:
    """Return the ranges of a decoded ip-ranges.json, each once with its most special service, and private blocks."""
    services: dict[tuple[str, str], list[str]] = {}
    for key, name in (("prefixes", "ip_prefix"), ("ipv6_prefixes", "ipv6_prefix")):
        for prefix in document[key]:
            services.setdefault((prefix[name], prefix["region"]), []).append(prefix["service"])
    ranges = [Range(*Block.of(cidr), PRIVATE, PRIVATE, 0) for cidr in _PRIVATE]
    for (cidr, region), names in services.items():
        service = special(names)
        weight = _GENERAL.get(service, _SPECIAL) * 1000 + int(cidr.partition("/")[2])
        ranges.append(Range(*Block.of(cidr), region, service, weight))
    return sorted(ranges)


def as_table(ranges: Iterable[Range]) -> bytes:
    """Return ranges as compressed lines of JSON, which DuckDB and Athena read; the same ranges give the same bytes."""
    lines = "".join(f"{json.dumps(prefix._asdict(), separators=(',', ':'))}\n" for prefix in ranges)
    return gzip.compress(lines.encode(), 9, mtime=0)


def special(services: Iterable[str]) -> str:
    """Return the most special of the services that one range belongs to."""
    return min(services, key=lambda service: (-_GENERAL.get(service, _SPECIAL), service))


def abbreviation(region: str) -> str:
    """Return how the IDs of a Region's zones begin: ``use1`` for us-east-1, ``apse2`` for ap-southeast-2.

    Source: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
    """
    country, *words, number = region.split("-")
    directions = ("north", "south", "east", "west", "central")
    letters = ""
    for word in words:
        rest = word
        while rest:
            part = next((direction for direction in directions if rest.startswith(direction)), rest)
            letters, rest = letters + part[0], rest[len(part) :]
    return f"{country}{letters}{number}"
