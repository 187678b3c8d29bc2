"""Alarms on what an ``EgressAnalysis`` of this library measures each day: traffic through NAT with a cheaper path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from cdktf import TerraformProvider
from constructs import Construct

from northsouth.alerts.alarm import Alarm
from northsouth.alerts.meaning import MissingData, Severity, SeverityName
from northsouth.alerts.packs.pack import Pack
from northsouth.alerts.response import Response
from northsouth.egress import analysis_metrics as metrics
from northsouth.metrics.units import CountThreshold, Threshold, count, gigabytes, quantity


class EgressAlarms(Pack):
    """Alarms on an :class:`~northsouth.egress.EgressAnalysis`.

    Its run measures yesterday and publishes once a day. An alarm ends with the first day that is good again.

    Example::

        alarms = EgressAlarms(self, "egress-alarms", analysis="egress", respond=respond)
        alarms.avoidable()
        alarms.traffic("s3", gigabytes(20), service="S3", path="gateway endpoint")
        alarms.stale()
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        analysis: str,
        respond: Response,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Begin the pack.

        Args:
            scope: where it belongs.
            id: its name within ``scope``; the first part of the alarms' names.
            analysis: the analysis' name.
            respond: who is notified, and the page that says what to do.
            provider: the Region and account of the analysis.
            tags: tags of the alarms.

        """
        super().__init__(scope, id, respond=respond, provider=provider, tags=tags)
        self._analysis = analysis

    def avoidable(
        self, over: CountThreshold = count(5), *, severity: Severity | SeverityName = Severity.WARNING
    ) -> Alarm:
        """Raise when remedies that pay would have saved more than so many US dollars on a day.

        Args:
            over: US dollars a day. 5 are 150 a month, for which a line in a declaration is soon worth its while. An
                interface endpoint in three zones costs 0.72 a day, so what is over the limit is more than one of them.
            severity: how soon somebody has to act.

        """
        return self._alarm(
            "avoidable",
            when=(metrics.avoidable_usd(self._analysis) > quantity(over)).for_datapoints(1),
            missing=MissingData.IGNORE,
            severity=severity,
            summary=f"Remedies would save more than {quantity(over)} US dollars a day of NAT traffic",
            because="a private path costs less or nothing; the saved query `remedies` says which",
        )

    def traffic(
        self,
        name: str,
        over: Annotated[Threshold, gigabytes(20)],
        *,
        service: str,
        path: str,
        severity: Severity | SeverityName = Severity.WARNING,
    ) -> Alarm:
        """Raise when a service sends or receives more than so much in a day through NAT, though it has another path.

        A day without such traffic publishes nothing and is good.

        Args:
            name: ends the alarm's name.
            over: bytes in a day. What the path should carry altogether, for example 20 GB for S3 behind a gateway
                endpoint: 0.90 US dollars, and more than a host needs that starts before its routes.
            service: the service as in the saved query ``services_by_path``: ``S3``, ``AMAZON``, ``internet``.
            path: the path that would have carried it: ``gateway endpoint``, ``interface endpoint``, ``DNS override``,
                ``cross-zone``, or ``none``.
            severity: how soon somebody has to act.

        """
        traffic = metrics.egress_bytes(self._analysis, service=service, path=path)
        return self._alarm(
            f"traffic-{name}",
            when=(traffic > quantity(over)).for_datapoints(1),
            missing=MissingData.NOT_BREACHING,
            severity=severity,
            summary=f"More than {quantity(over)} of {service} passed NAT in a day (path: {path})",
            because="what a private path should carry is billed by the gigabyte; the saved query `sources` says who",
            section="traffic",
        )

    def stale(self, *, datapoints: int = 2, of: int = 2, severity: Severity | SeverityName = Severity.WARNING) -> Alarm:
        """Raise when no run reaches its end: nothing is measured, so the other alarms say nothing.

        No data counts as bad, so it is also raised at creation until the first run ends.

        Args:
            datapoints: how many days must be without one.
            of: how many are looked at. Two days let one run be repeated.
            severity: how soon somebody has to act; traffic is not lost meanwhile.

        """
        return self._alarm(
            "stale",
            when=(metrics.completed_runs(self._analysis) < 1).for_datapoints(datapoints, of=of),
            missing=MissingData.BREACHING,
            severity=severity,
            summary="No run of the egress analysis has ended for a while",
            because="nobody measures which traffic through NAT could be avoided; failed days are in the dead letters",
        )
