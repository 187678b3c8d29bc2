"""Which names of endpoint services are taken for mistakes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.egress.endpoint_names import FULL_NAMES, NAMES, OTHER_WORDS, is_known, meant

COPIES = Path(__file__).parent / "names"
OF_SINGLE_PAGES = {
    "dax",
    "mail-manager-smtp.auth",
    "mail-manager-smtp.mtls",
    "mail-manager-smtp.mtls.fips",
    "mail-manager-smtp.open",
}
WRONG_IN_THE_TABLE = {"freetier", "resource-explorer-2", "resource-explorer-2-fips"}
"""Names that the output of the AWS CLI on the table's own page contradicts."""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ecr", ("ecr.api", "ecr.dkr")),
        ("cloudwatch", ("monitoring", "logs")),
        ("dynamodbb", ("dynamodb",)),
        ("secretsmanger", ("secretsmanager",)),
        ("bedrock-runtmie", ("bedrock-runtime",)),
        ("ecr-api", ("ecr.api",)),
        ("kinesis", ("kinesis-streams", "kinesis-firehose")),
        ("kms", ()),
        ("sqs-fips", ()),
        ("athena-fips", ()),
        ("inspector3", ()),
        ("sxs", ()),
        ("iam", ("com.amazonaws.iam",)),
        ("qbusiness", ("aws.api.<region>.qbusiness",)),
        ("brand-new-service", ()),
    ],
)
def test_a_near_miss_names_what_was_meant(name: str, expected: tuple[str, ...]) -> None:
    assert meant(name) == expected


@given(st.sampled_from(sorted(NAMES)))
def test_a_known_name_is_no_mistake(name: str) -> None:
    assert is_known(name)
    assert meant(name) == ()


@given(st.sampled_from(sorted(name for name in NAMES if len(name) > 3)), st.data())
def test_a_dropped_letter_is_noticed(name: str, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(name) - 1))
    slip = name[:index] + name[index + 1 :]
    assert is_known(slip) or meant(slip)


def test_other_words_lead_to_known_names() -> None:
    assert not OTHER_WORDS.keys() & NAMES
    assert {name for names in OTHER_WORDS.values() for name in names} <= NAMES


def test_the_list_is_what_awss_table_and_aws_cdk_lib_name() -> None:
    """The copies were made on 2026-11-28, of aws-cdk-lib 2.276.0 and of the table as of 2026."""
    table, cdk = (set((COPIES / name).read_text().split()) for name in ("aws_privatelink_table.txt", "aws_cdk_lib.txt"))
    assert OF_SINGLE_PAGES.isdisjoint(table | cdk)
    assert (table | cdk | OF_SINGLE_PAGES) - WRONG_IN_THE_TABLE == NAMES
    assert FULL_NAMES.keys() >= WRONG_IN_THE_TABLE
    assert not FULL_NAMES.keys() & NAMES
