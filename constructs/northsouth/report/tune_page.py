"""What ``northsouth tune`` says, as one HTML file: the trade as a curve, and the alarm before and after; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from northsouth.alerts.replay.incidents import Incident
from northsouth.alerts.replay.metric_alarm import Span, replay_metric_alarm
from northsouth.alerts.replay.series import History
from northsouth.alerts.replay.settings import Settings
from northsouth.alerts.replay.tuning import Setting, Sweep, Tried, rows
from northsouth.report import curve
from northsouth.report.alarm_chart import LEGEND, alarm_chart
from northsouth.report.chart import svg
from northsouth.report.curve import Curve, Point
from northsouth.report.document import document


@dataclass(frozen=True, slots=True)
class Tuned:
    """A sweep and what it was made of.

    Attributes:
        sweep: the settings that were tried.
        history: the metrics.
        incidents: when the alarm is wanted.
        settings: the assumptions.
        advice: what to write, one sentence each.

    """

    sweep: Sweep
    history: History
    incidents: Sequence[Incident]
    settings: Settings
    advice: Sequence[str] = ()


def page(tuned: Tuned) -> str:
    """Return the page."""
    sweep = tuned.sweep
    settings = (("As declared", sweep.declared), ("The knee", sweep.knee))
    return document(
        "tune.html",
        {
            "title": f"Tuning of {sweep.alarm.name}",
            "alarm": sweep.alarm,
            "tried": f"{len(sweep.tried):,}",
            "incidents": len(tuned.incidents),
            "advice": tuned.advice,
            "trade": Markup(curve.svg(_trade(tuned), "trade")),  # noqa: S704 - escaped by it
            "rows": list(_rows(sweep)),
            "timelines": [_timeline(tuned, title, tried.setting) for title, tried in settings if tried is not None],
            "legend": LEGEND,
        },
    )


def _rows(sweep: Sweep) -> Iterator[list[str]]:
    if sweep.declared is not None:
        yield ["as declared", *_cells(sweep.declared)]
    for budget, best in rows(sweep):
        label = f"at most {budget:g}"
        yield [label, *(_cells(best) if best else ["nothing separates", "", "", "", "", ""])]


def _cells(tried: Tried) -> list[str]:
    scored = tried.score
    return [
        f"{scored.missed} of {len(scored.verdicts)}",
        f"{scored.false_alarms_a_week:.1f}",
        f"{scored.alarms_a_week:.1f}",
        "" if scored.delay is None else f"{scored.delay / 60:.3g} min",
        f"{scored.stuck:.1%}",
        str(tried.setting),
    ]


def _trade(tuned: Tuned) -> Curve:
    """Return what each notification more buys: of the settings that may be suggested, those that nothing beats."""
    sweep, front = tuned.sweep, list(_front(tuned.sweep))
    names: dict[tuple[float, float], list[str]] = {}
    for name, tried in (("declared", sweep.declared), ("knee", sweep.knee), ("quietest", sweep.quietest)):
        if tried is not None:
            names.setdefault(_place(tried), []).append(name)
    points = [Point(*place, ", ".join(name), marked="declared" in name) for place, name in names.items()]
    return Curve(
        title="Missed incidents against notifications a week",
        description="; ".join(f"{missed:g} missed at {cost:.1f} a week" for cost, missed in front),
        across="notifications a week",
        up="missed incidents",
        line=front,
        points=points,
    )


def _front(sweep: Sweep) -> Iterator[tuple[float, float]]:
    least = float("inf")
    for cost, missed in sorted(_place(attempt) for attempt in sweep.tried if attempt.stands):
        if missed < least:
            least = missed
            yield cost, missed


def _place(tried: Tried) -> tuple[float, float]:
    return tried.score.alarms_a_week, float(tried.score.missed)


def _timeline(tuned: Tuned, title: str, setting: Setting) -> dict[str, Any]:
    alarm = setting.applied(tuned.sweep.alarm)
    known = [series for series in tuned.history.values() if len(series)]
    span = Span(min(points.start for points in known), max(points.end for points in known))
    timeline = replay_metric_alarm(alarm, tuned.history, tuned.settings, span)
    chart = alarm_chart(timeline, alarm, tuned.history, tuned.settings, tuned.incidents)
    drawn = Markup(svg(chart, title.split()[-1]))  # noqa: S704 - escaped by it
    return {"title": title, "setting": str(setting), "svg": drawn}
