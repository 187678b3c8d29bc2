"""Alarms proved on written series: what tests write, and what they are told."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cdktf import Testing as CdkTesting

from northsouth.alerts.replay import MetricKey, Settings, State
from northsouth.errors import ConfigurationError
from northsouth.testing import replay, series
from tests.harness.examples import load

EXAMPLE = (
    Path(__file__).parent.parent / "snapshots/__snapshots__/test_stacks/test_declared_state[example][alarms].tf.json"
)
NAT = "example-alarms-nat-throughput"


def test_the_example_holds_and_the_docs_quote_it_and_its_failure() -> None:
    root = Path(__file__).parents[2]
    file, docs = root / "examples/testing_alarm.py", (root / "docs/replay.md").read_text(encoding="utf-8")
    example = load(file)
    example.test_failing_requests_are_noticed()
    assert f"```python\n{file.read_text(encoding='utf-8')}```" in docs
    fast = replay(example.Web(CdkTesting.app(), "web")).alarm("web-serving-success-rate-fast")
    told = fast.given({"RequestCount": series("1000 x 45")}, rest="_ x 20, 100 x 10, _ x 15")
    with pytest.raises(AssertionError) as failed:
        assert told.states == ["OK"]
    assert f"```text\n{failed.value}\n```" in docs


def alarm(name: str, metric: str, **arguments: Any) -> dict[str, Any]:
    given = {
        "alarm_name": name,
        "comparison_operator": "GreaterThanThreshold",
        "threshold": 5,
        "evaluation_periods": 3,
        "treat_missing_data": "notBreaching",
        "metric_name": metric,
        "namespace": "Shop",
        "period": 60,
        "statistic": "Sum",
        **arguments,
    }
    return {key: value for key, value in given.items() if value is not None}


def declared(*alarms: dict[str, Any], **others: dict[str, Any]) -> dict[str, Any]:
    return {"resource": {"aws_cloudwatch_metric_alarm": {each["alarm_name"]: each for each in alarms}, **others}}


ERRORS = declared(alarm("errors", "Errors"))


def test_the_example_of_the_issue() -> None:
    told = replay(EXAMPLE).alarm(NAT).given({"BytesOutToDestination": "1GiB x 60, 90GiB x 15, _ x 10"}, rest=0)
    assert told.states == ["OK", "ALARM", "OK"]
    assert told.entered() == ["1h10m"]
    assert told.entered("OK") == ["1h21m"]


def test_one_of_several_metrics_of_a_name_is_chosen_in_braces() -> None:
    nat = replay(EXAMPLE).alarm(NAT)
    quiet = {"BytesOutToDestination": series("1GiB x 60"), "BytesInFromDestination": 0}
    assert nat.given(quiet).states == ["OK"]
    one_loud = {**quiet, "BytesOutToDestination{us-east-1b}": series("1GiB x 30, 90GiB x 30")}
    assert nat.given(one_loud).entered() == ["40m"]
    first, *_ = nat.metrics
    assert nat.given({**quiet, first: series("90GiB x 60")}).states == ["OK", "ALARM"]


def test_a_metric_that_is_not_mentioned_is_an_error_with_the_line_to_write() -> None:
    nat = replay(EXAMPLE).alarm(NAT)
    with pytest.raises(ConfigurationError) as refused:
        nat.given({"BytesOutToDestination{us-east-1a}": series("1GiB x 60")})
    fixes = [problem.fix.partition(", or")[0] for problem in refused.value.problems]
    assert fixes == [
        'Write "BytesInFromDestination": series("0 x 60")',
        'Write "BytesOutToDestination{gateway-us-east-1b}": series("0 x 60")',
        'Write "BytesOutToDestination{gateway-us-east-1c}": series("0 x 60")',
    ]
    lines = {fix.split('"')[1]: 0 for fix in fixes}
    assert nat.given({"BytesOutToDestination{us-east-1a}": series("1GiB x 60"), **lines}).states == ["OK"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"Eror": "0 x 60"}, r"given\['Eror'\]: got no metric of this alarm; .* It reads Shop/Errors."),
        ({"Errors{eu}": "0 x 60"}, "got no metric of this alarm"),
        ({"Errors": "0 x 60", "Shop/Errors": "0 x 60"}, "Shop/Errors by 'Errors' and 'Shop/Errors'"),
        ({"Errors": "0 y 60"}, "character 3: got '[^']*'; a series is values"),
        ({"Errors": 0}, "got numbers alone; a series says how long. Write one of them as a series"),
        ({"Errors": "0 x 2"}, "never fills the 5 periods of 60 s that it loads"),
    ],
)
def test_what_cannot_be_meant_is_refused(given: dict[str, Any], expected: str) -> None:
    with pytest.raises(ConfigurationError, match=expected):
        replay(ERRORS).alarm("errors").given(given)


def test_an_alarm_that_does_not_exist_or_cannot_be_replayed_is_refused() -> None:
    search = [{"id": "e", "expression": "SUM(SEARCH('{A}', 'Sum', 60))", "period": 60, "return_data": True}]
    odd = alarm("odd", "x", metric_query=search, metric_name=None, namespace=None, period=None, statistic=None)
    alarms = replay(declared(alarm("errors", "Errors"), odd))
    assert alarms.names == ("errors",)
    with pytest.raises(ConfigurationError, match=r"no such alarm\. Did you mean 'errors'"):
        alarms.alarm("error")
    with pytest.raises(ConfigurationError, match=r"odd: got a refused alarm; .*SEARCH"):
        alarms.alarm("odd")


def test_an_alarm_is_found_by_its_address_too() -> None:
    assert replay(ERRORS).alarm("aws_cloudwatch_metric_alarm.errors").name == "errors"


def test_missing_data_is_written_as_well_as_data() -> None:
    heartbeat = alarm(
        "beat", "Beats", comparison_operator="LessThanThreshold", threshold=1, treat_missing_data="breaching"
    )
    beat = replay(declared(heartbeat)).alarm("beat")
    told = beat.given({"Beats": series("1 x 10, _ x 20, 1 x 10")})
    assert told.states == ["OK", "ALARM", "OK"]
    assert beat.given({"Beats": series("_ x 10")}).entered() == ["5m"]
    assert beat.given({"Beats": series("_ x 7, 1 x 10")}).states == ["OK", "ALARM", "OK"]


def test_percentiles_are_of_the_samples_that_are_written() -> None:
    slow = alarm("slow", "Latency", statistic=None, extended_statistic="p90", threshold=0.5, evaluation_periods=1)
    told = (
        replay(declared(slow)).alarm("slow").given({"Latency": series("(100ms*95, 2s*5) x 5, (100ms*80, 2s*20) x 5")})
    )
    assert told.entered() == ["6m"]


def test_a_composite_needs_the_metrics_of_all_alarms_below_it() -> None:
    both = {"alarm_name": "both", "alarm_rule": "ALARM(errors) AND NOT OK(slow)"}
    documents = declared(
        alarm("errors", "Errors"),
        alarm("slow", "Slow"),
        alarm("other", "Other"),
        aws_cloudwatch_composite_alarm={"both": both},
    )
    both_alarm = replay(documents).alarm("both")
    assert [metric.name for metric in both_alarm.metrics] == ["Errors", "Slow"]
    told = both_alarm.given({"Errors": series("0 x 10, 9 x 10"), "Slow": series("0 x 15, 9 x 5")})
    assert told.entered() == ["18m"]


def test_high_resolution_and_daily_points() -> None:
    fast = replay(declared(alarm("fast", "Queue", period=10, statistic="Maximum"))).alarm("fast")
    assert fast.given({"Queue": series("0 x 10, 9 x 10", every=10)}).entered() == ["2m10s"]
    days = alarm(
        "days",
        "DaysToExpiry",
        period=86400,
        statistic="Minimum",
        evaluation_periods=1,
        threshold=30,
        comparison_operator="LessThanOrEqualToThreshold",
    )
    told = replay(declared(days)).alarm("days").given({"DaysToExpiry": series("33-1 x 5", every=86400)})
    assert told.entered() == ["3d1m"]


def test_the_clock_and_other_assumptions_can_be_chosen() -> None:
    hours = alarm("hours", "Requests", evaluation_periods=1, metric_query=[
        {"id": "m", "metric": {"metric_name": "Requests", "namespace": "Shop", "period": 60, "stat": "Sum"}},
        {"id": "e", "expression": "IF(HOUR(m) >= 8, m, 0)", "return_data": True},
    ], metric_name=None, namespace=None, period=None, statistic=None)  # fmt: skip
    morning = datetime(2026, 1, 5, 7, 30, tzinfo=UTC)
    told = replay(declared(hours), begin=morning).alarm("hours").given({"Requests": series("9 x 60")})
    assert told.entered() == ["31m"]
    new = replay(ERRORS, settings=Settings()).alarm("errors").given({"Errors": series("0 x 10")})
    assert new.states == ["INSUFFICIENT_DATA", "OK"]
    late = replay(ERRORS, settings=Settings(initial=State.OK, delay=120)).alarm("errors")
    assert late.given({"Errors": series("0 x 10, 9 x 10")}).entered() == ["15m"]


def test_a_beginning_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="it has a time zone"):
        replay(ERRORS, begin=datetime(2026, 1, 5))  # noqa: DTZ001
    with pytest.raises(ConfigurationError, match="points begin at full minutes"):
        replay(ERRORS, begin=datetime(2026, 1, 5, second=1, tzinfo=UTC))


def test_the_state_at_a_moment() -> None:
    told = replay(ERRORS).alarm("errors").given({MetricKey("Shop", "Errors"): "0 x 10, 9 x 10, 0 x 10"})
    assert [told.at(moment) for moment in ("12m", "13m", "22m")] == ["OK", "ALARM", "OK"]
    for wrong in ("", "soon", "2m", "31m"):
        with pytest.raises(ConfigurationError, match="it was judged from 5m to 30m"):
            told.at(wrong)
    with pytest.raises(ValueError, match="ALARMED"):
        told.entered("ALARMED")


def test_a_failing_comparison_prints_the_timeline() -> None:
    told = replay(ERRORS).alarm("errors").given({"Errors": series("0 x 10, 9 x 10, 0 x 10")})
    with pytest.raises(AssertionError) as failed:
        assert told.states == ["OK"]
    text = str(failed.value)
    assert "['OK', 'ALARM', 'OK'] == ['OK']" in text
    for row in ("errors", "5m  OK before the first evaluation", "13m  ALARM: Threshold Crossed: 3 ", "21m  OK: Thresh"):
        assert row in text
