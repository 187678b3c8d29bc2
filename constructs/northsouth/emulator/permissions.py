"""Whether policies let a service do something: enough of IAM to catch a right that is missing.

What real AWS does differently: it knows deny, wildcards in actions, boundaries, service control policies, session and
managed policies, and far more conditions. A condition that is not known here refuses.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from northsouth.emulator.objects import ACCOUNT
from northsouth.emulator.patching import require


def resource_allows(
    policy: Mapping[str, Any], service: str, action: str, resource: str, context: Mapping[str, str]
) -> bool:
    """Whether a resource's policy lets a service do this."""
    return any(
        _concerns(statement, action, resource) and _names(statement, service) and _holds(statement, context)
        for statement in _statements(policy)
    )


def role_allows(arn: str, service: str, action: str, resource: str, context: Mapping[str, str]) -> bool:
    """Whether a service may take on a role for this, and the role may do it."""
    trust = json.loads(_role(arn).assume_role_policy_document)
    taken = any(_names(statement, service) and _holds(statement, context) for statement in _statements(trust))
    return taken and role_may(arn, action, resource, context)


def role_may(arn: str, action: str, resource: str, context: Mapping[str, str]) -> bool:
    """Whether a role's policies let it do this, whoever has taken it on."""
    rights = [statement for text in _role(arn).policies.values() for statement in _statements(json.loads(text))]
    return any(_concerns(statement, action, resource) and _holds(statement, context) for statement in rights)


def session_key(arn: str) -> str:
    """Return an access key with which calls are those of a role, from a session that is begun if there is none."""
    account = arn.split(":")[4]
    backend = sts_backends[account]["aws"]
    require(backend, "assumed_roles", "assume_role")
    for session in backend.assumed_roles:
        if session.role_arn == arn:
            return str(session.access_key_id)
    session = backend.assume_role("us-east-1", "emulator", arn, "", 3600, "")
    return str(session.access_key_id)


def role_of(access_key: str) -> str | None:
    """Return the role whose session an access key belongs to, if it is one's."""
    backend = sts_backends[ACCOUNT]["aws"]
    require(backend, "get_assumed_role_from_access_key")
    session = backend.get_assumed_role_from_access_key(access_key)
    return str(session.role_arn) if session else None


def _role(arn: str) -> Any:
    backend = iam_backends[arn.split(":")[4]]["aws"]
    require(backend, "get_role_by_arn")
    return backend.get_role_by_arn(arn)


def _statements(policy: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from (each for each in _list(policy.get("Statement")) if each["Effect"] == "Allow")


def _concerns(statement: Mapping[str, Any], action: str, resource: str) -> bool:
    actions, resources = _list(statement.get("Action")), _list(statement.get("Resource"))
    service = action.partition(":")[0]
    return any(each.lower() in (action.lower(), f"{service}:*", "*") for each in actions) and any(
        fnmatchcase(resource, each) for each in resources
    )


def _names(statement: Mapping[str, Any], service: str) -> bool:
    principal = statement.get("Principal", {})
    if principal == "*" or principal.get("AWS") == "*":
        return True
    return service in _list(principal.get("Service"))


def _holds(statement: Mapping[str, Any], context: Mapping[str, str]) -> bool:
    given = {key.lower(): value for key, value in context.items()}
    for operator, conditions in statement.get("Condition", {}).items():
        if operator not in ("StringEquals", "ArnEquals", "ArnLike", "StringLike"):
            return False
        for key, patterns in conditions.items():
            value = given.get(key.lower())
            exact = operator == "StringEquals"
            if value is None or not any(
                value == each if exact else fnmatchcase(value, each) for each in _list(patterns)
            ):
                return False
    return True


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
