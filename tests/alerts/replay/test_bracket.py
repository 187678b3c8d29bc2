"""What coarse points hide is within their bounds: tried on minutes that are known, and then made coarse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.alerts.replay import Alarms, MetricAlarm, MetricKey, Series, Settings, State, Timeline, points, replay
from northsouth.alerts.replay.alarms import Comparison, MetricStat, Missing, Query
from tests.alerts.replay.worked import stamp

TEN = stamp("2026-10-01T10:00:00Z")
METRIC = MetricKey("T", "M")
GAP = float("nan")


def alarm(
    statistic: str, period: int, comparison: Comparison, threshold: float, n: int, m: int, mode: Missing
) -> Alarms:
    query = Query("m1", MetricStat(METRIC, statistic, period))
    return Alarms({"a": MetricAlarm("a", "x.a", (query,), "m1", comparison, threshold, n, m, period, mode)})


def coarse(values: list[float]) -> Series:
    """Return points of five minutes, as CloudWatch makes them of minutes."""
    parts = np.array(values).reshape(-1, 5)
    there = ~np.isnan(parts).all(axis=1)
    parts = parts[there]
    count = (~np.isnan(parts)).sum(axis=1).astype(float)
    total = np.nansum(parts, axis=1)
    statistics = {
        "Sum": total,
        "SampleCount": count,
        "Average": total / count,
        "Minimum": np.fmin.reduce(parts, axis=1),
        "Maximum": np.fmax.reduce(parts, axis=1),
    }
    return Series(TEN + np.flatnonzero(there) * 300, statistics, 300)


def minutes_in_alarm(timeline: Timeline, which: str) -> set[int]:
    changes = timeline.transitions if which == "exact" else getattr(timeline, which)
    line = Timeline("a", "", timeline.start, timeline.end, timeline.initial, tuple(changes))
    return {time for time in range(timeline.start, timeline.end + 1, 60) if line.at(time) is State.ALARM}


FIVE = st.one_of(st.just([GAP] * 5), st.lists(st.sampled_from([0.0, 1.0, 2.0, 9.0]), min_size=5, max_size=5))


@given(
    st.lists(FIVE, min_size=6, max_size=18).map(lambda blocks: [value for block in blocks for value in block]),
    st.sampled_from(["Sum", "Average", "Minimum", "Maximum", "SampleCount"]),
    st.sampled_from([300, 600]),
    st.sampled_from(list(Comparison)),
    st.sampled_from([1.0, 4.0, 9.0]),
    st.sampled_from(list(Missing)),
    st.data(),
)
def test_what_really_happened_lies_between_best_and_worst(
    values: list[float],
    statistic: str,
    period: int,
    comparison: Comparison,
    threshold: float,
    mode: Missing,
    data: st.DataObject,
) -> None:
    series = coarse(values)
    if not len(series):
        return
    n = data.draw(st.integers(1, 3))
    alarms = alarm(statistic, period, comparison, threshold, n, data.draw(st.integers(1, n)), mode)
    span = Settings(start=TEN, end=TEN + 60 * len(values), initial=State.OK)
    truth = replay(alarms, {METRIC: points(TEN, values)}, span)["a"]
    found = replay(alarms, {METRIC: series}, span)["a"]
    raised = minutes_in_alarm(truth, "exact")
    aligned = set(range(TEN, TEN + 60 * len(values) + 1, 300))
    if mode is not Missing.IGNORE:  # a state that is kept can come from a minute that is not shown
        assert minutes_in_alarm(found, "exact") & aligned == raised & aligned
    assert minutes_in_alarm(found, "best") <= raised <= minutes_in_alarm(found, "worst")


def test_an_exact_timeline_has_no_bounds_and_a_percentile_none_that_are_known() -> None:
    exact = alarm("Sum", 300, Comparison.GREATER, 5, 1, 1, Missing.MISSING)
    assert replay(exact, {METRIC: points(TEN, [1] * 20)})["a"].worst is None
    series = Series(TEN + np.arange(9) * 300, {"p99": np.ones(9)}, 300)
    shares = replay(alarm("p99", 300, Comparison.GREATER, 5, 1, 1, Missing.MISSING), {METRIC: series})["a"]
    assert (shares.evidence.exact, shares.best, shares.worst) == (False, None, None)


@pytest.mark.parametrize(("threshold", "best", "worst"), [(8, 0, 1), (4, 2, 1), (19, 0, 0)])
def test_a_burst_that_two_points_share(threshold: float, best: int, worst: int) -> None:
    values = [0] * 10 + [0, 0, 0, 3, 3] + [3, 3, 0, 0, 0] + [0] * 10
    found = replay(alarm("Sum", 300, Comparison.GREATER, threshold, 1, 1, Missing.MISSING), {METRIC: coarse(values)})
    assert found["a"].best is not None
    assert found["a"].worst is not None
    assert [sum(each.state is State.ALARM for each in which) for which in (found["a"].best, found["a"].worst)] == [
        best,
        worst,
    ]
