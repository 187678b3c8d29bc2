"""The rules that ``[alerts]`` must keep, beyond types; those of CloudWatch are the library's own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pydantic import BaseModel

from northsouth.alerts.meaning import Severity
from northsouth.alerts.routes.rules import NOTIFIED
from northsouth.alerts.rules import choice_problems, text_problems
from northsouth.dns.names import InvalidNameError, canonical_domain
from northsouth.errors import Problem
from northsouth.metrics import Metric
from northsouth.metrics.algebra import Condition
from northsouth.metrics.rules import is_percentile, metric_problems, period_problems, window_problems
from northsouth.metrics.units import Quantity, UnitError, count, quantity_problems
from northsouth.stacks.alert_settings import (
    AlarmSection,
    AlertsSection,
    LoadBalancerSection,
    MetricSection,
    WindowAlarm,
)
from northsouth.stacks.alert_wording import metric, quantities
from northsouth.stacks.route_checks import check_routes
from northsouth.stacks.route_wording import tables
from northsouth.stacks.section import Section
from northsouth.stacks.settings import DnsSection, EnvironmentSection, LogsSection, NatSection

_SECONDS = 60


def check_alerts(section: AlertsSection | None) -> Iterator[Problem]:
    """Yield what is wrong with the alarms by themselves."""
    if section is None:
        return
    yield from text_problems(summary="-", because="-", runbook=section.runbook)
    for path, part in _walk(section):
        counts = not path.startswith("silent_clusters.") and not path.endswith(".signal")
        yield from (problem.within(path) for problem in _check_part(part, counts=counts))
    for name, balancer in section.load_balancers.items():
        yield from (problem.within(f"load_balancers.{name}") for problem in _check_balancer(balancer))
    for name, certificate in section.certificates.items():
        where = f"certificates.{name}.certificate_arn"
        yield from _dimension(where, "AWS/CertificateManager", CertificateArn=certificate.certificate_arn)
    yield from _check_clusters(section)
    yield from _check_meta(section)


def check_watched(sections: Mapping[str, BaseModel], mistyped: Collection[str] = ()) -> Iterator[Problem]:
    """Yield alarms on what the file does not declare; nothing about sections of a wrong type.

    Args:
        sections: the sections of the file whose types are right, by name.
        mistyped: the names of the others that the file has.

    """
    section = sections.get("alerts")
    if isinstance(section, AlertsSection):
        environment = sections.get("environment")
        if isinstance(environment, EnvironmentSection):
            yield from (problem.within("routes") for problem in check_routes(section.routes, environment.name))
        if "nat" not in mistyped:
            yield from _check_nat(section, sections.get("nat"))
        if "logs" not in mistyped:
            yield from _check_archive(section, sections.get("logs"))
        if "dns" not in mistyped:
            yield from _check_dns(section, sections.get("dns"))
        if "prometheus" not in mistyped and section.prometheus is not None and "prometheus" not in sections:
            rule, fix = "the file declares no [prometheus]", "Add one, or remove this section."
            yield Problem("prometheus", "alarms", rule, fix)


def _walk(section: Section, path: str = "") -> Iterator[tuple[str, Section]]:
    """Yield every table of metrics and alarms below a section, with its path."""
    for name in type(section).model_fields:
        value, here = getattr(section, name), f"{path}.{name}".removeprefix(".")
        tables = value if isinstance(value, Mapping) else {"": value}
        for key, table in tables.items():
            if isinstance(table, Section):
                there = f"{here}.{key}" if key else here
                yield there, table
                yield from _walk(table, there)


def _check_part(section: Section, *, counts: bool) -> Iterator[Problem]:
    if isinstance(section, MetricSection):
        yield from _check_metric(section, counts=counts)
    if isinstance(section, AlarmSection):
        yield from _check_quantities(section)
        if section.severity is not None:
            yield from choice_problems("severity", section.severity, Severity)
        yield from _check_window(section)


def _check_metric(section: MetricSection, *, counts: bool) -> Iterator[Problem]:
    """Check a metric; of a heartbeat it is counted how often it came, all others ``counts`` something."""
    try:
        found = metric(section)
    except UnitError as error:
        yield from error.problems
        return
    yield from _nameless(metric_problems, found)
    if counts and found.measure.dimension != count(1).unit.dimension:
        yield Problem("unit", repr(section.unit), "the alarm needs a metric that counts", 'Leave it at "Count".')


def _check_quantities(section: AlarmSection) -> Iterator[Problem]:
    for key, (given, like) in quantities(section):
        if isinstance(given, str):
            yield from quantity_problems(key, given, like)


def _check_window(section: AlarmSection) -> Iterator[Problem]:
    datapoints, of = (section.datapoints, section.of) if isinstance(section, WindowAlarm) else (None, None)
    if (datapoints is None) != (of is None):
        missing = "datapoints" if datapoints is None else "of"
        yield Problem(missing, "nothing", "datapoints and of are said together", "Give both, or neither.")
    period = getattr(section, "period", None)
    judged = _metric(period=_SECONDS if period is None else period)
    if datapoints is not None and of is not None:
        yield from window_problems(_judged(judged, datapoints, of))
    yield from _nameless(period_problems, judged)


def _metric(*, namespace: str = "Any", period: int = _SECONDS, dimensions: Mapping[str, str] | None = None) -> Metric:
    """Return a metric to try a rule on that is about only some of what it says."""
    return Metric(
        namespace=namespace, name="any", statistic="Sum", unit="Count", dimensions=dimensions or {}, period=period
    )


def _judged(judged: Metric, datapoints: int = 1, of: int = 1) -> Condition:
    return Condition(judged > Quantity(0, judged.measure), datapoints, of)


def _nameless(rule: Callable[[Condition], Iterable[Problem]], judged: Metric) -> Iterator[Problem]:
    """Yield a rule's problems without the metric's name, which the file's path says."""
    for problem in rule(_judged(judged)):
        yield replace(problem, where=problem.where.removeprefix(f"{judged.name}."))


