"""Alarms on the alarms: they report that notifications fail."""

from __future__ import annotations

from northsouth.alerts.alarm import Alarm
from northsouth.alerts.meaning import MissingData, Severity, SeverityName
from northsouth.alerts.packs.pack import Pack
from northsouth.metrics.metric import Metric
from northsouth.metrics.units import CountThreshold, count, quantity


class AlarmsOnAlarms(Pack):
    """Alarms on the way from an alarm to a person.

    Send them another way than the one they watch. If they watch the chat, give a ``Response`` with an e-mail address.

    Example::

        meta = AlarmsOnAlarms(self, "meta", respond=Response.notify(RUNBOOK, email_topic.arn))
        meta.dead_letters("chat", queue.name)
        meta.failed_notifications("pager", topic.name)
        meta.failed_invocations("chat", rule.name)
        meta.heartbeat("ruler", Metric(namespace="Heartbeat", name="Watchdog", statistic="SampleCount", unit="None"))
    """

    def dead_letters(
        self,
        name: str,
        queue: str,
        over: CountThreshold = count(0),
        *,
        period: int = 60,
        severity: Severity | SeverityName = Severity.CRITICAL,
    ) -> Alarm:
        """Raise when a dead-letter queue holds messages: notifications, or runs of a job, that were not retried again.

        SQS stops the metrics of a queue that was empty and unused for six hours, so missing data count as good.

        Args:
            name: what the route or the job is called in the alarm's name.
            queue: the queue's name.
            over: how many messages may lie there.
            period: seconds of one data point.
            severity: how soon somebody has to act.

        """
        waiting = Metric(
            namespace="AWS/SQS",
            name="ApproximateNumberOfMessagesVisible",
            statistic="Maximum",
            unit="Count",
            dimensions={"QueueName": queue},
            period=period,
        )
        return self._alarm(
            f"dead-letters-{name}",
            when=(waiting > quantity(over)).for_datapoints(1),
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary=f"Messages of {name} lie in its dead-letter queue",
            because="what they ask for was given up: somebody was not told of an alarm, or a run did not take place",
            section="dead-letters",
        )

    def failed_notifications(
        self,
        name: str,
        topic: str,
        *,
        period: int = 300,
        hold: int = 3600,
        severity: Severity | SeverityName = Severity.CRITICAL,
    ) -> Alarm:
        """Raise when SNS gives up delivering a message of a topic.

        Args:
            name: what the topic is called in the alarm's name.
            topic: the topic's name.
            period: seconds of one data point.
            hold: seconds for which the alarm stays raised after the last failure. Then it ends by itself, because no
                metric says that it is repaired.
            severity: how soon somebody has to act.

        """
        failed = _failures("AWS/SNS", "NumberOfNotificationsFailed", "TopicName", topic)
        return self._notifications_fail("failed-notifications", name, failed, period, hold, severity)

    def failed_invocations(
        self,
        name: str,
        rule: str,
        *,
        period: int = 300,
        hold: int = 3600,
        severity: Severity | SeverityName = Severity.CRITICAL,
    ) -> Alarm:
        """Raise when EventBridge gives up calling the target of a rule.

        Args:
            name: what the rule is called in the alarm's name.
            rule: the rule's name.
            period: seconds of one data point.
            hold: seconds for which the alarm stays raised after the last failure. Then it ends by itself, because no
                metric says that it is repaired.
            severity: how soon somebody has to act.

        """
        failed = _failures("AWS/Events", "FailedInvocations", "RuleName", rule)
        return self._notifications_fail("failed-invocations", name, failed, period, hold, severity)

    def heartbeat(
        self,
        name: str,
        signal: Metric,
        *,
        period: int = 300,
        datapoints: int = 3,
        of: int = 3,
        severity: Severity | SeverityName = Severity.CRITICAL,
    ) -> Alarm:
        """Raise when a signal that must arrive does not: the watchdog of a ruler, a canary, a nightly job.

        No data counts as bad, so it is also raised at creation until the first signal.

        Args:
            name: what sends it.
            signal: a metric that it publishes; how often it came is counted.
            period: seconds of one data point; twice the interval of the signal or more.
            datapoints: how many must be empty.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        return self._alarm(
            f"heartbeat-{name}",
            when=(signal.with_statistic("SampleCount").with_period(period) < 1).for_datapoints(datapoints, of=of),
            missing=MissingData.BREACHING,
            severity=severity,
            summary=f"The heartbeat of {name} does not arrive",
            because="what it stands for has stopped, and so have the alerts that come from there",
            section="heartbeat",
        )

    def _notifications_fail(
        self, id: str, name: str, failed: Metric, period: int, hold: int, severity: Severity | SeverityName
    ) -> Alarm:
        return self._events(
            f"{id}-{name}",
            failed,
            period=period,
            hold=hold,
            severity=severity,
            summary=f"Notifications through {name} fail",
            because="somebody was to be told of an alarm and was not",
            section=id,
        )


def _failures(namespace: str, metric: str, dimension: str, value: str) -> Metric:
    return Metric(namespace=namespace, name=metric, statistic="Sum", unit="Count", dimensions={dimension: value})
