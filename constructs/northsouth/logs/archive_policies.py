"""What the archive's roles may do, and nothing else; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from northsouth.logs import metrics
from northsouth.logs.archive_index import IndexExport
from northsouth.policies import LOG_DELIVERY, ArnScope, Statement, allow

_READ_CATALOG = (
    "glue:GetDatabase",
    "glue:GetTable",
    "glue:GetPartition",
    "glue:GetPartitions",
    "glue:BatchGetPartition",
)
_WRITE_OBJECTS = ("s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobAccess:
    """What one archival job touches.

    Attributes:
        workgroup: the Athena workgroup.
        source_table: database and name of the table it reads.
        archive_table: database and name of the table it writes.
        source_bucket: the bucket it reads.
        source_prefix: the part of it, without slashes at its ends; empty for all of it.
        archive_bucket: the bucket it writes.
        archive_prefix: the part of it.
        results_bucket: the bucket of query results.
        kms_key_arns: the keys of those buckets.
        dead_letter_arn: the queue for failed windows.
        crawler: the crawler it starts, in crawler mode.
        catalog_key_arn: the key that encrypts the Glue catalog, if one does.
        lake_formation: whether Lake Formation decides on the tables.
        machine: the state machine's name.
        export: how it reads an index, if the source is one.

    """

    workgroup: str
    source_table: tuple[str, str]
    archive_table: tuple[str, str]
    source_bucket: str
    source_prefix: str
    archive_bucket: str
    archive_prefix: str
    results_bucket: str
    kms_key_arns: tuple[str, ...]
    dead_letter_arn: str
    crawler: str | None = None
    catalog_key_arn: str | None = None
    lake_formation: bool = False
    machine: str
    export: IndexExport | None = None


def job_statements(place: ArnScope, access: JobAccess) -> list[Statement]:
    """Return what the state machine's role may do."""
    return [
        *_query_statements(place, access, written=[place.bucket(access.archive_bucket, f"{access.archive_prefix}/*")]),
        *_partition_statements(place, access),
        *(
            _export_statements(place, access.machine, access.export)
            if access.export
            else [allow("ReadMetrics", ("cloudwatch:GetMetricStatistics",), ["*"])]
        ),
    ]


def _export_statements(place: ArnScope, machine: str, export: IndexExport) -> list[Statement]:
    """Return what it takes to ask an index for its count, and to have a Glue job read it.

    (docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html and .../connect-glue.html)
    """
    return [
        allow(
            "AskIndex",
            ("states:InvokeHTTPEndpoint",),
            [place.arn("states", f"stateMachine:{machine}")],
            StringEquals={"states:HTTPMethod": "POST", "states:HTTPEndpoint": export.count_url},
        ),
        allow("UseConnection", ("events:RetrieveConnectionCredentials",), [export.connection_arn]),
        allow(
            "ReadCredential",
            ("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"),
            [export.connection_secret_arn],
        ),
        allow(
            "ReadIndex",
            ("glue:StartJobRun", "glue:GetJobRun", "glue:GetJobRuns", "glue:BatchStopJobRun"),
            [place.arn("glue", f"job/{export.job}")],
        ),
    ]


def reader_statements(
    place: ArnScope, *, secret: str, connection: str, script: str, exports: tuple[str, str], kms_key_arn: str | None
) -> list[Statement]:
    """Return what the role of the Glue job may do that reads an index.

    Args:
        place: partition, Region and account.
        secret: the ARN of the secret with user and password.
        connection: the name of Glue's connection.
        script: the ARN of the script.
        exports: the bucket of the exports, and their folder in it.
        kms_key_arn: the key of the bucket, if it has one.

    """
    bucket, folder = exports
    statements = [
        allow("ReadCredential", ("secretsmanager:GetSecretValue",), [secret]),
        allow(
            "ReadConnection",
            ("glue:GetConnection",),
            [place.arn("glue", "catalog"), place.arn("glue", f"connection/{connection}")],
        ),
        allow("ReadScript", ("s3:GetObject",), [script]),
        allow("ListExports", ("s3:GetBucketLocation", "s3:ListBucket"), [place.bucket(bucket)]),
        # An attempt first removes what the one before it has left in its folder.
        allow("WriteExports", (*_WRITE_OBJECTS, "s3:DeleteObject"), [place.bucket(bucket, f"{folder}/*")]),
        allow(
            "Log",
            ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"),
            [place.arn("logs", "log-group:/aws-glue/*")],
        ),
    ]
    if kms_key_arn is not None:
        statements.append(allow("UseKeys", ("kms:Decrypt", "kms:GenerateDataKey"), [kms_key_arn]))
    return statements


