"""The log archive: from logs as they arrive to queryable Parquet whose completeness is measured in every run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cdktf import Fn, TerraformProvider
from cdktf_cdktf_provider_aws.athena_named_query import AthenaNamedQuery
from cdktf_cdktf_provider_aws.glue_catalog_table import (
    GlueCatalogTable,
    GlueCatalogTablePartitionKeys,
    GlueCatalogTableStorageDescriptor,
    GlueCatalogTableStorageDescriptorColumns,
    GlueCatalogTableStorageDescriptorSerDeInfo,
)
from constructs import Construct

from northsouth.errors import refuse
from northsouth.identity import place_of
from northsouth.logs import archive_tables
from northsouth.logs.alb_schema import ALB_ACCESS_LOG
from northsouth.logs.archive_alb import AlbSource, file_infix, raw_columns, raw_regex
from northsouth.logs.archive_bucket import ArchiveBucket
from northsouth.logs.archive_index import SINCE, IndexSource
from northsouth.logs.archive_index_reader import IndexReader
from northsouth.logs.archive_job import ArchivalJob, JobContext
from northsouth.logs.archive_json import RAW_LINE, RAW_REGEX, JsonSource
from northsouth.logs.archive_queries import SavedQuery, alb_queries, table_queries
from northsouth.logs.archive_rules import check_name, check_scan_limit, check_sources
from northsouth.logs.archive_schedule import ArchiveSchedule, check_schedule
from northsouth.logs.archive_source import SourceTable
from northsouth.logs.archive_storage import DEFAULT_ARCHIVE_LIFECYCLE, ObjectLock, Replica, check_storage
from northsouth.logs.bucket_rules import check_bucket_name
from northsouth.logs.lifecycle import Lifecycle, check_lifecycle
from northsouth.logs.metrics import note_archive
from northsouth.logs.query_workspace import query_workspace
from northsouth.logs.scheduled_runs import run_group
from northsouth.tokens import mapped
from northsouth.tree import stack_of


@dataclass(frozen=True, slots=True)
class PartitionMode:
    """How readers find a window's rows. Make one with :meth:`pointer` or :meth:`crawler`."""

    is_crawler: bool

    @classmethod
    def pointer(cls) -> PartitionMode:
        """Point a window's partition at the folder of the run that wrote it: atomic, and nothing is ever deleted.

        Superseded folders (a window rewritten because files came late) stay in the bucket and are not read.
        """
        return cls(is_crawler=False)

    @classmethod
    def crawler(cls) -> PartitionMode:
        """Let a Glue crawler discover partitions and schema, at the price of what the pointer gives.

        A window's folder is emptied before it is written again, so readers may find it empty, and a failed run leaves
        it missing; the job may delete objects; each run waits for, and pays, a crawl; object lock is refused. See
        :mod:`northsouth.logs.archive_crawl`.
        """
        return cls(is_crawler=True)


