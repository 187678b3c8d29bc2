"""Alarms on what leaves through NAT: how much, at what cost, and whether it still can."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from cdktf import TerraformProvider
from constructs import Construct

from northsouth.alerts.meaning import MissingData, Severity, SeverityName
from northsouth.alerts.packs.fleet import AlarmText, FleetPack
from northsouth.alerts.packs.pack import AnyAlarm
from northsouth.alerts.response import Response
from northsouth.egress.metrics import BANDWIDTH_GIGABITS_PER_SECOND, NatMetricName, nat_metric
from northsouth.errors import Problem, refuse
from northsouth.metrics.algebra import Expression, Truth
from northsouth.metrics.dimensions import COUNT, RATIO
from northsouth.metrics.functions import IF
from northsouth.metrics.metric import Metric
from northsouth.metrics.units import (
    CountThreshold,
    DataRate,
    Threshold,
    count,
    gigabits_per_second,
    percent,
    quantity,
    ratio,
)


class Gateways(Protocol):
    """NAT gateways that know their metrics, such as :class:`northsouth.egress.NatGateways`."""

    def metric(self, name: NatMetricName, *, period: int = 60) -> Mapping[str, Metric]:
        """Return one metric of each gateway by zone."""


@dataclass(frozen=True, slots=True)
class ExistingGateways:
    """NAT gateways that were made elsewhere.

    Attributes:
        ids: the id of each gateway, by zone or by any name that tells them apart.
        is_regional: whether it is one regional gateway; then ``ids`` names it for each of its zones.

    """

    ids: Mapping[str, str]
    is_regional: bool = False

    @classmethod
    def regional(cls, gateway_id: str, zones: Iterable[str]) -> ExistingGateways:
        """Return one regional gateway, which publishes for each of its ``zones`` and for no sum of them."""
        return cls(dict.fromkeys(zones, gateway_id), is_regional=True)

    def metric(self, name: NatMetricName, *, period: int = 60) -> dict[str, Metric]:
        """Return one metric of each gateway by the name it has in ``ids``."""
        return {
            key: nat_metric(name, gateway, availability_zone=key if self.is_regional else None, period=period)
            for key, gateway in self.ids.items()
        }


class NatAlarms(FleetPack):
    """Alarms on a fleet of NAT gateways; one metric each zone, judged together.

    An alarm holds ten metrics. A larger fleet is split into groups with an alarm each. Only the composite of these
    alarms notifies. :class:`~northsouth.alerts.packs.fleet.FleetPack` says what this does to a limit on the total.

    Example::

        alarms = NatAlarms(self, "nat-alarms", gateways=nat, respond=Response.notify(RUNBOOK, topic.arn))
        alarms.throughput(gigabits_per_second(2))
        alarms.daily_budget(usd_per_day(150, price_per_gb=0.045))
        alarms.port_allocation_errors()
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        gateways: Gateways,
        respond: Response,
        new_traffic: str = "",
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Begin the pack.

        Args:
            scope: where it belongs.
            id: its name within ``scope``; the first part of the alarms' names.
            gateways: the gateways: a ``NatGateways``, or ``ExistingGateways({"us-east-1a": "nat-…"})``.
            respond: who is notified, and the page that says what to do.
            new_traffic: where to see which traffic is new since yesterday: the ``new_traffic`` of an
                ``EgressAnalysis``. The alarms on bytes say it.
            provider: the Region and account of the gateways.
            tags: tags of the alarms.

        Raises:
            ConfigurationError: if there is no gateway.

        """
        if not gateways.metric("BytesOutToDestination"):
            rule = "an alarm judges at least one"
            refuse(f"NatAlarms {id!r}", [Problem("gateways", "none", rule, "Leave the pack out without NAT.")])
        super().__init__(scope, id, respond=respond, provider=provider, tags=tags)
        self._gateways = gateways
        self._new_traffic = f". What is new since yesterday: {new_traffic}" if new_traffic else ""

    def throughput(
        self,
        over: DataRate,
        *,
        period: int = 300,
        datapoints: int = 3,
        of: int = 3,
        severity: Severity | SeverityName = Severity.WARNING,
    ) -> AnyAlarm:
        """Raise when the fleet passes more than a rate for a while: a leak, a backup, a service off its private path.

        The internet side is measured, each byte once: ``BytesOutToDestination`` and ``BytesInFromDestination``.

        Args:
            over: the rate, for example ``gigabits_per_second(2)``.
            period: seconds of one data point. 300 smooths bursts; use 60 with 3 of 5 data points to see them.
            datapoints: how many data points must be over it.
            of: how many are looked at. 3 of 3 times 5 minutes lets a deployment pass, and tells within 15 minutes.
            severity: how soon somebody has to act.

        """
        return self._total(
            "throughput",
            self._crossing("BytesOutToDestination", "BytesInFromDestination", period),
            quantity(over),
            datapoints,
            of,
            AlarmText(
                MissingData.MISSING,
                severity,
                f"NAT gateways pass more than {over}",
                "each gigabyte is billed, and so much at once is seldom meant: look for a new job, an image pull or a "
                f"host whose private path was lost{self._new_traffic}",
                "bytes to and from the internet, the gateways together",
            ),
        )

    def daily_budget(
        self, budget: DataRate, *, period: int = 86400, severity: Severity | SeverityName = Severity.WARNING
    ) -> AnyAlarm:
        """Raise when the bytes that AWS bills exceed a budget: ``tebibytes_per_day(1)`` or ``usd_per_day(150, …)``.

        What came in from either side is billed, each byte once: ``BytesInFromSource`` and ``BytesInFromDestination``.

        Args:
            budget: the rate that is too much.
            period: seconds the average is taken over. 86400 judges the last 24 hours, at any minute of the day; 3600
                warns early, when one hour runs at a rate that would exceed the budget.
            severity: how soon somebody has to act.

        """
        return self._total(
            "daily-budget",
            self._crossing("BytesInFromSource", "BytesInFromDestination", period),
            quantity(budget),
            1,
            1,
            AlarmText(
                MissingData.MISSING,
                severity,
                f"NAT traffic exceeds its budget of {budget}",
                "NAT is billed by the gigabyte in both directions, and the bill comes a month later"
                f"{self._new_traffic}",
                "bytes in from either side, the gateways together",
            ),
        )

    def bandwidth(
        self,
        share: Threshold = percent(80),
        *,
        capacity: Threshold = gigabits_per_second(BANDWIDTH_GIGABITS_PER_SECOND),
        datapoints: int = 3,
        of: int = 5,
        severity: Severity | SeverityName = Severity.CRITICAL,
    ) -> AnyAlarm:
        """Raise when one gateway uses much of what a gateway can carry, because it drops packets beyond that.

        Args:
            share: how much of the capacity is too much.
            capacity: what one gateway carries; AWS scales it from 5 to 100 Gbit/s by itself.
            datapoints: how many minutes must be over it.
            of: how many are looked at. 3 of 5 catches bursts that come again.
            severity: how soon somebody has to act.

        """
        full = quantity(capacity)
        limit = replace(full, value=full.value * quantity(share).number_in(ratio(1).unit))
        used = self._crossing("BytesInFromSource", "BytesInFromDestination", 60)
        return self._highest(
            "bandwidth",
            {zone: peak.per_second() for zone, peak in used.items()},
            lambda rate: (rate > limit).for_datapoints(datapoints, of=of),
            AlarmText(
                MissingData.MISSING,
                severity,
                f"A NAT gateway uses more than {share} of its {capacity}",
                "beyond its bandwidth a gateway drops packets; spread the load over more gateways or move it to "
                "endpoints",
                "bytes in from either side, the busiest gateway",
            ),
        )

    def port_allocation_errors(
        self, *, datapoints: int = 15, of: int = 15, severity: Severity | SeverityName = Severity.CRITICAL
    ) -> AnyAlarm:
        """Raise when gateways cannot open connections because no source port is left.

        AWS recommends ``ErrorPortAllocation`` above zero for 15 minutes (Best Practice Recommended Alarms). An address
        has 55,000 ports for each destination; add secondary addresses, or reuse connections.

        Args:
            datapoints: how many minutes must have errors.
            of: how many are looked at; 1 of 1 tells of every single refused connection.
            severity: how soon somebody has to act.

        """
        return self._highest(
            "port-allocation-errors",
            self._by_zone("ErrorPortAllocation", 60),
            lambda errors: (errors > 0).for_datapoints(datapoints, of=of),
            AlarmText(
                MissingData.NOT_BREACHING,
                severity,
                "A NAT gateway has no source port left for new connections",
                "new connections to a busy destination fail for all clients of the gateway",
                "ErrorPortAllocation, the gateway with the most",
            ),
        )

    def dropped_packets(
        self,
        over: Threshold = percent(0.01),
        *,
        floor: CountThreshold = count(100_000),
        datapoints: int = 5,
        of: int = 5,
        severity: Severity | SeverityName = Severity.WARNING,
    ) -> AnyAlarm:
        """Raise when a gateway drops more than a share of its packets.

        AWS takes more than 0.01 % for a problem of its service. The alarm judges a share, because a fixed number of
        packets would depend on the traffic.

        Args:
            over: the share that is too much.
            floor: packets in a minute below which nothing is judged: one lost packet of few is no share.
            datapoints: how many minutes must be over it.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        dropped = self._by_zone("PacketsDropCount", 60)
        packets = self._crossing("PacketsInFromSource", "PacketsInFromDestination", 60)
        return self._highest(
            "dropped-packets",
            {zone: IF(packets[zone] >= quantity(floor), dropped[zone] / packets[zone], 0) for zone in dropped},
            lambda ratio: (ratio > quantity(over)).for_datapoints(datapoints, of=of),
            AlarmText(
                MissingData.NOT_BREACHING,
                severity,
                f"A NAT gateway drops more than {over} of its packets",
                "clients see timeouts and retries; AWS takes this share as trouble in the service",
                "packets dropped / packets in, the worst gateway",
            ),
        )

    def connections_not_established(
        self,
        over: Threshold = percent(10),
        *,
        floor: CountThreshold = count(1000),
        failures: CountThreshold = count(100),
        datapoints: int = 3,
        of: int = 3,
        severity: Severity | SeverityName = Severity.WARNING,
    ) -> AnyAlarm:
        """Raise when many connections are tried and not established: a destination is down or blocks the addresses.

        Args:
            over: the share of attempts without success that is too much.
            floor: attempts in five minutes below which a few scanners would be a large share.
            failures: attempts that must fail in five minutes with fewer than ``floor``.
            datapoints: how many times five minutes must be over it.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        tried = self._by_zone("ConnectionAttemptCount", 300)
        opened = self._by_zone("ConnectionEstablishedCount", 300)
        # From the floor on, a share over the limit may be as many failures as are asked for. Then only they are asked
        # for: five gateways have to fit into one expression.
        at_floor = quantity(floor).number_in(COUNT) * quantity(over).number_in(RATIO)

        def are_enough(zone: str) -> Truth:
            failed = tried[zone] - opened[zone] >= quantity(failures)
            return (
                failed if at_floor >= quantity(failures).number_in(COUNT) else (tried[zone] >= quantity(floor)) | failed
            )

        return self._highest(
            "connections-not-established",
            {zone: IF(are_enough(zone), 1 - opened[zone] / tried[zone], 0) for zone in tried},
            lambda ratio: (ratio > quantity(over)).for_datapoints(datapoints, of=of),
            AlarmText(
                MissingData.NOT_BREACHING,
                severity,
                f"More than {over} of the connections through a NAT gateway are not established",
                "a destination on the internet is down, or it turns the fleet's public addresses away",
                "1 - connections established / attempted, the worst gateway",
            ),
        )

    def _by_zone(self, name: NatMetricName, period: int) -> dict[str, Expression]:
        by_zone = self._gateways.metric(name, period=period)
        return {zone: replace(metric, label=f"{name} {zone}") for zone, metric in by_zone.items()}

    def _crossing(self, first: NatMetricName, second: NatMetricName, period: int) -> dict[str, Expression]:
        left, right = self._by_zone(first, period), self._by_zone(second, period)
        return {zone: left[zone] + right[zone] for zone in left}
