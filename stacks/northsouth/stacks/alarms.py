"""The alarms of one environment: the packs that its file names, with the arguments from the file."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from constructs import Construct

from northsouth.alerts import packs
from northsouth.alerts.alarm import Alarm
from northsouth.alerts.composite import CompositeAlarm
from northsouth.alerts.meaning import Severity
from northsouth.alerts.packs.pack import Pack, noisy_at_first
from northsouth.alerts.response import Response
from northsouth.alerts.routes.notification_routes import NotificationRoutes
from northsouth.alerts.routes.route import Routes
from northsouth.alerts.routes.rules import topic_name
from northsouth.dns.metrics import domain_list_volume
from northsouth.dns.names import canonical_domain
from northsouth.errors import ConfigurationError, Problem
from northsouth.stacks.alarm_tables import EVERY_ALARM, AlertsSection, DeclaredAlarm, DeclaredPack
from northsouth.stacks.keys import KeyedError, declaring
from northsouth.stacks.routes import DeclaredRoutes, in_keys

if TYPE_CHECKING:
    from northsouth.dns.dns_overrides import DnsOverrides
    from northsouth.egress.analysis import EgressAnalysis
    from northsouth.egress.nat_gateways import NatGateways
    from northsouth.logs.archive import LogArchive
    from northsouth.stacks.prometheus import Prometheus


_NO_SUCH_ALARM = "no alarm of this file that notifies somebody is called so"


@dataclass(frozen=True, slots=True)
class WatchedArchive:
    """The archive, the name in its metrics, and the length of its window in seconds."""

    construct: LogArchive
    name: str
    period: int


@dataclass(frozen=True, slots=True)
class Watched:
    """The resources of the environment that alarms can watch."""

    nat: NatGateways
    analysis: EgressAnalysis | None
    overrides: DnsOverrides | None
    archive: WatchedArchive | None
    prometheus: Prometheus | None
    region: str


class Alarms(Construct):
    """Every alarm of an environment, and the routes to its receivers.

    Attributes:
        routes: the topics by severity, and the receivers behind them.
        watched: what the alarms are about.
        serving: the alarms on what load balancers serve, by the file's name of the load balancer.

    """

    def __init__(self, scope: Construct, id: str, *, alerts: AlertsSection, environment: str, watched: Watched) -> None:
        """Declare routes and alarms.

        Args:
            scope: the stack.
            id: the name within it; part of the alarms' names.
            alerts: the file's section.
            environment: the environment's name; begins the names of the routes' parts.
            watched: what the alarms are about.

        """
        super().__init__(scope, id)
        self._runbook = alerts.runbook.rstrip("/")
        self._problems: list[Problem] = []
        routes = alerts.routes.in_environment(environment)
        self.routes = self._declare_routes(alerts.routes, routes, environment, watched.prometheus)
        self._topics = {route.severity: topic_name(route, environment) for route in routes.routes}
        self._everybody = self.routes.response("")
        if watched.prometheus:
            topics = {severity: topic.arn for severity, topic in self.routes.topics.items()}
            watched.prometheus.notify(routes, topics, watched.region)
        self.watched = watched
        self.serving: dict[str, packs.LoadBalancerAlarms] = {}
        on: Mapping[str, Callable[[DeclaredPack], None]] = {
            "nat": self._on_nat,
            "egress": self._on_egress,
            "archive": self._on_archive,
            "archival": self._on_archive_elsewhere,
            "opensearch": self._on_domain,
            "kubernetes": self._on_clusters,
            "silent_clusters": self._on_silent_clusters,
            "load_balancers": self._on_balancer,
            "handoff": self._on_handoffs,
            "certificates": self._on_certificates,
            "dns": self._on_overrides,
            "meta": self._on_alarms,
            "prometheus": self._on_prometheus,
        }
        for table, declare in on.items():
            for pack in alerts.packs.get(table, ()):
                declare(pack)
        if self._problems:
            # An alarm that is declared once for each source, cluster or group can be refused as often.
            raise KeyedError("alerts", dict.fromkeys(self._problems))
        declared = self._declared()
        self._hold_back(declared, alerts.quiet_start_minutes, environment)
        for mute in alerts.mutes:
            self._mute(mute, declared, f"{environment}-alarms-")
        try:
            self.routes.refuse_unused(declared)
        except ConfigurationError as error:
            problems = [in_key for problem in error.problems for in_key in in_keys(problem, alerts.routes, environment)]
            raise KeyedError("alerts.routes", [problem.within("alerts.routes") for problem in problems]) from error

    def _hold_back(self, alarms: Sequence[Alarm | CompositeAlarm], minutes: int, environment: str) -> None:
        """Declare a quiet start for the alarms of the file that are raised without data."""
        if minutes and noisy_at_first(alarms):
            from northsouth.alerts.quiet.quiet_start import QuietStart

            with declaring("alerts", ("quiet_start_minutes",), {"minutes": "quiet_start_minutes"}):
                QuietStart(self, "quiet-start", alarms=alarms, minutes=minutes, name=f"{environment}-quiet-start")

    def _mute(self, declared: DeclaredAlarm, every: Sequence[Alarm | CompositeAlarm], prefix: str) -> None:
        """Declare a mute rule. The file names its alarms without the environment's name, with which all names begin."""
        from northsouth.alerts.mutes.mute_rule import MuteRule, acts

        known = {alarm.name.removeprefix(prefix): alarm for alarm in every if acts(alarm)}
        arguments = dict(declared.arguments)
        patterns: Sequence[str] = arguments.pop("alarms", EVERY_ALARM)
        chosen = {pattern: [name for name in known if _matches(name, pattern)] for pattern in patterns}
        unknown = [
            Problem(f"{declared.path}.alarms[{index}]", repr(pattern), _NO_SUCH_ALARM, _closest(pattern, known))
            for index, pattern in enumerate(patterns)
            if not chosen[pattern]
        ]
        if unknown:
            raise KeyedError("alerts.mutes", unknown)
        alarms = [known[name] for name in sorted({name for names in chosen.values() for name in names})]
        with declaring(declared.path, declared.keys):
            MuteRule(self, f"mute-{declared.name}", alarms=alarms, **arguments)

    def _declare_routes(
        self, declared: DeclaredRoutes, routes: Routes, environment: str, prometheus: Prometheus | None
    ) -> NotificationRoutes:
        with declaring("alerts.routes", ("kms_key_arn", "label", "topics")):
            return NotificationRoutes(
                self,
                "routes",
                routes=routes,
                name=environment,
                runbook=f"{self._runbook}/routes",
                kms_key_arn=declared.kms_key_arn,
                prometheus_workspaces=[prometheus.workspace.workspace_id] if prometheus and prometheus.notifies else [],
            )

    def _declared(self) -> list[Alarm | CompositeAlarm]:
        """Return the alarms that the file asks for, without the alarms of the routes themselves."""
        children = [child for child in self.node.children if child is not self.routes]
        constructs = [node for child in children for node in child.node.find_all()]
        return [construct for construct in constructs if isinstance(construct, Alarm | CompositeAlarm)]

    def _respond(self, page: str) -> Response:
        """Return who is notified by a pack's alarms; its page of the runbook is below the file's."""
        return replace(self._everybody, runbook=f"{self._runbook}/{page}")

    def _declare(self, pack: Pack, alarm: DeclaredAlarm, **supplied: Any) -> Alarm | CompositeAlarm | None:  # noqa: ANN401
        """Declare one alarm by the pack's method of its name. Keep its problems for the report.

        Args:
            pack: the pack.
            alarm: what the file says.
            **supplied: arguments that the stack supplies.

        """
        arguments = {**alarm.arguments, **supplied}
        try:
            with declaring(alarm.path, alarm.keys):
                declared: Alarm | CompositeAlarm = getattr(pack, alarm.method)(**arguments)
                return declared
        except KeyedError as error:
            self._problems += error.problems
            return None

    def _declare_all(self, pack: Pack, declared: DeclaredPack, **supplied: Mapping[str, Any]) -> None:
        """Declare all alarms of a table; ``supplied`` are arguments that the stack supplies, by method."""
        for alarm in declared.alarms:
            self._declare(pack, alarm, **supplied.get(alarm.method, {}))

    def _on_nat(self, declared: DeclaredPack) -> None:
        if declared.alarms:
            analysis = self.watched.analysis
            pack = packs.NatAlarms(
                self,
                "nat",
                gateways=self.watched.nat,
                respond=self._respond("nat"),
                new_traffic=analysis.new_traffic if analysis else "",
            )
            self._declare_all(pack, declared)

    def _on_egress(self, declared: DeclaredPack) -> None:
        if self.watched.analysis is None:
            return
        pack = packs.EgressAlarms(self, "egress", analysis=self.watched.analysis.name, respond=self._respond("egress"))
        for alarm in declared.alarms:
            if alarm.method == "traffic":
                self._declare(pack, alarm, name=alarm.name)
            else:
                self._declare(pack, alarm)

    def _on_archive(self, declared: DeclaredPack) -> None:
        archive = self.watched.archive
        if archive is None:
            return
        for source, job in archive.construct.jobs.items():
            pack = packs.LogArchiveAlarms(
                self,
                f"archive-{source}",
                archive=archive.name,
                source=source,
                respond=self._respond("archive"),
                period=archive.period,
            )
            self._declare_all(pack, declared, failed_runs={"state_machine_arn": job.state_machine.arn})

    def _on_archive_elsewhere(self, declared: DeclaredPack) -> None:
        respond = self._respond("archival")
        pack = packs.ArchivalSuccess(self, f"archival-{declared.name}", respond=respond, **declared.arguments)
        self._declare_all(pack, declared)

    def _on_domain(self, declared: DeclaredPack) -> None:
        try:
            with declaring(declared.path, declared.keys):
                respond = self._respond("opensearch")
                pack = packs.OpenSearchAlarms(
                    self, f"opensearch-{declared.name}", respond=respond, **declared.arguments
                )
        except KeyedError as error:
            self._problems += error.problems
            return
        self._declare_all(pack, declared)

    def _on_clusters(self, declared: DeclaredPack) -> None:
        for cluster in declared.arguments["clusters"]:
            respond = self._respond("kubernetes")
            pack = packs.KubernetesApiAlarms(self, f"kubernetes-{cluster}", cluster=cluster, respond=respond)
            self._declare_all(pack, declared)

    def _on_silent_clusters(self, declared: DeclaredPack) -> None:
        try:
            with declaring(declared.path, declared.keys):
                respond = self._respond("silent-clusters")
                packs.SilentClusters(self, "silent-clusters", respond=respond, **declared.arguments)
        except KeyedError as error:
            self._problems += error.problems

    def _on_balancer(self, declared: DeclaredPack) -> None:
        balancer, respond = declared.arguments["arn_suffix"], self._respond("serving")
        pack = packs.LoadBalancerAlarms(self, f"serving-{declared.name}", load_balancer=balancer, respond=respond)
        self.serving[declared.name] = pack
        tls = packs.CertificateAlarms(self, f"tls-{declared.name}", respond=self._respond("certificates"))
        by_method: dict[str, Alarm | CompositeAlarm | None] = {}
        for alarm in declared.alarms:
            if alarm.method == "unhealthy_hosts":
                self._declare(pack, alarm, name=alarm.name)
            elif alarm.method in ("client_tls_errors", "target_tls_errors"):
                self._declare(tls, alarm, load_balancer=balancer)
            elif alarm.method == "cold_start_storm":
                joined = {method: by_method.get(method) for method in ("success_rate", "latency")}
                if all(joined.values()):
                    share = alarm.arguments["cold_starts"] / alarm.arguments["requests"]
                    self._declare(pack, alarm, **{**joined, "cold_starts": share})
            else:
                by_method[alarm.method] = self._declare(pack, alarm)

    def _on_handoffs(self, declared: DeclaredPack) -> None:
        if log := declared.arguments.get("log"):
            with declaring(f"{declared.path}.log", ("group", "namespace", "events", "field"), {"log_group": "group"}):
                packs.LogEvents(
                    self, "events", log_group=log.group, namespace=log.namespace, events=log.events, field=log.field
                )
        self._declare_all(packs.HandoffAlarms(self, "handoff", respond=self._respond("handoff")), declared)

    def _on_certificates(self, declared: DeclaredPack) -> None:
        if declared.alarms:
            pack = packs.CertificateAlarms(self, "certificates", respond=self._respond("certificates"))
            for alarm in declared.alarms:
                self._declare(pack, alarm, name=alarm.name)

    def _on_overrides(self, declared: DeclaredPack) -> None:
        alarm, overrides = declared.alarm("override_unused"), self.watched.overrides
        if alarm is None or overrides is None:
            return
        pack = packs.DnsAlarms(self, "dns", respond=self._respond("dns"))
        arguments = dict(alarm.arguments)
        names = [canonical_domain(name) for name in arguments.pop("names")]
        of_one = replace(alarm, arguments=arguments)
        for name in names:
            for key, list_ids in overrides.domain_list_ids.items():
                if name in list_ids:
                    volume = domain_list_volume(overrides.rule_groups[key].id, list_ids[name])
                    self._declare(pack, of_one, name=name.rstrip("."), volume=volume)

    def _on_alarms(self, declared: DeclaredPack) -> None:
        pack = packs.AlarmsOnAlarms(self, "meta", respond=self._respond("meta"))
        for alarm in declared.alarms:
            if alarm.method == "heartbeat":
                self._declare(pack, alarm, name=alarm.name)
            elif alarm.method == "dead_letters" and self.watched.archive:
                queue = self.watched.archive.construct.dead_letters.name
                self._declare(pack, alarm, name="archive", queue=queue)
            elif alarm.method == "failed_notifications":
                # A topic that fails cannot notify anybody: the other one does.
                for severity, other in ((Severity.CRITICAL, Severity.WARNING), (Severity.WARNING, Severity.CRITICAL)):
                    respond = Response.notify(f"{self._runbook}/meta", *self._everybody.told(other))
                    of_topic = packs.AlarmsOnAlarms(self, f"meta-{severity}", respond=respond)
                    self._declare(of_topic, alarm, name=severity, topic=self._topics[severity])

    def _on_prometheus(self, declared: DeclaredPack) -> None:
        prometheus = self.watched.prometheus
        if prometheus is None:
            return
        workspace = prometheus.workspace.workspace_id
        pack = packs.ManagedPrometheusAlarms(
            self, "prometheus", workspace_id=workspace, respond=self._respond("prometheus")
        )
        for alarm in declared.alarms:
            if alarm.method in ("rules_stopped", "rules_failing"):
                for namespace, group in prometheus.groups:
                    self._declare(pack, alarm, namespace=namespace, group=group)
            else:
                self._declare(pack, alarm)


def _matches(name: str, pattern: str) -> bool:
    """Return whether a pattern matches an alarm's name: the whole name, or its beginning with a star."""
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def _closest(pattern: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(pattern.rstrip("*"), known, n=1)
    return f"Did you mean {near[0]!r}?" if near else 'Write a name, or what names begin with and a star: "nat-*".'
