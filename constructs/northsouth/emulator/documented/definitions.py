"""What Step Functions refuses in the definition of a state machine: transitions, JSONata, and actions of tasks.

Sources: "Structure of a Step Functions workflow", "Transforming data with JSONata" and "Integrating services"
(step-functions/latest/dg); the codes are those of ValidateStateMachineDefinition.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import botocore.session
import jsonata
from moto.core.utils import get_service_model

State = Mapping[str, Any]
_TERMINAL = ("Succeed", "Fail")
_SDK_NAMES = {
    "cloudwatchlogs": "logs",
    "cognitoidentityprovider": "cognito-idp",
    "configservice": "config",
    "costandusagereportservice": "cur",
    "costexplorer": "ce",
    "applicationdiscoveryservice": "discovery",
    "databasemigrationservice": "dms",
    "directoryservice": "ds",
    "directoryservicedata": "ds-data",
    "elasticloadbalancing": "elb",
    "elasticloadbalancingv2": "elbv2",
    "elasticsearchservice": "es",
    "eventbridge": "events",
    "iotdataplane": "iot-data",
    "iotjobsdataplane": "iot-jobs-data",
    "lexmodelbuildingservice": "lex-models",
    "lexmodelsv2": "lexv2-models",
    "lexruntimeservice": "lex-runtime",
    "lexruntimev2": "lexv2-runtime",
    "marketplaceentitlementservice": "marketplace-entitlement",
    "marketplacemetering": "meteringmarketplace",
    "migrationhub": "mgh",
    "pinpointsmsvoice": "sms-voice",
    "serverlessapplicationrepository": "serverlessrepo",
    "sfn": "stepfunctions",
    "simpledb": "sdb",
}
"""Names of services in the Java SDK, which integrations use, where botocore has others; ``service`` may be left out."""

_OPTIMIZED = {
    "athena": {"startQueryExecution", "stopQueryExecution", "getQueryExecution", "getQueryResults"},
    "dynamodb": {"getItem", "putItem", "deleteItem", "updateItem"},
    "events": {"putEvents"},
    "glue": {"startJobRun"},
    "http": {"invoke"},
    "lambda": {"invoke"},
    "sns": {"publish"},
    "sqs": {"sendMessage"},
    "states": {"startExecution"},
}
"""The optimized integrations of some services; of others nothing is known (integrate-optimized)."""

_NO_JOBS = frozenset(("dynamodb", "events", "http", "lambda", "sns", "sqs"))
"""Optimized integrations that cannot wait for a job's end, with ``.sync``."""


def faults(text: str) -> Iterator[tuple[str, str]]:
    """Yield code and message of each fault of a definition; what moto's own parser finds is not among them."""
    try:
        definition = json.loads(text)
    except ValueError as error:
        yield "INVALID_JSON_DESCRIPTION", str(error)
        return
    if isinstance(definition, dict):
        yield from _workflow_faults(definition, str(definition.get("QueryLanguage", "JSONPath")), "")


def _workflow_faults(workflow: State, language: str, path: str) -> Iterator[tuple[str, str]]:
    """Yield the faults of the definition, or of what a Map or Parallel state holds."""
    states = workflow.get("States")
    if not isinstance(states, dict) or not all(isinstance(each, dict) for each in states.values()):
        return
    start = workflow.get("StartAt")
    if start not in states:
        yield "MISSING_TRANSITION_TARGET", f"Missing 'StartAt' target: {start} at {path}/StartAt"
    reached = {start}
    for name, state in states.items():
        here = f"{path}/States/{name}"
        for target in _targets(state):
            reached.add(target)
            if target not in states:
                yield "MISSING_TRANSITION_TARGET", f"Missing 'Next' target: {target} at {here}/Next"
        yield from _state_faults(state, str(state.get("QueryLanguage", language)), here)
    for name in states.keys() - reached:
        yield "MISSING_TRANSITION_TARGET", f'State "{name}" is not reachable. at {path}/States/{name}'


