"""Whether IAM lets somebody do something: a service as a role, or a service by a resource's own policy.

The logic is that of the IAM user guide ("Policy evaluation logic", "IAM JSON policy elements"): a Deny anywhere wins;
then an Allow is needed, in a policy of the role (inline or managed, within its boundary) or in the resource's own.

What real AWS does differently: it knows service control policies, session policies and policies of VPC endpoints, and
more condition operators. A condition that is not known here grants nothing in an Allow and forbids in a Deny.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from ipaddress import ip_address, ip_network
from typing import Any

from moto.core.utils import utcnow
from moto.iam.models import iam_backends

from northsouth.emulator.patching import require
from northsouth.emulator.resources import key_of, policy_of

Context = Mapping[str, str]
"""Condition keys of a call and their values; names of keys are compared without case."""

ASSUME = "sts:AssumeRole"


@dataclass(frozen=True)
class Question:
    """Whether somebody may do something, asked for a call.

    Attributes:
        who: the ARN of a role, or a service: ``sns.amazonaws.com``.
        action: the action: ``s3:GetObject``.
        resource: the ARN of what is acted on; ``*`` where the action knows no resource.
        keys: the call's condition keys and their values.

    """

    who: str
    action: str
    resource: str
    keys: tuple[tuple[str, str], ...] = ()

    def is_allowed(self) -> bool:
        """Answer by the policies as they are now."""
        if self.who.startswith("arn:"):
            return _role_may(self.who, self.action, self.resource, dict(self.keys))
        if self.action == ASSUME:
            return _decision(_trust(self.resource), _is_service(self.who), *self._call()) == "Allow"
        return _decision(policy_of(self.resource), _is_service(self.who), *self._call()) == "Allow"

    def _call(self) -> tuple[str, str, Context]:
        return self.action, self.resource, dict(self.keys)


VISIBLE_AFTER = 0.0
"""Seconds for which services do not see a new role, or a policy that a role was given (IAM user guide, "Changes that I
make are not always immediately visible"). Deploys under :func:`visible_after` show that they survive it."""

_records: list[dict[Question, bool]] = []
"""Where questions are noted, in tests that ask which statements were needed."""

_session: ContextVar[str] = ContextVar("role of the session", default="")
_VARIABLE = re.compile(r"\$\{([^}]+)\}")
_ALWAYS = {"aws:securetransport": "true"}
"""What holds of every call that a service makes: it uses TLS."""


@contextmanager
def session(role: str) -> Iterator[None]:
    """Let what happens in this thread happen as a role; an empty name stands for the account's own credentials."""
    token = _session.set(role)
    try:
        yield
    finally:
        _session.reset(token)


@contextmanager
def visible_after(seconds: float) -> Iterator[None]:
    """Let services see what is new in IAM after some seconds only."""
    global VISIBLE_AFTER  # noqa: PLW0603 - all threads of the emulator read it
    before, VISIBLE_AFTER = VISIBLE_AFTER, seconds
    try:
        yield
    finally:
        VISIBLE_AFTER = before


def acting() -> str:
    """Return the role as which this thread acts; empty for the account's own credentials."""
    return _session.get()


@contextmanager
def recorded() -> Iterator[dict[Question, bool]]:
    """Note every question that calls bring up, with its answer at that time."""
    record: dict[Question, bool] = {}
    _records.append(record)
    try:
        yield record
    finally:
        _records.remove(record)


def session_allows(action: str, resource: str) -> bool:
    """Whether who acts in this thread may do something; the account itself may do all."""
    role = _session.get()
    return not role or may(role, action, resource, {})


def denial(action: str, resource: str) -> str:
    """Return what AWS says to who acts in this thread, if no policy allows the action (troubleshoot_access-denied)."""
    role = _session.get().replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")
    why = f"because no identity-based policy allows the {action} action"
    return f"User: {role}/session is not authorized to perform: {action} on resource: {resource} {why}"


def resource_allows(service: str, action: str, resource: str, context: Context) -> bool:
    """Whether a resource's policy lets a service do this, and so does that of the key that encrypts it."""
    return refused(service, action, resource, context) is None


def role_allows(arn: str, service: str, action: str, resource: str, context: Context) -> bool:
    """Whether a service may take on a role for this, and the role may do it."""
    return assumable(arn, service, context) and may(arn, action, resource, context)


def assumable(arn: str, service: str, context: Context) -> bool:
    """Whether a role's trust policy lets a service take it on."""
    return refused(service, ASSUME, arn, context) is None


def trusts(arn: str, service: str, *, settled: bool = False) -> bool:
    """Whether a role's trust policy names a service at all, which services check when they are given the role.

    Args:
        arn: the role.
        service: who is to take it on.
        settled: whether the service waits by itself until it sees a new role.

    """
    role = _role(arn, settled=settled)
    statements = _list(json.loads(role.assume_role_policy_document).get("Statement")) if role else []
    return any(each["Effect"] == "Allow" and _is_service(service)(each.get("Principal", {})) for each in statements)


def may(arn: str, action: str, resource: str, context: Context) -> bool:
    """Whether a role may do something, by its own policies, the resource's, and those of the key that encrypts it.

    Args:
        arn: the role.
        action: the action: ``s3:GetObject``.
        resource: the ARN of what is acted on; ``*`` where the action knows no resource.
        context: the call's condition keys.

    """
    return refused(arn, action, resource, context) is None


def refused(who: str, action: str, resource: str, context: Context) -> Question | None:
    """Return the first question about a call whose answer is no: about the call itself, or about a key it uses."""
    call = Question(who, action, resource, tuple(sorted(context.items())))
    return next((each for each in (call, *_about_keys(call)) if not _answer(each)), None)


def _answer(question: Question) -> bool:
    answer = question.is_allowed()
    for record in _records:
        record[question] = answer
    return answer


_KEY_ACTIONS = {
    "s3:GetObject": ("kms:Decrypt",),
    "s3:PutObject": ("kms:GenerateDataKey",),
    "sns:Publish": ("kms:GenerateDataKey", "kms:Decrypt"),
    "sqs:ReceiveMessage": ("kms:Decrypt",),
    "sqs:SendMessage": ("kms:GenerateDataKey", "kms:Decrypt"),
}
"""What a call needs of the key that encrypts its resource (AmazonS3/latest/userguide/UsingKMSEncryption,
sns/latest/dg/sns-key-management, AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management)."""

_ENCRYPTION_CONTEXTS = {"s3": "aws:s3:arn", "sns": "aws:sns:topicArn", "sqs": "aws:sqs:arn"}


def _about_keys(call: Question) -> Iterator[Question]:
    key = key_of(call.resource) if call.action in _KEY_ACTIONS else None
    # The account's roles may use the keys of AWS itself by way of the service; services may not.
    if key is None or (":alias/aws/" in key and call.who.startswith("arn:")):
        return
    service, region, account = call.resource.split(":")[2], *key.split(":")[3:5]
    more = {
        "kms:ViaService": f"{service}.{region}.amazonaws.com",
        "kms:CallerAccount": account,
        f"kms:EncryptionContext:{_ENCRYPTION_CONTEXTS[service]}": call.resource,
    }
    for action in _KEY_ACTIONS[call.action]:
        yield Question(call.who, action, key, tuple(sorted({**dict(call.keys), **more}.items())))


def _role_may(arn: str, action: str, resource: str, context: Context) -> bool:
    role = _role(arn)
    if role is None:
        return False
    policy = policy_of(resource)
    own = [_decision(each, None, action, resource, context) for each in _policies(role)]
    resources = _decision(policy, _is_role(arn), action, resource, context)
    boundary = _boundary(role)
    bound = [_decision(boundary, None, action, resource, context)] if boundary else []
    if "Deny" in (*own, *bound, resources):
        return False
    if resources == "Allow":
        return True
    delegated = not action.startswith("kms:") or _delegates(policy, arn, action, resource, context)
    return delegated and "Allow" in own and all(each == "Allow" for each in bound)


def _delegates(policy: Mapping[str, Any], arn: str, action: str, resource: str, context: Context) -> bool:
    """Whether a key's policy lets the policies of its account decide (kms/latest/developerguide/key-policy-default)."""
    account = arn.split(":")[4]

    def is_account(principal: Any) -> bool:
        names = _list(principal.get("AWS")) if isinstance(principal, dict) else []
        return bool({account, f"arn:aws:iam::{account}:root"} & set(names))

    return _decision(policy, is_account, action, resource, context) == "Allow"


def _trust(arn: str) -> Mapping[str, Any]:
    role = _role(arn)
    statements = _list(json.loads(role.assume_role_policy_document).get("Statement")) if role else []
    return {"Statement": [{"Resource": "*", **statement} for statement in statements]}


def written(role: Any) -> dict[str, datetime]:
    """Return when each policy of a role was written or attached, by its name or ARN."""
    moments: dict[str, datetime] = vars(role).setdefault("northsouth_written", {})
    return moments


def _is_visible(since: datetime | None) -> bool:
    return since is None or (utcnow() - since).total_seconds() >= VISIBLE_AFTER


def _role(arn: str, *, settled: bool = False) -> Any:
    """Return a role, or nothing if there is none yet."""
    parts = arn.split(":")
    backend = iam_backends[parts[4]]["aws"]
    require(backend, "roles")
    role = next((role for role in backend.roles.values() if role.arn == arn), None)
    if role is None or not (settled or _is_visible(role.create_date)):
        return None
    return role


def _policies(role: Any) -> Iterator[Mapping[str, Any]]:
    moments = written(role)
    for name, text in role.policies.items():
        if _is_visible(moments.get(name)):
            yield json.loads(text) if isinstance(text, str) else text
    for arn, policy in role.managed_policies.items():
        if _is_visible(moments.get(arn)):
            yield _default_version(policy)


def _default_version(policy: Any) -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads(next(each.document for each in policy.versions if each.is_default))
    return document


def _boundary(role: Any) -> Mapping[str, Any] | None:
    arn = role.permissions_boundary_arn
    return _default_version(iam_backends[role.arn.split(":")[4]]["aws"].get_policy(arn)) if arn else None


Principals = Callable[[Any], bool]
"""Whether an element ``Principal`` means who acts."""


def _is_service(service: str) -> Principals:
    def matches(principal: Any) -> bool:
        return principal == "*" or "*" in _list(principal.get("AWS")) or service in _list(principal.get("Service"))

    return matches


def _is_role(arn: str) -> Principals:
    def matches(principal: Any) -> bool:
        return principal == "*" or any(each in ("*", arn) for each in _list(principal.get("AWS")))

    return matches


def _decision(
    policy: Mapping[str, Any], principals: Principals | None, action: str, resource: str, context: Context
) -> str:
    """Return ``Deny``, ``Allow``, or nothing."""
    keys = _ALWAYS | {key.lower(): value for key, value in context.items()}
    effects = {
        statement["Effect"]
        for statement in _list(policy.get("Statement"))
        if _is_by(statement, principals)
        and _is_one(statement, "Action", action, keys, ignore_case=True)
        and _is_one(statement, "Resource", resource, keys)
        and _holds(statement, keys)
    }
    return "Deny" if "Deny" in effects else "Allow" if effects else ""


def _is_by(statement: Mapping[str, Any], principals: Principals | None) -> bool:
    if principals is None:
        return True
    if "NotPrincipal" in statement:
        return not principals(statement["NotPrincipal"])
    return principals(statement.get("Principal", {}))


def _is_one(
    statement: Mapping[str, Any], element: str, value: str, keys: Context, *, ignore_case: bool = False
) -> bool:
    """Whether an element, or its ``Not…`` form, takes in a value."""
    negated = f"Not{element}" in statement
    patterns = _list(statement.get(f"Not{element}" if negated else element))
    matches = any(_glob(_filled(pattern, keys), ignore_case=ignore_case).fullmatch(value) for pattern in patterns)
    return matches != negated


@cache
def _glob(pattern: str, *, ignore_case: bool = False) -> re.Pattern[str]:
    """Compile a pattern of IAM: ``*`` is any text, ``?`` one character."""
    text = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.compile(text, re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def _filled(pattern: str, keys: Context) -> str:
    """Put condition keys in the place of policy variables."""
    return _VARIABLE.sub(lambda match: keys.get(match[1].lower(), match[0]), pattern)


def _holds(statement: Mapping[str, Any], keys: Context) -> bool:
    """Whether all conditions hold; one of an unknown kind holds in a Deny only."""
    return all(
        _condition(operator, keys.get(key.lower()), [_filled(str(_lower(each)), keys) for each in _list(wanted)])
        if operator in _known()
        else statement["Effect"] == "Deny"
        for operator, conditions in statement.get("Condition", {}).items()
        for key, wanted in conditions.items()
    )


def _lower(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _condition(operator: str, value: str | None, wanted: list[str]) -> bool:
    operator = operator.removeprefix("ForAnyValue:").removeprefix("ForAllValues:")
    if operator == "Null":
        return (value is None) == ("true" in wanted)
    base = operator.removesuffix("IfExists")
    negated = "Not" in base
    if value is None:
        return base != operator or negated
    compare = _OPERATORS[base.replace("Not", "")]
    return any(compare(value, each) for each in wanted) != negated


@cache
def _known() -> frozenset[str]:
    bases = {*_OPERATORS, *(f"{kind}Not{rest}" for kind, rest in _NEGATED)}
    single = {"Null", *bases, *(f"{base}IfExists" for base in bases)}
    return frozenset(single | {f"{many}:{each}" for many in ("ForAnyValue", "ForAllValues") for each in single})


def _number(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    return lambda value, wanted: compare(float(value), float(wanted))


def _date(compare: Callable[[datetime, datetime], bool]) -> Callable[[str, str], bool]:
    return lambda value, wanted: compare(datetime.fromisoformat(value), datetime.fromisoformat(wanted))


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringEqualsIgnoreCase": lambda value, wanted: value.lower() == wanted.lower(),
    "StringLike": lambda value, wanted: _glob(wanted).fullmatch(value) is not None,
    # Both take wildcards ("Amazon Resource Name (ARN) condition operators").
    "ArnEquals": lambda value, wanted: _glob(wanted).fullmatch(value) is not None,
    "ArnLike": lambda value, wanted: _glob(wanted).fullmatch(value) is not None,
    "Bool": lambda value, wanted: value.lower() == wanted.lower(),
    "IpAddress": lambda value, wanted: ip_address(value) in ip_network(wanted, strict=False),
    "NumericEquals": _number(lambda value, wanted: value == wanted),
    "NumericLessThan": _number(lambda value, wanted: value < wanted),
    "NumericLessThanEquals": _number(lambda value, wanted: value <= wanted),
    "NumericGreaterThan": _number(lambda value, wanted: value > wanted),
    "NumericGreaterThanEquals": _number(lambda value, wanted: value >= wanted),
    "DateEquals": _date(lambda value, wanted: value == wanted),
    "DateLessThan": _date(lambda value, wanted: value < wanted),
    "DateLessThanEquals": _date(lambda value, wanted: value <= wanted),
    "DateGreaterThan": _date(lambda value, wanted: value > wanted),
    "DateGreaterThanEquals": _date(lambda value, wanted: value >= wanted),
}
_NEGATED = (
    *(("String", "Equals"), ("String", "EqualsIgnoreCase"), ("String", "Like"), ("Arn", "Equals"), ("Arn", "Like")),
    *(("Numeric", "Equals"), ("Date", "Equals"), ("", "IpAddress")),
)


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
