"""Packs of Prometheus rules: tuned alerts for one subject each, with their tests.

Needs the extra ``prometheus``: ``pip install 'northsouth[prometheus]'``.
"""

from typing import TYPE_CHECKING

from northsouth import bindings
from northsouth.exports import lazy

bindings.install()

if TYPE_CHECKING:
    from northsouth.alerts.prometheus.packs.cluster_signal import ClusterSignal
    from northsouth.alerts.prometheus.packs.completeness import PipelineCompleteness
    from northsouth.alerts.prometheus.packs.elasticsearch import ElasticsearchRules
    from northsouth.alerts.prometheus.packs.filebeat import FilebeatRules
    from northsouth.alerts.prometheus.packs.hops import Hop
    from northsouth.alerts.prometheus.packs.hosts import HostRules
    from northsouth.alerts.prometheus.packs.inhibitions import (
        BACKLOGS_BEHIND_ELASTICSEARCH,
        CLUSTERS_SILENT,
        DISK_NEARLY_FULL,
        INHIBITIONS,
        INODES_OF_FULL_DISK,
        JOB_DOWN,
        KUBERNETES_API_REFUSALS,
        POOL_EXHAUSTED,
    )
    from northsouth.alerts.prometheus.packs.kubernetes_api import KubernetesApiRules
    from northsouth.alerts.prometheus.packs.kubernetes_clients import Clients
    from northsouth.alerts.prometheus.packs.logstash import LogstashRules
    from northsouth.alerts.prometheus.packs.models import ModelRules
    from northsouth.alerts.prometheus.packs.pools import Pool, PoolRules
    from northsouth.alerts.prometheus.packs.silent_clusters import SilentClusterRules
    from northsouth.alerts.prometheus.packs.silent_clusters_parameters import Replicas
    from northsouth.alerts.prometheus.packs.targets import TargetRules
    from northsouth.alerts.prometheus.selectors import Like

__getattr__, __dir__ = lazy(
    __name__,
    {
        "BACKLOGS_BEHIND_ELASTICSEARCH": "northsouth.alerts.prometheus.packs.inhibitions",
        "Clients": "northsouth.alerts.prometheus.packs.kubernetes_clients",
        "CLUSTERS_SILENT": "northsouth.alerts.prometheus.packs.inhibitions",
        "DISK_NEARLY_FULL": "northsouth.alerts.prometheus.packs.inhibitions",
        "INHIBITIONS": "northsouth.alerts.prometheus.packs.inhibitions",
        "INODES_OF_FULL_DISK": "northsouth.alerts.prometheus.packs.inhibitions",
        "JOB_DOWN": "northsouth.alerts.prometheus.packs.inhibitions",
        "KUBERNETES_API_REFUSALS": "northsouth.alerts.prometheus.packs.inhibitions",
        "POOL_EXHAUSTED": "northsouth.alerts.prometheus.packs.inhibitions",
        "ClusterSignal": "northsouth.alerts.prometheus.packs.cluster_signal",
        "ElasticsearchRules": "northsouth.alerts.prometheus.packs.elasticsearch",
        "FilebeatRules": "northsouth.alerts.prometheus.packs.filebeat",
        "Hop": "northsouth.alerts.prometheus.packs.hops",
        "HostRules": "northsouth.alerts.prometheus.packs.hosts",
        "KubernetesApiRules": "northsouth.alerts.prometheus.packs.kubernetes_api",
        "Like": "northsouth.alerts.prometheus.selectors",
        "LogstashRules": "northsouth.alerts.prometheus.packs.logstash",
        "ModelRules": "northsouth.alerts.prometheus.packs.models",
        "PipelineCompleteness": "northsouth.alerts.prometheus.packs.completeness",
        "Pool": "northsouth.alerts.prometheus.packs.pools",
        "PoolRules": "northsouth.alerts.prometheus.packs.pools",
        "Replicas": "northsouth.alerts.prometheus.packs.silent_clusters_parameters",
        "SilentClusterRules": "northsouth.alerts.prometheus.packs.silent_clusters",
        "TargetRules": "northsouth.alerts.prometheus.packs.targets",
    },
)

__all__ = [
    "BACKLOGS_BEHIND_ELASTICSEARCH",
    "CLUSTERS_SILENT",
    "DISK_NEARLY_FULL",
    "INHIBITIONS",
    "INODES_OF_FULL_DISK",
    "JOB_DOWN",
    "KUBERNETES_API_REFUSALS",
    "POOL_EXHAUSTED",
    "Clients",
    "ClusterSignal",
    "ElasticsearchRules",
    "FilebeatRules",
    "Hop",
    "HostRules",
    "KubernetesApiRules",
    "Like",
    "LogstashRules",
    "ModelRules",
    "PipelineCompleteness",
    "Pool",
    "PoolRules",
    "Replicas",
    "SilentClusterRules",
    "TargetRules",
]
