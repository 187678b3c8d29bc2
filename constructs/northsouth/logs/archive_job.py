"""The archival job of one source: its table, its state machine, its schedules, and the roles of each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from cdktf import TerraformProvider, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.glue_catalog_table import (
    GlueCatalogTable,
    GlueCatalogTablePartitionKeys,
    GlueCatalogTableStorageDescriptor,
    GlueCatalogTableStorageDescriptorColumns,
    GlueCatalogTableStorageDescriptorSerDeInfo,
)
from cdktf_cdktf_provider_aws.glue_crawler import (
    GlueCrawler,
    GlueCrawlerCatalogTarget,
    GlueCrawlerSchemaChangePolicy,
)
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.lakeformation_permissions import (
    LakeformationPermissions,
    LakeformationPermissionsDatabase,
    LakeformationPermissionsTable,
)
from cdktf_cdktf_provider_aws.scheduler_schedule import SchedulerSchedule
from cdktf_cdktf_provider_aws.sfn_state_machine import SfnStateMachine
from constructs import Construct

from northsouth.logs import archive_tables, metrics
from northsouth.logs.archive_index import ExportedTable
from northsouth.logs.archive_policies import (
    JobAccess,
    crawler_statements,
    job_statements,
    reconciliation_statements,
    scheduler_statements,
)
from northsouth.logs.archive_reconciliation import Reconciliation
from northsouth.logs.archive_schedule import ArchiveSchedule
from northsouth.logs.archive_source import SourceTable
from northsouth.logs.archive_workflow import Workflow
from northsouth.logs.scheduled_runs import ScheduledRuns
from northsouth.policies import ArnScope


@dataclass(frozen=True, slots=True, kw_only=True)
class JobContext:
    """What all jobs of an archive share.

    Attributes:
        place: partition, Region and account.
        archive: the archive's name.
        database: its Glue database.
        workgroup: its Athena workgroup.
        bucket: the archive bucket.
        results_bucket: the bucket of query results.
        kms_key_arn: the key of both buckets, if they have one.
        dead_letter_arn: the queue for windows whose run failed.
        dead_letter_url: the same queue, as Step Functions addresses it.
        schedule_group: the schedules' group.
        schedule: windows and time limits.
        crawler: whether a crawler finds the partitions.
        count_delivered: whether the first run counts the source again.
        enabled: whether the schedules run.
        catalog_key_arn: the key that encrypts the Glue catalog, if one does.
        lake_formation: whether Lake Formation decides on the tables.

    """

    place: ArnScope
    archive: str
    database: str
    workgroup: str
    bucket: str
    results_bucket: str
    kms_key_arn: str | None
    dead_letter_arn: str
    dead_letter_url: str
    schedule_group: str
    schedule: ArchiveSchedule
    crawler: bool
    count_delivered: bool
    enabled: bool
    catalog_key_arn: str | None = None
    lake_formation: bool = False


class ArchivalJob(Construct):
    """Archives one source, window by window. :class:`~northsouth.logs.LogArchive` makes one for each source.

    Attributes:
        table: the archive's Glue table.
        role: what the state machine may do.
        role_policy: its policy.
        log_group: errors of executions, with their input.
        state_machine: the job.
        scheduler_role: what starts it.
        scheduler_policy: its policy.
        reconciliation: the daily comparison of source and archive, if the schedule has one.
        reconciliation_role: what it may do.
        timed_out_runs: the rule that sends runs which ended without a message to the dead letters.
        schedules: by run: ``first`` and, if there are such, ``catch-up`` and ``reconciliation``.
        crawler: the crawler, in crawler mode.
        crawler_role: its role.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        source: SourceTable,
        context: JobContext,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Declare the job.

        Args:
            scope: the parent.
            id: the construct's id.
            name: the source's name: its table, its folder in the archive bucket, and a metric dimension.
            source: what to read.
            context: what it shares with the archive's other jobs.
            provider: the provider (Region, account) to use instead of the default.
            tags: tags of everything that has tags.

        """
        super().__init__(scope, id)
        self._name = name
        self._source = source
        self._context = context
        self._provider = provider
        self._tags = dict(tags) if tags else None
        self._access = self._job_access()
        self._runs = ScheduledRuns(
            scope=self,
            name=self._full_name,
            place=context.place,
            dead_letter_arn=context.dead_letter_arn,
            schedule_group=context.schedule_group,
            enabled=context.enabled,
            provider=provider,
            tags=self._tags,
        )

        self.table = self._table()
        self.crawler_role: IamRole | None = None
        self.crawler = self._crawl() if context.crawler else None
        self.role, self.role_policy = job = self._runs.role(
            "job",
            "states.amazonaws.com",
            f"stateMachine:{self._full_name}",
            job_statements(context.place, self._access),
        )
        self.log_group = self._runs.log_group()
        self.state_machine = self._runs.machine(
            "state-machine", self._full_name, self._workflow().definition(), job, self.log_group
        )
        self.reconciliation_role: IamRole | None = None
        self.reconciliation = self._reconcile() if self._is_reconciled else None
        machines = [machine.arn for machine in (self.state_machine, self.reconciliation) if machine]
        self.scheduler_role, self.scheduler_policy = self._runs.role(
            "scheduler", "scheduler.amazonaws.com", None, scheduler_statements(machines, context.dead_letter_arn)
        )
        self.timed_out_runs = self._runs.timed_out(machines)
        if context.lake_formation:
            self._grant()
        self.schedules = self._schedules()

    @property
    def _is_reconciled(self) -> bool:
        """Whether delivery days are compared: an index has none, and each of its runs asks it for the count."""
        return self._context.schedule.reconcile and not isinstance(self._source, ExportedTable)

    @property
    def _full_name(self) -> str:
        return f"{self._context.archive}-{self._name}"

    def _job_access(self) -> JobAccess:
        context, source = self._context, self._source
        keys = dict.fromkeys(key for key in (context.kms_key_arn, source.kms_key_arn) if key)
        return JobAccess(
            workgroup=context.workgroup,
            source_table=(source.database, source.table),
            archive_table=(context.database, self._name),
            source_bucket=source.bucket,
            source_prefix=source.prefix,
            archive_bucket=context.bucket,
            archive_prefix=self._name,
            results_bucket=context.results_bucket,
            kms_key_arns=tuple(keys),
            dead_letter_arn=context.dead_letter_arn,
            crawler=self._full_name if context.crawler else None,
            catalog_key_arn=context.catalog_key_arn,
            lake_formation=context.lake_formation,
            machine=self._full_name,
            export=source.export if isinstance(source, ExportedTable) else None,
        )

    def _workflow(self) -> Workflow:
        context = self._context
        return Workflow(
            partition=context.place.partition,
            archive=context.archive,
            source_name=self._name,
            source=self._source,
            schedule=context.schedule,
            workgroup=context.workgroup,
            database=context.database,
            table=self._name,
            bucket=context.bucket,
            prefix=self._name,
            storage=archive_tables.partition_storage(self._source.archive_columns),
            dead_letter_url=context.dead_letter_url,
            crawler=self._access.crawler,
            count_delivered=context.count_delivered,
        )

    def _reconcile(self) -> SfnStateMachine:
        name = f"{self._full_name}-reconcile"
        workflow = self._workflow()
        definition = Reconciliation(
            states=workflow.states,
            archive=workflow.archive,
            source_name=workflow.source_name,
            source=workflow.source,
            schedule=workflow.schedule,
            database=workflow.database,
            table=workflow.table,
            job_arn=self.state_machine.arn,
        ).definition()
        self.reconciliation_role, _ = role = self._runs.role(
            "reconciliation",
            "states.amazonaws.com",
            f"stateMachine:{name}",
            reconciliation_statements(self._context.place, self._access, self.state_machine.arn),
        )
        return self._runs.machine("reconciliation", name, definition, role, self.log_group)

    def _table(self) -> GlueCatalogTable:
        crawler = self._context.crawler
        return GlueCatalogTable(
            self,
            "table",
            name=self._name,
            database_name=self._context.database,
            description=f"Archive of {self._name}; each partition names its own folder",
            table_type="EXTERNAL_TABLE",
            parameters=archive_tables.archive_parameters(crawler=crawler),
            partition_keys=[
                GlueCatalogTablePartitionKeys(name=key, type="string") for key in self._context.schedule.partition_keys
            ],
            storage_descriptor=GlueCatalogTableStorageDescriptor(
                location=f"s3://{self._context.bucket}/{self._name}/",
                input_format=archive_tables.PARQUET_INPUT,
                output_format=archive_tables.PARQUET_OUTPUT,
                ser_de_info=GlueCatalogTableStorageDescriptorSerDeInfo(
                    serialization_library=archive_tables.PARQUET_SERDE
                ),
                columns=[
                    GlueCatalogTableStorageDescriptorColumns(
                        name=column.name, type=column.type, comment=column.comment or None
                    )
                    for column in self._source.archive_columns
                ],
            ),
            # A crawler writes what it found into the table; Terraform must not undo it.
            lifecycle=TerraformResourceLifecycle(ignore_changes=["parameters", "storage_descriptor"])
            if crawler
            else None,
            provider=self._provider,
        )

    def _grant(self) -> None:
        """Declare what Lake Formation lets the roles do: read the source, and read, write and move the archive."""
        source = (self._source.database, self._source.table)
        archive = (self._context.database, self._name)
        read, write = ("SELECT", "DESCRIBE"), ("SELECT", "DESCRIBE", "INSERT", "ALTER")
        self._grant_tables("job", self.role, {"archive": (archive, write), "source": (source, read)})
        if self.reconciliation_role:
            tables = {"archive": (archive, read), "source": (source, read)}
            self._grant_tables("reconciliation", self.reconciliation_role, tables)
        if self.crawler_role:
            self._grant_tables("crawler", self.crawler_role, {"archive": (archive, write)})

    def _grant_tables(
        self, purpose: str, role: IamRole, tables: Mapping[str, tuple[tuple[str, str], tuple[str, ...]]]
    ) -> None:
        """Grant a role permissions on tables, and ``DESCRIBE`` on the databases they are in, once on each."""
        databases: dict[str, str] = {}
        for label, ((database, table), permissions) in tables.items():
            LakeformationPermissions(
                self,
                f"{purpose}-grant-{label}",
                principal=role.arn,
                permissions=list(permissions),
                table=LakeformationPermissionsTable(database_name=database, name=table),
                depends_on=[self.table],
                provider=self._provider,
            )
            databases.setdefault(database, label)
        for database, label in databases.items():
            LakeformationPermissions(
                self,
                f"{purpose}-grant-{label}-database",
                principal=role.arn,
                permissions=["DESCRIBE"],
                database=LakeformationPermissionsDatabase(name=database),
                provider=self._provider,
            )

    def _crawl(self) -> GlueCrawler:
        place = self._context.place
        self.crawler_role, policy = self._runs.role(
            "crawler", "glue.amazonaws.com", "*", crawler_statements(place, self._access)
        )
        return GlueCrawler(
            self,
            "crawler",
            name=self._full_name,
            role=self.crawler_role.arn,
            database_name=self._context.database,
            catalog_target=[GlueCrawlerCatalogTarget(database_name=self._context.database, tables=[self.table.name])],
            # What a catalog target requires: AWS refuses DELETE_FROM_DATABASE and DEPRECATE_IN_DATABASE.
            schema_change_policy=GlueCrawlerSchemaChangePolicy(
                delete_behavior="LOG", update_behavior="UPDATE_IN_DATABASE"
            ),
            # Without it partitions keep what the crawler thinks of their files, and differ from the table.
            configuration=json.dumps(
                {"Version": 1.0, "CrawlerOutput": {"Partitions": {"AddOrUpdateBehavior": "InheritFromTable"}}}
            ),
            depends_on=[policy],
            tags=self._tags,
            provider=self._provider,
        )

    def _schedules(self) -> dict[str, SchedulerSchedule]:
        schedule = self._context.schedule
        first = schedule.first_offset_minutes
        runs = {metrics.ArchiveRun.FIRST: self._scheduled(metrics.ArchiveRun.FIRST, first, schedule.cron(first))}
        if schedule.catch_up_minutes is not None:
            last = schedule.last_offset_minutes
            runs[metrics.ArchiveRun.CATCH_UP] = self._scheduled(metrics.ArchiveRun.CATCH_UP, last, schedule.cron(last))
        if self.reconciliation is not None:
            late = schedule.reconciliation_offset_minutes(self._source.early_minutes)
            runs[metrics.ArchiveRun.RECONCILIATION] = self._scheduled(
                metrics.ArchiveRun.RECONCILIATION, late, schedule.daily_cron(late)
            )
        return {run.value: declared for run, declared in runs.items()}

    def _scheduled(self, run: metrics.ArchiveRun, offset: int, cron: str) -> SchedulerSchedule:
        machine = self.reconciliation if run is metrics.ArchiveRun.RECONCILIATION else None
        return self._runs.schedule(
            run.value,
            cron,
            machine or self.state_machine,
            (self.scheduler_role, self.scheduler_policy),
            {"offsetMinutes": offset, "run": run.value},
        )
