from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.metrics import dimensions, units
from northsouth.metrics.dimensions import CLOUDWATCH_UNITS, Unit, product
from northsouth.metrics.units import Quantity, UnitError, parse, parse_rate, quantity_problems, rate_problems

BYTES_PER_SECOND = dimensions.BYTE / dimensions.SECOND


@pytest.mark.parametrize(
    ("quantity", "bytes_per_second"),
    [
        (units.bits_per_second(8), 1),
        (units.kilobits_per_second(8), 1000),
        (units.megabits_per_second(8), 10**6),
        (units.gigabits_per_second(2), 250_000_000),
        (units.bytes_per_second(7), 7),
        (units.megabytes_per_second(3), 3_000_000),
        (units.mebibytes_per_second(1), 2**20),
        (units.gigabytes_per_hour(3.6), 10**6),
        (units.gigabytes_per_day(86.4), 10**6),
        (units.gibibytes_per_day(675), 675 * 2**30 / 86400),
        (units.terabytes_per_day(86.4), 10**9),
        (units.tebibytes_per_day(1), 2**40 / 86400),
        (units.usd_per_hour(0.045, price_per_gb=0.045), 10**9 / 3600),
        (units.usd_per_day(150, price_per_gb=0.045), 150 / 0.045 * 10**9 / 86400),
    ],
)
def test_rates_of_data(quantity: Quantity, bytes_per_second: float) -> None:
    assert quantity.unit.is_rate
    assert quantity.number_in(BYTES_PER_SECOND) == pytest.approx(bytes_per_second)


@pytest.mark.parametrize(
    ("quantity", "unit", "number"),
    [
        (units.percent(98), dimensions.RATIO, 0.98),
        (units.ratio(0.98), dimensions.PERCENT, 98),
        (units.milliseconds(1500), dimensions.SECOND, 1.5),
        (units.days(30), dimensions.HOUR, 720),
        (units.minutes(2), dimensions.MICROSECOND, 120_000_000),
        (units.hours(1), dimensions.MILLISECOND, 3_600_000),
        (units.seconds(90), dimensions.MINUTE, 1.5),
        (units.count_per_minute(60), dimensions.COUNT / dimensions.SECOND, 1),
        (units.count_per_second(1), dimensions.COUNT / dimensions.MINUTE, 60),
        (units.gigabytes(1), dimensions.BIT, 8 * 10**9),
        (units.gibibytes(1), dimensions.BYTE, 2**30),
        (units.tebibytes(1), dimensions.BYTE, 2**40),
        (units.bytes_(1), dimensions.BIT, 8),
        (units.count(5), dimensions.COUNT, 5),
    ],
)
def test_a_quantity_converts_exactly(quantity: Quantity, unit: Unit, number: float) -> None:
    assert quantity.number_in(unit) == number


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("2 Gbit/s", units.gigabits_per_second(2)),
        ("2Gbit/s", units.gigabits_per_second(2)),
        ("2 Gbps", units.gigabits_per_second(2)),
        ("0.5 Mbit / s", units.megabits_per_second(0.5)),
        ("1 TiB/day", units.tebibytes_per_day(1)),
        ("1 TiB/d", units.tebibytes_per_day(1)),
        ("1_000 GB/day", units.gigabytes_per_day(1000)),
        ("3.6 GB/h", units.gigabytes_per_hour(3.6)),
        ("150 USD/day at 0.045 USD/GB", units.usd_per_day(150, price_per_gb=0.045)),
        ("98 %", units.percent(98)),
        ("98%", units.percent(98)),
        ("5", units.count(5)),
        ("5 count", units.count(5)),
        ("10 /s", units.count_per_second(10)),
        ("500 ms", units.milliseconds(500)),
        ("30 days", units.days(30)),
        ("-1", units.count(-1)),
        ("1e3 B/s", units.bytes_per_second(1000)),
    ],
)
def test_text_reads_as_its_constructor(text: str, quantity: Quantity) -> None:
    assert parse(text) == quantity


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "a number and a unit"),
        ("Gbit/s", "a number and a unit"),
        ("two Gbit/s", "a number and a unit"),
        ("2 Gbit/s/s", "a number and a unit"),
        ("2 Gbits/s", "Did you mean Gbit?"),
        ("2 gbit/s", "Did you mean Gbit?"),
        ("2 xyzzy", "Known are"),
        ("2 GB/fortnight", "not a unit"),
        ("150 USD/day", "at 0.045 USD/GB"),
        ("150 GB/day at 0.045 USD/GB", "at 0.045 USD/GB"),
        ("150 USD/day at 0 USD/GB", "price above zero"),
    ],
)
def test_text_that_is_no_quantity_is_refused(text: str, words: str) -> None:
    with pytest.raises(UnitError, match=words):
        parse(text)


