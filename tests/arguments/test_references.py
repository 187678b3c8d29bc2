"""The wrong attribute of the right resource, and the wrong form of a literal, are refused; what nobody knows passes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cdktf import Fn, TerraformStack
from cdktf import Testing as CdkTesting
from cdktf_cdktf_provider_aws.lb import Lb
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.vpc import Vpc

from northsouth.alerts import Response
from northsouth.dns import OverrideSet
from northsouth.egress import FlowLogs, Network
from northsouth.errors import ConfigurationError
from northsouth.logs import AlbSource
from northsouth.tokens import is_token, origin_of

RUNBOOK = "https://runbooks.example.com"


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    stack = TerraformStack(CdkTesting.app(), "references")
    return {
        "lb": Lb(stack, "lb"),
        "vpc": Vpc(stack, "vpc", cidr_block="10.0.0.0/16"),
        "topic": SnsTopic(stack, "topic"),
        "bucket": S3Bucket(stack, "bucket"),
    }


def source(load_balancer: str = "app/x/1", bucket: str = "logs") -> AlbSource:
    return AlbSource(bucket=bucket, load_balancer=load_balancer, since="2026-01-01")


def overrides(target: str) -> OverrideSet:
    return OverrideSet("hub", ttl=60, names={"a.example.com": target})


WRONG: list[tuple[Callable[[Any], object], str]] = [
    (lambda made: source(made["lb"].arn), "load_balancer: got arn of the Lb; .* Give its arn_suffix"),
    (lambda _: source("${aws_lb.x.dns_name}"), "load_balancer: got dns_name of the Lb"),
    (lambda _: source("arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/x/1"), "Write 'app/x/1'"),
    (lambda made: source(bucket=made["bucket"].arn), "bucket: got arn of the S3Bucket; .* Give its bucket"),
    (lambda _: source(bucket="arn:aws:s3:::logs/folder"), "Write 'logs'"),
    (lambda _: source(bucket="s3://logs/folder"), "Write 'logs'"),
    (lambda made: overrides(made["lb"].arn), "names.a.example.com: got arn of the Lb; .* Give its dns_name"),
    (lambda made: Network.existing(vpc_id=made["vpc"].arn), "vpc_id: got arn of the Vpc; .* Give its id"),
    (
        lambda made: Response.notify(RUNBOOK, made["topic"].name),
        r"arns\[0\]: got name of the SnsTopic; .* Give its arn",
    ),
    (lambda made: FlowLogs.to_s3(made["bucket"].id), "bucket_arn: got id of the S3Bucket"),
]
RIGHT: list[Callable[[Any], object]] = [
    lambda made: source(made["lb"].arn_suffix, made["bucket"].bucket),
    lambda made: source(Fn.replace(made["lb"].arn, "x", "y"), made["bucket"].id),
    lambda made: overrides(made["lb"].dns_name),
    lambda made: Response.notify(RUNBOOK, made["topic"].arn, made["topic"].id),
    lambda made: FlowLogs.to_s3(f"{made['bucket'].arn}/folder"),
]


@pytest.mark.parametrize(("call", "expected"), WRONG)
def test_wrong_references_are_refused(made: Any, call: Callable[[Any], object], expected: str) -> None:
    with pytest.raises(ConfigurationError, match=expected):
        call(made)


@pytest.mark.parametrize("call", RIGHT)
def test_right_and_unknown_references_pass(made: Any, call: Callable[[Any], object]) -> None:
    call(made)


def test_a_tokens_origin_is_known(made: Any) -> None:
    assert origin_of(made["lb"].arn_suffix) == ("Lb", "arn_suffix")
    assert origin_of("${data.aws_lb.x[0].arn}") == ("Lb", "arn")
    assert origin_of("${var.arn}") is None
    assert is_token(made["vpc"].tags_all)
