"""Step Functions that runs its executions: moto's interpreter, with JSONata and ``.sync`` of Athena and Glue put in.

Calls are made as the machine's role, if it may take it on; ``strict`` refuses what the role may not do.

What real Step Functions does differently: it checks the payload's 256 KiB; its validation of a definition finds more
than ``documented`` does; retries and Wait states take their time, here at most 50 milliseconds; an Athena task is
resumed by an event, here it polls. Here a task that waits for a query without an end
(:func:`northsouth.emulator.athena.hang_next`) has timed out at once.
"""

from __future__ import annotations

import json
import pickle
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Any, cast

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.response import StreamingBody
from moto.stepfunctions import responses
from moto.stepfunctions.parser import models as parser_models
from moto.stepfunctions.parser.api import (
    EvaluationFailedEventDetails,
    ExecutionStatus,
    HistoryEventType,
    InvalidDefinition,
    TaskFailedEventDetails,
)
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent, FailureEventException
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.common.string import string_expression
from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import EvalTimeoutError
from moto.stepfunctions.parser.asl.component.program import program
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_aws_sdk as sdk_task,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_glue as glue_task,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_sfn as sfn_task,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_unsupported as other_task,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.resource import ResourceCondition
from moto.stepfunctions.parser.asl.component.state.wait.wait_function import wait_function
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped
from moto.stepfunctions.parser.asl.jsonata.jsonata import extract_jsonata_variable_references
from moto.stepfunctions.parser.asl.parse import asl_parser
from moto.stepfunctions.parser.asl.utils import boto_client
from moto.stepfunctions.parser.asl.utils.encoding import to_json_str

from northsouth.emulator import expressions, glue_jobs, patching, permissions
from northsouth.emulator.documented import definitions
from northsouth.emulator.patching import Parameters

LONGEST_PAUSE = 0.05
SHORTEST_PAUSE = 0.005
SERVICE = "states.amazonaws.com"
_endpoint = SimpleNamespace(url="")
_lost = SimpleNamespace(seconds=0)
_waiting: list[Callable[[float], object]] = []
_variable_references = cache(extract_jsonata_variable_references)
"""Fails for ``$`` and ``$$``, which Step Functions does not have."""
_acting: ContextVar[tuple[str, str]] = ContextVar("role and state machine of the execution")


def install() -> None:
    """Put everything in."""
    patching.require(parser_models, "stepfunctions_parser_backends")
    backends = parser_models.stepfunctions_parser_backends
    patching.replace(responses, "get_backend", lambda account, region: backends[account][region])
    for value in (string_expression.StringJSONata, string_expression.StringVariableSample):
        patching.replace(value, "_eval_body", _evaluate)
    patching.require(sdk_task, "_SERVICE_ERROR_NAMES")
    sdk_task._SERVICE_ERROR_NAMES.update(glue="Glue", cloudwatch="CloudWatch", s3="S3")
    patching.add_operations(responses.StepFunctionResponse, "stepfunction_backend", OPERATIONS)
    _parse_once()
    _hurry()
    _call_this_server()
    _name_executions()
    _keep_time()
    _stay_stopped()
    _act_as_the_role()
    _wait_for_the_end()
    _exchange_objects()
    _start_from_machines()


def listen(endpoint: str) -> None:
    """Say where this server listens, for executions that no request starts."""
    _endpoint.url = endpoint


def client_of(role: str, service: str, region: str) -> Any:
    """Return a client of this server whose calls are made as a role."""
    return _client(_endpoint.url, service, region, role)


def start(machine: str, text: str) -> None:
    """Start an execution, as EventBridge does."""
    client = _client(_endpoint.url, "stepfunctions", machine.split(":")[3])
    client.start_execution(stateMachineArn=machine, name=str(uuid.uuid4()), input=text)


def run(arn: str, text: str) -> bool:
    """Run an Express machine to its end, as a pipe does, and say whether it succeeded (StartSyncExecution).

    The execution is forgotten, as in AWS, which keeps none of an Express machine (concepts-standard-vs-express).
    """
    region, account = arn.split(":")[3:5]
    backend: Any = parser_models.stepfunctions_parser_backends[account][region]
    execution = backend.start_execution(arn, str(uuid.uuid4()), text)
    while execution.exec_status == ExecutionStatus.RUNNING:
        time.sleep(SHORTEST_PAUSE)
    backend.describe_state_machine(arn).executions.remove(execution)
    return bool(execution.exec_status == ExecutionStatus.SUCCEEDED)


