"""The state machine of one receiver: it reads a message, asks whether it is still true, and sends it; pure.

    Settings -> Read -> Ask -> Judge -> Send
                         ^                | 429
                         +-- Pause <-- Busy

A pipe runs it for each message of a queue and waits for its end. A run that fails leaves the message in the queue,
which shows it again a minute later: Pipes retries errors of a synchronous Express workflow until the queue's maximum
receive count (eb-pipes-error-troubleshooting). The machine itself tries again only after a 429, for some seconds.

**A late message does not reopen what is resolved.** Queues keep no order. Before each try the machine asks CloudWatch
for the alarm's state. If the alarm was raised, or ended, after the message's change, the message is dropped: that of
the later change is on its way or was sent. If CloudWatch does not answer, does not know the alarm (another account, a
Prometheus alert), or has the state of the message, the message is sent. What remains: an alarm that changes while the
request is under way (:data:`REQUEST_SECONDS` at most), and Prometheus alerts, which nobody can be asked about.

Sources: step-functions/latest/dg/call-https-apis (``http:invoke``), concepts-error-handling
(``States.Http.StatusCode.<code>``), transforming-data (JSONata), eb-pipes-event-target (synchronous Express workflows).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from northsouth.alerts.routes.card import read_card
from northsouth.logs.jsonata import expression, one_line

State = dict[str, Any]

REQUEST_SECONDS = 10
"""After this a request is given up; an HTTP task itself waits for 60 (service-quotas)."""
RUN_SECONDS = 50
"""After this a run is given up: less than the queue hides its message."""
MOST_TRIES = 4
"""Requests of one run, if the service answers 429: after 2, 4 and 8 seconds, and up to 2 more."""
_TRANSIENT: State = {
    "ErrorEquals": ["CloudWatch.ThrottlingException", "CloudWatch.CloudWatchException"],
    "IntervalSeconds": 1,
    "MaxAttempts": 2,
    "BackoffRate": 2,
    "JitterStrategy": "FULL",
}
_ASKED = """
  [$map($append($states.result.MetricAlarms, $states.result.CompositeAlarms), function($alarm) {{
    "name": $alarm.AlarmName,
    "arn": $alarm.AlarmArn,
    "raised": $alarm.StateValue = "ALARM" and $not($exists($alarm.ActionsSuppressedBy)),
    "state": $alarm.StateValue,
    "changed": $replace(
      $string($exists($alarm.StateTransitionedTimestamp)
        ? $alarm.StateTransitionedTimestamp : $alarm.StateUpdatedTimestamp),
      /\\+00:?00$/, "Z")
  }})]
"""
OVERTAKEN = """
  $card.state = "none" or $count($asked[
    arn = $card.arn and (state = "ALARM") != $card.firing and $toMillis(changed) > $toMillis($card.changed)
  ]) > 0
"""
"""Whether a message is about no change worth sending, or about one that is not true any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Everything the state machine needs to know.

    Attributes:
        partition: the ARN partition.
        settings: what is known before any message: ``label``, ``note``, ``severity`` (if neither topic nor description
            says it), ``topics`` (``arn`` and ``severity``) and ``others`` (``severity`` and ``names``); empty ones are
            left out.
        method: the HTTP method.
        address: the address without its query; text or an expression.
        connection_arn: the connection with the credential and the query.
        body: the request's body: JSON with expressions in it.
        skip: JSONata; if true, nothing is sent. It sees ``$card`` and ``$asked``, the alarms as they are now.
        alarms: the alarms to ask for; the message's own if empty. These must be known, or the run fails.

    """

    partition: str
    settings: Mapping[str, Any]
    method: str
    address: str
    connection_arn: str
    body: Any
    skip: str = OVERTAKEN
    alarms: Sequence[str] = ()

    def definition(self) -> State:
        """Return the definition; ``json.dumps`` makes the text that Step Functions takes."""
        settings = {key: value for key, value in self.settings.items() if value}
        return {
            "Comment": "Tells one receiver of one change of an alarm",
            "QueryLanguage": "JSONata",
            "StartAt": "Settings",
            "TimeoutSeconds": RUN_SECONDS,
            "States": {
                "Settings": {"Type": "Pass", "Assign": {"settings": settings, "tries": 1}, "Next": "Read"},
                "Read": {"Type": "Pass", "Assign": {"card": read_card(), "asked": []}, "Next": "Ask"},
                "Ask": self._ask(),
                "Judge": {
                    "Type": "Choice",
                    "Choices": [{"Condition": one_line(self.skip), "Next": "Dropped"}],
                    "Default": "Send",
                },
                "Send": self._send(),
                "Busy": {
                    "Type": "Choice",
                    "Choices": [{"Condition": expression(f"$tries <= {MOST_TRIES}"), "Next": "Pause"}],
                    "Default": "Refused",
                },
                "Pause": {
                    "Type": "Wait",
                    "Seconds": expression("$power(2, $tries - 1) + $floor($random() * 3)"),
                    "Next": "Ask",
                },
                "Refused": {"Type": "Fail", "Error": "ServiceBusy", "Cause": "The service answered 429 each time"},
                "Dropped": {"Type": "Succeed", "Output": {"sent": False}},
            },
        }

    def _ask(self) -> State:
        names = list(self.alarms) or [expression("$card.name")]
        return {
            "Type": "Task",
            "Resource": f"arn:{self.partition}:states:::aws-sdk:cloudwatch:describeAlarms",
            "Arguments": {"AlarmNames": names, "AlarmTypes": ["CompositeAlarm", "MetricAlarm"]},
            "Assign": {"asked": one_line(_ASKED)},
            "Retry": [_TRANSIENT],
            **({} if self.alarms else {"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Judge"}]}),
            "Next": "Judge",
        }

    def _send(self) -> State:
        return {
            "Type": "Task",
            "Resource": f"arn:{self.partition}:states:::http:invoke",
            "Arguments": {
                "ApiEndpoint": self.address,
                "Method": self.method,
                "Authentication": {"ConnectionArn": self.connection_arn},
                "Headers": {"Content-Type": "application/json"},
                "RequestBody": self.body,
            },
            "TimeoutSeconds": REQUEST_SECONDS,
            "Catch": [
                {
                    "ErrorEquals": ["States.Http.StatusCode.429"],
                    "Assign": {"tries": expression("$tries + 1")},
                    "Next": "Busy",
                }
            ],
            "Output": {"sent": True},
            "End": True,
        }
