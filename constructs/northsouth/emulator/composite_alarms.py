"""CloudWatch's composite alarms, which moto lacks: put, described, evaluated, and deleted in the right order only.

What real AWS does differently: a composite is evaluated when a child changes, here also when it is looked at. Whether
AWS counts a suppressor among the alarms that cannot be deleted is not documented; here it does. Actions are in
``alarm_actions``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from moto.cloudwatch.models import Alarm
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult
from moto.core.utils import utcnow

from northsouth.emulator import alarm_states, patching
from northsouth.emulator.alarm_rules import ParsedRule, RuleSyntaxError, parse
from northsouth.emulator.patching import Operation, Parameters, RequestError

MAX_CHILDREN = 100
_SUPPRESSION = ("ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")
_KEPT = ("AlarmName", "AlarmDescription", "AlarmRule", "ActionsSuppressor", *_SUPPRESSION)


class CompositeAlarm(Alarm):
    """A composite among moto's alarms."""

    def __init__(self, backend: Any, parameters: Parameters, parsed: ParsedRule) -> None:
        none: dict[str, Any] = dict.fromkeys(
            ("namespace", "metric_name", "metric_data_queries", "comparison_operator", "evaluation_periods", "period")
        )
        none |= dict.fromkeys(("datapoints_to_alarm", "threshold", "statistic", "extended_statistic", "unit"))
        none |= dict.fromkeys(("treat_missing_data", "evaluate_low_sample_count_percentile", "threshold_metric_id"))
        super().__init__(
            account_id=backend.account_id,
            region_name=backend.region_name,
            name=parameters["AlarmName"],
            description=parameters.get("AlarmDescription", ""),
            dimensions=[],
            alarm_actions=parameters.get("AlarmActions", []),
            ok_actions=parameters.get("OKActions", []),
            insufficient_data_actions=parameters.get("InsufficientDataActions", []),
            actions_enabled=parameters.get("ActionsEnabled", True),
            rule=parameters["AlarmRule"],
            **none,
        )
        self.parameters = parameters
        self.parsed = parsed

    def depends_on(self, alarm: Alarm) -> bool:
        """Whether it names an alarm in its rule or as its suppressor."""
        named = {*self.parsed.alarms, self.parameters.get("ActionsSuppressor")}
        return not named.isdisjoint({alarm.name, alarm.alarm_arn})

    def evaluate(self, backend: Any, above: tuple[str, ...] = ()) -> None:
        """Set its state from those of its children; a cycle is not followed, as in AWS."""
        for child in _children(backend, self):
            if isinstance(child, CompositeAlarm) and child.name not in above:
                child.evaluate(backend, (*above, self.name))
        states = {key: alarm.state_value for alarm in backend.alarms.values() for key in (alarm.name, alarm.alarm_arn)}
        state = "ALARM" if self.parsed.holds(lambda name: states.get(name, "")) else "OK"
        if state != self.state_value:
            self.update_state(f"{self.rule} is {state == 'ALARM'}", "{}", state)

    def description_members(self) -> dict[str, Any]:
        """Return it as ``DescribeAlarms`` shows it."""
        return {
            **{key: self.parameters[key] for key in _KEPT if key in self.parameters},
            "AlarmArn": self.alarm_arn,
            "ActionsEnabled": self.actions_enabled,
            "AlarmActions": self.alarm_actions,
            "OKActions": self.ok_actions,
            "InsufficientDataActions": self.insufficient_data_actions,
            "AlarmConfigurationUpdatedTimestamp": self.configuration_updated_timestamp,
            "StateReason": self.state_reason,
            "StateUpdatedTimestamp": self.state_updated_timestamp,
            "StateValue": self.state_value,
        }


def install() -> None:
    """Add the operation, and teach moto's own about composites."""
    patching.require(CloudWatchResponse, "cloudwatch_backend", "delete_alarms", "put_metric_alarm")

    def describe(response: Any) -> ActionResult:
        backend = response.cloudwatch_backend
        for composite in _composites(backend):
            composite.evaluate(backend)
        return ActionResult(_described(backend, response.params, describe_all(response).result))

    describe_all = patching.replace(CloudWatchResponse, "describe_alarms", describe)
    patching.add_operations(CloudWatchResponse, "cloudwatch_backend", OPERATIONS)


