"""Lake Formation's grants, as the provider reads them back, and what they mean for a query.

moto keeps grants in a set whose members change, and then no longer finds them. Here a grant is kept by principal and
resource, and listed as AWS lists it: ``SELECT`` on a table comes back as one on all of its columns.

What real AWS does differently: the caller of a grant must be an administrator, or hold the permission with the grant
option; a table's deletion ends its grants; tags, filters and cross-account grants exist. Here only reads are checked,
and only those of queries that a state machine starts; creating partitions needs no ``ALTER``. A table takes the
account's defaults (DataLakeSettings) when it is read, and not when it is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.glue.models import glue_backends
from moto.iam.models import iam_backends
from moto.lakeformation.models import LakeFormationBackend, lakeformation_backends
from moto.lakeformation.responses import LakeFormationResponse

from northsouth.emulator import patching, permissions
from northsouth.emulator.objects import ACCOUNT
from northsouth.emulator.patching import Parameters, RequestError

EVERYBODY = "IAM_ALLOWED_PRINCIPALS"
_TABLE = frozenset({"ALL", "ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT", "SELECT"})
_PERMISSIONS: Mapping[str, frozenset[str]] = {
    "Catalog": frozenset({"ALL", "CREATE_DATABASE", "CREATE_LF_TAG", "DESCRIBE"}),
    "Database": frozenset({"ALL", "ALTER", "CREATE_TABLE", "DESCRIBE", "DROP"}),
    "Table": _TABLE,
    "TableWithColumns": frozenset({"SELECT"}),
    "DataLocation": frozenset({"DATA_LOCATION_ACCESS"}),
}
"""By the kind of a resource, what can be granted on it (docs.aws.amazon.com/lake-formation: permissions reference)."""

_Key = tuple[str, ...]


@dataclass
class Grant:
    """What a principal may do with a resource, and what of it the principal may grant to others."""

    principal: str
    kind: str
    resource: dict[str, Any]
    permissions: set[str] = field(default_factory=set)
    grantable: set[str] = field(default_factory=set)


def install() -> None:
    """Replace moto's operations."""
    patching.require(LakeFormationBackend, "get_data_lake_settings", "list_resources")
    patching.add_operations(LakeFormationResponse, "lakeformation_backend", OPERATIONS)


def refusal(role: str, region: str, database: str, table: str, location: str) -> str | None:
    """Return why a role may not read a table, or None if it may.

    Args:
        role: the role's ARN.
        region: the Region.
        database: the table's database.
        table: the table.
        location: its location, ``s3://bucket/prefix/``.

    """
    backend = lakeformation_backends[ACCOUNT][region]
    if not _is_open(backend, "CreateTableDefaultPermissions") and not _may_read(backend, role, database, table):
        return f"Insufficient Lake Formation permission(s): Required Select on {table}"
    action = "lakeformation:GetDataAccess"
    if _is_registered(backend, location) and not permissions.may(role, action, "*", {}):
        return f"User: {role} is not authorized to perform: {action} because no identity-based policy allows it"
    return None


def _is_open(backend: LakeFormationBackend, setting: str) -> bool:
    """Tell whether IAM alone decides on what has no grants, which is what an account begins with."""
    return any(
        admin["Principal"]["DataLakePrincipalIdentifier"] == EVERYBODY
        for admin in backend.get_data_lake_settings(ACCOUNT).get(setting, ())
    )


def _may_read(backend: LakeFormationBackend, role: str, database: str, table: str) -> bool:
    return any(
        grant.principal == role and grant.permissions & {"SELECT", "ALL"}
        for grant in _grants(backend).values()
        if _names_table(grant, database, table)
    )


def _names_table(grant: Grant, database: str, table: str) -> bool:
    resource = grant.resource
    covers_table = grant.kind == "Table" or "ColumnWildcard" in resource
    return covers_table and resource.get("DatabaseName") == database and resource.get("Name", table) == table


def _is_registered(backend: LakeFormationBackend, location: str) -> bool:
    address = location.removeprefix("s3://").rstrip("/") + "/"
    return any(
        address.startswith(resource.arn.split(":::", 1)[1].rstrip("/*") + "/") for resource in backend.list_resources()
    )


def _grants(backend: LakeFormationBackend) -> dict[_Key, Grant]:
    # Kept in moto's back end, which a reset empties.
    grants: dict[_Key, Grant] = vars(backend).setdefault("northsouth_grants", {})
    return grants


