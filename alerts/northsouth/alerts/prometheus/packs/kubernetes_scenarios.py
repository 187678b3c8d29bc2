"""Series of clusters in trouble, for the tests of the rules on the Kubernetes API; pure.

In each scenario one cluster is just over the limit and one is just under it.
"""

from __future__ import annotations

from northsouth.alerts.prometheus.packs.kubernetes_parameters import KubernetesApiParameters
from northsouth.alerts.prometheus.selectors import example
from northsouth.alerts.prometheus.selectors import series as named
from northsouth.alerts.prometheus.testing import Firing
from northsouth.alerts.prometheus.timelines import counter, gauge, number
from northsouth.metrics.dimensions import COUNT, SECOND
from northsouth.metrics.units import Quantity

OVER, UNDER = 1.05, 0.95
"""How far a cluster is from the limit."""
BAD, GOOD = 60, 30
"""Minutes of trouble, and of peace after it."""

Series = dict[str, str]


def per_minute(quantity: Quantity) -> float:
    """Return a number a second as one a minute, the interval of the values."""
    return 60 * quantity.number_in(COUNT / SECOND)


def busy(pack: KubernetesApiParameters) -> float:
    """Return the requests of a busy cluster in a minute: four times as many as are judged."""
    return 4 * per_minute(pack.floor)


def requests(
    pack: KubernetesApiParameters, cluster: str, labels: dict[str, str], bad: float, then: float = 0.0
) -> Series:
    """Return a counter of requests that grows by ``bad`` in the minutes of trouble and by ``then`` after it."""
    usual = {"verb": "GET", "resource": "pods", "subresource": "", "code": "200"}
    name = named("apiserver_request_total", {**example(pack.match), pack.label: cluster, **usual, **labels})
    return {name: counter((bad, BAD), (then, GOOD))}


def with_share(pack: KubernetesApiParameters, cluster: str, share: float, total: float, **labels: str) -> Series:
    """Return requests a share of which have these labels while there is trouble."""
    return {
        **requests(pack, cluster, {}, total * (1 - share), total),
        **requests(pack, cluster, labels, total * share),
    }


def on(pack: KubernetesApiParameters, cluster: str, **labels: str) -> Firing:
    """Return an alert of a cluster."""
    return Firing({pack.label: cluster, **labels})


def histogram(metric: str, labels: dict[str, str], each: float, *, under: float, over: float) -> Series:
    """Return a histogram whose values are over ``under`` and up to ``over`` while there is trouble, then far below."""
    quick = counter((0, BAD), (each, GOOD))
    always = counter((each, BAD + GOOD))
    return {
        named(f"{metric}_bucket", {**labels, "le": number(under / 10)}): quick,
        named(f"{metric}_bucket", {**labels, "le": number(under)}): quick,
        named(f"{metric}_bucket", {**labels, "le": number(over)}): always,
        named(f"{metric}_bucket", {**labels, "le": "+Inf"}): always,
    }


def born(labels: dict[str, str], metric: str, high: float) -> Series:
    """Return a counter that is there from the 20th minute on, high from the first."""
    return {named(metric, labels): gauge((None, 20), (high, 40))}
