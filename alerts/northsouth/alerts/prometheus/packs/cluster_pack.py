"""What packs with a cluster label have in common, and the test of a cluster that sends nothing; pure."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from northsouth.alerts.meaning import Severity
from northsouth.alerts.prometheus.durations import seconds
from northsouth.alerts.prometheus.packs.parameters import length_problems, page, runbook_problems
from northsouth.alerts.prometheus.rules import AlertRule, RuleGroup
from northsouth.alerts.prometheus.selectors import Like, Match, label_problems, match_problems, selector
from northsouth.alerts.prometheus.templates import with_label
from northsouth.alerts.prometheus.testing import AlertTest, Firing, RuleTest
from northsouth.alerts.prometheus.timelines import at, gauge, minutes
from northsouth.errors import Problem, refuse

LOOKBACK = 5
"""Minutes for which Prometheus takes the last sample of a series for its value."""
_BEGIN, _AFTER = 15, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterPack(ABC):
    """A pack that tells clusters apart by a label, and reports one that sends nothing.

    Attributes:
        runbook: address of a page with a section for each alert.
        match: which series; all of them if not set.
        label: the label that names the cluster.
        silent_for: how long a cluster sends nothing before the alert fires.
        memory: how far back the rules look for clusters. One that sent nothing since then is forgotten.
        keep_for: how long an alert goes on after its cause.
        interval: how often the rules are evaluated.

    Raises:
        ConfigurationError: with everything that is wrong with the parameters.

    """

    runbook: str
    match: Match = field(default_factory=dict)
    label: str = "cluster"
    silent_for: str = "20m"
    memory: str = "2d"
    keep_for: str = "5m"
    interval: str = "1m"

    def __post_init__(self) -> None:
        refuse(type(self).__name__, [*_problems(self), *self._problems()])

    @property
    @abstractmethod
    def name(self) -> str:
        """The pack's name."""

    def groups(self) -> Sequence[RuleGroup]:
        """Return the rules."""
        return [RuleGroup(self.name, self._rules(), interval=self.interval)]

    @abstractmethod
    def _problems(self) -> Iterator[Problem]:
        """Yield what is wrong with the pack's own parameters."""

    @abstractmethod
    def _rules(self) -> Sequence[AlertRule]:
        """Return the rules."""

    def _select(self, metric: str, window: str = "", **labels: str | Like) -> str:
        """Return a selector of the pack's series of a metric that also have these labels."""
        return selector(metric, {**self.match, **labels}, window)

    def _alert(
        self,
        name: str,
        expr: str,
        *,
        for_: str,
        summary: str,
        description: str,
        severity: Severity = Severity.WARNING,
        labels: Mapping[str, str] | None = None,
        keeps_firing: bool = True,
    ) -> AlertRule:
        """Return an alert whose summary ends with its cluster. ``keeps_firing`` lets it fire on for ``keep_for``."""
        return AlertRule(
            alert=name,
            expr=expr,
            for_=for_,
            keep_firing_for=self.keep_for if keeps_firing else None,
            severity=severity,
            labels=labels or {},
            summary=f"{summary}{with_label(self.label, ' in ')}",
            description=description,
            runbook=page(self.runbook, name),
        )

    def _silence(self, name: str, metric: str, *, summary: str, description: str) -> AlertRule:
        """Return the alert: a cluster had the metric within ``memory``, and has it no more."""
        known = f"group by ({self.label})"
        expr = (
            f"{known} (last_over_time({self._select(metric, self.memory)}))\n  unless\n{known} ({self._select(metric)})"
        )
        return self._alert(
            name, expr, for_=self.silent_for, severity=Severity.CRITICAL, summary=summary, description=description
        )


def _problems(pack: ClusterPack) -> Iterator[Problem]:
    """Yield what is wrong with the parameters that such packs have in common."""
    yield from runbook_problems(pack.runbook)
    yield from match_problems("match", pack.match)
    yield from label_problems("label", pack.label)
    if pack.label in pack.match:
        rule = f"the rules tell clusters apart by {pack.label}"
        yield Problem(f"match.{pack.label}", repr(pack.match[pack.label]), rule, "Leave it out.")
    wrong = list(length_problems(pack, "silent_for", "memory", "keep_for", "interval"))
    yield from wrong
    if not wrong and (seconds(pack.memory) or 0) < 2 * (seconds(pack.silent_for) or 0):
        rule = f"it is twice silent_for, {pack.silent_for}, or more"
        yield Problem("memory", repr(pack.memory), rule, "Write memory='2d'.")


def silence_test(pack: ClusterPack, alert: str, values: Callable[[str, str], dict[str, str]]) -> RuleTest:
    """Return the test: one cluster falls silent, one has a gap in its scrapes, one loses one of two exporters.

    Args:
        pack: the pack.
        alert: the alert's name.
        values: makes of a cluster's name and a timeline the two series that two exporters have of it.

    """
    wait, keep = minutes(pack.silent_for), minutes(pack.keep_for)
    spell = wait + 10
    gap = max(wait - LOOKBACK - 2, 1)
    lives = {
        **values("silent", gauge((1, _BEGIN), (None, spell), (1, 60))),
        **values("gap", gauge((1, _BEGIN), (None, gap), (1, spell + 60))),
    }
    stopped, sending = values("one-exporter", "")
    lives |= {stopped: gauge((1, spell + 75)), sending: gauge((1, _BEGIN))}
    firing = [Firing({pack.label: "silent"})]
    return RuleTest(
        name="a cluster of which nothing is known, and one after a gap in the scrapes",
        series=lives,
        alerts=[
            AlertTest(alert, at(_BEGIN + wait - 1)),
            AlertTest(alert, at(_BEGIN + LOOKBACK + wait), firing),
            AlertTest(alert, at(_BEGIN + spell + keep - 1), firing),
            AlertTest(alert, at(_BEGIN + spell + keep + _AFTER)),
        ],
    )
