"""The alert manager definition of a Prometheus workspace, which moto lacks.

Real AWS takes a minute to apply a definition, answers CREATING or UPDATING meanwhile, and refuses receivers that it
does not know; here it is ACTIVE at once, and only a definition that is no YAML with a configuration is refused.
"""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import yaml
from moto.amp import urls
from moto.amp.exceptions import AmpException, ResourceNotFoundException
from moto.amp.models import Workspace
from moto.amp.responses import PrometheusServiceResponse

from northsouth.emulator import patching

_PATH = "{0}/workspaces/(?P<workspace_id>[^/]+)/alertmanager/definition$"
_ACTIVE = {"statusCode": "ACTIVE"}


class AlertManagerDefinitionNotFound(ResourceNotFoundException):
    """The workspace has none."""

    code = 404

    def __init__(self, workspace_id: str) -> None:
        super().__init__("The workspace has no alert manager definition", workspace_id, "AWS::APS::Workspace")


def install() -> None:
    """Add the four operations and their path."""
    patching.require(PrometheusServiceResponse, "amp_backend", "dispatch")
    patching.require(Workspace, "to_dict")
    patching.require(urls, "url_paths")
    urls.url_paths[_PATH] = PrometheusServiceResponse.dispatch
    operations = (
        create_alert_manager_definition,
        put_alert_manager_definition,
        describe_alert_manager_definition,
        delete_alert_manager_definition,
    )
    for operation in operations:
        setattr(PrometheusServiceResponse, operation.__name__, operation)


def create_alert_manager_definition(response: Any) -> str:
    """Answer CreateAlertManagerDefinition: a workspace has one."""
    workspace = _workspace(response)
    if getattr(workspace, "alert_manager", None):
        raise AmpException("ConflictException", "The workspace has an alert manager definition already")
    return _keep(workspace, response)


def put_alert_manager_definition(response: Any) -> str:
    """Answer PutAlertManagerDefinition."""
    return _keep(_described(response), response)


def describe_alert_manager_definition(response: Any) -> str:
    """Answer DescribeAlertManagerDefinition."""
    return json.dumps({"alertManagerDefinition": {**_described(response).alert_manager, "status": _ACTIVE}})


def delete_alert_manager_definition(response: Any) -> str:
    """Answer DeleteAlertManagerDefinition."""
    _described(response).alert_manager = None
    return "{}"


def _keep(workspace: Any, response: Any) -> str:
    data = json.loads(response.body)["data"]
    definition = yaml.safe_load(base64.b64decode(data))
    if not isinstance(definition, dict) or not isinstance(definition.get("alertmanager_config"), str):
        raise AmpException("ValidationException", "The definition has no alertmanager_config")
    begun = (getattr(workspace, "alert_manager", None) or {}).get("createdAt", time.time())
    workspace.alert_manager = {"data": data, "createdAt": begun, "modifiedAt": time.time()}
    return json.dumps({"status": _ACTIVE})


def _described(response: Any) -> Any:
    workspace = _workspace(response)
    if not getattr(workspace, "alert_manager", None):
        raise AlertManagerDefinitionNotFound(workspace.workspace_id)
    return workspace


def _workspace(response: Any) -> Any:
    return response.amp_backend.describe_workspace(response.path.split("/")[-3])
