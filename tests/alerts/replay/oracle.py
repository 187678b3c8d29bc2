"""A slow, obvious evaluator of CloudWatch alarms, written from AWS's text alone; the engine is held against it.

It looks at one evaluation at a time, with exact fractions, and keeps nothing between two of them but the state. Where
AWS's text leaves something open, the settings of the replay decide, as they do for the engine. It judges what is exact
only: points that are no longer than a minute and no longer than the alarm's period.

Sources, by the names used below: EV is alarm-evaluation, MD alarms-and-missing-data, EW alarm-evaluation-window, WU
alarm-warm-up, PC percentiles-with-low-samples of the CloudWatch user guide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

from northsouth.alerts.replay import Alarms, History, MetricAlarm, Series, Settings, State
from northsouth.alerts.replay.alarms import Comparison, MetricStat, Missing
from tests.alerts.replay import oracle_actions, oracle_math, oracle_rules

DAY = 86400
WEEK = 7 * DAY

Slot = tuple[int, int]
"""When a data point of an alarm begins and ends, in seconds since 1970."""

Changes = list[tuple[int, State]]
"""Moments at which an alarm went to another state."""


@dataclass(frozen=True)
class Answer:
    """What became of one alarm."""

    changes: Changes
    runs: list[tuple[int, State]]
    """When the actions of which state ran."""


def replay(alarms: Alarms, history: History, settings: Settings) -> dict[str, Answer]:
    """Judge every alarm from ``settings.start`` to ``settings.end``, both of which it needs."""
    assert settings.start is not None
    assert settings.end is not None
    changes = {name: judged(alarm, history, settings) for name, alarm in alarms.metric.items()}
    changes |= {name: list(known) for name, known in settings.states.items() if name not in changes}
    initial = {name: settings.initial_of(name) for name in [*changes, *alarms.composite]}
    for name in oracle_rules.children_first(alarms):
        changes[name] = oracle_rules.judged(
            alarms.composite[name].rule, initial[name], initial, changes, settings.start
        )
    return {
        alarm.name: Answer(changes[alarm.name], oracle_actions.runs(alarm, alarms, changes, initial, settings))
        for alarm in alarms
    }


def judged(alarm: MetricAlarm, history: History, settings: Settings) -> Changes:
    """Return every change of a metric alarm's state."""
    state = settings.initial_of(alarm.name)
    changes: Changes = []
    warm = alarm.warm_up is None or not settings.created
    for now in evaluations(alarm, settings):
        warm = warm or warmed_up(alarm, history, settings, now)
        judgement = verdict_at(alarm, history, settings, now, state) if warm else State.INSUFFICIENT_DATA
        if judgement is not state:
            state = judgement
            changes.append((now, state))
    return changes


def evaluations(alarm: MetricAlarm, settings: Settings) -> Iterator[int]:
    """Yield when it is evaluated: each minute, each 10 s with a period below a minute, each hour if multi-day (EV)."""
    assert settings.start is not None
    assert settings.end is not None
    step = 60
    if alarm.period < 60:
        step = 10
    if alarm.time_zone is None and alarm.period * alarm.periods > DAY:
        step = 3600
    for now in range(settings.start, settings.end + 1):
        if now % step == 0:
            yield now


def verdict_at(alarm: MetricAlarm, history: History, settings: Settings, now: int, state: State) -> State:
    """Return the state after one evaluation."""
    slots = slots_of(alarm, settings, now)
    values = judged_values(alarm, history, settings, now, slots)
    if alarm.keeps_on_low_samples and has_low_samples(alarm, history, settings, now, slots):
        return state
    points = [None if value is None else breaches(alarm, value) for value in values]
    return verdict(points, alarm.periods, alarm.datapoints, alarm.missing, state, settings.premature)


def slots_of(alarm: MetricAlarm, settings: Settings, now: int) -> list[Slot]:
    """Return the data points that are loaded, oldest first.

    A sliding window ends at the evaluation, and more points than N are loaded (EV, MD). A wall-clock window holds the
    last N complete calendar periods and nothing else (EW).
    """
    if alarm.time_zone is not None:
        return calendar_periods(alarm.period, alarm.periods, zone(alarm.time_zone), now)
    number = settings.range_for(alarm.name, alarm.periods)
    return [(now - age * alarm.period, now - (age - 1) * alarm.period) for age in range(number, 0, -1)]


