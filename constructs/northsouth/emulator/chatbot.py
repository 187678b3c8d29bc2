"""The API of the chat service (AWS Chatbot), which moto lacks: channel configurations of Slack and of Teams.

What real AWS does differently: a workspace or a team must have been authorized by hand before; the service posts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.utils import get_service_model

ACCOUNT = "123456789012"
_Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
_slack: dict[str, dict[str, Any]] = {}
_teams: dict[str, dict[str, Any]] = {}
_lock = Lock()


def in_front_of(application: _Application) -> _Application:
    """Return an application that answers for the chat service, and gives all else to ``application``."""
    model = get_service_model("chatbot")
    paths = {model.operation_model(name).http["requestUri"]: name for name in model.operation_names}

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/moto-api/reset":
            _slack.clear()
            _teams.clear()
        if "/chatbot/aws4_request" not in environ.get("HTTP_AUTHORIZATION", ""):
            return application(environ, start_response)
        length = int(environ.get("CONTENT_LENGTH") or 0)
        parameters = json.loads(environ["wsgi.input"].read(length) or "{}")
        name = paths[path]
        try:
            with _lock:
                body = json.dumps(_OPERATIONS[name](parameters)).encode()
            status = f"{model.operation_model(name).http['responseCode']} OK"
            kind = []
        except ServiceException as refusal:
            body = json.dumps({"message": refusal.message}).encode()
            status, kind = "400 Bad Request", [("x-amzn-ErrorType", str(refusal.code))]
        if status.startswith("204"):
            body = b""
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body))), *kind])
        return [body]

    return answer


def _create_slack(parameters: dict[str, Any]) -> dict[str, Any]:
    configuration = _new_configuration("slack-channel", {**parameters, "SlackTeamName": "", "SlackChannelName": ""})
    _slack[configuration["ChatConfigurationArn"]] = configuration
    return {"ChannelConfiguration": configuration}


def _create_teams(parameters: dict[str, Any]) -> dict[str, Any]:
    configuration = _new_configuration("microsoft-teams-channel", parameters)
    _teams[configuration["ChatConfigurationArn"]] = configuration
    return {"ChannelConfiguration": configuration}


def _new_configuration(kind: str, parameters: dict[str, Any]) -> dict[str, Any]:
    arn = f"arn:aws:chatbot::{ACCOUNT}:chat-configuration/{kind}/{parameters['ConfigurationName']}"
    defaults = {"LoggingLevel": "NONE", "UserAuthorizationRequired": False, "GuardrailPolicyArns": [], "Tags": []}
    return {**defaults, **parameters, "ChatConfigurationArn": arn, "State": "ENABLED"}


def _describe_slack(parameters: dict[str, Any]) -> dict[str, Any]:
    wanted = parameters.get("ChatConfigurationArn")
    return {
        "SlackChannelConfigurations": [configuration for arn, configuration in _slack.items() if wanted in (None, arn)]
    }


def _get_teams(parameters: dict[str, Any]) -> dict[str, Any]:
    configuration = _teams.get(parameters["ChatConfigurationArn"])
    return {"ChannelConfiguration": configuration} if configuration else {}


def _list_teams(parameters: dict[str, Any]) -> dict[str, Any]:
    wanted = parameters.get("TeamId")
    return {"TeamChannelConfigurations": [team for team in _teams.values() if wanted in (None, team["TeamId"])]}


def _update(store: dict[str, dict[str, Any]]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def update(parameters: dict[str, Any]) -> dict[str, Any]:
        store[parameters["ChatConfigurationArn"]].update(parameters)
        return {"ChannelConfiguration": store[parameters["ChatConfigurationArn"]]}

    return update


def _delete(store: dict[str, dict[str, Any]]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def delete(parameters: dict[str, Any]) -> dict[str, Any]:
        del store[parameters["ChatConfigurationArn"]]
        return {}

    return delete


def _tags(parameters: dict[str, Any]) -> dict[str, Any]:
    return {"Tags": {**_slack, **_teams}[parameters["ResourceARN"]]["Tags"]}


_OPERATIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "CreateSlackChannelConfiguration": _create_slack,
    "DescribeSlackChannelConfigurations": _describe_slack,
    "UpdateSlackChannelConfiguration": _update(_slack),
    "DeleteSlackChannelConfiguration": _delete(_slack),
    "CreateMicrosoftTeamsChannelConfiguration": _create_teams,
    "GetMicrosoftTeamsChannelConfiguration": _get_teams,
    "ListMicrosoftTeamsChannelConfigurations": _list_teams,
    "UpdateMicrosoftTeamsChannelConfiguration": _update(_teams),
    "DeleteMicrosoftTeamsChannelConfiguration": _delete(_teams),
    "ListTagsForResource": _tags,
}
