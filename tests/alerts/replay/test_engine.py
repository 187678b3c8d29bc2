"""Whole alarms on histories: when they are judged, on what, and what the result says about its own proof."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.alerts.replay import (
    Alarms,
    CompositeAlarm,
    MetricAlarm,
    MetricKey,
    MuteRule,
    Outcome,
    Refusal,
    Samples,
    Series,
    Settings,
    State,
    Timeline,
    Unknown,
    points,
    replay,
)
from northsouth.alerts.replay.alarms import Actions, Comparison, MetricStat, Missing, Query, Suppressor, WarmUp
from northsouth.alerts.replay.datapoints import DataPoints
from northsouth.errors import ConfigurationError
from tests.alerts.replay.worked import stamp

TEN = stamp("2026-10-01T10:00:00Z")
METRIC = MetricKey("T", "M")
OTHER = MetricKey("T", "O")
GAP = float("nan")
ALARM, OK, NONE = State.ALARM, State.OK, State.INSUFFICIENT_DATA


def alarm(statistic: str = "Sum", period: int = 60, **change: Any) -> MetricAlarm:
    query = Query("m1", MetricStat(METRIC, statistic, period))
    plain = MetricAlarm("a", "x.a", (query,), "m1", Comparison.GREATER, 5, 1, 1, period)
    if "periods" in change:
        change.setdefault("datapoints", change["periods"])
    return replace(plain, **change)


def math(expression: str, period: int = 60, **change: Any) -> MetricAlarm:
    stats = [Query(name, MetricStat(key, "Sum", period)) for name, key in (("m", METRIC), ("o", OTHER))]
    return alarm(period=period, queries=(Query("e", None, expression), *stats), judged="e", **change)


def line(given: MetricAlarm, values: Any, *, spacing: int = 60, other: Any = None, **settings: Any) -> Timeline:
    history = {METRIC: values if isinstance(values, Series) else points(TEN, values, spacing=spacing)}
    if other is not None:
        history[OTHER] = points(TEN, other, spacing=spacing)
    settings.setdefault("initial", OK)
    return replay(Alarms({"a": given}), history, Settings(**settings))["a"]


def shown(timeline: Timeline) -> list[tuple[str, str]]:
    """Return each change as minutes and seconds after ten, and the state."""
    return [
        (f"{(each.time - TEN) // 60}:{(each.time - TEN) % 60:02}", each.state.value) for each in timeline.transitions
    ]


def refusal(given: MetricAlarm, values: Any, **settings: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        line(given, values, **settings)
    return str(caught.value)


def test_an_alarm_is_judged_from_the_moment_its_window_is_full() -> None:
    timeline = line(alarm(periods=3), [9] * 20)
    assert (timeline.start, timeline.end) == (TEN + 5 * 60, TEN + 20 * 60)
    assert shown(timeline) == [("5:00", "ALARM")]
    assert line(alarm(periods=3), [9] * 20, evaluation_range=3).start == TEN + 3 * 60
    assert "never fills the 5 periods of 60 s" in refusal(alarm(periods=3), [9] * 4)


def test_with_a_start_of_ones_own_what_came_before_the_history_is_missing() -> None:
    late = alarm(periods=3, missing=Missing.BREACHING, comparison=Comparison.LESS)
    assert shown(line(late, [9] * 10, start=TEN - 600)) == [("-10:00", "ALARM"), ("1:00", "OK")]


def test_points_from_before_the_creation_count() -> None:
    assert shown(line(alarm(periods=3), [9] * 10, start=TEN + 300, initial=NONE)) == [("5:00", "ALARM")]


def test_windows_end_at_the_minute_of_the_evaluation() -> None:
    # alarm-limits: with a period of 300 s, 12:15 asks for 12:00, 12:05, 12:10, and 12:16 for 12:01, 12:06, 12:11.
    for minute, stamps in ((15, ("10:10", "10:05", "10:00")), (16, ("10:11", "10:06", "10:01"))):
        (change,) = line(alarm(period=300, periods=3, threshold=4), [1] * 20, start=TEN + minute * 60).transitions
        assert change.time == TEN + minute * 60
        assert f"[{', '.join(f'5.0 (01/10/26 {each}:00)' for each in stamps)}]" in change.reason


def test_high_resolution_is_judged_each_ten_seconds() -> None:
    values = [1, 1, 9, 9, 9, 1, 1, 1]
    assert shown(line(alarm(period=10, threshold=5), values, spacing=10)) == [("0:30", "ALARM"), ("1:00", "OK")]
    assert shown(line(alarm(period=20, threshold=11), values, spacing=10, evaluation_range=1)) == [
        ("0:40", "ALARM"),
        ("1:00", "OK"),
    ]
    assert shown(line(alarm(period=10), points(TEN, [9] * 40, spacing=1), start=TEN + 5)) == [("0:10", "ALARM")]


def test_multi_day_alarms_are_judged_once_an_hour_on_whole_hours() -> None:
    # alarm-evaluation: a job that runs every three days at 10:00 fails at 10:02; fixed at 11:43.
    times = np.array([TEN - 3 * 86400, TEN + 103 * 60])
    job = Series(times, {"Sum": np.array([1.0, 1.0])})
    daily = alarm(
        period=86400, periods=3, comparison=Comparison.LESS, threshold=1, missing=Missing.BREACHING, datapoints=3
    )
    found = line(daily, job, start=TEN - 3600, end=TEN + 4 * 3600, evaluation_range=3)
    assert shown(found) == [("63:00", "ALARM"), ("123:00", "OK")]
    assert shown(line(daily, job, start=TEN - 3600, end=TEN + 4 * 3600, evaluation_range=3, hourly_lag=0)) == [
        ("60:00", "ALARM"),
        ("120:00", "OK"),
    ]


def test_a_wall_clock_hour_is_judged_when_it_is_over() -> None:
    hourly = alarm(period=3600, time_zone="UTC", threshold=50, missing=Missing.NOT_BREACHING)
    values = [0] * 90 + [1] * 60 + [0] * 90
    assert shown(line(hourly, values, start=TEN)) == []
    assert shown(line(replace(hourly, threshold=29), values, start=TEN)) == [("120:00", "ALARM"), ("240:00", "OK")]
    zoned = replace(hourly, time_zone="Asia/Kolkata")
    assert shown(line(zoned, values, start=TEN)) == [("150:00", "ALARM"), ("210:00", "OK")]
    assert line(hourly, values, start=TEN).end == TEN + 240 * 60


def test_wall_clock_windows_load_no_older_points() -> None:
    hourly = alarm(period=3600, time_zone="UTC", periods=2, missing=Missing.MISSING)
    assert shown(line(hourly, [9] * 60 + [GAP] * 200 + [1], start=TEN + 60)) == [
        ("1:00", "INSUFFICIENT_DATA"),
        ("60:00", "OK"),
        ("120:00", "ALARM"),
        ("180:00", "INSUFFICIENT_DATA"),
    ]


def test_a_local_day_has_as_many_hours_as_the_clocks_give_it() -> None:
    # 1 November 2026 has 25 hours in New York; its last sample is 24 h and 30 min after midnight.
    begin = stamp("2026-11-01T04:00:00Z")
    day = Series(np.array([begin + 24 * 3600 + 1800, begin + 26 * 3600]), {"Sum": np.array([9.0, 1.0])})
    daily = alarm(period=86400, time_zone="America/New_York")
    found = line(daily, day, start=begin, end=begin + 60 * 3600)
    assert [each.time - begin for each in found.transitions if each.state is ALARM] == [25 * 3600]


@pytest.mark.parametrize(
    ("warm_up", "change", "expected"),
    [
        # alarm-warm-up: created at 10:00, the first point at 10:04, evaluated from about 10:19.
        (WarmUp(30), {}, "19:00"),
        (WarmUp(30, waits=True), {}, "30:00"),
        (WarmUp(10), {}, "10:00"),
        (None, {}, "0:00"),
        (WarmUp(30), {"created": False}, "0:00"),
    ],
)
def test_warm_up(warm_up: WarmUp | None, change: dict[str, Any], expected: str) -> None:
    given = alarm(period=300, periods=3, missing=Missing.BREACHING, comparison=Comparison.LESS, threshold=6)
    given = replace(given, warm_up=warm_up)
    values = [GAP] * 4 + [1] * 60
    assert shown(line(given, values, start=TEN, initial=NONE, **change))[0] == (expected, "ALARM")


def test_late_points_are_read_late() -> None:
    values = [1] * 10 + [9] * 10
    assert shown(line(alarm(), values, start=TEN + 300)) == [("11:00", "ALARM")]
    assert shown(line(alarm(), values, start=TEN + 300, delay=120)) == [("13:00", "ALARM")]
    assert line(alarm(), values, start=TEN + 300, delay=120).evidence.delay == 120
    # A window of five minutes then lacks its newest two.
    five = alarm(period=300, threshold=8)
    assert shown(line(five, values, start=TEN + 420, delay={METRIC: 120})) == [("13:00", "ALARM")]
    assert shown(line(five, values, start=TEN + 420)) == [("11:00", "ALARM")]
    # A delay longer than the evaluation range leaves nothing to judge.
    assert shown(line(alarm(), values, start=TEN + 300, delay=3600)) == [("5:00", "INSUFFICIENT_DATA")]


def test_metrics_of_one_alarm_can_be_late_by_different_times() -> None:
    found = line(math("m - o"), [1] * 10 + [9] * 10, other=[5] * 20, start=TEN + 300, delay={OTHER: 300})
    # The other metric's newest points are not there yet, and count as 0.
    assert shown(found) == [("11:00", "ALARM")]
    both = line(math("m - o"), [1] * 10 + [9] * 10, other=[5] * 20, start=TEN + 300)
    assert shown(both) == []


def test_functions_of_neighbours_are_evaluated_within_the_evaluation_range() -> None:
    values = [0, 60, 120, 180, 600, 660, 720]
    assert shown(line(math("RATE(m)", threshold=2), values, other=values, start=TEN + 240)) == [
        ("5:00", "ALARM"),
        ("6:00", "OK"),
    ]
    repeat = math("FILL(m, REPEAT)", periods=1)
    assert shown(line(repeat, [9] + [GAP] * 9, other=[0] * 10, start=TEN + 60)) == [
        ("1:00", "ALARM"),
        ("4:00", "INSUFFICIENT_DATA"),
    ]


SPARSE = st.lists(st.sampled_from([GAP, GAP, 1.0, 9.0]), min_size=1, max_size=40)
MODES = st.sampled_from(list(Missing))


@given(SPARSE, st.integers(1, 12), st.data(), MODES, st.sampled_from(["range", "periods"]))
def test_counting_patterns_and_rows_give_one_timeline(
    values: list[float], periods: int, data: st.DataObject, missing: Missing, premature: Any
) -> None:
    datapoints = data.draw(st.integers(1, periods))
    given = alarm(periods=periods, datapoints=datapoints, missing=missing, period=data.draw(st.sampled_from([60, 180])))
    span = {"start": TEN, "end": TEN + 60 * 45}
    fast = line(given, [*values, 1], premature=premature, **span)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DataPoints, "needs_rows", True)
        assert line(given, [*values, 1], premature=premature, **span) == fast


def test_what_depends_on_the_evaluation_range_is_marked() -> None:
    values = [9, 9, 9] + [GAP] * 20
    found = line(alarm(periods=3, missing=Missing.NOT_BREACHING), values, start=TEN + 180, end=TEN + 1200)
    assert [(text, each.depends) for (text, _), each in zip(shown(found), found.transitions, strict=True)] == [
        ("3:00", ()),
        ("6:00", (Unknown.RANGE,)),
    ]
    assert found.evidence.depends == (Unknown.RANGE,)
    measured = line(alarm(periods=3, missing=Missing.NOT_BREACHING), values, start=TEN + 180, evaluation_range=7)
    assert measured.evidence.depends == ()
    assert line(alarm(periods=3), [1, 9] * 20).evidence.depends == ()


def test_a_change_that_only_another_range_makes_is_told_of_the_whole() -> None:
    found = line(alarm(periods=3, missing=Missing.MISSING), [1, 1, 1] + [GAP] * 5, start=TEN + 180, end=TEN + 420)
    assert found.transitions == ()
    assert found.evidence.depends == (Unknown.RANGE,)


def test_coarse_points_show_only_some_of_the_evaluations() -> None:
    found = line(alarm("Average", period=300), [1, 9, 9, 1], spacing=300, evaluation_range=1)
    assert shown(found) == [("10:00", "ALARM"), ("20:00", "OK")]
    assert (found.evidence.exact, found.evidence.spacing) == (False, 300)
    assert all(each.depends == (Unknown.PHASE,) for each in found.transitions)
    hourly = line(alarm(period=3600, time_zone="UTC"), [9] * 48, spacing=300)
    assert hourly.evidence.exact
    daily = line(alarm(period=86400, periods=2), [9] * 100, spacing=3600, evaluation_range=2, hourly_lag=0)
    assert daily.evidence.exact


@pytest.mark.parametrize(
    ("given", "values", "spacing", "words"),
    [
        (alarm(period=60), [1] * 20, 300, "its period of 60 s is finer than the points of T/M, which cover 300 s"),
        (alarm(period=420), [1] * 20, 300, "its windows of 420 s cannot be made of points of 300 s"),
        (alarm("p99", period=300), [1, 2] * 10, 60, None),
        (alarm("tm99", period=300), [1] * 20, 60, "it needs tm99 of T/M, and the history has Sum, Average"),
    ],
)
def test_what_the_points_never_show_is_refused(
    given: MetricAlarm, values: list[float], spacing: int, words: str | None
) -> None:
    if words is None:
        assert line(given, values, spacing=spacing).transitions == ()
    else:
        assert words in refusal(given, values, spacing=spacing)


def test_points_that_begin_at_different_seconds_are_refused() -> None:
    crooked = Series(np.array([TEN, TEN + 360, TEN + 900]), {"Sum": np.ones(3)}, 300)
    assert "begin at different seconds of the 300 s" in refusal(alarm(period=300), crooked)


@pytest.mark.parametrize("place", [0, 150, 199])
def test_a_point_that_begins_at_other_seconds_than_the_rest_counts_as_missing(place: int) -> None:
    """Two of the public series begin with such a point, before a gap."""
    times = TEN + 300 * np.arange(200)
    times[:place] -= 300
    times[place + 1 :] += 300
    values = np.full(200, 9.0)
    values[place] = 1
    shifted = times.copy()
    shifted[place] += 60
    without = np.delete(times, place)
    given = replace(alarm(period=300), missing="ignore")
    at = Settings(history_start=int(times[0]), end=int(times[-1]) + 300)
    strays = replay(Alarms({"a": given}), {METRIC: Series(shifted, {"Sum": values}, 300)}, at)["a"]
    rest = replay(Alarms({"a": given}), {METRIC: Series(without, {"Sum": np.delete(values, place)}, 300)}, at)["a"]
    assert strays.transitions == rest.transitions
    assert "count as missing: 1." in strays.evidence.notes[-1]


def test_a_metric_of_another_unit_or_none_at_all_is_refused() -> None:
    stat = MetricStat(METRIC, "Sum", 60, "Bytes")
    other = replace(points(TEN, [1] * 9), unit="Count")
    text = refusal(alarm(queries=(Query("m1", stat),)), other)
    assert "it asks for T/M in Bytes, and the history has it in Count" in text
    result = replay(Alarms({"a": alarm()}), {OTHER: points(TEN, [1])})
    assert str(result.refused[0]).startswith("a is not replayed: the history has no metric T/M. Map it")


def test_a_metric_that_was_never_published_is_missing() -> None:
    never = Series(np.empty(0), {"Sum": np.empty(0)})
    history = {METRIC: never, OTHER: points(TEN, [1] * 10)}
    found = replay(Alarms({"a": alarm(missing=Missing.BREACHING)}), history, Settings(initial=OK))["a"]
    assert shown(found) == [("3:00", "ALARM")]


@pytest.mark.parametrize(
    ("values", "statistic", "expected"),
    [
        ({"Sum": [4, 8, 12]}, "Sum", 24),
        ({"Average": [4, 8, 12], "SampleCount": [1, 1, 2]}, "Sum", 36),
        ({"Sum": [4, 8, 12], "SampleCount": [1, 1, 2]}, "Average", 6),
        ({"Average": [4, 8, 12], "SampleCount": [1, 1, 2]}, "Average", 9),
        ({"Average": [4, 8, 12]}, "Average", 8),
        ({"Minimum": [4, 8, 12]}, "Minimum", 4),
        ({"Maximum": [4, 8, 12]}, "Maximum", 12),
        ({"SampleCount": [1, 1, 2]}, "SampleCount", 4),
        ({"Minimum": [4, 8, 12], "Maximum": [4, 8, 12], "SampleCount": [1, 1, 2]}, "p50", 8),
        ({"Minimum": [4, 8, 12], "Maximum": [4, 8, 12], "SampleCount": [1, 1, 2]}, "p51", 12),
    ],
)
def test_statistics_of_longer_windows(values: dict[str, list[float]], statistic: str, expected: float) -> None:
    series = Series(TEN + np.arange(3) * 60, {name: np.array(each) for name, each in values.items()})
    given = alarm(statistic, period=180, comparison=Comparison.GREATER_OR_EQUAL, threshold=expected)
    above = replace(given, threshold=expected + 0.001)
    assert [len(line(each, series, start=TEN + 180, end=TEN + 180).transitions) for each in (given, above)] == [1, 0]
    equal = "takes each point of 60 s as equal: the history has no SampleCount"
    noted = line(given, series, start=TEN + 180).evidence.notes
    assert any(equal in note for note in noted) == (set(values) == {"Average"})


def test_raw_samples_give_every_statistic() -> None:
    samples = Samples(np.array([0, 3, 4]), np.array([1.0, 2.0, 9.0, 5.0]), np.array([1.0, 8.0, 1.0, 2.0]))
    series = Series(np.array([TEN, TEN + 60]), {"SampleCount": np.array([10.0, 2.0])}, samples=samples)
    for statistic, expected in {"p10": 2, "p50": 2, "p90": 5, "p95": 9, "Sum": 36, "Average": 3, "Maximum": 9}.items():
        given = alarm(statistic, period=120, comparison=Comparison.GREATER_OR_EQUAL, threshold=expected)
        above = replace(given, threshold=expected + 0.001)
        span = {"start": TEN + 120, "end": TEN + 120}
        assert [len(line(each, series, **span).transitions) for each in (given, above)] == [1, 0], statistic


def test_few_samples_keep_the_state_only_if_that_is_declared_and_known() -> None:
    values = {"p50": np.array([9.0, 1.0]), "SampleCount": np.array([20.0, 19.0])}
    series = Series(np.array([TEN, TEN + 60]), values)
    given = alarm("p50")
    assert shown(line(given, series, start=TEN + 60)) == [("1:00", "ALARM"), ("2:00", "OK")]
    assert shown(line(replace(given, keeps_on_low_samples=True), series, start=TEN + 60)) == [("1:00", "ALARM")]
    unknown = Series(series.times, {"p50": values["p50"]})
    assert "it needs SampleCount of T/M" in refusal(replace(given, keeps_on_low_samples=True), unknown, start=TEN + 60)


def test_reasons_are_cloudwatchs() -> None:
    found = line(alarm(periods=3, datapoints=2, missing=Missing.NOT_BREACHING), [1, 9, 9, 1, 1] + [GAP] * 9, start=TEN)
    raised, ended = (each.reason for each in found.transitions)
    assert raised == (
        "Threshold Crossed: 2 out of the last 3 datapoints [9.0 (01/10/26 10:02:00), 9.0 (01/10/26 10:01:00)] were "
        "greater than the threshold (5) (minimum 2 datapoints for OK -> ALARM transition)."
    )
    assert ended == (
        "Threshold Crossed: 2 out of the last 3 datapoints [1.0 (01/10/26 10:04:00), 1.0 (01/10/26 10:03:00)] were "
        "not greater than the threshold (5) (minimum 2 datapoints for ALARM -> OK transition)."
    )
    gone = line(alarm(), [1, GAP, GAP, GAP, GAP], start=TEN + 60, end=TEN + 300)
    assert gone.transitions[0].reason == "Insufficient Data: 1 datapoint was unknown."
    filled = line(alarm(missing=Missing.BREACHING), [1, GAP, GAP, GAP, GAP], start=TEN + 60, end=TEN + 300)
    assert filled.transitions[0].reason == (
        "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as "
        "[Breaching]."
    )
    assert line(alarm(), [1, 9], start=TEN, reasons=False).transitions[-1].reason == ""


def composed(rule: str, **change: Any) -> CompositeAlarm:
    return replace(CompositeAlarm("c", "x.c", rule, actions=Actions(("pager",), ("chat",))), **change)


def test_composites_follow_their_children_and_each_other() -> None:
    outer = CompositeAlarm("outer", "x.o", "NOT ALARM(c)")
    alarms = Alarms({"a": alarm()}, {"outer": outer, "c": composed('ALARM("a") AND NOT ALARM(given)')})
    states = {"given": [(TEN, OK), (TEN + 480, ALARM)]}
    history = {METRIC: points(TEN, [1, 1, 1, 1, 9, 9, 9, 9, 9, 1])}
    result = replay(alarms, history, Settings(states=states, initial=OK))
    assert [shown(result[name]) for name in ("a", "c", "outer")] == [
        [("5:00", "ALARM"), ("10:00", "OK")],
        [("5:00", "ALARM"), ("8:00", "OK")],
        [("3:00", "ALARM"), ("5:00", "OK"), ("8:00", "ALARM")],
    ]
    assert result["c"].transitions[1].reason == "given transitioned to ALARM at 2026-10-01T10:08:00Z"
    assert [(each.state, each.receivers) for each in result["c"].actions] == [(ALARM, ("pager",)), (OK, ("chat",))]


def test_a_suppressor_and_a_mute_rule_hold_actions_back() -> None:
    suppressed = composed("ALARM(a)", suppressor=Suppressor("upgrade", 60, 60))
    night = MuteRule("night", "x.n", "at(2026-10-01T10:04)", 120, alarms=("a",))
    alarms = Alarms({"a": alarm()}, {"c": suppressed}, (night,))
    history = {METRIC: points(TEN, [1, 1, 1, 1, 9, 9, 9, 9, 9, 9])}
    result = replay(alarms, history, Settings(states={"upgrade": [(TEN + 330, ALARM)]}, initial=OK))
    assert [(each.time - TEN, each.outcome, each.by) for each in result["a"].actions] == [
        (300, Outcome.MUTED, "night"),
        (360, Outcome.RUN, ""),
    ]
    assert [(each.time - TEN, each.outcome, each.by) for each in result["c"].actions] == [
        (330, Outcome.SUPPRESSED, "upgrade")
    ]
    unknown = replay(alarms, history, Settings(initial=OK))["c"]
    assert unknown.evidence.notes == ("The suppressor 'upgrade' is not known, so nothing is suppressed.",)
    assert [each.outcome for each in unknown.actions] == [Outcome.RUN]


def test_composites_that_cannot_be_judged_are_refused_and_the_rest_goes_on() -> None:
    names = {"c": "ALARM(d)", "d": "ALARM(c)", "e": "ALARM(nobody)", "f": "ALARM(b)", "g": "ALARM(a)"}
    composites = {name: CompositeAlarm(name, f"x.{name}", rule) for name, rule in names.items()}
    lost = replace(alarm(period=30), name="b")
    result = replay(Alarms({"a": alarm(), "b": lost}, composites), {METRIC: points(TEN, [1] * 9)})
    assert list(result.timelines) == ["a", "g"]
    assert {refusal.alarm: refusal.reason for refusal in result.refused} == {
        "b": "its period of 30 s is finer than the points of T/M, which cover 60 s",
        "c": "it waits for d, and a circle of composites is never evaluated",
        "d": "it waits for c, and a circle of composites is never evaluated",
        "e": "alarms that it names are not known: nobody",
        "f": "alarms that it names cannot be replayed: b (its period of 30 s is finer than the points of T/M, which "
        "cover 60 s)",
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"start": 10, "end": 5}, "a replay ends after it begins"),
        ({"premature": "maybe"}, "it is 'range' or 'periods'"),
        ({"evaluation_range": 0}, "a number of points, at least N"),
        ({"delay": -1}, "a delay is 0 s or more"),
        ({"hourly_lag": 3600}, "less than an hour"),
        ({"states": {"a": [(5, OK), (3, ALARM)]}}, "they ascend"),
    ],
)
def test_assumptions_that_make_no_sense_are_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        Settings(**change)


def test_what_the_reader_changed_is_told_of_the_metrics_that_were_read() -> None:
    noted = replace(points(TEN, [1] * 9), notes=("2 repeated points were dropped.",))
    assert replay(Alarms({"a": alarm()}), {METRIC: noted, OTHER: noted}).notes == (
        "T/M: 2 repeated points were dropped.",
    )


def test_several_processes_give_the_same_result() -> None:
    many = {f"a{n}": replace(alarm(threshold=n), name=f"a{n}") for n in range(40)}
    many["fine"] = replace(alarm(period=30), name="fine")
    history = {METRIC: points(TEN, np.arange(300) % 50)}
    assert replay(Alarms(many), history, workers=2) == replay(Alarms(many), history)


def test_a_part_of_a_file_holds_what_its_composites_need() -> None:
    composites = {
        "c": CompositeAlarm("c", "x.c", "ALARM(d)", Suppressor("b", 60, 60)),
        "d": CompositeAlarm("d", "x.d", "ALARM(a) AND NOT ALARM(elsewhere)"),
    }
    metric = {name: replace(alarm(), name=name, address=f"x.{name}") for name in "abe"}
    alarms = Alarms(metric, composites, refused=(Refusal("band", "x.band", "its band is AWS's", "Leave it."),))
    assert [each.name for each in alarms.only("x.c")] == ["a", "b", "c", "d"]
    assert [each.name for each in alarms.only("e")] == ["e"]
    assert alarms.stats == (MetricStat(METRIC, "Sum", 60),)
    with pytest.raises(ConfigurationError, match="'ee'; the file has no such alarm"):
        alarms.only("ee")
    with pytest.raises(ConfigurationError, match="its band is AWS's"):
        alarms.only("band")
