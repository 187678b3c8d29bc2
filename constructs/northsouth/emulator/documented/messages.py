"""Rules of SNS, SQS, EventBridge and its pipes, and of the keys that their messages and logs are encrypted with."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from typing import Any

from moto.events.models import events_backends
from moto.sqs.models import sqs_backends

from northsouth.emulator import permissions
from northsouth.emulator.documented import event_patterns, present
from northsouth.emulator.documented.rule import Rule
from northsouth.emulator.objects import ACCOUNT
from northsouth.emulator.request import Request

NAME_IS_TAKEN_FOR = 60.0
"""Seconds for which a deleted queue's name cannot be used again. Tests that deploy twice set it to 0."""

_LOG_KEY = ("Encrypt", "Decrypt", "GenerateDataKey")
"""What CloudWatch Logs needs of a key (AmazonCloudWatch/latest/logs/encrypt-log-data-kms)."""

_LONGEST_TEMPLATE = 8192
_RESERVED = re.compile(r"aws\.events\.(rule-arn|rule-name|event\.ingestion-time|event|event\.json)")
_PLACEHOLDER = re.compile(r"""<[^<>\s"']*(\[("[^"]*"|'[^']*')\][^<>\s"']*)*>""")
_VARIABLE = re.compile(r"<([^<>\s$]+)>")
_SOURCE_OF_RULES = "eventbridge/latest/userguide/eb-event-patterns-content-based-filtering"
_MOST_TARGETS = 5
_SOURCES = ("dynamodb", "kafka", "kinesis", "mq", "sqs")
"""Services whose resources pipes read (eb-pipes-event-source)."""

_PATH = re.compile(r"""\$(\.[^.\s\[\]]+|\[(\d+|\*|'[^']+'|"[^"]+")\])*""")


def deletions(backend: Any) -> dict[str, float]:
    """Return when each deleted queue of a Region was deleted; a reset forgets it with the rest of moto's back end."""
    known: dict[str, float] = vars(backend).setdefault("northsouth_deletions", {})
    return known


def _deleted_recently(request: Request) -> str | None:
    since = deletions(sqs_backends[ACCOUNT][request.region]).get(request.parameters["QueueName"])
    if since is None or time.monotonic() - since >= NAME_IS_TAKEN_FOR:
        return None
    return "You must wait 60 seconds after deleting a queue before you can create another with the same name."


def _no_message_key(request: Request) -> str | None:
    attributes = request.parameters.get("Attributes", {})
    if request.parameters.get("AttributeName") == "KmsMasterKeyId":
        attributes = {"KmsMasterKeyId": request.parameters.get("AttributeValue")}
    return _no_key(request, attributes.get("KmsMasterKeyId"), "KmsMasterKeyId")


def _no_log_key(request: Request) -> str | None:
    return _no_key(request, request.parameters.get("kmsKeyId"), "kmsKeyId")


def _closed_log_key(request: Request) -> str | None:
    key = request.parameters.get("kmsKeyId")
    group = request.parameters.get("resourceIdentifier")
    name = request.parameters.get("logGroupName")
    group = group or f"arn:aws:logs:{request.region}:{ACCOUNT}:log-group:{name}"
    if not key or not key.startswith("arn:") or key.split(":")[4] != ACCOUNT:
        return None
    service, context = f"logs.{request.region}.amazonaws.com", {"kms:EncryptionContext:aws:logs:arn": group}
    if all(permissions.resource_allows(service, f"kms:{action}", key, context) for action in _LOG_KEY):
        return None
    return f"The specified KMS key does not exist or is not allowed to be used with Arn '{group}'"


def _no_key(request: Request, key: str | None, name: str) -> str | None:
    if not key or present.key_exists(key, ACCOUNT, request.region):
        return None
    return f"The key '{key}' of {name} does not exist or is not allowed to be used"


def _no_source(request: Request) -> str | None:
    source = request.parameters.get("Source")
    if not source or source.startswith("smk://") or re.match(rf"arn:[^:]+:({'|'.join(_SOURCES)}):", source):
        return None
    return f"Source {source} is not supported"


def _filters(request: Request) -> str | None:
    criteria = request.parameters.get("SourceParameters", {}).get("FilterCriteria") or {}
    faults = (event_patterns.fault(entry.get("Pattern", "")) for entry in criteria.get("Filters", []))
    fault = next(filter(None, faults), None)
    return f"Event pattern is not valid. Reason: {fault}" if fault else None


def _parts(request: Request) -> str | None:
    wanted = [request.parameters.get(name) for name in ("Source", "Enrichment", "Target")]
    gone = [arn for arn in wanted if arn and not present.exists(arn)]
    return f"{gone[0]} does not exist" if gone else None


