"""The metrics that an archive publishes and those that tell whether its runs work; pure.

Two kinds, because a CloudWatch alarm looks back from now and slides by the minute, while an hour is archived half an
hour after it closed:

- **stamped now**, for alarms: what a run found, at the time it found it. All of them come in one PutMetricData call, so
  metric math over them never mixes two runs.
- **stamped with the window's start**, for dashboards: they line up with RequestCount's own hours.

Every metric has the dimensions ``Archive``, ``Source`` and ``Run``. A window's first run and its catch-up run are kept
apart, so that the late one neither hides the first nor doubles a sum; a run that is repeated publishes again, so the
counts are taken with ``Maximum``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Literal
from weakref import WeakKeyDictionary

from northsouth.errors import Problem
from northsouth.metrics import Metric
from northsouth.tokens import is_token

NAMESPACE = "NorthSouth/LogArchive"

# Stamped now.
SUCCESS_RATE = "SuccessRate"
MEASURED_REQUESTS = "MeasuredRequests"
MEASURED_RECORDS = "MeasuredRecords"
UNPARSED_LINES = "UnparsedLines"
COMPLETED_RUNS = "CompletedRuns"
MISSING_RECORDS = "MissingRecords"
SURPLUS_RECORDS = "SurplusRecords"
DUPLICATE_RECORDS = "DuplicateRecords"
# Stamped with the window's start.
WINDOW_REQUESTS = "RequestCount"
DELIVERED_RECORDS = "DeliveredRecords"
ARCHIVED_RECORDS = "ArchivedRecords"
MATCHED_RECORDS = "MatchedRecords"
UNPARSED_RECORDS = "UnparsedRecords"

_DECLARED: WeakKeyDictionary[object, dict[str, tuple[str, ...]]] = WeakKeyDictionary()
"""By stack, the sources of each archive."""

HOUR = 3600
DAY = 86_400


class ArchiveRun(StrEnum):
    """Which run of a window a metric comes from; the value is its dimension."""

    FIRST = "first"
    CATCH_UP = "catch-up"
    MANUAL = "manual"
    RECONCILIATION = "reconciliation"


ArchiveRunName = Literal["first", "catch-up", "manual", "reconciliation"]
"""The word of an :class:`ArchiveRun`, which stands for it."""


def note_archive(stack: object, name: str, sources: Iterable[str]) -> None:
    """Note an archive of a stack, so that alarms on another name or source can be refused."""
    _DECLARED.setdefault(stack, {})[name] = tuple(sources)


def archive_problems(stack: object, archive: str, source: str) -> Iterator[Problem]:
    """Yield that a stack's archives have no such name or source: a metric of that name never gets a value.

    An archive of another stack is not known here. A name is refused if it is close to one of this stack's.
    """
    known = _DECLARED.get(stack, {})
    if is_token(archive) or is_token(source):
        return
    near = difflib.get_close_matches(archive, known, n=1, cutoff=0.75)
    if archive in known and source not in known[archive]:
        allowed = f"the archive {archive!r} has the sources {', '.join(known[archive])}"
        closest = difflib.get_close_matches(source, known[archive], n=1, cutoff=0)
        yield Problem("source", repr(source), allowed, f"Write {closest[0]!r}.")
    elif archive not in known and near:
        rule = f"the stack declares the archive {near[0]!r}, and none of this name"
        yield Problem("archive", repr(archive), rule, f"Write {near[0]!r}.")


def _metric(
    name: str,
    archive: str,
    source: str,
    run: ArchiveRun | ArchiveRunName,
    statistic: str,
    period: int,
    unit: str = "Count",
) -> Metric:
    return Metric(
        namespace=NAMESPACE,
        name=name,
        statistic=statistic,
        unit=unit,
        dimensions={"Archive": archive, "Source": source, "Run": str(run)},
        period=period,
    )


def success_rate(
    archive: str, source: str, *, run: ArchiveRun | ArchiveRunName = ArchiveRun.FIRST, period: int = HOUR
) -> Metric:
    """Return archived records that the expected metric counts too, divided by that metric, for the window of a run.

    1 is complete, less is a loss, more is a duplicate. Not published for a window without a single expected event, so
    treat missing data as ``ignore`` and let :func:`completed_runs` tell whether runs happen at all. See
    :mod:`northsouth.logs.archive_alb` for what RequestCount does not count.
    """
    return _metric(SUCCESS_RATE, archive, source, run, "Minimum", period, unit="None")


def highest_success_rate(
    archive: str, source: str, *, run: ArchiveRun | ArchiveRunName = ArchiveRun.FIRST, period: int = HOUR
) -> Metric:
    """Return the same rate's maximum, for an alarm on duplicates (above 1)."""
    return _metric(SUCCESS_RATE, archive, source, run, "Maximum", period, unit="None")


def measured_requests(
    archive: str, source: str, *, run: ArchiveRun | ArchiveRunName = ArchiveRun.FIRST, period: int = HOUR
) -> Metric:
    """Return the rate's denominator, published with it: an alarm's floor of traffic."""
    return _metric(MEASURED_REQUESTS, archive, source, run, "Maximum", period)


