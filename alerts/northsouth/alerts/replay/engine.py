"""Replays all alarms of a file on a history: :func:`replay` is the entry, and it is stable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from northsouth.alerts.replay.actions import Holding, actions_of
from northsouth.alerts.replay.alarms import Actions, Alarms, CompositeAlarm, MetricAlarm
from northsouth.alerts.replay.composite import Rule, StatesOf, parse_rule
from northsouth.alerts.replay.metric_alarm import Span, replay_metric_alarm
from northsouth.alerts.replay.schedule import Window, windows
from northsouth.alerts.replay.series import History
from northsouth.alerts.replay.settings import Settings
from northsouth.alerts.replay.sharing import shared
from northsouth.alerts.replay.statistics import NotProvable
from northsouth.alerts.replay.timeline import (
    Evidence,
    Refusal,
    Replay,
    State,
    Timeline,
    Transition,
    Unknown,
    changes,
    stamp,
)


def replay(alarms: Alarms, history: History, settings: Settings | None = None, *, workers: int = 1) -> Replay:
    """Return what would have become of alarms on a history, by AWS's rules.

    An alarm that the history cannot show is in the result's ``refused``, with the reason; the others go on.

    Args:
        alarms: what :func:`northsouth.alerts.replay.read_alarms` read.
        history: the metrics they read.
        settings: the assumptions; the defaults if not given.
        workers: how many processes share the alarms on metrics; more than one pays from hundreds of alarms on. Where
            the system cannot fork, it is one.

    """
    return _Replay(alarms, history, settings or Settings()).result(workers)


class _Replay:
    def __init__(self, alarms: Alarms, history: History, settings: Settings) -> None:
        self.alarms = alarms
        self.history = history
        self.settings = settings
        self.span = _span(history, settings)
        self.timelines: dict[str, Timeline] = {}
        self.refused: list[Refusal] = list(alarms.refused)

    def result(self, workers: int) -> Replay:
        """Return the timelines: those given, of metric alarms, of composites; then what they did."""
        self._take_given_states()
        waiting = [alarm for alarm in self.alarms.metric.values() if alarm.name not in self.timelines]
        for replayed in shared(self._metric, waiting, workers):
            if isinstance(replayed, Timeline):
                self.timelines[replayed.alarm] = replayed
            else:
                self.refused.append(replayed)
        self._composites()
        acted = {name: self._acting(timeline) for name, timeline in self.timelines.items()}
        return Replay(acted, tuple(self.refused), self._notes())

    def _take_given_states(self) -> None:
        """Take over the states of alarms that are known from elsewhere."""
        for name, known in self.settings.states.items():
            initial = self.settings.initial_of(name)
            start = self.settings.start if self.settings.start is not None else self.span.start
            first = known[0][0] if known else start
            last = known[-1][0] if known else self.span.end
            transitions = tuple(changes(initial, [(time, State(state)) for time, state in known]))
            timeline = Timeline(name, "", min(first, start), max(last, self.span.end), initial, transitions)
            self.timelines[name] = timeline

    def _metric(self, alarm: MetricAlarm) -> Timeline | Refusal:
        try:
            return replay_metric_alarm(alarm, self.history, self.settings, self.span)
        except NotProvable as reason:
            return Refusal(alarm.name, alarm.address, str(reason), reason.fix)

    def _composites(self) -> None:
        """Replay composites, children first. Composites with unknown children remain."""
        waiting = {
            name: (alarm, parse_rule(alarm.rule))
            for name, alarm in self.alarms.composite.items()
            if name not in self.timelines
        }
        while ready := [name for name, (_, rule) in waiting.items() if set(rule.alarms()) <= self.timelines.keys()]:
            for name in ready:
                alarm, rule = waiting.pop(name)
                self.timelines[name] = composite_timeline(alarm, rule, self.timelines, self.settings, self.span)
        for name, (alarm, rule) in waiting.items():
            missing = sorted(set(rule.alarms()) - self.timelines.keys())
            self.refused.append(Refusal(name, alarm.address, _why(missing, waiting, self.refused), _STATES_FIX))

    def _acting(self, timeline: Timeline) -> Timeline:
        name = timeline.alarm
        alarm = self.alarms.metric.get(name) or self.alarms.composite.get(name)
        suppressor, notes = None, timeline.evidence.notes
        if isinstance(alarm, CompositeAlarm) and alarm.suppressor is not None:
            known = self.timelines.get(alarm.suppressor.alarm)
            if known is None:
                text = f"The suppressor {alarm.suppressor.alarm!r} is not known, so nothing is suppressed."
                notes = (*notes, text)
            else:
                suppressor = Holding(known.alarm, known.states, alarm.suppressor.wait, alarm.suppressor.extension)
        actions = actions_of(
            timeline.transitions,
            alarm.actions if alarm is not None else Actions(),
            end=timeline.end,
            suppressor=suppressor,
            mutes=list(self._mutes(timeline)),
        )
        return replace(timeline, actions=actions, evidence=replace(timeline.evidence, notes=notes))

    def _mutes(self, timeline: Timeline) -> Iterator[Window]:
        for rule in self.alarms.mute_rules:
            if timeline.alarm in rule.alarms:
                yield from windows(rule, timeline.start, timeline.end)

    def _notes(self) -> tuple[str, ...]:
        read = {metric for name in self.timelines for metric in getattr(self.alarms.metric.get(name), "metrics", ())}
        return tuple(
            f"{metric}: {note}" for metric, series in self.history.items() if metric in read for note in series.notes
        )


_STATES_FIX = "Give the states of the alarms it names as Settings(states=...), or leave it out."


def composite_timeline(
    alarm: CompositeAlarm, rule: Rule, timelines: Mapping[str, Timeline], settings: Settings, span: Span
) -> Timeline:
    """Return what became of a composite: ALARM while its rule holds, else OK (alarm-combining).

    Args:
        alarm: the composite.
        rule: its rule, parsed.
        timelines: the timelines of its children.
        settings: the assumptions.
        span: what the whole history covers.

    """
    children = [timelines[name] for name in dict.fromkeys(rule.alarms())]
    start = max((child.start for child in children), default=span.start)
    end = max((child.end for child in children), default=span.end)
    moments = sorted(
        {start, *(transition.time for child in children for transition in child.transitions if transition.time > start)}
    )
    states: StatesOf = {child.alarm: _states_at(child, moments) for child in children}
    holds = rule.holds(states, len(moments))
    initial = settings.initial_of(alarm.name)
    lines = [
        (moment, State.ALARM if truth else State.OK) for moment, truth in zip(moments, holds.tolist(), strict=True)
    ]
    causes: dict[int, list[tuple[str, Transition]]] = {}
    for child in children:
        for transition in child.transitions:
            causes.setdefault(transition.time, []).append((child.alarm, transition))
    transitions = tuple(_explained(change, causes.get(change.time, [])) for change in changes(initial, lines))
    evidence = Evidence(
        exact=all(child.evidence.exact for child in children),
        depends=tuple(sorted({unknown for child in children for unknown in child.evidence.depends})),
    )
    return Timeline(alarm.name, alarm.address, start, end, initial, transitions, evidence=evidence)


def _states_at(child: Timeline, moments: list[int]) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    """Return the state of an alarm at each moment."""
    times = np.array([transition.time for transition in child.transitions], dtype=np.int64)
    names = np.array([child.initial.value, *(transition.state.value for transition in child.transitions)])
    return np.asarray(names[np.searchsorted(times, np.array(moments, dtype=np.int64), side="right")])


def _explained(change: Transition, causes: Iterable[tuple[str, Transition]]) -> Transition:
    """Return a change of a composite with the changes of its children that made it."""
    texts = [f"{name} transitioned to {transition.state} at {stamp(transition.time)}" for name, transition in causes]
    depends: set[Unknown] = {unknown for _, transition in causes for unknown in transition.depends}
    return replace(change, reason="; ".join(texts), depends=tuple(sorted(depends)))


def _why(missing: list[str], waiting: Mapping[str, object], refused: list[Refusal]) -> str:
    """Return why a composite cannot be replayed."""
    circular = [name for name in missing if name in waiting]
    if circular and len(circular) == len(missing):
        return f"it waits for {', '.join(circular)}, and a circle of composites is never evaluated"
    unknown = [name for name in missing if name not in waiting]
    reasons = {refusal.alarm: refusal.reason for refusal in refused}
    texts = [f"{name} ({reasons[name]})" if name in reasons else name for name in unknown]
    known = "cannot be replayed" if all(name in reasons for name in unknown) else "are not known"
    return f"alarms that it names {known}: {', '.join(texts)}"


def _span(history: History, settings: Settings) -> Span:
    known = [series for series in history.values() if len(series)]
    declared = [moment for moments in settings.states.values() for moment, _ in moments]
    start = min([*(series.start for series in known), *declared], default=settings.start or 0)
    end = max([*(series.end for series in known), *declared], default=settings.end or start)
    return Span(
        start if settings.start is None else settings.start,
        end if settings.end is None else settings.end,
    )
