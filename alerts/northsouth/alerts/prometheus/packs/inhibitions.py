"""Inhibitions for an Alertmanager: which alerts of the packs silence which others; pure."""

from __future__ import annotations

from northsouth.alerts.alertmanager.delivery import Inhibition

CLUSTERS_SILENT = Inhibition(
    source={"alertname": "ClustersSilent"}, target={"alertname": "ClusterMetricsStopped"}, equal=()
)
"""``ClustersSilent`` silences ``ClusterMetricsStopped`` of every cluster."""

DISK_NEARLY_FULL = Inhibition(
    source={"alertname": "HostDiskNearlyFull"},
    target={"alertname": "HostDiskFilling"},
    equal=("cluster", "instance", "mountpoint"),
)
"""``HostDiskNearlyFull`` silences ``HostDiskFilling`` for the same disk."""

POOL_EXHAUSTED = Inhibition(
    source={"alertname": "PoolExhausted"},
    target={"alertname": "PoolNearlyUsedUp"},
    equal=("cluster", "instance", "pool", "resource"),
)
"""``PoolExhausted`` silences ``PoolNearlyUsedUp`` for the same pool."""
