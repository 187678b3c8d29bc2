"""Every policy the library can declare is as narrow as AWS lets it be.

The documents are those of every public construct with all its arguments, and of every environment.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import cdktf
import pytest

from northsouth.stacks.edge import EdgeStack
from northsouth.stacks.loading import load_environments
from tests.arguments import public_api
from tests.arguments.test_arguments import ENTRIES, declared
from tests.harness.policies import as_list, statements

pytestmark = pytest.mark.slow

ENVIRONMENTS = sorted((Path(__file__).parents[2] / "environments").glob("*.toml"))
KNOW_NO_RESOURCE = {
    "cloudwatch:DescribeAlarms": "a composite is shown only to those who may describe all (API_DescribeAlarms)",
    "cloudwatch:DescribeAlarmHistory": "as DescribeAlarms (API_DescribeAlarmHistory)",
    "cloudwatch:GetMetricData": "metrics are no resources of IAM",
    "cloudwatch:GetMetricStatistics": "metrics are no resources of IAM",
    "cloudwatch:GetMetricWidgetImage": "metrics are no resources of IAM",
    "cloudwatch:PutMetricData": "metrics are no resources of IAM; the namespace is a condition",
    "logs:CreateLogDelivery": "deliveries of vended logs have no ARN (Step Functions, logging: IAM policies)",
    "logs:DeleteLogDelivery": "as CreateLogDelivery",
    "logs:DescribeLogGroups": "as CreateLogDelivery",
    "logs:DescribeResourcePolicies": "as CreateLogDelivery",
    "logs:GetLogDelivery": "as CreateLogDelivery",
    "logs:ListLogDeliveries": "as CreateLogDelivery",
    "logs:PutResourcePolicy": "as CreateLogDelivery",
    "logs:UpdateLogDelivery": "as CreateLogDelivery",
}
"""Actions that can be allowed on ``*`` alone (Service Authorization Reference), and why."""
NEED_A_CONDITION = {"cloudwatch:PutMetricData": "cloudwatch:namespace"}
COMES_FOR_NO_ACCOUNT = {
    "firehose.amazonaws.com",
    "logdelivery.elasticloadbalancing.amazonaws.com",
    "s3.amazonaws.com",
    "streams.metrics.cloudwatch.amazonaws.com",
}
"""Services whose guides document no source account: ALB's log delivery names the account in the key, and S3's
replication (Setting up permissions for live replication), Firehose (Allow Firehose to assume an IAM role) and metric
streams (Trust between CloudWatch and Firehose) each have a role of their own for one bucket or one stream."""
PUBLIC_ON_PURPOSE = {("s3:GetObject",): ("/index.html", "/status.json", "/uptime.json", "/feed.json")}
"""What anybody may do: read the files of a public status page."""


@cache
def documents() -> dict[str, dict[str, Any]]:
    found = {
        entry.name: declared(entry, {**entry.base, **entry.everything})
        for entry in ENTRIES
        if entry.target in public_api.constructs()
    }
    for file in ENVIRONMENTS:
        (environment,) = load_environments([file])
        stack = EdgeStack(cdktf.Testing.app(), environment)
        found[file.stem] = json.loads(cdktf.Testing.synth(stack))
    return found


def allowed() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{where} {statement.get('Sid', '')}", statement)
        for where, statement in statements(documents())
        if statement["Effect"] == "Allow"
    ]


def is_anybody(principal: Any) -> bool:
    return principal == "*" or (isinstance(principal, dict) and "*" in as_list(principal.get("AWS", [])))


def faults(statement: dict[str, Any]) -> Iterator[str]:
    """Yield what is wider in a statement than it has to be."""
    actions = as_list(statement.get("Action", []))
    if "NotAction" in statement or "NotResource" in statement or "NotPrincipal" in statement:
        yield "it allows everything but something"
    for action in actions:
        if "*" in action:
            yield f"{action} stands for actions that nobody listed"
    if any(resource == "*" for resource in as_list(statement.get("Resource", []))):
        for action in actions:
            if action not in KNOW_NO_RESOURCE:
                yield f"{action} can name its resource"
            needed = NEED_A_CONDITION.get(action)
            if needed and not any(needed in keys for keys in statement.get("Condition", {}).values()):
                yield f"{action} has no condition on {needed}"
    if is_anybody(statement.get("Principal")) and "Condition" not in statement:
        ends = PUBLIC_ON_PURPOSE.get(tuple(actions), ())
        if not ends or not all(resource.endswith(ends) for resource in as_list(statement["Resource"])):
            yield "anybody may do it"


def test_there_are_policies_of_every_kind_to_look_at() -> None:
    kinds = {where.split(".")[1] for where, _ in statements(documents())}
    assert {"aws_iam_role", "aws_iam_role_policy", "aws_s3_bucket_policy"} <= kinds


def test_nothing_is_allowed_that_could_be_narrower() -> None:
    found = {f"{where}: {fault}" for where, statement in allowed() for fault in faults(statement)}
    assert not found, "\n".join(sorted(found))


def test_no_service_acts_for_another_account() -> None:
    """The confused deputy: a service that many accounts use says for which of them it comes."""
    services = [
        (where, statement)
        for where, statement in allowed()
        if isinstance(statement.get("Principal"), dict)
        and {*as_list(statement["Principal"].get("Service", []))} - COMES_FOR_NO_ACCOUNT
    ]
    without = {
        where
        for where, statement in services
        if not any(
            key.lower() in ("aws:sourceaccount", "aws:sourcearn")
            for keys in statement.get("Condition", {}).values()
            for key in keys
        )
    }
    assert not without, "\n".join(sorted(without))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"Action": "s3:*"}, "s3:* stands for actions that nobody listed"),
        ({"Resource": "*"}, "s3:GetObject can name its resource"),
        ({"Action": "cloudwatch:PutMetricData", "Resource": ["*"]}, "has no condition on cloudwatch:namespace"),
        ({"Principal": {"AWS": ["*"]}}, "anybody may do it"),
        ({"NotAction": "s3:PutObject"}, "it allows everything but something"),
    ],
)
def test_a_wide_statement_would_be_found(changed: dict[str, Any], expected: str) -> None:
    narrow = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::logs/*"]}
    assert list(faults(narrow)) == []
    assert expected in " ".join(faults({**narrow, **changed}))
