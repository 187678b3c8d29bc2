"""The rules that ``[alerts]`` must keep, beyond types; those of CloudWatch are the library's own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from northsouth.alerts.routes.rules import NOTIFIED
from northsouth.alerts.rules import text_problems
from northsouth.dns.names import InvalidNameError, canonical_domain
from northsouth.errors import Problem
from northsouth.metrics import Metric
from northsouth.metrics.algebra import Condition
from northsouth.metrics.rules import is_percentile, metric_problems, period_problems, window_problems
from northsouth.metrics.units import Quantity, count
from northsouth.stacks.alarm_tables import AlertsSection, DeclaredAlarm, DeclaredPack, mute_keys
from northsouth.stacks.routes import check_routes
from northsouth.stacks.settings import DnsSection, EgressSection, EnvironmentSection, LogsSection, NatSection

_SECONDS = 60
_HEARTBEATS = {"signal", "heartbeats"}
"""Arguments of whose metrics only the number of data points is judged; all others count something."""


def check_alerts(section: AlertsSection) -> Iterator[Problem]:
    """Yield what is wrong with the alarms by themselves."""
    for problem in text_problems(summary="-", because="-", runbook=section.runbook):
        yield problem.within("alerts")
    for pack in (pack for packs in section.packs.values() for pack in packs):
        yield from _check_arguments(pack.path, pack.arguments)
        for alarm in pack.alarms:
            yield from _check_arguments(alarm.path, alarm.arguments)
    for balancer in section.load_balancers.values():
        yield from _check_balancer(balancer)
    for certificate in (alarm for pack in section.packs.get("certificates", ()) for alarm in pack.alarms):
        where, arn = f"{certificate.path}.certificate_arn", certificate.arguments["certificate_arn"]
        yield from _dimension(where, "AWS/CertificateManager", CertificateArn=arn)
    yield from _check_clusters(section)
    yield from _check_notifications(section)
    for mute in section.mutes:
        yield from (problem.within(mute.path) for problem in _check_mute(mute))


def check_watched(sections: Mapping[str, object], unreadable: Collection[str] = ()) -> Iterator[Problem]:
    """Yield alarms on what the file does not declare; nothing about sections that could not be read.

    Args:
        sections: the sections of the file that could be read, by name.
        unreadable: the names of the others.

    """
    section = sections.get("alerts")
    if isinstance(section, AlertsSection):
        environment = sections.get("environment")
        if isinstance(environment, EnvironmentSection):
            yield from (problem.within("alerts.routes") for problem in check_routes(section.routes, environment.name))
        if "nat" not in unreadable:
            yield from _check_nat(section, sections.get("nat"))
        if "egress" not in unreadable:
            yield from _check_egress(section, sections.get("egress"))
        if "logs" not in unreadable:
            yield from _check_archive(section, sections.get("logs"))
        if "dns" not in unreadable:
            yield from _check_dns(section, sections.get("dns"))
        if "prometheus" not in unreadable and section.pack("prometheus") and "prometheus" not in sections:
            rule, fix = "the file declares no [prometheus]", "Add one, or remove this section."
            yield Problem("alerts.prometheus", "alarms", rule, fix)


def _check_arguments(path: str, arguments: Mapping[str, Any]) -> Iterator[Problem]:
    for where, key, metric in _metrics(path, arguments):
        yield from _check_metric(where, metric, counts=key not in _HEARTBEATS)
    yield from (problem.within(path) for problem in _check_window(arguments))


def _metrics(path: str, arguments: Mapping[str, Any]) -> Iterator[tuple[str, str, Metric]]:
    """Yield every metric that a table names, with its path and the argument that it is for."""
    for key, value in arguments.items():
        several = value if isinstance(value, Mapping) else {"": value}
        for name, section in several.items():
            if isinstance(section, Metric):
                yield f"{path}.{key}.{name}".removesuffix("."), key, section


def _check_metric(path: str, metric: Metric, *, counts: bool) -> Iterator[Problem]:
    # Of a heartbeat the data points are counted; a table that names no statistic says the sum.
    judged = metric.with_statistic("SampleCount") if not counts and metric.statistic == "Sum" else metric
    yield from (problem.within(path) for problem in _nameless(metric_problems, judged))
    if counts and metric.measure.dimension != count(1).unit.dimension:
        rule = "the alarm needs a metric that counts"
        yield Problem(f"{path}.unit", repr(metric.unit), rule, 'Leave it at "Count".')


def _check_window(arguments: Mapping[str, Any]) -> Iterator[Problem]:
    datapoints, of = arguments.get("datapoints"), arguments.get("of")
    if (datapoints is None) != (of is None):
        missing = "datapoints" if datapoints is None else "of"
        yield Problem(missing, "nothing", "datapoints and of are written together", "Write both, or neither.")
    judged = _metric(period=arguments.get("period", _SECONDS))
    if datapoints is not None and of is not None:
        yield from window_problems(_stand_in(judged, datapoints, of))
    yield from _nameless(period_problems, judged)


def _metric(*, namespace: str = "Any", period: int = _SECONDS, dimensions: Mapping[str, str] | None = None) -> Metric:
    """Return a metric to try a rule on that looks at only some of the metric's fields."""
    return Metric(
        namespace=namespace, name="any", statistic="Sum", unit="Count", dimensions=dimensions or {}, period=period
    )


def _stand_in(judged: Metric, datapoints: int = 1, of: int = 1) -> Condition:
    return Condition(judged > Quantity(0, judged.measure), datapoints, of)


