"""Runs the expressions of a receiver's state machine without AWS."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from northsouth.alerts.routes.api_receiver import ApiReceiver
from northsouth.alerts.routes.machine import Machine
from tests.alerts.routes.messages import TOPIC
from tests.harness.jsonata import evaluate

Input = list[dict[str, Any]]
OTHERS = ("pager", "oncall")


def machine(receiver: ApiReceiver, *, label: str = "production", others: Sequence[str] = OTHERS) -> dict[str, Any]:
    """Return the definition of a receiver's machine, as the routes declare it."""
    return Machine(
        partition="aws",
        settings={
            "label": label,
            "note": receiver.note,
            "severity": "",
            "topics": [{"arn": TOPIC, "severity": "critical"}],
            "others": [{"severity": "critical", "names": list(others)}],
        },
        method=receiver.call.method,
        address=receiver.call.url,
        connection_arn="arn:aws:events:us-east-1:123456789012:connection/edge",
        body=receiver.body(),
        skip=receiver.skip,
        alarms=receiver.asked_alarms,
    ).definition()


def read(definition: Mapping[str, Any], given: Input) -> dict[str, Any]:
    """Return the variables after a message is read."""
    states = definition["States"]
    variables = dict(states["Settings"]["Assign"])
    return {**variables, **evaluate(states["Read"]["Assign"], {**variables, "states": {"input": given}})}


def asked(definition: Mapping[str, Any], *alarms: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return ``$asked`` after CloudWatch has answered with these alarms."""
    result = {"MetricAlarms": [each for each in alarms if "AlarmRule" not in each]}
    result["CompositeAlarms"] = [each for each in alarms if "AlarmRule" in each]
    found = evaluate(definition["States"]["Ask"]["Assign"], {"states": {"result": result}})
    answer: list[dict[str, Any]] = found["asked"]
    return answer


def sent(definition: Mapping[str, Any], variables: Mapping[str, Any]) -> str | None:
    """Return the body of the request; nothing if the message is dropped."""
    states = definition["States"]
    if evaluate(states["Judge"]["Choices"][0]["Condition"], variables):
        return None
    return json.dumps(evaluate(states["Send"]["Arguments"]["RequestBody"], variables), ensure_ascii=False)


def told(receiver: ApiReceiver, given: Input, *alarms: Mapping[str, Any], **more: Any) -> str | None:
    """Return the body that a receiver is sent for a message, while CloudWatch has these alarms."""
    definition = machine(receiver, **more)
    variables = read(definition, given)
    return sent(definition, {**variables, "asked": asked(definition, *alarms)})
