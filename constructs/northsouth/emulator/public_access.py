"""Buckets that block public access from the first, as AWS makes them since April 2023.

Source: "Blocking public access to your Amazon S3 storage" (AmazonS3/latest/userguide). Documented rules refuse a public
policy on such a bucket. What real AWS does differently: an account and an access point have blocks of their own.
"""

from __future__ import annotations

from typing import Any

from moto.s3.models import PublicAccessBlock, S3Backend

from northsouth.emulator import patching


def install() -> None:
    """Take part when buckets are made."""

    def create_bucket(backend: Any, *arguments: Any, **named: Any) -> Any:
        bucket = create(backend, *arguments, **named)
        bucket.public_access_block = PublicAccessBlock("true", "true", "true", "true")
        return bucket

    create = patching.replace(S3Backend, "create_bucket", create_bucket)
