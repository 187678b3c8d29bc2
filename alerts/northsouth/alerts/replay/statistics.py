"""Statistics of a series over windows: what CloudWatch makes of the points it stored.

A stored point is a statistic set (sum, count, least, greatest), so longer windows are exact for five statistics.
Percentiles of longer windows need the single values. Source: CloudWatch-Statistics, PutMetricData.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from northsouth.alerts.replay.alarms import MetricStat
from northsouth.alerts.replay.series import Numbers, Samples, Series, Times
from northsouth.alerts.replay.windows import window_maximum, window_minimum, window_sum

_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?|100)")


class NotProvable(Exception):  # noqa: N818 (a finding about the history, which becomes a refusal)
    """The history cannot show a statistic; the message says why, and ``fix`` what would help."""

    def __init__(self, reason: str, fix: str = "") -> None:
        super().__init__(reason)
        self.fix = fix


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One number for each point, and how the numbers of a window are combined: by sum, minimum or maximum."""

    numbers: Numbers
    combine: np.ufunc
    slide: Callable[[Numbers, int], Numbers]

    def over(self, first: Times, last: Times) -> Numbers:
        """Return the number of each window of points ``first`` to ``last`` (not included); NaN where it has none."""
        result = np.full(first.shape, np.nan)
        there = last > first
        if there.any():
            pairs = np.stack([first[there], last[there]], axis=-1).ravel()
            result[there] = self.combine.reduceat(np.append(self.numbers, 0.0), pairs)[::2]
        return result

    def cells(self, series: Series, origin: int, size: int, step: int) -> Numbers:
        """Return the number of each of ``size`` stretches of ``step`` seconds from ``origin`` on; NaN where none.

        A point that lies in two stretches counts in neither.
        """
        edges = np.searchsorted(series.times, np.array([origin, origin + size * step]))
        if series.spacing < step:
            ends = origin + np.arange(1, size + 1, dtype=np.int64) * step
            bounds = np.concatenate([edges[:1], np.searchsorted(series.times, ends)])
            return self.over(bounds[:-1], bounds[1:])
        first, last = edges.tolist()
        inside, times = self.numbers[first:last], series.times[first:last]
        if len(inside) == size > 0 and times[0] == origin and times[-1] == origin + (size - 1) * step:
            return inside
        cells = np.full(size, np.nan)
        if series.is_whole and len(inside):
            begin = (int(times[0]) - origin) // step
            cells[begin : begin + len(inside)] = inside
        else:
            places, beside = np.divmod(times - origin, step)
            cells[places[beside == 0]] = inside[beside == 0]
        return cells


def _adds(numbers: Numbers) -> Part:
    return Part(numbers, np.add, window_sum)


