"""What S3 and log delivery accept of a bucket; pure.

Every function yields :class:`~northsouth.errors.Problem` values and skips what only Terraform will know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from northsouth.errors import Problem
from northsouth.tokens import is_token

_NAMING = "docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"
_LOGGING = "docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html"

SSE_S3 = "AES256"
"""The one default encryption that log delivery can write with."""

_RESERVED_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_SUFFIXES = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")


def check_bucket_name(name: str, where: str = "name") -> Iterator[Problem]:
    """Yield every rule of S3's for general purpose buckets that ``name`` breaks."""
    if is_token(name):
        return
    rules = [
        *_syntax_rules(name),
        *(
            (name.startswith(start), f"names that begin with {start!r} are reserved", "Begin it with something else.")
            for start in _RESERVED_PREFIXES
        ),
        *(
            (name.endswith(end), f"names that end with {end!r} are reserved", "End it with something else.")
            for end in _RESERVED_SUFFIXES
        ),
    ]
    for broken, allowed, fix in rules:
        if broken:
            yield Problem(where, repr(name), allowed, fix, _NAMING)


def _syntax_rules(name: str) -> Iterator[tuple[bool, str, str]]:
    yield (
        not 3 <= len(name) <= 63,
        f"a bucket name has 3 to 63 characters, this one {len(name)}",
        "Shorten or lengthen it.",
    )
    yield (
        re.search(r"[^a-z0-9.-]", name) is not None,
        "a bucket name has only lower-case letters, digits, dots and hyphens",
        "Replace the other characters.",
    )
    yield (
        name != name.strip(".-"),
        "a bucket name begins and ends with a letter or a digit",
        "Remove the dot or hyphen there.",
    )
    yield ".." in name, "a bucket name has no two dots in a row", "Use one."
    yield (
        re.fullmatch(r"\d+\.\d+\.\d+\.\d+", name) is not None,
        "a bucket name does not look like an IP address",
        "Put a word into it.",
    )


def check_prefix(prefix: str, where: str = "prefix") -> Iterator[Problem]:
    """Yield what log delivery, or the policy that allows it, cannot use in ``prefix``."""
    if is_token(prefix):
        return
    quoted = repr(prefix)
    if "AWSLogs" in prefix:
        yield Problem(
            where,
            quoted,
            "the prefix must not contain 'AWSLogs'",
            "Leave it out: Elastic Load Balancing adds AWSLogs/<account>/ itself.",
            _LOGGING,
        )
    if prefix.startswith("/") or prefix.endswith("/") or "//" in prefix:
        yield Problem(
            where,
            quoted,
            "a prefix has a name between slashes and none at its ends",
            f"Write {'/'.join(part for part in prefix.split('/') if part)!r}.",
        )
    if wild := sorted(set(prefix) & set("*?$")):
        yield Problem(
            where,
            quoted,
            f"{' '.join(wild)} would be a wildcard or a variable in the bucket policy and let delivery write elsewhere",
            "Use letters, digits, '-', '_', '.' and '/'.",
        )
    if re.search(r"[\s\x00-\x1f\x7f]", prefix):
        yield Problem(where, quoted, "a prefix has no spaces or control characters", "Use '-' instead.")


def check_encryption(encryption: str, where: str = "encryption") -> Iterator[Problem]:
    """Yield a problem for any default encryption that log delivery cannot write with."""
    if is_token(encryption) or encryption == SSE_S3:
        return
    yield Problem(
        where,
        repr(encryption),
        f"load balancers deliver only to buckets with SSE-S3 ({SSE_S3!r}); with a KMS key every delivery is denied",
        f"Use {SSE_S3!r}. Where a KMS key is required, encrypt the archive made from these logs (LogArchive) with it.",
        _LOGGING,
    )


def check_region(region: str, where: str = "region") -> Iterator[Problem]:
    """Yield a problem for what cannot be a Region's name; new Regions need no new release."""
    if not is_token(region) and not re.fullmatch(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}", region):
        yield Problem(where, repr(region), "a Region is named like 'eu-central-1'", "Give the Region, not a zone.")


def check_same_region(region: str | None, of_provider: str | None, where: str = "region") -> Iterator[Problem]:
    """Yield a problem for a Region that is not the provider's: the bucket would be made in the provider's."""
    if region is None or of_provider is None or is_token(region) or region == of_provider:
        return
    fix = f"Write {of_provider!r}, or give the provider of {region}: provider=…."
    yield Problem(where, repr(region), f"the provider makes the bucket in {of_provider}", fix)


def check_accounts(accounts: Iterable[str], where: str = "source_accounts") -> Iterator[Problem]:
    """Yield a problem for each account id that is not 12 digits, or is given twice."""
    if is_token(accounts):
        return
    seen = set[str]()
    for position, account in enumerate(accounts):
        if not re.fullmatch(r"\d{12}", account):
            yield Problem(
                f"{where}[{position}]",
                repr(account),
                "an account id has 12 digits",
                "Give it as a string, so that a leading zero is kept.",
            )
        if account in seen:
            yield Problem(
                f"{where}[{position}]", repr(account), "each account is listed once", "Remove the repetition."
            )
        seen.add(account)


def check_day(day: str, where: str) -> Iterator[Problem]:
    """Yield a problem unless ``day`` is a day that a table's projection can begin with."""
    parts = day.split("/")
    if is_token(day) or ([len(part) for part in parts] == [4, 2, 2] and all(part.isdigit() for part in parts)):
        return
    yield Problem(where, repr(day), "a day is written YYYY/MM/DD", "Pass the first day there are logs of.")