@pytest.mark.parametrize("text", ["2 GB", "98 %", "5", "30 days", "1 TiB"])
def test_a_threshold_that_is_not_a_rate(text: str) -> None:
    with pytest.raises(UnitError, match="a threshold that is not a rate"):
        parse_rate(text)
    (problem,) = rate_problems("alarms.nat.throughput", text)
    assert problem.where == "alarms.nat.throughput"
    assert f"{text}/day" in problem.fix


def test_rates_and_tokens_pass() -> None:
    assert not list(rate_problems("x", "2 Gbit/s"))
    assert not list(rate_problems("x", "${var.rate}"))


@pytest.mark.parametrize(
    ("text", "like", "reason"),
    [
        ("98 %", units.percent(1), ""),
        ("0.98", units.percent(1), "this is a count, not a ratio"),
        ("2 h", units.seconds(1), ""),
        ("2 GB", units.seconds(1), "this is an amount of data, not a time"),
        ("150 USD/day at 0.045 USD/GB", units.bytes_per_second(1), ""),
        ("2 GB", units.bytes_per_second(1), "a threshold that is not a rate"),
        ("2 /s", units.bytes_per_second(1), "this is a count per time, not data per time"),
        ("2 furlongs", units.seconds(1), "'furlongs' is not a unit"),
        ("${var.limit}", units.seconds(1), ""),
    ],
)
def test_a_quantity_is_of_the_right_kind(text: str, like: Quantity, reason: str) -> None:
    problems = list(quantity_problems("over", text, like))
    assert [problem.where for problem in problems] == (["over"] if reason else [])
    assert all(reason in str(problem) for problem in problems)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, True, "2", -1.8881545897087626e289])
def test_a_threshold_is_a_number_known_at_synth(value: float) -> None:
    with pytest.raises(UnitError):
        units.count(value)


@pytest.mark.parametrize("price", [0, -1, math.nan, math.inf, True, -1.8881545897087626e289])
def test_a_budget_needs_a_price(price: float) -> None:
    with pytest.raises(UnitError):
        units.usd_per_day(1, price_per_gb=price)


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (units.gigabits_per_second(2), "2 Gbit/s"),
        (units.usd_per_day(150, price_per_gb=0.045), "150 USD/day at 0.045 USD/GB"),
        (units.percent(98), "98%"),
        (units.count(5), "5"),
        (units.ratio(0.5), "0.5"),
        (units.count_per_second(3), "3 count/s"),
    ],
)
def test_a_quantity_is_written_as_it_is_read(quantity: Quantity, text: str) -> None:
    assert str(quantity) == text


_SAME = {
    "data per time": [units.bits_per_second(1), units.gigabits_per_second(1), units.tebibytes_per_day(1)],
    "a time": [units.milliseconds(1), units.seconds(1), units.days(1), units.hours(1)],
    "a ratio": [units.ratio(1), units.percent(1)],
    "an amount of data": [units.bytes_(1), units.gibibytes(1), units.gigabytes(1)],
}


@given(data=st.data(), number=st.integers(-(10**9), 10**9))
def test_there_and_back_again(data: st.DataObject, number: int) -> None:
    kind = data.draw(st.sampled_from(sorted(_SAME)))
    start, other = (data.draw(st.sampled_from(_SAME[kind])).unit for _ in range(2))
    assert start.kind == kind
    there = product(start.steps_to(other))
    back = product(other.steps_to(start))
    assert Fraction(number) * there * back == number


@given(st.sampled_from(sorted(CLOUDWATCH_UNITS)), st.sampled_from(sorted(CLOUDWATCH_UNITS)))
def test_dividing_undoes_multiplying(left: str, right: str) -> None:
    a, b = CLOUDWATCH_UNITS[left], CLOUDWATCH_UNITS[right]
    again = a * b / b
    assert again.dimension == a.dimension
    assert product(again.steps) == product(a.steps)


def test_every_unit_of_cloudwatch_is_known() -> None:
    from botocore.loaders import Loader

    model = Loader().load_service_model("cloudwatch", "service-2")
    assert set(model["shapes"]["StandardUnit"]["enum"]) <= set(CLOUDWATCH_UNITS)
