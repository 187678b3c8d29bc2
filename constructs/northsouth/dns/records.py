"""DNS records that are known besides the rules, and how a name leads to addresses through them; pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from northsouth.dns.names import InvalidNameError, canonical_target

_NAME = re.compile(r"(?:[!-\-/-~]{1,63}\.){1,127}")
_MAX_NAME = 254

# IANA's registry of resource record types without the meta types, and ANY, which only a query can have.
_TYPES = {
    "A": 1,
    "NS": 2,
    "MD": 3,
    "MF": 4,
    "CNAME": 5,
    "SOA": 6,
    "MB": 7,
    "MG": 8,
    "MR": 9,
    "NULL": 10,
    "WKS": 11,
    "PTR": 12,
    "HINFO": 13,
    "MINFO": 14,
    "MX": 15,
    "TXT": 16,
    "RP": 17,
    "AFSDB": 18,
    "X25": 19,
    "ISDN": 20,
    "RT": 21,
    "NSAP": 22,
    "NSAP-PTR": 23,
    "SIG": 24,
    "KEY": 25,
    "PX": 26,
    "GPOS": 27,
    "AAAA": 28,
    "LOC": 29,
    "NXT": 30,
    "SRV": 33,
    "NAPTR": 35,
    "KX": 36,
    "CERT": 37,
    "A6": 38,
    "DNAME": 39,
    "APL": 42,
    "DS": 43,
    "SSHFP": 44,
    "IPSECKEY": 45,
    "RRSIG": 46,
    "NSEC": 47,
    "DNSKEY": 48,
    "DHCID": 49,
    "NSEC3": 50,
    "NSEC3PARAM": 51,
    "TLSA": 52,
    "SMIMEA": 53,
    "HIP": 55,
    "NINFO": 56,
    "CDS": 59,
    "CDNSKEY": 60,
    "OPENPGPKEY": 61,
    "CSYNC": 62,
    "ZONEMD": 63,
    "SVCB": 64,
    "HTTPS": 65,
    "DSYNC": 66,
    "HHIT": 67,
    "BRID": 68,
    "SPF": 99,
    "UNSPEC": 103,
    "NID": 104,
    "L32": 105,
    "L64": 106,
    "LP": 107,
    "EUI48": 108,
    "EUI64": 109,
    "ANY": 255,
    "URI": 256,
    "CAA": 257,
    "AVC": 258,
    "AMTRELAY": 260,
    "RESINFO": 261,
    "WALLET": 262,
    "TA": 32768,
    "DLV": 32769,
}
_NAMES_OF_TYPES = {number: name for name, number in _TYPES.items()}
_NUMBERED = re.compile(r"TYPE(\d{1,5})")


class InvalidQueryError(ValueError):
    """A name or type that no DNS query can carry; the message is one line."""


def query_name(name: str) -> str:
    """Return a queried name in the form the rules have: ASCII, lower case, with its trailing dot.

    Unlike a declared domain it may hold any printable character, as DNS itself allows (``_sip._tcp.example.com``).

    Raises:
        InvalidQueryError: if it is empty, too long, or has an empty or too long label.

    """
    canonical = name.lower() if name.endswith(".") else f"{name.lower()}."
    if not canonical.isascii():
        try:
            canonical = canonical_target(name)
        except InvalidNameError as error:
            raise InvalidQueryError(f"{name!r} is not a DNS name: {error.allowed}") from None
    if len(canonical) > _MAX_NAME or not _NAME.fullmatch(canonical):
        excerpt = f"{name[:60]}..." if len(name) > 64 else name
        raise InvalidQueryError(f"{excerpt!r} is not a DNS name: labels of 1 to 63 characters, 253 in all")
    return canonical


def query_type(name: str) -> str:
    """Return a query type in one form: ``aaaa`` and ``TYPE28`` are both ``AAAA``; others stay as ``TYPE65280``.

    Raises:
        InvalidQueryError: if there is no such type.

    """
    kind = name.upper()
    if kind in _TYPES:
        return kind
    match = _NUMBERED.fullmatch(kind)
    if match is None or not 0 < int(match.group(1)) < 65536:
        raise InvalidQueryError(
            f"{name[:20]!r} is not a query type: A, AAAA, CNAME, MX, TXT..., or TYPE and its number"
        )
    return _NAMES_OF_TYPES.get(int(match.group(1)), f"TYPE{int(match.group(1))}")


def rule_type(name: str | None) -> str | None:
    """Return the query type of a rule in the form of :func:`query_type`; what is no type stays, in upper case."""
    if name is None:
        return None
    try:
        return query_type(name)
    except InvalidQueryError:
        return name.upper()


@dataclass(frozen=True, slots=True)
class Record:
    """One record set.

    Attributes:
        name: the canonical owner; ``*.`` in front makes it a DNS wildcard.
        type: ``A``, ``AAAA``, ``CNAME``..., or ``ALIAS`` for Route 53's alias to another name.
        values: addresses, or the canonical name it leads to; empty where only Terraform will know them.
        address: where it is declared.
        zone: the address of the hosted zone it is declared in; empty for what the caller says, which holds anywhere.
        alias_type: the type that an alias answers; empty for both ``A`` and ``AAAA``.

    """

    name: str
    type: str
    values: tuple[str, ...]
    address: str = ""
    zone: str = ""
    alias_type: str = ""

    def answers(self, q_type: str) -> bool:
        """Tell whether a query of a type is answered with this record set; a CNAME answers every one."""
        if self.type == "ALIAS":
            return q_type in ((self.alias_type,) if self.alias_type else ("A", "AAAA"))
        return self.type in (q_type, "CNAME") or q_type == "ANY"


def host(name: str, *addresses: str) -> tuple[Record, ...]:
    """Return address records for ``name``.

    Raises:
        InvalidQueryError: if the name is no name, or an address no address.

    """
    owner = query_name(name)
    by_name: dict[str, list[str]] = {}
    for text in addresses:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            raise InvalidQueryError(f"{text[:60]!r} is not an IP address") from None
        by_name.setdefault("A" if address.version == 4 else "AAAA", []).append(str(address))
    return tuple(Record(owner, kind, tuple(values)) for kind, values in by_name.items())


class Records:
    """Record sets by name, as one zone holds them.

    Args:
        records: the record sets.

    """

    __slots__ = ("_above", "by_name")

    def __init__(self, records: Iterable[Record]) -> None:
        by_name: dict[str, list[Record]] = {}
        for record in records:
            by_name.setdefault(record.name, []).append(record)
        self.by_name: Mapping[str, tuple[Record, ...]] = {
            name: tuple(records_of_name) for name, records_of_name in by_name.items()
        }
        self._above = {parent for name in by_name for parent in parents(name)}

    def at(self, name: str) -> tuple[Record, ...]:
        """Return the record sets of a canonical name, or those of the closest wildcard above it.

        A name that exists, if only because there are names below it, stops the search for a wildcard (RFC 4592).
        """
        if name in self.by_name or name in self._above or not self.by_name:
            return self.by_name.get(name, ())
        for parent in parents(name):
            records = self.by_name.get(f"*.{parent}")
            if records is not None:
                return records
            if parent in self.by_name or parent in self._above:
                return ()
        return ()


def parents(name: str) -> Iterator[str]:
    """Yield the names above a canonical name, the longest first, without the root."""
    while name := name.partition(".")[2]:
        yield name
