"""Alarms on a domain of Amazon OpenSearch Service: can it take writes, does it refuse them, is there room."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cdktf import TerraformProvider
from constructs import Construct

from northsouth.alerts.alarm import Alarm
from northsouth.alerts.meaning import MissingData, Severity, SeverityName
from northsouth.alerts.packs.pack import Pack
from northsouth.alerts.response import Response
from northsouth.errors import Problem, refuse
from northsouth.metrics.algebra import Expression
from northsouth.metrics.functions import DIFF, IF, MAX
from northsouth.metrics.metric import Metric
from northsouth.metrics.units import CountThreshold, DataSize, Threshold, count, percent, quantity
from northsouth.tokens import is_token

_MIB_IN_MB = 2**20 / 10**6


def domain_metric(
    name: str, *, domain: str, account: str, statistic: str, unit: str = "Count", period: int = 60
) -> Metric:
    """Return a metric of a domain. Without the dimension ``ClientId`` it would have no data.

    (opensearch-service/latest/developerguide/managedomains-cloudwatchmetrics)

    Args:
        name: the metric's name.
        domain: the domain's name.
        account: the id of the account that owns it.
        statistic: how the reports of a period become one.
        unit: the unit it is published in.
        period: seconds of one data point.

    """
    return Metric(
        namespace="AWS/ES",
        name=name,
        statistic=statistic,
        unit=unit,
        dimensions={"DomainName": domain, "ClientId": account},
        period=period,
    )


class OpenSearchAlarms(Pack):
    """Alarms on one domain of Amazon OpenSearch Service.

    A blue/green deployment doubles the nodes for hours and sets all counters back. No alarm fires for that.

    Serverless collections publish other metrics (``AWS/AOSS``), and are not judged.

    Example::

        alarms = OpenSearchAlarms(self, "logs", domain="logs", account="123456789012", respond=respond)
        alarms.red()
        alarms.writes_blocked()
        alarms.writes_rejected()
        alarms.storage_low(gibibytes(250))
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        domain: str,
        account: str,
        respond: Response,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Begin the pack.

        Args:
            scope: where it belongs.
            id: its name within ``scope``; the first part of the alarms' names.
            domain: the domain's name, of 3 to 28 characters.
            account: the id of the account that owns the domain: the dimension ``ClientId``.
            respond: who is notified, and the page that says what to do.
            provider: the Region and account of the domain.
            tags: tags of the alarms.

        Raises:
            ConfigurationError: if the domain or the account cannot be one.

        """
        refuse(f"OpenSearchAlarms {id!r}", _problems(domain, account))
        super().__init__(scope, id, respond=respond, provider=provider, tags=tags)
        self._domain, self._account = domain, account

    def red(
        self,
        *,
        period: int = 60,
        datapoints: int = 1,
        of: int = 1,
        severity: Severity | SeverityName = Severity.CRITICAL,
    ) -> Alarm:
        """Raise when a primary shard is missing: what is written to it fails, and Logstash repeats it for ever.

        Args:
            period: seconds of one data point.
            datapoints: how many must be red.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        return self._alarm(
            "red",
            when=(self._metric("ClusterStatus.red", period) > 0).for_datapoints(datapoints, of=of),
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary=f"The domain {self._domain} is red",
            because="a primary shard is missing: what is written to it fails, and searches lack its documents",
        )

    def yellow(
        self,
        *,
        period: int = 60,
        datapoints: int = 20,
        of: int = 20,
        severity: Severity | SeverityName = Severity.WARNING,
    ) -> Alarm:
        """Raise when replicas are missing for longer than it takes to copy them.

        Args:
            period: seconds of one data point.
            datapoints: how many must be yellow. AWS recommends 5; a node that is replaced takes longer.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        return self._alarm(
            "yellow",
            when=(self._metric("ClusterStatus.yellow", period) > 0).for_datapoints(datapoints, of=of),
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary=f"The domain {self._domain} is yellow",
            because="replicas are missing: when the next node fails, data may be lost",
        )

    def writes_blocked(self, *, period: int = 300, severity: Severity | SeverityName = Severity.CRITICAL) -> Alarm:
        """Raise when the domain refuses all writes: it lacks disk or memory.

        Args:
            period: seconds of one data point.
            severity: how soon somebody has to act.

        """
        return self._alarm(
            "writes-blocked",
            when=(self._metric("ClusterIndexWritesBlocked", period) > 0).for_datapoints(1),
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary=f"The domain {self._domain} takes no writes",
            because="it lacks disk or memory; Logstash repeats what is refused, its queue fills, and Filebeat stops",
        )

    def writes_rejected(
        self,
        over: CountThreshold = count(0),
        *,
        indexing_pressure: bool = True,
        period: int = 60,
        datapoints: int = 5,
        of: int = 10,
        severity: Severity | SeverityName = Severity.WARNING,
    ) -> Alarm:
        """Raise when the domain keeps refusing writes because it has too much to do.

        The counters begin at 0 when a node is replaced. Only what they rise by is judged, so a blue/green deployment or
        an old count does not fire. A single report that is lost makes one data point at most.

        Args:
            over: refusals in a period that are too many.
            indexing_pressure: whether indexing pressure is what refuses, as it does since OpenSearch 1.0 and
                Elasticsearch 7.9. ``False`` judges the thread pool of writes, for older domains.
            period: seconds of one data point.
            datapoints: how many must have refusals.
            of: how many are looked at; more than ``datapoints``.
            severity: how soon somebody has to act; Logstash and Filebeat repeat what is refused.

        """
        pressure = ("CoordinatingWriteRejected", "PrimaryWriteRejected", "ReplicaWriteRejected")
        first, *further = pressure if indexing_pressure else ("ThreadpoolWriteRejected",)
        refused = self._risen(first, period)
        for name in further:
            refused = refused + self._risen(name, period)
        return self._alarm(
            "writes-rejected",
            when=(refused > quantity(over)).for_datapoints(datapoints, of=of),
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary=f"The domain {self._domain} goes on refusing writes",
            because="more is written than it can index; Logstash and Filebeat repeat it, and fall behind",
        )

    def server_errors(
        self,
        over: Threshold = percent(10),
        *,
        floor: CountThreshold = count(100),
        period: int = 300,
        datapoints: int = 3,
        of: int = 3,
        severity: Severity | SeverityName = Severity.WARNING,
    ) -> Alarm:
        """Raise when more than a share of the requests ends in 5xx.

        Args:
            over: the share that is too high.
            floor: requests in a period below which nothing is judged.
            period: seconds of one data point.
            datapoints: how many must be over it.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        requests, failed = (self._metric(name, period, "Sum") for name in ("OpenSearchRequests", "5xx"))
        return self._alarm(
            "server-errors",
            when=(IF(requests >= quantity(floor), failed / requests, 0) > quantity(over)).for_datapoints(
                datapoints, of=of
            ),
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary=f"More than {over} of the requests to the domain {self._domain} fail",
            because="nodes are overloaded, or a primary shard is missing",
        )

    def storage_low(
        self,
        below: DataSize,
        *,
        period: int = 60,
        datapoints: int = 1,
        of: int = 1,
        severity: Severity | SeverityName = Severity.CRITICAL,
    ) -> Alarm:
        """Raise when the fullest node has little room. The metric is in MiB.

        It keeps its state while the domain reports nothing, which is for :meth:`nodes_missing` to say.

        Args:
            below: the free space that is too little: 25% of a node's storage, as AWS recommends.
            period: seconds of one data point.
            datapoints: how many must be below it.
            of: how many are looked at.
            severity: how soon somebody has to act. At 20% of a node's storage, 20 GiB at most, all writes are refused.

        """
        free = self._metric("FreeStorageSpace", period, "Minimum", "Megabytes") * _MIB_IN_MB
        return self._alarm(
            "storage-low",
            when=(free < quantity(below)).for_datapoints(datapoints, of=of),
            missing=MissingData.IGNORE,
            severity=severity,
            summary=f"A node of the domain {self._domain} has less than {below} left",
            because="with too little room the domain takes no more writes",
        )

    def heap_high(
        self,
        over: Threshold = percent(95),
        *,
        period: int = 60,
        datapoints: int = 3,
        of: int = 3,
        severity: Severity | SeverityName = Severity.CRITICAL,
    ) -> Alarm:
        """Raise when a node has nearly no heap left.

        Args:
            over: the share of the heap that is too much.
            period: seconds of one data point.
            datapoints: how many must reach it.
            of: how many are looked at.
            severity: how soon somebody has to act: next, the node runs out of memory.

        """
        return self._alarm(
            "heap-high",
            when=(self._metric("JVMMemoryPressure", period, unit="Percent") >= quantity(over)).for_datapoints(
                datapoints, of=of
            ),
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary=f"A node of the domain {self._domain} uses {over} of its heap",
            because="it may run out of memory; at 92% for 30 minutes, all writes are refused",
        )

    def old_generation_high(
        self,
        over: Threshold = percent(80),
        *,
        period: int = 60,
        datapoints: int = 3,
        of: int = 3,
        severity: Severity | SeverityName = Severity.WARNING,
    ) -> Alarm:
        """Raise when a heap holds much that garbage collection does not bring down.

        Args:
            over: the share of the old generation that is too much.
            period: seconds of one data point.
            datapoints: how many must reach it.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        pressure = self._metric("OldGenJVMMemoryPressure", period, unit="Percent")
        return self._alarm(
            "old-generation-high",
            when=(pressure >= quantity(over)).for_datapoints(datapoints, of=of),
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary=f"The old generation of a node of the domain {self._domain} is {over} full",
            because="shards, field data or aggregations are too large for the heap",
        )

    def cpu_high(
        self,
        over: Threshold = percent(80),
        *,
        period: int = 900,
        datapoints: int = 3,
        of: int = 3,
        severity: Severity | SeverityName = Severity.WARNING,
    ) -> Alarm:
        """Raise when the nodes are busy for long, on average.

        Args:
            over: the share of their processors that is too much.
            period: seconds of one data point.
            datapoints: how many must reach it.
            of: how many are looked at. AWS recommends the maximum of the nodes, but a new node works hard for hours.
            severity: how soon somebody has to act.

        """
        used = self._metric("CPUUtilization", period, "Average", "Percent")
        return self._alarm(
            "cpu-high",
            when=(used >= quantity(over)).for_datapoints(datapoints, of=of),
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary=f"The nodes of the domain {self._domain} are {over} busy",
            because="indexing falls behind, and next it is refused",
        )

    def disk_throttled(
        self,
        *,
        period: int = 300,
        datapoints: int = 3,
        of: int = 3,
        severity: Severity | SeverityName = Severity.WARNING,
    ) -> Alarm:
        """Raise when the volumes are as fast as they can be: their throughput, or their operations, are throttled.

        Args:
            period: seconds of one data point; volumes of type gp2 report every 5 minutes.
            datapoints: how many must be throttled.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        throttled = MAX(*(self._metric(name, period) for name in ("ThroughputThrottle", "IopsThrottle")))
        return self._alarm(
            "disk-throttled",
            when=(throttled > 0).for_datapoints(datapoints, of=of),
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary=f"The disks of the domain {self._domain} are throttled",
            because="writes wait for the disks; larger or faster volumes help, more memory does not",
        )

    def nodes_missing(
        self,
        expected: int,
        *,
        period: int = 300,
        datapoints: int = 12,
        of: int = 12,
        severity: Severity | SeverityName = Severity.CRITICAL,
    ) -> Alarm:
        """Raise when nodes are missing for longer than AWS takes to replace one, or the domain reports nothing.

        Args:
            expected: how many nodes there are, of all kinds. During a blue/green deployment there are more.
            period: seconds of one data point.
            datapoints: how many must lack a node.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        return self._alarm(
            "nodes-missing",
            when=(self._metric("Nodes", period, "Minimum") < expected).for_datapoints(datapoints, of=of),
            missing=MissingData.BREACHING,
            severity=severity,
            summary=f"The domain {self._domain} has fewer than {expected} nodes, or says nothing",
            because="what the missing nodes did the others do, and no other alarm fires on a domain that says nothing",
        )

    def snapshot_failed(self, *, period: int = 3600, severity: Severity | SeverityName = Severity.WARNING) -> Alarm:
        """Raise when an automated snapshot failed.

        Args:
            period: seconds of one data point; AWS takes a snapshot each hour.
            severity: how soon somebody has to act.

        """
        return self._alarm(
            "snapshot-failed",
            when=(self._metric("AutomatedSnapshotFailure", period) > 0).for_datapoints(1),
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary=f"A snapshot of the domain {self._domain} failed",
            because="without a snapshot there is no way back after a red cluster",
        )

    def key_lost(self, *, period: int = 60, severity: Severity | SeverityName = Severity.CRITICAL) -> Alarm:
        """Raise when the domain cannot use its KMS key. The metrics exist only while that is so.

        Args:
            period: seconds of one data point.
            severity: how soon somebody has to act: without its key, a domain is lost for good.

        """
        lost = MAX(*(self._metric(name, period) for name in ("KMSKeyError", "KMSKeyInaccessible")))
        return self._alarm(
            "key-lost",
            when=(lost > 0).for_datapoints(1),
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary=f"The domain {self._domain} cannot use its KMS key",
            because="the key is disabled, deleted, or its grant is gone; the domain stops, and cannot be restored",
        )

    def _metric(self, name: str, period: int, statistic: str = "Maximum", unit: str = "Count") -> Metric:
        return domain_metric(
            name, domain=self._domain, account=self._account, statistic=statistic, unit=unit, period=period
        )

    def _risen(self, name: str, period: int) -> Expression:
        """Return what the nodes' counters rose by since the last data point; 0 where they were set back."""
        change = DIFF(self._metric(name, period, "Sum"))
        return IF(change > 0, change, 0)


def _problems(domain: str, account: str) -> Iterator[Problem]:
    """Yield what cannot be a domain or an account (opensearch-service API, DomainName)."""
    if not is_token(domain) and not re.fullmatch(r"[a-z][a-z0-9-]{2,27}", domain):
        rule = "it is the name of a domain: 3 to 28 of a-z, 0-9 and -, a letter first"
        yield Problem("domain", repr(domain), rule, "Give the name, not the endpoint or the ARN.")
    if not is_token(account) and not re.fullmatch(r"\d{12}", account):
        yield Problem("account", repr(account), "an account's id is twelve digits", "Write account='123456789012'.")
