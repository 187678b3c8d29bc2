"""Replays one alarm on metrics: from points to a timeline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from northsouth.alerts.mutes.zones import ZoneError, zone
from northsouth.alerts.replay.alarms import MetricAlarm, MetricStat
from northsouth.alerts.replay.clock import boundaries
from northsouth.alerts.replay.datapoints import DataPoints, Pace, Places, Steps, pace, sliding, wall_clock
from northsouth.alerts.replay.math_syntax import MathError
from northsouth.alerts.replay.reasons import reason
from northsouth.alerts.replay.series import History, Numbers, Series
from northsouth.alerts.replay.settings import Premature, Settings
from northsouth.alerts.replay.statistics import NotProvable, Statistic, low_sample_limit, sample_count, statistic
from northsouth.alerts.replay.timeline import Evidence, State, Timeline, Transition, Unknown
from northsouth.alerts.replay.verdict import (
    BAD,
    INSUFFICIENT_DATA,
    KEEP,
    MISSING,
    STATES,
    WIDEST_TABLE,
    Codes,
    Judge,
    states,
    table,
)
from northsouth.alerts.replay.windows import sliding as combined

MORE_POINTS = 4
"""To mark what depends on it, evaluation ranges from N to N plus this many points are tried."""
_CHUNK = 1 << 21
"""Points of rows that are made at once, to bound memory."""


@dataclass(frozen=True, slots=True)
class Span:
    """The time that a history covers, in seconds since 1970 UTC."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to evaluate an alarm: how many points are loaded, and how they are judged."""

    range: int
    judge: Judge


def replay_metric_alarm(alarm: MetricAlarm, history: History, settings: Settings, span: Span) -> Timeline:
    """Return what would have become of an alarm; without actions.

    Args:
        alarm: the alarm.
        history: the metrics, among them its own.
        settings: the assumptions.
        span: what the whole history covers.

    Raises:
        NotProvable: if the history cannot show it.

    """
    series = _series(alarm, history)
    try:
        return _Run(alarm, series, settings, span).timeline()
    except (MathError, ZoneError) as error:
        raise NotProvable(str(error)) from None


