"""When the archival job runs, and which window each run works on; pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from northsouth.errors import Problem
from northsouth.logs.archive_budget import MINUTE, QUERIES, longest_query, longest_run
from northsouth.tokens import is_token

MINUTES_OF_HOUR = 60
MINUTES_OF_DAY = 24 * 60
MINIMUM_DELAY = 10
"""Elastic Load Balancing writes a file every 5 minutes, and it was seen to arrive about 5 minutes after its end."""
OLDEST_METRIC_DAYS = 13
"""PutMetricData refuses timestamps more than two weeks old; one day is kept as a margin."""

_LOG_FILES = "docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html"
_PUT_METRIC_DATA = "docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveSchedule:
    """When an hour, or a day, is archived, and when it is looked at again for files that came late.

    Make one with :meth:`hourly` or :meth:`daily`.

    Attributes:
        minutes: how long a window is: 60 or 1440.
        delay_minutes: from a window's end to its first run.
        catch_up_minutes: from the first run to the catch-up run of the same window; ``None`` for no such run.
        run_timeout_minutes: when a run is given up. Less than a window, so that a run never meets the next one.
        query_timeout_minutes: when one query of a run is given up and tried again, at most twice; ``None`` for as long
            as all attempts of a run's queries fit into the run.
        late_days: how many days after its own day a row may be delivered and still be put into the window of its own
            time. Later rows are unparsed, in the window of their object. The source must keep its objects that long.
        reconcile: whether each delivery day is compared with the archive once more, object by object, after its
            windows have had their last run. It reads the day once and has incomplete windows written again.

    """

    minutes: int
    delay_minutes: int
    catch_up_minutes: int | None
    run_timeout_minutes: int
    query_timeout_minutes: int | None = None
    late_days: int = 2
    reconcile: bool = True

    @classmethod
    def hourly(
        cls,
        *,
        delay_minutes: int = 30,
        catch_up_minutes: int | None = 6 * 60,
        run_timeout_minutes: int = 55,
        query_timeout_minutes: int | None = None,
        late_days: int = 2,
        reconcile: bool = True,
    ) -> ArchiveSchedule:
        """Archive every closed hour: a rate an hour, partitions ``day`` and ``hour``, 24 times two queries a day."""
        return cls(
            minutes=MINUTES_OF_HOUR,
            delay_minutes=delay_minutes,
            catch_up_minutes=catch_up_minutes,
            run_timeout_minutes=run_timeout_minutes,
            query_timeout_minutes=query_timeout_minutes,
            late_days=late_days,
            reconcile=reconcile,
        )

    @classmethod
    def daily(
        cls,
        *,
        delay_minutes: int = 90,
        catch_up_minutes: int | None = MINUTES_OF_DAY,
        run_timeout_minutes: int = 6 * 60,
        query_timeout_minutes: int | None = None,
        late_days: int = 2,
        reconcile: bool = True,
    ) -> ArchiveSchedule:
        """Archive every closed day: fewer and larger files, partition ``day``, and a loss is noticed a day later.

        Right for quiet load balancers, and for long WebSocket connections, whose one log line comes when they close but
        which RequestCount counted when they opened.
        """
        return cls(
            minutes=MINUTES_OF_DAY,
            delay_minutes=delay_minutes,
            catch_up_minutes=catch_up_minutes,
            run_timeout_minutes=run_timeout_minutes,
            query_timeout_minutes=query_timeout_minutes,
            late_days=late_days,
            reconcile=reconcile,
        )

    @property
    def is_hourly(self) -> bool:
        """Whether a window is an hour."""
        return self.minutes == MINUTES_OF_HOUR

    @property
    def partition_keys(self) -> tuple[str, ...]:
        """The archive table's partition columns."""
        return ("day", "hour") if self.is_hourly else ("day",)

    @property
    def first_offset_minutes(self) -> int:
        """From a window's start to its first run."""
        return self.minutes + self.delay_minutes

    @property
    def last_offset_minutes(self) -> int:
        """From a window's start to the last run that reads it."""
        return self.first_offset_minutes + (self.catch_up_minutes or 0)

    def query_minutes(self, *, crawler: bool, read_minutes: int = 0) -> int:
        """Return the time-out of a query: the given one, or the longest that fits into a run."""
        most = longest_query(self.run_timeout_minutes, crawler=crawler, read_minutes=read_minutes)
        return self.query_timeout_minutes or most

    def reconciliation_offset_minutes(self, early_minutes: int) -> int:
        """Return the minutes from a delivery day's start to its reconciliation.

        By then the last run of every window that its rows can belong to has ended; the latest begins ``early_minutes``
        after the day.
        """
        windows_end = MINUTES_OF_DAY + math.ceil(early_minutes / self.minutes) * self.minutes
        return windows_end + self.last_offset_minutes - self.minutes + self.run_timeout_minutes

    def cron(self, offset_minutes: int) -> str:
        """Return EventBridge Scheduler's expression for a run ``offset_minutes`` after each window's start (UTC)."""
        minute = offset_minutes % MINUTES_OF_HOUR
        return f"cron({minute} * * * ? *)" if self.is_hourly else self.daily_cron(offset_minutes)

    def daily_cron(self, offset_minutes: int) -> str:
        """Return the expression for a run ``offset_minutes`` after each day's start (UTC)."""
        hour, minute = divmod(offset_minutes % MINUTES_OF_DAY, MINUTES_OF_HOUR)
        return f"cron({minute} {hour} * * ? *)"