def _pipe_trust(request: Request) -> str | None:
    role = request.parameters.get("RoleArn")
    # A pipe is made in the background, and waits for its role.
    if role is None or permissions.trusts(role, "pipes.amazonaws.com", settled=True):
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


def _no_arn(request: Request) -> str | None:
    wrong = [target["Arn"] for target in _targets(request) if not re.match(r"arn:([^:]*:){4}.", target["Arn"])]
    return f"Parameter {wrong[0]} is not valid. Reason: Provided Arn is not in correct format." if wrong else None


def _undefined(request: Request) -> str | None:
    for target in _targets(request):
        transformer = target.get("InputTransformer", {})
        used = _VARIABLE.findall(transformer.get("InputTemplate", ""))
        unknown = [
            name for name in used if name not in transformer.get("InputPathsMap", {}) and not _RESERVED.fullmatch(name)
        ]
        if unknown:
            return f"InputTemplate for target {target['Id']} contains invalid placeholder {unknown[0]}."
        if _is_open_json(transformer.get("InputTemplate", "")):
            return f"Invalid InputTemplate for target {target['Id']}: it is no JSON"
    return None


def _paths(request: Request) -> str | None:
    for target in _targets(request):
        paths = target.get("InputTransformer", {}).get("InputPathsMap", {}).values()
        for path in (*paths, target.get("InputPath") or "$"):
            if not _PATH.fullmatch(path):
                return f"InputPath for target {target['Id']} is invalid: {path}"
    return None


def _role_needed(request: Request) -> str | None:
    for target in _targets(request):
        needs_role = target["Arn"].split(":")[2] == "states" or ":api-destination/" in target["Arn"]
        if needs_role and not target.get("RoleArn"):
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
    fault = event_patterns.fault(text) if text else None
    return f"Event pattern is not valid. Reason: {fault}" if fault else None


def _inputs(request: Request) -> str | None:
    for target in _targets(request):
        if sum(name in target for name in ("Input", "InputPath", "InputTransformer")) > 1:
            return f"Only one of Input, InputPath, or InputTransformer must be provided for target {target['Id']}."
        if not _is_json(target.get("Input", "null")):
            return f"JSON syntax error in input for target {target['Id']}."
    return None


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _too_many_targets(request: Request) -> str | None:
    # A list of moto's rule; a target with an id that is there already takes its place.
    bus = events_backends[ACCOUNT][request.region].event_buses.get(
        str(request.parameters.get("EventBusName", "default")).rsplit("/", 1)[-1]
    )
    rule = bus.rules.get(request.parameters["Rule"]) if bus else None
    ids = {target["Id"] for target in (*(rule.targets if rule else ()), *_targets(request))}
    return "The requested resource exceeds the maximum number allowed." if len(ids) > _MOST_TARGETS else None


_PIPES = ("CreatePipe", "UpdatePipe")
RULES = (
    Rule(
        "sns",
        ("CreateTopic", "SetTopicAttributes"),
        "a key that does not exist",
        "sns/latest/dg/sns-key-management",
        "KMSNotFound",
        _no_message_key,
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
        ("CreateQueue", "SetQueueAttributes"),
        "a key that does not exist",
        "AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management",
        "InvalidAttributeValue",
        _no_message_key,
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
        "logs",
        ("AssociateKmsKey", "CreateLogGroup"),
        "a key whose policy does not let CloudWatch Logs use it",
        "AmazonCloudWatch/latest/logs/encrypt-log-data-kms",
        "AccessDeniedException",
        _closed_log_key,
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
        "a source that pipes do not read",
        "eventbridge/latest/userguide/eb-pipes-event-source",
        "ValidationException",
        _no_source,
    ),
    Rule(
        "pipes",
        _PIPES,
        "a filter that is no event pattern",
        "eventbridge/latest/userguide/eb-pipes-event-filtering",
        "ValidationException",
        _filters,
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
        "a target that is no ARN",
        "eventbridge/latest/APIReference/API_Target",
        "ValidationException",
        _no_arn,
    ),
    Rule(
        "events",
        ("PutTargets",),
        "a template with a variable that no path defines, or that is cut off",
        "eventbridge/latest/userguide/eb-transform-target-input",
        "ValidationException",
        _undefined,
    ),
    Rule(
        "events",
        ("PutTargets",),
        "an invalid input path",
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
        ("PutTargets",),
        "a target with several inputs, or one that is no JSON",
        "eventbridge/latest/APIReference/API_Target",
        "ValidationException",
        _inputs,
    ),
    Rule(
        "events",
        ("PutTargets",),
        "more than 5 targets of a rule",
        "eventbridge/latest/userguide/eb-quota",
        "LimitExceededException",
        _too_many_targets,
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
