"""Charts: what is drawn where, and that nothing in them is taken for markup."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.report.chart import Chart, Lane, Span, lanes_svg, number, reduced, svg

START = 1790848800
FLOATS = st.floats(allow_nan=True, allow_infinity=True)


def drawn(chart: Chart) -> ElementTree.Element:
    return ElementTree.fromstring(svg(chart, "c"))


def shapes(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [each for each in root.iter() if each.get("class") == name]


def minutes(*values: float, **more: object) -> Chart:
    times = [START + 60 * place for place in range(len(values))]
    return Chart("t", "d", START, START + 60 * max(len(values) - 1, 1), reduced(times, values), **more)  # type: ignore[arg-type]


def test_a_screen_reader_is_told_what_it_is() -> None:
    root = drawn(Chart("orders", "Two changes.", START, START + 60))
    named = {each.get("id"): each.text for each in root if each.get("id")}
    assert root.get("role") == "img"
    assert [named[each] for each in str(root.get("aria-labelledby")).split()] == ["orders", "Two changes."]


def test_a_gap_breaks_the_line() -> None:
    assert len(shapes(drawn(minutes(1, 2, math.nan, 3, 4)), "series")) == 2
    assert len(shapes(drawn(minutes(1, 2, 3, 4)), "series")) == 1


def test_many_points_become_the_least_and_greatest_of_columns() -> None:
    values = [float(place % 2) for place in range(20000)]
    values[9999] = 50.0
    (line,) = shapes(drawn(minutes(*values)), "series")
    heights = {float(pair.split()[1]) for pair in re.split("[MLZ]", str(line.get("d"))) if pair}
    assert len(str(line.get("d"))) < 30_000
    assert len(heights) == 3  # 0, 1 and the one spike


def test_states_differ_by_shape_and_lie_where_they_were() -> None:
    states = [Span(START, START + 600, "OK"), Span(START + 600, START + 1200, "ALARM")]
    states.append(Span(START + 1200, START + 2400, "INSUFFICIENT_DATA"))
    root = drawn(Chart("t", "d", START, START + 2400, states=states))
    found = {name: str(shapes(root, name)[0].get("d")) for name in ("ok", "alarm", "insufficient-data")}
    assert found == {
        "ok": "M56.0 167h164.0v2h-164.0z",
        "alarm": "M220.0 160h164.0v16h-164.0z",
        "insufficient-data": "M384.0 163h328.0v10h-328.0z",
    }


def test_the_shortest_alarm_is_seen() -> None:
    year = 365 * 86400
    chart = Chart("t", "d", START, START + year, states=[Span(START + year - 60, START + year, "ALARM")])
    assert "h1.5v16" in str(shapes(drawn(chart), "alarm")[0].get("d"))


def test_incidents_are_cut_to_the_chart() -> None:
    incidents = [Span(START - 600, START + 600, "a"), Span(START + 9000, START + 9600, "later")]
    (frame,) = shapes(drawn(Chart("t", "d", START, START + 1200, incidents=incidents)), "incident")
    assert (frame.get("x"), frame.get("width")) == ("56.0", "328.0")


def test_the_threshold_is_in_the_picture_where_no_point_is_near() -> None:
    (line,) = shapes(drawn(minutes(1, 2, threshold=100)), "threshold")
    assert 8 <= float(re.findall(r" ([\d.]+)H", str(line.get("d")))[0]) <= 148


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0"), (0.02, "0.02"), (999, "999"), (1500, "1.5k"), (-9e10, "-90G"), (1e300, "1e+300")]
)
def test_numbers_are_short(value: float, shown: str) -> None:
    assert number(value) == shown


@given(st.text(), st.lists(FLOATS, max_size=50), st.none() | st.floats(allow_nan=False, allow_infinity=False))
def test_any_values_and_names_make_one_whole_svg(name: str, values: list[float], threshold: float | None) -> None:
    incidents = [Span(START, START + 60, name)]
    chart = minutes(*values, threshold=threshold, incidents=incidents)
    named = replace(chart, title=name, description=name)
    picture = svg(named, "c")
    assert picture == svg(replace(named), "c")
    tags = set(re.findall(r"</?([^\s>/]+)", picture))
    assert tags <= {"svg", "title", "desc", "rect", "path", "text"}
    assert "style" not in re.findall(r" ([a-z-]+)=\"", picture)
    picture.encode("utf-8")
    numbers = re.findall(r'(?:d|x|y|width|height)="([^"]*)"', picture)
    assert not any("nan" in each or "inf" in each for each in numbers)


def test_doubtful_changes_are_marked_above_the_states() -> None:
    root = drawn(Chart("t", "d", START, START + 600, doubtful=[START, START + 300, START + 300, START + 9000]))
    (mark,) = shapes(root, "doubt")
    assert mark.get("d") == "M56.0 159l-4 -8h8zM384.0 159l-4 -8h8z"
    assert shapes(drawn(Chart("t", "d", START, START + 600)), "doubt") == []


def test_a_change_shows_both_thresholds_and_a_strip_for_each_side() -> None:
    before, after = [Span(START, START + 60, "OK")], [Span(START, START + 60, "ALARM")]
    root = drawn(minutes(1, 2, threshold=3.0, earlier=5.0, states=after, states_before=before))
    assert len(shapes(root, "threshold")) == len(shapes(root, "earlier")) == 1
    (ok,), (alarm,) = shapes(root, "ok"), shapes(root, "alarm")
    assert (str(ok.get("d")).split("h")[0], str(alarm.get("d")).split("h")[0]) == ("M56.0 167", "M56.0 184")


def test_lanes_have_one_axis_and_each_its_own_states_and_marks() -> None:
    raised = [Span(START, START + 1200, "OK"), Span(START + 1200, START + 2400, "ALARM")]
    marked = [Span(START + 600, START + 1800, "<outage>")]
    lanes = [Lane("a < b", raised, marked), Lane("c", raised, doubtful=[START + 1200])]
    root = ElementTree.fromstring(lanes_svg(Chart("both", "Two alarms.", START, START + 2400), lanes, "c"))
    texts = [each.text for each in root.iter() if each.tag.endswith("text")]
    assert [each for each in texts if each in ("a < b", "c")] == ["a < b", "c"]
    assert [str(each.get("d")).split("h")[0] for each in shapes(root, "alarm")] == ["M384.0 24", "M384.0 64"]
    assert len(shapes(root, "incident")) == len(shapes(root, "doubt")) == 1
    assert len(shapes(root, "moment")) == len(set(texts) - {"a < b", "c", "both", "Two alarms.", None})
    height = float(str(root.get("viewBox")).split()[3])
    assert all(float(str(each.get("y"))) < height for each in root.iter() if each.get("y"))
