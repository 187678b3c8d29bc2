"""Numbers and places are functions of a thing's own name."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.dns import slots
from northsouth.dns.names import covers
from northsouth.dns.slots import BAND, PINNED, bins_for, slot, spread

LABEL = st.from_regex(r"[a-z]{1,3}", fullmatch=True)
NAME = st.lists(LABEL, min_size=1, max_size=4).map(lambda labels: ".".join(labels) + ".")
PATTERN = st.one_of(NAME, NAME.map(lambda name: f"*.{name}"), st.just("*."))
KEYS = st.sets(NAME, min_size=1, max_size=120)


def test_the_worked_example_holds() -> None:
    assert doctest.testmod(slots).failed == 0


@given(PATTERN, st.integers(0, 4))
def test_a_name_comes_before_every_pattern_that_covers_it(name: str, cut: int) -> None:
    labels = name.removeprefix("*.").split(".")
    pattern = f"*.{'.'.join(labels[cut:])}"
    if pattern != name and covers(pattern, name):
        assert slot(name) < slot(pattern)


@given(PATTERN)
def test_numbers_are_from_100_upwards_and_fit_the_api(name: str) -> None:
    assert PINNED.stop <= slot(name) < 2**31
    assert slot(name) == slot(name, None) != slot(name, "A")


def test_the_deepest_wildcard_stays_above_the_exact_names() -> None:
    deepest = "*." + "a." * 126
    assert BAND <= slot(deepest) < 2 * BAND


@pytest.mark.parametrize(
    ("count", "least", "most", "expected"),
    [(1, 1, 5, 1), (100, 1, 5, 1), (100, 2, 5, 2), (101, 1, 5, 2), (180, 1, 5, 2), (181, 1, 5, 3), (500, 1, 5, 5)],
)
def test_a_tenth_stays_free_once_there_are_several_bins(count: int, least: int, most: int, expected: int) -> None:
    assert bins_for(count, 100, least=least, most=most) == expected


@given(KEYS, st.integers(1, 5))
def test_everything_has_a_place_and_no_bin_overflows(keys: set[str], bins: int) -> None:
    size = -(-len(keys) // bins)
    places = spread(keys, bins, size)
    assert set(places) == keys
    assert all(list(places.values()).count(index) <= size for index in range(bins))


@given(KEYS, st.randoms(use_true_random=False))
def test_the_order_of_declaration_does_not_matter(keys: set[str], random: object) -> None:
    shuffled = sorted(keys)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert spread(shuffled, 3, 60) == spread(keys, 3, 60)


@given(KEYS, NAME, st.integers(1, 5))
def test_a_newcomer_moves_nobody_while_there_is_room(keys: set[str], newcomer: str, bins: int) -> None:
    before = spread(keys, bins, 200)
    after = spread(keys | {newcomer}, bins, 200)
    assert {key: after[key] for key in keys} == before


@given(KEYS, st.integers(1, 4))
def test_one_more_bin_takes_from_the_others_and_moves_nothing_between_them(keys: set[str], bins: int) -> None:
    before, after = spread(keys, bins, 200), spread(keys, bins + 1, 200)
    assert all(after[key] in (before[key], bins) for key in keys)


def test_places_in_use_are_not_given_away() -> None:
    places = spread([f"n{index}." for index in range(100)], 2, 60, taken=20)
    assert list(places.values()).count(0) == 40
