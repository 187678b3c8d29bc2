"""The parameters of the rules on Elasticsearch, the metrics that they read, and what is wrong with them; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from northsouth.alerts.prometheus.packs.cluster_pack import ClusterPack
from northsouth.alerts.prometheus.packs.parameters import (
    fraction,
    length_problems,
    quantity_problems,
    share_problems,
)
from northsouth.alerts.prometheus.selectors import Like
from northsouth.errors import Problem
from northsouth.metrics.units import CountThreshold, Threshold, count, percent

HEALTH = "elasticsearch_cluster_health_status"
RELOCATING = "elasticsearch_cluster_health_relocating_shards"
READ_ONLY = "elasticsearch_indices_settings_stats_read_only_indices"
AVAILABLE, SIZE = "elasticsearch_filesystem_data_available_bytes", "elasticsearch_filesystem_data_size_bytes"
HEAP, HEAP_MAX = "elasticsearch_jvm_memory_used_bytes", "elasticsearch_jvm_memory_max_bytes"
REJECTED = "elasticsearch_thread_pool_rejected_count"
TRIPPED = "elasticsearch_breakers_tripped"
WRITES = Like("write|bulk", example="write")
"""The thread pool of writes; before Elasticsearch 6.3 it is ``bulk``."""
CLUSTER = "elasticsearch"
"""The label by which alerts on backlogs say which cluster their documents go to; inhibitions compare it."""


def behind(cluster: str) -> dict[str, str]:
    """Return the label of an alert on a backlog: the Elasticsearch cluster behind it, if it is named."""
    return {CLUSTER: cluster} if cluster else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class ElasticsearchParameters(ClusterPack):
    """The parameters of :class:`~northsouth.alerts.prometheus.packs.ElasticsearchRules`.

    Attributes:
        label: the label that names the Elasticsearch cluster. The exporter itself sets ``cluster``.
        red_for: how long a primary shard is missing before the alert fires. A node restarts faster than the default.
        yellow_for: how long replicas are missing before the alert fires. Elasticsearch needs time to copy them.
        disk_low: the available share of a node's disk below which the warning fires.
        disk_below: the available share below which the critical alert fires.
        disk_for: how long the disk is that full before the alerts fire.
        heap_over: the share of a node's heap in use above which the alert fires. Garbage collection lowers it now and
            then.
        heap_for: how long the heap is that full before the alert fires.
        rejected: the number of writes refused by a node within 10 minutes from which the alert fires.
        rejected_for: how long a node refuses so many before the alert fires. Clients repeat the writes of a short
            burst, so it does no harm.
        relocating_for: how long Elasticsearch moves shards before the alert fires.

    Raises:
        ConfigurationError: with everything that is wrong with the parameters.

    """

    red_for: str = "2m"
    yellow_for: str = "20m"
    disk_low: Threshold = percent(15)
    disk_below: Threshold = percent(10)
    disk_for: str = "5m"
    heap_over: Threshold = percent(90)
    heap_for: str = "15m"
    rejected: CountThreshold = count(20)
    rejected_for: str = "10m"
    relocating_for: str = "1h"

    def _problems(self) -> Iterator[Problem]:
        """Yield what is wrong with the pack's own parameters."""
        waits = ("red_for", "yellow_for", "disk_for", "heap_for", "rejected_for", "relocating_for")
        yield from length_problems(self, *waits)
        yield from share_problems(self, "disk_low", "disk_below", "heap_over")
        if fraction(self.disk_low) <= fraction(self.disk_below):
            rule = f"it is above disk_below, {self.disk_below}: the warning comes first"
            yield Problem("disk_low", str(self.disk_low), rule, "Write percent(15).")
        yield from quantity_problems(self, count(1), "rejected")
