"""The state machine that keeps the page's files up to date, in Amazon States Language with JSONata; pure.

    Begin -> Describe -> Judge -> [Measure] -> Histories -> Publish -> Recall -> Keep -> Feed

It runs on a schedule and at every change of an alarm, and writes three files beside the page:

- ``status.json``: the present state of everything, from CloudWatch.
- ``uptime.json``: the seconds in which each component was down or degraded, by day. CloudWatch forgets the history of
  alarms after 30 days. A run therefore reads the file, corrects today and yesterday, and writes it again.
- ``feed.json``: the latest changes as a JSON Feed (jsonfeed.org/version/1.1).

Runs can fail, be repeated or meet each other, and the next one puts it right: a day's seconds come from the alarm's
history and never shrink. A run that cannot measure, or cannot read a history, publishes the state without them. A run
that cannot read the state publishes nothing, and the page says that it has had no news. Days that cannot be read are
not written over.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from northsouth.logs.jsonata import expression, one_line
from northsouth.metrics.render import Query

State = dict[str, object]

STATUS_KEY, UPTIME_KEY, FEED_KEY = "status.json", "uptime.json", "feed.json"
WHOLE = "*"
"""The name of the service as a whole."""
PERIOD_SECONDS = 300
"""Of one point of the graph."""
_BRACE = "\ue000"
"""Stands for a brace that is part of a text, until the definition is written."""
_DAY_MS = 86_400_000
_HISTORY_ITEMS = 20
"""Changes of one alarm that are read. An item can have 10 KB, and Step Functions passes 256 KiB between states."""
_TIMEOUT_SECONDS = 120
_RETRY: list[State] = [
    {"ErrorEquals": ["States.TaskFailed", "States.Timeout"], "IntervalSeconds": 2, "MaxAttempts": 3, "BackoffRate": 2}
]
_NOW = f"$floor($toMillis($states.context.State.EnteredTime) / {PERIOD_SECONDS * 1000}) * {PERIOD_SECONDS * 1000}"
_ALARMS = """
  [$map($append($states.result.CompositeAlarms, $states.result.MetricAlarms), function($alarm) {{
    "name": $alarm.AlarmName,
    "state": $alarm.StateValue,
    "since": $string($exists($alarm.StateTransitionedTimestamp)
      ? $alarm.StateTransitionedTimestamp : $alarm.StateUpdatedTimestamp)
  }})]
