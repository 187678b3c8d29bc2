"""Rules on what stands behind the Kubernetes API: its store, aggregated APIs, and requests that it gives up; pure."""

from __future__ import annotations

from northsouth.alerts.meaning import Severity
from northsouth.alerts.prometheus.packs.kubernetes_parameters import KubernetesApiParameters
from northsouth.alerts.prometheus.packs.kubernetes_parts import FAILURES, REQUEST_COUNT, alert, per_second, rate
from northsouth.alerts.prometheus.packs.parameters import fraction
from northsouth.alerts.prometheus.rules import AlertRule, Rule
from northsouth.alerts.prometheus.selectors import selector
from northsouth.alerts.prometheus.templates import label
from northsouth.alerts.prometheus.timelines import number
from northsouth.metrics.dimensions import BYTE
from northsouth.metrics.units import Threshold, quantity

SIZES = ("apiserver_storage_size_bytes", "apiserver_storage_db_total_size_in_bytes")
"""The size of the store's file: since Kubernetes 1.28, and before."""
TERMINATED_COUNT = "apiserver_request_terminations_total"
UNAVAILABLE = "aggregator_unavailable_apiservice"


def rules(pack: KubernetesApiParameters) -> list[Rule]:
    """Return the alerts."""
    fills = ((Severity.WARNING, pack.storage_over), (Severity.CRITICAL, pack.storage_full))
    return [*(_fills(pack, severity, over) for severity, over in fills), _aggregated(pack), _terminated(pack)]


def _fills(pack: KubernetesApiParameters, severity: Severity, over: Threshold) -> AlertRule:
    sizes = " or ".join(selector(metric, pack.match) for metric in SIZES)
    quota = number(quantity(pack.storage_quota).number_in(BYTE))
    return alert(
        pack,
        "KubernetesApiStorageFull",
        f"max by ({pack.label}) ({sizes}) / {quota} > {number(fraction(over))}",
        for_="10m",
        severity=severity,
        summary="has used {{ $value | humanizePercentage }} of its store",
        description=f"At {pack.storage_quota} etcd takes no more writes, and the cluster can only be read. Look for "
        "objects that pile up: events, jobs, reports, secrets of old releases.",
    )


def _aggregated(pack: KubernetesApiParameters) -> AlertRule:
    unavailable = selector(UNAVAILABLE, pack.match, "10m")
    return alert(
        pack,
        "KubernetesAggregatedApiDown",
        f"max by ({pack.label}, name) (avg_over_time({unavailable})) > {number(fraction(pack.aggregated_over))}",
        for_="5m",
        severity=Severity.WARNING,
        summary=f"cannot reach the aggregated API {label('name', 'of a service')} for "
        "{{ $value | humanizePercentage }} of the time",
        description="What asks for it fails: autoscaling for metrics.k8s.io, and the deletion of namespaces for any.",
    )


def _terminated(pack: KubernetesApiParameters) -> AlertRule:
    terminated = rate(pack, TERMINATED_COUNT)
    every = f"({rate(pack, REQUEST_COUNT)} + {terminated})"
    return alert(
        pack,
        "KubernetesApiTerminatesRequests",
        f"{terminated} / {every} > {number(fraction(pack.terminated_over))}\nand {every} > {per_second(pack.floor)}",
        for_="10m",
        severity=Severity.WARNING,
        incident=FAILURES,
        summary="gives up {{ $value | humanizePercentage }} of its requests",
        description="The API server ends them to protect itself, because they time out. Their clients get no answer.",
    )
