"""The ways out of a VPC as a picture: rows of zones and services, from west to east; static SVG; pure.

The same graph gives the same picture, and a node keeps its place in the row of its zone, so that two pictures can be
compared. Prices have colours and words, a line is as wide as its bytes, what is only possible is dashed, and what one
side alone has is marked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from northsouth.report.chart import text

_WIDTH, _BOX, _HIGH, _GAP = 640, 180, 40, 14
_COLUMNS = (4, 230, 456)
_CHEAP = 0.02
"""USD for a GB up to which a way counts as cheap."""
_NARROW, _WIDE = 1.5, 14.0
"""The width of lines without bytes, or with hardly any, and of that with the most."""
_GIGABYTE = 10**9
_LONGEST = 27
"""Characters that fit into a box."""

Graph = Mapping[str, Any]


def svg(graph: Graph, id: str, *, title: str, other: Graph | None = None) -> str:
    """Return a map as an ``svg`` element.

    Args:
        graph: nodes and edges, as :meth:`northsouth.report.paths.Graph.as_data` returns them.
        id: begins the ids of its elements; unique in the page.
        title: what it shows, for screen readers.
        other: the other side of a change; what it lacks is marked.

    """
    places = _places(graph["nodes"])
    height = max((y for _, y in places.values()), default=0) + _HIGH + 8
    about = "; ".join(_edge_text(edge, graph) for edge in graph["edges"]) or "no way out is declared"
    nodes = None if other is None else {node["id"] for node in other["nodes"]}
    edges = None if other is None else {_key(edge) for edge in other["edges"]}
    most = max((edge["bytes_per_day"] or 0 for edge in graph["edges"]), default=0)
    return "\n".join(
        [
            f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-labelledby="{id}-title {id}-about">',
            f'<title id="{id}-title">{text(title)}</title>',
            f'<desc id="{id}-about">{text(about)}</desc>',
            *(part for edge in graph["edges"] for part in _edge(edge, places, edges, most)),
            *(part for node in graph["nodes"] for part in _node(node, places[node["id"]], nodes)),
            "</svg>",
        ]
    )


def is_same(graph: Graph, other: Graph) -> bool:
    """Whether two graphs have the same places and ways; the bytes of one of them are not known."""
    return _ways(graph) == _ways(other)


def _ways(graph: Graph) -> object:
    edges = [{key: value for key, value in edge.items() if key != "bytes_per_day"} for edge in graph["edges"]]
    return graph["nodes"], edges


def _places(nodes: Sequence[Mapping[str, Any]]) -> dict[str, tuple[int, int]]:
    """Return where each node stands: its row by first appearance, its column from west to east."""
    rows: dict[str, int] = {}
    for node in nodes:
        rows.setdefault(node["row"], len(rows))
    return {node["id"]: (_COLUMNS[node["column"]], 4 + rows[node["row"]] * (_HIGH + _GAP)) for node in nodes}


def _key(edge: Mapping[str, Any]) -> tuple[str, str, str]:
    return edge["from"], edge["to"], edge["label"]


def _edge_text(edge: Mapping[str, Any], graph: Graph) -> str:
    names = {node["id"]: " ".join(filter(None, (node["label"], node["detail"]))) for node in graph["nodes"]}
    possible = "possible: " if edge["possible"] else ""
    return f"{possible}{names[edge['from']]} to {names[edge['to']]}: {_label(edge)}"


def _label(edge: Mapping[str, Any]) -> str:
    """Return what an edge is, what a GB costs on it, and how many pass."""
    price = None if edge["usd_per_gb"] is None else f"{edge['usd_per_gb']:g} USD for a GB"
    passing = None if edge["bytes_per_day"] is None else f"{edge['bytes_per_day'] / _GIGABYTE:,.1f} GB a day"
    return ", ".join(filter(None, (edge["label"], price, passing)))


def _edge(
    edge: Mapping[str, Any], places: Mapping[str, tuple[int, int]], other: Collection[Any] | None, most: float
) -> Iterator[str]:
    """Yield a line, and a mark on it if the other side lacks it."""
    (x1, y1), (x2, y2) = places[edge["from"]], places[edge["to"]]
    start, end = (x1 + _BOX, y1 + _HIGH // 2), (x2, y2 + _HIGH // 2)
    bend = (end[0] - start[0]) // 2
    kinds = ["way", _price_class(edge["usd_per_gb"])]
    kinds += ["possible"] if edge["possible"] else []
    width = _NARROW if not most else max(_NARROW, _WIDE * (edge["bytes_per_day"] or 0) / most)
    curve = f"M{start[0]} {start[1]}C{start[0] + bend} {start[1]} {end[0] - bend} {end[1]} {end[0]} {end[1]}"
    title = f"<title>{text(_label(edge))}</title>"
    yield f'<path class="{" ".join(kinds)}" stroke-width="{width:.2f}" d="{curve}">{title}</path>'
    if other is not None and _key(edge) not in other:
        yield _diamond((start[0] + end[0]) // 2, (start[1] + end[1]) // 2)


def _diamond(x: int, y: int) -> str:
    return f'<path class="fresh" d="M{x} {y - 6}L{x + 6} {y}L{x} {y + 6}L{x - 6} {y}Z"/>'


def _price_class(usd_per_gb: float | None) -> str:
    if usd_per_gb is None:
        return "name"
    if not usd_per_gb:
        return "free"
    return "cheap" if usd_per_gb <= _CHEAP else "dear"


def _node(node: Mapping[str, Any], place: tuple[int, int], other: Collection[str] | None) -> Iterator[str]:
    x, y = place
    fresh = " fresh" if other is not None and node["id"] not in other else ""
    yield f'<rect class="node {node["kind"]}{fresh}" x="{x}" y="{y}" width="{_BOX}" height="{_HIGH}" rx="5"/>'
    label = f'<tspan class="label">{text(_short(node["label"]))}</tspan>'
    if node["detail"]:
        yield f'<text x="{x + 8}" y="{y + 17}">{label}</text>'
        yield f'<text x="{x + 8}" y="{y + 32}">{text(_short(node["detail"]))}</text>'
    else:
        yield f'<text x="{x + 8}" y="{y + 24}">{label}</text>'


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…"


def legend(*, weighed: bool) -> str:
    """Return what the lines mean, as HTML.

    Args:
        weighed: whether there are lines with bytes.

    """
    samples = (
        ("free", "free"),
        ("cheap", f"up to {_CHEAP:g} USD for a GB"),
        ("dear", "dearer"),
        ("name", "a name that is overridden"),
        ("possible", "possible, not declared"),
    )
    parts = (
        '<span class="sample"><svg viewBox="0 0 34 10" aria-hidden="true">'
        f'<path class="way {kind}" stroke-width="2" d="M1 5H33"/></svg> {words}</span>'
        for kind, words in samples
    )
    drawn = f'<svg viewBox="0 0 34 14" aria-hidden="true">{_diamond(17, 7)}</svg>'
    diamond = f'<span class="sample">{drawn} on this side only</span>'
    width = "A line is as wide as its bytes; the narrowest have few, or are not known." if weighed else ""
    return " ".join(filter(None, (*parts, diamond, width)))
