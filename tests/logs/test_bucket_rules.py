"""What S3 and log delivery refuse, rule by rule."""

import pytest

from northsouth.logs.bucket_rules import (
    check_accounts,
    check_bucket_name,
    check_encryption,
    check_prefix,
    check_region,
    check_same_region,
)

TOKEN = "${aws_s3_bucket.other.id}"


@pytest.mark.parametrize(
    "name", ["abc", "a" * 63, "acme-alb-logs-eu-central-1", "my.logs.example.com", "1.2.3.a", "0-9", TOKEN]
)
def test_good_bucket_names(name: str) -> None:
    assert list(check_bucket_name(name)) == []


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("", "3 to 63 characters, this one 0"),
        ("ab", "this one 2"),
        ("a" * 64, "this one 64"),
        ("Acme-logs", "lower-case"),
        ("acme_logs", "lower-case"),
        ("acme logs", "lower-case"),
        ("acmé-logs", "lower-case"),
        ("acme-logs\n", "lower-case"),
        ("-acme", "begins and ends"),
        ("acme-", "begins and ends"),
        (".acme", "begins and ends"),
        ("acme.", "begins and ends"),
        ("acme..logs", "two dots"),
        ("192.168.5.4", "IP address"),
        ("xn--acme", "'xn--' are reserved"),
        ("sthree-acme", "'sthree-' are reserved"),
        ("sthree-configurator", "'sthree-' are reserved"),
        ("amzn-s3-demo-acme", "'amzn-s3-demo-' are reserved"),
        ("acme-s3alias", "'-s3alias' are reserved"),
        ("acme--ol-s3", "'--ol-s3' are reserved"),
        ("acme.mrap", "'.mrap' are reserved"),
        ("acme--x-s3", "'--x-s3' are reserved"),
        ("acme--table-s3", "'--table-s3' are reserved"),
    ],
)
def test_bad_bucket_names(name: str, rule: str) -> None:
    problems = list(check_bucket_name(name))
    assert any(rule in problem.allowed for problem in problems), problems
    assert all(problem.where == "name" and problem.given == repr(name) and problem.fix for problem in problems)


def test_every_broken_rule_of_a_name_is_reported() -> None:
    assert len(list(check_bucket_name("-A..s3alias-s3alias"))) == 4


@pytest.mark.parametrize("prefix", ["", "edge", "edge/web", "a-b_c.d", "AWS/Logs", TOKEN])
def test_good_prefixes(prefix: str) -> None:
    assert list(check_prefix(prefix)) == []


@pytest.mark.parametrize(
    ("prefix", "rule"),
    [
        ("AWSLogs", "must not contain 'AWSLogs'"),
        ("edge/myAWSLogs2", "must not contain 'AWSLogs'"),
        ("/edge", "between slashes"),
        ("edge/", "between slashes"),
        ("edge//web", "between slashes"),
        ("edge*", "wildcard"),
        ("ed?e", "wildcard"),
        ("$edge", "wildcard"),
        ("my edge", "no spaces"),
        ("edge\n", "no spaces"),
    ],
)
def test_bad_prefixes(prefix: str, rule: str) -> None:
    [problem] = check_prefix(prefix)
    assert rule in problem.allowed


def test_the_fix_for_slashes_is_the_right_prefix() -> None:
    [problem] = check_prefix("/edge//web/")
    assert problem.fix == "Write 'edge/web'."


@pytest.mark.parametrize("encryption", ["aws:kms", "aws:kms:dsse", "SSE-KMS", "none", ""])
def test_only_sse_s3_is_accepted(encryption: str) -> None:
    [problem] = check_encryption(encryption)
    assert "SSE-S3" in problem.allowed
    assert "LogArchive" in problem.fix


def test_sse_s3_is_accepted() -> None:
    assert list(check_encryption("AES256")) == []
    assert list(check_encryption(TOKEN)) == []


@pytest.mark.parametrize(
    "region", ["us-east-1", "cn-northwest-1", "us-gov-west-1", "us-isob-east-1", "eusc-de-east-1", TOKEN]
)
def test_good_regions(region: str) -> None:
    assert list(check_region(region)) == []


@pytest.mark.parametrize("region", ["us-east-1a", "Frankfurt", "us_east_1", "", "eu-central"])
def test_bad_regions(region: str) -> None:
    [problem] = check_region(region)
    assert problem.where == "region"


def test_accounts() -> None:
    assert list(check_accounts(["123456789012", "009996457667", TOKEN])) == []
    found = [(problem.where, problem.given) for problem in check_accounts(["123", "123456789012", "123456789012"])]
    assert found == [("source_accounts[0]", "'123'"), ("source_accounts[2]", "'123456789012'")]


def test_the_region_is_the_providers() -> None:
    (problem,) = check_same_region("eu-west-1", "us-east-1")
    assert "the provider makes the bucket in us-east-1. Write 'us-east-1'" in str(problem)
    for region, known in (("us-east-1", "us-east-1"), (None, "us-east-1"), ("eu-west-1", None), ("${var.r}", "a")):
        assert list(check_same_region(region, known)) == []
