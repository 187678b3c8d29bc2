"""The parameters of the rules on Filebeat, the metrics that they read, and what is wrong with them; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from northsouth.alerts.prometheus.packs.parameters import quantity_problems
from northsouth.alerts.prometheus.packs.silences import fleet_problems
from northsouth.alerts.prometheus.selectors import Match
from northsouth.errors import Problem, refuse
from northsouth.metrics.units import CountThreshold, count

OUTPUT = "filebeat_libbeat_output_events"
"""What became of events at the output, by ``type``: ``acked``, ``dropped`` and ``failed`` are counters."""
PIPELINE = "filebeat_libbeat_pipeline_events"
"""What became of events before it: ``dropped`` is a counter, ``active`` a gauge of those in the queue."""
UPTIME = "filebeat_uptime_seconds_total"
NODE_INFO = "kube_node_info"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilebeatParameters:
    """The parameters of :class:`~northsouth.alerts.prometheus.packs.FilebeatRules`.

    Attributes:
        runbook: address of a page with a section for each alert.
        match: which Filebeats; all of them if not given.
        label: the label that names the cluster.
        elasticsearch: the Elasticsearch cluster that the events end in, as ``ElasticsearchRules`` name it. With it, an
            inhibition silences the alerts on backlogs while that cluster is red or takes no writes.
        waiting: as many events in the queue mean that it is full. The default is 90% of ``queue.mem.events`` since
            Filebeat 8.13, 3,200; before, it was 4,096.
        waiting_for: for how long.
        blocked_for: for how long nothing is acknowledged, although events wait. It is looked at over 10 minutes, so the
            alert fires that much later.
        failing_for: how long after the first failure the alert fires, if events failed within the last 5 minutes too.
            They are repeated.
        restarts: as many restarts within an hour raise the alert; one is a deploy.
        every_node: whether each Kubernetes node must have a Filebeat. The series of Filebeat must then have the label
            ``node``, and kube-state-metrics must be scraped.
        node_for: for how long a node may have none.
        silent_for: for how long nothing may be known of a cluster's Filebeats.
        memory: how far back a cluster is remembered of which nothing is known now.
        keep_for: how long an alert goes on after its expression returns nothing. ``FilebeatFailing`` does not: it ends
            5 minutes after the last failure. ``FilebeatDropped`` ends 10 minutes and this time after the last loss.
        interval: how often the rules are evaluated.

    Raises:
        ConfigurationError: with everything that is wrong with the parameters.

    """

    runbook: str
    match: Match = field(default_factory=dict)
    label: str = "cluster"
    elasticsearch: str = ""
    waiting: CountThreshold = count(2880)
    waiting_for: str = "15m"
    blocked_for: str = "5m"
    failing_for: str = "15m"
    restarts: CountThreshold = count(2)
    every_node: bool = False
    node_for: str = "15m"
    silent_for: str = "20m"
    memory: str = "2d"
    keep_for: str = "5m"
    interval: str = "1m"

    def __post_init__(self) -> None:
        refuse(type(self).__name__, _problems(self))


_DURATIONS = ("waiting_for", "blocked_for", "failing_for", "node_for", "interval")


def _problems(pack: FilebeatParameters) -> Iterator[Problem]:
    """Yield what is wrong with the parameters."""
    yield from fleet_problems(pack, *_DURATIONS)
    yield from quantity_problems(pack, count(1), "waiting", "restarts")
