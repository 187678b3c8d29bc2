"""Rules on what the Kubernetes API refuses, and which of its clients it is; pure."""

from __future__ import annotations

from northsouth.alerts.meaning import Severity
from northsouth.alerts.prometheus.packs.kubernetes_parameters import KubernetesApiParameters
from northsouth.alerts.prometheus.packs.kubernetes_parts import (
    REFUSALS,
    REJECTED_COUNT,
    REQUEST_COUNT,
    alert,
    in_seconds,
    per_second,
    rate,
)
from northsouth.alerts.prometheus.rules import AlertRule, Rule
from northsouth.alerts.prometheus.selectors import Match, Not, selector
from northsouth.alerts.prometheus.templates import RATE, label, with_label
from northsouth.alerts.prometheus.timelines import number
from northsouth.metrics.dimensions import COUNT, RATIO
from northsouth.metrics.units import quantity

_FLOW = label("flow_schema", "a flow schema")
_LEVEL = f"{label('priority_level', 'a priority level')}{with_label('reason', ' (', ')')}"
_BORN_FOR = "6m"
"""As long as the alerts on rates take: if the refusals go on, those fire too and silence these."""


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
        for_=_BORN_FOR,
        keep_firing_for="10m",
        severity=Severity.WARNING,
        incident=REFUSALS,
        summary=f"refused {{{{ $value }}}} requests at once with 429{with_label('verb', ': ')}"
        f"{with_label('resource', ' ')}",
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
        incident=REFUSALS,
        summary=f"rejects {RATE} requests a second of {_FLOW}",
        description=f"API Priority and Fairness has no room left in {_LEVEL}: the clients of this flow schema ask more "
        "than their share.",
    )


def _rejected_at_birth(pack: KubernetesApiParameters) -> AlertRule:
    return alert(
        pack,
        "KubernetesApiFlowRejectedFirst",
        _born(pack, selector(REJECTED_COUNT, pack.match), "flow_schema, priority_level, reason"),
        for_=_BORN_FOR,
        keep_firing_for="10m",
        severity=Severity.WARNING,
        incident=REFUSALS,
        summary=f"rejected {{{{ $value }}}} requests of {_FLOW} at once",
        description=f"API Priority and Fairness had no room left in {_LEVEL}, for the first time in ten minutes. A "
        "rate cannot see the first burst.",
    )


def _born(pack: KubernetesApiParameters, counter: str, by: str) -> str:
    """Return the counters that were not there ten minutes ago, where they are high already.

    A server that was not scraped then counts only if it is younger than that. What an older one counts may have
    happened long before: the gap was in the scrapes.
    """
    limit = number(quantity(pack.born_over).number_in(COUNT))
    on = f"on ({pack.label}, job, instance)"
    scraped = f"{selector(REQUEST_COUNT, pack.match)} offset 10m"
    young = f"{selector('process_start_time_seconds', pack.match)} > time() - 600"
    return f"""
        sum by ({pack.label}, {by}) (
          {counter}
            unless
          {counter} offset 10m
            and {on}
          ({scraped} or {young})
        ) > {limit}
    """


def _evictions(pack: KubernetesApiParameters) -> AlertRule:
    evictions: Match = {"resource": "pods", "subresource": "eviction", "code": "429"}
    refused = rate(pack, REQUEST_COUNT, evictions, by="verb, resource, subresource")
    return alert(
        pack,
        "KubernetesApiEvictionsRefused",
        f"{refused} > {per_second(pack.evictions_over)}",
        for_="30m",
        severity=Severity.WARNING,
        incident=REFUSALS,
        summary=f"refuses {RATE} evictions a second",
        description="A node is being drained again and again, and a PodDisruptionBudget forbids it: the drain will "
        "not end by itself, and its requests are load.",
    )


def _one_client(pack: KubernetesApiParameters) -> AlertRule:
    clients = pack.clients
    refused = selector(clients.metric, {**pack.match, **clients.refused}, "5m")
    # A PodDisruptionBudget that forbids an eviction refuses nobody else: alone, that makes no client the cause.
    apart = selector(clients.metric, {**pack.match, "subresource": Not("eviction"), **clients.refused}, "5m")
    by = ", ".join((pack.label, *clients.labels))
    client = "".join(with_label(name, f" {name}=") for name in clients.labels)
    return alert(
        pack,
        "KubernetesApiOneClient",
        f"sum by ({by}) (rate({refused}))\n/ on ({pack.label}) group_left ()\nsum by ({pack.label}) (rate({refused}))\n"
        f"> {number(quantity(pack.one_client_over).number_in(RATIO))}\n"
        f"and on ({pack.label}) sum by ({pack.label}) (rate({apart})) > {per_second(pack.one_client_floor)}",
        for_="5m",
        severity=Severity.WARNING,
        incident=REFUSALS,
        summary=f"refuses one client above all{client}",
        description=f"{{{{ $value | humanizePercentage }}}} of all refused requests are of one client{client}. It "
        "slows others down with it.",
    )


def _waits(pack: KubernetesApiParameters) -> AlertRule:
    buckets = "rest_client_rate_limiter_duration_seconds_bucket[5m]"
    return alert(
        pack,
        "KubernetesClientThrottled",
        f"histogram_quantile(0.99, sum by ({pack.label}, job, le) (rate({buckets}))) > {in_seconds(pack.waits_over)}",
        for_="10m",
        severity=Severity.WARNING,
        summary=f"has a client that throttles itself: {label('job', 'unknown')}",
        description=f"One in a hundred requests of {label('job', 'a client')} waits "
        "{{ $value | humanizeDuration }} in its own rate limiter before it is sent. The API server sees nothing of it; "
        "raise QPS and burst, or ask less.",
    )
