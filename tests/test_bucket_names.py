"""Two buckets of one name in a stack."""

from __future__ import annotations

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket

from northsouth.at_synth import Declared
from northsouth.bucket_names import check_bucket_names
from northsouth.logs import AlbLogBucket
from tests.harness.synth import synth


def bucket(path: str, name: str | None) -> Declared:
    return Declared(path, f"aws_s3_bucket.{path}", {"bucket": name} if name else {"bucket_prefix": "logs"})


def test_the_second_bucket_of_a_name_is_reported() -> None:
    found = map(str, check_bucket_names([bucket("a", "logs"), bucket("b", "other"), bucket("c", "logs")]))
    assert [text.partition(" (")[0] for text in found] == [
        "c: got a bucket named 'logs'; a declares a bucket of this name already"
    ]


def test_names_that_differ_by_instance_or_are_left_to_aws_are_not_compared() -> None:
    pairs = ("${each.key}-logs", "logs-${count.index}", None)
    assert not list(check_bucket_names(bucket(str(index), name) for name in pairs for index in range(2)))


def test_the_synth_ends_whoever_declares_the_bucket() -> None:
    def declare(stack: TerraformStack) -> None:
        AlbLogBucket(stack, "logs", name="hub-logs", region="us-east-1")
        S3Bucket(stack, "own", bucket="hub-logs")

    with pytest.raises(RuntimeError, match="stack/own: got a bucket named 'hub-logs'; stack/logs/bucket declares"):
        synth(declare)
