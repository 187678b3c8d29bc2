"""VPC flow logs: destination options, which moto forgets, and whether their role lets them deliver.

Without the options every plan would replace the flow log. A flow log whose role does not let it write is made, and
says so: ``DeliverLogsStatus`` is ``FAILED`` with ``Access error`` (API_FlowLog; "Troubleshoot VPC Flow Logs").
What real AWS does differently: it delivers logs, and puts a policy on the bucket of a flow log to S3.
"""

from __future__ import annotations

from typing import Any, cast

from moto.core.responses import ActionResult
from moto.ec2.models import EC2Backend
from moto.ec2.responses.flow_logs import FlowLogs

from northsouth.emulator import permissions
from northsouth.emulator.documented.present import exists
from northsouth.emulator.objects import ACCOUNT
from northsouth.emulator.patching import replace

SERVICE = "vpc-flow-logs.amazonaws.com"
_DEFAULTS = {"FileFormat": "plain-text", "HiveCompatiblePartitions": False, "PerHourPartition": False}
_WRITE = ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")
"""What a flow log's role needs of its log group (vpc/latest/userguide/flow-logs-iam-role)."""


def install() -> None:
    """Keep the options on moto's own object, where its description finds them, and describe the delivery."""

    def create_with_options(response: Any) -> ActionResult:
        answer: ActionResult = create(response)
        identifiers = cast("dict[str, list[str]]", answer.result)["FlowLogIds"]
        options = response._get_param("DestinationOptions") or {}
        for flow_log_id in identifiers:
            flow_log = response.ec2_backend.flow_logs[flow_log_id]
            if flow_log.log_destination_type == "s3":
                flow_log.destination_options = _DEFAULTS | options
        return answer

    def describe_with_status(backend: Any, *arguments: Any, **named: Any) -> Any:
        described = describe(backend, *arguments, **named)
        for flow_log in described:
            if flow_log.log_destination_type == "cloud-watch-logs":
                delivers = _delivers(flow_log, backend.region_name)
                flow_log.deliver_logs_status = "SUCCESS" if delivers else "FAILED"
                flow_log.deliver_logs_error_message = None if delivers else "Access error"
        return described

    create = replace(FlowLogs, "create_flow_logs", create_with_options)
    describe = replace(EC2Backend, "describe_flow_logs", describe_with_status)


def _delivers(flow_log: Any, region: str) -> bool:
    start = f"arn:aws:logs:{region}:{ACCOUNT}:log-group"
    group = (flow_log.log_destination or f"{start}:{flow_log.log_group_name}").removesuffix(":*")
    source = f"arn:aws:ec2:{region}:{ACCOUNT}:vpc-flow-log/{flow_log.id}"
    role = flow_log.deliver_logs_permission_arn
    if not exists(group) or not permissions.assumable(
        role, SERVICE, {"aws:SourceArn": source, "aws:SourceAccount": ACCOUNT}
    ):
        return False
    needed = [(action, f"{group}:log-stream:{flow_log.resource_id}") for action in _WRITE]
    return all(
        permissions.may(role, *permission, {}) for permission in (*needed, ("logs:DescribeLogGroups", f"{start}:*"))
    )
