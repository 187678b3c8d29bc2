"""The engine against the oracle, on random alarms and random histories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from northsouth.alerts.replay import (
    Alarms,
    CompositeAlarm,
    MetricAlarm,
    MetricKey,
    MuteRule,
    Outcome,
    Samples,
    Series,
    Settings,
    State,
    points,
    replay,
)
from northsouth.alerts.replay.alarms import Actions, Comparison, MetricStat, Missing, Query, Suppressor, WarmUp
from tests.alerts.replay import oracle

pytestmark = pytest.mark.slow

NOON = 1_790_942_400
"""2026-10-02T12:00:00Z, a full hour."""
ACTIONS = Actions(("alarm",), ("ok",), ("insufficient",))
M, OTHER = MetricKey("T", "M"), MetricKey("T", "Other")

numbers = st.one_of(st.integers(0, 9).map(float), st.just(float("nan")))
missing = st.sampled_from(Missing)
premature = st.sampled_from(["range", "periods"])
readings = st.fixed_dictionaries(
    {"initial": st.sampled_from(State), "premature": premature, "delay": st.sampled_from([0, 0, 60, 130])}
)


def gappy(size: int) -> st.SearchStrategy[list[float]]:
    """Runs of values and of gaps: single random points would hardly ever leave a whole range empty."""
    run = st.tuples(numbers, st.integers(1, 12))
    return st.lists(run, min_size=1, max_size=12).map(lambda runs: [each for each, n in runs for _ in range(n)][:size])


def alarm(draw: st.DrawFn, period: int, queries: tuple[Query, ...], name: str = "a", **arguments: Any) -> MetricAlarm:
    periods = draw(st.integers(1, 6))
    given_arguments: dict[str, Any] = {
        "name": name,
        "address": f"aws_cloudwatch_metric_alarm.{name}",
        "queries": queries,
        "judged": queries[-1].id,
        "comparison": draw(st.sampled_from(Comparison)),
        "threshold": draw(st.sampled_from([0.0, 1.0, 3.5, 6.0, 20.0])),
        "periods": periods,
        "datapoints": draw(st.integers(1, periods)),
        "period": period,
        "missing": draw(missing),
        "actions": ACTIONS,
    }
    return MetricAlarm(**given_arguments | arguments)


def agree(alarms: Alarms, history: Mapping[MetricKey, Series], settings: Settings) -> None:
    """Demand the same changes from both, and the same runs of actions."""
    engine, slow = replay(alarms, history, settings), oracle.replay(alarms, history, settings)
    assert engine.refused == ()
    for name, answer in slow.items():
        line = engine[name]
        assert [(each.time, each.state) for each in line.transitions] == answer.changes, name
        runs = [(each.time, each.state) for each in line.actions if each.outcome is Outcome.RUN]
        assert runs == answer.runs, name


def settings_of(span: int, given_readings: Mapping[str, Any], **more: Any) -> Settings:
    return Settings(start=NOON, end=NOON + span, mark_unknowns=False, **{**given_readings, **more})


@st.composite
def single_metrics(draw: st.DrawFn) -> tuple[Alarms, dict[MetricKey, Series], Settings]:
    period, statistic = (
        draw(st.sampled_from([60, 120, 300, 900])),
        draw(st.sampled_from(["Sum", "Average", "Minimum", "Maximum", "SampleCount"])),
    )
    judged = alarm(draw, period, (Query("m", MetricStat(M, statistic, period)),))
    before = draw(st.sampled_from([0, 10, 60]))
    series = points(NOON - before * 60, draw(gappy(90)))
    extra = draw(st.integers(0, 4))
    settings = settings_of(90 * 60, draw(readings), evaluation_range=judged.periods + extra)
    return Alarms({"a": judged}), {M: series}, settings


@given(single_metrics())
@examples(suppress_health_check=[HealthCheck.too_slow])
def test_one_metric(case: tuple[Alarms, dict[MetricKey, Series], Settings]) -> None:
    agree(*case)


@st.composite
def high_resolution(draw: st.DrawFn) -> tuple[Alarms, dict[MetricKey, Series], Settings]:
    period = draw(st.sampled_from([10, 20, 30]))
    judged = alarm(draw, period, (Query("m", MetricStat(M, "Sum", period)),))
    series = points(NOON - 50, draw(gappy(60)), spacing=10)
    return Alarms({"a": judged}), {M: series}, settings_of(600, draw(readings))


@given(high_resolution())
def test_high_resolution(case: tuple[Alarms, dict[MetricKey, Series], Settings]) -> None:
    agree(*case)


@st.composite
def several_days(draw: st.DrawFn) -> tuple[Alarms, dict[MetricKey, Series], Settings]:
    """Sliding windows of more than a day in all are judged once an hour."""
    period = draw(st.sampled_from([21600, 43200, 86400]))
    judged = alarm(draw, period, (Query("m", MetricStat(M, "Sum", period)),))
    hours = draw(gappy(24 * 4))
    series = points(NOON - 86400, [each for hour in hours for each in (hour, *[float("nan")] * 59)])
    return Alarms({"a": judged}), {M: series}, settings_of(2 * 86400, draw(readings) | {"delay": 0}, hourly_lag=0)


@pytest.mark.slow
@given(several_days())
@examples(max_examples=25, deadline=None)
def test_days(case: tuple[Alarms, dict[MetricKey, Series], Settings]) -> None:
    [judged] = case[0].metric.values()
    assume(judged.interval == 3600)
    agree(*case)


@st.composite
def wall_clocks(draw: st.DrawFn) -> tuple[Alarms, dict[MetricKey, Series], Settings]:
    period = draw(st.sampled_from([60, 300, 3600]))
    zone = draw(st.sampled_from(["UTC", "Asia/Kolkata", "America/New_York", "+05:30", "Australia/Lord_Howe"]))
    judged = alarm(draw, period, (Query("m", MetricStat(M, "Sum", period)),), time_zone=zone)
    minutes = [each for run in draw(gappy(40)) for each in [run] * (5 if period == 3600 else 1)]
    series = points(NOON - 3600, minutes)
    return Alarms({"a": judged}), {M: series}, settings_of(2 * 3600, draw(readings))


@pytest.mark.slow
@given(wall_clocks())
@examples(max_examples=25, deadline=None)
def test_wall_clock_windows(case: tuple[Alarms, dict[MetricKey, Series], Settings]) -> None:
    agree(*case)


EXPRESSIONS = (
    "m + o",
    "m - 2 * o",
    "100 * m / o",
    "-m",
    "m > 3",
    "m > o AND o > 1",
    "m > 5 OR o > 5",
    "IF(m > 3, m, o)",
    "IF(m > 3, 7, o)",
    "IF(o, m)",
    "IF(o > 2, m / o, 1)",
    "FILL(m, 0)",
    "FILL(m, 9) / PERIOD(m)",
    "FILL(m, o)",
    "FILL(m, REPEAT)",
    "SUM([m, o])",
    "SUM(METRICS())",
    "ABS(m - o)",
    "CEIL(m / 4)",
    "FLOOR(o / 4) + m",
    "IF(MINUTE(m) > 30, m, 0)",
    "m ^ 2",
)


@st.composite
def expressions(draw: st.DrawFn) -> tuple[Alarms, dict[MetricKey, Series], Settings]:
    period = draw(st.sampled_from([60, 300]))
    queries = (
        Query("m", MetricStat(M, "Sum", period)),
        Query("o", MetricStat(OTHER, "Maximum", period)),
        Query("e", expression=draw(st.sampled_from(EXPRESSIONS))),
    )
    judged = alarm(draw, period, queries)
    history = {M: points(NOON - 600, draw(gappy(60))), OTHER: points(NOON - 600, draw(gappy(60)))}
    return Alarms({"a": judged}), history, settings_of(3600, draw(readings))


@given(expressions())
@examples(suppress_health_check=[HealthCheck.too_slow])
def test_metric_math(case: tuple[Alarms, dict[MetricKey, Series], Settings]) -> None:
    agree(*case)


@st.composite
def percentiles(draw: st.DrawFn) -> tuple[Alarms, dict[MetricKey, Series], Settings]:
    """Percentiles of samples, with few of them: a p90 needs 100, a p20 needs 50."""
    period, statistic = draw(st.sampled_from([60, 300])), draw(st.sampled_from(["p90", "p50", "p20"]))
    judged = alarm(
        draw, period, (Query("m", MetricStat(M, statistic, period)),),
        keeps_on_low_samples=draw(st.booleans()), periods=1, datapoints=1,
    )  # fmt: skip
    counts = draw(st.lists(st.sampled_from([0, 0, 5, 30, 60, 110]), min_size=1, max_size=40))
    values = [draw(st.sampled_from([0.0, 5.0, 9.0])) for _ in counts]
    there = [(place, count, value) for place, (count, value) in enumerate(zip(counts, values, strict=True)) if count]
    sizes = np.array([count for _, count, _ in there], dtype=float)
    each = np.array([value for _, _, value in there], dtype=float)
    statistics = {"SampleCount": sizes, "Sum": sizes * each, "Minimum": each, "Maximum": each}
    behind = Samples(np.arange(len(there) + 1), each, sizes)
    series = Series(np.array([NOON + place * 60 for place, _, _ in there], dtype=int), statistics, samples=behind)
    return Alarms({"a": judged}), {M: series}, settings_of(3600, draw(readings) | {"delay": 0})


@given(percentiles())
@examples(suppress_health_check=[HealthCheck.too_slow])
def test_percentiles_and_low_samples(case: tuple[Alarms, dict[MetricKey, Series], Settings]) -> None:
    agree(*case)


@st.composite
def new_alarms(draw: st.DrawFn) -> tuple[Alarms, dict[MetricKey, Series], Settings]:
    warm_up = WarmUp(draw(st.integers(1, 40)), waits=draw(st.booleans()))
    judged = alarm(draw, 300, (Query("m", MetricStat(M, "Sum", 300)),), warm_up=warm_up)
    series = points(NOON + 60 * draw(st.integers(-20, 20)), draw(gappy(40)))
    return Alarms({"a": judged}), {M: series}, settings_of(3600, draw(readings), initial=State.INSUFFICIENT_DATA)


@given(new_alarms())
def test_the_warm_up(case: tuple[Alarms, dict[MetricKey, Series], Settings]) -> None:
    agree(*case)


NAMES = ("a", "b", "c d")
quoted = st.sampled_from(['"a"', "a", "b", '"b"', '"c d"'])
conditions = st.recursive(
    st.one_of(
        st.tuples(st.sampled_from(State), quoted).map(lambda pair: f"{pair[0]}({pair[1]})"),
        st.sampled_from(["TRUE", "FALSE"]),
        st.tuples(
            st.sampled_from(["1", "2", "50%", "67%", "100%"]), st.sampled_from(["", "NOT "]), st.sampled_from(State)
        ).map(lambda three: f'AT_LEAST({three[0]}, {three[1]}{three[2]}, (a, "b", "c d"))'),
    ),
    lambda inner: st.one_of(
        inner.map(lambda text: f"NOT ({text})"),
        st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(
            lambda three: f"({three[0]}) {three[1]} {three[2]}"
        ),
    ),
    max_leaves=6,
)


def histories(span: int) -> st.SearchStrategy[list[tuple[int, State]]]:
    """States of an alarm that is known from elsewhere: every change at a moment of its own, and none to what it is."""
    moments = st.lists(st.integers(0, span // 60), max_size=8, unique=True).map(sorted)
    return st.tuples(moments, st.lists(st.sampled_from(State), min_size=8, max_size=8)).map(
        lambda pair: changing([(NOON + minute * 60, state) for minute, state in zip(pair[0], pair[1], strict=False)])
    )


def changing(states: list[tuple[int, State]]) -> list[tuple[int, State]]:
    known, kept = State.OK, []
    for moment, state in states:
        if state is not known:
            kept.append((moment, state))
            known = state
    return kept


@st.composite
def composites(draw: st.DrawFn) -> tuple[Alarms, dict[MetricKey, Series], Settings]:
    suppressor = draw(st.one_of(st.none(), st.builds(Suppressor, st.just("s"), st.just(90), st.just(150))))
    composite = {
        "inner": CompositeAlarm("inner", "inner", draw(conditions), suppressor, ACTIONS),
        "outer": CompositeAlarm("outer", "outer", f"ALARM(inner) OR {draw(conditions)}", None, ACTIONS),
    }
    mute = MuteRule(
        "m", "m", draw(st.sampled_from(["cron(*/20 * * * *)", "at(2026-10-02T12:10)"])), 60 * draw(st.integers(1, 15)),
        alarms=("inner",),
    )  # fmt: skip
    states = {name: draw(histories(3600)) for name in (*NAMES, "s")}
    settings = settings_of(3600, {"initial": State.OK}, states=states)
    return Alarms(composite=composite, mute_rules=(mute,) if draw(st.booleans()) else ()), {}, settings


@given(composites())
@examples(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_composites_suppressors_and_mute_rules(case: tuple[Alarms, dict[MetricKey, Series], Settings]) -> None:
    agree(*case)
