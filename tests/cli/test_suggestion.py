"""What is written where an alarm is declared: arguments of the packs, from the synthesized example."""

from __future__ import annotations

from typing import Any

import pytest

from northsouth.alerts.replay.declared import read_alarms
from northsouth.alerts.replay.tuning import Setting
from northsouth.cli.suggestion import lines
from northsouth.template import Template
from northsouth.template.reading import parse


def stack(path: str, description: str = "", threshold: float = 2, **more: Any) -> Template:
    body = {
        "//": {"metadata": {"path": path, "uniqueId": "x"}},
        "alarm_name": "x",
        "alarm_description": description,
        "namespace": "N",
        "metric_name": "M",
        "statistic": "Sum",
        "period": 60,
        "evaluation_periods": 3,
        "threshold": threshold,
        "comparison_operator": "GreaterThanThreshold",
        **more,
    }
    return parse({"resource": {"aws_cloudwatch_metric_alarm": {"x": body}}})


def written(template: Template, setting: Setting) -> list[str]:
    (alarm,) = read_alarms(template).metric.values()
    return list(lines(template["aws_cloudwatch_metric_alarm.x"], alarm, setting))


THROUGHPUT = "[warning] NAT\nMeasured: bytes > 2 Gbit/s at 3 of 3 data points of 1 min.\nRunbook: x"
POINTS = "datapoints_to_alarm = 4, evaluation_periods = 5"
IN_TERRAFORM = f"In aws_cloudwatch_metric_alarm.x, write: threshold = 1.5, {POINTS}, period = 300"
BUDGET = "Measured: bytes > 150 USD/day at 0.045 USD/GB at 1 of 1 data points of 1 day."


@pytest.mark.parametrize(
    ("path", "description", "threshold", "expected"),
    [
        pytest.param(
            "hub/alarms/nat/throughput/alarm",
            THROUGHPUT,
            2,
            ['In hub/alarms/nat/throughput, write: over = "1.5 Gbit/s", datapoints = 4, of = 5, period = 300'],
            id="a pack's method",
        ),
        pytest.param(
            "hub/mine/daily-budget/alarm",
            BUDGET,
            150,
            [
                'In hub/mine/daily-budget, write: budget = "1.5 USD/day at 0.045 USD/GB", period = 300',
                f"The pack has no argument for {POINTS}. An Alarm of your own has.",
            ],
            id="what the pack fixes",
        ),
        pytest.param(
            "hub/alarms/nat/bandwidth/alarm",
            "Measured: bytes > 80.0 Gbit/s at 3 of 5 data points of 1 min.",
            80,
            [
                "In hub/alarms/nat/bandwidth, write: datapoints = 4, of = 5",
                "The pack has no argument for threshold = 1.5, period = 300. An Alarm of your own has.",
            ],
            id="a limit that is a share of another quantity",
        ),
        pytest.param(
            "hub/serving/success-rate-fast/alarm",
            "Measured: share < 95% at 2 of 3 data points of 1 min.",
            95,
            [IN_TERRAFORM],
            id="one of several alarms of a method",
        ),
        pytest.param(
            "hub/shop/slow/alarm",
            THROUGHPUT,
            2,
            [IN_TERRAFORM],
            id="no pack",
        ),
    ],
)
def test_what_is_written(path: str, description: str, threshold: float, expected: list[str]) -> None:
    assert written(stack(path, description, threshold), Setting(1.5, 4, 5, 300)) == expected


def test_a_plan_has_no_paths() -> None:
    template = stack("")
    assert written(template, Setting(2, 3, 3, 60)) == ["aws_cloudwatch_metric_alarm.x is declared so already."]
    assert written(template, Setting(2, 1, 1, 60)) == [
        "In aws_cloudwatch_metric_alarm.x, write: datapoints_to_alarm = 1, evaluation_periods = 1"
    ]
