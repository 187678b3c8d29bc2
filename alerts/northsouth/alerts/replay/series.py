"""A metric's history: what it measured, when, and how much time each point covers.

The readers of :mod:`northsouth.alerts.replay.files` make these values, and the engine judges alarms on them.
:class:`MetricKey`, :class:`Series`, :class:`Samples` and :data:`History` are stable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from northsouth.errors import Problem, refuse
from northsouth.metrics.rules import is_statistic

Times: TypeAlias = NDArray[np.int64]
Numbers: TypeAlias = NDArray[np.float64]

HIGH_RESOLUTION = (1, 5, 10, 20, 30)
"""Seconds that a point of a high-resolution metric can cover, besides multiples of 60 (API_GetMetricData, Period)."""


@dataclass(frozen=True, slots=True, order=True)
class MetricKey:
    """What makes a metric one metric: namespace, name, and all its dimensions.

    Attributes:
        namespace: such as ``AWS/NATGateway``.
        name: the metric's name.
        dimensions: pairs of name and value, sorted; a mapping is taken too. A value can be a Terraform reference, such
            as ``${aws_nat_gateway.a.id}``, until it is mapped to what AWS made of it.
        account: the account that owns the metric, if an alarm names another one; else empty.

    """

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()
    account: str = ""

    def __post_init__(self) -> None:
        dimensions: object = self.dimensions
        pairs = dimensions.items() if isinstance(dimensions, Mapping) else self.dimensions
        object.__setattr__(self, "dimensions", tuple(sorted((str(key), str(value)) for key, value in pairs)))

    def __str__(self) -> str:
        dimensions = ", ".join(f"{key}={value}" for key, value in self.dimensions)
        account = f"{self.account}:" if self.account else ""
        return f"{account}{self.namespace}/{self.name}" + (f"{{{dimensions}}}" if dimensions else "")


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """The single values behind the points of a series, which percentiles of longer windows need.

    Attributes:
        offsets: where each point's values begin in ``values``; one more element than there are points.
        values: all values, point after point.
        counts: how often each value occurred; ``None`` if each occurred once.

    """

    offsets: Times
    values: Numbers
    counts: Numbers | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "offsets", np.ascontiguousarray(self.offsets, dtype=np.int64))
        object.__setattr__(self, "values", np.ascontiguousarray(self.values, dtype=np.float64))
        if self.counts is not None:
            object.__setattr__(self, "counts", np.ascontiguousarray(self.counts, dtype=np.float64))


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """The points of one metric, oldest first.

    Attributes:
        times: the start of what each point covers, in seconds since 1970 UTC; ascending, none twice.
        values: by statistic (``Sum``, ``Average``, ``Minimum``, ``Maximum``, ``SampleCount``, ``p99``), one number for
            each of ``times``. A point that does not exist is left out of ``times``; it is not NaN.
        spacing: seconds that each point covers: 60 or a multiple of it, or 1, 5, 10, 20 or 30.
        unit: the unit the metric was published with, such as ``Bytes``; ``None`` if the source does not say.
        samples: the single values behind the points, if the source has them.
        notes: what a reader changed on the way (sorted, dropped, merged), one sentence each.
        name: what messages call it.

    Raises:
        ConfigurationError: if times are not ascending or repeat, do not begin on a multiple of ``spacing``'s unit, or
            values are NaN, infinite, of another length, or of an unknown statistic.

    """

    times: Times
    values: Mapping[str, Numbers]
    spacing: int = 60
    unit: str | None = None
    samples: Samples | None = None
    notes: tuple[str, ...] = ()
    name: str = field(default="series", kw_only=True)

    def __post_init__(self) -> None:
        passed = np.asarray(self.times)
        times = np.ascontiguousarray(passed, dtype=np.int64)
        values = {statistic: np.ascontiguousarray(value, dtype=np.float64) for statistic, value in self.values.items()}
        refuse(self.name, _time_problems(times, passed, self.spacing), _value_problems(times, values))
        refuse(self.name, _sample_problems(times, self.samples))
        object.__setattr__(self, "times", times)
        object.__setattr__(self, "values", MappingProxyType(values))
        object.__setattr__(self, "notes", tuple(self.notes))

    def __len__(self) -> int:
        return len(self.times)

    @property
    def start(self) -> int:
        """When its first point begins, in seconds since 1970 UTC."""
        return int(self.times[0])

    @property
    def end(self) -> int:
        """When its last point ends, in seconds since 1970 UTC."""
        return int(self.times[-1]) + self.spacing

    @property
    def gaps(self) -> int:
        """How many stretches without a point lie between its first and its last."""
        if self.is_whole:
            return 0
        return int(np.count_nonzero(np.diff(self.times) > self.spacing))

    @property
    def is_whole(self) -> bool:
        """Whether no point is missing between its first and its last."""
        return len(self) == 0 or self.end - self.start == len(self) * self.spacing


History: TypeAlias = Mapping[MetricKey, Series]
"""The metrics that are known, by what they are. A metric without any point is in it with an empty series."""


def points(
    start: int, values: ArrayLike, *, spacing: int = 60, unit: str | None = None, name: str = "series"
) -> Series:
    """Return a series of single samples: each point is one value, so all of its statistics are that value.

    Args:
        start: when the first point begins, in seconds since 1970 UTC.
        values: one number for each point; NaN where there is none.
        spacing: seconds from one point to the next.
        unit: the metric's unit, if known.
        name: what messages call it.

    """
    numbers = np.asarray(values, dtype=np.float64)
    there = ~np.isnan(numbers)
    times = start + np.flatnonzero(there) * spacing
    return single_samples(times, numbers[there], spacing=spacing, unit=unit, name=name)


def single_samples(
    times: ArrayLike, values: ArrayLike, *, spacing: int = 60, unit: str | None = None, name: str = "series"
) -> Series:
    """Return a series whose points are one sample each.

    Args:
        times: when each point begins, in seconds since 1970 UTC.
        values: one number for each of ``times``.
        spacing: seconds that each point covers.
        unit: the metric's unit, if known.
        name: what messages call it.

    """
    numbers = np.asarray(values, dtype=np.float64)
    statistics = dict.fromkeys(("Sum", "Average", "Minimum", "Maximum"), numbers)
    return Series(np.asarray(times), {**statistics, "SampleCount": np.ones(len(numbers))}, spacing, unit, name=name)


def spacing_problems(where: str, spacing: int) -> Iterator[Problem]:
    """Yield what is wrong with the seconds that a point covers."""
    if spacing not in HIGH_RESOLUTION and (spacing < 60 or spacing % 60):
        rule = "a point covers 1, 5, 10, 20 or 30 s, or a multiple of 60 s"
        yield Problem(where, f"{spacing} s", rule, "Say how many seconds lie between two points.")


def _time_problems(times: Times, passed: NDArray[Any], spacing: int) -> Iterator[Problem]:
    wrong_spacing = list(spacing_problems("spacing", spacing))
    if wrong_spacing:
        yield from wrong_spacing
        return
    if times.ndim != 1:
        yield Problem("times", f"an array of {times.ndim} dimensions", "times are one list", "Give one metric at once.")
        return
    if np.any(passed != times):
        yield Problem("times", "fractions of a second", "times are whole seconds", "Round them down to the spacing.")
    steps = np.diff(times)
    if np.any(steps <= 0):
        place = int(np.argmax(steps <= 0))
        fault = "twice" if steps[place] == 0 else f"after {times[place]}"
        fix = "Sort the points, and keep one of each time."
        yield Problem(f"times[{place + 1}]", f"{times[place + 1]} {fault}", "times ascend, none twice", fix)
    elif np.any(steps < spacing):
        place = int(np.argmax(steps < spacing))
        step = int(steps[place])
        fix = f"Say spacing={step} if that is what a point covers."
        yield Problem(
            f"times[{place + 1}]", f"{step} s after the point before it", f"points of {spacing} s do not overlap", fix
        )
    base = min(spacing, 60)
    if np.any(times % base):
        place = int(np.argmax(times % base != 0))
        rule = f"CloudWatch stores points of {spacing} s at full {'minutes' if base == 60 else f'{base} s'}"
        yield Problem(f"times[{place}]", f"{times[place]}", rule, "Round the time down.")


def _value_problems(times: Times, values: Mapping[str, Numbers]) -> Iterator[Problem]:
    if not values:
        yield Problem("values", "no statistic", "a series has one or more", "Give the values as {'Sum': numbers}.")
    for statistic, numbers in values.items():
        where = f"values[{statistic!r}]"
        if not is_statistic(statistic):
            rule = "statistics are Sum, Average, Minimum, Maximum, SampleCount, p99 and their kin"
            yield Problem(where, repr(statistic), rule, "Name the statistic as CloudWatch does.")
        if numbers.shape != times.shape:
            given = f"{numbers.size} values for {times.size} times"
            yield Problem(where, given, "each point has one value", "Leave out the times that have none.")
        elif not np.all(np.isfinite(numbers)):
            place = int(np.argmax(~np.isfinite(numbers)))
            given = f"{numbers[place]} at {times[place]}"
            fix = "Leave the point out of times and values: a missing point is not NaN."
            yield Problem(where, given, "a value is a finite number", fix)


def _sample_problems(times: Times, samples: Samples | None) -> Iterator[Problem]:
    if samples is None:
        return
    offsets = samples.offsets
    fits = offsets.shape == (len(times) + 1,) and offsets[0] == 0 and offsets[-1] == len(samples.values)
    if not fits or np.any(np.diff(offsets) < 0):
        rule = "offsets ascend from 0 to the number of values, one more than there are points"
        yield Problem("samples.offsets", f"{len(offsets)} offsets", rule, "Count the values of each point.")
    if samples.counts is not None and samples.counts.shape != samples.values.shape:
        given = f"{samples.counts.size} counts for {samples.values.size} values"
        yield Problem("samples.counts", given, "each value has one count", "Give as many counts as values.")
    if not np.all(np.isfinite(samples.values)):
        yield Problem("samples.values", "NaN or infinity", "a value is a finite number", "Leave it out.")
