"""The parameters of the rules on Logstash, and what is wrong with them; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from northsouth.alerts.prometheus.packs.logstash_families import FAMILIES, LogstashFamily
from northsouth.alerts.prometheus.packs.parameters import fraction, quantity_problems, share_problems
from northsouth.alerts.prometheus.packs.silences import fleet_problems
from northsouth.alerts.prometheus.selectors import Match
from northsouth.errors import Problem, refuse
from northsouth.metrics.dimensions import RATIO
from northsouth.metrics.units import CountThreshold, Threshold, count, percent, quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class LogstashParameters:
    """The parameters of :class:`~northsouth.alerts.prometheus.packs.LogstashRules`.

    Attributes:
        runbook: address of a page with a section for each alert.
        family: the exporter: ``kuskoman``, ``leroymerlin`` or ``bonniernews``. An alert whose metric the exporter lacks
            is left out.
        match: which Logstashes; all of them if not given.
        label: the label that names the cluster.
        elasticsearch: the Elasticsearch cluster that the documents go to, as ``ElasticsearchRules`` name it. With it,
            an inhibition silences the alerts on backlogs while that cluster is red or takes no writes.
        blocked_over: the share of time for which the inputs of a pipeline wait for its queue. Inputs add up: two that
            always wait are 200%.
        blocked_for: for how long.
        stalled_for: for how long nothing leaves a pipeline, although events wait or come in. It is looked at over 10
            minutes, so the alert fires that much later.
        queue_within: how soon a persistent queue would be full if it went on filling as in the last 15 minutes.
        queue_for: for how long.
        refused_over: the share of documents that Elasticsearch refuses for good at which the alert is critical; any
            such document is a warning.
        dead_letters_over: how full a dead-letter queue may be, as a share.
        heap_over: the share of the heap in use.
        heap_for: for how long.
        restarts: as many restarts within an hour raise the alert; one is a deploy.
        silent_for: for how long nothing may be known of a cluster's Logstashes.
        memory: how far back a cluster is remembered of which nothing is known now.
        keep_for: how long an alert goes on after its cause.
        interval: how often the rules are evaluated.

    Raises:
        ConfigurationError: with everything that is wrong with the parameters.

    """

    runbook: str
    family: str = "kuskoman"
    match: Match = field(default_factory=dict)
    label: str = "cluster"
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
    silent_for: str = "20m"
    memory: str = "2d"
    keep_for: str = "5m"
    interval: str = "1m"

    def __post_init__(self) -> None:
        refuse(type(self).__name__, _problems(self))

    @property
    def names(self) -> LogstashFamily:
        """What the exporter calls its metrics."""
        return FAMILIES[self.family]


_DURATIONS = ("blocked_for", "stalled_for", "queue_within", "queue_for", "heap_for", "interval")


def _problems(pack: LogstashParameters) -> Iterator[Problem]:
    """Yield what is wrong with the parameters."""
    yield from family_problems(pack.family)
    yield from fleet_problems(pack, *_DURATIONS)
    yield from share_problems(pack, "refused_over", "dead_letters_over", "heap_over")
    # More than 100% is allowed: a pipeline has several inputs.
    yield from quantity_problems(pack, percent(1), "blocked_over")
    if quantity(pack.blocked_over).unit.dimension == RATIO.dimension and fraction(pack.blocked_over) > 100:
        rule = "each input waits for 100% of the time at most, and a pipeline has a few inputs"
        yield Problem("blocked_over", str(pack.blocked_over), rule, "Write percent(50).")
    yield from quantity_problems(pack, count(1), "restarts")


def family_problems(family: str) -> Iterator[Problem]:
    """Yield that there is no such family of exporters."""
    if family not in FAMILIES:
        known = ", ".join(FAMILIES)
        yield Problem("family", repr(family), f"it is an exporter of Logstash: {known}", "Write family='kuskoman'.")
