"""The data points that one alarm judges, at all of its evaluations. Sources: alarm-evaluation, alarm-limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import gcd
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from northsouth.alerts.mutes.zones import zone
from northsouth.alerts.replay.alarms import Comparison, MetricAlarm, MetricStat
from northsouth.alerts.replay.clock import boundaries
from northsouth.alerts.replay.math_syntax import Node
from northsouth.alerts.replay.metric_math import Frame, looks_at_neighbours, trees
from northsouth.alerts.replay.series import Numbers, Series, Times
from northsouth.alerts.replay.statistics import NotProvable, Statistic
from northsouth.alerts.replay.verdict import MISSING, Codes

Places: TypeAlias = NDArray[np.int64]

MOST_STRAYS = 0.01
"""The largest share of points that may begin at other seconds of their period than the rest."""

_COMPARE: Mapping[Comparison, Callable[[Numbers, float], NDArray[np.bool_]]] = {
    Comparison.GREATER_OR_EQUAL: np.greater_equal,
    Comparison.GREATER: np.greater,
    Comparison.LESS: np.less,
    Comparison.LESS_OR_EQUAL: np.less_equal,
}


@dataclass(frozen=True, slots=True)
class Pace:
    """When an alarm is evaluated, and where the windows of its data points end.

    Attributes:
        step: seconds from one evaluation to the next.
        grid: seconds from one possible end of a window to the next; it divides ``step`` and the period.
        phase: what is left of an end of a window when it is divided by ``grid``.
        lag: seconds from the end of the newest window to the evaluation.
        exact: whether these are all of AWS's evaluations; else only those that the points allow.
        strays: how many points begin at other seconds than ``phase``; no window holds one as a whole, so each counts
            as missing.

    """

    step: int
    grid: int
    phase: int
    lag: int
    exact: bool
    strays: int = 0


def pace(alarm: MetricAlarm, series: Mapping[MetricStat, Series], hourly_lag: int) -> Pace:
    """Return at which moments an alarm can be judged on points of some spacing.

    Raises:
        NotProvable: if the points never fit the alarm's windows.

    """
    interval = alarm.interval
    spacings = {points.spacing for points in series.values() if len(points)}
    grid = max(min(interval, 60), *spacings) if spacings else min(interval, 60)
    if alarm.period % grid or any(grid % spacing for spacing in spacings):
        spacing_text = " and ".join(f"{spacing} s" for spacing in sorted(spacings))
        raise NotProvable(
            f"its windows of {alarm.period} s cannot be made of points of {spacing_text}",
            f"Read points of {gcd(alarm.period, 60)} s or of {alarm.period} s.",
        )
    # Points of a minute or less begin at full minutes, or at multiples of what they cover.
    coarse = [points.times % grid for points in series.values() if points.spacing == grid > 60 and len(points)]
    begins = [_most_frequent(times) for times in coarse]
    phases = {phase for phase, _ in begins}
    if len(phases) > 1 or any(
        strays > MOST_STRAYS * len(times) for times, (_, strays) in zip(coarse, begins, strict=True)
    ):
        raise NotProvable(
            f"its points of {grid} s begin at different seconds of the {grid} s",
            "Read them with one start time that is a multiple of the period.",
        )
    phase = phases.pop() if phases else 0
    lag = hourly_lag if interval == 3600 else 0
    strays = sum(number for _, number in begins)
    if interval % grid == 0 and phase == 0:
        return Pace(interval, grid, 0, lag, exact=True, strays=strays)
    return Pace(max(grid, interval), grid, phase, lag, exact=False, strays=strays)


def _most_frequent(numbers: Times) -> tuple[int, int]:
    """Return the most frequent number, and how many others there are."""
    if numbers.min() == numbers.max():
        return int(numbers[0]), 0
    distinct, counts = np.unique(numbers, return_counts=True)
    return int(distinct[counts.argmax()]), len(numbers) - int(counts.max())


@dataclass(frozen=True, slots=True)
class Steps:
    """Moments, or places, at one distance; as an array of them, without the memory."""

    first: int
    step: int
    number: int

    def __len__(self) -> int:
        return self.number

    def __getitem__(self, places: Places) -> Times:
        return self.first + places * self.step

    def before(self, moment: int) -> int:
        """Return how many of them are before a moment."""
        return min(max(-(-(moment - self.first) // self.step), 0), self.number)


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """Moments, or places, at any distances."""

    values: Times

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, places: Places) -> Times:
        return self.values[places]

    def before(self, moment: int) -> int:
        """Return how many of them are before a moment."""
        return int(np.searchsorted(self.values, moment))


@dataclass(frozen=True, eq=False)
class DataPoints:
    """The data points of one alarm.

    Attributes:
        alarm: the alarm.
        statistics: how each of its metrics is measured, by id.
        delays: the ingestion delay of each metric in seconds, by id.
        moments: when it is evaluated, in seconds since 1970 UTC.
        edges: where windows begin and end, ascending.
        at: the place in ``edges`` at which each evaluation's newest window ends.
        stride: how many edges lie between the ends of two windows of one evaluation.

    """

    alarm: MetricAlarm
    statistics: Mapping[str, Statistic]
    delays: Mapping[str, int]
    moments: Steps | Listed
    edges: Steps | Listed
    at: Steps | Listed
    stride: int

    def line(self) -> Numbers:
        """Return the point of each window that ends at an edge, from the edge ``stride`` on; NaN where missing.

        Only for alarms whose points are the same for every evaluation that looks at them (not ``needs_rows``).
        """
        metrics = {name: self._measured(statistic) for name, statistic in self.statistics.items()}
        if self.alarm.judged in metrics:
            return metrics[self.alarm.judged]
        begins = self.edges[np.arange(len(self.edges) - self.stride)]
        return Frame(metrics, begins, self.alarm.period, self.trees).result(self.alarm.judged)

    def rows(self, places: Places, number: int) -> Numbers:
        """Return the newest ``number`` points of some evaluations, newest first; NaN where missing."""
        ends = self.at[places][:, None] - np.arange(number + 1) * self.stride
        begins = self.edges[ends[:, 1:]]
        metrics = {}
        for name, measured in self.statistics.items():
            readable = self.moments[places][:, None] - self.delays[name]
            metrics[name] = measured.over(begins, np.minimum(self.edges[ends[:, :-1]], readable))
        if self.alarm.judged in metrics:
            return metrics[self.alarm.judged]
        return Frame(metrics, begins, self.alarm.period, self.trees).result(self.alarm.judged)

    def newest(self, line: Codes, back: int = 1) -> Codes:
        """Return, for each evaluation, the element of a line that lies ``back - 1`` windows before its newest."""
        if isinstance(self.at, Listed):
            return np.asarray(line[self.at.values - back * self.stride])
        begin = self.at.first - back * self.stride
        return line[begin : begin + (len(self.at) - 1) * self.at.step + 1 : self.at.step]

    def select(self, line: Codes, places: Places, number: int) -> Codes:
        """Return the newest ``number`` elements of a line for some evaluations, newest first."""
        chosen: Codes = line[self.at[places][:, None] - np.arange(1, number + 1) * self.stride]
        return chosen

    def newest_of(self, statistic: Statistic, id: str) -> Numbers:
        """Return another statistic of a metric over the newest window of each evaluation."""
        every = np.arange(len(self.moments))
        at = self.at[every]
        ends = np.minimum(self.edges[at], self.moments[every] - self.delays[id])
        return statistic.over(self.edges[at - self.stride], ends)

    def starts(self, places: Places, number: int) -> Times:
        """Return when the newest ``number`` points of some evaluations begin, newest first."""
        return self.edges[self.at[places][:, None] - np.arange(1, number + 1) * self.stride]

    def codes(self, points: Numbers) -> Codes:
        """Return what each point is: good, breaching, or missing."""
        codes: Codes = _COMPARE[self.alarm.comparison](points, self.alarm.threshold).view(np.uint8)
        # The sum is NaN if one of them is; that takes a fifth of the time of looking at each.
        if np.isnan(points.sum()):
            codes[np.isnan(points)] = MISSING
        return codes

    @cached_property
    def trees(self) -> Mapping[str, Node]:
        """The alarm's expressions, by id."""
        return trees({query.id: query.expression for query in self.alarm.queries if query.stat is None})

    @cached_property
    def needs_rows(self) -> bool:
        """Whether a point depends on which evaluation looks at it: late points, and functions of neighbours."""
        late = any(self.delays.values())
        return late or (bool(self.trees) and looks_at_neighbours(self.alarm.judged, tuple(self.statistics), self.trees))

    def _measured(self, statistic: Statistic) -> Numbers:
        edges = self.edges
        if isinstance(edges, Steps):
            number = len(edges) - self.stride
            return statistic.sliding(edges.first + self.alarm.period, number, edges.step, self.alarm.period)
        return statistic.over(edges.values[:-1], edges.values[1:])


