"""Rules of SNS, SQS, EventBridge and its pipes, and of the keys that their messages and logs are encrypted with."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from typing import Any

from moto.sqs.models import sqs_backends

from northsouth.emulator import permissions
from northsouth.emulator.documented import present
from northsouth.emulator.documented.rule import Rule
from northsouth.emulator.objects import ACCOUNT
from northsouth.emulator.request import Request

LONGEST_RETRIES = 3600
"""Seconds that all retries of a delivery policy may take."""

NAME_IS_TAKEN_FOR = 60.0
"""Seconds for which a deleted queue's name cannot be used again. Tests that deploy twice set it to 0."""

_LONGEST_TEMPLATE = 8192
_RESERVED = re.compile(r"aws\.events\.(rule-arn|rule-name|event\.ingestion-time|event|event\.json)")
_PLACEHOLDER = re.compile(r"<[^<>\s]+>")
_VARIABLE = re.compile(r"<([^<>\s$]+)>")
_SOURCE_OF_RULES = "eventbridge/latest/userguide/eb-event-patterns-content-based-filtering"
_OPERATORS = frozenset(
    ("prefix", "suffix", "anything-but", "numeric", "exists", "cidr", "wildcard", "equals-ignore-case")
)


def _long_retries(request: Request) -> str | None:
    attributes: Mapping[str, str] = request.parameters.get("Attributes", {})
    if request.parameters.get("AttributeName") == "DeliveryPolicy":
        attributes = {"DeliveryPolicy": request.parameters.get("AttributeValue", "")}
    policy = json.loads(attributes.get("DeliveryPolicy") or "{}").get("healthyRetryPolicy") or {}
    shortest, longest = policy.get("minDelayTarget", 20), policy.get("maxDelayTarget", 20)
    at_once, first = policy.get("numNoDelayRetries", 0), policy.get("numMinDelayRetries", 0)
    # AWS does not document the delays between the shortest and the longest, so each of them counts as the longest.
    seconds = first * shortest + (policy.get("numRetries", 3) - at_once - first) * longest
    if seconds <= LONGEST_RETRIES:
        return None
    rule = f"Total policy retry time cannot be greater than {LONGEST_RETRIES} seconds"
    return f"Invalid parameter: Attributes Reason: DeliveryPolicy: {rule}"


def deletions(backend: Any) -> dict[str, float]:
    """Return when each deleted queue of a Region was deleted; a reset forgets it with the rest of moto's back end."""
    known: dict[str, float] = vars(backend).setdefault("northsouth_deletions", {})
    return known


def _deleted_recently(request: Request) -> str | None:
    since = deletions(sqs_backends[ACCOUNT][request.region]).get(request.parameters["QueueName"])
    if since is None or time.monotonic() - since >= NAME_IS_TAKEN_FOR:
        return None
    return "You must wait 60 seconds after deleting a queue before you can create another with the same name."


def _no_topic_key(request: Request) -> str | None:
    return _no_key(request, request.parameters.get("Attributes", {}).get("KmsMasterKeyId"), "KmsMasterKeyId")


def _no_log_key(request: Request) -> str | None:
    return _no_key(request, request.parameters.get("kmsKeyId"), "kmsKeyId")


def _no_key(request: Request, key: str | None, name: str) -> str | None:
    if not key or present.key_exists(key, ACCOUNT, request.region):
        return None
    return f"The key '{key}' of {name} does not exist or is not allowed to be used"


def _parts(request: Request) -> str | None:
    wanted = [request.parameters.get(name) for name in ("Source", "Enrichment", "Target")]
    gone = [arn for arn in wanted if arn and not present.exists(arn)]
    return f"{gone[0]} does not exist" if gone else None


def _pipe_trust(request: Request) -> str | None:
    role = request.parameters.get("RoleArn")
    if role is None or permissions.trusts(role, "pipes.amazonaws.com"):
        return None
    return f"The role {role} cannot be assumed by pipes.amazonaws.com"


def _cut_template(request: Request) -> str | None:
    for name in ("EnrichmentParameters", "TargetParameters"):
        template = request.parameters.get(name, {}).get("InputTemplate") or ""
        rest = _PLACEHOLDER.sub("", template)
        if "<$" in rest or re.search(r"<aws\.[^>]*$", rest):
            return f"Invalid InputTemplate in {name}: a placeholder has no end"
        if len(template) > _LONGEST_TEMPLATE:
            return f"InputTemplate in {name} is longer than {_LONGEST_TEMPLATE} characters"
        if _is_open_json(template):
            return f"Invalid InputTemplate in {name}: it is no JSON"
    return None


def _is_open_json(template: str) -> bool:
    """Whether a template that begins as JSON does not end as JSON, whatever its placeholders stand for."""
    if not template.lstrip().startswith(("{", "[")):
        return False
    quoted = re.sub(r'"(?:\\.|[^"\\])*"', '""', template)
    try:
        json.loads(_PLACEHOLDER.sub("null", quoted))
    except ValueError:
        return True
    return False


def _targets(request: Request) -> list[Mapping[str, Any]]:
    return list(request.parameters.get("Targets", []))


