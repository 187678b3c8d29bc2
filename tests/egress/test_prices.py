"""The price table: its tiers, and the prices it refuses."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.egress import Prices, Tier
from northsouth.egress.prices import PB, TB, charge, first_price
from northsouth.errors import ConfigurationError


@pytest.mark.parametrize(
    ("gigabytes", "expected"),
    [
        (0, 0),
        (10 * TB, 10 * TB * 0.09),
        (10 * TB + 1, 10 * TB * 0.09 + 0.085),
        (50 * TB + 1, 10 * TB * 0.09 + 40 * TB * 0.085 + 0.07),
        (150 * TB + 1, 10 * TB * 0.09 + 40 * TB * 0.085 + 100 * TB * 0.07 + 0.05),
    ],
)
def test_each_gigabyte_to_the_internet_costs_what_its_tier_does(gigabytes: float, expected: float) -> None:
    assert charge(gigabytes, Prices().internet_gb) == pytest.approx(expected)


def test_privatelink_has_tiers_of_1_and_5_petabytes() -> None:
    assert Prices().endpoint_gb == (Tier(0.01, PB), Tier(0.006, 5 * PB), Tier(0.004))
    assert first_price(Prices().endpoint_gb) == 0.01
    assert first_price(0.045) == 0.045


@given(first=st.floats(0, 1e7), second=st.floats(0, 1e7))
def test_more_bytes_never_cost_less_and_never_more_than_at_the_first_price(first: float, second: float) -> None:
    price = Prices().internet_gb
    assert charge(first + second, price) >= charge(first, price)
    assert charge(first, price) <= first * first_price(price) * (1 + 1e-9)


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        ({"internet_gb": ()}, r"internet_gb: got \(\); a price is a number or at least one Tier"),
        ({"internet_gb": (0.09,)}, "it is a Tier"),
        ({"internet_gb": (Tier(0.09, 10),)}, "internet_gb: got 10; tiers end in ascending order"),
        ({"endpoint_gb": (Tier(0.09, 10), Tier(0.08, 5), Tier(1))}, "endpoint_gb: got 10, 5, inf"),
        ({"endpoint_gb": (Tier(-1),)}, r"endpoint_gb\[0\].usd_per_gb: got -1"),
        ({"endpoint_gb": (Tier(1, math.nan), Tier(1))}, "ascending order"),
    ],
)
def test_tiers_that_cannot_be_are_refused(prices: dict[str, Any], expected: str) -> None:
    with pytest.raises(ConfigurationError, match=expected):
        Prices(**prices)
