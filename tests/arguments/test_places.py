"""Literal ARNs against the Region, partition and accounts of the provider."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cdktf import TerraformStack
from cdktf import Testing as CdkTesting
from cdktf_cdktf_provider_aws.data_aws_availability_zones import DataAwsAvailabilityZones
from cdktf_cdktf_provider_aws.provider import AwsProvider

from northsouth.alerts import Actions, Response
from northsouth.alerts.packs import CertificateAlarms
from northsouth.arguments.places import Place, arns, problems
from northsouth.egress import Network
from northsouth.errors import ConfigurationError
from northsouth.logs import Replica
from northsouth.policies import allow

HERE = Place("eu-west-1", allowed=("111122223333",))
TOPIC = "arn:aws:sns:eu-west-1:111122223333:alerts"


@pytest.mark.parametrize(
    ("arn", "place", "expected"),
    [
        (TOPIC, HERE, None),
        ("arn:aws:sns:us-east-1:111122223333:alerts", HERE, "the provider works in eu-west-1"),
        ("arn:aws-cn:sns:eu-west-1:111122223333:alerts", HERE, "begin with arn:aws:"),
        ("arn:aws:s3:::logs", Place("cn-north-1"), "begin with arn:aws-cn:"),
        ("arn:aws-us-gov:s3:::logs", Place("us-gov-west-1"), None),
        ("arn:aws:sns:us-east-1:111122223333:alerts", Place(None), None),
        # Topics and keys are shared between accounts; certificates are judged where they are.
        ("arn:aws:sns:eu-west-1:444455556666:alerts", HERE, None),
        ("arn:aws:acm:eu-west-1:444455556666:certificate/x", HERE, "the provider allows 111122223333"),
        ("arn:aws:acm:eu-west-1:444455556666:certificate/x", Place("eu-west-1"), None),
        (
            "arn:aws:acm:eu-west-1:444455556666:certificate/x",
            Place("eu-west-1", forbidden=("444455556666",)),
            "the provider forbids 444455556666",
        ),
        ("arn:aws:s3:::logs", HERE, None),
        ("arn:nothing", HERE, None),
    ],
)
def test_an_arn_is_judged_by_its_place(arn: str, place: Place, expected: str | None) -> None:
    told = [str(each) for each in problems([("here", arn)], place)]
    assert len(told) == (expected is not None)
    assert expected is None or expected in told[0]


def test_arns_are_found_in_what_is_declared_and_not_in_what_reads_elsewhere() -> None:
    given: dict[str, object] = {
        "respond": Response.notify("https://runbooks.example.com", TOPIC),
        "vpcs": {"main": "vpc-1", "other": TOPIC},
        "actions": [TOPIC, "${aws_sns_topic.x.arn}", "arn:aws:sns:${var.region}:1:x"],
        "replica": Replica(bucket_arn="arn:aws:s3:::copies", kms_key_arn="arn:aws:kms:us-west-2:1:key/k"),
        "when": 3,
        "statement": allow("Read", ["s3:GetObject"], [TOPIC]),
    }
    assert [where for where, _ in arns(given)] == [
        "respond.critical[0]", "respond.warning[0]", "vpcs.other", "actions[0]", "statement.Resource[0]",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def stack() -> TerraformStack:
    made = TerraformStack(CdkTesting.app(), "stack")
    AwsProvider(made, "aws", region="eu-west-1", allowed_account_ids=["111122223333"])
    return made


CALLS: list[tuple[Callable[[Any], object], str]] = [
    (
        lambda stack: CertificateAlarms(
            stack, "a", respond=Response.notify("https://r.example.com", TOPIC.replace("eu", "us"))
        ),
        "respond.critical[0]: got 'arn:aws:sns:us-west-1:111122223333'…; the provider works in eu-west-1",
    ),
    (
        lambda stack: CertificateAlarms(stack, "b", respond=Response.notify("https://r.example.com", TOPIC)).expiry(
            "web", certificate_arn="arn:aws:acm:eu-west-1:444455556666:certificate/x"
        ),
        "certificate_arn: got 'arn:aws:acm:eu-west-1:444455556666'…; the provider allows 111122223333",
    ),
    (
        lambda stack: CertificateAlarms(stack, "c", respond=Response.notify("https://r.example.com", TOPIC)).expiry(
            "web", certificate_arn="arn:aws:iam::111122223333:server-certificate/x"
        ),
        "it is the ARN of a certificate. Write arn:aws:acm:REGION:ACCOUNT:certificate/….",
    ),
    (
        lambda stack: CertificateAlarms(
            stack, "d", respond=Response.notify("https://r.example.com", TOPIC.replace("sns", "sqs"))
        ).expiry("web", certificate_arn="arn:aws:acm:eu-west-1:111122223333:certificate/x"),
        "of sqs; an alarm notifies an SNS topic",
    ),
]


@pytest.mark.parametrize(("call", "expected"), CALLS, ids=["region", "account", "service", "action"])
def test_a_construct_refuses_them(stack: TerraformStack, call: Callable[[Any], object], expected: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        call(stack)
    assert expected in str(refused.value)


def test_a_region_that_is_set_later_counts() -> None:
    stack = TerraformStack(CdkTesting.app(), "stack")
    provider = AwsProvider(stack, "aws", region="us-west-1")
    there = Response.notify("https://r.example.com", TOPIC.replace("eu", "us"))
    CertificateAlarms(stack, "before", respond=there)
    provider.region = "eu-west-1"
    CertificateAlarms(stack, "after", respond=Response.notify("https://r.example.com", TOPIC))
    with pytest.raises(ConfigurationError, match="the provider works in eu-west-1"):
        CertificateAlarms(stack, "other", respond=there)


def test_a_list_that_only_terraform_knows_passes_only_as_a_whole(stack: TerraformStack) -> None:
    names = DataAwsAvailabilityZones(stack, "names").names
    assert Actions.of(names, "missing").alarm == tuple(names)
    with pytest.raises(ConfigurationError) as refused:
        Network(stack, "network", cidr="10.0.0.0/16", zones=names)
    assert "zones: got a list that only Terraform knows; it is read item by item at synth" in str(refused.value)
    assert "[Fn.element(…, 0)]" in str(refused.value)


def test_another_provider_is_another_place(stack: TerraformStack) -> None:
    other = AwsProvider(stack, "other", region="us-west-1", alias="other")
    topic = TOPIC.replace("eu", "us")
    CertificateAlarms(stack, "e", respond=Response.notify("https://r.example.com", topic), provider=other)
