"""From the keys of an environment file to the library's arguments, for rules and constructs alike."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, cast

from northsouth.dns.overrides import OverrideSet
from northsouth.egress.addresses import Addresses
from northsouth.egress.flow_logs import FlowLogs
from northsouth.egress.nat_mode import NatMode
from northsouth.egress.prices import Prices
from northsouth.logs.lifecycle import Lifecycle, StorageClass, Transition
from northsouth.metrics.units import bytes_, parse
from northsouth.stacks.settings import AnalysisSection, ArchiveSection, DnsSection, LogsSection, NatSection

if TYPE_CHECKING:
    from northsouth.logs.archive_alb import AlbSource
    from northsouth.logs.archive_schedule import ArchiveSchedule

NETWORK = {"public_subnets": "public_subnet_ids", "private_route_tables": "private_route_table_ids"}
NAT = {r"mode\.zone": "zone", r"addresses\.by_zone": "eip_allocation_ids", "addresses": "eip_allocation_ids"}
ANALYSIS = {
    "bucket_name": "analysis.bucket",
    "results_bucket_name": "analysis.results_bucket",
    "scan_limit_bytes": "analysis.scan_limit",
    r"logs\.bucket_arn": "analysis.flow_logs_bucket",
    r"logs\.aggregation_seconds": "analysis.aggregation_seconds",
    r"logs\.scope": "analysis.scope",
    r"(?!network|nat)(\w+)": r"analysis.\1",
}
DNS = {"overrides": "override_sets"}
LOGS = {r"lifecycle\.expire_after_days": "expire_after_days"}
HISTORY = {**LOGS, "bucket_name": "bucket", "allow_destroy": "protect"}
ARCHIVE = {
    "bucket_name": "archive.bucket",
    "results_bucket_name": "archive.results_bucket",
    "scan_limit_bytes": "archive.scan_limit",
    r"(?:schedule|lifecycle)\.(\w+)": r"archive.\1",
    r"sources\.(\w+)\.load_balancer": r"archive.load_balancers.\1.arn_suffix",
    r"sources\.\w+\.retention_days": "expire_after_days",
    r"sources\.\w+\.bucket": "archive.bucket",
    "sources": "archive.load_balancers",
    r"(\w+)": r"archive.\1",
}
"""Patterns of the library's argument paths, and the keys of the file that stand for them."""


def nat_mode(section: NatSection) -> NatMode:
    """Return the mode that the file names."""
    if section.mode == "none":
        return NatMode.none()
    if section.mode == "single" and section.zone is not None:
        return NatMode.single(section.zone)
    return NatMode.per_az()


def addresses(section: NatSection) -> Addresses | None:
    """Return the addresses that the file gives, if any."""
    return None if section.eip_allocation_ids is None else Addresses.given(section.eip_allocation_ids)


def override_sets(section: DnsSection) -> list[OverrideSet]:
    """Return the override sets, in the order of the file."""
    return [
        OverrideSet(name=name, ttl=declared.ttl, names=dict(declared.names))
        for name, declared in section.override_sets.items()
    ]


def lifecycle(section: LogsSection) -> Lifecycle:
    """Return when log objects expire."""
    return Lifecycle.expire(section.expire_after_days)


def archive_name(section: ArchiveSection, environment: str) -> str:
    """Return the name of the archive and its database: without hyphens, which Athena does not take."""
    return section.name or environment.replace("-", "_")


def sources(logs: LogsSection, section: ArchiveSection, bucket: str) -> dict[str, AlbSource]:
    """Return the load balancers whose logs are archived, all from one log bucket."""
    from northsouth.logs.archive_alb import AlbSource

    return {
        name: AlbSource(
            bucket=bucket,
            prefix=logs.prefix,
            load_balancer=balancer.arn_suffix,
            since=balancer.since,
            retention_days=logs.expire_after_days,
        )
        for name, balancer in section.load_balancers.items()
    }


def schedule(section: ArchiveSection) -> ArchiveSchedule:
    """Return when the archive's runs are."""
    from northsouth.logs.archive_schedule import ArchiveSchedule

    names = ("delay_minutes", "catch_up_minutes", "run_timeout_minutes", "query_timeout_minutes", "late_days")
    chosen = {name: value for name in names if (value := getattr(section, name)) is not None}
    make = ArchiveSchedule.hourly if section.schedule == "hourly" else ArchiveSchedule.daily
    return make(reconcile=section.reconcile, **chosen)


def scan_limit_bytes(section: ArchiveSection | AnalysisSection) -> int | None:
    """Return how many bytes one query may scan."""
    return None if section.scan_limit is None else int(parse(section.scan_limit).number_in(bytes_(1).unit))


def analysis_name(section: AnalysisSection, environment: str) -> str:
    """Return the name of the analysis and its database: without hyphens, which Athena does not take."""
    return section.name or f"{environment.replace('-', '_')}_egress"


def flow_logs(section: AnalysisSection) -> FlowLogs:
    """Return which traffic the flow logs record, and where they store it."""
    return FlowLogs.for_egress(
        f"arn:aws:s3:::{section.flow_logs_bucket}",
        scope=section.scope,
        aggregation_seconds=section.aggregation_seconds,
    )


def prices(section: AnalysisSection, region: str) -> Prices | None:
    """Return AWS's prices, if the file has them."""
    if section.prices is None:
        return None
    own = {name: value for name, value in asdict(section.prices).items() if value is not None}
    return Prices(region=region, as_of="this file", source="the environment file", **own)


def archive_lifecycle(section: ArchiveSection) -> Lifecycle:
    """Return how the archive's objects age."""
    from northsouth.logs.archive_storage import DEFAULT_ARCHIVE_LIFECYCLE

    default = DEFAULT_ARCHIVE_LIFECYCLE
    transitions = default.transitions
    if section.transitions is not None:
        transitions = tuple(
            Transition(cast("StorageClass", storage), days) for storage, days in section.transitions.items()
        )
    return Lifecycle(section.expire_after_days, default.noncurrent_days, transitions)
