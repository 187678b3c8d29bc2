"""Domain names, override targets and the names of AWS's own objects; pure.

DNS Firewall stores every domain lower case and with its trailing dot, and answers with that form. What is sent in
another form comes back as a difference in every later plan (hashicorp/terraform-provider-aws#23543), so names are
brought into the stored form once, here, and compared, counted and written in that form only.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from collections.abc import Iterator

from northsouth.errors import Problem
from northsouth.tokens import is_token

EVERY_NAME = "*."
"""The stored form of the lone ``*``, which matches every name."""

MAX_LABEL = 63
MAX_DOMAIN = 253
MAX_AWS_NAME = 64

_LISTS_PAGE = (
    "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-user-managed-domain-lists.html"
)
_AWS_NAME = re.compile(r"[A-Za-z0-9\-_' ]+")
_LABEL = re.compile(r"[a-z0-9-]+")


class InvalidNameError(ValueError):
    """A name that DNS or DNS Firewall would not accept.

    Attributes:
        allowed: the rule it breaks.
        fix: what to do about it.
        source: where the rule comes from.

    """

    def __init__(self, allowed: str, fix: str, source: str = "") -> None:
        self.allowed, self.fix, self.source = allowed, fix, source
        super().__init__(f"{allowed}. {fix}")

    def problem(self, where: str, given: object) -> Problem:
        """Return this error as one line of a report about the argument ``where``."""
        return Problem(where, repr(given), self.allowed, self.fix, self.source)


def canonical_domain(name: str) -> str:
    """Return a domain as a DNS Firewall list stores it: ASCII, lower case, with its trailing dot.

    Args:
        name: ``api.example.com``, ``*.example.com`` (every name below it, not itself) or ``*`` (every name); case and
            the trailing dot do not matter, other scripts are turned to ASCII by IDNA 2008.

    Raises:
        InvalidNameError: for anything else.

    """
    if not isinstance(name, str):
        raise InvalidNameError("a domain is text", "Give the name as a string.")
    if name in ("*", EVERY_NAME):
        return EVERY_NAME
    wildcard = name.startswith("*.")
    labels = _labels(name[2:] if wildcard else name)
    for label in labels:
        if "*" in label:
            raise InvalidNameError(
                "`*` stands alone or as the whole first label, `*.example.com`",
                "Write `*.` in front of the name that all matched names end with.",
                _LISTS_PAGE,
            )
        if not _LABEL.fullmatch(label):
            raise InvalidNameError("a domain has letters, digits, hyphens and dots only", _hint(name), _LISTS_PAGE)
    return _join(["*", *labels] if wildcard else labels)


def canonical_entry(name: str) -> str:
    """Return an entry of a list of domains: a domain, or ``*example.com``, which AWS takes as well.

    "It can optionally start with `*` (asterisk)", without a dot behind it; AWS does not say what that matches.

    Raises:
        InvalidNameError: for anything else.

    """
    suffix = suffix_of(name)
    return canonical_domain(name) if suffix is None else f"*{suffix}"


def suffix_of(entry: str) -> str | None:
    """Return what follows the star of ``*example.com``, canonical; None for any other entry."""
    if not isinstance(entry, str) or not entry.startswith("*") or entry.startswith(("*.", "**")) or entry == "*":
        return None
    try:
        return canonical_domain(entry[1:])
    except InvalidNameError:
        return None


def canonical_target(name: str) -> str:
    """Return the name that a CNAME answer leads to, in the form AWS stores: ASCII, lower case, with its trailing dot.

    Args:
        name: a host name; unlike a domain it has no wildcard.

    Raises:
        InvalidNameError: for a wildcard, an IP address (a CNAME leads to a name), or anything that is not a host name.

    """
    if not isinstance(name, str):
        raise InvalidNameError("a target is text", "Give the name as a string.")
    if _is_address(name):
        raise InvalidNameError(
            "an override answers with a CNAME, which leads to a name and never to an IP address",
            "Make a record for the address (a Route 53 private zone) and give its name.",
        )
    labels = _labels(name)
    for label in labels:
        if not _LABEL.fullmatch(label):
            raise InvalidNameError("a target is one host name: letters, digits, hyphens and dots", _hint(name))
    _refuse_edge_hyphens(labels)
    return _join(labels)


def check_domain(where: str, name: str) -> Iterator[Problem]:
    """Yield what is wrong with one entry of a domain list; tokens are not judged."""
    if not is_token(name):
        try:
            canonical_entry(name)
        except InvalidNameError as error:
            yield error.problem(where, name)


def check_override_domain(where: str, name: str) -> Iterator[Problem]:
    """Yield what is wrong with a domain that is to be overridden: a list entry that a host can really have.

    Lists of names to block may well hold what is no host name; an override of one is a slip.
    """
    if is_token(name):
        return
    try:
        if suffix_of(name) is not None:
            raise InvalidNameError(
                "AWS takes `*` without a dot in lists and does not say what it matches: no override can rely on it",
                f"Write `*.{name[1:]}` for every name below, and `{name[1:]}` beside it if that is meant.",
                _LISTS_PAGE,
            )
        labels = canonical_domain(name).rstrip(".").split(".")
        if _is_address(name):
            raise InvalidNameError(
                "DNS Firewall matches the name in a query, never an IP address", "Give the host name."
            )
        _refuse_edge_hyphens(labels)
    except InvalidNameError as error:
        yield error.problem(where, name)


def check_target(where: str, name: str) -> Iterator[Problem]:
    """Yield what is wrong with the target of an override; tokens are not judged."""
    if not is_token(name):
        try:
            canonical_target(name)
        except InvalidNameError as error:
            yield error.problem(where, name)


def covers(pattern: str, name: str) -> bool:
    """Tell whether a list entry matches every name that ``name``, a name or itself a wildcard, stands for.

    Both are canonical. ``*.example.com.`` covers ``a.b.example.com.`` but not ``example.com.``.
    """
    if pattern in (EVERY_NAME, name):
        return True
    return pattern.startswith("*.") and name.endswith(pattern[1:])


def check_aws_name(where: str, name: str) -> Iterator[Problem]:
    """Yield what is wrong with the name of a domain list, rule, rule group, association or query log config.

    The pattern and the 64 characters are those of the Resolver API (``Name`` in its service model).
    """
    if is_token(name):
        return
    if len(name) > MAX_AWS_NAME:
        yield Problem(where, f"{len(name)} characters", f"1 to {MAX_AWS_NAME} characters", "Give a shorter name.")
    elif not _AWS_NAME.fullmatch(name):
        yield Problem(
            where,
            repr(name),
            "letters (a-z, A-Z), digits, hyphens, underscores, apostrophes and spaces, at least one",
            "Replace the other characters, for example by a hyphen.",
        )
    elif name.isdigit():
        yield Problem(where, repr(name), "a name of digits alone is not allowed", "Put a letter in it.")


def aws_name(*parts: str) -> str:
    """Return a valid AWS name made of ``parts``, readable, and the same for the same parts.

    Domains keep apart from each other: a dot becomes an underscore, which no domain contains, and the wildcard
    ``*.example.com.`` becomes ``_example_com``. Beyond 64 characters the end gives way to a hash of the whole.

    >>> aws_name("hub", "api.example.com.")
    'hub-api_example_com'
    """
    joined = "-".join(part.removesuffix(".").replace("*", "", 1).replace(".", "_") or "_" for part in parts)
    readable = re.sub(r"[^A-Za-z0-9\-_' ]", "-", joined)
    if len(readable) <= MAX_AWS_NAME and readable == joined:
        return readable
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]
    return f"{readable[: MAX_AWS_NAME - 9]}-{digest}"


def _labels(name: str) -> list[str]:
    """Split a name without wildcard into ASCII labels in lower case; the trailing dot, if any, is gone."""
    ascii_name = name.lower() if name.isascii() else _to_ascii(name)
    labels = ascii_name.removesuffix(".").split(".")
    for label in labels:
        if not label:
            raise InvalidNameError("no label of a name is empty", "Remove the extra dot, or give a name.")
        if len(label) > MAX_LABEL:
            raise InvalidNameError(
                f"a label has at most {MAX_LABEL} characters", f"Shorten {label[:16]!r}....", "RFC 1035"
            )
    return labels


def _join(labels: list[str]) -> str:
    name = ".".join(labels)
    if len(name) > MAX_DOMAIN:
        raise InvalidNameError(
            f"a name has at most {MAX_DOMAIN} characters, this one has {len(name)}", "Shorten it.", "RFC 1035"
        )
    return f"{name}."


def _to_ascii(name: str) -> str:
    """Apply IDNA 2008 with the mapping of UTS 46 to the labels that need it."""
    # Only names in other scripts pay for the library's tables. Python's own codec is IDNA 2003, which makes of
    # `faß.de` the name of another owner, `fass.de`.
    import idna

    try:
        mapped = idna.uts46_remap(name, std3_rules=False, transitional=False)
        return ".".join(
            label if label.isascii() else idna.alabel(label).decode("ascii") for label in mapped.lower().split(".")
        )
    except idna.IDNAError as error:
        raise InvalidNameError(
            f"a name in another script must follow IDNA 2008 ({error})",
            "Give the form that is in the DNS, `xn--...`.",
            "RFC 5891",
        ) from None


def _refuse_edge_hyphens(labels: list[str]) -> None:
    for label in labels:
        if label.startswith("-") or label.endswith("-"):
            raise InvalidNameError(
                "a label of a host name neither begins nor ends with a hyphen", "Remove the hyphen.", "RFC 1123"
            )


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.removesuffix("."))
    except ValueError:
        return False
    return True


def _hint(name: str) -> str:
    if "/" in name or ":" in name:
        return "Give the host name alone, without scheme, port or path."
    if any(character.isspace() for character in name):
        return "Remove the white space; give each name on its own."
    return "Check the spelling."
