"""What a replay assumes: everything that AWS does not document, and everything that the history cannot say.

:class:`Settings` is stable: fields are only added, each with a default.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from northsouth.alerts.replay.series import MetricKey
from northsouth.alerts.replay.timeline import State, StateName
from northsouth.errors import Problem, refuse

EXTRA_POINTS = 2
"""Points that CloudWatch is assumed to load beside the N it judges: 5 for N = 3 (alarms-and-missing-data)."""

Premature = Literal["range", "periods"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The assumptions of a replay.

    Attributes:
        start: the first evaluation, in seconds since 1970 UTC. By default each alarm is judged from the moment at which
            the history fills its window. With a start of your own, everything before the history's first point counts
            as missing.
        end: the last evaluation. By default, the end of the history.
        history_start: when the history begins, in seconds since 1970 UTC. By default, each alarm's history begins with
            the first point of its metrics. Say it for metrics that report seldom: from then on, a point that is not
            there counts as missing.
        evaluation_range: how many points CloudWatch loads, at least N; for all alarms, or by alarm name. The default is
            N + 2. AWS prints one value only: 5 for N = 3 and 300 s.
        premature: how to read AWS's rule against premature alarms. ``range``: every point that exists in the evaluation
            range breaches, and the oldest is at least M periods old. ``periods``: the same of the newest N periods
            alone, with no good point in the range. AWS's tables fit both.
        delay: seconds from the end of a point to the moment at which an alarm can read it; for all metrics, or by
            metric. AWS publishes no figure.
        initial: the state before the first evaluation; for all alarms, or by alarm name. A new alarm begins with
            ``INSUFFICIENT_DATA``.
        created: whether the alarms are created at ``start``, so that warm-up periods apply. Points from before its
            creation count for an alarm as they do on AWS.
        states: states of alarms that the file does not declare (or that cannot be replayed), by name: moments and
            states, oldest first. Composites, suppressors and mute rules use them.
        hourly_lag: seconds after the full hour at which multi-day alarms are evaluated. AWS says once an hour with the
            data up to the full hour; its example is evaluated three minutes after it.
        reasons: whether transitions say why they happened.
        mark_unknowns: whether to say which transitions depend on ``evaluation_range`` and ``premature``. It costs a
            second evaluation of alarms whose metrics have gaps.

    Raises:
        ConfigurationError: if a value is outside these limits.

    """

    start: int | None = None
    end: int | None = None
    history_start: int | None = None
    evaluation_range: int | Mapping[str, int] | None = None
    premature: Premature = "range"
    delay: int | Mapping[MetricKey, int] = 0
    initial: State | StateName | Mapping[str, State | StateName] = State.INSUFFICIENT_DATA
    created: bool = True
    states: Mapping[str, Sequence[tuple[int, State | StateName]]] = field(default_factory=dict)
    hourly_lag: int = 180
    reasons: bool = True
    mark_unknowns: bool = True

    def __post_init__(self) -> None:
        refuse("the settings of the replay", _problems(self))

    def range_for(self, alarm: str, periods: int) -> int:
        """Return how many points are loaded for an alarm that judges ``periods`` of them."""
        ranges = self.evaluation_range
        chosen = ranges.get(alarm) if isinstance(ranges, Mapping) else ranges
        return periods + EXTRA_POINTS if chosen is None else max(chosen, periods)

    def range_is_known(self, alarm: str) -> bool:
        """Return whether the range of an alarm is set, not assumed."""
        ranges = self.evaluation_range
        return alarm in ranges if isinstance(ranges, Mapping) else ranges is not None

    def delay_of(self, metric: MetricKey) -> int:
        """Return the ingestion delay of a metric in seconds."""
        return self.delay.get(metric, 0) if isinstance(self.delay, Mapping) else self.delay

    def initial_of(self, alarm: str) -> State:
        """Return the state of an alarm before its first evaluation."""
        states = self.initial
        return State(states.get(alarm, State.INSUFFICIENT_DATA) if isinstance(states, Mapping) else states)


def _problems(settings: Settings) -> Iterator[Problem]:
    start, end = settings.start, settings.end
    if start is not None and end is not None and end < start:
        yield Problem("end", f"{end}, before the start {start}", "a replay ends after it begins", "Exchange them.")
    if settings.premature not in ("range", "periods"):
        yield Problem("premature", repr(settings.premature), "it is 'range' or 'periods'", "Write 'range'.")
    ranges = settings.evaluation_range
    for points in ranges.values() if isinstance(ranges, Mapping) else () if ranges is None else (ranges,):
        if points < 1:
            rule = "an evaluation range is a number of points, at least N"
            yield Problem("evaluation_range", f"{points}", rule, "Leave it out for N + 2.")
    for seconds in settings.delay.values() if isinstance(settings.delay, Mapping) else (settings.delay,):
        if seconds < 0:
            yield Problem("delay", f"{seconds} s", "a delay is 0 s or more", "Write 0 if points are read at once.")
    if not 0 <= settings.hourly_lag < 3600:
        yield Problem("hourly_lag", f"{settings.hourly_lag} s", "it is less than an hour", "Leave it out for 180.")
    for name, known in settings.states.items():
        moments = [time for time, _ in known]
        if moments != sorted(moments):
            yield Problem(f"states[{name!r}]", "moments out of order", "they ascend", "Sort them, oldest first.")
