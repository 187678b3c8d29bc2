"""What an environment file may say: one model for each section of it, with types and defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict

from northsouth.stacks.alert_settings import AlertsSection
from northsouth.stacks.page_settings import DashboardSection, StatusPageSection
from northsouth.stacks.prometheus_settings import PrometheusSection
from northsouth.stacks.section import Section, Tags, Text


class EnvironmentSection(Section):
    """``[environment]``: which stack, where."""

    name: Text
    region: Text
    tags: Tags = {}


class StateSection(Section):
    """``[state]``: where Terraform keeps its state."""

    backend: Literal["local", "s3"] = "local"
    bucket: Text | None = None
    key: Text | None = None
    region: Text | None = None


class NetworkSection(Section):
    """``[network]``: a VPC to make (``cidr``), or one that exists (``vpc_id``)."""

    cidr: Text | None = None
    zones: list[Text] = []
    vpc_id: Text | None = None
    public_subnet_ids: dict[str, Text] = {}
    private_route_table_ids: dict[str, Text] = {}


class NatSection(Section):
    """``[nat]``: how private subnets reach the internet."""

    mode: Literal["per_az", "single", "none"] = "per_az"
    zone: Text | None = None
    protect_addresses: bool = True
    eip_allocation_ids: dict[str, Text] | None = None


class EndpointsSection(Section):
    """``[endpoints]``: gateway endpoints of the VPC."""

    gateway: list[Literal["s3", "dynamodb"]] = []


class OverrideSetSection(Section):
    """``[dns.override_sets.<name>]``: names that are answered with private ones."""

    ttl: int
    names: dict[str, Text]


class DnsSection(Section):
    """``[dns]``: the override sets, and the form in which they are declared."""

    override_sets: dict[str, OverrideSetSection] = {}
    for_each: bool = False
    moved: bool = False


class ArchivedBalancerSection(Section):
    """``[logs.archive.load_balancers.<name>]``: whose logs are archived."""

    arn_suffix: Text
    since: Text


class ArchiveSection(Section):
    """``[logs.archive]``: the queryable archive of the access logs."""

    bucket: Text
    results_bucket: Text | None = None
    name: Text | None = None
    load_balancers: dict[str, ArchivedBalancerSection]
    schedule: Literal["hourly", "daily"] = "hourly"
    delay_minutes: int | None = None
    catch_up_minutes: int | None = None
    run_timeout_minutes: int | None = None
    query_timeout_minutes: int | None = None
    partitions: Literal["pointer", "crawler"] = "pointer"
    scan_limit: Text | None = None
    count_delivered: bool = True
    kms_key_arn: Text | None = None
    transitions: dict[str, int] | None = None
    expire_after_days: int | None = None
    enabled: bool = True
    protect: bool = True


class LogsSection(Section):
    """``[logs]``: the bucket of the load balancers' access logs."""

    bucket: Text
    prefix: str = ""
    expire_after_days: int = 30
    encryption: Text = "AES256"
    protect: bool = True
    archive: ArchiveSection | None = None


class Environment(BaseModel):
    """One environment file, valid."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    environment: EnvironmentSection
    state: StateSection = StateSection()
    network: NetworkSection
    nat: NatSection = NatSection()
    endpoints: EndpointsSection = EndpointsSection()
    dns: DnsSection = DnsSection()
    logs: LogsSection | None = None
    alerts: AlertsSection | None = None
    prometheus: PrometheusSection | None = None
    dashboard: DashboardSection | None = None
    status_page: StatusPageSection | None = None


SECTIONS: Mapping[str, type[Section]] = {
    "environment": EnvironmentSection,
    "state": StateSection,
    "network": NetworkSection,
    "nat": NatSection,
    "endpoints": EndpointsSection,
    "dns": DnsSection,
    "logs": LogsSection,
    "alerts": AlertsSection,
    "prometheus": PrometheusSection,
    "dashboard": DashboardSection,
    "status_page": StatusPageSection,
}
"""The model of each section, by its name in the file."""
