"""What alarms cost: by metric, resolution and kind, and what cannot be judged."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.alerts.alarm_cost import AlarmPrices, AlarmsCost, alarm_cost, change, headline, notes, prices_from
from northsouth.errors import ConfigurationError
from northsouth.template import parse

SIMPLE = {"metric_name": "Errors", "namespace": "Shop", "period": 60, "statistic": "Sum"}
CALLED = {"metric_name": "Errors", "namespace": "Shop", "period": 60, "stat": "Sum"}


def math(*expressions: str, metrics: int = 1, period: object = 60) -> dict[str, Any]:
    """Return an alarm on metric math."""
    blocks: list[dict[str, Any]] = [{"id": f"e{at}", "expression": each} for at, each in enumerate(expressions)]
    blocks += [{"id": f"m{at}", "metric": [{**CALLED, "period": period}]} for at in range(metrics)]
    return {"metric_query": blocks}


def costs(*alarms: dict[str, Any], composites: int = 0, **others: Any) -> AlarmsCost:
    resources = {
        "aws_cloudwatch_metric_alarm": {f"a{at}": {"alarm_name": f"a{at}", **each} for at, each in enumerate(alarms)},
        "aws_cloudwatch_composite_alarm": {f"c{at}": {"alarm_rule": "FALSE"} for at in range(composites)},
        **others,
    }
    return alarm_cost(parse({"terraform": {}, "resource": {kind: each for kind, each in resources.items() if each}}))


@pytest.mark.parametrize(
    ("alarm", "metrics", "usd"),
    [
        (SIMPLE, 1, 0.10),
        ({**SIMPLE, "period": 86400}, 1, 0.10),
        ({**SIMPLE, "period": 10}, 1, 0.30),
        ({**SIMPLE, "period": "30"}, 1, 0.30),
        (math("m0 / m1", metrics=2), 2, 0.20),
        ({"metric_query": {"id": "m", "return_data": True, "metric": {**CALLED, "period": 300}}}, 1, 0.10),
        (math("MAX(METRICS())", metrics=10, period=20), 10, 3.00),
        (math("ANOMALY_DETECTION_BAND(m0, 2)"), 3, 0.30),
        (math("ANOMALY_DETECTION_BAND(m0, 2)", period=10), 3, 0.90),
    ],
)
def test_an_alarm_is_billed_by_metric(alarm: dict[str, Any], metrics: int, usd: float) -> None:
    cost = costs(alarm)
    assert (cost.metrics, cost.complete) == (metrics, True)
    assert cost.total == pytest.approx(usd)


def test_the_worked_example() -> None:
    """The one in the docstring of the module."""
    rate, band, queue = (
        math("1 - m0 / m1 + m2", metrics=3),
        math("ANOMALY_DETECTION_BAND(m0)"),
        {**SIMPLE, "period": 10},
    )
    cost = costs(rate, band, queue, composites=1)
    assert cost.total == pytest.approx(1.40)
    assert headline(cost) == "alarms: 4 (7 metrics and 1 composite), 1.40 USD a month"


@pytest.mark.parametrize(
    ("alarm", "metrics", "reason"),
    [
        (math('SELECT AVG(CPUUtilization) FROM SCHEMA("AWS/EC2", InstanceId)', metrics=0), 1, "Metrics Insights"),
        ({"evaluation_criteria": [{"promql_criteria": [{"query": "up == 0"}]}]}, 0, "PromQL"),
        ({"dynamic": {"metric_query": {"for_each": "${var.queries}"}}}, 1, "dynamic"),
        ({**SIMPLE, "for_each": "${var.alarms}"}, 1, "one block"),
    ],
)
def test_what_cannot_be_judged_is_the_least(alarm: dict[str, Any], metrics: int, reason: str) -> None:
    cost = costs(alarm)
    assert (cost.metrics, cost.complete) == (metrics, False)
    assert reason in next(iter(notes(cost)))
    assert "at least" in headline(cost)


def test_alarms_on_logs_are_counted_and_not_judged() -> None:
    cost = costs(aws_cloudwatch_log_alarm={"l": {"alarm_name": "l"}})
    assert (len(cost.alarms), cost.complete) == (1, False)


def test_a_change_says_number_and_price() -> None:
    before, after = costs(SIMPLE), costs(SIMPLE, math("m0 / m1", metrics=2), composites=1)
    assert change(before, after) == "alarms: 1 → 3, +0.70 USD a month"
    assert change(after, before) == "alarms: 3 → 1, -0.70 USD a month"
    assert change(before, before) == ""
    assert change(before, costs({**SIMPLE, "period": 10})) == "alarms: 1 → 1, +0.20 USD a month"
    unknown = costs({**SIMPLE, "for_each": "${var.alarms}"})
    assert change(costs(), unknown) == "alarms: 0 → 1, +0.10 USD a month, of what can be judged"


@given(st.lists(st.sampled_from([SIMPLE, math("m0", metrics=4), {**SIMPLE, "period": 30}]), max_size=6))
def test_stacks_add_up(alarms: list[dict[str, Any]]) -> None:
    assert costs(*alarms).total == pytest.approx(sum(costs(each).total for each in alarms))


def test_prices_of_another_region() -> None:
    where = {"region": "eu-west-1", "as_of": "2026-11", "source": "our contract"}
    prices = prices_from({"composite": 0.4}, **where)
    assert (prices.metric, prices.composite, prices.region) == (AlarmPrices().metric, 0.4, "eu-west-1")
    for table in ({"metrics": 1}, {"metric": "0.1"}, {"metric": -1}, {"metric": True}):
        with pytest.raises(ConfigurationError):
            prices_from(table, **where)