def check_schedule(schedule: ArchiveSchedule, *, crawler: bool = False, read_minutes: int = 0) -> Iterator[Problem]:
    """Yield what is wrong with a schedule: runs that meet each other or their time-out, and times AWS cannot serve.

    Args:
        schedule: the schedule.
        crawler: whether a crawler finds the partitions.
        read_minutes: the longest time-out of a Glue job that reads an index; 0 if none does.

    """
    if schedule.minutes not in (MINUTES_OF_HOUR, MINUTES_OF_DAY):
        yield Problem(
            "schedule.minutes",
            str(schedule.minutes),
            "a window is an hour (60) or a day (1440)",
            "Use ArchiveSchedule.hourly() or ArchiveSchedule.daily().",
        )
    if schedule.delay_minutes < MINIMUM_DELAY:
        yield Problem(
            "schedule.delay_minutes",
            str(schedule.delay_minutes),
            f"the last file of a window comes up to {MINIMUM_DELAY} minutes after its end",
            f"Wait at least {MINIMUM_DELAY} minutes, or every window looks incomplete.",
            _LOG_FILES,
        )
    yield from _check_overlap(schedule)
    yield from _check_budget(schedule, crawler=crawler, read_minutes=read_minutes)
    if not 0 <= schedule.late_days <= OLDEST_METRIC_DAYS:
        yield Problem(
            "schedule.late_days",
            str(schedule.late_days),
            f"a window's metrics can be published for {OLDEST_METRIC_DAYS} days after its start",
            f"Accept rows that are between 0 and {OLDEST_METRIC_DAYS} days late.",
            _PUT_METRIC_DATA,
        )
    if schedule.last_offset_minutes > OLDEST_METRIC_DAYS * MINUTES_OF_DAY:
        yield Problem(
            "schedule.catch_up_minutes",
            str(schedule.catch_up_minutes),
            f"a window's metrics can be published for {OLDEST_METRIC_DAYS} days after its start",
            "Catch up sooner.",
            _PUT_METRIC_DATA,
        )


def _check_overlap(schedule: ArchiveSchedule) -> Iterator[Problem]:
    if not 0 < schedule.run_timeout_minutes < schedule.minutes:
        yield Problem(
            "schedule.run_timeout_minutes",
            str(schedule.run_timeout_minutes),
            f"a run every {schedule.minutes} minutes must end before the next begins, or the schedule overlaps itself",
            f"Give a run between 1 and {schedule.minutes - 1} minutes, or archive daily.",
        )
    if schedule.catch_up_minutes is not None and schedule.catch_up_minutes <= schedule.run_timeout_minutes:
        yield Problem(
            "schedule.catch_up_minutes",
            str(schedule.catch_up_minutes),
            f"the first run of the same window may still be running, for {schedule.run_timeout_minutes} minutes",
            "Catch up later than a run may take, or pass None for no catch-up run.",
        )


def _check_budget(schedule: ArchiveSchedule, *, crawler: bool, read_minutes: int = 0) -> Iterator[Problem]:
    """Yield a problem if a run can reach its time-out: it would end without a message."""
    most = longest_query(schedule.run_timeout_minutes, crawler=crawler, read_minutes=read_minutes)
    if most < 1:
        least = longest_run(1, crawler=crawler, read_minutes=read_minutes) // MINUTE + 1
        yield Problem(
            "schedule.run_timeout_minutes",
            str(schedule.run_timeout_minutes),
            f"the attempts, time-outs and waits of a run take {least} minutes even if a query has only 1",
            f"Give a run at least {least} minutes{', or lower read_minutes' if read_minutes else ''}.",
        )
    elif schedule.query_timeout_minutes is not None and not 0 < schedule.query_timeout_minutes <= most:
        longest = longest_run(schedule.query_timeout_minutes, crawler=crawler, read_minutes=read_minutes)
        yield Problem(
            "schedule.query_timeout_minutes",
            str(schedule.query_timeout_minutes),
            f"3 queries in sequence, each tried {QUERIES.attempts} times, and all else would take"
            f" {math.ceil(longest / MINUTE)} minutes of a run that is given up after {schedule.run_timeout_minutes}",
            f"Give a query between 1 and {most} minutes, or leave it out for {most}.",
        )


def check_retention(
    schedule: ArchiveSchedule, retention_days: int | None, *, where: str = "retention_days", early_minutes: int = 0
) -> Iterator[Problem]:
    """Yield a problem if the source deletes its files before the last run that reads them has ended.

    The reconciliation of the last delivery day of a window's rows has the window written again from all its objects.
    """
    if retention_days is None or is_token(retention_days):
        return
    last = schedule.last_offset_minutes
    reason = "the last run that reads a window"
    if schedule.reconcile:
        last = schedule.late_days * MINUTES_OF_DAY + schedule.reconciliation_offset_minutes(early_minutes)
        reason = f"the reconciliation of rows that came {schedule.late_days} days late"
    needed = last + schedule.run_timeout_minutes
    if retention_days * MINUTES_OF_DAY <= needed:
        yield Problem(
            where,
            f"{retention_days} days",
            f"{reason} ends {needed} minutes after the day began",
            f"Keep the logs for at least {needed // MINUTES_OF_DAY + 1} days, lower late_days, or catch up sooner.",
        )
