"""Draws a board as the body of a CloudWatch dashboard, and knows CloudWatch's limits on it; pure.

Sources: CloudWatch-Dashboard-Body-Structure for the body, cloudwatch_limits for the quotas, API_PutDashboard for names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from math import ceil

from northsouth.alerts.dashboards.board import Board, Graph, Limit, Section, Shown
from northsouth.alerts.dashboards.layout import Size, arrange, bottom
from northsouth.alerts.dashboards.markdown import escaped
from northsouth.errors import Problem
from northsouth.metrics.render import Query
from northsouth.tokens import is_token

Json = dict[str, object]

MAX_WIDGETS = 500
"""Widgets of one dashboard (cloudwatch_limits)."""
MAX_METRICS_OF_WIDGET = 500
"""Metrics of one widget (cloudwatch_limits)."""
MAX_METRICS = 2500
"""Metrics of one dashboard, over all its widgets (cloudwatch_limits)."""
MAX_ALARMS = 100
"""Alarms of one alarm status widget (CloudWatch-Dashboard-Body-Structure)."""
_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_RED = "#d62728"

_GRAPH = Size(8, 6)
_HEADING = Size(24, 1)
_TILES_PER_ROW = 6


def body(board: Board, region: str) -> Json:
    """Return the dashboard's body.

    Args:
        board: what it shows.
        region: the Region of the metrics and alarms.

    """
    widgets: list[Json] = []
    top = 0
    for section in board.sections:
        parts = list(_parts(section, region))
        places = arrange([size for size, _ in parts], top)
        for place, (_, widget) in zip(places, parts, strict=True):
            widgets.append({"x": place.x, "y": place.y, "width": place.width, "height": place.height, **widget})
        top = bottom(places, top)
    return {"widgets": widgets}


def name_problems(name: str) -> Iterator[Problem]:
    """Check a dashboard's name."""
    if not is_token(name) and not _NAME.fullmatch(name):
        rule = "a dashboard's name is 1 to 255 letters, digits, hyphens and underscores"
        yield Problem("name", repr(name), rule, "Replace the other characters.", "API_PutDashboard")


def board_problems(board: Board) -> Iterator[Problem]:
    """Yield what CloudWatch would not accept, or not draw, of a board."""
    graphs = [(section, graph) for section in board.sections for graph in section.graphs]
    if not graphs and not any(section.alarms for section in board.sections):
        yield Problem("alarms", "none", "a dashboard shows something", "Give it alarms or graphs.")
    for section, graph in graphs:
        where = f"graphs.{section.title}"
        if not all(isinstance(source, Query) for source in graph.sources):
            rule = "CloudWatch draws its own metrics only"
            yield Problem(where, f"PromQL in {graph.title!r}", rule, "Draw it for Grafana, or give the metric.")
        if graph.metrics > MAX_METRICS_OF_WIDGET:
            rule = f"a widget shows at most {MAX_METRICS_OF_WIDGET}"
            yield Problem(where, f"{graph.metrics} metrics in {graph.title!r}", rule, "Split it.", "cloudwatch_limits")
    metrics = sum(graph.metrics for _, graph in graphs)
    if metrics > MAX_METRICS:
        rule = f"a dashboard shows at most {MAX_METRICS}"
        fix = "Make a dashboard for each part of the alarms."
        yield Problem("alarms", f"{metrics} metrics", rule, fix, "cloudwatch_limits")
    widgets = sum(len(list(_parts(section, ""))) for section in board.sections)
    if widgets > MAX_WIDGETS:
        rule = f"a dashboard has at most {MAX_WIDGETS}"
        fix = "Make a dashboard for each part of the alarms."
        yield Problem("alarms", f"{widgets} widgets", rule, fix, "cloudwatch_limits")


def _parts(section: Section, region: str) -> Iterator[tuple[Size, Json]]:
    """Yield a section's widgets with their sizes, in reading order."""
    yield _HEADING, _text(f"## {escaped(section.title)}")
    for start in range(0, len(section.alarms), MAX_ALARMS):
        group = section.alarms[start : start + MAX_ALARMS]
        yield Size(24, 1 + ceil(len(group) / _TILES_PER_ROW)), _states(group)
    for graph in section.graphs:
        yield _GRAPH, _graph(graph, region)
    for text in section.texts:
        yield Size(24, min(2 + text.markdown.count("\n"), 1000)), _text(f"**{escaped(text.title)}**\n\n{text.markdown}")


def _text(markdown: str) -> Json:
    return {"type": "text", "properties": {"markdown": markdown}}


def _states(alarms: Sequence[Shown]) -> Json:
    return {"type": "alarm", "properties": {"title": "Alarms", "alarms": [alarm.arn for alarm in alarms]}}


def _graph(graph: Graph, region: str) -> Json:
    queries = [source for source in graph.sources if isinstance(source, Query)]
    has_math = any(query.metric is None for query in queries)
    period = max((query.metric.period for query in queries if query.metric is not None), default=300)
    return {
        "type": "metric",
        "properties": {
            "title": graph.title,
            "view": "timeSeries",
            "stacked": False,
            "region": region,
            "period": period,
            "metrics": [_row(query, hidden=has_math and query.metric is not None) for query in queries],
            "yAxis": {"left": {"label": graph.unit or "ratio", "showUnits": False}},
            "annotations": {"horizontal": [_line(limit) for limit in graph.limits]},
        },
    }


def _row(query: Query, *, hidden: bool) -> list[object]:
    """Return a metric, or an expression, as an element of ``metrics``."""
    metric = query.metric
    if metric is None:
        return [{"id": query.id, "expression": query.expression, "label": query.label}]
    dimensions = [part for pair in sorted(metric.dimensions.items()) for part in pair]
    options: Json = {"id": query.id, "stat": metric.statistic, "period": metric.period, "label": query.label}
    if metric.account_id:
        options["accountId"] = metric.account_id
    return [metric.namespace, metric.name, *dimensions, {**options, "visible": False} if hidden else options]


def _line(limit: Limit) -> Json:
    return {"value": limit.value, "label": limit.label, "fill": limit.bad, "color": _RED}
