"""Rules of policy documents: whom they name, and what a bucket that blocks public access takes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from moto.iam.models import iam_backends
from moto.s3.models import s3_backends

from northsouth.emulator.documented.rule import Rule
from northsouth.emulator.objects import ACCOUNT
from northsouth.emulator.request import Request

_ELEMENTS = "IAM/latest/UserGuide/reference_policies_elements_principal"
_SERVICE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal)")
_ACCOUNT = re.compile(r"\d{12}|arn:aws[a-z-]*:iam::\d{12}:root")
_ENTITY = re.compile(r"arn:aws[a-z-]*:(iam|sts)::(\d{12}):(user|role|assumed-role|federated-user)/(.+)")
_FIXED = frozenset(
    (
        *("aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn", "aws:userid"),
        *("aws:sourcearn", "aws:sourcevpc", "aws:sourcevpce", "aws:sourceowner", "aws:sourceaccount", "aws:sourceip"),
        *("aws:sourceorgid", "aws:sourceorgpaths", "aws:username", "aws:viaawsservice", "s3:dataaccesspointarn"),
        *("s3:dataaccesspointaccount", "s3:x-amz-server-side-encryption-aws-kms-key-id"),
    )
)
"""Condition keys that narrow a statement for everybody enough that it is not public, with values without wildcards."""

_BLOCKED = "because public policies are blocked by the BlockPublicPolicy block public access setting."


def _document(text: Any) -> Mapping[str, Any]:
    """Return a policy; what is none is for the service itself to refuse."""
    try:
        document = json.loads(text) if text else {}
    except (TypeError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}


def _statements(text: Any) -> list[Mapping[str, Any]]:
    statements = _document(text).get("Statement", [])
    return [each for each in _list(statements) if isinstance(each, dict)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def unknown_principals(text: Any) -> list[str]:
    """Return the principals of a policy that do not exist: users and roles of this account, and malformed ones."""
    return [
        f'"{kind}":"{name}"'
        for statement in _statements(text)
        for kind, name in _principals(statement)
        if not _is_known(kind, name)
    ]


def _principals(statement: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    principal = statement.get("Principal", statement.get("NotPrincipal", {}))
    for kind, names in principal.items() if isinstance(principal, dict) else []:
        yield from ((kind, name) for name in _list(names))


def _is_known(kind: str, name: str) -> bool:
    if kind == "Service":
        return _SERVICE.fullmatch(name) is not None
    if kind != "AWS":
        return True
    entity = _ENTITY.fullmatch(name)
    if entity is None:
        return name == "*" or _ACCOUNT.fullmatch(name) is not None or re.fullmatch(r"A[A-Z0-9]{15,}", name) is not None
    return entity[2] != ACCOUNT or entity[1] == "sts" or _exists(entity[3], name)


def _exists(kind: str, arn: str) -> bool:
    backend: Any = iam_backends[ACCOUNT]["aws"]
    entities = backend.users if kind == "user" else backend.roles
    return any(entity.arn == arn for entity in entities.values())


def is_public(text: Any) -> bool:
    """Whether a bucket policy makes something public, as AWS decides it (access-control-block-public-access)."""
    return any(
        statement.get("Effect") == "Allow" and _is_everybody(statement) and not _is_narrow(statement)
        for statement in _statements(text)
    )


def _is_everybody(statement: Mapping[str, Any]) -> bool:
    return statement.get("Principal") == "*" or ("AWS", "*") in list(_principals(statement))


def _is_narrow(statement: Mapping[str, Any]) -> bool:
    return any(
        key.lower() in _FIXED
        and "Not" not in operator
        and not any(set("*?") & set(_account_free(str(each))) for each in _list(value))
        for operator, conditions in statement.get("Condition", {}).items()
        for key, value in conditions.items()
    )


def _account_free(value: str) -> str:
    """Leave an ARN out that names its account: wildcards in its resource do not make it public."""
    return "" if re.match(r"arn:[^:]*:[^:]*:[^:*?]*:\d{12}:", value) else value


def _public_under_a_block(request: Request) -> str | None:
    bucket = s3_backends[ACCOUNT]["aws"].buckets.get(request.parameters["Bucket"])
    block: Any = bucket.public_access_block if bucket is not None else None
    blocked = block is not None and str(block.block_public_policy).lower() == "true"
    if not blocked or not is_public(request.parameters["Policy"]):
        return None
    resource = f"arn:aws:s3:::{request.parameters['Bucket']}"
    user, action = f"arn:aws:iam::{ACCOUNT}:root", "s3:PutBucketPolicy"
    return f'User: {user} is not authorized to perform: {action} on resource: "{resource}" {_BLOCKED}'


def _nobody(policy_of: Callable[[Request], Any], message: str) -> Callable[[Request], str | None]:
    def refusal(request: Request) -> str | None:
        unknown = unknown_principals(policy_of(request))
        return message.format(unknown[0]) if unknown else None

    return refusal


def _attribute(request: Request) -> Any:
    if request.parameters.get("AttributeName") == "Policy":
        return request.parameters.get("AttributeValue")
    return request.parameters.get("Attributes", {}).get("Policy")


def _of(*names: str) -> Callable[[Request], Any]:
    return lambda request: next((request.parameters[name] for name in names if name in request.parameters), None)


_INVALID = "Invalid principal in policy"
_UNKNOWN = "a principal that is malformed, or a role or user that does not exist"
RULES = (
    Rule(
        "s3",
        ("PutBucketPolicy",),
        "a public policy on a bucket that blocks them",
        "AmazonS3/latest/userguide/access-control-block-public-access",
        "AccessDenied",
        _public_under_a_block,
    ),
    Rule(
        "s3",
        ("PutBucketPolicy",),
        _UNKNOWN,
        _ELEMENTS,
        "MalformedPolicy",
        _nobody(_of("Policy"), _INVALID),
    ),
    Rule(
        "iam",
        ("CreateRole", "UpdateAssumeRolePolicy"),
        _UNKNOWN,
        _ELEMENTS,
        "MalformedPolicyDocument",
        _nobody(_of("AssumeRolePolicyDocument", "PolicyDocument"), _INVALID + ": {}"),
    ),
    Rule(
        "sns",
        ("CreateTopic", "SetTopicAttributes"),
        _UNKNOWN,
        _ELEMENTS,
        "InvalidParameter",
        _nobody(_attribute, "Invalid parameter: Policy Error: PrincipalNotFound"),
    ),
    Rule(
        "sqs",
        ("CreateQueue", "SetQueueAttributes"),
        _UNKNOWN,
        _ELEMENTS,
        "InvalidAttributeValue",
        _nobody(_attribute, "Invalid value for the parameter Policy."),
    ),
    Rule(
        "kms",
        ("CreateKey", "PutKeyPolicy"),
        _UNKNOWN,
        _ELEMENTS,
        "MalformedPolicyDocumentException",
        _nobody(_of("Policy"), "Policy contains a statement with one or more invalid principals."),
    ),
)
