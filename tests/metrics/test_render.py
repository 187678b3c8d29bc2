# ruff: noqa: SIM300 (a metric on the left of a comparison is not a constant)
from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.metrics import IF, SUM, Metric, Truth, render
from northsouth.metrics.render import duration, name_metrics
from northsouth.metrics.units import (
    Quantity,
    bytes_per_second,
    count,
    gigabits_per_second,
    megabits_per_second,
    milliseconds,
    percent,
    tebibytes_per_day,
    usd_per_day,
)
from tests.metrics.reference import evaluate


def nat(name: str, unit: str = "Bytes", *, statistic: str = "Sum", gateway: str = "nat-1", label: str = "") -> Metric:
    return Metric(
        namespace="AWS/NATGateway",
        name=name,
        statistic=statistic,
        unit=unit,
        dimensions={"NatGatewayId": gateway},
        period=300,
        label=label,
    )


OUT, IN = nat("BytesOutToDestination"), nat("BytesInFromDestination")
REQUESTS, ARCHIVED = nat("RequestCount", "Count"), nat("Archived", "Count")
LATENCY = nat("TargetResponseTime", "Seconds", statistic="p99")
RATE = "(bytes_out_to_destination + bytes_in_from_destination) / PERIOD(bytes_out_to_destination)"
PEAK = nat("PeakBytesPerSecond", "Bytes/Second", statistic="Maximum")


@pytest.mark.parametrize(
    ("truth", "operator", "threshold", "expression"),
    [
        # One metric stays one metric: the threshold is brought into its unit.
        (LATENCY > milliseconds(500), "GreaterThanThreshold", 0.5, ""),
        (PEAK >= gigabits_per_second(2), "GreaterThanOrEqualToThreshold", 250_000_000, ""),
        (REQUESTS <= 5, "LessThanOrEqualToThreshold", 5, ""),
        (count(5) > REQUESTS, "LessThanThreshold", 5, ""),
        # Math is brought into the unit of the threshold.
        (
            (OUT + IN).per_second() > gigabits_per_second(2),
            "GreaterThanThreshold",
            2,
            f"{RATE} * 8 / 1000000000",
        ),
        (
            OUT.per_second() > tebibytes_per_day(1),
            "GreaterThanThreshold",
            1,
            "bytes_out_to_destination / PERIOD(bytes_out_to_destination) / 1099511627776 * 86400",
        ),
        (
            OUT.per_second() > usd_per_day(150, price_per_gb=0.045),
            "GreaterThanThreshold",
            150,
            "bytes_out_to_destination / PERIOD(bytes_out_to_destination) / 1000000000 * 0.045 * 86400",
        ),
        (OUT.per_second() > bytes_per_second(9), "GreaterThanThreshold", 9, None),
        (ARCHIVED / REQUESTS < 0.98, "LessThanThreshold", 0.98, "archived / request_count"),
        (ARCHIVED / REQUESTS < percent(98), "LessThanThreshold", 98, "archived / request_count * 100"),
        (0.98 > ARCHIVED / REQUESTS, "LessThanThreshold", 0.98, "archived / request_count"),
        # Two series are compared by their difference, two conditions by whether they hold.
        (ARCHIVED < REQUESTS, "LessThanThreshold", 0, "archived - request_count"),
        ((ARCHIVED < REQUESTS) & (REQUESTS > 9), "GreaterThanThreshold", 0, None),
    ],
)
def test_the_form_of_a_condition(truth: Truth, operator: str, threshold: float, expression: str | None) -> None:
    rendered = render(truth.for_datapoints(3, of=4))
    assert (rendered.comparison_operator, rendered.threshold) == (operator, threshold)
    assert (rendered.datapoints_to_alarm, rendered.evaluation_periods, rendered.period) == (3, 4, 300)
    assert (rendered.metric is not None) == (expression == "")
    if rendered.metric is None:
        *metrics, result = rendered.queries
        assert all(query.metric is not None and not query.expression for query in metrics)
        assert result.metric is None
        if expression:
            assert result.expression == expression


@given(
    quantity=st.sampled_from([gigabits_per_second(2), megabits_per_second(9), tebibytes_per_day(1)])
    | st.floats(1, 1e4).map(lambda budget: usd_per_day(budget, price_per_gb=0.045)),
    sent=st.integers(0, 10**13),
    received=st.integers(0, 10**13),
)
def test_the_numbers_agree_with_the_declaration(quantity: Quantity, sent: int, received: int) -> None:
    rendered = render(((OUT + IN).per_second() > quantity).for_datapoints(1))
    values = {"bytes_out_to_destination": Fraction(sent), "bytes_in_from_destination": Fraction(received)}
    judged = evaluate(rendered.queries[-1].expression, values, period=300)
    per_second = Fraction(sent + received, 300)
    limit = Quantity(quantity.value, quantity.unit).number_in(bytes_per_second(1).unit)
    if abs(per_second - Fraction(limit)) > 1:
        assert (judged > Fraction(str(rendered.threshold))) == (per_second > limit)


