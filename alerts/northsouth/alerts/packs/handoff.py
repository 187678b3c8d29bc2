"""Alarms on the handoff between two releases of a service: it failed, it never ended, or state was lost on the way."""

from __future__ import annotations

import json
from collections.abc import Mapping

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.cloudwatch_log_metric_filter import (
    CloudwatchLogMetricFilter,
    CloudwatchLogMetricFilterMetricTransformation,
)
from constructs import Construct

from northsouth.alerts.alarm import Alarm
from northsouth.alerts.composite import CompositeAlarm
from northsouth.alerts.composition import all_of, any_of, unless
from northsouth.alerts.meaning import MissingData, Severity, SeverityName
from northsouth.alerts.packs.pack import Pack
from northsouth.metrics.functions import FILL
from northsouth.metrics.metric import Metric
from northsouth.metrics.units import CountThreshold, count, quantity


class LogEvents(Construct):
    """Counts events in a service's JSON log, so that a service without metrics can have alarms.

    You do not need it for a service that writes CloudWatch's embedded metric format: name its metrics with ``Metric``.

    Attributes:
        filters: the ``aws_cloudwatch_log_metric_filter`` of each event.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        log_group: str,
        namespace: str,
        events: Mapping[str, str],
        field: str = "event",
        provider: TerraformProvider | None = None,
    ) -> None:
        """Declare the filters.

        Args:
            scope: where it belongs.
            id: its name within ``scope``.
            log_group: the name of the log group.
            namespace: the CloudWatch namespace of the metrics; not one of AWS's own.
            events: by metric name, the value of ``field`` that is counted: ``{"HandoffFailed": "handoff_failed"}``.
            field: the field of the log's JSON that names the event.
            provider: the Region and account of the log group.

        """
        super().__init__(scope, id)
        self._metrics = {name: Metric(namespace=namespace, name=name, statistic="Sum", unit="Count") for name in events}
        self.filters = {
            metric: CloudwatchLogMetricFilter(
                self,
                metric,
                name=metric,
                log_group_name=log_group,
                pattern=f"{{ $.{field} = {json.dumps(event)} }}",
                metric_transformation=CloudwatchLogMetricFilterMetricTransformation(
                    namespace=namespace, name=metric, value="1", unit="Count"
                ),
                provider=provider,
            )
            for metric, event in events.items()
        }

    def metric(self, name: str, *, period: int = 60) -> Metric:
        """Return how often an event was logged.

        Args:
            name: the metric's name, one of those declared.
            period: seconds that one data point covers.

        Raises:
            KeyError: if it was not declared.

        """
        return self._metrics[name].with_period(period)


class HandoffAlarms(Pack):
    """Alarms on the handoff between releases.

    An alarm on the success rate names only the symptom. These alarms name the cause: within a minute of a deployment
    they say that the new release could not take over.

    Example::

        events = LogEvents(
            self, "events", log_group=group.name, namespace="Router",
            events={"HandoffStarted": "handoff_started", "HandoffCompleted": "handoff_completed",
                    "HandoffFailed": "handoff_failed"},
        )
        handoff = HandoffAlarms(self, "handoff", respond=respond)
        handoff.failed(events.metric("HandoffFailed"))
        handoff.not_completed(events.metric("HandoffStarted"), events.metric("HandoffCompleted"))
    """

    def failed(
        self,
        failures: Metric,
        *,
        completed: Metric | None = None,
        period: int = 60,
        hold: int = 3600,
        severity: Severity | SeverityName = Severity.CRITICAL,
    ) -> Alarm:
        """Raise when a handoff reports that it failed.

        Args:
            failures: failed handoffs, a count.
            completed: handoffs that ended well, a count. If it is given, the alarm ends with the first of them, and not
                after ``hold``; a roll-back must count as one.
            period: seconds of one data point.
            hold: without ``completed``, seconds for which the alarm stays raised after the last failure. Then it ends
                by itself, because no metric says that it is repaired.
            severity: how soon somebody has to act.

        """
        return self._events(
            "failed",
            failures,
            repaired=completed,
            ends="at the next handoff that ends well",
            period=period,
            hold=hold,
            severity=severity,
            summary="A release could not take over from the one before",
            because="requests between the releases fail; roll back before the old release ends",
        )

    def not_completed(
        self,
        started: Metric,
        completed: Metric,
        *,
        period: int = 300,
        hold: int = 3600,
        severity: Severity | SeverityName = Severity.CRITICAL,
    ) -> CompositeAlarm:
        """Raise when a handoff starts and is not completed in time: the release died before it could report anything.

        It is a composite of three alarms, because one alarm cannot tell a dead handoff from one in progress:

        - ``open``: over ``hold`` seconds, more handoffs started than completed. A start and its end are in one window,
          however they lie to the periods.
        - ``in-progress``: one started within the last ``period`` seconds, so it may still end. It holds back ``open``.
        - ``not-completed``: in two periods in a row, more started than completed. This is a release that dies, is
          started again and dies, and is therefore always in progress.

        Args:
            started: handoffs that started, a count. The old release or the deployment publishes it.
            completed: handoffs that ended well, a count.
            period: seconds in which a handoff is done.
            hold: seconds for which a dead handoff is remembered, at least; several times ``period``. The alarm then
                ends, because no metric says that the handoff was repaired.
            severity: how soon somebody has to act.

        """
        summary = "A handoff between releases started and did not end"
        because = "the new release died before it could report; the old one may still hold the traffic"
        looping = self._alarm(
            "not-completed",
            when=(started.with_period(period) - completed.with_period(period) > 0).for_datapoints(2),
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary="One handoff after the other started and did not end",
            because=because,
            actions=(),
        )
        left_open = self._alarm(
            "open",
            when=(started.with_period(hold) - completed.with_period(hold) > 0).for_datapoints(1),
            missing=MissingData.NOT_BREACHING,
            severity=Severity.INFO,
            summary="A handoff started and has not ended yet",
            because="alone it is a handoff in progress; long after its start, the new release died",
            section="not-completed",
        )
        recent = self._alarm(
            "in-progress",
            when=(FILL(started.with_period(60), 0) > 0).for_datapoints(1, of=max(2, period // 60)),
            missing=MissingData.NOT_BREACHING,
            severity=Severity.INFO,
            summary="A handoff started a moment ago",
            because="it may still end well, so it is no failure yet",
            section="not-completed",
        )
        return self._composite(
            "unfinished",
            when=any_of(looping, all_of(left_open, unless(recent))),
            severity=severity,
            summary=summary,
            because=because,
            section="not-completed",
        )

    def missing_state(
        self,
        known: Metric,
        below: CountThreshold = count(1),
        *,
        period: int = 60,
        datapoints: int = 2,
        of: int = 2,
        severity: Severity | SeverityName = Severity.CRITICAL,
    ) -> Alarm:
        """Raise when a release knows fewer objects than exist: the handoff lost state.

        Args:
            known: how many objects the release knows (deployments, routes, tenants), a gauge it publishes all the time.
            below: the fewest there can be; set it near what is normal.
            period: seconds of one data point.
            datapoints: how many must be too low.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        gauge = known.with_statistic("Minimum").with_period(period)
        return self._alarm(
            "missing-state",
            when=(gauge < quantity(below)).for_datapoints(datapoints, of=of),
            missing=MissingData.BREACHING,
            severity=severity,
            summary=f"The service knows fewer than {below} of what it should serve",
            because="requests for what it does not know are refused, though every instance is healthy",
        )
