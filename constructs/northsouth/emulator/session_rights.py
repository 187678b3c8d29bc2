"""What a role's session needs for a request: which action on which resources, under which condition keys.

Source: the tables of the Service Authorization Reference. Services that are not listed are checked with the operation's
name as the action and ``*`` as the resource, which refuses more than AWS does where a policy names resources.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from moto.athena.models import athena_backends
from moto.s3.models import s3_backends

from northsouth.emulator import permissions
from northsouth.emulator.objects import ACCOUNT
from northsouth.emulator.patching import RequestError
from northsouth.emulator.request import Request

_DENIED = dict.fromkeys(("cloudwatch", "iam", "s3"), "AccessDenied") | {"sns": "AuthorizationError"}
_PREFIXES = {"amp": "aps", "stepfunctions": "states"}
"""IAM's names of services where botocore has another."""

_S3_ACTIONS = {
    **dict.fromkeys(("HeadObject", "GetObject"), "GetObject"),
    **dict.fromkeys(("ListObjects", "ListObjectsV2", "HeadBucket"), "ListBucket"),
    **dict.fromkeys(("PutObject", "CopyObject", "CreateMultipartUpload", "UploadPart"), "PutObject"),
    **dict.fromkeys(("DeleteObject", "DeleteObjects"), "DeleteObject"),
}


def authorize(request: Request) -> None:
    """Refuse what the session's role may not do; the account's own credentials may do all.

    Raises:
        RequestError: a policy is missing, or one denies.

    """
    if not request.role:
        return
    action = _action(request)
    for resource in _RESOURCES.get(request.service, _any)(request):
        _need(request, action, resource)
    if request.name in ("GetObject", "HeadObject") and request.service == "s3" and not _is_there(request):
        # Who may not list a bucket is not to know what it lacks (API_GetObject).
        _need(request, "s3:ListBucket", f"arn:aws:s3:::{request.parameters['Bucket']}")


def _need(request: Request, action: str, resource: str) -> None:
    refused = permissions.refused(request.role, action, resource, _context(request))
    if refused is not None:
        with permissions.session(request.role):
            raise RequestError(
                _DENIED.get(request.service, "AccessDeniedException"),
                permissions.denial(refused.action, refused.resource),
            )


def _is_there(request: Request) -> bool:
    bucket = s3_backends[ACCOUNT]["aws"].buckets.get(request.parameters["Bucket"])
    return bucket is None or request.parameters["Key"] in bucket.keys


def _action(request: Request) -> str:
    name = _S3_ACTIONS.get(request.name, request.name) if request.service == "s3" else request.name
    return f"{_PREFIXES.get(request.service, request.service)}:{name}"


def _context(request: Request) -> dict[str, str]:
    if request.service == "cloudwatch" and "Namespace" in request.parameters:
        return {"cloudwatch:namespace": str(request.parameters["Namespace"])}
    return {}


def _any(_request: Request) -> Iterator[str]:
    yield "*"


def _s3(request: Request) -> Iterator[str]:
    bucket = f"arn:aws:s3:::{request.parameters.get('Bucket', '')}"
    yield f"{bucket}/{request.parameters['Key']}" if "Key" in request.parameters else bucket


def _athena(request: Request) -> Iterator[str]:
    backend = athena_backends[ACCOUNT][request.region]
    execution = backend.executions.get(request.parameters.get("QueryExecutionId", ""))
    named = request.parameters.get("WorkGroup", "primary")
    workgroup = execution.workgroup.name if execution and execution.workgroup else named
    yield f"arn:aws:athena:{request.region}:{ACCOUNT}:workgroup/{workgroup}"


def _glue(request: Request) -> Iterator[str]:
    start = f"arn:aws:glue:{request.region}:{ACCOUNT}"
    if job := request.parameters.get("JobName"):
        yield f"{start}:job/{job}"
        return
    database = request.parameters.get("DatabaseName") or request.parameters.get("Name", "")
    table = request.parameters.get("TableName")
    yield from glue_resources(start, database, table)


def glue_resources(start: str, database: str, table: str | None) -> Iterator[str]:
    """Yield what an action on a table needs rights for: the catalog, the database, and it (IAM's page on Glue)."""
    yield f"{start}:catalog"
    yield f"{start}:database/{database}"
    if table:
        yield f"{start}:table/{database}/{table}"


def _secretsmanager(request: Request) -> Iterator[str]:
    secret = str(request.parameters.get("SecretId", ""))
    yield secret if secret.startswith("arn:") else f"arn:aws:secretsmanager:{request.region}:{ACCOUNT}:secret:{secret}"


def _cloudwatch(request: Request) -> Iterator[str]:
    start = f"arn:aws:cloudwatch:{request.region}:{ACCOUNT}:alarm:"
    if request.name in ("SetAlarmState", "EnableAlarmActions", "DisableAlarmActions", "DeleteAlarms"):
        yield from (
            start + name for name in request.parameters.get("AlarmNames", [request.parameters.get("AlarmName", "")])
        )
    else:
        yield f"{start}*" if request.name == "DescribeAlarms" else "*"


def _stepfunctions(request: Request) -> Iterator[str]:
    yield str(request.parameters.get("stateMachineArn") or request.parameters.get("executionArn") or "*")


def _sqs(request: Request) -> Iterator[str]:
    url = str(request.parameters.get("QueueUrl", ""))
    yield f"arn:aws:sqs:{request.region}:{ACCOUNT}:{url.rsplit('/', 1)[-1]}"


def _sns(request: Request) -> Iterator[str]:
    yield str(request.parameters.get("TopicArn") or request.parameters.get("TargetArn") or "*")


def _events(request: Request) -> Iterator[str]:
    buses = {entry.get("EventBusName", "default") for entry in request.parameters.get("Entries", [])}
    for bus in sorted(buses or {"default"}):
        yield bus if bus.startswith("arn:") else f"arn:aws:events:{request.region}:{ACCOUNT}:event-bus/{bus}"


_RESOURCES: dict[str, Callable[[Request], Iterator[str]]] = {
    "athena": _athena,
    "cloudwatch": _cloudwatch,
    "events": _events,
    "glue": _glue,
    "s3": _s3,
    "secretsmanager": _secretsmanager,
    "sns": _sns,
    "sqs": _sqs,
    "stepfunctions": _stepfunctions,
}
