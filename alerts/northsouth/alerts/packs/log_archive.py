"""Alarms on a ``LogArchive`` of this library, which measures its success rate itself."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from cdktf import TerraformProvider
from constructs import Construct

from northsouth.alerts.alarm import Alarm
from northsouth.alerts.meaning import MissingData, Severity, SeverityName
from northsouth.alerts.packs.pack import Pack
from northsouth.alerts.response import Response
from northsouth.at_synth import judge_at_synth
from northsouth.logs import metrics
from northsouth.logs.metrics import ArchiveRun, ArchiveRunName
from northsouth.metrics.functions import IF
from northsouth.metrics.units import CountThreshold, Threshold, count, percent, quantity


class LogArchiveAlarms(Pack):
    """Alarms on one source of a :class:`~northsouth.logs.LogArchive`.

    A run compares what it archived with what an independent metric counted for the same hour. It publishes both numbers
    and their ratio at the time of the run, so late logs do not change them. For archives that other tools fill, use
    :class:`~northsouth.alerts.packs.archival.ArchivalSuccess`.

    Example::

        archive = LogArchiveAlarms(self, "archive", archive="edge", source="alb", respond=respond)
        archive.rate_low()
        archive.rate_high()
        archive.requests_vanished()
        archive.stale()
        archive.failed_runs(state_machine_arn)
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        archive: str,
        source: str,
        respond: Response,
        run: ArchiveRun | ArchiveRunName = ArchiveRun.FIRST,
        period: int = metrics.HOUR,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Begin the pack.

        Args:
            scope: where it belongs.
            id: its name within ``scope``; the first part of the alarms' names.
            archive: the archive's name. One that is close to the name of an archive of the stack is refused at synth.
            source: the name of one of its sources.
            respond: who is notified, and the page that says what to do.
            run: which run of an hour is judged. The first run tells early, and of files that come late too; the
                catch-up run tells what is really lost.
            period: seconds of the archive's window: 86400 if it is archived by the day. The hours that the alarms'
                own arguments speak of are then days.
            provider: the Region and account of the archive.
            tags: tags of the alarms.

        """
        super().__init__(scope, id, respond=respond, provider=provider, tags=tags)
        judge_at_synth(self, partial(metrics.archive_problems, archive=archive, source=source))
        self._of = (archive, source)
        self._run = run
        self._period = period

    def rate_low(
        self,
        below: Threshold = percent(98),
        *,
        floor: CountThreshold = count(1000),
        losses: CountThreshold = count(100),
        datapoints: int = 2,
        of: int = 3,
        severity: Severity | SeverityName = Severity.CRITICAL,
    ) -> Alarm:
        """Raise when less than a share of an hour's requests is archived.

        A run for an hour without requests publishes no rate, so this alarm does not judge that hour.
        :meth:`requests_vanished` finds records of such an hour. :meth:`stale` finds that runs do not happen.

        Args:
            below: the share that is too low.
            floor: requests in an hour below which a few late files would be a large share.
            losses: records that must be missing of an hour with fewer requests than ``floor``.
            datapoints: how many hours must be too low; 2 lets one be completed by its catch-up run.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        requests = metrics.measured_requests(*self._of, run=self._run, period=self._period)
        records = metrics.measured_records(*self._of, run=self._run, period=self._period)
        rate = metrics.success_rate(*self._of, run=self._run, period=self._period)
        judged = (requests >= quantity(floor)) | (requests - records >= quantity(losses))
        return self._alarm(
            "rate-low",
            when=(IF(judged, rate, 1) < quantity(below)).for_datapoints(datapoints, of=of),
            missing=MissingData.IGNORE,
            severity=severity,
            summary=f"Less than {below} of the requests reached the archive",
            because="what is not archived cannot be searched later, and the raw logs expire",
        )

    def rate_high(
        self,
        above: Threshold = percent(101),
        *,
        floor: CountThreshold = count(1000),
        datapoints: int = 2,
        of: int = 3,
        severity: Severity | SeverityName = Severity.WARNING,
    ) -> Alarm:
        """Raise when more is archived than was counted: records twice, which hide a loss of the same size.

        Args:
            above: the share that is too high; the numerator is matched to the metric, so 100 % is all there can be.
            floor: requests in an hour below which it is not judged.
            datapoints: how many hours must be too high.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        requests = metrics.measured_requests(*self._of, run=self._run, period=self._period)
        rate = metrics.highest_success_rate(*self._of, run=self._run, period=self._period)
        return self._alarm(
            "rate-high",
            when=(IF(requests >= quantity(floor), rate, 1) > quantity(above)).for_datapoints(datapoints, of=of),
            missing=MissingData.IGNORE,
            severity=severity,
            summary=f"More than {above} of the requests are in the archive",
            because="records are archived twice, which hides a loss of the same size",
        )

    def requests_vanished(
        self,
        below: Threshold = percent(50),
        *,
        floor: CountThreshold = count(1000),
        datapoints: int = 2,
        of: int = 3,
        severity: Severity | SeverityName = Severity.WARNING,
    ) -> Alarm:
        """Raise when an hour's records have no requests: the metric that they are compared with is the wrong one.

        The load balancer was replaced, or its traffic comes another way (a VPC origin). No rate is published then, so
        :meth:`rate_low` and :meth:`rate_high` judge nothing.

        Args:
            below: the requests as a share of the records, below which the metric has lost them.
            floor: records in an hour below which it is not judged.
            datapoints: how many hours must be too low.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        requests = metrics.measured_requests(*self._of, run=self._run, period=self._period)
        records = metrics.measured_records(*self._of, run=self._run, period=self._period)
        return self._alarm(
            "requests-vanished",
            when=(IF(records >= quantity(floor), requests / records, 1) < quantity(below)).for_datapoints(
                datapoints, of=of
            ),
            missing=MissingData.IGNORE,
            severity=severity,
            summary=f"The metric of requests counts less than {below} of what is archived",
            because="the traffic comes another way, whose requests are not counted; a loss on it would not be noticed",
        )

    def unparsed(
        self,
        over: Threshold = percent(0.1),
        *,
        floor: CountThreshold = count(1000),
        damaged: CountThreshold = count(10),
        severity: Severity | SeverityName = Severity.WARNING,
    ) -> Alarm:
        """Raise when a run meets lines that are not of the known format.

        Args:
            over: how many there may be, as a share of the requests.
            floor: requests in an hour below which a single line would be a large share.
            damaged: lines that must be unknown in an hour with fewer requests than ``floor``.
            severity: how soon somebody has to act.

        """
        requests = metrics.measured_requests(*self._of, run=self._run, period=self._period)
        lines = metrics.unparsed_lines(*self._of, run=self._run, period=self._period)
        return self._alarm(
            "unparsed",
            when=(
                IF((requests >= quantity(floor)) | (lines >= quantity(damaged)), lines / requests, 0) > quantity(over)
            ).for_datapoints(1),
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary=f"More than {over} of the log lines cannot be read",
            because="they are in the archive as raw text only; lines are damaged or of another format",
        )

    def stale(
        self, *, datapoints: int = 3, of: int = 3, severity: Severity | SeverityName = Severity.CRITICAL
    ) -> Alarm:
        """Raise when no run reaches its end.

        No data counts as bad, so it is also raised at creation until the first run ends.

        Args:
            datapoints: how many hours must be without one.
            of: how many are looked at. Three hours let one run be repeated.
            severity: how soon somebody has to act.

        """
        return self._alarm(
            "stale",
            when=(metrics.completed_runs(*self._of, run=self._run, period=self._period) < 1).for_datapoints(
                datapoints, of=of
            ),
            missing=MissingData.BREACHING,
            severity=severity,
            summary="No run of the archive has ended for a while",
            because="nothing is archived, and nothing says how much is missing",
        )

    def unreconciled(self, *, severity: Severity | SeverityName = Severity.WARNING) -> Alarm:
        """Raise when the daily reconciliation finds a difference between the source and the archive.

        It counts rows that the archive lacks, rows that it has more often than their object, and rows of objects that
        were delivered twice. Windows that lack rows are written again at once; the other two need somebody.

        Args:
            severity: how soon somebody has to act.

        """
        missing = metrics.missing_records(*self._of)
        surplus = metrics.surplus_records(*self._of)
        duplicates = metrics.duplicate_records(*self._of)
        return self._alarm(
            "unreconciled",
            when=(missing + surplus + duplicates > 0).for_datapoints(1),
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary="The archive differs from the source",
            because="rows came after the last run of their window, are archived twice, or were delivered twice",
        )

    def failed_runs(
        self,
        state_machine_arn: str,
        *,
        period: int = 3600,
        hold: int = 3600,
        severity: Severity | SeverityName = Severity.WARNING,
    ) -> Alarm:
        """Raise when a run fails or stops retrying.

        Its hour is in the dead-letter queue, or waits for the catch-up run.

        Args:
            state_machine_arn: the archive's state machine.
            period: seconds of one data point.
            hold: seconds for which the alarm stays raised after the last failed run. Then it ends by itself; an alarm
                on the dead-letter queue stays until the queue is empty.
            severity: how soon somebody has to act; a single failed run is made up for, so it can wait.

        """
        failed = metrics.failed_runs(state_machine_arn, period=period)
        given_up = metrics.timed_out_runs(state_machine_arn, period=period)
        return self._events(
            "failed-runs",
            failed + given_up,
            period=period,
            hold=hold,
            severity=severity,
            summary="A run of the archive failed",
            because="its hour is missing until it is run again",
        )
