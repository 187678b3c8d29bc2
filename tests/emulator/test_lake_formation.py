"""Grants of Lake Formation, as the provider makes them and reads them back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from northsouth.emulator import lake_formation
from northsouth.emulator.server import Emulator
from tests.harness.roles import trusted_by

ROLE = "arn:aws:iam::123456789012:role/job"
TABLE = {"Table": {"DatabaseName": "edge", "Name": "app"}}
DATABASE = {"Database": {"Name": "edge"}}


@pytest.fixture
def lake(emulator: Emulator) -> Any:
    emulator.client("iam").create_role(RoleName="job", AssumeRolePolicyDocument=trusted_by("glue"))
    glue = emulator.client("glue")
    glue.create_database(DatabaseInput={"Name": "edge"})
    storage = {"Location": "s3://archive/app/", "Columns": []}
    glue.create_table(DatabaseName="edge", TableInput={"Name": "app", "StorageDescriptor": storage})
    return emulator.client("lakeformation")


def grant(resource: dict[str, Any], *permissions: str, principal: str = ROLE) -> dict[str, Any]:
    who = {"DataLakePrincipalIdentifier": principal}
    return {"Principal": who, "Resource": resource, "Permissions": list(permissions)}


def listed(lake: Any, resource: dict[str, Any]) -> dict[str, list[str]]:
    """Return what the role may do with a resource, by the kind under which AWS lists it."""
    who = {"DataLakePrincipalIdentifier": ROLE}
    entries = lake.list_permissions(Principal=who, Resource=resource)["PrincipalResourcePermissions"]
    return {next(iter(each["Resource"])): each["Permissions"] for each in entries}


def test_permissions_add_up_and_select_is_listed_as_one_on_all_columns(lake: Any) -> None:
    lake.grant_permissions(**grant(TABLE, "SELECT", "DESCRIBE"))
    lake.grant_permissions(**grant(TABLE, "ALTER"))
    lake.grant_permissions(**grant(DATABASE, "DESCRIBE"))
    assert listed(lake, TABLE) == {"Table": ["ALTER", "DESCRIBE"], "TableWithColumns": ["SELECT"]}
    assert listed(lake, DATABASE) == {"Database": ["DESCRIBE"]}

    lake.revoke_permissions(**grant(TABLE, "SELECT", "ALTER"))
    assert listed(lake, TABLE) == {"Table": ["DESCRIBE"]}
    lake.revoke_permissions(**grant(TABLE, "DESCRIBE"))
    lake.revoke_permissions(**grant(DATABASE, "DESCRIBE"))
    assert lake.list_permissions()["PrincipalResourcePermissions"] == []


@pytest.mark.parametrize(
    ("wrong", "refused"),
    [
        (grant(DATABASE, "SELECT"), "InvalidInputException.*Permissions modification is invalid"),
        (grant({"Database": {"Name": "none"}}, "DESCRIBE"), "EntityNotFoundException.*Database none not found"),
        (grant({"Table": {"DatabaseName": "edge", "Name": "none"}}, "SELECT"), "Table none not found"),
        (grant(TABLE, "SELECT", principal=f"{ROLE}-gone"), "InvalidInputException.*Invalid principal"),
        (grant({**TABLE, **DATABASE}, "DESCRIBE"), "exactly one field"),
    ],
)
def test_what_cannot_be_granted(lake: Any, wrong: dict[str, Any], refused: str) -> None:
    with pytest.raises(ClientError, match=refused):
        lake.grant_permissions(**wrong)


def test_what_is_not_there_cannot_be_revoked(lake: Any) -> None:
    with pytest.raises(ClientError, match="No permissions revoked"):
        lake.revoke_permissions(**grant(TABLE, "SELECT"))


def test_a_batch_says_which_of_its_entries_failed(lake: Any) -> None:
    entries = [{"Id": "1", **grant(TABLE, "SELECT")}, {"Id": "2", **grant(DATABASE, "SELECT")}]
    [failure] = lake.batch_grant_permissions(Entries=entries)["Failures"]
    assert (failure["RequestEntry"]["Id"], failure["Error"]["ErrorCode"]) == ("2", "InvalidInputException")
    assert listed(lake, TABLE) == {"TableWithColumns": ["SELECT"]}
    assert len(lake.batch_revoke_permissions(Entries=entries)["Failures"]) == 1
    assert listed(lake, TABLE) == {}


def test_who_reads_a_table(emulator: Emulator, lake: Any) -> None:
    def refusal() -> str | None:
        return lake_formation.refusal(ROLE, "us-east-1", "edge", "app", "s3://archive/app/")

    # As an account begins: IAM alone decides.
    assert refusal() is None
    lake.put_data_lake_settings(DataLakeSettings={"CreateTableDefaultPermissions": []})
    assert "Required Select on app" in str(refusal())
    lake.grant_permissions(**grant(TABLE, "SELECT"))
    assert refusal() is None
    lake.register_resource(ResourceArn="arn:aws:s3:::archive/app", UseServiceLinkedRole=True)
    assert "lakeformation:GetDataAccess" in str(refusal())
    statement = {"Effect": "Allow", "Action": "lakeformation:GetDataAccess", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    emulator.client("iam").put_role_policy(RoleName="job", PolicyName="data", PolicyDocument=document)
    assert refusal() is None
    lake.deregister_resource(ResourceArn="arn:aws:s3:::archive/app")
    lake.register_resource(ResourceArn="arn:aws:s3:::archive/application", UseServiceLinkedRole=True)
    emulator.client("iam").delete_role_policy(RoleName="job", PolicyName="data")
    assert refusal() is None
