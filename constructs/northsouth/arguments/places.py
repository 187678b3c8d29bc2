"""Literal ARNs in a call: their partition, Region and account against those of the provider; pure.

A resource of another Region is refused where AWS looks it up in its own (PutMetricAlarm: an action's Region is the
alarm's; a key, a log group and a secret are read by the service of the Region). Of another account it is refused only
where AWS takes none: topics, keys and secrets may be shared between accounts.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from northsouth.arguments.shown import is_ours
from northsouth.errors import Problem

_ARN = re.compile(r"arn:(?P<partition>[a-z-]+):(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):(?P<account>\d*):.+")
_IN_ITS_REGION = frozenset(
    {"acm", "firehose", "kms", "lambda", "logs", "route53resolver", "secretsmanager", "sns", "sqs", "states"}
)
_IN_ITS_ACCOUNT = frozenset({"acm", "firehose", "logs", "states"})
_ELSEWHERE = frozenset({"replica", "sources"})
"""Arguments whose resources may be in another Region: S3 copies to it, and Athena reads from it."""
_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "us-iso-": "aws-iso", "us-isob-": "aws-iso-b"}
_DEEPEST = 6
_METRICS = re.compile(r"^northsouth\.metrics\b|metrics$")


class Place(NamedTuple):
    """Where a provider works, as far as synth knows.

    Attributes:
        region: its Region; ``None`` if it is not known.
        allowed: the accounts that it may work in; empty if it may in any.
        forbidden: the accounts that it may not work in.

    """

    region: str | None
    allowed: Sequence[str] = ()
    forbidden: Sequence[str] = ()


def arns(values: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return the literal ARNs in arguments, each with its path."""
    return [arn for name, value in values.items() if name not in _ELSEWHERE for arn in _of(value, name, _DEEPEST)]


def _of(value: object, where: str, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if value.startswith("arn:") and "${" not in value:
            yield where, value
    elif not depth:
        return
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from _of(item, f"{where}[{number}]", depth - 1)
    elif isinstance(value, Mapping):
        for name, item in value.items() if depth == _DEEPEST else ():
            yield from _of(item, f"{where}.{name}", depth - 1)
    else:
        for name in _fields_of(type(value)):
            yield from _of(getattr(value, name), f"{where}.{name}", depth - 1)


_FIELDS: dict[type, tuple[str, ...]] = {}


def _fields_of(kind: type) -> tuple[str, ...]:
    """Return the fields of a class of northsouth in which an ARN may stand; metrics have none."""
    if kind not in _FIELDS:
        is_read = dataclasses.is_dataclass(kind) and is_ours(kind) and not _METRICS.search(kind.__module__)
        _FIELDS[kind] = tuple(field.name for field in dataclasses.fields(kind)) if is_read else ()
    return _FIELDS[kind]


def problems(arns: Sequence[tuple[str, str]], place: Place) -> Iterator[Problem]:
    """Yield the ARNs that cannot be meant where the provider works.

    Args:
        arns: ARNs, each with its path.
        place: where the provider works.

    """
    for where, arn in arns:
        match = _ARN.fullmatch(arn)
        if match is None:
            continue
        yield from _misplaced(where, arn, match, place)


def _misplaced(where: str, arn: str, match: re.Match[str], place: Place) -> Iterator[Problem]:
    partition, service, region, account = match["partition"], match["service"], match["region"], match["account"]
    # A secret's ARN is no secret, but its name may be telling: an ARN is shown up to its account.
    shown = f"{arn[: match.end('account')]!r}…"
    if place.region is not None:
        expected = next((name for start, name in _PARTITIONS.items() if place.region.startswith(start)), "aws")
        if partition != expected:
            rule = f"the provider works in {place.region}, whose ARNs begin with arn:{expected}:"
            yield Problem(where, shown, rule, f"Give a resource of the partition {expected}.")
        elif service in _IN_ITS_REGION and region != place.region:
            rule = f"the provider works in {place.region}, and AWS takes no resource of another Region here"
            yield Problem(where, shown, rule, f"Give one in {place.region}, or a provider of {region} in provider=.")
    if service in _IN_ITS_ACCOUNT and (account in place.forbidden or (place.allowed and account not in place.allowed)):
        restriction = f"allows {', '.join(place.allowed)}" if place.allowed else f"forbids {account}"
        rule = f"the provider {restriction}, and AWS takes no resource of another account here"
        yield Problem(where, shown, rule, "Give one of the provider's account, or another provider in provider=.")
