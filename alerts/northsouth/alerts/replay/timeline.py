"""The timeline of one alarm: its states, the reasons of its changes, and its actions; pure, without NumPy.

:class:`State`, :class:`Transition`, :class:`Action`, :class:`Evidence` and :class:`Timeline` are stable, and so
is their JSON: ``version`` changes if the meaning of a key changes, and keys are only added.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from enum import StrEnum
from itertools import pairwise
from typing import Literal

from northsouth.errors import ConfigurationError, Problem

WEEK = 7 * 86400
JSON_VERSION = 1
"""The version of the JSON form; it changes if a key changes its meaning."""


class State(StrEnum):
    """The state of an alarm."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


StateName = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
"""The word of a :class:`State`, which stands for it."""


class Unknown(StrEnum):
    """Something AWS does not document, or the history does not show, on which a verdict depends."""

    RANGE = "evaluation_range"
    PREMATURE = "premature"
    PHASE = "phase"


class Outcome(StrEnum):
    """Whether the actions of a transition ran and, if not, why."""

    RUN = "run"
    MUTED = "muted"
    SUPPRESSED = "suppressed"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of state.

    Attributes:
        time: the moment of the evaluation, in seconds since 1970 UTC.
        state: the state from then on.
        reason: why, in CloudWatch's words as far as they are documented.
        depends: on what else the change, or its moment, depends; empty if the documentation and the history decide it.

    """

    time: int
    state: State
    reason: str = ""
    depends: tuple[Unknown, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """The actions of one state, at the moment they run or are held back.

    Attributes:
        time: that moment, in seconds since 1970 UTC.
        state: the state whose actions these are.
        outcome: whether they run, or what holds them back.
        receivers: the ARNs of the actions, or the references to them; empty if the state has none.
        by: the mute rule or the suppressor that holds them back, or held them back until this moment; else empty.

    """

    time: int
    state: State
    outcome: Outcome = Outcome.RUN
    receivers: tuple[str, ...] = ()
    by: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the history can prove about one alarm, and what was assumed.

    Attributes:
        exact: true if AWS's evaluations could be repeated one by one. False if points are coarser than the alarm's
            evaluations: then the timeline holds what is known at the moments the points allow, and ``best`` and
            ``worst`` of the timeline bound the rest.
        spacing: seconds that the coarsest point covers; 0 if no metric is judged.
        start: when the history of its metrics begins, in seconds since 1970 UTC.
        end: when it ends.
        gaps: stretches without a point, over all its metrics.
        delay: the ingestion delay that was assumed, in seconds.
        evaluation_range: how many points CloudWatch was assumed to load; 0 if it does not load more than it judges.
        notes: anything else that limits the proof, one sentence each.
        depends: the unknowns under which the timeline would be another.

    """

    exact: bool = True
    spacing: int = 0
    start: int = 0
    end: int = 0
    gaps: int = 0
    delay: int = 0
    evaluation_range: int = 0
    notes: tuple[str, ...] = ()
    depends: tuple[Unknown, ...] = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """The states of one alarm over a stretch of time.

    Attributes:
        alarm: its name.
        address: its Terraform address; empty if its states come from elsewhere.
        start: the first evaluation, in seconds since 1970 UTC.
        end: the last evaluation; the timeline says nothing later.
        initial: the state just before ``start``.
        transitions: every change, oldest first. One at ``start`` is a change of the first evaluation.
        actions: the actions that ran or were held back, oldest first.
        evidence: what the history can prove.
        best: the changes if the values between the points were as good as the history allows; ``None`` if the timeline
            is exact.
        worst: the changes if these values were as bad as the history allows; ``None`` if the timeline is exact.

    """

    alarm: str
    address: str
    start: int
    end: int
    initial: State
    transitions: tuple[Transition, ...] = ()
    actions: tuple[Action, ...] = ()
    evidence: Evidence = Evidence()
    best: tuple[Transition, ...] | None = None
    worst: tuple[Transition, ...] | None = None

    @property
    def states(self) -> tuple[tuple[int, State], ...]:
        """The moments and states of ``transitions``, the initial state first."""
        return ((self.start, self.initial), *((transition.time, transition.state) for transition in self.transitions))

    def at(self, time: int) -> State:
        """Return the state at a moment; an evaluation at that very moment has been made."""
        place = bisect_right([transition.time for transition in self.transitions], time)
        return self.transitions[place - 1].state if place else self.initial

    def spans(self, state: State | StateName) -> Iterator[tuple[int, int]]:
        """Yield when the alarm entered and left a state; ``end`` if it did not leave."""
        edges = [*self.states, (self.end, self.initial)]
        for (begin, kind), (until, _) in pairwise(edges):
            if kind is state and until > begin:
                yield begin, until

    def seconds_in(self, state: State | StateName) -> int:
        """Return how many seconds it was in a state."""
        return sum(until - begin for begin, until in self.spans(state))

    @property
    def minutes_in_alarm(self) -> float:
        """Minutes it was in ALARM."""
        return self.seconds_in(State.ALARM) / 60

    def entered(self, state: State | StateName = State.ALARM) -> tuple[int, ...]:
        """Return the moments at which it went to a state."""
        return tuple(transition.time for transition in self.transitions if transition.state == state)

    def flaps(self, within: int = 3600) -> int:
        """Return how often it went back to ALARM within so many seconds of having left it.

        Args:
            within: seconds; one hour by default.

        """
        spans = list(self.spans(State.ALARM))
        return sum(1 for (_, left), (back, _) in pairwise(spans) if back - left <= within)

    @property
    def notifications(self) -> Counter[str]:
        """How many messages each receiver gets: one for each action that runs."""
        return Counter(
            receiver for action in self.actions if action.outcome is Outcome.RUN for receiver in action.receivers
        )

    @property
    def weeks(self) -> float:
        """How long the timeline is, in weeks."""
        return (self.end - self.start) / WEEK

    def to_json(self) -> dict[str, object]:
        """Return it as JSON values; times are ISO 8601 in UTC."""
        bounds = {
            key: None if bound is None else [_transition(change) for change in bound]
            for key, bound in (("best", self.best), ("worst", self.worst))
        }
        return {
            "alarm": self.alarm,
            "address": self.address,
            "start": stamp(self.start),
            "end": stamp(self.end),
            "initial": self.initial.value,
            "transitions": [_transition(transition) for transition in self.transitions],
            "actions": [_action(action) for action in self.actions],
            "evidence": _evidence(self.evidence),
            **bounds,
            "minutes_in_alarm": self.minutes_in_alarm,
            "flaps": self.flaps(),
            "notifications": dict(sorted(self.notifications.items())),
        }


