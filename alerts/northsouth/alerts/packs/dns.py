"""Alarms on DNS overrides: nobody asks for them any more, or far too many are refused."""

from __future__ import annotations

from northsouth.alerts.alarm import Alarm
from northsouth.alerts.meaning import MissingData, Severity, SeverityName
from northsouth.alerts.packs.pack import Pack
from northsouth.metrics.metric import Metric
from northsouth.metrics.units import CountThreshold, count, quantity


class DnsAlarms(Pack):
    """Alarms on the query volumes of DNS Firewall; the metrics come from :mod:`northsouth.dns.metrics`.

    DNS Firewall publishes once in five minutes, and only while it is associated with a VPC.

    Example::

        dns = DnsAlarms(self, "dns", respond=respond)
        dns.override_unused("hub", domain_list_volume(group.id, hub.id))
        dns.blocked("malware", domain_list_volume(group.id, malware.id), count(1000))
    """

    def override_unused(
        self,
        name: str,
        volume: Metric,
        *,
        period: int = 3600,
        datapoints: int = 3,
        of: int = 3,
        severity: Severity | SeverityName = Severity.WARNING,
    ) -> Alarm:
        """Raise when no query meets an override any more, so its traffic has left the private path.

        Causes: the association with the VPC is gone, another rule comes first, or hosts ask another resolver. Missing
        data count as bad, because a group without an association publishes nothing.

        Args:
            name: what the override is called in the alarm's name.
            volume: the queries that meet it: those of its domain list, of the rule group, or of the group in one VPC.
            period: seconds of one data point; as long as it can be quiet when all is well.
            datapoints: how many must be empty.
            of: how many are looked at. Three hours without a query is no accident for a name that hosts need.
            severity: how soon somebody has to act.

        """
        return self._alarm(
            f"override-unused-{name}",
            when=(volume.with_period(period) < 1).for_datapoints(datapoints, of=of),
            missing=MissingData.BREACHING,
            severity=severity,
            summary=f"No query meets the override {name} any more",
            because="its traffic goes through NAT and the internet instead of the private path, and is billed there",
            section="override-unused",
        )

    def blocked(
        self,
        name: str,
        volume: Metric,
        over: CountThreshold = count(100),
        *,
        period: int = 300,
        datapoints: int = 2,
        of: int = 3,
        severity: Severity | SeverityName = Severity.WARNING,
    ) -> Alarm:
        """Raise when many queries are refused: a host is compromised, or a list blocks what is needed.

        Args:
            name: what the list is called in the alarm's name.
            volume: the queries that meet the list.
            over: the queries in a period that are too many.
            period: seconds of one data point; 300 or more.
            datapoints: how many must be over it.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        return self._alarm(
            f"blocked-{name}",
            when=(volume.with_period(period) > quantity(over)).for_datapoints(datapoints, of=of),
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary=f"More than {over} queries in a period are blocked by {name}",
            because="a compromised host asks for what is blocked, or the list blocks a name that a service needs",
            section="blocked",
        )
