"""The chart of one alarm on a history: what it judged, its threshold, its states and the incidents; pure."""

from __future__ import annotations

from collections.abc import Sequence

from northsouth.alerts.replay.alarms import MetricAlarm
from northsouth.alerts.replay.incidents import Incident
from northsouth.alerts.replay.metric_alarm import Span as Extent
from northsouth.alerts.replay.metric_alarm import points_by_moment
from northsouth.alerts.replay.report import totals, when
from northsouth.alerts.replay.series import History
from northsouth.alerts.replay.settings import Settings
from northsouth.alerts.replay.statistics import NotProvable
from northsouth.alerts.replay.timeline import State, Timeline
from northsouth.report.chart import Chart, Span, number, reduced

LEGEND = (
    "Line: the newest data point of each evaluation, least and greatest where they are close. Dashes across: the "
    "threshold. Strip below: thin line OK, block ALARM, hollow box INSUFFICIENT_DATA. Triangle: a change that "
    "depends on what AWS does not document or the points do not show. Dotted frames: incidents. Times are UTC."
)


def alarm_chart(
    timeline: Timeline,
    alarm: MetricAlarm | None,
    history: History,
    settings: Settings,
    incidents: Sequence[Incident] = (),
) -> Chart:
    """Return the chart of an alarm.

    Args:
        timeline: what became of it.
        alarm: the alarm; ``None`` draws the states alone.
        history: the metrics.
        settings: the assumptions of the replay.
        incidents: times that people marked.

    """
    times, values = ([], []) if alarm is None else points_of(alarm, timeline, history, settings)
    threshold = None if alarm is None else alarm.threshold
    facts = [line.strip() for line in totals(timeline)]
    facts += [] if threshold is None else [f"The threshold is {number(threshold)}"]
    return Chart(
        title=f"{timeline.alarm}, {when(timeline.start)} to {when(timeline.end)}",
        description=". ".join([*facts, "The changes are listed below."]),
        start=timeline.start,
        end=timeline.end,
        columns=reduced(times, values),
        threshold=threshold,
        states=spans(timeline),
        incidents=marked(incidents),
        doubtful=[transition.time for transition in timeline.transitions if transition.depends],
    )


def spans(timeline: Timeline) -> list[Span]:
    """Return the states of an alarm, oldest first."""
    return [Span(*entry) for entry in sorted((*span, state.value) for state in State for span in timeline.spans(state))]


def marked(incidents: Sequence[Incident]) -> list[Span]:
    """Return incidents as a chart takes them."""
    return [Span(incident.start, incident.end, incident.label) for incident in incidents]


def points_of(
    alarm: MetricAlarm, timeline: Timeline, history: History, settings: Settings
) -> tuple[list[int], list[float]]:
    """Return the points that an alarm judges; none if its states come from elsewhere."""
    try:
        return points_by_moment(alarm, history, settings, Extent(timeline.start, timeline.end))
    except NotProvable:
        return [], []
