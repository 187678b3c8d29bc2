"""Curves: what is drawn where, and that nothing in them is taken for markup."""

from __future__ import annotations

from xml.etree import ElementTree

from northsouth.report.curve import Curve, Point, svg


def drawn(curve: Curve) -> ElementTree.Element:
    return ElementTree.fromstring(svg(curve, "c"))


def shapes(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [each for each in root.iter() if each.get("class") == name]


def test_the_line_goes_in_steps_and_points_lie_where_they_cost() -> None:
    points = [Point(0, 4, "<none>", marked=True), Point(2, 0, "knee")]
    root = drawn(Curve("t", "d", "a week", "missed", [(0, 4), (1, 2), (2, 0)], points))
    (line,) = shapes(root, "steps")
    assert line.get("d") == "M56.0 28.0H378.0V139.0H700.0V250.0H700"
    (best,) = shapes(root, "best")
    assert (best.get("cx"), best.get("cy")) == ("700.0", "250.0")
    (declared,) = shapes(root, "declared")
    assert str(declared.get("d")).startswith("M51.0 23.0h10")
    assert {"<none>", "knee", "a week", "missed"} <= {each.text for each in root.iter() if each.text}


def test_a_screen_reader_is_told_what_it_is() -> None:
    root = drawn(Curve("Trade", "2 missed at 0 a week", "a", "b"))
    named = {each.get("id"): each.text for each in root if each.get("id")}
    assert [named[each] for each in str(root.get("aria-labelledby")).split()] == ["Trade", "2 missed at 0 a week"]
    assert "no setting detects an incident" in {each.text for each in root.iter()}


def test_one_point_at_nothing_is_drawn() -> None:
    assert shapes(drawn(Curve("t", "d", "a", "b", [(0, 0)], [Point(0, 0, "x")])), "best")[0].get("cx") == "56.0"
