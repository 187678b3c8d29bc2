"""Tests of the rules on what stands behind the Kubernetes API, made of the pack's parameters; pure."""

from __future__ import annotations

from collections.abc import Sequence

from northsouth.alerts.prometheus.packs.kubernetes_backend import SIZES, TERMINATED_COUNT, UNAVAILABLE
from northsouth.alerts.prometheus.packs.kubernetes_parameters import KubernetesApiParameters
from northsouth.alerts.prometheus.packs.kubernetes_scenarios import (
    BAD,
    GOOD,
    OVER,
    UNDER,
    Series,
    busy,
    on,
    requests,
)
from northsouth.alerts.prometheus.selectors import example
from northsouth.alerts.prometheus.selectors import series as named
from northsouth.alerts.prometheus.testing import AlertTest, RuleTest
from northsouth.alerts.prometheus.timelines import counter, gauge
from northsouth.metrics.dimensions import BYTE, RATIO
from northsouth.metrics.units import quantity


def tests(pack: KubernetesApiParameters) -> Sequence[RuleTest]:
    """Return the scenarios."""
    return [_fills(pack), _aggregated(pack), _terminated(pack)]


def _fills(pack: KubernetesApiParameters) -> RuleTest:
    alert, quota = "KubernetesApiStorageFull", quantity(pack.storage_quota).number_in(BYTE)
    much, full = quantity(pack.storage_over).number_in(RATIO), quantity(pack.storage_full).number_in(RATIO)

    def store(cluster: str, share: float, metric: str = SIZES[0]) -> Series:
        """Return a store that is cleaned up and defragmented after an hour."""
        labels = {**example(pack.match), pack.label: cluster, "instance": "10.0.0.1:443"}
        where = {"storage_cluster_id": "etcd-0"} if metric == SIZES[0] else {"endpoint": "https://10.0.0.2:2379"}
        return {named(metric, {**labels, **where}): gauge((share * quota, BAD), (much * quota / 4, GOOD))}

    warned = [on(pack, name, severity="warning") for name in ("much", "older", "full", "oldest")]
    paged = [on(pack, name, severity="critical") for name in ("full", "oldest")]
    return RuleTest(
        name="stores that fill up, two of an older version, and one that is just small enough",
        series={
            **store("under", much),
            **store("much", full),
            **store("older", full, SIZES[1]),
            **store("full", full * 1.001),
            **store("oldest", full * 1.001, SIZES[1]),
        },
        alerts=[
            AlertTest(alert, "9m"),
            AlertTest(alert, "10m", [*warned, *paged]),
            AlertTest(alert, "59m", [*warned, *paged]),
            AlertTest(alert, f"{BAD + 1}m"),
        ],
    )


def _aggregated(pack: KubernetesApiParameters) -> RuleTest:
    """Judge an API that is gone, one whose pods are replaced in the minutes allowed, and a gap in the scrapes."""
    alert, few = "KubernetesAggregatedApiDown", int(10 * quantity(pack.aggregated_over).number_in(RATIO))

    def service(name: str, *parts: tuple[float | None, int]) -> Series:
        labels = {**example(pack.match), pack.label: "main", "instance": "10.0.0.1:443"}
        return {named(UNAVAILABLE, {**labels, "name": name}): gauge(*parts)}

    gone = [on(pack, "main", name="v1beta1.metrics.k8s.io")]
    return RuleTest(
        name="an aggregated API that is down for an hour, one that is replaced, and one that is not scraped for long",
        series={
            **service("v1beta1.metrics.k8s.io", (0, 10), (1, BAD), (0, GOOD)),
            **service("v1.replaced.example.com", (0, 20), (1, few), (0, BAD)),
            **service("v1.unseen.example.com", (0, 10), (None, 15), (0, BAD)),
        },
        alerts=[
            AlertTest(alert, "14m"),
            AlertTest(alert, "24m", gone),
            AlertTest(alert, "69m", gone),
            AlertTest(alert, f"{10 + BAD + 11}m"),
        ],
    )


def _terminated(pack: KubernetesApiParameters) -> RuleTest:
    alert, limit, total = "KubernetesApiTerminatesRequests", quantity(pack.terminated_over).number_in(RATIO), busy(pack)

    def cluster(name: str, share: float, requests_a_minute: float) -> Series:
        labels = {**example(pack.match), pack.label: name, "code": "504", "component": "apiserver", "verb": "LIST"}
        given_up = {named(TERMINATED_COUNT, labels): counter((requests_a_minute * share, BAD), (0, GOOD))}
        return {**requests(pack, name, {}, requests_a_minute * (1 - share), requests_a_minute), **given_up}

    return RuleTest(
        name="an API that gives up requests for an hour, beside one that gives up few, and an idle one",
        series={
            **cluster("over", min(limit * OVER, 1), total),
            **cluster("under", limit * UNDER, total),
            **cluster("idle", 1, total / 8),
        },
        alerts=[
            AlertTest(alert, "9m"),
            AlertTest(alert, "20m", [on(pack, "over")]),
            AlertTest(alert, f"{BAD + 6}m"),
        ],
    )
