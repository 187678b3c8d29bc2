"""Where the Athena queries of one construct run: a Glue database, a workgroup, and the bucket of their results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.athena_workgroup import (
    AthenaWorkgroup,
    AthenaWorkgroupConfiguration,
    AthenaWorkgroupConfigurationResultConfiguration,
    AthenaWorkgroupConfigurationResultConfigurationEncryptionConfiguration,
)
from cdktf_cdktf_provider_aws.glue_catalog_database import GlueCatalogDatabase
from constructs import Construct

from northsouth.logs.archive_bucket import ArchiveBucket
from northsouth.logs.lifecycle import Lifecycle
from northsouth.policies import ArnScope

_RESULTS_LIFECYCLE = Lifecycle.expire(7, noncurrent_days=1)


@dataclass(frozen=True, slots=True)
class QueryWorkspace:
    """A database, a workgroup and the bucket of query results, whose objects expire after 7 days."""

    results: ArchiveBucket
    database: GlueCatalogDatabase
    workgroup: AthenaWorkgroup


def query_workspace(
    scope: Construct,
    *,
    name: str,
    results_name: str,
    place: ArnScope,
    tables: str,
    queries: str,
    scan_limit_bytes: int | None,
    kms_key_arn: str | None,
    provider: TerraformProvider | None = None,
    tags: Mapping[str, str] | None = None,
) -> QueryWorkspace:
    """Declare ``results``, ``database`` and ``workgroup`` in a construct.

    Args:
        scope: the construct.
        name: the name of database and workgroup.
        results_name: the name of the bucket.
        place: partition, Region and account.
        tables: what the tables are, for the database's description.
        queries: what the queries are, for the workgroup's description.
        scan_limit_bytes: bytes that one query may scan before Athena cancels it; ``None`` for no limit.
        kms_key_arn: the key of the results; SSE-S3 if ``None``.
        provider: the provider (Region, account) to use instead of the default.
        tags: tags of everything that has tags.

    """
    results = ArchiveBucket(
        scope,
        "results",
        name=results_name,
        place=place,
        kms_key_arn=kms_key_arn,
        lifecycle=_RESULTS_LIFECYCLE,
        # Results are copies of what a query can make again.
        allow_destroy=True,
        provider=provider,
        tags=tags,
    )
    own_tags = dict(tags) if tags else None
    database = GlueCatalogDatabase(
        scope, "database", name=name, description=f"{tables}: {name}", tags=own_tags, provider=provider
    )
    workgroup = AthenaWorkgroup(
        scope,
        "workgroup",
        name=name,
        description=queries,
        configuration=AthenaWorkgroupConfiguration(
            # Clients cannot choose another place or no encryption.
            enforce_workgroup_configuration=True,
            publish_cloudwatch_metrics_enabled=True,
            bytes_scanned_cutoff_per_query=scan_limit_bytes,
            result_configuration=AthenaWorkgroupConfigurationResultConfiguration(
                output_location=f"s3://{results_name}/",
                encryption_configuration=AthenaWorkgroupConfigurationResultConfigurationEncryptionConfiguration(
                    encryption_option="SSE_KMS" if kms_key_arn else "SSE_S3", kms_key_arn=kms_key_arn
                ),
            ),
        ),
        # Without it a workgroup that ever ran a query cannot be deleted. The history of queries goes with it.
        force_destroy=True,
        # Athena refuses a query while its result bucket is missing.
        depends_on=[results.bucket],
        tags=own_tags,
        provider=provider,
    )
    return QueryWorkspace(results, database, workgroup)
