"""Rules on what Prometheus scrapes; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from northsouth.alerts.meaning import Severity, SeverityName
from northsouth.alerts.prometheus.packs.parameters import (
    fraction,
    length_problems,
    page,
    runbook_problems,
    severity_problems,
    share_problems,
)
from northsouth.alerts.prometheus.packs.thresholds import SCENARIO, Probe, threshold_test
from northsouth.alerts.prometheus.rules import AlertRule, RuleGroup
from northsouth.alerts.prometheus.selectors import Match, example, label_problems, match_problems, selector, series
from northsouth.alerts.prometheus.templates import label, with_label
from northsouth.alerts.prometheus.testing import AlertTest, Firing, RuleTest
from northsouth.alerts.prometheus.timelines import at, gauge, minutes, number
from northsouth.errors import Problem, refuse
from northsouth.metrics.units import Threshold, percent


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRules:
    """Rules on targets that cannot be scraped, on jobs most of whose targets cannot, and on jobs without a target.

    A target that is down is a warning; a job that is down wakes somebody. Give an Alertmanager the inhibition
    :data:`~northsouth.alerts.prometheus.packs.JOB_DOWN`, and it reports the job instead of each of its targets.

    Attributes:
        runbook: address of a page with a section for each alert.
        jobs: jobs that must have a target somewhere. Prometheus cannot know of a job whose last target is gone: its
            ``up`` is not 0 but absent, and ``TargetDown`` ends.
        match: which targets; all of them if not set.
        label: the label that names the cluster. Jobs of one name in two clusters are two jobs.
        down_over: the share of a job's targets that may be down. The default lets one replica of three fail, and one
            of three zones.
        down_for: how long a target is down before the alert fires. A rolling update takes less than the default.
        absent_for: how long a job has no target before the alert fires. No job is judged while nothing is scraped.
        keep_for: how long a target that answers again still counts as down. A target that flaps is then one alert.
        interval: how often the rules are evaluated.
        severity: the severity of ``JobDown`` and ``JobAbsent``.
        target_severity: the severity of ``TargetDown``.

    Raises:
        ConfigurationError: with everything that is wrong with the parameters.

    """

    runbook: str
    jobs: Sequence[str] = ()
    match: Match = field(default_factory=dict)
    label: str = "cluster"
    down_over: Threshold = percent(34)
    down_for: str = "5m"
    absent_for: str = "10m"
    keep_for: str = "5m"
    interval: str = "1m"
    severity: Severity | SeverityName = Severity.CRITICAL
    target_severity: Severity | SeverityName = Severity.WARNING

    def __post_init__(self) -> None:
        refuse("TargetRules", problems(self))

    @property
    def name(self) -> str:
        """The pack's name."""
        return "targets"

    def groups(self) -> Sequence[RuleGroup]:
        """Return the rules."""
        rules = [self._down(), self._job_down(), *([self._absent()] if self.jobs else [])]
        return [RuleGroup(self.name, rules, interval=self.interval)]

    def tests(self) -> Sequence[RuleTest]:
        """Return the tests of each rule."""
        labels = {"job": "api", "instance": "10.0.0.1:9100", **example(self.match)}
        down = threshold_test(self._down(), "a target that is down", [Probe("up", 1, 1, 0)], by=SCENARIO, labels=labels)
        return [down, self._most_down(), *([self._absence()] if self.jobs else [])]

    def _down(self) -> AlertRule:
        return AlertRule(
            alert="TargetDown",
            expr=f"{selector('up', self.match)} == 0",
            for_=self.down_for,
            keep_firing_for=self.keep_for,
            severity=self.target_severity,
            summary=f"{label('instance', 'A target')} of {label('job', 'a job')} is down",
            description="Prometheus cannot scrape it: the process, the host or the way to it is gone.",
            runbook=page(self.runbook, "TargetDown"),
        )

    def _job_down(self) -> AlertRule:
        by = f"count by ({self.label}, job)"
        up = selector("up", self.match)
        return AlertRule(
            alert="JobDown",
            expr=f"{by} ({up} == 0) / {by} ({up}) > {number(fraction(self.down_over))}",
            for_=self.down_for,
            keep_firing_for=self.keep_for,
            severity=self.severity,
            summary=f"{{{{ $value | humanizePercentage }}}} of the targets of {label('job', 'a job')} are down"
            f"{with_label(self.label, ' in ')}",
            description=f"More than {self.down_over} of them: what they do together is down, or about to be.",
            runbook=page(self.runbook, "JobDown"),
        )

    def _absent(self) -> AlertRule:
        return AlertRule(
            alert="JobAbsent",
            expr=f"""
                (
                  {" or ".join(f"absent({selector('up', {'job': job})})" for job in self.jobs)}
                )
                  and on ()
                count(up)
            """,
            for_=self.absent_for,
            severity=self.severity,
            summary=f"{label('job', 'A job')} has no target",
            description="Its targets are no longer discovered, or the job was renamed. No other alert on it can fire.",
            runbook=page(self.runbook, "JobAbsent"),
        )

    def _most_down(self) -> RuleTest:
        """Return a test of a job: as many targets are down as may be, one more for a moment, one more for longer."""
        targets = 20
        spared = int(targets * fraction(self.down_over))
        spell, brief = minutes(self.down_for) + 3, minutes(self.down_for) - 1
        begin = spell + brief + spell
        end = begin + spell
        one_more = gauge((1, spell), (0, brief), (1, spell), (0, spell), (1, spell))
        lives = [*[gauge((0, end), (1, spell))] * spared, one_more, *[gauge((1, end + spell))] * (targets - spared - 1)]
        labels = {"job": "api", "instance": "10.0.0.1:9100", **example(self.match)}
        firing = [Firing({"job": labels["job"], **({self.label: labels[self.label]} if self.label in labels else {})})]
        until = end + minutes(self.keep_for)
        return RuleTest(
            name="a job whose targets are down: as many as may be, and one more",
            series={series("up", {**labels, "pod": f"api-{index}"}): life for index, life in enumerate(lives)},
            alerts=[
                AlertTest("JobDown", at(spell - 1)),
                AlertTest("JobDown", at(begin - 1)),
                AlertTest("JobDown", at(begin + minutes(self.down_for) - 1)),
                AlertTest("JobDown", at(begin + minutes(self.down_for)), firing),
                AlertTest("JobDown", at(end - 1), firing),
                AlertTest("JobDown", at(until - 2), firing),
                AlertTest("JobDown", at(until + 2)),
            ],
        )

    def _absence(self) -> RuleTest:
        """Return a test in which every job loses its last target, finds another, and then nothing is scraped."""
        gone, length = 5, minutes(self.absent_for)
        pause = length + 3
        back = gone + pause
        values = f"{gauge((0, gone))} stale {gauge((None, pause), (1, 3))} stale"
        absent = [Firing({"job": job}) for job in self.jobs]
        return RuleTest(
            name="jobs that lose their last target, and find one again; then nothing is scraped",
            series={
                **{series("up", {"job": job, "instance": "a"}): values for job in self.jobs},
                series("up", {"job": "of-nobody", "instance": "a"}): f"{gauge((1, back + 4))} stale",
            },
            alerts=[
                AlertTest("JobAbsent", at(gone)),
                AlertTest("JobAbsent", at(gone + length - 1)),
                AlertTest("JobAbsent", at(gone + length), absent),
                AlertTest("JobAbsent", at(back), absent),
                AlertTest("JobAbsent", at(back + 2)),
                AlertTest("JobAbsent", at(back + 5 + length)),
            ],
        )


def problems(pack: TargetRules) -> Iterator[Problem]:
    """Yield what is wrong with the parameters."""
    yield from runbook_problems(pack.runbook)
    yield from match_problems("match", pack.match)
    yield from label_problems("label", pack.label)
    yield from share_problems(pack, "down_over")
    yield from length_problems(pack, "down_for", "absent_for", "keep_for", "interval")
    yield from severity_problems("severity", pack.severity)
    yield from severity_problems("target_severity", pack.target_severity)
    for index, job in enumerate(pack.jobs):
        if not job.strip():
            yield Problem(f"jobs[{index}]", repr(job), "it is the name of a job", "Name the job.")
        elif job in pack.jobs[:index]:
            yield Problem(f"jobs[{index}]", repr(job), "a job is named once", "Leave one of them out.")
