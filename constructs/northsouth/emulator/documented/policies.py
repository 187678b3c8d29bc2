"""Rules of policy documents: whom they name, and what a bucket that blocks public access takes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv4Network, ip_network
from typing import Any

from moto.iam.models import iam_backends
from moto.s3.models import s3_backends

from northsouth.emulator.documented.rule import Rule
from northsouth.emulator.objects import ACCOUNT
from northsouth.emulator.request import Request

PRINCIPALS = "IAM/latest/UserGuide/reference_policies_elements_principal"
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

_NARROWEST_PUBLIC = {True: 8, False: 32}
"""Shortest prefix of an IPv4 and of an IPv6 range that does not make a policy public, outside of private ranges."""

_BLOCKED = "because public policies are blocked by the BlockPublicPolicy block public access setting."


def document_of(text: Any) -> Mapping[str, Any]:
    """Return a policy; an empty one if it is not an object, which ``policy_grammar`` refuses."""
    try:
        document = json.loads(text) if text else {}
    except (TypeError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}


def statements_of(text: Any) -> list[Mapping[str, Any]]:
    """Return the statements of a policy."""
    statements = document_of(text).get("Statement", [])
    return [member for member in as_list(statements) if isinstance(member, dict)]


def as_list(value: Any) -> list[Any]:
    """Return a list of what may stand alone."""
    return value if isinstance(value, list) else [value]


def unknown_principals(text: Any) -> list[str]:
    """Return the principals of a policy that do not exist: users and roles of this account, and malformed ones."""
    return [
        f'"{kind}":"{name}"'
        for statement in statements_of(text)
        for kind, name in _principals(statement)
        if not _is_known(kind, name)
    ]


def _principals(statement: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    principal = statement.get("Principal", statement.get("NotPrincipal", {}))
    for kind, names in principal.items() if isinstance(principal, dict) else []:
        yield from ((kind, name) for name in as_list(names))


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
        for statement in statements_of(text)
    )


def _is_everybody(statement: Mapping[str, Any]) -> bool:
    # All others than a few are everybody too.
    is_star = statement.get("Principal") == "*" or ("AWS", "*") in list(_principals(statement))
    return is_star or "NotPrincipal" in statement


def _is_narrow(statement: Mapping[str, Any]) -> bool:
    return any(
        key.lower() in _FIXED
        and "Not" not in operator
        and not operator.endswith("IfExists")
        and all(_is_fixed(key.lower(), str(member)) for member in as_list(value))
        for operator, conditions in statement.get("Condition", {}).items()
        for key, value in conditions.items()
    )


def _is_fixed(key: str, value: str) -> bool:
    if key != "aws:sourceip":
        return not set("*?") & set(_account_free(value))
    try:
        network = ip_network(value, strict=False)
    except ValueError:
        return False
    least = _NARROWEST_PUBLIC[isinstance(network, IPv4Network)]
    return (network.is_private and network.prefixlen > 0) or network.prefixlen >= least


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


def attribute_policy(request: Request) -> Any:
    """Return the policy among the attributes of a topic or queue."""
    if request.parameters.get("AttributeName") == "Policy":
        return request.parameters.get("AttributeValue")
    return request.parameters.get("Attributes", {}).get("Policy")


def parameter(*names: str) -> Callable[[Request], Any]:
    """Return a function that returns the first of some parameters that a request has."""
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
        PRINCIPALS,
        "MalformedPolicy",
        _nobody(parameter("Policy"), _INVALID),
    ),
    Rule(
        "iam",
        ("CreateRole", "UpdateAssumeRolePolicy"),
        _UNKNOWN,
        PRINCIPALS,
        "MalformedPolicyDocument",
        _nobody(parameter("AssumeRolePolicyDocument", "PolicyDocument"), _INVALID + ": {}"),
    ),
    Rule(
        "sns",
        ("CreateTopic", "SetTopicAttributes"),
        _UNKNOWN,
        PRINCIPALS,
        "InvalidParameter",
        _nobody(attribute_policy, "Invalid parameter: Policy Error: PrincipalNotFound"),
    ),
    Rule(
        "sqs",
        ("CreateQueue", "SetQueueAttributes"),
        _UNKNOWN,
        PRINCIPALS,
        "InvalidAttributeValue",
        _nobody(attribute_policy, "Invalid value for the parameter Policy."),
    ),
    Rule(
        "kms",
        ("CreateKey", "PutKeyPolicy"),
        _UNKNOWN,
        PRINCIPALS,
        "MalformedPolicyDocumentException",
        _nobody(parameter("Policy"), "Policy contains a statement with one or more invalid principals."),
    ),
)
