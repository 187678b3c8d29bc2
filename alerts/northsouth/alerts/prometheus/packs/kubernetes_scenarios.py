"""Series of clusters in trouble, for the tests of the rules on the Kubernetes API; pure.

In each scenario one cluster is just over the limit and one is just under it.
"""

from __future__ import annotations

from northsouth.alerts.prometheus.packs.kubernetes_parameters import KubernetesApiParameters
from northsouth.alerts.prometheus.selectors import example
from northsouth.alerts.prometheus.selectors import series as named
from northsouth.alerts.prometheus.testing import Firing
from northsouth.alerts.prometheus.timelines import Part, counter, gauge, number
from northsouth.metrics.dimensions import COUNT, SECOND
from northsouth.metrics.units import CountThreshold, quantity

OVER, UNDER = 1.05, 0.95
"""How far a cluster is from the limit."""
BAD, GOOD = 60, 30
"""Minutes of trouble, and of peace after it."""

Series = dict[str, str]


def per_minute(value: CountThreshold) -> float:
    """Return a number a second as one a minute, the interval of the values."""
    return 60 * quantity(value).number_in(COUNT / SECOND)


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


def histogram(metric: str, labels: dict[str, str], step: float, *, under: float, over: float) -> Series:
    """Return a histogram whose values are over ``under`` and up to ``over`` while there is trouble, then far below."""
    quick = counter((0, BAD), (step, GOOD))
    always = counter((step, BAD + GOOD))
    return {
        named(f"{metric}_bucket", {**labels, "le": number(under / 10)}): quick,
        named(f"{metric}_bucket", {**labels, "le": number(under)}): quick,
        named(f"{metric}_bucket", {**labels, "le": number(over)}): always,
        named(f"{metric}_bucket", {**labels, "le": "+Inf"}): always,
    }


def born(pack: KubernetesApiParameters, cluster: str, metric: str, labels: dict[str, str], high: float) -> Series:
    """Return a server that answers, and a counter of it that is high when it is first seen, after 20 minutes."""
    return {
        **_server(pack, cluster, gauge((1, 60)), 0),
        **_counter(pack, cluster, metric, labels, (None, 20), (high, 40)),
    }


def first_seen(pack: KubernetesApiParameters, metric: str, labels: dict[str, str], high: float) -> Series:
    """Return servers that are first seen after 20 minutes, or again, with a counter that is high.

    ``new`` started a minute before. ``found`` runs for a long time. ``gap`` was seen before, with that counter.
    """
    unseen = gauge((None, 20), (1, 40))
    gap = ((high, 5), (None, 15), (high, 40))
    return {
        **_server(pack, "new", unseen, 19 * 60),
        **_counter(pack, "new", metric, labels, (None, 20), (high, 40)),
        **_server(pack, "found", unseen, -86_400),
        **_counter(pack, "found", metric, labels, (None, 20), (high, 40)),
        **_server(pack, "gap", gauge(*((value and 1, steps) for value, steps in gap)), -86_400),
        **_counter(pack, "gap", metric, labels, *gap),
    }


def _server(pack: KubernetesApiParameters, cluster: str, answered: str, started: float) -> Series:
    labels = {**example(pack.match), pack.label: cluster, "instance": "10.0.0.1:443"}
    alive = {"verb": "GET", "resource": "pods", "subresource": "", "code": "200"}
    start = answered.replace("1x", f"{number(started)}x")
    return {
        named("apiserver_request_total", {**labels, **alive}): answered,
        named("process_start_time_seconds", labels): start,
    }


def _counter(pack: KubernetesApiParameters, cluster: str, metric: str, labels: dict[str, str], *parts: Part) -> Series:
    where = {**example(pack.match), pack.label: cluster, "instance": "10.0.0.1:443"}
    return {named(metric, {**where, **labels}): gauge(*parts)}
