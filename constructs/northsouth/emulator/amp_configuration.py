"""The configuration of a Prometheus workspace, which moto lacks: how long samples are kept, how many series.

Real AWS takes minutes to apply a change and answers UPDATING meanwhile; here it is ACTIVE at once. AWS's default
retention of 150 days is there from the beginning, as in AWS.
"""

from __future__ import annotations

import json
from typing import Any

from moto.amp import urls
from moto.amp.models import Workspace
from moto.amp.responses import PrometheusServiceResponse

from northsouth.emulator import patching

_PATH = "{0}/workspaces/(?P<workspace_id>[^/]+)/configuration$"
_ACTIVE = {"statusCode": "ACTIVE"}


def install() -> None:
    """Add the two operations and their path."""
    patching.require(PrometheusServiceResponse, "amp_backend", "dispatch")
    patching.require(Workspace, "to_dict")
    patching.require(urls, "url_paths")
    urls.url_paths[_PATH] = PrometheusServiceResponse.dispatch
    for operation in (describe_workspace_configuration, update_workspace_configuration):
        setattr(PrometheusServiceResponse, operation.__name__, operation)


def describe_workspace_configuration(response: Any) -> str:
    """Answer DescribeWorkspaceConfiguration."""
    return json.dumps({"workspaceConfiguration": {"status": _ACTIVE, **_configuration(_workspace(response))}})


def update_workspace_configuration(response: Any) -> str:
    """Answer UpdateWorkspaceConfiguration. What a request leaves out keeps its value."""
    workspace = _workspace(response)
    changes = {key: value for key, value in json.loads(response.body or "{}").items() if value is not None}
    workspace.configuration = {**_configuration(workspace), **changes}
    workspace.configuration.pop("clientToken", None)
    return json.dumps({"status": _ACTIVE})


def _workspace(response: Any) -> Any:
    return response.amp_backend.describe_workspace(response.path.split("/")[-2])


def _configuration(workspace: Any) -> dict[str, Any]:
    configuration: dict[str, Any] = getattr(workspace, "configuration", {"retentionPeriodInDays": 150})
    return configuration
