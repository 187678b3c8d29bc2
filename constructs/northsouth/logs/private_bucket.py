"""What every bucket of this library has in common: encrypted, versioned, closed, ageing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cdktf import TerraformProvider, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import (
    S3BucketLifecycleConfiguration,
    S3BucketLifecycleConfigurationRule,
    S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload,
    S3BucketLifecycleConfigurationRuleExpiration,
    S3BucketLifecycleConfigurationRuleFilter,
    S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration,
    S3BucketLifecycleConfigurationRuleTransition,
)
from cdktf_cdktf_provider_aws.s3_bucket_ownership_controls import (
    S3BucketOwnershipControls,
    S3BucketOwnershipControlsRule,
)
from cdktf_cdktf_provider_aws.s3_bucket_policy import S3BucketPolicy
from cdktf_cdktf_provider_aws.s3_bucket_public_access_block import S3BucketPublicAccessBlock
from cdktf_cdktf_provider_aws.s3_bucket_server_side_encryption_configuration import (
    S3BucketServerSideEncryptionConfigurationA,
    S3BucketServerSideEncryptionConfigurationRuleA,
    S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA,
)
from cdktf_cdktf_provider_aws.s3_bucket_versioning import (
    S3BucketVersioningA,
    S3BucketVersioningVersioningConfiguration,
)
from constructs import Construct

from northsouth.bucket_names import judge_bucket_names
from northsouth.logs.bucket_rules import SSE_S3
from northsouth.logs.lifecycle import Lifecycle


class PrivateBucket(Construct):
    """A bucket that is encrypted, versioned and closed to the public, with its objects' ageing declared.

    Its rules are checked by what is made of it, which also gives it its policy.

    Attributes:
        bucket: the bucket.
        ownership_controls: ``BucketOwnerEnforced``: no ACLs.
        public_access_block: all four switches on.
        encryption: SSE-S3, or SSE-KMS with a bucket key.
        versioning: enabled.
        lifecycle: tiers and expiry.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        lifecycle: Lifecycle,
        encryption: str = SSE_S3,
        kms_key_arn: str | None = None,
        object_lock: bool = False,
        folders: Sequence[str] = (),
        allow_destroy: bool = False,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Declare the bucket and its settings.

        Args:
            scope: the parent.
            id: the construct's id.
            name: the bucket's name.
            lifecycle: tiers and expiry.
            encryption: the algorithm of the default encryption.
            kms_key_arn: the key, if that is ``aws:kms``.
            object_lock: make the bucket one that can lock objects; S3 decides that once, at creation.
            folders: what ages; everything if there are none.
            allow_destroy: let Terraform destroy the bucket with everything in it.
            provider: the provider (Region, account) to use instead of the default.
            tags: tags of the bucket.

        """
        super().__init__(scope, id)
        self._provider = provider
        judge_bucket_names(self)
        self.bucket = S3Bucket(
            self,
            "bucket",
            bucket=name,
            object_lock_enabled=True if object_lock else None,
            force_destroy=allow_destroy,
            lifecycle=None if allow_destroy else TerraformResourceLifecycle(prevent_destroy=True),
            tags=dict(tags) if tags else None,
            provider=provider,
        )
        self._bucket_id = self.bucket.id
        self.ownership_controls = S3BucketOwnershipControls(
            self,
            "ownership",
            bucket=self._bucket_id,
            rule=S3BucketOwnershipControlsRule(object_ownership="BucketOwnerEnforced"),
            provider=provider,
        )
        self.public_access_block = S3BucketPublicAccessBlock(
            self,
            "public-access",
            bucket=self._bucket_id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            provider=provider,
        )
        self.encryption = S3BucketServerSideEncryptionConfigurationA(
            self,
            "encryption",
            bucket=self._bucket_id,
            rule=[
                S3BucketServerSideEncryptionConfigurationRuleA(
                    apply_server_side_encryption_by_default=(
                        S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA(
                            sse_algorithm=encryption, kms_master_key_id=kms_key_arn
                        )
                    ),
                    # One data key for many objects: otherwise each object costs a request to KMS.
                    bucket_key_enabled=True if kms_key_arn else None,
                )
            ],
            provider=provider,
        )
        self.versioning = S3BucketVersioningA(
            self,
            "versioning",
            bucket=self._bucket_id,
            versioning_configuration=S3BucketVersioningVersioningConfiguration(status="Enabled"),
            provider=provider,
        )
        self.lifecycle = S3BucketLifecycleConfiguration(
            self,
            "lifecycle",
            bucket=self._bucket_id,
            rule=[_lifecycle_rule(lifecycle, folder) for folder in folders or [""]],
            # S3 accepts a rule for old versions only once versioning is on.
            depends_on=[self.versioning],
            provider=provider,
        )

    def _set_policy(self, document: str) -> S3BucketPolicy:
        """Give the bucket its one policy."""
        return S3BucketPolicy(
            self,
            "policy",
            bucket=self._bucket_id,
            policy=document,
            # S3 refuses two changes of a bucket's access at the same time (OperationAborted).
            depends_on=[self.public_access_block],
            provider=self._provider,
        )


def _lifecycle_rule(lifecycle: Lifecycle, folder: str) -> S3BucketLifecycleConfigurationRule:
    expiry = lifecycle.expire_after_days
    return S3BucketLifecycleConfigurationRule(
        id=f"age-{folder}" if folder else "age",
        status="Enabled",
        filter=[S3BucketLifecycleConfigurationRuleFilter(prefix=f"{folder}/" if folder else None)],
        expiration=None if expiry is None else [S3BucketLifecycleConfigurationRuleExpiration(days=expiry)],
        transition=[
            S3BucketLifecycleConfigurationRuleTransition(days=item.after_days, storage_class=item.storage_class)
            for item in lifecycle.transitions
        ]
        or None,
        noncurrent_version_expiration=[
            S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration(noncurrent_days=lifecycle.noncurrent_days)
        ],
        abort_incomplete_multipart_upload=[
            S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload(days_after_initiation=7)
        ],
    )
