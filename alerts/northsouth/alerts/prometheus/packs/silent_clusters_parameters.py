"""The parameters of the rules that find silent clusters, and what is wrong with them; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from northsouth.alerts.meaning import Severity, SeverityName
from northsouth.alerts.prometheus.durations import duration, seconds
from northsouth.alerts.prometheus.packs.cluster_signal import ClusterSignal
from northsouth.alerts.prometheus.packs.parameters import (
    length_problems,
    runbook_problems,
    severity_problems,
    share_problems,
)
from northsouth.alerts.prometheus.selectors import label_problems
from northsouth.errors import Problem, refuse
from northsouth.metrics.units import Threshold, percent
from northsouth.tokens import is_token


@dataclass(frozen=True, slots=True)
class Replicas:
    """How many replicas of Prometheus each cluster runs, and the label that tells them apart.

    Give it only where the store keeps the label: Mimir and Amazon Managed Prometheus drop it when they deduplicate.

    Attributes:
        count: how many there are in each cluster.
        label: the external label that differs; the default is that of the Prometheus Operator.

    """

    count: int = 2
    label: str = "prometheus_replica"


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentClusterParameters:
    """The parameters of :class:`~northsouth.alerts.prometheus.packs.SilentClusterRules`.

    Attributes:
        clusters: the declared clusters: the values of the label.
        runbook: address of a page with a section for each alert: ``…#clustermetricsstopped``.
        label: the label that names the cluster.
        signal: the signal that shows that a cluster sends.
        window: a sample younger than this counts as current; twice ``delay`` or more.
        delay: how late samples usually arrive at most.
        stopped_for: how long after the window the alert waits.
        absent_for: how long a declared cluster may take to send its first sample.
        memory: how long ``ClusterMetricsStopped`` looks back. After it, ``ClusterMetricsAbsent`` fires.
        retention: how long the store keeps samples; 150 days is the default of Amazon Managed Prometheus.
        replicas: report a cluster some of whose replicas stopped.
        rejected_over: the share of samples that the store may refuse.
        interval: how often the rules are evaluated.
        severity: the severity of ``ClusterMetricsStopped`` and ``ClustersSilent``; the other alerts are warnings.
        published: add the query as published, for comparison; :mod:`.as_published` says what it finds.

    Raises:
        ConfigurationError: with everything that is wrong with the parameters.

    """

    clusters: Sequence[str]
    runbook: str
    label: str = "cluster"
    signal: ClusterSignal = field(default_factory=ClusterSignal.arrives)
    window: str = "15m"
    delay: str = "5m"
    stopped_for: str = "15m"
    absent_for: str = "1h"
    memory: str = "2d"
    retention: str = "150d"
    replicas: Replicas | None = None
    rejected_over: Threshold = percent(1)
    interval: str = "1m"
    severity: Severity | SeverityName = Severity.CRITICAL
    published: bool = False

    def __post_init__(self) -> None:
        refuse(type(self).__name__, _problems(self))


def _problems(pack: SilentClusterParameters) -> Iterator[Problem]:
    """Yield what is wrong with the parameters."""
    yield from _cluster_problems(pack.clusters)
    yield from runbook_problems(pack.runbook)
    yield from label_problems("label", pack.label)
    yield from pack.signal.problems("signal")
    if pack.label in pack.signal.match:
        rule = f"the rules tell clusters apart by {pack.label}"
        yield Problem(f"signal.match.{pack.label}", repr(pack.signal.match[pack.label]), rule, "Leave it out.")
    if pack.replicas is not None and pack.replicas.label in pack.signal.match:
        rule = f"the rules tell replicas apart by {pack.replicas.label}"
        yield Problem(f"signal.match.{pack.replicas.label}", "a value", rule, "Leave it out.")
    if pack.replicas is not None:
        yield from label_problems("replicas.label", pack.replicas.label)
        if pack.replicas.count < 2:
            rule = "there are two replicas or more"
            yield Problem("replicas.count", repr(pack.replicas.count), rule, "Leave replicas out for one.")
    yield from share_problems(pack, "rejected_over")
    yield from severity_problems("severity", pack.severity)
    wrong = list(length_problems(pack, *_DURATIONS))
    yield from wrong or _length_problems(pack)


_DURATIONS = ("window", "delay", "stopped_for", "absent_for", "memory", "retention", "interval")


def _cluster_problems(clusters: Sequence[str]) -> Iterator[Problem]:
    if not clusters:
        yield Problem("clusters", "none", "an inventory names at least one", "Leave the pack out.")
    seen: set[str] = set()
    for index, cluster in enumerate(clusters):
        if is_token(cluster):
            fix = "Give the name itself, also to the cluster."
            yield Problem(f"clusters[{index}]", "a token", "the inventory and its tests are written at synth", fix)
        elif not cluster.strip():
            yield Problem(f"clusters[{index}]", repr(cluster), "it is the value of a label", "Name the cluster.")
        elif cluster in seen:
            yield Problem(f"clusters[{index}]", repr(cluster), "a cluster is declared once", "Leave one of them out.")
        seen.add(cluster)


def _length_problems(pack: SilentClusterParameters) -> Iterator[Problem]:
    length = {name: seconds(getattr(pack, name)) or 0 for name in _DURATIONS}
    if length["window"] < 2 * length["delay"]:
        rule = f"a window is twice the delay of {pack.delay} or more, or late metrics are taken for none"
        yield Problem("window", repr(pack.window), rule, f"Write window={duration(2 * length['delay'])!r}.")
    if length["window"] < 2 * length["interval"]:
        rule = f"a window is twice the interval of {pack.interval} or more"
        yield Problem("window", repr(pack.window), rule, f"Write window={duration(2 * length['interval'])!r}.")
    least = length["window"] + length["stopped_for"] + 3 * length["absent_for"]
    if length["memory"] < least:
        rule = f"it outlasts the window, stopped_for and three times absent_for: {duration(least)}"
        yield Problem("memory", repr(pack.memory), rule, f"Write memory={duration(least)!r}.")
    if length["memory"] > length["retention"]:
        rule = f"the store keeps {pack.retention}, and nothing is remembered beyond"
        yield Problem("memory", repr(pack.memory), rule, "Remember less, or keep more and say so with retention=.")
