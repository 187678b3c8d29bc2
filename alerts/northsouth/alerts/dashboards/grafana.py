"""Draws a board as a Grafana dashboard: JSON that Grafana 10 and later import, provision or take by their API; pure.

The data sources are variables of the dashboard, so that it fits every Grafana. They are written ``$cloudwatch`` and not
``${cloudwatch}``, which Terraform would take for an expression of its own when the JSON goes through it.

CloudWatch publishes no metric of an alarm's state. The row of tiles therefore shows each alarm's newest value, in red
on the bad side of its threshold. An alarm is raised only when enough data points are on that side, so a red tile is
not always a raised alarm. A tile takes its data from the graph below it, so it costs no query.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from northsouth.alerts.dashboards.board import Board, Graph, PromQuery, Section, Source, Text, Variable
from northsouth.alerts.dashboards.layout import Place, Size, arrange, bottom
from northsouth.alerts.dashboards.markdown import link
from northsouth.metrics.render import Query

Json = dict[str, object]

SCHEMA_VERSION = 39
"""The dashboard schema of Grafana 10.4; later ones migrate it when it is loaded."""
_UNITS = {
    "": "percentunit",
    "%": "percent",
    "count": "short",
    "s": "s",
    "ms": "ms",
    "us": "µs",
    "min": "m",
    "h": "h",
    "day": "d",
    "B": "decbytes",
    "bit": "decbits",
    "B/s": "Bps",
    "bit/s": "bps",
    "kbit/s": "Kbits",
    "Mbit/s": "Mbits",
    "Gbit/s": "Gbits",
    "MB/s": "MBs",
    "GB/s": "GBs",
    "count/s": "cps",
}
"""Grafana's names of units; any other symbol is shown behind the number as it is."""
_MATH, _BUILDER = 1, 0
_WHEN_TIME_CHANGES, _BY_NAME = 2, 1
_GRAPH, _TILE = Size(8, 8), Size(4, 3)


def dashboard(board: Board, *, uid: str, region: str = "default", tags: tuple[str, ...] = ("northsouth",)) -> Json:
    """Return the dashboard.

    Args:
        board: what it shows.
        uid: its address in Grafana; the same one replaces it. See :func:`uid_of`.
        region: the Region of CloudWatch's metrics; ``default`` is that of the data source.
        tags: how it is found in Grafana.

    """
    panels: list[Json] = []
    top, first = 0, 1
    for section in board.sections:
        drawn = _section(section, region, top, first)
        panels.extend(panel for panel, _ in drawn)
        top, first = bottom([place for _, place in drawn], top), first + len(drawn)
    return {
        "uid": uid,
        "title": board.title,
        "tags": list(tags),
        "editable": True,
        "timezone": "utc",
        "schemaVersion": SCHEMA_VERSION,
        "graphTooltip": 1,
        "refresh": "1m",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [*map(_data_source, _kinds(board)), *map(_variable, board.variables)]},
        "annotations": {"list": []},
        "panels": panels,
    }


def uid_of(name: str) -> str:
    """Return a uid that stays the same for a name: at most 40 letters, digits, ``-`` and ``_``."""
    plain = re.sub(r"[^A-Za-z0-9_-]", "-", name)
    if plain == name and len(name) <= 40:
        return name
    return f"{plain[:31]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _kinds(board: Board) -> list[str]:
    """Return the types of the data sources that a board needs."""
    return sorted({_kind(source) for section in board.sections for graph in section.graphs for source in graph.sources})


def _kind(source: Source) -> str:
    return "prometheus" if isinstance(source, PromQuery) else "cloudwatch"


def _data_source(kind: str) -> Json:
    return {"name": kind, "label": "Data source", "type": "datasource", "query": kind, "hide": 0}


def _variable(variable: Variable) -> Json:
    """Return a variable of one value, several, or all; all of them includes series without the label."""
    query = f"label_values({variable.metric}, {variable.label})"
    all_values: Json = {"selected": True, "text": "All", "value": "$__all"}
    return {
        "name": variable.label,
        "label": variable.label.replace("_", " ").capitalize(),
        "type": "query",
        "datasource": _reference("prometheus"),
        "query": {"query": query, "refId": "PrometheusVariableQueryEditor-VariableQuery"},
        "current": all_values,
        "includeAll": True,
        "allValue": ".*",
        "multi": True,
        "refresh": _WHEN_TIME_CHANGES,
        "sort": _BY_NAME,
        "hide": 0,
    }


def _reference(kind: str) -> Json:
    return {"type": kind, "uid": f"${kind}"}


def _section(section: Section, region: str, top: int, first: int) -> list[tuple[Json, Place]]:
    """Return a section's panels with their places; ids count from ``first``."""
    graphs = [graph for graph in section.graphs if graph.sources]
    tiled = [number for number, graph in enumerate(graphs) if graph.limits]
    graphs_from = first + 1 + len(tiled)
    parts: list[tuple[Size, Json]] = [(Size(24, 1), {"type": "row", "title": section.title, "collapsed": False})]
    parts += [(_TILE, _tile(graphs[number], graphs_from + number)) for number in tiled]
    tiles = arrange([size for size, _ in parts], top)
    lower = [(_GRAPH, _graph(graph, region)) for graph in graphs]
    lower += [(Size(24, 3 + text.markdown.count("\n")), _text(text)) for text in section.texts]
    places = [*tiles, *arrange([size for size, _ in lower], bottom(tiles, top))]
    return [
        (
            {
                "id": first + number,
                "gridPos": _grid(place),
                **panel,
                **({"panels": []} if panel["type"] == "row" else {}),
            },
            place,
        )
        for number, (place, (_, panel)) in enumerate(zip(places, [*parts, *lower], strict=True))
    ]


