"""What the alarms of both sides would have done on one history: states, changes, and who is notified; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from northsouth.alerts.replay import Alarms, Replay, Timeline, read_alarms, replay
from northsouth.alerts.replay.alarms import MetricAlarm
from northsouth.alerts.replay.files import read
from northsouth.alerts.replay.files.reading import Reading
from northsouth.alerts.replay.incidents import Incident, incidents_of
from northsouth.alerts.replay.report import proof
from northsouth.alerts.replay.scoring import score
from northsouth.alerts.replay.settings import Settings
from northsouth.alerts.replay.timeline import Outcome, State, stamp
from northsouth.report.alarm_chart import points_of
from northsouth.report.asked import Metrics
from northsouth.report.chart import COLUMNS, reduced
from northsouth.report.sides import Sides

WIDE = 30
"""Most alarms that are drawn at full width."""
NARROW = 120
"""Columns of the small line of every other alarm."""


def waking(sides: Sides, metrics: Metrics) -> dict[str, Any]:
    """Return what the alarms would have done, as JSON values.

    Args:
        sides: the environment before and after.
        metrics: the history.

    Raises:
        ConfigurationError: if a file of metrics or incidents cannot be read.

    """
    old = Alarms() if sides.before is None else read_alarms(sides.before.template)
    new = read_alarms(sides.after.template)
    reading = read(
        metrics.files,
        metrics.mapping,
        wanted=dict.fromkeys((*old.stats, *new.stats)),
        period=metrics.period,
        time_zone=metrics.time_zone,
        partial=True,
    )
    incidents: tuple[Incident, ...] = ()
    if metrics.incidents is not None:
        incidents = incidents_of(reading.history, metrics.incidents, metrics.time_zone)
    before, after = replay(old, reading.history), replay(new, reading.history)
    alarms = [
        _Alarm(name, old, new, before, after, reading, incidents).as_data()
        for name in sorted(before.timelines.keys() | after.timelines.keys())
    ]
    _widen(alarms)
    return {
        "compared": sides.before is not None,
        "proof": list(proof([timeline.evidence for timeline in after.timelines.values()])),
        "metrics": list(reading.lines),
        "incidents": [
            {"start": incident.start, "end": incident.end, "label": incident.label} for incident in incidents
        ],
        "alarms": alarms,
        "refused": [{"alarm": refusal.alarm, "reason": f"{refusal.reason}."} for refusal in after.refused],
        "receivers": _receivers(before, after),
    }


def _receivers(before: Replay, after: Replay) -> list[dict[str, Any]]:
    """Return how many notifications each receiver gets on both sides."""
    old, new = _notified(before), _notified(after)
    return [
        {"receiver": receiver, "before": old[receiver], "after": new[receiver]}
        for receiver in sorted(old.keys() | new.keys())
    ]


def _notified(result: Replay) -> Counter[str]:
    return sum((timeline.notifications for timeline in result.timelines.values()), Counter())


@dataclass(frozen=True, slots=True)
class _Alarm:
    """One alarm on both sides."""

    name: str
    old: Alarms
    new: Alarms
    before: Replay
    after: Replay
    reading: Reading
    incidents: Sequence[Incident]

    def as_data(self) -> dict[str, Any]:
        views = [self._view(self.old, self.before), self._view(self.new, self.after)]
        return {
            "name": self.name,
            "before": views[0],
            "after": views[1],
            "changed": _noticed(views[0]) != _noticed(views[1]),
            "other_metrics": self._other_metrics(),
            "chart": self._chart(),
        }

    def _other_metrics(self) -> bool:
        """Tell whether the alarm reads other metrics than before."""
        old, new = self.old.metric.get(self.name), self.new.metric.get(self.name)
        return old is not None and new is not None and set(old.metrics) != set(new.metrics)

    def _view(self, alarms: Alarms, result: Replay) -> dict[str, Any] | None:
        timeline = result.timelines.get(self.name)
        if timeline is None:
            return None
        alarm = alarms.metric.get(self.name)
        return {
            "address": timeline.address,
            "threshold": None if alarm is None else alarm.threshold,
            "setting": "" if alarm is None else f"{alarm.datapoints} of {alarm.periods}, {alarm.period} s",
            "exact": timeline.evidence.exact,
            "depends": [str(unknown) for unknown in timeline.evidence.depends],
            "fired": len(timeline.entered()),
            "minutes": round(timeline.minutes_in_alarm, 2),
            "flaps": timeline.flaps(),
            "notifications": dict(sorted(timeline.notifications.items())),
            "notified": [action.time for action in timeline.actions if action.outcome is Outcome.RUN],
            "states": [[*span, state.value] for span, state in _spans(timeline)],
            "changes": [
                {
                    "time": stamp(transition.time),
                    "at": transition.time,
                    "state": transition.state.value,
                    "reason": transition.reason,
                    "depends": [str(unknown) for unknown in transition.depends],
                }
                for transition in timeline.transitions
            ],
            **self._scored(timeline),
        }

    def _scored(self, timeline: Timeline) -> dict[str, Any]:
        if not self.incidents:
            return {}
        scored = score(timeline, self.incidents)
        return {
            "detected": scored.detected,
            "missed": scored.missed,
            "false_alarms": len(scored.false_alarms),
            "delay": scored.delay,
        }

    def _chart(self) -> dict[str, Any]:
        """Return what is drawn: the points that the alarm judges today, or judged if it is gone."""
        timeline = self.after.timelines.get(self.name) or self.before.timelines[self.name]
        alarm = self.new.metric.get(self.name) or self.old.metric.get(self.name)
        times, values = ([], []) if alarm is None else self._points(alarm, timeline)
        return {"start": timeline.start, "end": timeline.end, "times": times, "values": values}

    def _points(self, alarm: MetricAlarm, timeline: Timeline) -> tuple[list[int], list[float]]:
        return points_of(alarm, timeline, self.reading.history, Settings())


def _spans(timeline: Timeline) -> Iterator[tuple[tuple[int, int], State]]:
    spans = ((span, state) for state in State for span in timeline.spans(state))
    return iter(sorted(spans, key=lambda span: span[0]))


def _noticed(view: Mapping[str, Any] | None) -> object:
    """Return what people would have noticed of an alarm: when it fired, when it ended, and whom it notified."""
    if view is None:
        return None
    noticed = [(change["at"], change["state"]) for change in view["changes"]]
    return noticed, view["notifications"]


def _widen(alarms: Sequence[dict[str, Any]]) -> None:
    """Keep full width for the alarms that fired or changed; reduce the points of all."""
    wide = 0
    # Changed ones first, if there are more than can be shown.
    for alarm in sorted(alarms, key=lambda alarm: not alarm["changed"]):
        views = [view for view in (alarm["before"], alarm["after"]) if view]
        alarm["wide"] = wide < WIDE and (alarm["changed"] or any(view["fired"] for view in views))
        wide += alarm["wide"]
        chart = alarm["chart"]
        times, values = chart.pop("times"), chart.pop("values")
        columns = reduced(times, values, COLUMNS if alarm["wide"] else NARROW)
        chart["columns"] = [None if column is None else [round(part, 6) for part in column] for column in columns]