def _dimension(where: str, namespace: str, **dimensions: str) -> Iterator[Problem]:
    """Check what AWS's own metrics are found by."""
    for problem in metric_problems(_judged(_metric(namespace=namespace, dimensions=dimensions))):
        yield replace(problem, where=where)


def _check_once(where: str, values: Sequence[str]) -> Iterator[Problem]:
    for index, value in enumerate(values):
        if value in values[:index]:
            yield Problem(f"{where}[{index}]", repr(value), "it is in the list already", "Name it once.")


def _check_clusters(section: AlertsSection) -> Iterator[Problem]:
    if section.kubernetes is not None:
        yield from _check_once("kubernetes.clusters", section.kubernetes.clusters)
    if section.silent_clusters is not None and not section.silent_clusters.heartbeats:
        yield Problem("silent_clusters.heartbeats", "none", "an inventory names at least one", "Remove the section.")


def _check_balancer(section: LoadBalancerSection) -> Iterator[Problem]:
    yield from _dimension("arn_suffix", "AWS/ApplicationELB", LoadBalancer=section.arn_suffix)
    for name, hosts in section.unhealthy_hosts.items():
        where = f"unhealthy_hosts.{name}.target_group"
        yield from _dimension(where, "AWS/ApplicationELB", TargetGroup=hosts.target_group)
    statistic = section.latency.statistic if section.latency else None
    if statistic is not None and not is_percentile(statistic):
        yield Problem("latency.statistic", repr(statistic), "the alarm judges a percentile", "Write p50, p90 or p99.")
    for needed in ("success_rate", "latency"):
        if section.cold_start_storm is not None and getattr(section, needed) is None:
            fix = f"Add {needed}, or remove cold_start_storm."
            yield Problem(needed, "nothing", "cold_start_storm joins it with cold starts", fix)


def _check_nat(section: AlertsSection, nat: BaseModel | None) -> Iterator[Problem]:
    if isinstance(nat, NatSection) and nat.mode == "none" and section.nat.model_fields_set:
        yield Problem("nat", "alarms", 'nat.mode = "none" leaves nothing to measure', "Remove this section.")


def _check_archive(section: AlertsSection, logs: BaseModel | None) -> Iterator[Problem]:
    if isinstance(logs, LogsSection) and logs.archive is not None:
        return
    for where, asked in (("archive", section.archive), ("meta.dead_letters", section.meta.dead_letters)):
        if asked is not None:
            yield Problem(where, "alarms", "the file declares no [logs.archive]", "Add one, or remove this section.")


def _check_dns(section: AlertsSection, dns: BaseModel | None) -> Iterator[Problem]:
    unused = section.dns.override_unused
    if unused is None:
        return
    sets = dns.override_sets.values() if isinstance(dns, DnsSection) else ()
    known = {_canonical(name) for each in sets for name in each.names}
    names = [_canonical(name) for name in unused.names]
    yield from (problem.within("dns.override_unused") for problem in _check_once("names", names))
    for index, name in enumerate(unused.names):
        if _canonical(name) not in known:
            rule = "no set in dns.override_sets has this name"
            yield Problem(f"dns.override_unused.names[{index}]", repr(name), rule, "Name one that is overridden.")


def _check_meta(section: AlertsSection) -> Iterator[Problem]:
    told = {severity for table in tables(section.routes) for severity in table.severities}
    if section.meta.failed_notifications is not None and not told >= set(NOTIFIED):
        rule = "a topic that fails is told through the other one, and this file does not declare both"
        yield Problem("meta.failed_notifications", "an alarm", rule, "Add a receiver of the other to alerts.routes.")


def _canonical(name: str) -> str:
    try:
        return canonical_domain(name)
    except InvalidNameError:
        return name
