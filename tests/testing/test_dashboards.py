"""Dashboards without coordinates: a panel that is added changes nothing of the others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from northsouth.testing.dashboards import without_coordinates

OPTIONS = {"id": "out", "stat": "Sum", "period": 60, "visible": False}


def widget(x: int, y: int, kind: str, **properties: Any) -> dict[str, Any]:
    return {"x": x, "y": y, "width": 8, "height": 6, "type": kind, "properties": properties}


def panel(number: int, x: int, y: int, kind: str, title: str = "", **rest: Any) -> dict[str, Any]:
    return {"id": number, "gridPos": {"x": x, "y": y, "w": 8, "h": 6}, "type": kind, "title": title, **rest}


def shown(board: dict[str, Any], key: str) -> Any:
    state = {"resource": {"aws_cloudwatch_dashboard": {"d": {"dashboard_body": json.dumps(board)}}}}
    return json.loads(without_coordinates(state)["resource"]["aws_cloudwatch_dashboard"]["d"]["dashboard_body"])[key]


WIDGETS = [
    widget(8, 1, "metric", title="right", view="singleValue", metrics=[["AWS/X", "Y", {"label": "y"}]]),
    widget(0, 0, "text", markdown="## nat"),
    widget(
        0,
        1,
        "metric",
        title="left",
        metrics=[["AWS/X", "Out", "Id", "nat-1", OPTIONS], [{"expression": "out * 8", "id": "e"}]],
        annotations={"horizontal": [{"value": 2, "label": "> 2"}]},
    ),
    widget(0, 7, "alarm", title="Alarms", alarms=["arn:a", "arn:b"]),
    widget(0, 9, "text", markdown="**Runbooks**\n\n| a |"),
]


def test_cloudwatchs_widgets_in_the_order_in_which_they_are_seen() -> None:
    assert shown({"start": "-PT3H", "widgets": WIDGETS}, "widgets") == [
        {"name": "nat (text)", "shows": ["## nat"]},
        {
            "name": "nat / left (metric)",
            "shows": ["expression: out * 8, id: e", "value: 2, label: > 2"],
            "from": "AWS/X Out Id nat-1 id: out, stat: Sum, period: 60",
        },
        {"name": "nat / right (metric)", "shows": ["AWS/X Y label: y"], "drawn": "view: singleValue"},
        {"name": "nat / Alarms (alarm)", "shows": ["arn:a", "arn:b"]},
        {"name": "nat (text) 2", "shows": ["**Runbooks**", "", "| a |"]},
    ]
    assert shown({"start": "-PT3H", "widgets": WIDGETS}, "start") == "-PT3H"


PANELS = [
    panel(1, 0, 0, "row", "nat", panels=[]),
    panel(2, 0, 1, "stat", "out", targets=[{"refId": "A", "panelId": 3}]),
    panel(
        3,
        0,
        9,
        "timeseries",
        "out",
        datasource={"uid": "cw"},
        targets=[
            {"refId": "A", "datasource": {"uid": "cw"}, "id": "a", "expression": "", "hide": True},
            {"refId": "B", "datasource": {"uid": "prom"}, "expr": "up", "hide": False},
        ],
    ),
    panel(4, 8, 1, "text", options={"mode": "markdown", "content": "a\nb"}),
    panel(5, 0, 20, "row", "more", panels=[panel(6, 0, 21, "stat", "inner")]),
]


def test_grafanas_panels_in_the_order_in_which_they_are_seen() -> None:
    assert shown({"panels": PANELS}, "panels") == [
        {"name": "nat (row)"},
        {"name": "nat / out (stat)", "shows": ["panelId: nat / out (timeseries)"]},
        {"name": "nat (text)", "shows": ["a", "b"], "drawn": 'options: {"mode": "markdown"}'},
        {
            "name": "nat / out (timeseries)",
            "shows": ['datasource: {"uid": "prom"}, expr: up'],
            "from": "id: a",
            "drawn": 'datasource: {"uid": "cw"}',
        },
        {"name": "more (row)", "panels": [{"name": "inner (stat)"}]},
    ]


def test_a_widget_that_is_added_changes_no_other() -> None:
    moved = [each | {"y": each["y"] + 6} if each["y"] > 0 else each for each in WIDGETS]
    before = shown({"widgets": WIDGETS}, "widgets")
    after = shown({"widgets": [*moved, widget(0, 1, "metric", title="new", metrics=[["A", "B"]])]}, "widgets")
    assert [each for each in after if each not in before] == [{"name": "nat / new (metric)", "shows": ["A B "]}]
    assert [each for each in after if each in before] == before


def test_widgets_that_change_places_change_the_snapshot() -> None:
    swapped = [each | {"x": 8 - each["x"]} if each["y"] == 1 else each for each in WIDGETS]
    assert shown({"widgets": swapped}, "widgets") != shown({"widgets": WIDGETS}, "widgets")


@pytest.mark.parametrize(
    "text",
    [
        '{"widgets": []}',
        '{"widgets": [{"type": "text"}]}',
        '{"widgets": 5}',
        '{"panels": [{"id": 1}]}',
        '{"panels": [1]}',
        '{"widgets"',
        '"widgets"',
        '{"a": 1}',
    ],
)
def test_another_text_stays_as_it_is(text: str) -> None:
    assert without_coordinates({"output": {"x": [text, 1, None]}}) == {"output": {"x": [text, 1, None]}}
