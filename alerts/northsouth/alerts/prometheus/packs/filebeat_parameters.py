"""The parameters of the rules on Filebeat, the metrics that they read, and what is wrong with them; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from northsouth.alerts.prometheus.packs.cluster_pack import ClusterPack
from northsouth.alerts.prometheus.packs.parameters import length_problems, quantity_problems
from northsouth.errors import Problem
from northsouth.metrics.units import CountThreshold, count

OUTPUT = "filebeat_libbeat_output_events"
"""What became of events at the output, by ``type``: ``acked``, ``dropped`` and ``failed`` are counters."""
PIPELINE = "filebeat_libbeat_pipeline_events"
"""What became of events before it: ``dropped`` is a counter, ``active`` a gauge of those in the queue."""
UPTIME = "filebeat_uptime_seconds_total"
NODE_INFO = "kube_node_info"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilebeatParameters(ClusterPack):
    """The parameters of :class:`~northsouth.alerts.prometheus.packs.FilebeatRules`.

    Attributes:
        elasticsearch: the Elasticsearch cluster that the events end in, as ``ElasticsearchRules`` name it. If it is
            set, an inhibition silences the alerts on backlogs while that cluster is red or takes no writes.
        waiting: the number of events from which the queue counts as full. The default is 90% of ``queue.mem.events``,
            which is 3,200 since Filebeat 8.13 and was 4,096 before.
        waiting_for: how long the queue is full before the alert fires.
        blocked_for: how long nothing is acknowledged, although events wait, before the alert fires. The rule looks at
            the last 10 minutes, so the alert fires 10 minutes later than that.
        failing_for: how long after the first failure the alert fires, if events failed within the last 5 minutes too.
            Filebeat sends failed events again.
        restarts: the number of restarts within an hour from which the alert fires. A deploy is one restart.
        every_node: whether each Kubernetes node must have a Filebeat. The series of Filebeat must then have the label
            ``node``, and Prometheus must scrape kube-state-metrics.
        node_for: how long a node has no Filebeat before the alert fires.
        keep_for: how long an alert goes on after its expression returns nothing. ``FilebeatFailing`` ignores it: that
            alert ends 5 minutes after the last failure. ``FilebeatDropped`` looks back 10 minutes: it ends 10 minutes
            and ``keep_for`` after the last loss.

    Raises:
        ConfigurationError: with everything that is wrong with the parameters.

    """

    elasticsearch: str = ""
    waiting: CountThreshold = count(2880)
    waiting_for: str = "15m"
    blocked_for: str = "5m"
    failing_for: str = "15m"
    restarts: CountThreshold = count(2)
    every_node: bool = False
    node_for: str = "15m"

    def _problems(self) -> Iterator[Problem]:
        """Yield what is wrong with the pack's own parameters."""
        yield from length_problems(self, "waiting_for", "blocked_for", "failing_for", "node_for")
        yield from quantity_problems(self, count(1), "waiting", "restarts")
