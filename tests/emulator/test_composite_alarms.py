from typing import Any

import pytest
from botocore.exceptions import ClientError

from northsouth.emulator import composite_alarms
from northsouth.emulator.server import Emulator


@pytest.fixture
def cloudwatch(emulator: Emulator) -> Any:
    client = emulator.client("cloudwatch")
    for name in ("errors", "latency", "deployment"):
        client.put_metric_alarm(
            AlarmName=name,
            Namespace="N",
            MetricName=name,
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=1,
            Period=60,
            Statistic="Sum",
            Threshold=1,
        )
    return client


def put(cloudwatch: Any, rule: str, name: str = "serving", **more: Any) -> None:
    cloudwatch.put_composite_alarm(AlarmName=name, AlarmRule=rule, **more)


def composite(cloudwatch: Any, name: str = "serving") -> dict[str, Any]:
    (found,) = cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    alarm: dict[str, Any] = found
    return alarm


def raise_alarm(cloudwatch: Any, name: str, state: str = "ALARM") -> None:
    cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="test")


def test_it_follows_its_children(cloudwatch: Any) -> None:
    put(cloudwatch, "ALARM(errors) AND NOT ALARM(deployment)")
    assert composite(cloudwatch)["StateValue"] == "OK"
    raise_alarm(cloudwatch, "errors")
    assert composite(cloudwatch)["StateValue"] == "ALARM"
    raise_alarm(cloudwatch, "deployment")
    assert composite(cloudwatch)["StateValue"] == "OK"


def test_it_follows_other_composites_and_survives_a_cycle(cloudwatch: Any) -> None:
    put(cloudwatch, "ALARM(errors)")
    put(cloudwatch, "ALARM(serving)", "above")
    raise_alarm(cloudwatch, "errors")
    assert composite(cloudwatch, "above")["StateValue"] == "ALARM"
    put(cloudwatch, "ALARM(above)")
    with pytest.raises(ClientError, match="depending on it"):
        cloudwatch.delete_alarms(AlarmNames=["above"])
    put(cloudwatch, "FALSE")
    cloudwatch.delete_alarms(AlarmNames=["above"])


def test_it_is_described_as_it_was_put(cloudwatch: Any) -> None:
    settings = {
        "AlarmDescription": "why",
        "AlarmActions": ["arn:aws:sns:us-east-1:123456789012:a"],
        "ActionsSuppressor": "deployment",
        "ActionsSuppressorWaitPeriod": 60,
        "ActionsSuppressorExtensionPeriod": 30,
    }
    put(cloudwatch, 'ALARM("errors")', Tags=[{"Key": "k", "Value": "v"}], **settings)
    shown = composite(cloudwatch)
    assert {key: shown[key] for key in settings} == settings
    tags = cloudwatch.list_tags_for_resource(ResourceARN=shown["AlarmArn"])["Tags"]
    assert tags == [{"Key": "k", "Value": "v"}]


def test_without_types_only_metric_alarms_are_described(cloudwatch: Any) -> None:
    put(cloudwatch, "ALARM(errors) OR ALARM(latency)")
    everything = cloudwatch.describe_alarms()
    assert {alarm["AlarmName"] for alarm in everything["MetricAlarms"]} == {"errors", "latency", "deployment"}
    assert everything["CompositeAlarms"] == []
    children = cloudwatch.describe_alarms(ChildrenOfAlarmName="serving")["MetricAlarms"]
    assert {alarm["AlarmName"] for alarm in children} == {"errors", "latency"}
    parents = cloudwatch.describe_alarms(ParentsOfAlarmName="errors")["CompositeAlarms"]
    assert [alarm["AlarmName"] for alarm in parents] == ["serving"]


def test_a_child_cannot_be_deleted_before_its_composite(cloudwatch: Any) -> None:
    put(cloudwatch, "ALARM(errors)")
    with pytest.raises(ClientError, match="Cannot delete errors as there are composite alarm"):
        cloudwatch.delete_alarms(AlarmNames=["errors"])
    cloudwatch.delete_alarms(AlarmNames=["serving"])
    cloudwatch.delete_alarms(AlarmNames=["errors", "latency", "unknown"])
    assert [alarm["AlarmName"] for alarm in cloudwatch.describe_alarms()["MetricAlarms"]] == ["deployment"]


def test_one_call_deletes_one_composite_and_its_children(cloudwatch: Any) -> None:
    put(cloudwatch, "ALARM(errors)")
    put(cloudwatch, "ALARM(latency)", "other")
    with pytest.raises(ClientError, match="two composite alarms"):
        cloudwatch.delete_alarms(AlarmNames=["serving", "other"])
    cloudwatch.delete_alarms(AlarmNames=["serving", "errors"])


@pytest.mark.parametrize(
    ("parameters", "complaint"),
    [
        ({"AlarmRule": "ALARM(errors"}, "AlarmRule is not valid"),
        ({"AlarmRule": "ALARM(nobody)"}, r"alarms \['nobody'\] in the alarm rule do not exist"),
        ({"AlarmName": "errors", "AlarmRule": "TRUE"}, "metric alarm of the name errors"),
        ({"AlarmRule": "TRUE", "ActionsSuppressor": "errors"}, "must be given together"),
        ({"AlarmRule": "x" * 10_241}, "length less than or equal to 10240"),
        ({"AlarmRule": "TRUE", "AlarmActions": ["a"] * 6}, "length less than or equal to 5"),
    ],
)
def test_what_aws_refuses(cloudwatch: Any, parameters: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ClientError, match=complaint):
        cloudwatch.put_composite_alarm(**{"AlarmName": "serving", **parameters})


def test_a_rule_names_100_alarms_at_most(cloudwatch: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert composite_alarms.MAX_CHILDREN == 100
    monkeypatch.setattr(composite_alarms, "MAX_CHILDREN", 1)
    with pytest.raises(ClientError, match="names 2 alarms"):
        put(cloudwatch, "ALARM(errors) AND ALARM(latency)")
