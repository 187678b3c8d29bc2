"""Replays one alarm on metrics: from points to a timeline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from northsouth.alerts.replay.alarms import MetricAlarm, MetricStat
from northsouth.alerts.replay.clock import ZoneError, boundaries, zone
from northsouth.alerts.replay.math_syntax import MathError
from northsouth.alerts.replay.points import DataPoints, Pace, Places, pace, sliding, wall_clock
from northsouth.alerts.replay.reasons import reason
from northsouth.alerts.replay.series import History, Series
from northsouth.alerts.replay.settings import Premature, Settings
from northsouth.alerts.replay.statistics import NotProvable, Statistic, low_sample_limit, sample_count, statistic
from northsouth.alerts.replay.timeline import Evidence, State, Timeline, Transition, Unknown
from northsouth.alerts.replay.verdict import BAD, INSUFFICIENT_DATA, KEEP, MISSING, STATES, Codes, Judge, states
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
        if settings.created and alarm.warm_up:
            self.initial = State.INSUFFICIENT_DATA
        points = alarm.periods if alarm.time_zone else settings.range_for(alarm.name, alarm.periods)
        judge = Judge(alarm.periods, alarm.datapoints, alarm.missing, settings.premature)
        self.reading = Reading(points, judge)
        self.most = max([points, *(each.range for each, _ in self.alternatives())])

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
        moments = self.points.moments
        line = self._states(self.reading)
        places = _changes(line, self.initial)
        changes = list(zip(moments[places].tolist(), line[places].tolist(), strict=True))
        marks, depends = self._marks(changes)
        reasons = self._reasons(places, line) if self.settings.reasons else [""] * len(changes)
        transitions = tuple(
            Transition(
                moment, STATES[code], text, tuple(unknown for unknown in marks if (moment, code) in marks[unknown])
            )
            for (moment, code), text in zip(changes, reasons, strict=True)
        )
        return Timeline(
            self.alarm.name,
            self.alarm.address,
            int(moments[0]),
            int(moments[-1]),
            self.initial,
            transitions,
            evidence=self._evidence(depends),
        )

    @cached_property
    def statistics(self) -> Mapping[str, Statistic]:
        """How each metric is measured, by the id of its query."""
        return {
            query.id: statistic(query.stat, self.series[query.stat])
            for query in self.alarm.queries
            if query.stat is not None
        }

    @cached_property
    def pace(self) -> Pace:
        """When it can be evaluated."""
        return pace(self.alarm, self.series, self.settings.hourly_lag)

    @cached_property
    def points(self) -> DataPoints:
        """The points it judges."""
        delays = {
            query.id: self.settings.delay_of(query.stat.metric)
            for query in self.alarm.queries
            if query.stat is not None
        }
        known = [each.start for each in self.series.values() if len(each)]
        start = self.settings.start
        if start is None:
            start = self._full(min(known, default=self.span.start))
        end = self.span.end if self.settings.end is None else self.settings.end
        if end >= start:
            made = self._points(delays, (start, end))
            if len(made.moments):
                return made
        hours = (end - min(known, default=self.span.start)) / 3600
        raise NotProvable(
            f"the history of {max(hours, 0):g} h never fills the {self.reading.range} periods of {self.alarm.period} s "
            "that it loads",
            "Read more history, or set the start: all before the history then counts as missing.",
        )

    def _points(self, delays: Mapping[str, int], span: tuple[int, int]) -> DataPoints:
        if self.alarm.time_zone is None:
            return sliding(self.alarm, self.statistics, delays, self.pace, span, self.most)
        warm_up = self.alarm.warm_up
        also = () if warm_up is None else (span[0] + warm_up.minutes * 60,)
        return wall_clock(self.alarm, self.statistics, delays, span, also)

    def _full(self, begin: int) -> int:
        """Return the first moment at which a history from ``begin`` on fills the window."""
        alarm = self.alarm
        if alarm.time_zone is None:
            return begin + self.reading.range * alarm.period
        later = begin + (alarm.periods + 2) * alarm.period + 7200
        return int(boundaries(zone(alarm.time_zone), alarm.period, begin, later)[alarm.periods])

    @cached_property
    def codes(self) -> Codes:
        """What the point of each window is; of alarms that do not need rows."""
        return self.points.codes(self.points.line())

    @cached_property
    def gaps(self) -> Places:
        """The evaluations whose newest N points are not all there."""
        missing = self.codes == MISSING
        if not missing.any():
            return np.empty(0, dtype=np.int64)
        return np.flatnonzero(self._count(missing))

    def _count(self, flags: NDArray[np.bool_]) -> Codes:
        """Return how many of each evaluation's newest N points have a flag."""
        periods = self.alarm.periods
        counters = flags.astype(np.uint8 if periods < 256 else np.uint16)
        return self.points.newest(combined(counters, periods, np.add, self.points.stride), periods)

    def _verdicts(self, reading: Reading) -> Codes:
        if self.points.needs_rows:
            return self._by_rows(reading)
        verdicts = self.known_verdicts
        if len(self.gaps):
            verdicts = verdicts.copy()
            step = max(1, _CHUNK // reading.range)
            for begin in range(0, len(self.gaps), step):
                places = self.gaps[begin : begin + step]
                verdicts[places] = reading.judge(self.points.select(self.codes, places, reading.range))
        return verdicts

    @cached_property
    def known_verdicts(self) -> Codes:
        """The verdicts of evaluations none of whose newest N points is missing."""
        return (self._count(self.codes == BAD) >= self.alarm.datapoints).astype(np.uint8)

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
        kept = self._low_samples
        if kept is not None:
            verdicts = np.where(kept, np.uint8(KEEP), verdicts)
        if self._warm:
            verdicts = verdicts.copy()
            verdicts[: self._warm] = INSUFFICIENT_DATA
        return states(verdicts, self.initial)

    @cached_property
    def _low_samples(self) -> Codes | None:
        """Tell at which evaluations the newest point is a percentile of too few samples, if that keeps the state."""
        (stat, *others) = self.alarm.stats
        limit = low_sample_limit(stat.statistic)
        if not self.alarm.keeps_on_low_samples or others or limit is None:
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
        start = moments[0] if self.settings.start is None else self.settings.start
        last = int(np.searchsorted(moments, start + warm_up.minutes * 60))
        if warm_up.waits:
            return last
        places = np.arange(last)
        newest = self.points.codes(self.points.rows(places, 1))[:, 0] != MISSING
        first = min((each.start for each in self.series.values() if len(each)), default=int(moments[-1]))
        full = moments[:last] >= first + self.alarm.period * self.alarm.periods
        return int(np.argmax(newest & full)) if (newest & full).any() else last

    def _marks(self, changes: list[tuple[int, int]]) -> tuple[dict[Unknown, set[tuple[int, int]]], tuple[Unknown, ...]]:
        """Return the changes that another reading does not make, and on what the timeline as a whole depends."""
        marks: dict[Unknown, set[tuple[int, int]]] = {}
        depends: set[Unknown] = set()
        if not self.pace.exact and self.alarm.time_zone is None:
            marks[Unknown.PHASE] = set(changes)
            depends.add(Unknown.PHASE)
        if not self.points.needs_rows and not len(self.gaps):
            return marks, tuple(sorted(depends))
        mine, moments = set(changes), self.points.moments
        for reading, unknown in self.alternatives():
            line = self._states(reading)
            places = _changes(line, self.initial)
            others = set(zip(moments[places].tolist(), line[places].tolist(), strict=True))
            if others != mine:
                depends.add(unknown)
                marks.setdefault(unknown, set()).update(mine - others)
        return marks, tuple(sorted(depends))

    def _reasons(self, places: Places, line: Codes) -> Iterator[str]:
        step = max(1, _CHUNK // self.reading.range)
        for begin in range(0, len(places), step):
            chosen = places[begin : begin + step]
            rows = self.points.rows(chosen, self.reading.range)
            starts = self.points.starts(chosen, self.reading.range)
            for place, points, times in zip(chosen.tolist(), rows, starts, strict=True):
                before = STATES[line[place - 1]] if place else self.initial
                yield reason(self.alarm, before, STATES[line[place]], points, times, self.points.codes(points))

    def _evidence(self, depends: tuple[Unknown, ...]) -> Evidence:
        known = [each for each in self.series.values() if len(each)]
        exact = self.pace.exact
        notes = [each.note for each in self.statistics.values() if each.note]
        return Evidence(
            exact=exact,
            spacing=max((each.spacing for each in known), default=0),
            start=min((each.start for each in known), default=0),
            end=max((each.end for each in known), default=0),
            gaps=sum(each.gaps for each in known),
            delay=max(self.points.delays.values(), default=0),
            evaluation_range=0 if self.alarm.time_zone else self.reading.range,
            notes=tuple(notes),
            depends=depends,
        )


def _changes(line: Codes, initial: State) -> Places:
    """Return the places at which a line of states changes."""
    places = np.flatnonzero(line[1:] != line[:-1]) + 1
    return places if STATES[line[0]] is initial else np.concatenate([[0], places])
