"""Alarms that the emulator judges from the data it was given."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from northsouth.emulator.__main__ import judge_each_minute
from northsouth.emulator.server import Emulator

START = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def cloudwatch(emulator: Emulator) -> Any:
    """A client, with a composite over an alarm on a ratio, and one on a metric."""
    client = emulator.client("cloudwatch")
    common = {"EvaluationPeriods": 3, "DatapointsToAlarm": 2, "TreatMissingData": "notBreaching"}
    client.put_metric_alarm(
        AlarmName="errors", ComparisonOperator="GreaterThanThreshold", Threshold=5, MetricName="Errors",
        Namespace="Web", Period=60, Statistic="Sum", **common,
    )  # fmt: skip
    queries = [
        {"Id": short, "MetricStat": {"Metric": {"Namespace": "Web", "MetricName": name}, "Period": 60, "Stat": "Sum"},
         "ReturnData": False}
        for short, name in (("e", "Errors"), ("r", "Requests"))
    ]  # fmt: skip
    client.put_metric_alarm(
        AlarmName="share", ComparisonOperator="GreaterThanThreshold", Threshold=0.5,
        Metrics=[*queries, {"Id": "result", "Expression": "e / r", "ReturnData": True}], **common,
    )  # fmt: skip
    client.put_composite_alarm(AlarmName="both", AlarmRule="ALARM(errors) AND ALARM(share)")
    return client


def put(client: Any, name: str, first: int, values: list[float]) -> None:
    data = [
        {"MetricName": name, "Value": value, "Timestamp": START + timedelta(minutes=first + place)}
        for place, value in enumerate(values)
    ]
    client.put_metric_data(Namespace="Web", MetricData=data)


def states(client: Any) -> dict[str, str]:
    answer = client.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    return {each["AlarmName"]: each["StateValue"] for each in answer["MetricAlarms"] + answer["CompositeAlarms"]}


def after(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def test_plain_alarms_metric_math_and_composites_follow_the_data(emulator: Emulator, cloudwatch: Any) -> None:
    put(cloudwatch, "Requests", 0, [10] * 30)
    put(cloudwatch, "Errors", 10, [9] * 10)
    emulator.judge_alarms(START, after(10))
    assert states(cloudwatch) == {"errors": "OK", "share": "OK", "both": "OK"}
    emulator.judge_alarms(after(11), after(12))
    assert states(cloudwatch) == {"errors": "ALARM", "share": "ALARM", "both": "ALARM"}
    newest, oldest = cloudwatch.describe_alarm_history(AlarmName="errors")["AlarmHistoryItems"]
    assert [item["Timestamp"].replace(tzinfo=UTC) for item in (oldest, newest)] == [START, after(12)]
    emulator.judge_alarms(after(13), after(30))
    assert states(cloudwatch) == {"errors": "OK", "share": "OK", "both": "OK"}


def test_between_two_moments_a_test_can_look_at_what_came_of_the_first(emulator: Emulator, cloudwatch: Any) -> None:
    put(cloudwatch, "Requests", 0, [10] * 30)
    put(cloudwatch, "Errors", 10, [9] * 10)
    emulator.judge_alarms(START, after(1))
    seen: list[tuple[datetime, str]] = []
    emulator.judge_alarms(after(2), after(30), lambda moment: seen.append((moment, states(cloudwatch)["both"])))
    assert seen == [(after(12), "OK"), (after(22), "ALARM"), (after(24), "OK")]


def test_nothing_is_judged_that_nobody_asks_for(cloudwatch: Any) -> None:
    put(cloudwatch, "Errors", 0, [9] * 10)
    cloudwatch.set_alarm_state(AlarmName="share", StateValue="ALARM", StateReason="by hand")
    assert states(cloudwatch) == {"errors": "INSUFFICIENT_DATA", "share": "ALARM", "both": "OK"}


def test_the_process_judges_each_minute_once_and_catches_up(emulator: Emulator, cloudwatch: Any) -> None:
    put(cloudwatch, "Errors", 0, [0, 9, 9, 0, 0])
    seconds = [30, 31, 60, 61, 200, 201, 202, 301]
    clock = iter(START + timedelta(seconds=each) for each in seconds)
    seen: list[tuple[datetime, str]] = []

    def judge(start: datetime, end: datetime) -> None:
        assert start == end
        emulator.judge_alarms(start, end)
        seen.append((start, states(cloudwatch)["errors"]))

    turns = iter([False] * (len(seconds) - 1) + [True])
    judge_each_minute(judge, lambda _: next(turns), lambda: next(clock))
    assert seen == [(after(1), "OK"), (after(2), "OK"), (after(3), "ALARM"), (after(4), "ALARM")]


def test_a_topic_is_told_when_the_data_turns_bad_and_when_it_turns_good(emulator: Emulator, cloudwatch: Any) -> None:
    topic = emulator.client("sns").create_topic(Name="told")["TopicArn"]
    sqs = emulator.client("sqs")
    url = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    emulator.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    publisher = {"Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"}, "Action": "sns:Publish"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{**publisher, "Resource": topic}]})
    emulator.client("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    sender = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{**sender, "Resource": arn}]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    cloudwatch.put_metric_alarm(
        AlarmName="beat", ComparisonOperator="LessThanThreshold", Threshold=1, EvaluationPeriods=1, MetricName="Beats",
        Namespace="Web", Period=60, Statistic="Sum", TreatMissingData="breaching",
        AlarmActions=[topic], OKActions=[topic],
    )  # fmt: skip
    put(cloudwatch, "Beats", 0, [1] * 10)
    put(cloudwatch, "Beats", 20, [1] * 10)
    emulator.judge_alarms(after(3), after(30))
    # The first message says that the new alarm is OK.
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    told = [json.loads(json.loads(each["Body"])["Message"]) for each in messages]
    assert [each["NewStateValue"] for each in told] == ["OK", "ALARM", "OK"]
    assert told[1]["StateChangeTime"].startswith("2026-11-21T12:1")


def test_a_new_alarm_has_no_state_yet_and_one_that_is_changed_keeps_its_own(cloudwatch: Any) -> None:
    assert states(cloudwatch) == {"errors": "INSUFFICIENT_DATA", "share": "INSUFFICIENT_DATA", "both": "OK"}
    cloudwatch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="test")
    cloudwatch.put_metric_alarm(
        AlarmName="errors", ComparisonOperator="GreaterThanThreshold", Threshold=7, MetricName="Errors",
        Namespace="Web", Period=60, Statistic="Sum", EvaluationPeriods=1,
    )  # fmt: skip
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=["errors"])["MetricAlarms"]
    assert (alarm["Threshold"], alarm["StateValue"], alarm["StateReason"]) == (7, "ALARM", "test")
    history = cloudwatch.describe_alarm_history(AlarmName="errors", HistoryItemType="StateUpdate")
    assert len(history["AlarmHistoryItems"]) == 1
