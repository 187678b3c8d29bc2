"""The rules that AWS documents and its models lack: for each, a request that keeps it and one that breaks it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from northsouth.emulator import documented
from northsouth.emulator.documented import messages, schedules
from northsouth.emulator.documented.policies import is_public, unknown_principals
from northsouth.emulator.documented.rule import Rule
from northsouth.emulator.server import ACCOUNT, Emulator

HERE = f"us-east-1:{ACCOUNT}"
QUEUE = f"arn:aws:sqs:{HERE}:present"
GONE = f"arn:aws:sqs:{HERE}:gone"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/"
KEY = "11111111-2222-3333-4444-555555555555"
ALARM = {
    "AlarmName": "a",
    "MetricName": "m",
    "Namespace": "n",
    "Period": 60,
    "EvaluationPeriods": 5,
    "Threshold": 1,
    "Statistic": "Sum",
    "ComparisonOperator": "GreaterThanThreshold",
}
MATH = {key: value for key, value in ALARM.items() if key not in ("MetricName", "Namespace", "Period", "Statistic")}
PIPE = {"Name": "p", "Source": QUEUE, "Target": QUEUE, "RoleArn": f"{ROLE}pipes"}
TARGET = {"Id": "1", "Arn": f"arn:aws:states:{HERE}:stateMachine:m", "RoleArn": f"{ROLE}events"}
SCHEDULE = {
    "ScheduleExpression": "cron(30 * * * ? *)",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "Target": {"Arn": QUEUE, "RoleArn": f"{ROLE}scheduler"},
}
NUMBERS = count()
NAMES: dict[str, str] = {}
"""The ids of what is made, by the names that cases have for it."""

PUBLIC = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::open/*"}


def metric(name: str, *, returned: bool = False, **more: Any) -> dict[str, Any]:
    one = {"Metric": {"Namespace": "n", "MetricName": name}, "Period": 60, "Stat": "Sum"}
    return {"Id": name, "MetricStat": {**one, **more}, "ReturnData": returned}


BAND = {
    **{key: value for key, value in MATH.items() if key != "Threshold"},
    "ComparisonOperator": "GreaterThanUpperThreshold",
    "ThresholdMetricId": "ad1",
    "Metrics": [metric("m1", returned=True), {"Id": "ad1", "Expression": "ANOMALY_DETECTION_BAND(m1, 2)"}],
}


def policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trust(service: str) -> str:
    return policy(Effect="Allow", Principal={"Service": f"{service}.amazonaws.com"}, Action="sts:AssumeRole")


def named(arn: str, action: str = "sqs:SendMessage", resource: str = QUEUE) -> str:
    return policy(Effect="Allow", Principal={"AWS": arn}, Action=action, Resource=resource)


def machine(resource: str = "arn:aws:states:::aws-sdk:cloudwatch:describeAlarms", **arguments: str) -> str:
    task = {"Type": "Task", "Resource": resource, "Arguments": arguments, "End": True}
    return json.dumps({"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": task}})


MACHINE = {"name": "m", "definition": machine(), "roleArn": f"{ROLE}states"}


def log_group(name: str) -> dict[str, Any]:
    return {"cloudWatchLogsLogGroup": {"logGroupArn": f"arn:aws:logs:{HERE}:log-group:{name}"}}


LOGGED = {"level": "ALL", "destinations": [log_group("present:*")]}
DELIVERY = {"healthyRetryPolicy": {"numRetries": 100, "minDelayTarget": 3600, "maxDelayTarget": 3600}}
TOPIC_POLICY = {
    "TopicArn": f"arn:aws:sns:{HERE}:present",
    "AttributeName": "DeliveryPolicy",
    "AttributeValue": json.dumps({"http": {"defaultHealthyRetryPolicy": {"numRetries": 5}}}),
}


def topic_policy(**retries: Any) -> str:
    return json.dumps({"http": {"defaultHealthyRetryPolicy": retries}})


SUBSCRIPTION = {"TopicArn": f"arn:aws:sns:{HERE}:present", "Protocol": "https", "Endpoint": "https://example.com"}


@dataclass
class Case:
    """A request that is taken, and what is changed in it to break a rule."""

    service: str
    method: str
    good: dict[str, Any]
    changes: dict[str, Any]
    code: str
    message: str
    without: tuple[str, ...] = field(default=())

    @property
    def bad(self) -> dict[str, Any]:
        return {key: value for key, value in {**self.good, **self.changes}.items() if key not in self.without}


def alarm(changes: dict[str, Any], message: str, *without: str, good: dict[str, Any] = ALARM) -> Case:
    return Case("cloudwatch", "put_metric_alarm", good, changes, "ValidationError", message, without)


def metrics(changed: list[dict[str, Any]], message: str) -> Case:
    good = {**MATH, "Metrics": [metric("m1"), {"Id": "e1", "Expression": "m1 * 2"}]}
    return alarm({"Metrics": changed}, message, good=good)


def events(transformer: dict[str, Any] | None, message: str, **changes: Any) -> Case:
    template = {"InputPathsMap": {"name": "$.detail.alarmName"}, "InputTemplate": '"<name> <aws.events.rule-arn>"'}
    good = {"Rule": "r", "Targets": [{**TARGET, "InputTransformer": template}]}
    bad = {**TARGET, "InputTransformer": transformer or template, **changes}
    bad = {key: value for key, value in bad.items() if value is not None}
    return Case("events", "put_targets", good, {"Targets": [bad]}, "ValidationException", message)


def schedule(changes: dict[str, Any], message: str, code: str = "ValidationException") -> Case:
    return Case("scheduler", "create_schedule", {**SCHEDULE, "Name": f"s{next(NUMBERS)}"}, changes, code, message)


def pattern(text: str, message: str) -> Case:
    good = {"Name": "r", "EventPattern": '{"source": ["aws.cloudwatch"], "detail": {"a": [{"prefix": "b"}]}}'}
    return Case("events", "put_rule", good, {"EventPattern": text}, "InvalidEventPatternException", message)


def pipe(changes: dict[str, Any], message: str) -> Case:
    return Case("pipes", "create_pipe", PIPE, changes, "ValidationException", message)


def states(changes: dict[str, Any], code: str, message: str) -> Case:
    return Case("stepfunctions", "create_state_machine", MACHINE, changes, code, message)


NOBODY = f"{ROLE}nobody"
CASES = (
    alarm({}, "Exactly one of MetricName and Metrics", "MetricName"),
    alarm({"Metrics": [metric("m1", returned=True)]}, "Exactly one of MetricName and Metrics"),
    alarm({}, "Namespace must be present", "Namespace"),
    alarm({}, "Period must be present", "Period"),
    alarm({}, "ComparisonOperator must be present", "ComparisonOperator"),
    alarm({}, "Exactly one of Threshold and ThresholdMetricId", "Threshold"),
    alarm({"ComparisonOperator": "GreaterThanUpperThreshold"}, "ThresholdMetricId must be specified"),
    alarm({"AlarmActions": ["arn:aws:s3:::bucket"]}, "Invalid arn syntax: arn:aws:s3:::bucket"),
    alarm({"OKActions": [f"arn:aws:sns:eu-west-1:{ACCOUNT}:t"]}, "Only us-east-1 is supported"),
    metrics([], "Exactly one of MetricName and Metrics"),
    metrics([{"Id": "e1", "Expression": "TIME_SERIES(1)"}], "Period must not be null"),
    metrics([metric("M1", returned=True)], "Invalid id 'M1'"),
    metrics([{**metric("m1", returned=True), "Expression": "m1"}], "Exactly one of Expression and MetricStat"),
    metrics([metric("m1"), {"Id": "e1", "Expression": "[m1, m1]"}], "must return a single time series"),
    metrics([metric("m1"), {"Id": "e1", "Expression": "e1 + m1"}], "Circular reference"),
    alarm(
        {"Period": 60},
        "Period must not be specified with Metrics",
        good={**MATH, "Metrics": [metric("m1", returned=True)]},
    ),
    alarm({"ThresholdMetricId": "m1"}, "not the id of an anomaly band", good=BAND),
    alarm({"Threshold": 1}, "Exactly one of Threshold and ThresholdMetricId", good=BAND),
    alarm({"Period": 45}, "Period must be 10, 20, 30, or a multiple of 60, not 45"),
    alarm({"Period": 300, "EvaluationPeriods": 289}, "across more than a day"),
    alarm({"Period": 3600, "EvaluationPeriods": 169}, "across more than 7 days"),
    alarm({"DatapointsToAlarm": 6}, "must not exceed"),
    alarm({"ExtendedStatistic": "p99"}, "Exactly one of Statistic"),
    alarm({"ExtendedStatistic": "q99"}, "q99", "Statistic"),
    alarm({"TreatMissingData": "ok"}, "TreatMissingData is not supported"),
    alarm({"AlarmActions": ["topic"]}, "Invalid arn syntax: topic"),
    metrics(
        [*(metric(f"m{each}") for each in range(11)), {"Id": "e1", "Expression": "m1"}], "up to 10 metrics, not 11"
    ),
    metrics([metric("m1")], "should return data, not 0"),
    metrics([metric("m1"), metric("m1"), {"Id": "e1", "Expression": "m1"}], "'m1' is not unique"),
    metrics([metric("m1"), {"Id": "e1", "Expression": "m1 *"}], "Error in expression 'e1'"),
    metrics([metric("m1"), {"Id": "e1", "Expression": "m2 * 2"}], "Undefined variable 'm2'"),
    metrics([metric("m1", Period=90), {"Id": "e1", "Expression": "m1"}], "not 90"),
    states({"definition": machine(a="{% $x( %}")}, "InvalidDefinition", "INVALID_JSONATA_EXPRESSION"),
    states({"definition": machine("arn:aws:states:::aws-sdk:cloudwatch:x")}, "InvalidDefinition", "not recognized"),
    states({"roleArn": f"{ROLE}events"}, "AccessDeniedException", "authorized to assume the provided role"),
    *(
        states(
            {"loggingConfiguration": {"level": "ALL", "destinations": groups}}, "InvalidLoggingConfiguration", message
        )
        for groups, message in (
            ([], "exactly one Log Destination"),
            (LOGGED["destinations"] * 2, "exactly one Log Destination"),  # type: ignore[operator]
            ([log_group("present")], "must end with ':*'"),
            ([log_group("gone:*")], "does not exist"),
        )
    ),
    states({"loggingConfiguration": LOGGED}, "AccessDeniedException", "access the Log Destination"),
    Case(
        "sns",
        "subscribe",
        SUBSCRIPTION,
        {"Attributes": {"DeliveryPolicy": json.dumps(DELIVERY)}},
        "InvalidParameter",
        "3600",
    ),
    *(
        Case("sns", method, good, bad, "InvalidParameter", message)
        for retries, message in (
            ({"numRetries": 101}, "numRetries must be less than or equal to 100"),
            ({"minDelayTarget": 0}, "minDelayTarget must be greater than or equal to 1"),
            ({"minDelayTarget": 30}, "must be less than or equal to maxDelayTarget"),
            ({"numMinDelayRetries": 2, "numMaxDelayRetries": 2}, "equal to the sum of"),
            ({"backoffFunction": "cubic"}, "backoffFunction must be one of"),
            ({"numRetries": "3"}, "numRetries must be a number"),
            ({"numRetrys": 3}, "Unexpected JSON member: numRetrys"),
            ({"numRetries": 100, "maxDelayTarget": 3600}, "cannot be greater than 3600"),
        )
        for method, good, bad in (
            (
                "subscribe",
                SUBSCRIPTION,
                {"Attributes": {"DeliveryPolicy": json.dumps({"healthyRetryPolicy": retries})}},
            ),
            ("set_topic_attributes", TOPIC_POLICY, {"AttributeValue": topic_policy(**retries)}),
        )
    ),
    Case(
        "sns", "set_topic_attributes", TOPIC_POLICY, {"AttributeValue": "{"}, "InvalidParameter", "failed to parse JSON"
    ),
    Case(
        "sns",
        "set_topic_attributes",
        {**TOPIC_POLICY, "AttributeName": "KmsMasterKeyId", "AttributeValue": ""},
        {"AttributeValue": "alias/none"},
        "KMSNotFound",
        "alias/none",
    ),
    Case(
        "sns",
        "create_topic",
        {"Name": "t"},
        {"Attributes": {"Policy": policy(Effect="Allow", Principal="*", Action="sns:Publsh", Resource="*")}},
        "InvalidParameter",
        "out of service scope",
    ),
    Case("sns", "create_topic", {"Name": "t"}, {"Attributes": {"KmsMasterKeyId": KEY}}, "KMSNotFound", KEY),
    Case(
        "sns",
        "create_topic",
        {"Name": "t"},
        {"Attributes": {"Policy": named(NOBODY, "sns:Publish")}},
        "InvalidParameter",
        "PrincipalNotFound",
    ),
    Case("sqs", "create_queue", {"QueueName": "q"}, {"QueueName": "deleted"}, "QueueDeletedRecently", "60 seconds"),
    Case(
        "sqs", "create_queue", {"QueueName": "q"}, {"Attributes": {"KmsMasterKeyId": KEY}}, "InvalidAttributeValue", KEY
    ),
    Case(
        "sqs",
        "create_queue",
        {"QueueName": "q"},
        {"Attributes": {"Policy": named(NOBODY)}},
        "InvalidAttributeValue",
        "Policy",
    ),
    Case("logs", "create_log_group", {"logGroupName": "g"}, {"kmsKeyId": KEY}, "InvalidParameterException", KEY),
    pipe({"Source": GONE}, "gone does not exist"),
    *(
        pipe({"Target": f"arn:aws:{kind}:{HERE}:{name}"}, "does not exist")
        for kind, name in (
            ("lambda", "function:gone"),
            ("logs", "log-group:gone"),
            ("events", "event-bus/gone"),
            ("firehose", "deliverystream/gone"),
            ("kinesis", "stream/gone"),
        )
    ),
    pipe({"Source": f"arn:aws:dynamodb:{HERE}:table/gone/stream/1"}, "does not exist"),
    pipe({"Source": f"arn:aws:sns:{HERE}:present"}, "is not supported"),
    pipe(
        {"SourceParameters": {"FilterCriteria": {"Filters": [{"Pattern": '{"a": "b"}'}]}}}, "Event pattern is not valid"
    ),
    pipe({"Enrichment": f"arn:aws:states:{HERE}:stateMachine:gone"}, "gone does not exist"),
    pipe({"Target": f"arn:aws:events:{HERE}:api-destination/gone/1"}, "api-destination/gone/1 does not exist"),
    pipe({"RoleArn": f"{ROLE}events"}, "cannot be assumed by pipes.amazonaws.com"),
    pipe({"TargetParameters": {"InputTemplate": '{"a": <$.body'}}, "has no end"),
    pipe({"TargetParameters": {"InputTemplate": '{"a": <$.body>'}}, "no JSON"),
    events({"InputPathsMap": {}, "InputTemplate": '"<name>"'}, "invalid placeholder name"),
    events(
        {"InputPathsMap": {"name": "detail"}, "InputTemplate": '"<name>"'}, "InputPath for target 1 is invalid: detail"
    ),
    events({"InputPathsMap": {}, "InputTemplate": '{"a": '}, "it is no JSON"),
    events(None, "Only one of Input, InputPath", InputPath="$.detail"),
    events(None, "JSON syntax error in input", InputTransformer=None, Input="{"),
    events(None, "InputPath for target 1 is invalid: detail", InputTransformer=None, InputPath="detail"),
    events(None, "Provided Arn is not in correct format", Arn="queue"),
    Case(
        "events",
        "put_targets",
        {"Rule": "r", "Targets": [{"Id": str(each), "Arn": QUEUE} for each in range(1, 6)]},
        {"Targets": [{"Id": "6", "Arn": QUEUE}]},
        "LimitExceededException",
        "maximum number",
    ),
    events(None, "RoleArn is required", RoleArn=None),
    events(None, "cannot be assumed by principal", RoleArn=f"{ROLE}pipes"),
    pattern('{"detail": {"a": [{"preffix": "b"}]}}', "Unrecognized match type preffix"),
    pattern('{"source": "aws.cloudwatch"}', "must be an object or an array"),
    pattern("{", "no JSON"),
    Case(
        "events",
        "put_rule",
        {"Name": "r", "ScheduleExpression": "rate(1 minute)"},
        {"ScheduleExpression": "rate(1 minutes)"},
        "ValidationException",
        "ScheduleExpression is not valid",
    ),
    schedule({"ScheduleExpression": "cron(60 * * * ? *)"}, "Invalid Schedule Expression"),
    schedule({"ScheduleExpressionTimezone": "Mars/Base"}, "Timezone Mars/Base"),
    schedule({"FlexibleTimeWindow": {"Mode": "FLEXIBLE"}}, "MaximumWindowInMinutes"),
    schedule({"FlexibleTimeWindow": {"Mode": "OFF", "MaximumWindowInMinutes": 5}}, "MaximumWindowInMinutes"),
    schedule({"StartDate": 1893456000, "EndDate": 1861920000}, "must come before the EndDate"),
    schedule({"GroupName": "gone"}, "gone does not exist", "ResourceNotFoundException"),
    *(
        schedule({"Target": {"Arn": arn, "RoleArn": f"{ROLE}scheduler"}}, message)
        for arn, message in (
            ("queue", "not in correct format"),
            ("arn:aws:s3:::bucket", "not in correct format"),
            (f"arn:aws:events:{HERE}:event-bus/default", "EventBridgeParameters"),
            ("arn:aws:scheduler:::aws-sdk:sqs:sendMessages", "not a supported service or operation"),
            ("arn:aws:scheduler:::aws-sdk:sqss:sendMessage", "not a supported service or operation"),
            ("arn:aws:scheduler:::aws-sdk:sqs:getQueueUrl", "not a supported service or operation"),
        )
    ),
    schedule({"Target": {"Arn": QUEUE, "RoleArn": f"{ROLE}events"}}, "must allow AWS EventBridge Scheduler"),
    schedule({"Target": {"Arn": GONE, "RoleArn": f"{ROLE}scheduler"}}, "does not exist", "ResourceNotFoundException"),
    Case(
        "s3",
        "put_bucket_policy",
        {"Bucket": "open", "Policy": policy(**PUBLIC)},
        {"Bucket": "blocked", "Policy": policy(**{**PUBLIC, "Resource": "arn:aws:s3:::blocked/*"})},
        "AccessDenied",
        "BlockPublicPolicy",
    ),
    Case(
        "s3",
        "put_bucket_policy",
        {"Bucket": "open", "Policy": policy(**PUBLIC)},
        {"Policy": named(NOBODY, "s3:GetObject", "arn:aws:s3:::open/*")},
        "MalformedPolicy",
        "Invalid principal",
    ),
    *(
        Case(
            "s3",
            "put_bucket_policy",
            {"Bucket": "open", "Policy": policy(**PUBLIC)},
            {"Policy": text},
            "MalformedPolicy",
            message,
        )
        for text, message in (
            ("{", "must be valid JSON"),
            ("[]", "must be valid JSON"),
            ('{"Statement": []}', "Statement is empty"),
            ('{"Statement": ["Allow"]}', "Invalid policy syntax"),
            (policy(**{**PUBLIC, "Effect": "allow"}), "Invalid effect: allow"),
            (policy(**{**PUBLIC, "Principal": {"Aws": "*"}}), "Invalid principal"),
            (policy(Effect="Allow", Action="s3:*", Resource="*"), "Missing required field Principal"),
            (policy(Effect="Allow", Principal="*", Resource="*"), "Missing required field Action"),
            (policy(**{**PUBLIC, "Action": "sqs:SendMessage"}), "invalid action"),
            (policy(**{**PUBLIC, "Resource": "*"}), "invalid resource"),
            (policy(**{**PUBLIC, "Resource": "arn:aws:s3:::open-other/*"}), "invalid resource"),
        )
    ),
    *(
        Case(
            "iam",
            "create_role",
            {"RoleName": f"r{next(NUMBERS)}", "AssumeRolePolicyDocument": trust("events")},
            {"AssumeRolePolicyDocument": text},
            "MalformedPolicyDocument",
            message,
        )
        for text, message in (
            ("{", "invalid Json"),
            (policy(Effect="Allow", Action="sts:AssumeRole"), "Missing required field Principal"),
            (policy(Effect="Allow", Principal="*", Action="sts:AssumeRole", Resource="*"), "prohibited field Resource"),
            (policy(Effect="Allow", Principal="*", Action="s3:GetObject"), "only specify STS"),
        )
    ),
    Case(
        "iam",
        "put_role_policy",
        {
            "RoleName": "events",
            "PolicyName": "p",
            "PolicyDocument": policy(Effect="Allow", Action="s3:*", Resource="*"),
        },
        {"PolicyDocument": policy(Effect="Allow", Principal="*", Action="s3:*", Resource="*")},
        "MalformedPolicyDocument",
        "should not specify a principal",
    ),
    Case(
        "logs",
        "create_log_group",
        {"logGroupName": "opened", "kmsKeyId": "open key"},
        {"logGroupName": "closed", "kmsKeyId": "closed key"},
        "AccessDeniedException",
        "is not allowed to be used with Arn",
    ),
    Case(
        "glue",
        "create_crawler",
        {"Name": "c", "Role": f"{ROLE}glue", "Targets": {"S3Targets": [{"Path": "s3://open/"}]}},
        {"Role": f"{ROLE}events"},
        "InvalidInputException",
        "Please verify role's TrustPolicy",
    ),
    Case(
        "iam",
        "create_role",
        {"RoleName": "r", "AssumeRolePolicyDocument": trust("events")},
        {"AssumeRolePolicyDocument": policy(Effect="Allow", Principal={"AWS": NOBODY}, Action="sts:AssumeRole")},
        "MalformedPolicyDocument",
        "nobody",
    ),
    Case(
        "kms",
        "create_key",
        {},
        {"Policy": named(f"arn:aws:iam::{ACCOUNT}:user/nobody")},
        "MalformedPolicyDocumentException",
        "invalid principals",
    ),
    Case(
        "ec2",
        "create_nat_gateway",
        {"SubnetId": "subnet", "ConnectivityType": "private"},
        {"ConnectivityType": "public"},
        "MissingParameter",
        "AllocationId",
    ),
    Case(
        "ec2",
        "create_nat_gateway",
        {"SubnetId": "subnet", "ConnectivityType": "private"},
        {"AllocationId": "eipalloc-1"},
        "InvalidParameterCombination",
        "private NAT gateway",
    ),
    Case(
        "ec2", "release_address", {"AllocationId": "free"}, {"AllocationId": "held"}, "InvalidIPAddress.InUse", "in use"
    ),
    Case(
        "ec2", "allocate_address", {"Domain": "vpc"}, {"Domain": "standard"}, "AddressLimitExceeded", "maximum number"
    ),
)


@pytest.fixture(scope="module")
def world(aws_emulator_server: Emulator) -> Iterator[Emulator]:
    """What the good requests refer to."""
    messages.NAME_IS_TAKEN_FOR = 60
    aws_emulator_server.reset()
    iam, sqs, s3, sns = (aws_emulator_server.client(name) for name in ("iam", "sqs", "s3", "sns"))
    for service in ("glue", "pipes", "events", "scheduler", "states"):
        iam.create_role(RoleName=service, AssumeRolePolicyDocument=trust(service))
    for name in ("present", "deleted"):
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
    sqs.delete_queue(QueueUrl=url)
    sns.create_topic(Name="present")
    aws_emulator_server.client("events").put_rule(Name="r", ScheduleExpression="rate(5 minutes)")
    block = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    for bucket, configuration in (("open", dict.fromkeys(block, False)), ("blocked", block)):
        s3.create_bucket(Bucket=bucket)
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=configuration)
    ec2 = aws_emulator_server.client("ec2")
    NAMES["free"], NAMES["held"], *_ = (ec2.allocate_address(Domain="vpc")["AllocationId"] for _ in range(5))
    NAMES["subnet"] = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    interface = ec2.create_network_interface(SubnetId=NAMES["subnet"])["NetworkInterface"]["NetworkInterfaceId"]
    ec2.associate_address(AllocationId=NAMES["held"], NetworkInterfaceId=interface)
    kms = aws_emulator_server.client("kms")
    to_logs = policy(
        Effect="Allow", Principal={"Service": "logs.us-east-1.amazonaws.com"}, Action="kms:*", Resource="*"
    )
    for name, of_key in (("open key", {"Policy": to_logs}), ("closed key", {})):
        NAMES[name] = kms.create_key(**of_key)["KeyMetadata"]["Arn"]
    aws_emulator_server.client("logs").create_log_group(logGroupName="present")
    aws_emulator_server.client("stepfunctions").create_state_machine(**{**MACHINE, "name": "other"})
    yield aws_emulator_server
    aws_emulator_server.reset()


def named_ids(request: dict[str, Any]) -> dict[str, Any]:
    return {key: NAMES.get(value, value) if isinstance(value, str) else value for key, value in request.items()}


def broken(rule: Rule) -> list[Case]:
    """Return the cases of a rule: those with its service, code and one of its operations."""
    operations = {
        "".join(f"_{each.lower()}" if each.isupper() else each for each in name)[1:] for name in rule.operations
    }
    return [
        case for case in CASES if (case.service, case.code) == (rule.service, rule.code) and case.method in operations
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.method}: {case.message}")
def test_a_request_that_breaks_a_rule_is_refused(world: Emulator, case: Case) -> None:
    call = getattr(world.client(case.service), case.method)
    call(**named_ids(case.good))
    with pytest.raises(ClientError) as refusal:
        call(**named_ids(case.bad))
    # SQS puts a prefix before some codes, which it had in its query protocol.
    assert refusal.value.response["Error"]["Code"].removeprefix("AWS.SimpleQueueService.") == case.code
    assert case.message in refusal.value.response["Error"]["Message"]


@pytest.mark.parametrize("rule", documented.RULES, ids=lambda rule: f"{rule.service}: {rule.what}")
def test_every_rule_has_a_case_and_a_source(rule: Rule) -> None:
    assert broken(rule)
    assert "/" in rule.source


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("rate(1 hour)", True),
        ("rate(0 minutes)", False),
        ("rate(5 minute)", False),
        ("rate(5 seconds)", False),
        ("cron(0/15 8-18 ? * MON-FRI *)", True),
        ("cron(0 12 L * ? *)", True),
        ("cron(0 12 15W * ? 2026-2030)", True),
        ("cron(0 12 ? JAN,JUL 6#3 *)", True),
        ("cron(0 12 ? * 5L *)", True),
        ("cron(0 12 * * * *)", False),
        ("cron(0 12 ? * ? *)", False),
        ("cron(0 24 * * ? *)", False),
        ("cron(0 12 * 13 ? *)", False),
        ("cron(0 12 * FOO ? *)", False),
        ("cron(5-1 12 * * ? *)", False),
        ("cron(0/0 12 * * ? *)", False),
        ("cron(? 12 * * ? *)", False),
        ("cron(0 12 * * ?)", False),
        ("at(2026-11-28T12:00:00)", True),
        ("at(2026-13-28T12:00:00)", False),
        ("daily", False),
    ],
)
def test_what_a_schedule_is(text: str, valid: bool) -> None:
    assert schedules.is_expression(text) == valid


@pytest.mark.parametrize(
    ("change", "public"),
    [
        ({}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"Principal": {"AWS": ["*", ACCOUNT]}}, True),
        ({"Principal": {"AWS": ACCOUNT}}, False),
        ({"Principal": {"Service": "logging.s3.amazonaws.com"}}, False),
        ({"Effect": "Deny"}, False),
        ({"Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}}, False),
        ({"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, False),
        ({"Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:elasticloadbalancing:{HERE}:*"}}}, False),
        ({"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:elasticloadbalancing:*"}}}, True),
        ({"Condition": {"StringNotEquals": {"aws:SourceAccount": ACCOUNT}}}, True),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, True),
    ],
)
def test_what_a_public_policy_is(change: dict[str, Any], public: bool) -> None:
    assert is_public(policy(**{**PUBLIC, **change})) == public


@pytest.mark.parametrize(
    ("principal", "known"),
    [
        ("*", True),
        ({"Service": ["sns.amazonaws.com", "logdelivery.elasticloadbalancing.amazonaws.com"]}, True),
        ({"Service": "sns"}, False),
        ({"AWS": "arn:aws:iam::127311923021:root"}, True),
        ({"AWS": "arn:aws:iam::127311923021:role/theirs"}, True),
        ({"AWS": NOBODY}, False),
        ({"AWS": "somebody"}, False),
        ({"Federated": "cognito-identity.amazonaws.com"}, True),
    ],
)
@pytest.mark.usefixtures("world")
def test_which_principals_are_known(principal: Any, known: bool) -> None:
    assert (unknown_principals(policy(Effect="Allow", Principal=principal)) == []) == known


def test_a_name_of_a_queue_is_free_after_a_minute(world: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "NAME_IS_TAKEN_FOR", 0)
    world.client("sqs").create_queue(QueueName="deleted")


def test_what_is_no_policy_is_for_the_service_to_refuse() -> None:
    assert unknown_principals("{") == unknown_principals(None) == unknown_principals("[]") == []


BEGIN, END = "<!-- rules: made of northsouth.emulator.documented.RULES -->\n", "<!-- end of rules -->"


def table() -> str:
    """Return the rules as the table of docs/emulator.md."""
    rows = [
        f"| {rule.service} | {rule.what} | `{rule.code}` | {rule.source} |"
        for rule in sorted(documented.RULES, key=lambda rule: rule.service)
    ]
    return "\n".join(["", "| Service | Refused | Code | Source |", "|---|---|---|---|", *rows, "", ""])


def test_the_page_lists_every_rule() -> None:
    page = Path("docs/emulator.md").read_text(encoding="utf-8")
    assert page.partition(BEGIN)[2].partition(END)[0] == table(), "put table() between the two comments"
