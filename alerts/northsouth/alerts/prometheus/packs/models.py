"""Rules on models that are served: their quality against last week's, and the drift of what they are asked; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from northsouth.alerts.meaning import Severity
from northsouth.alerts.prometheus.durations import seconds
from northsouth.alerts.prometheus.packs.parameters import (
    fraction,
    length_problems,
    page,
    runbook_problems,
    share_problems,
)
from northsouth.alerts.prometheus.packs.thresholds import Probe, threshold_test
from northsouth.alerts.prometheus.rules import AlertRule, RuleGroup
from northsouth.alerts.prometheus.selectors import (
    Match,
    example,
    label_problems,
    match_problems,
    metric_problems,
    selector,
    series,
)
from northsouth.alerts.prometheus.templates import label
from northsouth.alerts.prometheus.testing import AlertTest, Firing, RuleTest
from northsouth.alerts.prometheus.timelines import at, counter, gauge, minutes, number, whole_steps
from northsouth.errors import Problem, refuse
from northsouth.metrics.units import CountThreshold, Threshold, count, percent, quantity

_GOOD = 0.9
"""The quality of a good model in the tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRules:
    """Rules on gauges that a model's evaluation publishes. There is no standard for their names: give yours.

    A model that is too young to have an earlier quality is not compared.

    Attributes:
        runbook: address of a page with a section for each alert.
        quality: the gauge of a model's quality: accuracy, the share of accepted answers; higher is better, above 0.
        judged: the counter of the answers from which the quality was computed. Without it, every value of the gauge
            counts the same.
        drift: the gauge of the distance between a model's requests or answers and its training data, such as the
            population stability index.
        by: the label that names the model. Versions and replicas are averaged, so a new version is compared with the
            old one.
        match: which series.
        worse_by: the share of its earlier quality by which a model may be worse.
        than: the time between the two qualities. A whole number of weeks compares weekends with weekends.
        over: the span over which each quality is averaged.
        regressed_for: how long a model is worse before the alert fires.
        least: the number of judged answers in the span below which a model is not judged.
        drift_over: the drift above which the alert fires. For the population stability index, 0.1 is a change and 0.25
            a large one.
        drift_for: how long the drift is that large before the alert fires.
        unknown_for: how long the quality may be unknown. A judge that stopped does not mean that the model is good.
        keep_for: how long an alert goes on after its cause.
        interval: how often the rules are evaluated.

    Raises:
        ConfigurationError: with everything that is wrong with the parameters.

    """

    runbook: str
    quality: str = "model_quality_score"
    judged: str | None = "model_quality_judged_total"
    drift: str | None = "model_drift_score"
    by: str = "model"
    match: Match = field(default_factory=dict)
    worse_by: Threshold = percent(5)
    than: str = "7d"
    over: str = "1h"
    regressed_for: str = "30m"
    least: CountThreshold = count(50)
    drift_over: float = 0.25
    drift_for: str = "1h"
    unknown_for: str = "1h"
    keep_for: str = "30m"
    interval: str = "1m"

    def __post_init__(self) -> None:
        refuse("ModelRules", problems(self))

    @property
    def name(self) -> str:
        """The pack's name."""
        return "models"

    def groups(self) -> Sequence[RuleGroup]:
        """Return the rules."""
        rules = [self.regressed(), self.unknown()]
        if self.drift is not None:
            rules.append(self.drifted(self.drift))
        return [RuleGroup(self.name, rules, interval=self.interval)]

    def tests(self) -> Sequence[RuleTest]:
        """Return the tests of each rule."""
        drifted = [_drifted_test(self, self.drift)] if self.drift is not None else []
        return [_regressed_test(self), _unknown_test(self), *drifted]

    def regressed(self) -> AlertRule:
        """Return the alert on a model that is worse than it was."""
        by = f"avg by ({self.by})"
        now = f"{by} (avg_over_time({selector(self.quality, self.match, self.over)}))"
        then = f"{by} (avg_over_time({selector(self.quality, self.match, self.over, offset=self.than)}))"
        expr = f"1 - {now} / {then} > {number(fraction(self.worse_by))}"
        if self.judged is not None:
            judged = f"sum by ({self.by}) (increase({selector(self.judged, self.match, self.over)}))"
            expr = f"{expr}\n  and\n{judged} >= {number(quantity(self.least).value)}"
        return AlertRule(
            alert="ModelQualityRegressed",
            expr=expr,
            for_=self.regressed_for,
            keep_firing_for=self.keep_for,
            severity=Severity.CRITICAL,
            summary=f"{label(self.by, 'A model')} is {{{{ $value | humanizePercentage }}}} worse than {self.than} ago",
            description="Users get worse answers, and no error says so: a new version, its data, or what it is asked.",
            runbook=page(self.runbook, "ModelQualityRegressed"),
        )

    def unknown(self) -> AlertRule:
        """Return the alert on a model whose quality is no longer measured."""
        by = f"group by ({self.by})"
        return AlertRule(
            alert="ModelQualityUnknown",
            expr=f"""
                {by} (last_over_time({selector(self.quality, self.match, self.than)}))
                  unless
                {by} (last_over_time({selector(self.quality, self.match, self.over)}))
            """,
            for_=self.unknown_for,
            severity=Severity.WARNING,
            summary=f"The quality of {label(self.by, 'a model')} is no longer measured",
            description="Its judge stopped, so a regression would not be seen.",
            runbook=page(self.runbook, "ModelQualityUnknown"),
        )

    def drifted(self, drift: str) -> AlertRule:
        """Return the alert on a model whose input or output has moved."""
        return AlertRule(
            alert="ModelDrifted",
            expr=f"max by ({self.by}) ({selector(drift, self.match)}) > {number(self.drift_over)}",
            for_=self.drift_for,
            keep_firing_for=self.keep_for,
            severity=Severity.WARNING,
            summary=f'{label(self.by, "A model")} has drifted: {{{{ $value | printf "%.2f" }}}}',
            description=f"More than {number(self.drift_over)}: it is asked, or answers, what it was not trained on.",
            runbook=page(self.runbook, "ModelDrifted"),
        )


