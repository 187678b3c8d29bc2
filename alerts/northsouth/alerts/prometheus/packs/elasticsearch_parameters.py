"""The parameters of the rules on Elasticsearch, the metrics that they read, and what is wrong with them; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from northsouth.alerts.prometheus.packs.parameters import fraction, quantity_problems, share_problems
from northsouth.alerts.prometheus.packs.silences import fleet_problems
from northsouth.alerts.prometheus.selectors import Like, Match
from northsouth.errors import Problem, refuse
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ElasticsearchParameters:
    """The parameters of :class:`~northsouth.alerts.prometheus.packs.ElasticsearchRules`.

    Attributes:
        runbook: address of a page with a section for each alert.
        match: which clusters; all of them if not given.
        label: the label that names the Elasticsearch cluster. The exporter itself sets ``cluster``.
        red_for: for how long a primary shard may be missing; a node restarts faster.
        yellow_for: for how long replicas may be missing; copying them takes its time.
        silent_for: for how long nothing may be known of a cluster.
        memory: how far back a cluster is remembered of which nothing is known now.
        disk_low: the share of a node's disk that is available at which the warning fires.
        disk_below: the share at which the critical alert fires.
        disk_for: for how long.
        heap_over: the share of a node's heap in use; collecting garbage brings it down in between.
        heap_for: for how long.
        rejected: as many writes that a node refused within 10 minutes raise the alert.
        rejected_for: for how long that goes on. A burst is repeated by its client, and does no harm.
        relocating_for: for how long shards may be on the move.
        keep_for: how long an alert goes on after its cause.
        interval: how often the rules are evaluated.

    Raises:
        ConfigurationError: with everything that is wrong with the parameters.

    """

    runbook: str
    match: Match = field(default_factory=dict)
    label: str = "cluster"
    red_for: str = "2m"
    yellow_for: str = "20m"
    silent_for: str = "20m"
    memory: str = "2d"
    disk_low: Threshold = percent(15)
    disk_below: Threshold = percent(10)
    disk_for: str = "5m"
    heap_over: Threshold = percent(90)
    heap_for: str = "15m"
    rejected: CountThreshold = count(20)
    rejected_for: str = "10m"
    relocating_for: str = "1h"
    keep_for: str = "5m"
    interval: str = "1m"

    def __post_init__(self) -> None:
        refuse(type(self).__name__, _problems(self))


_DURATIONS = (
    "red_for",
    "yellow_for",
    "disk_for",
    "heap_for",
    "rejected_for",
    "relocating_for",
    "interval",
)


def _problems(pack: ElasticsearchParameters) -> Iterator[Problem]:
    """Yield what is wrong with the parameters."""
    yield from fleet_problems(pack, *_DURATIONS)
    yield from share_problems(pack, "disk_low", "disk_below", "heap_over")
    if fraction(pack.disk_low) <= fraction(pack.disk_below):
        rule = f"it is above disk_below, {pack.disk_below}: the warning comes first"
        yield Problem("disk_low", str(pack.disk_low), rule, "Write percent(15).")
    yield from quantity_problems(pack, count(1), "rejected")