@dataclass(frozen=True, slots=True)
class Refusal:
    """An alarm that cannot be replayed.

    Attributes:
        alarm: its name, or its address if the file does not say the name.
        address: its Terraform address.
        reason: why, in one sentence.
        fix: what would make a replay possible; empty if nothing would.

    """

    alarm: str
    address: str
    reason: str
    fix: str = ""

    def __str__(self) -> str:
        return f"{self.alarm} is not replayed: {self.reason}." + (f" {self.fix}" if self.fix else "")


@dataclass(frozen=True, slots=True)
class Replay:
    """The timelines of all alarms of a file.

    Attributes:
        timelines: by alarm name, in the order of the file; children before the composites that name them.
        refused: the alarms that cannot be replayed, each with its reason.
        notes: what the readers changed on the way, and what was assumed for all alarms, one sentence each.

    """

    timelines: Mapping[str, Timeline]
    refused: tuple[Refusal, ...] = ()
    notes: tuple[str, ...] = ()

    def __getitem__(self, alarm: str) -> Timeline:
        """Return the timeline of an alarm.

        Raises:
            ConfigurationError: if there is none, with the reason.

        """
        if alarm in self.timelines:
            return self.timelines[alarm]
        for refusal in self.refused:
            if alarm in (refusal.alarm, refusal.address):
                raise ConfigurationError("the replay", [Problem(alarm, "a refused alarm", refusal.reason, refusal.fix)])
        raise ConfigurationError("the replay", [unknown_alarm(alarm, self.timelines)])

    def to_json(self) -> dict[str, object]:
        """Return it as JSON values, with the version of the format."""
        return {
            "version": JSON_VERSION,
            "timelines": [timeline.to_json() for timeline in self.timelines.values()],
            "refused": [
                {"alarm": refusal.alarm, "address": refusal.address, "reason": refusal.reason, "fix": refusal.fix}
                for refusal in self.refused
            ],
            "notes": list(self.notes),
        }


def unknown_alarm(name: str, known: Iterable[str]) -> Problem:
    """Return the problem that a file has no alarm of a name, with the names near it."""
    there = sorted(known)
    near = get_close_matches(name, there, n=3) or there[:3]
    fix = f"Did you mean {' or '.join(map(repr, near))}?" if near else "The file declares none."
    return Problem("alarm", repr(name), "the file has no such alarm", fix)


def changes(initial: State, states: Sequence[tuple[int, State]]) -> Iterator[Transition]:
    """Yield the transitions of a list of moments and states, without those that change nothing."""
    current = initial
    for time, state in states:
        if state is not current:
            yield Transition(time, state)
            current = state


def stamp(time: int) -> str:
    """Return a moment as ``2026-10-01T10:04:00Z``."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _transition(transition: Transition) -> dict[str, object]:
    depends = [unknown.value for unknown in transition.depends]
    return {
        "time": stamp(transition.time),
        "state": transition.state.value,
        "reason": transition.reason,
        "depends": depends,
    }


def _action(action: Action) -> dict[str, object]:
    return {
        "time": stamp(action.time),
        "state": action.state.value,
        "outcome": action.outcome.value,
        "receivers": list(action.receivers),
        "by": action.by,
    }


def _evidence(evidence: Evidence) -> dict[str, object]:
    return {
        "exact": evidence.exact,
        "spacing": evidence.spacing,
        "start": stamp(evidence.start) if evidence.spacing else None,
        "end": stamp(evidence.end) if evidence.spacing else None,
        "gaps": evidence.gaps,
        "delay": evidence.delay,
        "evaluation_range": evidence.evaluation_range,
        "notes": list(evidence.notes),
        "depends": [unknown.value for unknown in evidence.depends],
    }
