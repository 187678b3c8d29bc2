"""The cost model: its worked example, its break-even, its table."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.egress.cost import (
    Traffic,
    as_text,
    break_even_bytes_per_day,
    gateway_endpoint_cost,
    interface_endpoint_cost,
    nat_cost,
    path_costs,
)
from northsouth.egress.prices import Prices
from northsouth.errors import ConfigurationError

GB = 10**9
EXAMPLE = Traffic(bytes_out=1_000 * GB, bytes_in=4_000 * GB)


def test_the_worked_example() -> None:
    per_zone, one = nat_cost(EXAMPLE), nat_cost(EXAMPLE, gateways=1)
    assert (per_zone.hours, per_zone.addresses, per_zone.processed) == pytest.approx((97.2, 10.8, 225))
    assert (per_zone.cross_zone, per_zone.internet, per_zone.total) == pytest.approx((0, 90, 423))
    assert (one.hours, one.addresses, one.cross_zone) == pytest.approx((32.4, 3.6, 200 / 3))
    assert one.total == pytest.approx(417.67, abs=0.005)
    assert interface_endpoint_cost(EXAMPLE).total == pytest.approx(71.6)
    assert gateway_endpoint_cost().total == 0


def test_traffic_inside_the_region_pays_no_internet_transfer_and_may_take_an_endpoint() -> None:
    inside = Traffic(bytes_out=GB, bytes_in=GB, to_internet=False)
    assert nat_cost(inside).internet == 0
    assert [cost.path for cost in path_costs(inside)] == [
        "NAT in 3 zones", "NAT in one zone", "interface endpoint", "gateway endpoint",
    ]  # fmt: skip
    assert [cost.path for cost in path_costs(EXAMPLE)] == ["NAT in 3 zones", "NAT in one zone"]
    assert [cost.path for cost in path_costs(Traffic(bytes_out=1, bytes_in=1, zones=1))] == ["NAT in 1 zone"]


@pytest.mark.parametrize(
    ("price", "path"),
    [
        ("nat_gateway_hour", "nat"),
        ("nat_gb", "nat"),
        ("cross_zone_gb", "nat"),
        ("internet_gb", "nat"),
        ("public_ipv4_hour", "nat"),
        ("endpoint_hour", "endpoint"),
        ("endpoint_gb", "endpoint"),
    ],
)
def test_every_price_is_an_input(price: str, path: str) -> None:
    dearer: dict[str, Any] = {price: 1.0}

    def total(prices: Prices) -> float:
        return (
            nat_cost(EXAMPLE, prices, gateways=1) if path == "nat" else interface_endpoint_cost(EXAMPLE, prices)
        ).total

    assert total(Prices(**dearer)) > total(Prices())


def test_internet_transfer_and_endpoints_cost_less_in_higher_tiers() -> None:
    much = Traffic(bytes_out=200 * 1024 * GB, bytes_in=0)
    expected = 10_240 * 0.09 + 40_960 * 0.085 + 102_400 * 0.07 + 51_200 * 0.05
    assert nat_cost(much).internet == pytest.approx(expected)
    petabytes = Traffic(bytes_out=6 * 1024**2 * GB, bytes_in=0, to_internet=False)
    assert interface_endpoint_cost(petabytes).processed == pytest.approx(1024**2 * (0.01 + 4 * 0.006 + 0.004))


@given(days=st.floats(0.1, 300), per_day=st.floats(0, 1e16))
def test_the_tier_follows_the_rate_not_the_span(days: float, per_day: float) -> None:
    span = Traffic(bytes_out=per_day * days, bytes_in=0, days=days)
    month = Traffic(bytes_out=per_day * 30, bytes_in=0)
    assert nat_cost(span).internet == pytest.approx(nat_cost(month).internet * days / 30)


def test_no_days_cost_nothing() -> None:
    assert nat_cost(Traffic(bytes_out=GB, bytes_in=GB, days=0)).total == 0


def test_a_gigabyte_is_an_input_too() -> None:
    binary, decimal = nat_cost(EXAMPLE, Prices(bytes_per_gb=2**30)), nat_cost(EXAMPLE)
    assert binary.processed / decimal.processed == pytest.approx(10**9 / 2**30)


@given(per_day=st.floats(0, 1e15), zones=st.integers(1, 6))
def test_above_the_break_even_the_endpoint_is_cheaper_than_nat_that_is_there(per_day: float, zones: int) -> None:
    limit = break_even_bytes_per_day(zones=zones)
    traffic = Traffic(bytes_out=per_day, bytes_in=0, days=1, zones=zones, to_internet=False)
    endpoint, nat = interface_endpoint_cost(traffic).total, nat_cost(traffic).processed
    if per_day > limit * 1.001:
        assert endpoint < nat
    elif per_day < limit * 0.999:
        assert endpoint > nat


def test_no_break_even_where_nat_is_no_dearer() -> None:
    assert break_even_bytes_per_day(Prices(nat_gb=0.01)) == math.inf
    assert break_even_bytes_per_day() == pytest.approx(3 * 24 * 0.01 / 0.035 * GB)


def test_several_services_pay_hours_each() -> None:
    three = interface_endpoint_cost(EXAMPLE, services=3)
    assert three.hours == pytest.approx(3 * 21.6)
    assert three.path == "3 interface endpoints"


def test_the_table_names_region_day_and_source() -> None:
    assert as_text(path_costs(EXAMPLE)).splitlines() == [
        "path             hours  addresses  processed  cross-zone  internet  total USD",
        "NAT in 3 zones   97.20      10.80     225.00        0.00     90.00     423.00",
        "NAT in one zone  32.40       3.60     225.00       66.67     90.00     417.67",
        f"Prices of us-east-1 as of {Prices().as_of}: {Prices().source}",
    ]


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (lambda: Prices(nat_gb=-1, endpoint_gb=math.nan), "2 problems in Prices"),
        (lambda: Prices(bytes_per_gb=0), "a gigabyte has bytes"),
        (lambda: Traffic(bytes_out=-1, bytes_in=0, zones=0), "2 problems in Traffic"),
        (lambda: nat_cost(EXAMPLE, gateways=4), "gateways: got 4; 1 to 3"),
    ],
)
def test_numbers_that_cannot_be_are_refused(build: Any, expected: str) -> None:
    with pytest.raises(ConfigurationError, match=expected):
        build()
