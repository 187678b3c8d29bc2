"""The signal that shows that a cluster sends metrics; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from northsouth.alerts.prometheus.selectors import (
    Like,
    Match,
    Not,
    example,
    match_problems,
    metric_problems,
    selector,
    series,
)
from northsouth.alerts.prometheus.timelines import Part, counter, gauge
from northsouth.errors import Problem

AGENTS = Like("prometheus.*", example="prometheus-k8s-0")
"""Pods of Prometheus, also those of a StatefulSet, which are numbered."""


@dataclass(frozen=True, slots=True)
class ClusterSignal:
    """The signal that shows that a cluster sends metrics. Made by :meth:`arrives` or :meth:`grows`.

    Attributes:
        metric: a metric that every cluster sends.
        match: which of its series.
        counts: whether the value must grow, or a sample is enough.

    """

    metric: str
    match: Match = field(default_factory=dict)
    counts: bool = False

    @classmethod
    def arrives(cls, metric: str = "up", match: Match | None = None) -> ClusterSignal:
        """Take the arrival of any sample of a metric, whatever its value: proof that the store accepted it.

        ``up`` is there for every target that Prometheus scrapes. Where that is many thousands, name one of them:
        ``match={"job": "prometheus"}``.
        """
        return cls(metric, match or {}, counts=False)

    @classmethod
    def grows(
        cls,
        metric: str = "container_network_transmit_packets_total",
        match: Match | None = None,
    ) -> ClusterSignal:
        """Take the growth of a counter: by default, the packets that Prometheus' pods send.

        It is the signal of the query as published. It also counts packets whose samples the store refuses.
        """
        return cls(metric, {"pod": AGENTS} if match is None else match, counts=True)

    def sending(self, by: Sequence[str], window: str) -> str:
        """Return the expression that is 1 for each cluster that sent within the window, and 0 or nothing for others.

        Series without the label belong to no cluster, such as those of the store itself. They are left out.
        """
        labels = ", ".join(by)
        series = selector(self.metric, {**self.match, by[0]: Not()}, window)
        if self.counts:
            return f"sum by ({labels}) (rate({series})) > bool 0"
        return f"group by ({labels}) (last_over_time({series}))"

    def sample(self, labels: Mapping[str, str], *parts: Part) -> dict[str, str]:
        """Return the series of a cluster in a test: alive in the parts whose value is not nothing."""
        values = counter(*parts) if self.counts else gauge(*parts)
        return {series(self.metric, {**example(self.match), **labels}): values}

    def problems(self, where: str) -> Iterator[Problem]:
        """Yield what is wrong with it."""
        yield from metric_problems(f"{where}.metric", self.metric)
        yield from match_problems(f"{where}.match", self.match)
