"""The daily look at what no window's own run can see, and the state machine that takes it; pure.

    Input -> Day -> Letter -> Compare -> ReadCompare -> Publish -> AnyIncomplete? -> Rewrite -> AnyIncomplete?

A window's runs end with its catch-up. What is delivered later, what is delivered on another day than it happened, and
what is in an object whose name is not one of the window's, is found here. Once a day, when every window of a delivery
day has had its last run, the day's objects are read whole, their rows are put into their windows, and the rows of each
object are compared with those that the archive has of it. Each window that lacks some is run again, over all objects.

Rows of objects with the same content are counted as duplicates: a delivery that was repeated under another name. They
stay in the archive, because nothing says which of the two is the copy.
"""

from __future__ import annotations

from dataclasses import dataclass

from northsouth.logs import archive_input, archive_sql, metrics
from northsouth.logs.archive_budget import MINUTE
from northsouth.logs.archive_expressions import SCHEDULED, day_code, objects_code, reconciliation_data_code
from northsouth.logs.archive_schedule import ArchiveSchedule
from northsouth.logs.archive_source import SOURCE_FILE, SourceTable
from northsouth.logs.archive_sql import window
from northsouth.logs.archive_states import State, States
from northsouth.logs.jsonata import Interpolated, expression, literal, merged

COLUMNS = ("period", "missing", "surplus", "duplicates")
"""The columns of :func:`differing`: the window, and numbers of rows."""
INPUT = (
    archive_input.day("reconcile"),
    archive_input.RUN,
    archive_input.time("scheduledTime"),
    archive_input.MINUTES,
)
"""What a reconciliation takes: from a schedule ``scheduledTime`` and ``offsetMinutes``, by hand ``reconcile``."""


def differing(source: SourceTable, database: str, table: str, schedule: ArchiveSchedule) -> Interpolated:
    """Return the query for the windows of a delivery day's rows that differ from the archive.

    Two objects are alike if they have as many rows in a window, of as many characters, with the same least and greatest
    MD5. Windows of an earlier version do not say which object a row is from, and are left out.
    """
    digest = "to_hex(md5(to_utf8(row_line)))"
    stamp = "day || 'T' || hour" if schedule.is_hourly else "day"
    delivered: Interpolated = (
        "SELECT row_window AS period, row_file AS file, count(*) AS delivered, 0 AS stored,\n",
        f"  sum(length(row_line)) AS size, min({digest}) AS least, max({digest}) AS greatest\nFROM (\n",
        *archive_sql.placed(source, schedule, line=True),
        "\n)\nGROUP BY row_window, row_file",
    )
    archived: Interpolated = (
        f'SELECT {stamp} AS period, "{SOURCE_FILE}" AS file, 0 AS delivered, count(*) AS stored,\n',
        "  CAST(NULL AS bigint) AS size, CAST(NULL AS varchar) AS least, CAST(NULL AS varchar) AS greatest\n",
        f'FROM "{database}"."{table}"\nWHERE day BETWEEN \'',
        window("earliest"),
        "' AND '",
        window("latest"),
        f'\'\nGROUP BY {", ".join(schedule.partition_keys)}, "{SOURCE_FILE}"',
    )
    return merged((_DIFFERENCES, *delivered, "\nUNION ALL\n", *archived, _OF_THE_DAYS_OBJECTS))


