"""Delivery statements: the right principal in every Region, on the right keys only."""

import pytest

from northsouth.logs.delivery import (
    LEGACY_ACCOUNTS,
    SERVICE_PRINCIPAL,
    LogKind,
    delivery_resources,
    delivery_statements,
    legacy_principals,
    partition_of,
    prefix_of,
    tls_only_statement,
)

REGIONS_WITHOUT_LEGACY_ACCOUNT = [
    "ap-south-2",
    "ap-southeast-4",
    "ca-west-1",
    "eu-central-2",
    "il-central-1",
    "mx-central-1",
]


@pytest.mark.parametrize("region", sorted(LEGACY_ACCOUNTS))
def test_legacy_regions_grant_the_service_and_their_own_account(region: str) -> None:
    statements = delivery_statements(region, ["arn"])
    account = f"arn:{partition_of(region)}:iam::{LEGACY_ACCOUNTS[region]}:root"
    assert [statement["Principal"] for statement in statements] == [{"Service": SERVICE_PRINCIPAL}, {"AWS": account}]


@pytest.mark.parametrize("region", REGIONS_WITHOUT_LEGACY_ACCOUNT)
def test_newer_regions_grant_the_service_only(region: str) -> None:
    [statement] = delivery_statements(region, ["arn"])
    assert statement["Principal"] == {"Service": SERVICE_PRINCIPAL}


def test_delivery_may_only_put_objects_and_carries_no_condition() -> None:
    for statement in delivery_statements("us-east-1", ["one", "two"]):
        assert statement["Action"] == "s3:PutObject"
        assert statement["Resource"] == ["one", "two"]
        assert "Condition" not in statement


def test_the_legacy_table_is_closed_and_well_formed() -> None:
    assert len(LEGACY_ACCOUNTS) == 26
    assert all(len(account) == 12 and account.isdigit() for account in LEGACY_ACCOUNTS.values())
    assert len(set(LEGACY_ACCOUNTS.values())) == 26
    # A few spot values from the guide, in three partitions.
    assert LEGACY_ACCOUNTS["eu-west-3"] == "009996457667"
    assert legacy_principals()["cn-north-1"] == "arn:aws-cn:iam::638102146993:root"
    assert legacy_principals()["us-gov-west-1"] == "arn:aws-us-gov:iam::048591011584:root"


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("us-east-1", "aws"),
        ("cn-northwest-1", "aws-cn"),
        ("us-gov-east-1", "aws-us-gov"),
        ("us-iso-west-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("us-isof-south-1", "aws-iso-f"),
        ("eu-isoe-west-1", "aws-iso-e"),
        ("eusc-de-east-1", "aws-eusc"),
    ],
)
def test_partitions(region: str, partition: str) -> None:
    assert partition_of(region) == partition


def test_partitions_agree_with_botocore() -> None:
    boto3 = pytest.importorskip("boto3")
    session = boto3.session.Session()
    for partition in session.get_available_partitions():
        for region in session.get_available_regions("elbv2", partition_name=partition):
            assert partition_of(region) == partition, region


@pytest.mark.parametrize(
    ("prefix", "kind", "expected"),
    [
        ("", LogKind.ACCESS, ""),
        ("edge", LogKind.ACCESS, "edge"),
        ("", LogKind.CONNECTION, "connection-logs"),
        ("edge/web", LogKind.HEALTH_CHECK, "edge/web/health-check-logs"),
    ],
)
def test_each_kind_of_log_has_its_own_prefix(prefix: str, kind: LogKind, expected: str) -> None:
    assert prefix_of(prefix, kind) == expected


def test_resources_are_scoped_to_prefix_and_account() -> None:
    assert delivery_resources("arn:aws:s3:::b", "edge", ["111111111111", "222222222222"]) == [
        "arn:aws:s3:::b/edge/AWSLogs/111111111111/*",
        "arn:aws:s3:::b/edge/connection-logs/AWSLogs/111111111111/*",
        "arn:aws:s3:::b/edge/health-check-logs/AWSLogs/111111111111/*",
        "arn:aws:s3:::b/edge/AWSLogs/222222222222/*",
        "arn:aws:s3:::b/edge/connection-logs/AWSLogs/222222222222/*",
        "arn:aws:s3:::b/edge/health-check-logs/AWSLogs/222222222222/*",
    ]
    assert delivery_resources("arn:aws:s3:::b", "", ["111111111111"])[0] == "arn:aws:s3:::b/AWSLogs/111111111111/*"


def test_plain_http_is_denied_on_bucket_and_objects() -> None:
    statement = tls_only_statement("arn:aws:s3:::b")
    assert statement["Effect"] == "Deny"
    assert statement["Resource"] == ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
