"""Bounds of what coarse points hide: the quietest and the worst course that an alarm can have taken between them.

CloudWatch evaluates each minute. With points of five minutes, only one evaluation in five has windows that are made of
whole points. Each other window holds some points whole, and an unknown part of one point at either end. It is taken
to have data if one of these points exists: the metric is published at each minute of a point.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from northsouth.alerts.replay.alarms import MetricStat
from northsouth.alerts.replay.datapoints import DataPoints, Steps
from northsouth.alerts.replay.series import Numbers, Series
from northsouth.alerts.replay.statistics import Combined, Part
from northsouth.alerts.replay.verdict import BAD, GOOD, MISSING, Codes, Judge
from northsouth.alerts.replay.windows import window_maximum, window_minimum, window_sum


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Verdicts at the known evaluations and between them.

    Attributes:
        moments: when each holds, in seconds since 1970 UTC.
        best: the verdicts if all that is hidden were as quiet as the points allow.
        worst: the verdicts if it were as bad.

    """

    moments: NDArray[np.int64]
    best: Codes
    worst: Codes


def course(
    points: DataPoints, stat: MetricStat, series: Series, judge: Judge, number: int, exact: tuple[Codes, Codes]
) -> Course | None:
    """Return the bounds of an alarm on one metric, or None if a statistic has none.

    Args:
        points: its data points at the known evaluations.
        stat: its metric and statistic.
        series: the history of the metric.
        judge: what decides a verdict.
        number: how many points an evaluation loads.
        exact: the codes of the known windows, and the verdicts of the known evaluations.

    """
    edges, moments, at = points.edges, points.moments, points.at
    if not (isinstance(edges, Steps) and isinstance(moments, Steps) and isinstance(at, Steps)) or at.step != 1:
        return None
    windows = _Windows(series, edges, points.stride)
    limits = windows.limits(stat.statistic)
    if limits is None:
        return None
    codes, verdicts = exact
    hidden = _hidden(points, *limits)
    first = 2 * points.stride * (at.first // points.stride - 1)
    places = np.arange(first, first + 2 * (len(at) - 1))
    rows = places[:, None] - 2 * points.stride * np.arange(number)
    made = {}
    for name, between in hidden.items():
        # Between two known windows lies one that stands for all evaluations between them.
        line = np.stack([between, codes[1:]], axis=1).ravel()
        made[name] = np.concatenate([verdicts[:1], judge(line[rows])])
    known = moments[np.arange(len(moments))]
    times = np.concatenate([known[:1], np.stack([known[:-1] + 60, known[1:]], axis=1).ravel()])
    return Course(times, made["best"], made["worst"])


def _hidden(points: DataPoints, least: Numbers, greatest: Numbers) -> Mapping[str, Codes]:
    """Return what the windows between known ones are at best and at worst, from the bounds of their values."""
    low, high = points.codes(least), points.codes(greatest)
    best = np.where((low == GOOD) | (high == GOOD), GOOD, BAD)
    worst = np.where((low == BAD) | (high == BAD), BAD, GOOD)
    return {
        name: np.where(high == MISSING, MISSING, codes).astype(np.uint8)
        for name, codes in (("best", best), ("worst", worst))
    }


@dataclass(frozen=True, slots=True, eq=False)
class _Windows:
    """The windows that end between two edges, each as the whole points in it and those it cuts."""

    series: Series
    edges: Steps
    stride: int

    def limits(self, statistic: str) -> tuple[Numbers, Numbers] | None:
        """Return the least and the greatest value that each window can have; NaN where it has none."""
        known = self.series.values
        add = Part(known.get(statistic, np.empty(0)), np.add, window_sum)
        match statistic:
            case "Sum" | "SampleCount" if statistic in known and np.all(known[statistic] >= 0):
                greatest = self._cut(add)
                return np.where(np.isnan(greatest), np.nan, np.nan_to_num(self._whole(add))), greatest
            case "Maximum" if "Maximum" in known:
                return self._least(self._whole(self._greatest_part())), self._cut(self._greatest_part())
            case "Minimum" if "Minimum" in known:
                return self._cut(self._least_part()), self._greatest(self._whole(self._least_part()))
            case "Average" if "Average" in known:
                return self._cut(self._least_part()), self._cut(self._greatest_part())
        return None

    def _least_part(self) -> Part:
        known = self.series.values
        return Part(known.get("Minimum", known.get("Average", np.empty(0))), np.minimum, window_minimum)

    def _greatest_part(self) -> Part:
        known = self.series.values
        return Part(known.get("Maximum", known.get("Average", np.empty(0))), np.maximum, window_maximum)

    def _least(self, whole: Numbers) -> Numbers:
        """Fill windows without a whole point: then only a point's least value is sure."""
        if "Minimum" not in self.series.values:
            return np.where(np.isnan(whole), -np.inf, whole)
        return np.where(np.isnan(whole), self._cut(self._least_part()), whole)

    def _greatest(self, whole: Numbers) -> Numbers:
        if "Maximum" not in self.series.values:
            return np.where(np.isnan(whole), np.inf, whole)
        return np.where(np.isnan(whole), self._cut(self._greatest_part()), whole)

    def _cut(self, part: Part) -> Numbers:
        """Return the number over each window, with the points that it cuts taken whole."""
        number = len(self.edges) - self.stride - 1
        step = self.edges.step
        first_end = self.edges.first + (self.stride + 1) * step
        return Combined(self.series, part).sliding(first_end, number, step, (self.stride + 1) * step)

    def _whole(self, part: Part) -> Numbers:
        """Return the number over the points that lie in each window as a whole."""
        number = len(self.edges) - self.stride - 1
        if self.stride == 1:
            return np.full(number, np.nan)
        step = self.edges.step
        first_end = self.edges.first + self.stride * step
        return Combined(self.series, part).sliding(first_end, number, step, (self.stride - 1) * step)
