"""How well an alarm's changes fit incidents: detected or missed, how late, and at what cost; pure.

An incident is detected if the alarm *goes to* ALARM in it. An alarm that is in ALARM before the incident begins, and
stays in it, has detected nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from northsouth.alerts.replay.incidents import Incident
from northsouth.alerts.replay.timeline import WEEK, State, Timeline

Spans = Sequence[tuple[int, int]]
MOST_STUCK = 0.05
"""The largest share of the quiet time that a setting may be in ALARM. Without a limit, inverted alarms win: they stand
in ALARM, leave it at each spike, and their return counts as a detection."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How an alarm reacted to one incident.

    Attributes:
        incident: the incident.
        detected: the moment of its first change to ALARM in it; ``None`` if it was missed.
        resolved: the moment at which it left ALARM after its last change to it in the incident; ``None`` if it was
            missed, or is still in ALARM at the end.
        repeats: further changes to ALARM in the incident.

    """

    incident: Incident
    detected: int | None = None
    resolved: int | None = None
    repeats: int = 0

    @property
    def delay(self) -> int | None:
        """Seconds from the incident's start to its detection."""
        return None if self.detected is None else self.detected - self.incident.start

    @property
    def resolved_delay(self) -> int | None:
        """Seconds from the incident's end to the alarm's; negative if the alarm was over before."""
        return None if self.resolved is None else self.resolved - self.incident.end


@dataclass(frozen=True, slots=True)
class Score:
    """How an alarm did.

    Attributes:
        verdicts: what it made of each incident.
        false_alarms: the moments of changes to ALARM outside all incidents.
        seconds: how much time was scored.
        quiet: seconds of it outside all incidents.
        quiet_in_alarm: seconds of the quiet time in ALARM.

    """

    verdicts: tuple[Verdict, ...]
    false_alarms: tuple[int, ...]
    seconds: int
    quiet: int
    quiet_in_alarm: int

    @property
    def detected(self) -> int:
        """How many incidents it detected."""
        return sum(1 for verdict in self.verdicts if verdict.detected is not None)

    @property
    def missed(self) -> int:
        """How many incidents it missed."""
        return len(self.verdicts) - self.detected

    @property
    def alarms(self) -> int:
        """How often it went to ALARM."""
        return len(self.false_alarms) + self.detected + sum(verdict.repeats for verdict in self.verdicts)

    @property
    def false_alarms_a_week(self) -> float:
        """False alarms in a week of quiet time."""
        return len(self.false_alarms) * WEEK / self.quiet if self.quiet else 0.0

    @property
    def alarms_a_week(self) -> float:
        """Changes to ALARM in a week."""
        return self.alarms * WEEK / self.seconds if self.seconds else 0.0

    @property
    def delay(self) -> float | None:
        """Seconds from an incident's start to its detection, the median; ``None`` if it detected none."""
        delays = [verdict.delay for verdict in self.verdicts if verdict.delay is not None]
        return median(delays) if delays else None

    @property
    def stuck(self) -> float:
        """The share of the quiet time in ALARM, from 0 to 1."""
        return self.quiet_in_alarm / self.quiet if self.quiet else 0.0


def score(
    timeline: Timeline, incidents: Iterable[Incident], *, start: int | None = None, end: int | None = None
) -> Score:
    """Return how well a timeline fits incidents.

    Args:
        timeline: the timeline.
        incidents: the incidents; those outside the scored time are left out.
        start: the first scored moment; the timeline's first by default. A change to ALARM at it counts.
        end: the last scored moment; the timeline's last by default.

    """
    begin = timeline.start if start is None else max(start, timeline.start)
    until = timeline.end if end is None else min(end, timeline.end)
    wanted = [incident for incident in incidents if incident.end >= begin and incident.start <= until]
    entered = [time for time in timeline.entered() if begin <= time <= until]
    spans = [(max(first, begin), min(last, until)) for first, last in timeline.spans(State.ALARM)]
    spans = [(first, last) for first, last in spans if last > first]
    verdicts = tuple(_verdict(incident, entered, timeline) for incident in wanted)
    false_alarms = tuple(
        time for time in entered if not any(incident.start <= time <= incident.end for incident in wanted)
    )
    busy = sum(min(incident.end, until) - max(incident.start, begin) for incident in wanted)
    in_alarm = sum(last - first for first, last in spans)
    overlap = sum(
        max(0, min(last, incident.end) - max(first, incident.start)) for first, last in spans for incident in wanted
    )
    seconds = max(until - begin, 0)
    return Score(verdicts, false_alarms, seconds, max(seconds - busy, 0), in_alarm - overlap)


def _verdict(incident: Incident, entered: Sequence[int], timeline: Timeline) -> Verdict:
    inside = [time for time in entered if incident.start <= time <= incident.end]
    if not inside:
        return Verdict(incident)
    left = next((transition.time for transition in timeline.transitions if transition.time > inside[-1]), None)
    return Verdict(incident, inside[0], left, len(inside) - 1)
