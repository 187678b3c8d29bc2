"""Policies of private endpoints: who may do what through them; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from northsouth.errors import Problem, refuse
from northsouth.tokens import is_token

SOURCE = "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html"
LONGEST = 20_480
"""Characters of an endpoint policy, white space counted."""

_ACCOUNT = re.compile(r"\d{12}")
_ORGANIZATION = re.compile(r"o-[a-z0-9]{10,32}")


@dataclass(frozen=True)
class EndpointPolicy:
    """The policy of one endpoint. Use one of the named constructors.

    Attributes:
        document: the policy, as JSON text.
        accounts: the accounts it was made for, if any.
        organization: the organization it was made for, if any.

    """

    document: str
    accounts: tuple[str, ...] = ()
    organization: str | None = None

    @classmethod
    def of(cls, document: Mapping[str, Any] | str) -> EndpointPolicy:
        """Take a whole policy document, as a mapping or as JSON text."""
        return cls(document if isinstance(document, str) else _json(document))

    @classmethod
    def within_accounts(cls, *accounts: str, also: Sequence[str] = ()) -> EndpointPolicy:
        """Let only principals of these accounts reach only resources of these accounts.

        This closes the path by which data leaves to a bucket of someone else's. AWS's own buckets are someone else's
        too: image layers of ECR, packages of Amazon Linux, Systems Manager's tools. Name them in ``also``.

        Args:
            *accounts: 12-digit account ids.
            also: ARNs of resources of others that stay readable, for example
                ``"arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*"`` for images from ECR.

        """
        condition = {"aws:PrincipalAccount": list(accounts), "aws:ResourceAccount": list(accounts)}
        return cls(_perimeter(condition, also), accounts=accounts)

    @classmethod
    def within_organization(cls, organization: str, *, also: Sequence[str] = ()) -> EndpointPolicy:
        """Let only principals of an organization reach only its resources; see :meth:`within_accounts`.

        Args:
            organization: the id of the AWS organization, ``o-...``.
            also: ARNs of resources of others that stay readable.

        """
        condition = {"aws:PrincipalOrgID": [organization], "aws:ResourceOrgID": [organization]}
        return cls(_perimeter(condition, also), organization=organization)


def _perimeter(condition: Mapping[str, Sequence[str]], also: Sequence[str]) -> str:
    statements: list[dict[str, Any]] = [
        {
            "Sid": "OwnResources",
            "Effect": "Allow",
            "Principal": "*",
            "Action": "*",
            "Resource": "*",
            "Condition": {"StringEquals": condition},
        }
    ]
    if also:
        statements.append(
            {
                "Sid": "NamedResourcesOfOthers",
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": list(also),
            }
        )
    return _json({"Version": "2012-10-17", "Statement": statements})


def _json(document: Mapping[str, Any]) -> str:
    try:
        return json.dumps(document, sort_keys=True, separators=(",", ":"))
    except TypeError as error:
        fix = "Write texts, numbers, lists and mappings; of a resource its ARN: bucket.arn."
        refuse("EndpointPolicy", [Problem("document", str(error), "a policy is JSON", fix)])
        raise


def check_endpoint_policy(policy: EndpointPolicy) -> Iterator[Problem]:
    """Yield what AWS would not accept in an endpoint policy."""
    for index, account in enumerate(policy.accounts):
        if not is_token(account) and not _ACCOUNT.fullmatch(account):
            yield Problem(
                f"accounts[{index}]", repr(account), "an account id has 12 digits", "Write all of them, as text."
            )
    organization = policy.organization
    if organization is not None and not is_token(organization) and not _ORGANIZATION.fullmatch(organization):
        yield Problem(
            "organization",
            repr(organization),
            "an organization id is o- and 10 to 32 lower-case letters or digits",
            "Look it up with `aws organizations describe-organization`.",
            "https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html",
        )
    text = policy.document
    if is_token(text):
        return
    if len(text) > LONGEST:
        yield Problem("", f"{len(text)} characters", f"a policy has at most {LONGEST}", "Shorten it.", SOURCE)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        yield Problem("", repr(text[:40]), f"not JSON: {error}", "Give a mapping, or valid JSON.", SOURCE)
        return
    if not isinstance(document, dict) or "Statement" not in document:
        yield Problem("", repr(text[:40]), "a policy document has a Statement", "Add it.", SOURCE)
