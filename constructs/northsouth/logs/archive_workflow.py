"""The state machine that archives one window, in Amazon States Language with JSONata; pure.

    Input -> Window -> Forced? -> Existing -> CountExisting -> Changed? -> Unload -> Point [-> Repoint]
          -> Count -> Expected -> Publish

An index is asked first, ``Letter -> Ask -> Answered? -> Forced?``, and read before the unload, ``Changed? -> IsEmpty?
-> Read -> Unload``.

A run's input is ``{"scheduledTime", "offsetMinutes", "run"}`` from the schedule, or by hand ``{"window": <any time in
it>}`` with an optional ``"force": true`` or ``"all_objects": true``; ``{}`` archives the last closed window. Any other
input fails the run, with a message that says what is wrong.

Why it cannot lose or double a window: rows are written to a folder that no table looks at, named for the run and for
its retries and redrives, so no attempt meets the leftovers of another. The partition is then pointed at that folder by
one call. Until then readers see the old folder, whole; afterwards the new one, whole. Two runs of the same window at
the same time both write everything, and the last pointer wins.

A window that is already archived is compared with the source, object by object. It is written again only if objects of
the source are missing in it, and if none of its own would be lost: a second run changes nothing, and a run after the
logs have expired leaves the archive alone. ``force`` writes the window again whatever the counts. ``all_objects``, and
``force``, read every object of the window's delivery days and not only those that are named for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from northsouth.logs import archive_sql, metrics
from northsouth.logs.archive_budget import MINUTE, READS
from northsouth.logs.archive_crawl import crawl_states
from northsouth.logs.archive_expressions import given, input_code, metric_data_code, objects_code, window_code
from northsouth.logs.archive_index import ExportedTable, IndexExport
from northsouth.logs.archive_schedule import ArchiveSchedule
from northsouth.logs.archive_source import SourceTable
from northsouth.logs.archive_states import State, States
from northsouth.logs.jsonata import Interpolated, Var, concatenation, expression, literal, merged

_RUN = Var(
    '$replace($states.context.Execution.Name, /[^A-Za-z0-9_.-]/, "_")'
    ' & "-" & $states.context.Execution.RedriveCount & "-" & $states.context.State.RetryCount'
)
"""The name of an attempt: the execution, how often it was redriven, and how often this state was retried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """Everything a state machine for one source needs to know.

    Attributes:
        partition: the ARN partition: ``aws``, ``aws-cn`` or ``aws-us-gov``.
        archive: the archive's name, a metric dimension.
        source_name: the source's name, a metric dimension.
        source: the table to archive.
        schedule: its windows and time limits.
        workgroup: the Athena workgroup.
        database: the archive table's Glue database.
        table: the archive table.
        bucket: the archive bucket.
        prefix: the table's folder in it, without slashes at its ends.
        storage: the table's storage descriptor, as PartitionInput takes it; a partition gets it with its folder.
        dead_letter_url: the queue for windows whose run failed.
        crawler: the crawler to run instead of pointing the partition; ``None`` for the pointer.
        count_delivered: whether the first run counts the source again, independently of the unload.

    """

    partition: str
    archive: str
    source_name: str
    source: SourceTable
    schedule: ArchiveSchedule
    workgroup: str
    database: str
    table: str
    bucket: str
    prefix: str
    storage: Mapping[str, object]
    dead_letter_url: str
    crawler: str | None = None
    count_delivered: bool = True

    @property
    def states(self) -> States:
        """The factory of the states."""
        return States(
            partition=self.partition,
            workgroup=self.workgroup,
            query_minutes=self.schedule.query_minutes(
                crawler=self.crawler is not None, read_minutes=self.export.read_minutes if self.export else 0
            ),
            dead_letter_url=self.dead_letter_url,
            reason="(?:ErrorMessage|StateChangeReason)" if self.export else "StateChangeReason",
        )

    @property
    def export(self) -> IndexExport | None:
        """How an index is read, if the source is one."""
        return self.source.export if isinstance(self.source, ExportedTable) else None

    @property
    def _is_rated(self) -> bool:
        return self.source.expected is not None or self.export is not None

    @property
    def partition_folder(self) -> Interpolated:
        """The window's folder in the archive bucket: ``alb/day=2026-11-21/hour=22``."""
        keys = tuple(part for key in self.schedule.partition_keys for part in (f"/{key}=", archive_sql.window(key)))
        return (self.prefix, *keys)

    @property
    def run_folder(self) -> Interpolated:
        """The S3 address an attempt writes to: its own folder, or the window's if a crawler must find it."""
        run: Interpolated = () if self.crawler else ("/run=", _RUN)
        return merged((f"s3://{self.bucket}/", *self.partition_folder, *run, "/"))

    def definition(self) -> State:
        """Return the definition; ``json.dumps`` makes the text that Step Functions takes."""
        return {
            "Comment": f"Archives one window of {self.source_name} and measures that it is complete",
            "QueryLanguage": "JSONata",
            "StartAt": "Input",
            "TimeoutSeconds": self.schedule.run_timeout_minutes * MINUTE,
            "States": {
                **self.states.input(input_code(), "Window"),
                "Window": self._window(),
                "Letter": self._letter("Ask" if self.export else "Forced"),
                **(self._asked(self.export) if self.export else {}),
                **self._existing(),
                **(self._read(self.export) if self.export else {}),
                **(
                    crawl_states(self.states, self.bucket, self.partition_folder, self.crawler, self._unload())
                    if self.crawler
                    else {"Unload": self._unload(), **self._pointer()}
                ),
                **self._count("Count", "ReadCount", delivered=self.count_delivered, then=self._after_count),
                **self._expected(),
                "Publish": self._publish(),
                **self.states.failure(),
            },
        }

    @property
    def _after_count(self) -> str:
        return "Publish" if self.source.expected is None else "Expected"

    @property
    def _rewrite(self) -> str:
        return "ListOld" if self.crawler else "IsEmpty" if self.export else "Unload"

    def _window(self) -> State:
        return {
            "Type": "Pass",
            "Assign": {
                "window": expression(window_code(self.source, self.schedule)),
                "run": expression(given("run", literal(metrics.ArchiveRun.MANUAL.value))),
                "force": expression(given("force", "false")),
                "all_objects": expression(given("all_objects", "false")),
            },
            "Next": "Letter",
        }

    def _letter(self, then: str) -> State:
        """Return the state that notes what the run's dead letter would say: the input of another run."""
        letter = {
            "window": expression("$window.start"),
            "run": expression("$run"),
            "force": expression("$force"),
            "all_objects": expression("$all_objects"),
            "objects": expression(objects_code(self.source)),
        }
        return {"Type": "Pass", "Assign": {"letter": letter}, "Next": then}

    def _asked(self, export: IndexExport) -> dict[str, State]:
        """Return the states that ask an index how many documents the window has, and take no half of an answer.

        A shard that fails leaves its documents out of the count, and the answer is 200. ``allow_no_indices`` is what
        makes a pattern that matches nothing an error, and not 0 documents.
        """
        # Step Functions gives the body as JSON, or as its text.
        answer = '($body := $states.result.ResponseBody; $type($body) = "string" ? $parse($body) : $body)'
        return {
            "Ask": self.states.task(
                "http:invoke",
                {
                    "ApiEndpoint": export.count_url,
                    "Method": "POST",
                    "Authentication": {"ConnectionArn": export.connection_arn},
                    "QueryParameters": {"allow_no_indices": "false"},
                    "Headers": {"Content-Type": "application/json"},
                    "RequestBody": {
                        "query": {
                            "range": {
                                export.time_field: {
                                    "gte": expression("$window.start"),
                                    "lt": expression("$window.end"),
                                    "format": "strict_date_optional_time",
                                }
                            }
                        }
                    },
                },
                Assign={
                    "requests": expression(f"{answer}.count"),
                    "silent_shards": expression(f"{answer}._shards.failed"),
                },
                Next="Answered",
            ),
            "Answered": {
                "Type": "Choice",
                "Choices": [{"Condition": expression("$silent_shards = 0"), "Next": "Forced"}],
                "Default": "HalfAnswered",
            },
            "HalfAnswered": {
                "Type": "Pass",
                "Assign": {
                    "failure": {
                        "Error": "IndexNotCounted",
                        "Cause": expression(
                            '$string($silent_shards) & " shards did not answer: the count of the window is not whole"'
                        ),
                    }
                },
                "Next": "DeadLetter",
            },
        }

    def _read(self, export: IndexExport) -> dict[str, State]:
        """Return the states that have a Glue job write the window's documents to a folder of the attempt's own."""
        folder = concatenation(export.folder(Var('$replace($window.day, "-", "/")'), archive_sql.window("hour"), _RUN))
        path = literal('strpos("$path", \'')
        return {
            "IsEmpty": {
                "Type": "Choice",
                "Choices": [{"Condition": expression("$requests = 0"), "Next": "Unload"}],
                "Default": "Read",
            },
            "Read": self.states.task(
                "glue:startJobRun.sync",
                {
                    "JobName": export.job,
                    "Arguments": {
                        "--folder": expression(folder),
                        "--start": expression("$window.start"),
                        "--end": expression("$window.end"),
                    },
                },
                TimeoutSeconds=export.read_minutes * MINUTE,
                Retry=[READS.state],
                Assign={"window": expression(f'$merge([$window, {{"paths": {path} & {folder} & "\') = 1"}}])')},
                Next="Unload",
            ),
        }

    def _existing(self) -> dict[str, State]:
        """Return the states that leave a window alone which has everything already."""
        return {
            "Forced": {
                "Type": "Choice",
                "Choices": [{"Condition": expression("$force"), "Next": self._rewrite}],
                "Default": "Existing",
            },
            "Existing": self.states.task(
                "aws-sdk:glue:getPartition",
                {"DatabaseName": self.database, "TableName": self.table, "PartitionValues": self._values()},
                expected=("Glue.EntityNotFoundException", self._rewrite),
                Assign={"location": expression("$states.result.Partition.StorageDescriptor.Location")},
                Next="CountExisting",
            ),
            # What was exported before is gone. An index that has fewer documents by now takes nothing out.
            **self._count("CountExisting", "ReadExisting", delivered=self.export is None, then="Changed"),
            "Changed": {
                "Type": "Choice",
                "Choices": [
                    {
                        "Condition": expression(
                            "$requests > $archived + $unparsed" if self.export else "$missing > 0 and $surplus = 0"
                        ),
                        "Next": self._rewrite,
                    }
                ],
                "Default": self._after_count,
            },
        }

    def _unload(self) -> State:
        return self.states.query(
            archive_sql.unload(self.source, self.schedule, self.run_folder),
            assign={"location": expression(concatenation(self.run_folder))},
            then="BeforeCrawl" if self.crawler else "Point",
        )

    def _pointer(self) -> dict[str, State]:
        partition = {
            "Values": self._values(),
            "StorageDescriptor": {**self.storage, "Location": expression("$location")},
        }
        where = {"DatabaseName": self.database, "TableName": self.table}
        return {
            "Point": self.states.task(
                "aws-sdk:glue:createPartition",
                {**where, "PartitionInput": partition},
                expected=("Glue.AlreadyExistsException", "Repoint"),
                Next="Count",
            ),
            "Repoint": self.states.task(
                "aws-sdk:glue:updatePartition",
                {**where, "PartitionValueList": self._values(), "PartitionInput": partition},
                Next="Count",
            ),
        }

    def _values(self) -> list[str]:
        return [expression(archive_sql.window(key).expression) for key in self.schedule.partition_keys]

    def _count(self, name: str, reader: str, *, delivered: bool, then: str) -> dict[str, State]:
        sql = archive_sql.count(self.source, self.database, self.table, self.schedule, delivered=delivered)
        # Row 0 is the header. The query yields no NULL, which would have no VarCharValue.
        cells = {
            column: expression(f"$number($states.result.ResultSet.Rows[1].Data[{position}].VarCharValue)")
            for position, column in enumerate(archive_sql.COUNTS)
        }
        return {
            name: self.states.query(
                sql, assign={"query": expression("$states.result.QueryExecution.QueryExecutionId")}, then=reader
            ),
            reader: self.states.task(
                "athena:getQueryResults",
                {"QueryExecutionId": expression("$query")},
                Assign=cells,
                Next=then,
            ),
        }

    def _expected(self) -> dict[str, State]:
        metric = self.source.expected
        if metric is None:
            return {}
        return {
            "Expected": self.states.task(
                "aws-sdk:cloudwatch:getMetricStatistics",
                {
                    "Namespace": metric.namespace,
                    "MetricName": metric.name,
                    "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions.items()],
                    "Statistics": [metric.statistic],
                    "StartTime": expression("$window.start"),
                    "EndTime": expression("$window.end"),
                    "Period": self.schedule.minutes * MINUTE,
                },
                Assign={
                    "requests": expression(
                        "$count($states.result.Datapoints) = 0 ? 0"
                        f" : $sum($states.result.Datapoints.{metric.statistic})"
                    )
                },
                Next="Publish",
            )
        }

    def _publish(self) -> State:
        return self.states.task(
            "aws-sdk:cloudwatch:putMetricData",
            {
                "Namespace": metrics.NAMESPACE,
                "MetricData": expression(metric_data_code(self.archive, self.source_name, rated=self._is_rated)),
            },
            Output={
                "window": expression("$window.start"),
                "location": expression("$location"),
                **{name: expression(f"${name}") for name in archive_sql.COUNTS},
                **({"requests": expression("$requests")} if self._is_rated else {}),
            },
            End=True,
        )
