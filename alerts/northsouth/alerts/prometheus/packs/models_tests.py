"""What the rules on models make of models that are good, worse, unmeasured, and drifting; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from northsouth.alerts.prometheus.packs.parameters import fraction
from northsouth.alerts.prometheus.packs.thresholds import Probe, threshold_test
from northsouth.alerts.prometheus.selectors import example, series
from northsouth.alerts.prometheus.testing import AlertTest, Firing, RuleTest
from northsouth.alerts.prometheus.timelines import at, counter, gauge, minutes

if TYPE_CHECKING:
    from northsouth.alerts.prometheus.packs.models import ModelRules

GOOD = 0.9


def tests(pack: ModelRules) -> Sequence[RuleTest]:
    """Return the tests of each rule, with the parameters of the pack."""
    return [*_regressed(pack), _unknown(pack), *([_drifted(pack, pack.drift)] if pack.drift is not None else [])]


def _regressed(pack: ModelRules) -> Iterator[RuleTest]:
    """Judge new versions: worse, just not, and judged too little to say; then the old one is back."""
    step = _step(pack)
    over, for_, keep = (_whole(length, step) for length in (pack.over, pack.regressed_for, pack.keep_for))
    change = _whole(pack.than, step)
    back = change + over + for_ + 3 * step
    end = back + over + keep + 3 * step
    worse = GOOD * (1 - fraction(pack.worse_by))
    enough = 1.2 * pack.least.value * step / max(over, step)
    qualities = {"worse": (worse * 0.999, enough), "as-good": (worse * 1.001, enough)}
    if pack.judged is not None:
        qualities["hardly-judged"] = (worse * 0.5, enough / 2)
    values = {}
    for model, (quality, judged) in qualities.items():
        names = {**example(pack.match), pack.by: model}
        values[_of(pack.quality, names, "1")] = gauge(
            (GOOD, change // step), (None, (back - change) // step), (GOOD, 99)
        )
        new = ((None, change // step), (quality, (back - change) // step), (None, 99))
        values[_of(pack.quality, names, "2")] = f"{gauge(*new[:2])} stale"
        if pack.judged is not None:
            values[series(pack.judged, names)] = counter((judged, (end + 99 * step) // step))
    fires = [Firing({pack.by: "worse"})]
    yield RuleTest(
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


def _unknown(pack: ModelRules) -> RuleTest:
    """Judge a model whose judge stops, and comes back."""
    step = _step(pack)
    over, for_ = _whole(pack.over, step), _whole(pack.unknown_for, step)
    stop = over + 2 * step
    back = stop + over + for_ + 3 * step
    names = {**example(pack.match), pack.by: "unmeasured"}
    return RuleTest(
        name="a model that nobody judges any more",
        series={
            series(pack.quality, names): gauge((GOOD, stop // step + 1), (None, (back - stop) // step - 1), (GOOD, 3))
        },
        alerts=[
            AlertTest("ModelQualityUnknown", at(stop)),
            AlertTest("ModelQualityUnknown", at(stop + over + for_ - 2 * step)),
            AlertTest("ModelQualityUnknown", at(back - step), [Firing({pack.by: "unmeasured"})]),
            AlertTest("ModelQualityUnknown", at(back + step)),
        ],
        interval=at(step),
    )


def _drifted(pack: ModelRules, drift: str) -> RuleTest:
    edge = pack.drift_over
    probes = [Probe(drift, edge / 2, edge, edge * 1.01, example(pack.match))]
    return threshold_test(pack.drifted(drift), "a model that drifts", probes, by=pack.by, labels={})


def _step(pack: ModelRules) -> int:
    """Return the minutes of a step: several fit into the span that is averaged."""
    return max(min(10, minutes(pack.over) // 3), 1)


def _whole(length: str, step: int) -> int:
    return -(-minutes(length) // step) * step
