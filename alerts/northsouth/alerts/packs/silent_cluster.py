"""Alarms on clusters that stopped sending metrics, or never sent any."""

from __future__ import annotations

from collections.abc import Mapping

from cdktf import TerraformProvider
from constructs import Construct

from northsouth.alerts.alarm import Alarm
from northsouth.alerts.composite import CompositeAlarm, Suppressor
from northsouth.alerts.composition import all_of, any_of
from northsouth.alerts.meaning import MissingData, Severity, SeverityName
from northsouth.alerts.packs.pack import Pack
from northsouth.alerts.response import Response
from northsouth.errors import Problem, refuse
from northsouth.metrics.metric import Metric


class SilentClusters(Pack):
    """Alarms on the heartbeat of every declared cluster.

    The declaration is the inventory. The alarms find a cluster that never sent anything as well as one that stopped.
    They do not report a cluster that you removed from the declaration. Missing data count as bad for as long as they
    last, so each alarm is also raised at creation, until the first heartbeat.

    If every cluster is silent at once, the store that they send to is the likelier cause. With two clusters or more,
    one composite reports this, and holds back the composite that reports single clusters.

    Attributes:
        clusters: the alarm of each cluster. It has no actions of its own.
        some: the composite that reports silent clusters; ``None`` for a single cluster, whose own alarm notifies.
        all: the composite that tells of all clusters being silent; ``None`` for a single cluster.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        heartbeats: Mapping[str, Metric],
        respond: Response,
        period: int = 300,
        datapoints: int = 3,
        of: int = 3,
        severity: Severity | SeverityName = Severity.CRITICAL,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Declare the alarms.

        Args:
            scope: where it belongs.
            id: its name within ``scope``; the first part of the alarms' names.
            heartbeats: by cluster, a metric that it publishes whatever its load; how often it came is counted.
            respond: who is notified, and the page that says what to do.
            period: seconds of one data point; twice the interval of the heartbeat or more.
            datapoints: how many must be empty.
            of: how many are looked at. Three times five minutes lets a node be replaced.
            severity: how soon somebody has to act.
            provider: the Region and account of the metrics.
            tags: tags of the alarms.

        Raises:
            ConfigurationError: if there is no cluster.

        """
        if not heartbeats:
            rule = "an inventory names at least one"
            refuse(f"SilentClusters {id!r}", [Problem("heartbeats", "none", rule, "Leave the pack out.")])
        super().__init__(scope, id, respond=respond, provider=provider, tags=tags)
        alone = len(heartbeats) == 1
        self.clusters: dict[str, Alarm] = {
            cluster: self._alarm(
                f"cluster-{cluster}",
                when=(metric.with_statistic("SampleCount").with_period(period) < 1).for_datapoints(datapoints, of=of),
                missing=MissingData.BREACHING,
                severity=severity,
                summary=f"Cluster {cluster} sends no metrics",
                because="without its metrics every other alarm on the cluster is blind",
                section="some",
                actions=None if alone else (),
            )
            for cluster, metric in heartbeats.items()
        }
        self.some: CompositeAlarm | None = None
        self.all: CompositeAlarm | None = None
        if not alone:
            self.all = self._composite(
                "all",
                when=all_of(*self.clusters.values()),
                severity=severity,
                summary=f"None of {len(heartbeats)} clusters sends metrics",
                because="so many do not fail at once: the store they send to, or the way to it, is the likelier cause",
            )
            self.some = self._composite(
                "some",
                when=any_of(*self.clusters.values()),
                severity=severity,
                summary="A cluster sends no metrics",
                because="without its metrics every other alarm on the cluster is blind",
                suppressor=Suppressor(self.all),
            )