@dataclass(frozen=True, slots=True, eq=False)
class Statistic:
    """How one statistic is made of the points of a series.

    Attributes:
        series: the points.
        note: what had to be assumed, one sentence; else empty.

    """

    series: Series
    note: str = field(default="", kw_only=True)

    def over(self, begins: Times, ends: Times) -> Numbers:
        """Return the statistic over any windows; only points that lie in a window as a whole count."""
        first = np.searchsorted(self.series.times, begins)
        last = np.searchsorted(self.series.times, ends - self.series.spacing, side="right")
        return self._of_points(first, last)

    def sliding(self, first_end: int, number: int, step: int, length: int) -> Numbers:
        """Return the statistic over windows of ``length`` that end at ``first_end`` and every ``step`` seconds after.

        ``step`` is at least the spacing of the points, and divides ``length``.
        """
        ends = first_end + np.arange(number, dtype=np.int64) * step
        return self.over(ends - length, ends)

    def _of_points(self, first: Times, last: Times) -> Numbers:
        """Return the statistic of the points ``first`` to ``last`` (not included); NaN where there are none."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, eq=False)
class Combined(Statistic):
    """A statistic that is made of the points' own numbers.

    Attributes:
        part: the numbers it combines; of an average, the sums.
        count: of an average, the numbers of samples it divides by.

    """

    part: Part
    count: Part | None = None

    def sliding(self, first_end: int, number: int, step: int, length: int) -> Numbers:
        """Return the statistic over sliding windows, by doubling."""
        width = length // step
        origin, size = first_end - length, number + width - 1
        total = self.part.slide(self.part.cells(self.series, origin, size, step), width)
        if self.count is None:
            return total
        return _ratio(total, self.count.slide(self.count.cells(self.series, origin, size, step), width))

    def _of_points(self, first: Times, last: Times) -> Numbers:
        total = self.part.over(first, last)
        return total if self.count is None else _ratio(total, self.count.over(first, last))


@dataclass(frozen=True, slots=True, eq=False)
class Percentile(Statistic):
    """The smallest value that at least a share of a window's samples do not exceed.

    AWS does not say how it interpolates.

    Attributes:
        samples: the single values.
        share: which percentile, from 0 to 100.

    """

    samples: Samples
    share: float

    def _of_points(self, first: Times, last: Times) -> Numbers:
        result = np.full(first.size, np.nan)
        for place, (begin, end) in enumerate(zip(first.ravel(), last.ravel(), strict=True)):
            part = slice(self.samples.offsets[begin], self.samples.offsets[max(begin, end)])
            values = self.samples.values[part]
            weights = None if self.samples.counts is None else self.samples.counts[part]
            if len(values) and (weights is None or weights.sum() > 0):
                result[place] = np.percentile(values, self.share, weights=weights, method="inverted_cdf")
        return result.reshape(first.shape)


def statistic(stat: MetricStat, series: Series) -> Statistic:
    """Return how an alarm's statistic is made of a series.

    Raises:
        NotProvable: if the series does not hold what it needs.

    """
    known = dict(series.values)
    if stat.period < series.spacing:
        raise NotProvable(
            f"its period of {stat.period} s is finer than the points of {stat.metric}, which cover {series.spacing} s",
            "Read points of the alarm's own period.",
        )
    if stat.statistic in known and stat.period == series.spacing:
        return Combined(series, Part(known[stat.statistic], np.maximum, window_maximum))
    _complete(known, series.samples)
    simple = _simple(stat.statistic, known)
    if simple is not None:
        return Combined(series, simple)
    if stat.statistic == "Average":
        return _average(stat, series, known)
    match = _PERCENTILE.fullmatch(stat.statistic)
    if match:
        return _percentile(stat, series, known, float(match[1]))
    have = ", ".join(series.values)
    raise NotProvable(
        f"it needs {stat.statistic} of {stat.metric}, and the history has {have} in points of {series.spacing} s",
        f"Read {stat.statistic} with a period of {stat.period} s.",
    )


def sample_count(stat: MetricStat, series: Series) -> Statistic:
    """Return how many samples a window has.

    Raises:
        NotProvable: if the series does not say.

    """
    return statistic(MetricStat(stat.metric, "SampleCount", stat.period), series)


def low_sample_limit(statistic: str) -> float | None:
    """Return how few samples are low for a percentile, or None for another statistic.

    10 / (1 - p) from p50 on, 10 / p below. Source: percentiles-with-low-samples.
    """
    match = _PERCENTILE.fullmatch(statistic)
    if not match:
        return None
    share = float(match[1]) / 100
    rest = 1 - share if share >= 0.5 else share
    # 1 - 0.9 is a little more than a tenth for a computer: a limit of 99.99... would let 99 samples pass as 100 do.
    return round(10 / rest, 6) if rest > 0 else float("inf")


def _simple(name: str, known: Mapping[str, Numbers]) -> Part | None:
    if name not in known:
        return None
    match name:
        case "Sum" | "SampleCount":
            return _adds(known[name])
        case "Minimum":
            return Part(known[name], np.minimum, window_minimum)
        case "Maximum":
            return Part(known[name], np.maximum, window_maximum)
    return None


def _complete(known: dict[str, Numbers], samples: Samples | None) -> None:
    """Add the statistics that follow from those that are there."""
    if samples is not None and len(samples.values):
        _from_samples(known, samples)
    if {"Average", "SampleCount"} <= known.keys():
        known.setdefault("Sum", known["Average"] * known["SampleCount"])


def _from_samples(known: dict[str, Numbers], samples: Samples) -> None:
    first, last = samples.offsets[:-1], samples.offsets[1:]
    counts = np.ones(len(samples.values)) if samples.counts is None else samples.counts
    parts = {
        "SampleCount": _adds(counts),
        "Sum": _adds(samples.values * counts),
        "Minimum": Part(samples.values, np.minimum, window_minimum),
        "Maximum": Part(samples.values, np.maximum, window_maximum),
    }
    for name, part in parts.items():
        if name not in known:
            known[name] = part.over(first, last)


def _average(stat: MetricStat, series: Series, known: Mapping[str, Numbers]) -> Statistic:
    if {"Sum", "SampleCount"} <= known.keys():
        return Combined(series, _adds(known["Sum"]), _adds(known["SampleCount"]))
    if "Average" not in known:
        have = ", ".join(series.values)
        raise NotProvable(
            f"it needs Average of {stat.metric}, and the history has {have}", "Read SampleCount and Sum, or Average."
        )
    note = f"The average of {stat.metric} over {stat.period} s takes each point of {series.spacing} s as equal: "
    note += "the history has no SampleCount."
    return Combined(series, _adds(known["Average"]), _adds(np.ones(len(series))), note=note)


def _percentile(stat: MetricStat, series: Series, known: Mapping[str, Numbers], share: float) -> Statistic:
    if series.samples is not None:
        return Percentile(series, series.samples, share)
    if {"Minimum", "Maximum", "SampleCount"} <= known.keys() and np.all(known["Minimum"] == known["Maximum"]):
        # CloudWatch, too, can take percentiles of statistic sets whose samples are all equal (PutMetricData).
        offsets = np.arange(len(series) + 1, dtype=np.int64)
        samples = Samples(offsets, known["Minimum"], known["SampleCount"])
        return Percentile(series, samples, share)
    raise NotProvable(
        f"a percentile ({stat.statistic}) over {stat.period} s needs the single values of {stat.metric}, "
        f"and the history has points of {series.spacing} s",
        f"Read {stat.statistic} with a period of {stat.period} s, or give the raw samples.",
    )


def _ratio(total: Numbers, count: Numbers) -> Numbers:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count > 0, total / count, np.nan)
