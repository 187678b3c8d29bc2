"""How CloudWatch judges the data points of one evaluation, for any number of evaluations at once.

A row of points is written newest first. Source: alarms-and-missing-data, "How alarm state is evaluated when data is
missing" and "Avoiding premature transitions to alarm state".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from northsouth.alerts.replay.alarms import Missing
from northsouth.alerts.replay.settings import Premature
from northsouth.alerts.replay.timeline import State

Codes = NDArray[np.uint8]

GOOD, BAD, MISSING = 0, 1, 2
"""What a data point is."""
OK, ALARM, INSUFFICIENT_DATA, KEEP = 0, 1, 2, 3
"""What an evaluation decides; KEEP leaves the state as it is."""
WIDEST_TABLE = 9
"""So many points have few enough patterns (19,683) to judge each of them once."""
STATES = (State.OK, State.ALARM, State.INSUFFICIENT_DATA)

_EMPTY = {
    Missing.MISSING: INSUFFICIENT_DATA,
    Missing.IGNORE: KEEP,
    Missing.BREACHING: ALARM,
    Missing.NOT_BREACHING: OK,
}
"""The verdict on a range without any point (alarms-and-missing-data, row 3 of the first table)."""
_CHUNK = 1 << 22
"""Points that are judged at once, to bound memory."""


@dataclass(frozen=True, slots=True)
class Judge:
    """The settings of an alarm that decide a verdict.

    Attributes:
        periods: how many points are judged (N).
        datapoints: how many of them must breach (M).
        missing: what a missing point counts as.
        premature: how the rule against premature alarms is read.

    """

    periods: int
    datapoints: int
    missing: Missing
    premature: Premature

    def __call__(self, points: Codes) -> Codes:
        """Return the verdict on each row of an evaluation range, newest point first."""
        verdicts = np.empty(len(points), dtype=np.uint8)
        step = max(1, _CHUNK // max(1, points.shape[1]))
        for begin in range(0, len(points), step):
            verdicts[begin : begin + step] = self._judge(points[begin : begin + step])
        return verdicts

    def _judge(self, points: Codes) -> Codes:
        real = points != MISSING
        bad = points == BAD
        number = real.sum(axis=1)
        judged = real & (np.cumsum(real, axis=1) <= self.periods)
        breaching = (bad & judged).sum(axis=1)
        lacking = np.maximum(self.periods - number, 0)
        if self.missing is Missing.BREACHING:
            breaching = breaching + lacking
        verdicts = np.where(breaching >= self.datapoints, ALARM, OK).astype(np.uint8)
        if self.missing in (Missing.MISSING, Missing.IGNORE):
            early = (lacking > 0) & (verdicts == OK) & self._waited(real, bad, points)
            verdicts[early] = ALARM if self.missing is Missing.MISSING else KEEP
        verdicts[number == 0] = _EMPTY[self.missing]
        return verdicts

    def _waited(self, real: NDArray[np.bool_], bad: NDArray[np.bool_], points: Codes) -> NDArray[np.bool_]:
        """Tell where only breaches exist and the oldest is old enough: the alarm is then no longer premature."""
        only_breaches = bad.any(axis=1) & ~(points == GOOD).any(axis=1)
        loaded = real if self.premature == "range" else real[:, : self.periods]
        old = np.asarray(loaded[:, self.datapoints - 1 :].any(axis=1))
        return np.asarray(only_breaches & old)


@lru_cache(maxsize=64)
def table(judge: Judge, number: int, width: int) -> Codes:
    """Return the verdict on each pattern of ``width`` points, of which the newest ``number`` are loaded.

    The place of a pattern is the sum of 3 ** k times its k-th newest point.
    """
    every = np.arange(3**width)[:, None] // 3 ** np.arange(number) % 3
    return judge(every.astype(np.uint8))


def states(verdicts: Codes, initial: State) -> Codes:
    """Return the state after each evaluation: verdicts with KEEP replaced by the state before."""
    keeps_state = verdicts == KEEP
    if not keeps_state.any():
        return verdicts
    places = np.where(keeps_state, 0, np.arange(1, len(verdicts) + 1))
    np.maximum.accumulate(places, out=places)
    first = np.concatenate([np.array([STATES.index(initial)], dtype=np.uint8), verdicts])
    return first[places]
