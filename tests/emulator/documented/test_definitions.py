"""Definitions of state machines that Step Functions takes, and what it says of others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from northsouth.emulator.documented.definitions import faults, sdk_actions

BAD = "{% 1 + %}"
END = {"Type": "Succeed"}


def workflow(language: str = "JSONata", **states: Any) -> dict[str, Any]:
    return {"QueryLanguage": language, "StartAt": next(iter(states)), "States": states}


def passing(output: Any, **more: Any) -> dict[str, Any]:
    return {"Type": "Pass", "Output": output, "End": True, **more}


def task(action: str, **more: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": f"arn:aws:states:::{action}", "End": True, **more}


def held(kind: str, state: dict[str, Any]) -> dict[str, Any]:
    inner = {"StartAt": "B", "States": {"B": state}}
    own = {"ItemProcessor": inner} if kind == "Map" else {"Branches": [inner]}
    return {"Type": kind, "End": True, **own}


@pytest.mark.parametrize(
    "action",
    [
        *("aws-sdk:cloudwatch:describeAlarms", "aws-sdk:sfn:startExecution", "aws-sdk:eventbridge:putEvents"),
        *("aws-sdk:cloudwatchlogs:putLogEvents", "aws-sdk:elasticloadbalancingv2:describeLoadBalancers"),
        *("aws-sdk:costexplorer:getCostAndUsage", "aws-sdk:databasemigration:describeReplicationTasks"),
        *("aws-sdk:applicationautoscaling:describeScalableTargets", "aws-sdk:sqs:sendMessage.waitForTaskToken"),
        *("sns:publish", "lambda:invoke.waitForTaskToken", "states:startExecution.sync:2", "glue:startJobRun.sync"),
        *("athena:startQueryExecution.sync", "dynamodb:getItem", "ecs:runTask.sync", "emr-serverless:startJobRun.sync"),
        *("batch:submitJob.sync", "http:invoke", "eks:call", "bedrock:invokeModel"),
    ],
)
def test_an_action_that_exists(action: str) -> None:
    assert list(faults(json.dumps(workflow(A=task(action))))) == []


@pytest.mark.parametrize(
    "action",
    [
        *("aws-sdk:cloudwatch:nope", "aws-sdk:cloudwach:describeAlarms", "aws-sdk:cloudwatch", "nosuch:thing"),
        *("aws-sdk:athena:startQueryExecution.sync", "sns:publish.sync", "sns:publsh", "sqs", "dynamodb:scan"),
    ],
)
def test_an_action_that_does_not_exist(action: str) -> None:
    [(code, message)] = faults(json.dumps(workflow(A=task(action))))
    assert code == "SCHEMA_VALIDATION_FAILED"
    assert f"{action} is not recognized" in message


@pytest.mark.parametrize(
    ("definition", "code", "path"),
    [
        (workflow(A=passing("{% $states.input.a")), "INVALID_JSONATA_EXPRESSION", "/States/A/Output"),
        (workflow(A=passing({"a": [{"b": BAD}]})), "INVALID_JSONATA_EXPRESSION", "/States/A/Output/a/0/b"),
        (workflow("JSONPath", A=passing(BAD, QueryLanguage="JSONata")), "INVALID_JSONATA_EXPRESSION", "/States/A"),
        (workflow(A=held("Map", passing(BAD))), "INVALID_JSONATA_EXPRESSION", "/States/A/States/B/Output"),
        (workflow(A=held("Parallel", task("aws-sdk:s3:nope"))), "SCHEMA_VALIDATION_FAILED", "/States/A/States/B"),
        (workflow(A={"Type": "Choice", "Choices": [{"Condition": BAD, "Next": "B"}]}, B=END), "INVALID_JSONATA", "/A/"),
        (workflow(A={"Type": "Pass", "Next": "B"}), "MISSING_TRANSITION_TARGET", "/States/A/Next"),
        (workflow(A={**task("sns:publish"), "Catch": [{"Next": "B"}]}), "MISSING_TRANSITION_TARGET", "/States/A"),
        (workflow(A={"Type": "Choice", "Default": "B", "Choices": []}), "MISSING_TRANSITION_TARGET", "/States/A"),
        ({"StartAt": "B", "States": {"A": END}}, "MISSING_TRANSITION_TARGET", "/StartAt"),
        (workflow(A=END, B=END), "MISSING_TRANSITION_TARGET", "/States/B"),
        (workflow(A={"Type": "Pass"}), "SCHEMA_VALIDATION_FAILED", "/States/A"),
        (workflow(A={"Type": "Pass", "Next": "A", "End": True}), "SCHEMA_VALIDATION_FAILED", "/States/A"),
        (
            workflow(A=task("sns:publish", Retry=[{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["X"]}])),
            "SCHEMA_VALIDATION_FAILED",
            "/States/A/Retry",
        ),
    ],
)
def test_a_fault_is_named_and_placed(definition: dict[str, Any], code: str, path: str) -> None:
    found = list(faults(json.dumps(definition)))
    assert any(each.startswith(code) and path in message for each, message in found), found


@pytest.mark.parametrize(
    "definition",
    [
        workflow("JSONPath", A=passing(BAD)),
        workflow(A=passing(1, Comment=BAD)),
        workflow(A=held("Map", passing(BAD, QueryLanguage="JSONPath"))),
        workflow(A={"Type": "Choice", "Choices": [{"Condition": "{% true %}", "Next": "B"}], "Default": "B"}, B=END),
        workflow(A=task("sns:publish", Retry=[{"ErrorEquals": ["X"]}, {"ErrorEquals": ["States.ALL"]}])),
        workflow(A=passing("{% ($a := $sum([1, 2]); $a) %}")),
        workflow(A=passing("text {% 1 + %}")),
        {"StartAt": "A", "States": "for moto's parser to refuse"},
    ],
)
def test_what_has_no_fault(definition: dict[str, Any]) -> None:
    assert list(faults(json.dumps(definition))) == []


def test_what_is_no_json() -> None:
    assert [code for code, _ in faults("{")] == ["INVALID_JSON_DESCRIPTION"]


def test_a_service_that_does_not_exist_has_no_actions() -> None:
    assert sdk_actions("nosuch") == frozenset()
    assert "describeAlarms" in sdk_actions("cloudwatch")