def measured_records(
    archive: str, source: str, *, run: ArchiveRun | ArchiveRunName = ArchiveRun.FIRST, period: int = HOUR
) -> Metric:
    """Return the rate's numerator, published also when there is no rate because no request was counted."""
    return _metric(MEASURED_RECORDS, archive, source, run, "Maximum", period)


def unparsed_lines(
    archive: str, source: str, *, run: ArchiveRun | ArchiveRunName = ArchiveRun.FIRST, period: int = HOUR
) -> Metric:
    """Return a run's rows that could not be placed or cast; a field that AWS adds does not cause any."""
    return _metric(UNPARSED_LINES, archive, source, run, "Maximum", period)


def completed_runs(
    archive: str, source: str, *, run: ArchiveRun | ArchiveRunName = ArchiveRun.FIRST, period: int = HOUR
) -> Metric:
    """Return runs that reached their end; none for a few periods: the archive is stale (treat missing as breaching)."""
    return _metric(COMPLETED_RUNS, archive, source, run, "SampleCount", period)


def missing_records(
    archive: str, source: str, *, run: ArchiveRun | ArchiveRunName = ArchiveRun.RECONCILIATION, period: int = DAY
) -> Metric:
    """Return rows that a run found in the source and not in the archive, when it ended.

    A reconciliation publishes what it found, and then has their windows written again.
    """
    return _metric(MISSING_RECORDS, archive, source, run, "Maximum", period)


def surplus_records(
    archive: str, source: str, *, run: ArchiveRun | ArchiveRunName = ArchiveRun.RECONCILIATION, period: int = DAY
) -> Metric:
    """Return the number of rows that the archive has beyond the source's: archived twice, or of replaced objects.

    In a window's own run, rows of objects that the source has deleted are among them.
    """
    return _metric(SURPLUS_RECORDS, archive, source, run, "Maximum", period)


def duplicate_records(archive: str, source: str, *, period: int = DAY) -> Metric:
    """Return rows of a day's objects that are copies of other objects of that day: delivered, and archived, twice."""
    return _metric(DUPLICATE_RECORDS, archive, source, ArchiveRun.RECONCILIATION, "Maximum", period)


def window_requests(
    archive: str, source: str, *, run: ArchiveRun | ArchiveRunName = ArchiveRun.FIRST, period: int = HOUR
) -> Metric:
    """Return what the expected metric counted in a window; stamped with its start."""
    return _metric(WINDOW_REQUESTS, archive, source, run, "Maximum", period)


def delivered_records(
    archive: str, source: str, *, run: ArchiveRun | ArchiveRunName = ArchiveRun.FIRST, period: int = HOUR
) -> Metric:
    """Return lines of a window in the log bucket; stamped with its start. Below the requests: AWS delivered less."""
    return _metric(DELIVERED_RECORDS, archive, source, run, "Maximum", period)


def archived_records(
    archive: str, source: str, *, run: ArchiveRun | ArchiveRunName = ArchiveRun.FIRST, period: int = HOUR
) -> Metric:
    """Return parsed rows of a window in the archive; stamped with its start.

    With :func:`unparsed_records` they are the delivered ones. Fewer: the job lost some.
    """
    return _metric(ARCHIVED_RECORDS, archive, source, run, "Maximum", period)


def matched_records(
    archive: str, source: str, *, run: ArchiveRun | ArchiveRunName = ArchiveRun.FIRST, period: int = HOUR
) -> Metric:
    """Return rows of a window that the expected metric counts too: the rate's numerator; stamped with its start."""
    return _metric(MATCHED_RECORDS, archive, source, run, "Maximum", period)


def unparsed_records(
    archive: str, source: str, *, run: ArchiveRun | ArchiveRunName = ArchiveRun.FIRST, period: int = HOUR
) -> Metric:
    """Return rows of a window that could not be placed or cast; their raw line is kept. Stamped with its start."""
    return _metric(UNPARSED_RECORDS, archive, source, run, "Maximum", period)


def failed_runs(state_machine_arn: str, *, period: int = HOUR) -> Metric:
    """Return runs that failed; their windows wait in the dead-letter queue."""
    return _states("ExecutionsFailed", state_machine_arn, period)


def timed_out_runs(state_machine_arn: str, *, period: int = HOUR) -> Metric:
    """Return runs that were given up; EventBridge sends a message for each to the dead-letter queue."""
    return _states("ExecutionsTimedOut", state_machine_arn, period)


def aborted_runs(state_machine_arn: str, *, period: int = HOUR) -> Metric:
    """Return runs that somebody stopped."""
    return _states("ExecutionsAborted", state_machine_arn, period)


def _states(name: str, state_machine_arn: str, period: int) -> Metric:
    return Metric(
        namespace="AWS/States",
        name=name,
        statistic="Sum",
        unit="Count",
        dimensions={"StateMachineArn": state_machine_arn},
        period=period,
    )


def dead_letters(queue_name: str, *, period: int = 300) -> Metric:
    """Return windows that wait in the dead-letter queue: runs that failed or that the scheduler could not start."""
    return Metric(
        namespace="AWS/SQS",
        name="ApproximateNumberOfMessagesVisible",
        statistic="Maximum",
        unit="Count",
        dimensions={"QueueName": queue_name},
        period=period,
    )
