from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from northsouth.alerts.replay import MetricKey, read_alarms
from northsouth.alerts.replay.alarms import Actions, Alarms, Comparison, Missing, Suppressor, WarmUp
from northsouth.template import parse

PLAIN = {
    "alarm_name": "a",
    "comparison_operator": "GreaterThanThreshold",
    "threshold": 5,
    "evaluation_periods": 3,
    "metric_name": "M",
    "namespace": "T",
    "period": 60,
    "statistic": "Sum",
}
MATH = {key: value for key, value in PLAIN.items() if key not in ("metric_name", "namespace", "period", "statistic")}


def metric(name: str, period: int = 60, stat: str = "Sum") -> list[dict[str, Any]]:
    return [{"metric_name": name, "namespace": "T", "period": period, "stat": stat}]


def queries(*expressions: str, period: int = 60) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"id": f"e{place}", "expression": text, "return_data": place == 0} for place, text in enumerate(expressions)
    ]
    return [*found, {"id": "m1", "metric": metric("M")}, {"id": "m2", "metric": metric("O", period)}]


def alarms(**resources: dict[str, Any]) -> Alarms:
    return read_alarms(parse({"resource": {f"aws_cloudwatch_{kind}": blocks for kind, blocks in resources.items()}}))


def one(**change: Any) -> Any:
    return alarms(metric_alarm={"x": {**PLAIN, **change}}).metric["a"]


def test_a_plain_alarm_is_read_with_awss_defaults() -> None:
    alarm = one()
    assert (alarm.address, alarm.periods, alarm.datapoints, alarm.period) == ("aws_cloudwatch_metric_alarm.x", 3, 3, 60)
    assert (alarm.comparison, alarm.threshold, alarm.missing) == (Comparison.GREATER, 5.0, Missing.MISSING)
    assert (alarm.time_zone, alarm.warm_up, alarm.keeps_on_low_samples) == (None, None, False)
    assert alarm.metrics == (MetricKey("T", "M"),)
    assert alarm.actions == Actions()


def test_numbers_can_be_text_and_blocks_can_be_lists_or_objects() -> None:
    window = {"wall_clock_window": {"timezone": "Europe/Paris"}}
    alarm = one(
        threshold="0.5", evaluation_periods="4", datapoints_to_alarm="2", period="3600", evaluation_window=window
    )
    assert (alarm.threshold, alarm.periods, alarm.datapoints, alarm.time_zone) == (0.5, 4, 2, "Europe/Paris")
    assert one(evaluation_window=[{"wall_clock_window": [{}]}]).time_zone == "UTC"
    warm_up = {"warm_up_period_duration_in_minutes": 30, "only_start_evaluating_after_warm_up_period_ends": True}
    assert one(warm_up_configuration=[warm_up]).warm_up == WarmUp(30, waits=True)


def test_actions_and_percentiles() -> None:
    alarm = one(
        statistic=None,
        extended_statistic="p99.9",
        evaluate_low_sample_count_percentiles="ignore",
        alarm_actions=["arn:a"],
        ok_actions=["${aws_sns_topic.t.arn}"],
        actions_enabled=False,
        dimensions={"B": "2", "A": "${aws_lb.x.arn_suffix}"},
        unit="Count",
    )
    (stat,) = alarm.stats
    assert (stat.statistic, stat.unit, alarm.keeps_on_low_samples) == ("p99.9", "Count", True)
    assert stat.metric == MetricKey("T", "M", (("A", "${aws_lb.x.arn_suffix}"), ("B", "2")))
    assert alarm.actions == Actions(("arn:a",), ("${aws_sns_topic.t.arn}",), (), enabled=False)


def test_metric_math_is_read_with_what_it_judges() -> None:
    alarm = alarms(metric_alarm={"x": {**MATH, "metric_query": queries("e1 / m2", "m1 * 100")}}).metric["a"]
    assert alarm.judged == "e0"
    assert [query.id for query in alarm.queries] == ["e0", "e1", "m1", "m2"]


