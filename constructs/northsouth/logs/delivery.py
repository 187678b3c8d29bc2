"""Who may deliver load balancer logs into a bucket, and where; pure.

Source: docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html. Today the guide grants
the log delivery service in every Region. Before August 2022 it granted an account of AWS's that differed by Region,
"still supported", and China is known to have needed it after that date (terraform-aws-s3-bucket#263). So both are
granted where such an account exists. Terraform's own data source of these accounts fails in every newer Region.

The guide documents no ``aws:SourceAccount`` or ``aws:SourceArn`` for this service: "Always include the account ID of
the account with the load balancer in the resource path ... This ensures that only load balancers from the specified
account can write". A condition on a key that the service does not send would stop delivery without an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from types import MappingProxyType

Statement = dict[str, object]
"""One statement of a bucket policy."""

SERVICE_PRINCIPAL = "logdelivery.elasticloadbalancing.amazonaws.com"
"""Delivers logs in every Region and partition. (``logdelivery.elb`` is for Outposts, ``delivery.logs`` for NLBs.)"""

LEGACY_ACCOUNTS = MappingProxyType(
    {
        "af-south-1": "098369216593",
        "ap-east-1": "754344448648",
        "ap-northeast-1": "582318560864",
        "ap-northeast-2": "600734575887",
        "ap-northeast-3": "383597477331",
        "ap-south-1": "718504428378",
        "ap-southeast-1": "114774131450",
        "ap-southeast-2": "783225319266",
        "ap-southeast-3": "589379963580",
        "ca-central-1": "985666609251",
        "cn-north-1": "638102146993",
        "cn-northwest-1": "037604701340",
        "eu-central-1": "054676820928",
        "eu-north-1": "897822967062",
        "eu-south-1": "635631232127",
        "eu-west-1": "156460612806",
        "eu-west-2": "652711504416",
        "eu-west-3": "009996457667",
        "me-south-1": "076674570225",
        "sa-east-1": "507241528517",
        "us-east-1": "127311923021",
        "us-east-2": "033677994240",
        "us-gov-east-1": "190560391635",
        "us-gov-west-1": "048591011584",
        "us-west-1": "027434742980",
        "us-west-2": "797873946194",
    }
)
"""Elastic Load Balancing's own account in each Region that ever had one; the list is closed.

24 are in the guide; the two of China are in the Terraform provider (``internal/service/elb``) and
terraform-aws-s3-bucket.
"""

# AWS's partitions by the start of their Regions' names (botocore's partitions.json); "aws" is every other.
_PARTITIONS = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("us-iso-", "aws-iso"),
    ("eu-isoe-", "aws-iso-e"),
    ("eusc-", "aws-eusc"),
)


class LogKind(Enum):
    """A log an Application Load Balancer writes to S3; the value is its folder in the bucket.

    All three are delivered to the same ``AWSLogs/<account>/...`` path below their prefix, told apart only by the
    start of the object's name, so a table over one would read the others. Each therefore gets a prefix of its own.
    """

    ACCESS = ""
    CONNECTION = "connection-logs"
    HEALTH_CHECK = "health-check-logs"


def partition_of(region: str) -> str:
    """Return the partition a Region belongs to, which its ARNs begin with: ``aws``, ``aws-cn``, ``aws-us-gov``..."""
    return next((partition for start, partition in _PARTITIONS if region.startswith(start)), "aws")


def legacy_principals() -> dict[str, str]:
    """Return the ARN of the legacy delivery account by Region, for the 26 Regions that have one."""
    return {region: f"arn:{partition_of(region)}:iam::{account}:root" for region, account in LEGACY_ACCOUNTS.items()}


def prefix_of(prefix: str, kind: LogKind) -> str:
    """Return the prefix to set on the load balancer for one kind of log; empty for the root of the bucket."""
    return "/".join(part for part in (prefix, kind.value) if part)


def delivery_resources(bucket_arn: str, prefix: str, accounts: Iterable[str]) -> list[str]:
    """Return what the delivery may write: every kind of log, of the given accounts' load balancers only.

    Args:
        bucket_arn: the bucket.
        prefix: the prefix above all logs; may be empty.
        accounts: the accounts that own load balancers which log here.

    """
    return [
        "/".join(part for part in (bucket_arn, prefix_of(prefix, kind), "AWSLogs", account, "*") if part)
        for account in accounts
        for kind in LogKind
    ]


def service_statement(resources: Sequence[str]) -> Statement:
    """Let the log delivery service write ``resources``."""
    return {
        "Sid": "LoadBalancerLogDelivery",
        "Effect": "Allow",
        "Principal": {"Service": SERVICE_PRINCIPAL},
        "Action": "s3:PutObject",
        "Resource": list(resources),
    }


def legacy_statement(resources: Sequence[str], principal: str) -> Statement:
    """Let a Region's legacy delivery account, given by ARN, write ``resources``."""
    return {
        "Sid": "LoadBalancerLogDeliveryLegacy",
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": "s3:PutObject",
        "Resource": list(resources),
    }


def tls_only_statement(bucket_arn: str) -> Statement:
    """Deny everything that does not come over TLS."""
    return {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket_arn, f"{bucket_arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def delivery_statements(region: str, resources: Sequence[str]) -> list[Statement]:
    """Return the statements that let logs be delivered in a Region known at synth."""
    principal = legacy_principals().get(region)
    legacy = [legacy_statement(resources, principal)] if principal else []
    return [service_statement(resources), *legacy]
