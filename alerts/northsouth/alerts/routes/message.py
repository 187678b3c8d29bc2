"""What is said of one alarm, before it takes the form of a service; pure.

EventBridge does not escape what it puts into a template (eb-pipes-input-transformation, "Common issues"). So a template
takes only values without quotes, backslashes and line breaks: the alarm's name, states, times and account numbers.
CloudWatch forbids control characters in a name, and this library quotes and backslashes. The description has line
breaks, so no template takes it. A template cannot hold ``<`` and ``>`` themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

State = Literal["firing", "resolved"]
STATES: tuple[State, ...] = ("firing", "resolved")
MAX_TEMPLATE = 8192
"""Characters of an input template (PipeTargetParameters, InputTransformer)."""


@dataclass(frozen=True, slots=True)
class Values:
    """What a template may say of an alarm: for each value the expression that stands for it.

    Attributes:
        name: the alarm's name.
        now: its state.
        before: the state it was in.
        time: when it changed.
        account: the account it is in.

    """

    name: str
    now: str
    before: str
    time: str
    account: str


PIPE = Values(
    name="<$.body.AlarmName>",
    now="<$.body.NewStateValue>",
    before="<$.body.OldStateValue>",
    time="<$.body.StateChangeTime>",
    account="<$.body.AWSAccountId>",
)
"""For pipes: the paths of an alarm's SNS message in the body of an SQS message (implicit body data parsing)."""
RULE = Values(name="<name>", now="<now>", before="<before>", time="<time>", account="<account>")
"""For rules: the variables of :data:`RULE_PATHS`."""
RULE_PATHS: Mapping[str, str] = {
    "name": "$.detail.alarmName",
    "now": "$.detail.state.value",
    "before": "$.detail.previousState.value",
    "time": "$.detail.state.timestamp",
    "account": "$.account",
}
"""The variables of a rule's template (CloudWatch alarm events)."""
LONGEST = Values("x" * 255, "INSUFFICIENT_DATA", "INSUFFICIENT_DATA", "2026-01-01T00:00:00.000+0000", "123456789012")
"""The longest values there are, to measure a message."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a message is about.

    Attributes:
        state: whether the alarm is raised, or over.
        severity: how soon to act.
        label: the environment.
        note: the receiver's own sentence, at the end of messages that an alarm is raised.

    """

    state: State
    severity: str
    label: str = ""
    note: str = ""

    @property
    def title(self) -> str:
        """One line: what happened and how bad it is."""
        mark = "\N{LARGE RED CIRCLE}" if self.state == "firing" else "\N{LARGE GREEN CIRCLE}"
        where = f" in {self.label}" if self.label else ""
        return f"{mark} {self.state.capitalize()}: {self.severity} alarm{where}"

    def details(self, values: Values) -> str:
        """Return the lines below the alarm's name."""
        line = f"{values.before} to {values.now} at {values.time}, account {values.account}"
        return f"{line}\n{self.note}" if self.note and self.state == "firing" else line

    def text(self, values: Values) -> str:
        """Return the whole message: title, name and details."""
        return f"{self.title}\n{values.name}\n{self.details(values)}"
