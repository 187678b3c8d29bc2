from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.server import Emulator


@pytest.fixture
def cloudwatch(emulator: Emulator) -> Any:
    """A client of CloudWatch, with two alarms."""
    client = emulator.client("cloudwatch")
    for name in ("a", "b"):
        client.put_metric_alarm(
            AlarmName=name,
            Namespace="Test",
            MetricName=name,
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )
    return client


def test_a_composite_comes_back_as_it_was_put(cloudwatch: Any) -> None:
    sent = {
        "AlarmName": "both",
        "AlarmRule": 'ALARM("a") AND ALARM("b")',
        "AlarmDescription": "both of them",
        "ActionsEnabled": False,
        "AlarmActions": ["arn:aws:sns:us-east-1:123456789012:pager"],
        "OKActions": ["arn:aws:sns:us-east-1:123456789012:chat"],
        "InsufficientDataActions": [],
        "ActionsSuppressor": "b",
        "ActionsSuppressorWaitPeriod": 60,
        "ActionsSuppressorExtensionPeriod": 120,
    }
    cloudwatch.put_composite_alarm(**sent, Tags=[{"Key": "team", "Value": "edge"}])
    (found,) = cloudwatch.describe_alarms(AlarmNames=["both"], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert {key: found[key] for key in sent} == sent
    assert cloudwatch.list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"] == [
        {"Key": "team", "Value": "edge"}
    ]


def test_composites_are_listed_when_asked_for(cloudwatch: Any) -> None:
    cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule='ALARM("a") OR ALARM("b")')
    usual = cloudwatch.describe_alarms()
    assert ([each["AlarmName"] for each in usual["MetricAlarms"]], usual["CompositeAlarms"]) == (["a", "b"], [])
    asked = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])
    assert (asked["MetricAlarms"], [each["AlarmName"] for each in asked["CompositeAlarms"]]) == ([], ["both"])


def test_a_rule_names_alarms_that_exist(cloudwatch: Any) -> None:
    with pytest.raises(ClientError, match="do not exist"):
        cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule='AT_LEAST(1, ALARM, ("a", "c"))')
    with pytest.raises(ClientError, match="do not exist"):
        cloudwatch.put_composite_alarm(
            AlarmName="both",
            AlarmRule='ALARM("a")',
            ActionsSuppressor="c",
            ActionsSuppressorWaitPeriod=60,
            ActionsSuppressorExtensionPeriod=60,
        )


def test_a_child_cannot_be_deleted_before_its_composite(cloudwatch: Any) -> None:
    cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule='ALARM("a") OR ALARM("b")')
    with pytest.raises(ClientError, match="composite alarm\\(s\\) depending on it: both"):
        cloudwatch.delete_alarms(AlarmNames=["a"])
    cloudwatch.delete_alarms(AlarmNames=["both"])
    cloudwatch.delete_alarms(AlarmNames=["a", "b"])
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []
