"""Requests in each of AWS's protocols, read by botocore's model and refused in the service's own form."""

from __future__ import annotations

import io
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError

from northsouth.emulator.request import UnreadableError, read
from northsouth.emulator.server import Emulator, client

METRICS = [
    {"Id": "m1", "MetricStat": {"Metric": {"Namespace": "n", "MetricName": "a"}, "Period": 60, "Stat": "Sum"}},
    {"Id": "e1", "Expression": "m1 * 2", "ReturnData": True},
]
TAGS = [{"Key": "team", "Value": "network"}]
VERSIONING = {"Bucket": "b", "VersioningConfiguration": {"Status": "on"}}
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("ec2", "CreateVpc", {"CidrBlock": "10.0.0.0/16", "TagSpecifications": [{"ResourceType": "vpc", "Tags": TAGS}]}),
    ("ec2", "DescribeNatGateways", {"Filter": [{"Name": "vpc-id", "Values": ["vpc-1"]}], "MaxResults": 5}),
    ("cloudwatch", "PutMetricAlarm", {"AlarmName": "a", "Metrics": METRICS, "Threshold": 1.5, "ActionsEnabled": False}),
    ("sns", "SetSubscriptionAttributes", {"SubscriptionArn": "a", "AttributeName": "b", "AttributeValue": "c=d&e"}),
    ("sns", "CreateTopic", {"Name": "a", "Attributes": {"Policy": "{}", "KmsMasterKeyId": "k"}, "Tags": TAGS}),
    (
        "iam",
        "CreateRole",
        {"RoleName": "r", "AssumeRolePolicyDocument": "{}", "Tags": TAGS, "MaxSessionDuration": 3600},
    ),
    ("sqs", "CreateQueue", {"QueueName": "a", "Attributes": {"VisibilityTimeout": "30"}}),
    ("events", "PutTargets", {"Rule": "r", "Targets": [{"Id": "1", "Arn": "arn:aws:sqs:us-east-1:1:q"}]}),
    ("pipes", "CreatePipe", {"Name": "p", "Source": "s", "Target": "t", "RoleArn": "r", "Tags": {"a": "b"}}),
    ("scheduler", "GetSchedule", {"Name": "s", "GroupName": "g"}),
    ("amp", "ListTagsForResource", {"resourceArn": "arn:aws:aps:us-east-1:123456789012:workspace/ws-1"}),
    ("s3", "PutBucketVersioning", {"Bucket": "b", "VersioningConfiguration": {"Status": "Enabled"}}),
    ("s3", "PutObject", {"Bucket": "b", "Key": "a/b c", "ContentType": "text/html"}),
    ("s3", "ListObjectsV2", {"Bucket": "b", "Prefix": "a/", "MaxKeys": 3}),
]


def sent(service: str, operation: str, parameters: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the WSGI environment of the request that boto3 would send."""
    caught: list[AWSRequest] = []

    def catch(request: AWSRequest, **_: Any) -> None:
        caught.append(request)
        raise InterruptedError

    made = client("http://127.0.0.1:9", service)
    made.meta.events.register("before-send", catch)
    [method] = [name for name, wire in made.meta.method_to_api_mapping.items() if wire == operation]
    with pytest.raises(InterruptedError):
        getattr(made, method)(**parameters)
    [request] = caught
    path, _, query = request.url.removeprefix("http://127.0.0.1:9").partition("?")
    body = request.body or b""
    body = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else body.read()
    headers = {f"HTTP_{name.upper().replace('-', '_')}": _text(value) for name, value in request.headers.items()}
    return {
        **headers,
        "REQUEST_METHOD": request.method,
        "PATH_INFO": path,
        "RAW_URI": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "9",
        "wsgi.url_scheme": "http",
        "CONTENT_TYPE": headers.get("HTTP_CONTENT_TYPE", ""),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        **changes,
    }


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


@pytest.mark.parametrize(
    ("service", "operation", "parameters"), CALLS, ids=lambda each: each if type(each) is str else ""
)
def test_a_request_is_read_as_it_was_meant(service: str, operation: str, parameters: dict[str, Any]) -> None:
    environ = sent(service, operation, parameters)
    request = read(environ)
    assert request is not None
    assert (request.service, request.name, request.region) == (service, operation, "us-east-1")
    assert parameters.items() <= request.parameters.items()
    assert environ["wsgi.input"].read() == b"" or environ["wsgi.input"].seek(0) == 0


def test_the_body_can_be_read_again() -> None:
    environ = sent("sqs", "CreateQueue", {"QueueName": "a"})
    assert read(environ)
    assert json.loads(environ["wsgi.input"].read()) == {"QueueName": "a"}


def test_a_session_of_a_role_is_told_from_the_accounts_own_credentials() -> None:
    role = "arn:aws:iam::123456789012:role/a"
    request = read(sent("sqs", "CreateQueue", {"QueueName": "a"}, HTTP_X_AMZ_SECURITY_TOKEN=role))
    assert request is not None
    assert request.role == role


@pytest.mark.parametrize(
    "changes",
    [
        {"HTTP_AUTHORIZATION": ""},
        {"HTTP_AUTHORIZATION": "AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/nosuchservice/aws4_request"},
        {"HTTP_X_AMZ_TARGET": "AmazonSQS.NoSuchOperation"},
    ],
)
def test_what_is_no_request_of_a_known_operation_is_left_alone(changes: dict[str, str]) -> None:
    assert read(sent("sqs", "CreateQueue", {"QueueName": "a"}, **changes)) is None


def test_a_body_that_is_no_json() -> None:
    body = {"wsgi.input": io.BytesIO(b"{"), "CONTENT_LENGTH": "1"}
    with pytest.raises(UnreadableError):
        read(sent("sqs", "CreateQueue", {"QueueName": "a"}, **body))


@pytest.mark.parametrize(
    ("service", "method", "parameters", "code", "message"),
    [
        ("ec2", "create_vpc_endpoint", {"ServiceName": "s"}, "MissingParameter", "must contain the parameter VpcId"),
        ("ec2", "create_flow_logs", {"ResourceIds": ["vpc-1"], "ResourceType": "Vpc"}, "InvalidParameterValue", "Vpc"),
        (
            "ec2",
            "allocate_address",
            {"Domain": "moon"},
            "InvalidParameterValue",
            r"Value \(moon\) for parameter Domain",
        ),
        ("cloudwatch", "put_metric_alarm", {"AlarmName": ""}, "ValidationError", "'alarmName' failed"),
        ("iam", "create_role", {"RoleName": "a b", "AssumeRolePolicyDocument": "{}"}, "ValidationError", "pattern"),
        ("sqs", "create_queue", {"QueueName": 1}, "InvalidParameterValue", "of type string"),
        ("events", "put_rule", {"Name": "a b"}, "ValidationException", "regular expression pattern"),
        ("logs", "create_log_group", {"logGroupName": "a b"}, "InvalidParameterException", "regular expression"),
        ("athena", "start_query_execution", {"QueryString": ""}, "InvalidRequestException", "length greater than"),
        ("pipes", "create_pipe", {"Name": "p", "Source": "s", "Target": "t"}, "ValidationException", "3 validation"),
        ("s3", "put_bucket_versioning", VERSIONING, "MalformedXML", "'on'"),
    ],
)
def test_each_service_refuses_in_its_own_words(
    emulator: Emulator, service: str, method: str, parameters: dict[str, Any], code: str, message: str
) -> None:
    with pytest.raises(ClientError, match=message) as refusal:
        getattr(emulator.client(service), method)(**parameters)
    assert refusal.value.response["Error"]["Code"] == code


def test_a_parameter_that_ec2_does_not_know(emulator: Emulator) -> None:
    ec2 = emulator.client("ec2")
    more = {"Action": "AllocateAddress", "Version": "2016-11-15", "Domian": "vpc"}
    ec2.meta.events.register("before-call", lambda params, **_: params.update(body=urlencode(more)))
    with pytest.raises(ClientError, match=r"UnknownParameter.*The parameter Domian is not recognized"):
        ec2.allocate_address()


def test_xml_that_is_none(emulator: Emulator) -> None:
    s3 = emulator.client("s3")
    s3.meta.events.register("before-call", lambda params, **_: params.update(body=b"<Versioning"))
    with pytest.raises(ClientError, match="MalformedXML"):
        s3.put_bucket_versioning(Bucket="b", VersioningConfiguration={"Status": "Enabled"})
