"""How the archive bucket keeps its objects, besides :class:`~northsouth.logs.lifecycle.Lifecycle`; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from northsouth.errors import Problem
from northsouth.logs.lifecycle import Lifecycle, StorageClass, Transition
from northsouth.tokens import is_token

DEFAULT_ARCHIVE_LIFECYCLE = Lifecycle.keep(
    noncurrent_days=30, transitions=(Transition("STANDARD_IA", 30), Transition("GLACIER_IR", 90))
)
"""Kept for ever, in classes that Athena reads.

Athena does not read ``GLACIER`` and ``DEEP_ARCHIVE``: put those at an age at which the archive is evidence and no
longer queried. S3 moves no object below 128 KB, so quiet hours stay where they are.
"""

_REPLICATION = "docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html"


@dataclass(frozen=True, slots=True)
class ObjectLock:
    """Nobody deletes or overwrites an object before its time. Make one with :meth:`governance` or :meth:`compliance`.

    Attributes:
        mode: ``GOVERNANCE`` or ``COMPLIANCE``.
        days: how long after it was written.

    """

    mode: Literal["GOVERNANCE", "COMPLIANCE"]
    days: int

    @classmethod
    def governance(cls, days: int) -> ObjectLock:
        """Lock objects against everybody but principals with ``s3:BypassGovernanceRetention``."""
        return cls("GOVERNANCE", days)

    @classmethod
    def compliance(cls, days: int) -> ObjectLock:
        """Lock objects against everybody, the root user and AWS included. It cannot be shortened or lifted."""
        return cls("COMPLIANCE", days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """A second bucket that gets a copy of every object.

    Attributes:
        bucket_arn: the bucket, versioned, usually in another Region.
        storage_class: the copies' class.
        kms_key_arn: the key that encrypts the copies; needed if the archive is encrypted with KMS.

    """

    bucket_arn: str
    storage_class: Literal[StorageClass, "STANDARD", "REDUCED_REDUNDANCY"] = "GLACIER_IR"
    kms_key_arn: str | None = None


def check_storage(
    *, lock: ObjectLock | None, replica: Replica | None, kms_key_arn: str | None, lifecycle: Lifecycle, crawler: bool
) -> Iterator[Problem]:
    """Yield what does not go together of lock, replica, encryption, lifecycle and partition mode."""
    if lock is not None and not is_token(lock.days):
        yield from _check_lock(lock, lifecycle, crawler=crawler)
    if replica is not None and (kms_key_arn is None) != (replica.kms_key_arn is None):
        yield Problem(
            "replica.kms_key_arn",
            repr(replica.kms_key_arn),
            "the archive and its replica are both encrypted with KMS, or neither is",
            "Name a key of the replica's Region, or leave both keys out.",
            _REPLICATION,
        )


def _check_lock(lock: ObjectLock, lifecycle: Lifecycle, *, crawler: bool) -> Iterator[Problem]:
    if lock.days < 1:
        yield Problem("lock.days", str(lock.days), "at least 1 day", "Lock for a day or more, or pass None.")
    expiry = lifecycle.expire_after_days
    if expiry is not None and not is_token(expiry) and expiry < lock.days:
        yield Problem(
            "lifecycle.expire_after_days",
            f"{expiry} days",
            f"objects are locked for {lock.days} days; an expired one would stay, hidden and billed",
            "Expire after the lock ends.",
        )
    if crawler:
        yield Problem(
            "lock",
            f"{lock.mode} with PartitionMode.crawler()",
            "the crawler mode empties a window's folder before it writes it again",
            "Use the partition pointer, which deletes nothing.",
        )