def problems(pack: ModelRules) -> Iterator[Problem]:
    """Yield what is wrong with the parameters."""
    yield from runbook_problems(pack.runbook)
    for name in ("quality", "judged", "drift"):
        metric = getattr(pack, name)
        if metric is not None:
            yield from metric_problems(name, metric)
    yield from label_problems("by", pack.by)
    yield from match_problems("match", pack.match)
    if pack.by in pack.match:
        rule = f"the rules tell models apart by {pack.by}"
        yield Problem(f"match.{pack.by}", repr(pack.match[pack.by]), rule, "Leave it out.")
    yield from share_problems(pack, "worse_by")
    if quantity(pack.least).unit != count(1).unit or quantity(pack.least).value < 1:
        yield Problem("least", str(pack.least), "it is a count of one or more", "Write count(50).")
    if not 0 < pack.drift_over < float("inf"):
        yield Problem("drift_over", repr(pack.drift_over), "it is a number above zero", "Write 0.25.")
    lengths = ("than", "over", "regressed_for", "drift_for", "unknown_for", "keep_for", "interval")
    wrong = list(length_problems(pack, *lengths))
    yield from wrong
    least = 2 * (seconds(pack.over) or 0) + (seconds(pack.unknown_for) or 0)
    if not wrong and (seconds(pack.than) or 0) < least:
        rule = "it is twice over and unknown_for or more, or the model would be compared with itself"
        yield Problem("than", repr(pack.than), rule, "Write than='7d'.")


def _regressed_test(pack: ModelRules) -> RuleTest:
    """Judge new versions: worse, just not, and judged too little to say; then the old one is back."""
    step = _step(pack)
    over, for_, keep = (whole_steps(length, step) for length in (pack.over, pack.regressed_for, pack.keep_for))
    change = whole_steps(pack.than, step)
    back = change + over + for_ + 3 * step
    end = back + over + keep + 3 * step
    worse = _GOOD * (1 - fraction(pack.worse_by))
    enough = 1.2 * quantity(pack.least).value * step / max(over, step)
    qualities = {"worse": (worse * 0.999, enough), "as-good": (worse * 1.001, enough)}
    if pack.judged is not None:
        qualities["hardly-judged"] = (worse * 0.5, enough / 2)
    values = {}
    for model, (quality, judged) in qualities.items():
        names = {**example(pack.match), pack.by: model}
        values[_of(pack.quality, names, "1")] = gauge(
            (_GOOD, change // step), (None, (back - change) // step), (_GOOD, 99)
        )
        new = ((None, change // step), (quality, (back - change) // step), (None, 99))
        values[_of(pack.quality, names, "2")] = f"{gauge(*new[:2])} stale"
        if pack.judged is not None:
            values[series(pack.judged, names)] = counter((judged, (end + 99 * step) // step))
    fires = [Firing({pack.by: "worse"})]
    return RuleTest(
        name="a new version that is worse, one that is as good, and one that was hardly judged",
        series=values,
        alerts=[
            AlertTest("ModelQualityRegressed", at(change - step)),
            AlertTest("ModelQualityRegressed", at(change + over + for_ - 2 * step)),
            AlertTest("ModelQualityRegressed", at(back - step), fires),
            AlertTest("ModelQualityRegressed", at(back + keep - 2 * step), fires),
            AlertTest("ModelQualityRegressed", at(end)),
        ],
        interval=at(step),
    )


def _of(metric: str, labels: dict[str, str], version: str) -> str:
    return series(metric, {**labels, "version": version})


def _unknown_test(pack: ModelRules) -> RuleTest:
    """Judge a model whose judge stops, and comes back."""
    step = _step(pack)
    over, for_ = whole_steps(pack.over, step), whole_steps(pack.unknown_for, step)
    stop = over + 2 * step
    back = stop + over + for_ + 3 * step
    names = {**example(pack.match), pack.by: "unmeasured"}
    return RuleTest(
        name="a model that nobody judges any more",
        series={
            series(pack.quality, names): gauge((_GOOD, stop // step + 1), (None, (back - stop) // step - 1), (_GOOD, 3))
        },
        alerts=[
            AlertTest("ModelQualityUnknown", at(stop)),
            AlertTest("ModelQualityUnknown", at(stop + over + for_ - 2 * step)),
            AlertTest("ModelQualityUnknown", at(back - step), [Firing({pack.by: "unmeasured"})]),
            AlertTest("ModelQualityUnknown", at(back + step)),
        ],
        interval=at(step),
    )


def _drifted_test(pack: ModelRules, drift: str) -> RuleTest:
    edge = pack.drift_over
    probes = [Probe(drift, edge / 2, edge, edge * 1.01, example(pack.match))]
    return threshold_test(pack.drifted(drift), "a model that drifts", probes, by=pack.by, labels={})


def _step(pack: ModelRules) -> int:
    """Return the minutes of a step: several fit into the span that is averaged."""
    return max(min(10, minutes(pack.over) // 3), 1)
