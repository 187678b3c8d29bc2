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

STEP = 10
GOOD = 0.9


def tests(pack: ModelRules) -> Sequence[RuleTest]:
    """Return the tests of each rule, with the parameters of the pack."""
    return [*_regressed(pack), _unknown(pack), *([_drifted(pack, pack.drift)] if pack.drift is not None else [])]


def _regressed(pack: ModelRules) -> Iterator[RuleTest]:
    """Judge new versions: worse, just not, and judged too little to say; then the old one is back."""
    over, for_, keep = (_whole(length) for length in (pack.over, pack.regressed_for, pack.keep_for))
    change = _whole(pack.than)
    back = change + over + for_ + 3 * STEP
    end = back + over + keep + 3 * STEP
    worse = GOOD * (1 - fraction(pack.worse_by))
    enough = 1.2 * pack.least.value * STEP / max(over, STEP)
    qualities = {"worse": (worse * 0.999, enough), "as-good": (worse * 1.001, enough)}
    if pack.judged is not None:
        qualities["hardly-judged"] = (worse * 0.5, enough / 2)
    values = {}
    for model, (quality, judged) in qualities.items():
        names = {**example(pack.match), pack.by: model}
        values[_of(pack.quality, names, "1")] = gauge(
            (GOOD, change // STEP), (None, (back - change) // STEP), (GOOD, 99)
        )
        new = ((None, change // STEP), (quality, (back - change) // STEP), (None, 99))
        values[_of(pack.quality, names, "2")] = f"{gauge(*new[:2])} stale"
        if pack.judged is not None:
            values[series(pack.judged, names)] = counter((judged, (end + 99 * STEP) // STEP))
    fires = [Firing({pack.by: "worse"})]
    yield RuleTest(
        name="a new version that is worse, one that is as good, and one that was hardly judged",
        series=values,
        alerts=[
            AlertTest("ModelQualityRegressed", at(change - STEP)),
            AlertTest("ModelQualityRegressed", at(change + over + for_ - 2 * STEP)),
            AlertTest("ModelQualityRegressed", at(back - STEP), fires),
            AlertTest("ModelQualityRegressed", at(back + keep - 2 * STEP), fires),
            AlertTest("ModelQualityRegressed", at(end)),
        ],
        interval=at(STEP),
    )


def _of(metric: str, labels: dict[str, str], version: str) -> str:
    return series(metric, {**labels, "version": version})


def _unknown(pack: ModelRules) -> RuleTest:
    """Judge a model whose judge stops, and comes back."""
    over, for_ = _whole(pack.over), _whole(pack.unknown_for)
    stop = over + 2 * STEP
    back = stop + over + for_ + 3 * STEP
    names = {**example(pack.match), pack.by: "unmeasured"}
    return RuleTest(
        name="a model that nobody judges any more",
        series={
            series(pack.quality, names): gauge((GOOD, stop // STEP + 1), (None, (back - stop) // STEP - 1), (GOOD, 3))
        },
        alerts=[
            AlertTest("ModelQualityUnknown", at(stop)),
            AlertTest("ModelQualityUnknown", at(stop + over + for_ - 2 * STEP)),
            AlertTest("ModelQualityUnknown", at(back - STEP), [Firing({pack.by: "unmeasured"})]),
            AlertTest("ModelQualityUnknown", at(back + STEP)),
        ],
        interval=at(STEP),
    )


def _drifted(pack: ModelRules, drift: str) -> RuleTest:
    edge = pack.drift_over
    probes = [Probe(drift, edge / 2, edge, edge * 1.01, example(pack.match))]
    return threshold_test(pack.drifted(drift), "a model that drifts", probes, by=pack.by, labels={})


def _whole(length: str) -> int:
    return -(-minutes(length) // STEP) * STEP
