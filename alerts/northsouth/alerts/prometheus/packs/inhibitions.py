"""Inhibitions for an Alertmanager: which alerts of the packs silence which others; pure."""

from __future__ import annotations

from collections.abc import Sequence

from northsouth.alerts.alertmanager.delivery import Inhibition
from northsouth.alerts.prometheus.packs.elasticsearch_parameters import CLUSTER


def _silences(source: str, target: str, *equal: str) -> Inhibition:
    return Inhibition(source={"alertname": source}, target={"alertname": target}, equal=equal)


CLUSTERS_SILENT = _silences("ClustersSilent", "ClusterMetricsStopped")
"""``ClustersSilent`` silences ``ClusterMetricsStopped`` of every cluster."""

DISK_NEARLY_FULL = _silences("HostDiskNearlyFull", "HostDiskFilling", "cluster", "instance", "mountpoint")
"""``HostDiskNearlyFull`` silences ``HostDiskFilling`` for the same disk."""

INODES_OF_FULL_DISK = _silences("HostDiskNearlyFull", "HostInodesNearlyUsedUp", "cluster", "instance", "mountpoint")
"""``HostDiskNearlyFull`` silences ``HostInodesNearlyUsedUp`` for the same disk: XFS makes inodes from free space."""

POOL_EXHAUSTED = _silences("PoolExhausted", "PoolNearlyUsedUp", "cluster", "instance", "pool", "resource")
"""``PoolExhausted`` silences ``PoolNearlyUsedUp`` for the same pool."""

JOB_DOWN = _silences("JobDown", "TargetDown", "cluster", "job")
"""``JobDown`` silences ``TargetDown`` for the targets of the same job."""

_FLOW = ("cluster", "flow_schema", "priority_level", "reason")
KUBERNETES_API_REFUSALS: Sequence[Inhibition] = (
    _silences("KubernetesApiOneClient", "KubernetesApiEvictionsRefused", "cluster", "verb", "resource", "subresource"),
    _silences("KubernetesApiFlowRejected", "KubernetesApiFlowRejectedFirst", *_FLOW),
    _silences("KubernetesApiRefused", "KubernetesApiRefusedFirst", "cluster"),
    _silences("KubernetesApiFlowRejectedFirst", "KubernetesApiRefusedFirst", "cluster"),
)
"""Of what refused requests set off in a cluster, the alert that says more silences the one that says less.

- ``KubernetesApiOneClient`` silences ``KubernetesApiEvictionsRefused``, if evictions are what that client asks for.
- The alerts on rates silence the two ``First`` alerts, which are for bursts that no rate shows.
- ``KubernetesApiFlowRejectedFirst`` silences ``KubernetesApiRefusedFirst``: rejected requests are answered with 429.
"""

_BLOCKED = ("ElasticsearchRed", "ElasticsearchReadOnly")
_BACKLOGS = (
    "LogstashBackpressure",
    "LogstashStalled",
    "LogstashQueueFills",
    "FilebeatFailing",
    "FilebeatQueueFull",
    "FilebeatBlocked",
)
BACKLOGS_BEHIND_ELASTICSEARCH: Sequence[Inhibition] = tuple(
    _silences(source, target, CLUSTER) for source in _BLOCKED for target in _BACKLOGS
)
"""An Elasticsearch cluster that is red or takes no writes silences the backlogs of Logstash and Filebeat behind it.

``LogstashRules`` and ``FilebeatRules`` say in ``elasticsearch`` which cluster that is. Nothing silences the alerts on
events and documents that are lost.
"""

INHIBITIONS: Sequence[Inhibition] = (
    CLUSTERS_SILENT,
    DISK_NEARLY_FULL,
    INODES_OF_FULL_DISK,
    POOL_EXHAUSTED,
    JOB_DOWN,
    *KUBERNETES_API_REFUSALS,
    *BACKLOGS_BEHIND_ELASTICSEARCH,
)
"""All of them, for ``Alertmanager(inhibitions=(SAME_ALERT, *INHIBITIONS))``."""
