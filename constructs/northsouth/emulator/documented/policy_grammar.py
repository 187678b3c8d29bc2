"""Rules of the form of policy documents: their elements, and what the policies of some resources cannot have.

Source: "Grammar of the IAM JSON policy language" (IAM/latest/UserGuide/reference_policies_grammar).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from northsouth.emulator.documented.policies import (
    PRINCIPALS,
    as_list,
    attribute_policy,
    document_of,
    parameter,
    statements_of,
)
from northsouth.emulator.documented.rule import Rule
from northsouth.emulator.request import Request

_GRAMMAR = "IAM/latest/UserGuide/reference_policies_grammar"
_KINDS = frozenset(("AWS", "CanonicalUser", "Federated", "Service"))
_TOPIC_ACTIONS = frozenset(
    (
        *("addpermission", "deletetopic", "getdataprotectionpolicy", "gettopicattributes", "listsubscriptionsbytopic"),
        *("listtagsforresource", "publish", "putdataprotectionpolicy", "receive", "removepermission"),
        *("settopicattributes", "subscribe", "tagresource", "untagresource"),
    )
)
"""What a topic's policy can allow, in lower case (sns-access-policy-language-api-permissions-reference)."""


def _grammar_fault(text: Any) -> str | None:
    """Return what is wrong with the elements that every policy of a resource has."""
    if not isinstance(_parsed(text), dict):
        return "Policies must be valid JSON and the first byte must be '{'"
    statements = as_list(document_of(text).get("Statement", []))
    if not statements:
        return "Could not parse the policy: Statement is empty!"
    return next((fault for fault in map(_statement_fault, statements) if fault), None)


def _statement_fault(statement: Any) -> str | None:
    if not isinstance(statement, dict):
        return "Invalid policy syntax."
    for name in ("Principal", "Action"):
        if (name in statement) == (f"Not{name}" in statement):
            return f"Missing required field {name}"
    if statement.get("Effect") not in ("Allow", "Deny"):
        return f"Invalid effect: {statement['Effect']}" if "Effect" in statement else "Missing required field Effect"
    principal = statement.get("Principal", statement.get("NotPrincipal"))
    if principal != "*" and (not isinstance(principal, dict) or not principal or not set(principal) <= _KINDS):
        return "Invalid principal in policy"
    return None


def _parsed(text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return None


def _elements(statement: Mapping[str, Any], name: str) -> list[str]:
    return [str(member) for member in as_list(statement.get(name, statement.get(f"Not{name}", [])))]


def _bucket_grammar(request: Request) -> str | None:
    fault = _grammar_fault(request.parameters["Policy"])
    if fault:
        return fault
    bucket = request.parameters["Bucket"]
    for statement in statements_of(request.parameters["Policy"]):
        if any(not re.match(r"\*$|s3[a-z-]*:", action, re.IGNORECASE) for action in _elements(statement, "Action")):
            return "Policy has invalid action"
        names = [resource.partition(":::")[2].partition("/")[0] for resource in _elements(statement, "Resource")]
        if not names or not all(fnmatchcase(bucket, name) for name in names):
            return "Policy has invalid resource"
    return None


def _trust_grammar(request: Request) -> str | None:
    text = parameter("AssumeRolePolicyDocument", "PolicyDocument")(request)
    if not isinstance(_parsed(text), dict):
        return "This policy contains invalid Json"
    fault = _grammar_fault(text)
    if fault:
        return fault
    for statement in statements_of(text):
        if "Resource" in statement or "NotResource" in statement:
            return "Has prohibited field Resource"
        if not all(re.match(r"sts:|\*$", action, re.IGNORECASE) for action in _elements(statement, "Action")):
            return "AssumeRole policy may only specify STS AssumeRole actions."
    return None


def _own_principal(request: Request) -> str | None:
    statements = statements_of(request.parameters["PolicyDocument"])
    if any("Principal" in statement or "NotPrincipal" in statement for statement in statements):
        return "Policy document should not specify a principal."
    return None


def _topic_actions(request: Request) -> str | None:
    for statement in statements_of(attribute_policy(request)):
        for action in _elements(statement, "Action"):
            service, _, name = action.lower().partition(":")
            if "*" not in name and action != "*" and (service != "sns" or name not in _TOPIC_ACTIONS):
                return "Invalid parameter: Policy statement action out of service scope!"
    return None


RULES = (
    Rule(
        "s3",
        ("PutBucketPolicy",),
        "a policy that is malformed, or is on another bucket",
        _GRAMMAR,
        "MalformedPolicy",
        _bucket_grammar,
    ),
    Rule(
        "iam",
        ("CreateRole", "UpdateAssumeRolePolicy"),
        "a trust policy that is malformed, or has resources or actions of other services",
        _GRAMMAR,
        "MalformedPolicyDocument",
        _trust_grammar,
    ),
    Rule(
        "iam",
        ("CreatePolicy", "CreatePolicyVersion", "PutRolePolicy", "PutUserPolicy"),
        "a principal in the policy of a role or user",
        PRINCIPALS,
        "MalformedPolicyDocument",
        _own_principal,
    ),
    Rule(
        "sns",
        ("CreateTopic", "SetTopicAttributes"),
        "an action that a topic's policy cannot have",
        "sns/latest/dg/sns-access-policy-language-api-permissions-reference",
        "InvalidParameter",
        _topic_actions,
    ),
)
