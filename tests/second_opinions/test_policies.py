"""What policy_sentry is asked: the parts of each statement, with references replaced by what Terraform puts there."""

from __future__ import annotations

import json

import pytest

from tests.second_opinions.policies import questions, resolved


@pytest.mark.parametrize(
    ("resource", "asked"),
    [
        ("*", "*"),
        ("${aws_sqs_queue.dead.arn}", "arn:aws:sqs:us-east-1:123456789012:x"),
        ('${aws_sqs_queue.dead["a"].arn}', "arn:aws:sqs:us-east-1:123456789012:x"),
        ("${aws_cloudwatch_log_group.a.arn}:*", "arn:aws:logs:us-east-1:123456789012:log-group:x:*"),
        ("arn:${data.aws_partition.p.partition}:s3:::${aws_s3_bucket.b.id}/a/*", "arn:aws:s3:::x/a/*"),
    ],
)
def test_references_are_replaced(resource: str, asked: str) -> None:
    assert resolved(resource) == asked


def test_an_arn_of_an_unknown_type_is_refused() -> None:
    with pytest.raises(ValueError, match=r"ARNS lacks aws_vpc\.arn"):
        resolved("${aws_vpc.main.arn}")


def test_statements_are_asked_about_once_and_without_global_keys() -> None:
    statement = {
        "Effect": "Allow",
        "Action": "sqs:SendMessage",
        "Resource": "*",
        "Condition": {"ArnEquals": {"aws:SourceArn": "a"}, "StringEquals": {"sqs:x": "y"}},
    }
    policy = json.dumps({"Statement": [statement, statement]})
    document = {"resource": {"aws_sqs_queue": {"a": {"policy": policy}}}}
    assert questions({"stack": document}) == [
        {"actions": ["sqs:SendMessage"], "resources": ["*"], "conditions": ["StringEquals sqs:x"]}
    ]