def test_composites_are_read_with_the_names_behind_references() -> None:
    found = alarms(
        metric_alarm={"x": PLAIN, "y": {**PLAIN, "alarm_name": 'b "quoted"'}},
        composite_alarm={
            "c": {
                "alarm_name": "c",
                "alarm_rule": 'ALARM("${aws_cloudwatch_metric_alarm.x.alarm_name}") OR '
                'OK("${aws_cloudwatch_metric_alarm.y.arn}") OR ALARM("elsewhere")',
                "actions_suppressor": {
                    "alarm": "${aws_cloudwatch_metric_alarm.x.id}",
                    "wait_period": 60,
                    "extension_period": 120,
                },
            }
        },
    )
    composite = found.composite["c"]
    assert composite.rule == 'ALARM("a") OR OK("b \\"quoted\\"") OR ALARM("elsewhere")'
    assert composite.suppressor == Suppressor("a", 60, 120)


def test_mute_rules_are_read() -> None:
    rule = {
        "name": "night",
        "rule": [{"schedule": [{"expression": "cron(0 2 * * *)", "duration": "PT4H", "timezone": "Europe/Paris"}]}],
        "mute_targets": [{"alarm_names": ["${aws_cloudwatch_metric_alarm.x.alarm_name}", "elsewhere"]}],
        "start_date": "2026-10-01T00:00:00Z",
        "expire_date": "2026-10-31T00:00:00+01:00",
    }
    (mute,) = alarms(metric_alarm={"x": PLAIN}, alarm_mute_rule={"m": rule}).mute_rules
    assert (mute.name, mute.duration, mute.time_zone, mute.alarms) == (
        "night",
        14400,
        "Europe/Paris",
        ("a", "elsewhere"),
    )
    assert (mute.start, mute.end) == (1790812800, 1793401200)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"comparison_operator": "LessThanLowerOrGreaterThanUpperThreshold"}, "needs a band"),
        ({"threshold_metric_id": "band", "threshold": None}, "an anomaly band, a model that only AWS can evaluate"),
        ({"evaluation_criteria": [{"promql_criteria": [{"query": "up == 0"}]}]}, "it is a PromQL alarm"),
        ({"threshold": "${var.limit}"}, "its threshold is '${var.limit}', not a number known now"),
        ({"threshold": None}, "its threshold is nothing"),
        ({"threshold": "nan"}, "not a number known now"),
        ({"evaluation_periods": 0}, "its evaluation_periods is 0, not a whole number from 1"),
        ({"evaluation_periods": 2.5}, "its evaluation_periods is 2.5, not a whole number"),
        ({"datapoints_to_alarm": 4}, "it asks for 4 of 3 data points"),
        ({"period": 45}, "its period of 45 s is not 10, 20 or 30 s"),
        ({"period": 300, "evaluation_periods": 289}, "longer than the 86400 s"),
        ({"period": 86400, "evaluation_periods": 8}, "longer than the 604800 s"),
        ({"statistic": None}, "its statistic None is not one of CloudWatch's"),
        ({"statistic": "Median"}, "its statistic 'Median'"),
        ({"metric_name": None}, "it has no metric_name"),
        ({"treat_missing_data": "zero"}, "treats missing data as 'zero'"),
        ({"period": 120, "evaluation_window": {"wall_clock_window": {}}}, "wall-clock window has a period of 120 s"),
        ({"evaluation_window": {"wall_clock_window": {"timezone": "Mars"}}}, "the time zone 'Mars' is not known"),
    ],
)
def test_what_cannot_be_replayed_is_refused_with_the_reason(change: dict[str, Any], words: str) -> None:
    found = alarms(metric_alarm={"x": {**PLAIN, **change}, "good": {**PLAIN, "alarm_name": "good"}})
    assert list(found.metric) == ["good"]
    (refusal,) = found.refused
    assert (refusal.alarm, refusal.address) == ("a", "aws_cloudwatch_metric_alarm.x")
    assert words in str(refusal)


