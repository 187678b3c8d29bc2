"""What a replay says, as one HTML file that asks for nothing: no script, no request; pure.

The page is a view of what ``northsouth replay --json`` writes, with a chart of each alarm. Names and reasons are
escaped. The same replay gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from northsouth.alerts.replay.alarms import Alarms
from northsouth.alerts.replay.incidents import Incident
from northsouth.alerts.replay.report import Report, agreement, fit, proof, totals, verdict, when
from northsouth.alerts.replay.settings import Settings
from northsouth.alerts.replay.timeline import Timeline
from northsouth.report.alarm_chart import LEGEND, alarm_chart
from northsouth.report.chart import Chart, svg, text
from northsouth.report.document import OPEN_ROWS, bullets, document, table, titled

_MOST_ROWS = 500
"""An alarm that changes more often is noise, whatever its later changes say."""


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
    yield f'<p class="legend">{LEGEND}</p>'


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
    return alarm_chart(timeline, alarm, tried.report.reading.history, tried.settings, tried.incidents)


def _changes(timeline: Timeline) -> Iterator[str]:
    rows = [["before", timeline.initial.value, "", ""]]
    rows += [
        [when(each.time), each.state.value, text(each.reason), text(", ".join(each.depends))]
        for each in timeline.transitions[:_MOST_ROWS]
    ]
    opened = " open" if len(rows) <= OPEN_ROWS else ""
    yield f"<details{opened}><summary>Changes of state: {len(timeline.transitions):,}</summary>"
    yield from table(["time", "state", "reason", "depends on"], rows)
    if len(timeline.transitions) > _MOST_ROWS:
        yield f"<p>The first {_MOST_ROWS:,}. <code>northsouth replay --json</code> lists all.</p>"
    yield "</details>"


def _refused(report: Report) -> Iterator[str]:
    yield from titled("Refused", map(str, report.replay.refused), tag="h2", around="section")