_DIFFERENCES = """SELECT period, sum(missing) AS missing, sum(surplus) AS surplus, sum(duplicates) AS duplicates
FROM (
SELECT period, greatest(delivered - stored, 0) AS missing, greatest(stored - delivered, 0) AS surplus,
  CASE WHEN row_number() OVER (PARTITION BY period, delivered, size, least, greatest ORDER BY file) > 1
    THEN delivered ELSE 0 END AS duplicates
FROM (
SELECT *, bool_or(file IS NULL) OVER (PARTITION BY period) AS is_old
FROM (
SELECT period, file, sum(delivered) AS delivered, sum(stored) AS stored,
  max(size) AS size, max(least) AS least, max(greatest) AS greatest
FROM (
"""
_OF_THE_DAYS_OBJECTS = """
)
GROUP BY period, file
))
WHERE delivered > 0 AND NOT is_old
)
GROUP BY period
HAVING sum(missing) + sum(surplus) + sum(duplicates) > 0
ORDER BY period
LIMIT 500"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """Everything the state machine needs to know.

    Attributes:
        states: makes the states.
        archive: the archive's name, a metric dimension.
        source_name: the source's name, a metric dimension.
        source: the source.
        schedule: the windows.
        database: the archive table's Glue database.
        table: the archive table.
        job_arn: the state machine that archives a window.

    """

    states: States
    archive: str
    source_name: str
    source: SourceTable
    schedule: ArchiveSchedule
    database: str
    table: str
    job_arn: str

    def definition(self) -> State:
        """Return the definition; ``json.dumps`` makes the text that Step Functions takes."""
        return {
            "Comment": f"Compares a delivery day of {self.source_name} with its archive, object by object",
            "QueryLanguage": "JSONata",
            "StartAt": "Input",
            "TimeoutSeconds": self.schedule.run_timeout_minutes * MINUTE,
            "States": {
                **self.states.input(_input_code(), "Day"),
                "Day": {
                    "Type": "Pass",
                    "Assign": {"window": expression(day_code(self.source, self.schedule))},
                    "Next": "Letter",
                },
                "Letter": {
                    "Type": "Pass",
                    "Assign": {
                        "letter": {
                            "reconcile": expression("$window.day"),
                            "objects": expression(objects_code(self.source)),
                        }
                    },
                    "Next": "Compare",
                },
                "Compare": self.states.query(
                    differing(self.source, self.database, self.table, self.schedule),
                    assign={"query": expression("$states.result.QueryExecution.QueryExecutionId")},
                    then="ReadCompare",
                ),
                "ReadCompare": self.states.task(
                    "athena:getQueryResults",
                    {"QueryExecutionId": expression("$query")},
                    Assign={
                        "differing": expression(_ROWS),
                        "incomplete": expression(f"[({_ROWS})[missing > 0].period]"),
                    },
                    Next="Publish",
                ),
                "Publish": self.states.task(
                    "aws-sdk:cloudwatch:putMetricData",
                    {
                        "Namespace": metrics.NAMESPACE,
                        "MetricData": expression(reconciliation_data_code(self.archive, self.source_name)),
                    },
                    Next="AnyIncomplete",
                ),
                **self._rewrite(),
                **self.states.failure(),
            },
        }

    def _rewrite(self) -> dict[str, State]:
        """Return the states that start a run for each window with missing rows, one after the other."""
        hour = ":00:00Z" if self.schedule.is_hourly else "T00:00:00Z"
        # A name can be used once in 90 days, and two starts of the same name and input are one.
        name = (
            '$substring($replace($states.context.Execution.Name, /[^A-Za-z0-9_.-]/, "_"), 0, 60) & "-" & $incomplete[0]'
        )
        return {
            "AnyIncomplete": {
                "Type": "Choice",
                "Choices": [{"Condition": expression("$count($incomplete) > 0"), "Next": "Rewrite"}],
                "Default": "Done",
            },
            "Rewrite": self.states.task(
                "states:startExecution",
                {
                    "StateMachineArn": self.job_arn,
                    "Name": expression(name),
                    "Input": {
                        "window": expression(f"$incomplete[0] & {literal(hour)}"),
                        "run": metrics.ArchiveRun.RECONCILIATION.value,
                        "all_objects": True,
                    },
                },
                Assign={"incomplete": expression("[$incomplete[[1..$count($incomplete)]]]")},
                Next="AnyIncomplete",
            ),
            "Done": {
                "Type": "Succeed",
                "Output": {"day": expression("$window.day"), "differing": expression("$differing")},
            },
        }


def _input_code() -> str:
    """Return JSONata for what is wrong with the input; empty if nothing is."""
    problem = archive_input.problem_code(INPUT, unique=("reconcile", "scheduledTime"))
    moments = {"reconcile": '$toMillis($in.reconcile & "T00:00:00Z")', "scheduledTime": SCHEDULED}
    return archive_input.future_code(problem, moments)


# Row 0 is the header. The query yields no NULL, which would have no VarCharValue.
_ROWS = (
    "[$filter($states.result.ResultSet.Rows, function($row, $index) { $index > 0 })."
    "{ "
    + ", ".join(
        f'"{name}": ' + (cell if name == "period" else f"$number({cell})")
        for name, cell in ((name, f"Data[{position}].VarCharValue") for position, name in enumerate(COLUMNS))
    )
    + " }]"
)
