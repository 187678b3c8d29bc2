"""State machines of the emulator: what their tasks return, and that the emulator knows when all is over."""

from __future__ import annotations

import json
from typing import Any

import pytest

from northsouth.emulator import objects
from northsouth.emulator.server import Emulator

ROLE = "job"
BUCKET = "kept"


@pytest.fixture
def states(emulator: Emulator) -> Any:
    """A client; a bucket, and a role that may do everything."""
    emulator.client("s3").create_bucket(Bucket=BUCKET)
    iam = emulator.client("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
    iam.put_role_policy(RoleName=ROLE, PolicyName="all", PolicyDocument=policy)
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
