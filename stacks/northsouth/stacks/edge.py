"""The stack of one environment: network, ways out, private names, log bucket, alarms."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from cdktf import LocalBackend, S3Backend, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderDefaultTags
from constructs import Construct

from northsouth import dns, egress, logs
from northsouth.alerts import history
from northsouth.egress.topology import NetworkSource
from northsouth.stacks import wording
from northsouth.stacks.alarm_tables import AlertsSection
from northsouth.stacks.checks import existing_network
from northsouth.stacks.keys import Names, declaring
from northsouth.stacks.settings import (
    AnalysisSection,
    DashboardSection,
    DnsSection,
    EgressSection,
    EndpointsSection,
    Environment,
    HistorySection,
    LogsSection,
    NatSection,
    NetworkSection,
    PrometheusSection,
    StateSection,
    StatusPageSection,
)

# A section that is not in the file costs nothing: the packages import a construct when it is first used, and what
# declares alarms and pages is imported by the methods below.
if TYPE_CHECKING:
    from northsouth.alerts.dashboards.dashboard import Dashboard
    from northsouth.alerts.status.status_page import StatusPage
    from northsouth.stacks.alarms import Alarms
    from northsouth.stacks.prometheus import Prometheus


class EdgeStack(TerraformStack):
    """Everything one environment file declares.

    Attributes:
        network: the VPC, made or existing.
        nat: its NAT gateways.
        endpoints: its private endpoints, if the file asks for any.
        analysis: the analysis of who uses NAT, if the file asks for it.
        overrides: its DNS overrides, if any.
        logs: the load balancers' log bucket, if any.
        archive: the archive of those logs, if any.
        alarms: the alarms and their receivers, if any.
        history: the history of what those alarms judge, if the file asks for it.
        prometheus: the Prometheus workspace and its rules, if any.
        dashboard: the dashboard of those alarms, if the file asks for it.
        status_page: the customers' status page, if the file asks for it.

    """

    def __init__(self, scope: Construct, environment: Environment) -> None:
        """Declare the stack, named after the environment.

        Args:
            scope: the app.
            environment: a valid environment file.

        """
        name, region = environment.environment.name, environment.environment.region
        super().__init__(scope, name)
        self._keep_state(name, region, environment.state)
        AwsProvider(
            self, "aws", region=region, default_tags=[AwsProviderDefaultTags(tags=environment.environment.tags)]
        )

        self.network = self._declare_network(name, environment.network)
        self.nat = self._declare_nat(name, environment.nat)
        self.endpoints = self._declare_endpoints(name, environment.endpoints)
        analysis = environment.egress.analysis
        self.analysis = self._declare_analysis(name, region, analysis) if analysis else None
        self.overrides = self._declare_overrides(name, environment.dns)
        self.logs = self._declare_logs(region, environment.logs) if environment.logs else None
        self.archive = self._declare_archive(name, environment.logs, self.logs)
        self.prometheus = self._declare_prometheus(name, environment.prometheus) if environment.prometheus else None
        self.alarms = self._declare_alarms(environment, environment.alerts) if environment.alerts else None
        kept_history = environment.metrics.history if environment.metrics else None
        self.history = self._declare_history(name, kept_history) if kept_history else None
        self.dashboard = self._declare_dashboard(name, region, environment.dashboard)
        self.status_page = self._declare_status_page(name, environment.status_page)

    def _keep_state(self, name: str, region: str, state: StateSection) -> None:
        if state.backend == "local":
            # Relative to the stack's folder below cdktf.out; the CDK's default is an absolute path of this machine.
            LocalBackend(self, path=f"../../../terraform.{name}.tfstate")
            return
        backend = S3Backend(
            self,
            bucket=state.bucket or "",
            key=state.key or f"northsouth/{name}.tfstate",
            region=state.region or region,
            encrypt=True,
        )
        # Terraform 1.10 and later lock with an object beside the state; the CDK's S3Backend has no argument for it.
        backend.add_override("use_lockfile", value=True)

    def _declare_network(self, name: str, section: NetworkSection) -> NetworkSource:
        if section.cidr is None:
            return existing_network(section)
        with _declaring("network", NetworkSection):
            return egress.Network(
                self, "network", cidr=section.cidr, zones=section.zones, name=name, names=section.names
            )

    def _declare_nat(self, name: str, section: NatSection) -> egress.NatGateways:
        with _declaring("nat", NatSection, {**wording.NAT, "release_addresses": "protect_addresses"}):
            return egress.NatGateways(
                self,
                "nat",
                network=self.network,
                mode=wording.nat_mode(section),
                addresses=wording.addresses(section),
                release_addresses=not section.protect_addresses,
                name=name,
                names=section.names,
            )

    def _declare_endpoints(self, name: str, section: EndpointsSection) -> egress.PrivateEndpoints | None:
        if not section.gateway:
            return None
        endpoints = [egress.Endpoint.gateway(service) for service in section.gateway]
        with _declaring("endpoints", EndpointsSection, {"endpoints": "gateway"}):
            return egress.PrivateEndpoints(
                self, "endpoints", network=self.network, endpoints=endpoints, name=name, names=section.names
            )

    def _declare_analysis(self, name: str, region: str, section: AnalysisSection) -> egress.EgressAnalysis:
        with _declaring("egress", EgressSection, wording.ANALYSIS):
            return egress.EgressAnalysis(
                self,
                "egress",
                name=wording.analysis_name(section, name),
                network=self.network,
                nat=self.nat,
                logs=wording.flow_logs(section),
                bucket_name=section.bucket,
                results_bucket_name=section.results_bucket,
                since=section.since,
                query_logs=section.query_logs,
                twins=section.twins,
                prices=wording.prices(section, region),
                scan_limit_bytes=wording.scan_limit_bytes(section),
                kms_key_arn=section.kms_key_arn,
                record_kms_key_arns=section.record_kms_key_arns,
                hour=section.hour,
                enabled=section.enabled,
            )

    def _declare_overrides(self, name: str, section: DnsSection) -> dns.DnsOverrides | None:
        overrides = wording.override_sets(section)
        if not overrides:
            return None
        with _declaring("dns", DnsSection, wording.DNS):
            return dns.DnsOverrides(
                self,
                "dns",
                vpcs={"main": self.network.ids.vpc_id},
                overrides=overrides,
                name=name,
                names=section.names,
                for_each=section.for_each,
                moved=section.moved,
            )

    def _declare_logs(self, region: str, section: LogsSection) -> logs.AlbLogBucket:
        with _declaring("logs", LogsSection, {**wording.LOGS, "name": "bucket", "allow_destroy": "protect"}):
            return logs.AlbLogBucket(
                self,
                "logs",
                name=section.bucket,
                region=region,
                prefix=section.prefix,
                encryption=section.encryption,
                lifecycle=wording.lifecycle(section),
                allow_destroy=not section.protect,
            )

    def _declare_archive(
        self, name: str, logs_section: LogsSection | None, bucket: logs.AlbLogBucket | None
    ) -> logs.LogArchive | None:
        if logs_section is None or bucket is None or logs_section.archive is None:
            return None
        section = logs_section.archive
        with _declaring("logs", LogsSection, wording.ARCHIVE):
            return logs.LogArchive(
                self,
                "archive",
                name=wording.archive_name(section, name),
                bucket_name=section.bucket,
                results_bucket_name=section.results_bucket,
                # From the resource, not from the file: the job reads a bucket that is there.
                sources=wording.sources(logs_section, section, bucket.bucket.id),
                schedule=wording.schedule(section),
                partitions=logs.PartitionMode.crawler()
                if section.partitions == "crawler"
                else logs.PartitionMode.pointer(),
                scan_limit_bytes=wording.scan_limit_bytes(section),
                count_delivered=section.count_delivered,
                kms_key_arn=section.kms_key_arn,
                catalog_kms_key_arn=section.catalog_kms_key_arn,
                lake_formation=section.lake_formation,
                lifecycle=wording.archive_lifecycle(section),
                enabled=section.enabled,
                allow_destroy=not section.protect,
            )

    def _declare_prometheus(self, name: str, section: PrometheusSection) -> Prometheus:
        # Needs the extra `prometheus`; the file's checks have found it.
        from northsouth.stacks.prometheus import Prometheus

        with _declaring("prometheus", PrometheusSection):
            return Prometheus(self, "prometheus", section=section, environment=name)

    def _declare_history(self, name: str, section: HistorySection) -> history.MetricHistory:
        """Declare the history of the metrics of all alarms that the stack has by now."""
        with _declaring("metrics.history", HistorySection, wording.HISTORY):
            return history.MetricHistory(
                self,
                "history",
                name=f"{name}-history",
                bucket_name=section.bucket,
                lifecycle=logs.Lifecycle.expire(section.expire_after_days),
                buffer_seconds=section.buffer_seconds,
                buffer_mebibytes=section.buffer_mebibytes,
                kms_key_arn=section.kms_key_arn,
                log_retention_days=section.log_retention_days,
                allow_destroy=not section.protect,
            )

    def _declare_dashboard(self, name: str, region: str, section: DashboardSection | None) -> Dashboard | None:
        if section is None or self.alarms is None:
            return None
        from northsouth.stacks.pages import declare_dashboard

        return declare_dashboard(self, section, name, region, self.alarms.watched)

    def _declare_status_page(self, name: str, section: StatusPageSection | None) -> StatusPage | None:
        if section is None or self.alarms is None:
            return None
        from northsouth.stacks.pages import declare_status_page

        return declare_status_page(self, section, name, self.alarms.serving[section.load_balancer])

    def _declare_alarms(self, environment: Environment, alerts: AlertsSection) -> Alarms:
        from northsouth.stacks.alarms import Alarms, Watched, WatchedArchive

        name, section = environment.environment.name, environment.logs.archive if environment.logs else None
        archive = (
            WatchedArchive(
                self.archive, wording.archive_name(section, name), period=wording.schedule(section).minutes * 60
            )
            if self.archive and section
            else None
        )
        watched = Watched(
            nat=self.nat,
            analysis=self.analysis,
            overrides=self.overrides,
            archive=archive,
            prometheus=self.prometheus,
            region=environment.environment.region,
        )
        return Alarms(self, "alarms", alerts=alerts, environment=name, watched=watched)


def _declaring(path: str, section: type[Any], names: Names | None = None) -> AbstractContextManager[None]:
    """Report what a construct refuses with the keys of the section that it is declared from."""
    return declaring(path, [field.name for field in fields(section)], names)
