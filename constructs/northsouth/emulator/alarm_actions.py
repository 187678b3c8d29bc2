"""What CloudWatch does when an alarm changes state: its actions by SNS, unless they are suppressed, and an event.

The forms of the message and of the event are those of the CloudWatch user guide (AlarmThatSendsEmail,
cloudwatch-and-eventbridge). What real AWS does differently: a suppressor has its wait and extension periods, here both
are none; actions are also functions, OpsItems and others, here only topics; actions are taken a moment later.
"""

from __future__ import annotations

import json
import logging
from typing import Any
from weakref import WeakKeyDictionary

from moto.cloudwatch.models import Alarm, cloudwatch_backends
from moto.sns.models import sns_backends

from northsouth.emulator import api_destinations, patching, permissions
from northsouth.emulator.composite_alarms import CompositeAlarm

REGIONS = {"us-east-1": "US East (N. Virginia)", "eu-west-1": "EU (Ireland)"}
_ACTIONS = {"ALARM": "alarm_actions", "OK": "ok_actions", "INSUFFICIENT_DATA": "insufficient_data_actions"}
_log = logging.getLogger(__name__)
_held: WeakKeyDictionary[Alarm, str] = WeakKeyDictionary()
"""Alarms whose actions wait for their suppressor, with the state that was told last."""


def install() -> None:
    """Take part in every change of state."""
    original = Alarm.update_state

    def update_state(alarm: Alarm, reason: str, reason_data: str, state_value: str) -> None:
        before = alarm.state_value
        original(alarm, reason, reason_data, state_value)
        if alarm.state_value != before:
            _changed(alarm, before)

    patching.replace(Alarm, "update_state", update_state)


def _changed(alarm: Alarm, before: str) -> None:
    account, region = _home(alarm)
    backend = cloudwatch_backends[account][region]
    suppressor = _suppressor(alarm, backend)
    api_destinations.put_event(account, region, event(alarm, before, suppressed=suppressor is not None))
    if suppressor is not None:
        _held.setdefault(alarm, before)
    else:
        _act(alarm, _held.pop(alarm, before))
    composites = [alarm for alarm in list(backend.alarms.values()) if isinstance(alarm, CompositeAlarm)]
    for composite in composites:
        if alarm.name != composite.name and composite.depends_on(alarm):
            composite.evaluate(backend)
    for composite in composites:
        if composite in _held and _suppressor(composite, backend) is None:
            previous_state = _held.pop(composite)
            if previous_state != composite.state_value:
                _act(composite, previous_state)


def _home(alarm: Alarm) -> tuple[str, str]:
    region, account = alarm.alarm_arn.split(":")[3:5]
    return account, region


def _suppressor(alarm: Alarm, backend: Any) -> Alarm | None:
    """Return the alarm that holds back an alarm's actions now."""
    name = alarm.parameters.get("ActionsSuppressor") if isinstance(alarm, CompositeAlarm) else None
    raised = [alarm for alarm in backend.alarms.values() if alarm.state_value == "ALARM"]
    return next((candidate for candidate in raised if name in (candidate.name, candidate.alarm_arn)), None)


def _act(alarm: Alarm, before: str) -> None:
    if not alarm.actions_enabled:
        return
    account, region = _home(alarm)
    subject = f'{alarm.state_value}: "{alarm.name}" in {REGIONS.get(region, region)}'[:100]
    for arn in getattr(alarm, _ACTIONS[alarm.state_value]):
        topic = sns_backends[account][region].topics.get(arn)
        context = {"aws:SourceArn": alarm.alarm_arn, "aws:SourceAccount": account, "aws:SourceOwner": account}
        if topic is not None and permissions.resource_allows("cloudwatch.amazonaws.com", "sns:Publish", arn, context):
            topic.publish(json.dumps(message(alarm, before)), subject=subject)
        else:
            _log.warning("%s could not notify %s", alarm.name, arn)


def message(alarm: Alarm, before: str) -> dict[str, Any]:
    """Return the message to SNS."""
    account, region = _home(alarm)
    common = {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description or None,
        "AWSAccountId": account,
        "NewStateValue": alarm.state_value,
        "NewStateReason": alarm.state_reason,
        "StateChangeTime": alarm.state_updated_timestamp.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000",
        "Region": REGIONS.get(region, region),
        "AlarmArn": alarm.alarm_arn,
        "OldStateValue": before,
        "OKActions": alarm.ok_actions,
        "AlarmActions": alarm.alarm_actions,
        "InsufficientDataActions": alarm.insufficient_data_actions,
    }
    if isinstance(alarm, CompositeAlarm):
        return {**common, "AlarmRule": alarm.rule, "TriggeringChildren": []}
    trigger = {
        "MetricName": alarm.metric_name,
        "Namespace": alarm.namespace,
        "StatisticType": "Statistic",
        "Statistic": (alarm.statistic or "").upper(),
        "Unit": None,
        "Dimensions": [{"value": dimension.value, "name": dimension.name} for dimension in alarm.dimensions],
        "Period": alarm.period,
        "EvaluationPeriods": alarm.evaluation_periods,
        "ComparisonOperator": alarm.comparison_operator,
        "Threshold": alarm.threshold,
        "TreatMissingData": alarm.treat_missing_data or "",
    }
    return {**common, "Trigger": trigger}


def event(alarm: Alarm, before: str, *, suppressed: bool = False) -> dict[str, Any]:
    """Return the event of the change."""
    account, region = _home(alarm)
    changed = alarm.state_updated_timestamp
    state: dict[str, Any] = {
        "value": alarm.state_value,
        "reason": alarm.state_reason,
        "reasonData": alarm.state_reason_data,
        "timestamp": changed.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000",
    }
    if suppressed:
        state["actionsSuppressedBy"] = "Alarm"
    configuration: dict[str, Any] = {"description": alarm.description or ""}
    if isinstance(alarm, CompositeAlarm):
        configuration["alarmRule"] = alarm.rule
    return {
        "version": "0",
        "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch",
        "account": account,
        "time": changed.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": [alarm.alarm_arn],
        "detail": {
            "alarmName": alarm.name,
            "state": state,
            "previousState": {"value": before, "reason": "", "reasonData": "{}", "timestamp": state["timestamp"]},
            "configuration": configuration,
        },
    }