def calendar_periods(period: int, number: int, time_zone: tzinfo, now: int) -> list[Slot]:
    """Return the last complete calendar periods before ``now``, found by walking back minute by minute."""

    def label(moment: int) -> object:
        local = datetime.fromtimestamp(moment, UTC).astimezone(time_zone)
        if period == WEEK:
            return local.isocalendar()[:2]
        if period == DAY:
            return local.date()
        if period == 3600:
            return local.date(), local.hour, local.utcoffset()
        return moment // period

    edges: list[int] = []
    moment = now
    while len(edges) <= number:
        if label(moment) != label(moment - 60):
            edges.insert(0, moment)
        moment -= 60
    return list(pairwise(edges))


def zone(name: str) -> tzinfo:
    """Return a time zone by its IANA name or its offset (EW)."""
    offset = name.removeprefix("UTC").removeprefix("GMT")
    if offset in ("", "Z"):
        return UTC
    if offset[0] in "+-":
        hours, minutes = int(offset[1:3]), int(offset[4:6])
        return timezone(timedelta(hours=hours, minutes=minutes) * (-1 if offset[0] == "-" else 1))
    return ZoneInfo(name)


def judged_values(
    alarm: MetricAlarm, history: History, settings: Settings, now: int, slots: Sequence[Slot]
) -> list[Fraction | None]:
    """Return the value of each slot of the metric or expression that is judged; ``None`` where there is none."""
    series = {
        query.id: [value(query.stat, history, settings, now, slot) for slot in slots]
        for query in alarm.queries
        if query.stat is not None
    }
    expressions = {query.id: query.expression for query in alarm.queries if query.stat is None}
    periods = {query.id: query.stat.period for query in alarm.queries if query.stat is not None}
    starts = [begin for begin, _ in slots]
    return oracle_math.evaluate(alarm.judged, expressions, series, periods, starts)


def readable(stat: MetricStat, history: History, settings: Settings, now: int) -> list[int]:
    """Return the places in a metric's series of the points that can be read by now."""
    series = history[stat.metric]
    wait = series.spacing + settings.delay_of(stat.metric)
    return [place for place, begin in enumerate(series.times.tolist()) if begin + wait <= now]


def value(stat: MetricStat, history: History, settings: Settings, now: int, slot: Slot) -> Fraction | None:
    """Return the statistic over the points that lie within a slot, or ``None`` if there is none."""
    series = history[stat.metric]
    begin, end = slot
    if stat.unit is not None and series.unit is not None and stat.unit != series.unit:
        return None
    places = [place for place in readable(stat, history, settings, now) if begin <= series.times[place] < end]
    if not places:
        return None

    def all_of(statistic: str) -> list[Fraction]:
        return [Fraction(float(series.values[statistic][place])) for place in places]

    simple: dict[str, Callable[[], Fraction]] = {
        "Sum": lambda: Fraction(sum(all_of("Sum"))),
        "SampleCount": lambda: Fraction(sum(all_of("SampleCount"))),
        "Average": lambda: Fraction(sum(all_of("Sum"))) / Fraction(sum(all_of("SampleCount"))),
        "Minimum": lambda: min(all_of("Minimum")),
        "Maximum": lambda: max(all_of("Maximum")),
    }
    if stat.statistic in simple:
        return simple[stat.statistic]()
    if len(places) == 1 and stat.statistic in series.values:
        return Fraction(float(series.values[stat.statistic][places[0]]))
    return percentile(stat.statistic, samples(series, places))


def samples(series: Series, places: Sequence[int]) -> list[Fraction]:
    """Return the single values behind some points, sorted."""
    behind = series.samples
    assert behind is not None
    values: list[Fraction] = []
    for place in places:
        for at in range(int(behind.offsets[place]), int(behind.offsets[place + 1])):
            count = 1 if behind.counts is None else int(behind.counts[at])
            values += [Fraction(float(behind.values[at]))] * count
    return sorted(values)


