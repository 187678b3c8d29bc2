"""The state machine that measures a day's traffic through NAT, in Amazon States Language with JSONata; pure.

    Input -> Day -> ByPath -> ReadByPath -> Avoidable -> ReadAvoidable -> Publish

A run's input is ``{"scheduledTime"}`` from the schedule, which is about the day before it, or by hand ``{"day":
"2026-11-28"}``; ``{}`` is about yesterday. Any other input fails the run, with a message that says what is wrong. A run
asks and publishes, and changes nothing else: it can be repeated.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from northsouth.egress import analysis_metrics as metrics
from northsouth.logs import archive_input
from northsouth.logs.archive_budget import MINUTE, longest
from northsouth.logs.archive_states import State, States
from northsouth.logs.jsonata import Interpolated, Var, expression, literal

DAY, DAY_BEFORE = "'<day>'", "'<day before>'"
"""What stands in the SQL of a run for the day it is about and for the day before."""
QUERY_MINUTES = 30
"""Athena gives a query up after 30 minutes (docs.aws.amazon.com/athena/latest/ug/service-limits.html)."""
INPUT = (archive_input.day("day"), archive_input.time("scheduledTime"))
"""What a run takes."""
_QUERIES, _CALLS = 2, 4
"""ByPath and Avoidable follow each other; ReadByPath, ReadAvoidable, Publish and DeadLetter are calls."""
TIMEOUT_SECONDS = longest(_QUERIES, _CALLS, QUERY_MINUTES) + MINUTE
"""A run that reaches its time-out catches nothing and sends no message, so it has a minute more than it can take."""
_DAY_MS = 86_400_000
_HOLES = {DAY: Var('"\'" & $day & "\'"'), DAY_BEFORE: Var('"\'" & $before & "\'"')}


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """Everything the state machine needs to know.

    Attributes:
        partition: the ARN partition.
        analysis: the analysis' name, a metric dimension.
        workgroup: the Athena workgroup.
        dead_letter_url: the queue for runs that failed.
        by_path: the query for bytes by service and path: ``service``, ``remedy``, ``bytes``.
        avoidable: the query for what all remedies would save: one number.

    """

    partition: str
    analysis: str
    workgroup: str
    dead_letter_url: str
    by_path: str
    avoidable: str

    def definition(self) -> State:
        """Return the definition; ``json.dumps`` makes the text that Step Functions takes."""
        states = States(
            partition=self.partition,
            workgroup=self.workgroup,
            query_minutes=QUERY_MINUTES,
            dead_letter_url=self.dead_letter_url,
            error="AnalysisFailed",
        )
        query: State = {"query": expression("$states.result.QueryExecution.QueryExecutionId")}
        results: State = {"QueryExecutionId": expression("$query")}
        reading = "athena:getQueryResults"
        rows: State = {"paths": expression(_ROWS)}
        usd: State = {"usd": expression("$number($states.result.ResultSet.Rows[1].Data[0].VarCharValue)")}
        return {
            "Comment": f"Measures a day's traffic through NAT: {self.analysis}",
            "QueryLanguage": "JSONata",
            "StartAt": "Input",
            "TimeoutSeconds": TIMEOUT_SECONDS,
            "States": {
                **states.input(archive_input.problem_code(INPUT, unique=("day", "scheduledTime")), "Day"),
                "Day": {"Type": "Pass", "Assign": _days(), "Next": "Letter"},
                "Letter": {
                    "Type": "Pass",
                    "Assign": {"letter": {"day": expression('$replace($day, "/", "-")')}},
                    "Next": "ByPath",
                },
                "ByPath": states.query(with_days(self.by_path), assign=query, then="ReadByPath"),
                "ReadByPath": states.task(reading, results, Assign=rows, Next="Avoidable"),
                "Avoidable": states.query(with_days(self.avoidable), assign=query, then="ReadAvoidable"),
                "ReadAvoidable": states.task(reading, results, Assign=usd, Next="Publish"),
                "Publish": states.task(
                    "aws-sdk:cloudwatch:putMetricData",
                    {"Namespace": metrics.NAMESPACE, "MetricData": expression(_metric_data(self.analysis))},
                    Output={name: expression(f"${name}") for name in ("day", "paths", "usd")},
                    End=True,
                ),
                **states.failure(),
            },
        }


def with_days(sql: str) -> Interpolated:
    """Return a query whose days a run fills in."""
    parts: Sequence[str] = re.split(f"({'|'.join(map(re.escape, _HOLES))})", sql)
    return tuple(_HOLES.get(part, part) for part in parts)


def _days() -> State:
    moment = (
        f'$exists($states.input.day) ? $toMillis($states.input.day & "T00:00:00Z") : $toMillis('
        "$exists($states.input.scheduledTime) ? $states.input.scheduledTime : $states.context.Execution.StartTime)"
        f" - {_DAY_MS}"
    )
    picture = literal("[Y0001]/[M01]/[D01]")
    return {
        "day": expression(f"$fromMillis({moment}, {picture})"),
        "before": expression(f"( $at := {moment}; $fromMillis($at - {_DAY_MS}, {picture}) )"),
    }


# Row 0 is the header. The query yields no NULL, which would have no VarCharValue.
_ROWS = (
    "[$filter($states.result.ResultSet.Rows, function($row, $index) { $index > 0 })."
    '{ "service": Data[0].VarCharValue, "path": Data[1].VarCharValue, "bytes": $number(Data[2].VarCharValue) }]'
)


def _metric_data(analysis: str) -> str:
    """Return JSONata for PutMetricData's list."""
    own = f'{{"Name": "{metrics.ANALYSIS}", "Value": {literal(analysis)}}}'
    more = f'{{"Name": "{metrics.SERVICE}", "Value": service}}, {{"Name": "{metrics.PATH}", "Value": path}}'
    total = (
        (metrics.COMPLETED_RUNS, "1", "Count"),
        (metrics.EGRESS_BYTES, "$sum([0, $paths.bytes])", "Bytes"),
        (metrics.AVOIDABLE_USD, "$usd", "Count"),
    )
    listed = ", ".join(_datum(*datum, own) for datum in total)
    datum = _datum(metrics.EGRESS_BYTES, "bytes", "Bytes", f"{own}, {more}")
    return f"$append([{listed}], [$paths.{datum}])"


def _datum(name: str, value: str, unit: str, dimensions: str) -> str:
    return f'{{"MetricName": "{name}", "Value": {value}, "Unit": "{unit}", "Dimensions": [{dimensions}]}}'
