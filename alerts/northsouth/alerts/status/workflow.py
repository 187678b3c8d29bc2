"""The state machine that keeps ``status.json`` up to date, in Amazon States Language with JSONata; pure.

    Describe -> [Measure] -> History -> Publish

It runs on a schedule and at every change of the alarm. Each run writes the whole file from what CloudWatch says, so
runs can fail, be repeated or meet each other: the next one puts it right. A run that cannot measure, or cannot read the
history, publishes the state without them; a run that cannot read the state publishes nothing, and the page says that it
has had no news.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from northsouth.logs.jsonata import expression
from northsouth.metrics.render import Query

State = dict[str, object]

STATUS_KEY = "status.json"
PERIOD_SECONDS = 300
"""Of one point of the graph."""
_DAY_MS = 86_400_000
_HISTORY_ITEMS = 20
"""Changes of state that are shown. An item can have 10 KB, and Step Functions passes 256 KiB between states."""
_TIMEOUT_SECONDS = 120
_RETRY: list[State] = [
    {"ErrorEquals": ["States.TaskFailed", "States.Timeout"], "IntervalSeconds": 2, "MaxAttempts": 3, "BackoffRate": 2}
]
_NOW = f"$floor($toMillis($states.context.State.EnteredTime) / {PERIOD_SECONDS * 1000}) * {PERIOD_SECONDS * 1000}"
_STATE = '{code} = "ALARM" ? "outage" : {code} = "OK" ? "operational" : "unknown"'
# The summary is "Alarm updated from OK to ALARM".
_CHANGE = (
    '$map($states.result.AlarmHistoryItems, function($item) {{ {{ "at": $item.Timestamp,'
    ' "was": {was}, "state": {state} }} }})'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusWorkflow:
    """Everything the state machine needs to know.

    Attributes:
        partition: the ARN partition: ``aws``, ``aws-cn`` or ``aws-us-gov``.
        alarm: the name of the alarm that speaks for the customers.
        bucket: where the status is written to.
        queries: what the graph shows: metrics and, last, the expression or metric that is drawn; empty for no graph.
        unit: the symbol of its unit.
        limit: the alarm's threshold in it.

    """

    partition: str
    alarm: str
    bucket: str
    queries: tuple[Query, ...] = ()
    unit: str = ""
    limit: int | float | None = None

    def definition(self) -> State:
        """Return the definition; ``json.dumps`` makes the text that Step Functions takes."""
        return {
            "Comment": "Writes what the alarm says to the status page",
            "QueryLanguage": "JSONata",
            "StartAt": "Describe",
            "TimeoutSeconds": _TIMEOUT_SECONDS,
            "States": {
                "Describe": self._describe(),
                **({"Measure": self._measure()} if self.queries else {}),
                "History": self._history(),
                "Publish": self._publish(),
            },
        }

    def _task(self, integration: str, arguments: Mapping[str, object], **fields: object) -> State:
        return {
            "Type": "Task",
            "Resource": f"arn:{self.partition}:states:::aws-sdk:{integration}",
            "Arguments": arguments,
            "Retry": _RETRY,
            **fields,
        }

    def _describe(self) -> State:
        found = "$append($states.result.CompositeAlarms, $states.result.MetricAlarms)[0]"
        # The time of the transition is younger than this API; without it, the time of the last update.
        since = (
            "$exists($alarm.StateTransitionedTimestamp) ? $alarm.StateTransitionedTimestamp"
            " : $alarm.StateUpdatedTimestamp"
        )
        told = f'{{"state": {_STATE.format(code="$alarm.StateValue")}, "since": {since}}}'
        return self._task(
            "cloudwatch:describeAlarms",
            {"AlarmNames": [self.alarm], "AlarmTypes": ["CompositeAlarm", "MetricAlarm"]},
            Assign={
                "now": expression(f'( $alarm := {found}; $exists($alarm) ? {told} : {{"state": "unknown"}} )'),
                # Unknown until they are read.
                "times": None,
                "values": None,
                "changes": None,
            },
            Next="Measure" if self.queries else "History",
        )

    def _measure(self) -> State:
        drawn = f'$states.result.MetricDataResults[Id = "{self.queries[-1].id}"]'
        return self._task(
            "cloudwatch:getMetricData",
            {
                "StartTime": expression(f"$fromMillis({_NOW} - {_DAY_MS})"),
                "EndTime": expression(f"$fromMillis({_NOW})"),
                "ScanBy": "TimestampAscending",
                "MetricDataQueries": [_query(query, drawn=query is self.queries[-1]) for query in self.queries],
            },
            Assign={
                "times": expression(f"[{drawn}.Timestamps]"),
                "values": expression(f"[{drawn}.Values]"),
            },
            Catch=[{"ErrorEquals": ["States.ALL"], "Next": "History"}],
            Next="History",
        )

    def _history(self) -> State:
        was = (
            '$contains($item.HistorySummary, "from ALARM") ? "outage"'
            ' : $contains($item.HistorySummary, "from OK") ? "operational" : "unknown"'
        )
        state = (
            '$contains($item.HistorySummary, "to ALARM") ? "outage"'
            ' : $contains($item.HistorySummary, "to OK") ? "operational" : "unknown"'
        )
        return self._task(
            "cloudwatch:describeAlarmHistory",
            {
                "AlarmName": self.alarm,
                "AlarmTypes": ["CompositeAlarm", "MetricAlarm"],
                "HistoryItemType": "StateUpdate",
                "ScanBy": "TimestampDescending",
                "MaxRecords": _HISTORY_ITEMS,
            },
            Assign={"changes": expression(f"[{_CHANGE.format(was=was, state=state)}]")},
            Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Publish"}],
            Next="Publish",
        )

    def _publish(self) -> State:
        graph: State = {
            "unit": self.unit,
            "limit": self.limit,
            "period": max(_period(query) for query in self.queries) if self.queries else PERIOD_SECONDS,
            "times": expression("$times"),
            "values": expression("$values"),
        }
        return self._task(
            "s3:putObject",
            {
                "Bucket": self.bucket,
                "Key": STATUS_KEY,
                "ContentType": "application/json",
                "CacheControl": "no-cache",
                "Body": {
                    "state": expression("$now.state"),
                    "since": expression('$exists($now.since) ? $now.since : ""'),
                    "updated": expression("$states.context.State.EnteredTime"),
                    "history": expression("$changes"),
                    **({"success": graph} if self.queries else {}),
                },
            },
            Output={"state": expression("$now.state")},
            End=True,
        )


def _query(query: Query, *, drawn: bool) -> State:
    metric = query.metric
    if metric is None:
        return {"Id": query.id, "Expression": query.expression, "Label": query.label, "ReturnData": drawn}
    dimensions = [{"Name": name, "Value": value} for name, value in sorted(metric.dimensions.items())]
    return {
        "Id": query.id,
        **({"AccountId": metric.account_id} if metric.account_id else {}),
        "MetricStat": {
            "Metric": {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions},
            "Period": _period(query),
            "Stat": metric.statistic,
        },
        "ReturnData": drawn,
    }


def _period(query: Query) -> int:
    """Return the seconds of one point: as the alarm has it, but not so many points that they would not be passed on."""
    return PERIOD_SECONDS if query.metric is None else max(PERIOD_SECONDS, query.metric.period)
