"""Finds better thresholds and periods for an alarm, by replaying it under many settings on one history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from northsouth.alerts.replay.alarms import Comparison, MetricAlarm
from northsouth.alerts.replay.incidents import Incident
from northsouth.alerts.replay.metric_alarm import Span, judged_points, replay_metric_alarm
from northsouth.alerts.replay.scoring import MOST_STUCK, Score, score
from northsouth.alerts.replay.series import History, Numbers
from northsouth.alerts.replay.settings import Settings
from northsouth.alerts.replay.sharing import shared
from northsouth.alerts.replay.statistics import NotProvable
from northsouth.metrics.rules import DAY

BUDGETS = (0.0, 0.5, 1.0, 2.0, 5.0)
"""False alarms in a week of quiet time that a table answers for."""
SHAPES = ((1, 1), (2, 2), (2, 3), (3, 3), (3, 5), (5, 5), (5, 10), (10, 10), (12, 12))
"""The pairs of M and N that are tried beside the declared one."""
PERIODS = (60, 300, 900, 3600)
"""The periods in seconds that are tried beside the declared one, if the points fit them."""
_UPWARD = (Comparison.GREATER, Comparison.GREATER_OR_EQUAL)
_STEPS = 40
"""Thresholds that are tried for each shape and period."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One way to declare the alarm.

    Attributes:
        threshold: the threshold.
        datapoints: M.
        periods: N.
        period: seconds of one point.

    """

    threshold: float
    datapoints: int
    periods: int
    period: int

    @property
    def window(self) -> int:
        """Seconds that the judged points cover."""
        return self.period * self.periods

    def __str__(self) -> str:
        return f"{self.threshold:g}, {self.datapoints} of {self.periods}, {self.period} s"

    def applied(self, alarm: MetricAlarm) -> MetricAlarm:
        """Return the alarm with this setting; its direction stays as declared."""
        queries = tuple(
            query if query.stat is None else replace(query, stat=replace(query.stat, period=self.period))
            for query in alarm.queries
        )
        return replace(
            alarm,
            queries=queries,
            threshold=self.threshold,
            periods=self.periods,
            datapoints=self.datapoints,
            period=self.period,
        )


@dataclass(frozen=True, slots=True)
class Tried:
    """A setting and how it did."""

    setting: Setting
    score: Score

    @property
    def stands(self) -> bool:
        """Whether it may be suggested: it is not stuck in ALARM."""
        return self.score.stuck <= MOST_STUCK


@dataclass(frozen=True, slots=True)
class Sweep:
    """All settings that were tried on one alarm.

    Attributes:
        alarm: the alarm as declared.
        declared: the result of the declared setting; ``None`` if the history cannot show it.
        tried: all settings, with their results.
        untried: how many settings could not be judged on the history, by the reason.

    """

    alarm: MetricAlarm
    declared: Tried | None
    tried: tuple[Tried, ...]
    untried: Mapping[str, int] = field(default_factory=dict)

    def best(self, budget: float) -> Tried | None:
        """Return the setting that misses least within a budget of false alarms in a quiet week.

        Of several, the one with fewest false alarms, then fewest changes to ALARM, then the shortest window wins. Of
        thresholds that do equally well, it is the one in the middle, because history does not repeat itself exactly.

        Returns:
            The setting; ``None`` if none that detects an incident is within the budget: nothing separates.

        """
        return self._first(
            [
                attempt
                for attempt in self.tried
                if attempt.score.false_alarms_a_week <= budget and attempt.score.detected
            ],
            _order,
        )

    @property
    def quietest(self) -> Tried | None:
        """The setting that detects every incident with fewest changes to ALARM; ``None`` if none detects them all.

        Of several, the one with fewest false alarms, then the shortest window wins, then the threshold in the middle.
        """
        return self._first(
            [attempt for attempt in self.tried if attempt.score.detected and not attempt.score.missed], _noise
        )

    def _first(self, settings: Sequence[Tried], order: Callable[[Tried], tuple[int, ...]]) -> Tried | None:
        """Return the first of the settings that may be suggested; of thresholds that do equally well, the middle."""
        allowed = [setting for setting in settings if setting.stands]
        if not allowed:
            return None
        least = min(map(order, allowed))
        equal = [candidate for candidate in allowed if order(candidate) == least]
        first = equal[0].setting
        alike = [candidate for candidate in equal if replace(candidate.setting, threshold=first.threshold) == first]
        return sorted(alike, key=lambda attempt: attempt.setting.threshold)[len(alike) // 2]

    @property
    def knee(self) -> Tried | None:
        """The setting from which on more false alarms buy little: farthest below the line between the ends."""
        points = [attempt for attempt in map(self.best, BUDGETS) if attempt is not None]
        if not points:
            return None
        cost = np.array([point.score.false_alarms_a_week for point in points])
        missed = np.array([point.score.missed for point in points], dtype=float)
        width, height = max(np.ptp(cost), 1e-9), max(np.ptp(missed), 1e-9)
        below = (missed.max() - missed) / height - (cost - cost.min()) / width
        return points[int(np.argmax(below))]


def _order(attempt: Tried) -> tuple[int, ...]:
    return attempt.score.missed, len(attempt.score.false_alarms), attempt.score.alarms, attempt.setting.window


def _noise(attempt: Tried) -> tuple[int, ...]:
    return attempt.score.alarms, len(attempt.score.false_alarms), attempt.setting.window


def sweep(
    alarm: MetricAlarm,
    history: History,
    incidents: Sequence[Incident],
    settings: Settings,
    *,
    start: int | None = None,
    end: int | None = None,
    shapes: Sequence[tuple[int, int]] = SHAPES,
    periods: Sequence[int] = PERIODS,
    workers: int = 1,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Sweep:
    """Try many settings of an alarm.

    Args:
        alarm: the alarm; its direction and statistic stay.
        history: its metrics.
        incidents: when it is wanted.
        settings: the assumptions.
        start: the first moment that is scored; the first evaluation by default.
        end: the last moment that is scored, and from which thresholds are taken; the last evaluation by default.
        shapes: the pairs of M and N that are tried beside the declared one.
        periods: the periods in seconds that are tried beside the declared one.
        workers: how many processes share the work.
        progress: called with how many settings were tried, and how many there are.

    """
    plain = replace(settings, reasons=False, mark_unknowns=False)
    known = [series for series in history.values() if len(series)]
    first, last = min((points.start for points in known), default=0), max((points.end for points in known), default=0)
    span = Span(first, last if plain.end is None else plain.end)

    def judge(setting: Setting) -> Tried | str:
        try:
            timeline = replay_metric_alarm(setting.applied(alarm), history, plain, span)
        except NotProvable as error:
            return str(error)
        return Tried(setting, score(timeline, incidents, start=start, end=end))

    untried: Counter[str] = Counter()
    candidates = list(_settings(alarm, history, plain, span, end, shapes, periods, untried))
    results: list[Tried] = []
    for number, tried in enumerate(shared(judge, candidates, workers), 1):
        progress(number, len(candidates))
        if isinstance(tried, Tried):
            results.append(tried)
        else:
            untried[tried] += 1
    own = Setting(alarm.threshold, alarm.datapoints, alarm.periods, alarm.period)
    declared = judge(own)
    return Sweep(alarm, declared if isinstance(declared, Tried) else None, tuple(results), untried)


def _settings(
    alarm: MetricAlarm,
    history: History,
    settings: Settings,
    span: Span,
    end: int | None,
    shapes: Sequence[tuple[int, int]],
    tried_periods: Sequence[int],
    untried: Counter[str],
) -> Iterator[Setting]:
    pairs = dict.fromkeys([(alarm.datapoints, alarm.periods), *shapes])
    until = span.end if end is None else end
    periods = [alarm.period] if alarm.time_zone else list(dict.fromkeys([alarm.period, *tried_periods]))
    for period in periods:
        for datapoints, periods_judged in pairs:
            shape = Setting(alarm.threshold, datapoints, periods_judged, period)
            if shape.window > DAY:
                continue
            try:
                values, stride = judged_points(shape.applied(alarm), history, settings, Span(span.start, until))
            except NotProvable as error:
                untried[str(error)] += 1
                continue
            for threshold in thresholds(_reached(values, stride, shape, alarm.comparison), alarm.comparison):
                yield replace(shape, threshold=threshold)


def _reached(values: Numbers, stride: int, shape: Setting, comparison: Comparison) -> Numbers:
    """Return, for each N points without a gap, the value that M of them reach: what a threshold is compared with."""
    width = (shape.periods - 1) * stride + 1
    if len(values) < width:
        return values[:0]
    windows = np.lib.stride_tricks.sliding_window_view(values, width)[:, ::stride]
    windows = windows[~np.isnan(windows).any(axis=1)]
    place = shape.periods - shape.datapoints if comparison in _UPWARD else shape.datapoints - 1
    return np.partition(windows, place, axis=1)[:, place] if len(windows) else values[:0]


def thresholds(values: Numbers, comparison: Comparison) -> list[float]:
    """Return thresholds between the values that occur, most of them where few values are.

    Args:
        values: what a threshold is compared with.
        comparison: the direction.

    """
    distinct = np.unique(values)
    if len(distinct) < 2:
        return []
    between = (distinct[1:] + distinct[:-1]) / 2
    if comparison in _UPWARD:
        between = between[::-1]
    steps = np.unique(np.concatenate([np.arange(min(_STEPS // 2, len(between))), _spaced(len(between))]))
    return [_short(float(value)) for value in between[steps]]


def _spaced(number: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return places from 0 to ``number`` - 1, with growing distances."""
    return np.unique(np.geomspace(1, number, _STEPS // 2).astype(np.int64) - 1)


def _short(value: float) -> float:
    """Return a number with four significant digits, as people write thresholds."""
    return float(f"{value:.4g}")


def rows(sweep: Sweep) -> Iterator[tuple[float, Tried | None]]:
    """Yield for each budget the best setting."""
    for budget in BUDGETS:
        yield budget, sweep.best(budget)


def to_json(sweep: Sweep) -> Mapping[str, object]:
    """Return a sweep as JSON values: the declared setting, the best for each budget, the knee and the quietest."""
    return {
        "version": 1,
        "alarm": sweep.alarm.name,
        "tried": len(sweep.tried),
        "declared": _row(sweep.declared),
        "budgets": [{"budget": budget, "best": _row(best)} for budget, best in rows(sweep)],
        "knee": _row(sweep.knee),
        "quietest": _row(sweep.quietest),
        "untried": dict(sweep.untried),
    }


def _row(tried: Tried | None) -> dict[str, object] | None:
    if tried is None:
        return None
    setting, scored = tried.setting, tried.score
    return {
        "threshold": setting.threshold,
        "datapoints_to_alarm": setting.datapoints,
        "evaluation_periods": setting.periods,
        "period": setting.period,
        "detected": scored.detected,
        "missed": scored.missed,
        "false_alarms_a_week": scored.false_alarms_a_week,
        "notifications_a_week": scored.alarms_a_week,
        "median_delay": scored.delay,
        "stuck": scored.stuck,
    }