def _targets(state: State) -> Iterator[Any]:
    """Yield the names of the states that can follow."""
    branches = [*_list(state.get("Choices")), *_list(state.get("Catch"))]
    following = [state.get("Next"), state.get("Default"), *(each.get("Next") for each in branches)]
    yield from (name for name in following if name is not None)


def _list(value: Any) -> list[State]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _state_faults(state: State, language: str, path: str) -> Iterator[tuple[str, str]]:
    kind = state.get("Type")
    if kind not in ("Choice", *_TERMINAL) and ("Next" in state) == bool(state.get("End")):
        yield "SCHEMA_VALIDATION_FAILED", f"A state must have one of Next and End at {path}"
    for list_name in ("Retry", "Catch"):
        yield from _error_faults(_list(state.get(list_name)), f"{path}/{list_name}")
    resource = str(state.get("Resource", ""))
    if kind == "Task" and ":states:::" in resource and not _is_action(resource.split(":states:::")[1]):
        yield "SCHEMA_VALIDATION_FAILED", f"The resource provided {resource} is not recognized. at {path}/Resource"
    inner = [state.get("ItemProcessor"), state.get("Iterator"), *_list(state.get("Branches"))]
    for workflow in (each for each in inner if isinstance(each, dict)):
        yield from _workflow_faults(workflow, language, path)
    if language == "JSONata":
        own = {key: value for key, value in state.items() if key not in _NO_EXPRESSIONS}
        yield from _expression_faults(own, path)


_NO_EXPRESSIONS = ("Comment", "ItemProcessor", "Iterator", "Branches")


def _error_faults(handlers: list[State], path: str) -> Iterator[tuple[str, str]]:
    for place, handler in enumerate(handlers):
        errors = handler.get("ErrorEquals", [])
        is_last = len(errors) == 1 and place == len(handlers) - 1
        if "States.ALL" in errors and not is_last:
            yield "SCHEMA_VALIDATION_FAILED", f"States.ALL must appear alone and in the last element at {path}"


def _expression_faults(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict | list):
        entries = value.items() if isinstance(value, dict) else enumerate(value)
        for key, each in entries:
            yield from _expression_faults(each, f"{path}/{key}")
    elif isinstance(value, str) and value.startswith("{%"):
        fault = _expression_fault(value)
        if fault:
            yield "INVALID_JSONATA_EXPRESSION", f"{fault} at {path}"


@cache
def _expression_fault(text: str) -> str | None:
    if not text.endswith("%}"):
        return f"The expression {text[:60]} has no end"
    try:
        jsonata.Jsonata(text[2:-2])
    except jsonata.JException as error:
        return str(error)
    return None


def _is_action(name: str) -> bool:
    action, _, pattern = name.partition(".")
    parts = action.split(":")
    waits_for_job = pattern.startswith("sync")
    if parts[0] == "aws-sdk":
        return len(parts) > 2 and parts[2] in sdk_actions(parts[1]) and not waits_for_job
    if waits_for_job and parts[0] in _NO_JOBS:
        return False
    return len(parts) > 1 and (
        parts[1] in _OPTIMIZED[parts[0]] if parts[0] in _OPTIMIZED else botocore_service(parts[0]) != ""
    )


@cache
def sdk_actions(service: str) -> frozenset[str]:
    """Return the actions of a service as the AWS SDK integrations write them: ``describeAlarms``; none if it is not."""
    name = botocore_service(service)
    if not name:
        return frozenset()
    return frozenset(each[0].lower() + each[1:] for each in get_service_model(name).operation_names)


@cache
def botocore_service(name: str) -> str:
    """Return botocore's name of a service; nothing if there is no such service."""
    known = {each.replace("-", ""): each for each in botocore.session.get_session().get_available_services()}
    known |= _SDK_NAMES
    plain = name.replace("-", "")
    return known.get(plain) or known.get(f"{plain}service") or ""
