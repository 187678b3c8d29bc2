"""The parameters of the rules on Logstash, and what is wrong with them; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from northsouth.alerts.prometheus.packs.cluster_pack import ClusterPack
from northsouth.alerts.prometheus.packs.logstash_families import FAMILIES, LogstashFamily
from northsouth.alerts.prometheus.packs.parameters import fraction, length_problems, quantity_problems, share_problems
from northsouth.errors import Problem
from northsouth.metrics.dimensions import RATIO
from northsouth.metrics.units import CountThreshold, Threshold, count, percent, quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class LogstashParameters(ClusterPack):
    """The parameters of :class:`~northsouth.alerts.prometheus.packs.LogstashRules`.

    Attributes:
        family: the exporter: ``kuskoman``, ``leroymerlin`` or ``bonniernews``. An alert whose metric the exporter lacks
            is left out.
        elasticsearch: the Elasticsearch cluster that the documents go to, as ``ElasticsearchRules`` name it. If it is
            set, an inhibition silences the alerts on backlogs while that cluster is red or takes no writes.
        blocked_over: the share of time for which the inputs of a pipeline wait for its queue. The shares of all inputs
            are added up: two inputs that always wait are 200%.
        blocked_for: how long the inputs wait so much before the alert fires.
        stalled_for: how long nothing leaves a pipeline, although events wait or come in, before the alert fires. The
            rule looks at the last 10 minutes, so the alert fires 10 minutes later than that.
        queue_within: the alert fires if a persistent queue will be full within this time. The rule assumes that it
            fills as fast as in the last 15 minutes.
        queue_for: how long that holds before the alert fires.
        refused_over: the share of documents refused for good by Elasticsearch above which the alert is critical. One
            refused document is a warning.
        dead_letters_over: the share of a dead-letter queue above which the alert fires.
        heap_over: the share of the heap in use above which the alert fires.
        heap_for: how long the heap is that full before the alert fires.
        restarts: the number of restarts within an hour from which the alert fires. A deploy is one restart.

    Raises:
        ConfigurationError: with everything that is wrong with the parameters.

    """

    family: str = "kuskoman"
    elasticsearch: str = ""
    blocked_over: Threshold = percent(50)
    blocked_for: str = "10m"
    stalled_for: str = "5m"
    queue_within: str = "1h"
    queue_for: str = "10m"
    refused_over: Threshold = percent(1)
    dead_letters_over: Threshold = percent(80)
    heap_over: Threshold = percent(90)
    heap_for: str = "10m"
    restarts: CountThreshold = count(2)

    @property
    def names(self) -> LogstashFamily:
        """What the exporter calls its metrics."""
        return FAMILIES[self.family]

    def _problems(self) -> Iterator[Problem]:
        """Yield what is wrong with the pack's own parameters."""
        yield from family_problems(self.family)
        yield from length_problems(self, "blocked_for", "stalled_for", "queue_within", "queue_for", "heap_for")
        yield from share_problems(self, "refused_over", "dead_letters_over", "heap_over")
        # More than 100% is allowed: a pipeline has several inputs.
        yield from quantity_problems(self, percent(1), "blocked_over")
        if quantity(self.blocked_over).unit.dimension == RATIO.dimension and fraction(self.blocked_over) > 100:
            rule = "each input waits for 100% of the time at most, and a pipeline has a few inputs"
            yield Problem("blocked_over", str(self.blocked_over), rule, "Write percent(50).")
        yield from quantity_problems(self, count(1), "restarts")


def family_problems(family: str) -> Iterator[Problem]:
    """Yield a problem if there is no such family of exporters."""
    if family not in FAMILIES:
        known = ", ".join(FAMILIES)
        yield Problem("family", repr(family), f"it is an exporter of Logstash: {known}", "Write family='kuskoman'.")
