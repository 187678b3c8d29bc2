"""Tests of the rules on what the Kubernetes API refuses, made of the pack's parameters; pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from northsouth.alerts.prometheus.packs.kubernetes_parameters import KubernetesApiParameters
from northsouth.alerts.prometheus.packs.kubernetes_scenarios import (
    BAD,
    GOOD,
    OVER,
    UNDER,
    Series,
    born,
    first_seen,
    histogram,
    on,
    per_minute,
    requests,
)
from northsouth.alerts.prometheus.selectors import example, left_out
from northsouth.alerts.prometheus.selectors import series as named
from northsouth.alerts.prometheus.testing import AlertTest, Firing, RuleTest
from northsouth.alerts.prometheus.timelines import counter
from northsouth.metrics.dimensions import COUNT, RATIO, SECOND
from northsouth.metrics.units import quantity


def tests(pack: KubernetesApiParameters) -> Sequence[RuleTest]:
    """Return the scenarios."""
    scenarios = (_refused_at_birth, _rejected, _rejected_at_birth, _evictions, _one_client, _waits)
    return [scenario(pack) for scenario in scenarios]


def _refused_at_birth(pack: KubernetesApiParameters) -> RuleTest:
    limit = quantity(pack.born_over).number_in(COUNT)
    alert, metric = "KubernetesApiRefusedFirst", "apiserver_request_total"
    labels = {"verb": "LIST", "resource": "secrets", "subresource": "", "code": "429"}
    drain = {**labels, "verb": "POST", "resource": "pods", "subresource": "eviction"}
    firing = [on(pack, name, verb="LIST", resource="secrets") for name in ("over", "new")]
    return RuleTest(
        name="refusals that are many when they are first seen, which no rate shows; evictions and old ones are not",
        series={
            **born(pack, "over", metric, labels, limit + 1),
            **born(pack, "under", metric, labels, limit),
            **born(pack, "drain", metric, drain, limit + 1),
            **born(pack, "answered", metric, {**labels, "code": "200"}, limit + 1),
            **first_seen(pack, metric, labels, limit + 1),
        },
        alerts=[
            AlertTest(alert, "25m"),
            AlertTest(alert, "26m", firing),
            AlertTest(alert, "37m", firing),
            AlertTest(alert, "41m"),
            AlertTest("KubernetesApiRefused", "29m"),
        ],
    )


_EVICTION = {"verb": "POST", "resource": "pods", "subresource": "eviction"}


def _rejected(pack: KubernetesApiParameters) -> RuleTest:
    limit, metric = per_minute(pack.rejected_over), "apiserver_flowcontrol_rejected_requests_total"
    alert = "KubernetesApiFlowRejected"
    return RuleTest(
        name="flow schemas that are rejected for an hour, just too often and by far, beside one that is just under",
        series={
            named(metric, {pack.label: "over", **_flow(pack)}): counter((limit * OVER, BAD), (0, GOOD)),
            named(metric, {pack.label: "flood", **_flow(pack)}): counter((limit * 9, BAD), (0, GOOD)),
            named(metric, {pack.label: "under", **_flow(pack)}): counter((limit * UNDER, BAD), (0, GOOD)),
        },
        alerts=[
            AlertTest(alert, "4m"),
            AlertTest(alert, "15m", [_flow_on(pack, "over"), _flow_on(pack, "flood")]),
            AlertTest(alert, f"{BAD + 6}m"),
        ],
    )


def _rejected_at_birth(pack: KubernetesApiParameters) -> RuleTest:
    limit, metric = quantity(pack.born_over).number_in(COUNT), "apiserver_flowcontrol_rejected_requests_total"
    alert = "KubernetesApiFlowRejectedFirst"
    return RuleTest(
        name="rejections that are many when they are first seen, which no rate shows",
        series={
            **born(pack, "over", metric, _flow(pack), limit + 1),
            **born(pack, "under", metric, _flow(pack), limit),
            **first_seen(pack, metric, _flow(pack), limit + 1),
        },
        alerts=[
            AlertTest(alert, "25m"),
            AlertTest(alert, "26m", [_flow_on(pack, name) for name in ("over", "new")]),
            AlertTest(alert, "37m", [_flow_on(pack, name) for name in ("over", "new")]),
            AlertTest(alert, "41m"),
            AlertTest("KubernetesApiFlowRejected", "29m"),
        ],
    )


def _evictions(pack: KubernetesApiParameters) -> RuleTest:
    limit = per_minute(pack.evictions_over)
    alert = "KubernetesApiEvictionsRefused"
    drain = {"verb": "POST", "subresource": "eviction", "code": "429"}
    return RuleTest(
        name="a node that is drained again and again for an hour, beside one that is drained with some patience",
        series={
            **requests(pack, "over", drain, limit * OVER),
            **requests(pack, "under", drain, limit * UNDER),
            **requests(pack, "allowed", {**drain, "code": "201"}, limit * 9),
            **requests(pack, "no-eviction", {**drain, "subresource": "binding"}, limit * 9),
            **requests(pack, "no-pod", {**drain, "resource": "widgets"}, limit * 9),
        },
        alerts=[
            AlertTest(alert, "29m"),
            AlertTest(alert, "40m", [on(pack, "over", **_EVICTION)]),
            AlertTest(alert, f"{BAD + 6}m"),
        ],
    )


def _one_client(pack: KubernetesApiParameters) -> RuleTest:
    limit, clients = quantity(pack.one_client_over).number_in(RATIO), pack.clients
    total = 4 * per_minute(pack.one_client_floor)
    share = (limit + 1) / 2
    alert = "KubernetesApiOneClient"
    match = example({**pack.match, **clients.refused})

    def client(cluster: str, user: str, refusals: float) -> Series:
        labels = {**match, pack.label: cluster, **{name: f"{user}-{name}" for name in clients.labels}}
        return {named(clients.metric, labels): counter((refusals, BAD), (0, GOOD))}

    other_clients = math.ceil(1 / (limit * UNDER))
    values = {**client("one", "drain", total * share), **client("idle", "drain", total / 8)}
    if "subresource" in clients.labels:
        forbidden = {**match, **_EVICTION, pack.label: "one-that-drains"}
        values |= {named(clients.metric, forbidden): counter((total, BAD), (0, GOOD))}
    for index in range(other_clients):
        values |= client("one", f"client{index}", total * (1 - share) / other_clients)
        values |= client("many", f"client{index}", total / other_clients)
    answered = left_out(clients.refused)
    if answered is not None:
        asks = {**match, **answered, pack.label: "many", **{name: f"client0-{name}" for name in clients.labels}}
        values |= {named(clients.metric, asks): counter((9 * total, BAD), (0, GOOD))}
    labels = {name: f"drain-{name}" for name in clients.labels}
    of_client = "".join(f" {name}={value}" for name, value in labels.items())
    texts = {
        "summary": f"The Kubernetes API of one refuses one client above all{of_client}",
        "description": f"{100 * share:.4g}% of all refused requests are of one client{of_client}. It slows others "
        "down with it.",
    }
    return RuleTest(
        name="one client that is refused above all, beside many that are refused alike, one in an idle cluster, and a "
        "drain that a PodDisruptionBudget forbids",
        series=values,
        alerts=[
            AlertTest(alert, "4m"),
            AlertTest(alert, "20m", [Firing({pack.label: "one", **labels}, texts)]),
            AlertTest(alert, f"{BAD + 6}m"),
        ],
    )


def _waits(pack: KubernetesApiParameters) -> RuleTest:
    limit = quantity(pack.waits_over).number_in(SECOND)
    alert = "KubernetesClientThrottled"

    def client(cluster: str, *, under: float) -> Series:
        labels = {pack.label: cluster, "job": "kubelet"}
        metric = "rest_client_rate_limiter_duration_seconds"
        return histogram(metric, labels, 60, under=under, over=2 * under)

    return RuleTest(
        name="a client that waits in its own rate limiter for an hour, beside one that waits just not too long",
        series={**client("over", under=limit), **client("under", under=limit / 2)},
        alerts=[
            AlertTest(alert, "9m"),
            AlertTest(alert, "20m", [on(pack, "over", job="kubelet")]),
            AlertTest(alert, f"{BAD + 7}m"),
        ],
    )


def _flow(pack: KubernetesApiParameters) -> dict[str, str]:
    flow = {"flow_schema": "service-accounts", "priority_level": "workload-low", "reason": "queue-full"}
    return {**example(pack.match), **flow}


def _flow_on(pack: KubernetesApiParameters, cluster: str) -> Firing:
    return on(pack, cluster, **{name: value for name, value in _flow(pack).items() if name not in pack.match})