def _put(backend: Any, parameters: Parameters) -> dict[str, Any]:
    name = parameters["AlarmName"]
    try:
        parsed = parse(parameters["AlarmRule"])
    except RuleSyntaxError as error:
        raise _invalid(f"AlarmRule is not valid: {error}") from None
    present = backend.alarms.get(name)
    if present is not None and not isinstance(present, CompositeAlarm):
        raise _invalid(f"A metric alarm of the name {name} already exists")
    if len(parsed.alarms) > MAX_CHILDREN:
        raise _invalid(f"AlarmRule names {len(parsed.alarms)} alarms, the limit is {MAX_CHILDREN}")
    suppression = [key for key in _SUPPRESSION if key in parameters]
    if ("ActionsSuppressor" in parameters and len(suppression) < 2) or (
        "ActionsSuppressor" not in parameters and suppression
    ):
        raise _invalid(f"ActionsSuppressor, {' and '.join(_SUPPRESSION)} must be given together")
    known = {key for alarm in backend.alarms.values() for key in (alarm.name, alarm.alarm_arn)}
    alarm_names = [*parsed.alarms, *([parameters["ActionsSuppressor"]] if suppression else [])]
    missing = [alarm for alarm in alarm_names if alarm not in known and alarm != name]
    if missing:
        raise _invalid(f"Could not save the composite alarm as alarms {missing} in the alarm rule do not exist")
    alarm_to_store = CompositeAlarm(backend, parameters, parsed)
    alarm_states.take_over(alarm_to_store, present)
    backend.alarms[name] = alarm_to_store
    if parameters.get("Tags") and present is None:
        backend.tagger.tag_resource(alarm_to_store.alarm_arn, parameters["Tags"])
    alarm_to_store.configuration_updated_timestamp = utcnow()
    return {}


def _delete(backend: Any, parameters: Parameters) -> dict[str, Any]:
    names = parameters["AlarmNames"]
    doomed = [backend.alarms[name] for name in dict.fromkeys(names) if name in backend.alarms]
    if sum(isinstance(alarm, CompositeAlarm) for alarm in doomed) > 1:
        raise _invalid("You can't delete two composite alarms with one operation")
    for alarm in doomed:
        above = [
            composite.name
            for composite in _composites(backend)
            if composite.depends_on(alarm) and composite not in doomed
        ]
        if above:
            names = ", ".join(above)
            raise _invalid(f"Cannot delete {alarm.name} as there are composite alarm(s) depending on it: {names}")
    for alarm in doomed:
        del backend.alarms[alarm.name]
        backend.tagger.delete_all_tags_for_resource(alarm.alarm_arn)
    return {}


def _described(backend: Any, parameters: Parameters, stock: dict[str, Any]) -> dict[str, Any]:
    """Keep what was asked for: without ``AlarmTypes``, metric alarms only."""
    types = parameters.get("AlarmTypes") or ["MetricAlarm"]
    alarms = [*stock["MetricAlarms"], *stock["CompositeAlarms"]]
    child_of, parent_of = parameters.get("ChildrenOfAlarmName"), parameters.get("ParentsOfAlarmName")
    if child_of:
        alarms, types = list(_children(backend, backend.alarms.get(child_of))), ["MetricAlarm", "CompositeAlarm"]
    if parent_of:
        child = backend.alarms.get(parent_of)
        alarms, types = (
            [entry for entry in _composites(backend) if child and entry.depends_on(child)],
            ["CompositeAlarm"],
        )
    composites = [alarm.description_members() for alarm in alarms if isinstance(alarm, CompositeAlarm)]
    return {
        "MetricAlarms": [a for a in alarms if not isinstance(a, CompositeAlarm)] if "MetricAlarm" in types else [],
        "CompositeAlarms": composites if "CompositeAlarm" in types else [],
    }


def _composites(backend: Any) -> list[CompositeAlarm]:
    return [alarm for alarm in backend.alarms.values() if isinstance(alarm, CompositeAlarm)]


def _children(backend: Any, composite: Alarm | None) -> Iterator[Alarm]:
    if isinstance(composite, CompositeAlarm):
        named = set(composite.parsed.alarms)
        yield from (alarm for alarm in backend.alarms.values() if named & {alarm.name, alarm.alarm_arn})


def _invalid(message: str) -> RequestError:
    return RequestError("ValidationError", message)


OPERATIONS: Mapping[str, Operation] = {"PutCompositeAlarm": _put, "DeleteAlarms": _delete}
