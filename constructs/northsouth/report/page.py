"""The reviewers' page: a view of the report's model as one HTML file; pure.

It is whole without script: scripts add values under the pointer and zoom (uPlot, vendored with its licence).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from northsouth.report import map as picture
from northsouth.report.alarm_chart import LEGEND
from northsouth.report.chart import Chart, Span, number, reduced_again, sparkline, svg
from northsouth.report.document import document, own
from northsouth.report.verdict import answered, signed

_MOST_LINES = 2000
"""Lines of changes that are shown."""
_MOST_CHANGES = 20
"""Changes of an alarm that are listed."""
_DRAWN = 328
"""Columns of a wide chart; the script has twice as many."""


def page(model: Mapping[str, Any]) -> str:
    """Return the page of a report."""
    alarms = model["alarms"]["alarms"] if model["alarms"] else []
    incidents = model["alarms"]["incidents"] if model["alarms"] else []
    wide = [_wide(alarm, place, incidents) for place, alarm in enumerate(alarms) if alarm["wide"]]
    library, script = own("vendor/uPlot.iife.min.js"), own("report.js")
    return document(
        "report.html",
        {
            "title": f"Report of {model['title']}",
            "model": model,
            "maps": list(_maps(model["paths"])),
            "map_legend": Markup(picture.legend(weighed=model["flows"] is not None)),  # noqa: S704 - made of constants
            "legend": LEGEND,
            "wide": wide,
            "small": [_small(alarm) for alarm in alarms if not alarm["wide"]],
            "most_lines": _MOST_LINES,
            "most_changes": _MOST_CHANGES,
            "answered": answered,
            "number": _amount,
            "usd": _usd,
            "difference": _difference,
        },
        scripts=[library, script] if wide else [],
        style=own("vendor/uPlot.min.css") if wide else "",
    )


def _maps(paths: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    before, after = paths["before"], paths["after"]
    if before is None or picture.is_same(before, after):
        title = "Today" if before is None else "Unchanged"
        drawn = picture.svg(before or after, "map", title=title)
        yield {"title": title, "svg": Markup(drawn)}  # noqa: S704 - escaped by it
        return
    for title, graph, other in (("Before", before, after), ("After", after, before)):
        drawn = picture.svg(graph, f"map-{title.lower()}", title=title, other=other)
        yield {"title": title, "svg": Markup(drawn)}  # noqa: S704 - escaped by it


def _wide(alarm: Mapping[str, Any], place: int, incidents: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    chart, old, new = alarm["chart"], alarm["before"], alarm["after"]
    now = new or old
    columns = [None if column is None else tuple(column) for column in chart["columns"]]
    earlier = old["threshold"] if old and new and old["threshold"] != new["threshold"] else None
    drawn = Chart(
        title=alarm["name"],
        description=f"Before: {_view_text(old)}. After: {_view_text(new)}. The changes are listed below.",
        start=chart["start"],
        end=chart["end"],
        columns=reduced_again(columns, _DRAWN),
        threshold=now["threshold"],
        earlier=earlier,
        states=[Span(*state) for state in (new or {"states": []})["states"]],
        states_before=[Span(*state) for state in old["states"]] if old and alarm["changed"] else [],
        incidents=[Span(incident["start"], incident["end"], incident["label"]) for incident in incidents],
        doubtful=[change["at"] for change in now["changes"] if change["depends"]],
    )
    return {
        "name": alarm["name"],
        "changed": alarm["changed"],
        "other_metrics": alarm["other_metrics"],
        "before": old,
        "after": new,
        "svg": Markup(svg(drawn, f"alarm-chart-{place}")),  # noqa: S704 - escaped by it
        "series": _series(columns, now["threshold"], earlier),
        "rows": sorted(_rows(alarm), key=lambda row: str(row["time"])),
    }


def _view_text(view: Mapping[str, Any] | None) -> str:
    return "not there" if view is None else f"fired {view['fired']} times, threshold {_amount(view['threshold'])}"


def _rows(alarm: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    sides = (("before", alarm["before"]), ("after", alarm["after"])) if alarm["changed"] else (("", alarm["after"]),)
    for side, view in sides:
        for change in view["changes"] if view else ():
            yield {**change, "side": side}


def _series(columns: Sequence[Any], threshold: float | None, earlier: float | None) -> str:
    """Return the values under the pointer, as the script reads them: evenly spaced, with four digits."""
    known = [column for column in columns if column is not None]
    step = (known[-1][0] - known[0][0]) / max(len(columns) - 1, 1) if known else 0
    limits = [[label, value] for label, value in (("threshold", threshold), ("before", earlier)) if value is not None]
    values = {
        "start": known[0][0] if known else 0,
        "step": step,
        "low": [None if column is None else float(f"{column[1]:.4g}") for column in columns],
        "high": [None if column is None else float(f"{column[2]:.4g}") for column in columns],
        "limits": limits,
    }
    return json.dumps(values, separators=(",", ":"))


def _small(alarm: Mapping[str, Any]) -> dict[str, Any]:
    now = alarm["after"] or alarm["before"]
    columns = [None if column is None else tuple(column) for column in alarm["chart"]["columns"]]
    return {
        "name": alarm["name"],
        "after": alarm["after"],
        "threshold": _amount(now["threshold"]),
        "svg": Markup(sparkline(columns, now["threshold"])),  # noqa: S704 - numbers only
    }


def _amount(value: float | None) -> str:
    return "" if value is None else number(value) if abs(value) >= 1e6 else f"{value:,.6g}"


def _usd(value: float | None) -> str:
    return "" if value is None else f"{value:,.2f}"


def _difference(row: Mapping[str, Any]) -> str:
    known = row["before"] is not None and row["after"] is not None
    return signed(row["after"] - row["before"]) if known else ""