def test_the_text_is_for_people() -> None:
    condition = ((OUT + IN).per_second() > gigabits_per_second(2)).for_datapoints(3, of=4)
    assert render(condition).text == (f"{RATE} > 2 Gbit/s at 3 of 4 data points of 5 min")
    assert render((LATENCY > milliseconds(500)).for_datapoints(1)).text.startswith("target_response_time > 500 ms at")
    gate = IF(REQUESTS >= 100, ARCHIVED / REQUESTS, 1) < 0.98
    assert render(gate.for_datapoints(1)).text.startswith(
        "IF(request_count >= 100, archived / request_count, 1) < 0.98"
    )


def test_the_queries_are_named_for_people() -> None:
    rate = render(((OUT + nat("X", label="ours")).per_second() > gigabits_per_second(2)).for_datapoints(1))
    assert [query.label for query in rate.queries] == ["BytesOutToDestination", "ours", "Gbit/s"]
    assert [query.expression for query in rate.queries[:2]] == ["", ""]
    assert rate.unit == gigabits_per_second(2).unit
    ratio = render((ARCHIVED / REQUESTS < 0.98).for_datapoints(1))
    assert [query.label for query in ratio.queries] == ["Archived", "RequestCount", "ratio"]
    assert render((REQUESTS > 5).for_datapoints(1)).queries == ()


def test_a_condition_is_said_in_other_words() -> None:
    assert render((REQUESTS > 5).for_datapoints(1)).said("requests") == "requests > 5 at 1 of 1 data points of 5 min"
    without_limit = render((ARCHIVED < REQUESTS).for_datapoints(1))
    assert (without_limit.limit, without_limit.said("it")) == ("", "it at 1 of 1 data points of 5 min")
    both = render(((ARCHIVED < REQUESTS) & (REQUESTS > 9)).for_datapoints(1))
    assert both.limit == ""
    assert both.text == "archived < request_count AND request_count > 9 at 1 of 1 data points of 5 min"


@pytest.mark.parametrize(
    ("metrics", "ids"),
    [
        ([nat("HTTPCode_Target_5XX_Count")], ["http_code_target_5xx_count"]),
        ([nat("5XXError")], ["m_5xx_error"]),
        ([nat("apiserver_request_total_5XX")], ["apiserver_request_total_5xx"]),
        ([nat("X", label="Zone us-east-1a")], ["zone_us_east_1a"]),
        ([nat("X"), nat("X", statistic="p99.9")], ["x_sum", "x_p99_9"]),
        ([nat("X"), nat("X", gateway="nat-2")], ["x_nat_1", "x_nat_2"]),
        ([nat("X", gateway="${a.id}"), nat("X", gateway="${b.id}")], ["x", "x_2"]),
        ([nat("X", label="${a.id}")], ["metric"]),
        ([nat("Result"), nat("B")], ["result", "b"]),
        ([nat("été")], ["t"]),
        ([nat("漢")], ["m"]),
    ],
)
def test_ids_are_readable_and_unique(metrics: list[Metric], ids: list[str]) -> None:
    total = metrics[0] + 0 * metrics[0]
    for metric in metrics[1:]:
        total = total + metric
    assert list(name_metrics(total).values()) == ids


@given(
    st.lists(
        st.builds(
            nat,
            st.text(min_size=1, max_size=300),
            statistic=st.sampled_from(["Sum", "p99", "TM(1%:2%)"]),
            gateway=st.sampled_from(["nat-1", "nat-2", "${a.id}", "X Y"]),
            label=st.sampled_from(["", "zone a", "Zone-A", "${a.b}", "9"]),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_ids_are_always_ones_that_cloudwatch_takes(metrics: list[Metric]) -> None:
    total = SUM(*metrics)
    ids = name_metrics(total)
    assert len(set(ids.values())) == len(ids) == len(set(metrics))
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,254}", each) for each in ids.values())


def test_the_expression_has_an_id_of_its_own() -> None:
    result = nat("Result", "Count")
    rendered = render((result + REQUESTS > 3).for_datapoints(1))
    assert [query.id for query in rendered.queries] == ["result", "request_count", "result_2"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (10, "10 s"),
        (60, "1 min"),
        (90, "90 s"),
        (300, "5 min"),
        (3600, "1 h"),
        (5400, "90 min"),
        (86400, "1 day"),
        (172800, "2 days"),
        (604800, "7 days"),
    ],
)
def test_durations(seconds: int, text: str) -> None:
    assert duration(seconds) == text
