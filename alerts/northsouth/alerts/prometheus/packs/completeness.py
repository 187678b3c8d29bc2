"""Rules on a log pipeline as a whole: where between two of its hops do records vanish, or come twice; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from northsouth.alerts.meaning import Severity
from northsouth.alerts.prometheus.packs import completeness_tests
from northsouth.alerts.prometheus.packs.completeness_parameters import FROM, HOP, STREAM, CompletenessParameters
from northsouth.alerts.prometheus.packs.hops import Hop
from northsouth.alerts.prometheus.packs.parameters import fraction, page
from northsouth.alerts.prometheus.rules import AlertRule, RuleGroup
from northsouth.alerts.prometheus.testing import RuleTest
from northsouth.alerts.prometheus.timelines import number
from northsouth.metrics.dimensions import COUNT
from northsouth.metrics.units import quantity

_SHARE = "{{ $value | humanizePercentage }}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineCompleteness(CompletenessParameters):
    """Rules that compare the counters of neighbouring hops over an hour: what goes in must come out.

    Each alert names the two hops, in the labels ``from_hop`` and ``hop``. Records that wait in the queue of a hop are
    not lost, and counters that begin again at 0 are no loss. Nothing silences these alerts.

    :class:`~northsouth.alerts.prometheus.packs.completeness_parameters.CompletenessParameters` describes the
    parameters.

    Example::

        PipelineCompleteness(
            runbook="https://wiki.example.com/alerts",
            hops=[Hop.filebeat(), Hop.logstash(), Hop.indexed()],
        )

    Raises:
        ConfigurationError: with everything that is wrong with the parameters.

    """

    @property
    def name(self) -> str:
        """The pack's name."""
        return f"pipeline-{self.stream}"

    def groups(self) -> Sequence[RuleGroup]:
        """Return the rules: two for each pair of neighbours, and one for each hop."""
        return [RuleGroup(self.name, [*self._pairs(), *map(self._silent, self.hops)], interval=self.interval)]

    def tests(self) -> Sequence[RuleTest]:
        """Return the tests of each rule."""
        return completeness_tests.tests(self)

    def _pairs(self) -> Iterator[AlertRule]:
        for before, after in pairwise(self.hops):
            yield self._vanish(before, after)
            yield self._twice(before, after)

    def _vanish(self, before: Hop, after: Hop) -> AlertRule:
        return self._alert(
            "PipelineRecordsVanish",
            f"{self._reached(before, after)} < {number(fraction(self.below))}\n"
            f"and {before.passed(self.window)} >= {number(quantity(self.floor).number_in(COUNT))}\n"
            f"and count({after.counted()})",
            for_=self.vanish_for,
            severity=Severity.CRITICAL,
            hops={FROM: before.name, HOP: after.name},
            summary=f"Of the {self.stream} of {before.name}, {_SHARE} reached {after.name} within {self.window}",
            description=f"The others are lost between {before.name} and {after.name}: they do not wait there.",
        )

    def _twice(self, before: Hop, after: Hop) -> AlertRule:
        return self._alert(
            "PipelineRecordsTwice",
            f"{self._reached(before, after)} > {number(fraction(self.above))}\n"
            f"and {before.passed(self.window)} >= {number(quantity(self.floor).number_in(COUNT))}\n"
            f"and count({before.counted()})",
            for_=self.twice_for,
            severity=Severity.WARNING,
            hops={FROM: before.name, HOP: after.name},
            summary=f"{after.name} counts {_SHARE} of the {self.stream} of {before.name} within {self.window}",
            description="Records are sent again and again, or come another way. Until they do no longer, lost ones do "
            "not show.",
        )

    def _silent(self, hop: Hop) -> AlertRule:
        return self._alert(
            "PipelineHopSilent",
            f"absent(sum({hop.counted()}))",
            for_=self.silent_for,
            severity=Severity.CRITICAL,
            hops={HOP: hop.name},
            summary=f"Nothing counts the {self.stream} at {hop.name}",
            description="Its counter is gone, or never was there. What is lost before or behind it does not show.",
        )

    def _reached(self, before: Hop, after: Hop) -> str:
        """Return the share of a hop's records that its neighbour counts, or that wait for it."""
        arrived = after.passed(self.window)
        if before.waiting:
            arrived = f"({arrived} + ({before.more_waiting(self.window)} or vector(0)))"
        return f"{arrived} / ({before.passed(self.window)})"

    def _alert(
        self,
        name: str,
        expr: str,
        *,
        for_: str,
        severity: Severity,
        hops: dict[str, str],
        summary: str,
        description: str,
    ) -> AlertRule:
        return AlertRule(
            alert=name,
            expr=expr,
            for_=for_,
            keep_firing_for=self.keep_for,
            severity=severity,
            labels={STREAM: self.stream, **hops},
            summary=summary,
            description=description,
            runbook=page(self.runbook, name),
        )
