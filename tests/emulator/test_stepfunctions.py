"""State machines of the emulator: what their tasks return, and that the emulator knows when all is over."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from moto.sns.models import Topic

from northsouth.emulator import api_destinations, objects
from northsouth.emulator.server import ACCOUNT, Emulator
from tests.harness.roles import mighty_role

ROLE = "job"
BUCKET = "kept"


@pytest.fixture
def states(emulator: Emulator) -> Any:
    """A client; a bucket, and a role that may do everything."""
    emulator.client("s3").create_bucket(Bucket=BUCKET)
    mighty_role(emulator, ROLE, "states")
    return emulator.client("stepfunctions")


def machine(states: Any, state: dict[str, Any]) -> str:
    definition = {"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {**state, "End": True}}}
    made: str = states.create_state_machine(
        name="job", definition=json.dumps(definition), roleArn=f"arn:aws:iam::123456789012:role/{ROLE}"
    )["stateMachineArn"]
    return made


def test_the_body_of_an_object_is_text(emulator: Emulator, states: Any) -> None:
    objects.put(BUCKET, "a.json", '{"name": "é"}'.encode())
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
        "Arguments": {"Bucket": BUCKET, "Key": "a.json"},
        "Output": "{% $parse($states.result.Body) %}",
    }
    arn = machine(states, task)
    for name in ("first", "second"):
        execution = states.start_execution(stateMachineArn=arn, name=name)["executionArn"]
        emulator.settle()
        ended = states.describe_execution(executionArn=execution)
        assert ended["status"] == "SUCCEEDED", ended
        assert json.loads(ended["output"]) == {"name": "é"}


def test_what_does_not_end_is_named(emulator: Emulator, states: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("northsouth.emulator.stepfunctions.LONGEST_PAUSE", 60)
    execution = states.start_execution(stateMachineArn=machine(states, {"Type": "Wait", "Seconds": 60}), name="long")
    with pytest.raises(TimeoutError, match=r"after 0\.05 s there is still .*:job:long"):
        emulator.settle(0.05)
    states.stop_execution(executionArn=execution["executionArn"])
    emulator.settle()


def test_what_a_rule_publishes_is_waited_for(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    events, sns = emulator.client("events"), emulator.client("sns")
    topic = sns.create_topic(Name="rules")["TopicArn"]
    allowed = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish"}
    policy = {"Version": "2012-10-17", "Statement": [{**allowed, "Resource": topic}]}
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy))
    events.put_rule(Name="rule", EventPattern='{"source": ["own"]}')
    events.put_targets(Rule="rule", Targets=[{"Id": "topic", "Arn": topic}])
    published: list[str] = []

    def publish(_: Topic, message: str) -> None:
        time.sleep(0.2)
        published.append(message)

    monkeypatch.setattr(Topic, "publish", publish)
    event = {"source": "own", "detail-type": "any", "account": ACCOUNT, "region": "us-east-1", "detail": {}}
    api_destinations.put_event(ACCOUNT, "us-east-1", event)
    emulator.settle()
    assert len(published) == 1
