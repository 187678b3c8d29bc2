"""Alarms on what a load balancer serves, also when it is the balancer that fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from cdktf import TerraformProvider
from constructs import Construct

from northsouth.alerts.alarm import Alarm
from northsouth.alerts.composite import CompositeAlarm
from northsouth.alerts.composition import Named, any_of, at_least
from northsouth.alerts.meaning import MissingData, Severity
from northsouth.alerts.packs.pack import Pack
from northsouth.alerts.response import Response
from northsouth.metrics.algebra import Expression
from northsouth.metrics.functions import IF
from northsouth.metrics.metric import Metric
from northsouth.metrics.units import Duration, Quantity, count, percent

NAMESPACE = "AWS/ApplicationELB"


def balancer_metric(
    name: str,
    load_balancer: str,
    *,
    target_group: str | None = None,
    statistic: str = "Sum",
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
        below: Quantity = percent(99),
        *,
        floor: Quantity = count(100),
        fast: tuple[int, int] = (2, 3),
        slow: tuple[int, int] = (10, 15),
        severity: Severity | str = Severity.CRITICAL,
    ) -> CompositeAlarm:
        """Raise when less than a share of the requests succeeds, counting those the balancer fails by itself.

        ``RequestCount`` leaves out requests for which no target was chosen. With it alone below the line, the loss of
        all targets is 0 / 0, which is silence; so 5xx of the balancer are counted on both sides: ``1 - (target 5xx +
        balancer 5xx) / (requests + balancer 5xx)``. Requests that clients give up (460) are in neither.

        Two alarms are joined: a fast one that tells within minutes of an outage, and a slow one that finds a smaller
        loss which comes and goes.

        Args:
            below: the share that is too low for the slow alarm. The fast one allows five times as many failures.
            floor: requests in a minute below which nothing is judged.
            fast: at how many of how many minutes the fast alarm is raised.
            slow: at how many of how many minutes the slow alarm is raised.
            severity: how soon somebody has to act.

        """
        lowest = below.number_in(percent(1).unit)
        limits = {"fast": (percent(round(max(0, 100 - 5 * (100 - lowest)), 6)), fast), "slow": (below, slow)}
        parts = [
            self._alarm(
                f"success-rate-{pace}",
                when=(self._success(floor) < limit).for_datapoints(window[0], of=window[1]),
                missing=MissingData.NOT_BREACHING,
                severity=severity,
                summary=f"Less than {limit} of the requests succeed",
                because="users see errors",
                section="success-rate",
                actions=(),
            )
            for pace, (limit, window) in limits.items()
        ]
        return self._composite(
            "success-rate",
            when=any_of(*parts),
            severity=severity,
            summary=f"Less than {below} of the requests succeed",
            because="users see errors, from the targets or from the load balancer itself",
        )

    def latency(
        self,
        over: Duration,
        *,
        statistic: str = "p99",
        low_samples: Literal["evaluate", "ignore"] = "ignore",
        datapoints: int = 5,
        of: int = 5,
        severity: Severity | str = Severity.WARNING,
    ) -> Alarm:
        """Raise when answers take too long.

        Args:
            over: the time from the request to the target until it begins to answer (``TargetResponseTime``).
            statistic: which of the answers: ``p99`` is the slowest of a hundred.
            low_samples: ``ignore`` keeps the state while there are fewer than 1,000 answers a minute (for p99), so
                the alarm of a quiet service is frozen; ``evaluate`` judges few answers all the same, and is noisy.
            datapoints: how many minutes must be too slow.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        time = balancer_metric("TargetResponseTime", self._balancer, statistic=statistic, unit="Seconds")
        return self._alarm(
            "latency",
            when=(time > over).for_datapoints(datapoints, of=of),
            missing=MissingData.IGNORE,
            severity=severity,
            summary=f"The {statistic} of answers takes longer than {over}",
            because="users wait, and clients with shorter timeouts retry and add to the load",
            low_samples=low_samples,
        )

    def unhealthy_hosts(
        self,
        name: str,
        target_group: str,
        *,
        healthy: Quantity = count(1),
        datapoints: int = 3,
        of: int = 3,
        severity: Severity | str = Severity.CRITICAL,
    ) -> Alarm:
        """Raise when too few targets of a group are healthy, or when none is registered any more.

        Judging the healthy ones, with no data as bad, also finds the group that has lost all its targets: it has no
        unhealthy ones either.

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
            when=(hosts < healthy).for_datapoints(datapoints, of=of),
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
        over: Quantity = percent(20),
        datapoints: int = 3,
        of: int = 5,
        severity: Severity | str = Severity.CRITICAL,
    ) -> CompositeAlarm:
        """Raise when two of three hold: requests fail, answers are slow, many instances start cold.

        One of them alone is a deployment or a peak of traffic. Two are a storm: cold instances make answers slow,
        clients retry, the retries start more instances.

        Args:
            success_rate: the alarm on failing requests.
            latency: the alarm on slow answers.
            cold_starts: the share of requests that met a cold instance, from your own metrics.
            over: the share that is too much.
            datapoints: how many data points must be over it.
            of: how many are looked at.
            severity: how soon somebody has to act.

        """
        cold = self._alarm(
            "cold-starts",
            when=(cold_starts > over).for_datapoints(datapoints, of=of),
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

    def _success(self, floor: Quantity) -> Expression:
        requests = balancer_metric("RequestCount", self._balancer)
        by_target = balancer_metric("HTTPCode_Target_5XX_Count", self._balancer)
        by_balancer = balancer_metric("HTTPCode_ELB_5XX_Count", self._balancer)
        asked = requests + by_balancer
        return IF(asked >= floor, 1 - (by_target + by_balancer) / asked, 1)
