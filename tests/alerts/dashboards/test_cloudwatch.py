"""The body is what CloudWatch documents, in a layout without overlaps, and beyond its limits it is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations
from typing import Any

import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from northsouth.alerts.dashboards import cloudwatch
from northsouth.alerts.dashboards.board import Board, Graph, Limit, Section, Shown, board_of, common_prefix
from northsouth.alerts.dashboards.layout import COLUMNS, Place, Size, arrange, bottom
from northsouth.alerts.dashboards.markdown import escaped, link
from northsouth.metrics.units import UnitError
from northsouth.tokens import is_token
from tests.alerts.dashboards.boards import ALARMS, BOARD, COMPOSITE, DROPPED, HOSTILE, OUT, PROMETHEUS, SENT
from tests.alerts.dashboards.body_schema import BODY

SIZES = st.lists(st.builds(Size, st.integers(1, COLUMNS), st.integers(1, 50)), max_size=40)


def drawn(board: Board = BOARD) -> list[dict[str, Any]]:
    document = json.loads(json.dumps(cloudwatch.body(board, "us-east-1")))
    jsonschema.validate(document, BODY)
    widgets: list[dict[str, Any]] = document["widgets"]
    return widgets


def graphs(widgets: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {each["properties"]["title"]: each["properties"] for each in widgets if each["type"] == "metric"}


def apart(one: Place, other: Place) -> bool:
    beside = one.x + one.width <= other.x or other.x + other.width <= one.x
    return beside or one.y + one.height <= other.y or other.y + other.height <= one.y


@given(SIZES, st.integers(0, 100))
def test_panels_stay_on_the_grid_apart_and_in_reading_order(sizes: list[Size], top: int) -> None:
    places = arrange(sizes, top)
    assert [(place.width, place.height) for place in places] == [(size.width, size.height) for size in sizes]
    assert all(place.x >= 0 and place.x + place.width <= COLUMNS and place.y >= top for place in places)
    assert all(apart(one, other) for one, other in combinations(places, 2))
    assert [(place.y, place.x) for place in places] == sorted((place.y, place.x) for place in places)
    assert all(place.y + place.height <= bottom(places, top) for place in places)


def test_the_schema_refuses_what_is_not_documented() -> None:
    widget = {"type": "metric", "x": 0, "y": 0, "width": 25, "height": 1, "properties": {"metrics": [], "region": "r"}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"widgets": [widget]}, BODY)


def test_each_alarm_has_its_graph_with_its_threshold() -> None:
    found = graphs(drawn())
    throughput = found["nat-throughput"]
    assert throughput["annotations"]["horizontal"] == [
        {"value": 2, "label": "> 2 Gbit/s", "fill": "above", "color": "#d62728"}
    ]
    assert throughput["yAxis"]["left"]["label"] == "Gbit/s"
    assert found["nat-delivered"]["annotations"]["horizontal"][0]["fill"] == "below"
    plain = found["nat-bytes"]["metrics"]
    assert plain == [
        [
            "AWS/NATGateway",
            "PacketsDropCount",
            "NatGatewayId",
            "${aws_nat_gateway.a.id}",
            {"id": "judged", "stat": "Sum", "period": 60, "label": "PacketsDropCount"},
        ]
    ]


def test_metric_math_hides_what_it_is_made_of() -> None:
    *metrics, (expression,) = graphs(drawn())["nat-delivered"]["metrics"]
    assert all(metric[-1]["visible"] is False for metric in metrics)
    assert {metric[-1]["id"] for metric in metrics} == {"packets_out_to_destination", "packets_drop_count"}
    assert "packets_drop_count / packets_out_to_destination" in expression["expression"]


def test_a_graph_of_ones_own_says_its_unit() -> None:
    board = board_of("b", {}, {"Bytes": [Graph.of("Out", OUT, Limit(5, "five")), Graph.of("Rate", OUT.per_second())]})
    found = graphs(drawn(board))
    assert found["Out"]["yAxis"]["left"]["label"] == "B"
    assert found["Rate"]["yAxis"]["left"]["label"] == "B/s"
    assert len(found["Rate"]["metrics"]) == 2


def test_several_metrics_of_one_unit_are_lines_of_one_graph() -> None:
    found = graphs(drawn(board_of("b", {}, {"Packets": [Graph.of("Packets", [DROPPED, SENT])]})))["Packets"]
    assert [metric[1] for metric in found["metrics"]] == ["PacketsDropCount", "PacketsOutToDestination"]
    assert not [metric for metric in found["metrics"] if "visible" in metric[-1]]
    with pytest.raises(UnitError):
        Graph.of("Apples and pears", [DROPPED, OUT])


def test_states_come_first_and_a_composite_has_no_graph() -> None:
    widgets = drawn()
    nat, web = (each for each in widgets if each["type"] == "alarm")
    assert nat["properties"]["alarms"] == [alarm.arn for alarm in sorted(ALARMS, key=lambda alarm: alarm.name)]
    assert web["properties"]["alarms"] == [COMPOSITE.arn]
    assert "web" not in graphs(widgets)
    order = [each["type"] for each in widgets]
    assert order == ["text", "alarm", "metric", "metric", "metric", "metric", "text", "text", "alarm", "text"]


def test_order_is_by_name_whatever_was_declared_first() -> None:
    turned = board_of(BOARD.title, {"Web": [COMPOSITE], "NAT": ALARMS[::-1]}, {"NAT": [BOARD.sections[0].graphs[-1]]})
    assert cloudwatch.body(turned, "us-east-1") == cloudwatch.body(BOARD, "us-east-1")


def test_hostile_text_stays_text() -> None:
    markdown = next(each["properties"]["markdown"] for each in drawn() if "Severity" in str(each["properties"]))
    (row,) = (line for line in markdown.splitlines() if "delivered" in line)
    assert row.replace("\\|", "").count("|") == 4
    assert "<img" not in row.replace("\\<", "")
    assert row.startswith("| [nat-delivered](https://runbooks.example.com/nat%20%28old%29#delivered) |")


@given(st.text(max_size=80).filter(lambda text: not is_token(text)))
@example("$${[")
def test_escaped_text_has_no_markup_left(text: str) -> None:
    assert "\n" not in escaped(text)
    assert not [c for at, c in enumerate(escaped(text)) if c in "<>|[]`*" and escaped(text)[at - 1] != "\\"]


def test_tokens_are_left_alone() -> None:
    assert escaped("${aws_x.y.arn_suffix}") == "${aws_x.y.arn_suffix}"
    assert link("a", "${local.page}#x y") == "[a](${local.page}#x y)"


@pytest.mark.parametrize(
    ("names", "prefix"),
    [
        (["example-a-one", "example-a-two"], "example-a-"),
        (["example-a", "example-b"], "example-"),
        (["example", "example-b"], ""),
        (["a-b", "c-d"], ""),
        (["only-one"], ""),
        ([], ""),
    ],
)
def test_titles_leave_out_what_all_names_begin_with(names: list[str], prefix: str) -> None:
    assert common_prefix(names) == prefix


def many(number: int) -> tuple[Shown, ...]:
    return tuple(replace(COMPOSITE, name=f"a-{n}", arn=f"arn:{n}") for n in range(number))


def test_more_alarms_than_a_widget_holds_get_several() -> None:
    states = [each for each in drawn(board_of("b", {"s": many(250)}, {})) if each["type"] == "alarm"]
    assert [len(each["properties"]["alarms"]) for each in states] == [100, 100, 50]


def wide(metrics: int) -> Graph:
    (query,) = Graph.of("g", DROPPED).sources
    return Graph("wide", (query,) * metrics)


@pytest.mark.parametrize(
    ("board", "where", "reason"),
    [
        (Board("b", ()), "alarms", "shows something"),
        (Board("b", (Section("s", graphs=(wide(501),)),)), "graphs.s", "at most 500"),
        (Board("b", tuple(Section(f"s{n}", graphs=(wide(500),)) for n in range(6))), "alarms", "at most 2500"),
        (Board("b", tuple(Section(f"s{n}", alarms=many(1)) for n in range(251))), "alarms", "at most 500"),
        (PROMETHEUS, "graphs.API", "its own metrics only"),
    ],
)
def test_what_cloudwatch_refuses_is_refused(board: Board, where: str, reason: str) -> None:
    problems = list(cloudwatch.board_problems(board))
    assert [problem.where for problem in problems] == [where]
    assert reason in str(problems[0])


def test_a_board_within_the_limits_is_fine() -> None:
    assert list(cloudwatch.board_problems(BOARD)) == []
    assert list(cloudwatch.name_problems("${var.name}")) == []
    assert [problem.where for problem in cloudwatch.name_problems("a b")] == ["name"]
    assert HOSTILE in [alarm.summary for alarm in BOARD.sections[0].alarms]
