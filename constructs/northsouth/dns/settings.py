"""What goes with the rules: query logs, fail-open, sharing; values and their checks; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from northsouth.errors import Problem
from northsouth.tokens import is_token

FailOpen: TypeAlias = bool | Mapping[str, bool] | None
"""Whether queries pass while DNS Firewall cannot judge them: for all VPCs, by label, or left as it is."""

_ARN = {
    "logs": (re.compile(r"arn:[\w-]+:logs:[\w-]+:\d{12}:log-group:[^:*]+(:\*)?"), "a CloudWatch log group"),
    "s3": (re.compile(r"arn:[\w-]+:s3:::[a-z0-9.-]{3,63}(/.*)?"), "an S3 bucket"),
    "firehose": (re.compile(r"arn:[\w-]+:firehose:[\w-]+:\d{12}:deliverystream/[\w.-]+"), "a Firehose stream"),
}
_PRINCIPAL = re.compile(r"\d{12}|arn:[\w-]+:organizations::\d{12}:(organization/o-|ou/o-)[\w/-]+")


@dataclass(frozen=True, slots=True)
class QueryLogging:
    """Where the queries of the VPCs are logged, with the rule that decided; made by the named constructors."""

    service: str
    destination_arn: str

    @classmethod
    def cloudwatch(cls, log_group_arn: str) -> QueryLogging:
        """Log to a CloudWatch log group."""
        return cls("logs", log_group_arn)

    @classmethod
    def s3(cls, bucket_arn: str, *, prefix: str = "") -> QueryLogging:
        """Log to an S3 bucket, below ``prefix``."""
        return cls("s3", f"{bucket_arn}/{prefix.strip('/')}/" if prefix.strip("/") else bucket_arn)

    @classmethod
    def firehose(cls, stream_arn: str) -> QueryLogging:
        """Log to a Data Firehose delivery stream."""
        return cls("firehose", stream_arn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Who else may associate the rule groups, by AWS RAM.

    Attributes:
        principals: account ids, organization ARNs or organizational unit ARNs, by a label of your own.
        allow_external_principals: whether accounts outside the organization may be among them.

    """

    principals: Mapping[str, str]
    allow_external_principals: bool = False


def check_query_logging(where: str, logging: QueryLogging | None) -> Iterator[Problem]:
    """Yield what is wrong with the destination of query logs."""
    if logging is None or is_token(logging.destination_arn):
        return
    pattern, kind = _ARN[logging.service]
    if not pattern.fullmatch(logging.destination_arn):
        yield Problem(where, repr(logging.destination_arn), f"the ARN of {kind}", "Give its `arn`.")


def check_share(where: str, share: Share | None) -> Iterator[Problem]:
    """Yield what is wrong with the principals of a share."""
    if share is None:
        return
    if not share.principals:
        yield Problem(f"{where}.principals", "nobody", "at least one principal", "Add one, or do not share.")
    for label, principal in share.principals.items():
        if not is_token(principal) and not _PRINCIPAL.fullmatch(principal):
            yield Problem(
                f'{where}.principals["{label}"]',
                repr(principal),
                "an account id of 12 digits, or the ARN of an organization or organizational unit",
                "Give one of these.",
                "https://docs.aws.amazon.com/ram/latest/userguide/shareable.html",
            )


def fail_open_by_vpc(fail_open: FailOpen, vpcs: Iterable[str]) -> dict[str, bool]:
    """Return the setting of each VPC for which one is given."""
    if fail_open is None:
        return {}
    return dict(fail_open) if isinstance(fail_open, Mapping) else dict.fromkeys(vpcs, fail_open)


def check_fail_open(where: str, fail_open: FailOpen, vpcs: Mapping[str, str]) -> Iterator[Problem]:
    """Yield each setting for a VPC that is not among the declared ones."""
    for label in fail_open if isinstance(fail_open, Mapping) else ():
        if label not in vpcs:
            yield Problem(
                f'{where}["{label}"]',
                repr(label),
                f"the label of a declared VPC: {', '.join(map(repr, vpcs)) or 'there is none'}",
                "Use one of these, or add the VPC.",
            )
