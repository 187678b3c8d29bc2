"""How IAM decides: policies of roles and of resources, wildcards, conditions; and sessions of roles on the emulator."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.core.utils import utcnow
from moto.iam.models import iam_backends

from northsouth.emulator import permissions
from northsouth.emulator.server import ACCOUNT, Emulator

ROLE = f"arn:aws:iam::{ACCOUNT}:role/job"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:queue"
SERVICE = "states.amazonaws.com"
SOURCE = f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:job"
ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*"}
READ = "arn:aws:s3:::bucket/a/b"


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(**condition: Any) -> str:
    more = {"Condition": condition} if condition else {}
    return document({"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "sts:AssumeRole", **more})


@pytest.fixture
def iam(emulator: Emulator) -> Any:
    """IAM with a role that may do nothing."""
    made = emulator.client("iam")
    made.create_role(RoleName="job", AssumeRolePolicyDocument=trust(StringEquals={"aws:SourceAccount": ACCOUNT}))
    return made


def give(iam: Any, *statements: dict[str, Any]) -> None:
    iam.put_role_policy(RoleName="job", PolicyName="own", PolicyDocument=document(*statements))


@pytest.mark.parametrize(
    ("change", "allowed"),
    [
        ({}, True),
        ({"Action": "s3:Get*"}, True),
        ({"Action": ["s3:PutObject", "S3:getobject"]}, True),
        ({"Action": "s3:Put*"}, False),
        ({"Action": "*"}, True),
        ({"Action": None, "NotAction": "s3:Put*"}, True),
        ({"Action": None, "NotAction": "s3:*"}, False),
        ({"Resource": "arn:aws:s3:::bucket"}, False),
        ({"Resource": "arn:aws:s3:::bucket/?/b"}, True),
        ({"Resource": "arn:aws:s3:::bucket/[a]/b"}, False),
        ({"Resource": None, "NotResource": "arn:aws:s3:::other/*"}, True),
        ({"Resource": None, "NotResource": "arn:aws:s3:::bucket/*"}, False),
        ({"Resource": "arn:aws:s3:::${aws:PrincipalTag/team}/*"}, True),
        ({"Condition": {"StringEquals": {"aws:Key": ["a", "b"]}}}, True),
        ({"Condition": {"StringEquals": {"AWS:KEY": "a"}}}, True),
        ({"Condition": {"StringEquals": {"aws:Key": "*"}}}, False),
        ({"Condition": {"StringLike": {"aws:Key": "?"}}}, True),
        ({"Condition": {"StringNotEquals": {"aws:Key": ["a", "b"]}}}, False),
        ({"Condition": {"StringNotEquals": {"aws:Absent": "a"}}}, True),
        ({"Condition": {"StringEquals": {"aws:Absent": "a"}}}, False),
        ({"Condition": {"StringEqualsIfExists": {"aws:Absent": "a"}}}, True),
        ({"Condition": {"StringEqualsIgnoreCase": {"aws:Key": "A"}}}, True),
        ({"Condition": {"ForAnyValue:StringLike": {"aws:Key": ["x*", "a*"]}}}, True),
        ({"Condition": {"Null": {"aws:Absent": "true"}}}, True),
        ({"Condition": {"Null": {"aws:Key": True}}}, False),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, True),
        ({"Condition": {"Bool": {"aws:SecureTransport": False}}}, False),
        ({"Condition": {"NumericLessThan": {"aws:Number": "8"}}}, True),
        ({"Condition": {"NumericGreaterThanEquals": {"aws:Number": "8"}}}, False),
        ({"Condition": {"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}}, True),
        ({"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}, True),
        ({"Condition": {"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8"]}}}, False),
        ({"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:a*"}}}, True),
        ({"Condition": {"BinaryEquals": {"aws:Key": "YQ=="}}}, False),
    ],
)
def test_a_statement_of_a_role(iam: Any, change: dict[str, Any], allowed: bool) -> None:
    give(iam, {key: value for key, value in {**ALLOW, **change}.items() if value is not None})
    context = {
        "aws:Key": "a",
        "aws:Number": "7",
        "aws:SourceIp": "10.1.2.3",
        "aws:PrincipalTag/team": "bucket",
        "aws:CurrentTime": "2026-11-29T00:00:00Z",
        "aws:SourceArn": "arn:aws:sns:us-east-1:1:alerts",
    }
    assert permissions.may(ROLE, "s3:GetObject", READ, context) == allowed


@pytest.mark.parametrize(
    ("denial", "allowed"),
    [
        ({"Action": "s3:*", "Resource": "*"}, False),
        ({"Action": "s3:Put*", "Resource": "*"}, True),
        ({"Action": "*", "NotResource": "arn:aws:s3:::bucket/a/*"}, True),
        ({"Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}, True),
        ({"Action": "*", "Resource": "*", "Condition": {"BinaryEquals": {"aws:Key": "YQ=="}}}, False),
    ],
)
def test_a_deny_wins(iam: Any, denial: dict[str, Any], allowed: bool) -> None:
    give(iam, ALLOW, {"Effect": "Deny", **denial})
    assert permissions.may(ROLE, "s3:GetObject", READ, {}) == allowed


def test_policies_that_are_managed_count_and_a_boundary_limits(iam: Any) -> None:
    assert not permissions.may(ROLE, "s3:GetObject", READ, {})
    iam.attach_role_policy(RoleName="job", PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
    assert permissions.may(ROLE, "s3:GetObject", READ, {})
    assert not permissions.may(ROLE, "s3:PutObject", READ, {})
    boundary = iam.create_policy(PolicyName="b", PolicyDocument=document({**ALLOW, "Action": "s3:ListBucket"}))[
        "Policy"
    ]
    iam.put_role_permissions_boundary(RoleName="job", PermissionsBoundary=boundary["Arn"])
    assert not permissions.may(ROLE, "s3:GetObject", READ, {})


def test_a_resources_policy_lets_a_role_in_or_keeps_it_out(emulator: Emulator, iam: Any) -> None:
    sqs = emulator.client("sqs")
    url = sqs.create_queue(QueueName="queue")["QueueUrl"]

    def may(**statement: Any) -> bool:
        policy = document({"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE, **statement})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        return permissions.may(ROLE, "sqs:SendMessage", QUEUE, {})

    assert may(Principal={"AWS": ROLE})
    assert not may(Principal={"AWS": ACCOUNT})
    give(iam, {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"})
    for principal in ("*", {"AWS": ROLE}, {"AWS": "*"}):
        assert not may(Effect="Deny", Principal=principal)
    assert may(Effect="Deny", NotPrincipal={"AWS": ROLE})


@pytest.mark.usefixtures("iam")
def test_a_role_is_taken_on_by_whom_it_trusts_alone() -> None:
    here = {"aws:SourceArn": SOURCE, "aws:SourceAccount": ACCOUNT}
    assert permissions.assumable(ROLE, SERVICE, here)
    assert not permissions.assumable(ROLE, "events.amazonaws.com", here)
    assert not permissions.assumable(ROLE, SERVICE, {**here, "aws:SourceAccount": "210987654321"})
    assert not permissions.assumable(f"{ROLE}-gone", SERVICE, here)
    assert permissions.trusts(ROLE, SERVICE)
    assert not permissions.trusts(ROLE, "events.amazonaws.com")


@pytest.mark.usefixtures("iam")
def test_a_new_role_is_not_seen_for_a_moment() -> None:
    with permissions.visible_after(3600):
        assert not permissions.trusts(ROLE, SERVICE)
        assert permissions.trusts(ROLE, SERVICE, settled=True)
    assert permissions.trusts(ROLE, SERVICE)


def test_a_new_policy_is_not_seen_for_a_moment(iam: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    role = iam_backends[ACCOUNT]["aws"].get_role("job")
    monkeypatch.setattr(role, "create_date", utcnow() - timedelta(days=1))
    iam.attach_role_policy(RoleName="job", PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
    give(iam, {**ALLOW, "Action": "s3:PutObject"})
    for action in ("s3:GetObject", "s3:PutObject"):
        with permissions.visible_after(3600):
            assert not permissions.may(ROLE, action, READ, {})
        assert permissions.may(ROLE, action, READ, {})


def as_role(emulator: Emulator, service: str) -> Any:
    """Return a client whose calls are those of the role's session."""
    session = boto3.session.Session("testing", "testing", ROLE, "us-east-1")
    config = Config(proxies={}, retries={"total_max_attempts": 1})
    return session.client(service, endpoint_url=emulator.endpoint, config=config)


