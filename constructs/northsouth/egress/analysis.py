"""The construct that lets Athena say who uses NAT, from flow logs of any size."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace

from cdktf import Fn, TerraformProvider
from cdktf_cdktf_provider_aws.athena_named_query import AthenaNamedQuery
from cdktf_cdktf_provider_aws.flow_log import FlowLog
from cdktf_cdktf_provider_aws.glue_catalog_table import (
    GlueCatalogTable,
    GlueCatalogTablePartitionKeys,
    GlueCatalogTableStorageDescriptor,
    GlueCatalogTableStorageDescriptorColumns,
    GlueCatalogTableStorageDescriptorSerDeInfo,
)
from cdktf_cdktf_provider_aws.s3_object import S3Object
from constructs import Construct

from northsouth.egress.analysis_metrics import NAMESPACE
from northsouth.egress.analysis_rules import check_analysis, check_blocks, check_prices
from northsouth.egress.analysis_workflow import DAY, DAY_BEFORE, Workflow
from northsouth.egress.flow_logs import FlowLogs
from northsouth.egress.flows import athena
from northsouth.egress.flows.ranges import packaged
from northsouth.egress.nat_gateways import NatGateways
from northsouth.egress.prices import Prices
from northsouth.egress.topology import NetworkSource
from northsouth.errors import refuse
from northsouth.identity import place_of, provider_region
from northsouth.logs.archive_bucket import ArchiveBucket
from northsouth.logs.archive_policies import QueryAccess, query_statements, scheduler_statements
from northsouth.logs.archive_tables import (
    PARQUET_INPUT,
    PARQUET_OUTPUT,
    PARQUET_SERDE,
    TEXT_INPUT,
    TEXT_OUTPUT,
    projection,
)
from northsouth.logs.lifecycle import Lifecycle
from northsouth.logs.query_workspace import query_workspace
from northsouth.logs.scheduled_runs import ScheduledRuns, run_group

_TABLES_LIFECYCLE = Lifecycle.keep(noncurrent_days=30)
_DEFAULT_SCAN_BYTES = 100 * 10**9


class EgressAnalysis(Construct):
    """Records the flows of NAT gateways and declares tables and saved queries that say who uses them.

    The queries are those of ``northsouth egress explain``, over the records of yesterday (UTC): ``sanity`` first, then
    ``total``, ``sources``, ``destinations``, ``services``, ``services_by_path``, ``names``, ``paths``, ``remedies`` and
    ``cross_zone``. ``new_since_yesterday`` is about today. Athena bills the bytes that a query scans; the workgroup has
    a limit.

    Each day EventBridge Scheduler starts a Step Functions state machine, which asks for yesterday and publishes the
    metrics of :mod:`northsouth.egress.analysis_metrics`. There is no Lambda.

    Attributes:
        name: its name, a dimension of its metrics.
        new_traffic: where to look at what is new since yesterday: the saved query, and the page of the console.
        flow_logs: the flow logs: of each gateway by zone (``regional`` for a regional one), or ``vpc``.
        bucket: the bucket of the lookup tables: AWS's address ranges and host names.
        results: the bucket of query results; objects expire after 7 days.
        database: the Glue database.
        tables: the tables by name.
        workgroup: the Athena workgroup.
        named_queries: the saved queries by name.
        dead_letters: the queue of days whose run failed or could not start.
        dead_letter_policy: lets EventBridge send runs that timed out there.
        schedule_group: the group of the schedule.
        role: what the state machine may do.
        role_policy: its policy.
        log_group: errors of executions, with their input.
        state_machine: the run.
        scheduler_role: what starts it.
        scheduler_policy: its policy.
        timed_out_runs: the rule that sends runs which ended without a message to the dead letters.
        schedule: when it starts.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        network: NetworkSource,
        nat: NatGateways,
        logs: FlowLogs,
        bucket_name: str,
        since: str,
        query_logs: str | None = None,
        results_bucket_name: str | None = None,
        twins: Mapping[str, str] | None = None,
        prices: Prices | None = None,
        scan_limit_bytes: int | None = _DEFAULT_SCAN_BYTES,
        kms_key_arn: str | None = None,
        record_kms_key_arns: Sequence[str] = (),
        hour: int = 3,
        enabled: bool = True,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Declare the analysis.

        Args:
            scope: the construct to declare it in.
            id: its name there.
            name: names the Glue database, the workgroup and the queries.
            network: the network; its CIDR blocks say which addresses are senders.
            nat: its NAT gateways.
            logs: where to and what to record: :meth:`FlowLogs.for_egress`.
            bucket_name: the bucket to make for the lookup tables.
            since: the first day of records, ``yyyy/MM/dd``.
            query_logs: the address of the VPC's Resolver query logs, ``s3://bucket/prefix/`` as far as the folder
                before the day; without them destinations have no names.
            results_bucket_name: the bucket to make for query results; ``<bucket_name>-results`` if ``None``.
            twins: names that have a private twin, with its name.
            prices: what AWS asks in the Region; the known ones if ``None``.
            scan_limit_bytes: bytes that one query may scan before Athena cancels it; ``None`` for no limit.
            kms_key_arn: the key of both buckets; SSE-S3 if ``None``.
            record_kms_key_arns: the keys of the buckets of flow logs and query logs, which the run reads.
            hour: the hour of the day (UTC), 1 to 23, in which yesterday is measured. Records come some minutes late.
            enabled: ``False`` declares everything but starts no run.
            provider: the AWS provider to use, if not the stack's own.
            tags: tags of everything that has tags.

        Raises:
            ConfigurationError: if the records could not say who uses NAT, or AWS would refuse any of it.

        """
        ids = network.ids
        region = provider_region(scope, provider) or ids.region or ""
        results_name = results_bucket_name or f"{bucket_name}-results"
        refuse(
            f"EgressAnalysis {id!r}",
            check_analysis(
                name=name,
                bucket_name=bucket_name,
                results_bucket_name=results_name,
                since=since,
                query_logs=query_logs,
                scan_limit_bytes=scan_limit_bytes,
                hour=hour,
                logs=logs,
                regional=nat.regional_gateway is not None,
            ),
            check_blocks(ids.cidr_blocks),
            check_prices(prices, region),
        )
        super().__init__(scope, id)
        self._provider, self._tags = provider, dict(tags) if tags else None
        self._place = place_of(self, provider)
        self.flow_logs = self._record(ids.vpc_id, nat, logs)
        self.bucket = ArchiveBucket(
            self,
            "bucket",
            name=bucket_name,
            place=self._place,
            kms_key_arn=kms_key_arn,
            lifecycle=_TABLES_LIFECYCLE,
            # It holds what can be made again.
            allow_destroy=True,
            provider=provider,
            tags=tags,
        )
        workspace = query_workspace(
            self,
            name=name,
            results_name=results_name,
            place=self._place,
            tables="Who uses NAT",
            queries="Who uses NAT",
            scan_limit_bytes=scan_limit_bytes,
            kms_key_arn=kms_key_arn,
            provider=provider,
            tags=tags,
        )
        self.results, self.database, self.workgroup = workspace.results, workspace.database, workspace.workgroup
        self.tables = self._tables(logs, since, query_logs, bucket_name)
        analysis = athena.Analysis(
            database=self.database.name,
            fields=logs.fields,
            region=region,
            side="sender" if logs.scope == "vpc" and "next-hop-interface-type" in logs.fields else "gateway",
            cidrs=ids.cidr_blocks,
            gateways={gateway.network_interface_id: zone for zone, gateway in nat.gateways.items()},
            own=_own_addresses(nat),
            prices=prices or Prices(),
            zones=max(len(ids.zones), 1),
            twins=dict(twins or {}),
            names=query_logs is not None,
            owned=logs.scope == "vpc",
        )
        self.named_queries = {
            query: AthenaNamedQuery(
                self,
                f"query-{query}",
                name=f"{name}-{query}",
                description=saved.description,
                database=self.database.name,
                workgroup=self.workgroup.id,
                query=saved.sql,
                provider=provider,
            )
            for query, saved in analysis.queries().items()
        }
        self.name = name
        self.new_traffic = (
            f"Athena's saved query {name}-new_since_yesterday in the workgroup {name}: {_console(region)}"
            "#/query-editor/saved-queries"
        )
        runs = run_group(self, name, self._place, provider=provider, tags=self._tags)
        self.dead_letters, self.dead_letter_policy = runs.dead_letters, runs.dead_letter_policy
        self.schedule_group = runs.schedule_group
        access = QueryAccess(
            workgroup=self.workgroup.name,
            tables=tuple((self.database.name, table) for table in self.tables),
            buckets=(bucket_name, results_name, *dict.fromkeys(folder[0] for folder in self._folders)),
            read=(
                self._place.bucket(bucket_name, "*"),
                *(self._place.bucket(bucket, f"{prefix}*") for bucket, prefix in self._folders),
            ),
            results_bucket=results_name,
            namespace=NAMESPACE,
            dead_letter_arn=self.dead_letters.arn,
            kms_key_arns=tuple(dict.fromkeys(filter(None, (kms_key_arn, *record_kms_key_arns)))),
        )
        self._measure(analysis, access, hour=hour, enabled=enabled)

    def _measure(self, analysis: athena.Analysis, access: QueryAccess, *, hour: int, enabled: bool) -> None:
        """Declare the daily run."""
        runs = ScheduledRuns(
            scope=self,
            name=f"{self.name}-measure",
            place=self._place,
            dead_letter_arn=self.dead_letters.arn,
            schedule_group=self.schedule_group.name,
            enabled=enabled,
            provider=self._provider,
            tags=self._tags,
        )
        by_path, avoidable = replace(analysis, day=DAY, day_before=DAY_BEFORE).measured()
        workflow = Workflow(
            partition=self._place.partition,
            analysis=self.name,
            workgroup=access.workgroup,
            dead_letter_url=self.dead_letters.url,
            by_path=by_path,
            avoidable=avoidable,
        )
        statements = query_statements(self._place, access)
        self.role, self.role_policy = role = runs.role(
            "measure", "states.amazonaws.com", f"stateMachine:{runs.name}", statements
        )
        self.log_group = runs.log_group()
        self.state_machine = runs.machine("state-machine", runs.name, workflow.definition(), role, self.log_group)
        machines = [self.state_machine.arn]
        self.scheduler_role, self.scheduler_policy = starter = runs.role(
            "scheduler", "scheduler.amazonaws.com", None, scheduler_statements(machines, self.dead_letters.arn)
        )
        self.timed_out_runs = runs.timed_out(machines)
        self.schedule = runs.schedule("daily", f"cron(0 {hour} * * ? *)", self.state_machine, starter, {})

    def _record(self, vpc_id: str, nat: NatGateways, logs: FlowLogs) -> dict[str, FlowLog]:
        if logs.scope == "vpc":
            recorded: dict[str, str | None] = {"vpc": None}
        else:
            recorded = {zone: gateway.network_interface_id for zone, gateway in nat.gateways.items()}
        return {
            key: FlowLog(
                self,
                f"flow-log-{key}",
                vpc_id=None if interface else vpc_id,
                eni_id=interface,
                traffic_type=logs.traffic_type,
                max_aggregation_interval=logs.aggregation_seconds,
                log_format=logs.log_format,
                log_destination_type="s3",
                log_destination=logs.bucket_arn,
                destination_options={
                    "file_format": "parquet",
                    "hive_compatible_partitions": False,
                    "per_hour_partition": logs.hourly_partitions,
                },
                tags=self._tags,
                provider=self._provider,
            )
            for key, interface in recorded.items()
        }

    def _tables(
        self, logs: FlowLogs, since: str, query_logs: str | None, bucket_name: str
    ) -> dict[str, GlueCatalogTable]:
        place, bucket = self._place, (logs.bucket_arn or "").rpartition(":::")[2].rstrip("/")
        records = f"s3://{bucket}/AWSLogs/{place.account}/vpcflowlogs/{place.region}/"
        self._folders = [_folder(records)]
        tables = {"flow_logs": self._table("flow_logs", records, athena.record_columns(logs.fields), since=since)}
        if query_logs is not None:
            columns = [(name, "string") for name in athena.QUERY_COLUMNS]
            address = query_logs if query_logs.endswith("/") else f"{query_logs}/"
            self._folders.append(_folder(address))
            tables["resolver_queries"] = self._table("resolver_queries", address, columns, since=since, json=True)
        lookups = {
            "ip_ranges": (athena.RANGE_COLUMNS, "ip_ranges.json.gz", packaged().path.read_bytes()),
            "endpoint_hosts": (athena.HOST_COLUMNS, "endpoint_hosts.json", athena.host_lines().encode()),
        }
        for name, (names, file, content) in lookups.items():
            S3Object(
                self,
                f"object-{name}",
                bucket=self.bucket.bucket.bucket,
                key=f"{name}/{file}",
                content_base64=base64.b64encode(content).decode(),
                tags=self._tags,
                provider=self._provider,
            )
            columns = [(column, "string") for column in names]
            tables[name] = self._table(name, f"s3://{bucket_name}/{name}/", columns, json=True)
        return tables

    def _table(
        self, name: str, location: str, columns: Sequence[tuple[str, str]], *, since: str = "", json: bool = False
    ) -> GlueCatalogTable:
        keys = [GlueCatalogTablePartitionKeys(name="day", type="string", comment="The day of delivery")]
        return GlueCatalogTable(
            self,
            f"table-{name}",
            name=name,
            database_name=self.database.name,
            table_type="EXTERNAL_TABLE",
            parameters=projection(location, since) if since else {"EXTERNAL": "TRUE"},
            partition_keys=keys if since else None,
            storage_descriptor=GlueCatalogTableStorageDescriptor(
                location=location,
                input_format=TEXT_INPUT if json else PARQUET_INPUT,
                output_format=TEXT_OUTPUT if json else PARQUET_OUTPUT,
                ser_de_info=GlueCatalogTableStorageDescriptorSerDeInfo(
                    serialization_library=athena.JSON_SERDE if json else PARQUET_SERDE
                ),
                columns=[GlueCatalogTableStorageDescriptorColumns(name=name, type=kind) for name, kind in columns],
            ),
            provider=self._provider,
        )


def _own_addresses(nat: NatGateways) -> list[str]:
    """Return the addresses of zonal gateways inside the VPC, as text between quotes in SQL."""
    own = []
    for zone, gateway in nat.gateways.items():
        own.append(gateway.private_ip)
        if len(nat.allocation_ids.get(zone, ())) > 1:
            own.append(Fn.join("', '", gateway.secondary_private_ip_addresses))
    return own


def _folder(address: str) -> tuple[str, str]:
    """Return bucket and prefix of an address on S3."""
    bucket, _, prefix = address.removeprefix("s3://").partition("/")
    return bucket, prefix


def _console(region: str) -> str:
    """Return Athena's page of a Region; the Regions of China and the US government have hosts of their own."""
    hosts = {"cn-": "console.amazonaws.cn", "us-gov-": "console.amazonaws-us-gov.com"}
    host = next((host for prefix, host in hosts.items() if region.startswith(prefix)), "console.aws.amazon.com")
    return f"https://{region}.{host}/athena/home?region={region}"
