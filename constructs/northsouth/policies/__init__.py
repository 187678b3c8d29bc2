"""IAM policies as values: statements, documents, who may take a role on, and the ARNs of a place; pure.

Every ARN is built from the partition of the provider (``aws``, ``aws-cn``, ``aws-us-gov``), never from a literal
``arn:aws``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["LOG_DELIVERY", "ArnScope", "Document", "Statement", "allow", "document", "trust"]

Statement = dict[str, object]
Document = dict[str, object]

LOG_DELIVERY = (
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
)
"""What a state machine needs to log its executions. They manage deliveries, which have no ARN, and not the logs; AWS
allows them on ``*`` alone (Step Functions developer guide, logging in CloudWatch Logs)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArnScope:
    """The partition, Region and account that stand in ARNs.

    Attributes:
        partition: ``aws``, ``aws-cn`` or ``aws-us-gov``.
        region: the Region.
        account: the account's id.

    """

    partition: str
    region: str
    account: str

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource of this Region and account."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def bucket(self, name: str, objects: str | None = None) -> str:
        """Return the ARN of a bucket, or of the ``objects`` in it."""
        return f"arn:{self.partition}:s3:::{name}" + (f"/{objects}" if objects is not None else "")

    def table(self, database: str, name: str) -> list[str]:
        """Return the ARNs that Glue checks for a table: the catalog's, the database's and the table's."""
        resources = ("catalog", f"database/{database}", f"table/{database}/{name}")
        return [self.arn("glue", resource) for resource in resources]


def document(statements: Sequence[Statement]) -> Document:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(sid: str, actions: Sequence[str], resources: Sequence[str], **condition: object) -> Statement:
    """Return one statement that allows ``actions``."""
    statement: Statement = {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
    return {**statement, "Condition": condition} if condition else statement


def trust(service: str, account: str | None = None, source_arn: str | None = None) -> Document:
    """Return who may take a role on: a service, and for this account's resources only (the confused deputy problem).

    Args:
        service: the service's principal.
        account: whose resources; ``None`` for a service that is not documented to send the account along.
        source_arn: the resource, or a pattern of resources, that the service acts for.

    """
    statement: Statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    condition: dict[str, object] = {}
    if account is not None:
        condition["StringEquals"] = {"aws:SourceAccount": account}
    if source_arn is not None:
        condition["ArnLike"] = {"aws:SourceArn": source_arn}
    return document([{**statement, "Condition": condition} if condition else statement])
