"""Compares timelines with what CloudWatch says became of the same alarms, and measures what AWS does not document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from northsouth.alerts.replay.account import Account, AlarmHistory
from northsouth.alerts.replay.alarms import Alarms, CompositeAlarm, MetricAlarm
from northsouth.alerts.replay.engine import replay
from northsouth.alerts.replay.metric_alarm import MORE_POINTS
from northsouth.alerts.replay.series import History
from northsouth.alerts.replay.settings import Settings
from northsouth.alerts.replay.timeline import State, Timeline, Transition, stamp

_DELAYS = (0, 60, 120, 180, 300, 600)
"""The ingestion delays that are tried, in seconds."""
_TOLERANCE = 120
"""Seconds by which a change of ours may differ from AWS's and still be the same: AWS evaluates within a minute."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A change on one side or on both.

    Attributes:
        ours: the change of our timeline; ``None`` if only AWS has it.
        theirs: the change of AWS's history; ``None`` if only we have it.

    """

    ours: Transition | None
    theirs: Transition | None

    @property
    def seconds(self) -> int | None:
        """Seconds by which ours is later than AWS's; ``None`` if one of them is missing."""
        return None if self.ours is None or self.theirs is None else self.ours.time - self.theirs.time

    @property
    def agrees(self) -> bool:
        """Whether both sides have the change."""
        return self.ours is not None and self.theirs is not None


