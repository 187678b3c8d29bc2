"""Rules on what the Kubernetes API refuses, and which of its clients it is; pure."""

from __future__ import annotations

from northsouth.alerts.meaning import Severity
from northsouth.alerts.prometheus.packs.kubernetes_parameters import KubernetesApiParameters
from northsouth.alerts.prometheus.packs.kubernetes_parts import (
    REJECTED_COUNT,
    REQUEST_COUNT,
    alert,
    in_seconds,
    per_second,
    rate,
)
from northsouth.alerts.prometheus.rules import AlertRule, Rule
from northsouth.alerts.prometheus.selectors import Match, Not, selector
from northsouth.alerts.prometheus.timelines import number
from northsouth.metrics.dimensions import COUNT, RATIO


def rules(pack: KubernetesApiParameters) -> list[Rule]:
    """Return the alerts."""
    return [
        _refused_at_birth(pack),
        _rejected(pack),
        _rejected_at_birth(pack),
        _evictions(pack),
        _one_client(pack),
        _waits(pack),
    ]


def _refused_at_birth(pack: KubernetesApiParameters) -> AlertRule:
    refused = selector(REQUEST_COUNT, {**pack.match, "code": "429", "subresource": Not("eviction")})
    return alert(
        pack,
        "KubernetesApiRefusedFirst",
        _born(pack, refused, "verb, resource"),
        for_="0s",
        severity=Severity.WARNING,
        summary="refused {{ $value }} {{ $labels.verb }} requests on {{ $labels.resource }} with 429 at once",
        description="No such request was refused in the ten minutes before. A rate cannot see the first burst.",
    )


def _rejected(pack: KubernetesApiParameters) -> AlertRule:
    rejected = rate(pack, REJECTED_COUNT, by="flow_schema, priority_level, reason")
    return alert(
        pack,
        "KubernetesApiFlowRejected",
        f"{rejected} > {per_second(pack.rejected_over)}",
        for_="5m",
        severity=Severity.WARNING,
        summary="rejects {{ $value | humanize }} requests a second of {{ $labels.flow_schema }}",
        description="API Priority and Fairness has no room left in {{ $labels.priority_level }} "
        "({{ $labels.reason }}): the clients of this flow schema ask more than their share.",
    )


def _rejected_at_birth(pack: KubernetesApiParameters) -> AlertRule:
    return alert(
        pack,
        "KubernetesApiFlowRejectedFirst",
        _born(pack, selector(REJECTED_COUNT, pack.match), "flow_schema, priority_level, reason"),
        for_="0s",
        severity=Severity.WARNING,
        summary="rejected {{ $value }} requests of {{ $labels.flow_schema }} at once",
        description="API Priority and Fairness had no room left in {{ $labels.priority_level }} "
        "({{ $labels.reason }}), for the first time in ten minutes. A rate cannot see the first burst.",
    )


def _born(pack: KubernetesApiParameters, counter: str, by: str) -> str:
    """Return the counters that were not there ten minutes ago, where they are high already."""
    limit = number(pack.born_over.number_in(COUNT))
    return f"sum by ({pack.label}, {by}) (\n  {counter}\n  unless {counter} offset 10m\n) > {limit}"


def _evictions(pack: KubernetesApiParameters) -> AlertRule:
    evictions: Match = {"resource": "pods", "subresource": "eviction", "code": "429"}
    return alert(
        pack,
        "KubernetesApiEvictionsRefused",
        f"{rate(pack, REQUEST_COUNT, evictions)} > {per_second(pack.evictions_over)}",
        for_="30m",
        severity=Severity.WARNING,
        summary="refuses {{ $value | humanize }} evictions a second",
        description="A node is being drained again and again, and a PodDisruptionBudget forbids it: the drain will "
        "not end by itself, and its requests are load.",
    )


def _one_client(pack: KubernetesApiParameters) -> AlertRule:
    clients = pack.clients
    refused = selector(clients.metric, {**pack.match, **clients.refused}, "5m")
    total = f"sum by ({pack.label}) (rate({refused}))"
    by = ", ".join((pack.label, *clients.labels))
    who = ", ".join(f"{name} {{{{ $labels.{name} }}}}" for name in clients.labels)
    return alert(
        pack,
        "KubernetesApiOneClient",
        f"sum by ({by}) (rate({refused}))\n/ on ({pack.label}) group_left ()\n{total}\n"
        f"> {number(pack.one_client_over.number_in(RATIO))}\n"
        f"and on ({pack.label}) {total} > {per_second(pack.one_client_floor)}",
        for_="10m",
        severity=Severity.WARNING,
        summary=f"refuses one client above all: {who}",
        description=f"{{{{ $value | humanizePercentage }}}} of all refused requests are of {who}. It slows others "
        "down with it.",
    )


def _waits(pack: KubernetesApiParameters) -> AlertRule:
    buckets = "rest_client_rate_limiter_duration_seconds_bucket[5m]"
    return alert(
        pack,
        "KubernetesClientThrottled",
        f"histogram_quantile(0.99, sum by ({pack.label}, job, le) (rate({buckets}))) > {in_seconds(pack.waits_over)}",
        for_="10m",
        severity=Severity.WARNING,
        summary="has a client that throttles itself: {{ $labels.job }}",
        description="One in a hundred requests of {{ $labels.job }} waits {{ $value | humanizeDuration }} in its "
        "own rate limiter before it is sent. The API server sees nothing of it; raise QPS and burst, or ask less.",
    )