CALLS = [
    ("cloudwatch", "describe_alarms", {}, "cloudwatch:DescribeAlarms", "alarm:*", "AccessDenied"),
    ("sqs", "send_message", {"QueueUrl": "queue", "MessageBody": "a"}, "sqs:SendMessage", QUEUE, "AccessDenied"),
    ("s3", "put_object", {"Bucket": "bucket", "Key": "a", "Body": b"b"}, "s3:PutObject", "bucket/a", "AccessDenied"),
    ("s3", "list_objects_v2", {"Bucket": "bucket"}, "s3:ListBucket", "bucket", "AccessDenied"),
    ("glue", "get_database", {"Name": "d"}, "glue:GetDatabase", "catalog", "AccessDeniedException"),
]


@pytest.mark.parametrize(("service", "method", "parameters", "action", "resource", "code"), CALLS)
def test_a_session_may_do_what_its_role_may(
    emulator: Emulator,
    iam: Any,
    service: str,
    method: str,
    parameters: dict[str, Any],
    action: str,
    resource: str,
    code: str,
) -> None:
    emulator.client("s3").create_bucket(Bucket="bucket")
    emulator.client("sqs").create_queue(QueueName="queue")
    emulator.client("glue").create_database(DatabaseInput={"Name": "d"})
    call = getattr(as_role(emulator, service), method)
    with pytest.raises(ClientError) as refusal:
        call(**parameters)
    error = refusal.value.response["Error"]
    assert code in error["Code"]
    assert f"assumed-role/job/session is not authorized to perform: {action} on resource: " in error["Message"]
    assert resource in error["Message"]
    give(iam, {"Effect": "Allow", "Action": action, "Resource": "*"})
    call(**parameters)
    give(
        iam, {"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": action, "Resource": "*"}
    )
    with pytest.raises(ClientError):
        call(**parameters)


def test_a_machine_acts_as_its_role(emulator: Emulator, iam: Any) -> None:
    states = emulator.client("stepfunctions")
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:cloudwatch:describeAlarms",
        "Arguments": {},
        "End": True,
    }
    definition = json.dumps({"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": task}})
    machine = states.create_state_machine(name="job", definition=definition, roleArn=ROLE)["stateMachineArn"]

    def outcome() -> tuple[str, str]:
        execution = states.start_execution(stateMachineArn=machine, name=str(uuid4()))["executionArn"]
        while (described := states.describe_execution(executionArn=execution))["status"] == "RUNNING":
            pass
        return described["status"], described.get("cause", "")

    status, cause = outcome()
    assert status == "FAILED"
    assert "is not authorized to perform: cloudwatch:DescribeAlarms" in cause
    give(iam, {"Effect": "Allow", "Action": "cloudwatch:Describe*", "Resource": "*"})
    assert outcome() == ("SUCCEEDED", "")
    iam.update_assume_role_policy(RoleName="job", PolicyDocument=trust(ArnEquals={"aws:SourceArn": f"{SOURCE}-other"}))
    status, cause = outcome()
    assert status == "FAILED"
    assert "sts:AssumeRole" in cause