@dataclass(frozen=True, slots=True)
class Measured:
    """What an alarm's history shows of behaviour that AWS does not document.

    Attributes:
        lag: median seconds from the end of the newest point to the evaluation; ``None`` if it has no points.
        ranges: the evaluation ranges under which most changes agree; several if the history cannot tell them apart.
        delays: the ingestion delays in seconds, likewise.
        agreeing: how many changes agree under them.
        loaded: the most periods that one evaluation is seen to have loaded; 0 if the history does not say.

    """

    lag: float | None
    ranges: tuple[int, ...]
    delays: tuple[int, ...]
    agreeing: int
    loaded: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Our timeline beside AWS's history of one alarm.

    Attributes:
        alarm: its name.
        start: the first moment that both sides know, in seconds since 1970 UTC.
        end: the last one.
        pairs: the changes of both sides, oldest first.
        measured: what the history says about range and delay; ``None`` for composites, and if AWS has no change.
        notes: what limits the comparison, one sentence each.

    """

    alarm: str
    start: int
    end: int
    pairs: tuple[Pair, ...]
    measured: Measured | None = None
    notes: tuple[str, ...] = ()

    @property
    def agreeing(self) -> int:
        """How many changes both sides have."""
        return sum(1 for pair in self.pairs if pair.agrees)

    def to_json(self) -> dict[str, object]:
        """Return it as JSON values."""
        measured = self.measured
        return {
            "alarm": self.alarm,
            "start": stamp(self.start),
            "end": stamp(self.end),
            "agreeing": self.agreeing,
            "changes": [
                {
                    "state": side.state.value,
                    "ours": _time(pair.ours),
                    "aws": _time(pair.theirs),
                    "seconds": pair.seconds,
                }
                for pair in self.pairs
                if (side := pair.ours or pair.theirs) is not None
            ],
            "measured": None
            if measured is None
            else {
                "lag": measured.lag,
                "evaluation_ranges": list(measured.ranges),
                "delays": list(measured.delays),
                "agreeing": measured.agreeing,
                "loaded": measured.loaded,
            },
            "notes": list(self.notes),
        }


def initial_states(account: Account, moment: int) -> dict[str, State]:
    """Return the state that AWS says each alarm had at a moment, as far as it says so."""
    return {name: state for name, alarm in account.alarms.items() if (state := _state_at(alarm, moment)) is not None}


def compare(timeline: Timeline, history: AlarmHistory, account: Account) -> Comparison:
    """Return our timeline beside AWS's history of the alarm, for the time that both know.

    Args:
        timeline: our timeline.
        history: the alarm's history.
        account: all histories; its first and last item bound what AWS's side knows.

    """
    tolerance = max(_TOLERANCE, timeline.evidence.spacing if not timeline.evidence.exact else 0)
    start, end = max(timeline.start, account.start - tolerance), min(timeline.end, account.end + tolerance)
    theirs = [
        change.transition
        for change in history.changes
        if start <= change.time <= end and change.before is not change.after
    ]
    ours = [transition for transition in timeline.transitions if start <= transition.time <= end]
    return Comparison(
        timeline.alarm, start, end, tuple(_paired(ours, theirs, tolerance)), notes=_notes(history, start, end)
    )


def measure(
    alarm: MetricAlarm | CompositeAlarm, history: AlarmHistory, metrics: History, settings: Settings, account: Account
) -> Measured | None:
    """Return the range and the delay under which our timeline agrees best with AWS's.

    Args:
        alarm: the alarm; nothing is measured of a composite.
        history: its history.
        metrics: its metrics.
        settings: the other assumptions.
        account: all histories.

    """
    if isinstance(alarm, CompositeAlarm) or not history.changes:
        return None
    ranges = range(alarm.periods, alarm.periods + MORE_POINTS + 1) if alarm.time_zone is None else (alarm.periods,)
    tried: dict[tuple[int, int], tuple[int, int]] = {}
    for delay in _DELAYS:
        for points in ranges:
            assumed = replace(settings, evaluation_range=points, delay=delay, mark_unknowns=False, reasons=False)
            result = replay(Alarms(metric={alarm.name: alarm}), metrics, assumed)
            if alarm.name in result.timelines:
                compared = compare(result.timelines[alarm.name], history, account)
                apart = sum(abs(pair.seconds or 0) for pair in compared.pairs)
                tried[points, delay] = (2 * compared.agreeing - len(compared.pairs), -apart)
    best = max(tried.values(), default=(0, 0))
    chosen = [assumption for assumption, agreement in tried.items() if agreement == best]
    lags = [change.data.lag for change in history.changes if change.data is not None and change.data.lag is not None]
    loaded = max((change.data.loaded for change in history.changes if change.data is not None), default=0)
    agreeing = 0
    if chosen:
        points, delay = chosen[0]
        assumed = replace(settings, evaluation_range=points, delay=delay, mark_unknowns=False, reasons=False)
        result = replay(Alarms(metric={alarm.name: alarm}), metrics, assumed)
        agreeing = compare(result.timelines[alarm.name], history, account).agreeing
    return Measured(
        median(lags) if lags else None,
        tuple(sorted({points for points, _ in chosen})),
        tuple(sorted({delay for _, delay in chosen})),
        agreeing,
        loaded,
    )


def _state_at(history: AlarmHistory, moment: int) -> State | None:
    before = [change for change in history.changes if change.time < moment]
    if before:
        return before[-1].after
    return history.changes[0].before if history.changes else None


def _paired(ours: Sequence[Transition], theirs: Sequence[Transition], tolerance: int) -> Iterator[Pair]:
    """Pair changes to the same state, each with the nearest one that is still free, in the order of time."""
    free = list(ours)
    pairs: list[Pair] = []
    for change in theirs:
        near = [
            candidate
            for candidate in free
            if candidate.state is change.state and abs(candidate.time - change.time) <= tolerance
        ]
        mine = min(near, key=lambda candidate: abs(candidate.time - change.time), default=None)
        if mine is not None:
            free.remove(mine)
        pairs.append(Pair(mine, change))
    pairs += [Pair(change, None) for change in free]
    yield from sorted(pairs, key=lambda pair: (pair.theirs or pair.ours or Transition(0, State.OK)).time)


def _notes(history: AlarmHistory, start: int, end: int) -> tuple[str, ...]:
    changed = [update for update in history.updates if start <= update <= end]
    if not changed:
        return ()
    return (f"Its configuration changed at {', '.join(map(stamp, changed))}; changes before that are another alarm's.",)


def _time(change: Transition | None) -> str | None:
    return None if change is None else stamp(change.time)
