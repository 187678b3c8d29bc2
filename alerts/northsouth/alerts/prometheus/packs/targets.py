"""Rules on what Prometheus scrapes; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from northsouth.alerts.meaning import Severity
from northsouth.alerts.prometheus.packs.parameters import length_problems, page, runbook_problems, severity_problems
from northsouth.alerts.prometheus.packs.thresholds import SCENARIO, Probe, threshold_test
from northsouth.alerts.prometheus.rules import AlertRule, RuleGroup
from northsouth.alerts.prometheus.selectors import Match, example, match_problems, selector, series
from northsouth.alerts.prometheus.testing import AlertTest, Firing, RuleTest
from northsouth.alerts.prometheus.timelines import at, gauge, minutes
from northsouth.errors import Problem, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRules:
    """Rules on targets that cannot be scraped, and on jobs that have no target left.

    Attributes:
        runbook: address of a page with a section for each alert.
        jobs: jobs that must have a target somewhere. Prometheus cannot know of a job whose last target is gone: its
            ``up`` is not 0 but absent, and ``TargetDown`` ends.
        match: which targets to look at; all of them if not given.
        down_for: how long a target must be down; a rolling update takes less.
        absent_for: how long a job must be without targets.
        keep_for: how long a target that answers again still counts as down, so that one that flaps is one alert.
        interval: how often the rules are evaluated.
        severity: how soon somebody has to act.

    Raises:
        ConfigurationError: with everything that is wrong with the parameters.

    """

    runbook: str
    jobs: Sequence[str] = ()
    match: Match = field(default_factory=dict)
    down_for: str = "5m"
    absent_for: str = "10m"
    keep_for: str = "5m"
    interval: str = "1m"
    severity: Severity | str = Severity.CRITICAL

    def __post_init__(self) -> None:
        refuse("TargetRules", problems(self))

    @property
    def name(self) -> str:
        """The pack's name."""
        return "targets"

    def groups(self) -> Sequence[RuleGroup]:
        """Return the rules."""
        return [RuleGroup(self.name, [self._down(), *([self._absent()] if self.jobs else [])], interval=self.interval)]

    def tests(self) -> Sequence[RuleTest]:
        """Return the tests of each rule."""
        labels = {"job": "api", "instance": "10.0.0.1:9100", **example(self.match)}
        down = threshold_test(self._down(), "a target that is down", [Probe("up", 1, 1, 0)], by=SCENARIO, labels=labels)
        return [down, *([self._absence()] if self.jobs else [])]

    def _down(self) -> AlertRule:
        return AlertRule(
            alert="TargetDown",
            expr=f"{selector('up', self.match)} == 0",
            for_=self.down_for,
            keep_firing_for=self.keep_for,
            severity=self.severity,
            summary="{{ $labels.instance }} of {{ $labels.job }} is down",
            description="Prometheus cannot scrape it: the process, the host or the way to it is gone.",
            runbook=page(self.runbook, "TargetDown"),
        )

    def _absent(self) -> AlertRule:
        return AlertRule(
            alert="JobAbsent",
            expr="\n  or\n".join(f"absent({selector('up', {'job': job})})" for job in self.jobs),
            for_=self.absent_for,
            severity=self.severity,
            summary="{{ $labels.job }} has no target",
            description="Its targets are no longer discovered, or the job was renamed. No other alert on it can fire.",
            runbook=page(self.runbook, "JobAbsent"),
        )

    def _absence(self) -> RuleTest:
        """Return a test in which every job loses its last target, which was down, and finds another."""
        gone, length = 5, minutes(self.absent_for)
        pause = length + 3
        values = f"{gauge((0, gone))} stale {gauge((None, pause), (1, 3))}"
        absent = [Firing({"job": job}) for job in self.jobs]
        return RuleTest(
            name="jobs that lose their last target, and find one again",
            series={series("up", {"job": job, "instance": "a"}): values for job in self.jobs},
            alerts=[
                AlertTest("JobAbsent", at(gone)),
                AlertTest("JobAbsent", at(gone + length - 1)),
                AlertTest("JobAbsent", at(gone + length), absent),
                AlertTest("JobAbsent", at(gone + pause), absent),
                AlertTest("JobAbsent", at(gone + pause + 2)),
            ],
        )


def problems(pack: TargetRules) -> Iterator[Problem]:
    """Yield what is wrong with the parameters."""
    yield from runbook_problems(pack.runbook)
    yield from match_problems("match", pack.match)
    yield from length_problems(pack, "down_for", "absent_for", "keep_for", "interval")
    yield from severity_problems("severity", pack.severity)
    for index, job in enumerate(pack.jobs):
        if not job.strip():
            yield Problem(f"jobs[{index}]", repr(job), "it is the name of a job", "Name the job.")
        elif job in pack.jobs[:index]:
            yield Problem(f"jobs[{index}]", repr(job), "a job is named once", "Leave one of them out.")
