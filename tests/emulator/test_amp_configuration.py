from typing import Any

import pytest
from botocore.exceptions import ClientError

from northsouth.emulator.server import Emulator


@pytest.fixture
def amp(emulator: Emulator) -> Any:
    return emulator.client("amp")


def test_a_workspaces_configuration_is_kept_in_parts(amp: Any) -> None:
    workspace = amp.create_workspace(alias="a", tags={})["workspaceId"]
    described = amp.describe_workspace_configuration(workspaceId=workspace)["workspaceConfiguration"]
    assert described == {"status": {"statusCode": "ACTIVE"}, "retentionPeriodInDays": 150}
    limits = [{"labelSet": {"cluster": "b"}, "limits": {"maxSeries": 5}}]
    amp.update_workspace_configuration(workspaceId=workspace, limitsPerLabelSet=limits)
    amp.update_workspace_configuration(workspaceId=workspace, retentionPeriodInDays=90)
    described = amp.describe_workspace_configuration(workspaceId=workspace)["workspaceConfiguration"]
    assert described == {
        "status": {"statusCode": "ACTIVE"},
        "retentionPeriodInDays": 90,
        "limitsPerLabelSet": limits,
    }


def test_what_the_service_does_not_know_is_refused(amp: Any) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        amp.describe_workspace_configuration(workspaceId="ws-0")
    workspace = amp.create_workspace(alias="a", tags={})["workspaceId"]
    limits = [{"labelSet": {"not a name": "b"}, "limits": {"maxSeries": 5}}]
    with pytest.raises(ClientError, match="ValidationException"):
        amp.update_workspace_configuration(workspaceId=workspace, limitsPerLabelSet=limits)
