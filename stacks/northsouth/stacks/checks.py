"""The rules an environment file must keep, beyond types.

Rules that AWS makes are the library's own pure functions, called here with the keys of the file in place of the
arguments of a construct, so that both refuse the same things with the same words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from northsouth.dns.declaration import Declaration
from northsouth.egress.nat_rules import check_nat
from northsouth.egress.network_rules import check_network
from northsouth.egress.prices import Prices
from northsouth.egress.topology import NetworkIds, check_network_ids
from northsouth.errors import ConfigurationError, Problem
from northsouth.logs.bucket_rules import check_bucket_name, check_encryption, check_prefix, check_region
from northsouth.logs.lifecycle import check_lifecycle
from northsouth.metrics.units import gigabytes, quantity_problems
from northsouth.stacks import wording
from northsouth.stacks.alarm_tables import AlertsSection
from northsouth.stacks.alert_checks import check_alerts, check_watched
from northsouth.stacks.keys import renamed
from northsouth.stacks.metric_checks import check_history
from northsouth.stacks.page_checks import check_dashboard, check_status_page
from northsouth.stacks.settings import (
    ArchiveSection,
    DnsSection,
    EgressSection,
    EndpointsSection,
    EnvironmentSection,
    LogsSection,
    NatSection,
    NetworkSection,
    PrometheusSection,
    StateSection,
)

# A section that is not in the file costs nothing: what only one of them needs is imported by its function below.

_Section = TypeVar("_Section")

_STACK_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")


def check_environment(sections: Mapping[str, object], unreadable: Collection[str] = ()) -> list[Problem]:
    """Return the problems of the sections that could be read, each with the key it is about.

    A rule that needs two sections is skipped while one of them is missing or could not be read.

    Args:
        sections: the sections that could be read, by name.
        unreadable: the names of the others that the file has.

    """
    environment = _section(sections, "environment", EnvironmentSection)
    network = _section(sections, "network", NetworkSection)
    nat = _section(sections, "nat", NatSection) or (None if "nat" in unreadable else NatSection())
    dns = _section(sections, "dns", DnsSection)
    logs = _section(sections, "logs", LogsSection)
    region = environment.region if environment else None
    alerts = _section(sections, "alerts", AlertsSection)
    problems: list[Problem] = []
    for name, rules in (
        ("environment", _check_environment(environment) if environment else ()),
        ("state", _check_state(_section(sections, "state", StateSection))),
        ("network", _check_network(network, region) if network else ()),
        ("nat", _check_nat(nat, network) if nat and network else ()),
        ("", _check_analysis(_section(sections, "egress", EgressSection), environment, network, nat)),
        ("endpoints", _check_endpoints(_section(sections, "endpoints", EndpointsSection))),
        ("dns", _check_dns(dns, environment)),
        ("logs", _check_logs(logs, environment)),
        ("", check_alerts(alerts) if alerts else ()),
        ("", check_watched(sections, unreadable)),
        ("metrics.history", check_history(sections, unreadable)),
        ("prometheus", _check_prometheus(sections, unreadable)),
        ("dashboard", check_dashboard(sections, unreadable)),
        ("status_page", check_status_page(sections, unreadable)),
    ):
        problems += [problem.within(name) if name else problem for problem in rules]
    return problems


def _check_prometheus(sections: Mapping[str, object], unreadable: Collection[str]) -> Iterator[Problem]:
    section = _section(sections, "prometheus", PrometheusSection)
    if section is None:
        return
    try:
        # Needs the extra `prometheus`, and a tenth of a second.
        from northsouth.stacks.prometheus_checks import check_alert_manager, check_prometheus
    except ModuleNotFoundError as missing:
        yield Problem("", "a section", missing.msg, "Install that, or remove the section.")
        return
    yield from check_prometheus(section)
    yield from check_alert_manager(sections, unreadable)


def _section(sections: Mapping[str, object], name: str, model: type[_Section]) -> _Section | None:
    section = sections.get(name)
    return section if isinstance(section, model) else None


def _check_environment(section: EnvironmentSection) -> Iterator[Problem]:
    if not _STACK_NAME.fullmatch(section.name):
        yield Problem(
            "name",
            repr(section.name),
            "a stack's name is 1 to 32 lower-case letters, digits and hyphens, and begins with a letter",
            "Choose such a name; it becomes part of the names of resources.",
        )
    yield from check_region(section.region)


def _check_state(section: StateSection | None) -> Iterator[Problem]:
    if section is None:
        return
    if section.backend == "s3" and section.bucket is None:
        yield Problem("bucket", "nothing", 'backend = "s3" keeps the state in a bucket', "Name a bucket that exists.")
    if section.bucket is not None:
        yield from check_bucket_name(section.bucket, "bucket")
    for key, value in (("bucket", section.bucket), ("key", section.key), ("region", section.region)):
        if section.backend == "local" and value is not None:
            yield Problem(key, repr(value), 'it belongs to backend = "s3"', f'Set backend = "s3", or remove {key}.')


def _check_network(section: NetworkSection, region: str | None) -> Iterator[Problem]:
    if (section.cidr is None) == (section.vpc_id is None):
        given = "neither" if section.cidr is None else "both"
        yield Problem("", given, "cidr makes a VPC, vpc_id names one that exists", "Give one of the two.")
    elif section.cidr is not None:
        for key in ("cidr_blocks", "public_subnet_ids", "private_route_table_ids"):
            if getattr(section, key):
                yield Problem(
                    key,
                    "ids" if key.endswith("ids") else "blocks",
                    "they belong to vpc_id",
                    "Remove them, or give vpc_id in place of cidr.",
                )
        yield from check_network(cidr=section.cidr, zones=section.zones, region=region)
    else:
        if section.zones:
            yield Problem("zones", "a list", "the ids say the zones of a VPC that exists", "Remove zones.")
        yield from _check_names_of_nothing(section.names, "a VPC that exists is not declared")
        yield from renamed(check_network_ids(existing_network(section), region=region), wording.NETWORK)


def _check_endpoints(section: EndpointsSection | None) -> Iterator[Problem]:
    if section is not None and not section.gateway:
        yield from _check_names_of_nothing(section.names, "no endpoint is declared")


def _check_names_of_nothing(names: Mapping[str, Mapping[str, str]], reason: str) -> Iterator[Problem]:
    if names:
        yield Problem("names", ", ".join(names), f"names of what is declared; {reason}", "Remove names.")


def existing_network(section: NetworkSection) -> NetworkIds:
    """Return the ids in the file of a VPC that exists."""
    return NetworkIds(
        vpc_id=section.vpc_id or "",
        cidr_blocks=tuple(section.cidr_blocks),
        public_subnets=section.public_subnet_ids,
        private_route_tables=section.private_route_table_ids,
    )


def _check_nat(section: NatSection, network: NetworkSection) -> Iterator[Problem]:
    if section.mode == "single" and section.zone is None:
        yield Problem("zone", "nothing", 'mode = "single" stands in one zone', "Name the zone.")
        return
    if section.mode != "single" and section.zone is not None:
        yield Problem("zone", repr(section.zone), 'it belongs to mode = "single"', "Remove it, or change the mode.")
    ids = _planned_network(network) if network.cidr else existing_network(network)
    yield from renamed(check_nat(ids, wording.nat_mode(section), wording.addresses(section)), wording.NAT)


def _planned_network(section: NetworkSection) -> NetworkIds:
    """Return the network that is to be made, with stand-ins for the ids that only Terraform will know."""
    unknown = {zone: f"${{{zone}}}" for zone in section.zones}
    return NetworkIds(vpc_id="${vpc}", public_subnets=unknown, private_subnets=unknown, private_route_tables=unknown)


def _check_analysis(
    egress: EgressSection | None,
    environment: EnvironmentSection | None,
    network: NetworkSection | None,
    nat: NatSection | None,
) -> Iterator[Problem]:
    section = egress.analysis if egress else None
    if section is None:
        return
    from northsouth.egress.analysis_rules import check_analysis, check_blocks, check_prices

    limit = list(quantity_problems("scan_limit", section.scan_limit, gigabytes(1)))
    problems = check_analysis(
        name=wording.analysis_name(section, environment.name if environment else "unknown"),
        bucket_name=section.bucket,
        results_bucket_name=section.results_bucket or f"{section.bucket}-results",
        since=section.since,
        query_logs=section.query_logs,
        scan_limit_bytes=None if limit else wording.scan_limit_bytes(section),
        hour=section.hour,
        logs=wording.flow_logs(section),
        regional=False,
    )
    yield from (problem.within("egress") for problem in renamed((*limit, *problems), wording.ANALYSIS))
    if nat and nat.mode == "none":
        fix = "Remove this section."
        yield Problem("egress.analysis", "a section", 'nat.mode = "none" leaves nothing to record', fix)
    if network and network.vpc_id:
        yield from check_blocks(network.cidr_blocks)
    try:
        prices = wording.prices(section, environment.region if environment else Prices().region)
    except ConfigurationError as error:
        yield from (problem.within("egress.analysis.prices") for problem in error.problems)
        return
    for problem in check_prices(prices, environment.region if environment else Prices().region):
        fix = "Add [egress.analysis.prices] with the prices that differ."
        yield replace(problem, where="egress.analysis.prices", fix=fix)


def _check_dns(section: DnsSection | None, environment: EnvironmentSection | None) -> Iterator[Problem]:
    if section is not None and not section.override_sets:
        yield from _check_names_of_nothing(section.names, "no override is declared")
    elif section is not None:
        # The group's name is the environment's, which has a rule of its own; the VPC's id is known to Terraform only.
        declared = Declaration(
            name=environment.name if environment else "main",
            vpcs={"main": "${vpc}"},
            overrides=wording.override_sets(section),
            names=section.names,
        )
        yield from renamed(declared.problems(), wording.DNS)


def _check_logs(section: LogsSection | None, environment: EnvironmentSection | None) -> Iterator[Problem]:
    if section is None:
        return
    yield from check_bucket_name(section.bucket, "bucket")
    yield from check_prefix(section.prefix)
    yield from check_encryption(section.encryption)
    yield from renamed(check_lifecycle(wording.lifecycle(section)), wording.LOGS)
    if section.archive is not None:
        yield from renamed(_check_archive(section, section.archive, environment), wording.ARCHIVE)


def _check_archive(
    logs: LogsSection, section: ArchiveSection, environment: EnvironmentSection | None
) -> Iterator[Problem]:
    from northsouth.logs.archive_rules import check_name, check_scan_limit, check_sources
    from northsouth.logs.archive_schedule import check_schedule

    name = wording.archive_name(section, environment.name if environment else "unknown")
    schedule, lifecycle = wording.schedule(section), wording.archive_lifecycle(section)
    yield from check_name(name, "name")
    yield from check_bucket_name(section.bucket, "bucket_name")
    yield from check_bucket_name(section.results_bucket or f"{section.bucket}-results", "results_bucket_name")
    sources = wording.sources(logs, section, logs.bucket)
    yield from check_sources(sources, bucket=section.bucket, kms_key_arn=section.kms_key_arn, schedule=schedule)
    yield from check_schedule(schedule)
    limit = list(quantity_problems("scan_limit", section.scan_limit, gigabytes(1))) if section.scan_limit else []
    yield from limit or check_scan_limit(wording.scan_limit_bytes(section))
    yield from check_lifecycle(lifecycle)
