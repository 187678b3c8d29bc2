"""CloudWatch's dashboard body as JSON Schema, written from its documentation (CloudWatch-Dashboard-Body-Structure).

Only widgets and properties that are drawn here are in it; anything else is refused.
"""

from __future__ import annotations

from typing import Any


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def _widget(kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    return _object(
        ["type", "properties"],
        type={"const": kind},
        x={"type": "integer", "minimum": 0, "maximum": 23},
        y={"type": "integer", "minimum": 0},
        width={"type": "integer", "minimum": 1, "maximum": 24},
        height={"type": "integer", "minimum": 1, "maximum": 1000},
        properties=properties,
    )


_TEXT = {"type": "string", "minLength": 1}
_ID = {"type": "string", "pattern": "^[a-z][A-Za-z0-9_]*$", "maxLength": 255}
_SHOWN = {"id": _ID, "label": _TEXT, "visible": {"type": "boolean"}, "color": _TEXT, "period": {"type": "integer"}}
_EXPRESSION = {
    "type": "array",
    "minItems": 1,
    "maxItems": 1,
    "items": _object(["expression"], expression={"type": "string", "minLength": 1, "maxLength": 2048}, **_SHOWN),
}
_METRIC = {
    "type": "array",
    "minItems": 3,
    "maxItems": 2 + 2 * 30 + 1,
    "items": {"anyOf": [_TEXT, _object([], stat=_TEXT, **_SHOWN)]},
}
_LINE = _object(
    ["value"],
    value={"type": "number"},
    label=_TEXT,
    fill={"enum": ["above", "below", "none"]},
    color={"type": "string", "pattern": "^#[0-9a-f]{6}$"},
)
_METRIC_WIDGET = _object(
    ["metrics", "region"],
    metrics={"type": "array", "minItems": 1, "maxItems": 500, "items": {"anyOf": [_METRIC, _EXPRESSION]}},
    region=_TEXT,
    title=_TEXT,
    view={"enum": ["timeSeries", "singleValue", "gauge", "bar", "pie", "table"]},
    stacked={"type": "boolean"},
    period={"type": "integer", "minimum": 1},
    annotations=_object([], horizontal={"type": "array", "items": _LINE}),
    yAxis=_object([], left=_object([], label=_TEXT, showUnits={"type": "boolean"})),
)
_ALARM_WIDGET = _object(
    ["alarms"], title=_TEXT, alarms={"type": "array", "minItems": 1, "maxItems": 100, "items": _TEXT}
)

BODY = _object(
    ["widgets"],
    widgets={
        "type": "array",
        "maxItems": 500,
        "items": {
            "anyOf": [
                _widget("text", _object(["markdown"], markdown=_TEXT)),
                _widget("alarm", _ALARM_WIDGET),
                _widget("metric", _METRIC_WIDGET),
            ]
        },
    },
)
