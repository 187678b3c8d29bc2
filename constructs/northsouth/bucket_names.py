"""The rule that no two buckets of a stack have the same name, whichever construct declares them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cdktf import TerraformStack
from constructs import Construct

from northsouth.at_synth import Declared, declared, judge_at_synth
from northsouth.errors import Problem


def check_bucket_names(buckets: Iterable[Declared]) -> Iterator[Problem]:
    """Yield each bucket whose name another one of the stack has.

    S3 refuses the second one, but in us-east-1: there it answers as if it had made one, and two resources would then
    manage one bucket.
    """
    first: dict[str, str] = {}
    for bucket in buckets:
        name = bucket.arguments.get("bucket")
        if not isinstance(name, str) or "each." in name or "count." in name:
            continue
        if name in first:
            yield Problem(
                bucket.path,
                f"a bucket named {name!r}",
                f"{first[name]} declares a bucket of this name already",
                "Give it another name.",
                "https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html",
            )
        first.setdefault(name, bucket.path)


def judge_bucket_names(scope: Construct) -> None:
    """Have the names of all buckets in the stack of ``scope`` compared at synth."""
    judge_at_synth(scope, _judge)


def _judge(stack: TerraformStack) -> Iterator[Problem]:
    return check_bucket_names(declared(stack, "s3Bucket.S3Bucket"))
