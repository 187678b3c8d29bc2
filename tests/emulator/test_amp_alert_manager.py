from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from northsouth.emulator.server import Emulator

DEFINITION = b"alertmanager_config: |\n  route:\n    receiver: nobody\n"


@pytest.fixture
def amp(emulator: Emulator) -> Any:
    return emulator.client("amp")


@pytest.fixture
def workspace(amp: Any) -> str:
    made: str = amp.create_workspace(alias="a", tags={})["workspaceId"]
    return made


def test_a_definition_is_kept_changed_and_deleted(amp: Any, workspace: str) -> None:
    amp.create_alert_manager_definition(workspaceId=workspace, data=DEFINITION)
    amp.put_alert_manager_definition(workspaceId=workspace, data=DEFINITION + b"\n")
    described = amp.describe_alert_manager_definition(workspaceId=workspace)["alertManagerDefinition"]
    assert described["data"] == DEFINITION + b"\n"
    assert described["status"] == {"statusCode": "ACTIVE"}
    amp.delete_alert_manager_definition(workspaceId=workspace)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        amp.describe_alert_manager_definition(workspaceId=workspace)


def test_what_the_service_refuses(amp: Any, workspace: str) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        amp.put_alert_manager_definition(workspaceId=workspace, data=DEFINITION)
    with pytest.raises(ClientError, match="ValidationException"):
        amp.create_alert_manager_definition(workspaceId=workspace, data=b"route: {}")
    amp.create_alert_manager_definition(workspaceId=workspace, data=DEFINITION)
    with pytest.raises(ClientError, match="ConflictException"):
        amp.create_alert_manager_definition(workspaceId=workspace, data=DEFINITION)
