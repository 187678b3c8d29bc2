"""Alarms on Amazon Managed Service for Prometheus: they notify when your rules no longer do."""

from __future__ import annotations

from collections.abc import Mapping

from cdktf import TerraformProvider
from constructs import Construct

from northsouth.alerts.alarm import Alarm
from northsouth.alerts.meaning import MissingData, Severity, SeverityName
from northsouth.alerts.packs.pack import Pack
from northsouth.alerts.response import Response
from northsouth.metrics.metric import Metric
from northsouth.metrics.units import CountThreshold, Threshold, count, count_per_second, quantity

SOURCE = "https://docs.aws.amazon.com/prometheus/latest/userguide/AMP-CW-usage-metrics.html"
"""Says of all these metrics that one that is missing is one of 0; hence what no data means below."""


class ManagedPrometheusAlarms(Pack):
    """Alarms on the rules of a workspace, from outside: a ruler that stopped cannot report that.

    The metrics are free. Three alarms watch the three steps from a sample to a person. ``watchdog_silent`` watches the
    last two steps at once, and the alert manager's definition too.

    Example::

        outside = ManagedPrometheusAlarms(self, "prometheus", workspace_id="ws-0123", respond=respond)
        outside.ingestion_stopped()
        outside.rules_stopped("silent-clusters", "silent-clusters")
        outside.notifications_failing()
        outside.watchdog_silent("watchdog")
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        workspace_id: str,
        respond: Response,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Begin the pack.

        Args:
            scope: where it belongs.
            id: its name within ``scope``; the first part of the alarms' names.
            workspace_id: the workspace's id: ``ws-…``.
            respond: who is notified, by another way than the workspace's alerts; and the page that says what to do.
            provider: the Region and account of the workspace.
            tags: tags of the alarms.

        """
        super().__init__(scope, id, respond=respond, provider=provider, tags=tags)
        self._workspace = workspace_id

    def ingestion_stopped(
        self,
        below: Threshold = count_per_second(1),
        *,
        period: int = 60,
        datapoints: int = 15,
        of: int = 15,
        severity: Severity | SeverityName = Severity.CRITICAL,
    ) -> Alarm:
        """Raise when the workspace takes in no samples: all clusters are silent, or the store is.

        Args:
            below: samples a second that are as good as none. What recording rules write counts too: with many of them,
                set it above that.
            period: seconds of one data point.
            datapoints: how many must be below it.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        samples_taken = Metric(
            namespace="AWS/Usage",
            name="ResourceCount",
            statistic="Maximum",
            unit="Count/Second",
            dimensions={
                "Service": "Prometheus",
                "Type": "Resource",
                "Class": "None",
                "Resource": "IngestionRate",
                "ResourceId": self._workspace,
            },
            period=period,
        )
        return self._alarm(
            "ingestion-stopped",
            when=(samples_taken < quantity(below)).for_datapoints(datapoints, of=of),
            missing=MissingData.BREACHING,
            severity=severity,
            summary="The Prometheus workspace takes in no samples",
            because="every alert that needs a sample is silent, and its silence looks like health",
        )

    def rules_stopped(
        self,
        namespace: str,
        group: str,
        *,
        period: int = 300,
        datapoints: int = 3,
        of: int = 3,
        severity: Severity | SeverityName = Severity.CRITICAL,
    ) -> Alarm:
        """Raise when a group of rules is no longer evaluated.

        Args:
            namespace: the namespace of the rules: the name of the pack.
            group: the group's name.
            period: seconds of one data point; twice the group's interval or more.
            datapoints: how many must be without an evaluation.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        evaluated = self._of_group("RuleEvaluations", namespace, group, period)
        return self._alarm(
            f"rules-stopped-{namespace}-{group}",
            when=(evaluated < 1).for_datapoints(datapoints, of=of),
            missing=MissingData.BREACHING,
            severity=severity,
            summary=f"The rules {namespace}/{group} are not evaluated",
            because="none of their alerts can fire, not even the one that says so",
            section="rules-stopped",
        )

    def rules_failing(
        self,
        namespace: str,
        group: str,
        over: CountThreshold = count(0),
        *,
        period: int = 300,
        datapoints: int = 3,
        of: int = 3,
        severity: Severity | SeverityName = Severity.WARNING,
    ) -> Alarm:
        """Raise when evaluations of a group of rules fail: a quota of queries, or two series where one may be.

        Args:
            namespace: the namespace of the rules: the name of the pack.
            group: the group's name.
            over: how many may fail in a period.
            period: seconds of one data point.
            datapoints: how many must be over it.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        failed = self._of_group("RuleEvaluationFailures", namespace, group, period)
        return self._alarm(
            f"rules-failing-{namespace}-{group}",
            when=(failed > quantity(over)).for_datapoints(datapoints, of=of),
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary=f"Rules of {namespace}/{group} fail when they are evaluated",
            because="a rule that fails does not fire",
            section="rules-failing",
        )

    def notifications_failing(
        self,
        over: CountThreshold = count(0),
        *,
        period: int = 300,
        hold: int = 3600,
        severity: Severity | SeverityName = Severity.CRITICAL,
    ) -> Alarm:
        """Raise when the alert manager cannot hand an alert to its receiver.

        Args:
            over: how many may fail in a period.
            period: seconds of one data point.
            hold: seconds for which the alarm stays raised after the last failure. Then it ends by itself, because no
                metric says that it is repaired.
            severity: how soon somebody has to act.

        """
        failed = self._metric("AlertManagerNotificationsFailed", {"Workspace": self._workspace}, period)
        return self._events(
            "notifications-failing",
            failed,
            over=quantity(over),
            period=period,
            hold=hold,
            severity=severity,
            summary="Alerts of the Prometheus workspace are not delivered",
            because="somebody was to be told of an alert and was not",
        )

    def watchdog_silent(
        self,
        topic: str,
        *,
        period: int = 900,
        datapoints: int = 2,
        of: int = 2,
        severity: Severity | SeverityName = Severity.CRITICAL,
    ) -> Alarm:
        """Raise when the alert ``Watchdog`` no longer arrives at a topic of its own.

        ``SilentClusterRules`` has the alert, and the workspace's alert manager takes the topic as its
        ``heartbeat_topic``. Each repetition is a message that SNS counts, so let it come three times in ``period``.

        Args:
            topic: the topic's name.
            period: seconds of one data point.
            datapoints: how many must be without a message.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        arrived = Metric(
            namespace="AWS/SNS",
            name="NumberOfMessagesPublished",
            statistic="Sum",
            unit="Count",
            dimensions={"TopicName": topic},
            period=period,
        )
        return self._alarm(
            "watchdog-silent",
            when=(arrived < 1).for_datapoints(datapoints, of=of),
            missing=MissingData.BREACHING,
            severity=severity,
            summary="The watchdog of the Prometheus workspace does not arrive",
            because="the rules, the alert manager or its route has stopped, and so has every alert from there",
        )

    def _of_group(self, name: str, namespace: str, group: str, period: int) -> Metric:
        return self._metric(name, {"Workspace": self._workspace, "RuleGroup": f"{namespace};{group}"}, period)

    def _metric(self, name: str, dimensions: Mapping[str, str], period: int) -> Metric:
        return Metric(
            namespace="AWS/Prometheus",
            name=name,
            statistic="Sum",
            unit="Count",
            dimensions=dimensions,
            period=period,
        )
