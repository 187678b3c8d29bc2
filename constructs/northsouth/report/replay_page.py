"""What a replay says, as one HTML file that asks for nothing: no script, no request; pure.

The page is a view of what ``northsouth replay --json`` writes, with a chart of each alarm. Names and reasons are
escaped. The same replay gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from northsouth.alerts.replay.alarms import Alarms, MetricAlarm
from northsouth.alerts.replay.incidents import Incident
from northsouth.alerts.replay.metric_alarm import Span as History
from northsouth.alerts.replay.metric_alarm import points_by_moment
from northsouth.alerts.replay.report import Report, agreement, fit, proof, totals, verdict, when
from northsouth.alerts.replay.settings import Settings
from northsouth.alerts.replay.statistics import NotProvable
from northsouth.alerts.replay.timeline import State, Timeline
from northsouth.report.chart import Chart, Span, number, svg, text
from northsouth.report.document import OPEN_ROWS, bullets, document, table, titled

_LEGEND = (
    "Line: the newest data point of each evaluation, least and greatest where they are close. Dashes across: the "
    "threshold. Strip below: thin line OK, block ALARM, hollow box INSUFFICIENT_DATA. Dotted frames: incidents. "
    "Times are UTC."
)


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
    timelines = tried.report.replay.timelines.values()
    return document(
        "Alarms on history",
        [
            *_top(tried.report),
            *chain.from_iterable(_alarm(tried, each, place) for place, each in enumerate(timelines)),
            *_refused(tried.report),
        ],
    )


def _top(report: Report) -> Iterator[str]:
    timelines = report.replay.timelines.values()
    fired = sum(1 for each in timelines if each.entered())
    yield "<h1>Alarms on history</h1>"
    yield f"<p>{len(timelines)} replayed, {fired} of them went to ALARM, {len(report.replay.refused)} refused.</p>"
    yield "<section>"
    yield "<h2>What the history proves</h2>"
    yield f"<pre>{text(chr(10).join(proof([each.evidence for each in timelines])))}</pre>"
    yield from bullets([*report.reading.lines, *report.replay.notes, *report.notes])
    yield "</section>"
    yield from _overview(report)
    yield f'<p class="legend">{_LEGEND}</p>'


def _overview(report: Report) -> Iterator[str]:
    rows = [
        [
            f'<a href="#alarm-{place}">{text(name)}</a>',
            f"{each.minutes_in_alarm:,.0f}",
            f"{len(each.entered())}",
            f"{each.flaps()}",
            f"{sum(each.notifications.values())}",
        ]
        for place, (name, each) in enumerate(report.replay.timelines.items())
    ]
    if rows:
        yield "<section>"
        yield "<h2>All alarms</h2>"
        yield from table(["alarm", "min in ALARM", "to ALARM", "flaps", "notifications"], rows)
        yield "</section>"


def _alarm(tried: Tried, timeline: Timeline, place: int) -> Iterator[str]:
    report, name = tried.report, timeline.alarm
    yield f'<section id="alarm-{place}">'
    yield f"<h2>{text(name)}</h2>"
    if timeline.address:
        yield f'<p class="quiet">{text(timeline.address)}</p>'
    yield f"<p>{text(verdict(timeline.evidence))}</p>"
    yield from bullets(timeline.evidence.notes)
    yield f'<figure class="scroll" tabindex="0">{svg(_chart(tried, timeline), f"chart-{place}")}</figure>'
    yield from bullets(totals(timeline))
    yield from _changes(timeline)
    if name in report.scores:
        yield from titled("Incidents", fit(report.scores[name]))
    yield from titled("Findings", (f"{each.name}: {each.text}" for each in report.findings if each.alarm == name))
    if name in report.comparisons:
        yield from titled("Against AWS", agreement(report.comparisons[name]))
    yield "</section>"


def _chart(tried: Tried, timeline: Timeline) -> Chart:
    alarm = tried.alarms.metric.get(timeline.alarm)
    times, values = _points(tried, alarm, timeline) if alarm else ([], [])
    spans = sorted((*span, state.value) for state in State for span in timeline.spans(state))
    threshold = None if alarm is None else alarm.threshold
    facts = [line.strip() for line in totals(timeline)]
    facts += [] if threshold is None else [f"The threshold is {number(threshold)}"]
    return Chart(
        title=f"{timeline.alarm}, {when(timeline.start)} to {when(timeline.end)}",
        description=". ".join([*facts, "The changes are listed below."]),
        start=timeline.start,
        end=timeline.end,
        times=times,
        values=values,
        threshold=threshold,
        states=[Span(*span) for span in spans],
        incidents=[Span(each.start, each.end, each.label) for each in tried.incidents],
    )


def _points(tried: Tried, alarm: MetricAlarm, timeline: Timeline) -> tuple[list[int], list[float]]:
    """Return the points that an alarm judges; none if its states come from elsewhere."""
    span = History(timeline.start, timeline.end)
    try:
        return points_by_moment(alarm, tried.report.reading.history, tried.settings, span)
    except NotProvable:
        return [], []


def _changes(timeline: Timeline) -> Iterator[str]:
    rows = [["before", timeline.initial.value, "", ""]]
    rows += [
        [when(each.time), each.state.value, text(each.reason), text(", ".join(each.depends))]
        for each in timeline.transitions
    ]
    opened = " open" if len(rows) <= OPEN_ROWS else ""
    yield f"<details{opened}><summary>Changes of state: {len(timeline.transitions):,}</summary>"
    yield from table(["time", "state", "reason", "depends on"], rows)
    yield "</details>"


def _refused(report: Report) -> Iterator[str]:
    yield from titled("Refused", map(str, report.replay.refused), tag="h2", around="section")
