"""Dashboards as what they show and in which order, without coordinates; pure.

A panel that is added moves every panel below it, and with numbered panels the references to them. In a snapshot these
lines hide the one that matters. Two forms are known: the body of a CloudWatch dashboard (its ``widgets``) and Grafana's
JSON model (its ``panels``). A panel becomes, where it has such a part::

    {
      "name": "nat / nat-throughput (metric)",
      "shows": ["expression: SUM([out_a, out_b]), id: result, label: nat-throughput"],
      "from": "AWS/NATGateway BytesOut NatGatewayId nat-1 id: out_a, stat: Sum; …",
      "drawn": "view: timeSeries, stacked: false, period: 60"
    }
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

_GRID = ("x", "y", "width", "height")


def without_coordinates(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return a declared state in which each text that holds a dashboard is replaced by what the dashboard shows.

    Panels are sorted as they are seen: from the top to the bottom, then from the left to the right. The ``name`` of a
    panel is the heading above it, its title and its kind; ``shows`` is what it measures or says, one line for each;
    ``from`` are hidden metrics, which expressions use; ``drawn`` is all else. In Grafana's model, the number of a panel
    is replaced by its name.
    """
    return {key: _value(item) for key, item in state.items()}


def _value(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_value(item) for item in value]
    return _text(value) if isinstance(value, str) else value


def _text(text: str) -> str:
    if not text.startswith("{") or ('"widgets"' not in text and '"panels"' not in text):
        return text
    try:
        board = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if _are_placed(board.get("widgets"), "x", "y"):
        board["widgets"] = _widgets(board["widgets"])
    elif _are_placed(board.get("panels"), "gridPos"):
        board["panels"] = _panels(board["panels"])
    else:
        return text
    return json.dumps(board, ensure_ascii=False)


def _are_placed(items: object, *keys: str) -> bool:
    if not isinstance(items, list) or not items:
        return False
    return all(isinstance(item, dict) and all(key in item for key in keys) for item in items)


def _widgets(widgets: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    names = _Names()
    entries = []
    for widget in sorted(widgets, key=lambda panel: (panel["y"], panel["x"])):
        properties = dict(widget.get("properties") or {})
        markdown = str(properties.pop("markdown", ""))
        heading = markdown.partition("\n")[0].lstrip("# ") if markdown.startswith("#") else ""
        name = names.of(heading, str(properties.pop("title", "")), str(widget.get("type", "")))
        metrics = [_metric(metric) for metric in properties.pop("metrics", [])]
        lines = properties.get("annotations") or {}
        visible = [line for line, is_hidden in metrics if not is_hidden]
        visible += properties.pop("alarms", [])
        if set(lines) == {"horizontal"}:
            visible += [_line(annotation) for annotation in properties.pop("annotations")["horizontal"]]
        hidden = [line for line, is_hidden in metrics if is_hidden]
        remaining = {key: item for key, item in widget.items() if key not in (*_GRID, "type", "properties")}
        entries.append(_entry(name, _lines(markdown) or visible, hidden, properties | remaining))
    return entries


def _metric(metric: object) -> tuple[str, bool]:
    """Return a series of a CloudWatch widget as a line, and whether it is hidden."""
    if not isinstance(metric, list):
        return _json(metric), False
    options = metric[-1] if metric and isinstance(metric[-1], dict) else {}
    names = [_json(part) for part in metric if part is not options]
    options_shown = {key: item for key, item in options.items() if key != "visible"}
    return " ".join([*names, _line(options_shown)]), options.get("visible") is False


def _panels(panels: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    names = _Names()
    ordered = sorted(panels, key=lambda panel: (panel["gridPos"].get("y", 0), panel["gridPos"].get("x", 0)))
    named = []
    for panel in ordered:
        title, kind = str(panel.get("title", "")), str(panel.get("type", ""))
        named.append((names.of(title if kind == "row" else "", title, kind), panel))
    numbers = {panel["id"]: name for name, panel in named if "id" in panel}
    return [_panel(name, panel, numbers) for name, panel in named]


def _panel(name: str, panel: dict[str, Any], numbers: Mapping[object, str]) -> dict[str, Any]:
    remaining = {key: item for key, item in panel.items() if key not in ("id", "gridPos", "title", "type", "targets")}
    targets = panel.get("targets") or ()
    visible = [_target(target, panel, numbers) for target in targets if not target.get("hide")]
    hidden = [_target(target, panel, numbers) for target in targets if target.get("hide")]
    options = panel.get("options") or {}
    if isinstance(options.get("content"), str):
        visible = _lines(options["content"])
        remaining["options"] = {key: item for key, item in options.items() if key != "content"}
    inner = remaining.pop("panels", None)
    entry = _entry(name, visible, hidden, remaining)
    if _are_placed(inner, "gridPos"):
        entry["panels"] = _panels(inner)
    return entry


def _target(target: Mapping[str, Any], panel: Mapping[str, Any], numbers: Mapping[object, str]) -> str:
    """Return a query of Grafana's as a line, without its letter, which is its place, and its panel's data source."""
    arguments = {key: item for key, item in target.items() if key not in ("refId", "hide") and item != panel.get(key)}
    if arguments.get("panelId") in numbers:
        arguments["panelId"] = numbers[arguments["panelId"]]
    return _line(arguments)


def _lines(text: str) -> list[str]:
    return text.split("\n") if text else []


def _entry(name: str, visible: list[str], hidden: list[str], appearance: Mapping[str, Any]) -> dict[str, Any]:
    parts = {"name": name, "shows": visible, "from": "; ".join(hidden), "drawn": _line(appearance)}
    return {key: part for key, part in parts.items() if part}


def _line(values: Mapping[str, Any]) -> str:
    """Return an object as one line, without its members that are empty."""
    return ", ".join(f"{key}: {_json(item)}" for key, item in values.items() if item not in ("", [], {}))


def _json(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class _Names:
    """Names what is seen one after the other, so that no two have the same name."""

    def __init__(self) -> None:
        self._heading = ""
        self._used: Counter[str] = Counter()

    def of(self, heading: str, title: str, kind: str) -> str:
        self._heading = heading or self._heading
        name = " / ".join(dict.fromkeys(filter(None, [self._heading, title]))) + f" ({kind})"
        self._used[name] += 1
        return name if self._used[name] == 1 else f"{name} {self._used[name]}"