def judged_points(alarm: MetricAlarm, history: History, settings: Settings, span: Span) -> tuple[Numbers, int]:
    """Return the newest data point of each evaluation, NaN where it is missing, and the evaluations in one period.

    Args:
        alarm: the alarm.
        history: the metrics, among them its own.
        settings: the assumptions.
        span: what the whole history covers.

    Raises:
        NotProvable: if the history cannot show it.

    """
    points, values = _newest(alarm, history, settings, span)
    every = points.at.step if isinstance(points.at, Steps) else 1
    return values, max(1, points.stride // every)


def points_by_moment(
    alarm: MetricAlarm, history: History, settings: Settings, span: Span
) -> tuple[list[int], list[float]]:
    """Return when an alarm is evaluated, and the newest data point of each evaluation; NaN where it is missing.

    Args:
        alarm: the alarm.
        history: the metrics, among them its own.
        settings: the assumptions.
        span: what the whole history covers.

    Raises:
        NotProvable: if the history cannot show it.

    """
    points, values = _newest(alarm, history, settings, span)
    return points.moments[np.arange(len(points.moments))].tolist(), values.tolist()


def _newest(alarm: MetricAlarm, history: History, settings: Settings, span: Span) -> tuple[DataPoints, Numbers]:
    """Return the points of an alarm, and of them the newest of each evaluation."""
    series = _series(alarm, history)
    try:
        points = _Run(alarm, series, settings, span).points
        return points, points.rows(np.arange(len(points.moments)), 1)[:, 0]
    except (MathError, ZoneError) as error:
        raise NotProvable(str(error)) from None


def _series(alarm: MetricAlarm, history: History) -> Mapping[MetricStat, Series]:
    known: dict[MetricStat, Series] = {}
    for stat in alarm.stats:
        if stat.metric not in history:
            fix = "Map it to a series of the history, or give it an empty series if nothing was ever published."
            raise NotProvable(f"the history has no metric {stat.metric}", fix)
        series = history[stat.metric]
        if stat.unit and series.unit and stat.unit != series.unit:
            raise NotProvable(
                f"it asks for {stat.metric} in {stat.unit}, and the history has it in {series.unit}; on AWS such an "
                "alarm finds no data",
                "Leave the alarm's unit out.",
            )
        known[stat] = series
    return known


class _Run:
    """One alarm on one history under one set of assumptions."""

    def __init__(self, alarm: MetricAlarm, series: Mapping[MetricStat, Series], settings: Settings, span: Span) -> None:
        self.alarm = alarm
        self.series = series
        self.settings = settings
        self.span = span
        self.initial = settings.initial_of(alarm.name)
        points = alarm.periods if alarm.time_zone else settings.range_for(alarm.name, alarm.periods)
        judge = Judge(alarm.periods, alarm.datapoints, alarm.missing, settings.premature)
        self.reading = Reading(points, judge)

    def alternatives(self) -> Iterator[tuple[Reading, Unknown]]:
        """Yield the other readings of what AWS does not document."""
        if not self.settings.mark_unknowns:
            return
        mine = self.reading
        if not self.alarm.time_zone and not self.settings.range_is_known(self.alarm.name):
            for points in range(self.alarm.periods, self.alarm.periods + MORE_POINTS + 1):
                if points != mine.range:
                    yield Reading(points, mine.judge), Unknown.RANGE
        other: Premature = "periods" if self.settings.premature == "range" else "range"
        yield Reading(mine.range, replace(mine.judge, premature=other)), Unknown.PREMATURE

    def timeline(self) -> Timeline:
        """Return the timeline."""
        line = self._states(self.reading)
        places = _changes(line, self.initial)
        moments = self.points.moments[places].tolist()
        marks, depends = self._marks(line, places)
        reasons = self._reasons(places, line) if self.settings.reasons else repeat("")
        transitions = tuple(
            Transition(moment, STATES[code], text, mark)
            for moment, code, text, mark in zip(moments, line[places].tolist(), reasons, marks, strict=False)
        )
        first, last = self.points.moments[np.array([0, len(self.points.moments) - 1])].tolist()
        evidence = self._evidence(depends)
        return Timeline(self.alarm.name, self.alarm.address, first, last, self.initial, transitions, evidence=evidence)

    @cached_property
    def statistics(self) -> Mapping[str, Statistic]:
        """How each metric is measured, by the id of its query."""
        return {
            query.id: statistic(query.stat, self.series[query.stat])
            for query in self.alarm.queries
            if query.stat is not None
        }

    @property
    def exact(self) -> bool:
        """Whether all of AWS's evaluations can be repeated."""
        return self.alarm.time_zone is not None or self.pace.exact

    @cached_property
    def pace(self) -> Pace:
        """When it can be evaluated, with a window that slides."""
        return pace(self.alarm, self.series, self.settings.hourly_lag)

    @cached_property
    def delays(self) -> Mapping[str, int]:
        """The ingestion delay of each metric, by the id of its query."""
        stats = {query.id: query.stat for query in self.alarm.queries if query.stat is not None}
        return {name: self.settings.delay_of(stat.metric) for name, stat in stats.items()}

    @cached_property
    def bounds(self) -> tuple[int, int]:
        """The first and the last moment at which it may be evaluated."""
        start, end = self.settings.start, self.settings.end
        if start is None:
            known_from = self.settings.history_start
            start = self._full(self.begin if known_from is None else known_from)
        return start, self.span.end if end is None else end

    @cached_property
    def begin(self) -> int:
        """When the history of its metrics begins."""
        return min((points.start for points in self.series.values() if len(points)), default=self.span.start)

    @cached_property
    def most(self) -> int:
        """How many points an evaluation loads at most, under any reading.

        Where no point is missing no other reading matters, and its older points need not be laid out.
        """
        start, end = self.bounds
        plain = len(self.alarm.queries) == 1 and not any(self.delays.values())
        first = start - self.reading.range * self.alarm.period
        series = next(iter(self.series.values()))
        if plain and len(series) and series.is_whole and series.start <= first and series.end >= end:
            return self.reading.range
        return max([self.reading.range, *(reading.range for reading, _ in self.alternatives())])

    @cached_property
    def points(self) -> DataPoints:
        """The points it judges."""
        start, end = self.bounds
        if end >= start:
            candidates = self._points(start, end)
            if len(candidates.moments):
                return candidates
        raise NotProvable(
            f"the history of {max(end - self.begin, 0) / 3600:g} h never fills the {self.reading.range} periods of "
            f"{self.alarm.period} s that it loads",
            "Read more history, or set the start: all before the history then counts as missing.",
        )

    def _points(self, start: int, end: int) -> DataPoints:
        if self.alarm.time_zone is None:
            return sliding(self.alarm, self.statistics, self.delays, self.pace, (start, end), self.most)
        also = self._ends_of_warm_up(start)
        return wall_clock(self.alarm, self.statistics, self.delays, (start, end), also)

    def _ends_of_warm_up(self, start: int) -> tuple[int, ...]:
        """Return the moments at which the warm-up can end: when it is over, and when the window is full."""
        if self.alarm.warm_up is None:
            return ()
        full = self.begin + self.alarm.period * self.alarm.periods
        return start + self.alarm.warm_up.minutes * 60, full - full % -60

    def _full(self, begin: int) -> int:
        """Return the first moment at which a history from ``begin`` on fills the window."""
        alarm = self.alarm
        if alarm.time_zone is None:
            return begin + self.reading.range * alarm.period
        later = begin + (alarm.periods + 2) * alarm.period + 7200
        return int(boundaries(zone(alarm.time_zone), alarm.period, begin, later)[alarm.periods])

    @cached_property
    def codes(self) -> Codes:
        """What the point of each window is, for alarms that do not need rows."""
        return self.points.codes(self.points.line())

    @cached_property
    def gaps(self) -> NDArray[np.bool_] | None:
        """The evaluations in which one of the newest N points is missing; None if there are none."""
        missing = self.codes == MISSING
        if not missing.any():
            return None
        gaps = self._count(missing) > 0
        return gaps if gaps.any() else None

    def _count(self, flags: NDArray[np.bool_]) -> Codes:
        """Return how many of each evaluation's newest N points have a flag."""
        periods = self.alarm.periods
        counters = flags.view(np.uint8) if periods < 256 else flags.astype(np.uint16)
        return self.points.newest(combined(counters, periods, np.add, self.points.stride), periods)

    def _verdicts(self, reading: Reading) -> Codes:
        if self.points.needs_rows:
            return self._by_rows(reading)
        if self.gaps is None:
            return self._by_counting
        gaps = np.flatnonzero(self.gaps)
        verdicts = self._by_counting.copy()
        if self.most <= WIDEST_TABLE:
            verdicts[gaps] = table(reading.judge, reading.range, self.most)[self._patterns[gaps]]
            return verdicts
        step = max(1, _CHUNK // reading.range)
        for begin in range(0, len(gaps), step):
            places = gaps[begin : begin + step]
            verdicts[places] = reading.judge(self.points.select(self.codes, places, reading.range))
        return verdicts

    @cached_property
    def _by_counting(self) -> Codes:
        """The verdicts of evaluations none of whose newest N points is missing: the points before them do not count."""
        return (self._count(self.codes == BAD) >= self.alarm.datapoints).view(np.uint8)

    @cached_property
    def _patterns(self) -> NDArray[np.uint16]:
        """The pattern of each evaluation's points, as :func:`table` counts patterns."""
        patterns = self.points.newest(self.codes).astype(np.uint16)
        for back in range(2, self.most + 1):
            patterns += self.points.newest(self.codes, back) * np.uint16(3 ** (back - 1))
        return patterns

    def _by_rows(self, reading: Reading) -> Codes:
        number = len(self.points.moments)
        verdicts = np.empty(number, dtype=np.uint8)
        step = max(1, _CHUNK // reading.range)
        for begin in range(0, number, step):
            places = np.arange(begin, min(begin + step, number))
            verdicts[places] = reading.judge(self.points.codes(self.points.rows(places, reading.range)))
        return verdicts

    def _states(self, reading: Reading) -> Codes:
        verdicts = self._verdicts(reading)
        keeps_state = self._low_samples
        if keeps_state is not None:
            verdicts = np.where(keeps_state, np.uint8(KEEP), verdicts)
        if self._warm:
            verdicts = verdicts.copy()
            verdicts[: self._warm] = INSUFFICIENT_DATA
        return states(verdicts, self.initial)

    @cached_property
    def _low_samples(self) -> Codes | None:
        """Tell at which evaluations the newest point is a percentile of too few samples, if that keeps the state."""
        (stat, *further) = self.alarm.stats
        limit = low_sample_limit(stat.statistic)
        if not self.alarm.keeps_on_low_samples or further or limit is None:
            return None
        count = sample_count(stat, self.series[stat])
        number = self.points.newest_of(count, self.alarm.queries[0].id)
        return np.asarray(number < limit, dtype=np.uint8)

    @cached_property
    def _warm(self) -> int:
        """How many evaluations fall into the warm-up (alarm-warm-up)."""
        warm_up, moments = self.alarm.warm_up, self.points.moments
        if warm_up is None or not self.settings.created:
            return 0
        start = self.bounds[0]
        last = moments.before(start + warm_up.minutes * 60)
        if warm_up.waits:
            return last
        places = np.arange(last)
        newest = self.points.codes(self.points.rows(places, self.reading.range)[:, 0]) != MISSING
        full = newest & (moments[places] >= self.begin + self.alarm.period * self.alarm.periods)
        return int(np.argmax(full)) if full.any() else last

    def _marks(self, line: Codes, places: Places) -> tuple[list[tuple[Unknown, ...]], tuple[Unknown, ...]]:
        """Return on what each change depends, and on what the timeline as a whole does."""
        differs: dict[Unknown, NDArray[np.bool_]] = {}
        mine = _keys(line, places)
        if not self.exact:
            differs[Unknown.PHASE] = np.ones(len(mine), dtype=np.bool_)
        if self.points.needs_rows or self.gaps is not None:
            for reading, unknown in self.alternatives():
                other = self._states(reading)
                keys = _keys(other, _changes(other, self.initial))
                if not np.array_equal(mine, keys):
                    lost = ~np.isin(mine, keys, assume_unique=True)
                    differs[unknown] = lost | differs.get(unknown, False)
        marks: list[tuple[Unknown, ...]] = [()] * len(mine)
        for place in np.flatnonzero(np.any(list(differs.values()), axis=0)) if differs else ():
            marks[place] = tuple(sorted(unknown for unknown, lost in differs.items() if lost[place]))
        return marks, tuple(sorted(differs))

    def _reasons(self, places: Places, line: Codes) -> Iterator[str]:
        number = self.reading.range
        before = [self.initial, *(STATES[code] for code in line[places].tolist())]
        step = max(1, _CHUNK // number)
        for begin in range(0, len(places), step):
            chosen = places[begin : begin + step]
            rows = self.points.rows(chosen, number)
            batch = (rows.tolist(), self.points.starts(chosen, number).tolist(), self.points.codes(rows).tolist())
            for index, (points, times, codes) in enumerate(zip(*batch, strict=True), begin):
                yield reason(self.alarm, before[index], before[index + 1], points, times, codes)

    def _evidence(self, depends: tuple[Unknown, ...]) -> Evidence:
        known = [points for points in self.series.values() if len(points)]
        notes = [part.note for part in self.statistics.values() if part.note]
        strays = 0 if self.alarm.time_zone else self.pace.strays
        if strays:
            notes.append(
                f"Points that begin at other seconds of their period than the rest count as missing: {strays}."
            )
        return Evidence(
            exact=self.exact,
            spacing=max((points.spacing for points in known), default=0),
            start=min((points.start for points in known), default=0),
            end=max((points.end for points in known), default=0),
            gaps=sum(points.gaps for points in known),
            delay=max(self.delays.values(), default=0),
            evaluation_range=0 if self.alarm.time_zone else self.reading.range,
            notes=tuple(notes),
            depends=depends,
        )


def _keys(line: Codes, places: Places) -> Places:
    """Return each change as one number: its place and the state from then on."""
    return places * len(STATES) + line[places]


def _changes(line: Codes, initial: State) -> Places:
    """Return the places at which a line of states changes."""
    places = np.flatnonzero(line[1:] != line[:-1]) + 1
    return places if STATES[line[0]] is initial else np.concatenate([[0], places])
