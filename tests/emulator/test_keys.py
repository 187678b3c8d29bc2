"""Key policies: who may use the key that encrypts a topic, a queue, a bucket or a log group."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from northsouth.emulator import permissions
from northsouth.emulator.server import ACCOUNT, Emulator
from tests.harness.roles import trusted_by

TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:topic"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:queue"
OBJECT = "arn:aws:s3:::bucket/a"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/user"
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
CLOUDWATCH = {"Service": "cloudwatch.amazonaws.com"}
GROUP = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:group"


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(principal: Any, *actions: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": list(actions), "Resource": "*", **more}


def key(emulator: Emulator, *statements: dict[str, Any]) -> str:
    made = emulator.client("kms").create_key(Policy=document(allow(ROOT, "kms:PutKeyPolicy"), *statements))
    return str(made["KeyMetadata"]["Arn"])


def topic(emulator: Emulator, its_key: str) -> None:
    policy = document({**allow(CLOUDWATCH, "sns:Publish"), "Resource": TOPIC})
    attributes = {"KmsMasterKeyId": its_key, "Policy": policy}
    emulator.client("sns").create_topic(Name="topic", Attributes=attributes)


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        (allow(CLOUDWATCH, "kms:GenerateDataKey*", "kms:Decrypt"), True),
        (allow(CLOUDWATCH, "kms:*"), True),
        (allow(CLOUDWATCH, "kms:Decrypt"), False),
        (allow(CLOUDWATCH, "kms:GenerateDataKey*"), False),
        (allow({"Service": "events.amazonaws.com"}, "kms:*"), False),
        (allow(ROOT, "kms:*"), False),
        (allow(CLOUDWATCH, "kms:*", Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}}), True),
        (allow(CLOUDWATCH, "kms:*", Condition={"StringEquals": {"aws:SourceAccount": "210987654321"}}), False),
        (
            allow(CLOUDWATCH, "kms:*", Condition={"StringEquals": {"kms:EncryptionContext:aws:sns:topicArn": TOPIC}}),
            True,
        ),
        (allow(CLOUDWATCH, "kms:*", Condition={"StringLike": {"kms:ViaService": "sqs.*.amazonaws.com"}}), False),
    ],
)
def test_a_service_needs_the_key_of_a_topic(emulator: Emulator, statement: dict[str, Any], allowed: bool) -> None:
    topic(emulator, key(emulator, statement))
    here = {"aws:SourceAccount": ACCOUNT}
    assert permissions.resource_allows("cloudwatch.amazonaws.com", "sns:Publish", TOPIC, here) == allowed


def test_no_service_may_use_a_key_of_aws_itself(emulator: Emulator) -> None:
    topic(emulator, "alias/aws/sns")
    assert not permissions.resource_allows("cloudwatch.amazonaws.com", "sns:Publish", TOPIC, {})


def test_an_alarm_does_not_reach_a_topic_whose_key_is_closed(emulator: Emulator) -> None:
    its_key = key(emulator)
    topic(emulator, its_key)
    sns, sqs, cloudwatch = (emulator.client(name) for name in ("sns", "sqs", "cloudwatch"))
    policy = document({**allow({"Service": "sns.amazonaws.com"}, "sqs:SendMessage"), "Resource": QUEUE})
    sqs.create_queue(QueueName="queue", Attributes={"Policy": policy})
    sns.subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=QUEUE)
    cloudwatch.put_metric_alarm(
        AlarmName="a",
        Namespace="n",
        MetricName="m",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[TOPIC],
    )

    def messages() -> int:
        for state in ("OK", "ALARM"):
            cloudwatch.set_alarm_state(AlarmName="a", StateValue=state, StateReason="test")
        return len(sqs.receive_message(QueueUrl="queue").get("Messages", []))

    assert messages() == 0
    opened = document(allow(CLOUDWATCH, "kms:GenerateDataKey*", "kms:Decrypt"))
    emulator.client("kms").put_key_policy(KeyId=its_key, PolicyName="default", Policy=opened)
    assert messages() == 1


@pytest.mark.parametrize(
    ("of_key", "of_role", "allowed"),
    [
        ((), ["kms:*"], False),
        ((allow(ROOT, "kms:*"),), ["kms:*"], True),
        ((allow({"AWS": ACCOUNT}, "kms:*"),), ["kms:GenerateDataKey", "kms:Decrypt"], True),
        ((allow(ROOT, "kms:*"),), ["kms:GenerateDataKey"], False),
        ((allow(ROOT, "kms:*"),), [], False),
        ((allow({"AWS": ROLE}, "kms:GenerateDataKey", "kms:Decrypt"),), [], True),
        ((allow(ROOT, "kms:*"), {**allow({"AWS": ROLE}, "kms:Decrypt"), "Effect": "Deny"}), ["kms:*"], False),
        ((allow(ROOT, "kms:*", Condition={"StringEquals": {"kms:CallerAccount": ACCOUNT}}),), ["kms:*"], True),
    ],
)
def test_a_role_needs_the_key_of_a_queue_and_of_a_bucket(
    emulator: Emulator, of_key: tuple[dict[str, Any], ...], of_role: list[str], allowed: bool
) -> None:
    iam = emulator.client("iam")
    iam.create_role(RoleName="user", AssumeRolePolicyDocument=trusted_by("states"))
    own = {"Effect": "Allow", "Action": ["s3:*", "sqs:*", *of_role], "Resource": "*"}
    iam.put_role_policy(RoleName="user", PolicyName="own", PolicyDocument=document(own))
    its_key = key(emulator, *of_key)
    emulator.client("sqs").create_queue(QueueName="queue", Attributes={"KmsMasterKeyId": its_key})
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket="bucket")
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": its_key}
    configuration = {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
    s3.put_bucket_encryption(Bucket="bucket", ServerSideEncryptionConfiguration=configuration)
    assert permissions.may(ROLE, "sqs:SendMessage", QUEUE, {}) == allowed
    both = permissions.may(ROLE, "s3:PutObject", OBJECT, {}) and permissions.may(ROLE, "s3:GetObject", OBJECT, {})
    assert both == allowed
    assert permissions.may(ROLE, "sqs:GetQueueAttributes", QUEUE, {}), "needs no key"


def test_the_refusal_names_the_action_on_the_key(emulator: Emulator) -> None:
    iam = emulator.client("iam")
    iam.create_role(RoleName="user", AssumeRolePolicyDocument=trusted_by("states"))
    own = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
    iam.put_role_policy(RoleName="user", PolicyName="own", PolicyDocument=document(own))
    its_key = key(emulator, allow(ROOT, "kms:*"))
    emulator.client("sqs").create_queue(QueueName="queue", Attributes={"KmsMasterKeyId": its_key})
    refused = permissions.refused(ROLE, "sqs:SendMessage", QUEUE, {})
    assert refused is not None
    assert (refused.action, refused.resource) == ("kms:GenerateDataKey", its_key)


@pytest.mark.parametrize(
    ("conditions", "taken"),
    [
        ({}, True),
        ({"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:us-east-1:{ACCOUNT}:*"}}, True),
        ({"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": GROUP}}, True),
        ({"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": f"{GROUP}-other"}}, False),
    ],
)
def test_a_log_group_takes_a_key_that_is_open_to_it(emulator: Emulator, conditions: Any, taken: bool) -> None:
    logs = emulator.client("logs")
    for_logs = allow(
        {"Service": "logs.us-east-1.amazonaws.com"}, "kms:Encrypt*", "kms:Decrypt*", "kms:GenerateDataKey*"
    )
    its_key = key(emulator, {**for_logs, "Condition": conditions})
    if taken:
        logs.create_log_group(logGroupName="group", kmsKeyId=its_key)
        return
    with pytest.raises(ClientError, match="is not allowed to be used with Arn"):
        logs.create_log_group(logGroupName="group", kmsKeyId=its_key)