def _grid(place: Place) -> Json:
    return {"x": place.x, "y": place.y, "w": place.width, "h": place.height}


def _text(text: Text) -> Json:
    return {"type": "text", "title": text.title, "options": {"mode": "markdown", "content": text.markdown}}


def _graph(graph: Graph, region: str) -> Json:
    kind = _kind(graph.sources[0])
    lines = "line+area" if graph.limits else "off"
    description = "\n\n".join(filter(None, (graph.description, graph.runbook and link("Runbook", graph.runbook))))
    return {
        "type": "timeseries",
        "title": graph.title,
        "description": description,
        "datasource": _reference(kind),
        "targets": list(_targets(graph, region)),
        "links": _links(graph),
        "fieldConfig": {
            "defaults": {
                **_field(graph),
                "custom": {"thresholdsStyle": {"mode": lines}, "showPoints": "auto", "spanNulls": False},
            },
            "overrides": [],
        },
        "options": {
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
            "tooltip": {"mode": "multi", "sort": "none"},
        },
    }


def _links(graph: Graph) -> list[Json]:
    if not graph.runbook:
        return []
    appearance: Json = {"icon": "external link", "tooltip": "", "tags": [], "asDropdown": False}
    behaviour: Json = {"targetBlank": True, "includeVars": False, "keepTime": False}
    return [{"title": "Runbook", "type": "link", "url": graph.runbook, **appearance, **behaviour}]


def _tile(graph: Graph, panel: int) -> Json:
    """Return the newest value of another panel's series, coloured by the threshold."""
    return {
        "type": "stat",
        "title": graph.title,
        "datasource": {"type": "datasource", "uid": "-- Dashboard --"},
        "targets": [{"refId": "A", "panelId": panel}],
        "fieldConfig": {"defaults": {**_field(graph), "noValue": "no data"}, "overrides": []},
        "options": {
            "colorMode": "background",
            "graphMode": "none",
            "justifyMode": "auto",
            "textMode": "value",
            "orientation": "auto",
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        },
    }


def _field(graph: Graph) -> Json:
    return {
        "unit": _UNITS.get(graph.unit, f"suffix:{graph.unit}"),
        "thresholds": {"mode": "absolute", "steps": _steps(graph)},
        "color": {"mode": "thresholds"} if graph.limits and _single(graph) else {"mode": "palette-classic"},
    }


def _single(graph: Graph) -> bool:
    """Tell whether one series is seen."""
    expressions = [source for source in graph.sources if isinstance(source, Query) and source.metric is None]
    return len(expressions or graph.sources) == 1


def _steps(graph: Graph) -> list[Json]:
    """Return the colours from a value upwards; below the first limit is bad, or above the last."""
    below = max((limit.value for limit in graph.limits if limit.bad == "below"), default=None)
    above = min((limit.value for limit in graph.limits if limit.bad == "above"), default=None)
    steps: list[Json] = [{"value": None, "color": "green" if below is None else "red"}]
    if below is not None:
        steps.append({"value": below, "color": "green"})
    if above is not None:
        steps.append({"value": above, "color": "red"})
    return steps


def _targets(graph: Graph, region: str) -> Iterator[Json]:
    has_math = any(isinstance(source, Query) and source.metric is None for source in graph.sources)
    for number, source in enumerate(graph.sources):
        shared: Json = {"refId": _letters(number), "datasource": _reference(_kind(source))}
        if isinstance(source, PromQuery):
            yield {
                **shared,
                "expr": source.expression,
                "legendFormat": source.legend or "__auto",
                "range": True,
                "editorMode": "code",
            }
        else:
            yield {**shared, **_query(source, region), "hide": has_math and source.metric is not None}


def _query(query: Query, region: str) -> Json:
    metric = query.metric
    return {
        "queryMode": "Metrics",
        "metricQueryType": 0,
        "metricEditorMode": _MATH if metric is None else _BUILDER,
        "id": query.id,
        "region": region,
        "label": query.label,
        "expression": query.expression,
        "namespace": "" if metric is None else metric.namespace,
        "metricName": "" if metric is None else metric.name,
        "dimensions": {} if metric is None else dict(sorted(metric.dimensions.items())),
        "matchExact": True,
        "statistic": "Average" if metric is None else metric.statistic,
        "period": "" if metric is None else str(metric.period),
    }


def _letters(number: int) -> str:
    """Return A to Z, then AA, AB and so on."""
    name = ""
    number += 1
    while number:
        number, letter = divmod(number - 1, 26)
        name = f"{chr(ord('A') + letter)}{name}"
    return name
