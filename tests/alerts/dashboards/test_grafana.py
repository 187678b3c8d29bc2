"""Grafana's own schema takes what is drawn, references lead to panels, and Terraform finds nothing of its own in it."""

from __future__ import annotations

import json
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.alerts.dashboards import grafana
from northsouth.alerts.dashboards.board import Board, Graph, Limit, Section
from tests.alerts.dashboards.boards import BOARD, MIXED, PROMETHEUS
from tests.alerts.dashboards.grafana_schema import faults

BOARDS = {"cloudwatch": BOARD, "prometheus": PROMETHEUS, "both": MIXED}


def drawn(board: Board) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(grafana.dashboard(board, uid="example", region="us-east-1")))
    return document


def panel(document: dict[str, Any], title: str, kind: str) -> dict[str, Any]:
    (found,) = (each for each in document["panels"] if (each["title"], each["type"]) == (title, kind))
    return dict(found)


@pytest.mark.parametrize("name", BOARDS)
def test_grafanas_schema_takes_it(name: str) -> None:
    assert faults(drawn(BOARDS[name])) == []


def test_the_schema_finds_faults() -> None:
    """The check itself: an unknown key, a wrong type, a word that is none, and a query of another shape."""
    document = drawn(BOARD)
    graph = panel(document, "nat-throughput", "timeseries")
    broken = json.loads(json.dumps(document))
    broken["gridd"] = 1
    at = document["panels"].index(next(p for p in document["panels"] if p["id"] == graph["id"]))
    broken["panels"][at]["gridPos"]["x"] = "0"
    broken["panels"][at]["fieldConfig"]["defaults"]["color"]["mode"] = "rainbow"
    broken["panels"][at]["targets"][0]["statistik"] = "Sum"
    found = " ".join(faults(broken))
    assert all(word in found for word in ("gridd", "'0' is no int", "rainbow", "statistik"))


@pytest.mark.parametrize("name", BOARDS)
def test_ids_are_unique_and_tiles_take_their_data_from_a_graph(name: str) -> None:
    document = drawn(BOARDS[name])
    by_id = {each["id"]: each for each in document["panels"]}
    assert len(by_id) == len(document["panels"])
    for tile in (each for each in document["panels"] if each["type"] == "stat"):
        source = by_id[tile["targets"][0]["panelId"]]
        assert (source["type"], source["title"]) == ("timeseries", tile["title"])


@pytest.mark.parametrize("name", BOARDS)
def test_data_sources_are_variables_that_exist(name: str) -> None:
    document = drawn(BOARDS[name])
    declared = {variable["name"] for variable in document["templating"]["list"]}
    used = {
        each["datasource"]["uid"].removeprefix("$")
        for each in document["panels"]
        if each.get("datasource", {}).get("uid", "").startswith("$")
    }
    assert used == declared == ({"cloudwatch", "prometheus"} if name == "both" else {name})


def test_only_references_of_the_metrics_are_terraforms() -> None:
    assert "${" not in json.dumps(drawn(PROMETHEUS))
    assert "%{" not in json.dumps(drawn(PROMETHEUS))
    left = json.dumps(drawn(BOARD)).replace("${aws_nat_gateway.a.id}", "")
    assert "${" not in left


def test_metric_math_hides_what_it_is_made_of() -> None:
    targets = panel(drawn(BOARD), "nat-delivered", "timeseries")["targets"]
    assert [target["hide"] for target in targets] == [True] * (len(targets) - 1) + [False]
    assert targets[-1][
        "expression"
    ] == "(IF(packets_out_to_destination > 0, 1 - packets_drop_count / packets_out_to_destination, 1)) * 100" or (
        "packets_drop_count" in targets[-1]["expression"]
    )
    assert targets[0]["dimensions"] == {"NatGatewayId": "${aws_nat_gateway.a.id}"}


def test_the_bad_side_is_red() -> None:
    steps = panel(drawn(PROMETHEUS), "Errors", "timeseries")["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert [(step["value"], step["color"]) for step in steps] == [(None, "red"), (0.1, "green"), (3, "red")]


def test_promql_is_as_given() -> None:
    first, second = panel(drawn(PROMETHEUS), "Errors", "timeseries")["targets"]
    assert first["expr"] == 'sum by (cluster) (rate(apiserver_request_total{code=~"5.."}[5m]))'
    assert (first["refId"], first["legendFormat"]) == ("A", "{{cluster}}")
    assert (second["refId"], second["legendFormat"]) == ("B", "__auto")


def test_units_have_grafanas_names() -> None:
    units = {"Gbit/s": "Gbits", "": "percentunit", "%": "percent", "USD/day": "suffix:USD/day"}
    for symbol, name in units.items():
        board = Board("b", (Section("s", graphs=(Graph.promql("g", "up", unit=symbol),)),))
        assert panel(drawn(board), "g", "timeseries")["fieldConfig"]["defaults"]["unit"] == name


@given(st.text(min_size=1, max_size=300))
def test_a_uid_is_one_whatever_the_name(name: str) -> None:
    uid = grafana.uid_of(name)
    assert 1 <= len(uid) <= 40
    assert uid.isascii()
    assert all(letter.isalnum() or letter in "-_" for letter in uid)
    assert grafana.uid_of(uid) == uid


@given(st.lists(st.lists(st.booleans(), max_size=12), max_size=6))
def test_panels_never_overlap(sections: list[list[bool]]) -> None:
    board = Board(
        "b",
        tuple(
            Section(
                f"s{n}",
                graphs=tuple(Graph.promql(f"g{i}", "up", limits=[Limit(1, "")] * has) for i, has in enumerate(row)),
            )
            for n, row in enumerate(sections)
        ),
    )
    places = [each["gridPos"] for each in drawn(board)["panels"]]
    for place in places:
        assert place["x"] >= 0
        assert place["x"] + place["w"] <= 24
    for one, other in combinations(places, 2):
        assert (
            one["x"] + one["w"] <= other["x"]
            or other["x"] + other["w"] <= one["x"]
            or one["y"] + one["h"] <= other["y"]
            or other["y"] + other["h"] <= one["y"]
        )


def test_letters_go_on_after_z() -> None:
    board = Board("b", (Section("s", graphs=(Graph.promql("g", *(f"up{n}" for n in range(28))),)),))
    assert [t["refId"] for t in panel(drawn(board), "g", "timeseries")["targets"]][24:] == ["Y", "Z", "AA", "AB"]