class LogArchive(Construct):
    """Archives logs as Parquet, hour by hour or day by day, and measures in every run that all of them arrived.

    For each source: EventBridge Scheduler starts a Step Functions state machine, which lets Athena ``UNLOAD`` one
    window to a fresh folder, points the window's partition at it, counts what is readable there, compares that with an
    independent metric (RequestCount for a load balancer) and publishes both and their ratio. There is no Lambda and no
    server. A second run later picks up files that came late; running a window again changes nothing.

    The success rate is archived records that had a target, divided by RequestCount of exactly the same window.
    ``RequestCount`` counts only requests "where the load balancer node was able to choose a target": not malformed
    requests, not requests without a healthy target, not those that AWS WAF blocked or a rule answered by itself. All
    of these are in the log, so the numerator leaves them out; :mod:`northsouth.logs.archive_alb` states how. The
    metrics are in :mod:`northsouth.logs.metrics`, with this construct's ``name`` and a source's name.

    Attributes:
        bucket: the archive bucket. Protected from destruction unless ``allow_destroy``.
        results: the bucket of Athena's query results; objects expire after 7 days.
        database: the Glue database of raw and archive tables.
        workgroup: the Athena workgroup of the jobs, and of people who query the archive.
        raw_tables: for each source but a ``SourceTable``, the table over the lines of its objects.
        readers: for each ``IndexSource`` what reads it: Glue job, connections and role.
        named_queries: saved queries, by ``<source>-<query>``.
        dead_letters: the queue of windows whose run failed or could not start.
        schedule_group: the group of all schedules.
        jobs: by source: table, state machine, schedules and roles.
        dead_letter_policy: lets the jobs' rules send runs that timed out to ``dead_letters``.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        bucket_name: str,
        sources: Mapping[str, AlbSource | JsonSource | IndexSource | SourceTable],
        results_bucket_name: str | None = None,
        schedule: ArchiveSchedule | None = None,
        partitions: PartitionMode | None = None,
        scan_limit_bytes: int | None = None,
        count_delivered: bool = True,
        kms_key_arn: str | None = None,
        catalog_kms_key_arn: str | None = None,
        lake_formation: bool = False,
        lifecycle: Lifecycle = DEFAULT_ARCHIVE_LIFECYCLE,
        lock: ObjectLock | None = None,
        replica: Replica | None = None,
        enabled: bool = True,
        allow_destroy: bool = False,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Declare the archive.

        Args:
            scope: the parent.
            id: the construct's id.
            name: names the Glue database, the workgroup and everything else; a metric dimension.
            bucket_name: the archive bucket's name.
            sources: what to archive, by name: load balancers' logs, JSON lines, indices, or one's own tables.
            results_bucket_name: the bucket for query results; ``<bucket_name>-results`` if ``None``.
            schedule: windows and times; :meth:`ArchiveSchedule.hourly` if ``None``.
            partitions: pointer or crawler; :meth:`PartitionMode.pointer` if ``None``.
            scan_limit_bytes: bytes one query may scan before Athena cancels it, which fails the run; ``None`` for no
                limit. Set it to a few times a busy window's logs.
            count_delivered: count the source once more in a window's first run, independently of what was unloaded.
                That scans the window's logs twice; without it ``DeliveredRecords`` comes from the catch-up run only.
            kms_key_arn: the key that encrypts archive and results; SSE-S3 if ``None``. The log bucket itself cannot
                have one.
            catalog_kms_key_arn: the key that encrypts the account's Glue Data Catalog, if one does; the roles may use
                it. An AWS managed key (``aws/glue``) needs none.
            lake_formation: Lake Formation decides who reads and changes the tables: the roles may fetch its
                credentials, and get their grants on the source and the archive. See docs/logs-archive.md.
            lifecycle: how the archive ages.
            lock: object lock of the archive.
            replica: a bucket that gets a copy of the archive.
            enabled: ``False`` declares everything but starts no run.
            allow_destroy: let Terraform destroy the archive **with everything in it**.
            provider: the provider (Region, account) to use instead of the default.
            tags: tags of everything that has tags.

        Raises:
            ConfigurationError: if AWS would refuse any of it, or runs would meet each other; lists every problem.

        """
        schedule = schedule or ArchiveSchedule.hourly()
        crawler = (partitions or PartitionMode.pointer()).is_crawler
        results_name = results_bucket_name or f"{bucket_name}-results"
        refuse(
            f"LogArchive {id!r}",
            check_name(name, "name"),
            check_bucket_name(bucket_name, "bucket_name"),
            check_bucket_name(results_name, "results_bucket_name"),
            check_sources(sources, bucket=bucket_name, kms_key_arn=kms_key_arn, schedule=schedule, crawler=crawler),
            check_schedule(schedule, crawler=crawler, read_minutes=_read_minutes(sources)),
            check_scan_limit(scan_limit_bytes),
            check_lifecycle(lifecycle),
            check_storage(lock=lock, replica=replica, kms_key_arn=kms_key_arn, lifecycle=lifecycle, crawler=crawler),
        )
        super().__init__(scope, id)
        note_archive(stack_of(scope), name, sources)
        self._provider = provider
        self._tags = dict(tags) if tags else None
        self._place = place_of(self, provider)
        self.bucket = ArchiveBucket(
            self,
            "bucket",
            name=bucket_name,
            place=self._place,
            kms_key_arn=kms_key_arn,
            lifecycle=lifecycle,
            lock=lock,
            replica=replica,
            # The script of a Glue job must not age with the archive.
            folders=list(sources) if _read_minutes(sources) else (),
            allow_destroy=allow_destroy,
            provider=provider,
            tags=tags,
        )
        workspace = query_workspace(
            self,
            name=name,
            results_name=results_name,
            place=self._place,
            tables="Logs and their archive",
            queries="The archival jobs and queries of the archive",
            scan_limit_bytes=scan_limit_bytes,
            kms_key_arn=kms_key_arn,
            provider=provider,
            tags=tags,
        )
        self.results, self.database, self.workgroup = workspace.results, workspace.database, workspace.workgroup
        runs = run_group(self, name, self._place, provider=provider, tags=tags)
        self.dead_letters, self.dead_letter_policy = runs.dead_letters, runs.dead_letter_policy
        self.schedule_group = runs.schedule_group
        self.raw_tables: dict[str, GlueCatalogTable] = {}
        self.readers: dict[str, IndexReader] = {}
        self.jobs: dict[str, ArchivalJob] = {}
        self.named_queries: dict[str, AthenaNamedQuery] = {}
        context = JobContext(
            place=self._place,
            archive=name,
            # From the resource, not from the name: tables must wait for the database.
            database=self.database.name,
            workgroup=self.workgroup.name,
            bucket=bucket_name,
            results_bucket=results_name,
            kms_key_arn=kms_key_arn,
            dead_letter_arn=self.dead_letters.arn,
            dead_letter_url=self.dead_letters.url,
            schedule_group=self.schedule_group.name,
            schedule=schedule,
            crawler=crawler,
            count_delivered=count_delivered,
            enabled=enabled,
            catalog_key_arn=catalog_kms_key_arn,
            lake_formation=lake_formation,
        )
        for source_name, source in sources.items():
            self._archive(source_name, source, context)

    def _archive(
        self, name: str, source: AlbSource | JsonSource | IndexSource | SourceTable, context: JobContext
    ) -> None:
        table = self._raw(name, source, context)
        job = ArchivalJob(
            self, name, name=name, source=table, context=context, provider=self._provider, tags=self._tags
        )
        self.jobs[name] = job
        queries = dict(table_queries(context.database, name, context.schedule.partition_keys))
        if isinstance(source, AlbSource):
            queries.update(alb_queries(context.database, name))
        for query, saved in queries.items():
            self.named_queries[f"{name}-{query}"] = self._named_query(f"{name}-{query}", saved)

    def _raw(
        self, name: str, source: AlbSource | JsonSource | IndexSource | SourceTable, context: JobContext
    ) -> SourceTable:
        """Declare the raw table of a source that has none, and return the table to read."""
        database = context.database
        if isinstance(source, SourceTable):
            return source
        if isinstance(source, IndexSource):
            return self._exports(name, source, context)
        if isinstance(source, JsonSource):
            table = self._raw_table(
                name,
                (source.location, source.since),
                f"Lines of s3://{source.bucket} as they were delivered; query the archive instead",
                RAW_REGEX,
                [(RAW_LINE, "string")],
            )
            return source.table(database, table.name)
        source = replace(
            source, account=source.account or self._place.account, region=source.region or self._place.region
        )
        table = self._raw_table(
            name,
            (source.location, source.since),
            f"Access logs of {source.load_balancer} as they were delivered; query the archive instead",
            raw_regex(ALB_ACCESS_LOG),
            raw_columns(ALB_ACCESS_LOG),
        )
        dotted = mapped(
            source.load_balancer, lambda words: words.replace("/", "."), lambda token: Fn.replace(token, "/", ".")
        )
        return source.table(
            database, table.name, file_infix=file_infix(source.account or "", source.region or "", dotted)
        )

    def _exports(self, name: str, source: IndexSource, context: JobContext) -> SourceTable:
        """Declare what reads an index, and the table over the lines that it writes."""
        reader = self.readers[name] = IndexReader(
            self,
            f"{name}-reader",
            name=f"{context.archive}-{name}",
            source=source,
            place=context.place,
            script_bucket=self.bucket,
            exports=(context.results_bucket, f"exports/{name}"),
            kms_key_arn=context.kms_key_arn,
            provider=self._provider,
            tags=self._tags,
        )
        table = self._raw_table(
            name,
            (reader.export.location, SINCE),
            f"Documents of {source.index_pattern} as they were read; query the archive instead",
            RAW_REGEX,
            [(RAW_LINE, "string")],
        )
        return source.table(
            context.database,
            table.name,
            bucket=context.results_bucket,
            folder=f"exports/{name}",
            export=reader.export,
        )

    def _raw_table(
        self,
        name: str,
        objects: tuple[str, str],
        description: str,
        regex: str,
        columns: Sequence[tuple[str, str]],
    ) -> GlueCatalogTable:
        """Declare a table over lines of text, where they are and since when; a column for each group."""
        location, since = objects
        self.raw_tables[name] = GlueCatalogTable(
            self,
            f"{name}-raw",
            name=f"{name}_raw",
            database_name=self.database.name,
            description=description,
            table_type="EXTERNAL_TABLE",
            parameters=archive_tables.projection(location, since),
            partition_keys=[GlueCatalogTablePartitionKeys(name="day", type="string", comment="The day of delivery")],
            storage_descriptor=GlueCatalogTableStorageDescriptor(
                location=location,
                input_format=archive_tables.TEXT_INPUT,
                output_format=archive_tables.TEXT_OUTPUT,
                ser_de_info=GlueCatalogTableStorageDescriptorSerDeInfo(
                    serialization_library=archive_tables.REGEX_SERDE,
                    parameters={"serialization.format": "1", "input.regex": regex},
                ),
                columns=[GlueCatalogTableStorageDescriptorColumns(name=column, type=kind) for column, kind in columns],
            ),
            provider=self._provider,
        )
        return self.raw_tables[name]

    def _named_query(self, name: str, saved: SavedQuery) -> AthenaNamedQuery:
        return AthenaNamedQuery(
            self,
            f"query-{name}",
            name=name,
            description=saved.description,
            database=self.database.name,
            workgroup=self.workgroup.id,
            query=saved.sql,
            provider=self._provider,
        )


def _read_minutes(sources: Mapping[str, AlbSource | JsonSource | IndexSource | SourceTable]) -> int:
    """Return the longest time-out of a Glue job; 0 if none reads an index."""
    return max((source.read_minutes for source in sources.values() if isinstance(source, IndexSource)), default=0)