def lose_time(seconds: int) -> None:
    """Let the next execution have taken so many seconds when it starts."""
    _lost.seconds = seconds


@contextmanager
def waits_noted(note: Callable[[float], object]) -> Iterator[None]:
    """Call a function before each wait of a Wait state, with its seconds: tests let their clock pass them."""
    _waiting.append(note)
    try:
        yield
    finally:
        _waiting.remove(note)


def _keep_time() -> None:
    original = program.Program.eval

    def evaluate(self: Any, env: Any) -> None:
        lost, _lost.seconds = _lost.seconds, 0
        if lost and self.timeout_seconds:
            self = copy(self)
            self.timeout_seconds = SimpleNamespace(timeout_seconds=max(0, self.timeout_seconds.timeout_seconds - lost))
        original(self, env)

    patching.replace(program.Program, "eval", evaluate)


def _stay_stopped() -> None:
    """Let an execution that is stopped in a state end as aborted; moto takes the state's end for a failure."""

    def set_error(self: Any, error: Any) -> None:
        if not isinstance(self.program_state(), ProgramStopped):
            original(self, error)

    original = patching.replace(Environment, "set_error", set_error)


def _act_as_the_role() -> None:
    """Let the thread of each task know for which machine, and as which role, it calls."""

    def evaluate(self: Any, env: Any) -> None:
        machine = env.states.get_context()["StateMachine"]["Id"]
        token = _acting.set((env.aws_execution_details.role_arn, machine))
        try:
            original(self, env)
        finally:
            _acting.reset(token)

    original = patching.replace(state_task_service.StateTaskService, "_eval_execution", evaluate)


def _client_of_the_role(*, service_name: str, region_name: str, **_: Any) -> Any:
    """Return a client whose calls are made as the execution's role.

    Raises:
        ClientError: the role does not let the machine take it on.

    """
    role, machine = _acting.get()
    source = {"aws:SourceArn": machine, "aws:SourceAccount": machine.split(":")[4]}
    if not permissions.assumable(role, SERVICE, source):
        refusal = {
            "Code": "AccessDenied",
            "Message": f"{SERVICE} is not authorized to perform: sts:AssumeRole on {role}",
        }
        raise ClientError(
            {"Error": refusal, "ResponseMetadata": {"HTTPStatusCode": 403, "RequestId": ""}}, "AssumeRole"
        )
    return _client(_endpoint.url, service_name, region_name, role)


def _evaluate(value: Any, env: Any) -> None:
    """Evaluate an expression once; moto writes all variables into the code, and evaluates texts twice.

    A state whose expression fails ends with ``States.QueryEvaluationError``, which can be caught.
    """
    code = value.expression
    _variable_references(code)
    try:
        env.stack.append(expressions.evaluate(code, _variables(code, env)))
    except expressions.ExpressionError as error:
        name = StatesErrorName(typ=StatesErrorNameType.StatesQueryEvaluationError)
        is_nothing = isinstance(error, expressions.NothingError)
        said = "returned nothing (undefined)." if is_nothing else f"threw an error during evaluation. {error}"
        cause = f"The JSONata expression '{code}' {said}"
        failure = EvaluationFailedEventDetails(error=name.error_name, cause=cause)
        details = cast("EventDetails", {"evaluationFailedEventDetails": failure})
        failed = HistoryEventType.EvaluationFailed
        env.event_manager.add_event(context=env.event_history_context, event_type=failed, event_details=details)
        raise FailureEventException(FailureEvent(env, name, failed, details)) from error


def _variables(code: str, env: Any) -> dict[str, Any]:
    """Return the variables that code may name, as they are in JSON."""
    store = env.variable_store
    known = {"states": env.states._states_data, **store._outer_scope, **store._inner_scope}
    return {name: json.loads(to_json_str(value)) for name, value in known.items() if f"${name}" in code}


