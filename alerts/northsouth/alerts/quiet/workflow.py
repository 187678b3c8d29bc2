"""The state machine that switches the actions of new alarms on, in Amazon States Language with JSONata; pure.

    Begin -> Describe -> Judge --- on already, or gone -------------> Done
                 ^         |------ OK, or waited without ALARM -----> Enable -> Again (nobody) -> Done
                 '- Wait <-|       (neither)
                           '------ waited, and in ALARM -> Lower -> Enable -> Again -> Done

An alarm acts on changes of state only, so one that was raised while its actions were off would never notify anybody.
``Again`` sets the metric alarms behind it to ``INSUFFICIENT_DATA``. CloudWatch judges them anew within a minute and
raises them again, now with actions (API_SetAlarmState). ``Lower`` sets a composite to ``OK`` while its actions are
still off. A composite returns to its own state only when a child changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from northsouth.logs.jsonata import expression, literal

State = dict[str, object]

_MINUTE = 60
_RETRY: list[State] = [
    {"ErrorEquals": ["States.TaskFailed", "States.Timeout"], "IntervalSeconds": 2, "MaxAttempts": 6, "BackoffRate": 2}
]
_REASON = "There has been no good data since this alarm was created"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietStartWorkflow:
    """Everything the state machine needs to know.

    Attributes:
        partition: the ARN partition: ``aws``, ``aws-cn`` or ``aws-us-gov``.
        minutes: how long a new alarm that is raised stays quiet.
        behind: by alarm, the metric alarms that raise it: itself, or those below a composite.

    """

    partition: str
    minutes: int
    behind: Mapping[str, Sequence[str]]

    def definition(self) -> State:
        """Return the definition; ``json.dumps`` makes the text that Step Functions takes."""
        return {
            "Comment": "Switches the actions of a new alarm on when its first data are good, or after a while",
            "QueryLanguage": "JSONata",
            "StartAt": "Begin",
            "TimeoutSeconds": (self.minutes + 60) * _MINUTE,
            "States": {
                "Begin": {
                    "Type": "Pass",
                    "Assign": {"name": expression("$states.input.detail.alarmName"), "waited": False},
                    "Next": "Describe",
                },
                "Describe": self._describe(),
                "Judge": self._judge(),
                "Wait": {
                    "Type": "Wait",
                    "Seconds": self.minutes * _MINUTE,
                    "Assign": {"waited": True},
                    "Next": "Describe",
                },
                "Lower": self._set("$name", "OK", Next="Enable"),
                "Enable": self._task("enableAlarmActions", {"AlarmNames": [expression("$name")]}, Next="Raised"),
                "Raised": {
                    "Type": "Choice",
                    "Choices": [{"Condition": expression('$state = "ALARM"'), "Next": "Again"}],
                    "Default": "Done",
                },
                "Again": self._again(),
                "Done": {"Type": "Succeed"},
            },
        }

    def _describe(self) -> State:
        alarms = "$append($states.result.CompositeAlarms, $states.result.MetricAlarms)"
        return self._task(
            "describeAlarms",
            {"AlarmNames": [expression("$name")], "AlarmTypes": ["CompositeAlarm", "MetricAlarm"]},
            Assign={
                "is_off": expression(f"$count({alarms}[ActionsEnabled = false]) > 0"),
                "is_composite": expression("$count($states.result.CompositeAlarms) > 0"),
                "state": expression(f'$count({alarms}) > 0 ? {alarms}[0].StateValue : "gone"'),
            },
            Next="Judge",
        )

    def _judge(self) -> State:
        cases = (
            ("$not($is_off)", "Done"),
            ('$state = "OK"', "Enable"),
            ("$not($waited)", "Wait"),
            ('$state = "ALARM" and $is_composite', "Lower"),
        )
        return {
            "Type": "Choice",
            "Choices": [{"Condition": expression(code), "Next": following} for code, following in cases],
            "Default": "Enable",
        }

    def _again(self) -> State:
        behind = ", ".join(
            f"{literal(alarm)}: [{', '.join(map(literal, below))}]" for alarm, below in sorted(self.behind.items())
        )
        return {
            "Type": "Map",
            # A list of one is a value to JSONata, and Map takes lists only.
            "Items": expression(f"[$lookup({{{behind}}}, $name)]"),
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": "Reset",
                "States": {"Reset": self._set("$states.input", "INSUFFICIENT_DATA", End=True)},
            },
            "Next": "Done",
        }

    def _set(self, name: str, state: str, **following: object) -> State:
        arguments = {"AlarmName": expression(name), "StateValue": state, "StateReason": _REASON}
        return self._task("setAlarmState", arguments, **following)

    def _task(self, action: str, arguments: Mapping[str, object], **fields: object) -> State:
        return {
            "Type": "Task",
            "Resource": f"arn:{self.partition}:states:::aws-sdk:cloudwatch:{action}",
            "Arguments": arguments,
            "Retry": _RETRY,
            **fields,
        }