def _resource(request: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the kind of the one resource of a request, and what names it."""
    named = {kind: value for kind, value in request.get("Resource", {}).items() if value is not None}
    if len(named) != 1 or not named.keys() <= _PERMISSIONS.keys():
        raise RequestError("InvalidInputException", "Resource must have exactly one field populated.")
    [(kind, value)] = named.items()
    return kind, {name: part for name, part in value.items() if name != "CatalogId"}


def _grant_of(backend: LakeFormationBackend, request: Mapping[str, Any]) -> tuple[_Key, Grant]:
    """Return the grant that a request is about, and its key, after checking that it can be."""
    principal = request["Principal"]["DataLakePrincipalIdentifier"]
    kind, resource = _resource(request)
    wrong = {*request.get("Permissions", ()), *request.get("PermissionsWithGrantOption", ())} - _PERMISSIONS[kind]
    if wrong or not request.get("Permissions"):
        raise RequestError("InvalidInputException", "Permissions modification is invalid.")
    key = (principal, kind, *(f"{name}={resource[name]}" for name in sorted(resource)))
    return key, _grants(backend).get(key) or Grant(principal, kind, resource)


def _check_exists(backend: LakeFormationBackend, grant: Grant) -> None:
    """Refuse a principal, database or table that does not exist."""
    if ":role/" in grant.principal:
        roles = iam_backends[ACCOUNT]["aws"].roles.values()
        if grant.principal not in {role.arn for role in roles}:
            raise RequestError("InvalidInputException", f"Invalid principal, {grant.principal}")
    databases = glue_backends[ACCOUNT][backend.region_name].databases
    database = grant.resource.get("DatabaseName", grant.resource.get("Name") if grant.kind == "Database" else None)
    if database is not None and database not in databases:
        raise RequestError("EntityNotFoundException", f"Database {database} not found.")
    table = grant.resource.get("Name")
    if database is not None and grant.kind != "Database" and table and table not in databases[database].tables:
        raise RequestError("EntityNotFoundException", f"Table {table} not found.")


def _grant(backend: LakeFormationBackend, request: Parameters) -> dict[str, Any]:
    key, grant = _grant_of(backend, request)
    _check_exists(backend, grant)
    grant.permissions |= set(request["Permissions"])
    grant.grantable |= set(request.get("PermissionsWithGrantOption", ()))
    _grants(backend)[key] = grant
    return {}


def _revoke(backend: LakeFormationBackend, request: Parameters) -> dict[str, Any]:
    key, grant = _grant_of(backend, request)
    lacking = set(request["Permissions"]) - grant.permissions
    if lacking:
        words = ", ".join(sorted(lacking))
        raise RequestError("InvalidInputException", f"No permissions revoked. Grantee does not have:[{words}]")
    grant.permissions -= set(request["Permissions"])
    grant.grantable -= {*request["Permissions"], *request.get("PermissionsWithGrantOption", ())}
    if not grant.permissions:
        del _grants(backend)[key]
    return {}


def _list(backend: LakeFormationBackend, request: Parameters) -> dict[str, Any]:
    principal = request.get("Principal", {}).get("DataLakePrincipalIdentifier")
    if principal is not None and "Resource" not in request:
        raise RequestError("InvalidInputException", "Resource is mandatory if Principal is set in the input.")
    resource = _resource(request) if "Resource" in request else None
    grants = [
        grant
        for grant in _grants(backend).values()
        if principal in (None, grant.principal) and (resource is None or _concerns(grant, *resource))
    ]
    return {"PrincipalResourcePermissions": [entry for grant in grants for entry in _entries(grant)]}


def _concerns(grant: Grant, kind: str, resource: Mapping[str, Any]) -> bool:
    if kind in ("Table", "TableWithColumns"):
        same = ("DatabaseName", "Name", "TableWildcard")
        return "DatabaseName" in grant.resource and all(grant.resource.get(part) == resource.get(part) for part in same)
    return grant.kind == kind and grant.resource == resource


def _entries(grant: Grant) -> Iterator[dict[str, Any]]:
    """Yield a grant as AWS lists it: ``SELECT`` on a table by itself, as one on all columns."""
    kinds = {grant.kind: grant.permissions}
    if grant.kind == "Table":
        kinds = {"Table": grant.permissions - {"SELECT"}, "TableWithColumns": grant.permissions & {"SELECT"}}
    for kind, allowed in kinds.items():
        if allowed:
            resource: dict[str, Any] = {"CatalogId": ACCOUNT, **grant.resource}
            if kind != grant.kind:
                resource["ColumnWildcard"] = {}
            yield {
                "Principal": {"DataLakePrincipalIdentifier": grant.principal},
                "Resource": {kind: resource},
                "Permissions": sorted(allowed),
                "PermissionsWithGrantOption": sorted(allowed & grant.grantable),
            }


def _batch(backend: LakeFormationBackend, entries: Iterable[Parameters], operation: patching.Operation) -> Parameters:
    failures = []
    for entry in entries:
        try:
            operation(backend, entry)
        except RequestError as error:
            failed = {"ErrorCode": error.code, "ErrorMessage": error.message}
            failures.append({"RequestEntry": entry, "Error": failed})
    return {"Failures": failures}


OPERATIONS: Mapping[str, patching.Operation] = {
    "GrantPermissions": _grant,
    "RevokePermissions": _revoke,
    "ListPermissions": _list,
    "BatchGrantPermissions": lambda backend, request: _batch(backend, request["Entries"], _grant),
    "BatchRevokePermissions": lambda backend, request: _batch(backend, request["Entries"], _revoke),
}