def sliding(
    alarm: MetricAlarm,
    statistics: Mapping[str, Statistic],
    delays: Mapping[str, int],
    pace: Pace,
    span: tuple[int, int],
    most: int,
) -> DataPoints:
    """Return the points of windows that move with each evaluation.

    Args:
        alarm: the alarm.
        statistics: how each of its metrics is measured, by id.
        delays: the ingestion delay of each metric, by id.
        pace: when it is evaluated.
        span: the first and the last moment at which it may be evaluated.
        most: how many points one evaluation loads at most.

    """
    start, end = span
    first = start + (pace.lag + pace.phase - start) % pace.step
    moments = Steps(first, pace.step, max((end - first) // pace.step + 1, 0))
    stride, every = alarm.period // pace.grid, pace.step // pace.grid
    number = max((len(moments) - 1) * every + most * stride + 1, 0)
    edges = Steps(first - pace.lag - most * alarm.period, pace.grid, number)
    return DataPoints(alarm, statistics, delays, moments, edges, Steps(most * stride, every, len(moments)), stride)


def wall_clock(
    alarm: MetricAlarm,
    statistics: Mapping[str, Statistic],
    delays: Mapping[str, int],
    span: tuple[int, int],
    also: tuple[int, ...] = (),
) -> DataPoints:
    """Return the points of whole calendar periods.

    CloudWatch evaluates each minute, but a verdict can only change when a period ends, or when late points of it can be
    read; these evaluations are enough, with the first, the last, and those at the moments ``also``.
    """
    start, end = span
    where = zone(alarm.time_zone or "UTC")
    # A period of a day or a week is up to an hour longer than its seconds where clocks change.
    edges = boundaries(where, alarm.period, start - (alarm.periods + 2) * alarm.period - 7200, end)
    for statistic in statistics.values():
        spacing, times = statistic.series.spacing, statistic.series.times
        if len(times) and np.any((edges[:, None] - times[[0, -1]]) % spacing):
            raise NotProvable(
                f"its calendar periods begin within points of {spacing} s",
                "Read points that begin where its periods do, in its time zone.",
            )
    late = 60 * np.arange(-(-max(delays.values(), default=0) // 60) + 1, dtype=np.int64)
    first, last = start - start % -60, end - end % 60
    moments = np.unique(np.concatenate([[first, last, *also], (edges[:, None] + late).ravel()]))
    moments = moments[(moments >= first) & (moments <= last)]
    at = np.searchsorted(edges, moments, side="right") - 1
    return DataPoints(alarm, statistics, delays, Listed(moments), Listed(edges), Listed(at), 1)
