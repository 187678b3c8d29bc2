"""Packs: sets of tuned alarms, one set for one kind of resource or service."""

from typing import TYPE_CHECKING

from northsouth import bindings
from northsouth.exports import lazy

bindings.install()

if TYPE_CHECKING:
    from northsouth.alerts.packs.archival import ArchivalSuccess
    from northsouth.alerts.packs.certificates import CertificateAlarms
    from northsouth.alerts.packs.dns import DnsAlarms
    from northsouth.alerts.packs.egress import EgressAlarms
    from northsouth.alerts.packs.eks import BlockedEvictions, KubernetesApiAlarms
    from northsouth.alerts.packs.handoff import HandoffAlarms, LogEvents
    from northsouth.alerts.packs.load_balancer import LoadBalancerAlarms
    from northsouth.alerts.packs.log_archive import LogArchiveAlarms
    from northsouth.alerts.packs.managed_prometheus import ManagedPrometheusAlarms
    from northsouth.alerts.packs.meta import AlarmsOnAlarms
    from northsouth.alerts.packs.nat import ExistingGateways, NatAlarms
    from northsouth.alerts.packs.opensearch import OpenSearchAlarms
    from northsouth.alerts.packs.silent_cluster import SilentClusters

__getattr__, __dir__ = lazy(
    __name__,
    {
        "AlarmsOnAlarms": "northsouth.alerts.packs.meta",
        "ArchivalSuccess": "northsouth.alerts.packs.archival",
        "BlockedEvictions": "northsouth.alerts.packs.eks",
        "CertificateAlarms": "northsouth.alerts.packs.certificates",
        "DnsAlarms": "northsouth.alerts.packs.dns",
        "EgressAlarms": "northsouth.alerts.packs.egress",
        "ExistingGateways": "northsouth.alerts.packs.nat",
        "HandoffAlarms": "northsouth.alerts.packs.handoff",
        "KubernetesApiAlarms": "northsouth.alerts.packs.eks",
        "LoadBalancerAlarms": "northsouth.alerts.packs.load_balancer",
        "LogArchiveAlarms": "northsouth.alerts.packs.log_archive",
        "LogEvents": "northsouth.alerts.packs.handoff",
        "ManagedPrometheusAlarms": "northsouth.alerts.packs.managed_prometheus",
        "NatAlarms": "northsouth.alerts.packs.nat",
        "OpenSearchAlarms": "northsouth.alerts.packs.opensearch",
        "SilentClusters": "northsouth.alerts.packs.silent_cluster",
    },
)

__all__ = [
    "AlarmsOnAlarms",
    "ArchivalSuccess",
    "BlockedEvictions",
    "CertificateAlarms",
    "DnsAlarms",
    "EgressAlarms",
    "ExistingGateways",
    "HandoffAlarms",
    "KubernetesApiAlarms",
    "LoadBalancerAlarms",
    "LogArchiveAlarms",
    "LogEvents",
    "ManagedPrometheusAlarms",
    "NatAlarms",
    "OpenSearchAlarms",
    "SilentClusters",
]
