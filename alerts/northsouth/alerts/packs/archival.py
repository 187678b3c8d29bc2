"""Alarms on what should have reached the archive: is it all there, is it recent, could it be read."""

from __future__ import annotations

from collections.abc import Mapping

from cdktf import TerraformProvider
from constructs import Construct

from northsouth.alerts.alarm import Alarm
from northsouth.alerts.meaning import MissingData, Severity, SeverityName
from northsouth.alerts.packs.pack import Pack
from northsouth.alerts.response import Response
from northsouth.metrics.algebra import Expression
from northsouth.metrics.functions import IF, MAX
from northsouth.metrics.metric import Metric
from northsouth.metrics.units import CountThreshold, Threshold, count, percent, quantity


class ArchivalSuccess(Pack):
    """Alarms on the share of requests that reached the archive.

    Access logs are delivered by best effort, minutes to an hour late, so the share is judged by the hour and above a
    floor of traffic. Nothing archived while there are requests is 0 %, and fires. Records without requests fire
    :meth:`requests_vanished`. :meth:`stale` finds the loss of all, also below the floor.

    Example::

        archive = ArchivalSuccess(self, "archival", archived=archived, requests=requests, respond=respond)
        archive.rate_low(percent(98))
        archive.requests_vanished()
        archive.stale()
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        archived: Metric,
        requests: Expression,
        respond: Response,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Begin the pack.

        Args:
            scope: where it belongs.
            id: its name within ``scope``; the first part of the alarms' names.
            archived: records in the archive, a count, stamped with the time of the request and not of the archiving:
                otherwise a late batch lowers one hour and lifts the next.
            requests: what should be there. ``RequestCount`` of a load balancer leaves out fixed responses, redirects
                and refused connections, which its access logs contain: add their metrics, or :meth:`rate_high` will
                tell.
            respond: who is notified, and the page that says what to do.
            provider: the Region and account of the metrics.
            tags: tags of the alarms.

        """
        super().__init__(scope, id, respond=respond, provider=provider, tags=tags)
        self._archived = archived
        self._requests = requests

    def rate_low(
        self,
        below: Threshold = percent(98),
        *,
        floor: CountThreshold = count(1000),
        losses: CountThreshold = count(100),
        period: int = 3600,
        datapoints: int = 2,
        of: int = 3,
        severity: Severity | SeverityName = Severity.CRITICAL,
    ) -> Alarm:
        """Raise when less than a share of the requests is archived.

        Args:
            below: the share that is too low.
            floor: requests in a period below which a few late records would be a large share.
            losses: records that must be missing in a period with fewer requests than ``floor``.
            period: seconds of one data point. An hour gives late deliveries time; a day judges what a nightly run
                archives.
            datapoints: how many must be too low. 2 lets the newest hour be incomplete.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        archived, requests = self._over(period)
        return self._alarm(
            "rate-low",
            when=(
                IF((requests >= quantity(floor)) | (requests - archived >= quantity(losses)), archived / requests, 1)
                < quantity(below)
            ).for_datapoints(datapoints, of=of),
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary=f"Less than {below} of the requests reached the archive",
            because="what is not archived cannot be searched later, and the raw logs expire",
        )

    def rate_high(
        self,
        above: Threshold = percent(105),
        *,
        floor: CountThreshold = count(1000),
        period: int = 3600,
        datapoints: int = 3,
        of: int = 3,
        severity: Severity | SeverityName = Severity.WARNING,
    ) -> Alarm:
        """Raise when more is archived than was requested: records twice, or requests that are not counted.

        Both hide a loss of the same size from :meth:`rate_low`. With no request at all, the share counts as 100,000 %:
        CloudWatch drops a division by zero, so a thousandth of the records is the least that is divided by.

        Args:
            above: the share that is too high.
            floor: records in a period below which nothing is judged.
            period: seconds of one data point.
            datapoints: how many must be too high; all of three, so that a late batch does not count.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        archived, requests = self._over(period)
        return self._alarm(
            "rate-high",
            when=(
                IF(archived >= quantity(floor), archived / MAX(requests, archived / 1000), 1) > quantity(above)
            ).for_datapoints(datapoints, of=of),
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary=f"More than {above} of the requests are in the archive",
            because="records are archived twice, or requests are not counted; either hides a loss from the low alarm",
        )

    def requests_vanished(
        self,
        below: Threshold = percent(50),
        *,
        floor: CountThreshold = count(1000),
        period: int = 3600,
        datapoints: int = 2,
        of: int = 3,
        severity: Severity | SeverityName = Severity.WARNING,
    ) -> Alarm:
        """Raise when records arrive but no requests are counted. :meth:`rate_low` cannot work then.

        The load balancer was replaced, its traffic comes another way (a VPC origin), or the metric was renamed.

        Args:
            below: the requests as a share of the records, below which the metric has lost them. Requests that
                ``RequestCount`` leaves out, such as redirects, seldom are half of all.
            floor: records in a period below which nothing is judged.
            period: seconds of one data point.
            datapoints: how many must be too low.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        archived, requests = self._over(period)
        return self._alarm(
            "requests-vanished",
            when=(IF(archived >= quantity(floor), requests / archived, 1) < quantity(below)).for_datapoints(
                datapoints, of=of
            ),
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary=f"The metric of requests counts less than {below} of what is archived",
            because="the traffic comes another way, whose requests are not counted; a loss on it would not be noticed",
        )

    def stale(
        self,
        *,
        period: int = 3600,
        datapoints: int = 3,
        of: int = 3,
        severity: Severity | SeverityName = Severity.CRITICAL,
    ) -> Alarm:
        """Raise when requests arrive and nothing at all is archived, however few they are: the pipeline has stopped.

        :meth:`rate_low` judges nothing below its floor. Here less than 0.1 % of any number counts as nothing. Hours
        without requests are good.

        Args:
            period: seconds of one data point; at least the interval between two runs of the archiving job.
            datapoints: how many must have requests and no records.
            of: how many are looked at. Three times an hour lets one delivery be late.
            severity: how soon somebody has to act.

        """
        archived, requests = self._over(period)
        return self._alarm(
            "stale",
            when=(archived / requests < percent(0.1)).for_datapoints(datapoints, of=of),
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary="Nothing has been archived for a while, though there are requests",
            because="the pipeline has stopped: logging is off, the bucket refuses delivery, or the job is gone",
        )

    def failed_run(
        self,
        failures: Metric,
        *,
        succeeded: Metric | None = None,
        period: int = 300,
        hold: int = 3600,
        severity: Severity | SeverityName = Severity.WARNING,
    ) -> Alarm:
        """Raise when a run of the archiving job fails.

        Args:
            failures: failed runs, a count that is published when there is one.
            succeeded: runs that ended well and made up for those that failed, a count. Give it if your runs do that:
                the alarm then ends with the first of them, and not after ``hold``.
            period: seconds of one data point.
            hold: seconds for which the alarm stays raised after the last failed run; until the next run, at least.
                Whether that one makes up for it, :meth:`rate_low` tells.
            severity: how soon somebody has to act; a single failed run is retried, so it can wait.

        """
        return self._events(
            "failed-run",
            failures,
            repaired=succeeded,
            ends="at the next run that ends well",
            period=period,
            hold=hold,
            severity=severity,
            summary="A run of the archiving job failed",
            because="its records are missing until a later run takes them up",
        )

    def unparsed(
        self,
        unparsed: Metric,
        over: Threshold = percent(0.1),
        *,
        floor: CountThreshold = count(1000),
        damaged: CountThreshold = count(10),
        period: int = 3600,
        severity: Severity | SeverityName = Severity.WARNING,
    ) -> Alarm:
        """Raise when more than a share of the records could not be read.

        AWS has appended a field that the schema does not take, or lines are damaged.

        Args:
            unparsed: records that did not fit the schema, a count.
            over: the share of all records that is too much.
            floor: records in a period below which a single one would be a large share.
            damaged: records that must be unreadable in a period with fewer than ``floor``.
            period: seconds of one data point.
            severity: how soon somebody has to act.

        """
        archived, _ = self._over(period)
        refused = unparsed.with_period(period)
        records = archived + refused
        return self._alarm(
            "unparsed",
            when=(
                IF((records >= quantity(floor)) | (refused >= quantity(damaged)), refused / records, 0) > quantity(over)
            ).for_datapoints(1),
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary=f"More than {over} of the log records cannot be read",
            because="they are in the archive as rows of nothing; AWS appends fields to its log formats without notice",
        )

    def _over(self, period: int) -> tuple[Metric, Expression]:
        return self._archived.with_period(period), self._requests.with_period(period)
