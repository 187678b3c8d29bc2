"""Which alarms of an account are noisy, by the history that CloudWatch keeps of them; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from northsouth.alerts.replay.account import AlarmHistory
from northsouth.alerts.replay.timeline import WEEK, State, Timeline


@dataclass(frozen=True, slots=True)
class Noise:
    """How noisy one alarm was.

    Attributes:
        alarm: its name.
        composite: whether it is a composite alarm.
        fired: how often it went to ALARM.
        minutes: minutes that it was in ALARM.
        flaps: how often it went back to ALARM within an hour of having left it.
        actions: how many actions ran.
        contributors: how often a contributor of it went to ALARM; each can notify on its own.
        weeks: how long the history is, in weeks.

    """

    alarm: str
    composite: bool
    fired: int
    minutes: float
    flaps: int
    actions: int
    contributors: int
    weeks: float

    @property
    def fired_a_week(self) -> float:
        """How often it went to ALARM in a week."""
        return self.fired / self.weeks if self.weeks else float(self.fired)

    @property
    def silent(self) -> bool:
        """Whether it fired without running an action, so that nobody was notified."""
        return self.fired > 0 and self.actions == 0

    @property
    def command(self) -> str:
        """The command that tunes it; a composite is tuned by its children."""
        name = self.alarm if self.alarm.replace("-", "").replace("_", "").isalnum() else repr(self.alarm)
        command = "replay" if self.composite else "tune"
        return f"northsouth {command} --alarm {name} --plan FILE --metrics FILES"

    def to_json(self) -> dict[str, object]:
        """Return it as JSON values."""
        return {
            "alarm": self.alarm,
            "composite": self.composite,
            "fired": self.fired,
            "fired_a_week": round(self.fired_a_week, 3),
            "minutes_in_alarm": self.minutes,
            "flaps": self.flaps,
            "actions": self.actions,
            "contributors": self.contributors,
            "silent": self.silent,
            "command": self.command,
        }


def noise(histories: Iterable[AlarmHistory], start: int, end: int) -> list[Noise]:
    """Return how noisy alarms were, the noisiest first.

    Args:
        histories: the alarms.
        start: when the history of all of them begins, in seconds since 1970 UTC.
        end: when it ends.

    """
    listed = [_noise(history, start, end) for history in histories]
    return sorted(listed, key=lambda alarm: (-alarm.fired, -alarm.contributors, -alarm.minutes, alarm.alarm))


def _noise(history: AlarmHistory, start: int, end: int) -> Noise:
    line = timeline_of(history, start, end)
    return Noise(
        history.alarm,
        history.composite,
        len(line.entered()),
        line.minutes_in_alarm,
        line.flaps(),
        history.actions,
        history.contributors,
        (end - start) / WEEK,
    )


def timeline_of(history: AlarmHistory, start: int, end: int) -> Timeline:
    """Return what AWS says became of an alarm as a timeline."""
    initial = history.changes[0].before if history.changes else State.OK
    transitions = tuple(change.transition for change in history.changes if change.before is not change.after)
    return Timeline(history.alarm, "", start, end, initial, transitions)
