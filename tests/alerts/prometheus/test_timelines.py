from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.alerts.prometheus.timelines import at, counter, gauge, line, minutes, number


def values(text: str) -> list[float | None]:
    """Read promtool's notation: what promtool makes of it."""
    found: list[float | None] = []
    for part in text.split():
        head, _, repeats = part.partition("x")
        if head == "_":
            found += [None] * int(repeats)
            continue
        cut = next(
            (place for place in range(1, len(head)) if head[place] in "+-" and head[place - 1] != "e"), len(head)
        )
        begin, slope = float(head[:cut]), float(head[cut:] or 0)
        found += [begin + slope * step for step in range(int(repeats) + 1)]
    return found


PARTS = st.lists(st.tuples(st.none() | st.integers(0, 1000), st.integers(0, 9)), max_size=5)


@given(PARTS)
def test_a_gauge_has_each_value_for_its_time(parts: list[tuple[float | None, int]]) -> None:
    assert values(gauge(*parts)) == [value for value, steps in parts for _ in range(steps)]


@given(PARTS)
def test_a_counter_grows_by_each_value(parts: list[tuple[float | None, int]]) -> None:
    expected, total = [], 0.0
    for value, steps in parts:
        for _ in range(steps):
            expected.append(None if value is None else total)
            total += value or 0
    assert values(counter(*parts)) == expected


def test_a_line_rises_or_falls() -> None:
    assert line(5, -1, 3) == "5-1x2"
    assert line(-300, 60, 2) == "-300+60x1"
    assert line(0, 0.5, 0) == ""


def test_numbers_are_written_as_short_as_they_can_be() -> None:
    assert [number(value) for value in (3.0, 0.1, 1e9)] == ["3", "0.1", "1000000000"]


def test_times_are_minutes() -> None:
    assert [minutes("90s"), minutes("1h"), at(7)] == [2, 60, "7m"]
    with pytest.raises(ValueError, match="'soon' is no duration"):
        minutes("soon")
