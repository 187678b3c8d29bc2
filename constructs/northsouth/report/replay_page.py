"""A replay as one HTML file without scripts and requests; pure.

The page is a view of what ``northsouth replay --json`` writes, with a chart of each alarm. The same replay gives the
same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from northsouth.alerts.replay.alarms import Alarms
from northsouth.alerts.replay.incidents import Incident
from northsouth.alerts.replay.report import Report, agreement, fit, proof, totals, verdict, when
from northsouth.alerts.replay.settings import Settings
from northsouth.alerts.replay.timeline import Timeline
from northsouth.report.alarm_chart import LEGEND, alarm_chart, marked, spans
from northsouth.report.chart import Chart, Lane, lanes_svg, svg, text
from northsouth.report.document import document

MOST_LANES = 50
"""How many alarms are drawn on one axis; a picture of more is not readable."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A replay and what it was made of.

    Attributes:
        report: what the replay says.
        alarms: the alarms.
        settings: the assumptions.
        incidents: when the alarms are wanted.

    """

    report: Report
    alarms: Alarms
    settings: Settings
    incidents: Sequence[Incident] = ()


def page(tried: Tried) -> str:
    """Return the page."""
    report = tried.report
    timelines = list(report.replay.timelines.values())
    return document(
        "replay.html",
        {
            "title": "Alarms on history",
            "proof": list(proof([timeline.evidence for timeline in timelines])),
            "notes": [*report.reading.lines, *report.replay.notes, *report.notes],
            "fired": sum(1 for timeline in timelines if timeline.entered()),
            "overview": list(_overview(timelines)),
            "together": _together(tried, [timeline for timeline in timelines if timeline.entered()]),
            "legend": LEGEND,
            "alarms": [_alarm(tried, timeline, place) for place, timeline in enumerate(timelines)],
            "refused": list(map(str, report.replay.refused)),
        },
    )


def _overview(timelines: Sequence[Timeline]) -> Iterator[list[Any]]:
    for place, timeline in enumerate(timelines):
        link = Markup('<a href="#alarm-{}">{}</a>').format(place, Markup(text(timeline.alarm)))  # noqa: S704 - escaped
        notified = sum(timeline.notifications.values())
        yield [link, f"{timeline.minutes_in_alarm:,.0f}", len(timeline.entered()), timeline.flaps(), notified]


def _together(tried: Tried, fired: Sequence[Timeline]) -> Markup | None:
    """Return the alarms that fired on one axis of time, if there are several."""
    if len(fired) < 2:
        return None
    incidents = marked(tried.incidents)
    lanes = [Lane(timeline.alarm, spans(timeline), incidents) for timeline in fired[:MOST_LANES]]
    start, end = min(timeline.start for timeline in fired), max(timeline.end for timeline in fired)
    about = f"{len(lanes)} of {len(fired)} alarms that went to ALARM. The changes are listed below."
    drawn = lanes_svg(Chart("Alarms on one axis of time", about, start, end), lanes, "together")
    return Markup(drawn)  # noqa: S704 - escaped by it


def _alarm(tried: Tried, timeline: Timeline, place: int) -> dict[str, Any]:
    report, name = tried.report, timeline.alarm
    alarm = tried.alarms.metric.get(name)
    chart = alarm_chart(timeline, alarm, report.reading.history, tried.settings, tried.incidents)
    return {
        "name": name,
        "address": timeline.address,
        "verdict": verdict(timeline.evidence),
        "notes": timeline.evidence.notes,
        "svg": Markup(svg(chart, f"chart-{place}")),  # noqa: S704 - escaped by it
        "totals": list(totals(timeline)),
        "changes": f"{len(timeline.transitions):,}",
        "rows": list(_rows(timeline)),
        "fit": list(fit(report.scores[name])) if name in report.scores else [],
        "findings": [f"{finding.name}: {finding.text}" for finding in report.findings if finding.alarm == name],
        "against": list(agreement(report.comparisons[name])) if name in report.comparisons else [],
    }


def _rows(timeline: Timeline) -> Iterator[list[str]]:
    yield ["before", timeline.initial.value, "", ""]
    for transition in timeline.transitions:
        yield [when(transition.time), transition.state.value, transition.reason, ", ".join(transition.depends)]