def _parse_once() -> None:
    """Keep what is read of definitions: moto reads them anew for each execution, which takes longer than many a run.

    An execution changes its program (retriers count), so each gets one of its own.
    """

    def parse(definition: str) -> tuple[Any, Any]:
        written, syntax = read(definition)
        return pickle.loads(written), syntax  # noqa: S301 - written here

    def read_once(definition: str) -> tuple[bytes, Any]:
        made, syntax = original(definition)
        return pickle.dumps(made), syntax

    original = patching.replace(asl_parser.AmazonStateLanguageParser, "parse", staticmethod(parse))
    read = lru_cache(maxsize=256)(read_once)


def _hurry() -> None:
    short = SimpleNamespace(sleep=lambda seconds: time.sleep(min(seconds, LONGEST_PAUSE)))
    patching.replace(retrier_decl, "time", short)

    def wait(_self: Any, env: Any, wait_seconds: float) -> None:
        for note in _waiting:
            note(wait_seconds)
        env.program_state_event.wait(min(wait_seconds, LONGEST_PAUSE))

    patching.replace(wait_function.WaitFunction, "_wait_interval", wait)


def _call_this_server() -> None:
    """Let state machines call the server that was asked to run them; moto assumes one at port 5000."""

    def start_execution(response: Any) -> Any:
        _endpoint.url = f"http://{response.headers['Host']}"
        return original(response)

    original = patching.replace(responses.StepFunctionResponse, "start_execution", start_execution)
    patching.replace(boto_client, "boto3", SimpleNamespace(client=_client_of_the_role))


def _name_executions() -> None:
    """Give an execution without a name one of its own, as Step Functions does."""

    def start_execution(backend: Any, state_machine_arn: str, name: str | None = None, *more: Any, **named: Any) -> Any:
        return original(backend, state_machine_arn, name or str(uuid.uuid4()), *more, **named)

    original = patching.replace(parser_models.StepFunctionsParserBackend, "start_execution", start_execution)


@cache
def _client(endpoint: str, service: str, region: str, role: str | None = None) -> Any:
    # Kept, because making one costs more than the call. The token of a session is the role's ARN.
    config = Config(proxies={}, parameter_validation=False, retries={"total_max_attempts": 1})
    session = boto3.session.Session("testing", "testing", role, region)
    return session.client(service, endpoint_url=endpoint, config=config)


def _wait_for_the_end() -> None:
    task = other_task.StateTaskServiceUnsupported
    patching.require(other_task, "_SUPPORTED_INTEGRATION_PATTERNS")
    patching.require(task, "_get_sfn_resource", "_get_sfn_resource_type")
    patterns: set[Any] = other_task._SUPPORTED_INTEGRATION_PATTERNS
    patterns.add(ResourceCondition.Sync)
    patching.replace(task, "_log_unsupported_warning", lambda _self: None)

    def evaluate(
        self: Any, env: Any, resource_runtime_part: Any, normalised_parameters: Any, state_credentials: Any
    ) -> None:
        # moto's own loop takes a second attempt for timed out: it still waits on the first one's task token.
        if self.resource.condition != ResourceCondition.Sync:
            original(self, env, resource_runtime_part, normalised_parameters, state_credentials)
            return
        resolve = _athena_resolver(self, env, resource_runtime_part, state_credentials)
        env.stack.append(resolve())

    def evaluate_glue(
        self: Any, env: Any, resource_runtime_part: Any, normalised_parameters: Any, state_credentials: Any
    ) -> None:
        env.stack.append(_glue_run(self, env, resource_runtime_part, normalised_parameters, state_credentials))

    original = patching.replace(task, "_eval_integration_pattern", evaluate)
    patching.replace(glue_task.StateTaskServiceGlue, "_eval_integration_pattern", evaluate_glue)


def _athena_resolver(task: Any, env: Any, part: Any, credentials: Any) -> Callable[[], Any]:
    identifier = env.stack.pop()["QueryExecutionId"]
    athena = boto_client.boto_client_for(service="athena", region=part.region, state_credentials=credentials)

    def resolve() -> Any:
        execution = athena.get_query_execution(QueryExecutionId=identifier)["QueryExecution"]
        state = execution["Status"]["State"]
        if state == "RUNNING":
            athena.stop_query_execution(QueryExecutionId=identifier)
            raise EvalTimeoutError
        if state == "SUCCEEDED":
            return json.loads(json.dumps({"QueryExecution": execution}, default=str))
        raise _failed(task, env, execution)

    return resolve