"""
_CHANGES = """
  (
    $word := function($value) { $value = "ALARM" ? "outage" : $value = "OK" ? "operational" : "unknown" };
    $whole := $histories[component = "*" and kind = "outage"];
    $exists($whole) ? [$reverse([$map($whole.changes, function($change) {
      {"at": $change.at, "was": $word($change.was), "state": $word($change.is)}
    })])] : null
  )
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One line of the page and the alarms that it shows.

    Attributes:
        name: what the page calls it; :data:`WHOLE` for the service as a whole.
        alarm: the name of the alarm of an outage.
        degraded: the name of the alarm of a degraded service; empty for none.

    """

    name: str
    alarm: str
    degraded: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusWorkflow:
    """Everything the state machine needs to know.

    Attributes:
        partition: the ARN partition: ``aws``, ``aws-cn`` or ``aws-us-gov``.
        title: the page's heading.
        address: the page's address, for the feed.
        watched: the service as a whole, and its components.
        bucket: where the files are written to.
        queries: what the graph shows: metrics and, last, the expression or metric that is drawn; empty for no graph.
        unit: the symbol of its unit.
        limit: the alarm's threshold in it.

    """

    partition: str
    title: str
    address: str
    watched: tuple[Watched, ...]
    bucket: str
    queries: tuple[Query, ...] = ()
    unit: str = ""
    limit: int | float | None = None

    def text(self) -> str:
        """Return the definition as text. A brace in a name is escaped, or Terraform would read ``${`` and ``%{``."""
        return json.dumps(self.definition(), ensure_ascii=False).replace(_BRACE, "\\u007b")

    def definition(self) -> State:
        """Return the definition."""
        return {
            "Comment": "Writes what the alarms say to the status page",
            "QueryLanguage": "JSONata",
            "StartAt": "Begin",
            "TimeoutSeconds": _TIMEOUT_SECONDS,
            "States": {
                "Begin": self._begin(),
                "Describe": self._describe(),
                "Judge": self._judge(),
                **({"Measure": self._measure()} if self.queries else {}),
                "Histories": self._histories(),
                "Publish": self._publish(),
                "Recall": self._recall(),
                "Keep": self._keep(),
                "Feed": self._feed(),
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

    def _write(self, key: str, body: object, *, kind: str = "application/json", **fields: object) -> State:
        arguments = {"Bucket": self.bucket, "Key": key, "ContentType": kind, "CacheControl": "no-cache", "Body": body}
        return self._task("s3:putObject", arguments, **fields)

    def _begin(self) -> State:
        components = [
            {
                "name": _plain(component.name),
                "alarm": component.alarm,
                **({"degraded": component.degraded} if component.degraded else {}),
            }
            for component in self.watched
        ]
        # Unknown until they are read.
        unknown: State = {"histories": [], "kept": [], "times": None, "values": None}
        known: State = {"title": _plain(self.title), "components": components}
        return {"Type": "Pass", "Assign": {**known, **unknown}, "Next": "Describe"}

    def _describe(self) -> State:
        names = dict.fromkeys(
            name for component in self.watched for name in (component.alarm, component.degraded) if name
        )
        return self._task(
            "cloudwatch:describeAlarms",
            {"AlarmNames": list(names), "AlarmTypes": ["CompositeAlarm", "MetricAlarm"], "MaxRecords": 100},
            Assign={"now": one_line(_ALARMS)},
            Next="Judge",
        )

    def _judge(self) -> State:
        next_state = "Measure" if self.queries else "Histories"
        return {"Type": "Pass", "Assign": {"shown": one_line(_program("status"))}, "Next": next_state}

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
            Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Histories"}],
            Next="Histories",
        )

    def _histories(self) -> State:
        items = [
            {"component": _plain(component.name), "kind": kind, "alarm": alarm, "most": _HISTORY_ITEMS}
            for component in self.watched
            for kind, alarm in (("outage", component.alarm), ("degraded", component.degraded))
            if alarm
        ]
        arguments = {
            "AlarmName": expression("$states.input.alarm"),
            "AlarmTypes": ["CompositeAlarm", "MetricAlarm"],
            "HistoryItemType": "StateUpdate",
            "ScanBy": "TimestampDescending",
            "MaxRecords": _HISTORY_ITEMS,
        }
        read = self._task("cloudwatch:describeAlarmHistory", arguments, Output=one_line(_program("history")), End=True)
        return {
            "Type": "Map",
            "Items": items,
            "MaxConcurrency": 5,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": "History",
                "States": {"History": read},
            },
            "Assign": {"histories": expression("$states.result")},
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Publish"}],
            "Next": "Publish",
        }

    def _publish(self) -> State:
        graph: State = {
            "unit": self.unit,
            "limit": self.limit,
            "period": max(_period(query) for query in self.queries) if self.queries else PERIOD_SECONDS,
            "times": expression("$times"),
            "values": expression("$values"),
        }
        body = {
            "state": expression("$shown.state"),
            "since": expression("$shown.since"),
            "components": expression("$shown.components"),
            "updated": expression("$states.context.State.EnteredTime"),
            "history": one_line(_CHANGES),
            **({"success": graph} if self.queries else {}),
        }
        return self._write(STATUS_KEY, body, Next="Recall")

    def _recall(self) -> State:
        return self._task(
            "s3:getObject",
            {"Bucket": self.bucket, "Key": UPTIME_KEY},
            Assign={"kept": expression("[$parse($states.result.Body).components]")},
            Catch=[
                {"ErrorEquals": ["S3.NoSuchKeyException"], "Next": "Keep"},
                # What cannot be read is not written over.
                {"ErrorEquals": ["States.ALL"], "Next": "Feed"},
            ],
            Next="Keep",
        )

    def _keep(self) -> State:
        body = {
            "updated": expression("$states.context.State.EnteredTime"),
            "components": one_line(_program("uptime")),
        }
        return self._write(UPTIME_KEY, body, Next="Feed")

    def _feed(self) -> State:
        body = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": expression("$title"),
            "home_page_url": self.address,
            "items": one_line(_program("feed")),
        }
        return self._write(
            FEED_KEY, body, kind="application/feed+json", Output={"state": expression("$shown.state")}, End=True
        )


def _plain(text: str) -> str:
    return text.replace("${", f"${_BRACE}").replace("%{", f"%{_BRACE}")


def _program(name: str) -> str:
    return (Path(__file__).parent / f"{name}.jsonata").read_text(encoding="utf-8")


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
