"""Calls fail as they are told to, in every protocol, with and without their effect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, HTTPClientError

from northsouth.emulator import faults
from northsouth.emulator.faults import Call, Fault, at, first_of_each
from northsouth.emulator.server import Emulator
from tests.harness.roles import mighty_role, trusted_by

ROLE = {"RoleName": "r", "AssumeRolePolicyDocument": trusted_by("lambda")}
SCHEDULE = {
    "Name": "s",
    "ScheduleExpression": "rate(1 hour)",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "Target": {"Arn": "arn:aws:sqs:us-east-1:123456789012:q", "RoleArn": "arn:aws:iam::123456789012:role/schedules"},
}
PROTOCOLS: list[tuple[str, str, str, Callable[[Any], Any], tuple[str, str, str]]] = [
    (
        "ec2",
        "ec2",
        "CreateVpc",
        lambda ec2: ec2.create_vpc(CidrBlock="10.0.0.0/16"),
        ("UnauthorizedOperation", "RequestLimitExceeded", "InternalError"),
    ),
    (
        "s3",
        "s3",
        "CreateBucket",
        lambda s3: s3.create_bucket(Bucket="northsouth-x"),
        ("AccessDenied", "SlowDown", "InternalError"),
    ),
    (
        "iam",
        "iam",
        "CreateRole",
        lambda iam: iam.create_role(**ROLE),
        ("AccessDenied", "Throttling", "InternalFailure"),
    ),
    (
        "logs",
        "logs",
        "CreateLogGroup",
        lambda logs: logs.create_log_group(logGroupName="g"),
        ("AccessDeniedException", "ThrottlingException", "InternalServerException"),
    ),
    (
        "scheduler",
        "scheduler",
        "CreateSchedule",
        lambda scheduler: scheduler.create_schedule(**SCHEDULE),
        ("AccessDeniedException", "ThrottlingException", "InternalServerException"),
    ),
]


@pytest.mark.parametrize(
    ("client", "service", "operation", "call", "codes"), PROTOCOLS, ids=[protocol[2] for protocol in PROTOCOLS]
)
def test_a_refusal_is_what_each_protocol_says_it_is(
    emulator: Emulator,
    client: str,
    service: str,
    operation: str,
    call: Callable[[Any], Any],
    codes: tuple[str, str, str],
) -> None:
    mighty_role(emulator, "schedules", "scheduler")
    emulator.client("sqs").create_queue(QueueName="q")
    kinds = (Fault.REFUSE, Fault.THROTTLE, Fault.FAIL)
    plan = {(service, operation, nth): kind for nth, kind in enumerate(kinds, start=1)}
    with emulator.faults.rule(at(plan)) as answers:
        for code in codes:
            with pytest.raises(ClientError) as refused:
                call(emulator.client(client))
            assert refused.value.response["Error"]["Code"] == code
            assert refused.value.response["Error"]["Message"].startswith("a fault: ")
        call(emulator.client(client))
    assert [(each.fault, each.took_effect) for each in answers] == [*((kind, False) for kind in kinds), (None, True)]


def test_a_lost_request_has_no_effect_and_a_lost_answer_has(emulator: Emulator) -> None:
    ec2 = emulator.client("ec2")
    with emulator.faults.rule(
        at({("ec2", "CreateVpc", 1): Fault.LOSE_REQUEST, ("ec2", "CreateVpc", 2): Fault.LOSE_ANSWER})
    ):
        for made in (1, 2):  # the default VPC, then one more
            with pytest.raises(HTTPClientError):
                ec2.create_vpc(CidrBlock="10.0.0.0/16")
            assert len(ec2.describe_vpcs()["Vpcs"]) == made


def test_an_answer_can_be_late(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(faults.time, "sleep", waited.append)
    with emulator.faults.rule(at({("sns", "CreateTopic", 1): Fault.SLOW})) as answers:
        emulator.client("sns").create_topic(Name="t")
    assert waited == [faults.SLOW_SECONDS]
    assert [each.status for each in answers] == [200]


def test_the_first_call_of_each_operation_that_changes_something(emulator: Emulator) -> None:
    logs = emulator.client("logs")
    with emulator.faults.rule(first_of_each(Fault.REFUSE)):
        assert logs.describe_log_groups()["logGroups"] == []
        with pytest.raises(ClientError):
            logs.create_log_group(logGroupName="g")
        logs.create_log_group(logGroupName="g")
        with pytest.raises(ClientError):
            logs.put_retention_policy(logGroupName="g", retentionInDays=7)
    logs.delete_log_group(logGroupName="g")


OPERATIONS: list[tuple[str, Callable[[Any], Any], str]] = [
    ("s3", lambda s3: s3.put_bucket_policy(Bucket="northsouth-x", Policy="{}"), "PutBucketPolicy"),
    (
        "s3",
        lambda s3: s3.put_public_access_block(Bucket="northsouth-x", PublicAccessBlockConfiguration={}),
        "PutPublicAccessBlock",
    ),
    ("s3", lambda s3: s3.put_object(Bucket="northsouth-x", Key="a/b", Body=b"x"), "PutObject"),
    ("s3", lambda s3: s3.list_buckets(), "ListBuckets"),
    ("s3", lambda s3: s3.put_bucket_lifecycle_configuration(Bucket="northsouth-x"), "PutBucketLifecycleConfiguration"),
    ("ram", lambda ram: ram.create_resource_share(name="x"), "CreateResourceShare"),
    ("stepfunctions", lambda states: states.list_state_machines(), "ListStateMachines"),
    ("cloudwatch", lambda cloudwatch: cloudwatch.describe_alarms(), "DescribeAlarms"),
    ("sqs", lambda sqs: sqs.create_queue(QueueName="q"), "CreateQueue"),
]


@pytest.mark.parametrize(("client", "call", "operation"), OPERATIONS, ids=[operation for *_, operation in OPERATIONS])
def test_a_call_is_known_by_its_request(
    emulator: Emulator, client: str, call: Callable[[Any], Any], operation: str
) -> None:
    def refuse(_: Call) -> Fault:
        return Fault.REFUSE

    with emulator.faults.rule(refuse) as answers, pytest.raises(ClientError):
        call(emulator.client(client))
    assert [each.call.operation for each in answers] == [operation]


def test_without_a_rule_nothing_is_looked_at(emulator: Emulator) -> None:
    with emulator.faults.rule(faults.watch) as answers:
        emulator.client("sns").create_topic(Name="t")
    emulator.client("sns").create_topic(Name="t")
    assert [(each.call.service, each.call.operation, each.call.nth, each.call.mutates) for each in answers] == [
        ("sns", "CreateTopic", 1, True)
    ]