def _glue_run(task: Any, env: Any, part: Any, parameters: Mapping[str, Any], credentials: Any) -> Any:
    """Return how a run of a Glue job ended."""
    identifier = env.stack.pop()["JobRunId"]
    job = parameters["JobName"]
    glue = boto_client.boto_client_for(service="glue", region=part.region, state_credentials=credentials)
    answer = glue.get_job_run(JobName=job, RunId=identifier)["JobRun"]
    arguments = parameters.get("Arguments", {})
    try:
        wrong = glue_jobs.run(
            part.account,
            part.region,
            job,
            arguments,
            lambda service, role: _client(_endpoint.url, service, part.region, role),
        )
    except TimeoutError:
        raise EvalTimeoutError from None
    ended = {**answer, "JobRunState": "FAILED" if wrong else "SUCCEEDED", **({"ErrorMessage": wrong} if wrong else {})}
    if wrong:
        raise _failed(task, env, ended)
    return json.loads(json.dumps(ended, default=str))


def _failed(task: Any, env: Any, cause: Mapping[str, Any]) -> FailureEventException:
    """Return the failure of a task that waited; its cause is all that the service says of what it waited for."""
    details = TaskFailedEventDetails(
        resource=task._get_sfn_resource(),
        resourceType=task._get_sfn_resource_type(),
        error=StatesErrorNameType.StatesTaskFailed.to_name(),
        cause=json.dumps(cause, default=str),
    )
    return FailureEventException(
        FailureEvent(
            env=env,
            error_name=StatesErrorName(typ=StatesErrorNameType.StatesTaskFailed),
            event_type=HistoryEventType.TaskFailed,
            event_details=cast("EventDetails", {"taskFailedEventDetails": details}),
        )
    )


def _exchange_objects() -> None:
    """Let ``s3:putObject`` write the JSON of a ``Body`` that is a JSON value, and ``s3:getObject`` return a text."""
    task = sdk_task.StateTaskServiceAwsSdk

    def evaluate(self: Any, *, normalised_parameters: dict[str, Any], **others: Any) -> None:
        body = normalised_parameters.get("Body")
        if (self.resource.api_name, self.resource.api_action) == ("s3", "putObject") and isinstance(body, dict | list):
            normalised_parameters["Body"] = json.dumps(body, separators=(",", ":")).encode()
        original(self, normalised_parameters=normalised_parameters, **others)
        answer = others["env"].stack[-1]
        if isinstance(answer.get("Body"), StreamingBody):
            answer["Body"] = answer["Body"].read().decode()

    original = patching.replace(task, "_eval_service_task", evaluate)


def _start_from_machines() -> None:
    """Let ``states:startExecution`` call the API in its own spelling; moto leaves the capitals of the integration."""
    task = sfn_task.StateTaskServiceSfn

    def evaluate(self: Any, *, normalised_parameters: dict[str, Any], **others: Any) -> None:
        spelt = {name[0].lower() + name[1:]: value for name, value in normalised_parameters.items()}
        original(self, normalised_parameters=spelt, **others)

    original = patching.replace(task, "_eval_service_task", evaluate)


def _validate(_backend: Any, request: Parameters) -> dict[str, Any]:
    try:
        parser_models.StepFunctionsParserBackend._validate_definition(request["definition"])
    except InvalidDefinition as error:
        faults = [("SCHEMA_VALIDATION_FAILED", str(error.message))]
    else:
        faults = list(definitions.faults(request["definition"]))
    problems = [{"severity": "ERROR", "code": code, "message": message} for code, message in faults]
    return {"result": "FAIL" if problems else "OK", "diagnostics": problems, "truncated": False}


def _versions(_backend: Any, _request: Parameters) -> dict[str, Any]:
    return {"stateMachineVersions": []}


OPERATIONS = {"ValidateStateMachineDefinition": _validate, "ListStateMachineVersions": _versions}
