"""Which actions an alarm runs when its state changes, and what suppresses them.

Sources: alarm-suppression (with its six examples), alarm-mute-rules, alarm-actions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from northsouth.alerts.replay.alarms import Actions
from northsouth.alerts.replay.schedule import Window
from northsouth.alerts.replay.timeline import Action, Outcome, State, Transition


@dataclass(frozen=True, slots=True)
class Holding:
    """A suppressor as one composite sees it.

    Attributes:
        name: its name.
        states: its initial state and its changes: moments and states.
        wait: seconds that the composite waits for it.
        extension: seconds that it still holds back after it left ALARM.

    """

    name: str
    states: Sequence[tuple[int, State]]
    wait: int
    extension: int


def actions_of(
    transitions: Iterable[Transition],
    actions: Actions,
    *,
    end: int,
    suppressor: Holding | None = None,
    mutes: Sequence[Window] = (),
) -> tuple[Action, ...]:
    """Return what an alarm did at each of its changes, or was kept from doing, until ``end``.

    Args:
        transitions: its changes, oldest first.
        actions: what it does.
        end: the last moment, in seconds since 1970 UTC.
        suppressor: what suppresses it, if anything.
        mutes: the times in which its actions are muted.

    """
    actor = _Actor(actions, suppressor, merged(mutes))
    # At one moment the suppressor changes first, then the alarm; periods that end, and mutes that end, come last.
    events: list[tuple[int, int, State | None]] = [(transition.time, 1, transition.state) for transition in transitions]
    events += [(moment, 0, state) for moment, state in (suppressor.states if suppressor else ())]
    events += [(window.end, 3, None) for window in actor.mutes]
    for moment, rank, state in sorted(events, key=lambda event: event[:2]):
        if moment > end:
            break
        actor.pass_to(moment, rank)
        if state is None:
            actor.unmute(moment)
        elif rank:
            actor.enter(moment, state)
        else:
            actor.suppressor_enters(moment, state)
    actor.pass_to(end, 3)
    return tuple(sorted(actor.done, key=lambda action: action.time))


def merged(mutes: Iterable[Window]) -> list[Window]:
    """Return windows that overlap or touch as one."""
    windows: list[Window] = []
    for window in sorted(mutes, key=lambda mute: mute.start):
        if windows and window.start <= windows[-1].end:
            longer = max(windows[-1].end, window.end)
            windows[-1] = Window(windows[-1].start, longer, windows[-1].rule)
        else:
            windows.append(window)
    return windows


@dataclass(slots=True)
class _Actor:
    """An alarm, as far as its actions are concerned.

    Attributes:
        held: the state whose actions wait for a period to end, or for the suppressor.
        due: when the running wait or extension period ends.
        muted: the state whose actions the mute held back last.

    """

    actions: Actions
    suppressor: Holding | None
    mutes: list[Window]
    done: list[Action] = field(default_factory=list)
    current: State | None = None
    held: State | None = None
    due: int | None = None
    muted: State | None = None
    suppressed: bool = False

    def pass_to(self, moment: int, rank: int) -> None:
        """Let a period end that ends before an event of this moment and rank."""
        if self.due is not None and (self.due, 2) <= (moment, rank):
            due, self.due = self.due, None
            if self.held is not None:
                state, self.held = self.held, None
                self.act(due, state)

    def enter(self, moment: int, state: State) -> None:
        """Change the state."""
        self.current = state
        if not self.actions.enabled:
            self.note(moment, state, Outcome.DISABLED)
        elif self.suppressor is None:
            self.act(moment, state)
        elif self.suppressed:
            self.held, self.due = state, None
            self.note(moment, state, Outcome.SUPPRESSED, self.suppressor.name)
        else:
            # A period that was running is discarded, and a new wait begins (examples 3 and 6).
            self.held, self.due = state, moment + self.suppressor.wait
            self.pass_to(moment, 2)

    def suppressor_enters(self, moment: int, state: State) -> None:
        """Follow a change of the suppressor."""
        if self.suppressor is None:
            return
        was, self.suppressed = self.suppressed, state is State.ALARM
        if self.suppressed and not was:
            self.due = None
            if self.held is not None:
                self.note(moment, self.held, Outcome.SUPPRESSED, self.suppressor.name)
        elif was and not self.suppressed and self.held is not None:
            self.due = moment + self.suppressor.extension
            self.pass_to(moment, 2)

    def unmute(self, moment: int) -> None:
        """End a mute: what it held back runs if the alarm is still in that state, unless the suppressor holds it."""
        state, self.muted = self.muted, None
        if state is None or state is not self.current or self.held is not None:
            return
        if self.suppressor is not None and self.suppressed:
            self.held = state
            self.note(moment, state, Outcome.SUPPRESSED, self.suppressor.name)
        else:
            self.act(moment, state)

    def act(self, moment: int, state: State) -> None:
        """Run the actions of a state, or note what mutes them."""
        for window in self.mutes:
            if window.start <= moment < window.end:
                self.muted = state
                self.note(moment, state, Outcome.MUTED, window.rule)
                return
        self.muted = None
        self.note(moment, state, Outcome.RUN)

    def note(self, moment: int, state: State, outcome: Outcome, by: str = "") -> None:
        """Write down what became of the actions of a state."""
        self.done.append(Action(moment, state, outcome, self.actions.of(state), by))
