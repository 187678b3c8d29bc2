"""State machines of the emulator: what their tasks return, and that the emulator knows when all is over."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from moto.sns.models import Topic
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from northsouth.emulator import api_destinations, objects
from northsouth.emulator.faults import Call, Fault
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


@pytest.mark.parametrize("after", [{"Type": "Pass", "End": True}, {"Type": "Fail", "Error": "Other", "Cause": "other"}])
def test_an_execution_that_is_stopped_in_a_task_is_aborted(emulator: Emulator, states: Any, after: Any) -> None:
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:s3:listObjectsV2",
        "Arguments": {"Bucket": BUCKET},
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "B"}],
        "Next": "B",
    }
    definition = {"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": task, "B": after}}
    arn = states.create_state_machine(
        name="stopped", definition=json.dumps(definition), roleArn=f"arn:aws:iam::123456789012:role/{ROLE}"
    )["stateMachineArn"]
    (backend,) = [each for each in stepfunctions_parser_backends[ACCOUNT].values() if each.state_machines]

    def stop(call: Call) -> Fault | None:
        if call.operation != "ListObjectsV2":
            return None
        (execution,) = backend.describe_state_machine(arn).executions
        execution.stop(stop_date=datetime.now(UTC), error="Stopped", cause="by the test")
        return Fault.LOSE_REQUEST

    with emulator.faults.rule(stop):
        execution = states.start_execution(stateMachineArn=arn, name="stopped")["executionArn"]
        emulator.settle()
    assert states.describe_execution(executionArn=execution)["status"] == "ABORTED"
    last = states.get_execution_history(executionArn=execution)["events"][-1]
    assert last["executionAbortedEventDetails"] == {"error": "Stopped", "cause": "by the test"}
