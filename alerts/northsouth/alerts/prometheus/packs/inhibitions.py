"""Which alerts of the packs hold back which, for an Alertmanager; pure."""

from __future__ import annotations

from northsouth.alerts.alertmanager.delivery import Inhibition

CLUSTERS_SILENT = Inhibition(
    source={"alertname": "ClustersSilent"}, target={"alertname": "ClusterMetricsStopped"}, equal=()
)
"""That every cluster is silent is told once, and not again in each cluster's name."""

DISK_NEARLY_FULL = Inhibition(
    source={"alertname": "HostDiskNearlyFull"},
    target={"alertname": "HostDiskFilling"},
    equal=("cluster", "instance", "mountpoint"),
)
"""Of a disk that is nearly full it is not told as well that it will be."""

POOL_EXHAUSTED = Inhibition(
    source={"alertname": "PoolExhausted"},
    target={"alertname": "PoolNearlyUsedUp"},
    equal=("cluster", "instance", "pool", "resource"),
)
"""Of a pool that somebody waits for it is not told as well that it is nearly used up."""