def percentile(statistic: str, values: Sequence[Fraction]) -> Fraction:
    """Return the smallest value that so many percent of all values do not exceed."""
    share = Fraction(statistic[1:]) / 100
    return next(each for each in values if Fraction(sum(other <= each for other in values), len(values)) >= share)


def has_low_samples(alarm: MetricAlarm, history: History, settings: Settings, now: int, slots: Sequence[Slot]) -> bool:
    """Whether the newest slot has too few samples for its percentile (PC)."""
    for stat in alarm.stats:
        if not stat.statistic.startswith("p"):
            continue
        share = Fraction(stat.statistic[1:]) / 100
        enough = 10 / (1 - share) if share >= Fraction(1, 2) else 10 / share
        count = value(MetricStat(stat.metric, "SampleCount", stat.period), history, settings, now, slots[-1])
        if count is not None and count < enough:
            return True
    return False


def breaches(alarm: MetricAlarm, given: Fraction) -> bool:
    """Whether a value is beyond the threshold."""
    threshold = Fraction(alarm.threshold)
    match alarm.comparison:
        case Comparison.GREATER:
            return given > threshold
        case Comparison.GREATER_OR_EQUAL:
            return given >= threshold
        case Comparison.LESS:
            return given < threshold
    return given <= threshold


def verdict(
    points: Sequence[bool | None], periods: int, datapoints: int, missing: Missing, state: State, premature: str
) -> State:
    """Return the state that the loaded data points lead to (MD, "How alarm state is evaluated when data is missing").

    Args:
        points: of the whole evaluation range, oldest first: breaching, not breaching, or ``None`` for missing.
        periods: N, of which so many are judged.
        datapoints: M, of which so many must breach.
        missing: how missing data is treated.
        state: the current state.
        premature: which reading of the premature transition applies.

    """
    existing = [point for point in points if point is not None]
    if len(existing) >= periods:
        # Nothing has to be filled: the newest real points are judged, from farther back if need be.
        return State.ALARM if existing[-periods:].count(True) >= datapoints else State.OK
    if not existing:
        kinds = {Missing.BREACHING: State.ALARM, Missing.NOT_BREACHING: State.OK, Missing.IGNORE: state}
        return kinds.get(missing, State.INSUFFICIENT_DATA)
    # All real points are included, and as few are filled as possible.
    filled = [missing is Missing.BREACHING] * (periods - len(existing))
    if [*existing, *filled].count(True) >= datapoints:
        return State.ALARM
    if missing in (Missing.MISSING, Missing.IGNORE) and is_old_breach(points, periods, datapoints, premature):
        return State.ALARM if missing is Missing.MISSING else state
    return State.OK


def is_old_breach(points: Sequence[bool | None], periods: int, datapoints: int, reading: str) -> bool:
    """Whether the oldest breaching point is at least M old, and all newer ones are breaching or missing (MD).

    The text says "during the Evaluation Periods number of data points" in one sentence and "during the evaluation
    range" in another; that is the difference between the readings.
    """
    if False in points:
        return False
    considered = points if reading == "range" else points[-periods:]
    ages = [len(considered) - place for place, point in enumerate(considered) if point]
    return bool(ages) and max(ages) >= datapoints


def warmed_up(alarm: MetricAlarm, history: History, settings: Settings, now: int) -> bool:
    """Whether the warm-up of an alarm that was created at the start is over (WU).

    The example there: N = 3 periods of 5 minutes, created at 10:00, first point at 10:04, evaluated from about 10:19.
    """
    assert alarm.warm_up is not None
    assert settings.start is not None
    if now >= settings.start + alarm.warm_up.minutes * 60:
        return True
    if alarm.warm_up.waits:
        return False
    firsts = [int(history[each.metric].times[0]) for each in alarm.stats if len(history[each.metric])]
    fits = bool(firsts) and now - alarm.period * alarm.periods >= min(firsts)
    newest = judged_values(alarm, history, settings, now, slots_of(alarm, settings, now))[-1]
    return fits and newest is not None
