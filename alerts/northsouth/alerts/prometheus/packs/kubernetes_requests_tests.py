"""Tests of the rules on what the Kubernetes API answers, made of the pack's parameters; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from northsouth.alerts.prometheus.packs.kubernetes_parameters import KubernetesApiParameters
from northsouth.alerts.prometheus.packs.kubernetes_requests import BURNS, REFUSED
from northsouth.alerts.prometheus.packs.kubernetes_scenarios import (
    BAD,
    OVER,
    UNDER,
    Series,
    busy,
    histogram,
    on,
    requests,
    with_share,
)
from northsouth.alerts.prometheus.selectors import example
from northsouth.alerts.prometheus.selectors import series as named
from northsouth.alerts.prometheus.testing import AlertTest, ExprTest, Firing, RuleTest
from northsouth.alerts.prometheus.timelines import counter
from northsouth.metrics.dimensions import RATIO, SECOND
from northsouth.metrics.units import quantity


def tests(pack: KubernetesApiParameters) -> Sequence[RuleTest]:
    """Return the scenarios."""
    return [_errors(pack), _refused(pack), _burns(pack), _slow(pack)]


def _errors(pack: KubernetesApiParameters) -> RuleTest:
    limit, total = quantity(pack.errors_over).number_in(RATIO), busy(pack)
    alert = "KubernetesApiErrors"
    return RuleTest(
        name="an API that fails for an hour, beside one that fails a little, and an idle one that fails on everything",
        series={
            **with_share(pack, "over", min(limit * OVER, 1), total, code="500"),
            **with_share(pack, "under", limit * UNDER, total, code="500"),
            **with_share(pack, "idle", 1, total / 8, code="503"),
        },
        # The series that dashboards draw: 0, not nothing, while the API refuses no request.
        exprs=[ExprTest(REFUSED, "20m", {named(REFUSED, {pack.label: name}): 0 for name in ("over", "under", "idle")})],
        alerts=[
            AlertTest(alert, "9m"),
            AlertTest(alert, "20m", [on(pack, "over")]),
            AlertTest(alert, "59m", [on(pack, "over")]),
            AlertTest(alert, f"{BAD + 6}m"),
        ],
    )


def _refused(pack: KubernetesApiParameters) -> RuleTest:
    limit, total = quantity(pack.refused_over).number_in(RATIO), busy(pack)
    alert = "KubernetesApiRefused"
    drain = {"verb": "POST", "subresource": "eviction", "code": "429"}
    return RuleTest(
        name="an API that refuses requests for an hour, beside one that refuses few, and one that refuses evictions",
        series={
            **with_share(pack, "over", min(limit * OVER, 1), total, code="429"),
            **with_share(pack, "under", limit * UNDER, total, code="429"),
            **with_share(pack, "idle", 1, total / 8, code="429"),
            **with_share(pack, "drain", min(limit * 2, 1), total, **drain),
        },
        alerts=[
            AlertTest(alert, "4m"),
            AlertTest(alert, "15m", [on(pack, "over")]),
            AlertTest(alert, f"{BAD + 6}m"),
        ],
    )


def _burns(pack: KubernetesApiParameters) -> RuleTest:
    """Clusters between the limits: each further pair of windows needs a slower burn, and waits longer."""
    budget, total = 1 - quantity(pack.objective).number_in(RATIO), 2 * busy(pack)
    trouble, peace = 4 * 30, 7 * 30  # steps of two minutes
    values: Series = {}
    # Only a burn far over the limit shows that the short window ends the alert: its long window stays over for longer.
    clusters = [("flood", 3 * BURNS[0].factor), *((f"below-{burn.long}", burn.factor * UNDER) for burn in BURNS)]
    for cluster, factor in clusters:
        share = min(factor * budget, 1)
        labels = {**example(pack.match), pack.label: cluster, "verb": "GET", "code": "200"}
        usual = counter((total * (1 - share), trouble), (total, peace))
        values[named("apiserver_request_total", labels)] = usual
        failing = counter((total * share, trouble), (0, peace))
        values[named("apiserver_request_total", {**labels, "code": "500"})] = failing
    values |= _slow_writes(pack, BURNS[0].factor * OVER * budget, total, trouble, peace)
    values |= _long_running(pack, total, trouble + peace)
    idle = {**example(pack.match), pack.label: "idle", "verb": "GET", "code": "500"}
    values[named("apiserver_request_total", idle)] = counter((total / 16, trouble + peace))
    order = ["slow-writes", *(cluster for cluster, _ in clusters)]
    alert = "KubernetesApiErrorBudgetBurn"

    def firing(*windows: str) -> list[Firing]:
        """Return who fires: over a window's limit are the clusters that are below a faster one's only."""
        return [
            on(pack, cluster, window=burn.long)
            for index, burn in enumerate(BURNS)
            if burn.long in windows
            for cluster in order[: index + 2]
        ]

    return RuleTest(
        name="burns of every speed: a faster one is told of earlier, and each ends with its short window",
        interval="2m",
        series=values,
        alerts=[
            AlertTest(alert, "2m"),
            AlertTest(alert, "14m", firing("1h")),
            AlertTest(alert, "50m", firing("1h", "6h")),
            AlertTest(alert, "2h30m", firing("1h", "6h", "1d")),
            AlertTest(alert, "3h50m", firing("1h", "6h", "1d", "3d")),
            AlertTest(alert, "4h16m", firing("6h", "1d", "3d")),
            AlertTest(alert, "4h50m", firing("1d", "3d")),
            AlertTest(alert, "6h20m", firing("3d")),
            AlertTest(alert, "10h20m"),
        ],
    )


def _slow(pack: KubernetesApiParameters) -> RuleTest:
    limit, total = quantity(pack.slow_over).number_in(SECOND), busy(pack)
    alert = "KubernetesApiSlow"

    def cluster(name: str, verb: str, step: float, *, under: float, subresource: str = "") -> Series:
        labels = {**example(pack.match), pack.label: name, "verb": verb, "subresource": subresource}
        return {
            **histogram(pack.latency, labels, step, under=under, over=2 * under),
            **requests(pack, name, {}, step, step),
        }

    return RuleTest(
        name="an API that is slow for an hour, one that is just fast enough, an idle one, slow lists, and long shells",
        series={
            **cluster("over", "GET", total, under=limit),
            **cluster("under", "GET", total, under=limit / 2),
            **cluster("idle", "GET", total / 8, under=limit),
            **cluster("lists", "LIST", total, under=limit),
            **cluster("exec", "GET", total, under=limit, subresource="exec"),
        },
        alerts=[
            AlertTest(alert, "9m"),
            AlertTest(alert, "20m", [on(pack, "over", verb="GET")]),
            AlertTest(alert, f"{BAD + 7}m"),
        ],
    )


def _slow_writes(pack: KubernetesApiParameters, share: float, total: float, trouble: int, peace: int) -> Series:
    """Return a cluster that answers everything, but a share of its writes too slowly, and reads as slow as allowed.

    Watches are answered at once. They count neither as requests nor as quick ones.
    """
    half, quarter = total / 2, total / 4
    slow = min(2 * share, 1)
    steps = trouble + peace
    base = {**example(pack.match), pack.label: "slow-writes"}

    def answered(verb: str, scope: str, *, within: Mapping[str, str], count: str) -> Series:
        labels = {**base, "verb": verb, "scope": scope}
        buckets = {**within, "+Inf": count}
        return {
            **{named(f"{pack.latency}_bucket", {**labels, "le": le}): values for le, values in buckets.items()},
            named(f"{pack.latency}_count", labels): count,
        }

    def always(step: float) -> str:
        return counter((step, steps))

    fast = counter((half * (1 - slow), trouble), (half, peace))
    return {
        named("apiserver_request_total", {**base, "verb": "POST", "code": "201"}): always(half),
        named("apiserver_request_total", {**base, "verb": "LIST", "code": "200"}): always(half),
        **answered("POST", "resource", within={"1": fast, "5": always(half)}, count=always(half)),
        **answered(
            "LIST",
            "namespace",
            within={"1": always(quarter / 2), "5": always(quarter), "30": always(quarter)},
            count=always(quarter),
        ),
        **answered(
            "LIST",
            "cluster",
            within={"1": always(quarter / 4), "5": always(quarter / 2), "30": always(quarter)},
            count=always(quarter),
        ),
        **answered("GET", "resource", within={"1": always(quarter)}, count=always(quarter)),
        **answered("WATCH", "resource", within={"1": always(half)}, count=always(half)),
    }


def _long_running(pack: KubernetesApiParameters, step: float, steps: int) -> Series:
    """Return a cluster that is well, and whose watches and shells last long: they are not slow."""
    base = {**example(pack.match), pack.label: "long-running"}
    always = counter((step, steps))
    quick = {**base, "verb": "GET", "scope": "resource"}
    return {
        named("apiserver_request_total", {**base, "verb": "GET", "code": "200"}): always,
        named(f"{pack.latency}_bucket", {**quick, "le": "1"}): always,
        named(f"{pack.latency}_count", quick): always,
        named(f"{pack.latency}_count", {**base, "verb": "WATCH", "scope": "cluster"}): always,
        named(f"{pack.latency}_count", {**base, "verb": "GET", "scope": "resource", "subresource": "exec"}): always,
    }
