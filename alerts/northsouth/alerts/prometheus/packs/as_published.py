"""A published query for "a new cluster that sends no metrics", and what it really finds; pure.

Its article (https://huggingface.co/blog/infrastructure-alerting) says that it finds a cluster that never sent. It does
not. A comparison drops the series that are 0, so the query returns a cluster only if it sends nothing now *and* sent
48 hours ago:

- It finds a cluster that stops after one hour. It forgets the cluster two days later, repaired or not.
- It finds a cluster that sent for only two hours two days after it began, and forgets it three hours later.
- It misses an outage 48 hours after an earlier one, for as long as the earlier one lasted.
- It misses pods of a StatefulSet, because the selector is an equality.
- It never finds a cluster that never sent.

The tests show each of these.
"""

from __future__ import annotations

from collections.abc import Sequence

from northsouth.alerts.meaning import Severity
from northsouth.alerts.prometheus.rules import AlertRule, RuleGroup
from northsouth.alerts.prometheus.selectors import series
from northsouth.alerts.prometheus.templates import with_label
from northsouth.alerts.prometheus.testing import AlertTest, ExprTest, Firing, RuleTest
from northsouth.alerts.prometheus.timelines import counter, gauge

ALERT = "ClusterMetricsStoppedAsPublished"
METRIC = "container_network_transmit_packets_total"
_NOW = f'sum by (cluster) (rate({METRIC}{{pod="prometheus"}}[1h]))'
_THEN = f'sum by (cluster) (rate({METRIC}{{pod="prometheus"}}[1h] offset 48h))'
EXPR = f"""
    (
      ({_NOW} > 0)
        or
      (-1 * ({_THEN} > 0))
    ) < 0
"""
"""As published, but for line breaks: the counter, its selector, the window, the offset and the signs."""


def group(runbook: str, interval: str) -> RuleGroup:
    """Return the query as an alert for information: nobody should be woken by it."""
    rule = AlertRule(
        alert=ALERT,
        expr=EXPR,
        for_="0s",
        severity=Severity.INFO,
        summary=f"The cluster{with_label('cluster', ' ')} sent metrics 48 hours ago and sends none now",
        description="The query as published; it says nothing of clusters that never sent.",
        runbook=runbook,
    )
    return RuleGroup("silent-clusters-as-published", [rule], interval=interval)


def tests() -> Sequence[RuleTest]:
    """Return what it finds and what it does not, in steps of half an hour."""
    return [
        RuleTest(
            name="as published: finds what stopped, from one hour to two days after; never what never sent",
            interval="30m",
            series={
                _packets("stopped"): counter((3000, _hours(60))),
                _packets("flat"): f"{counter((3000, _hours(60)))} {gauge((3000 * (_hours(60) - 1), _hours(60)))}",
                _packets("zero"): gauge((0, _hours(120))),
                series("kube_node_info", {"cluster": "never"}): gauge((None, _hours(60)), (1, _hours(60))),
                _packets("short"): counter((3000, _hours(2))),
                _packets("late"): counter((None, _hours(60)), (3000, _hours(60))),
                _packets("stateful", pod="prometheus-k8s-0"): counter((3000, _hours(60))),
            },
            alerts=[
                _at("47h"),
                _at("49h", "short"),
                _at("50h", "short"),
                _at("51h"),
                _at("60h"),
                _at("61h", "flat", "stopped"),
                _at("84h", "flat", "stopped"),
                _at("108h", "flat", "stopped"),
                _at("109h"),
                _at("119h"),
            ],
            exprs=[ExprTest(f"{_NOW} == 0", "59h", {'{cluster="zero"}': 0})],
        ),
        RuleTest(
            name="as published: an outage 48 hours after another one is masked while that one lasted",
            interval="30m",
            series={_packets("again"): counter((3000, _hours(20)), (None, _hours(10)), (3000, _hours(39)))},
            alerts=[_at("22h"), _at("69h"), _at("72h"), _at("77h"), _at("80h", "again")],
        ),
    ]


def _hours(number: int) -> int:
    return 2 * number


def _packets(cluster: str, pod: str = "prometheus") -> str:
    return series(METRIC, {"cluster": cluster, "pod": pod})


def _at(time: str, *clusters: str) -> AlertTest:
    return AlertTest(ALERT, time, [Firing({"cluster": cluster}) for cluster in clusters])