def _undefined(request: Request) -> str | None:
    for target in _targets(request):
        transformer = target.get("InputTransformer", {})
        used = _VARIABLE.findall(transformer.get("InputTemplate", ""))
        unknown = [
            name for name in used if name not in transformer.get("InputPathsMap", {}) and not _RESERVED.fullmatch(name)
        ]
        if unknown:
            return f"InputTemplate for target {target['Id']} contains invalid placeholder {unknown[0]}."
    return None


def _paths(request: Request) -> str | None:
    for target in _targets(request):
        for path in target.get("InputTransformer", {}).get("InputPathsMap", {}).values():
            if not re.fullmatch(r"\$(\.[^.\s]+)*", path):
                return f"InputPath for target {target['Id']} is invalid: {path}"
    return None


def _role_needed(request: Request) -> str | None:
    for target in _targets(request):
        called = target["Arn"].split(":")[2] == "states" or ":api-destination/" in target["Arn"]
        if called and not target.get("RoleArn"):
            return f"RoleArn is required for target {target['Arn']}."
    return None


def _target_role(request: Request) -> str | None:
    for target in _targets(request):
        role = target.get("RoleArn")
        if role and not permissions.trusts(role, "events.amazonaws.com"):
            return f"Provided role '{role}' cannot be assumed by principal 'events.amazonaws.com'."
    return None


def _pattern(request: Request) -> str | None:
    text = request.parameters.get("EventPattern")
    if not text:
        return None
    try:
        pattern = json.loads(text)
    except ValueError:
        return "Event pattern is not valid. Reason: it is no JSON"
    wrong = next(_pattern_faults(pattern), None)
    return f"Event pattern is not valid. Reason: {wrong}" if wrong else None


def _pattern_faults(pattern: Any) -> Iterator[str]:
    if not isinstance(pattern, dict) or not pattern:
        yield "Filter is not an object, or has no fields"
        return
    for key, value in pattern.items():
        if key == "$or" and isinstance(value, list):
            for each in value:
                yield from _pattern_faults(each)
        elif isinstance(value, dict):
            yield from _pattern_faults(value)
        elif not isinstance(value, list) or not value:
            yield f'"{key}" must be an object or an array'
        else:
            yield from _match_faults(value)


def _match_faults(matches: list[Any]) -> Iterator[str]:
    for match in matches:
        if isinstance(match, list):
            yield "an array may not be in an array of matches"
        if isinstance(match, dict):
            yield from (f"Unrecognized match type {name}" for name in match if name not in _OPERATORS)
            if len(match) != 1:
                yield "Only one key allowed in match expression"


_POLICY_OPERATIONS = ("CreateTopic", "SetSubscriptionAttributes", "SetTopicAttributes", "Subscribe")
_PIPES = ("CreatePipe", "UpdatePipe")
RULES = (
    Rule(
        "sns",
        _POLICY_OPERATIONS,
        "a delivery policy whose retries take over 3,600 seconds",
        "sns/latest/dg/sns-message-delivery-retries",
        "InvalidParameter",
        _long_retries,
    ),
    Rule(
        "sns",
        ("CreateTopic",),
        "a key that does not exist",
        "sns/latest/dg/sns-key-management",
        "KMSNotFound",
        _no_topic_key,
    ),
    Rule(
        "sqs",
        ("CreateQueue",),
        "a queue made again within 60 seconds",
        "AWSSimpleQueueService/latest/APIReference/API_CreateQueue",
        "QueueDeletedRecently",
        _deleted_recently,
    ),
    Rule(
        "sqs",
        ("CreateQueue",),
        "a key that does not exist",
        "AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management",
        "InvalidAttributeValue",
        _no_topic_key,
    ),
    Rule(
        "logs",
        ("AssociateKmsKey", "CreateLogGroup"),
        "a key that does not exist",
        "AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey",
        "InvalidParameterException",
        _no_log_key,
    ),
    Rule(
        "pipes",
        _PIPES,
        "a source, enrichment or target that is not there",
        "eventbridge/latest/pipes-reference/API_CreatePipe",
        "ValidationException",
        _parts,
    ),
    Rule(
        "pipes",
        _PIPES,
        "a role that pipes may not take on",
        "eventbridge/latest/userguide/eb-pipes-permissions",
        "ValidationException",
        _pipe_trust,
    ),
    Rule(
        "pipes",
        _PIPES,
        "an input template that is cut off or too long",
        "eventbridge/latest/userguide/eb-pipes-input-transformation",
        "ValidationException",
        _cut_template,
    ),
    Rule(
        "events",
        ("PutTargets",),
        "a template with a variable that no path defines",
        "eventbridge/latest/userguide/eb-transform-target-input",
        "ValidationException",
        _undefined,
    ),
    Rule(
        "events",
        ("PutTargets",),
        "a path of a variable that does not begin with $",
        "eventbridge/latest/userguide/eb-transform-target-input",
        "ValidationException",
        _paths,
    ),
    Rule(
        "events",
        ("PutTargets",),
        "a state machine or API destination without a role",
        "eventbridge/latest/APIReference/API_Target",
        "ValidationException",
        _role_needed,
    ),
    Rule(
        "events",
        ("PutTargets",),
        "a role that EventBridge may not take on",
        "eventbridge/latest/userguide/eb-use-identity-based",
        "ValidationException",
        _target_role,
    ),
    Rule(
        "events",
        ("PutRule",),
        "a pattern with an unknown operator, or that is no pattern",
        _SOURCE_OF_RULES,
        "InvalidEventPatternException",
        _pattern,
    ),
)