def reconciliation_statements(place: ArnScope, access: JobAccess, job_arn: str) -> list[Statement]:
    """Return what the role of the reconciliation may do: query, and start runs of the job. It writes no archive."""
    return [
        *_query_statements(place, access, written=[]),
        allow("ReadArchive", ("s3:GetObject",), [place.bucket(access.archive_bucket, f"{access.archive_prefix}/*")]),
        allow("Start", ("states:StartExecution",), [job_arn]),
    ]


def _query_statements(place: ArnScope, access: JobAccess, *, written: list[str]) -> list[Statement]:
    """Return what it takes to query source and archive, to write these objects, to publish, and to give up."""
    prefix = f"{access.source_prefix}/*" if access.source_prefix else "*"
    return query_statements(
        place,
        QueryAccess(
            workgroup=access.workgroup,
            tables=(access.source_table, access.archive_table),
            buckets=(access.source_bucket, access.archive_bucket, access.results_bucket),
            read=(place.bucket(access.source_bucket, prefix),),
            written=tuple(written),
            results_bucket=access.results_bucket,
            namespace=metrics.NAMESPACE,
            dead_letter_arn=access.dead_letter_arn,
            kms_key_arns=access.kms_key_arns,
            catalog_key_arn=access.catalog_key_arn,
            lake_formation=access.lake_formation,
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryAccess:
    """What a state machine needs that queries Athena and publishes the results.

    Attributes:
        workgroup: the Athena workgroup.
        tables: database and name of the tables it reads.
        buckets: the buckets it reads and writes.
        read: ARNs of the objects it reads.
        written: ARNs of the objects it writes beside results.
        results_bucket: the bucket of query results.
        namespace: the namespace of the metrics it publishes.
        dead_letter_arn: the queue for runs that failed.
        kms_key_arns: the keys of those buckets.
        catalog_key_arn: the key that encrypts the Glue catalog, if one does.
        lake_formation: whether Lake Formation decides on the tables.

    """

    workgroup: str
    tables: tuple[tuple[str, str], ...]
    buckets: tuple[str, ...]
    read: tuple[str, ...]
    written: tuple[str, ...] = ()
    results_bucket: str
    namespace: str
    dead_letter_arn: str
    kms_key_arns: tuple[str, ...] = ()
    catalog_key_arn: str | None = None
    lake_formation: bool = False


def query_statements(place: ArnScope, access: QueryAccess) -> list[Statement]:
    """Return what it takes to query tables, to write results, to publish, and to give up."""
    return [
        allow(
            "Query",
            (
                "athena:StartQueryExecution",
                "athena:StopQueryExecution",
                "athena:GetQueryExecution",
                "athena:GetQueryResults",
            ),
            [place.arn("athena", f"workgroup/{access.workgroup}")],
        ),
        allow("Catalog", ("athena:GetDataCatalog",), [place.arn("athena", "datacatalog/AwsDataCatalog")]),
        allow("ReadTables", _READ_CATALOG, _unique(*(place.table(*table) for table in access.tables))),
        # Athena asks for the database `default` in every Region, whatever the query is about
        # (docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html).
        allow(
            "DefaultDatabase", ("glue:GetDatabase",), [place.arn("glue", f) for f in ("catalog", "database/default")]
        ),
        allow(
            "ListBuckets",
            ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"),
            _unique(*([place.bucket(name)] for name in access.buckets)),
        ),
        allow("ReadSource", ("s3:GetObject",), access.read),
        allow(
            "WriteArchive" if access.written else "WriteResults",
            _WRITE_OBJECTS,
            [*access.written, place.bucket(access.results_bucket, "*")],
        ),
        # Neither this action nor cloudwatch:GetMetricStatistics takes a resource; the namespace is what keeps the role
        # to its own metrics.
        allow(
            "PublishMetrics",
            ("cloudwatch:PutMetricData",),
            ["*"],
            StringEquals={"cloudwatch:namespace": access.namespace},
        ),
        allow("GiveUp", ("sqs:SendMessage",), [access.dead_letter_arn]),
        allow("LogExecutions", LOG_DELIVERY, ["*"]),
        *_key_statements(access),
        *_lake_formation_statements(access),
    ]


def _key_statements(access: JobAccess | QueryAccess) -> list[Statement]:
    statements = []
    if access.kms_key_arns:
        statements.append(allow("UseKeys", ("kms:Decrypt", "kms:GenerateDataKey"), access.kms_key_arns))
    if access.catalog_key_arn is not None:
        # docs.aws.amazon.com/athena/latest/ug/access-encrypted-data-glue-data-catalog.html
        actions = ("kms:GenerateDataKey", "kms:Decrypt", "kms:Encrypt")
        statements.append(allow("UseCatalogKey", actions, [access.catalog_key_arn]))
    return statements


def _lake_formation_statements(access: JobAccess | QueryAccess) -> list[Statement]:
    # The action takes no resource; what it gives access to is decided by Lake Formation's own grants
    # (docs.aws.amazon.com/lake-formation/latest/dg/access-control-underlying-data.html).
    return [allow("GetData", ("lakeformation:GetDataAccess",), ["*"])] if access.lake_formation else []


def _partition_statements(place: ArnScope, access: JobAccess) -> list[Statement]:
    if access.crawler is None:
        return [
            allow(
                "PointPartitions", ("glue:CreatePartition", "glue:UpdatePartition"), place.table(*access.archive_table)
            )
        ]
    return [
        allow("Crawl", ("glue:StartCrawler", "glue:GetCrawler"), [place.arn("glue", f"crawler/{access.crawler}")]),
        allow(
            "EmptyFolders",
            ("s3:DeleteObject",),
            [place.bucket(access.archive_bucket, f"{access.archive_prefix}/*")],
        ),
    ]


def scheduler_statements(state_machine_arns: Sequence[str], dead_letter_arn: str) -> list[Statement]:
    """Return what EventBridge Scheduler's role may do: start these state machines, and say that it could not."""
    return [
        allow("Start", ("states:StartExecution",), state_machine_arns),
        allow("GiveUp", ("sqs:SendMessage",), [dead_letter_arn]),
    ]


def crawler_statements(place: ArnScope, access: JobAccess) -> list[Statement]:
    """Return what the crawler's role may do: read the archive's folder and write what it found to its table."""
    statements = [
        allow(
            "Catalog",
            (
                *_READ_CATALOG,
                "glue:UpdateTable",
                "glue:BatchCreatePartition",
                "glue:CreatePartition",
                "glue:UpdatePartition",
            ),
            place.table(*access.archive_table),
        ),
        allow("List", ("s3:GetBucketLocation", "s3:ListBucket"), [place.bucket(access.archive_bucket)]),
        allow("Read", ("s3:GetObject",), [place.bucket(access.archive_bucket, f"{access.archive_prefix}/*")]),
        allow(
            "Log",
            ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"),
            [place.arn("logs", "log-group:/aws-glue/crawlers*")],
        ),
    ]
    return [*statements, *_key_statements(access), *_lake_formation_statements(access)]


def replication_statements(
    place: ArnScope, bucket: str, destination_arn: str, *, kms_key_arn: str | None, destination_key_arn: str | None
) -> list[Statement]:
    """Return what S3's role for replication may do."""
    statements = [
        allow("ReadConfiguration", ("s3:GetReplicationConfiguration", "s3:ListBucket"), [place.bucket(bucket)]),
        allow(
            "ReadVersions",
            (
                "s3:GetObjectVersionForReplication",
                "s3:GetObjectVersionAcl",
                "s3:GetObjectVersionTagging",
                "s3:GetObjectRetention",
                "s3:GetObjectLegalHold",
            ),
            [place.bucket(bucket, "*")],
        ),
        allow("Replicate", ("s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"), [f"{destination_arn}/*"]),
    ]
    if kms_key_arn is not None:
        statements.append(allow("Decrypt", ("kms:Decrypt",), [kms_key_arn]))
    if destination_key_arn is not None:
        statements.append(allow("Encrypt", ("kms:Encrypt", "kms:GenerateDataKey"), [destination_key_arn]))
    return statements


def _unique(*groups: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(arn for group in groups for arn in group))
