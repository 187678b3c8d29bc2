"""The construct that lets Athena say who uses NAT, from flow logs of any size."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence

from cdktf import Fn, TerraformProvider
from cdktf_cdktf_provider_aws.athena_named_query import AthenaNamedQuery
from cdktf_cdktf_provider_aws.athena_workgroup import (
    AthenaWorkgroup,
    AthenaWorkgroupConfiguration,
    AthenaWorkgroupConfigurationResultConfiguration,
    AthenaWorkgroupConfigurationResultConfigurationEncryptionConfiguration,
)
from cdktf_cdktf_provider_aws.flow_log import FlowLog
from cdktf_cdktf_provider_aws.glue_catalog_database import GlueCatalogDatabase
from cdktf_cdktf_provider_aws.glue_catalog_table import (
    GlueCatalogTable,
    GlueCatalogTablePartitionKeys,
    GlueCatalogTableStorageDescriptor,
    GlueCatalogTableStorageDescriptorColumns,
    GlueCatalogTableStorageDescriptorSerDeInfo,
)
from cdktf_cdktf_provider_aws.s3_object import S3Object
from constructs import Construct

from northsouth.egress.flow_logs import FlowLogs, check_flow_logs
from northsouth.egress.flows import athena
from northsouth.egress.flows.header import check_answers
from northsouth.egress.flows.ranges import packaged
from northsouth.egress.nat_gateways import NatGateways
from northsouth.egress.prices import Prices
from northsouth.egress.topology import NetworkSource
from northsouth.errors import Problem, refuse
from northsouth.identity import place_of, provider_region
from northsouth.logs.archive_bucket import ArchiveBucket
from northsouth.logs.archive_rules import check_name, check_scan_limit
from northsouth.logs.archive_tables import (
    PARQUET_INPUT,
    PARQUET_OUTPUT,
    PARQUET_SERDE,
    TEXT_INPUT,
    TEXT_OUTPUT,
    projection,
)
from northsouth.logs.bucket_rules import check_bucket_name
from northsouth.logs.lifecycle import Lifecycle
from northsouth.tokens import is_token

_RESULTS_LIFECYCLE = Lifecycle.expire(7, noncurrent_days=1)
_TABLES_LIFECYCLE = Lifecycle.keep(noncurrent_days=30)
_DEFAULT_SCAN_BYTES = 100 * 10**9


class EgressAnalysis(Construct):
    """Records the flows of NAT gateways and declares tables and saved queries that say who uses them.

    The queries are those of ``northsouth egress explain``, over the records of yesterday (UTC): ``sanity`` first, then
    ``total``, ``sources``, ``destinations``, ``services``, ``names``, ``paths``, ``remedies``, ``cross_zone`` and
    ``new_since_yesterday``. Athena bills the bytes that a query scans; the workgroup has a limit.

    Attributes:
        flow_logs: the flow logs: of each gateway by zone (``regional`` for a regional one), or ``vpc``.
        bucket: the bucket of the lookup tables: AWS's address ranges and host names.
        results: the bucket of query results; objects expire after 7 days.
        database: the Glue database.
        tables: the tables by name.
        workgroup: the Athena workgroup.
        named_queries: the saved queries by name.

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
            check_name(name, "name"),
            check_bucket_name(bucket_name, "bucket_name"),
            check_bucket_name(results_name, "results_bucket_name"),
            check_scan_limit(scan_limit_bytes),
            (problem.within("logs") for problem in _check_logs(logs, nat)),
            _check_network(ids.cidr_blocks, region, prices),
        )
        super().__init__(scope, id)
        self._provider, self._tags = provider, dict(tags) if tags else None
        self._place = place_of(self, provider)
        self.flow_logs = self._record(ids.vpc_id, nat, logs)
        buckets = {"bucket": (bucket_name, _TABLES_LIFECYCLE), "results": (results_name, _RESULTS_LIFECYCLE)}
        self.bucket, self.results = (
            # Both hold what can be made again.
            ArchiveBucket(
                self,
                key,
                name=bucket,
                place=self._place,
                kms_key_arn=kms_key_arn,
                lifecycle=lifecycle,
                allow_destroy=True,
                provider=provider,
                tags=tags,
            )
            for key, (bucket, lifecycle) in buckets.items()
        )
        self.database = GlueCatalogDatabase(
            self, "database", name=name, description=f"Who uses NAT: {name}", tags=self._tags, provider=provider
        )
        self.tables = self._tables(logs, since, query_logs, bucket_name)
        self.workgroup = self._workgroup(name, results_name, scan_limit_bytes, kms_key_arn)
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
        tables = {"flow_logs": self._table("flow_logs", records, athena.record_columns(logs.fields), since=since)}
        if query_logs is not None:
            columns = [(name, "string") for name in athena.QUERY_COLUMNS]
            address = query_logs if query_logs.endswith("/") else f"{query_logs}/"
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
                columns=[GlueCatalogTableStorageDescriptorColumns(name=each, type=kind) for each, kind in columns],
            ),
            provider=self._provider,
        )

    def _workgroup(
        self, name: str, results_name: str, scan_limit_bytes: int | None, kms_key_arn: str | None
    ) -> AthenaWorkgroup:
        return AthenaWorkgroup(
            self,
            "workgroup",
            name=name,
            description="Who uses NAT",
            configuration=AthenaWorkgroupConfiguration(
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
            # Without it a workgroup that ever ran a query cannot be deleted.
            force_destroy=True,
            depends_on=[self.results.bucket],
            tags=self._tags,
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


def _check_logs(logs: FlowLogs, nat: NatGateways) -> Iterator[Problem]:
    yield from check_flow_logs(logs)
    yield from check_answers(logs.fields)
    if logs.destination != "s3" or logs.file_format != "parquet" or logs.hive_partitions:
        given = f"{logs.destination}, {logs.file_format}, hive_partitions={logs.hive_partitions}"
        allowed = "Athena's table is of Parquet on S3, by day"
        yield Problem("destination", given, allowed, "Use FlowLogs.for_egress(bucket_arn).")
    if logs.scope == "gateways" and nat.regional_gateway is not None:
        yield Problem(
            "scope",
            "'gateways' with a regional NAT gateway",
            "the flow log of a regional gateway is not declared by this construct",
            'Record the VPC: FlowLogs.for_egress(bucket_arn, scope="vpc").',
        )


def _check_network(cidrs: Sequence[str], region: str, prices: Prices | None) -> Iterator[Problem]:
    if not cidrs or any(is_token(each) for each in cidrs):
        yield Problem(
            "network.cidr_blocks",
            repr(tuple(cidrs)),
            "the queries compare senders with the VPC's blocks, which synth must know",
            'Give the blocks as text: NetworkIds(cidr_blocks=("10.0.0.0/16",)).',
        )
    if not region:
        yield Problem(
            "provider", "no Region", "gateway endpoints carry their own Region only", "Set the provider's region."
        )
    elif prices is None and region != Prices().region:
        allowed = f"the known prices are those of {Prices().region}"
        fix = f'Pass prices=Prices(region="{region}", nat_gb=…).'
        yield Problem("prices", f"none for {region}", allowed, fix)
