"""Alarms on what a load balancer serves, also when it is the balancer that fails."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from math import ceil
from typing import Literal

from cdktf import TerraformProvider
from constructs import Construct

from northsouth.alerts.alarm import Alarm
from northsouth.alerts.composite import CompositeAlarm
from northsouth.alerts.composition import Named, all_of, any_of, at_least
from northsouth.alerts.meaning import MissingData, Severity, SeverityName
from northsouth.alerts.packs.pack import Pack
from northsouth.alerts.response import Response
from northsouth.errors import Problem, refuse
from northsouth.metrics.algebra import Expression
from northsouth.metrics.functions import IF
from northsouth.metrics.metric import Metric, Statistic
from northsouth.metrics.render import duration
from northsouth.metrics.units import CountThreshold, Duration, Quantity, Threshold, count, percent, quantity, seconds

NAMESPACE = "AWS/ApplicationELB"
MINUTE = 60


def balancer_metric(
    name: str,
    load_balancer: str,
    *,
    target_group: str | None = None,
    statistic: Statistic = "Sum",
    unit: str = "Count",
    period: int = 60,
) -> Metric:
    """Return a metric of an Application Load Balancer (elasticloadbalancing/…/load-balancer-cloudwatch-metrics.html).

    Args:
        name: the metric's name.
        load_balancer: the ``arn_suffix`` of the load balancer: ``app/name/50dc6c495c0c9188``.
        target_group: the ``arn_suffix`` of a target group, to see its part alone.
        statistic: the statistic.
        unit: what the metric counts.
        period: seconds that one data point covers.

    """
    dimensions = {"LoadBalancer": load_balancer}
    if target_group is not None:
        dimensions["TargetGroup"] = target_group
    return Metric(namespace=NAMESPACE, name=name, statistic=statistic, unit=unit, dimensions=dimensions, period=period)


class LoadBalancerAlarms(Pack):
    """Alarms on one Application Load Balancer as its clients see it.

    Example::

        serving = LoadBalancerAlarms(self, "serving", load_balancer=lb.arn_suffix, respond=respond)
        success = serving.success_rate()
        latency = serving.latency(seconds(2))
        serving.unhealthy_hosts("api", group.arn_suffix)
        serving.cold_start_storm(success, latency, cold_starts=cold_starts / invocations)
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        load_balancer: str,
        respond: Response,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Begin the pack.

        Args:
            scope: where it belongs.
            id: its name within ``scope``; the first part of the alarms' names.
            load_balancer: the ``arn_suffix`` of the load balancer.
            respond: who is notified, and the page that says what to do.
            provider: the Region and account of the load balancer.
            tags: tags of the alarms.

        """
        super().__init__(scope, id, respond=respond, provider=provider, tags=tags)
        self._balancer = load_balancer

    def success_rate(
        self,
        below: Threshold = percent(99),
        *,
        floor: CountThreshold = count(100),
        fast: tuple[int, int] = (2, 3),
        slow: tuple[int, int] = (10, 15),
        failures: CountThreshold = count(5),
        quiet_period: int = 900,
        quiet: tuple[int, int] = (3, 4),
        severity: Severity | SeverityName = Severity.CRITICAL,
    ) -> CompositeAlarm:
        """Raise when less than a share of the requests succeeds, counting those the balancer fails by itself.

        The share is ``1 - (target 5xx + balancer 5xx) / (requests + balancer 5xx)``. ``RequestCount`` leaves out
        requests for which no target was chosen. If all targets are lost, it is 0, and 0 / 0 raises no alarm. The 5xx of
        the balancer therefore count on both sides. Requests that clients give up (460) are on neither side.

        It is a composite of four alarms. Two judge minutes: ``fast`` an outage, ``slow`` a smaller loss that comes and
        goes. A minute of few requests says nothing, so two more judge longer windows while there are fewer than twice
        ``floor`` requests a minute:

        ============  ===================  ================  ====================  ==========================
        alarm         window               at                too low is            judged
        ============  ===================  ================  ====================  ==========================
        fast          1 minute             2 of 3            5 times the failures  from ``floor`` requests on
        slow          1 minute             10 of 15          ``below``             from ``floor`` requests on
        quiet-fast    ``quiet_period``     1 of 1            10 times the failures from ``failures`` failures on
        quiet-slow    4 ``quiet_period``   3 of 4            ``below``             from ``failures`` failures on
        ============  ===================  ================  ====================  ==========================

        Args:
            below: the share that is too low for the slow alarms. The fast one allows five times as many failures, the
                fast one for quiet times ten times as many: a minute and a half of an outage in 15 minutes.
            floor: requests in a minute below which minutes are not judged.
            fast: at how many of how many minutes the fast alarm is raised.
            slow: at how many of how many minutes the slow alarm is raised.
            failures: failures in a longer window below which it is not judged: a few are chance.
            quiet_period: seconds of the shorter of the longer windows.
            quiet: at how many of how many windows the slow alarm for quiet times is raised. An outage of a minute can
                lie in two windows, so it takes three.
            severity: how soon somebody has to act.

        """
        below, floor, failures = quantity(below), quantity(floor), quantity(failures)
        parts = [
            self._alarm(
                f"success-rate-{pace}",
                when=(rate < limit).for_datapoints(window[0], of=window[1]),
                missing=MissingData.NOT_BREACHING,
                severity=severity,
                summary=f"Less than {limit} of the requests succeed",
                because="users see errors",
                section="success-rate",
                actions=(),
            )
            for pace, rate, limit, window in (
                ("fast", self._success(floor), _allowing(5, below), fast),
                ("slow", self._success(floor), below, slow),
                ("quiet-fast", self._quiet_success(floor, failures, quiet_period), _allowing(10, below), (1, 1)),
                ("quiet-slow", self._quiet_success(floor, failures, 4 * quiet_period), below, quiet),
            )
        ]
        return self._composite(
            "success-rate",
            when=any_of(*parts),
            severity=severity,
            summary=f"Less than {below} of the requests succeed",
            because="users see errors, from the targets or from the load balancer itself",
        )

    def burn_rate(
        self,
        objective: Threshold = percent(99.9),
        *,
        failures: CountThreshold = count(10),
        severity: Severity | SeverityName = Severity.CRITICAL,
    ) -> CompositeAlarm:
        """Raise when the error budget of 30 days is used up so fast that somebody has to act at once.

        Two pairs of windows are joined (Google's SRE workbook, "Alerting on SLOs"). The first is 14.4 times the allowed
        failures in an hour and in its last 5 minutes, which is 2 % of the budget. The second is 6 times in 6 hours and
        in the last 30 minutes, which is 5 %. The short window ends the alarm soon after the failures.

        Args:
            objective: the share of requests that shall succeed; the failures are those of :meth:`success_rate`.
            failures: failures in the long window below which it is not judged.
            severity: how soon somebody has to act.

        """
        pairs = ((14.4, 3600, 300), (6, 21600, 1800))
        return self._burning("burn-rate", quantity(objective), quantity(failures), pairs, severity, "within days")

    def slow_burn_rate(
        self,
        objective: Threshold = percent(99.9),
        *,
        failures: CountThreshold = count(10),
        severity: Severity | SeverityName = Severity.WARNING,
    ) -> CompositeAlarm:
        """Raise when the error budget of 30 days will not last.

        That is 3 times the allowed failures in a day, or as many as are allowed in 3 days. The short windows are 2 and
        6 hours. CloudWatch evaluates windows of more than a day once an hour only.

        Args:
            objective: the share of requests that shall succeed.
            failures: failures in the long window below which it is not judged.
            severity: how soon somebody has to act.

        """
        pairs = ((3, 86400, 7200), (1, 259200, 21600))
        return self._burning(
            "slow-burn-rate", quantity(objective), quantity(failures), pairs, severity, "before the 30 days are over"
        )

    def no_traffic(
        self,
        below: CountThreshold = count(1),
        *,
        period: int = 300,
        datapoints: int = 3,
        of: int = 3,
        severity: Severity | SeverityName = Severity.CRITICAL,
    ) -> Alarm:
        """Raise when no requests arrive at all: clients do not find the load balancer, or cannot reach it.

        No other alarm sees this, because without requests nothing fails. Use it for load balancers that have traffic at
        all hours. If a load balancer is idle at night, set a ``period`` longer than its nights, or leave the alarm out.

        Args:
            below: the requests in a period that are too few.
            period: seconds of one data point; as long as it can be quiet when all is well.
            datapoints: how many must be too low.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        requests, _ = self._requests()
        return self._alarm(
            "no-traffic",
            when=(requests.with_period(period) < quantity(below)).for_datapoints(datapoints, of=of),
            missing=MissingData.BREACHING,
            severity=severity,
            summary="No requests arrive at the load balancer",
            because="clients do not find it or cannot reach it: DNS, the certificate, the network or the listener",
        )

    def latency(
        self,
        over: Duration,
        *,
        statistic: Statistic = "p99",
        low_samples: Literal["adapt", "evaluate", "ignore"] = "adapt",
        period: int = 300,
        datapoints: int = 3,
        of: int = 3,
        severity: Severity | SeverityName = Severity.WARNING,
    ) -> Alarm:
        """Raise when answers take too long.

        Args:
            over: the time from the request to the target until it begins to answer (``TargetResponseTime``).
            statistic: which of the answers: ``p99`` is the slowest of a hundred.
            low_samples: what few answers mean. CloudWatch takes a percentile for reliable from 10 / (1 - p) samples on:
                1,000 for p99. ``adapt`` takes the highest of ``statistic``, p90 (100 answers) and p50 (20) that is
                reliable; fewer than 20 are good. ``ignore`` keeps the state while there are too few, so the alarm of a
                quiet service is frozen. ``evaluate`` judges few answers all the same, and is noisy.
            period: seconds of one data point. Longer ones have more answers.
            datapoints: how many data points must be too slow. A few slow minutes can lie in two of them, so a deploy
                passes at three.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        adapts = low_samples == "adapt"
        slowness = self._slowness(statistic) if adapts else self._answers(statistic)
        return self._alarm(
            "latency",
            when=(slowness.with_period(period) > quantity(over)).for_datapoints(datapoints, of=of),
            missing=MissingData.NOT_BREACHING if adapts else MissingData.IGNORE,
            severity=severity,
            summary=f"The {statistic} of answers takes longer than {over}",
            because="users wait, and clients with shorter timeouts retry and add to the load",
            low_samples=None if low_samples == "adapt" else low_samples,
            measured=f"{statistic} of TargetResponseTime, a lower percentile of fewer answers" if adapts else "",
        )

    def unhealthy_hosts(
        self,
        name: str,
        target_group: str,
        *,
        healthy: CountThreshold = count(1),
        datapoints: int = 3,
        of: int = 3,
        severity: Severity | SeverityName = Severity.CRITICAL,
    ) -> Alarm:
        """Raise when too few targets of a group are healthy, or when none is registered any more.

        The alarm counts healthy targets and takes missing data for bad. It therefore also finds a group that has lost
        all its targets: such a group has no unhealthy targets.

        Args:
            name: what the group is called in the alarm's name.
            target_group: the ``arn_suffix`` of the target group.
            healthy: the fewest targets that can carry the load.
            datapoints: how many minutes there must be fewer.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        hosts = balancer_metric("HealthyHostCount", self._balancer, target_group=target_group, statistic="Minimum")
        return self._alarm(
            f"unhealthy-hosts-{name}",
            when=(hosts < quantity(healthy)).for_datapoints(datapoints, of=of),
            missing=MissingData.BREACHING,
            severity=severity,
            summary=f"Fewer than {healthy} targets of {name} are healthy",
            because="the targets that are left carry all the load, or there are none and every request fails",
            section="unhealthy-hosts",
        )

    def cold_start_storm(
        self,
        success_rate: Named,
        latency: Named,
        *,
        cold_starts: Expression,
        requests: Expression | None = None,
        over: Threshold = percent(20),
        floor: CountThreshold = count(100),
        datapoints: int = 3,
        of: int = 5,
        severity: Severity | SeverityName = Severity.CRITICAL,
    ) -> CompositeAlarm:
        """Raise when two of three hold: requests fail, answers are slow, many instances start cold.

        One of them alone is a deployment or a peak of traffic. Two of them are a storm: cold instances answer slowly,
        clients retry, and the retries start more instances.

        Args:
            success_rate: the alarm on failing requests.
            latency: the alarm on slow answers. One that keeps its state without data is refused: in the evening it
                would stay raised, and a few cold starts at night would make a storm of it.
            cold_starts: the share of requests that met a cold instance, from your own metrics.
            requests: the requests of that share. With it, a minute of fewer than ``floor`` is not judged.
            over: the share that is too much.
            floor: requests in a minute below which the share is not judged.
            datapoints: how many data points must be over it.
            of: how many are looked at.
            severity: how soon somebody has to act.

        Raises:
            ConfigurationError: if an alarm of it keeps its state without data.

        """
        joined = {"success_rate": success_rate, "latency": latency}
        problems = [problem for name, alarm in joined.items() for problem in frozen_problems(name, alarm)]
        refuse(f"LoadBalancerAlarms {self.node.id!r}, cold_start_storm", problems)
        share = cold_starts if requests is None else IF(requests >= quantity(floor), cold_starts, 0)
        cold = self._alarm(
            "cold-starts",
            when=(share > quantity(over)).for_datapoints(datapoints, of=of),
            missing=MissingData.NOT_BREACHING,
            severity=Severity.INFO,
            summary=f"More than {over} of the requests meet a cold instance",
            because="alone it is a deployment or a peak; together with errors or latency it is a storm",
            section="cold-start-storm",
        )
        return self._composite(
            "cold-start-storm",
            when=at_least(2, success_rate, latency, cold),
            severity=severity,
            summary="Cold starts, latency and errors feed each other",
            because="retries start more cold instances; it does not end by itself: shed load or add warm capacity",
        )

    def _burning(
        self,
        id: str,
        objective: Quantity,
        failures: Quantity,
        pairs: tuple[tuple[float, int, int], ...],
        severity: Severity | SeverityName,
        until: str,
    ) -> CompositeAlarm:
        """Join pairs of a factor, a long and a short window: both have so many times the failures that are allowed."""
        allowed = 100 - objective.number_in(percent(1).unit)
        joined = []
        for factor, long, short in pairs:
            limit = percent(round(factor * allowed, 6))
            windows = [
                self._alarm(
                    f"{id}-{duration(window).replace(' ', '')}",
                    when=(rate > limit).for_datapoints(1),
                    missing=MissingData.NOT_BREACHING,
                    severity=Severity.INFO,
                    summary=f"More than {limit} of the requests of {duration(window)} fail",
                    because=f"this is {factor:g} times what an objective of {objective} allows",
                    section=id,
                )
                for window, rate in ((long, self._failing(failures, long)), (short, self._failing(count(1), short)))
            ]
            joined.append(all_of(*windows))
        return self._composite(
            id,
            when=any_of(*joined),
            severity=severity,
            summary=f"The error budget of {objective} is used up {until} at this rate",
            because="users see more errors than was agreed, and releases have to wait when the budget is used up",
        )

    def _failing(self, failures: Quantity, period: int) -> Expression:
        requests, failed = self._requests()
        return IF(failed >= failures, failed / requests, 0).with_period(period)

    def _requests(self) -> tuple[Expression, Expression]:
        """Return what clients asked, and what of it failed; both in minutes."""
        by_target = balancer_metric("HTTPCode_Target_5XX_Count", self._balancer)
        by_balancer = balancer_metric("HTTPCode_ELB_5XX_Count", self._balancer)
        return balancer_metric("RequestCount", self._balancer) + by_balancer, by_target + by_balancer

    def _success(self, floor: Quantity) -> Expression:
        requests, failed = self._requests()
        return IF(requests >= floor, 1 - failed / requests, 1)

    def _quiet_success(self, floor: Quantity, failures: Quantity, period: int) -> Expression:
        """Return the success rate over a longer window that has few requests and more than a few failures."""
        requests, failed = self._requests()
        most = replace(floor, value=2 * floor.value * period / MINUTE)
        return IF((failed >= failures) & (requests < most), 1 - failed / requests, 1).with_period(period)

    def _slowness(self, statistic: str) -> Expression:
        """Return the highest percentile that has enough answers. With too few answers for any, nothing is slow."""
        answers = self._answers("SampleCount")
        (lowest, fewest), *higher = reliable(statistic)
        slowness = IF(answers >= fewest, self._answers(lowest), seconds(0))
        for percentile, needed in higher:
            slowness = IF(answers >= needed, self._answers(percentile), slowness)
        return slowness

    def _answers(self, statistic: str) -> Metric:
        return balancer_metric("TargetResponseTime", self._balancer, statistic=statistic, unit="Seconds")


def reliable(statistic: str) -> list[tuple[str, int]]:
    """Return the percentiles to take in place of ``statistic`` with the answers they need, the lowest first.

    CloudWatch calls fewer than 10 / (1 - p) samples low, and 10 / p below the median
    (percentiles-with-low-samples).
    """
    percentile_asked = re.fullmatch(r"p(\d+(?:\.\d+)?)", statistic)
    lower = [
        (percentile, needed)
        for percentile, needed in (("p50", 20), ("p90", 100))
        if percentile_asked and float(percentile_asked[1]) > float(percentile[1:])
    ]
    share = Fraction(percentile_asked[1]) / 100 if percentile_asked else Fraction(1, 2)
    rarer = min(share, 1 - share) or Fraction(1, 100)
    return [*lower, (statistic, ceil(10 / rarer))]


def frozen_problems(where: str, alarm: Named) -> Iterator[Problem]:
    """Yield that an alarm keeps its state without data: raised once, it holds a composite until data come again."""
    if isinstance(alarm, Alarm) and (alarm.missing is MissingData.IGNORE or alarm.low_samples == "ignore"):
        yield Problem(
            where,
            f"{alarm.name}, which keeps its state without data",
            "such an alarm can stay raised all night, and hold the composite with it",
            "Declare it with low_samples='adapt', or with missing='notBreaching'.",
        )


def _allowing(times: int, below: Quantity) -> Quantity:
    """Return the success rate with so many times the failures that ``below`` allows."""
    lowest = below.number_in(percent(1).unit)
    return percent(round(max(0, 100 - times * (100 - lowest)), 6))
