"""The rate limit of a receiver."""

from __future__ import annotations

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from tests.load.limit import BUSY, OK, Limit


def test_a_window_takes_so_many_requests() -> None:
    limit = Limit(most=2, seconds=2)
    assert [limit.status(moment) for moment in (0, 0.5, 1, 1.9, 2, 2.1, 2.5)] == [OK, OK, BUSY, BUSY, OK, BUSY, OK]
    assert limit.refused == 3


def test_the_shortest_wait_is_the_one_after_a_refusal() -> None:
    limit = Limit(most=1, seconds=2)
    assert limit.shortest_wait == inf
    for moment in (0, 0.5, 4.5, 4.75, 7):
        limit.status(moment)
    assert limit.shortest_wait == 2.25


@given(st.lists(st.floats(0, 3), max_size=30))
def test_no_window_has_more(steps: list[float]) -> None:
    limit, now = Limit(most=3, seconds=2), 0.0
    for step in steps:
        now += step
        limit.status(now)
    taken = [moment for moment, status in limit.requests if status == OK]
    assert all(sum(begin <= moment < begin + 2 for moment in taken) <= 3 for begin in taken)
