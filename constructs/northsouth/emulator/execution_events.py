"""What Step Functions tells EventBridge when an execution ends.

The form is that of "Step Functions Execution Status Change" (Step Functions developer guide, eventbridge-integration).
What real AWS does differently: it also tells of the start, and leaves out inputs and outputs that are too long.
"""

from __future__ import annotations

import json
from typing import Any

from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication

from northsouth.emulator import api_destinations, patching


def install() -> None:
    """Take part in the end of every execution."""
    original = BaseExecutionWorkerCommunication.terminated

    def terminated(communication: Any) -> None:
        original(communication)
        _, _, _, region, account, *_ = communication.execution.exec_arn.split(":")
        api_destinations.put_event(account, region, event(communication.execution))

    patching.replace(BaseExecutionWorkerCommunication, "terminated", terminated)


def event(execution: Any) -> dict[str, Any]:
    """Return the event of an execution that has ended."""
    _, _, _, region, account, *_ = execution.exec_arn.split(":")
    return {
        "version": "0",
        "detail-type": "Step Functions Execution Status Change",
        "source": "aws.states",
        "account": account,
        "time": execution.stop_date.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": [execution.exec_arn],
        "detail": {
            "executionArn": execution.exec_arn,
            "stateMachineArn": execution.state_machine.arn,
            "name": execution.name,
            "status": str(execution.exec_status.value),
            "startDate": int(execution.start_date.timestamp() * 1000),
            "stopDate": int(execution.stop_date.timestamp() * 1000),
            "input": json.dumps(execution.input_data),
            "output": None if execution.output is None else json.dumps(execution.output, default=str),
        },
    }
