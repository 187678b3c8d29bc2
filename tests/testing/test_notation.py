"""The notation of series, its grammar and its errors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.errors import ConfigurationError
from northsouth.testing import series
from northsouth.testing.notation import SUFFIXES, Sample

GIB = 1024.0**3


def values(text: str) -> list[float | None]:
    return [point[0].value if point else None for point in series(text).points]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5", [5]),
        ("5, 6,7", [5, 6, 7]),
        ("5 x 3", [5, 5, 5]),
        ("5x3", [5, 5, 5]),
        ("1GiBx2, 90GiB x 1, _ x 2", [GIB, GIB, 90 * GIB, None, None]),
        ("_", [None]),
        ("0+10 x 3", [0, 10, 20]),
        ("100 - 10 x 3", [100, 90, 80]),
        ("-5", [-5]),
        ("-5-5x2", [-5, -10]),
        ("1.5k, 2M, 250ms, 7%, 1e3", [1500, 2e6, 0.25, 7, 1000]),
        ("1KiB+1KiB x 2", [1024, 2048]),
    ],
)
def test_what_a_text_says(text: str, expected: list[float | None]) -> None:
    assert values(text) == pytest.approx(expected)


def test_a_point_has_several_samples() -> None:
    [point, other] = series("(200ms*95, 900ms*5), (1, 2)").points
    assert point == (Sample(0.2, 95), Sample(0.9, 5))
    assert other == (Sample(1), Sample(2))


def test_how_long_a_series_lasts() -> None:
    assert series("1 x 30").seconds == 1800
    assert series("1 x 30", every=86400).seconds == 30 * 86400


@pytest.mark.parametrize(
    ("text", "place", "given_text", "fix"),
    [
        ("", 1, "nothing", "Write a number there, or _ for no data."),
        ("5,", 3, "nothing", "Write a number there"),
        ("5 x", 4, "nothing", "Write how many points"),
        ("5 x 0", 5, "'0'", "a whole number, 1 or more"),
        ("5 x 1.5", 5, "'1.5'", "a whole number, 1 or more"),
        ("5 x 60m", 5, "'60m'", "a whole number, 1 or more"),
        ("1GiB x 60, 90Gib x 15", 14, "the suffix 'Gib'", "Suffixes are %, B, s"),
        ("5 6", 3, "'6'", "Write a comma before the next value."),
        ("five", 1, "'five'", "Write a number there"),
        ("(1, 2", 6, "nothing", "Write a comma or a closing parenthesis."),
        ("(1,2)+3 x 5", 1, "a step from a point that is not one value", "0+10 x 60"),
        ("_+1 x 5", 1, "a step from a point that is not one value", "0+10 x 60"),
        ("1 x 600000, 1 x 600000", 13, "more than 1,000,000 points", "Write a smaller count."),
        ("1e999", 1, "'1e999'", "Write a number below"),
    ],
)
def test_what_is_no_series_is_refused_with_its_place(text: str, place: int, given_text: str, fix: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        series(text)
    [problem] = refused.value.problems
    assert problem.where == f"character {place}"
    assert problem.given == given_text
    assert fix in problem.fix


@pytest.mark.parametrize("every", [0, -60, 7, 90])
def test_points_lie_as_far_apart_as_cloudwatch_stores_them(every: int) -> None:
    with pytest.raises(ConfigurationError, match="points lie 1, 5, 10, 20 or 30 s apart"):
        series("1 x 5", every=every)


ITEMS = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(-(10**9), 10**9), st.decimals(-1000, 1000, places=3)),
        st.sampled_from(sorted(SUFFIXES)),
        st.integers(1, 20),
    ),
    min_size=1,
    max_size=8,
)


@given(ITEMS, st.sampled_from([",", ", ", " , "]), st.sampled_from(["x", " x ", " x"]))
def test_what_is_written_is_read(items: list[tuple[object, str, int]], comma: str, times: str) -> None:
    text = comma.join(f"{'_' if value is None else f'{value}{suffix}'}{times}{count}" for value, suffix, count in items)
    expected = [
        None if value is None else float(str(value)) * SUFFIXES[suffix]
        for value, suffix, count in items
        for _ in range(count)
    ]
    assert values(text) == pytest.approx(expected)


@given(st.text("0123456789.+-x_*(), GiBkm%e", max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        points = series(text).points
    except ConfigurationError as refused:
        points = refused.problems
    assert points
