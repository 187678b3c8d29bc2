"""Query logs, fail-open and sharing: what is accepted, and what is refused why."""

from typing import Any

import pytest

from northsouth.dns.settings import (
    QueryLogging,
    Share,
    check_fail_open,
    check_query_logging,
    check_share,
    fail_open_by_vpc,
)

LOG_GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:/dns/queries"
STREAM = "arn:aws-cn:firehose:cn-north-1:123456789012:deliverystream/queries"


@pytest.mark.parametrize(
    ("logging", "destination"),
    [
        (QueryLogging.cloudwatch(LOG_GROUP), LOG_GROUP),
        (QueryLogging.cloudwatch(f"{LOG_GROUP}:*"), f"{LOG_GROUP}:*"),
        (QueryLogging.s3("arn:aws:s3:::queries"), "arn:aws:s3:::queries"),
        (QueryLogging.s3("arn:aws:s3:::queries", prefix="/dns/"), "arn:aws:s3:::queries/dns/"),
        (QueryLogging.s3("${aws_s3_bucket.q.arn}", prefix="dns"), "${aws_s3_bucket.q.arn}/dns/"),
        (QueryLogging.firehose(STREAM), STREAM),
    ],
)
def test_destinations(logging: QueryLogging, destination: str) -> None:
    assert logging.destination_arn == destination
    assert not [*check_query_logging("query_logging", logging)]


@pytest.mark.parametrize(
    ("logging", "what"),
    [
        (QueryLogging.cloudwatch("arn:aws:s3:::queries"), "CloudWatch log group"),
        (QueryLogging.s3("queries"), "S3 bucket"),
        (QueryLogging.firehose("arn:aws:kinesis:us-east-1:123456789012:stream/queries"), "Firehose stream"),
    ],
)
def test_bad_destinations(logging: QueryLogging, what: str) -> None:
    [problem] = check_query_logging("query_logging", logging)
    assert what in str(problem)


@pytest.mark.parametrize(
    ("fail_open", "expected"),
    [(None, {}), (True, {"a": True, "b": True}), (False, {"a": False, "b": False}), ({"a": True}, {"a": True})],
)
def test_fail_open_by_vpc(fail_open: Any, expected: dict[str, bool]) -> None:
    assert fail_open_by_vpc(fail_open, ["a", "b"]) == expected


def test_fail_open_of_an_unknown_vpc() -> None:
    [problem] = check_fail_open("fail_open", {"a": True, "c": True}, {"a": "vpc-1"})
    assert str(problem).startswith("fail_open[\"c\"]: got 'c'; the label of a declared VPC: 'a'")
    assert not [*check_fail_open("fail_open", True, {})]


@pytest.mark.parametrize(
    "principal",
    [
        "123456789012",
        "arn:aws:organizations::123456789012:organization/o-abc123",
        "arn:aws:organizations::123456789012:ou/o-abc123/ou-ab12-cd34",
        "${aws_organizations_organization.all.arn}",
    ],
)
def test_good_principals(principal: str) -> None:
    assert not [*check_share("share", Share(principals={"x": principal}))]


@pytest.mark.parametrize("principal", ["12345", "arn:aws:iam::123456789012:root", "o-abc123"])
def test_bad_principals(principal: str) -> None:
    [problem] = check_share("share", Share(principals={"x": principal}))
    assert problem.where == 'share.principals["x"]'


def test_a_share_with_nobody() -> None:
    [problem] = check_share("share", Share(principals={}))
    assert "at least one principal" in str(problem)
    assert not [*check_share("share", None)]
    assert not [*check_query_logging("query_logging", None)]
