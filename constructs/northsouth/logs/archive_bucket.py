"""A private bucket for what AWS services write in this account: an archive, query results, a history of metrics."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.s3_bucket_object_lock_configuration import (
    S3BucketObjectLockConfigurationA,
    S3BucketObjectLockConfigurationRuleA,
    S3BucketObjectLockConfigurationRuleDefaultRetentionA,
)
from cdktf_cdktf_provider_aws.s3_bucket_replication_configuration import (
    S3BucketReplicationConfigurationA,
    S3BucketReplicationConfigurationRule,
    S3BucketReplicationConfigurationRuleDeleteMarkerReplication,
    S3BucketReplicationConfigurationRuleDestination,
    S3BucketReplicationConfigurationRuleDestinationEncryptionConfiguration,
    S3BucketReplicationConfigurationRuleFilter,
    S3BucketReplicationConfigurationRuleSourceSelectionCriteria,
    S3BucketReplicationConfigurationRuleSourceSelectionCriteriaSseKmsEncryptedObjects,
)
from constructs import Construct

from northsouth.logs.archive_policies import replication_statements
from northsouth.logs.archive_storage import ObjectLock, Replica
from northsouth.logs.bucket_rules import SSE_S3
from northsouth.logs.delivery import tls_only_statement
from northsouth.logs.lifecycle import Lifecycle
from northsouth.logs.private_bucket import PrivateBucket
from northsouth.policies import ArnScope, document, trust


class ArchiveBucket(PrivateBucket):
    """A bucket that is encrypted, versioned, closed to the public and to plain HTTP, with its objects' ageing declared.

    Its rules are checked by the construct that makes it.

    Attributes:
        bucket: the bucket.
        ownership_controls: ``BucketOwnerEnforced``: no ACLs.
        public_access_block: all four switches on.
        encryption: SSE-S3, or SSE-KMS with a bucket key.
        versioning: enabled.
        lifecycle: tiers and expiry.
        policy: TLS only.
        object_lock: the lock, if there is one.
        replication: the replica's configuration, if there is one.
        replication_role: the role S3 replicates with, if it does.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        place: ArnScope,
        kms_key_arn: str | None,
        lifecycle: Lifecycle,
        lock: ObjectLock | None = None,
        replica: Replica | None = None,
        folders: Sequence[str] = (),
        allow_destroy: bool = False,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Declare the bucket.

        Args:
            scope: the parent.
            id: the construct's id.
            name: the bucket's name.
            place: partition, Region and account.
            kms_key_arn: the key of SSE-KMS; SSE-S3 if ``None``.
            lifecycle: tiers and expiry.
            lock: a default retention for every object.
            replica: a bucket to copy every object to.
            folders: what ages; everything if there are none.
            allow_destroy: let Terraform destroy the bucket with everything in it.
            provider: the provider (Region, account) to use instead of the default.
            tags: tags of the bucket and the role.

        """
        super().__init__(
            scope,
            id,
            name=name,
            lifecycle=lifecycle,
            encryption="aws:kms" if kms_key_arn else SSE_S3,
            kms_key_arn=kms_key_arn,
            object_lock=lock is not None,
            folders=folders,
            allow_destroy=allow_destroy,
            provider=provider,
            tags=tags,
        )
        self._tags = dict(tags) if tags else None
        self.policy = self._set_policy(json.dumps(document([tls_only_statement(place.bucket(name))])))
        self.object_lock = self._lock(lock) if lock else None
        self.replication_role: IamRole | None = None
        self.replication: S3BucketReplicationConfigurationA | None = None
        if replica:
            self._replicate(replica, name, place, kms_key_arn)

    def _lock(self, lock: ObjectLock) -> S3BucketObjectLockConfigurationA:
        return S3BucketObjectLockConfigurationA(
            self,
            "object-lock",
            bucket=self.bucket.id,
            rule=S3BucketObjectLockConfigurationRuleA(
                default_retention=S3BucketObjectLockConfigurationRuleDefaultRetentionA(mode=lock.mode, days=lock.days)
            ),
            depends_on=[self.versioning],
            provider=self._provider,
        )

    def _replicate(self, replica: Replica, name: str, place: ArnScope, kms_key_arn: str | None) -> None:
        self.replication_role = IamRole(
            self,
            "replication-role",
            name_prefix="archive-replication-",
            assume_role_policy=json.dumps(trust("s3.amazonaws.com")),
            tags=self._tags,
            provider=self._provider,
        )
        statements = replication_statements(
            place, name, replica.bucket_arn, kms_key_arn=kms_key_arn, destination_key_arn=replica.kms_key_arn
        )
        policy = IamRolePolicy(
            self,
            "replication-policy",
            name="replicate",
            role=self.replication_role.id,
            policy=json.dumps(document(statements)),
            provider=self._provider,
        )
        destination = S3BucketReplicationConfigurationRuleDestination(
            bucket=replica.bucket_arn,
            storage_class=replica.storage_class,
            encryption_configuration=S3BucketReplicationConfigurationRuleDestinationEncryptionConfiguration(
                replica_kms_key_id=replica.kms_key_arn
            )
            if replica.kms_key_arn
            else None,
        )
        selection = S3BucketReplicationConfigurationRuleSourceSelectionCriteria(
            sse_kms_encrypted_objects=(
                S3BucketReplicationConfigurationRuleSourceSelectionCriteriaSseKmsEncryptedObjects(status="Enabled")
            )
        )
        self.replication = S3BucketReplicationConfigurationA(
            self,
            "replication",
            bucket=self.bucket.id,
            role=self.replication_role.arn,
            rule=[
                S3BucketReplicationConfigurationRule(
                    id="archive",
                    status="Enabled",
                    filter=S3BucketReplicationConfigurationRuleFilter(prefix=""),
                    # A deletion here must not reach the copy.
                    delete_marker_replication=S3BucketReplicationConfigurationRuleDeleteMarkerReplication(
                        status="Disabled"
                    ),
                    destination=destination,
                    source_selection_criteria=selection if replica.kms_key_arn else None,
                )
            ],
            depends_on=[self.versioning, policy],
            provider=self._provider,
        )