@pytest.mark.parametrize(
    ("metric_query", "words"),
    [
        (queries("SEARCH('{T} M', 'Sum')"), "uses SEARCH: what it finds depends on the account"),
        (queries("ANOMALY_DETECTION_BAND(m1)"), "a model that only AWS can evaluate"),
        (queries("LAMBDA('f')"), "its data comes from a Lambda function"),
        ([{"id": "q", "expression": "SELECT SUM(M) FROM T", "period": 60, "return_data": True}], "Metrics Insights"),
        (queries("m1 + m2", period=300), "its metrics have the periods 60 s, 300 s"),
        (queries("m1 +"), "not understood at its end"),
        (queries("AVG(m1)"), "returns one number"),
        (queries("m3"), "names 'm3', which the alarm does not declare"),
        ([*queries("m1"), {"id": "e9", "expression": "m2", "return_data": True}], "2 of its queries return data"),
        ([{"id": "m1", "metric": metric("M", stat="p200"), "return_data": True}], "its statistic 'p200'"),
    ],
)
def test_math_that_cannot_be_replayed_is_refused_with_the_reason(
    metric_query: list[dict[str, Any]], words: str
) -> None:
    found = alarms(metric_alarm={"x": {**MATH, "metric_query": metric_query}})
    (refusal,) = found.refused
    assert words in str(refusal)


def test_other_kinds_are_refused_by_name() -> None:
    rule = {"name": "m", "rule": {"schedule": {"expression": "cron(0 2 * * ? *)", "duration": "PT4H"}}}
    found = alarms(
        log_alarm={"l": {"alarm_name": "logs"}},
        composite_alarm={"c": {"alarm_name": "c", "alarm_rule": "ALARM("}},
        alarm_mute_rule={"m": rule},
        metric_alarm={"x": PLAIN, "y": PLAIN, "z": {**PLAIN, "alarm_name": "z", "for_each": "${toset(var.names)}"}},
    )
    assert {refusal.alarm: refusal.reason for refusal in found.refused} == {
        "logs": "it is a log alarm, and what its query finds is not in the history of any metric",
        "c": "its rule is not understood at its end",
        "m": "its schedule 'cron(0 2 * * ? *)' has 6 fields; a mute rule's cron has five: minute, hour, day of the "
        "month, month, day of the week",
        "a": "another alarm of the file has its name",
        "z": "one block stands for several alarms whose number only Terraform knows",
    }


def plan(values: dict[str, Any], unknown: dict[str, Any]) -> dict[str, Any]:
    block = {"mode": "managed", "type": "aws_cloudwatch_metric_alarm", "name": "x"}
    block["address"] = "aws_cloudwatch_metric_alarm.x"
    return {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": [{**block, "values": values}]}},
        "resource_changes": [{**block, "change": {"actions": ["create"], "after_unknown": unknown}}],
    }


def test_a_plan_is_read_as_terraform_writes_it(tmp_path: Path) -> None:
    empty = {"metric_query": [], "evaluation_window": [], "evaluation_criteria": [], "warm_up_configuration": []}
    values = {**PLAIN, **empty, "unit": None, "threshold_metric_id": "", "dimensions": None, "extended_statistic": None}
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan(values, {"arn": True, "evaluate_low_sample_count_percentiles": True})))
    assert read_alarms(file).metric["a"].stats[0].metric == MetricKey("T", "M")


def test_what_a_plan_does_not_know_is_refused() -> None:
    found = read_alarms(parse(plan({**PLAIN, "dimensions": {}}, {"dimensions": {"LoadBalancer": True}})))
    (refusal,) = found.refused
    assert "its dimensions will be known only after the apply. Replay the synthesized file" in str(refusal)
