"""The alarms of one environment: the packs that its file names, with what the file says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from constructs import Construct

from northsouth.alerts.alarm import Alarm
from northsouth.alerts.composite import CompositeAlarm
from northsouth.alerts.packs.archival import ArchivalSuccess
from northsouth.alerts.packs.certificates import CertificateAlarms
from northsouth.alerts.packs.dns import DnsAlarms
from northsouth.alerts.packs.eks import KubernetesApiAlarms
from northsouth.alerts.packs.handoff import HandoffAlarms, LogEvents
from northsouth.alerts.packs.load_balancer import LoadBalancerAlarms
from northsouth.alerts.packs.log_archive import LogArchiveAlarms
from northsouth.alerts.packs.managed_prometheus import ManagedPrometheusAlarms
from northsouth.alerts.packs.meta import AlarmsOnAlarms
from northsouth.alerts.packs.nat import NatAlarms
from northsouth.alerts.packs.pack import Pack
from northsouth.alerts.packs.silent_cluster import SilentClusters
from northsouth.alerts.response import Response
from northsouth.alerts.routes.notification_routes import NotificationRoutes
from northsouth.alerts.routes.rules import topic_name
from northsouth.dns.dns_overrides import DnsOverrides
from northsouth.dns.metrics import domain_list_volume
from northsouth.dns.names import canonical_domain
from northsouth.egress.nat_gateways import NatGateways
from northsouth.logs.archive import LogArchive
from northsouth.stacks.alert_settings import (
    AlertsSection,
    HandoffSection,
    LoadBalancerSection,
    ManagedPrometheusSection,
    MetaSection,
)
from northsouth.stacks.alert_wording import alarms, arguments, metric
from northsouth.stacks.route_wording import routes
from northsouth.stacks.section import Section

if TYPE_CHECKING:
    from northsouth.stacks.prometheus import Prometheus


@dataclass(frozen=True, slots=True)
class WatchedArchive:
    """The archive, the name its metrics have, and the seconds of its window."""

    construct: LogArchive
    name: str
    period: int


@dataclass(frozen=True, slots=True)
class Watched:
    """What the environment declares and its alarms can be about."""

    nat: NatGateways
    overrides: DnsOverrides | None
    archive: WatchedArchive | None
    prometheus: Prometheus | None
    region: str


class Alarms(Construct):
    """Every alarm of an environment, and the ways to those who are told.

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
        declared, prometheus = routes(alerts.routes, environment), watched.prometheus
        self.routes = NotificationRoutes(
            self,
            "routes",
            routes=declared,
            name=environment,
            runbook=f"{self._runbook}/routes",
            kms_key_arn=alerts.routes.kms_key_arn,
            prometheus_workspaces=[prometheus.workspace.workspace_id] if prometheus and prometheus.tells else [],
        )
        self._topics = {route.severity: topic_name(route, environment) for route in declared.routes}
        self._told = self.routes.response("")
        if prometheus:
            topics = {severity: topic.arn for severity, topic in self.routes.topics.items()}
            prometheus.tell(declared, topics, watched.region)
        self.watched = watched
        self.serving: dict[str, LoadBalancerAlarms] = {}
        if alerts.nat.model_fields_set:
            _declare(NatAlarms(self, "nat", gateways=watched.nat, respond=self._respond("nat")), alerts.nat)
        if alerts.archive and watched.archive:
            self._on_archive(alerts.archive, watched.archive)
        self._on_archives_elsewhere(alerts)
        self._on_clusters(alerts)
        for name, balancer in alerts.load_balancers.items():
            self._on_balancer(name, balancer)
        if alerts.handoff:
            self._on_handoffs(alerts.handoff)
        if alerts.certificates:
            pack = CertificateAlarms(self, "certificates", respond=self._respond("certificates"))
            for name, certificate in alerts.certificates.items():
                pack.expiry(name, **arguments(certificate))
        if alerts.dns.override_unused and watched.overrides:
            said = arguments(alerts.dns.override_unused)
            self._on_overrides(watched.overrides, said.pop("names"), said)
        self._on_alarms(alerts.meta, watched.archive)
        if alerts.prometheus and watched.prometheus:
            self._on_prometheus(alerts.prometheus, watched.prometheus)
        self.routes.refuse_unused(self._declared())

    def _declared(self) -> list[Alarm | CompositeAlarm]:
        """Return the alarms that the file asks for; those of the routes themselves are not among them."""
        packs = [child for child in self.node.children if child is not self.routes]
        found = [each for pack in packs for each in pack.node.find_all()]
        return [each for each in found if isinstance(each, Alarm | CompositeAlarm)]

    def _respond(self, page: str) -> Response:
        """Return who is told of a pack's alarms; its page of the runbook is below the file's."""
        return replace(self._told, runbook=f"{self._runbook}/{page}")

    def _on_archive(self, section: Section, archive: WatchedArchive) -> None:
        for source, job in archive.construct.jobs.items():
            pack = LogArchiveAlarms(
                self,
                f"archive-{source}",
                archive=archive.name,
                source=source,
                respond=self._respond("archive"),
                period=archive.period,
            )
            known = {"failed_runs": {"state_machine_arn": job.state_machine.arn}}
            _declare(pack, section, known)

    def _on_archives_elsewhere(self, alerts: AlertsSection) -> None:
        for name, section in alerts.archival.items():
            pack = ArchivalSuccess(
                self,
                f"archival-{name}",
                archived=metric(section.archived),
                requests=metric(section.requests),
                respond=self._respond("archival"),
            )
            _declare(pack, section)

    def _on_clusters(self, alerts: AlertsSection) -> None:
        if alerts.kubernetes:
            for cluster in alerts.kubernetes.clusters:
                respond = self._respond("kubernetes")
                pack = KubernetesApiAlarms(self, f"kubernetes-{cluster}", cluster=cluster, respond=respond)
                _declare(pack, alerts.kubernetes)
        if alerts.silent_clusters:
            said = arguments(alerts.silent_clusters)
            said["heartbeats"] = {name: metric(each) for name, each in alerts.silent_clusters.heartbeats.items()}
            SilentClusters(self, "silent-clusters", respond=self._respond("silent-clusters"), **said)

    def _on_balancer(self, name: str, section: LoadBalancerSection) -> None:
        pack = LoadBalancerAlarms(
            self, f"serving-{name}", load_balancer=section.arn_suffix, respond=self._respond("serving")
        )
        self.serving[name] = pack
        success = pack.success_rate(**arguments(section.success_rate)) if section.success_rate else None
        latency = pack.latency(**arguments(section.latency)) if section.latency else None
        for group, hosts in section.unhealthy_hosts.items():
            pack.unhealthy_hosts(group, **arguments(hosts))
        if section.cold_start_storm and success and latency:
            said = arguments(section.cold_start_storm)
            cold_starts = said.pop("cold_starts") / said.pop("requests")
            pack.cold_start_storm(success, latency, cold_starts=cold_starts, **said)
        tls = CertificateAlarms(self, f"tls-{name}", respond=self._respond("certificates"))
        if section.client_tls_errors:
            tls.client_tls_errors(section.arn_suffix, **arguments(section.client_tls_errors))
        if section.target_tls_errors:
            tls.target_tls_errors(section.arn_suffix, **arguments(section.target_tls_errors))

    def _on_handoffs(self, section: HandoffSection) -> None:
        if section.log:
            LogEvents(
                self,
                "events",
                log_group=section.log.group,
                namespace=section.log.namespace,
                events=section.log.events,
                field=section.log.field,
            )
        _declare(HandoffAlarms(self, "handoff", respond=self._respond("handoff")), section)

    def _on_overrides(self, overrides: DnsOverrides, names: list[str], said: Mapping[str, Any]) -> None:
        pack = DnsAlarms(self, "dns", respond=self._respond("dns"))
        for name in map(canonical_domain, names):
            for key, list_ids in overrides.domain_list_ids.items():
                if name in list_ids:
                    volume = domain_list_volume(overrides.rule_groups[key].id, list_ids[name])
                    pack.override_unused(name.rstrip("."), volume, **said)

    def _on_alarms(self, section: MetaSection, archive: WatchedArchive | None) -> None:
        pack = AlarmsOnAlarms(self, "meta", respond=self._respond("meta"))
        if section.dead_letters and archive:
            pack.dead_letters("archive", archive.construct.dead_letters.name, **arguments(section.dead_letters))
        for name, beat in section.heartbeats.items():
            pack.heartbeat(name, **arguments(beat))
        if section.failed_notifications:
            # A topic that fails cannot tell of it: the other one does.
            for severity, other in (("critical", "warning"), ("warning", "critical")):
                respond = Response.notify(f"{self._runbook}/meta", *self._told.told(other))
                AlarmsOnAlarms(self, f"meta-{severity}", respond=respond).failed_notifications(
                    severity, self._topics[severity], **arguments(section.failed_notifications)
                )

    def _on_prometheus(self, section: ManagedPrometheusSection, prometheus: Prometheus) -> None:
        pack = ManagedPrometheusAlarms(
            self,
            "prometheus",
            workspace_id=prometheus.workspace.workspace_id,
            respond=self._respond("prometheus"),
        )
        groups = [{"namespace": namespace, "group": group} for namespace, group in prometheus.groups]
        for method, alarm in alarms(section):
            of_groups = method in ("rules_stopped", "rules_failing")
            for known in groups if of_groups else [{}]:
                getattr(pack, method)(**known, **arguments(alarm))


def _declare(pack: Pack, section: Section, known: Mapping[str, Mapping[str, Any]] | None = None) -> None:
    """Declare the alarms of a table: each by the pack's method of its name.

    Args:
        pack: the pack.
        section: its table.
        known: by method, arguments that the stack knows and the file need not say.

    """
    for method, alarm in alarms(section):
        getattr(pack, method)(**(known or {}).get(method, {}), **arguments(alarm))
