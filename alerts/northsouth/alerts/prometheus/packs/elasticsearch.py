"""Rules on Elasticsearch and OpenSearch clusters, on the metrics of elasticsearch_exporter; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from northsouth.alerts.meaning import INCIDENT, Severity
from northsouth.alerts.prometheus.packs import elasticsearch_tests
from northsouth.alerts.prometheus.packs.elasticsearch_parameters import (
    AVAILABLE,
    CLUSTER,
    HEALTH,
    HEAP,
    HEAP_MAX,
    READ_ONLY,
    REJECTED,
    RELOCATING,
    SIZE,
    TRIPPED,
    WRITES,
    ElasticsearchParameters,
)
from northsouth.alerts.prometheus.packs.parameters import fraction
from northsouth.alerts.prometheus.rules import AlertRule
from northsouth.alerts.prometheus.templates import label, with_label
from northsouth.alerts.prometheus.testing import RuleTest
from northsouth.alerts.prometheus.timelines import number
from northsouth.metrics.dimensions import COUNT
from northsouth.metrics.units import Threshold, quantity

_DISKS, _MEMORY = {INCIDENT: "elasticsearch-disks"}, {INCIDENT: "elasticsearch-memory"}
"""The labels of incidents that two alerts report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ElasticsearchRules(ElasticsearchParameters):
    """Rules on the health, disks, memory and refusals of Elasticsearch and OpenSearch clusters.

    They read what ``elasticsearch_exporter`` of prometheus-community exports. Several exporters of one cluster do no
    harm: their series are not added up.

    :class:`~northsouth.alerts.prometheus.packs.elasticsearch_parameters.ElasticsearchParameters` describes the
    parameters.

    Raises:
        ConfigurationError: with everything that is wrong with the parameters.

    """

    @property
    def name(self) -> str:
        """The pack's name."""
        return "elasticsearch"

    def tests(self) -> Sequence[RuleTest]:
        """Return the tests of each rule."""
        return elasticsearch_tests.tests(self)

    def _rules(self) -> Sequence[AlertRule]:
        return [
            self._health("red", self.red_for, Severity.CRITICAL),
            self._health("yellow", self.yellow_for, Severity.WARNING),
            self._silent(),
            self._read_only(),
            self._disk(self.disk_low, Severity.WARNING),
            self._disk(self.disk_below, Severity.CRITICAL),
            self._heap(),
            self._rejects(),
            self._breaker(),
            self._relocates(),
        ]

    def _blocks(self) -> dict[str, str]:
        """Return the label of an alert that is the cause of backlogs: its own cluster."""
        return {CLUSTER: f"{{{{ $labels.{self.label} }}}}"}

    def _health(self, color: str, for_: str, severity: Severity) -> AlertRule:
        missing = "A primary shard is missing: what is written to it fails, and a search may lack its documents."
        alone = "A replica is missing: when the next node fails, data may be lost."
        return self._alert(
            f"Elasticsearch{color.capitalize()}",
            f"max by ({self.label}) ({self._select(HEALTH, color=color)}) == 1",
            for_=for_,
            severity=severity,
            summary=f"Elasticsearch is {color}",
            description=missing if color == "red" else alone,
            labels=self._blocks() if color == "red" else {},
        )

    def _silent(self) -> AlertRule:
        return self._silence(
            "ElasticsearchSilent",
            HEALTH,
            summary="Elasticsearch does not say how it is",
            description="Its exporter is gone, or gets no answer. No other alert on the cluster can fire.",
        )

    def _read_only(self) -> AlertRule:
        return self._alert(
            "ElasticsearchReadOnly",
            f"max by ({self.label}) ({self._select(READ_ONLY)}) > 0",
            for_="1m",
            severity=Severity.CRITICAL,
            labels={**_DISKS, **self._blocks()},
            summary="Elasticsearch takes no writes on {{ $value }} indices",
            description="A disk passed the flood stage. Logstash repeats refused writes for ever, and its queue fills.",
        )

    def _disk(self, below: Threshold, severity: Severity) -> AlertRule:
        # Available, not used: a used share is compared the other way round.
        share = f"{self._select(AVAILABLE)} / {self._select(SIZE)}"
        return self._alert(
            "ElasticsearchDiskFull",
            f"min by ({self.label}, name, path) ({share}) < {number(fraction(below))}",
            for_=self.disk_for,
            severity=severity,
            labels=_DISKS,
            summary=f"{label('path', 'A disk')} of {label('name', 'a node')} has "
            "{{ $value | humanizePercentage }} left",
            description="From 15% on Elasticsearch puts no shards on the node, at 10% it moves them away, and at 5% it "
            "takes no more writes.",
        )

    def _heap(self) -> AlertRule:
        return self._alert(
            "ElasticsearchHeapHigh",
            f"max by ({self.label}, name) ({self._select(HEAP, area='heap')} / {self._select(HEAP_MAX, area='heap')}) "
            f"> {number(fraction(self.heap_over))}",
            for_=self.heap_for,
            severity=Severity.WARNING,
            labels=_MEMORY,
            summary=f"{label('name', 'A node')} uses {{{{ $value | humanizePercentage }}}} of its heap",
            description="Collecting garbage takes its time; next, circuit breakers refuse requests, or it dies.",
        )

    def _rejects(self) -> AlertRule:
        rejected = self._select(REJECTED, "10m", type=WRITES)
        return self._alert(
            "ElasticsearchRejectsWrites",
            f"max by ({self.label}, name) (increase({rejected})) >= {number(quantity(self.rejected).number_in(COUNT))}",
            for_=self.rejected_for,
            severity=Severity.WARNING,
            summary=f'{label("name", "A node")} refused {{{{ $value | printf "%.0f" }}}} writes within 10m',
            description="More is written than it can index. Logstash and Filebeat repeat them, and fall behind.",
        )

    def _breaker(self) -> AlertRule:
        return self._alert(
            "ElasticsearchBreakerTripped",
            f"max by ({self.label}, name, breaker) (increase({self._select(TRIPPED, '10m')})) > 0",
            for_="1m",
            severity=Severity.WARNING,
            labels=_MEMORY,
            summary=f"{label('name', 'A node')} refused requests to save its memory{with_label('breaker', ' (', ')')}",
            description="A circuit breaker tripped: requests are too large or too many for the heap.",
        )

    def _relocates(self) -> AlertRule:
        return self._alert(
            "ElasticsearchRelocatesLong",
            f"max by ({self.label}) ({self._select(RELOCATING)}) > 0",
            for_=self.relocating_for,
            severity=Severity.WARNING,
            summary="Elasticsearch moves {{ $value }} shards, and does not get done",
            description="Moving shards takes from the disks and the network that writes and searches need.",
        )
