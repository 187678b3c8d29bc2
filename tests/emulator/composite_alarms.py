"""What moto lacks of composite alarms: ``PutCompositeAlarm``, and that an alarm one of them names cannot be deleted.

Real AWS also evaluates them, checks the rule's grammar and looks for cycles; here a rule only has to name alarms that
exist.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from moto.cloudwatch.exceptions import ValidationError
from moto.cloudwatch.models import Alarm, CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult, EmptyResult

from tests.emulator import patching

_NAME = re.compile(r'"([^"]+)"')


def install() -> None:
    """Add the operation, and let two others know of composites."""
    patching.require(CloudWatchBackend, "put_metric_alarm", "delete_alarms")
    patching.require(CloudWatchResponse, "put_metric_alarm", "describe_alarms", "cloudwatch_backend", "_get_param")
    CloudWatchResponse.put_composite_alarm = _put  # type: ignore[attr-defined]
    CloudWatchResponse.describe_alarms = _describing(CloudWatchResponse.describe_alarms)
    CloudWatchBackend.delete_alarms = _deleting(CloudWatchBackend.delete_alarms)  # type: ignore[method-assign]


def _put(response: Any) -> EmptyResult:
    backend = response.cloudwatch_backend
    rule = response._get_param("AlarmRule")
    suppressor = response._get_param("ActionsSuppressor")
    named = [*_NAME.findall(rule), *([suppressor] if suppressor else [])]
    missing = [name for name in named if name.split(":alarm:")[-1] not in backend.alarms]
    if missing:
        raise ValidationError(f"Could not save the composite alarm as alarms {missing} in the alarm rule do not exist")
    alarm = backend.put_metric_alarm(
        name=response._get_param("AlarmName"),
        description=response._get_param("AlarmDescription"),
        actions_enabled=response._get_bool_param("ActionsEnabled"),
        alarm_actions=response._get_param("AlarmActions", []),
        ok_actions=response._get_param("OKActions", []),
        insufficient_data_actions=response._get_param("InsufficientDataActions", []),
        rule=rule,
        tags=response._get_param("Tags", []),
        dimensions=[],
        **dict.fromkeys(
            (
                "namespace",
                "metric_name",
                "comparison_operator",
                "evaluation_periods",
                "period",
                "threshold",
                "statistic",
            )
        ),
    )
    alarm.alarm_rule = rule
    alarm.actions_suppressor = suppressor
    alarm.actions_suppressor_wait_period = response._get_param("ActionsSuppressorWaitPeriod")
    alarm.actions_suppressor_extension_period = response._get_param("ActionsSuppressorExtensionPeriod")
    return EmptyResult()


def _describing(stock: Callable[[Any], ActionResult]) -> Callable[[Any], ActionResult]:
    def describe_alarms(response: Any) -> ActionResult:
        """Leave out the kinds that were not asked for; AWS's default is metric alarms alone."""
        wanted = response._get_param("AlarmTypes") or ["MetricAlarm"]
        found = stock(response)
        for kind in {"MetricAlarm", "CompositeAlarm"} - set(wanted):
            found.result[f"{kind}s"] = []  # type: ignore[index]
        return found

    return describe_alarms


def _deleting(stock: Callable[[Any, list[str]], None]) -> Callable[[Any, list[str]], None]:
    def delete_alarms(backend: Any, alarm_names: list[str]) -> None:
        for name in alarm_names:
            parents = [each.name for each in _composites(backend.alarms.values()) if name in _depends_on(each)]
            if parents:
                raise ValidationError(
                    f"Cannot delete {name} as there are composite alarm(s) depending on it: {', '.join(parents)}"
                )
        stock(backend, alarm_names)

    return delete_alarms


def _composites(alarms: Iterable[Alarm]) -> list[Alarm]:
    return [alarm for alarm in alarms if alarm.rule is not None]


def _depends_on(alarm: Any) -> set[str]:
    named = [*_NAME.findall(alarm.rule), alarm.actions_suppressor or ""]
    return {name.split(":alarm:")[-1] for name in named}
