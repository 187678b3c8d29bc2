"""What parliament is asked: every policy that names resources, whole, once, and without references."""

from __future__ import annotations

import json

from tests.second_opinions.whole_policies import questions


def test_policies_are_asked_about_once_and_those_of_trust_not_at_all() -> None:
    may_send = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "${aws_sqs_queue.dead.arn}"}
    trusted = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "sns.amazonaws.com"}}
    queue = {"policy": json.dumps({"Statement": may_send})}
    role = {"assume_role_policy": json.dumps({"Statement": [trusted]})}
    document = {"resource": {"aws_sqs_queue": {"a": queue, "b": queue}, "aws_iam_role": {"c": role}}}
    (asked,) = questions({"stack": document})
    assert json.loads(asked) == {"Statement": {**may_send, "Resource": "arn:aws:sqs:us-east-1:123456789012:x"}}
