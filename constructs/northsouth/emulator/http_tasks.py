"""HTTP tasks of Step Functions, ``http:invoke``, which moto lacks (step-functions/latest/dg/call-https-apis).

The role needs three rights: to invoke the endpoint, with the conditions on method and address, to retrieve the
connection's credentials, and to read the secret that holds them. An answer that is not 2xx fails the task as
``States.Http.StatusCode.<code>``, no answer as ``States.Http.Socket``.

What real AWS does differently: it waits for an answer for 60 seconds; it refuses some headers; it can encode the body
as a form; the result holds the headers of the answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.client import responses as reasons
from typing import Any, cast
from urllib.parse import urlencode

from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent, FailureEventException
from moto.stepfunctions.parser.asl.component.state.exec.state_task import state_task_factory
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import StateTaskService
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.parse import preprocessor

from northsouth.emulator import event_connections, patching, permissions

_SERVICE = "states.amazonaws.com"
_PARAMETERS = {
    *("ApiEndpoint", "Method", "Authentication", "InvocationConfig"),
    *("Headers", "QueryParameters", "RequestBody", "Transform"),
}


def install() -> None:
    """Let state machines have such tasks."""

    def service_for(service_name: str) -> Any:
        return HttpTask() if service_name == "http" else original(service_name)  # type: ignore[no-untyped-call]

    patching.replace(preprocessor, "CustomErrorName", _error_name)
    original = patching.replace(state_task_factory, "state_task_service_for", service_for)


def _error_name(error_name: str) -> ErrorName:
    """Return the name of an error; moto takes those of HTTP tasks for a user's own, which may not begin so."""
    is_own = not error_name.startswith("States.")
    return CustomErrorName(error_name) if is_own else ErrorName(error_name)


class HttpTask(StateTaskService):
    """One ``http:invoke``."""

    def _get_supported_parameters(self) -> set[str] | None:
        return _PARAMETERS if self.resource.api_action == "invoke" else None

    def _eval_service_task(
        self, env: Any, resource_runtime_part: Any, normalised_parameters: dict[str, Any], state_credentials: Any
    ) -> None:
        del resource_runtime_part  # where an AWS service would be called
        machine = env.states.get_context()["StateMachine"]["Id"]
        connection = self._authorized(env, machine, state_credentials.role_arn, normalised_parameters)
        body = normalised_parameters.get("RequestBody")
        headers = {"Content-Type": "application/json", "User-Agent": "Amazon|StepFunctions|HttpInvoke"}
        query = urlencode(normalised_parameters.get("QueryParameters", {}), doseq=True)
        outcome = event_connections.send(
            connection,
            normalised_parameters["Method"],
            normalised_parameters["ApiEndpoint"] + (f"?{query}" if query else ""),
            {**headers, **normalised_parameters.get("Headers", {})},
            body if isinstance(body, str) else json.dumps(body, ensure_ascii=False),
        )
        if outcome.status is None:
            raise self._failure(env, "States.Http.Socket", "There was no answer")
        if not outcome.delivered:
            raise self._failure(env, f"States.Http.StatusCode.{outcome.status}", reasons.get(outcome.status, ""))
        text = outcome.body.decode("utf-8", "replace")
        env.stack.append(
            {
                "StatusCode": outcome.status,
                "StatusText": reasons.get(outcome.status, ""),
                "Headers": {},
                "ResponseBody": json.loads(text) if outcome.is_json and text else text,
            }
        )

    def _authorized(self, env: Any, machine: str, role: str, request: Mapping[str, Any]) -> Any:
        """Return the connection, if the role may do all that the call takes."""
        arn = (request.get("Authentication") or request.get("InvocationConfig") or {}).get("ConnectionArn", "")
        connection = event_connections.find(arn) if arn else None
        if connection is None:
            raise self._failure(env, "States.Runtime", f"There is no connection {arn}")
        source = {"aws:SourceArn": machine, "aws:SourceAccount": machine.split(":")[4]}
        call = {"states:HTTPMethod": request["Method"], "states:HTTPEndpoint": request["ApiEndpoint"]}
        for action, resource, more in (
            ("states:InvokeHTTPEndpoint", machine, call),
            ("events:RetrieveConnectionCredentials", arn, {}),
            ("secretsmanager:GetSecretValue", connection.secret_arn, {}),
            ("secretsmanager:DescribeSecret", connection.secret_arn, {}),
        ):
            if not permissions.role_allows(role, _SERVICE, action, resource, {**source, **more}):
                raise self._failure(env, "States.TaskFailed", f"{role} is not authorized to perform {action}")
        return connection

    def _failure(self, env: Any, error: str, cause: str) -> FailureEventException:
        details = TaskFailedEventDetails(
            resource=self._get_sfn_resource(), resourceType=self._get_sfn_resource_type(), error=error, cause=cause
        )
        return FailureEventException(
            FailureEvent(
                env=env,
                error_name=_error_name(error),
                event_type=HistoryEventType.TaskFailed,
                event_details=cast("EventDetails", {"taskFailedEventDetails": details}),
            )
        )
