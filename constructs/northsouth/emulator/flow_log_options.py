"""The destination options of VPC flow logs, which moto accepts and forgets: every plan would replace the flow log.

Real AWS also delivers logs.
"""

from __future__ import annotations

from typing import Any, cast

from moto.core.responses import ActionResult
from moto.ec2.responses.flow_logs import FlowLogs

from northsouth.emulator.patching import replace

_DEFAULTS = {"FileFormat": "plain-text", "HiveCompatiblePartitions": False, "PerHourPartition": False}


def install() -> None:
    """Keep the options on moto's own object, where its description finds them."""

    def create_with_options(response: Any) -> ActionResult:
        made: ActionResult = create(response)
        identifiers = cast("dict[str, list[str]]", made.result)["FlowLogIds"]
        options = response._get_param("DestinationOptions") or {}
        for flow_log_id in identifiers:
            flow_log = response.ec2_backend.flow_logs[flow_log_id]
            if flow_log.log_destination_type == "s3":
                flow_log.destination_options = _DEFAULTS | options
        return made

    create = replace(FlowLogs, "create_flow_logs", create_with_options)