def _nameless(rule: Callable[[Condition], Iterable[Problem]], judged: Metric) -> Iterator[Problem]:
    """Yield a rule's problems without the metric's name, which the file's path says."""
    for problem in rule(_stand_in(judged)):
        yield replace(problem, where=problem.where.removeprefix(f"{judged.name}."))


def _dimension(where: str, namespace: str, **dimensions: str) -> Iterator[Problem]:
    """Check what AWS's own metrics are found by."""
    for problem in metric_problems(_stand_in(_metric(namespace=namespace, dimensions=dimensions))):
        yield replace(problem, where=where)


def _check_once(where: str, values: Sequence[str]) -> Iterator[Problem]:
    for index, value in enumerate(values):
        if value in values[:index]:
            yield Problem(f"{where}[{index}]", repr(value), "it is in the list already", "Name it once.")


def _check_clusters(section: AlertsSection) -> Iterator[Problem]:
    kubernetes, silent = section.pack("kubernetes"), section.pack("silent_clusters")
    if kubernetes:
        yield from _check_once("alerts.kubernetes.clusters", kubernetes.arguments.get("clusters", ()))
    if silent and silent.arguments.get("heartbeats") == {}:
        rule = "an inventory names at least one"
        yield Problem("alerts.silent_clusters.heartbeats", "none", rule, "Remove the section.")


def _check_balancer(balancer: DeclaredPack) -> Iterator[Problem]:
    if "arn_suffix" in balancer.arguments:
        suffix = balancer.arguments["arn_suffix"]
        yield from _dimension(f"{balancer.path}.arn_suffix", "AWS/ApplicationELB", LoadBalancer=suffix)
    for hosts in balancer.several("unhealthy_hosts"):
        group = hosts.arguments["target_group"]
        yield from _dimension(f"{hosts.path}.target_group", "AWS/ApplicationELB", TargetGroup=group)
    latency = balancer.alarm("latency")
    statistic = latency.arguments.get("statistic") if latency else None
    if statistic is not None and not is_percentile(statistic):
        where = f"{balancer.path}.latency.statistic"
        yield Problem(where, repr(statistic), "the alarm judges a percentile", "Write p50, p90 or p99.")
    for needed in ("success_rate", "latency"):
        if "cold_start_storm" in balancer.table and needed not in balancer.table:
            fix = f"Add {needed}, or remove cold_start_storm."
            rule = "cold_start_storm joins it with cold starts"
            yield Problem(f"{balancer.path}.{needed}", "nothing", rule, fix)


def _check_mute(mute: DeclaredAlarm) -> Iterator[Problem]:
    """Check a mute rule without the alarms that it names, which are not declared yet."""
    from northsouth.alerts.mutes.rules import mute_rule_problems

    keys = {**{key: parameter.default for key, parameter in mute_keys().items()}, **mute.arguments}
    alarms = keys.pop("alarms")
    yield from mute_rule_problems(name=mute.name, alarms=alarms, **keys)


def _check_nat(section: AlertsSection, nat: object) -> Iterator[Problem]:
    pack = section.pack("nat")
    if isinstance(nat, NatSection) and nat.mode == "none" and pack and pack.table:
        rule = 'nat.mode = "none" leaves nothing to measure'
        yield Problem("alerts.nat", "alarms", rule, "Remove this section.")


def _check_egress(section: AlertsSection, egress: object) -> Iterator[Problem]:
    pack = section.pack("egress")
    if pack and pack.table and (not isinstance(egress, EgressSection) or egress.analysis is None):
        rule, fix = "the file declares no [egress.analysis]", "Add one, or remove this section."
        yield Problem("alerts.egress", "alarms", rule, fix)


def _check_archive(section: AlertsSection, logs: object) -> Iterator[Problem]:
    if isinstance(logs, LogsSection) and logs.archive is not None:
        return
    meta = section.pack("meta")
    for where, is_declared in (
        ("alerts.archive", section.pack("archive") is not None),
        ("alerts.meta.dead_letters", meta is not None and "dead_letters" in meta.table),
    ):
        if is_declared:
            yield Problem(where, "alarms", "the file declares no [logs.archive]", "Add one, or remove this section.")


def _check_dns(section: AlertsSection, dns: object) -> Iterator[Problem]:
    pack = section.pack("dns")
    unused = pack.alarm("override_unused") if pack else None
    if unused is None:
        return
    where, watched = f"{unused.path}.names", unused.arguments["names"]
    sets = dns.override_sets.values() if isinstance(dns, DnsSection) else ()
    overridden = {_canonical(name) for labels in sets for name in labels.names}
    yield from _check_once(where, [_canonical(name) for name in watched])
    for index, name in enumerate(watched):
        if _canonical(name) not in overridden:
            rule = "no set in dns.override_sets has this name"
            yield Problem(f"{where}[{index}]", repr(name), rule, "Name one that is overridden.")


def _check_notifications(section: AlertsSection) -> Iterator[Problem]:
    meta = section.pack("meta")
    notified = {severity for receiver in section.routes.receivers for severity in receiver.severities}
    if (
        meta is not None
        and "failed_notifications" in meta.table
        and section.routes.complete
        and not notified >= set(NOTIFIED)
    ):
        rule = "the alarm on a topic is sent through the other topic, and this file does not declare both"
        fix = "Add a receiver of the other to alerts.routes."
        yield Problem("alerts.meta.failed_notifications", "an alarm", rule, fix)


def _canonical(name: str) -> str:
    try:
        return canonical_domain(name)
    except InvalidNameError:
        return name
